"""Files as they come in from outside: refused with a sentence that says what to do, before anything dangerous is done."""

import io
import struct
import zlib
from random import Random

import pypdf
import pytest
from PIL import Image

from anpei.kernel.errors import AnpeiError
from anpei.reading import ReadingMachine, errors
from anpei.reading._files.open import open_file
from anpei.reading._files.pdf import MAX_STREAM
from anpei.reading._files.sniff import MAX_BYTES, MAX_PAGES
from tests.unit.reading.conftest import RECEIPT, picture, text_pdf


def photo() -> Image.Image:
    """A picture with enough in it to be cut short."""
    return Image.frombytes("RGB", (600, 400), Random(3).randbytes(600 * 400 * 3))


def png_header(width: int, height: int) -> bytes:
    """A PNG that announces a size and holds almost nothing."""

    def chunk(kind: bytes, data: bytes) -> bytes:
        return struct.pack(">I", len(data)) + kind + data + struct.pack(">I", zlib.crc32(kind + data))

    head = struct.pack(">IIBBBBB", width, height, 8, 2, 0, 0, 0)
    return b"\x89PNG\r\n\x1a\n" + chunk(b"IHDR", head) + chunk(b"IDAT", zlib.compress(b"\0" * 64)) + chunk(b"IEND", b"")


def pdf_of(pages: int, *, password: str | None = None) -> bytes:
    """A PDF of blank pages."""
    writer = pypdf.PdfWriter()
    for _ in range(pages):
        writer.add_blank_page(200, 300)
    if password:
        writer.encrypt(password)
    out = io.BytesIO()
    writer.write(out)
    return out.getvalue()


def bomb_pdf(size: int) -> bytes:
    """A PDF whose page content unpacks to ``size`` bytes."""
    packer = zlib.compressobj(9)
    packed = b"".join(packer.compress(b" " * (1 << 20)) for _ in range(size >> 20)) + packer.flush()
    parts = [
        b"1 0 obj<</Type/Catalog/Pages 2 0 R>>endobj\n",
        b"2 0 obj<</Type/Pages/Kids[3 0 R]/Count 1>>endobj\n",
        b"3 0 obj<</Type/Page/Parent 2 0 R/MediaBox[0 0 200 300]/Contents 4 0 R/Resources<<>>>>endobj\n",
        b"4 0 obj<</Length %d/Filter/FlateDecode>>stream\n" % len(packed) + packed + b"\nendstream endobj\n",
    ]
    return b"%PDF-1.4\n" + b"".join(parts) + b"trailer<</Root 1 0 R/Size 5>>\n%%EOF"


HOSTILE = {
    "empty": (b"", errors.FileEmpty),
    "cut jpeg": (picture(photo(), "JPEG")[:4000], errors.FileTruncated),
    "cut png": (picture(photo())[:4000], errors.FileTruncated),
    "cut pdf": (text_pdf(RECEIPT)[:900], errors.FileTruncated),
    "no pdf at all": (b"%PDF-1.7\nnothing of the kind", errors.FileTruncated),
    "huge png": (png_header(20_000, 10_000), errors.TooManyPixels),
    "very huge png": (png_header(60_000, 60_000), errors.TooManyPixels),
    "password": (pdf_of(1, password="secret"), errors.PasswordProtected),
    "300 pages": (pdf_of(300), errors.TooManyPages),
    "bomb": (bomb_pdf(MAX_STREAM + (1 << 20)), errors.FileHostile),
    "zip": (b"PK\x03\x04" + b"\0" * 60, errors.FormatNotSupported),
    "gif": (picture(photo().convert("P"), "GIF"), errors.FormatNotSupported),
    "heic": (b"\0\0\0\x18ftypheic" + b"\0" * 40, errors.FileTruncated),
    "text": ("只是一些文字".encode(), errors.FormatNotSupported),
    "too large": (b"\xff\xd8\xff" + b"\0" * MAX_BYTES, errors.FileTooLarge),
}


@pytest.mark.parametrize("name", HOSTILE)
def test_bad_files_are_refused_with_advice_in_chinese(name: str, machine: ReadingMachine) -> None:
    data, expected = HOSTILE[name]
    with pytest.raises(AnpeiError) as caught:
        machine.read_file(data, f"{name}.jpg")
    assert type(caught.value) is expected
    assert caught.value.code.startswith("reading.")
    assert f"{name}.jpg" in caught.value.message
    assert any("一" <= char <= "鿿" for char in caught.value.data["advice"])


def test_as_many_pages_as_allowed_are_counted() -> None:
    assert open_file(pdf_of(MAX_PAGES), "ward.pdf").pages == MAX_PAGES


def test_a_stream_below_the_bound_is_no_bomb() -> None:
    assert open_file(bomb_pdf(8 << 20), "fine.pdf").pages == 1


@pytest.mark.parametrize(("form", "options"), [("JPEG", {}), ("PNG", {}), ("WEBP", {"lossless": True}), ("TIFF", {})])
def test_content_decides_not_the_extension(form: str, options: dict[str, object]) -> None:
    opened = open_file(picture(photo(), form, **options), "scan.pdf")
    assert opened.pixels(1).shape == (400, 600, 3)


def test_the_orientation_tag_is_obeyed() -> None:
    exif = Image.Exif()
    exif[0x0112] = 6
    turned = open_file(picture(photo(), "JPEG", exif=exif), "phone.jpg").pixels(1)
    assert turned.shape == (600, 400, 3)


def test_every_page_of_a_tiff_is_there() -> None:
    first, second = Image.new("RGB", (90, 50), "white"), Image.new("RGB", (50, 90), "white")
    opened = open_file(picture(first, "TIFF", save_all=True, append_images=[second]), "fax.tif")
    assert [opened.pixels(page).shape[:2] for page in range(1, opened.pages + 1)] == [(50, 90), (90, 50)]


def test_transparency_lies_on_white_and_sixteen_bit_grey_is_scaled() -> None:
    clear = open_file(picture(Image.new("RGBA", (8, 8), (0, 0, 0, 0))), "clear.png").pixels(1)
    grey = open_file(picture(Image.new("I;16", (8, 8), 32768)), "grey.png").pixels(1)
    assert clear[0, 0].tolist() == [255, 255, 255]
    assert grey[0, 0].tolist() == [127, 127, 127]


def test_a_turned_pdf_page_is_read_as_it_is_shown() -> None:
    reader = pypdf.PdfReader(io.BytesIO(text_pdf(["票据代码：33060126"])))
    writer = pypdf.PdfWriter()
    places = []
    for turn in (0, 90, 180, 270):
        page = reader.pages[0]
        page.rotation = turn
        writer.add_page(page)
    out = io.BytesIO()
    writer.write(out)
    opened = open_file(out.getvalue(), "turned.pdf")
    for number in range(1, 5):
        sheet = opened.text(number)  # type: ignore[union-attr]
        first = sheet.glyphs[0]
        pixels = opened.pixels(number)
        x0, y0, x1, y1 = (int(v) for v in (first.x0, first.y0, first.x1, first.y1))
        assert (pixels.shape[1], pixels.shape[0]) == (sheet.width, sheet.height)
        assert pixels[y0 : y1 + 1, x0 : x1 + 1].min() < 100, "ink stands where the character is said to be"
        places.append((first.char, x1 - x0 < y1 - y0))
    assert {char for char, _ in places} == {"票"}
