"""Rows: lines of cells to typed rows; lone pieces of a name join their nearest row; cells that were overlooked are looked at again."""

import re
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field, replace

from anpei.reading._sense.fields import SECOND_LOOK, Candidate, Look
from anpei.reading._sense.labels import Sheet
from anpei.reading._sense.lines import Line, plain
from anpei.reading._sense.schema import ColumnSpec
from anpei.reading._sight.boxes import Corners, TextBox
from anpei.reading._tables.cells import measured, parted, typed_cell, typed_cells, unit_behind, unmixed
from anpei.reading._tables.columns import Place, assign, split_cells
from anpei.reading._tables.heads import AMOUNT, Head, beside_panels, body_of, find_heads, partner_of, with_amounts

_MONEY = frozenset({"amount", "unit_price", "quantity", "quantity_unit"})
_TELLING = _MONEY | {"result", "dispensed", "party_name"}
"""A line with one of these and something else is a row of its own."""

_SAID = re.compile(r"^(?:用法|用量|Sig|S:|备注|说明|嘱托|医嘱)")
"""How a line under a row begins that says something about it and belongs to no cell."""

_LOOSE = frozenset({"name", "spec", "item_code", "unit"})
_ALWAYS = frozenset({"quantity", "quantity_unit", "dispensed", "unit", "unit_price", "amount", "insurance_class"})
"""Columns that are filled in every row: where most rows have one, a missing one was overlooked."""

_COUNTS = frozenset({"quantity", "quantity_unit", "dispensed", "unit"})
"""Single characters, which detection overlooks most: these columns are looked at even where all cells are missing."""

_ALONE = frozenset({"amount", "ear_tag"})
"""One of these makes a row by itself."""

_NAMES = frozenset({"name", "party_name"})
"""One of these makes a row with anything else."""

USUAL = 0.5


@dataclass(frozen=True, slots=True)
class Table:
    """The rows of a page's table, and the lines it takes up (with its left and right limits)."""

    rows: tuple[dict[str, Candidate], ...]
    lines: frozenset[int]
    left: float
    right: float

    def covers(self, line: int, box: TextBox) -> bool:
        """Whether a box of a line belongs to the table."""
        return line in self.lines and self.left < box.centre[0] < self.right


@dataclass(slots=True)
class _Row:
    y: float
    group: int
    cells: dict[str, list[TextBox]]
    spare: Sequence[TextBox] = ()
    typed: dict[str, Candidate] = field(default_factory=dict)

    @property
    def boxes(self) -> list[TextBox]:
        """All that stands in the row, also what is no column's."""
        return sorted((box for boxes in (*self.cells.values(), self.spare) for box in boxes), key=lambda box: box.x0)


def read_table(sheet: Sheet, columns: Mapping[str, ColumnSpec], look: Look | None) -> Table | None:
    """The rows of the page's tables, or None; lines of labels and values end a table. ``look`` reads again where a cell is missing."""
    heads = find_heads(sheet.lines, columns)
    ends = [*(head.line for head in heads[1:]), *([len(sheet.lines)] if heads else [])]
    tables = [table for head, end in zip(heads, ends, strict=True) if (table := _read_one(sheet, head, end, columns, look)) is not None]
    if not tables:
        return None
    return Table(
        tuple(row for table in tables for row in table.rows),
        frozenset(line for table in tables for line in table.lines),
        min(table.left for table in tables),
        max(table.right for table in tables),
    )


def _read_one(sheet: Sheet, head: Head, end: int, columns: Mapping[str, ColumnSpec], look: Look | None) -> Table | None:
    """The table under one head, up to a line."""
    lower = partner_of(head, sheet.lines, columns)
    if lower is not None:
        return _read_stacked(sheet, head, lower, end)
    head = beside_panels(sheet, head)
    body = body_of(sheet, head, end)
    head = with_amounts(head, body, columns)
    places, assigned = assign({index: split_cells(boxes, head.columns) for index, boxes in body.items()}, head.columns)
    rows = _rows(sheet.lines, places, assigned)
    specs = {place.column.name: place.column.spec for place in places}
    for row in rows:
        row.typed = typed_cells(measured(row.cells) if "result" in head.kinds else row.cells, specs)
    if look is not None:
        _look_again(rows, places, look)
    for row in rows:
        row.typed.update(unmixed(row.typed))
        row.typed.update(unit_behind(row.typed))
    if any(column.joint for column in head.columns) and "spec" not in head.kinds:
        for row in rows:
            row.typed.update(parted(row.typed))
    return _table(rows, {head.line, *body}, head)


