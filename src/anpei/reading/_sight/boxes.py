"""Text with its place: the common ground of OCR and PDF text."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace

from anpei.reading.model import Box

Point = tuple[float, float]
Corners = tuple[Point, Point, Point, Point]
"""Top left, top right, bottom right, bottom left."""


@dataclass(frozen=True, slots=True)
class Char:
    """One character: where it begins and ends along its box (0..1) and how sure it is (0..1)."""

    text: str
    start: float
    end: float
    score: float


@dataclass(frozen=True, slots=True)
class TextBox:
    """One run of text. ``corners``: top left, top right, bottom right, bottom left, in page pixels; ``careful``: read by the
    larger model.
    """

    text: str
    corners: Corners
    score: float
    chars: tuple[Char, ...]
    careful: bool = False

    @property
    def x0(self) -> float:
        return (self.corners[0][0] + self.corners[3][0]) / 2

    @property
    def x1(self) -> float:
        return (self.corners[1][0] + self.corners[2][0]) / 2

    @property
    def left(self) -> Point:
        """The middle of the left edge."""
        return _middle(self.corners[0], self.corners[3])

    @property
    def right(self) -> Point:
        """The middle of the right edge."""
        return _middle(self.corners[1], self.corners[2])

    @property
    def centre(self) -> Point:
        return _middle(self.left, self.right)

    @property
    def height(self) -> float:
        (ax, ay), (bx, by) = _middle(self.corners[0], self.corners[1]), _middle(self.corners[3], self.corners[2])
        return float(max(1.0, ((ax - bx) ** 2 + (ay - by) ** 2) ** 0.5))

    @property
    def width(self) -> float:
        (ax, ay), (bx, by) = self.left, self.right
        return float(max(1.0, ((ax - bx) ** 2 + (ay - by) ** 2) ** 0.5))

    def at(self, part: float) -> Point:
        """The point of the middle line at ``part`` (0..1) of the way from left to right."""
        (ax, ay), (bx, by) = self.left, self.right
        return ax + (bx - ax) * part, ay + (by - ay) * part

    def cut(self, start: int, end: int) -> "TextBox":
        """The part that holds the characters ``start`` to ``end`` (by index into ``text``)."""
        chars = self.chars[start:end]
        if not chars or (start == 0 and end >= len(self.chars)):
            return self
        a, b = chars[0].start, max(chars[-1].end, chars[0].start + 1e-6)
        tl, tr, br, bl = self.corners
        corners = (_along(tl, tr, a), _along(tl, tr, b), _along(bl, br, b), _along(bl, br, a))
        span = max(b - a, 1e-6)
        inner = tuple(replace(c, start=(c.start - a) / span, end=(c.end - a) / span) for c in chars)
        score = sum(c.score for c in chars) / len(chars)
        return TextBox("".join(c.text for c in chars), corners, score, inner, self.careful)


def _middle(a: Point, b: Point) -> Point:
    return (a[0] + b[0]) / 2, (a[1] + b[1]) / 2


def _along(a: Point, b: Point, part: float) -> Point:
    return a[0] + (b[0] - a[0]) * part, a[1] + (b[1] - a[1]) * part


def plain_box(text: str, x0: float, y0: float, x1: float, y1: float, *, score: float = 1.0) -> TextBox:
    """An upright box with evenly spread characters."""
    count = max(1, len(text))
    chars = tuple(Char(c, i / count, (i + 1) / count, score) for i, c in enumerate(text))
    return TextBox(text, ((x0, y0), (x1, y0), (x1, y1), (x0, y1)), score, chars)


def joined(boxes: Sequence[TextBox]) -> TextBox:
    """Boxes from left to right as one, with the gaps between them."""
    if len(boxes) == 1:
        return boxes[0]
    first, last = boxes[0], boxes[-1]
    x0, span = first.left[0], max(last.right[0] - first.left[0], 1e-6)
    chars = [
        replace(char, start=(box.at(char.start)[0] - x0) / span, end=(box.at(char.end)[0] - x0) / span)
        for box in boxes
        for char in box.chars
    ]
    corners = (first.corners[0], last.corners[1], last.corners[2], first.corners[3])
    score = sum(char.score for char in chars) / len(chars)
    return TextBox("".join(char.text for char in chars), corners, score, tuple(chars), any(box.careful for box in boxes))


def bounds(boxes: Sequence[TextBox]) -> Box | None:
    """The upright rectangle around some boxes."""
    points = [point for box in boxes for point in box.corners]
    if not points:
        return None
    xs, ys = [p[0] for p in points], [p[1] for p in points]
    return int(min(xs)), int(min(ys)), int(max(xs) + 0.999), int(max(ys) + 0.999)


def split_at_gaps(boxes: Sequence[TextBox], *, gap: float = 0.65) -> list[TextBox]:
    """Boxes cut where a wide free space stands between two of their characters (neighbouring cells read as one box)."""
    parts: list[TextBox] = []
    for box in boxes:
        start = 0
        for index in range(1, len(box.chars)):
            free = (box.chars[index].start - box.chars[index - 1].end) * box.width
            if free > gap * box.height:
                parts.append(box.cut(start, index))
                start = index
        parts.append(box.cut(start, len(box.chars)))
    return parts


def corrected(box: TextBox, misread: Mapping[str, str]) -> TextBox:
    """A box with words put right that are often misread (each as long as the right one)."""
    text = box.text
    for wrong, right in misread.items():
        if wrong in text and len(wrong) == len(right):
            text = text.replace(wrong, right)
    if text == box.text:
        return box
    chars = tuple(replace(char, text=new) for char, new in zip(box.chars, text, strict=True))
    return replace(box, text=text, chars=chars)


def without_echoes(boxes: Sequence[TextBox]) -> list[TextBox]:
    """Boxes without those that only repeat a part of a wider one (two regions of the detector overlapped)."""
    return [box for box in boxes if not any(_echoes(box, other) for other in boxes)]


def _echoes(box: TextBox, other: TextBox) -> bool:
    if box is other or other.width <= box.width or box.text not in other.text:
        return False
    shared = min(box.x1, other.x1) - max(box.x0, other.x0)
    return shared > 0.6 * (box.x1 - box.x0) and abs(box.centre[1] - other.centre[1]) < 0.5 * other.height
