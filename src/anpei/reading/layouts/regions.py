"""Values at a fixed place from a printed word: the frame that the word gives, and what is read inside a region of it."""

import math
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass

from rapidfuzz import fuzz

from anpei.reading import _values as values
from anpei.reading._sense.fields import Candidate
from anpei.reading._sense.lines import GAP, Line, plain
from anpei.reading._sense.schema import FieldSpec
from anpei.reading._sight.boxes import Point
from anpei.reading._values import Wanted
from anpei.reading.layouts.forms import Region

WORTH = 0.95
"""What a value in a region is worth, beside 1 for one behind its label and a colon."""

_LONG = 6
"""A line of this many text heights tells the slope around an anchor."""


@dataclass(frozen=True, slots=True)
class Frame:
    """The place of a printed word: the middle of its left edge, its text height in pixels, and the slope of its line."""

    origin: Point
    unit: float
    slope: float
    sure: float = 1.0

    def seen(self, point: Point) -> Point:
        """A page point as x and y in text heights from here."""
        along = point[0] - self.origin[0]
        return along / self.unit, (point[1] - self.origin[1] - self.slope * along) / self.unit


def frame_of(line: Line, start: int, end: int, sure: float = 1.0) -> Frame:
    """The frame that the characters ``start`` to ``end`` of a line give."""
    boxes = line.cut(start, end)
    first, last = boxes[0], boxes[-1]
    wide = sum(0.5 if char.text.isascii() else 1.0 for box in boxes for char in box.chars)
    unit = max(1.0, (last.right[0] - first.left[0]) / max(1.0, wide))
    (ax, ay), (bx, by) = line.boxes[0].left, line.boxes[-1].right
    slope = (by - ay) / (bx - ax) if bx - ax > _LONG * unit else 0.0
    return Frame(first.left, unit, slope, sure)


def frames(lines: Sequence[Line], anchor: str) -> list[Frame]:
    """The frames of a printed word wherever it stands; where it does not, of the words that differ in one character."""
    word = plain(anchor).replace(" ", "")
    found = [frame_of(line, at, at + len(word)) for line in lines for at in _all(line.text, word)]
    if found or len(word) < 4:
        return found
    near = []
    for line in lines:
        place = fuzz.partial_ratio_alignment(word, line.text, score_cutoff=(1 - 1 / len(word)) * 100 - 0.01)
        if place is not None and place.dest_end > place.dest_start and len(line.text) >= len(word):
            near.append(frame_of(line, place.dest_start, place.dest_end, 0.9))
    return near


def _all(text: str, word: str) -> Iterator[int]:
    at = text.find(word)
    while at >= 0:
        yield at
        at = text.find(word, at + 1)


def add_regions(candidates: dict[str, list[Candidate]], lines: Sequence[Line], specs: Mapping[str, FieldSpec]) -> None:
    """Put what stands in the regions of the fields among their candidates, best first."""
    for name, spec in specs.items():
        found = [candidate for region in spec.regions for candidate in read_region(lines, region, spec)]
        if found:
            candidates[name] = sorted([*candidates.get(name, ()), *found], key=lambda candidate: -candidate.score)


def read_region(lines: Sequence[Line], region: Region, spec: FieldSpec) -> Iterator[Candidate]:
    """The typed value inside a region, for each place of its anchor."""
    for frame in frames(lines, region.anchor):
        for line, start, end in _inside(lines, frame, region):
            breaks = frozenset(i - start for i in range(start + 1, end) if line.gaps[i] > GAP)
            found = values.find(Wanted(spec.type, spec.length, spec.choices, 1, breaks), line.text[start:end])
            if found is None:
                continue
            a, b = start + found.start, start + found.end
            sure = math.prod(char.score for char in line.chars[a:b] if char.text.isalnum() or char.text in ".,-")
            yield Candidate(found.value, line.raw(a, b), line.cut(a, b), found.fit * WORTH * frame.sure, sure)


def _inside(lines: Sequence[Line], frame: Frame, region: Region) -> Iterator[tuple[Line, int, int]]:
    """The characters of each line whose middles lie in the region."""
    x0, y0, x1, y1 = region.box
    for line in lines:
        taken: list[int] = []
        at = 0
        for box in line.boxes:
            for index, char in enumerate(box.chars):
                x, y = frame.seen(box.at((char.start + char.end) / 2))
                if x0 <= x <= x1 and y0 <= y <= y1:
                    taken.append(at + index)
            at += len(box.chars)
        if taken:
            yield line, taken[0], taken[-1] + 1
