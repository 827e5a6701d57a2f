"""OFD files (GB/T 33190): the pages with their own text in its places, the pictures on them, and the facts the file declares."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from anpei.reading import errors
from anpei.reading._files.archive import Archive
from anpei.reading._files.drawn import draw_page
from anpei.reading._files.markup import Node, child_text, children, local_name, own_text, parse_xml, tree_of
from anpei.reading._files.ofd_text import Area, TextObject, area_of, text_objects
from anpei.reading._files.pdf import LONG_SIDE, MAX_CHARS, Glyph, PdfPage
from anpei.reading._files.picture import Pixels, seemly
from anpei.reading._files.sniff import MAX_PAGES
from anpei.reading.model import Box

if TYPE_CHECKING:
    from lxml import etree

ENTRY = "OFD.xml"
_A4: Area = (0.0, 0.0, 210.0, 297.0)
_MAX_DOCUMENTS = 10
_MAX_PICTURES = 20
_MAX_TAGS = 20


@dataclass(frozen=True, slots=True)
class _PageLocation:
    """Where a page's content lies, and the area of pages that do not say their own."""

    part: str
    id: str
    area: Area
    templates: dict[str, str]
    resources: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class _Sheet:
    """A parsed page: its area, scale in pixels per millimetre, text objects and the places of its pictures."""

    area: Area
    scale: float
    texts: tuple[TextObject, ...]
    pictures: tuple[tuple[str, Area], ...]

    @property
    def size(self) -> tuple[int, int]:
        """Width and height in pixels."""
        return max(1, round(self.area[2] * self.scale)), max(1, round(self.area[3] * self.scale))


@dataclass(frozen=True, slots=True)
class OfdFile:
    """An opened OFD file."""

    archive: Archive
    name: str
    _places: tuple[_PageLocation, ...]
    _tags: tuple[str, ...]
    _attachments: tuple[str, ...]
    _sheets: dict[int, _Sheet] = field(default_factory=dict)

    @property
    def pages(self) -> int:
        """How many pages it has."""
        return len(self._places)

    def text(self, page: int) -> PdfPage:
        """The text of page ``page`` (from 1) with its places in pixels."""
        sheet = self._sheet(page)
        glyphs = [glyph for text in sheet.texts for glyph in text.glyphs]
        return PdfPage(*sheet.size, tuple(glyphs[:MAX_CHARS]))

    def pixels(self, page: int) -> Pixels:
        """Page ``page`` (from 1) drawn plainly: its pictures and its characters, no lines."""
        return seemly(self._drawn(page, self.text(page).glyphs))

    def pictured(self, page: int) -> Pixels | None:
        """Page ``page`` (from 1) with its pictures alone, to look for codes; None when it has none."""
        return self._drawn(page, ()) if self._sheet(page).pictures else None

    def tagged(self, page: int) -> tuple[Node, ...]:
        """What the file's custom tags say of the texts on page ``page`` (from 1): the tags with the texts they point to."""
        place = self._places[page - 1]
        texts = {text.id: text for text in self._sheet(page).texts if text.id}
        return tuple(self._tag_tree(parse_xml(self.archive.read(part), self.name), place.id, texts) for part in self._tags)

    def attached(self) -> tuple[Node, ...]:
        """The XML attachments of the file; one that cannot be read is left out (it is not what the page shows)."""
        found = []
        for part in self._attachments:
            try:
                found.append(tree_of(parse_xml(self.archive.read(part), self.name), self.name))
            except (errors.FileTruncated, errors.FileTooLarge):
                continue
        return tuple(found)

    def _drawn(self, page: int, glyphs: Sequence[Glyph]) -> Pixels:
        sheet = self._sheet(page)
        media = self._media(self._places[page - 1].resources)
        pictures = []
        for id_, (x, y, width, height) in sheet.pictures:
            if id_ in media and media[id_] in self.archive:
                place = ((x - sheet.area[0]) * sheet.scale, (y - sheet.area[1]) * sheet.scale, width * sheet.scale, height * sheet.scale)
                pictures.append((self.archive.read(media[id_]), place))
        return draw_page(*sheet.size, glyphs, pictures)

    def _sheet(self, page: int) -> _Sheet:
        if page not in self._sheets:
            self._sheets[page] = self._parse_page(self._places[page - 1])
        return self._sheets[page]

    def _parse_page(self, place: _PageLocation) -> _Sheet:
        root = parse_xml(self.archive.read(place.part), self.name)
        area = next((found for child in children(root, "Area") if (found := area_of(child_text(child, "PhysicalBox")))), place.area)
        scale = LONG_SIDE / max(area[2], area[3])
        roots: list[etree._Element] = []
        for template in children(root, "Template"):
            part = place.templates.get(str(template.get("TemplateID")))
            if part is not None and len(roots) < _MAX_TAGS:
                roots.append(parse_xml(self.archive.read(part), self.name))
        roots.append(root)
        texts = tuple(text for each in roots for text in text_objects(each, area, scale))
        pictures = tuple(found for each in roots for found in _pictures(each))[:_MAX_PICTURES]
        return _Sheet(area, scale, texts, pictures)

    def _media(self, resources: Sequence[str]) -> dict[str, str]:
        """Resource id to the part that holds the picture."""
        found: dict[str, str] = {}
        for part in resources:
            if part not in self.archive:
                continue
            root = parse_xml(self.archive.read(part), self.name)
            folder = self.archive.resolve(part, (root.get("BaseLoc") or ".") + "/x")
            for media in (child for each in children(root, "MultiMedias") for child in children(each, "MultiMedia")):
                file = child_text(media, "MediaFile")
                if file and media.get("Type") == "Image":
                    found[str(media.get("ID"))] = self.archive.resolve(folder, file)
        return found

    def _tag_tree(self, element: "etree._Element", page_id: str, texts: dict[str, TextObject], depth: int = 0) -> Node:
        if depth > 40:
            raise errors.FileHostile(f"{self.name}: tags nested too deep; photograph the paper or save it as a PDF instead")
        references = list(children(element, "ObjectRef"))
        if references:
            shown = [texts[id_] for ref in references if ref.get("PageRef") in (None, page_id) and (id_ := own_text(ref)) in texts]
            parts = tuple(text.text.strip() for text in shown)
            return Node(local_name(element), "".join(parts), (), parts, _bounds(shown))
        inner = tuple(self._tag_tree(child, page_id, texts, depth + 1) for child in element)
        return Node(local_name(element), "", inner)


