"""Tables out of CSV and XLSX files, line by line, every cell as text. Odd or hostile input gives a TableError, never a crash.

CSV: UTF-8 (with or without mark), UTF-16 with mark, else GB18030 (settled by reading the file through once); comma, tab or semicolon;
of any size. XLSX: every sheet, its lines read as they are needed (its table of texts is held in memory); formulas stay text.
"""

import codecs
import csv
import zipfile
from collections.abc import Callable, Iterator
from contextlib import ExitStack
from dataclasses import dataclass
from datetime import date, datetime
from itertools import islice
from pathlib import Path
from typing import Any, TextIO

import openpyxl

from anpei.kernel.errors import InvalidInput

HEADER_LINES = 10
"""A header stands within so many lines."""
MAX_UNPACKED = 4_000_000_000
MAX_TEXTS = 400_000_000
MAX_ROWS = 1_048_576
"""Of a sheet: what the format allows."""
MAX_COLUMNS = 200
MAX_CELL = 32_768
_OLE = b"\xd0\xcf\x11\xe0"


class TableError(InvalidInput):
    """A file cannot be read as a table; ``data`` holds ``zh``, the same sentence in Chinese."""

    code = "rules.table_unreadable"


@dataclass(frozen=True, slots=True)
class Line:
    """One line of a table: its number in the file (from 1) and its cells."""

    number: int
    cells: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Table:
    """One sheet: the file's name, the sheet's name (empty for CSV), its first lines that are not empty, and a way to all of them."""

    file: str
    sheet: str
    head: tuple[Line, ...]
    lines: Callable[[], Iterator[Line]]

    @property
    def name(self) -> str:
        """How reports and sources name it: the file, with the sheet if there is one."""
        return f"{self.file}#{self.sheet}" if self.sheet else self.file


def _error(zh: str, en: str) -> TableError:
    return TableError(en, data={"zh": zh})


def open_tables(path: Path, stack: ExitStack) -> list[Table]:
    """The tables of a file; ``stack`` closes it. Lines raise TableError where they cannot be read. Raises TableError."""
    try:
        with path.open("rb") as file:
            start = file.read(4)
        if start.startswith(_OLE):
            raise _error("这是旧版 .xls：请另存为 .xlsx 或 CSV", "this is an old .xls: save it as .xlsx or CSV")
        if start.startswith(b"PK"):
            return _workbook(path, stack)
        encoding = _encoding_of(path, start)
    except OSError as error:
        raise _error("文件打不开", "the file cannot be opened") from error
    return [_table(path.name, "", lambda: _csv_lines(path, encoding))]


def _table(file: str, sheet: str, lines: Callable[[], Iterator[Line]]) -> Table:
    return Table(file, sheet, tuple(islice(lines(), HEADER_LINES)), lines)


# --- CSV --------------------------------------------------------------------------------------------------------------


def _csv_lines(path: Path, encoding: str) -> Iterator[Line]:
    try:
        with path.open(encoding=encoding, newline="") as source:
            head = source.read(4096)
            source.seek(0)
            yield from _parsed(source, head=head)
    except (OSError, UnicodeDecodeError) as error:
        raise _error("文件读到一半读不下去", "the file cannot be read to its end") from error


def _parsed(source: TextIO, *, head: str) -> Iterator[Line]:
    reader = csv.reader(source, delimiter=max(",\t;", key=head.split("\n", 1)[0].count))
    start = 1
    while True:
        try:
            cells = next(reader)
        except StopIteration:
            return
        except csv.Error as error:
            raise _error(f"第 {start} 行不是合法的 CSV（{error}）", f"line {start} is not valid CSV ({error})") from error
        line = _line(start, [cell.strip() for cell in cells])
        start = reader.line_num + 1
        if line is not None:
            yield line


def _encoding_of(path: Path, start: bytes) -> str:
    marked = start.startswith((codecs.BOM_UTF16_LE, codecs.BOM_UTF16_BE))
    for encoding in ["utf-16"] if marked else ["utf-8-sig", "gb18030"]:
        if _is_text(path, encoding):
            return encoding
    raise _error(
        "既不是 UTF-8 也不是 GB18030 文本：请另存为 UTF-8 的 CSV", "this is neither UTF-8 nor GB18030 text: save it as CSV in UTF-8"
    )


def _is_text(path: Path, encoding: str) -> bool:
    decoder = codecs.getincrementaldecoder(encoding)()
    with path.open("rb") as file:
        try:
            while chunk := file.read(1 << 20):
                if "\x00" in decoder.decode(chunk):
                    return False
            return "\x00" not in decoder.decode(b"", final=True)
        except UnicodeDecodeError:
            return False


def _line(number: int, cells: list[str]) -> Line | None:
    if len(cells) > MAX_COLUMNS:
        raise _error(
            f"第 {number} 行有 {len(cells)} 列，上限 {MAX_COLUMNS}", f"line {number} has {len(cells)} columns, the limit is {MAX_COLUMNS}"
        )
    if cells and len(max(cells, key=len)) > MAX_CELL:
        raise _error(f"第 {number} 行有超长单元格（引号未闭合？）", f"line {number} has an oversized cell (a quote not closed?)")
    while cells and not cells[-1]:
        cells.pop()
    return Line(number=number, cells=tuple(cells)) if cells else None


# --- XLSX -------------------------------------------------------------------------------------------------------------


def _workbook(path: Path, stack: ExitStack) -> list[Table]:
    try:
        with zipfile.ZipFile(path) as archive:
            sizes = {entry.filename: entry.file_size for entry in archive.infolist()}
        _check_unpacked(sum(sizes.values()), MAX_UNPACKED)
        _check_unpacked(sum(size for name, size in sizes.items() if not name.startswith("xl/worksheets/")), MAX_TEXTS)
        file = stack.enter_context(path.open("rb"))
        book = openpyxl.load_workbook(file, read_only=True, data_only=False, keep_links=False)
        stack.callback(book.close)
        return [_table(path.name, sheet.title, lambda sheet=sheet: _sheet_lines(sheet)) for sheet in book.worksheets]  # type: ignore[misc]
    except (TableError, OSError):
        raise
    except Exception as error:
        raise _broken(error) from error


def _check_unpacked(size: int, limit: int) -> None:
    if size > limit:
        raise _error("工作簿解压后过大：请拆分", f"the workbook unpacks to {size} bytes: split it")


def _broken(error: Exception) -> TableError:
    """A broken workbook makes the library raise nearly anything."""
    return _error("不是可读的 .xlsx 工作簿", f"this is no readable .xlsx workbook ({type(error).__name__})")


def _sheet_lines(sheet: Any) -> Iterator[Line]:
    try:
        for number, values in enumerate(sheet.iter_rows(values_only=True), start=1):
            if number > MAX_ROWS:
                raise _error(f"超过 {MAX_ROWS} 行：请拆分", f"more than {MAX_ROWS} rows: split the file")
            line = _line(number, [_text(value) for value in values])
            if line is not None:
                yield line
    except TableError:
        raise
    except Exception as error:
        raise _broken(error) from error


def _text(value: Any) -> str:
    """A cell as text: whole numbers without a fraction, days as ISO dates, formulas as they are written."""
    if value is None:
        return ""
    if isinstance(value, bool):
        return "true" if value else "false"
    if isinstance(value, float):
        return str(int(value)) if value.is_integer() and abs(value) < 1e15 else repr(value)
    if isinstance(value, datetime):
        return value.date().isoformat() if value.time().isoformat() == "00:00:00" else value.isoformat()
    if isinstance(value, date):
        return value.isoformat()
    return str(getattr(value, "text", value)).strip()
