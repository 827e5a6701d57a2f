"""Pages with declared facts: an XML alone, and the page of an OFD together with what was read from its text."""

from collections.abc import Sequence
from dataclasses import dataclass, replace

from anpei.reading import errors
from anpei.reading._files.drawn import lines_size
from anpei.reading._files.einvoice import XmlFile
from anpei.reading._files.ofd import OfdFile
from anpei.reading._sense.results import fingerprint
from anpei.reading._sense.schema import Knowledge
from anpei.reading._stated.declared import SURE, Declared, declare, joined
from anpei.reading._stated.formats import DocumentFormat
from anpei.reading.model import PageReading, Quality

_ADVICE = "这个 XML 文件不是已知的电子发票或电子票据，请上传发票的 PDF、OFD 文件或拍照上传。"


@dataclass(frozen=True, slots=True)
class Stated:
    """What an OFD says of a page: by tags on its texts, and by XML attached to it."""

    tagged: Declared | None
    attached: Declared | None

    @property
    def kind(self) -> str:
        """The kind it says it is; empty when it does not."""
        first = self.tagged or self.attached
        return first.kind if first else ""


def stated_by(opened: OfdFile, page: int, formats: Sequence[DocumentFormat]) -> Stated:
    """What the file says of page ``page`` (from 1); attachments speak for the first page."""
    tagged = declare(opened.tagged(page), formats, carrier="ofd")
    return Stated(tagged, declare(opened.attached(), formats, carrier="xml") if page == 1 else None)


def with_stated(reading: PageReading, stated: Stated, knowledge: Knowledge) -> PageReading:
    """A page's reading with what the file says of it. Rows that are attached count when the page itself gave none."""
    if not stated.kind:
        return reading
    same = reading.kind == stated.kind
    codes = {name: field for name, field in reading.fields.items() if field.source == "qr"}
    fields = joined(reading.fields if same else codes, stated.tagged, stated.attached)
    rows = reading.rows if same else ()
    for declared in (stated.tagged, stated.attached):
        rows = rows or (tuple(declared.rows) if declared else ())
    kind = knowledge.kinds.get(stated.kind)
    return replace(
        reading,
        kind=stated.kind,
        kind_confidence=SURE,
        fields=fields,
        rows=rows,
        fingerprint=fingerprint(kind, fields, rows),
    )


def read_xml(opened: XmlFile, formats: Sequence[DocumentFormat], knowledge: Knowledge) -> PageReading:
    """The page of an XML file. Raises FormatNotSupported when it is none of the known formats."""
    declared = declare((opened.root,), formats, carrier="xml")
    if declared is None:
        raise errors.FormatNotSupported(f"{opened.name}: an XML of no known invoice or receipt; send its PDF or OFD", advice=_ADVICE)
    lines = opened.lines()
    width, height = lines_size(len(lines))
    return PageReading(
        file=opened.name,
        page=1,
        kind=declared.kind,
        kind_confidence=SURE,
        layout="",
        quality=Quality(True),
        fields=declared.fields,
        rows=declared.rows,
        width=width,
        height=height,
        rotation=0,
        fingerprint=fingerprint(knowledge.kinds.get(declared.kind), declared.fields, declared.rows),
        image_hash="",
        seconds=0.0,
        source="xml",
        words=len(lines),
    )
