"""What the medical forms of the fresh set share: ruled lines of boxes, blanks to fill in, bar codes, watermarks, signatures."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from random import Random

import numpy as np
import zxingcpp
from PIL import Image, ImageDraw

from anpei.samples.drawing.faces import FACE_PEN
from anpei.samples.drawing.sheet import DOTS_PER_MM, FACE_SANS, FACE_SERIF, Colour, Pen, Sheet, font

INK: Colour = (28, 34, 92)
GREY: Colour = (105, 105, 110)
WHITE: Colour = (255, 255, 255)


@dataclass(frozen=True, slots=True)
class Box:
    """A box of a ruled line, ``width`` in mm: a label, after it a fact (with a suffix) or, where there is none, a text.

    A box with a label alone is a heading of the box beside it and may be shaded.
    """

    width: float
    label: str = ""
    fact: str = ""
    text: str = ""
    suffix: str = ""
    align: str = ""

    @property
    def heading(self) -> bool:
        """Whether it holds a label only."""
        return not self.fact and not self.text


def song(size: float, **more: object) -> Pen:
    """A pen in the Song face."""
    return replace(Pen(size=size, face=FACE_SERIF), **more)  # type: ignore[arg-type]


def paper(size: tuple[float, float], facts: Mapping[str, str], rng: Random, *, label: Pen, value: Pen, colour: Colour = WHITE) -> Sheet:
    """A sheet of ``size`` (width, height in mm) with its pens."""
    sheet = Sheet(*size, facts=facts, rng=rng, paper=colour)
    sheet.label_pen, sheet.value_pen = label, value
    return sheet


def fill(sheet: Sheet, x: float, y: float, label: str, fact: str, *, text: str = "", suffix: str = "", gap: float = 0.6) -> float:
    """A label and after it the fact if the document has it, else the text. Returns the x after it."""
    after = sheet.text(x, y, label) + gap if label else x
    if fact and fact in sheet.facts:
        return sheet.value(after, y, fact, suffix=suffix)
    return sheet.text(after, y, text, sheet.value_pen) if text else after


def ruled(
    sheet: Sheet,
    x: float,
    y: float,
    height: float,
    boxes: Iterable[Box],
    *,
    shade: Colour | None = None,
    colour: Colour = (25, 25, 28),
    weight: int = 2,
) -> float:
    """A line of boxes side by side; returns the y below it."""
    for box in boxes:
        shaded = shade if box.heading and box.label else None
        sheet.box(x, y, x + box.width, y + height, colour=colour, weight=weight, fill=shaded)
        if box.heading:
            _heading(sheet, x, y, height, box)
        elif box.align:
            at = {"l": x + 1.2, "c": x + box.width / 2, "r": x + box.width - 1.2}[box.align]
            _put(sheet, at, y + (height - sheet.value_pen.size) / 2, box)
        else:
            fill(sheet, x + 1.2, y + (height - sheet.value_pen.size) / 2, box.label, box.fact, text=box.text, suffix=box.suffix)
        x += box.width
    return y + height


def beside(sheet: Sheet, widths: str, cells: str, *, align: str = "", suffixes: Mapping[str, str] | None = None) -> list[Box]:
    """Label boxes, each beside the box of its value: ``beside(sheet, "20 30", "姓名:patient_name")``.

    ``cells`` are parted by ``;``, a label from its value by ``:``. A value is a fact if the document has one of this name, else a text.
    """
    boxes = []
    sizes = [float(size) for size in widths.split()]
    for place, cell in enumerate(cells.split(";")):
        label, value = cell.split(":", 1)
        fact = value if value in sheet.facts else ""
        boxes.append(Box(sizes[2 * place], label))
        text = "" if fact else value or " "
        boxes.append(Box(sizes[2 * place + 1], fact=fact, text=text, align=align, suffix=(suffixes or {}).get(value, "")))
    return boxes


def tall(
    sheet: Sheet,
    x: float,
    y: float,
    *,
    height: float,
    widths: tuple[float, float],
    words: tuple[str, str],
    shade: Colour | None = None,
    colour: Colour = (25, 25, 28),
) -> float:
    """A label box beside a tall box with wrapped text (``words``: label and text, its lines parted by ``|``); the y below."""
    label, text = words
    ruled(sheet, x, y, height, [Box(widths[0], label), Box(widths[1], text=" ")], shade=shade, colour=colour)
    below = y + 3
    for part in text.split("|"):
        below = sheet.paragraph(x + widths[0] + 2, below, widths[1] - 5, part, sheet.value_pen, leading=1.7)
    return y + height


def _heading(sheet: Sheet, x: float, y: float, height: float, box: Box) -> None:
    """The label of a heading box; one with ``|`` takes several lines."""
    parts, size = box.label.split("|"), sheet.label_pen.size
    top = y + (height - size * (1.25 * len(parts) - 0.25)) / 2
    for number, part in enumerate(parts):
        at, anchor = (x + 1.2, "l") if box.align == "l" else (x + box.width / 2, "c")
        sheet.text(at, top + number * size * 1.25, part, anchor=anchor)


def _put(sheet: Sheet, at: float, y: float, box: Box) -> None:
    if box.fact and box.fact in sheet.facts:
        sheet.value(at, y, box.fact, anchor=box.align, suffix=box.suffix)
    else:
        sheet.text(at, y, box.text, sheet.value_pen, anchor=box.align)


def blank(sheet: Sheet, x: float, y: float, width: float, fact: str, *, text: str = "", suffix: str = "") -> float:
    """A fact (or a text) in the middle of an underlined blank; returns the x after it."""
    _put(sheet, x + width / 2, y, Box(width, fact=fact, text=text, suffix=suffix, align="c"))
    bottom = y + sheet.value_pen.size * 1.4 + 0.3
    sheet.line(x, bottom, x + width, bottom, weight=1)
    return x + width


def upright(sheet: Sheet, x: float, y: float, height: float, text: str) -> None:
    """Characters one below another, in the middle of a height."""
    step = min(height / len(text), sheet.label_pen.size * 1.5)
    top = y + (height - step * len(text)) / 2
    for number, char in enumerate(text):
        sheet.text(x, top + number * step + (step - sheet.label_pen.size) / 2, char, anchor="c")


def parts_of(rows: Sequence[Mapping[str, str]], size: int) -> list[Sequence[Mapping[str, str]]]:
    """Rows cut into pages or columns of ``size``; at least one part."""
    return [rows[at : at + size] for at in range(0, len(rows), size)] or [rows]


def bars(text: str, width: float, height: float) -> Image.Image:
    """A Code 128 bar code of ``width`` by ``height`` mm."""
    code = zxingcpp.create_barcode(text, zxingcpp.BarcodeFormat.Code128)
    line = np.array(code.to_image(scale=1))
    picture = Image.fromarray(line[line.shape[0] // 2 :][:1])
    return picture.resize((round(width * DOTS_PER_MM), round(height * DOTS_PER_MM)), Image.Resampling.NEAREST).convert("RGB")


def watermark(sheet: Sheet, text: str, *, size: float = 13, grey: int = 234, angle: float = 32) -> None:
    """Pale slanting words all over the sheet: draw it first."""
    face = font(round(size * DOTS_PER_MM), FACE_SANS)
    width, height = round(face.getlength(text)) + 40, round(size * DOTS_PER_MM * 1.6)
    word = Image.new("RGB", (width, height), WHITE)
    ImageDraw.Draw(word).text((20, 0), text, (grey, grey, grey), font=face)
    turned = word.rotate(angle, expand=True, resample=Image.Resampling.BICUBIC, fillcolor=WHITE)
    picture = Image.new("RGB", sheet.image.size, WHITE)
    for down in range(-turned.height // 4, picture.height, round(turned.height * 1.15)):
        for along in range(-turned.width // 5, picture.width, round(turned.width * 1.2)):
            picture.paste(turned, (along, down))
    sheet.stamp(picture, 0, 0)


def emblem(size: float, colour: Colour) -> Image.Image:
    """A round sign with a cross, such as hospitals have beside their names."""
    side = round(size * DOTS_PER_MM)
    picture = Image.new("RGB", (side, side), WHITE)
    pencil = ImageDraw.Draw(picture)
    pencil.ellipse([2, 2, side - 3, side - 3], outline=colour, width=max(side // 16, 3))
    for box in ((0.42, 0.2, 0.58, 0.8), (0.2, 0.42, 0.8, 0.58)):
        pencil.rectangle([round(side * share) for share in box], fill=colour)
    return picture


def signature(sheet: Sheet, x: float, y: float, name: str, *, size: float = 5.2) -> float:
    """A name signed by hand."""
    return sheet.text(x, y, name, Pen(size=size, face=FACE_PEN, colour=INK))


def tractor(sheet: Sheet) -> None:
    """The holes and perforated edges of continuous paper."""
    side = round(4 * DOTS_PER_MM)
    hole = Image.new("RGB", (side, side), WHITE)
    ImageDraw.Draw(hole).ellipse([0, 0, side - 1, side - 1], fill=(196, 196, 198), outline=(170, 170, 172), width=2)
    for number in range(int(sheet.height / 12.7)):
        for x in (4.0, sheet.width - 8.0):
            sheet.stamp(hole, x, 4.35 + number * 12.7)
    for x in (12.5, sheet.width - 12.5):
        for number in range(int(sheet.height / 3)):
            sheet.line(x, number * 3, x, number * 3 + 1.6, colour=(205, 205, 205), weight=1)


def dashes(sheet: Sheet, x0: float, y: float, x1: float, *, colour: Colour = GREY) -> None:
    """A dashed line across."""
    at = x0
    while at < x1:
        sheet.line(at, y, min(at + 1.8, x1), y, colour=colour, weight=1)
        at += 3.0
