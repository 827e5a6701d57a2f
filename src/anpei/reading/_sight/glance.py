"""A glance at a picture before anything is read: figures from a page of reduced size, in a tenth of a second.

All figures are measured at the size in which pages are read (long side at most 2,000), so that a threshold means the same for
every camera. Nothing is known of text here: print is looked for as the places of the strongest fine detail.
"""

from collections.abc import Sequence
from dataclasses import dataclass

import cv2
import numpy as np
import numpy.typing as npt

from anpei.reading._files.picture import Pixels
from anpei.reading._sight.boxes import Point
from anpei.reading._sight.quality import GlanceLimits, QualityRules, glare_of
from anpei.reading._sight.upright import LONG_SIDE, Quad, find_paper
from anpei.reading.model import Quality

_SMALL_SIDE = 500
_RIM = 0.012
"""How near to the picture's border (share of its long side) print counts as running out of it."""

_NEAR = 0.95
"""A page less than this above its size is not worth another resize."""

_HEART = 0.84
"""The part of the paper in which print is looked for: what stands at its very edge may be the ground."""

_PLACES = 12
_TILE = (240, 96)
_WAVE_TILE = 192
_SLOWEST = 4.0
"""Waves of fewer periods in a tile are shades, not a screen's pattern."""


@dataclass(frozen=True, slots=True)
class Glance:
    """Figures of a page at a glance.

    ``sharpness``: re-blur ratio at the strongest detail (0 where there is none); ``print_share``: the part of the paper that is full of
    detail (a list has much, a card or a number plate a few large characters); ``brightness``: level of the paper (0..255);
    ``glare``: share of the paper that is burnt out; ``ink``: contrast against the surroundings (0..1); ``long_side`` of the picture
    as it came (px); ``outside``: how much of the paper's print touches the picture's border where the paper runs out of it (0..1);
    ``leaves``: room opposite to where the paper leaves the picture at a corner (0..1);
    ``waves``: strength of a regular colour wave all over the page (a screen's pixels against the camera's), in grey levels.
    """

    sharpness: float
    print_share: float
    brightness: float
    glare: float
    ink: float
    long_side: int
    outside: float
    leaves: float
    waves: float


def early_verdict(seen: Glance, rules: QualityRules) -> Quality:
    """What the figures say: unusable with what is wrong, or usable, perhaps with advice."""
    refused = _faults(seen, rules.glance.refuse)
    return rules.verdict(refused or _faults(seen, rules.glance.advise), usable=not refused)


def _faults(seen: Glance, limits: GlanceLimits) -> list[str]:
    """The codes of what is beyond its limit; a page without light, or without print, has no other fault worth telling."""
    below = ((seen.brightness, limits.dark, "dark"), (seen.ink, limits.blank, "blank"), (seen.long_side, limits.small, "too_small"))
    above = (
        (seen.outside, limits.outside, "cut_off"),
        (seen.leaves, limits.leaves, "cut_off"),
        (seen.glare, limits.glare, "glare"),
        (seen.waves, limits.screen, "screen"),
    )
    found = [code for value, limit, code in below if limit is not None and value < limit]
    if "blank" in found:
        return ["dark"] if "dark" in found else ["blank"]
    if 0 < seen.sharpness < (limits.blurred if seen.print_share > limits.much_print else limits.blurred_large):
        found.insert(0, "too_blurred")
    found += [code for value, limit, code in above if limit is not None and value > limit]
    return list(dict.fromkeys(found))