def open_ofd(data: bytes, name: str) -> OfdFile:
    """Open and count. Raises FileTruncated, FileHostile, PasswordProtected, TooManyPages."""
    archive = Archive(data, name)
    root = parse_xml(archive.read(ENTRY), name)
    places: list[_PageLocation] = []
    tags: list[str] = []
    attachments: list[str] = []
    for body in list(children(root, "DocBody"))[:_MAX_DOCUMENTS]:
        document = archive.resolve(ENTRY, child_text(body, "DocRoot"))
        content = parse_xml(archive.read(document), name)
        places += _pages(archive, content, document, name)
        tags += _listed(archive, content, document, name, kind="CustomTag")
        attachments += [part for part in _listed(archive, content, document, name, kind="Attachment") if part.lower().endswith(".xml")]
    if not places:
        raise errors.FileTruncated(f"{name}: the OFD has no pages; upload the original file again")
    return OfdFile(archive, name, tuple(places), tuple(tags[:_MAX_TAGS]), tuple(attachments[:_MAX_TAGS]))


def _pages(archive: Archive, content: "etree._Element", document: str, name: str) -> list[_PageLocation]:
    common = next(children(content, "CommonData"), content)
    area = next((found for child in children(common, "PageArea") if (found := area_of(child_text(child, "PhysicalBox")))), _A4)
    templates = {str(each.get("ID")): archive.resolve(document, each.get("BaseLoc") or "") for each in children(common, "TemplatePage")}
    resources = tuple(
        archive.resolve(document, own_text(each)) for kind in ("PublicRes", "DocumentRes") for each in children(common, kind)
    )[:_MAX_TAGS]
    pages = [page for each in children(content, "Pages") for page in children(each, "Page")]
    if len(pages) > MAX_PAGES:
        raise errors.TooManyPages(f"{name}: {len(pages)} pages; at most {MAX_PAGES} are accepted: split the file", pages=len(pages))
    return [
        _PageLocation(archive.resolve(document, page.get("BaseLoc") or ""), str(page.get("ID")), area, templates, resources)
        for page in pages
    ]


def _listed(archive: Archive, content: "etree._Element", document: str, name: str, *, kind: str) -> Iterator[str]:
    """The parts named by the document's list of custom tags or attachments, as far as the archive has them."""
    for place in children(content, f"{kind}s"):
        part = archive.resolve(document, own_text(place))
        if part not in archive:
            continue
        for entry in children(parse_xml(archive.read(part), name), kind):
            found = archive.resolve(part, child_text(entry, "FileLoc"))
            if found in archive:
                yield found


def _pictures(root: "etree._Element") -> Iterator[tuple[str, Area]]:
    for element in root.iter():
        if local_name(element) == "ImageObject":
            area = area_of(element.get("Boundary") or "")
            if area is not None:
                yield str(element.get("ResourceID")), area


def _bounds(texts: Sequence[TextObject]) -> Box | None:
    glyphs = [glyph for text in texts for glyph in text.glyphs]
    if not glyphs:
        return None
    x0, y0 = min(g.x0 for g in glyphs), min(g.y0 for g in glyphs)
    return int(x0), int(y0), int(max(g.x1 for g in glyphs) + 0.999), int(max(g.y1 for g in glyphs) + 0.999)
