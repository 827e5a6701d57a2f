"""Rule rows: importing a table of which one line in a hundred is broken, keeping its rows, checking them, giving them as columns.

``python -m bench.rows [--quick] [--lines N]``: 200,000 lines unless told otherwise (quick: 20,000). Memory is the most that this
process held, with the libraries it stands on.
"""

import argparse
import csv
import resource
import tempfile
import time
from collections.abc import Callable, Iterator
from datetime import date
from pathlib import Path
from typing import Any

from anpei.engines.knowledge import shipped_rulebook
from anpei.rules.consistency import Tally, check_rows
from anpei.rules.holdings import Holdings, rows_by_subject
from anpei.rules.importer import Listening, load_mappings, read_tables
from anpei.rules.templates.library import load_templates
from bench.figures import Figure, Report, rounded

LINES = 200_000
BROKEN = 100
START = date(2025, 1, 1)


def measure(report: Report, *, lines: int) -> None:
    """Import, import again, check, columns; in this order, so that the peak of memory is told as it grows."""
    rulebook = shipped_rulebook()
    templates, mappings = load_templates(rulebook), list(load_mappings(rulebook).values())
    before = _peak_mb()
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        table, holdings = _written(folder / "table.csv", lines), Holdings(folder / "rules")
        refused = 0

        def count(_: object) -> None:
            nonlocal refused
            refused += 1

        def imported() -> int:
            with holdings.adding(templates) as adding:
                told, merged = read_tables(
                    table, mappings, templates=templates, adding=adding, listening=Listening(refused=count), valid_from=START
                )
                adding.keep(merged)
            return told.new

        def checked() -> int:
            work = Path(tempfile.mkdtemp(dir=folder))
            tally = Tally()
            issues = sum(1 for _ in check_rows(rows_by_subject(holdings.batches(), work), templates=templates, tally=tally))
            return issues + tally.rows

        wanted = lines - lines // BROKEN
        told: dict[str, Any] = {"lines": lines, "broken": lines // BROKEN, "peak_mb_before": before}
        for figure, work, right in (
            ("rows.import", imported, wanted),
            ("rows.import_again", imported, 0),
            ("rows.check", checked, wanted),
            ("rows.columns", lambda: len(holdings.columns(templates)), wanted),
        ):
            _show(report, figure, work, right, told)
        size = sum(file.stat().st_size for file in (folder / "rules").glob("*.parquet"))
        report.show(Figure("rows.bytes_kept", rounded(size / wanted), "B/row", details={"rows": wanted}))
        report.show(Figure("rows.refusals_told", refused, "lines", details={"imports": 2, "wanted": 2 * (lines // BROKEN)}))


def _show(report: Report, figure: str, work: Callable[[], int], right: int, told: dict[str, Any]) -> None:
    wall, begun = time.perf_counter(), time.process_time()
    found = work()
    spent = time.process_time() - begun
    details = told | {
        "cpu_s": rounded(spent), "wall_s": rounded(time.perf_counter() - wall), "peak_mb": _peak_mb(), "right": found == right,
    }  # fmt: skip
    report.show(Figure(figure, rounded(told["lines"] / spent), "lines/CPU-s", details=details))


def _written(path: Path, lines: int) -> Path:
    """A table in the form of the national ones."""
    with path.open("w", encoding="utf-8", newline="") as file:
        writer = csv.writer(file)
        writer.writerow(("项目名称", "国标代码", "限定类型", "限定对象"))
        writer.writerows(_lines(lines))
    return path


def _lines(count: int) -> Iterator[tuple[str, str, str, str]]:
    for number in range(count):
        code = f"{number:015}" if number % BROKEN != BROKEN - 1 else ("", "123", "X1")[number // BROKEN % 3]
        yield f"项目{number % 30_000}号检查", code, "限定性别对象", "男女"[number % 2]


def _peak_mb() -> int:
    return resource.getrusage(resource.RUSAGE_SELF).ru_maxrss // 1024


def main() -> None:
    """Parse the arguments and measure."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--quick", action="store_true", help="a tenth of the lines")
    parser.add_argument("--seconds", type=float, default=60.0, help="taken and not needed")
    parser.add_argument("--lines", type=int, default=LINES, help="lines of the table")
    given = parser.parse_args()
    measure(Report(quick=given.quick), lines=given.lines // 10 if given.quick else given.lines)


if __name__ == "__main__":
    main()
