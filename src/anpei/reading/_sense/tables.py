"""Rows: find the line of column heads, then give each box of the lines below to a column, and lines to rows.

A box goes to a column by where it stands and by what it is; the columns' places are learnt from the first pass, so that
left, middle and right aligned columns, slopes and perspective need no setting.
"""

import re
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass

import numpy as np
from rapidfuzz.distance import Levenshtein

from anpei.reading._sense import values
from anpei.reading._sense.fields import Candidate
from anpei.reading._sense.lines import GAP, Line, plain
from anpei.reading._sense.schema import ColumnSpec
from anpei.reading._sense.values import Wanted
from anpei.reading._sight.boxes import TextBox

_END = re.compile(r"^(?:本页|费用|金额|总|应收|医疗费)*(?:合计|小计|总计|总额|总费用|总金额)|^(?:金额)?合计\(?大写|^其他信息|^备注:|^大写|^共计")
IGNORED = "ignore"
"""The column of heads that are known but not read (remarks, running numbers)."""

Found = tuple[int, int, str]
"""A head in a line: its characters (from, to) and the word it is."""

_NUMERIC = frozenset({"money", "price", "number"})
_NUMBER = re.compile(r"^-?¥?[\d,.OoIl]+%?$")
_COUNTED = re.compile(r"^(\d+(?:\.\d+)?)[/]?([\u4e00-\u9fff]{1,2})$")
_COUNTED_AFTER = re.compile(r"^([\u4e00-\u9fff]{1,2})(\d+(?:\.\d+)?)$")
_DATED = re.compile(r"^(\d{4}[-/.年]\d{1,2}[-/.月]\d{2}日?)([^\s:].{1,})$")
_DAY = re.compile(r"^\d{4}[-/.年]\d{1,2}[-/.月]\d{1,2}日?$")
_LONG_CODE = re.compile(r"^[A-Z]{0,3}\d[0-9A-Z]{9,27}$")
_CODED = re.compile(r"^([A-Z]{0,3}[0-9A-Z]{9,27}?)([^0-9A-Za-z.%].*|\d{1,2}(?:\.\d)?%.*)$")
_CLASSED = re.compile(r"^([甲乙丙])类?([\u4e00-\u9fff]{1,2})$")
_QUANTITY = re.compile(r"^(-?[\d.OoIl]+)[/x*]?([^\d\s/].{0,7})?$")


@dataclass(frozen=True, slots=True)
class Column:
    """A column as found on the page: its name, type and the place of its head. ``group`` counts side-by-side tables."""

    name: str
    spec: ColumnSpec
    group: int
    x0: float
    x1: float


@dataclass(frozen=True, slots=True)
class Head:
    """The line of column heads: its number, the columns, and the part of the page's width that is the table's."""

    line: int
    columns: tuple[Column, ...]
    left: float
    right: float


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


def read_table(lines: Sequence[Line], columns: Mapping[str, ColumnSpec], labelled: Callable[[int, float, float], bool]) -> Table | None:
    """The table of the page; ``labelled`` tells lines of labels and values, which end it. None when it has none."""
    head = _header(lines, columns, _words(columns))
    if head is None:
        return None
    body = _body(lines, head, labelled)
    if not body:
        return None
    pieces = {index: _split(boxes, head.columns) for index, boxes in body.items()}
    assigned = _assign(pieces, head.columns)
    rows = _rows(lines, head.columns, assigned)
    return Table(tuple(rows), frozenset({head.line, *body}), head.left, head.right) if rows else None


def _words(columns: Mapping[str, ColumnSpec]) -> "re.Pattern[str]":
    words = sorted({plain(head) for spec in columns.values() for head in spec.heads}, key=len, reverse=True)
    return re.compile("|".join(re.escape(word) for word in words))


def _header(lines: Sequence[Line], columns: Mapping[str, ColumnSpec], words: "re.Pattern[str]") -> Head | None:
    """The line, or part of a line, that names most columns."""
    best: tuple[float, Head] | None = None
    names = {plain(word): name for name, spec in reversed(columns.items()) for word in spec.heads}
    for index, line in enumerate(lines):
        for run in _runs(line, words, names):
            head = _head_of(index, line, run, columns, names)
            kinds = {column.name for column in head.columns}
            if len(kinds) < 2 or not kinds & {"amount", "name"}:
                continue
            covered = sum(end - start for start, end, _ in run)
            score = len(kinds) + covered / max(1, len(line.text)) - 0.001 * index
            if best is None or score > best[0]:
                best = (score, head)
    return best[1] if best else None


