"""Labels: find printed labels on a page, exactly and then with a misread character, and say where one's value may begin."""

import re
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property
from itertools import pairwise

from rapidfuzz.distance import Levenshtein

from anpei.reading._sense.lines import GAP, Line, plain
from anpei.reading._sense.schema import FieldSpec
from anpei.reading._sight.boxes import TextBox

_AFTER = re.compile(
    r"^(?:[为系](?=:)|\([^()]{1,6}\)(?=:))?[:.\s\])]*(?:[(\[](?:元|小写|大写|¥|人民币|章|签章|盖章|公章|签字|签名|手印|RMB|单位:元)[)\]])?[:.\s=]*"
)
_CAPTION = re.compile(r"[A-Za-z][A-Za-z .,'()/&-]{2,40}[:.]?(?=[\u4e00-\u9fff]|\d{4}[-./年])")
"""The same label in English, before the value."""
_COLON = re.compile(r"(?:\([^()]{1,5}\))?[为系]?[:;]")
_BREAKS = ":;,.)]|"
SURE = 0.7
"""From here on a hit is taken for a label."""


@dataclass(frozen=True, slots=True)
class Target:
    """A field that a label stands for; ``part`` picks one of several values behind it, ``of`` and ``rivals`` name persons."""

    field: str
    weight: float
    part: int
    of: tuple[str, ...] = ()
    rivals: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Hit:
    """A label on the page: line and characters, the fields it may stand for, and how sure it is a label here (0..1).

    ``colon``: one stands behind it; ``begins``: it begins a line, a cell or an entry.
    """

    line: int
    start: int
    end: int
    label: str
    targets: tuple[Target, ...]
    sure: float
    colon: bool
    begins: bool

    @property
    def is_border(self) -> bool:
        """Whether it is sure enough to end the value before it."""
        return self.sure >= SURE or (self.sure >= 0.38 and len(self.label) >= 4)


@dataclass(frozen=True)
class Sheet:
    """The lines of a page with the labels on them."""

    lines: tuple[Line, ...]
    hits: tuple[Hit, ...]

    @cached_property
    def _by_line(self) -> dict[int, list[Hit]]:
        found: dict[int, list[Hit]] = {}
        for hit in self.hits:
            found.setdefault(hit.line, []).append(hit)
        return found

    @cached_property
    def right(self) -> float:
        """Where the page's text ends on the right."""
        return max((line.boxes[-1].right[0] for line in self.lines), default=0.0)

    def hits_of(self, line: int) -> Sequence[Hit]:
        """The labels of a line, from the left."""
        return self._by_line.get(line, ())

    def labelled(self, line: int, left: float, right: float) -> bool:
        """Whether a line holds labels and values between two x places: one label with a colon, or two that stand alone."""
        weight = 0
        for hit in self.hits_of(line):
            if hit.targets and hit.sure >= SURE and (hit.colon or len(hit.label) >= 3):
                x = self.lines[line].cut(hit.start, hit.end)[0].x0
                weight += (2 if hit.colon else 1) if left < x < right else 0
        return weight >= 2


