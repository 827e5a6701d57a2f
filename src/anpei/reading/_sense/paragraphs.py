"""Paragraphs: a value that goes on over several lines of its column."""

import re

from anpei.reading._sense.labels import SURE, Hit, Sheet
from anpei.reading._sense.lines import Line

Piece = tuple[Line, int, int]
"""Characters (from, to) of a line."""
_SECTION = re.compile(r"^[(]?[一二三四五六七八九十]{1,3}[)]?[、.)]")
"""How a numbered section of a clinical paper begins."""


def paragraph(sheet: Sheet, hit: Hit, first: Piece, most: int) -> list[Piece]:
    """Text that goes on over following lines until another label begins a line or the block ends."""
    line, start, limit = first
    pieces = [first] if start < limit else []
    if limit < len(line.text):
        return pieces
    left = line.cut(hit.start, hit.end)[0].x0
    indent = line.cut(start, start + 1)[0].x0 if pieces else left
    height, last = line.height, line
    for index in range(hit.line + 1, min(len(sheet.lines), hit.line + 3 * most)):
        line = sheet.lines[index]
        begin, beginning = _column_start(line, left - 2 * height)
        if begin < len(line.text) and any(_is_caption(h, begin) for h in sheet.hits_of(index)):
            beginning = indent
        wrapped = last.boxes[-1].right[0] > 0.72 * sheet.right or abs(beginning - indent) < 1.5 * height
        apart = line.y - last.y > 2.4 * height or beginning < left - 2 * height or _SECTION.match(line.text)
        labels = [h.start for h in sheet.hits_of(index) if h.sure >= SURE and not _is_caption(h, begin)]
        begin = next((h.end for h in sheet.hits_of(index) if _is_caption(h, begin)), begin)
        if len(pieces) >= most or apart or (pieces and not wrapped) or any(at < begin for at in labels):
            break
        border = next(iter(labels), len(line.text))
        if border > begin:
            pieces.append((line, begin, border))
        if border < len(line.text):
            break
        last = line
    return pieces


def _is_caption(hit: Hit, begin: int) -> bool:
    """Whether it is the label in English under the label itself: what stands behind it goes on with the value."""
    return hit.start == begin and not hit.targets and hit.label.isascii() and hit.label.isalpha()


def _column_start(line: Line, left: float) -> tuple[int, float]:
    """Where a line goes on in the column that begins at ``left``: its character and x; its own beginning where it has none there."""
    found = next(((at, box.x0) for at, box in line.starts if box.x0 >= left), None)
    return found or (0, line.boxes[0].x0)
