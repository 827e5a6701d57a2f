"""Fresh set: number plates on cars, photographed from the front and from behind, a little askew and not quite clean."""

from random import Random

import cv2
import numpy as np
from PIL import Image, ImageDraw, ImageFilter

from anpei.samples.drawing.sheet import FACE_SANS, Colour, Pen, Sheet
from anpei.samples.layouts.fresh_pieces import glyphs, note
from anpei.samples.layouts.fresh_scenes_light import PAINTS, Field, Shape, as_field, cloud, disc, grained, lacquer, over, within
from anpei.samples.layouts.registry import layout
from anpei.samples.world.documents import Document

SHAPE: Shape = (900, 1200)
BLUE: Colour = (12, 62, 158)
MM = 3
"""Pixels to a millimetre of the plate before it is laid on the car."""


def _character(char: str, width: int, height: int, colour: Colour) -> Image.Image:
    """One stamped character as a mask stretched to its box; a 1 keeps its stem narrow."""
    drawn = glyphs(char, Pen(size=20, colour=(0, 0, 0), bold=5, face=FACE_SANS))
    mask = Image.eval(drawn.convert("L"), lambda value: 255 - value)
    box = mask.getbbox() or (0, 0, 1, 1)
    inner = mask.crop(box)
    wide = round(width * 0.5) if char == "1" else width
    room = Image.new("L", (width, height), 0)
    room.paste(inner.resize((wide, height), Image.Resampling.LANCZOS), ((width - wide) // 2, 0))
    return room


def _steps(count: int) -> tuple[float, list[float]]:
    """Width of a plate in mm and the left edge of each character (GA 36): seven on blue, eight on green."""
    width, wide, gap, after = (440.0, 45.0, 12.0, 34.0) if count == 7 else (480.0, 43.0, 9.0, 49.0)
    left, places = 15.5, []
    for index in range(count):
        places.append(left)
        left += wide + (after if index == 1 else gap)
    return width, places


def _ground(width: int, height: int, *, green: bool) -> Image.Image:
    """Blue all over, or white that turns green downwards with a full green field below the middle."""
    if not green:
        return Image.new("RGB", (width, height), BLUE)
    down = np.linspace(0, 1, height, dtype=np.float32)[:, None, None]
    mixed = np.array((214, 240, 226), np.float32) * (1 - down) + np.array((88, 196, 130), np.float32) * down
    return Image.fromarray(np.broadcast_to(mixed, (height, width, 3)).astype(np.uint8))


def _plate(number: str, rng: Random, *, green: bool) -> Image.Image:
    """The plate from straight in front, stamped and a little dirty."""
    wide_mm, places = _steps(len(number))
    width, height = round(wide_mm * MM), 140 * MM
    picture = _ground(width, height, green=green)
    ink, rim = ((16, 18, 18), (20, 40, 28)) if green else ((246, 247, 248), (240, 242, 244))
    pencil = ImageDraw.Draw(picture)
    pencil.rounded_rectangle((9, 9, width - 10, height - 10), 26, outline=rim, width=8)
    for char, left in zip(number, places, strict=True):
        mask = _character(char, round((45 if len(number) == 7 else 43) * MM), 90 * MM, ink)
        at = (round(left * MM), 25 * MM)
        picture.paste((0, 22, 74) if not green else (150, 206, 176), (at[0] + 4, at[1] + 4), mask)
        picture.paste(ink, at, mask)
    dot = places[1] + (45 if len(number) == 7 else 43) + (17 if len(number) == 7 else 24.5)
    if not green:
        pencil.ellipse([round((dot - 5) * MM), 65 * MM, round((dot + 5) * MM), 75 * MM], fill=ink)
    for x in (0.16, 0.84):
        pencil.ellipse([width * x - 15, 18, width * x + 15, 48], fill=(176, 178, 180), outline=(90, 92, 94), width=3)
    return _dirty(picture.filter(ImageFilter.GaussianBlur(1.0)), rng)


def _dirty(picture: Image.Image, rng: Random) -> Image.Image:
    """Dust at the foot, splashes here and there."""
    shape = (picture.height, picture.width)
    low = np.linspace(0, 1, shape[0], dtype=np.float32)[:, None] ** 3
    dust = np.clip(cloud(shape, rng, cells=18) * 0.3 + low * 0.25 - 0.12, 0, 0.4)
    spots = np.clip((cloud(shape, rng, cells=120) - 0.9) * 5, 0, 0.5)
    return Image.fromarray(over(as_field(np.asarray(picture)), (118, 108, 96), as_field(dust + spots)).astype(np.uint8))


def _mount(scene: Field, picture: Image.Image, corners: list[tuple[float, float]]) -> Field:
    """Lay the plate on the scene between four corners (shares of width and height, clockwise)."""
    source = np.array([[0, 0], [picture.width, 0], [picture.width, picture.height], [0, picture.height]], np.float32)
    target = np.array([[x * SHAPE[1], y * SHAPE[0]] for x, y in corners], np.float32)
    matrix = cv2.getPerspectiveTransform(source, target)
    size = (SHAPE[1], SHAPE[0])
    small = cv2.GaussianBlur(np.asarray(picture), (0, 0), 1.1)
    laid = cv2.warpPerspective(small, matrix, size, flags=cv2.INTER_AREA)
    full = np.full((picture.height, picture.width), 255, np.uint8)
    mask = as_field(cv2.warpPerspective(full, matrix, size, flags=cv2.INTER_LINEAR)) / 255
    drop = as_field(cv2.GaussianBlur(np.roll(mask, (7, 4), axis=(0, 1)), (0, 0), 6))
    return over(over(scene, (8, 8, 9), drop * 0.6), as_field(laid), mask)


def _corners(rng: Random, cx: float, cy: float, wide: float, tall: float) -> list[tuple[float, float]]:
    """Four corners about a middle, turned and seen a bit from one side."""
    turn, side = rng.uniform(-0.05, 0.05), rng.uniform(-0.07, 0.07)
    corners = []
    for sx, sy in ((-1, -1), (1, -1), (1, 1), (-1, 1)):
        high = tall / 2 * (1 + side * sx)
        corners.append((cx + sx * wide / 2, cy + sy * high + sx * turn * wide / 2))
    return corners


def _front_of(rng: Random, paint: tuple[int, int, int]) -> Field:
    """Bonnet edge, grille with slats, bumper: what is around a front plate."""
    y = np.broadcast_to(np.linspace(0, 1, SHAPE[0], dtype=np.float32)[:, None], SHAPE)
    lean = as_field(0.8 - 1.5 * y + 0.3 * np.exp(-(((y - 0.2) / 0.03) ** 2)))
    scene = lacquer(as_field(cloud(SHAPE, rng, cells=4) * 4), paint, lean=lean)
    scene = over(scene, (14, 14, 15), within(SHAPE, [(0.06, 0.22), (0.94, 0.22), (0.86, 0.5), (0.14, 0.5)], soft=2))
    for row in range(6):
        top = 0.245 + row * 0.042
        scene = over(scene, (116, 120, 124), within(SHAPE, [(0.08, top), (0.92, top), (0.915, top + 0.013), (0.085, top + 0.013)]))
    scene = over(scene, (24, 24, 26), within(SHAPE, [(0.0, 0.79), (1.0, 0.79), (0.94, 0.97), (0.06, 0.97)], soft=2))
    for cx in (-0.02, 1.02):
        scene = over(scene, (206, 212, 218), disc(SHAPE, cx, 0.27, 0.09, soft=6, squeeze=1.1))
        scene = over(scene, (60, 64, 70), disc(SHAPE, cx, 0.27, 0.055, soft=6))
    return scene


def _behind(rng: Random, paint: tuple[int, int, int]) -> Field:
    """Boot lid with a hollow for the plate, lamps at both sides, bumper with a reflector."""
    y = np.broadcast_to(np.linspace(0, 1, SHAPE[0], dtype=np.float32)[:, None], SHAPE)
    lean = as_field(0.55 - 1.1 * y + 0.3 * np.exp(-(((y - 0.13) / 0.02) ** 2)) - 0.3 * np.exp(-(((y - 0.72) / 0.02) ** 2)))
    scene = lacquer(as_field(cloud(SHAPE, rng, cells=5) * 4), paint, lean=lean)
    hollow = within(SHAPE, [(0.16, 0.24), (0.84, 0.24), (0.8, 0.66), (0.2, 0.66)], soft=5)
    scene = over(scene, as_field(scene * 0.5), hollow)
    scene = over(scene, (186, 190, 194), within(SHAPE, [(0.15, 0.205), (0.85, 0.205), (0.845, 0.245), (0.155, 0.245)], soft=2))
    for left, right in ((0.0, 0.12), (0.88, 1.0)):
        scene = over(scene, (142, 12, 18), within(SHAPE, [(left, 0.12), (right, 0.14), (right, 0.4), (left, 0.46)], soft=3))
        scene = over(scene, (226, 96, 88), within(SHAPE, [(left, 0.2), (right, 0.21), (right, 0.25), (left, 0.25)], soft=7) * 0.7)
    scene = over(scene, (12, 12, 13), within(SHAPE, [(0, 0.735), (1, 0.735), (1, 0.745), (0, 0.745)]))
    return over(scene, (34, 34, 36), within(SHAPE, [(0, 0.9), (1, 0.9), (1, 1), (0, 1)], soft=3))


def _taken(document: Document, rng: Random, scene: Field, corners: list[tuple[float, float]]) -> Sheet:
    """The sheet with the photo; the number is kept under it as hidden text."""
    sheet = Sheet(150, 112.5, facts=document.facts, rng=rng)
    number = document.facts["plate_number"]
    left, top = corners[0]
    wide, tall = (corners[1][0] - left) * 150, (corners[3][1] - top) * 112.5
    note(sheet, left * 150, top * 112.5 + tall / 2 - wide / 9.8, number, size=wide / 4.9, ground=BLUE)
    sheet.fact_marks.append(sheet.marks[-1])
    sheet.shown["plate_number"] = number
    picture = _plate(number, rng, green=document.extra["colour"] == "green")
    sheet.paste(grained(_mount(scene, picture, corners), rng), 0, 0)
    return sheet


@layout("plate_photo", "fresh-a")
def front_plate(document: Document, rng: Random) -> list[Sheet]:
    """The plate on the grille, from the front and near."""
    scene = _front_of(rng, PAINTS[rng.choice(sorted(PAINTS))])
    return [_taken(document, rng, scene, _corners(rng, 0.5, 0.58, 0.6, 0.26))]


@layout("plate_photo", "fresh-b")
def rear_plate(document: Document, rng: Random) -> list[Sheet]:
    """The plate in the boot lid, from some steps away."""
    scene = _behind(rng, PAINTS[rng.choice(sorted(PAINTS))])
    return [_taken(document, rng, scene, _corners(rng, 0.5, 0.45, 0.46, 0.195))]
