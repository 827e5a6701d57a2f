"""Labels: find printed labels on the page (exactly, then with a misread character), and say where each one's value may stand."""

import re
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass

from rapidfuzz.distance import Levenshtein

from anpei.reading._sense.lines import GAP, Line, plain
from anpei.reading._sense.schema import FieldSpec

_AFTER = re.compile(r"^[:.\s]*(?:[(\[](?:元|小写|大写|¥|人民币|章|签章|盖章|公章|RMB|单位:元)[)\]])?[:.\s=]*")


@dataclass(frozen=True, slots=True)
class Target:
    """A field that a label stands for; ``part`` picks one of several values behind it."""

    field: str
    weight: float
    part: int


@dataclass(frozen=True, slots=True)
class Hit:
    """A label on the page: line and characters, the fields it may stand for, and how sure it is a label here (0..1)."""

    line: int
    start: int
    end: int
    label: str
    targets: tuple[Target, ...]
    sure: float
    colon: bool


class Labels:
    """All labels of a kind, ready to be searched for; labels without targets only end values."""

    def __init__(self, specs: Mapping[str, FieldSpec], stops: Iterable[str]) -> None:
        found: dict[str, list[Target]] = {}
        for name, spec in specs.items():
            for label in spec.all_labels:
                found.setdefault(plain(label.text).replace(" ", ""), []).append(Target(name, label.weight, label.part))
        for stop in stops:
            found.setdefault(plain(stop).replace(" ", ""), [])
        self._targets = {text: tuple(targets) for text, targets in found.items()}
        ordered = sorted(found, key=len, reverse=True)
        self._exact = re.compile("|".join(re.escape(text) for text in ordered)) if ordered else None
        self._long = [text for text in ordered if len(text) >= 3]

    def search(self, lines: Sequence[Line]) -> list[Hit]:
        """All labels of the page, in reading order."""
        hits: list[Hit] = []
        for index, line in enumerate(lines):
            own = self._exactly(index, line)
            own += self._nearly(index, line, own)
            hits += _without_values(line, sorted(own, key=lambda hit: hit.start))
        return hits

    def _exactly(self, index: int, line: Line) -> list[Hit]:
        if self._exact is None:
            return []
        return [self._hit(index, line, m.start(), m.end(), m.group(0), 1.0) for m in self._exact.finditer(line.text)]

    def _nearly(self, index: int, line: Line, taken: Sequence[Hit]) -> list[Hit]:
        """Labels with a misread character, only where a label may begin and where nothing was found exactly."""
        found: list[Hit] = []
        covered = {i for hit in taken for i in range(hit.start, hit.end)}
        for start in _beginnings(line):
            if start in covered:
                continue
            best: tuple[float, int, str] | None = None
            for label in self._long:
                size = len(label)
                piece = line.text[start : start + size]
                if len(piece) < size or not covered.isdisjoint(range(start, start + size)):
                    continue
                allowed = 1 if size < 8 else 2
                distance = Levenshtein.distance(piece, label, score_cutoff=allowed)
                if 0 < distance <= allowed and (size >= 4 or _colon_at(line.text, start + size)):
                    near = 1 - distance / size
                    if best is None or near > best[0]:
                        best = (near, start + size, label)
            if best is not None:
                near, end, label = best
                found.append(self._hit(index, line, start, end, label, 0.6 + 0.35 * near))
                covered.update(range(start, end))
        return found

    def _hit(self, index: int, line: Line, start: int, end: int, label: str, near: float) -> Hit:
        text, gaps = line.text, line.gaps
        colon = _colon_at(text, end)
        begins = start == 0 or gaps[start] > GAP or text[start - 1] in ":;,.)]|"
        ends = end >= len(text) or gaps[end] > GAP / 2 or text[end] in "([:"
        place = 1.0 if colon and begins else 0.95 if colon else 0.9 if begins and ends else 0.75 if begins else 0.4 if ends else 0.3
        return Hit(index, start, end, label, self._targets[label], near * place, colon)


def _without_values(line: Line, hits: Sequence[Hit]) -> list[Hit]:
    """A label word right behind another label's colon, without a colon of its own, is that label's value."""
    kept: list[Hit] = []
    for hit in hits:
        before = kept[-1] if kept else None
        if before is not None and before.colon and not hit.colon and value_start(line, before.end, hit.start + 1) >= hit.start:
            continue
        kept.append(hit)
    return kept


def _colon_at(text: str, at: int) -> bool:
    rest = text[at : at + 8]
    return bool(re.match(r"(?:\([^()]{1,5}\))?[:;]", rest))


def _beginnings(line: Line) -> list[int]:
    text, gaps = line.text, line.gaps
    return [i for i in range(len(text)) if i == 0 or gaps[i] > GAP / 2 or text[i - 1] in ":;,.)]|" or (text[i - 1].isascii() and not text[i].isascii())]


def value_start(line: Line, end: int, limit: int) -> int:
    """Where the value behind a label begins: after colon, unit in brackets and the like."""
    match = _AFTER.match(line.text[end:limit])
    return end + (match.end() if match else 0)


def labelled_lines(lines: Sequence[Line], hits: Sequence[Hit]) -> Callable[[int, float, float], bool]:
    """Tells lines that hold labels and values between two x places: one label with a colon, or two that stand alone."""
    places: dict[int, list[tuple[float, int]]] = {}
    for hit in hits:
        if hit.targets and hit.sure >= 0.7 and (hit.colon or len(hit.label) >= 3):
            x = lines[hit.line].cut(hit.start, hit.end)[0].x0
            places.setdefault(hit.line, []).append((x, 2 if hit.colon else 1))
    return lambda line, left, right: sum(weight for x, weight in places.get(line, ()) if left < x < right) >= 2


def is_border(hit: Hit) -> bool:
    """Whether a hit is sure enough to end the value before it."""
    return hit.sure >= 0.7 or (hit.sure >= 0.38 and len(hit.label) >= 4)
