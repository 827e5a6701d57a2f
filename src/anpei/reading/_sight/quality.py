"""How good a picture is: sharpness, light, glare, emptiness, and what the figures mean (``rulebook/quality.yaml``).

Figures first; whether a page can be used is said after reading, by the outcome.
"""

from collections.abc import Sequence
from dataclasses import dataclass

import cv2
import numpy as np
import numpy.typing as npt
from pydantic import BaseModel, ConfigDict, Field

from anpei.engines.knowledge import Rulebook
from anpei.reading._files.picture import Pixels
from anpei.reading._sight.boxes import Point
from anpei.reading.model import Quality, QualityReason

DRAWN = 0.6
"""Share of neighbouring points of one level from which on a picture was drawn by a machine (a screen's copy): no lamp shone on it.
Photographs have 0.1 to 0.25, whatever their light."""
_WHITE = 0.65
"""Share of the paper from which on what looks burnt out is the paper itself, white as a scanner makes it. A flash burns up to 0.53."""

_LOOK_SIDE = 500
_TILE = (320, 120)
_TILES = 12
_DIRECTIONS = ((1.0, 0.0), (0.7071, 0.7071), (0.0, 1.0), (-0.7071, 0.7071))


class _Strict(BaseModel):
    model_config = ConfigDict(extra="forbid", frozen=True)


class Limits(_Strict):
    """From where on a figure means a fault, after reading; the meaning of each stands in the file."""

    hopeless: float = Field(gt=0)
    soft: float = Field(gt=0)
    dark: float = Field(gt=0, le=255)
    glare: float = Field(gt=0, lt=1)
    small: int = Field(gt=0)
    ink: float = Field(gt=0, lt=1)
    certain: float = Field(gt=0, lt=1)
    doubtful: float = Field(gt=0, lt=1)
    burnt: float = Field(gt=0, lt=1)
    boxes: int = Field(ge=1)
    leaves: float = Field(gt=0, lt=1)


class GlanceLimits(_Strict):
    """From where on a figure of a glance means a fault; None where it never does. What is ``blurred`` depends on the size of the
    print: a page with more print than ``much_print`` (share of its paper) has small characters, another one ``blurred_large``."""

    much_print: float
    blurred: float
    blurred_large: float
    dark: float | None
    glare: float | None
    small: float | None
    blank: float | None
    outside: float | None
    leaves: float | None
    screen: float | None


class GlanceRules(_Strict):
    """The limits of the early verdict: ``refuse`` asks for another picture, ``advise`` lets it pass with advice."""

    refuse: GlanceLimits
    advise: GlanceLimits


class Advice(_Strict):
    """What to tell the person who took the picture."""

    zh: str = Field(min_length=1)
    en: str = Field(min_length=1)


class QualityRules(_Strict):
    """The file ``quality.yaml``: limits measured on drawn photos, and the advice for each reason."""

    schema_version: int
    owner: str
    reference: str
    valid_from: str
    reading: Limits
    glance: GlanceRules
    reasons: dict[str, Advice]

    def verdict(self, codes: Sequence[str], *, usable: bool) -> Quality:
        """A verdict with the advice of each reason, in the order given."""
        return Quality(usable, tuple(QualityReason(code, self.reasons[code].zh, self.reasons[code].en) for code in codes))


def load_quality(rulebook: Rulebook) -> QualityRules:
    """Read ``quality.yaml``. Raises KnowledgeError."""
    return rulebook.load("quality.yaml", QualityRules)


@dataclass(frozen=True, slots=True)
class Looks:
    """Figures of a picture: sharpness of its text (0 without text), paper level (0..255), share of glare, ink (contrast against the
    surroundings, 0..1), long side."""

    sharpness: float
    brightness: float
    glare: float
    ink: float
    long_side: int


def look(full: Pixels, page: Pixels, text: Sequence[Point]) -> Looks:
    """Measure a picture: ``full`` at its own resolution, ``page`` laid flat, ``text`` where text stands in ``full``."""
    scale = min(1.0, _LOOK_SIDE / max(page.shape[:2]))
    small = cv2.resize(page, None, fx=scale, fy=scale, interpolation=cv2.INTER_AREA)
    grey = np.asarray(cv2.cvtColor(small, cv2.COLOR_BGR2GRAY), dtype=np.uint8)
    return Looks(
        sharpness=sharpness_of(full, text),
        brightness=float(np.percentile(grey, 80)),
        glare=glare_of(grey, np.ones(grey.shape, dtype=np.bool_)),
        ink=ink_of(grey),
        long_side=max(full.shape[:2]),
    )