def _runs(line: Line, words: "re.Pattern[str]", names: Mapping[str, str]) -> list[list[Found]]:
    """Heads that follow one another with next to nothing between them."""
    runs: list[list[Found]] = []
    for start, end, word in _heads_in(line, words, names):
        between = line.text[runs[-1][-1][1] : start] if runs else ""
        if runs and len(re.sub(r"[\W_]", "", between)) <= 2:
            runs[-1].append((start, end, word))
        else:
            runs.append([(start, end, word)])
    return runs


def _heads_in(line: Line, words: "re.Pattern[str]", names: Mapping[str, str]) -> list[Found]:
    """The heads in a line: exact ones, two heads that only look like one cut apart, and whole boxes with one misread character."""
    found: list[Found] = []
    for match in words.finditer(line.text):
        start, end, word = match.start(), match.end(), match.group(0)
        cut = next((i for i in range(start + 1, end) if line.gaps[i] > GAP), None)
        if cut is not None and line.text[start:cut] in names and line.text[cut:end] in names:
            found += [(start, cut, line.text[start:cut]), (cut, end, line.text[cut:end])]
        else:
            found.append((start, end, word))
    if len(found) < 2:
        return found
    taken = {i for start, end, _ in found for i in range(start, end)}
    start = 0
    for box in line.boxes:
        end = start + len(box.chars)
        text = line.text[start:end]
        if len(text) >= 3 and taken.isdisjoint(range(start, end)):
            near = next((word for word in names if Levenshtein.distance(text, word, score_cutoff=1) <= 1 and len(word) >= 3), None)
            if near is not None:
                found.append((start, end, near))
        start = end
    return sorted(found)


def _head_of(index: int, line: Line, run: Sequence[Found], columns: Mapping[str, ColumnSpec], names: Mapping[str, str]) -> Head:
    found: list[Column] = []
    for start, end, word in run:
        parts = line.cut(start, end)
        name = names[word]
        seen = 0 if name == IGNORED else sum(column.name == name for column in found)
        group = max(seen, found[-1].group if found else 0)
        found.append(Column(name, columns[name], group, min(p.x0 for p in parts), max(p.x1 for p in parts)))
    left, right = _limits(line, run[0][0], run[-1][1])
    return Head(index, tuple(found), left, right)


def _limits(line: Line, start: int, end: int) -> tuple[float, float]:
    """Where the table ends when labels with values stand beside its heads; else it is as wide as the page."""
    before = [i + 1 for i in range(start) if line.text[i] == ":"]
    after = next((i for i in range(end, len(line.text)) if line.text[i] == ":"), None)
    left, right = float("-inf"), float("inf")
    if before:
        left = line.cut(start - 1, start)[0].x1
    if after is not None:
        first = next(i for i in range(end, after + 1) if line.text[i].isalnum() or i == after)
        right = line.cut(first, first + 1)[0].x0 - 0.5 * line.height
    return left, right


def _body(lines: Sequence[Line], head: Head, labelled: Callable[[int, float, float], bool]) -> dict[int, list[TextBox]]:
    """The boxes of the table by line: from under its head to a total or a wide empty space."""
    found: dict[int, list[TextBox]] = {}
    previous = lines[head.line].y
    steps: list[float] = []
    for index in range(head.line + 1, len(lines)):
        boxes = [box for box in lines[index].boxes if head.left < box.centre[0] < head.right]
        if not boxes:
            continue
        y, height = sum(box.centre[1] for box in boxes) / len(boxes), boxes[0].height
        usual = float(np.median(steps)) if steps else 2.5 * height
        if labelled(index, head.left, head.right) or _END.search(plain("".join(box.text for box in boxes))) or y - previous > max(3.5 * usual, 6 * height):
            break
        found[index] = boxes
        if y - previous > 0.5 * height:
            steps.append(y - previous)
        previous = y
    return found


