"""Open any accepted file: the one way in."""

from collections.abc import Callable

from anpei.reading._files.einvoice import XmlFile, open_xml
from anpei.reading._files.heif import HeifFile, open_heif
from anpei.reading._files.ofd import OfdFile, open_ofd
from anpei.reading._files.pdf import PdfFile, open_pdf
from anpei.reading._files.picture import PictureFile, open_picture
from anpei.reading._files.sniff import Format, sniff

Opened = PdfFile | PictureFile | HeifFile | OfdFile | XmlFile
_OPEN: dict[Format, Callable[[bytes, str], Opened]] = {
    Format.PDF: open_pdf,
    Format.HEIF: open_heif,
    Format.OFD: open_ofd,
    Format.XML: open_xml,
}


def open_file(data: bytes, name: str) -> Opened:
    """The file, checked. Raises the errors of ``reading.errors``."""
    found = sniff(data, name)
    opener = _OPEN.get(found)
    return open_picture(data, name, found) if opener is None else opener(data, name)
