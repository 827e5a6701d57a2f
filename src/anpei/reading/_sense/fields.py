"""Fields: every label's right and lower neighbourhood gives candidates; the best typed candidate of each field is taken."""

import math
import re
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from itertools import pairwise

from anpei.reading import _values as values
from anpei.reading._sense.labels import SURE, Hit, Sheet, Target, value_start
from anpei.reading._sense.lines import GAP, Line
from anpei.reading._sense.owners import belongs
from anpei.reading._sense.paragraphs import Piece, paragraph
from anpei.reading._sense.schema import FieldSpec
from anpei.reading._sight.boxes import Corners, TextBox
from anpei.reading._values import Wanted

CERTAIN = 0.9
"""From here on a label is sure enough to look behind it again."""

SECOND_LOOK = 0.9
RIGHT, BARE, BELOW, PATTERN = 1.0, 0.92, 0.8, 0.75
"""What a candidate is worth: behind a label with a colon, behind one without, under one, found by its own shape."""

_PARAGRAPHS = frozenset({"paragraph", "diagnosis"})
_ONE_CELL = frozenset({"money", "price", "number", "digits", "code"})
_ANYWHERE = frozenset({"place", "icd"})
_NUMERIC = frozenset({"money", "price", "number", "age", "digits", "code", "date", "month", "id_number", "card_number", "icd"})
Look = Callable[[Sequence[Corners]], Sequence[TextBox | None]]
"""Read again at given places of the flat page."""


@dataclass(frozen=True, slots=True)
class Candidate:
    """A possible value of a field: where it stands, how well it fits (0..1), and how sure its characters are (0..1)."""

    value: str
    text: str
    boxes: tuple[TextBox, ...]
    fit: float
    sure: float

    @property
    def score(self) -> float:
        return self.fit * (0.5 + 0.5 * self.sure)

    def weighed(self, factor: float) -> "Candidate":
        """The same, fitting less well."""
        return Candidate(self.value, self.text, self.boxes, self.fit * factor, self.sure)


def read_fields(sheet: Sheet, specs: Mapping[str, FieldSpec], look: Look | None = None) -> dict[str, list[Candidate]]:
    """All candidates of each field, best first; ``look`` reads again behind labels whose value was overlooked."""
    found: dict[str, list[Candidate]] = {}
    for hit in sheet.hits:
        for target in (each for each in hit.targets if belongs(sheet, hit, each)):
            for candidate in _of_label(sheet, hit, specs[target.field], target.part):
                found.setdefault(target.field, []).append(candidate.weighed(target.weight * hit.sure * _weight(hit.label)))
    claimed = {name: max(each, key=lambda c: c.score).boxes for name, each in found.items()}
    for name, spec in specs.items():
        taken = [box for other, boxes in claimed.items() if other != name for box in boxes] if spec.type not in _ANYWHERE else []
        for candidate in _by_pattern(sheet, name, spec):
            if not any(_within(box, other) for box in candidate.boxes for other in taken):
                found.setdefault(name, []).append(candidate)
    if look is not None:
        for name, candidate in (*_overlooked(sheet, specs, found, look), *_spaced(specs, found, look)):
            found.setdefault(name, []).append(candidate)
    return {name: sorted(each, key=lambda c: -c.score) for name, each in found.items() if each}


def _weight(label: str) -> float:
    """Longer labels say more."""
    return min(1.0, 0.91 + 0.03 * len(label))


def _within(box: TextBox, other: TextBox) -> bool:
    """Whether the middle of a box lies in another one."""
    (x, y), (_, level) = box.centre, other.centre
    return other.x0 <= x <= other.x1 and abs(y - level) < 0.5 * other.height


def _overlooked(
    sheet: Sheet, specs: Mapping[str, FieldSpec], found: Mapping[str, Sequence[Candidate]], look: Look
) -> Iterator[tuple[str, Candidate]]:
    """Values behind sure labels that have none, where detection saw no text."""
    missing: list[tuple[Hit, Target, Corners]] = []
    for hit in sheet.hits:
        wanted = [each for each in hit.targets if each.field not in found and each.part == 1 and belongs(sheet, hit, each)]
        corners = _behind(sheet, hit) if wanted and hit.sure >= CERTAIN else None
        if corners is not None:
            missing += [(hit, target, corners) for target in wanted]
    read = look([corners for _, _, corners in missing]) if missing else []
    for (hit, target, _), box in zip(missing, read, strict=True):
        spec = specs[target.field]
        if box is None or box.score < 0.8 or spec.type in _PARAGRAPHS:
            continue
        candidate = _parse((Line((box,)), 0, len(box.chars)), spec)
        if candidate is not None and (spec.type != "text" or len(candidate.value) > 1):
            yield target.field, candidate.weighed(SECOND_LOOK * target.weight * hit.sure)


