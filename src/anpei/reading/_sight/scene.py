"""Scenes (实景): photographs without a paper in them, told by what little text they hold and by light and colour.

A plate photo holds a plate and hardly anything else, an ear tag photo the fifteen digits of a tag. A damage photo holds next to no
text although it is sharp, and no even ground like paper's. Anything else stays unknown.
"""

import re
from collections.abc import Sequence
from dataclasses import dataclass

import cv2
import numpy as np

from anpei.reading import _values as values
from anpei.reading._files.picture import Pixels
from anpei.reading._sense.lines import make_lines, plain
from anpei.reading._sight.boxes import Point, TextBox, joined
from anpei.reading._sight.quality import sharpness_of
from anpei.reading._values import Wanted
from anpei.reading._values.base import DIGITS

OTHER_CHARACTERS = 16
"""How many surely read characters beside the plate or the tag's digits a photo of one may hold (a maker's name, a dealer's frame)."""

CERTAIN = 0.9
TAG_DIGITS = 15
WORDS = 4
"""Surely read pieces of text (two characters and more) from which on a picture is no damage photo."""

EVEN = 0.6
"""Share of the picture in one narrow range of light and colour from which on there may be a paper in it."""

LIGHT = 50.0
"""How far the light of a scene goes apart at least (10 % to 90 %, of 255)."""

SHARP = 1.45
"""Sharpness (re-blur ratio at the strongest edges) under which a picture without text may be a paper that is too blurred."""

BURNT = 0.03
"""Share of white from which on the light, not the ground, may have driven the tones apart."""

PAPER_EVEN, PAPER_LIGHT = 0.72, 0.9
"""Share of even ground, and its light as a share of the brightest, from which on together the ground is a paper's."""

SOFT = 1.22
"""Sharpness under which a picture without a trace of text may be a paper that is too blurred, whatever its ground."""

TRACES = 1
"""Places that look like text, up to which a picture holds no trace of it: a blurred or shaken card still has some."""

DARKEST = 25.0
_SIDE = 400
_TILE = 10
_TILES = 80


@dataclass(frozen=True, slots=True)
class Scene:
    """A kind of photograph, how sure it is (0..1), and the text boxes that matter in it."""

    kind: str
    confidence: float
    boxes: tuple[TextBox, ...]


@dataclass(frozen=True, slots=True)
class Tones:
    """Share of the most even ground, spread of light, sharpness at the strongest edges, share of burnt-out white; light of the
    even ground as a share of the brightest."""

    even: float
    light: float
    sharpness: float
    burnt: float = 0.0
    ground: float = 1.0


def tell_scene(boxes: Sequence[TextBox], page: Pixels) -> Scene | None:
    """The scene of a picture that is no known paper, or None."""
    lines = make_lines(boxes)
    for line in lines:
        found = values.find(Wanted("plate"), line.text)
        if found is not None and found.fit >= 0.5 and _others(boxes) - len(found.value) <= OTHER_CHARACTERS:
            return Scene("plate_photo", round(0.97 * found.fit, 4), line.boxes)
    tag = _tag([box for line in lines for box in line.boxes])
    if tag is not None and _others(boxes) - TAG_DIGITS <= OTHER_CHARACTERS:
        return Scene("ear_tag", 0.95, (tag,))
    words = sum(box.score >= CERTAIN and len(box.text) > 1 for box in boxes)
    return Scene("damage_photo", 0.9, ()) if words < WORDS and is_scenery(tones(page), traces=len(boxes)) else None


def _others(boxes: Sequence[TextBox]) -> int:
    """How many characters were surely read in all."""
    return sum(sum(char.isalnum() for char in box.text) for box in boxes if box.score >= CERTAIN)


def _tag(boxes: Sequence[TextBox]) -> TextBox | None:
    """The digits of an ear tag as one box: fifteen in one piece, or in pieces that follow one another from the top."""
    pieces = [box for box in boxes if _digits(box.text)]
    for piece in pieces:
        if len(_digits(piece.text)) == TAG_DIGITS:
            return piece
    for first in range(len(pieces)):
        for last in range(first + 1, min(first + 4, len(pieces)) + 1):
            if sum(len(_digits(piece.text)) for piece in pieces[first:last]) == TAG_DIGITS:
                return joined(pieces[first:last])
    return None


