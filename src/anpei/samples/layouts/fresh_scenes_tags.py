"""Fresh set: ear tags, one in an animal's ear, one that was cut off and laid down.

Shape and colour go by the animal (1 pig, 2 cattle, 3 sheep).

The number is laid out as the rules for ear tags have it: kind and county (seven digits) in the main row, the animal (eight digits) in
the second one; on a pig's round tag the second row stands at a right angle.
"""

from random import Random

import cv2
import numpy as np
from PIL import Image, ImageDraw, ImageFilter

from anpei.samples.drawing.marks import qr
from anpei.samples.drawing.sheet import FACE_MONO, Colour, Pen, Sheet
from anpei.samples.layouts.fresh_pieces import glyphs, note
from anpei.samples.layouts.fresh_scenes_light import Field, Shape, as_field, asphalt, chance, cloud, disc, grained, over, within
from anpei.samples.layouts.registry import layout
from anpei.samples.world.documents import Document

SHAPE: Shape = (900, 1200)
PLASTIC: dict[str, Colour] = {"1": (238, 190, 170), "2": (238, 218, 120), "3": (240, 156, 60)}
FUR: dict[str, Colour] = {"1": (214, 168, 154), "2": (112, 74, 46), "3": (206, 198, 184)}
INK: Colour = (38, 32, 30)


def _outline(kind: str, side: int) -> Image.Image:
    """The shape of a tag in a square: round, bell or half an ellipse."""
    mask = Image.new("L", (side, side), 0)
    pencil = ImageDraw.Draw(mask)
    if kind == "1":
        pencil.ellipse((4, 4, side - 5, side - 5), fill=255)
    elif kind == "2":
        pencil.polygon(
            [
                (side * a, side * b)
                for a, b in ((0.38, 0.02), (0.62, 0.02), (0.66, 0.2), (0.98, 0.34), (0.98, 0.96), (0.02, 0.96), (0.02, 0.34), (0.34, 0.2))
            ],
            fill=255,
        )
    else:
        pencil.rounded_rectangle((4, side * 0.2, side - 5, side * 0.92), side * 0.2, fill=255)
        pencil.ellipse((side * 0.26, 2, side * 0.74, side * 0.5), fill=255)
    return mask.filter(ImageFilter.MaxFilter(9)).filter(ImageFilter.GaussianBlur(5)).point(lambda value: 255 if value > 120 else 0)


def _words(picture: Image.Image, text: str, at: tuple[float, float], high: float, *, wide: float, turn: bool = False) -> None:
    """Digits burnt into the plastic, their middle at a place; ``wide`` is the length of the row."""
    drawn = glyphs(text, Pen(size=10, colour=(0, 0, 0), bold=2.2, face=FACE_MONO))
    mask = Image.eval(drawn.convert("L"), lambda value: 255 - value)
    mask = mask.crop(mask.getbbox()).resize((round(wide), round(high)), Image.Resampling.LANCZOS)
    if turn:
        mask = mask.rotate(-90, expand=True)
    picture.paste(INK, (round(at[0] - mask.width / 2), round(at[1] - mask.height / 2)), mask)


def _tag(number: str, rng: Random, side: int, *, corner: bool) -> tuple[Image.Image, Image.Image]:
    """Picture and shape of a tag; ``corner`` sets the second row of a pig's tag at a right angle."""
    kind = number[0]
    mask = _outline(kind, side)
    tone = as_field(np.asarray(PLASTIC[kind])) * (0.9 + 0.16 * cloud((side, side), rng, cells=4)[..., None])
    inner = as_field(cv2.GaussianBlur(np.asarray(mask), (0, 0), side * 0.02)) / 255
    tone = tone * (0.62 + 0.38 * np.clip(inner * 2 - 1, 0, 1))[..., None]
    picture = Image.fromarray(np.clip(tone, 0, 255).astype(np.uint8))
    code = np.asarray(qr(f"{int(number) * 7919 % 10**17:X}", 12).convert("L").resize((round(side * 0.24),) * 2, Image.Resampling.NEAREST))
    dark = Image.fromarray(np.asarray(np.where(code < 128, 235, 0), dtype=np.uint8))
    if kind == "1" and corner:
        _words(picture, number[:7], (side * 0.45, side * 0.25), side * 0.088, wide=side * 0.46)
        _words(picture, number[7:], (side * 0.8, side * 0.54), side * 0.088, wide=side * 0.5, turn=True)
        picture.paste(INK, (round(side * 0.28), round(side * 0.42)), dark)
        return picture, mask
    middle = {"1": 0.5, "2": 0.62, "3": 0.58}[kind]
    _words(picture, number[:7], (side * 0.5, side * (middle - 0.2)), side * 0.1, wide=side * 0.56)
    picture.paste(INK, (round(side * 0.38), round(side * (middle - 0.12))), dark)
    _words(picture, number[7:], (side * 0.5, side * (middle + 0.21)), side * 0.1, wide=side * 0.64)
    return picture, mask


def _worn(picture: Image.Image, rng: Random, *, much: float) -> Image.Image:
    """Mud and rubbing on the plastic."""
    shape = (picture.height, picture.width)
    mud = np.clip((cloud(shape, rng, cells=26) * 0.6 + cloud(shape, rng, cells=7) * 0.6 - 0.78) * 2.4, 0, 0.55) * much
    return Image.fromarray(over(as_field(np.asarray(picture)), (96, 78, 58), as_field(mud)).astype(np.uint8))


