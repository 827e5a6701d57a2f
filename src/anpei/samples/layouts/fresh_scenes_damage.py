"""Fresh set: photos of damaged cars, painted: panels that mirror their surroundings, dents that bend the mirror image, scratches."""

from random import Random

import cv2
import numpy as np

from anpei.samples.drawing.sheet import Sheet
from anpei.samples.layouts.fresh_scenes_light import (
    PAINTS,
    Field,
    Shape,
    as_field,
    asphalt,
    chance,
    cloud,
    disc,
    grained,
    lacquer,
    over,
    tyre,
    within,
)
from anpei.samples.layouts.registry import layout
from anpei.samples.world.documents import Document

SHAPE: Shape = (900, 1200)


def _dents(height: Field, rng: Random, places: list[tuple[float, float, float]]) -> Field:
    """Press dents into a relief: a hollow, a rim around it and a crease through it. Places and reach in shares of the width."""
    rows, columns = height.shape
    y, x = np.mgrid[0:rows, 0:columns].astype(np.float32)
    for cx, cy, reach in places:
        px, py, size = cx * columns, cy * rows, reach * columns
        turn = rng.uniform(-0.6, 0.6)
        u = ((x - px) * np.cos(turn) + (y - py) * np.sin(turn)) / size
        v = ((y - py) * np.cos(turn) - (x - px) * np.sin(turn)) / (size * rng.uniform(0.45, 0.75))
        away = np.hypot(u, v)
        ragged = away * (1 + 0.18 * (cloud((rows, columns), rng, cells=14) - 0.5))
        height = height - size * 0.22 * np.exp(-(ragged**2) * 2.2) + size * 0.05 * np.exp(-((ragged - 1.15) ** 2) * 18)
        height = height - size * 0.04 * np.exp(-np.abs(v) * 7) * np.exp(-(u**2) * 1.4)
    return as_field(cv2.GaussianBlur(as_field(height), (0, 0), 3))


def _scratches(picture: Field, rng: Random, *, start: tuple[float, float], end: tuple[float, float], count: int, spread: float) -> Field:
    """Bundles of scratches: bare primer in the deep ones, lighter paint in the shallow ones, broken along their way."""
    rows, columns = picture.shape[:2]
    wear = [np.clip(cloud((rows, columns), rng, cells=60) * 2.6 - 0.6, 0, 1) for _ in range(3)]
    for _ in range(count):
        shift, lean = rng.gauss(0, spread), rng.gauss(0, spread * 0.4)
        first, last = sorted((rng.random(), rng.random()))
        t = np.linspace(first, last, 60)
        wave = 0.005 * np.sin(t * 6 + 2) + lean * t + np.cumsum(chance(rng).normal(0, 0.00025, 60))
        xs = (start[0] + (end[0] - start[0]) * t) * columns
        ys = (start[1] + (end[1] - start[1]) * t + shift + wave) * rows
        mask = np.zeros((rows, columns), np.uint8)
        points = np.round(np.stack([xs, ys], axis=-1) * 8).astype(np.int32)
        cv2.polylines(mask, [points], False, 255, rng.choice((1, 1, 1, 2)), cv2.LINE_AA, 3)
        bare = rng.choice(((206, 206, 202), (176, 178, 180), (228, 226, 220), (110, 108, 106)))
        picture = over(picture, bare, as_field(as_field(mask) / 255 * rng.choice(wear) * rng.uniform(0.3, 0.9)))
    return picture


def _scraped(picture: Field, rng: Random, cx: float, cy: float, reach: float) -> Field:
    """Paint rubbed off over a patch: primer and dark plastic in flecks."""
    shape = (picture.shape[0], picture.shape[1])
    flecks = cloud(shape, rng, cells=260, stretch=2.6) * 0.5 + cloud(shape, rng, cells=60, stretch=3) * 0.5
    below = as_field(np.broadcast_to(np.clip((np.linspace(0, 1, shape[0])[:, None] - 0.43) * 40, 0, 1), shape))
    patch = disc(shape, cx, cy, reach * 0.7, soft=reach * shape[1] * 0.8) * below
    picture = over(picture, (196, 194, 188), as_field(np.clip((flecks - 0.6) * 14, 0, 1)) * patch)
    return over(picture, (44, 44, 46), as_field(np.clip((flecks - 0.74) * 14, 0, 1)) * patch)


def _ground(picture: Field, rng: Random, level: float) -> Field:
    """The road below a level, in the shadow of the car near it."""
    road = asphalt(SHAPE, rng, tone=136)
    y = np.linspace(0, 1, SHAPE[0], dtype=np.float32)[:, None]
    shadow = 1 - 0.72 * np.exp(-np.clip(y - level, 0, 1) / 0.05)
    return over(picture, road * shadow[..., None], as_field(np.broadcast_to(np.clip((y - level) * 300, 0, 1), SHAPE)))


