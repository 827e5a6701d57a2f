"""What a file says of itself: the program that handled it, and whether a PDF was changed after it was made."""

import io
import re
from collections.abc import Iterator, Sequence

from PIL import Image

from anpei.reading._files.sniff import Format, sniff
from anpei.reading.hints.model import Sign

_SOFTWARE_TAGS = (0x0131, 0x000B)
_XMP_TOOL = re.compile(rb"(?:CreatorTool|softwareAgent|pdf:Producer)(?:=\"|>|=')([^\"<']{1,120})")
_PDF_TOOL = re.compile(rb"/(?:Producer|Creator)\s*(\((?:[^()\\]|\\.){0,200}\)|<[0-9A-Fa-f\s]{0,400}>)")
_ENDINGS = re.compile(rb"startxref\s+\d+\s+%%EOF")
_SIGNATURE = re.compile(rb"/ByteRange\s*\[")
_LONGEST = 40


def file_signs(data: bytes, name: str, editing: Sequence[str]) -> Iterator[Sign]:
    """Signs of the file as a whole. ``editing``: regular expressions of programs that change pictures or papers."""
    found = sniff(data, name)
    told = _pdf_tools(data) if found is Format.PDF else _picture_tools(data)
    for tool in dict.fromkeys(told):
        if any(re.search(pattern, tool) for pattern in editing):
            yield Sign("file.editing_software", None, 1.0, {"software": tool[:_LONGEST]})
    if found is Format.PDF:
        times = _changes(data)
        if times:
            yield Sign("file.changed_after_making", None, min(1.0, 0.5 + 0.25 * times), {"times": str(times)})


def _changes(data: bytes) -> int:
    """How many times something was appended, apart from signatures and from the first part of a PDF that is laid out for the web."""
    endings = len(_ENDINGS.findall(data))
    expected = 1 + (b"/Linearized" in data[:2048])
    return max(0, endings - expected - len(_SIGNATURE.findall(data)))


def _picture_tools(data: bytes) -> list[str]:
    with Image.open(io.BytesIO(data)) as image:
        tags = image.getexif()
        told = [str(tags[tag]) for tag in _SOFTWARE_TAGS if tag in tags]
        told += [str(image.info[name]) for name in ("Software", "software") if name in image.info]
        packet = image.info.get("xmp") or image.info.get("XML:com.adobe.xmp") or b""
    packet = packet.encode() if isinstance(packet, str) else bytes(packet)
    return told + _from_packet(packet)


def _from_packet(packet: bytes) -> list[str]:
    return [tool.decode("utf-8", "replace") for tool in _XMP_TOOL.findall(packet)]


def _pdf_tools(data: bytes) -> list[str]:
    return [_pdf_text(tool) for tool in _PDF_TOOL.findall(data)] + _from_packet(data)


def _pdf_text(literal: bytes) -> str:
    """A string of a PDF: in brackets or as hex digits, in PDFDocEncoding (read as Latin-1) or UTF-16."""
    if literal.startswith(b"<"):
        digits = re.sub(rb"\s", b"", literal[1:-1])
        raw = bytes.fromhex((digits + b"0" * (len(digits) % 2)).decode())
    else:
        raw = re.sub(rb"\\(.)", rb"\1", literal[1:-1], flags=re.DOTALL)
    return raw[2:].decode("utf-16-be", "replace") if raw.startswith(b"\xfe\xff") else raw.decode("latin-1")
