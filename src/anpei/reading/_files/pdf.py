"""PDF files: page count, own text with places, rendering. Scripts never run; pages, pixels and unpacked sizes are bounded."""

import re
import zlib
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass

import numpy as np
import pypdfium2 as pdfium
import pypdfium2.raw as pdfium_c

from anpei.reading import errors
from anpei.reading._files.picture import Pixels, seemly
from anpei.reading._files.sniff import MAX_PAGES

LONG_SIDE = 2000
MAX_STREAM = 200_000_000
MAX_STREAMS = 1_500_000_000
MAX_CHARS = 30_000
_DEFLATE_RATIO = 1030
_DEFLATE = 8
_PIECE = 1 << 22
_STREAM = re.compile(rb"(?<!end)stream\r?\n")
_PACKERS = re.compile(rb"/(?:FlateDecode|Fl|LZWDecode|LZW|RunLengthDecode|RL)(?![A-Za-z])")
_DICTIONARY = 600
"""Bytes before a stream in which its dictionary says how it is packed."""


@dataclass(frozen=True, slots=True)
class Glyph:
    """One character of a PDF page with its place in pixels of the page image."""

    char: str
    x0: float
    y0: float
    x1: float
    y1: float


@dataclass(frozen=True, slots=True)
class PdfPage:
    """A PDF page's own text and its size in pixels at the display scale."""

    width: int
    height: int
    glyphs: tuple[Glyph, ...]


@dataclass(frozen=True, slots=True)
class PdfFile:
    """An opened PDF file."""

    data: bytes
    name: str
    pages: int

    def text(self, page: int) -> PdfPage:
        """The text of page ``page`` (from 1); no glyphs when the page has none of its own."""
        with _document(self.data, self.name) as document:
            sheet = document[page - 1]
            width, height, scale = _size(sheet)
            return PdfPage(width, height, tuple(_glyphs(sheet, scale)))

    def pixels(self, page: int) -> Pixels:
        """Page ``page`` (from 1) rendered as BGR with the long side at LONG_SIDE."""
        with _document(self.data, self.name) as document:
            sheet = document[page - 1]
            width, height, scale = _size(sheet)
            bitmap = sheet.render(scale=scale, rev_byteorder=False, may_draw_forms=False, prefer_bgrx=False)
            array = np.asarray(bitmap.to_numpy(), dtype=np.uint8)
            if array.ndim == 2:
                array = np.repeat(array[:, :, None], 3, axis=2)
            return seemly(np.ascontiguousarray(array[:height, :width, :3]))


def open_pdf(data: bytes, name: str) -> PdfFile:
    """Open and count. Raises PasswordProtected, FileTruncated, TooManyPages, FileHostile."""
    with _document(data, name) as document:
        pages = len(document)
    if pages == 0:
        raise errors.FileTruncated(f"{name}: the PDF has no pages; upload the original file again")
    if pages > MAX_PAGES:
        raise errors.TooManyPages(f"{name}: {pages} pages; at most {MAX_PAGES} are accepted: split the file", pages=pages)
    _check_streams(data, name)
    return PdfFile(data, name, pages)


@contextmanager
def _document(data: bytes, name: str) -> Iterator[pdfium.PdfDocument]:
    try:
        document = pdfium.PdfDocument(data)
    except pdfium.PdfiumError as error:
        raise _refused(name, error) from error
    try:
        yield document
    except (pdfium.PdfiumError, ValueError, OverflowError, TypeError, RuntimeError) as error:
        raise errors.FileTruncated(f"{name}: the PDF is damaged ({error}); upload the original file again") from error
    finally:
        document.close()


def _refused(name: str, error: pdfium.PdfiumError) -> errors.PasswordProtected | errors.FileTruncated:
    if getattr(error, "err_code", None) == pdfium_c.FPDF_ERR_PASSWORD or "assword" in str(error):
        return errors.PasswordProtected(f"{name}: the PDF has a password; remove it, or photograph the paper")
    return errors.FileTruncated(f"{name}: the PDF is damaged or cut short; upload the original file again")


def _size(sheet: pdfium.PdfPage) -> tuple[int, int, float]:
    """Width, height in pixels and the scale from points."""
    width, height = sheet.get_size()
    scale = LONG_SIDE / max(width, height, 1.0)
    return max(1, round(width * scale)), max(1, round(height * scale)), scale


def _glyphs(sheet: pdfium.PdfPage, scale: float) -> Iterator[Glyph]:
    """The characters of a page with loose boxes, turned as the page is shown."""
    text = sheet.get_textpage()
    count = min(text.count_chars(), MAX_CHARS)
    if count <= 0:
        return
    chars = text.get_text_range(0, count)
    if len(chars) != count:
        chars = "".join(chr(pdfium_c.FPDFText_GetUnicode(text.raw, i)) for i in range(count))
    width, height = sheet.get_size()
    rotation = sheet.get_rotation()
    box = sheet.get_cropbox() if rotation == 0 else sheet.get_mediabox()
    for index, char in enumerate(chars):
        if char.isspace() or not char.isprintable():
            continue
        left, bottom, right, top = text.get_charbox(index, loose=True)
        x0, y0, x1, y1 = _turn((left - box[0], bottom - box[1], right - box[0], top - box[1]), rotation, width, height)
        if x1 <= 0 or y1 <= 0 or x0 >= width or y0 >= height:
            continue
        yield Glyph(char, x0 * scale, y0 * scale, x1 * scale, y1 * scale)


def _turn(box: tuple[float, float, float, float], rotation: int, width: float, height: float) -> tuple[float, float, float, float]:
    """A box in page space (origin bottom left, unturned) as x0, y0, x1, y1 from the top left of the page as shown."""
    left, bottom, right, top = box
    if rotation == 90:
        return bottom, left, top, right
    if rotation == 180:
        return width - right, bottom, width - left, top
    if rotation == 270:
        return width - top, height - right, width - bottom, height - left
    return left, height - top, right, height - bottom


def _check_streams(data: bytes, name: str) -> None:
    """Unpack large compressed streams into nothing, to refuse those that would fill the memory. Raises FileHostile."""
    total = 0
    for match in _STREAM.finditer(data):
        start = match.end()
        said = data[max(0, match.start() - _DICTIONARY) : match.start()]
        if len(_PACKERS.findall(said, said.rfind(b"obj") + 1)) > 1:
            raise errors.FileHostile(f"{name}: a stream of the PDF is packed more than once; photograph the paper instead")
        end = data.find(b"endstream", start)
        end = len(data) if end < 0 else end
        if (end - start) * _DEFLATE_RATIO < MAX_STREAM or data[start] & 0x0F != _DEFLATE:
            continue
        size = _unpacked(memoryview(data)[start:end])
        total += size
        if size >= MAX_STREAM or total >= MAX_STREAMS:
            raise errors.FileHostile(f"{name}: a stream of the PDF unpacks to more than {MAX_STREAM} bytes; photograph the paper instead")


def _unpacked(packed: memoryview) -> int:
    """How many bytes a deflate stream gives, counted up to MAX_STREAM; 0 when it is no deflate stream."""
    machine = zlib.decompressobj()
    size = 0
    rest: bytes | memoryview = packed
    try:
        while rest and size < MAX_STREAM and not machine.eof:
            size += len(machine.decompress(rest, _PIECE))
            rest = machine.unconsumed_tail
    except zlib.error:
        return size
    return size