def _split(boxes: Sequence[TextBox], columns: Sequence[Column]) -> list[TextBox]:
    """Neighbouring cells read as one box, cut where the kinds of their columns meet: day and code, number and unit."""
    names = [column.name for column in columns]
    cuts = [_DATED] if "charged_on" in names else []
    cuts += [_CODED] if "item_code" in names else []
    cuts += [_COUNTED, _COUNTED_AFTER] if "unit" in names and "quantity" in names else []
    cuts += [_CLASSED] if "insurance_class" in names else []
    parts: list[TextBox] = []
    waiting = list(reversed(boxes))
    while waiting:
        box = waiting.pop()
        match = next((m for m in (cut.match(plain(box.text)) for cut in cuts) if m is not None), None)
        if match is None:
            parts.append(box)
        else:
            parts.append(box.cut(*match.span(1)))
            waiting.append(box.cut(*match.span(2)))
    return parts


def _assign(body: Mapping[int, Sequence[TextBox]], columns: Sequence[Column]) -> dict[int, list[tuple[int, TextBox]]]:
    """For each line its boxes with the index of their column (or -1)."""
    middles = [(column.x0 + column.x1) / 2 for column in columns]
    places = [_Place(column, *_zone(columns, number), _spacing(middles, number)) for number, column in enumerate(columns)]
    assigned: dict[int, list[tuple[int, TextBox]]] = {}
    for _ in range(2):
        assigned = {index: _align(boxes, places) for index, boxes in body.items()}
        for number, place in enumerate(places):
            place.learn([box for row in assigned.values() for at, box in row if at == number])
    return assigned


def _spacing(middles: Sequence[float], number: int) -> float:
    """How far a column is from its neighbours."""
    steps = [abs(middles[number] - middles[other]) for other in (number - 1, number + 1) if 0 <= other < len(middles)]
    return sum(steps) / len(steps) if steps else 200.0


def _zone(columns: Sequence[Column], number: int) -> tuple[float, float]:
    """From the head before to the head after a column: its cells stand somewhere between."""
    left = columns[number - 1].x1 if number else float("-inf")
    right = columns[number + 1].x0 if number + 1 < len(columns) else float("inf")
    return left, right


class _Place:
    """Where a column stands: between its neighbours' heads at first, then by x = a + b*y of its cells' left edges, middles or
    right edges, whichever varies least.
    """

    def __init__(self, column: Column, left: float, right: float, spacing: float) -> None:
        self.column = column
        self._zone = (left, right)
        self._scale = max(20.0, 0.5 * spacing)
        self._middle = (column.x0 + column.x1) / 2
        self._learnt: tuple[int, float, float] | None = None

    def learn(self, boxes: Sequence[TextBox]) -> None:
        if len(boxes) < 2:
            return
        ys = np.array([box.centre[1] for box in boxes])
        found: list[tuple[float, int, float, float]] = []
        for edge in range(3):
            xs = np.array([_edges(box)[edge] for box in boxes])
            slope, base = np.polyfit(ys, xs, 1) if len(boxes) >= 6 and np.ptp(ys) > 200 else (0.0, float(np.median(xs)))
            found.append((float(np.median(np.abs(xs - slope * ys - base))), edge, float(slope), float(base)))
        self._learnt = min(found)[1:]

    def cost(self, box: TextBox) -> float:
        left, right = self._zone
        outside = max(0.0, left - box.x0) + max(0.0, box.x1 - right)
        if self._learnt is None:
            away = 0.3 * abs(_edges(box)[1] - self._middle) / self._scale
        else:
            edge, slope, base = self._learnt
            away = 0.8 * abs(_edges(box)[edge] - slope * box.centre[1] - base) / self._scale
        known = 0.0 if self.column.name != IGNORED else 0.5
        return known + min(away, 1.8) + min(outside / self._scale, 3.0) + _misfit(box, self.column.spec)


def _edges(box: TextBox) -> tuple[float, float, float]:
    return box.x0, (box.x0 + box.x1) / 2, box.x1


def _misfit(box: TextBox, spec: ColumnSpec) -> float:
    text = plain(box.text)
    numeric = bool(_NUMBER.match(text))
    if spec.type in _NUMERIC:
        return 0.0 if numeric else 4.0
    if spec.type == "date":
        return 0.0 if values.find(Wanted("date"), text) else 3.0
    if spec.type == "choice":
        return 0.0 if values.find(Wanted("choice", choices=spec.choices), text) else 1.5
    if spec.type in ("text", "item", "unit", "name"):
        return 1.0 if numeric else 0.0
    return 0.0


