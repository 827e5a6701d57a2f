"""Tell what a file is by its content, and refuse what cannot be read with a sentence that says what to do."""

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


_OTHERS = (
    (b"PK\x03\x04", "a ZIP, Office or OFD file", "请把文件另存为 PDF 或拍照后上传（暂不支持 OFD、Word、Excel 和压缩包）。"),
    (b"GIF8", "a GIF picture", None),
    (b"BM", "a BMP picture", "请把图片另存为 JPG 或 PNG 后上传。"),
    (b"Rar!", "a RAR archive", "请解压后上传其中的图片或 PDF。"),
    (b"7z\xbc\xaf", "a 7z archive", "请解压后上传其中的图片或 PDF。"),
    (b"\xd0\xcf\x11\xe0", "an old Office file", "请把文件另存为 PDF 后上传。"),
    (b"MZ", "a program", None),
    (b"\x7fELF", "a program", None),
)
_HEIF = (b"heic", b"heix", b"hevc", b"mif1", b"msf1", b"avif")


def sniff(data: bytes, name: str) -> Format:
    """The format of ``data``; ``name`` is only used in messages. Raises FileEmpty, FileTooLarge, FormatNotSupported."""
    if not data:
        raise errors.FileEmpty(f"{name}: the file is empty; choose the file again and upload it")
    if len(data) > MAX_BYTES:
        raise errors.FileTooLarge(f"{name}: {len(data)} bytes; at most {MAX_BYTES} are accepted: make it smaller or split it")
    found = _known(data)
    if found is not None:
        return found
    if data[4:8] == b"ftyp" and data[8:12] in _HEIF:
        raise errors.FormatNotSupported(
            f"{name}: a HEIC/AVIF picture; send it as JPEG or PNG",
            advice="暂不支持 HEIC 照片，请在手机相机设置中选择“兼容性最佳”（JPG），或截图后上传。",
        )
    for magic, what, advice in _OTHERS:
        if data.startswith(magic):
            raise errors.FormatNotSupported(f"{name}: {what}; send a JPEG, PNG, WebP or TIFF picture or a PDF", advice=advice)
    raise errors.FormatNotSupported(f"{name}: no known format; send a JPEG, PNG, WebP or TIFF picture or a PDF")


def _known(data: bytes) -> Format | None:
    if data.startswith(b"\xff\xd8\xff"):
        return Format.JPEG
    if data.startswith(b"\x89PNG\r\n\x1a\n"):
        return Format.PNG
    if data.startswith(b"RIFF") and data[8:12] == b"WEBP":
        return Format.WEBP
    if data[:4] in (b"II*\x00", b"MM\x00*"):
        return Format.TIFF
    if b"%PDF-" in data[:1024]:
        return Format.PDF
    return None
