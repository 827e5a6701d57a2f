"""XML files of electronic invoices and receipts: one page of declared facts without places."""

from dataclasses import dataclass

from anpei.reading._files.drawn import draw_lines
from anpei.reading._files.markup import Node, parse_xml, tree_of
from anpei.reading._files.picture import Pixels


@dataclass(frozen=True, slots=True)
class XmlFile:
    """An opened XML file. Which document it is, the formats of the rulebook tell."""

    name: str
    root: Node

    @property
    def pages(self) -> int:
        """Always one."""
        return 1

    def lines(self) -> list[str]:
        """Every value with its name, one a line."""
        return [f"{node.name}: {node.text}" for _, node in self.root.walk() if node.text and not node.children]

    def pixels(self, page: int) -> Pixels:
        """Its values as lines of text, for people to look at."""
        return draw_lines(self.lines())


def open_xml(data: bytes, name: str) -> XmlFile:
    """Parse safely. Raises FileTruncated, FileTooLarge, FileHostile."""
    return XmlFile(name, tree_of(parse_xml(data, name), name))
