"""A sheet of paper to draw on, in millimetres, that remembers which facts were put on it: the truth is what was drawn."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from random import Random

import numpy as np
from PIL import Image, ImageChops, ImageDraw

from anpei.samples.drawing import formats
from anpei.samples.drawing.faces import FACE_MONO, FACE_SANS, FACE_SERIF, HANDS, OWN_FACES, face_for, face_of_values, font

__all__ = ["BLACK", "DOTS_PER_MM", "FACE_MONO", "FACE_SANS", "FACE_SERIF", "TOP_GAP", "Colour", "Column", "Mark", "Pen", "Sheet", "font"]

DOTS_PER_MM = 8
LETTERHEAD = 5.0
"""From this size on (mm) a fact is part of the printed form."""
BY_HAND = 1.4
"""How much larger people write than forms are printed: hands have small bodies."""
TOP_GAP = 0.22  # the font leaves this share of the em square empty above its characters
Colour = tuple[int, int, int]
BLACK: Colour = (25, 25, 28)


def _is_date(name: str) -> bool:
    """Whether a fact of this name is a day."""
    return name.endswith("_on") or name in {"valid_from", "valid_to"}


@dataclass(frozen=True, slots=True)
class Pen:
    """How text looks. ``size`` in mm of the em square, ``bold`` and ``spacing`` in px."""

    size: float = 3.6
    colour: Colour = BLACK
    bold: float = 0.0
    spacing: float = 0.0
    face: int = FACE_SANS
    dots: bool = False
    date: str = "iso"
    money: str = "plain"

    def filling(self) -> "Pen":
        """The pen facts are filled in with: itself, or the hand that is in force (``faces.filled_in``), larger; a title stays printed."""
        face = face_of_values(self.face)
        printed = face == self.face or self.size >= LETTERHEAD
        return self if printed else replace(self, face=face, dots=False, spacing=0.0, size=self.size * BY_HAND)


@dataclass(frozen=True, slots=True)
class Column:
    """One table column: heading, row key (empty = never filled; several joined as ``a/b``), width in mm, alignment l, c or r.

    ``joint`` stands between the values of several keys.
    """

    heading: str
    key: str
    width: float
    align: str = "l"
    joint: str = "/"


@dataclass(frozen=True, slots=True)
class Mark:
    """One thing put on a sheet, kept so that the sheet can also become a PDF: ``kind`` text, line, box or picture, places in mm."""

    kind: str
    x: float
    y: float
    x1: float = 0.0
    y1: float = 0.0
    text: str = ""
    pen: Pen = Pen()
    picture: Image.Image | None = None


class Sheet:
    """One page. Positions are mm from the top left; ``value`` writes a fact and records it as truth."""

    def __init__(self, width: float, height: float, *, facts: Mapping[str, str], rng: Random, paper: Colour = (255, 255, 255)) -> None:
        self.width, self.height = width, height
        self.image = Image.new("RGB", (round(width * DOTS_PER_MM), round(height * DOTS_PER_MM)), paper)
        self.mask: Image.Image | None = None
        self.pencil = ImageDraw.Draw(self.image)
        self.facts = facts
        self.rng = rng
        self.marks: list[Mark] = []
        self.fact_marks: list[Mark] = []
        self.shown: dict[str, str] = {}
        self.shown_rows: list[dict[str, str]] = []
        self.label_pen = Pen()
        self.value_pen = Pen()

    def text(self, x: float, y: float, text: str, pen: Pen | None = None, *, anchor: str = "l") -> float:
        """Write text with the top of its characters about at ``y``; anchor l, c or r says what ``x`` is. Returns the x after the text."""
        pen = pen or self.label_pen
        pen = replace(pen, face=face_for(text, pen.face))
        face = font(round(pen.size * DOTS_PER_MM), pen.face)
        width = face.getlength(text) + pen.spacing * max(len(text) - 1, 0)
        left = x * DOTS_PER_MM - {"l": 0.0, "c": width / 2, "r": width}[anchor]
        top = (y - pen.size * TOP_GAP) * DOTS_PER_MM
        self.marks.append(Mark("text", left / DOTS_PER_MM, y, text=text, pen=pen))
        if pen.face in OWN_FACES and not pen.dots:
            self._by_characters(left, top + font(round(pen.size * DOTS_PER_MM), FACE_SANS).getmetrics()[0], text, pen)
        elif pen.dots:
            self._dotted(left, top, text, pen, width=round(width))
        elif pen.spacing:
            for char in text:
                self.pencil.text((left, top), char, pen.colour, font=face, stroke_width=pen.bold, stroke_fill=pen.colour)
                left += face.getlength(char) + pen.spacing
        else:
            self.pencil.text((left, top), text, pen.colour, font=face, stroke_width=pen.bold, stroke_fill=pen.colour)
        return x + (width / DOTS_PER_MM if anchor == "l" else 0)

    def _by_characters(self, left: float, base: float, text: str, pen: Pen) -> None:
        """Characters on the base line of the sans face; a hand does not keep to it quite."""
        face = font(round(pen.size * DOTS_PER_MM), pen.face)
        unsteady = pen.size * DOTS_PER_MM * 0.04 if pen.face in HANDS else 0.0
        for char in text:
            at = base + (self.rng.uniform(-unsteady, unsteady) if unsteady else 0.0)
            self.pencil.text((left, at), char, pen.colour, font=face, stroke_width=pen.bold, stroke_fill=pen.colour, anchor="ls")
            left += face.getlength(char) + pen.spacing

    def _dotted(self, left: float, top: float, text: str, pen: Pen, *, width: int) -> None:
        """Dot-matrix look: the strokes are cut by the gaps between the pins and some pins print weakly."""
        height, face = round(pen.size * DOTS_PER_MM * 1.5), font(round(pen.size * DOTS_PER_MM), pen.face)
        mask = Image.new("L", (width + 8, height), 0)
        at = 2.0
        for char in text:
            ImageDraw.Draw(mask).text((at, 0), char, 255, font=face, stroke_width=pen.bold or 0.4)
            at += face.getlength(char) + pen.spacing
        grid = np.asarray(mask, dtype=np.float32)
        grid[1::3] *= 0.55
        grid[:, 1::3] *= 0.8
        faint = np.random.default_rng(self.rng.getrandbits(32)).random(grid.shape, dtype=np.float32) < 0.06
        grid[faint] *= 0.5
        self.image.paste(pen.colour, (round(left) - 2, round(top)), Image.fromarray(grid.astype(np.uint8)))

    def printed(self, name: str, pen: Pen) -> str:
        """A fact in the style of the pen."""
        value = self.facts[name]
        if _is_date(name) and value[:4].isdigit():
            return formats.day(value, pen.date)
        if name == "total_upper":
            return formats.capitals(value)
        if value.count(".") == 1 and value.replace(".", "").isdigit():
            return formats.money(value, pen.money)
        return value

    def value(self, x: float, y: float, name: str, pen: Pen | None = None, *, anchor: str = "l", suffix: str = "") -> float:
        """Write a fact and record it as shown."""
        pen = (pen or self.value_pen).filling()
        self.shown[name] = self.facts[name]
        after = self.text(x, y, self.printed(name, pen) + suffix, pen, anchor=anchor)
        self.fact_marks.append(self.marks[-1])
        return after

    @property
    def places(self) -> tuple[tuple[float, float], ...]:
        """Where the facts stand: about the middle of each in px of the picture."""
        return tuple(
            ((mark.x + len(mark.text) * mark.pen.size * 0.35) * DOTS_PER_MM, (mark.y + mark.pen.size * 0.5) * DOTS_PER_MM)
            for mark in self.fact_marks
        )

    def pair(self, x: float, y: float, label: str, name: str, *, gap: float = 0.6, pen: Pen | None = None, suffix: str = "") -> float:
        """A label and, right after it, the fact."""
        return self.value(self.text(x, y, label) + gap, y, name, pen, suffix=suffix)

    def paragraph(self, x: float, y: float, width: float, text: str, pen: Pen | None = None, *, leading: float = 1.7) -> float:
        """Wrapped text; returns the y below it."""
        pen = pen or self.label_pen
        face = font(round(pen.size * DOTS_PER_MM), pen.face)
        line = ""
        for char in text:
            if face.getlength(line + char) > width * DOTS_PER_MM and char not in "，。；：、）":
                self.text(x, y, line, pen)
                y, line = y + pen.size * leading, ""
            line += char
        self.text(x, y, line, pen)
        return y + pen.size * leading

    def line(self, x0: float, y0: float, x1: float, y1: float, *, colour: Colour = BLACK, weight: int = 2) -> None:
        """A straight line."""
        self.marks.append(Mark("line", x0, y0, x1, y1, pen=Pen(colour=colour, bold=weight)))
        self.pencil.line([round(v * DOTS_PER_MM) for v in (x0, y0, x1, y1)], fill=colour, width=weight)

    def box(
        self, x0: float, y0: float, x1: float, y1: float, *, colour: Colour = BLACK, weight: int = 2, fill: Colour | None = None
    ) -> None:
        """A rectangle."""
        self.marks.append(Mark("box", x0, y0, x1, y1, pen=Pen(colour=colour, bold=weight)))
        self.pencil.rectangle([round(v * DOTS_PER_MM) for v in (x0, y0, x1, y1)], outline=colour, width=weight, fill=fill)

    def cell(self, x: float, y: float, column: Column, text: str, *, pen: Pen) -> None:
        """Text in a column cell, shrunk when it is too long for it."""
        face = font(round(pen.size * DOTS_PER_MM), pen.face)
        room = (column.width - 1.6) * DOTS_PER_MM
        if face.getlength(text) > room:
            pen = Pen(
                **{**{key: getattr(pen, key) for key in Pen.__slots__}, "size": max(pen.size * room / face.getlength(text), pen.size * 0.6)}
            )
        at = {"l": x + 0.8, "c": x + column.width / 2, "r": x + column.width - 0.8}[column.align]
        self.text(at, y, text, pen, anchor=column.align)

    def heading(self, x: float, y: float, columns: Sequence[Column], pen: Pen | None = None) -> None:
        """The heading row of a table."""
        for column in columns:
            self.cell(
                x,
                y,
                Column(column.heading, "", column.width, column.align if column.align != "l" else "c"),
                column.heading,
                pen=pen or self.label_pen,
            )
            x += column.width

    def row(self, x: float, y: float, columns: Sequence[Column], row: Mapping[str, str], *, pen: Pen | None = None) -> None:
        """One table row; the shown cells become a truth row."""
        pen = (pen or self.value_pen).filling()
        shown: dict[str, str] = {}
        for column in columns:
            parts = [key for key in column.key.split("/") if key]
            shown |= {key: row[key] for key in parts if row.get(key)}
            printed = column.joint.join(self._cell_text(key, row.get(key, ""), pen) for key in parts if row.get(key))
            self.cell(x, y, column, printed, pen=pen)
            x += column.width
        self.shown_rows.append(shown)

    def _cell_text(self, key: str, value: str, pen: Pen) -> str:
        if _is_date(key):
            return formats.day(value, pen.date)
        return formats.money(value, pen.money) if key in {"unit_price", "amount"} and pen.money in {"comma", "four"} else value

    def grid(
        self, x: float, y: float, columns: Sequence[Column], rows: int, height: float, *, colour: Colour = BLACK, weight: int = 2
    ) -> None:
        """The ruling of a table."""
        width = sum(column.width for column in columns)
        for index in range(rows + 1):
            self.line(x, y + index * height, x + width, y + index * height, colour=colour, weight=weight)
        at = x
        for column in (*columns, Column("", "", 0)):
            self.line(at, y, at, y + rows * height, colour=colour, weight=weight)
            at += column.width

    def stamp(self, picture: Image.Image, x: float, y: float) -> None:
        """Press a picture on white ground onto the sheet like ink: what is below stays visible."""
        self.marks.append(Mark("picture", x, y, text="multiply", picture=picture))
        at = (round(x * DOTS_PER_MM), round(y * DOTS_PER_MM))
        below = self.image.crop((*at, at[0] + picture.width, at[1] + picture.height))
        self.image.paste(ImageChops.multiply(below, picture.convert("RGB")), at)

    def paste(self, picture: Image.Image, x: float, y: float) -> None:
        """Lay an opaque picture on the sheet."""
        self.marks.append(Mark("picture", x, y, picture=picture))
        self.image.paste(picture, (round(x * DOTS_PER_MM), round(y * DOTS_PER_MM)))
