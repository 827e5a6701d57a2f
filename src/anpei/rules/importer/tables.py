"""Tables out of CSV and XLSX files, every cell as text. Odd or hostile input gives a TableError for the file, never a crash.

CSV: UTF-8 (with or without mark), UTF-16 with mark, else GB18030; comma, tab or semicolon; at once or line by line.
XLSX: every sheet; formulas stay text.
"""

import codecs
import csv
import io
import zipfile
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date, datetime
from pathlib import Path
from typing import Any, TextIO

import openpyxl

from anpei.kernel.errors import InvalidInput

MAX_BYTES = 64_000_000
MAX_UNPACKED = 400_000_000
MAX_ROWS = 1_000_000
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
    """One sheet: the file's name, the sheet's name (empty for CSV), and its lines that are not empty."""

    file: str
    sheet: str
    lines: tuple[Line, ...]

    @property
    def name(self) -> str:
        """How reports and sources name it: the file, with the sheet if there is one."""
        return f"{self.file}#{self.sheet}" if self.sheet else self.file


def _error(zh: str, en: str) -> TableError:
    return TableError(en, data={"zh": zh})


def read_tables(path: Path) -> list[Table]:
    """The tables of a file. Raises TableError."""
    try:
        size = path.stat().st_size
        if size > MAX_BYTES:
            raise _error(f"文件有 {size} 字节，上限 {MAX_BYTES}：请拆分", f"the file has {size} bytes, the limit is {MAX_BYTES}: split it")
        data = path.read_bytes()
    except OSError as error:
        raise _error("文件打不开", "the file cannot be opened") from error
    if data.startswith(_OLE):
        raise _error("这是旧版 .xls：请另存为 .xlsx 或 CSV", "this is an old .xls: save it as .xlsx or CSV")
    if data.startswith(b"PK"):
        return _workbook(data, path.name)
    return [Table(file=path.name, sheet="", lines=tuple(_csv_lines(_decode(data))))]


def _decode(data: bytes) -> str:
    marked = data.startswith((codecs.BOM_UTF16_LE, codecs.BOM_UTF16_BE))
    encodings = ["utf-16"] if marked else ["utf-8-sig", "gb18030"]
    for encoding in encodings:
        try:
            text = data.decode(encoding)
        except UnicodeDecodeError:
            continue
        if "\x00" not in text:
            return text
    raise _unreadable()


def _unreadable() -> TableError:
    return _error(
        "既不是 UTF-8 也不是 GB18030 文本：请另存为 UTF-8 的 CSV", "this is neither UTF-8 nor GB18030 text: save it as CSV in UTF-8"
    )


def _csv_lines(text: str) -> Iterator[Line]:
    for count, line in enumerate(_parsed(io.StringIO(text, newline=""), head=text[:4096]), start=1):
        _check_count(count)
        yield line


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


def stream_lines(path: Path) -> Iterator[Line]:
    """The lines of a CSV file of any size, one at a time; its encoding is settled by reading it through once. Raises TableError."""
    encoding = _encoding_of(path)
    with path.open(encoding=encoding, newline="") as source:
        head = source.read(4096)
        source.seek(0)
        yield from _parsed(source, head=head)


def _encoding_of(path: Path) -> str:
    with path.open("rb") as file:
        start = file.read(4)
    if start.startswith((b"PK", _OLE)):
        raise _error("只有 CSV 可以逐行读取：请另存为 CSV", "only CSV can be read line by line: save it as CSV")
    marked = start.startswith((codecs.BOM_UTF16_LE, codecs.BOM_UTF16_BE))
    for encoding in ["utf-16"] if marked else ["utf-8-sig", "gb18030"]:
        if _is_text(path, encoding):
            return encoding
    raise _unreadable()


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
    if any(len(cell) > MAX_CELL for cell in cells):
        raise _error(f"第 {number} 行有超长单元格（引号未闭合？）", f"line {number} has an oversized cell (a quote not closed?)")
    while cells and not cells[-1]:
        cells.pop()
    return Line(number=number, cells=tuple(cells)) if cells else None


def _check_count(count: int) -> None:
    if count > MAX_ROWS:
        raise _error(f"超过 {MAX_ROWS} 行：请拆分", f"more than {MAX_ROWS} rows: split the file")


def _workbook(data: bytes, name: str) -> list[Table]:
    try:
        with zipfile.ZipFile(io.BytesIO(data)) as archive:
            unpacked = sum(entry.file_size for entry in archive.infolist())
        if unpacked > MAX_UNPACKED:
            raise _error("工作簿解压后过大：请拆分", f"the workbook unpacks to {unpacked} bytes: split it")
        book = openpyxl.load_workbook(io.BytesIO(data), read_only=True, data_only=False, keep_links=False)
        try:
            return [Table(file=name, sheet=sheet.title, lines=tuple(_sheet_lines(sheet))) for sheet in book.worksheets]
        finally:
            book.close()
    except TableError:
        raise
    except Exception as error:  # a broken workbook makes the library raise nearly anything
        raise _error("不是可读的 .xlsx 工作簿", f"this is no readable .xlsx workbook ({type(error).__name__})") from error


def _sheet_lines(sheet: Any) -> Iterator[Line]:
    for number, values in enumerate(sheet.iter_rows(values_only=True), start=1):
        _check_count(number)
        line = _line(number, [_text(value) for value in values])
        if line is not None:
            yield line


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
