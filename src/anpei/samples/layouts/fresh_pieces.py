"""What forms of the fresh set are put together from: running text with facts in it, ruled strips of cells, boxes for single characters."""

import re
from collections.abc import Sequence
from dataclasses import dataclass, replace
from functools import cache
from math import cos, pi, sin

import numpy as np
import zxingcpp
from PIL import Image, ImageDraw, ImageFilter

from anpei.samples.drawing.faces import HANDS, face_for
from anpei.samples.drawing.marks import SEAL_RED
from anpei.samples.drawing.sheet import BLACK, DOTS_PER_MM, FACE_SANS, FACE_SERIF, TOP_GAP, Colour, Mark, Pen, Sheet, font

SONG = Pen(face=FACE_SERIF)
GREY: Colour = (120, 120, 124)
_TOKEN = re.compile(r"[0-9A-Za-z.\-/*%:]+|.")
_HANGING = "，。；：、）》”"


@dataclass(frozen=True, slots=True)
class Fact:
    """A fact inside text: its name, how it is written, what stands close before and after it, whether it is underlined."""

    name: str
    pen: Pen | None = None
    after: str = ""
    under: bool = False


Part = str | Fact


@dataclass(frozen=True, slots=True)
class Run:
    """A stretch of one line in one pen."""

    text: str
    pen: Pen
    fact: Fact | None

    @property
    def width(self) -> float:
        """In mm."""
        face = font(round(self.pen.size * DOTS_PER_MM), self.pen.face)
        return (face.getlength(self.text) + self.pen.spacing * max(len(self.text) - 1, 0)) / DOTS_PER_MM


def _runs(sheet: Sheet, parts: Sequence[Part], pen: Pen, scale: float) -> list[Run]:
    """The tokens of all parts, each with its pen."""
    tokens = []
    for part in parts:
        if isinstance(part, str):
            tokens += [Run(token, replace(pen, size=pen.size * scale), None) for token in _TOKEN.findall(part)]
            continue
        own = part.pen or sheet.value_pen
        filling = replace(own, size=own.size * scale).filling()
        tokens += [Run(token, filling, part) for token in _TOKEN.findall(sheet.printed(part.name, own) + part.after)]
    return tokens


def _joined(tokens: Sequence[Run]) -> list[Run]:
    """Neighbours of one part become one run."""
    runs: list[Run] = []
    for token in tokens:
        if runs and runs[-1].fact is token.fact and runs[-1].pen == token.pen:
            runs[-1] = replace(runs[-1], text=runs[-1].text + token.text)
        else:
            runs.append(token)
    return runs


def set_lines(
    sheet: Sheet, parts: Sequence[Part], width: float, pen: Pen | None = None, *, scale: float = 1.0, first: float = 0.0
) -> list[list[Run]]:
    """The lines that parts make in a width (mm); ``first`` is the indent of the first line."""
    lines: list[list[Run]] = [[]]
    room = width - first
    for token in _runs(sheet, parts, pen or sheet.label_pen, scale):
        wide = token.width
        if lines[-1] and wide > room and token.text not in _HANGING:
            lines.append([])
            room = width
        lines[-1].append(token)
        room -= wide
    return [_joined(line) for line in lines]


def put_line(sheet: Sheet, x: float, y: float, line: Sequence[Run]) -> float:
    """Write one line; its facts become truth. Returns the x after it."""
    for run in line:
        start, x = x, sheet.text(x, y, run.text, run.pen)
        if run.fact is None:
            continue
        if run.fact.name not in sheet.shown:
            sheet.fact_marks.append(sheet.marks[-1])
        sheet.shown[run.fact.name] = sheet.facts[run.fact.name]
        if run.fact.under:
            low = y + run.pen.size * 1.02
            sheet.line(start, low, x, low, weight=1)
    return x


def flow(
    sheet: Sheet, x: float, y: float, width: float, parts: Sequence[Part], *, pen: Pen | None = None, leading: float = 1.7, first: float = 0
) -> float:
    """Running text with facts in it; returns the y below."""
    pen = pen or sheet.label_pen
    for index, line in enumerate(set_lines(sheet, parts, width, pen, first=first)):
        put_line(sheet, x + (0 if index else first), y, line)
        y += pen.size * leading
    return y


@dataclass(frozen=True, slots=True)
class Cell:
    """A ruled cell: width in mm, what stands in it, alignment l, c or r; ``upright`` stacks its characters."""

    width: float
    parts: tuple[Part, ...] = ()
    align: str = "c"
    pen: Pen | None = None
    upright: bool = False
    fill: Colour | None = None