def _spaced(specs: Mapping[str, FieldSpec], found: Mapping[str, Sequence[Candidate]], look: Look) -> Iterator[tuple[str, Candidate]]:
    """Numbers in spaced groups whose check digit is wrong, read again group by group."""
    for name, spec in specs.items():
        best = max(found.get(name, ()), key=lambda c: c.score, default=None)
        if spec.type != "card_number" or best is None or best.fit >= CERTAIN * PATTERN:
            continue
        places = sorted(_line_of(best.boxes), key=lambda corners: corners[0][0])
        read = [box for box in look(places) if box is not None]
        if read:
            line = Line(tuple(read))
            again = _parse((line, 0, len(line.text)), spec)
            if again is not None and again.fit > best.fit:
                yield name, again.weighed(SECOND_LOOK)


def _line_of(boxes: Sequence[TextBox]) -> list[Corners]:
    """One place over boxes of a line, from the leftmost to the rightmost."""
    ordered = sorted(boxes, key=lambda box: box.x0)
    first, last = ordered[0], ordered[-1]
    return [(first.corners[0], last.corners[1], last.corners[2], first.corners[3])]


def _behind(sheet: Sheet, hit: Hit) -> Corners | None:
    """The empty place behind a label; None when something stands right there."""
    line = sheet.lines[hit.line]
    start = value_start(line, hit.end, len(line.text))
    label = line.cut(hit.start, start)
    last, height = label[-1], label[-1].height
    right = last.x1 + 7 * height
    if start < len(line.text):
        right = min(right, line.cut(start, start + 1)[0].x0 - 0.3 * height)
    if right - last.x1 < 0.8 * height:
        return None
    (ax, ay), (bx, by) = label[0].left, last.right
    slope = (by - ay) / (bx - ax) if bx - ax > 2 * height else 0.0
    left, half = bx + 0.05 * height, 0.55 * height
    y0, y1 = by, by + slope * (right - bx)
    return (left, y0 - half), (right, y1 - half), (right, y1 + half), (left, y0 + half)


def _of_label(sheet: Sheet, hit: Hit, spec: FieldSpec, part: int) -> Iterator[Candidate]:
    line = sheet.lines[hit.line]
    limit = next((h.start for h in sheet.hits_of(hit.line) if h.start >= hit.end and h.is_border), len(line.text))
    start = value_start(line, hit.end, limit)
    beside = RIGHT if hit.colon else BARE
    if spec.type in _PARAGRAPHS:
        whole = _of_pieces(paragraph(sheet, hit, (line, start, limit), spec.lines), spec)
        if whole is not None:
            yield whole.weighed(beside)
        return
    right = _parse((line, start, limit), spec, part)
    if right is not None:
        yield right.weighed(beside)
    occupied = hit.colon and limit > start + 1 and spec.type not in _NUMERIC
    if spec.below and (right is None or right.fit < 0.6) and not occupied:
        yield from _below(sheet, hit, spec, part)


def _parse(piece: Piece, spec: FieldSpec, part: int = 1) -> Candidate | None:
    """The typed value in a piece of a line."""
    line, start, limit = piece
    if start >= limit:
        return None
    if spec.type in ("text", "unit"):
        limit = next((i for i in range(start + 1, limit) if line.gaps[i] > 2 * GAP), limit)
    breaks = frozenset(i - start for i in range(start + 1, limit) if line.gaps[i] > GAP)
    wanted = Wanted(spec.type, spec.length, spec.choices, part, breaks)
    found = _in_cells(wanted, line.text[start:limit]) if spec.type in _ONE_CELL else values.find(wanted, line.text[start:limit])
    if found is None:
        return None
    a, b = start + found.start, start + found.end
    skipped = 0 if spec.type in _ANYWHERE else sum(1 for char in line.text[start:a] if char.isalnum())
    return Candidate(found.value, line.raw(a, b), line.cut(a, b), found.fit * 0.97**skipped, _sure((line, a, b)))


