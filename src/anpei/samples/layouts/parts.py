"""Parts many forms share: rows of label and value, titles, receipt seals."""

from collections.abc import Mapping, Sequence
from random import Random

from anpei.samples.drawing import marks
from anpei.samples.drawing.sheet import BLACK, Colour, Pen, Sheet
from anpei.samples.world.documents import Document

BROWN: Colour = (150, 72, 48)
Pair = tuple[float, str, str]
Cell = tuple[str, str, float, float]
"""A ruled cell: label, field name (empty: no value), width of the label's box, width of the value's."""


def pairs(sheet: Sheet, y: float, step: float, rows: Sequence[Sequence[Pair]]) -> float:
    """Rows of (x, label, field name); an empty name prints the label alone. Returns the y below."""
    for row in rows:
        for x, label, name in row:
            if name:
                sheet.pair(x, y, label, name)
            else:
                sheet.text(x, y, label)
        y += step
    return y


def ruled(
    sheet: Sheet,
    x: float,
    y: float,
    height: float,
    rows: Sequence[Sequence[Cell]],
    *,
    units: Mapping[str, str] | None = None,
    colour: Colour = BLACK,
) -> float:
    """A ruled block, labels in cells of their own; ``units`` are printed behind values. Returns the y below."""
    for row in rows:
        at, level = x, y + (height - sheet.label_pen.size) / 2
        for label, name, label_width, value_width in row:
            sheet.box(at, y, at + label_width, y + height, colour=colour)
            sheet.box(at + label_width, y, at + label_width + value_width, y + height, colour=colour)
            sheet.text(at + label_width / 2, level, label, anchor="c")
            if name:
                sheet.value(at + label_width + 1.5, level, name, suffix=(units or {}).get(name, ""))
            at += label_width + value_width
        y += height
    return y


def title(sheet: Sheet, y: float, text: str, pen: Pen, *, rules: int = 0, x: float | None = None) -> None:
    """A centred title, optionally with rules below it."""
    middle = sheet.width / 2 if x is None else x
    sheet.text(middle, y, text, pen, anchor="c")
    half = pen.size * len(text) * 0.52
    for index in range(rules):
        at = y + pen.size * 1.55 + index * 0.9
        sheet.line(middle - half, at, middle + half, at, colour=pen.colour)


def state_seal(sheet: Sheet, x: float, y: float, province: str, rng: Random) -> None:
    """The oval supervision seal printed over the title of financial receipts."""
    picture = marks.seal("全国统一财政票据监制章", f"{province[:2]}财政监制", rng=rng, diameter=30, flat=0.62, star=False)
    sheet.stamp(picture, x - picture.width / 16, y)


def receipt_seal(sheet: Sheet, x: float, y: float, document: Document, rng: Random, *, diameter: float = 40, flat: float = 1.0) -> None:
    """The hospital's receipt seal, pressed near the foot where it covers print."""
    name = document.facts["hospital_name"]
    code = f"{document.facts.get('receipt_code', '33')[:2]}9901{rng.randint(100000, 999999)}"
    picture = marks.seal(
        name, "收费票据专用章" if flat == 1 else "票据专用章", rng=rng, diameter=diameter, flat=flat, code=code if flat == 1 else ""
    )
    sheet.stamp(picture, x + rng.uniform(-3, 3), y + rng.uniform(-2, 2))


def hospital_seal(sheet: Sheet, x: float, y: float, document: Document, purpose: str, *, rng: Random, diameter: float = 42) -> None:
    """A round hospital seal on clinical papers."""
    picture = marks.seal(document.facts["hospital_name"], purpose, rng=rng, diameter=diameter)
    sheet.stamp(picture, x + rng.uniform(-2, 2), y + rng.uniform(-2, 2))
