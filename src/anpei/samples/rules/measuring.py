"""What judging costs: rows are drawn, compiled and opened, then cases are judged one by one and many at once, by every execution."""

import resource
import shutil
import statistics
import time
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from anpei.engines.knowledge import Rulebook
from anpei.rules.columns import ColumnWriter, Entries
from anpei.rules.compiled import machine_code, vectors
from anpei.rules.compiled.addressing import where
from anpei.rules.compiled.arrow import encode_table, facts_from
from anpei.rules.compiled.build import write_rules
from anpei.rules.compiled.machine import CompiledRules
from anpei.rules.compiled.tables import table_of
from anpei.rules.judging.evaluation import RowIndex, examine
from anpei.rules.templates.library import load_templates
from anpei.samples.rules.bound import chase
from anpei.samples.rules.drawing import ON, World
from anpei.samples.rules.memory import memory_of_judging

SCALES = {"small": 130_000, "million": 1_000_000, "middle": 4_000_000, "full": 13_000_000}
"""Rows. Ten rows a key and the same skew at every scale, so that about as many rows name the lines of a case."""
HOT = (
    "key_rows", "row_template", "row_join", "row_args", "row_from", "row_to", "arg_value", "arg_known", "code_op", "code_arg", "list_at",
    "list_text", "text_at", "text_bytes", "text_head", "text_mask",
)  # fmt: skip
"""The columns that judging reads; the others tell what a row is called and where it comes from."""
SINGLE, BATCH, RUNS, CHECKED = 500, 2_000, 7, 40


@dataclass(frozen=True, slots=True)
class Measured:
    """One figure; seconds are CPU-seconds of one thread unless the unit says otherwise."""

    figure: str
    value: float
    unit: str
    details: Mapping[str, Any] = field(default_factory=dict)

    def as_data(self) -> dict[str, Any]:
        """The plain form, as it is printed."""
        return {
            "figure": self.figure,
            "value": round(self.value, 6),
            "unit": self.unit,
            **({"details": dict(self.details)} if self.details else {}),
        }


def measure(*, rulebook: Rulebook, scale: str, seed: int, folder: Path) -> Iterator[Measured]:
    """All figures of one scale, as they come. Writes a compiled snapshot into ``folder`` and takes it away again."""
    templates = load_templates(rulebook)
    world = World(SCALES[scale], seed)
    rows = world.rows(templates)
    snapshot = folder / "rules"
    snapshot.mkdir(parents=True)
    try:
        start = time.process_time()
        with ColumnWriter(snapshot) as writer:
            info = write_rules(writer, rows, templates)
            entries = writer.close()
        yield Measured("rules.compile", time.process_time() - start, "CPU-s", {"rows": len(rows), "keys": world.items})
        yield from _room(entries, len(rows))
        del rows
        started, before = time.perf_counter(), time.process_time()
        rules = CompiledRules(snapshot, entries, info)
        yield Measured(
            "rules.open", 1000 * (time.perf_counter() - started), "ms", {"cpu_ms": round(1000 * (time.process_time() - before), 1)}
        )
        yield from _judged(rules, world)
        yield from _memory(snapshot, entries, info, world)
        yield Measured(
            "rules.memory_peak", resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024, "MB", {"with": "drawing and compiling"}
        )
    finally:
        shutil.rmtree(snapshot, ignore_errors=True)


def _room(entries: Entries, rows: int) -> Iterator[Measured]:
    sizes = {name: int(entry["length"]) * int(entry["dtype"].lstrip("<|SuifV")) for name, entry in entries.items()}
    hot = sum(sizes[name] for name in HOT)
    yield Measured("rules.bytes_a_row", hot / rows, "bytes", {"with_ids_and_sources": round(sum(sizes.values()) / rows, 2)})


def _judged(rules: CompiledRules, world: World) -> Iterator[Measured]:
    cases = [facts for facts, _ in facts_from(world.table(SINGLE))]
    started = time.perf_counter()
    rules.examine(facts=cases[0], on=ON, kernel=machine_code.judge)
    yield Measured("rules.first_decision", time.perf_counter() - started, "s", {"note": "machine code from disk, or made now"})
    found = [rules.examine(facts=case, on=ON, kernel=machine_code.judge) for case in cases]
    yield Measured("rules.rows_considered", statistics.mean(one.considered for one in found), "rows a case")
    yield _each(
        "rules.single",
        cases,
        lambda case: rules.examine(facts=case, on=ON, kernel=machine_code.judge),
        hits=statistics.mean(len(one.hits) for one in found),
    )
    yield from _many(rules, world)
    yield from _checked(rules, cases[:CHECKED])


