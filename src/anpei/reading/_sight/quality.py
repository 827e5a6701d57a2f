"""How good a picture is: sharpness, light, glare, emptiness. Figures first; the verdict is given after reading, by the outcome."""

from collections.abc import Sequence
from dataclasses import dataclass

import cv2
import numpy as np

from anpei.reading._files.picture import Pixels
from anpei.reading._sight.boxes import Point
from anpei.reading.model import QualityReason

HOPELESS = 1.25
"""Sharpness (re-blur ratio at text, worst direction) under which nothing is to be hoped for; sharp text has 2.2 and more."""

SOFT = 2.05
"""Sharpness under which a retake is advised when something was not read."""

DARK = 100.0
GLARE = 0.015
SMALL = 700
INK = 0.045
"""Share of darkness against its surroundings under which nothing is written on a page."""

_LOOK_SIDE = 500
_TILE = (320, 120)
_TILES = 12
_DIRECTIONS = ((1.0, 0.0), (0.7071, 0.7071), (0.0, 1.0), (-0.7071, 0.7071))

REASONS = {
    "too_blurred": ("图像模糊，请拿稳手机、对焦后重新拍摄。", "The picture is blurred: hold the phone still, focus, and take it again."),
    "dark": ("光线太暗，请在明亮处重新拍摄。", "The picture is too dark: take it again in good light."),
    "glare": ("图像有反光，请避开灯光直射后重新拍摄。", "There is glare: turn the paper away from the lamp and take it again."),
    "blank": ("页面是空白的，请确认拍摄的是有内容的一面。", "The page is blank: take the side that is written on."),
    "too_small": ("图像尺寸太小，请靠近拍摄或上传原图。", "The picture is too small: go closer or send the original."),
    "cut_off": ("单证没有拍全，请将整页放入画面后重新拍摄。", "The paper is cut off: put the whole page into the picture."),
    "unreadable": ("无法识别页面内容，请重新拍摄清晰的照片。", "The page cannot be read: take a clear picture."),
}


def reason(code: str) -> QualityReason:
    """A quality reason by its code, with the advice in both languages."""
    zh, en = REASONS[code]
    return QualityReason(code, zh, en)


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
        sharpness=_sharpness(full, text),
        brightness=float(np.percentile(grey, 80)),
        glare=_glare(grey),
        ink=_ink(grey),
        long_side=max(full.shape[:2]),
    )


def _sharpness(full: Pixels, text: Sequence[Point]) -> float:
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
        tiles.append(cv2.cvtColor(full[y0 : y0 + high, x0 : x0 + wide], cv2.COLOR_BGR2GRAY).astype(np.float32))
    return tiles


def _glare(grey: Pixels) -> float:
    """Share of the picture in burnt-out patches, where the paper around is clearly darker."""
    if float(np.percentile(grey, 75)) > 240:
        return 0.0
    burnt = cv2.morphologyEx((grey >= 250).astype(np.uint8), cv2.MORPH_OPEN, np.ones((7, 7), np.uint8))
    return float(burnt.mean())


def _ink(grey: Pixels) -> float:
    """How much darker than its surroundings the darkest 3 % of the page's inside are, as a share of the paper's level."""
    height, width = grey.shape
    inside = grey[int(height * 0.06) : int(height * 0.94), int(width * 0.06) : int(width * 0.94)]
    scale = 400 / max(inside.shape)
    small = cv2.resize(inside, None, fx=scale, fy=scale, interpolation=cv2.INTER_AREA).astype(np.float32)
    away = np.abs(small - cv2.GaussianBlur(small, (0, 0), 12))
    return float(np.percentile(away, 97)) / max(20.0, float(np.percentile(small, 80)))


def faults(looks: Looks, *, cut_off: bool) -> list[str]:
    """The codes of what the figures say is wrong."""
    found = {
        "too_blurred": 0 < looks.sharpness < SOFT,
        "dark": looks.brightness < DARK,
        "glare": looks.glare > GLARE,
        "too_small": looks.long_side < SMALL,
        "cut_off": cut_off,
    }
    return [code for code, wrong in found.items() if wrong]
