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
from anpei.rules.compiled.build import write_rules
from anpei.rules.compiled.encode import encode
from anpei.rules.compiled.machine import CompiledRules
from anpei.rules.judging.evaluation import RowIndex, examine
from anpei.rules.templates.library import load_templates
from anpei.samples.rules.drawing import ON, World

SCALES = {"small": 130_000, "full": 13_000_000}
HOT = (
    "key_rows", "row_template", "row_join", "row_args", "row_from", "row_to", "arg_value", "arg_known", "code_op", "code_arg", "list_at",
    "list_text", "text_at", "text_bytes",
)  # fmt: skip
"""The columns that judging reads; the others tell what a row is called and where it comes from."""
SINGLE, BATCH, CHECKED = 500, 2_000, 40


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
    cases = [world.case() for _ in range(SINGLE)]
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
    several = [world.case() for _ in range(BATCH)]
    encoded = encode(several, vocabulary=rules.vocabulary, on=[ON] * len(several))
    runs = [_cpu(lambda: machine_code.judge(rules, encoded, False, False)) for _ in range(5)]
    yield Measured(
        "rules.batch", BATCH / statistics.median(runs), "cases/CPU-s", {"encoded": "before", "runs": [round(run, 4) for run in runs]}
    )
    some = encode(several[:200], vocabulary=rules.vocabulary, on=[ON] * 200)
    yield Measured("rules.batch_arrays", 200 / _cpu(lambda: vectors.judge(rules, some, False, False)), "cases/CPU-s")
    yield from _checked(rules, cases[:CHECKED])


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
