"""Rows: lines of cells to typed rows; lone pieces of a name join their nearest row; cells that were overlooked are looked at again."""

import math
import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace

from anpei.kernel.money import Money
from anpei.reading import _values as values
from anpei.reading._sense.fields import SECOND_LOOK, Candidate, Look
from anpei.reading._sense.labels import Sheet
from anpei.reading._sense.lines import Line, plain
from anpei.reading._sense.schema import ColumnSpec
from anpei.reading._sight.boxes import Corners, TextBox
from anpei.reading._tables.columns import Place, assign, split_cells
from anpei.reading._tables.heads import IGNORED, beside_panels, body_of, find_head, with_amounts
from anpei.reading._values import Wanted

_DAY = re.compile(r"^\d{4}[-/.年]\d{1,2}[-/.月]\d{1,2}日?$")
_SIZED = re.compile(
    r"^(.*[\u4e00-\u9fff)])((?:\d[\d.,]*(?:mg|ug|μg|kg|g|ml|mL|l|L|IU|iu|U|u|mm|cm|Fr|G|万单位|单位|片|粒|丸|袋|支|贴|%)[*x:/×]?)+(?:\d*[片粒丸袋支贴瓶盒])?)$"
)
_LONG_CODE = re.compile(r"^[A-Z]{0,3}\d[0-9A-Z]{9,27}$")
_QUANTITY = re.compile(r"^(-?[\d.OoIl]+)[/x*]?([^\d\s/].{0,7})?$")
_MONEY = frozenset({"amount", "unit_price", "quantity", "quantity_unit"})
_TELLING = _MONEY | {"result", "dispensed", "party_name"}
"""A line with one of these and something else is a row of its own."""

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
    """The table of the page, or None; lines of labels and values end it. ``look`` reads again where a cell is missing."""
    found = find_head(sheet.lines, columns)
    if found is None:
        return None
    head = beside_panels(sheet, found)
    body = body_of(sheet, head)
    head = with_amounts(head, body, columns)
    places, assigned = assign({index: split_cells(boxes, head.columns) for index, boxes in body.items()}, head.columns)
    rows = _rows(sheet.lines, places, assigned)
    specs = {place.column.name: place.column.spec for place in places}
    for row in rows:
        row.typed = _typed(row.cells, specs)
    if look is not None:
        _look_again(rows, places, look)
    for row in rows:
        row.typed.update(_unmixed(row.typed))
    if any(column.joint for column in head.columns) and all(column.name != "spec" for column in head.columns):
        for row in rows:
            row.typed.update(_parted(row.typed))
    good = tuple(row.typed for row in rows if not _ALONE.isdisjoint(row.typed) or (len(row.typed) > 1 and not _NAMES.isdisjoint(row.typed)))
    return Table(good, frozenset({head.line, *body}), head.left, head.right) if good else None


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
    if not near or set(piece.cells) - _LOOSE:
        return
    row = min(near, key=lambda each: (abs(each.y - piece.y), -each.y))
    if abs(row.y - piece.y) > 2.0 * piece.boxes[0].height:
        return
    for name, boxes in piece.cells.items():
        own = row.cells.get(name, [])
        row.cells[name] = own + boxes if row.y < piece.y else boxes + own


def _typed(cells: Mapping[str, Sequence[TextBox]], specs: Mapping[str, ColumnSpec]) -> dict[str, Candidate]:
    cells, row = _without_leading(cells)
    for name, boxes in cells.items():
        if name != IGNORED:
            row.update(_cell(name, specs[name], boxes))
    return row


def _cell(name: str, spec: ColumnSpec, boxes: Sequence[TextBox]) -> dict[str, Candidate]:
    """The typed value of a cell; number and unit in one cell (``2/盒``) give two."""
    raw = "".join(box.text for box in boxes)
    text, sure = plain(raw), math.prod(char.score for box in boxes for char in box.chars)
    if spec.type == "quantity":
        return _quantity(text, raw, tuple(boxes), sure)
    found = values.find(Wanted(spec.type, choices=spec.choices), text)
    return {} if found is None else {name: Candidate(found.value, raw, tuple(boxes), found.fit, sure)}


def _quantity(text: str, raw: str, boxes: tuple[TextBox, ...], sure: float) -> dict[str, Candidate]:
    match = _QUANTITY.match(text)
    if match is None:
        return {}
    number = values.find(Wanted("number"), match.group(1))
    row: dict[str, Candidate] = {}
    if number is not None:
        row["quantity"] = Candidate(number.value, raw, boxes, number.fit, sure)
    if match.group(2):
        row["unit"] = Candidate(match.group(2), raw, boxes, 0.9, sure)
    return row


def _without_leading(cells: Mapping[str, Sequence[TextBox]]) -> tuple[Mapping[str, Sequence[TextBox]], dict[str, Candidate]]:
    """A day or a code that stands before the name because its own head was not read."""
    boxes = list(cells.get("name", ()))
    found: dict[str, Candidate] = {}
    while len(boxes) > 1:
        text = plain(boxes[0].text)
        name = "charged_on" if _DAY.match(text) else "item_code" if _LONG_CODE.match(text) else None
        if name is None or name in cells:
            break
        value = values.find(Wanted("date" if name == "charged_on" else "code"), text)
        if value is not None:
            found[name] = Candidate(value.value, boxes[0].text, (boxes[0],), 0.8 * value.fit, boxes[0].score)
        boxes = boxes[1:]
    return ({**cells, "name": boxes}, found) if found else (cells, found)


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
        for name, candidate in _cell(place.column.name, place.column.spec, cell).items():
            row.typed.setdefault(name, candidate.weighed(SECOND_LOOK))


def _unmixed(row: Mapping[str, Candidate]) -> dict[str, Candidate]:
    """Number and price read as one (``618.00`` for 6 at 18.00), taken apart where only one way makes the amount."""
    if "quantity" in row or not {"unit_price", "amount"} <= set(row):
        return {}
    price, amount = row["unit_price"], Money.parse(row["amount"].value).fen
    found: list[tuple[str, str]] = []
    for size in range(1, min(4, price.value.find(".") - 1) + 1):
        number, rest = price.value[:size], price.value[size:]
        if rest[:1] != "." and int(number) and not re.search(r"\.\d{3}", rest) and int(number) * Money.parse(rest).fen == amount:
            found.append((number, rest))
    if len(found) != 1:
        return {}
    (number, rest) = found[0]
    return {"quantity": replace(price, value=number).weighed(0.9), "unit_price": replace(price, value=rest).weighed(0.9)}


def _parted(row: Mapping[str, Candidate]) -> dict[str, Candidate]:
    """Name and size of a cell that holds both (``注射用头孢曲松钠1.0g``)."""
    match = _SIZED.match(row["name"].value) if "name" in row else None
    if match is None:
        return {}
    name, size = match.groups()
    return {"name": replace(row["name"], value=name), "spec": replace(row["name"], value=size).weighed(0.9)}


def _filled(row: _Row, column: str) -> bool:
    wanted = {"quantity_unit": ("quantity", "unit"), "dispensed": ("quantity",)}.get(column, (column,))
    return all(name in row.typed for name in wanted)
