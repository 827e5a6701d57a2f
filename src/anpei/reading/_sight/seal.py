"""Red seals lie over the text that matters. Seal ink is nearly as light as paper in the red channel, print under it is dark:
inside a seal the picture is replaced by its red channel, stretched so that the ink vanishes. Red print elsewhere stays.
"""

import cv2
import numpy as np
import numpy.typing as npt

from anpei.reading._files.picture import Pixels
from anpei.reading.model import Box

_WORK = 700
_REDNESS = 0.14
"""How much more red than anything else a point of seal ink is, as a share of the light of the paper."""

_INK = 0.7
"""Seal ink has at least this part of the paper's red; red print has less."""

_DIMMEST = 60.0
"""Light of a paper under which its colours drown in noise."""

_DARK = 0.3
_OVALS = (1.0, 1.33, 1.5)
"""Width to height of the seals that are looked for (round ones, and the flat ones of invoices)."""


def lift_seals(image: Pixels) -> tuple[Pixels, list[Box]]:
    """The image without seal ink, and the seals' places."""
    seals = find_seals(image)
    if not seals:
        return image, []
    lifted = image.copy()
    for x0, y0, x1, y1 in seals:
        part = image[y0:y1, x0:x1]
        lifted[y0:y1, x0:x1] = _without_ink(part)[:, :, None]
    return lifted, seals


def _without_ink(part: Pixels) -> Pixels:
    red = part[:, :, 2].astype(np.float32)
    paper = float(np.percentile(red, 85)) + 1.0
    level = red / paper
    ink = level[_reddish(part, paper) & (level > _INK)]
    top = float(np.clip(np.percentile(ink, 12), _INK, 0.92)) if ink.size > 30 else 0.92
    return np.asarray(np.clip((level - _DARK) / (top - _DARK), 0, 1) * min(paper, 255.0), dtype=np.uint8)


def _reddish(image: Pixels, paper: float) -> npt.NDArray[np.bool_]:
    """Points of red, in the light that falls on the paper (0..255)."""
    wide = image.astype(np.int16)
    return np.asarray(wide[:, :, 2] - np.maximum(wide[:, :, 0], wide[:, :, 1]) > _REDNESS * max(_DIMMEST, paper))


def find_seals(image: Pixels) -> list[Box]:
    """Places of seals: circles and ovals of red ink, however much is printed across them or cut off."""
    height, width = image.shape[:2]
    scale = min(1.0, _WORK / max(height, width))
    small = np.asarray(cv2.resize(image, None, fx=scale, fy=scale, interpolation=cv2.INTER_AREA), dtype=np.uint8)
    reddish = _reddish(small, float(np.percentile(small[:, :, 2], 90)))
    if not 0.0005 < float(reddish.mean()) < 0.3:
        return []
    found: list[Box] = []
    mask = _without_lines(reddish.astype(np.uint8) * 255)
    for stretch in _OVALS:
        found += _circles(mask, stretch)
    whole = (width, height)
    return [_grown(box, scale, whole) for box in _merged(found)]


def _without_lines(mask: Pixels) -> Pixels:
    """Long straight lines (of a form printed in red) taken out."""
    long = max(25, max(mask.shape) // 18)
    across = cv2.morphologyEx(mask, cv2.MORPH_OPEN, np.ones((1, long), np.uint8))
    down = cv2.morphologyEx(mask, cv2.MORPH_OPEN, np.ones((long, 1), np.uint8))
    lines = cv2.bitwise_or(cv2.dilate(across, np.ones((3, 1), np.uint8)), cv2.dilate(down, np.ones((1, 3), np.uint8)))
    return np.asarray(cv2.bitwise_and(mask, cv2.bitwise_not(lines)), dtype=np.uint8)


def _circles(mask: Pixels, stretch: float) -> list[Box]:
    """Ovals of one proportion, as circles of the picture pressed together sideways."""
    pressed = cv2.GaussianBlur(cv2.resize(mask, None, fx=1 / stretch, fy=1.0, interpolation=cv2.INTER_AREA), (3, 3), 0.8)
    least, most = max(1, int(0.03 * max(mask.shape))), max(2, int(0.2 * max(mask.shape)))
    circles = cv2.HoughCircles(pressed, cv2.HOUGH_GRADIENT_ALT, 1.5, least, param1=300, param2=0.55, minRadius=least, maxRadius=most)
    if circles is None:
        return []
    return [(int((x - r) * stretch), int(y - r), int((x + r) * stretch), int(y + r)) for x, y, r in circles[0][:, :3].tolist()]


def _merged(boxes: list[Box]) -> list[Box]:
    """Boxes that overlap, as one."""
    rest = list(boxes)
    done: list[Box] = []
    while rest:
        box = rest.pop()
        near = [other for other in rest if other[0] < box[2] and box[0] < other[2] and other[1] < box[3] and box[1] < other[3]]
        if not near:
            done.append(box)
            continue
        rest = [other for other in rest if other not in near]
        group = [box, *near]
        rest.append((min(b[0] for b in group), min(b[1] for b in group), max(b[2] for b in group), max(b[3] for b in group)))
    return done


def _grown(box: Box, scale: float, whole: tuple[int, int]) -> Box:
    """A box of the small picture on the whole one, a little larger."""
    x0, y0, x1, y1 = box
    pad = 0.06 * max(x1 - x0, y1 - y0)
    left, top = max(0, int((x0 - pad) / scale)), max(0, int((y0 - pad) / scale))
    return left, top, min(whole[0], int((x1 + pad) / scale)), min(whole[1], int((y1 + pad) / scale))
