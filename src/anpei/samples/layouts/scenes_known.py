"""Photographs without a paper in them, for development: a plate on a car's front, and damage to a car's side."""

from math import cos, pi, sin
from random import Random

import numpy as np
from PIL import Image, ImageDraw, ImageFilter

from anpei.samples.drawing.sheet import DOTS_PER_MM, FACE_SANS, Colour, Mark, Pen, Sheet, font
from anpei.samples.layouts.registry import layout
from anpei.samples.world.documents import Document

PAINTS: dict[str, Colour] = {"silver": (176, 180, 186), "red": (164, 38, 34), "navy": (34, 52, 96), "white": (226, 228, 230)}
PLATES: dict[str, tuple[Colour, Colour, Colour]] = {
    "blue": ((22, 78, 172), (22, 78, 172), (250, 250, 250)),
    "green": ((226, 240, 226), (64, 176, 96), (20, 24, 22)),
}
"""Colour of a plate: its upper and lower ground and its characters."""


def shaded(width: int, height: int, upper: Colour, lower: Colour) -> Image.Image:
    """A vertical blend of two colours, in px."""
    weight = Image.linear_gradient("L").resize((width, height))
    return Image.composite(Image.new("RGB", (width, height), lower), Image.new("RGB", (width, height), upper), weight)


