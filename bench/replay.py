"""``python -m bench.replay``: what deciding past claims again costs, and the scan that leaves out what a change cannot touch.

Drawn claims of 30 lines, snapshots of drawn rows and one catalogue entry an item; CPU-seconds of one thread. ``--strict`` takes the rows of
``anpei bench rules``, by which every claim has many hits. Nothing here says anything of real claims.
"""

import argparse
import shutil
import tempfile
import time
from pathlib import Path

import pyarrow as pa
import pyarrow.parquet as pq

from anpei.claims.replay.parts import Part, do_part, parts_of, scan
from anpei.claims.replay.passes import PassPlan, decide, decide_by_reference, open_pass
from anpei.claims.replay.schema import PAST
from anpei.claims.replay.work import BATCH, ReplayWork, changes
from anpei.engines.knowledge import shipped_rulebook
from anpei.rules.templates.library import load_templates
from anpei.samples.replay.drawing import SIMULATED, Drawn
from anpei.samples.replay.snapshots import drawn_pair
from anpei.samples.replay.writing import items_of, plans_of
from bench.figures import Figure, Report

LINES, CHANGED, CHECKED = 30, 100, 200
TEN_MILLION = 10_000_000


def measure(report: Report, *, claims: int, rows: int, seed: int, strict: bool) -> None:
    """Draw, decide, compare, scan."""
    pa.set_cpu_count(1)
    folder = Path(tempfile.mkdtemp(prefix="replay-"))
    try:
        pair = drawn_pair(folder, templates=load_templates(shipped_rulebook()), rows=rows, seed=seed, changed=CHANGED, strict=strict)
        work = ReplayWork(PassPlan(pair[0].folder), PassPlan(pair[1].folder))
        opened = open_pass(work.old)
        file = folder / "past.parquet"
        drawn = Drawn(claims, seed, items_of(opened), plans_of(opened), lines=LINES)
        with pq.ParquetWriter(file, PAST.with_metadata(SIMULATED), compression="zstd") as writer:
            for table in drawn.tables():
                writer.write_table(table)
        kind = {"claims": claims, "lines": LINES, "rules": rows, "strict": strict, "bytes_a_claim": file.stat().st_size // claims}
        _show_pass(report, drawn, work, kind)
        _show_parts(report, parts_of(file), work, kind)
    finally:
        shutil.rmtree(folder, ignore_errors=True)


def _show_pass(report: Report, drawn: Drawn, work: ReplayWork, kind: dict[str, object]) -> None:
    """One pass over tables in memory, and whether it equals the reference."""
    opened = open_pass(work.old)
    tables = [table.slice(start, BATCH) for table in drawn.tables() for start in range(0, len(table), BATCH)]
    first = tables[0].slice(0, CHECKED)
    same = decide(first, opened=opened).to_pylist() == decide_by_reference(first, opened=opened).to_pylist()
    start = time.process_time()
    settled = sum(decide(table, opened=opened)["decision"].to_pylist().count("settle") for table in tables)
    spent = time.process_time() - start
    details = {**kind, "settled": settled, "equal_to_the_reference": same, "checked": CHECKED}
    report.show(Figure("replay.pass", round(drawn.claims / spent), "claims a CPU-s", details=details))


def _show_parts(report: Report, parts: list[Part], work: ReplayWork, kind: dict[str, object]) -> None:
    """Row groups of Parquet: everything decided by both passes and compared; then by the scan, which leaves out what nothing touches."""
    claims = sum(part.claims for part in parts)
    whole = ReplayWork(work.old, work.new, prune=False)
    changes(work.old, work.new)
    for name, one in (("replay.both_passes", whole), ("replay.pruned", work)):
        start = time.process_time()
        tallies = [do_part(one, part)[1] for part in parts]
        spent = time.process_time() - start
        counts = {key: sum(int(tally.get(key, 0)) for tally in tallies) for key in ("touched", "differ")}
        ten = {"minutes_for_10M_on_2_cores": round(TEN_MILLION * spent / claims / 120, 1)}
        report.show(Figure(name, round(claims / spent), "claims a CPU-s", details={**kind, **counts, **ten}))
    start = time.process_time()
    touched = sum(int(scan(work, part).sum()) for part in parts)
    spent = time.process_time() - start
    details = {**kind, "touched": touched, "seconds_for_10M_on_2_cores": round(TEN_MILLION * spent / claims / 2, 1)}
    report.show(Figure("replay.scan", round(claims / spent), "claims a CPU-s", details=details))


def main() -> None:
    """Parse the arguments and measure."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--claims", type=int, default=20_000, help="how many past claims")
    parser.add_argument("--rows", type=int, default=130_000, help="how many rule rows; a tenth as many items")
    parser.add_argument("--seed", type=int, default=1, help="what is drawn")
    parser.add_argument("--strict", action="store_true", help="rows by which every claim has many hits")
    parser.add_argument("--quick", action="store_true", help="4,000 claims, 13,000 rows")
    parser.add_argument("--seconds", type=float, default=60.0, help="taken and not needed")
    given = parser.parse_args()
    sizes = {"claims": 4_000, "rows": 13_000} if given.quick else {"claims": given.claims, "rows": given.rows}
    measure(Report(quick=given.quick), seed=given.seed, strict=given.strict, **sizes)


if __name__ == "__main__":
    main()
