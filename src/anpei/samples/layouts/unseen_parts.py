"""Parts the unseen forms share: ruled label cells, wrapped tables, seals, watermarks, bar codes. Nothing here serves the other sets.

Places and sizes are millimetres.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from random import Random

import numpy as np
import zxingcpp
from PIL import Image, ImageDraw

from anpei.samples.drawing import marks
from anpei.samples.drawing.sheet import BLACK, DOTS_PER_MM, FACE_MONO, FACE_SANS, Colour, Column, Pen, Sheet, font
from anpei.samples.world.documents import Document

WHITE: Colour = (255, 255, 255)
BLUE: Colour = (38, 72, 140)
GREEN: Colour = (32, 104, 74)
RED: Colour = (190, 40, 44)
GREY: Colour = (112, 112, 116)
FADED: Colour = (112, 112, 120)
MATRIX = Pen(size=3.7, colour=(54, 50, 84), face=FACE_MONO, dots=True)


@dataclass(frozen=True, slots=True)
class Cell:
    """A ruled pair: the label in its own cell of ``label`` mm, the fact (several joined by ``joint``) in the next of ``width`` mm.

    ``extra`` is printed when there is no fact name; ``suffix`` stands behind the value (元, 岁).
    """

    text: str
    name: str
    label: float
    width: float
    extra: str = ""
    suffix: str = ""
    joint: str = " 至 "


def start(document: Document, rng: Random, size: tuple[float, float], *, label: Pen, value: Pen, paper: Colour = WHITE) -> Sheet:
    """An empty sheet of ``size`` with its two pens."""
    sheet = Sheet(*size, facts=document.facts, rng=rng, paper=paper)
    sheet.label_pen, sheet.value_pen = label, value
    return sheet


def width_of(text: str, pen: Pen) -> float:
    """How wide a text is printed."""
    return (font(round(pen.size * DOTS_PER_MM), pen.face).getlength(text) + pen.spacing * max(len(text) - 1, 0)) / DOTS_PER_MM


def fit(pen: Pen, text: str, room: float) -> Pen:
    """The pen, smaller where the text would leave its room."""
    wide = width_of(text, pen)
    return pen if wide <= room else replace(pen, size=max(pen.size * room / wide, pen.size * 0.6))


def fact(sheet: Sheet, x: float, y: float, name: str, text: str, *, pen: Pen | None = None, anchor: str = "l") -> float:
    """A fact written in a form of its own; it is recorded with its true value."""
    sheet.shown[name] = sheet.facts[name]
    return sheet.text(x, y, text, pen or sheet.value_pen, anchor=anchor)


def round_capitals(sheet: Sheet, name: str = "total_upper") -> str:
    """The amount in capitals with 圆 for 元, as many tills print it."""
    return sheet.printed(name, sheet.value_pen).replace("元", "圆")


def centred(sheet: Sheet, y: float, text: str, pen: Pen) -> None:
    """A line of text in the middle of the sheet."""
    sheet.text(sheet.width / 2, y, text, pen, anchor="c")


def ruled(
    sheet: Sheet, x: float, y: float, rows: Sequence[Sequence[Cell]], *, height: float = 8, colour: Colour = BLACK, weight: int = 2
) -> float:
    """Rows of label cells and value cells with lines around each; returns the y below."""
    for row in rows:
        at = x
        for cell in row:
            if cell.label:
                sheet.box(at, y, at + cell.label, y + height, colour=colour, weight=weight)
                pen = fit(sheet.label_pen, cell.text, cell.label - 1)
                sheet.text(at + cell.label / 2, y + (height - pen.size) / 2 + 0.1, cell.text, pen, anchor="c")
            at += cell.label
            sheet.box(at, y, at + cell.width, y + height, colour=colour, weight=weight)
            _value(sheet, at, y, cell, height)
            at += cell.width
        y += height
    return y


def _value(sheet: Sheet, x: float, y: float, cell: Cell, height: float) -> None:
    pen = sheet.value_pen
    names = [name for name in cell.name.split("/") if name]
    text = cell.joint.join(sheet.printed(name, pen) for name in names) + cell.suffix if names else cell.extra
    if not text:
        return
    for name in names:
        sheet.shown[name] = sheet.facts[name]
    pen = fit(pen, text, cell.width - 2)
    sheet.text(x + 1.2, y + (height - pen.size) / 2 + 0.1, text, pen)


def stacked(sheet: Sheet, x: float, y: float, fields: Sequence[tuple[str, str, float]], *, gap: float = 5.2) -> float:
    """Labels with their facts under them: (label, fact name, width). Returns the y below."""
    for label, name, width in fields:
        sheet.text(x, y, label)
        text = sheet.printed(name, sheet.value_pen)
        fact(sheet, x, y + gap, name, text, pen=fit(sheet.value_pen, text, width - 1))
        x += width
    return y + gap * 2.1


def wrap(text: str, pen: Pen, room: float) -> list[str]:
    """The lines of a text in a narrow cell."""
    lines = [""]
    for char in text:
        if width_of(lines[-1] + char, pen) > room:
            lines.append("")
        lines[-1] += char
    return lines


def wrapped_row(sheet: Sheet, x: float, y: float, columns: Sequence[Column], row: Mapping[str, str], *, step: float) -> float:
    """A table row whose long cells go on in a second line; returns the height it took."""
    shown = {key: row[key] for column in columns for key in column.key.split("/") if row.get(key)}
    pen, most = sheet.value_pen, 1
    for column in columns:
        keys = [key for key in column.key.split("/") if row.get(key)]
        text = column.joint.join(cell_text(row, key) for key in keys)
        lines = wrap(text, pen, column.width - 1.4) if column.align == "l" else [text]
        for index, line in enumerate(lines):
            sheet.cell(x, y + index * (pen.size + 0.7), column, line, pen=pen)
        most = max(most, len(lines))
        x += column.width
    sheet.shown_rows.append(shown)
    return step + (most - 1) * (pen.size + 0.7)


def cell_text(row: Mapping[str, str], key: str) -> str:
    """A row's value as most tills print it: prices with two decimals, days with dashes."""
    return row[key]


