"""How good a picture is: sharpness, light, glare, emptiness. Figures first; the verdict is given after reading, by the outcome."""

from dataclasses import dataclass

import cv2
import numpy as np

from anpei.reading._files.picture import Pixels
from anpei.reading.model import QualityReason

RETAKE = 1.25
"""Re-blur ratio under which nothing can be read."""

ADVISE = 1.55
"""Re-blur ratio under which a retake is advised unless everything needed was read."""

DARK = 70.0
GLARE = 0.04
_TILE = 448
_TILES = 10

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
    """Figures of a picture: re-blur ratio (sharp about 1.7 to 3), median grey (0..255), share of glare, contrast, size."""

    sharpness: float
    brightness: float
    glare: float
    contrast: float
    long_side: int


def look(full: Pixels, small: Pixels) -> Looks:
    """Measure a picture; ``full`` at its own resolution, ``small`` the same picture shrunk."""
    grey = cv2.cvtColor(small, cv2.COLOR_BGR2GRAY)
    return Looks(
        sharpness=_reblur(cv2.cvtColor(full, cv2.COLOR_BGR2GRAY)),
        brightness=float(np.median(grey)),
        glare=_glare(np.asarray(grey, dtype=np.uint8)),
        contrast=float(np.percentile(grey, 99) - np.percentile(grey, 1)),
        long_side=max(full.shape[:2]),
    )


def _reblur(grey: "cv2.typing.MatLike") -> float:
    """Mean gradient after a slight and after a strong blur, at the strongest edges of the busiest parts (0 when there are none)."""
    first = second = 0.0
    for tile in _busy_tiles(grey):
        soft = cv2.GaussianBlur(tile.astype(np.float32), (0, 0), 1.0)
        softer = cv2.GaussianBlur(soft, (0, 0), 2.5)
        strong = _gradient(soft)
        edge = np.percentile(strong, 95)
        mask = strong >= edge
        first += float(strong[mask].sum())
        second += float(_gradient(softer)[mask].sum())
    return float(np.sqrt(first / second)) if second > 0 else 0.0


def _gradient(image: "cv2.typing.MatLike") -> "cv2.typing.MatLike":
    dx = cv2.Sobel(image, cv2.CV_32F, 1, 0, ksize=3)
    dy = cv2.Sobel(image, cv2.CV_32F, 0, 1, ksize=3)
    return np.asarray(dx * dx + dy * dy)


def _busy_tiles(grey: "cv2.typing.MatLike") -> "list[cv2.typing.MatLike]":
    height, width = grey.shape[:2]
    if height * width <= _TILE * _TILE * _TILES:
        return [grey]
    tiles = [
        grey[y : y + _TILE, x : x + _TILE]
        for y in range(0, max(1, height - _TILE + 1), _TILE)
        for x in range(0, max(1, width - _TILE + 1), _TILE)
    ]
    return sorted(tiles, key=lambda tile: -float(np.std(tile[::4, ::4])))[:_TILES]


def _glare(grey: Pixels) -> float:
    """Share of the picture in burnt-out patches, where the paper around is clearly darker."""
    paper = float(np.percentile(grey, 75))
    if paper > 232:
        return 0.0
    small = cv2.resize(grey, None, fx=0.25, fy=0.25, interpolation=cv2.INTER_AREA)
    burnt = cv2.morphologyEx((small >= 250).astype(np.uint8), cv2.MORPH_OPEN, np.ones((7, 7), np.uint8))
    return float(burnt.mean())
