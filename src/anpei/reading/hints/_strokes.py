"""Digits that break from their neighbours inside one number: another height, another line, another ink, another pitch.

What is usual is learnt from the page itself: all its numbers together say how uneven this print and this picture are, and only what
stands far outside of that counts. A run of digits is compared with the rest of its number, on a line of its own slope.
"""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass

import numpy as np

from anpei.reading.hints._glyphs import Floats, Glyphs
from anpei.reading.hints.model import Sign
from anpei.reading.hints.rules import NumberLimits
from anpei.reading.model import Box

_LEAST_NUMBERS = 3
"""On a page with fewer numbers the page's unevenness is not known; the least one is taken."""

_LEAST_SPREAD = 0.012

_EVENLY_LIT, _BRIGHT = 8.0, 20.0
"""Where the paper's brightness (0..255) differs by more inside one number, or is so far above the page's, a lamp explains its ink."""


@dataclass(frozen=True, slots=True)
class _Break:
    """The run of digits that differs most: from, to (without), by how much, and the spread that such a difference has by chance."""

    start: int
    end: int
    size: float
    chance: float


def stroke_signs(numbers: Sequence[Glyphs], limits: NumberLimits) -> Iterator[Sign]:
    """The breaks inside the numbers of one page."""
    fit = [number for number in numbers if len(number.places) >= limits.least_digits and number.height >= limits.least_height]
    usual = float(np.median([number.paper.mean() for number in fit])) if fit else 0.0
    lit = [number for number in fit if np.ptp(number.paper) <= _EVENLY_LIT and number.paper.mean() <= usual + _BRIGHT]
    aspects = (
        ("number.height_breaks", limits.height, 0, fit, [(number.bottom - number.top) / number.height for number in fit]),
        ("number.baseline_breaks", limits.baseline, 1, fit, [number.bottom / number.height for number in fit]),
        ("number.ink_breaks", limits.ink, 1, lit, [number.ink / max(0.1, float(np.median(number.ink))) for number in lit]),
    )
    for code, least, degree, numbers_of_it, series in aspects:
        spread = _spread(series, numbers_of_it, degree)
        for number, values in zip(numbers_of_it, series, strict=True):
            found = _largest(number.centre, values, degree)
            if found is not None and abs(found.size) >= max(least, limits.spread * spread * found.chance):
                yield _sign(code, number, found, abs(found.size) / (2 * least))
    yield from _spacing(fit, limits)


def _spacing(numbers: Sequence[Glyphs], limits: NumberLimits) -> Iterator[Sign]:
    """Digits that stand next to one another nearer or farther than the others of their number do."""
    for number in numbers:
        pairs = [place for place in range(len(number.places) - 1) if number.places[place + 1] == number.places[place] + 1]
        if len(pairs) < limits.least_digits - 1:
            continue
        pitch = np.diff(number.centre)[pairs]
        away = pitch / np.median(pitch) - 1
        worst = int(np.argmax(np.abs(away)))
        if abs(away[worst]) >= limits.spacing:
            found = _Break(pairs[worst], pairs[worst] + 2, float(away[worst]), 0.0)
            yield _sign("number.spacing_breaks", number, found, abs(found.size) / (2 * limits.spacing))


def _spread(series: Sequence[Floats], numbers: Sequence[Glyphs], degree: int) -> float:
    """How uneven the digits of this page are (robust standard deviation around each number's own line)."""
    away = [values - _line(number.centre, values, degree) for number, values in zip(numbers, series, strict=True)]
    if len(away) < _LEAST_NUMBERS:
        return _LEAST_SPREAD
    return max(_LEAST_SPREAD, 1.4826 * float(np.median(np.abs(np.concatenate(away)))))


def _line(centre: Floats, values: Floats, degree: int) -> Floats:
    if degree == 0:
        return np.full(len(values), np.median(values))
    return np.asarray(np.polyval(np.polyfit(centre, values, 1), centre))


def _largest(centre: Floats, values: Floats, degree: int) -> _Break | None:
    """The run that differs most from the rest of its number, measured in what chance would give."""
    count = len(values)
    ground = np.stack([(centre - centre.mean()) ** power for power in range(degree + 1)], axis=1)
    rest = np.eye(count) - ground @ np.linalg.pinv(ground)
    spans = [(a, b) for a in range(count) for b in range(a + 1, count + 1) if b - a <= (count - degree) // 2]
    if not spans:
        return None
    runs = np.array([[1.0 if a <= place < b else 0.0 for place in range(count)] for a, b in spans]).T
    own = rest @ runs
    weight = (own * own).sum(axis=0)
    usable = weight > 0.15
    if not usable.any():
        return None
    size = np.where(usable, (own * (rest @ values)[:, None]).sum(axis=0) / np.maximum(weight, 1e-9), 0.0)
    best = int(np.argmax(np.abs(size) * np.sqrt(weight)))
    return _Break(*spans[best], float(size[best]), float(1 / np.sqrt(max(weight[best], 1e-9))))


def _sign(code: str, number: Glyphs, found: _Break, strength: float) -> Sign:
    boxes = number.boxes[found.start : found.end]
    place: Box = (min(b[0] for b in boxes), min(b[1] for b in boxes), max(b[2] for b in boxes), max(b[3] for b in boxes))
    digits = f"{found.start + 1}" if found.end - found.start == 1 else f"{found.start + 1}-{found.end}"
    return Sign(code, place, min(1.0, strength), {"digits": digits})
