"""Fields: every label's right and lower neighbourhood gives candidates; the best typed candidate of each field is taken."""

import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass

from anpei.reading._sense import values
from anpei.reading._sense.anchors import Hit, is_border, value_start
from anpei.reading._sense.lines import GAP, Line
from anpei.reading._sense.schema import FieldSpec
from anpei.reading._sense.values import Wanted
from anpei.reading._sight.boxes import TextBox

RIGHT, BARE, BELOW, PATTERN = 1.0, 0.92, 0.8, 0.75
_PARAGRAPHS = frozenset({"paragraph", "diagnosis"})
_NUMERIC = frozenset({"money", "price", "number", "age", "digits", "code", "date", "month", "id_number", "card_number", "icd"})


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


def read_fields(lines: Sequence[Line], specs: Mapping[str, FieldSpec], hits: Sequence[Hit]) -> dict[str, list[Candidate]]:
    """All candidates of each field, best first; ``hits`` are the labels found outside of the table."""
    by_line: dict[int, list[Hit]] = {}
    for hit in hits:
        by_line.setdefault(hit.line, []).append(hit)
    found: dict[str, list[Candidate]] = {}
    for hit in hits:
        for target in hit.targets:
            spec = specs[target.field]
            for candidate in _behind(hit, spec, target.part, lines, by_line):
                weighed = Candidate(candidate.value, candidate.text, candidate.boxes, candidate.fit * target.weight * hit.sure, candidate.sure)
                found.setdefault(target.field, []).append(weighed)
    for name, spec in specs.items():
        found.setdefault(name, []).extend(_by_pattern(lines, spec))
    return {name: sorted(each, key=lambda c: -c.score) for name, each in found.items() if each}


def _behind(hit: Hit, spec: FieldSpec, part: int, lines: Sequence[Line], by_line: Mapping[int, Sequence[Hit]]) -> Iterator[Candidate]:
    line = lines[hit.line]
    limit = next((h.start for h in by_line[hit.line] if h.start >= hit.end and is_border(h)), len(line.text))
    start = value_start(line, hit.end, limit)
    if spec.type in _PARAGRAPHS:
        paragraph = _paragraph(hit, start, limit, spec, lines, by_line)
        if paragraph is not None:
            yield paragraph
        return
    right = _parse(line, start, limit, spec, part)
    if right is not None:
        yield _placed(right, RIGHT if hit.colon else BARE)
    if spec.below and (right is None or right.fit < 0.6) and not (hit.colon and limit > start + 1 and spec.type not in _NUMERIC):
        yield from _below(hit, spec, part, lines, by_line)


def _placed(candidate: Candidate, factor: float) -> Candidate:
    return Candidate(candidate.value, candidate.text, candidate.boxes, candidate.fit * factor, candidate.sure)


def _parse(line: Line, start: int, limit: int, spec: FieldSpec, part: int = 1) -> Candidate | None:
    """The typed value in the characters ``start`` to ``limit`` of a line."""
    if start >= limit:
        return None
    if spec.type in ("text", "unit"):
        limit = next((i for i in range(start + 1, limit) if line.gaps[i] > 2 * GAP), limit)
    segment = line.text[start:limit]
    breaks = frozenset(i - start for i in range(start + 1, limit) if line.gaps[i] > GAP)
    found = values.find(Wanted(spec.type, spec.length, spec.choices, part, breaks), segment)
    if found is None:
        return None
    a, b = start + found.start, start + found.end
    lead = found.start - sum(1 for char in segment[: found.start] if not char.isalnum())
    skipped = 0.97 ** max(0, lead) if spec.type not in ("place", "icd") else 1.0
    sure = _sure(line, a, b)
    return Candidate(found.value, line.raw(a, b), line.cut(a, b), found.fit * skipped, sure)


def _sure(line: Line, start: int, end: int) -> float:
    """The probability that all characters are right: the product of the recogniser's own."""
    sure = 1.0
    for char in line.chars[start:end]:
        if char.text.isalnum() or char.text in ".,-":
            sure *= char.score
    return sure


