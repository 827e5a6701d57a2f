"""Where a known value stands on a page, and which printed words stand behind, above and near it: what a layout can be learnt from."""

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from itertools import pairwise

from anpei.reading import _values as values
from anpei.reading._sense.lines import GAP, Line, plain
from anpei.reading._sense.paragraphs import Piece
from anpei.reading._sense.schema import FieldSpec, Knowledge
from anpei.reading._sight.boxes import TextBox
from anpei.reading._values import Wanted

PARAGRAPHS = frozenset({"paragraph", "diagnosis"})
_AS_PRINTED = frozenset({"text", "item", "name", "place", "unit", "gender", "code", "digits", "choice"})
_BEFORE = re.compile(r"(?:\([^()]{1,6}\))?[:;.=\s]*$")
_BREAKS = ":;,.|])"
_CAPITALS = re.compile(r"[零壹贰叁肆伍陆柒捌玖拾佰仟万亿元圆角分整正]+")
_HAN = re.compile(r"[\u4e00-\u9fff]")
LABEL = 16
"""A printed label has at most this many characters."""
ABOVE = 3.0
"""How many text heights above a value its label may stand."""


@dataclass(frozen=True, slots=True)
class Words:
    """A printed word: its line and characters."""

    line: Line
    start: int
    end: int

    @property
    def text(self) -> str:
        return self.line.text[self.start : self.end]

    @property
    def boxes(self) -> tuple[TextBox, ...]:
        return self.line.cut(self.start, self.end)


def find_value(lines: Sequence[Line], spec: FieldSpec, value: str) -> list[Piece]:
    """All places where a value of a field stands, from the top; of a paragraph the first line's part."""
    return [(line, start, end) for line in lines for start, end in sorted(_in_line(line, spec, plain(value)))]


def _in_line(line: Line, spec: FieldSpec, value: str) -> Iterator[tuple[int, int]]:
    text = line.text
    if spec.type in PARAGRAPHS:
        yield from _beginning(text, value)
        return
    found: set[tuple[int, int]] = set()
    if spec.type in _AS_PRINTED and value:
        found = {(match.start(), match.end()) for match in re.finditer(re.escape(value), text)}
    if not found and spec.type not in ("text", "item"):
        found = {span for start in _starts(line) for span in _typed(line, spec, start, value)}
    if not found and value and not value.isascii():
        found = {(match.start(), match.end()) for match in re.finditer(re.escape(value), text)}
    yield from found


def _typed(line: Line, spec: FieldSpec, start: int, value: str) -> Iterator[tuple[int, int]]:
    """The value of a type that begins at a place, in its cell or over the cells behind it."""
    text, boxes = line.text, {at for at, _ in line.starts}
    cell = next((i for i in range(start + 1, len(text)) if line.gaps[i] > GAP or i in boxes), len(text))
    for limit in dict.fromkeys((cell, len(text))):
        breaks = frozenset(i - start for i in range(start + 1, limit) if line.gaps[i] > GAP)
        read = values.find(Wanted(spec.type, spec.length, spec.choices, 1, breaks), text[start:limit])
        if read is not None and plain(read.value) == value and not any(char.isalnum() for char in text[start : start + read.start]):
            yield start + read.start, start + read.end
            return


def _beginning(text: str, value: str) -> Iterator[tuple[int, int]]:
    """Where the beginning of a longer text stands, up to the end of the line or of the text."""
    least = min(len(value), 4)
    at = text.find(value[:least]) if least else -1
    if at >= 0:
        same = next((i for i, (a, b) in enumerate(zip(text[at:], value, strict=False)) if a != b), min(len(value), len(text) - at))
        yield at, at + same


def _starts(line: Line) -> list[int]:
    """Where in a line a value may begin."""
    text = line.text
    return [i for i, char in enumerate(text) if char.isalnum() and (i == 0 or line.gaps[i] > 0.2 or _turns(text[i - 1], char))]


def _turns(before: str, char: str) -> bool:
    if char.isdigit() and before in ".,":
        return False
    return not before.isalnum() or before.isascii() != char.isascii()


def label_behind(piece: Piece) -> Words | None:
    """The printed word right before a value on its line."""
    line, start, _ = piece
    text = line.text
    end = start - len((_BEFORE.search(text[:start]) or re.match("", "")).group(0))  # type: ignore[union-attr]
    begin = end
    while begin > 0 and (begin == end or line.gaps[begin] <= GAP or end - begin < 2) and text[begin - 1] not in _BREAKS:
        begin -= 1
    word = Words(line, begin, end)
    return word if is_printed(word.text) else None


def labels_above(lines: Sequence[Line], piece: Piece) -> list[Words]:
    """The cells that stand over a value, the nearest first."""
    line, start, end = piece
    boxes = line.cut(start, end)
    x0, x1, y, height = boxes[0].x0, boxes[-1].x1, boxes[0].centre[1], boxes[0].height
    found: list[tuple[float, Words]] = []
    for words in cells(lines):
        there = words.boxes
        up = (y - there[0].centre[1]) / height
        over = min(there[-1].x1, x1) - max(there[0].x0, x0)
        if 0.5 < up < ABOVE and over > 0 and is_printed(words.text):
            found.append((up, words))
    return [words for _, words in sorted(found, key=lambda each: each[0])]


def cells(lines: Sequence[Line]) -> Iterator[Words]:
    """What stands alone on the page: pieces of lines between gaps, boxes and colons, without the colons."""
    for line in lines:
        edges = {0, len(line.text), *(at for at, _ in line.starts), *(i for i in range(1, len(line.text)) if line.gaps[i] > GAP)}
        edges |= {match.end() for match in re.finditer(r"[:;]", line.text)}
        ordered = sorted(edges)
        for a, b in pairwise(ordered):
            end = a + len(line.text[a:b].rstrip(":;. "))
            if end > a:
                yield Words(line, a, end)


def is_printed(text: str) -> bool:
    """Whether it can be a word of the form: two to sixteen characters, at least two of them Chinese or all of them letters, no figures."""
    if not 2 <= len(text) <= LABEL or any(char.isdigit() for char in text) or _CAPITALS.fullmatch(text):
        return False
    return len(_HAN.findall(text)) >= 2 or text.isalpha()


def printed_words(knowledge: Knowledge, kind: str) -> frozenset[str]:
    """The words that forms of a kind are known to print: labels, names of fields, words that end values, the kind's own words."""
    specs, own = knowledge.specs[kind].values(), knowledge.kinds[kind]
    labels = [word for spec in specs for word in (spec.title.zh, *(label.text for label in spec.all_labels))]
    return frozenset(map(plain, [*labels, *knowledge.stops, *own.stops, *(keyword.text for keyword in own.keywords)]))