def label(width: float, text: str, *, fill: Colour | None = None, upright: bool = False) -> Cell:
    """A cell with a heading."""
    return Cell(width, (text,), fill=fill, upright=upright)


def blank(width: float, name: str = "", text: str = "", *, align: str = "l", pen: Pen | None = None) -> Cell:
    """A cell to fill in: a fact, or a text that is none, or nothing."""
    parts: tuple[Part, ...] = (Fact(name, pen),) if name else (text,) if text else ()
    return Cell(width, parts, align, pen)


def _set_cell(sheet: Sheet, x: float, y: float, height: float, cell: Cell) -> None:
    pen = cell.pen or sheet.label_pen
    scale = 1.0
    while True:
        lines = set_lines(sheet, cell.parts, cell.width - 1.8, pen, scale=scale)
        step = max([run.pen.size for line in lines for run in line] or [pen.size]) * 1.22
        wide = max((sum(run.width for run in line) for line in lines), default=0)
        if scale < 0.65 or (step * len(lines) <= height - 0.3 and wide <= cell.width - 1.2):
            break
        scale *= 0.92
    top = y + (height - step * len(lines)) / 2 + step * 0.09
    for line in lines:
        wide = sum(run.width for run in line)
        at = {"l": x + 1.0, "c": x + (cell.width - wide) / 2, "r": x + cell.width - 1.0 - wide}[cell.align]
        put_line(sheet, at, top, line)
        top += step


def upright(sheet: Sheet, x: float, y: float, height: float, text: str, *, pen: Pen | None = None) -> None:
    """Characters below each other around ``x``, spread over a height."""
    pen = pen or sheet.label_pen
    step = min(pen.size * 1.6, height / len(text))
    top = y + (height - step * len(text)) / 2 + (step - pen.size) / 2
    for char in text:
        sheet.text(x, top, char, pen, anchor="c")
        top += step


def strip(sheet: Sheet, x: float, y: float, height: float, cells: Sequence[Cell], *, colour: Colour = BLACK, weight: int = 2) -> float:
    """One row of ruled cells; returns the y below."""
    for cell in cells:
        sheet.box(x, y, x + cell.width, y + height, colour=colour, weight=weight, fill=cell.fill)
        if cell.upright:
            upright(sheet, x + cell.width / 2, y, height, str(cell.parts[0]), pen=cell.pen)
        elif cell.parts:
            _set_cell(sheet, x, y, height, cell)
        x += cell.width
    return y + height


def boxed(sheet: Sheet, x: float, y: float, name: str, *, pitch: float, boxes: int, pen: Pen) -> None:
    """A fact one character to a box."""
    pen = pen.filling()
    for index in range(boxes):
        sheet.box(x + index * pitch, y, x + (index + 1) * pitch, y + pitch * 1.2, weight=1)
    for index, char in enumerate(sheet.facts[name]):
        sheet.text(x + (index + 0.5) * pitch, y + pitch * 0.6 - pen.size / 2, char, pen, anchor="c")
        if index == 0:
            sheet.fact_marks.append(sheet.marks[-1])
    sheet.shown[name] = sheet.facts[name]


def title(sheet: Sheet, y: float, text: str, size: float = 6.0, *, pen: Pen = SONG, spacing: float = 0) -> None:
    """A heading in the middle of the sheet."""
    sheet.text(sheet.width / 2, y, text, replace(pen, size=size, bold=0.9, spacing=spacing), anchor="c")


def glyphs(text: str, pen: Pen, *, ground: Colour | None = None) -> Image.Image:
    """A text as a picture of its own: to be turned or stretched."""
    face = font(round(pen.size * DOTS_PER_MM), pen.face)
    size = (round(face.getlength(text)) + 6, round(pen.size * DOTS_PER_MM * 1.3))
    picture = Image.new("RGB", size, ground or (255, 255, 255))
    ImageDraw.Draw(picture).text((3, -pen.size * TOP_GAP * DOTS_PER_MM + 3), text, pen.colour, font=face, stroke_width=pen.bold)
    return picture


def note(sheet: Sheet, x: float, y: float, text: str, *, size: float, ground: Colour) -> None:
    """Remember a text that stands on the sheet as a picture, as the hidden text of a scan does; nothing is drawn."""
    sheet.marks.append(Mark("text", x, y, text=text, pen=Pen(size=size, colour=ground)))


