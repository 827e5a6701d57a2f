"""The text objects of an OFD page: every character with its place, from boundary, matrix, start and steps (GB/T 33190, 11)."""

import math
import re
import unicodedata
from collections.abc import Iterator
from dataclasses import dataclass
from typing import TYPE_CHECKING

from anpei.reading._files.markup import children, local_name
from anpei.reading._files.pdf import MAX_CHARS, Glyph

if TYPE_CHECKING:
    from lxml import etree

Area = tuple[float, float, float, float]
"""x, y, width, height in millimetres."""
Matrix = tuple[float, float, float, float, float, float]

_PLAIN: Matrix = (1.0, 0.0, 0.0, 1.0, 0.0, 0.0)
_SIZE = 3.175
"""Nine points, where a text object says no size."""
_ABOVE, _BELOW = 0.86, 0.14
"""How much of a character stands above and below its base line."""
_NARROW = 0.52
_WHOLE = re.compile(r"[0-9]{1,12}")
_FAR = 20_000.0
"""Millimetres; a place further out is no place."""


@dataclass(frozen=True, slots=True)
class TextObject:
    """One text object: its id, its text in the order it is written, its characters in pixels of the page."""

    id: str
    text: str
    glyphs: tuple[Glyph, ...]


def numbers(text: str) -> tuple[float, ...]:
    """The numbers of an attribute; empty when one of them is none, is not finite or lies far outside of any page."""
    try:
        found = tuple(float(part) for part in text.split())
    except ValueError:
        return ()
    return found if all(math.isfinite(value) and abs(value) <= _FAR for value in found) else ()


def area_of(text: str) -> Area | None:
    """A rectangle ``x y width height`` with something in it, or None."""
    found = numbers(text)
    return (found[0], found[1], found[2], found[3]) if len(found) == 4 and found[2] >= 0.01 and found[3] >= 0.01 else None


def steps(text: str, count: int) -> list[float]:
    """The steps of ``DeltaX`` or ``DeltaY`` for ``count`` gaps: plain numbers and runs ``g n v`` (n times v); the last one repeats."""
    found: list[float] = []
    parts = text.split()
    at = 0
    while at < len(parts) and len(found) < count:
        if parts[at] == "g":
            times, run = parts[at + 1 : at + 2], numbers(" ".join(parts[at + 2 : at + 3]))
            if len(run) != 1 or not _WHOLE.fullmatch(times[0]):
                break
            found += [run[0]] * min(int(times[0]), count - len(found))
            at += 3
            continue
        one = numbers(parts[at])
        if len(one) != 1:
            break
        found.append(one[0])
        at += 1
    return found + [found[-1]] * (count - len(found)) if found else []


def text_objects(root: "etree._Element", page: Area, scale: float) -> Iterator[TextObject]:
    """The visible text objects under an element, at most MAX_CHARS characters of them."""
    left = MAX_CHARS
    for element in root.iter():
        if local_name(element) != "TextObject" or element.get("Visible") in ("false", "0") or element.get("Alpha") == "0":
            continue
        found = _text_object(element, page, scale, left)
        left -= len(found.glyphs)
        if found.glyphs:
            yield found
        if left <= 0:
            return


def _text_object(element: "etree._Element", page: Area, scale: float, left: int) -> TextObject:
    boundary = area_of(element.get("Boundary") or "") or (0.0, 0.0, page[2], page[3])
    matrix = numbers(element.get("CTM") or "")
    size = numbers(element.get("Size") or "")
    width = numbers(element.get("HScale") or "")
    form = _Form(
        size=size[0] if size and size[0] > 0 else _SIZE,
        stretch=width[0] if width and width[0] > 0 else 1.0,
        matrix=(matrix[0], matrix[1], matrix[2], matrix[3], matrix[4], matrix[5]) if len(matrix) == 6 else _PLAIN,
        origin=(boundary[0] - page[0], boundary[1] - page[1]),
        scale=scale,
    )
    glyphs: list[Glyph] = []
    text = ""
    start = (0.0, 0.0)
    for code in children(element, "TextCode"):
        chars = (code.text or "").strip("\r\n\t")[: left - len(glyphs)]
        x, y = numbers(code.get("X") or ""), numbers(code.get("Y") or "")
        start = (x[0] if x else start[0], y[0] if y else start[1])
        glyphs += _glyphs(chars, start, code, form)
        text += chars
    inside = [glyph for glyph in glyphs if glyph.x1 > 0 and glyph.y1 > 0 and glyph.x0 < page[2] * scale and glyph.y0 < page[3] * scale]
    return TextObject(str(element.get("ID") or ""), text if inside else "", tuple(inside))


@dataclass(frozen=True, slots=True)
class _Form:
    """How the characters of an object are set."""

    size: float
    stretch: float
    matrix: Matrix
    origin: tuple[float, float]
    scale: float

    def box(self, x: float, y: float, width: float) -> tuple[float, float, float, float] | None:
        """The upright rectangle in pixels around a character that starts at ``x`` on the base line ``y``; None when it is no place."""
        a, b, c, d, e, f = self.matrix
        corners = [(px, py) for px in (x, x + width) for py in (y - self.size * _ABOVE, y + self.size * _BELOW)]
        xs = [(self.origin[0] + a * px + c * py + e) * self.scale for px, py in corners]
        ys = [(self.origin[1] + b * px + d * py + f) * self.scale for px, py in corners]
        return (min(xs), min(ys), max(xs), max(ys)) if all(math.isfinite(value) for value in (*xs, *ys)) else None


def _glyphs(chars: str, start: tuple[float, float], code: "etree._Element", form: _Form) -> Iterator[Glyph]:
    right, down = steps(code.get("DeltaX") or "", len(chars) - 1), steps(code.get("DeltaY") or "", len(chars) - 1)
    x, y = start
    for index, char in enumerate(chars):
        natural = form.size * form.stretch * (1.0 if unicodedata.east_asian_width(char) in "WFA" else _NARROW)
        step = right[index] if index < len(right) else natural if not down else 0.0
        if not char.isspace() and char.isprintable():
            box = form.box(x, y, min(natural, step) if step > 0.2 * natural else natural)
            if box is not None:
                yield Glyph(char, *box)
        x += step
        y += down[index] if index < len(down) else 0.0
