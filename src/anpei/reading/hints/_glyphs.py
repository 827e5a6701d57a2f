"""The characters of one printed number, found in the pixels: where each stands, how high it is, how dark."""

import re
from dataclasses import dataclass
from itertools import pairwise

import cv2
import numpy as np
import numpy.typing as npt

from anpei.reading._files.picture import Pixels
from anpei.reading.model import Box

_NUMBER = re.compile(r"[¥￥]?[0-9][0-9,. -]*元?")
_CONTRAST = 45.0
"""Less between paper and ink (0..255), and edges are not sure enough."""
_GROWN = 0.3
"""A digit that is so much higher than the others has grown together with something."""

_STRANGE, _CROSSED = 0.18, 0.006
"""Ink of this darkness that belongs to no digit, on this share of the number: something runs through it."""
_RULED = 0.7
"""A line of pixels that is dark over this share is a ruled line of the form."""

Floats = npt.NDArray[np.float64]


@dataclass(frozen=True, slots=True)
class Glyphs:
    """The digits of one number, from left to right, in pixels of the page: centres across, upper and lower edges (parts of a pixel),
    darkness (0 paper .. 1 the number's ink), brightness of the paper around (0..255); ``places``: which characters of ``text`` they
    are; ``boxes``: where each is."""

    text: str
    places: tuple[int, ...]
    boxes: tuple[Box, ...]
    centre: Floats
    top: Floats
    bottom: Floats
    ink: Floats
    paper: Floats

    @property
    def height(self) -> float:
        """The usual height of a digit."""
        return float(np.median(self.bottom - self.top))


def glyphs_of(page: Pixels, box: Box, text: str) -> Glyphs | None:
    """The digits of a number at a place of the upright page; None when what is seen does not fit the text character by character."""
    if not _NUMBER.fullmatch(text):
        return None
    x0, y0, crop = _crop(page, box)
    if min(crop.shape) < 8:
        return None
    paper, ink = (float(value) for value in np.percentile(crop, (85, 2)))
    if paper - ink < _CONTRAST:
        return None
    dark = np.clip((paper - crop.astype(np.float64)) / (paper - ink), 0, 1.5)
    found = _digit_boxes(dark, text)
    if found is None or _is_crossed(dark, found):
        return None
    places = tuple(place for place, char in enumerate(text) if char.isdigit())
    edges = np.array([_edges(dark, each) for each in found])
    return Glyphs(
        text=text,
        places=places,
        boxes=tuple((x0 + left, y0 + top, x0 + right, y0 + bottom) for left, top, right, bottom in found),
        centre=np.array([x0 + (left + right) / 2 for left, _, right, _ in found]),
        top=y0 + edges[:, 0],
        bottom=y0 + edges[:, 1],
        ink=np.array([_darkness(dark, each) for each in found]),
        paper=np.array([float(np.percentile(crop[:, max(0, left - 2) : right + 2], 85)) for left, _, right, _ in found]),
    )


def _crop(page: Pixels, box: Box) -> tuple[int, int, Pixels]:
    """The place with a little around it, and where it begins."""
    height = box[3] - box[1]
    above, beside = max(3, height // 5), max(3, height // 3)
    x0, y0 = max(0, box[0] - beside), max(0, box[1] - above)
    return x0, y0, page[y0 : box[3] + above, x0 : box[2] + beside]


def _digit_boxes(dark: Floats, text: str) -> list[Box] | None:
    """The boxes of the digits when there are as many as in the text."""
    count, _, stats, _ = cv2.connectedComponentsWithStats((dark > 0.5).astype(np.uint8), connectivity=8)
    rows, columns = dark.shape
    blobs = [
        (int(x), int(y), int(x + w), int(y + h))
        for x, y, w, h, area in stats[1:count]
        if area >= 6 and h >= 0.3 * rows and w <= 1.3 * h and y > 0 and y + h < rows and x > 0 and x + w < columns
    ]
    blobs.sort()
    wanted = [char for char in text if not re.match(r"[,. -]", char)]
    if len(blobs) != len(wanted) or any(second[0] < first[2] - 1 for first, second in pairwise(blobs)):
        return None
    return [blob for blob, char in zip(blobs, wanted, strict=True) if char.isdigit()]


def _is_crossed(dark: Floats, found: list[Box]) -> bool:
    """Whether something else (a seal, a line, handwriting) runs through the number: then its edges are not its own."""
    heights = np.array([box[3] - box[1] for box in found])
    if np.abs(heights / np.median(heights) - 1).max() > _GROWN:
        return True
    beside = int(np.median(heights)) // 3
    left, right = max(0, found[0][0] - beside), found[-1][2] + beside
    band = dark[:, left:right]
    ink = cv2.dilate((band > 0.5).astype(np.uint8), np.ones((5, 5), np.uint8)) > 0
    strange = (band > _STRANGE) & ~ink
    ruled = (band > _STRANGE).mean(axis=1) > _RULED
    return float(strange[~ruled].mean()) > _CROSSED if not ruled.all() else True


def _edges(dark: Floats, box: Box) -> tuple[float, float]:
    """The upper and lower edge: where the darkest pixel of a line passes half of the digit's ink."""
    left, top, right, bottom = box
    first = max(0, top - 2)
    profile = np.sort(dark[first : bottom + 2, left:right], axis=1)[:, -2:].mean(axis=1)
    half = float(np.median(profile[2:-2])) / 2
    above = np.flatnonzero(profile >= half)
    if not len(above):
        return float(top), float(bottom)
    low, high = int(above[0]), int(above[-1])
    upper = low - (profile[low] - half) / (profile[low] - profile[low - 1]) if low else 0.0
    lower = high + (profile[high] - half) / (profile[high] - profile[high + 1]) if high + 1 < len(profile) else float(high)
    return first + float(upper), first + float(lower) + 1.0


def _darkness(dark: Floats, box: Box) -> float:
    """How dark the core of the strokes is."""
    left, top, right, bottom = box
    piece = dark[top:bottom, left:right]
    return float(np.percentile(piece[piece > 0.5], 75))
