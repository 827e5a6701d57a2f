"""Tables (表格导入): rows from CSV and Excel files as checked values, and a report of every row that could not be taken.

Owns no table of the database. A room brings its columns, how a row becomes a value and how values are stored; good rows are taken, bad
ones are named with line, column, reason and what to do. Memory stays bounded: rows pass through in chunks.
"""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import BinaryIO, Generic, TypeVar

from anpei.records.tables.cells import Cells, Column
from anpei.records.tables.reading import FileRefused, rows_of
from anpei.records.tables.report import ImportReport, Outcome, RowError, Tally, row_error

__all__ = ["Cells", "Column", "FileRefused", "ImportReport", "Outcome", "Parsed", "RowError", "import_table", "row_error"]

T = TypeVar("T")
CHUNK = 500


@dataclass(frozen=True, slots=True)
class Parsed(Generic[T]):
    """A good row: where it stands and what it says."""

    line: int
    value: T


def import_table(
    *,
    file: Path | BinaryIO,
    columns: Sequence[Column],
    parse: Callable[[Cells], T | None],
    store: Callable[[Sequence[Parsed[T]]], Sequence[Outcome | RowError]],
) -> ImportReport:
    """Read a file row by row; ``parse`` turns cells into a value (noting errors on the cells), ``store`` writes a chunk.

    ``store`` answers for each row of the chunk with what became of it. Raises FileRefused when the file as a whole cannot be read
    (format, encoding, missing columns); then nothing was stored.
    """
    tally = Tally()
    waiting: list[Parsed[T]] = []

    def flush() -> None:
        for outcome in store(waiting) if waiting else ():
            tally.count(outcome)
        waiting.clear()

    for row in rows_of(file, columns=columns):
        if isinstance(row, RowError):
            tally.count(row)
            continue
        cells = Cells(row=row)
        value = parse(cells)
        if cells.errors or value is None:
            tally.refuse(cells.errors or [row_error("row.unusable", line=row.line)])
            continue
        waiting.append(Parsed(row.line, value))
        if len(waiting) == CHUNK:
            flush()
    flush()
    return tally.report()