def _below(hit: Hit, spec: FieldSpec, part: int, lines: Sequence[Line], by_line: Mapping[int, Sequence[Hit]]) -> Iterator[Candidate]:
    """A value in the cell under the label."""
    label = lines[hit.line].cut(hit.start, hit.end)
    x0, x1 = min(box.x0 for box in label), max(box.x1 for box in label)
    y, height = label[0].centre[1], max(box.height for box in label)
    for index, line in enumerate(lines):
        if index == hit.line:
            continue
        offset = 0
        for box in line.boxes:
            size = len(box.chars)
            near = 0.5 * height < box.centre[1] - y < 3.0 * height
            beside = box.x0 < x1 + 0.5 * (x1 - x0) and box.x1 > x0 - 0.5 * (x1 - x0)
            labelled = any(h.start < offset + size and h.end > offset and h.sure >= 0.7 for h in by_line.get(index, ()))
            if near and beside and (not labelled or line.text[offset : offset + size] in spec.choices):
                found = _parse(line, offset, offset + size, spec, part)
                if found is not None:
                    distance = (box.centre[1] - y) / (3.0 * height)
                    yield _placed(found, BELOW * (1 - 0.3 * distance))
            offset += size


def _paragraph(
    hit: Hit, start: int, limit: int, spec: FieldSpec, lines: Sequence[Line], by_line: Mapping[int, Sequence[Hit]]
) -> Candidate | None:
    """Text that goes on over following lines until another label begins a line or the block ends."""
    first = lines[hit.line]
    label_left = first.cut(hit.start, hit.end)[0].x0
    pieces = [(first, start, limit)] if start < limit else []
    previous, height = first.y, first.height
    edge = max(line.boxes[-1].right[0] for line in lines)
    value_left = first.cut(start, start + 1)[0].x0 if start < limit else label_left
    last = first
    for index in range(hit.line + 1, min(len(lines), hit.line + 3 * spec.lines)):
        line = lines[index]
        if limit < len(first.text) or len(pieces) >= spec.lines or line.y - previous > 2.4 * height:
            break
        wrapped = last.boxes[-1].right[0] > 0.72 * edge or abs(line.boxes[0].x0 - value_left) < 1.5 * height
        if line.boxes[0].x0 < label_left - 2 * height or (pieces and not wrapped):
            break
        border = next((h for h in by_line.get(index, ()) if is_border(h) and h.sure >= 0.7), None)
        end = border.start if border is not None else len(line.text)
        if end > 0:
            pieces.append((line, 0, end))
        if border is not None:
            break
        previous, last = line.y, line
    if not pieces:
        return None
    text = "".join(line.text[a:b] for line, a, b in pieces)
    found = values.find(Wanted(spec.type), text)
    if found is None:
        return None
    boxes = tuple(box for line, a, b in pieces for box in line.cut(a, b))
    sure = 1.0
    for line, a, b in pieces:
        sure *= _sure(line, a, b)
    raw = "".join(line.raw(a, b) for line, a, b in pieces).lstrip("：:.。 ")
    return Candidate(found.value, raw, boxes, found.fit * (RIGHT if hit.colon else BARE), sure)


def _by_pattern(lines: Sequence[Line], spec: FieldSpec) -> Iterator[Candidate]:
    """Values that a pattern finds without a label; earlier patterns and higher lines count more."""
    for rank, pattern in enumerate(spec.patterns):
        for index, line in enumerate(lines):
            for a, b in _matches(pattern, line):
                found = _parse(line, a, b, spec)
                if found is not None:
                    yield _placed(found, PATTERN * 0.97**rank * (1 - 0.05 * index / max(1, len(lines))))


def _matches(pattern: str, line: Line) -> set[tuple[int, int]]:
    """Where a pattern's group stands, in the whole line and in each of its boxes alone."""
    found = {match.span(1) for match in re.finditer(pattern, line.text)}
    start = 0
    for box in line.boxes if len(line.boxes) > 1 else ():
        end = start + len(box.chars)
        for match in re.finditer(pattern, line.text[start:end]):
            found.add((match.start(1) + start, match.end(1) + start))
        start = end
    return found
