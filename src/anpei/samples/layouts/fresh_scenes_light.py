"""What painted scenes of the fresh set are made of: surfaces that catch the light, ground, glass, grain. Pictures are RGB in 0..255."""

from random import Random
from typing import Any

import cv2
import numpy as np
import numpy.typing as npt
from PIL import Image

Field = npt.NDArray[np.float32]
Shape = tuple[int, int]
PAINTS = {"silver": (168, 172, 178), "red": (158, 26, 30), "navy": (26, 38, 74), "white": (222, 224, 222), "black": (28, 29, 32)}


def as_field(values: Any) -> Field:
    """Values as 32-bit floats."""
    return np.asarray(values, dtype=np.float32)


def chance(rng: Random) -> np.random.Generator:
    """A numpy source of the sheet's chance."""
    return np.random.default_rng(rng.getrandbits(32))


def cloud(shape: Shape, rng: Random, *, cells: int, stretch: float = 1.0) -> Field:
    """Smooth noise in 0..1 with about ``cells`` bumps across; ``stretch`` above 1 draws them out sideways."""
    rows, columns = max(2, round(cells * shape[0] / shape[1] * stretch)), max(2, round(cells / stretch))
    small = chance(rng).random((rows, columns), dtype=np.float32)
    return as_field(cv2.resize(small, (shape[1], shape[0]), interpolation=cv2.INTER_CUBIC))


def within(shape: Shape, points: list[tuple[float, float]], *, soft: float = 1.2) -> Field:
    """A mask in 0..1 of a polygon whose corners are given as shares of width and height."""
    mask = np.zeros(shape, np.uint8)
    corners = np.array([[round(x * shape[1] * 8), round(y * shape[0] * 8)] for x, y in points], np.int32)
    cv2.fillPoly(mask, [corners], 255, lineType=cv2.LINE_AA, shift=3)
    return as_field(as_field(cv2.GaussianBlur(mask, (0, 0), soft)) / 255)


def disc(shape: Shape, cx: float, cy: float, reach: float, *, soft: float = 1.5, squeeze: float = 1.0) -> Field:
    """A mask of a disc; centre in shares, ``reach`` as a share of the width, ``squeeze`` makes it narrower."""
    y, x = np.mgrid[0 : shape[0], 0 : shape[1]].astype(np.float32)
    away = np.hypot((x - cx * shape[1]) / squeeze, y - cy * shape[0])
    return as_field(np.clip((reach * shape[1] - away) / soft + 0.5, 0, 1))


def over(picture: Field, colour: Any, mask: Any) -> Field:
    """The picture with a colour or another picture laid on where the mask is."""
    weight = as_field(mask)[..., None]
    return as_field(picture * (1 - weight) + as_field(colour) * weight)


def surroundings(elevation: Any, azimuth: Any) -> Field:
    """What a shiny surface sees: bright sky, a line of dark houses and trees, grey ground. Elevation in -1..1."""
    edge = 0.08 + 0.05 * np.sin(azimuth * 9) + 0.03 * np.sin(azimuth * 31 + 1)
    sky = np.clip((elevation - edge) / 0.05, 0, 1)
    ground = np.clip((0.0 - elevation) / 0.06, 0, 1)
    light = 0.16 + sky * (0.55 + 0.5 * np.clip(elevation, 0, 1)) + ground * 0.22
    return as_field(light)


def lacquer(height: Field, paint: tuple[int, int, int], *, lean: Field) -> Field:
    """Paint with a clear coat over a relief (px); ``lean`` is how much each place of the panel looks up (-1..1)."""
    dy, dx = (as_field(part) for part in np.gradient(height))
    up = lean - dy * 1.6
    side = -dx * 1.6
    elevation = np.clip(up * 1.3, -1, 1)
    seen = surroundings(elevation, side + np.linspace(-1, 1, height.shape[1], dtype=np.float32)[None, :])
    diffuse = np.clip(0.78 + 0.4 * up + 0.1 * side, 0.16, 1.25)
    body = as_field(paint) * diffuse[..., None]
    mirror = (0.1 + 0.22 * np.clip(1 - np.abs(up), 0, 1)) * seen
    return as_field(np.clip(body * 0.9 + mirror[..., None] * 245, 0, 255))


def asphalt(shape: Shape, rng: Random, *, tone: float = 104) -> Field:
    """A road: coarse grain, stains, a little warmer where it is dusty."""
    fine = chance(rng).normal(0, 15, shape).astype(np.float32)
    fine = as_field(cv2.GaussianBlur(fine, (0, 0), 0.9)) * 1.6
    stains = cloud(shape, rng, cells=6) * 26 + cloud(shape, rng, cells=40) * 14
    grey = tone + fine + stains - 20
    return as_field(np.clip(np.stack([grey + 3, grey + 1, grey - 3], axis=-1), 0, 255))


def tyre(picture: Field, cx: float, cy: float, reach: float, rng: Random) -> Field:
    """A wheel: dark arch, rubber, a rim with spokes."""
    shape = (picture.shape[0], picture.shape[1])
    picture = over(picture, (12, 12, 13), disc(shape, cx, cy, reach * 1.2, soft=3))
    rubber = np.stack([34 + 16 * cloud(shape, rng, cells=30)] * 3, axis=-1)
    picture = over(picture, rubber, disc(shape, cx, cy, reach, soft=2))
    y, x = np.mgrid[0 : shape[0], 0 : shape[1]].astype(np.float32)
    angle = np.arctan2(y - cy * shape[0], x - cx * shape[1])
    away = np.hypot(x - cx * shape[1], y - cy * shape[0]) / (reach * shape[1])
    spokes = np.clip((np.cos(angle * 5 + 0.4) - 0.15) * 4, 0, 1) * (away < 0.64)
    rim = np.clip(1 - np.abs(away - 0.64) / 0.035, 0, 1)
    metal = 118 + 70 * np.sin(angle - 1.1)[..., None] + np.zeros(3, np.float32)
    picture = over(picture, (20, 20, 22), as_field(away < 0.62))
    picture = over(picture, metal, as_field(np.clip(spokes + rim, 0, 1)))
    return over(picture, (70, 72, 74), disc(shape, cx, cy, reach * 0.12))


def grained(picture: Field, rng: Random, *, sigma: float = 3.0, soft: float = 0.8) -> Image.Image:
    """A photo of the scene: a lens that is not quite sharp and darker to its corners, a sensor's grain."""
    height, width = picture.shape[:2]
    y, x = np.meshgrid(np.linspace(-1, 1, height), np.linspace(-1, 1, width), indexing="ij")
    blurred = as_field(cv2.GaussianBlur(picture, (0, 0), soft)) * (1 - 0.13 * (x**2 + y**2))[..., None]
    noisy = blurred + chance(rng).normal(0, sigma, picture.shape).astype(np.float32)
    return Image.fromarray(np.clip(noisy, 0, 255).astype(np.uint8))