def rounded(sheet: Sheet, radius: float) -> None:
    """The sheet is a card with round corners."""
    sheet.mask = Image.new("L", sheet.image.size, 0)
    ImageDraw.Draw(sheet.mask).rounded_rectangle((0, 0, sheet.image.width - 1, sheet.image.height - 1), radius * DOTS_PER_MM, fill=255)


def rosette(width: float, height: float, *, colour: Colour, petals: int = 11, rings: int = 9) -> Image.Image:
    """A guilloche of interlaced curves on white (mm)."""
    w, h = round(width * DOTS_PER_MM), round(height * DOTS_PER_MM)
    picture = Image.new("RGB", (w, h), (255, 255, 255))
    pencil = ImageDraw.Draw(picture)
    for ring in range(rings):
        swell = 0.42 + 0.55 * ring / rings
        points = []
        for step in range(721):
            angle = 2 * pi * step / 720
            reach = swell * (0.8 + 0.2 * cos(petals * angle + ring * 0.7))
            points.append((w / 2 + reach * cos(angle) * w / 2, h / 2 + reach * sin(angle) * h / 2))
        pencil.line(points, fill=colour, width=1)
    return picture


@cache
def watermark(
    width: float, height: float, text: str, *, colour: Colour = (232, 232, 234), size: float = 7, angle: float = 30
) -> Image.Image:
    """Words repeated aslant in pale grey on white (mm)."""
    w, h = round(width * DOTS_PER_MM), round(height * DOTS_PER_MM)
    picture = Image.new("RGB", (w * 2, h * 2), (255, 255, 255))
    pencil, face = ImageDraw.Draw(picture), font(round(size * DOTS_PER_MM), FACE_SANS)
    wide = round(face.getlength(text) * 1.9)
    for row, y in enumerate(range(0, h * 2, round(size * DOTS_PER_MM * 5))):
        for x in range(-(row % 2) * wide // 2, w * 2, wide):
            pencil.text((x, y), text, colour, font=face)
    turned = picture.rotate(angle, resample=Image.Resampling.BICUBIC, fillcolor=(255, 255, 255))
    return turned.crop((w // 2, h // 2, w // 2 + w, h // 2 + h))


def square_seal(words: str, columns: int, size: float, *, colour: Colour = SEAL_RED) -> Image.Image:
    """A square red seal with its words in rows of ``columns`` characters (mm)."""
    side = round(size * DOTS_PER_MM)
    layer = Image.new("RGB", (side, side), (255, 255, 255))
    pencil = ImageDraw.Draw(layer)
    pencil.rectangle((2, 2, side - 3, side - 3), outline=colour, width=5)
    rows = [words[at : at + columns] for at in range(0, len(words), columns)]
    high = (side - 20) / len(rows)
    pixels = round(min(high * 0.92, (side - 20) / columns * 0.95))
    for row, line in enumerate(rows):
        for place, char in enumerate(line):
            at = (10 + (place + 0.5) * (side - 20) / columns, 10 + (row + 0.5) * high)
            pencil.text(at, char, colour, font=font(pixels, face_for(char, FACE_SERIF)), anchor="mm", stroke_width=0.8)
    return layer.filter(ImageFilter.GaussianBlur(0.6))


def bars(text: str, width: float, height: float) -> Image.Image:
    """A Code 128 barcode (mm)."""
    code = np.array(zxingcpp.create_barcode(text, zxingcpp.BarcodeFormat.Code128).to_image(scale=1))
    picture = Image.fromarray(code).convert("RGB")
    return picture.resize((round(width * DOTS_PER_MM), round(height * DOTS_PER_MM)), Image.Resampling.NEAREST)


def choices(sheet: Sheet, x: float, y: float, words: Sequence[str], *, ticked: str, pen: Pen | None = None, gap: float = 3.0) -> float:
    """Little boxes with words, one of them ticked; returns the x after them."""
    pen = pen or sheet.label_pen
    side = pen.size * 0.8
    for word in words:
        top = y + pen.size * 0.1
        sheet.box(x, top, x + side, top + side, weight=1)
        if word == ticked:
            sheet.line(x + side * 0.15, top + side * 0.45, x + side * 0.42, top + side * 0.8, weight=3)
            sheet.line(x + side * 0.42, top + side * 0.8, x + side * 0.95, top + side * 0.05, weight=3)
        x = sheet.text(x + side + 0.6, y, word, pen) + gap
    return x


def sign(sheet: Sheet, x: float, y: float, name: str, *, size: float = 5.6) -> None:
    """A signature by hand on a line whose foot is at ``y``."""
    sheet.text(x, y - size, name, Pen(size=size, face=sheet.rng.choice(HANDS), colour=(24, 28, 66)))