def glance(image: Pixels, long_side: int) -> Glance:
    """Measure a page of reduced size; ``long_side`` is that of the picture as it came."""
    page = _reduced(image)
    grey = np.asarray(cv2.cvtColor(page, cv2.COLOR_BGR2GRAY), dtype=np.uint8)
    quad = find_paper(page)
    inside = _inside(grey.shape, quad, 0.97)
    detail = _detail(grey)
    scale = _SMALL_SIDE / max(grey.shape)
    small = np.asarray(cv2.resize(grey, None, fx=scale, fy=scale, interpolation=cv2.INTER_AREA), dtype=np.uint8)
    paper = _small(inside, small.shape) > 0
    places = _strongest(np.where(_small(inside, detail.shape) > 0, detail, 0))
    return Glance(
        sharpness=_sharpness(grey, places),
        print_share=_print_share(detail, _small(_inside(grey.shape, quad, 0.9), detail.shape) > 0),
        brightness=float(np.percentile(small[paper], 98)) if paper.any() else 0.0,
        glare=glare_of(small, paper),
        ink=_ink(small, _small(_inside(grey.shape, quad, _HEART), small.shape) > 0),
        long_side=long_side,
        outside=_outside(np.where(_small(_inside(grey.shape, quad, 1.01), detail.shape) > 0, detail, 0), quad),
        leaves=0.0 if quad is None else quad.leaves(grey.shape),
        waves=_waves(page, inside),
    )


def _reduced(image: Pixels) -> Pixels:
    scale = LONG_SIDE / max(image.shape[:2])
    if scale > _NEAR:
        return image
    way = cv2.INTER_LINEAR if scale > 0.6 else cv2.INTER_AREA
    return np.asarray(cv2.resize(image, None, fx=scale, fy=scale, interpolation=way), dtype=np.uint8)


def _inside(shape: tuple[int, ...], quad: Quad | None, size: float) -> Pixels:
    """255 on the paper, made smaller or larger by ``size``; everywhere where no edge was found."""
    mask = np.full(shape, 255, np.uint8)
    if quad is not None:
        centre = quad.corners.mean(axis=0)
        mask[:] = 0
        cv2.fillConvexPoly(mask, (centre + (quad.corners - centre) * size).round().astype(np.int32), 255)
    return mask


