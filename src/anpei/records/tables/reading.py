"""Rows of CSV and Excel files, read as a stream: UTF-8 (with or without mark), GB18030, XLSX; any of these headings."""

import csv
import unicodedata
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import date, datetime
from pathlib import Path
from typing import Any, BinaryIO

from anpei.kernel.errors import InvalidInput
from anpei.records.tables._workbook import sheet_rows
from anpei.records.tables.cells import Column, Row
from anpei.records.tables.report import RowError, row_error

MAX_LINE = 1_000_000
HEADER_WITHIN = 5
SEPARATORS = (",", "\t", ";", "，")
_BAD = "\x00"
"""Stands for a line that could not be decoded; NUL is no text in a table."""


class FileRefused(InvalidInput):
    """The file as a whole cannot be read; nothing was stored."""

    code = "records.file_refused"


def rows_of(file: Path | BinaryIO, *, columns: Sequence[Column]) -> Iterator[Row | RowError]:
    """The rows below the heading. Raises FileRefused: unknown format or encoding, no heading, missing or repeated columns."""
    with _opened(file) as stream:
        start = stream.read(8)
        stream.seek(0)
        if start.startswith(b"PK\x03\x04"):
            raw: Iterator[tuple[int, list[str]] | RowError] = ((line, [_text(v) for v in values]) for line, values in sheet_rows(stream))
        else:
            raw = _csv_rows(stream, encoding=_encoding(stream, start))
        yield from _named(raw, columns)


@contextmanager
def _opened(file: Path | BinaryIO) -> Iterator[BinaryIO]:
    if isinstance(file, Path):
        try:
            with file.open("rb") as stream:
                yield stream
        except OSError as error:
            raise FileRefused(f"{file.name} cannot be opened ({error.strerror}): check that it is there and readable") from error
    else:
        file.seek(0)
        yield file


def _encoding(stream: BinaryIO, start: bytes) -> str:
    """UTF-8 when most lines beyond ASCII are, else GB18030. One pass; lines that fit neither are reported one by one later."""
    if not start.strip():
        raise FileRefused("the file is empty: export it again with its heading line")
    if start.startswith(b"\xd0\xcf\x11\xe0"):
        raise FileRefused("this is an Excel file of the old format (.xls): save it as .xlsx or CSV")
    if start.startswith((b"\xff\xfe", b"\xfe\xff")):
        raise FileRefused("the file is in UTF-16: save it as CSV in UTF-8")
    if b"\x00" in start:
        raise FileRefused("this is neither CSV nor Excel (.xlsx): export the table as one of these")
    good = bad = 0
    while line := stream.readline(MAX_LINE):
        if not line.isascii():
            try:
                line.decode("utf-8")
                good += 1
            except UnicodeDecodeError:
                bad += 1
    stream.seek(0)
    return "utf-8-sig" if bad == 0 or good > bad or start.startswith(b"\xef\xbb\xbf") else "gb18030"


def _lines(stream: BinaryIO, encoding: str) -> Iterator[str]:
    first = True
    while line := stream.readline(MAX_LINE):
        try:
            text = line.decode("utf-8" if encoding == "utf-8-sig" else encoding)
        except UnicodeDecodeError:
            text = _BAD + "\n"
        yield text.removeprefix("\ufeff") if first else text
        first = False


def _csv_rows(stream: BinaryIO, *, encoding: str) -> Iterator[tuple[int, list[str]] | RowError]:
    lines = _lines(stream, encoding)
    head = next(lines)
    separator = max(SEPARATORS, key=head.count)

    def all_lines() -> Iterator[str]:
        yield head
        yield from lines

    reader = csv.reader(all_lines(), delimiter=separator, strict=True)
    while True:
        line = reader.line_num + 1
        try:
            values = next(reader)
        except StopIteration:
            return
        except csv.Error:
            yield row_error("row.too_long" if reader.line_num - line > 100 else "row.broken", line=line)
            continue
        if any(_BAD in value for value in values):
            yield row_error("row.encoding", line=line)
        else:
            yield line, values


def _text(value: Any) -> str:
    """A cell of a workbook as text; numbers without the noise of binary fractions."""
    if value is None:
        return ""
    if isinstance(value, bool):
        return "yes" if value else "no"
    if isinstance(value, datetime | date):
        return value.isoformat(sep=" ") if isinstance(value, datetime) else value.isoformat()
    if isinstance(value, float):
        return str(int(value)) if value.is_integer() else format(value, ".15g")
    return str(value)


def _heading(text: str) -> str:
    return "".join(unicodedata.normalize("NFKC", text).split()).lower()


@dataclass(frozen=True, slots=True)
class _Heading:
    places: dict[str, int]
    width: int


def _named(raw: Iterator[tuple[int, list[str]] | RowError], columns: Sequence[Column]) -> Iterator[Row | RowError]:
    heading = _find_heading(raw, columns=columns)
    for item in raw:
        if isinstance(item, RowError):
            yield item
            continue
        line, values = item
        if any(value.strip() for value in values[heading.width :]):
            yield row_error("row.too_many_cells", line=line)
        elif any(value.strip() for value in values):
            padded = values + [""] * (heading.width - len(values))
            yield Row(line, {name: padded[place] for name, place in heading.places.items()})


def _find_heading(raw: Iterator[tuple[int, list[str]] | RowError], *, columns: Sequence[Column]) -> _Heading:
    """Where each column stands: the first of the first rows that has all needed columns."""
    names = {_heading(way): column.name for column in columns for way in (column.name, *column.also)}
    needed = [column.name for column in columns if column.needed]
    best = needed
    for _, item in zip(range(HEADER_WITHIN), raw, strict=False):
        if isinstance(item, RowError):
            continue
        found = [names.get(_heading(text)) for text in item[1]]
        missing = [name for name in needed if name not in found]
        best = min(best, missing, key=len)
        if missing:
            continue
        twice = sorted({name for name in found if name is not None and found.count(name) > 1})
        if twice:
            raise FileRefused(f"the heading names {', '.join(twice)} twice: keep one column of each", data={"columns": twice})
        return _Heading({name: place for place, name in enumerate(found) if name is not None}, len(found))
    raise FileRefused(f"the file lacks the columns {', '.join(best)}: add them to the heading line", data={"columns": best})