def sharpness_of(full: Pixels, text: Sequence[Point]) -> float:
    """The re-blur ratio: gradient after a slight blur over gradient after a strong one, at the strongest edges of some text, in
    the direction in which it is least (a shaken picture is sharp across the shake).
    """
    before, after = np.zeros(len(_DIRECTIONS)), np.zeros(len(_DIRECTIONS))
    for tile in _tiles(full, text):
        soft = cv2.GaussianBlur(tile, (0, 0), 1.0)
        softer = cv2.GaussianBlur(soft, (0, 0), 2.5)
        (ax, ay), (bx, by) = _gradient(soft), _gradient(softer)
        for index, (cos, sin) in enumerate(_DIRECTIONS):
            first, second = (ax * cos + ay * sin) ** 2, (bx * cos + by * sin) ** 2
            strong = first >= np.percentile(first[::3, ::3], 95)
            before[index] += float(first[strong].sum())
            after[index] += float(second[strong].sum())
    return float(np.sqrt((before / after).min())) if after.min() > 0 else 0.0


def _gradient(image: "cv2.typing.MatLike") -> "tuple[cv2.typing.MatLike, cv2.typing.MatLike]":
    return cv2.Sobel(image, cv2.CV_32F, 1, 0), cv2.Sobel(image, cv2.CV_32F, 0, 1)


def _tiles(full: Pixels, text: Sequence[Point]) -> "list[cv2.typing.MatLike]":
    """Some pieces of the picture around text that lie apart, as grey floats."""
    height, width = full.shape[:2]
    wide, high = min(_TILE[0], width), min(_TILE[1], height)
    taken: list[Point] = []
    tiles: list[cv2.typing.MatLike] = []
    for x, y in text:
        if len(taken) == _TILES:
            break
        if any(abs(x - u) < 0.6 * wide and abs(y - v) < 0.8 * high for u, v in taken):
            continue
        taken.append((x, y))
        x0, y0 = int(min(max(x - wide / 2, 0), width - wide)), int(min(max(y - high / 2, 0), height - high))
        tile = full[y0 : y0 + high, x0 : x0 + wide]
        tiles.append((tile if tile.ndim == 2 else cv2.cvtColor(tile, cv2.COLOR_BGR2GRAY)).astype(np.float32))
    return tiles


def glare_of(grey: Pixels, paper: npt.NDArray[np.bool_]) -> float:
    """Share of the paper in burnt-out patches without a trace of print, where the rest of the paper is clearly darker."""
    burnt = cv2.morphologyEx((grey >= 250).astype(np.uint8), cv2.MORPH_OPEN, np.ones((15, 15), np.uint8))
    apart = paper & (cv2.dilate(burnt, np.ones((41, 41), np.uint8)) == 0)
    rest = grey[apart]
    if rest.size < 0.02 * grey.size or float(np.percentile(rest, 75)) > 243:
        return 0.0
    if float((grey[:, 1:] == grey[:, :-1])[apart[:, 1:]].mean()) > DRAWN:
        return 0.0
    share = float(burnt[paper].mean())
    return share if share < _WHITE else 0.0


def ink_of(grey: Pixels) -> float:
    """How much darker than its surroundings the darkest 3 % of the page's inside are, as a share of the paper's level."""
    height, width = grey.shape
    inside = grey[int(height * 0.1) : int(height * 0.9), int(width * 0.1) : int(width * 0.9)]
    scale = 400 / max(inside.shape)
    small = cv2.resize(inside, None, fx=scale, fy=scale, interpolation=cv2.INTER_AREA).astype(np.float32)
    away = np.abs(small - cv2.GaussianBlur(small, (0, 0), 12))
    return float(np.percentile(away, 97)) / max(20.0, float(np.percentile(small, 80)))


def faults(looks: Looks, limits: Limits, *, cut_off: bool) -> list[str]:
    """The codes of what the figures say is wrong."""
    found = {
        "too_blurred": 0 < looks.sharpness < limits.soft,
        "dark": looks.brightness < limits.dark,
        "glare": looks.glare > limits.glare,
        "too_small": looks.long_side < limits.small,
        "cut_off": cut_off,
    }
    return [code for code, wrong in found.items() if wrong]


def outcome(looks: Looks, limits: Limits, *, cut_off: bool, certain: float) -> tuple[list[str], bool]:
    """What is wrong with a page that did not tell all that it should, and whether it is usable all the same.

    A fault refuses a page whose characters were read with doubt (``certain``: their mean certainty). Where they are certain, the
    missing may not stand on this page at all, and only what hides print does: a paper cut off, a flash.
    """
    codes = faults(looks, limits, cut_off=cut_off)
    hidden = certain < limits.doubtful or cut_off or looks.glare > limits.burnt
    return codes, not (codes and hidden)
