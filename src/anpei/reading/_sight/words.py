"""A PDF's own characters to text boxes: characters that follow one another on a line make a word."""

from collections.abc import Sequence

from anpei.reading._files.pdf import Glyph
from anpei.reading._sight.boxes import Char, TextBox


def words_of(glyphs: Sequence[Glyph], *, gap: float = 0.9) -> list[TextBox]:
    """Runs of characters with at most ``gap`` heights of free space between them."""
    runs: list[list[Glyph]] = []
    for glyph in glyphs:
        last = runs[-1][-1] if runs else None
        if last is not None and _follows(last, glyph, gap):
            runs[-1].append(glyph)
        else:
            runs.append([glyph])
    return [_box(run) for run in runs]


def _follows(last: Glyph, glyph: Glyph, gap: float) -> bool:
    height = max(1.0, min(last.y1 - last.y0, glyph.y1 - glyph.y0))
    shared = min(last.y1, glyph.y1) - max(last.y0, glyph.y0)
    free = glyph.x0 - last.x1
    return shared > 0.5 * height and -0.7 * height < free < gap * height and glyph.x0 > last.x0 - 0.2 * height


def _box(run: Sequence[Glyph]) -> TextBox:
    x0, x1 = min(g.x0 for g in run), max(g.x1 for g in run)
    y0, y1 = min(g.y0 for g in run), max(g.y1 for g in run)
    span = max(x1 - x0, 1e-6)
    chars = tuple(Char(g.char, (g.x0 - x0) / span, (g.x1 - x0) / span, 1.0) for g in run)
    return TextBox("".join(g.char for g in run), ((x0, y0), (x1, y0), (x1, y1), (x0, y1)), 1.0, chars)
