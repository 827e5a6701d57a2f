"""Photo effects: a clean sheet becomes a phone photo on a desk, dark, glaring, blurred, shaken, turned or cut off.

Every effect is a function of the sheet and a seeded random source. The photo's long side is 2,200 to 2,900 px.
"""

from collections.abc import Callable
from functools import cache
from random import Random
from typing import Any

import cv2
import numpy as np
import numpy.typing as npt

from anpei.kernel import errors

Picture = npt.NDArray[np.uint8]
Quad = npt.NDArray[np.float32]


class UnknownEffect(errors.InvalidInput):
    """No effect has this name."""

    code = "samples.unknown_effect"


@cache
def _grain() -> npt.NDArray[np.int8]:
    """One tile of normal noise, standard deviation 24, that all photos cut their own window from."""
    noise = np.random.default_rng(20260401).standard_normal((1536, 1536)).astype(np.float32) * 24
    return np.clip(noise, -127, 127).astype(np.int8)


def _noise(picture: Picture, rng: Random, sigma: float) -> Picture:
    height, width = picture.shape[:2]
    tile = np.roll(_grain(), (rng.randrange(1536), rng.randrange(1536)), axis=(0, 1))
    window = np.tile(tile, (height // 1536 + 1, width // 1536 + 1))[:height, :width]
    plus = cv2.convertScaleAbs(np.maximum(window, 0), alpha=sigma / 24)
    minus = cv2.convertScaleAbs(np.minimum(window, 0), alpha=sigma / 24)
    return _u8(cv2.subtract(cv2.add(picture, cv2.merge([plus] * 3)), cv2.merge([minus] * 3)))


def _u8(array: Any) -> Picture:
    return np.asarray(array, dtype=np.uint8)


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
    return _u8(cv2.resize(small, (width, height), interpolation=cv2.INTER_LINEAR))


def _frame(sheet: Picture, rng: Random) -> tuple[int, int, Quad]:
    """Size of the photo and where the corners of the sheet land in it."""
    height, width = sheet.shape[:2]
    share = rng.uniform(0.82, 0.92)
    long_side = rng.randint(2200, 2900)
    frame_w, frame_h = (long_side, round(long_side * 0.75)) if width > height else (round(long_side * 0.75), long_side)
    scale = min(frame_w * share / width, frame_h * share / height)
    half_w, half_h = width * scale / 2, height * scale / 2
    centre = np.array([frame_w / 2, frame_h / 2], np.float32)
    corners = np.array([[-half_w, -half_h], [half_w, -half_h], [half_w, half_h], [-half_w, half_h]], np.float32)
    angle = np.radians(rng.uniform(-2.5, 2.5))
    turn = np.array([[np.cos(angle), -np.sin(angle)], [np.sin(angle), np.cos(angle)]], np.float32)
    jitter = np.array([[rng.uniform(-0.022, 0.022) * min(frame_w, frame_h) for _ in "xy"] for _ in range(4)], np.float32)
    quad = corners @ turn.T + centre + jitter
    quad[:, 0] = np.clip(quad[:, 0], 6, frame_w - 7)
    quad[:, 1] = np.clip(quad[:, 1], 6, frame_h - 7)
    return frame_w, frame_h, quad.astype(np.float32)


def _shoot(sheet: Picture, mask: Picture | None, rng: Random, *, shift: tuple[float, float] = (0, 0)) -> Picture:
    """Lay the sheet on a desk and look at it at a slight angle; ``shift`` moves it out of the frame, in shares of the frame."""
    width, height, quad = _frame(sheet, rng)
    quad += np.array([shift[0] * width, shift[1] * height], np.float32)
    source = np.array([[0, 0], [sheet.shape[1], 0], [sheet.shape[1], sheet.shape[0]], [0, sheet.shape[0]]], np.float32)
    matrix = cv2.getPerspectiveTransform(source, quad)
    cover = mask if mask is not None else np.full(sheet.shape[:2], 255, np.uint8)
    laid = cv2.warpPerspective(
        sheet, matrix, (width, height), flags=cv2.INTER_AREA if quad[1, 0] - quad[0, 0] < sheet.shape[1] else cv2.INTER_CUBIC
    )
    where = cv2.warpPerspective(cover, matrix, (width, height))
    desk = _desk(width, height, rng, _u8(where))
    cv2.copyTo(laid, _u8(cv2.threshold(where, 127, 255, cv2.THRESH_BINARY)[1]), desk)
    return desk


def _light(picture: Picture, rng: Random, *, low: float = 0.72, gain: float = 1.0) -> Picture:
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
    return _u8(cv2.merge([cv2.convertScaleAbs(cv2.multiply(picture[..., k].astype(np.float32), weight), alpha=cast[k]) for k in range(3)]))


def phone(sheet: Picture, mask: Picture | None, rng: Random) -> Picture:
    """An ordinary phone photo."""
    return _noise(_light(_shoot(sheet, mask, rng), rng), rng, 4.5)


def clean(sheet: Picture, mask: Picture | None, rng: Random) -> Picture:
    """The sheet as scanned."""
    return sheet


def dark(sheet: Picture, mask: Picture | None, rng: Random) -> Picture:
    """A photo in a badly lit room."""
    return _noise(_light(_shoot(sheet, mask, rng), rng, low=0.6, gain=rng.uniform(0.34, 0.42)), rng, 6.5)


def glare(sheet: Picture, mask: Picture | None, rng: Random) -> Picture:
    """A lamp reflected on the paper: one saturated spot."""
    picture = _light(_shoot(sheet, mask, rng), rng)
    height, width = picture.shape[:2]
    y, x = np.mgrid[0 : height // 8 + 1, 0 : width // 8 + 1].astype(np.float32)
    cx, cy = rng.uniform(0.3, 0.7) * width / 8, rng.uniform(0.3, 0.7) * height / 8
    radius = rng.uniform(0.07, 0.11) * width / 8
    spot = 235 * np.exp(-((x - cx) ** 2 + ((y - cy) * 1.4) ** 2) / (2 * radius**2))
    added = cv2.resize(spot.astype(np.uint8), (width, height), interpolation=cv2.INTER_LINEAR)
    return _noise(_u8(cv2.add(picture, cv2.merge([added] * 3))), rng, 4.5)


def blurred(sigma: float) -> Callable[[Picture, Picture | None, Random], Picture]:
    """A photo out of focus by ``sigma`` px."""

    def effect(sheet: Picture, mask: Picture | None, rng: Random) -> Picture:
        return _noise(_u8(cv2.GaussianBlur(_light(_shoot(sheet, mask, rng), rng), (0, 0), sigma)), rng, 4.5)

    return effect


def motion(sheet: Picture, mask: Picture | None, rng: Random) -> Picture:
    """A shaken photo: 15 px along a slanted line."""
    picture = _light(_shoot(sheet, mask, rng), rng)
    kernel = np.zeros((15, 15), np.float32)
    cv2.line(kernel, (0, rng.randint(4, 10)), (14, rng.randint(4, 10)), 1.0, 1)
    return _noise(_u8(cv2.filter2D(picture, -1, kernel / kernel.sum())), rng, 4.5)


def turned(quarter_turns: int) -> Callable[[Picture, Picture | None, Random], Picture]:
    """A phone photo turned by quarter turns anticlockwise."""

    def effect(sheet: Picture, mask: Picture | None, rng: Random) -> Picture:
        return np.ascontiguousarray(np.rot90(phone(sheet, mask, rng), quarter_turns))

    return effect


def cut(sheet: Picture, mask: Picture | None, rng: Random) -> Picture:
    """A corner of the sheet is outside the photo."""
    shift = (rng.choice((-1, 1)) * rng.uniform(0.14, 0.2), rng.choice((-1, 1)) * rng.uniform(0.14, 0.2))
    return _noise(_light(_shoot(sheet, mask, rng, shift=shift), rng), rng, 4.5)


EFFECTS: dict[str, Callable[[Picture, Picture | None, Random], Picture]] = {
    "clean": clean,
    "phone": phone,
    "dark": dark,
    "glare": glare,
    "blur_2": blurred(2.0),
    "blur_3": blurred(3.0),
    "blur_8": blurred(8.0),
    "motion": motion,
    "rotated_90": turned(1),
    "rotated_180": turned(2),
    "rotated_270": turned(3),
    "cut": cut,
}


def photograph(sheet: Picture, effect: str, rng: Random, *, mask: Picture | None = None) -> bytes:
    """The JPEG of a BGR sheet under a named effect; ``mask`` is the shape of a sheet that is no rectangle. Raises UnknownEffect."""
    if effect not in EFFECTS:
        raise UnknownEffect(f"no effect named {effect}: take one of {', '.join(EFFECTS)}")
    picture = EFFECTS[effect](sheet, mask, rng)
    done, data = cv2.imencode(".jpg", picture, [cv2.IMWRITE_JPEG_QUALITY, 92 if effect == "clean" else 80])
    if not done:
        raise UnknownEffect(f"the page could not be written as JPEG under effect {effect}")
    return data.tobytes()
