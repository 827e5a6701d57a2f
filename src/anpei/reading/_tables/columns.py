"""Columns: each box of a line goes to a column by where it stands and by what it is.

The columns' places are learnt from a first pass, so that left, middle and right aligned cells, slopes and perspective need no
setting. Neighbouring cells that were read as one box are cut where the kinds of their columns meet.
"""

import re
from collections.abc import Mapping, Sequence

import numpy as np
import numpy.typing as npt

from anpei.reading import _values as values
from anpei.reading._sense.lines import plain
from anpei.reading._sense.schema import ColumnSpec
from anpei.reading._sight.boxes import Corners, TextBox
from anpei.reading._tables.heads import IGNORED, Column
from anpei.reading._values import Wanted

_NUMERIC = frozenset({"money", "price", "number"})
_SEVERAL = frozenset({"text", "item", "quantity", "unit", "date"})
_NUMBER = re.compile(r"^-?¥?[\d,.OoIl]+%?$")
_COUNTED = re.compile(r"^(\d+(?:\.\d+)?)[/]?([\u4e00-\u9fff]{1,2})$")
_PRICED = re.compile(r"^(\d[\d,]*\.\d{1,4})[x*/](\d+(?:\.\d+)?)$")
_PRICED_AFTER = re.compile(r"^(\d+(?:\.\d+)?)[x*/](\d[\d,]*\.\d{1,4})$")
_COUNTED_AFTER = re.compile(r"^([\u4e00-\u9fff]{1,2})(\d+(?:\.\d+)?)$")
_DATED = re.compile(r"^(\d{4}[-/.年]\d{1,2}[-/.月]\d{2}日?)([^\s:].{1,})$")
_NUMBERED_DAY = re.compile(r"^(\d{1,3})((?:19|20)\d{2}[-/.年].+)$")
_NUMBERED = re.compile(r"^(\d{1,3})([\u4e00-\u9fff].{2,})$")
_CLASSED = re.compile(r"^([甲乙丙])类?([\u4e00-\u9fff]{1,2})$")
_CODED = re.compile(
    r"^(\d{15}|C\d{19}|[XTZ][A-Z0-9]{22}|[A-Z]{0,3}[0-9A-Z]{9,27}?)((?<=[0-9A-Z]{15})[A-Z]{2,3}[^0-9A-Za-z].*|[^0-9A-Za-z.%].*|\d{1,2}(?:\.\d)?%.*)$"
)


def split_cells(boxes: Sequence[TextBox], columns: Sequence[Column]) -> list[TextBox]:
    """Neighbouring cells read as one box, cut where the kinds of their columns meet: day and code, number and unit, price and number."""
    names = [column.name for column in columns]
    cuts = [_DATED, _NUMBERED_DAY] if "charged_on" in names else []
    cuts += [_NUMBERED] if names[:1] == [IGNORED] else []
    cuts += [_CODED] if "item_code" in names else []
    cuts += [_COUNTED, _COUNTED_AFTER] if "unit" in names and "quantity" in names else []
    cuts += [_PRICED, _PRICED_AFTER] if "unit_price" in names and "quantity" in names else []
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


def assign(body: Mapping[int, Sequence[TextBox]], columns: Sequence[Column]) -> "tuple[list[Place], dict[int, list[tuple[int, TextBox]]]]":
    """The columns' places as learnt, and for each line its boxes, each with the number of its column (or -1)."""
    middles = [(column.x0 + column.x1) / 2 for column in columns]
    places = [Place(column, *_zone(columns, number), _spacing(middles, number)) for number, column in enumerate(columns)]
    assigned: dict[int, list[tuple[int, TextBox]]] = {}
    for _ in range(2):
        assigned = {index: _align(boxes, places) for index, boxes in body.items()}
        for number, place in enumerate(places):
            place.learn([box for row in assigned.values() for at, box in row if at == number])
    for number, place in enumerate(places):
        cells = ([box for at, box in row if at == number] for row in assigned.values())
        place.measure([cell for cell in cells if cell])
    return places, assigned


def _spacing(middles: Sequence[float], number: int) -> float:
    """How far a column is from its neighbours."""
    steps = [abs(middles[number] - middles[other]) for other in (number - 1, number + 1) if 0 <= other < len(middles)]
    return sum(steps) / len(steps) if steps else 200.0