def street(sheet: Sheet, rng: Random) -> None:
    """Sky, walls and asphalt, out of focus."""
    width, height = sheet.image.size
    picture = shaded(width, height, (168, 194, 220), (120, 128, 124))
    pencil = ImageDraw.Draw(picture)
    for _ in range(9):
        x, top = rng.randint(-100, width), rng.randint(round(height * 0.05), round(height * 0.35))
        tone = tuple(rng.randint(70, 190) for _ in "rgb")
        pencil.rectangle([x, top, x + rng.randint(120, 420), round(height * 0.55)], fill=tone)
    for _ in range(7):
        x, y, size = rng.randint(0, width), rng.randint(height // 5, height // 2), rng.randint(60, 170)
        pencil.ellipse([x, y, x + size, y + size], fill=(rng.randint(40, 80), rng.randint(90, 140), rng.randint(40, 70)))
    pencil.rectangle([0, round(height * 0.55), width, height], fill=(96, 96, 98))
    sheet.image.paste(picture.filter(ImageFilter.GaussianBlur(14)), (0, 0))


def grained(sheet: Sheet, strength: float) -> None:
    """Grain over the whole picture, ``strength`` in levels."""
    chance = np.random.default_rng(sheet.rng.getrandbits(32))
    noise = chance.standard_normal((sheet.image.height, sheet.image.width, 1), dtype=np.float32) * strength
    sheet.image.paste(Image.fromarray(np.clip(np.asarray(sheet.image, dtype=np.float32) + noise, 0, 255).astype(np.uint8)), (0, 0))


def character(sheet: Sheet, char: str, ink: Colour, box: tuple[float, float, float, float]) -> None:
    """One character that fills a box (mm), as the narrow characters of plates do."""
    x0, y0, x1, y1 = (round(value * DOTS_PER_MM) for value in box)
    glyph = Image.new("L", (600, 700), 0)
    ImageDraw.Draw(glyph).text((300, 330), char, 255, font=font(420, FACE_SANS), anchor="mm", stroke_width=11)
    room = glyph.getbbox() or (0, 0, 600, 700)
    width = x1 - x0 if char != "1" else (x1 - x0) // 2
    shape = glyph.crop(room).resize((width, y1 - y0), Image.Resampling.LANCZOS)
    sheet.image.paste(ink, ((x0 + x1 - width) // 2, y0), shape)
    sheet.marks.append(Mark("text", box[0], box[1], text=char, pen=Pen(size=(box[2] - box[0]) * 0.9, colour=ink)))


def plate(sheet: Sheet, x: float, y: float, *, colour: str, width: float) -> None:
    """A plate with its frame, screws and the dot behind the second character (440 x 140 mm in life)."""
    upper, lower, ink = PLATES[colour]
    height = width * 140 / 440
    number = sheet.facts["plate_number"]
    size = (round(width * DOTS_PER_MM), round(height * DOTS_PER_MM))
    sheet.image.paste(shaded(*size, upper, lower), (round(x * DOTS_PER_MM), round(y * DOTS_PER_MM)))
    sheet.box(x + 0.8, y + 0.8, x + width - 0.8, y + height - 0.8, colour=ink, weight=5)
    step = (width - height * 0.4) / (len(number) + 0.45)
    left = x + height * 0.2
    for index, char in enumerate(number):
        at = left + (index + (0.45 if index > 1 else 0.0)) * step
        character(sheet, char, ink, (at + step * 0.1, y + height * 0.18, at + step * 0.9, y + height * 0.82))
    middle = ((left + 2.22 * step) * DOTS_PER_MM, (y + height / 2) * DOTS_PER_MM)
    sheet.pencil.ellipse([middle[0] - 9, middle[1] - 9, middle[0] + 9, middle[1] + 9], fill=ink)
    sheet.shown["plate_number"] = number


@layout("plate_photo", "known-a")
def car_front(document: Document, rng: Random) -> list[Sheet]:
    """The front of a car with bonnet, lamps, grille and plate."""
    sheet = Sheet(200, 150, facts=document.facts, rng=rng)
    street(sheet, rng)
    paint = rng.choice(list(PAINTS.values()))
    dark = tuple(round(value * 0.6) for value in paint)
    pencil = sheet.pencil
    mm = DOTS_PER_MM
    pencil.polygon([(34 * mm, 22 * mm), (166 * mm, 22 * mm), (182 * mm, 58 * mm), (18 * mm, 58 * mm)], fill=(40, 48, 58))
    pencil.rounded_rectangle([10 * mm, 54 * mm, 190 * mm, 128 * mm], radius=150, fill=paint, outline=dark, width=6)
    pencil.rounded_rectangle([62 * mm, 66 * mm, 138 * mm, 82 * mm], radius=40, fill=(28, 28, 30))
    for index in range(5):
        sheet.line(64, 68.5 + index * 2.8, 136, 68.5 + index * 2.8, colour=(110, 112, 116), weight=5)
    for x in (18, 150):
        pencil.ellipse([x * mm, 66 * mm, (x + 32) * mm, 82 * mm], fill=(232, 236, 240), outline=(60, 60, 64), width=6)
    pencil.rounded_rectangle([14 * mm, 118 * mm, 186 * mm, 134 * mm], radius=60, fill=(34, 34, 36))
    sheet.image.paste(sheet.image.filter(ImageFilter.GaussianBlur(1.6)), (0, 0))
    plate(sheet, 68, 92, colour=document.extra["colour"], width=64)
    grained(sheet, 3)
    return [sheet]


@layout("plate_photo", "known-b")
def plate_close(document: Document, rng: Random) -> list[Sheet]:
    """The plate alone, near, on dark plastic."""
    sheet = Sheet(150, 80, facts=document.facts, rng=rng)
    sheet.image.paste(shaded(*sheet.image.size, (70, 72, 76), (34, 34, 38)), (0, 0))
    plate(sheet, 17, 21, colour=document.extra["colour"], width=116)
    grained(sheet, 3)
    return [sheet]


@layout("damage_photo", "known-a")
def dented_side(document: Document, rng: Random) -> list[Sheet]:
    """The side of a car with a dent, scratches and broken pieces on the road; no text."""
    sheet = Sheet(200, 150, facts=document.facts, rng=rng)
    street(sheet, rng)
    paint = PAINTS[document.extra["colour"]]
    mm, pencil = DOTS_PER_MM, sheet.pencil
    red, green, blue = paint
    light = (min(red + 34, 255), min(green + 34, 255), min(blue + 34, 255))
    body = shaded(176 * mm, 62 * mm, light, (round(red * 0.62), round(green * 0.62), round(blue * 0.62)))
    pencil.polygon([(48 * mm, 52 * mm), (72 * mm, 24 * mm), (140 * mm, 24 * mm), (164 * mm, 52 * mm)], fill=(46, 54, 64))
    sheet.image.paste(body, (12 * mm, 50 * mm))
    for x in (30, 138):
        pencil.ellipse([x * mm, 92 * mm, (x + 36) * mm, 128 * mm], fill=(26, 26, 28))
        pencil.ellipse([(x + 9) * mm, 101 * mm, (x + 27) * mm, 119 * mm], fill=(150, 152, 156))
    for x in (84, 122):
        sheet.line(x, 50, x, 110, colour=(40, 40, 42), weight=5)
    dent(sheet, rng, (rng.uniform(88, 116), rng.uniform(66, 88)), rng.uniform(12, 18), paint)
    for _ in range(26):
        left, top, size = rng.uniform(20, 180), rng.uniform(124, 142), rng.uniform(0.8, 3.2)
        sheet.box(left, top, left + size, top + size * 0.5, colour=(200, 204, 208), weight=2, fill=paint)
    grained(sheet, 4)
    return [sheet]


def dent(sheet: Sheet, rng: Random, middle: tuple[float, float], radius: float, paint: Colour) -> None:
    """A dark hollow with a light rim and long scratches across it."""
    mm = DOTS_PER_MM
    around = [
        (
            (middle[0] + radius * rng.uniform(0.7, 1.25) * cos(2 * pi * step / 18)) * mm,
            (middle[1] + radius * rng.uniform(0.6, 1.0) * sin(2 * pi * step / 18)) * mm,
        )
        for step in range(18)
    ]
    layer = Image.new("L", sheet.image.size, 0)
    ImageDraw.Draw(layer).polygon(around, fill=200)
    hollow = Image.new("RGB", sheet.image.size, tuple(round(value * 0.4) for value in paint))
    sheet.image.paste(hollow, (0, 0), layer.filter(ImageFilter.GaussianBlur(9)))
    for _ in range(22):
        x, y = middle[0] + rng.uniform(-24, 16), middle[1] + rng.uniform(-10, 10)
        tone = rng.choice(((240, 240, 240), (60, 60, 62), (150, 148, 146)))
        sheet.line(x, y, x + rng.uniform(6, 26), y + rng.uniform(-2.5, 2.5), colour=tone, weight=rng.randint(2, 6))


@layout("damage_photo", "known-b")
def flooded_shed(document: Document, rng: Random) -> list[Sheet]:
    """A shed with a fallen roof in brown water; no text."""
    sheet = Sheet(200, 150, facts=document.facts, rng=rng)
    mm, pencil = DOTS_PER_MM, sheet.pencil
    sheet.image.paste(shaded(*sheet.image.size, (150, 168, 186), (126, 100, 66)), (0, 0))
    for _ in range(8):
        x, size = rng.uniform(0, 190), rng.uniform(10, 26)
        pencil.ellipse(
            [x * mm, (40 - size) * mm, (x + size) * mm, 52 * mm], fill=(rng.randint(40, 70), rng.randint(84, 120), rng.randint(36, 60))
        )
    pencil.polygon([(30 * mm, 64 * mm), (100 * mm, 34 * mm), (172 * mm, 78 * mm), (120 * mm, 84 * mm)], fill=(150, 64, 46))
    pencil.rectangle([44 * mm, 66 * mm, 118 * mm, 104 * mm], fill=(182, 172, 150))
    for _ in range(14):
        x, y = rng.uniform(30, 160), rng.uniform(60, 110)
        sheet.line(x, y, x + rng.uniform(10, 36), y + rng.uniform(-14, 14), colour=(98, 72, 48), weight=rng.randint(10, 22))
    for _ in range(60):
        x, y = rng.uniform(0, 196), rng.uniform(104, 148)
        sheet.line(x, y, x + rng.uniform(4, 20), y + rng.uniform(-0.6, 0.6), colour=(160, 134, 98), weight=rng.randint(2, 6))
    sheet.image.paste(sheet.image.filter(ImageFilter.GaussianBlur(1.0)), (0, 0))
    grained(sheet, 4)
    return [sheet]