def _align(boxes: Sequence[TextBox], places: Sequence[_Place]) -> list[tuple[int, TextBox]]:
    """The cheapest way to give boxes, from left to right, to columns, from left to right; text columns may take several."""
    skip, many = 2.6, 0.8
    count, width = len(boxes), len(places)
    best = np.full((count + 1, width + 1), np.inf)
    step = np.zeros((count + 1, width + 1), dtype=np.int8)
    best[0, :] = 0.0
    for i in range(1, count + 1):
        best[i, 0] = best[i - 1, 0] + skip
        step[i, 0] = 2
        for j in range(1, width + 1):
            cost = places[j - 1].cost(boxes[i - 1])
            again = many if places[j - 1].column.spec.type in ("text", "item", "quantity", "unit", "date") else 3.0
            options = (best[i, j - 1], best[i - 1, j - 1] + cost, best[i - 1, j] + skip, best[i - 1, j] + cost + again)
            choice = int(np.argmin(options))
            best[i, j], step[i, j] = options[choice], choice
    found: list[tuple[int, TextBox]] = []
    i, j = count, width
    while i > 0:
        choice = int(step[i, j])
        if choice == 0:
            j -= 1
            continue
        found.append((-1 if choice == 2 else j - 1, boxes[i - 1]))
        i -= 1
        if choice == 1:
            j -= 1
    return found[::-1]


def _rows(
    lines: Sequence[Line], columns: Sequence[Column], assigned: Mapping[int, Sequence[tuple[int, TextBox]]]
) -> list[dict[str, Candidate]]:
    """Lines to rows, side-by-side tables one after the other within a line; lone pieces of a name join their nearest row."""
    rows: list[tuple[float, int, dict[str, list[TextBox]]]] = []
    loose: list[tuple[float, int, dict[str, list[TextBox]]]] = []
    for index in assigned:
        groups: dict[int, dict[str, list[TextBox]]] = {}
        for at, box in assigned[index]:
            if at >= 0:
                groups.setdefault(columns[at].group, {}).setdefault(columns[at].name, []).append(box)
        for group, cells in sorted(groups.items()):
            money = any(name in cells for name in ("amount", "unit_price", "quantity", "quantity_unit"))
            (rows if money and len(cells) > 1 or "amount" in cells else loose).append((lines[index].y, group, cells))
    for y, group, cells in loose:
        _join(rows, y, group, cells)
    specs = {column.name: column.spec for column in columns}
    found = (_typed(cells, specs) for _, _, cells in rows)
    return [row for row in found if "amount" in row or ("name" in row and len(row) > 1)]


def _join(rows: Sequence[tuple[float, int, dict[str, list[TextBox]]]], y: float, group: int, cells: dict[str, list[TextBox]]) -> None:
    near = [(abs(row[0] - y), -row[0], row) for row in rows if row[1] == group]
    if not near or set(cells) - {"name", "spec", "item_code", "unit"}:
        return
    distance, _, row = min(near, key=lambda each: (each[0], each[1]))
    height = next(iter(cells.values()))[0].height
    if distance > 2.0 * height:
        return
    for name, boxes in cells.items():
        row[2][name] = row[2].get(name, []) + boxes if row[0] < y else boxes + row[2].get(name, [])


def _typed(cells: Mapping[str, Sequence[TextBox]], specs: Mapping[str, ColumnSpec]) -> dict[str, Candidate]:
    row: dict[str, Candidate] = {}
    cells, leading = _without_leading(cells)
    row.update(leading)
    for name, boxes in cells.items():
        spec = specs[name]
        raw = "".join(box.text for box in boxes)
        text = plain(raw)
        sure = _sure(boxes)
        if spec.type == "quantity":
            row.update(_quantity(text, raw, tuple(boxes), sure))
            continue
        found = values.find(Wanted(spec.type, choices=spec.choices), text)
        if found is not None:
            row[name] = Candidate(found.value, raw, tuple(boxes), found.fit, sure)
    row.pop(IGNORED, None)
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
            found[name] = Candidate(value.value, boxes[0].text, (boxes[0],), 0.8 * value.fit, _sure(boxes[:1]))
        boxes = boxes[1:]
    return ({**cells, "name": boxes}, found) if found else (cells, found)


def _sure(boxes: Sequence[TextBox]) -> float:
    return float(np.prod([char.score for box in boxes for char in box.chars]))


def _quantity(text: str, raw: str, boxes: tuple[TextBox, ...], sure: float) -> dict[str, Candidate]:
    """A cell with number and unit (``2/盒``)."""
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
