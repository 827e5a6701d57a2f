"""Recognising tables by their header columns, pairing those that are joined, and reading fields out of their lines."""

from collections.abc import Iterator, Sequence
from collections.abc import Mapping as MappingOf
from dataclasses import dataclass
from itertools import dropwhile

from anpei.rules.importer.mapping import Layout, Mapping, TableForm
from anpei.rules.importer.tables import Line, Table
from anpei.rules.model import normalise_name


@dataclass(frozen=True, slots=True)
class Headed:
    """A table with its header found: the columns of its fields, the header's texts."""

    table: Table
    form: TableForm
    columns: MappingOf[str, int]
    header: Line

    def lines(self) -> Iterator[Line]:
        """The lines after the header. Raises TableError where they cannot be read."""
        return dropwhile(lambda line: line.number <= self.header.number, self.table.lines())

    def cell(self, line: Line, name: str) -> str:
        """The text of a field in a line; empty when the table has no such column or the line is short."""
        place = self.columns.get(name)
        return line.cells[place] if place is not None and place < len(line.cells) else ""

    def heading(self, name: str) -> str:
        """The header text of a field."""
        place = self.columns.get(name)
        return "" if place is None else self.header.cells[place]


@dataclass(frozen=True, slots=True)
class Recognised:
    """Tables of one layout: those with the statements, and, where the layout joins, those with the codes."""

    mapping: Mapping
    layout: Layout
    rules: tuple[Headed, ...]
    codes: tuple[Headed, ...]


def _head(table: Table, form: TableForm) -> Headed | None:
    for line in table.head:
        columns = form.match(line.cells)
        if columns is not None:
            return Headed(table=table, form=form, columns=columns, header=line)
    return None


def recognise(mappings: Sequence[Mapping], tables: Sequence[Table]) -> tuple[list[Recognised], list[Table]]:
    """Give each table to the layout that knows most of its columns; what no layout knows comes back as it is."""
    layouts = [(mapping, layout) for mapping in mappings for layout in mapping.layouts]
    found: dict[int, list[Headed]] = {}
    unknown: list[Table] = []
    for table in tables:
        fits = [(headed, place) for place, (_, layout) in enumerate(layouts) for form in layout.forms if (headed := _head(table, form))]
        if fits:
            headed, place = max(fits, key=lambda fit: len(fit[0].columns))
            found.setdefault(place, []).append(headed)
        else:
            unknown.append(table)
    return [_recognised(*layouts[place], headed) for place, headed in sorted(found.items())], unknown


def _recognised(mapping: Mapping, layout: Layout, found: Sequence[Headed]) -> Recognised:
    rules = tuple(headed for headed in found if headed.form is layout.rules)
    return Recognised(mapping, layout, rules=rules, codes=tuple(headed for headed in found if headed.form is not layout.rules))


def unknown_header(table: Table) -> tuple[str, str]:
    """The reason for refusing a table, in both languages."""
    shown = "、".join(cell[:20] for cell in table.head[0].cells[:8]) if table.head else ""
    return f"没有映射认得这个表头：{shown}", f"no mapping knows this header: {shown}; add a layout with these columns"


@dataclass(frozen=True, slots=True)
class Record:
    """A line, or joined lines: the first that has a field gives its text."""

    parts: tuple[tuple[Headed, Line], ...]

    def text(self, name: str) -> str:
        """The text of a field."""
        headed, line = self.parts[0] if len(self.parts) == 1 else self.place(name)
        place = headed.columns.get(name)
        return line.cells[place] if place is not None and place < len(line.cells) else ""

    def place(self, name: str) -> tuple[Headed, Line]:
        """The part that has the field, else the first."""
        if len(self.parts) == 1:
            return self.parts[0]
        return next((part for part in self.parts if name in part[0].columns), self.parts[0])


def join_key(layout: Layout, headed: Headed, line: Line) -> tuple[str, ...]:
    """What a line is joined by."""
    return tuple(normalise_name(headed.cell(line, name)) for name in layout.join)