def _in_cells(wanted: Wanted, text: str) -> values.Found | None:
    """A value that does not go over a gap: the first in a cell; only where no cell has one, in the whole."""
    edges = [0, *sorted(wanted.breaks), len(text)]
    part = wanted.part
    for left, right in pairwise(edges):
        found = values.find(replace(wanted, part=1), text[left:right])
        part -= found is not None
        if found is not None and part == 0:
            return replace(found, start=found.start + left, end=found.end + left)
    return values.find(wanted, text)


def _sure(piece: Piece) -> float:
    """The probability that all characters are right: the product of the recogniser's own."""
    line, start, end = piece
    return math.prod(char.score for char in line.chars[start:end] if char.text.isalnum() or char.text in ".,-")


def _below(sheet: Sheet, hit: Hit, spec: FieldSpec, part: int) -> Iterator[Candidate]:
    """A value in the cell under the label, best where an edge or its middle stands under the label's."""
    label = sheet.lines[hit.line].cut(hit.start, hit.end)
    x0, x1 = min(box.x0 for box in label), max(box.x1 for box in label)
    y, height = label[0].centre[1], max(box.height for box in label)
    reach = 0.5 * (x1 - x0)
    for index, line in enumerate(sheet.lines):
        if index == hit.line:
            continue
        for start, box in line.starts:
            down = (box.centre[1] - y) / height
            if not 0.5 < down < 3.0 or box.x0 > x1 + reach or box.x1 < x0 - reach:
                continue
            end = start + len(box.chars)
            labelled = any(h.start < end and h.end > start and h.sure >= SURE for h in sheet.hits_of(index))
            if labelled and line.text[start:end] not in spec.choices:
                continue
            found = _parse((line, start, end), spec, part)
            if found is not None:
                aside = min(abs(box.x0 - x0), abs(box.x1 - x1), abs(box.x0 + box.x1 - x0 - x1) / 2) / (x1 - x0)
                yield found.weighed(BELOW * (1 - 0.1 * down - 0.1 * min(aside, 1.0)))


def _of_pieces(pieces: Sequence[Piece], spec: FieldSpec) -> Candidate | None:
    """A value that goes over several pieces."""
    text = "".join(line.text[a:b] for line, a, b in pieces)
    found = values.find(Wanted(spec.type), text) if text else None
    if found is None:
        return None
    boxes = tuple(box for line, a, b in pieces for box in line.cut(a, b))
    raw = "".join(line.raw(a, b) for line, a, b in pieces).lstrip("：:.。 ")
    return Candidate(found.value, raw, boxes, found.fit, math.prod(_sure(piece) for piece in pieces))


def _by_pattern(sheet: Sheet, name: str, spec: FieldSpec) -> Iterator[Candidate]:
    """Values that a pattern finds without a label; earlier patterns and higher lines count more."""
    for rank, pattern in enumerate(spec.patterns):
        for index, line in enumerate(sheet.lines):
            for start, b in _matches(pattern, line, cells=spec.cells):
                a = _behind_label(sheet, index, start, b, name)
                found = None if _belongs_to_another(sheet, index, a, name) else _parse((line, a, b), spec)
                if found is not None:
                    yield found.weighed(PATTERN * 0.97**rank * (1 - 0.05 * index / max(1, len(sheet.lines))))


def _behind_label(sheet: Sheet, index: int, start: int, end: int, name: str) -> int:
    """Where a value begins that was found together with its own label before it (``收款单位`` and the hospital, without a colon)."""
    own = (hit for hit in sheet.hits_of(index) if hit.start == start and hit.end < end and hit.sure >= SURE)
    ends = [hit.end for hit in own if len(hit.label) >= 3 and any(target.field == name for target in hit.targets)]
    return value_start(sheet.lines[index], max(ends), end) if ends else start


def _belongs_to_another(sheet: Sheet, index: int, start: int, name: str) -> bool:
    """Whether a value stands right behind the label of something else."""
    before = [hit for hit in sheet.hits_of(index) if hit.end <= start and hit.sure >= CERTAIN]
    if not before or any(target.field == name for target in before[-1].targets):
        return False
    return value_start(sheet.lines[index], before[-1].end, start + 1) >= start


def _matches(pattern: str, line: Line, *, cells: bool) -> set[tuple[int, int]]:
    """Where a pattern's group stands, in the whole line and (for ``cells``) in each of its boxes alone."""
    found = {match.span(1) for match in re.finditer(pattern, line.text)}
    for start, box in line.starts if cells and len(line.boxes) > 1 else ():
        for match in re.finditer(pattern, line.text[start : start + len(box.chars)]):
            found.add((match.start(1) + start, match.end(1) + start))
    return found