def _gap(picture: Field, points: list[tuple[float, float]], *, wide: float = 4) -> Field:
    """The dark gap between two panels with a lit edge beside it."""
    rows, columns = picture.shape[:2]
    line = np.array([[round(x * columns), round(y * rows)] for x, y in points], np.int32)
    dark, lit = np.zeros((rows, columns), np.uint8), np.zeros((rows, columns), np.uint8)
    cv2.polylines(dark, [line], False, 255, round(wide), cv2.LINE_AA)
    cv2.polylines(lit, [line + np.array([4, 2])], False, 255, 2, cv2.LINE_AA)
    picture = over(picture, (225, 228, 232), as_field(lit) / 255 * 0.35)
    return over(picture, (14, 14, 16), as_field(dark) / 255 * 0.9)


def _glass(picture: Field, mask: Field, rng: Random) -> Field:
    """Tinted glass that mirrors trees and sky."""
    pane = 24 + 60 * cloud(SHAPE, rng, cells=7) ** 2 + 70 * (cloud(SHAPE, rng, cells=3, stretch=2) > 0.62)
    return over(picture, np.stack([pane * 0.92, pane, pane * 1.04], axis=-1), mask)


def _door(rng: Random, paint: tuple[int, int, int]) -> Field:
    """A car's side: two doors, windows, a sill, part of a wheel, a dent with scratches on a door."""
    y, x = np.mgrid[0 : SHAPE[0], 0 : SHAPE[1]].astype(np.float32)
    v = y / SHAPE[0]
    crease = 0.43 + 0.02 * x / SHAPE[1]
    lean = as_field(
        0.3 - 0.95 * (v - 0.2) + 0.36 * np.exp(-(((v - crease - 0.02) / 0.022) ** 2)) - 0.3 * np.exp(-(((v - crease + 0.02) / 0.018) ** 2))
    )
    height = cloud(SHAPE, rng, cells=5) * 3
    at = (rng.uniform(0.36, 0.6), rng.uniform(0.5, 0.62))
    dents = [(*at, rng.uniform(0.07, 0.12)), (at[0] + rng.uniform(0.1, 0.16), at[1] + rng.uniform(-0.04, 0.05), 0.045)]
    picture = lacquer(_dents(height, rng, dents), paint, lean=lean)
    window = within(SHAPE, [(0.0, 0.0), (1.0, 0.0), (1.0, 0.2), (0.0, 0.235)])
    picture = _glass(picture, window, rng)
    picture = over(picture, (26, 26, 28), within(SHAPE, [(0.305, 0.0), (0.36, 0.0), (0.36, 0.23), (0.305, 0.23)]))
    picture = over(picture, (180, 184, 190), within(SHAPE, [(0.0, 0.235), (1.0, 0.2), (1.0, 0.211), (0.0, 0.246)]))
    picture = _gap(picture, [(0.33, 0.235), (0.332, 0.45), (0.335, 0.7), (0.325, 0.8)])
    picture = _gap(picture, [(0.86, 0.21), (0.865, 0.4), (0.83, 0.58), (0.79, 0.7), (0.78, 0.8)])
    for left in (0.2, 0.7):
        picture = over(picture, (22, 22, 24), disc(SHAPE, left + 0.05, 0.34, 0.022, soft=9, squeeze=1.5) * 0.34)
        bar = within(SHAPE, [(left, 0.322), (left + 0.1, 0.315), (left + 0.102, 0.338), (left + 0.002, 0.345)], soft=2)
        picture = over(picture, np.clip(as_field(paint) * 1.15 + 18, 0, 255), bar)
    picture = over(picture, (30, 30, 32), within(SHAPE, [(0, 0.8), (1, 0.79), (1, 0.86), (0, 0.87)]))
    picture = _ground(picture, rng, 0.865)
    picture = tyre(picture, 1.0, 0.76, 0.13, rng)
    return _scratches(picture, rng, start=(at[0] - 0.2, at[1] + 0.05), end=(at[0] + 0.26, at[1] - 0.03), count=34, spread=0.02)


@layout("damage_photo", "fresh-a")
def dented_door(document: Document, rng: Random) -> list[Sheet]:
    """A dented, scratched door from the side."""
    sheet = Sheet(150, 112.5, facts=document.facts, rng=rng)
    sheet.paste(grained(_door(rng, PAINTS[document.extra["colour"]]), rng), 0, 0)
    return [sheet]