def _detail(grey: Pixels) -> npt.NDArray[np.float32]:
    """Fine detail by place, at an eighth of the size."""
    soft = cv2.GaussianBlur(grey, (3, 3), 0)
    edges = cv2.absdiff(soft, cv2.blur(soft, (15, 15)))
    size = (max(1, grey.shape[1] // 8), max(1, grey.shape[0] // 8))
    return np.asarray(cv2.resize(edges, size, interpolation=cv2.INTER_AREA), dtype=np.float32)


def _print_share(detail: npt.NDArray[np.float32], heart: npt.NDArray[np.bool_]) -> float:
    near = cv2.blur(detail, (9, 3))
    return float((near[heart] > 0.35 * np.percentile(near[heart], 99.5)).mean()) if heart.any() else 0.0


def _small(mask: Pixels, shape: tuple[int, ...]) -> Pixels:
    return np.asarray(cv2.resize(mask, (shape[1], shape[0]), interpolation=cv2.INTER_NEAREST), dtype=np.uint8)


def _strongest(detail: npt.NDArray[np.float32]) -> list[Point]:
    """Where the strongest detail stands, spread over the page, in px of the page."""
    rest = cv2.blur(detail, (40, 15))
    found: list[Point] = []
    for _ in range(_PLACES):
        _, most, _, (x, y) = cv2.minMaxLoc(rest)
        if most <= 0:
            break
        found.append((x * 8.0 + 4, y * 8.0 + 4))
        cv2.rectangle(rest, (x - 32, y - 12), (x + 32, y + 12), 0, -1)
    return found


def _sharpness(grey: Pixels, places: Sequence[Point]) -> float:
    """The re-blur ratio in the direction in which it is least, at the edges that outlive a strong blur: noise does not, so that
    a shaken picture's noise is not taken for its sharpness."""
    edges = _edges(grey, places)
    if not edges.size:
        return 0.0
    coarse = {angle: _ratio(edges, angle) for angle in range(0, 180, 30)}
    least = min(coarse, key=lambda angle: coarse[angle])
    return min(coarse[least], *(_ratio(edges, least + more) for more in (-20, -10, 10, 20)))


def _edges(grey: Pixels, places: Sequence[Point]) -> npt.NDArray[np.float32]:
    """Gradients (x, y after a slight blur, x, y after a strong one) of the tiles around some places."""
    height, width = grey.shape
    wide, high = min(_TILE[0], width), min(_TILE[1], height)
    tiles: list[npt.NDArray[np.float32]] = []
    for x, y in places:
        x0, y0 = int(min(max(x - wide / 2, 0), width - wide)), int(min(max(y - high / 2, 0), height - high))
        soft = cv2.GaussianBlur(grey[y0 : y0 + high, x0 : x0 + wide].astype(np.float32), (0, 0), 1.0)
        softer = cv2.GaussianBlur(soft, (0, 0), 2.5)
        both = [cv2.Sobel(image, cv2.CV_32F, *by)[::2, ::2].ravel() for image in (soft, softer) for by in ((1, 0), (0, 1))]
        tiles.append(np.stack(both).astype(np.float32))
    return np.concatenate(tiles, axis=1) if tiles else np.zeros((4, 0), np.float32)


def _ratio(edges: npt.NDArray[np.float32], degrees: float) -> float:
    cos, sin = float(np.cos(np.radians(degrees))), float(np.sin(np.radians(degrees)))
    first, second = (edges[0] * cos + edges[1] * sin) ** 2, (edges[2] * cos + edges[3] * sin) ** 2
    strong = second >= np.partition(second, int(0.92 * second.size))[int(0.92 * second.size)]
    after = float(second[strong].sum())
    return float(np.sqrt(float(first[strong].sum()) / after)) if after > 0 else 0.0


def _ink(grey: Pixels, paper: npt.NDArray[np.bool_]) -> float:
    """How much darker or lighter than its surroundings the strongest 3 % of the paper are, as a share of its level."""
    inner = cv2.erode(paper.astype(np.uint8), np.ones((9, 9), np.uint8), borderValue=0) > 0
    if not inner.any():
        return 0.0
    wide = cv2.blur(grey, (3, 3)).astype(np.float32)
    away = np.abs(wide - cv2.GaussianBlur(wide, (0, 0), 12))
    return float(np.percentile(away[inner], 97)) / max(20.0, float(np.percentile(grey[inner], 80)))


def _outside(detail: npt.NDArray[np.float32], quad: Quad | None) -> float:
    """Print along the border where the paper runs out of the picture, as a share of the print of its inside."""
    if quad is None or not quad.touches:
        return 0.0
    height, width = detail.shape
    rim = max(2, round(_RIM * max(height, width)))
    level = max(4.0, 0.4 * float(np.percentile(detail, 98)))
    strips = (detail[:rim], detail[-rim:], detail[:, :rim], detail[:, -rim:])
    return max(float((strip.max(axis=0 if strip.shape[0] == rim else 1) > level).mean()) for strip in strips)


def _waves(page: Pixels, inside: Pixels) -> float:
    """How strong a regular colour wave is that all places share: a screen's lies everywhere, print does not."""
    side = _WAVE_TILE
    found = [_wave(page[y : y + side, x : x + side]) for x, y in _tiles(inside)]
    return min(found, default=0.0)


def _tiles(inside: Pixels) -> Sequence[tuple[int, int]]:
    """Up to three places that lie on the paper with their whole tile."""
    height, width = inside.shape
    side = _WAVE_TILE
    steps = [(int(width * across) - side // 2, int(height * down) - side // 2) for across in (0.35, 0.65) for down in (0.35, 0.65)]
    return [
        (x, y)
        for x, y in steps
        if x >= 0 and y >= 0 and y + side <= height and x + side <= width and inside[y : y + side : 16, x : x + side : 16].all()
    ][:3]


def _wave(tile: Pixels) -> float:
    """The strongest wave of the tile's colour (red against blue) in grey levels, slow ones left out."""
    colour = tile[..., 2].astype(np.float32) - tile[..., 0]
    window = np.outer(np.hanning(len(colour)), np.hanning(len(colour))).astype(np.float32)
    spectrum = np.abs(np.fft.rfft2((colour - colour.mean()) * window))
    steps = np.abs(np.fft.fftfreq(len(colour), 1 / len(colour)))[:, None]
    slow = np.hypot(steps, np.arange(spectrum.shape[1])[None]) < _SLOWEST
    spectrum[slow] = 0
    return float(spectrum.max() / window.sum() * 2)