def _read_stacked(sheet: Sheet, upper: Head, lower: Head, end: int) -> Table | None:
    """A table whose rows take two lines each: under the upper heads what an item is, under the lower ones its figures."""
    body = body_of(sheet, replace(lower, left=min(upper.left, lower.left), right=max(upper.right, lower.right)), end)
    figures = {index for index, boxes in body.items() if any(AMOUNT.match(plain(box.text)) for box in boxes)}
    rows: list[_Row] = []
    for head, wanted in ((upper, set(body) - figures), (lower, figures)):
        part = {index: split_cells(boxes, head.columns) for index, boxes in body.items() if index in wanted}
        for index, cells in assign(part, head.columns)[1].items():
            found: dict[str, list[TextBox]] = {}
            for at, box in cells:
                if at >= 0:
                    found.setdefault(head.columns[at].name, []).append(box)
            if head is upper:
                rows.append(_Row(sheet.lines[index].y, 0, found))
            elif above := [row for row in rows if row.y < sheet.lines[index].y and "amount" not in row.cells]:
                above[-1].cells.update(found)
    specs = {column.name: column.spec for column in (*upper.columns, *lower.columns)}
    for row in rows:
        row.typed = typed_cells(row.cells, specs)
    return _table(rows, {upper.line, lower.line, *body}, upper)


def _table(rows: Sequence[_Row], lines: Iterable[int], head: Head) -> Table | None:
    """The rows that say enough to be one."""
    good = tuple(row.typed for row in rows if not _ALONE.isdisjoint(row.typed) or (len(row.typed) > 1 and not _NAMES.isdisjoint(row.typed)))
    return Table(good, frozenset(lines), head.left, head.right) if good else None


def _rows(lines: Sequence[Line], places: Sequence[Place], assigned: Mapping[int, Sequence[tuple[int, TextBox]]]) -> list[_Row]:
    """Lines to rows, side-by-side tables one after the other within a line."""
    rows: list[_Row] = []
    loose: list[_Row] = []
    for index, boxes in assigned.items():
        groups: dict[int, dict[str, list[TextBox]]] = {}
        for at, box in boxes:
            if at >= 0:
                column = places[at].column
                groups.setdefault(column.group, {}).setdefault(column.name, []).append(box)
        spare = [box for at, box in boxes if at < 0]
        for group, cells in sorted(groups.items()):
            full = not _ALONE.isdisjoint(cells) or (len(cells) > 1 and not _TELLING.isdisjoint(cells))
            (rows if full else loose).append(_Row(lines[index].y, group, cells, spare))
    for piece in loose:
        _join(rows, piece)
    return rows


def _join(rows: Sequence[_Row], piece: _Row) -> None:
    """A line that only holds a piece of a name (or the like) goes to the nearest row."""
    near = [row for row in rows if row.group == piece.group]
    if not near or set(piece.cells) - _LOOSE or _SAID.match(plain(piece.boxes[0].text)):
        return
    row = min(near, key=lambda each: (abs(each.y - piece.y), -each.y))
    if abs(row.y - piece.y) > 2.0 * piece.boxes[0].height or _another_fee(row, piece):
        return
    for name, boxes in piece.cells.items():
        own = row.cells.get(name, [])
        row.cells[name] = own + boxes if row.y < piece.y else boxes + own


def _another_fee(row: _Row, piece: _Row) -> bool:
    """Whether a piece is the printed name of a sort of fee (``放射费``) for which nothing was charged."""
    own, other = ("".join(plain(box.text) for box in each.cells.get("name", ())) for each in (row, piece))
    return own.endswith("费") and other.endswith("费")


def _look_again(rows: Sequence[_Row], places: Sequence[Place], look: Look) -> None:
    """Read where a cell ought to stand, in columns that most rows fill."""
    missing: list[tuple[_Row, Place, Corners]] = []
    for place in places:
        column = place.column
        own = [row for row in rows if row.group == column.group]
        empty = [row for row in own if not _filled(row, column.name)]
        if column.name not in _ALWAYS or not empty or (column.name not in _COUNTS and len(empty) > USUAL * len(own)):
            continue
        for row in empty:
            corners = place.cell(row.boxes)
            if corners is not None:
                missing.append((row, place, corners))
    for (row, place, _), box in zip(missing, look([corners for _, _, corners in missing]) if missing else (), strict=True):
        if box is None:
            continue
        cell = sorted((*row.cells.get(place.column.name, ()), box), key=lambda each: each.x0)
        for name, candidate in typed_cell(place.column.name, place.column.spec, cell).items():
            row.typed.setdefault(name, candidate.weighed(SECOND_LOOK))


def _filled(row: _Row, column: str) -> bool:
    wanted = {"quantity_unit": ("quantity", "unit"), "dispensed": ("quantity",)}.get(column, (column,))
    return all(name in row.typed for name in wanted)