def _lamp(picture: Field, rng: Random) -> Field:
    """A head lamp at the upper right: clear glass over dark, two round lights, cracks that run from a hole."""
    glass = within(SHAPE, [(0.62, 0.2), (0.98, 0.13), (1.0, 0.3), (0.78, 0.36), (0.66, 0.31)], soft=2)
    inside = np.stack([52 + 50 * cloud(SHAPE, rng, cells=12)] * 3, axis=-1)
    picture = over(picture, inside, glass)
    for cx in (0.75, 0.88):
        picture = over(picture, (150, 156, 162), disc(SHAPE, cx, 0.245, 0.042, soft=4) * glass)
        picture = over(picture, (34, 36, 40), disc(SHAPE, cx, 0.245, 0.033, soft=3) * glass)
        picture = over(picture, (214, 222, 230), disc(SHAPE, cx - 0.01, 0.23, 0.013, soft=12) * glass)
    cracks = np.zeros(SHAPE, np.uint8)
    for _ in range(16):
        x, y, angle = 0.7 * SHAPE[1], 0.29 * SHAPE[0], rng.uniform(0, 6.28)
        for _ in range(rng.randint(3, 8)):
            angle += rng.gauss(0, 0.3)
            step = rng.uniform(10, 34)
            nx, ny = x + step * np.cos(angle), y + step * np.sin(angle)
            cv2.line(cracks, (round(x), round(y)), (round(nx), round(ny)), 255, 1, cv2.LINE_AA)
            x, y = float(nx), float(ny)
    picture = over(picture, (240, 244, 246), as_field(cracks) / 255 * glass * 0.85)
    return over(picture, (16, 16, 16), disc(SHAPE, 0.7, 0.29, 0.014, soft=2) * glass)


def _front(rng: Random, paint: tuple[int, int, int]) -> Field:
    """A front corner: bonnet, lamp, a bumper that is torn off its seat and scraped, bits on the road."""
    y, x = np.mgrid[0 : SHAPE[0], 0 : SHAPE[1]].astype(np.float32)
    v, u = y / SHAPE[0], x / SHAPE[1]
    lean = as_field(0.75 - 1.35 * v + 0.32 * np.exp(-(((v - 0.46) / 0.03) ** 2)) - 0.2 * np.exp(-(((v - 0.62) / 0.03) ** 2)) - 0.15 * u)
    height = _dents(cloud(SHAPE, rng, cells=4) * 4, rng, [(rng.uniform(0.5, 0.62), 0.5, 0.11), (rng.uniform(0.28, 0.36), 0.1, 0.07)])
    picture = lacquer(height, paint, lean=lean)
    picture = over(picture, (18, 18, 20), within(SHAPE, [(0.0, 0.24), (0.5, 0.23), (0.54, 0.33), (0.5, 0.4), (0.0, 0.42)], soft=2))
    for row in range(5):
        top = 0.255 + row * 0.031
        picture = over(picture, (150, 154, 158), within(SHAPE, [(0.0, top), (0.51, top - 0.008), (0.51, top - 0.001), (0.0, top + 0.008)]))
    picture = _gap(picture, [(0.0, 0.2), (0.3, 0.192), (0.62, 0.196), (0.98, 0.115)], wide=6)
    picture = _lamp(picture, rng)
    torn = [(0.56, 0.37), (0.8, 0.38), (1.0, 0.33), (1.0, 0.36), (0.82, 0.425), (0.6, 0.4)]
    picture = over(picture, (10, 10, 11), within(SHAPE, torn, soft=2))
    lower = [(0.06, 0.62), (0.6, 0.61), (0.66, 0.66), (0.6, 0.74), (0.1, 0.74)]
    picture = over(picture, (20, 20, 22), within(SHAPE, lower, soft=2))
    picture = over(picture, (36, 36, 38), within(SHAPE, [(0, 0.8), (0.86, 0.78), (0.9, 0.83), (0, 0.86)], soft=3))
    picture = _ground(picture, rng, 0.855)
    picture = _scraped(picture, rng, 0.66, 0.52, 0.16)
    picture = _scratches(picture, rng, start=(0.45, 0.5), end=(0.95, 0.47), count=26, spread=0.03)
    return _bits(picture, rng, (paint, (24, 24, 26), (206, 214, 220), (120, 122, 124)))


def _bits(picture: Field, rng: Random, colours: tuple[tuple[int, int, int], ...]) -> Field:
    """Splinters on the road."""
    masks = [np.zeros(SHAPE, np.float32) for _ in colours]
    for _ in range(38):
        px, py, size = rng.uniform(0.25, 0.98), rng.uniform(0.9, 0.985), rng.uniform(0.003, 0.011)
        corners = [(px + size * rng.uniform(-1, 1), py + size * rng.uniform(-0.8, 0.8)) for _ in range(4)]
        chosen = rng.randrange(len(colours))
        masks[chosen] = as_field(np.maximum(masks[chosen], within(SHAPE, corners, soft=0.8)))
    for colour, mask in zip(colours, masks, strict=True):
        picture = over(picture, colour, mask)
    return picture


@layout("damage_photo", "fresh-b")
def broken_front(document: Document, rng: Random) -> list[Sheet]:
    """A front corner after a collision, seen askew."""
    sheet = Sheet(150, 112.5, facts=document.facts, rng=rng)
    picture = _front(rng, PAINTS[document.extra["colour"]])
    turn = cv2.getRotationMatrix2D((600, 450), rng.uniform(-5, 5), 1.14)
    picture = as_field(cv2.warpAffine(picture, turn, (SHAPE[1], SHAPE[0]), borderMode=cv2.BORDER_REFLECT))
    dust = chance(rng).random() * 0.06
    sheet.paste(grained(as_field(picture * (1 - dust) + 150 * dust), rng, sigma=4), 0, 0)
    return [sheet]
