"""Typeset documents, each source once: opening the fonts costs more than the page."""

from functools import cache
from pathlib import Path

import typst
from noto_cjk_sans_otc import FONT_PATH

FONTS = Path(str(FONT_PATH)).parent


@cache
def typeset(source: str) -> bytes:
    """The PDF of a Typst source."""
    return typst.compile(source.encode(), font_paths=[str(FONTS)])
