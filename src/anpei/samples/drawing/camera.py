"""The camera: lay a sheet on a desk, look at it at a slight angle, light it unevenly, add the noise of a phone's sensor."""

from dataclasses import dataclass, field
from functools import cache
from random import Random
from typing import Any

import cv2
import numpy as np
import numpy.typing as npt

Picture = npt.NDArray[np.uint8]
Quad = npt.NDArray[np.float32]
Place = tuple[float, float]

GRAIN = 4.5
"""Standard deviation of a phone's noise in good light (grey levels)."""


@dataclass(frozen=True, slots=True)
class Scene:
    """What is photographed: a BGR sheet, the shape of one that is no rectangle, and where facts stand on it (px of the sheet)."""

    sheet: Picture
    mask: Picture | None = None
    places: tuple[Place, ...] = field(default=())

    @property
    def cover(self) -> Picture:
        """255 where the sheet is paper."""
        return self.mask if self.mask is not None else np.full(self.sheet.shape[:2], 255, np.uint8)


@dataclass(frozen=True, slots=True)
class Frame:
    """Size of the photo (px) and where the corners of the sheet land in it."""

    width: int
    height: int
    quad: Quad

    def matrix(self, sheet: Picture) -> npt.NDArray[np.float64]:
        """From the sheet to the photo."""
        corners = np.array([[0, 0], [sheet.shape[1], 0], [sheet.shape[1], sheet.shape[0]], [0, sheet.shape[0]]], np.float32)
        return np.asarray(cv2.getPerspectiveTransform(corners, self.quad), dtype=np.float64)

    def dots(self, sheet: Picture, dots_per_mm: float) -> float:
        """Photo pixels to a millimetre of paper."""
        return float(self.quad[1, 0] - self.quad[0, 0]) / int(sheet.shape[1]) * dots_per_mm


def u8(array: Any) -> Picture:
    """An array as a picture."""
    return np.asarray(array, dtype=np.uint8)


@cache
def _grain() -> npt.NDArray[np.int8]:
    """One tile of normal noise, standard deviation 24, that all photos cut their own window from."""
    noise = np.random.default_rng(20260401).standard_normal((1536, 1536)).astype(np.float32) * 24
    return np.clip(noise, -127, 127).astype(np.int8)


