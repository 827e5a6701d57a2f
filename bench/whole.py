"""Rules and catalogue in one snapshot: compiling it, opening it, and whole decisions by it: from plain data to the full trace.

``python -m bench.whole [--scale small|million|full] [--folder FOLDER] [--seed N] [--keep]``: 130,000 rules with 4.5 million entries,
1 million with 45, or 13 million with 450; ``full`` writes about 5 GB into the folder (a temporary one unless it is named). Deciding
runs in a process of its own, so that its memory is that of a worker.
"""

import argparse
import os
import resource
import shutil
import statistics
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

import numpy as np
import pyarrow as pa

from anpei.claims.replay import reference
from anpei.claims.replay.passes import OpenedPass, PassPlan, decide, open_pass
from anpei.claims.replay.schema import ATTRIBUTES, PAST
from anpei.engines.knowledge import shipped_rulebook
from anpei.records.catalogues.words import pack_many
from anpei.rules.catalogue.codes import encoded
from anpei.rules.catalogue.compiling import compile_catalogue
from anpei.rules.catalogue.model import Chunk, Extent
from anpei.rules.columns import ColumnWriter
from anpei.rules.snapshots import compiling, execution
from anpei.rules.snapshots.compiling import compile_snapshot
from anpei.rules.snapshots.snapshot import open_snapshot
from anpei.rules.templates.library import load_templates
from anpei.samples.replay.drawing import Drawn as DrawnClaims
from anpei.samples.replay.writing import plans_of
from anpei.samples.rules.drawing import ON, World, code_of
from bench.catalogue import Drawn
from bench.figures import Figure, Report, median_of

SCALES = {"small": (130_000, 12_500), "million": (1_000_000, 125_000), "full": (13_000_000, 1_250_000)}
"""Rule rows, and items of the catalogue in 450 regions. Rules name items of a tenth of their number."""
REGIONS, HOME = 450, "110123"
WARMING, SINGLE, BATCH, SEVERAL = 200, 1_000, 10_000, 5


@dataclass(slots=True)
class Priced(Drawn):
    """A drawn catalogue whose words have a meaning: class, self-paid ratio, no cap."""

    def item_codes(self) -> list[str]:
        """The items that rules name."""
        return [code_of(number) for number in range(self.items)]

    def chunks(self) -> Iterator[Chunk]:
        """One chunk a region."""
        for made in Drawn.chunks(self):
            begun = time.process_time()
            kind = (made.word % np.uint64(3)).astype(np.int64)
            word = pack_many(
                insurance_class=kind, covered=np.ones(len(kind), np.bool_), self_pay_bp=1000 * kind, price_cap_fen=np.full(len(kind), -1)
            )
            self.cpu_seconds += time.process_time() - begun
            yield replace(made, word=word)

    def write(self, writer: ColumnWriter) -> Extent:
        """The columns of the catalogue."""
        regions = encoded([f"{110_000 + number}" for number in range(self.regions)])
        return compile_catalogue(
            writer, regions=regions, items=encoded(self.item_codes()), chunks=self.chunks(), details=self.details()
        )  # fmt: skip


def measure(report: Report, *, scale: str, folder: Path | None, seed: int, keep: bool) -> None:
    """Compile, then decide in another process."""
    place = Path(tempfile.mkdtemp(prefix="whole-", dir=folder))
    try:
        snapshot = _show_compiling(report, scale, seed, place)
        command = [sys.executable, "-m", "bench.whole", "--decide", str(snapshot), "--scale", scale, "--seed", str(seed)]
        subprocess.run(command, check=True)
    finally:
        if not keep:
            shutil.rmtree(place, ignore_errors=True)


def _show_compiling(report: Report, scale: str, seed: int, place: Path) -> Path:
    count, items = SCALES[scale]
    templates = load_templates(shipped_rulebook())
    rows, catalogue = World(count, seed).rows(templates), Priced(REGIONS, items, seed)
    compiling.READ_BACK = 0  # drawn rows have drawn ids
    wall, cpu = time.perf_counter(), time.process_time()
    snapshot = compile_snapshot(rows, templates, catalogue.write, place, as_of=ON)
    cpu = time.process_time() - cpu - catalogue.cpu_seconds
    sizes = {path.name: path.stat().st_size for path in snapshot.folder.iterdir()}
    told = {
        "rules": count, "entries": len(snapshot.catalogue), "wall_s_with_drawing": round(time.perf_counter() - wall, 1),
        "gigabytes": round(sum(sizes.values()) / 1e9, 3), "peak_memory_mb": resource.getrusage(resource.RUSAGE_SELF).ru_maxrss // 1024,
    }  # fmt: skip
    report.show(Figure("whole.compile_cpu", round(cpu, 1), "CPU-s", details=told))
    entries = {name: size for name, size in sizes.items() if name.startswith(("catalogue_", "tree_catalogue"))}
    report.show(Figure("whole.bytes_an_entry", round(sum(entries.values()) / len(snapshot.catalogue), 2), "B"))
    rules = sum(sizes.values()) - sum(entries.values())
    report.show(Figure("whole.bytes_a_rule_with_sources", round(rules / count, 2), "B"))
    return snapshot.folder


# --- deciding ------------------------------------------------------------------------------------------------------


