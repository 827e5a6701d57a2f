"""XML from outside, read without what makes XML dangerous: no document types, no entities, nothing fetched."""

from collections.abc import Iterator
from dataclasses import dataclass

from lxml import etree

from anpei.reading import errors
from anpei.reading.model import Box

MAX_XML = 12 * 1024 * 1024
MAX_NODES = 120_000
MAX_DEPTH = 60
MAX_TEXT = 2_000
"""Characters of one value that are kept."""


@dataclass(frozen=True, slots=True)
class Node:
    """An element: its name without prefix, its own text, what is in it; ``parts`` and ``box`` where it is shown on a page."""

    name: str
    text: str
    children: tuple["Node", ...] = ()
    parts: tuple[str, ...] = ()
    box: Box | None = None

    def walk(self, above: tuple[str, ...] = ()) -> Iterator[tuple[tuple[str, ...], "Node"]]:
        """Every element with the plain names on the way to it, in the order of the document."""
        path = (*above, plain_name(self.name))
        yield path, self
        for child in self.children:
            yield from child.walk(path)


def plain_name(name: str) -> str:
    """A name as it is compared: without prefix, signs and case (``ofd:Invoice-No`` and ``invoiceNo`` are one)."""
    return "".join(char for char in name.rpartition(":")[2].casefold() if char.isalnum())


def parse_xml(data: bytes, name: str) -> "etree._Element":
    """The root element. Raises FileTruncated when it is no well-formed XML, FileHostile when it is built to harm."""
    if len(data) > MAX_XML:
        raise errors.FileTooLarge(f"{name}: an XML of {len(data)} bytes; at most {MAX_XML} are accepted: split it")
    if b"<!DOCTYPE" in data.replace(b"\0", b""):
        raise _hostile(name, "the XML declares a document type")
    parser = etree.XMLParser(
        resolve_entities=False,
        no_network=True,
        load_dtd=False,
        dtd_validation=False,
        huge_tree=False,
        remove_comments=True,
        remove_pis=True,
    )
    try:
        root = etree.fromstring(data, parser)
    except (etree.XMLSyntaxError, ValueError, LookupError) as error:
        raise errors.FileTruncated(f"{name}: the XML is damaged or cut short; upload the original file again") from error
    if root.getroottree().docinfo.internalDTD is not None:
        raise _hostile(name, "the XML declares a document type")
    for count, _ in enumerate(root.iter()):
        if count >= MAX_NODES:
            raise _hostile(name, f"the XML has more than {MAX_NODES} elements")
    return root


def local_name(element: "etree._Element") -> str:
    """An element's name without its namespace."""
    return str(element.tag).rpartition("}")[2]


def children(element: "etree._Element", name: str) -> Iterator["etree._Element"]:
    """The elements of a name directly in another, whatever their namespace."""
    return (child for child in element if local_name(child) == name)


def child_text(element: "etree._Element", name: str) -> str:
    """The text of the first element of a name directly in another; empty when there is none."""
    return next((own_text(child) for child in children(element, name)), "")


def own_text(element: "etree._Element") -> str:
    """An element's own text without surrounding blanks."""
    return (element.text or "").strip()[:MAX_TEXT]


def tree_of(element: "etree._Element", name: str, depth: int = 0) -> Node:
    """The plain tree under an element. Raises FileHostile when it is nested too deep."""
    if depth > MAX_DEPTH:
        raise _hostile(name, f"the XML is nested more than {MAX_DEPTH} deep")
    inner = tuple(tree_of(child, name, depth + 1) for child in element)
    return Node(local_name(element), own_text(element), inner)


def _hostile(name: str, what: str) -> errors.FileHostile:
    return errors.FileHostile(f"{name}: {what}; ask the issuer for the original file or send a PDF")
