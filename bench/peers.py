"""Beside others: one decision table by our compiled rules and by zen-engine, look-ups in our compiled catalogue, LMDB and SQLite.

The same rows, the same 20,000 questions, every answer compared. Peers come with ``pip install lmdb zen-engine``; one that is not there is
named and left out. ``python -m bench.peers [--quick] [--entries N] [--no-tables]``; single calls share the questions among five runs.
"""

import argparse
import statistics
import time
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from importlib import import_module
from importlib.metadata import version
from importlib.util import find_spec
from typing import Any

from bench import peer_stores, peer_tables
from bench.figures import Figure, Report, median_of, rounded

PEERS = {"zen": "zen-engine", "lmdb": "lmdb"}
TABLE_ROWS = (1_000, 10_000, 100_000)
ENTRIES = 1_000_000
QUESTIONS = 20_000
RUNS = 5


def measure(report: Report, *, quick: bool, seconds: float, entries: int = ENTRIES, tables: bool = True) -> None:
    """Tables of 1,000, 10,000 and 100,000 rows (quick: the first two), then look-ups among a million entries or as many as asked."""
    found = {name: import_module(name) if find_spec(name) else None for name in PEERS}
    for name, module in found.items():
        if module is None:
            told = {"how": f"{PEERS[name]} is not installed: pip install lmdb zen-engine"}
            report.show(Figure(f"peers.{name}_left_out", None, "", details=told))
    deadline = time.monotonic() + seconds
    for rows in TABLE_ROWS[: 2 if quick else None] if tables else ():
        if time.monotonic() < deadline:
            _show_table(report, rows, found["zen"])
    if time.monotonic() < deadline:
        _show_stores(report, entries // 10 if quick else entries, found["lmdb"])


# --- one table --------------------------------------------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class _Asked:
    """What was asked about a table of so many rows, what we answered, and how many answers a CPU-second by which call."""

    rows: int
    questions: Sequence[peer_tables.Question]
    answers: Sequence[int | None]
    rates: Mapping[str, Sequence[float]]


def _show_table(report: Report, rows: int, zen: Any) -> None:
    questions = peer_tables.questions(rows, QUESTIONS)
    with peer_tables.Ours(rows) as ours:
        answers, cases = ours.batch(questions), ours.encoded(questions)
        wrong = sum(answer != peer_tables.right(question, rows) for answer, question in zip(answers, questions, strict=True))
        wrong += sum(ours.single(question) != answer for question, answer in zip(questions, answers, strict=True))
        wrong += sum(ours.case(case) != [peer_tables.right(question, rows) for question in case] for case in peer_tables.cases(questions))
        rates = _table_rates(ours, questions) | {"batch_judging": _rates(lambda _: ours.judge(cases), QUESTIONS)}
    told = {"rows": rows, "questions": QUESTIONS, "hits": sum(answer is not None for answer in answers), "wrong_answers": wrong}
    for name, values in rates.items():
        report.show(median_of(f"peers.table_{rows}.ours_{name}", values, "answers/CPU-s", details=told | {"how": peer_tables.HOW[name]}))
    if zen is not None:
        _show_zen(report, peer_tables.Zen(zen, rows), _Asked(rows, questions, answers, rates))


def _show_zen(report: Report, peer: peer_tables.Zen, asked: _Asked) -> None:
    different = sum(given != answer for given, answer in zip(peer.batch(asked.questions), asked.answers, strict=True))
    different += sum(peer.single(question) != answer for question, answer in zip(asked.questions, asked.answers, strict=True))
    for name, values in _table_rates(peer, asked.questions).items():
        times = {ours: statistics.median(rates) / statistics.median(values) for ours, rates in asked.rates.items() if ours.startswith(name)}
        told = {
            "rows": asked.rows, "version": version("zen-engine"), "cells": "equality", "different_answers": different,
            "load_cpu_s": rounded(peer.load_cpu), "ours_times_faster": {ours: rounded(ratio) for ours, ratio in times.items()},
            "asked": {"batch": 15, "single": 100}.get(name),
        }  # fmt: skip
        report.show(median_of(f"peers.table_{asked.rows}.zen_{name}", values, "answers/CPU-s", details=told))


def _table_rates(table: peer_tables.Ours | peer_tables.Zen, questions: Sequence[peer_tables.Question]) -> dict[str, Sequence[float]]:
    """Answers a CPU-second, all questions at once and one by one."""
    share, cases = [questions[run::RUNS] for run in range(RUNS)], peer_tables.cases(questions)
    return {
        "batch": _rates(lambda _: table.batch(questions), QUESTIONS),
        "case": _rates(lambda _: [table.case(case) for case in cases], QUESTIONS),
        "single": _rates(lambda run: [table.single(question) for question in share[run]], len(share[0])),
    }


# --- look-ups ---------------------------------------------------------------------------------------------------------


def _show_stores(report: Report, entries: int, lmdb: Any) -> None:
    with peer_stores.Stores(entries, lmdb) as stores:
        questions = stores.questions(QUESTIONS)
        right = [stores.right(question) for question in questions]
        for store in stores.all:
            batch = store.batch(questions)
            wrong = sum(given != answer for given, answer in zip(batch, right, strict=True))
            wrong += sum(store.single(*question) != answer for question, answer in zip(questions, right, strict=True))
            told = {"entries": stores.entries, "wrong_answers": wrong, "questions": len(questions), "how": store.how}
            name = f"peers.store_{entries}.{store.name}"
            bytes_an_entry = store.size / stores.entries
            report.show(
                Figure(f"{name}_bytes", rounded(bytes_an_entry), "B/entry", details=told | {"build_cpu_s": rounded(store.build_cpu)})
            )
            times = _times(store.single, questions)
            cuts = statistics.quantiles(times, n=100)
            report.show(Figure(f"{name}_single", rounded(cuts[49]), "µs", details=told | {"p99": rounded(cuts[98])}))
            report.show(
                median_of(f"{name}_batch", _rates(lambda _, ask=store.batch: ask(questions), QUESTIONS), "answers/CPU-s", details=told)
            )


def _times(ask: Callable[..., Any], questions: Sequence[tuple[int, int, int]]) -> Sequence[float]:
    """Microseconds of each call, by the wall clock."""
    found = []
    for region, item, day in questions:
        begun = time.perf_counter_ns()
        ask(region, item, day)
        found.append((time.perf_counter_ns() - begun) / 1000)
    return found


def _rates(work: Callable[[int], Any], count: int) -> list[float]:
    """Answers a CPU-second of each of five runs."""
    found = []
    for run in range(RUNS):
        begun = time.process_time()
        work(run)
        found.append(count / max(time.process_time() - begun, 1e-9))
    return found


def main() -> None:
    """Parse the arguments and measure."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--quick", action="store_true", help="smaller tables, a tenth of the entries")
    parser.add_argument("--seconds", type=float, default=150.0, help="begin no further table after this many seconds")
    parser.add_argument("--entries", type=int, default=ENTRIES, help="entries of the catalogue")
    parser.add_argument("--no-tables", action="store_true", help="look-ups only")
    given = parser.parse_args()
    measure(Report(quick=given.quick), quick=given.quick, seconds=given.seconds, entries=given.entries, tables=not given.no_tables)


if __name__ == "__main__":
    main()