def show_deciding(report: Report, *, snapshot: Path, scale: str, seed: int) -> None:
    """What a worker costs and gives: opening, first decision, single decisions, many at once, memory."""
    opening, cpu = [], time.process_time()
    for _ in range(SEVERAL):
        begun = time.perf_counter()
        open_snapshot(snapshot)
        opening.append(1000 * (time.perf_counter() - begun))
    report.show(median_of("whole.open", opening, "ms", details={"cpu_ms": round(1000 * (time.process_time() - cpu) / SEVERAL, 1)}))
    opened = open_pass(PassPlan(snapshot))
    before = _memory("RssAnon")
    items = [code_of(number) for number in range(SCALES[scale][1])]
    first = _claims(WARMING, seed + 1, items, opened)
    drawn = _memory("RssAnon") - before
    begun = time.perf_counter()
    execution.warm()
    _decide(first[0], opened)
    report.show(Figure("whole.first_decision", round(time.perf_counter() - begun, 3), "s", details={"machine_code": "from disk if kept"}))
    for row in first:
        _decide(row, opened)
    told = {"kind": "anonymous", "mapped_mb": _memory("RssFile"), "of_this_drawn_claims_mb": drawn}
    report.show(Figure("whole.memory", _memory("RssAnon"), "MB", details=told))
    _show_prefault(report, opened)
    _show_single(report, _claims(SINGLE, seed, items, opened), opened)
    table = _table(BATCH, seed + 2, items, opened)
    decide(table.slice(0, SINGLE), opened=opened)
    runs = []
    for _ in range(SEVERAL):
        cpu = time.process_time()
        decide(table, opened=opened)
        runs.append(BATCH / (time.process_time() - cpu))
    report.show(median_of("whole.batch", runs, "claims/CPU-s", details={"claims": BATCH, "form": "Arrow table to Arrow table"}))


def _claims(count: int, seed: int, items: Sequence[str], opened: OpenedPass) -> list[dict[str, Any]]:
    return [dict(row) for row in _table(count, seed, items, opened).to_pylist()]


def _table(count: int, seed: int, items: Sequence[str], opened: OpenedPass) -> pa.Table:
    """Claims of persons whom most of the drawn rules allow most things, as in life: what is met are the few strict ones."""
    drawn = next(DrawnClaims(count, seed, items, plans_of(opened), region=HOME, most=count).tables())
    said = {"sex": pa.array(["F"] * count), "insurance_type": pa.array(["maternity"] * count), "stay_days": pa.array([12] * count)}
    attributes = drawn["attributes"].combine_chunks()
    columns = [said.get(field.name, attributes.field(field.name)).cast(field.type) for field in ATTRIBUTES]
    place = drawn.schema.get_field_index("attributes")
    return _as_read(drawn.set_column(place, drawn.schema.field(place), pa.StructArray.from_arrays(columns, fields=list(ATTRIBUTES))))


def _as_read(table: pa.Table) -> pa.Table:
    """The table as somebody else's file has it: coded texts with a dictionary of those that occur, not of all that could."""
    return pa.Table.from_pylist(table.to_pylist(), schema=PAST)


def _show_prefault(report: Report, opened: OpenedPass) -> None:
    """Every page of the columns is read once: what follows is warm."""
    begun = time.perf_counter()
    columns = {**opened.snapshot.rules.columns, **opened.snapshot.catalogue.mapped._asdict()}
    touched = sum(int(column.view(np.uint8)[::4096].sum()) for column in columns.values() if isinstance(column, np.ndarray) and len(column))
    report.show(Figure("whole.prefault", round(time.perf_counter() - begun, 2), "s", details={"sum": touched % 10}))


def _show_single(report: Report, rows: Sequence[Mapping[str, Any]], opened: OpenedPass) -> None:
    times, cpu, decided = [], time.process_time(), []
    for row in rows:
        begun = time.perf_counter()
        decided.append(_decide(row, opened))
        times.append(1000 * (time.perf_counter() - begun))
    cpu = (time.process_time() - cpu) / len(rows)
    cuts = statistics.quantiles(times, n=100)
    told = {
        "claims": len(rows), "cpu_ms": round(1000 * cpu, 3), "p99_ms": round(cuts[98], 3), "a_cpu_second": round(1 / cpu),
        "not_decided": sum(one["problem"] is not None for one in decided),
        "rules_met_a_claim": round(statistics.mean(len(one["rules"]) for one in decided), 2),
        "lines_a_claim": round(statistics.mean(len(row["bills"][0]["lines"]) for row in rows), 1),
    }  # fmt: skip
    report.show(Figure("whole.single_p50", round(cuts[49], 3), "ms", details=told))


def _decide(row: Mapping[str, Any], opened: OpenedPass) -> dict[str, Any]:
    return reference.decide_row(row, snapshot=opened.snapshot, products=opened.products, table=opened.table)


def _memory(kind: str) -> int:
    for line in Path(f"/proc/{os.getpid()}/status").read_text(encoding="ascii").splitlines():
        if line.startswith(kind + ":"):
            return int(line.split()[1]) // 1024
    return 0


def main() -> int:
    """Measure one scale."""
    parser = argparse.ArgumentParser(prog="python -m bench.whole", description=__doc__)
    parser.add_argument("--scale", choices=sorted(SCALES), default="small")
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--folder", type=Path, help="where to write; a temporary folder otherwise")
    parser.add_argument("--keep", action="store_true", help="leave the snapshot there")
    parser.add_argument("--quick", action="store_true", help="taken for small")
    parser.add_argument("--seconds", type=float, default=30.0, help="taken and not needed: small is done in half a minute")
    parser.add_argument("--decide", type=Path, help=argparse.SUPPRESS)
    given = parser.parse_args()
    report = Report(quick=given.quick)
    if given.decide is not None:
        show_deciding(report, snapshot=given.decide, scale=given.scale, seed=given.seed)
    else:
        measure(report, scale="small" if given.quick else given.scale, folder=given.folder, seed=given.seed, keep=given.keep)
    return 0


if __name__ == "__main__":
    sys.exit(main())