def _digits(text: str) -> str:
    """The digits of a text that is a number, else nothing."""
    bare = re.sub(r"[\s.\-·]", "", plain(text))
    number = bare.translate(DIGITS)
    return number if number.isdigit() and 2 * sum(char.isdigit() for char in bare) > len(bare) else ""


def is_scenery(seen: Tones, *, traces: int = TRACES + 1) -> bool:
    """Whether light and ground are those of a sharp picture of a scene, not of a paper.

    ``traces``: how many places look like text. Without any it is enough that the ground is not a paper's.
    """
    if seen.burnt >= BURNT:
        return False
    varied = seen.even < EVEN and seen.light >= LIGHT and seen.sharpness >= SHARP
    paper = seen.even >= PAPER_EVEN and seen.ground >= PAPER_LIGHT
    return varied or (traces <= TRACES and not paper and seen.sharpness >= SOFT)


def tones(page: Pixels) -> Tones:
    """Measure the inside of a picture, a dark one brightened first; a night-black one, a tiny one or a strip has no tones."""
    scale = _SIDE / max(page.shape[:2])
    if min(page.shape[:2]) * min(1.0, scale) < _TILE:
        return Tones(1.0, 0.0, 0.0)
    small = cv2.resize(page, None, fx=scale, fy=scale, interpolation=cv2.INTER_AREA)
    brightest = float(np.percentile(small, 98))
    if brightest < DARKEST:
        return Tones(1.0, 0.0, 0.0)
    lit = cv2.convertScaleAbs(small, alpha=max(1.0, 220 / brightest))
    lab = cv2.cvtColor(cv2.GaussianBlur(lit, (0, 0), 1.0), cv2.COLOR_BGR2LAB).astype(np.float32)
    height, width = lab.shape[:2]
    inside = lab[int(0.04 * height) : int(0.96 * height), int(0.04 * width) : int(0.96 * width)].reshape(-1, 3)
    low, high = np.percentile(inside[:, 0], (10, 90))
    even, ground = _even(inside)
    sharp = sharpness_of(page, _edges(lab[:, :, 0], 1 / scale))
    return Tones(even, float(high - low), sharp, _burnt(small), ground / max(1.0, float(np.percentile(inside[:, 0], 98))))


def _burnt(small: "cv2.typing.MatLike") -> float:
    return float((np.asarray(small).min(axis=2) >= 250).mean())


def _edges(light: "np.typing.NDArray[np.float32]", scale: float) -> list[Point]:
    """Where the strongest edges stand, the strongest first, as points of the picture."""
    strength = np.hypot(cv2.Sobel(light, cv2.CV_32F, 1, 0), cv2.Sobel(light, cv2.CV_32F, 0, 1))
    rows, columns = (size // _TILE for size in strength.shape)
    tiles = strength[: rows * _TILE, : columns * _TILE].reshape(rows, _TILE, columns, _TILE).max(axis=(1, 3))
    order = np.argsort(-tiles, axis=None)[:_TILES]
    return [((column + 0.5) * _TILE * scale, (row + 0.5) * _TILE * scale) for row, column in (divmod(int(at), columns) for at in order)]


def _even(inside: "np.typing.NDArray[np.float32]") -> tuple[float, float]:
    """The largest share of pixels in a box of three steps of light (12 levels each) and colour (7 levels each), and its light."""
    steps = (inside // np.array([12, 7, 7], np.float32)).astype(np.int64) + 1
    counts = np.zeros((24, 39, 39), dtype=np.float32)
    np.add.at(counts, (steps[:, 0], steps[:, 1], steps[:, 2]), 1)
    for axis in range(3):
        counts = counts + np.roll(counts, 1, axis) + np.roll(counts, -1, axis)
    middle = np.array(np.unravel_index(int(counts.argmax()), counts.shape))
    ground = inside[(np.abs(steps - middle) <= 1).all(axis=1), 0]
    return len(ground) / len(inside), float(ground.mean())
