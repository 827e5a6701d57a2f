"""Rows of the first sheet of an Excel workbook, as a stream, with limits against crafted files."""

import zipfile
from collections.abc import Iterator
from typing import Any, BinaryIO

from openpyxl import load_workbook
from openpyxl.utils.exceptions import InvalidFileException

from anpei.kernel.errors import InvalidInput

MAX_UNPACKED = 4_000_000_000
MAX_RATIO = 300
MAX_COLUMNS = 200


class WorkbookRefused(InvalidInput):
    """The workbook is damaged, too large, or no workbook at all."""

    code = "records.file_refused"


def sheet_rows(stream: BinaryIO) -> Iterator[tuple[int, list[Any]]]:
    """(line, values) of the first sheet. Raises WorkbookRefused."""
    _check(stream)
    try:
        book = load_workbook(stream, read_only=True, data_only=True)
    except (InvalidFileException, KeyError, ValueError, OSError, zipfile.BadZipFile, SyntaxError) as error:
        raise WorkbookRefused(f"the workbook cannot be opened ({type(error).__name__}): save it again as .xlsx or CSV") from error
    try:
        sheet = book.worksheets[0]
        sheet.reset_dimensions()
        for line, values in enumerate(sheet.iter_rows(values_only=True, max_col=MAX_COLUMNS), start=1):
            yield line, list(values)
    except (SyntaxError, ValueError, KeyError, IndexError, zipfile.BadZipFile) as error:
        raise WorkbookRefused(f"the workbook is damaged ({type(error).__name__}): save it again as .xlsx or CSV") from error
    finally:
        book.close()


def _check(stream: BinaryIO) -> None:
    try:
        with zipfile.ZipFile(stream) as archive:
            parts = archive.infolist()
    except zipfile.BadZipFile as error:
        raise WorkbookRefused("the workbook is damaged: save it again as .xlsx or CSV") from error
    unpacked = sum(part.file_size for part in parts)
    packed = sum(part.compress_size for part in parts)
    if unpacked > MAX_UNPACKED or unpacked > max(packed, 1) * MAX_RATIO:
        raise WorkbookRefused("the workbook unpacks to far more than its size: export the table as CSV")
    stream.seek(0)
