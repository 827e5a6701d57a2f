"""Plain pictures of what has no picture of its own: an OFD page's characters and images, an XML's names and values."""

from collections.abc import Sequence
from functools import lru_cache

import numpy as np
from noto_cjk_sans_otc import FONT_PATH
from PIL import Image, ImageDraw, ImageFont

from anpei.kernel.errors import AnpeiError
from anpei.reading._files.pdf import Glyph
from anpei.reading._files.picture import Pixels, open_picture
from anpei.reading._files.sniff import sniff

_SIMPLIFIED = 2
"""The index of the simplified-Chinese face in the font collection."""
_LEAST, _MOST = 6, 200
_EDGE, _LINE, _LINES = 60, 34, 50


def draw_page(
    width: int, height: int, glyphs: Sequence[Glyph], pictures: Sequence[tuple[bytes, tuple[float, float, float, float]]] = ()
) -> Pixels:
    """A white page with pictures (bytes and x, y, width, height in pixels) and characters; a picture that cannot be read is left out."""
    page = Image.new("RGB", (width, height), "white")
    for data, (x, y, wide, high) in pictures:
        image = _image(data)
        if image is not None:
            size = (min(width, max(1, round(wide))), min(height, max(1, round(high))))
            page.paste(image.resize(size, Image.Resampling.BILINEAR), (round(x), round(y)))
    draw = ImageDraw.Draw(page)
    for glyph in glyphs:
        height_of_type = min(_MOST, max(_LEAST, round(glyph.y1 - glyph.y0)))
        draw.text((glyph.x0, glyph.y0 + 0.86 * (glyph.y1 - glyph.y0)), glyph.char, fill="black", font=_font(height_of_type), anchor="ls")
    return np.ascontiguousarray(np.asarray(page, dtype=np.uint8)[:, :, ::-1])


def lines_size(count: int) -> tuple[int, int]:
    """Width and height in pixels of the picture of ``count`` lines."""
    return 1400, max(400, 2 * _EDGE + _LINE * min(count, _LINES))


def draw_lines(lines: Sequence[str]) -> Pixels:
    """Lines of text one under the other on a white page 1,400 pixels wide; at most 50 lines of 60 characters."""
    shown = [line[:60] for line in lines[:_LINES]]
    page = Image.new("RGB", lines_size(len(lines)), "white")
    draw = ImageDraw.Draw(page)
    for index, line in enumerate(shown):
        draw.text(
            (_EDGE, _EDGE + _LINE * index), "".join(char if char.isprintable() else " " for char in line), fill="black", font=_font(22)
        )
    return np.ascontiguousarray(np.asarray(page, dtype=np.uint8)[:, :, ::-1])


@lru_cache(maxsize=16)
def _font(size: int) -> ImageFont.FreeTypeFont:
    return ImageFont.truetype(str(FONT_PATH), size, index=_SIMPLIFIED)


def _image(data: bytes) -> Image.Image | None:
    try:
        pixels = open_picture(data, "picture of the page", sniff(data, "picture of the page")).pixels(1)
    except AnpeiError:
        return None
    return Image.fromarray(np.ascontiguousarray(pixels[:, :, ::-1]))
