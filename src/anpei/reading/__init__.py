"""Reading (识别): machine 1, from pixels and files to facts with their place on the page. Knows documents, not what they are for.

Owns: formats and their dangers, picture quality, characters, kinds and layouts (as data in ``rulebook/kinds`` and
``rulebook/layouts``), typed fields, rows. Writes nothing; emits no events. Public: ``model``, ``errors``, ``machine``, ``pool``.
"""

from anpei.reading.machine import ReadingMachine
from anpei.reading.model import INTERFACE_VERSION, FieldReading, FileReading, PageReading, Quality, QualityReason, Row
from anpei.reading.pool import ReadingPool

__all__ = [
    "INTERFACE_VERSION",
    "FieldReading",
    "FileReading",
    "PageReading",
    "Quality",
    "QualityReason",
    "ReadingMachine",
    "ReadingPool",
    "Row",
]