def _zone(columns: Sequence[Column], number: int) -> tuple[float, float]:
    """From the head before to the head after a column: its cells stand somewhere between."""
    left = columns[number - 1].x1 if number else float("-inf")
    right = columns[number + 1].x0 if number + 1 < len(columns) else float("inf")
    return left, right


class Place:
    """Where a column stands: between its neighbours' heads at first, then by x = a + b*y of its cells' left edges, middles or
    right edges, whichever varies least.
    """

    def __init__(self, column: Column, left: float, right: float, spacing: float) -> None:
        self.column = column
        self._zone = (left, right)
        self._scale = max(20.0, 0.5 * spacing)
        self._middle = (column.x0 + column.x1) / 2
        self._learnt: tuple[int, float, float] | None = None
        self._sides: tuple[tuple[float, float], tuple[float, float]] | None = None

    def learn(self, boxes: Sequence[TextBox]) -> None:
        if len(boxes) < 2:
            return
        ys = np.array([box.centre[1] for box in boxes])
        found = [(*_track(ys, np.array([_edges(box)[edge] for box in boxes])), edge) for edge in range(3)]
        _, slope, base, edge = min(found)
        self._learnt = (edge, slope, base)

    def measure(self, cells: Sequence[Sequence[TextBox]]) -> None:
        """Learn how far the column's cells reach (a cell may have several boxes)."""
        if len(cells) < 3:
            return
        ys = np.array([cell[0].centre[1] for cell in cells])
        lefts = np.array([min(box.x0 for box in cell) for cell in cells])
        rights = np.array([max(box.x1 for box in cell) for cell in cells])
        self._sides = (_side(ys, lefts, 20), _side(ys, rights, 80))

    def cell(self, row: Sequence[TextBox]) -> Corners | None:
        """Where this column's cell of a row ought to stand, between its neighbours in the row; None when there is no room."""
        if not row:
            return None
        height = float(np.median([box.height for box in row]))
        x0, x1 = self.column.x0 - height, self.column.x1 + height
        if self._sides is not None:
            x0, x1 = (slope * row[0].centre[1] + base for slope, base in self._sides)
        before = max((box for box in row if box.centre[0] < (x0 + x1) / 2), key=lambda box: box.x1, default=None)
        after = min((box for box in row if box.centre[0] > (x0 + x1) / 2), key=lambda box: box.x0, default=None)
        x0 = max(x0 - 0.25 * height, before.x1 if before else 0.0)
        x1 = min(x1 + 0.25 * height, after.x0 if after else float("inf"))
        if x1 - x0 < 0.5 * height:
            return None
        y0, y1 = _level(before, after, x0), _level(before, after, x1)
        half = 0.5 * height
        return (x0, y0 - half), (x1, y1 - half), (x1, y1 + half), (x0, y0 + half)

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


def _track(ys: npt.NDArray[np.float64], xs: npt.NDArray[np.float64]) -> tuple[float, float, float]:
    """The line x = slope*y + base through most of some points: the usual distance from it, slope, base."""
    slope, base = 0.0, float(np.median(xs))
    away = np.abs(xs - base)
    if len(xs) >= 6 and np.ptp(ys) > 200:
        for _ in range(3):
            near = away <= max(4.0, 2.5 * float(np.median(away)))
            if near.sum() < 4 or np.ptp(ys[near]) < 100:
                break
            slope, base = (float(value) for value in np.polyfit(ys[near], xs[near], 1))
            away = np.abs(xs - slope * ys - base)
    return float(np.median(away)), slope, base


def _side(ys: npt.NDArray[np.float64], xs: npt.NDArray[np.float64], percent: float) -> tuple[float, float]:
    """A line (slope, base) that has ``percent`` of the points on its left."""
    _, slope, base = _track(ys, xs)
    return slope, base + float(np.percentile(xs - slope * ys - base, percent))


def _level(before: TextBox | None, after: TextBox | None, x: float) -> float:
    """The height of a row's middle line at ``x``, from the boxes beside it."""
    if before is None or after is None:
        only = before or after
        return only.centre[1] if only else 0.0
    (ax, ay), (bx, by) = before.right, after.left
    return ay + (by - ay) * (x - ax) / (bx - ax) if bx > ax else (ay + by) / 2


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


def _align(boxes: Sequence[TextBox], places: Sequence[Place]) -> list[tuple[int, TextBox]]:
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
            again = many if places[j - 1].column.spec.type in _SEVERAL else 3.0
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