class Labels:
    """All labels of a kind, ready to be searched for; labels without targets only end values."""

    def __init__(self, specs: Mapping[str, FieldSpec], stops: Iterable[str]) -> None:
        found: dict[str, list[Target]] = {}
        for name, spec in specs.items():
            for label in spec.all_labels:
                found.setdefault(plain(label.text).replace(" ", ""), []).append(
                    Target(name, label.weight, label.part, label.of, label.rivals)
                )
        for stop in stops:
            found.setdefault(plain(stop).replace(" ", ""), [])
        self._targets = {text: tuple(targets) for text, targets in found.items()}
        ordered = sorted(found, key=len, reverse=True)
        self._exact = re.compile("|".join(re.escape(text) for text in ordered))
        self._long: dict[int, list[str]] = {}
        for text in ordered:
            if len(text) >= 3:
                self._long.setdefault(len(text), []).append(text)

    def search(self, lines: Sequence[Line]) -> list[Hit]:
        """All labels of the page, in reading order."""
        hits: list[Hit] = []
        for index, line in enumerate(lines):
            exact = self._exactly(index, line)
            near = self._nearly(index, line, exact)
            covered = {i for hit in near for i in range(hit.start, hit.end)}
            own = [*(hit for hit in exact if covered.isdisjoint(range(hit.start, hit.end))), *near]
            own += self._spaced(index, line, {i for hit in own for i in range(hit.start, hit.end)})
            hits += _without_values(line, sorted(own, key=lambda hit: hit.start))
        return self._stacked(lines, hits)

    def _stacked(self, lines: Sequence[Line], hits: list[Hit]) -> list[Hit]:
        """Labels broken over two lines of their cell (``病理`` above ``诊断``), with the value beside the one or the other."""
        for above, (upper, lower) in enumerate(pairwise(lines)):
            first, second = upper.boxes[0], lower.boxes[0]
            label = plain(first.text + second.text)
            if min(len(upper.boxes), len(lower.boxes)) > 1 or label not in self._targets or not _is_below(first, second):
                continue
            told, bare = (above, above + 1) if len(upper.boxes) > 1 else (above + 1, above)
            parts = {above: (0, len(first.chars)), above + 1: (0, len(second.chars))}
            hits = [hit for hit in hits if hit.line not in parts or hit.start >= parts[hit.line][1]]
            hits.append(self._hit(told, lines[told], parts[told], label, 0.95))
            hits.append(Hit(bare, *parts[bare], label, (), 1.0, colon=False, begins=True))
        return sorted(hits, key=lambda hit: (hit.line, hit.start))

    def _nearly(self, index: int, line: Line, exact: Sequence[Hit]) -> list[Hit]:
        """Labels with a misread character, where a label may begin and none was found exactly; they go before shorter ones inside."""
        found: list[Hit] = []
        taken = {i for hit in exact if hit.begins for i in range(hit.start, hit.end)}
        for start in _beginnings(line):
            free = next((i for i in range(start, len(line.text)) if i in taken), len(line.text)) - start
            best = self._nearest(line.text, start, free)
            if best is not None:
                near, label = best
                end = start + len(label)
                if any(hit.start < end and hit.end > start and not _inside(hit, start, end) for hit in exact):
                    continue
                found.append(self._hit(index, line, (start, end), label, 0.6 + 0.35 * near))
                taken.update(range(start, end))
        return found

    def _exactly(self, index: int, line: Line) -> list[Hit]:
        """Labels that stand there to the letter; two in neighbouring cells that only together look like a third stay two."""
        found: list[Hit] = []
        for match in self._exact.finditer(line.text):
            start, end = match.span()
            cut = next((i for i in range(start + 1, end) if line.gaps[i] > GAP), None)
            parts = [(start, end)] if cut is None else [(start, cut), (cut, end)]
            if not all(line.text[a:b] in self._targets for a, b in parts):
                parts = [(start, end)]
            found += [self._hit(index, line, (a, b), line.text[a:b], 1.0) for a, b in parts]
        return found

    def _spaced(self, index: int, line: Line, taken: set[int]) -> list[Hit]:
        """Labels of two characters set wide apart (``姓  名``) between which dirt was read as a third; they fill a cell alone."""
        found: list[Hit] = []
        for start, box in line.starts:
            text = line.text[start : start + len(box.chars)]
            label = text[:1] + text[2:3]
            if len(text) == 3 and label in self._targets and box.width > 2.4 * len(text) * box.height / 2 and start not in taken:
                found.append(self._hit(index, line, (start, start + 3), label, 0.95))
        return found

    def _nearest(self, text: str, start: int, free: int) -> tuple[float, str] | None:
        """The label most like the text at ``start``, of at most ``free`` characters, and how near it is (0..1)."""
        best: tuple[float, str] | None = None
        for size, labels in self._long.items():
            piece = text[start : start + size]
            if size > free or (size == 3 and start + size < len(text) and not _COLON.match(text, start + size)):
                continue
            allowed = 1 if size < 8 else 2
            for label in labels:
                distance = Levenshtein.distance(piece, label, score_cutoff=allowed)
                if _digits(piece) != _digits(label):
                    continue
                if 0 < distance <= allowed and (best is None or 1 - distance / size > best[0]):
                    best = (1 - distance / size, label)
        return best

    def _hit(self, index: int, line: Line, span: tuple[int, int], label: str, near: float) -> Hit:
        start, end = span
        text, gaps = line.text, line.gaps
        colon = _COLON.match(text, end) is not None
        begins = start == 0 or gaps[start] > GAP or text[start - 1] in _BREAKS or any(start == at for at, _ in line.starts)
        ends = end >= len(text) or gaps[end] > GAP / 2 or text[end] in "([:" or text[end].isdigit()
        return Hit(index, start, end, label, self._targets[label], near * _PLACES[colon, begins, ends], colon, begins)


_PLACES = {
    (True, True, True): 1.0,
    (True, True, False): 1.0,
    (True, False, True): 0.95,
    (True, False, False): 0.95,
    (False, True, True): 0.9,
    (False, True, False): 0.75,
    (False, False, True): 0.4,
    (False, False, False): 0.3,
}
"""How sure a word is a label: a colon behind it; it begins a line or cell; it ends one."""


def _is_below(upper: TextBox, lower: TextBox) -> bool:
    """Whether one piece of text stands right under another, of the same size and about as far to the left."""
    height = max(upper.height, lower.height)
    return abs(upper.x0 - lower.x0) < 0.6 * height and 0.5 * height < lower.left[1] - upper.left[1] < 2.4 * height


def _digits(text: str) -> int:
    """How many figures stand in a text: a label has none to lose, and takes none of its value's."""
    return sum(char.isdigit() for char in text)


def _inside(hit: Hit, start: int, end: int) -> bool:
    """Whether a hit is a real part of a span, and does not begin a cell of its own."""
    return start <= hit.start and hit.end <= end and hit.end - hit.start < end - start


def _without_values(line: Line, hits: Sequence[Hit]) -> list[Hit]:
    """A label word right behind another label's colon, without a colon of its own, is that label's value."""
    kept: list[Hit] = []
    for hit in hits:
        before = kept[-1] if kept else None
        if before is not None and before.colon and not hit.colon and value_start(line, before.end, hit.start + 1) >= hit.start:
            continue
        kept.append(hit)
    return kept


def _beginnings(line: Line) -> list[int]:
    """Where in a line a label may begin."""
    text, gaps = line.text, line.gaps
    return [
        i
        for i in range(len(text))
        if i == 0 or gaps[i] > GAP / 2 or text[i - 1] in _BREAKS or (text[i - 1].isascii() and not text[i].isascii())
    ]


def value_start(line: Line, end: int, limit: int) -> int:
    """Where the value behind a label begins: after colon, unit in brackets and the like."""
    match = _AFTER.match(line.text[end:limit])
    start = end + (match.end() if match else 0)
    caption = _CAPTION.match(line.text[start:limit])
    return start + (caption.end() if caption else 0)
