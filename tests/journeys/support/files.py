"""Files as people (and others) send them: broken, locked, far too large, hostile; and drawn papers in one PDF or as photographs."""

import io
import struct
import zlib
from random import Random

import pypdf
from PIL import Image

from anpei.samples import pages
from anpei.samples.layouts import LAYOUTS
from anpei.samples.pages import Page

MEGABYTE = 1 << 20


def noise() -> Image.Image:
    """A picture with enough in it to be cut short."""
    return Image.frombytes("RGB", (600, 400), Random(3).randbytes(600 * 400 * 3))


def picture(image: Image.Image, form: str = "PNG") -> bytes:
    """An image as the bytes of a file."""
    out = io.BytesIO()
    image.save(out, form)
    return out.getvalue()


def png(width: int, height: int, *, rows: int = 1, extra: bytes = b"") -> bytes:
    """A black PNG of this size that holds its first ``rows`` rows; the file is small whatever it announces."""

    def chunk(kind: bytes, data: bytes) -> bytes:
        return struct.pack(">I", len(data)) + kind + data + struct.pack(">I", zlib.crc32(kind + data))

    head = struct.pack(">IIBBBBB", width, height, 8, 0, 0, 0, 0)
    packer = zlib.compressobj(9)
    body = b"".join(packer.compress(b"\0" * (width + 1)) for _ in range(rows)) + packer.flush()
    return b"\x89PNG\r\n\x1a\n" + chunk(b"IHDR", head) + extra + chunk(b"IDAT", body) + chunk(b"IEND", b"")


def text_bomb_png() -> bytes:
    """A PNG with a comment that unpacks to 100 MB."""
    content = b"Comment\0\0" + zlib.compress(b" " * 100 * MEGABYTE, 9)
    chunk = struct.pack(">I", len(content)) + b"zTXt" + content + struct.pack(">I", zlib.crc32(b"zTXt" + content))
    return png(1200, 1600, rows=1600, extra=chunk)


def blank_pdf(count: int, *, password: str | None = None) -> bytes:
    """A PDF of blank pages."""
    writer = pypdf.PdfWriter()
    for _ in range(count):
        writer.add_blank_page(200, 300)
    if password is not None:
        writer.encrypt(password)
    out = io.BytesIO()
    writer.write(out)
    return out.getvalue()


def raw_pdf(*objects: bytes) -> bytes:
    """A PDF of these objects, numbered from 1; the first is the catalogue."""
    body = b"".join(b"%d 0 obj%s endobj\n" % (number, content) for number, content in enumerate(objects, start=1))
    return b"%PDF-1.4\n" + body + b"trailer<</Root 1 0 R/Size %d>>\n%%%%EOF" % (len(objects) + 1)


def bomb_pdf(size: int) -> bytes:
    """A PDF whose one page unpacks to ``size`` bytes."""
    packer = zlib.compressobj(9)
    packed = b"".join(packer.compress(b" " * MEGABYTE) for _ in range(size // MEGABYTE)) + packer.flush()
    return raw_pdf(
        b"<</Type/Catalog/Pages 2 0 R>>",
        b"<</Type/Pages/Kids[3 0 R]/Count 1>>",
        b"<</Type/Page/Parent 2 0 R/MediaBox[0 0 200 300]/Contents 4 0 R/Resources<<>>>>",
        b"<</Length %d/Filter/FlateDecode>>stream\n" % len(packed) + packed + b"\nendstream",
    )


def scripted_pdf() -> bytes:
    """A PDF that wants to run a script and a program when it is opened."""
    return raw_pdf(
        b"<</Type/Catalog/Pages 2 0 R/OpenAction 4 0 R/Names<</JavaScript<</Names[(a) 5 0 R]>>>>>>",
        b"<</Type/Pages/Kids[3 0 R]/Count 1>>",
        b"<</Type/Page/Parent 2 0 R/MediaBox[0 0 200 300]/AA<</O 4 0 R>>>>",
        b"<</Type/Action/S/Launch/F(/bin/sh)/Win<</F(cmd.exe)>>>>",
        b"<</Type/Action/S/JavaScript/JS(while(true){app.alert(1)})>>",
    )


def circular_pdf() -> bytes:
    """A PDF whose tree of pages bites its own tail."""
    return raw_pdf(
        b"<</Type/Catalog/Pages 2 0 R>>",
        b"<</Type/Pages/Parent 3 0 R/Kids[3 0 R]/Count 1>>",
        b"<</Type/Pages/Parent 2 0 R/Kids[2 0 R]/Count 1>>",
    )


def deep_pdf(depth: int = 100_000) -> bytes:
    """A PDF with arrays within arrays, to overrun a reader's stack."""
    return raw_pdf(
        b"<</Type/Catalog/Pages 2 0 R/Deep " + b"[" * depth + b"]" * depth + b">>",
        b"<</Type/Pages/Kids[3 0 R]/Count 1>>",
        b"<</Type/Page/Parent 2 0 R/MediaBox[0 0 200 300]>>",
    )


def drawn(layout: str, *, paper: int = 1, photo: int = 1, effect: str = "phone") -> Page:
    """A paper (one number, one paper) in a known layout, as one photograph (or PDF) of it."""
    document = pages.document_for(LAYOUTS[layout], Random(paper))
    return pages.draw(layout, document, seed=photo, effect=effect)[0]


def bound(*papers: bytes) -> bytes:
    """PDFs bound into one."""
    writer = pypdf.PdfWriter()
    for paper in papers:
        writer.append(io.BytesIO(paper))
    out = io.BytesIO()
    writer.write(out)
    return out.getvalue()
