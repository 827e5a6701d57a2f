"""Open any accepted file: the one way in."""

from anpei.reading._files.heif import HeifFile, open_heif
from anpei.reading._files.pdf import PdfFile, open_pdf
from anpei.reading._files.picture import PictureFile, open_picture
from anpei.reading._files.sniff import Format, sniff

Opened = PdfFile | PictureFile | HeifFile


def open_file(data: bytes, name: str) -> Opened:
    """The file, checked. Raises the errors of ``reading.errors``."""
    found = sniff(data, name)
    if found is Format.PDF:
        return open_pdf(data, name)
    if found is Format.HEIF:
        return open_heif(data, name)
    return open_picture(data, name, found)
