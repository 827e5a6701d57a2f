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
from anpei.reading.model import UNKNOWN, PageReading, Quality

_ADVICE = "这个 XML 文件不是已知的电子发票或电子票据，请上传发票的 PDF、OFD 文件或拍照上传。"


@dataclass(frozen=True, slots=True)
class Stated:
    """What an OFD says of a page: by tags on its texts, and by XML attached to it."""

    tagged: Declared | None
    attached: Declared | None

    def kind_of(self, seen: str) -> str:
        """The kind of a page that looks like ``seen``; empty when the file does not say or is not believed.

        Tags point to what people see and are believed; an attachment only where the page itself tells no kind or the same.
        """
        if self.tagged is not None:
            return self.tagged.kind
        return self.attached.kind if self.attached is not None and seen in (UNKNOWN, self.attached.kind) else ""


def stated_by(opened: OfdFile, page: int, formats: Sequence[DocumentFormat]) -> Stated:
    """What the file says of page ``page`` (from 1); attachments speak for the first page."""
    tagged = declare(opened.tagged(page), formats, carrier="ofd")
    return Stated(tagged, declare(opened.attached(), formats, carrier="xml") if page == 1 else None)


def with_stated(reading: PageReading, stated: Stated, knowledge: Knowledge) -> PageReading:
    """A page's reading with what the file says of it. Rows that are attached count when the page itself gave none."""
    kind = stated.kind_of(reading.kind)
    if not kind:
        return reading
    own = reading.kind == kind
    attached = stated.attached if stated.attached is not None and stated.attached.kind == kind else None
    codes = {name: field for name, field in reading.fields.items() if field.source == "qr"}
    fields = joined(reading.fields if own else codes, stated.tagged, attached)
    rows = reading.rows if own else ()
    for declared in (stated.tagged, attached):
        rows = rows or (declared.rows if declared is not None else ())
    mark = fingerprint(knowledge.kinds.get(kind), fields, rows)
    return replace(reading, kind=kind, kind_confidence=SURE, fields=fields, rows=rows, fingerprint=mark)


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
