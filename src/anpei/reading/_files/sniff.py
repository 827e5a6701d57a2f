"""Tell what a file is by its content, and refuse what cannot be read with a sentence that says what to do."""

import re
from enum import StrEnum

from anpei.reading import errors

MAX_BYTES = 30 * 1024 * 1024
MAX_PAGES = 50
MAX_PIXELS = 60_000_000


class Format(StrEnum):
    """The formats that are read."""

    PDF = "pdf"
    JPEG = "jpeg"
    PNG = "png"
    WEBP = "webp"
    TIFF = "tiff"
    HEIF = "heif"
    OFD = "ofd"
    XML = "xml"


_OTHERS = (
    (b"PK\x03\x04", "a ZIP or Office file", "请把文件另存为 PDF 或拍照后上传（不支持 Word、Excel 和压缩包）。"),
    (b"GIF8", "a GIF picture", None),
    (b"BM", "a BMP picture", "请把图片另存为 JPG 或 PNG 后上传。"),
    (b"Rar!", "a RAR archive", "请解压后上传其中的图片或 PDF。"),
    (b"7z\xbc\xaf", "a 7z archive", "请解压后上传其中的图片或 PDF。"),
    (b"\xd0\xcf\x11\xe0", "an old Office file", "请把文件另存为 PDF 后上传。"),
    (b"MZ", "a program", None),
    (b"\x7fELF", "a program", None),
)
_HEIF = frozenset({b"heic", b"heix", b"heim", b"heis", b"hevc", b"hevx", b"mif1", b"msf1"})
_XML = re.compile(r"<\?xml|<[A-Za-z][\w.:-]*[\s>]")
_AVIF = frozenset({b"avif", b"avis"})
_SEND = "send a JPEG, PNG, WebP, TIFF or HEIC picture, a PDF, an OFD or the invoice's XML"


def sniff(data: bytes, name: str) -> Format:
    """The format of ``data``; ``name`` is only used in messages. Raises FileEmpty, FileTooLarge, FormatNotSupported."""
    if not data:
        raise errors.FileEmpty(f"{name}: the file is empty; choose the file again and upload it")
    if len(data) > MAX_BYTES:
        raise errors.FileTooLarge(f"{name}: {len(data)} bytes; at most {MAX_BYTES} are accepted: make it smaller or split it")
    found = _known(data)
    if found is not None:
        return found
    if data[4:8] == b"ftyp" and _brands(data) & _AVIF:
        raise errors.FormatNotSupported(f"{name}: an AVIF picture; {_SEND}", advice="暂不支持 AVIF 图片，请截图或另存为 JPG 后上传。")
    for magic, what, advice in _OTHERS:
        if data.startswith(magic):
            raise errors.FormatNotSupported(f"{name}: {what}; {_SEND}", advice=advice)
    raise errors.FormatNotSupported(f"{name}: no known format; {_SEND}")


def _known(data: bytes) -> Format | None:
    if data.startswith(b"\xff\xd8\xff"):
        return Format.JPEG
    if data.startswith(b"\x89PNG\r\n\x1a\n"):
        return Format.PNG
    if data.startswith(b"RIFF") and data[8:12] == b"WEBP":
        return Format.WEBP
    if data[:4] in (b"II*\x00", b"MM\x00*"):
        return Format.TIFF
    if data[4:8] == b"ftyp" and _brands(data) & _HEIF and data[8:12] not in _AVIF:
        return Format.HEIF
    if b"%PDF-" in data[:1024]:
        return Format.PDF
    if data.startswith(b"PK\x03\x04") and b"OFD.xml" in data:
        return Format.OFD
    return Format.XML if _XML.match(_opening(data)) else None


def _opening(data: bytes) -> str:
    """The first characters of a text, whichever of the usual encodings it is in."""
    encoding = "utf-16" if data[:2] in (b"\xff\xfe", b"\xfe\xff") else "utf-8-sig"
    return data[:400].decode(encoding, errors="ignore").lstrip()


def _brands(data: bytes) -> frozenset[bytes]:
    """The brands that an ISO base media file says it follows: the first one and the compatible ones."""
    end = min(int.from_bytes(data[:4], "big"), 512)
    return frozenset({data[8:12], *(data[at : at + 4] for at in range(16, end, 4))})