def seal(sheet: Sheet, x: float, y: float, holder: str, purpose: str, *, diameter: float = 40, flat: float = 1.0, code: str = "") -> None:
    """A red seal whose top left corner is about at (x, y), never quite in the same place."""
    picture = marks.seal(holder, purpose, rng=sheet.rng, diameter=diameter, flat=flat, code=code, star=flat == 1)
    x, y = x + sheet.rng.uniform(-3, 3), y + sheet.rng.uniform(-2, 2)
    tall, wide = picture.height / DOTS_PER_MM, picture.width / DOTS_PER_MM
    sheet.stamp(picture, max(0.0, min(x, sheet.width - wide)), max(0.0, min(y, sheet.height - tall)))


def watermark(sheet: Sheet, text: str, *, size: float = 11, colour: Colour = (228, 230, 234), step: tuple[float, float] = (74, 62)) -> None:
    """Pale slanting words over the whole sheet, below the print."""
    face = font(round(size * DOTS_PER_MM), FACE_SANS)
    wide = round(face.getlength(text)) + 20
    word = Image.new("RGB", (wide, round(size * DOTS_PER_MM * 1.5)), WHITE)
    ImageDraw.Draw(word).text((10, 0), text, colour, font=face)
    turned = word.rotate(24, expand=True, fillcolor=WHITE, resample=Image.Resampling.BICUBIC)
    layer = Image.new("RGB", sheet.image.size, WHITE)
    across, down = (round(value * DOTS_PER_MM) for value in step)
    for line, top in enumerate(range(-down // 2, layer.height, down)):
        for left in range(-across // 2 * (1 + line % 2), layer.width, across):
            layer.paste(turned, (left, top), Image.fromarray((np.asarray(turned.convert("L")) < 250).astype(np.uint8) * 255))
    sheet.stamp(layer, 0, 0)


def ground(sheet: Sheet, colour: Colour) -> None:
    """Fine printed waves as on bill paper, below the print."""
    sheet.stamp(marks.waves(sheet.image.width, sheet.image.height, colour, WHITE), 0, 0)


def bars(text: str, width: float, height: float) -> Image.Image:
    """A Code 128 bar code."""
    code = zxingcpp.create_barcode(text, zxingcpp.BarcodeFormat.Code128)
    picture = Image.fromarray(np.array(code.to_image(scale=1)))
    strip = picture.crop((0, 0, picture.width, 1))
    return strip.resize((round(width * DOTS_PER_MM), round(height * DOTS_PER_MM)), Image.Resampling.NEAREST).convert("RGB")


def perforated(sheet: Sheet) -> None:
    """The tractor holes of continuous paper along both sides."""
    for y in np.arange(6, sheet.height - 3, 12.7):
        for x in (4.2, sheet.width - 4.2):
            left, top = (round((value - 2) * DOTS_PER_MM) for value in (x, y))
            sheet.pencil.ellipse([left, top, left + 4 * DOTS_PER_MM, top + 4 * DOTS_PER_MM], outline=(190, 190, 190), fill=(226, 226, 224))