def noise(picture: Picture, rng: Random, sigma: float) -> Picture:
    """Grey noise of a standard deviation."""
    height, width = picture.shape[:2]
    tile = np.roll(_grain(), (rng.randrange(1536), rng.randrange(1536)), axis=(0, 1))
    window = np.tile(tile, (height // 1536 + 1, width // 1536 + 1))[:height, :width]
    plus = cv2.convertScaleAbs(np.maximum(window, 0), alpha=sigma / 24)
    minus = cv2.convertScaleAbs(np.minimum(window, 0), alpha=sigma / 24)
    return u8(cv2.subtract(cv2.add(picture, cv2.merge([plus] * 3)), cv2.merge([minus] * 3)))


def _desk(width: int, height: int, rng: Random, cover: Picture) -> Picture:
    """A desk (wood, cloth or grey board) with the shadow of the sheet that covers it, drawn small and enlarged."""
    base = rng.choice(((70, 105, 150), (58, 74, 92), (120, 118, 112), (48, 66, 98), (150, 160, 166)))
    chance = np.random.default_rng(rng.getrandbits(32))
    size = (width // 4, height // 4)
    grain = cv2.resize(chance.random((9, 160), dtype=np.float32), size, interpolation=cv2.INTER_CUBIC)
    fine = cv2.resize(chance.random((size[1] // 2, size[0] // 2), dtype=np.float32), size, interpolation=cv2.INTER_LINEAR)
    shadow = cv2.GaussianBlur(cv2.resize(cover, size), (0, 0), 6).astype(np.float32) / 255
    shade = (0.82 + 0.28 * grain + 0.08 * fine) * (1 - 0.35 * shadow)
    small = np.clip(np.array(base, np.float32) * shade[..., None], 0, 255).astype(np.uint8)
    return u8(cv2.resize(small, (width, height), interpolation=cv2.INTER_LINEAR))


def aim(sheet: Picture, rng: Random, *, tilt: float = 0.0) -> Frame:
    """Where the sheet stands in the photo: slightly askew, or tilted by some degrees and then farther away."""
    height, width = sheet.shape[:2]
    share = rng.uniform(0.82, 0.92)
    long_side = rng.randint(2200, 2900)
    frame_w, frame_h = (long_side, round(long_side * 0.75)) if width > height else (round(long_side * 0.75), long_side)
    scale = min(frame_w * share / width, frame_h * share / height)
    half_w, half_h = width * scale / 2, height * scale / 2
    if tilt:
        cos, sin = np.cos(np.radians(tilt)), abs(np.sin(np.radians(tilt)))
        room = min(frame_w * 0.47 / (half_w * cos + half_h * sin), frame_h * 0.47 / (half_w * sin + half_h * cos), 1.0)
        half_w, half_h = half_w * room, half_h * room
    centre = np.array([frame_w / 2, frame_h / 2], np.float32)
    corners = np.array([[-half_w, -half_h], [half_w, -half_h], [half_w, half_h], [-half_w, half_h]], np.float32)
    angle = np.radians(tilt or rng.uniform(-2.5, 2.5))
    turn = np.array([[np.cos(angle), -np.sin(angle)], [np.sin(angle), np.cos(angle)]], np.float32)
    jitter = np.array([[rng.uniform(-0.022, 0.022) * min(frame_w, frame_h) for _ in "xy"] for _ in range(4)], np.float32)
    quad = corners @ turn.T + centre + jitter
    quad[:, 0] = np.clip(quad[:, 0], 6, frame_w - 7)
    quad[:, 1] = np.clip(quad[:, 1], 6, frame_h - 7)
    return Frame(frame_w, frame_h, quad.astype(np.float32))


def shoot(scene: Scene, frame: Frame, rng: Random, *, ground: Picture | None = None) -> Picture:
    """The sheet as it stands in the photo, on a desk or another ground."""
    matrix, size = frame.matrix(scene.sheet), (frame.width, frame.height)
    smaller = frame.quad[1, 0] - frame.quad[0, 0] < scene.sheet.shape[1]
    laid = cv2.warpPerspective(scene.sheet, matrix, size, flags=cv2.INTER_AREA if smaller else cv2.INTER_CUBIC)
    where = u8(cv2.warpPerspective(scene.cover, matrix, size))
    desk = _desk(frame.width, frame.height, rng, where) if ground is None else ground
    cv2.copyTo(laid, u8(cv2.threshold(where, 127, 255, cv2.THRESH_BINARY)[1]), desk)
    return desk


def light(picture: Picture, rng: Random, *, low: float = 0.72, gain: float = 1.0) -> Picture:
    """Uneven light: a gradient across the photo, one soft shadow, a slight colour cast."""
    height, width = picture.shape[:2]
    small_h, small_w = height // 16 + 1, width // 16 + 1
    y, x = np.mgrid[0:small_h, 0:small_w].astype(np.float32)
    angle = rng.uniform(0, 2 * np.pi)
    ramp = (np.cos(angle) * x / small_w + np.sin(angle) * y / small_h + 1.5) / 3
    shade = low + (1 - low) * ramp
    cx, cy, radius = rng.uniform(0, small_w), rng.uniform(0, small_h), rng.uniform(0.25, 0.5) * small_w
    shade *= 1 - rng.uniform(0.05, 0.16) * np.exp(-((x - cx) ** 2 + (y - cy) ** 2) / (2 * radius**2))
    weight = cv2.resize((shade * gain).astype(np.float32), (width, height), interpolation=cv2.INTER_LINEAR)
    cast = [rng.uniform(0.95, 1.0) for _ in range(3)]
    return u8(cv2.merge([cv2.convertScaleAbs(cv2.multiply(picture[..., k].astype(np.float32), weight), alpha=cast[k]) for k in range(3)]))
