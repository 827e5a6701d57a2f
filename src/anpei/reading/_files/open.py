"""Open any accepted file: the one way in."""

from anpei.reading._files.pdf import PdfFile, open_pdf
from anpei.reading._files.picture import PictureFile, open_picture
from anpei.reading._files.sniff import Format, sniff

Opened = PdfFile | PictureFile


def open_file(data: bytes, name: str) -> Opened:
    """The file, checked. Raises the errors of ``reading.errors``."""
    found = sniff(data, name)
    return open_pdf(data, name) if found is Format.PDF else open_picture(data, name, found)