def _lay(scene: Field, picture: Image.Image, mask: Image.Image, *, left: int, top: int, turn: float) -> Field:
    """Lay a tag on a scene with its shadow and a shine across it."""
    rows, columns = scene.shape[:2]
    image, cover = Image.new("RGB", (columns, rows)), Image.new("L", (columns, rows), 0)
    image.paste(picture, (left, top))
    cover.paste(mask, (left, top))
    middle = (left + picture.width / 2, top + picture.height / 2)
    matrix = cv2.getRotationMatrix2D(middle, turn, 1.0)
    flat = as_field(cv2.warpAffine(np.asarray(image), matrix, (columns, rows), flags=cv2.INTER_LINEAR))
    where = as_field(cv2.GaussianBlur(cv2.warpAffine(np.asarray(cover), matrix, (columns, rows)), (0, 0), 1)) / 255
    drop = as_field(cv2.GaussianBlur(np.roll(where, (12, 9), axis=(0, 1)), (0, 0), 9))
    scene = over(over(scene, (10, 8, 7), drop * 0.55), flat, where)
    shine = disc(scene.shape[:2], (left + picture.width * 0.3) / columns, (top + picture.height * 0.16) / rows, 0.02, soft=110)
    return over(scene, (255, 252, 244), shine * where * 0.16)


def _hair(rng: Random, colour: Colour, *, curly: bool) -> Field:
    """Hide and hair: strokes along the ear, or curls of wool."""
    grain = chance(rng).normal(0, 1, SHAPE).astype(np.float32)
    length = 9 if curly else 41
    kernel = np.zeros((length, length), np.float32)
    cv2.line(kernel, (0, length // 3), (length - 1, length - 1 - length // 3), 1.0, 1)
    strokes = as_field(cv2.filter2D(grain, -1, kernel / kernel.sum()))
    swirl = as_field(np.sin(cloud(SHAPE, rng, cells=26) * 26)) * (0.1 if curly else 0.02)
    shade = 0.78 + strokes / max(float(strokes.std()), 0.01) * 0.1 + swirl + 0.35 * (cloud(SHAPE, rng, cells=4) - 0.4)
    return as_field(np.clip(as_field(colour) * shade[..., None], 0, 255))


def _recorded(document: Document, rng: Random, scene: Field, *, left: float, top: float, wide: float) -> Sheet:
    """The sheet with the photo; the two rows are kept under it as hidden text. Place of the tag in mm."""
    sheet = Sheet(150, 112.5, facts=document.facts, rng=rng)
    number = document.facts["ear_tag"]
    for index, part in enumerate((number[:7], number[7:])):
        note(sheet, left + wide * 0.25, top + wide * (0.34 + 0.4 * index), part, size=wide * 0.1, ground=INK)
        sheet.fact_marks.append(sheet.marks[-1])
    sheet.shown["ear_tag"] = number
    sheet.paste(grained(scene, rng, sigma=3.5), 0, 0)
    return sheet


@layout("ear_tag", "fresh-a")
def in_the_ear(document: Document, rng: Random) -> list[Sheet]:
    """The tag in the animal's ear, hair around it."""
    number = document.facts["ear_tag"]
    kind, side = number[0], 520
    scene = _hair(rng, tuple(round(part * 0.62) for part in FUR[kind]), curly=kind == "3")  # type: ignore[arg-type]
    ear = within(SHAPE, [(0.1, 0.1), (0.62, 0.0), (0.95, 0.3), (0.93, 0.72), (0.62, 1.0), (0.2, 0.98), (0.04, 0.5)], soft=16)
    scene = over(scene, as_field(_hair(rng, FUR[kind], curly=False)), ear)
    scene = over(scene, (186, 132, 122), within(SHAPE, [(0.2, 0.2), (0.6, 0.12), (0.8, 0.4), (0.7, 0.86), (0.3, 0.9)], soft=50) * 0.4)
    left, top = rng.randint(300, 380), rng.randint(150, 230)
    picture, mask = _tag(number, rng, side, corner=True)
    scene = _lay(scene, _worn(picture, rng, much=0.8), mask, left=left, top=top, turn=rng.uniform(-9, 9))
    return [_recorded(document, rng, scene, left=left / 8, top=top / 8, wide=side / 8)]


@layout("ear_tag", "fresh-b")
def cut_off(document: Document, rng: Random) -> list[Sheet]:
    """The tag cut off and laid on concrete beside a folding rule."""
    number = document.facts["ear_tag"]
    side = 580
    scene = asphalt(SHAPE, rng, tone=158)
    scene = over(scene, (226, 196, 92), within(SHAPE, [(0.0, 0.86), (1.0, 0.83), (1.0, 0.93), (0.0, 0.96)], soft=1.5))
    for tick in range(60):
        x = tick / 60 + 0.006
        top = 0.86 - 0.03 * x
        deep = 0.045 if tick % 10 == 0 else 0.032 if tick % 5 == 0 else 0.02
        scene = over(scene, (40, 36, 30), within(SHAPE, [(x, top), (x + 0.0016, top), (x + 0.0016, top + deep), (x, top + deep)], soft=0.6))
    left, top_px = rng.randint(260, 340), rng.randint(60, 110)
    picture, mask = _tag(number, rng, side, corner=False)
    scene = _lay(scene, _worn(picture, rng, much=1.0), mask, left=left, top=top_px, turn=rng.uniform(-5, 5))
    return [_recorded(document, rng, scene, left=left / 8, top=top_px / 8, wide=side / 8)]
