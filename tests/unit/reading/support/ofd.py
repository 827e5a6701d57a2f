"""An OFD writer (GB/T 33190): words at places in millimetres, templates, pictures, tags and attachments; every part can be replaced."""

import io
import zipfile
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from xml.sax.saxutils import escape, quoteattr

NS = 'xmlns:ofd="http://www.ofdspec.org/2016"'
HEAD = '<?xml version="1.0" encoding="UTF-8"?>\n'


@dataclass(frozen=True)
class Word:
    """A text object: where its boundary begins (mm), its text, and how its characters are spaced."""

    x: float
    y: float
    text: str
    id: int = 0
    size: float = 3.5
    width: float = 60.0
    step: str | None = None
    attributes: Mapping[str, str] = field(default_factory=dict)

    def xml(self) -> str:
        """The element."""
        step = self.step if self.step is not None else f"g {max(1, len(self.text) - 1)} {self.size}"
        extra = "".join(f" {name}={quoteattr(value)}" for name, value in self.attributes.items())
        return (
            f'<ofd:TextObject ID="{self.id}" Boundary="{self.x} {self.y} {self.width} {self.size + 2}" Font="1" Size="{self.size}"{extra}>'
            f'<ofd:TextCode X="0" Y="{self.size}" DeltaX={quoteattr(step)}>{escape(self.text)}</ofd:TextCode></ofd:TextObject>'
        )


def content(words: Sequence[Word], *, more: str = "", area: str | None = None, template: bool = False) -> str:
    """A page's Content.xml."""
    place = f"<ofd:Area><ofd:PhysicalBox>{area}</ofd:PhysicalBox></ofd:Area>" if area else ""
    under = '<ofd:Template TemplateID="90" ZOrder="Background"/>' if template else ""
    body = "".join(word.xml() for word in words) + more
    return f'{HEAD}<ofd:Page {NS}>{place}{under}<ofd:Content><ofd:Layer ID="500" Type="Body">{body}</ofd:Layer></ofd:Content></ofd:Page>'


def parts_of(
    pages: Sequence[Sequence[Word]],
    *,
    template: Sequence[Word] = (),
    tags: str = "",
    attachment: str = "",
    picture: tuple[bytes, str] | None = None,
    area: str = "0 0 210 140",
) -> dict[str, str | bytes]:
    """The parts of an OFD by their names, ready to be packed or to be made wrong."""
    more = f'<ofd:ImageObject ID="700" Boundary="{picture[1]}" ResourceID="80"/>' if picture else ""
    listed = "".join(f'<ofd:Page ID="{index + 1}" BaseLoc="Pages/Page_{index}/Content.xml"/>' for index in range(len(pages)))
    common = f"<ofd:MaxUnitID>999</ofd:MaxUnitID><ofd:PageArea><ofd:PhysicalBox>{area}</ofd:PhysicalBox></ofd:PageArea>"
    parts: dict[str, str | bytes] = {
        "OFD.xml": f'{HEAD}<ofd:OFD {NS} Version="1.0" DocType="OFD"><ofd:DocBody><ofd:DocInfo><ofd:DocID>1</ofd:DocID></ofd:DocInfo>'
        "<ofd:DocRoot>Doc_0/Document.xml</ofd:DocRoot></ofd:DocBody></ofd:OFD>"
    }
    tail = ""
    if picture:
        common += "<ofd:DocumentRes>DocumentRes.xml</ofd:DocumentRes>"
        parts["Doc_0/DocumentRes.xml"] = (
            f'{HEAD}<ofd:Res {NS} BaseLoc="Res"><ofd:MultiMedias><ofd:MultiMedia ID="80" Type="Image" Format="PNG">'
            "<ofd:MediaFile>image.png</ofd:MediaFile></ofd:MultiMedia></ofd:MultiMedias></ofd:Res>"
        )
        parts["Doc_0/Res/image.png"] = picture[0]
    if template:
        common += '<ofd:TemplatePage ID="90" BaseLoc="Tpls/Tpl_0/Content.xml"/>'
        parts["Doc_0/Tpls/Tpl_0/Content.xml"] = content(template)
    if tags:
        tail += "<ofd:CustomTags>Tags/CustomTags.xml</ofd:CustomTags>"
        parts["Doc_0/Tags/CustomTags.xml"] = (
            f'{HEAD}<ofd:CustomTags {NS}><ofd:CustomTag NameSpace="http://www.ofdspec.org/2016">'
            "<ofd:FileLoc>CustomTag.xml</ofd:FileLoc></ofd:CustomTag></ofd:CustomTags>"
        )
        parts["Doc_0/Tags/CustomTag.xml"] = f"{HEAD}<ofd:eInvoice {NS}>{tags}</ofd:eInvoice>"
    if attachment:
        tail += "<ofd:Attachments>Attached/Attachments.xml</ofd:Attachments>"
        parts["Doc_0/Attached/Attachments.xml"] = (
            f'{HEAD}<ofd:Attachments {NS}><ofd:Attachment ID="1" Name="original_invoice" Format="xml">'
            "<ofd:FileLoc>/Doc_0/Attached/original_invoice.xml</ofd:FileLoc></ofd:Attachment></ofd:Attachments>"
        )
        parts["Doc_0/Attached/original_invoice.xml"] = attachment
    parts["Doc_0/Document.xml"] = (
        f"{HEAD}<ofd:Document {NS}><ofd:CommonData>{common}</ofd:CommonData><ofd:Pages>{listed}</ofd:Pages>{tail}</ofd:Document>"
    )
    for index, words in enumerate(pages):
        parts[f"Doc_0/Pages/Page_{index}/Content.xml"] = content(words, more=more, template=bool(template))
    return parts


def pack(parts: Mapping[str, str | bytes]) -> bytes:
    """The parts as a zip archive."""
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, part in parts.items():
            archive.writestr(name, part)
    return out.getvalue()


def ref(*ids: int, page: int = 1) -> str:
    """References to text objects, as tags hold them."""
    return "".join(f'<ofd:ObjectRef PageRef="{page}">{id_}</ofd:ObjectRef>' for id_ in ids)
