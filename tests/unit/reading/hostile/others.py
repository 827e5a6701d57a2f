"""Everything else that people send, by mistake or on purpose: other formats, wrong names, codes with hostile texts."""

import io
import tarfile
import zipfile
from collections.abc import Iterator
from functools import partial
from random import Random

import numpy as np
import zxingcpp
from PIL import Image

from tests.unit.reading.conftest import RECEIPT
from tests.unit.reading.hostile.damage import Make
from tests.unit.reading.hostile.pdfs import PROMPT, honest
from tests.unit.reading.hostile.pictures import heif, photo, saved
from tests.unit.reading.support.ofd import Word, pack, parts_of

MAGICS = (b"\xff\xd8\xff", b"\x89PNG\r\n\x1a\n", b"RIFF\0\0\0\0WEBP", b"II*\0", b"MM\0*", b"%PDF-1.7", b"PK\x03\x04", b"PK\x03\x04OFD.xml",
          b"<?xml version='1.0'?>", b"\0\0\0\x18ftypheic", b"\xff\xfe<\0?\0x\0m\0l\0", b"GIF89a", b"BM")  # fmt: skip
CODES = (
    PROMPT, "01,33060126,0215278697,7d3c9a,20260223,999999999999.99", "01,33060126,0215278697,7d3c9a,99999999,NaN", "01," + "9" * 900,
    "'; DROP TABLE bills; --", "<script>alert(1)</script>", "http://127.0.0.1:9/steal?x=", "\0\x01\x02", "\u202e9021,6,1", "01,10,,,,,,",
    "01,32,,26332000000012345678,-5,20261301,,", "," * 1500,
)  # fmt: skip


def code_picture(text: str) -> bytes:
    """A picture with one code on it."""
    bits = np.array(zxingcpp.write_barcode_to_image(zxingcpp.create_barcode(text, zxingcpp.BarcodeFormat.QRCode), scale=4), dtype=np.uint8)
    page = Image.new("L", (900, 700), 255)
    page.paste(Image.fromarray(bits), (20, 20))
    out = io.BytesIO()
    page.save(out, "PNG")
    return out.getvalue()


def receipt_with_code(text: str) -> bytes:
    """An honest receipt whose code says something else."""
    words = []
    for line, printed in enumerate(RECEIPT):
        at = 15.0
        for cell in printed.split("\t"):
            words.append(Word(at, 80 + 9 * line, cell, size=3.5, width=180))
            at += 3.5 * len(cell) + 15
    return pack(parts_of([words], picture=(code_picture(text), "10 5 90 70"), area="0 0 330 297"))


def picture(form: str) -> bytes:
    """A picture of a format that is not read."""
    out = io.BytesIO()
    photo().save(out, form)
    return out.getvalue()


def archive(kind: str) -> bytes:
    """An archive that is no document."""
    out = io.BytesIO()
    if kind == "tar":
        with tarfile.open(fileobj=out, mode="w:gz") as tar:
            info = tarfile.TarInfo("../x")
            tar.addfile(info)
    else:
        with zipfile.ZipFile(out, "w") as packed:
            packed.writestr("photo.jpg", saved("JPEG"))
    return out.getvalue()


def cases() -> Iterator[tuple[str, Make]]:
    """Names and makers."""
    for number, magic in enumerate(MAGICS):
        yield f"magic {number} alone", partial(bytes, magic)
        yield f"magic {number} and garbage", lambda magic=magic: magic + Random(7).randbytes(5000)  # type: ignore[misc]
        yield f"magic {number} and zeros", lambda magic=magic: magic + b"\0" * 5000  # type: ignore[misc]
    for form in ("GIF", "BMP", "ICO", "TGA", "PPM", "JPEG2000", "AVIF"):
        yield f"{form} picture", partial(picture, form)
    for kind in ("tar", "zip"):
        yield f"{kind} archive", partial(archive, kind)
    yield "nothing", bytes
    yield "one byte", lambda: b"\xff"
    yield "a megabyte of zeros", lambda: b"\0" * (1 << 20)
    yield "a megabyte of chance", lambda: Random(8).randbytes(1 << 20)
    yield "too many bytes", lambda: b"\xff\xd8\xff" + b"\0" * (31 << 20)
    yield "a text that gives orders", PROMPT.encode
    yield "a program", lambda: b"MZ" + b"\0" * 2000
    yield "a script", lambda: b"#!/bin/sh\nrm -rf /\n"
    yield "a pickle", lambda: b"\x80\x04\x95\x1f\0\0\0\0\0\0\0\x8c\x05posix\x8c\x06system\x93\x8c\x04true\x85R."
    yield "a pdf behind a picture", lambda: saved("JPEG") + honest()
    yield "a picture behind a pdf", lambda: honest() + saved("JPEG")
    yield "a pdf behind a page of zeros", lambda: b"\0" * 600 + honest()
    yield "a heic behind a heic", lambda: heif() + heif()
    for number, text in enumerate(CODES):
        yield f"code {number} on a picture", partial(code_picture, text)
        yield f"code {number} on a receipt", partial(receipt_with_code, text)