def _many(rules: CompiledRules, world: World) -> Iterator[Measured]:
    """Many cases at once: judged, encoded and judged, and only read."""
    table = world.table(BATCH * RUNS)
    parts = [table.slice(BATCH * run, BATCH) for run in range(RUNS)]
    spent: dict[str, list[float]] = {"judged": [], "encoded": [], "read": []}
    encoded = None
    for part in [parts[0], *parts]:  # the first is a warm-up: it is judged again
        start = time.process_time()
        encoded = encode_table(part, vocabulary=rules.vocabulary)
        middle = time.process_time()
        machine_code.judge(rules, encoded, False, False)
        end = time.process_time()
        chase(where(rules.table), where(table_of(encoded)))
        for name, seconds in (("encoded", middle - start), ("judged", end - middle), ("read", time.process_time() - end)):
            spent[name].append(seconds)
    judged, whole = spent["judged"][1:], [one + two for one, two in zip(spent["encoded"][1:], spent["judged"][1:], strict=True)]
    for figure, runs, note in (
        ("rules.batch", judged, "judging alone, other cases in each run"),
        ("rules.batch_from_table", whole, "encoding an Arrow table and judging"),
        ("rules.memory_bound", spent["read"][1:], "only reading the rows that name a line"),
    ):
        more = {"what": note, "runs": [round(BATCH / run) for run in runs]}
        yield Measured(figure, BATCH / statistics.median(runs), "cases/CPU-s", more)
    some = encode_table(table.slice(0, 40), vocabulary=rules.vocabulary)
    yield Measured("rules.batch_arrays", 40 / _cpu(lambda: vectors.judge(rules, some, False, False)), "cases/CPU-s")


def _memory(folder: Path, entries: Entries, info: Mapping[str, Any], world: World) -> Iterator[Measured]:
    told = memory_of_judging(folder, entries, info, world.table(BATCH * RUNS))
    if told is not None:
        more = {name: round(value, 1) for name, value in told.items() if name != "anonymous"}
        yield Measured("rules.memory_of_judging", told["anonymous"], "MB", {"own": "anonymous", **more})


def _checked(rules: CompiledRules, cases: Sequence[Any]) -> Iterator[Measured]:
    """The reference over all rows that name a subject, against both kernels."""
    different = 0
    spent = 0.0
    for case in cases:
        wanted = {key for subject in case.subjects for key in rules.vocabulary.patterns.of(subject)}
        places = [place for key in wanted for place in rules.places_of(key)]
        source = RowIndex([rules.row(place) for place in places])
        start = time.process_time()
        told = examine(facts=case, source=source, templates=rules.templates, on=ON)
        spent += time.process_time() - start
        for kernel in (machine_code.judge, vectors.judge):
            different += rules.examine(facts=case, on=ON, kernel=kernel) != told
    yield Measured("rules.reference", len(cases) / spent, "cases/CPU-s", {"rows_indexed": "before"})
    yield Measured("rules.different_answers", different, "of cases", {"cases": len(cases), "executions": 3})


def _each(figure: str, cases: Sequence[Any], judge: Callable[[Any], object], *, hits: float) -> Measured:
    times = []
    start = time.process_time()
    for case in cases:
        begun = time.perf_counter()
        judge(case)
        times.append(time.perf_counter() - begun)
    spent = time.process_time() - start
    cuts = statistics.quantiles(times, n=100)
    return Measured(
        figure, 1000 * spent / len(cases), "CPU-ms", {"wall_p50_ms": round(1000 * cuts[49], 3), "wall_p99_ms": round(1000 * cuts[98], 3),
        "a_second": round(len(cases) / spent), "hits": round(hits, 2)},
    )  # fmt: skip


def _cpu(work: Callable[[], object]) -> float:
    start = time.process_time()
    work()
    return time.process_time() - start
