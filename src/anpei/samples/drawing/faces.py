"""The faces that sheets are printed and written with: one from a package, three small subsets of our own (samples/data/fonts)."""

from collections.abc import Iterator
from contextlib import contextmanager
from contextvars import ContextVar
from functools import cache
from pathlib import Path

from noto_cjk_sans_otc import FONT_PATH
from PIL import ImageFont

FACE_SANS = 2
FACE_MONO = 7
FACE_SERIF = 100
FACE_PEN = 101
FACE_QUICK = 102
HANDS = (FACE_PEN, FACE_QUICK)
"""Handwriting, written neatly and quickly."""
OWN_FACES = {FACE_SERIF: "song.woff2", FACE_PEN: "pen.woff2", FACE_QUICK: "quick.woff2"}
"""The file of each face that is ours."""
_FOLDER = Path(__file__).parents[1] / "data" / "fonts"
_printed: ContextVar[int | None] = ContextVar("printed", default=None)
_filled: ContextVar[int | None] = ContextVar("filled", default=None)


@cache
def font(pixels: int, face: int) -> ImageFont.FreeTypeFont:
    """An open CJK font at a size; ``face`` is one of the ``FACE_`` numbers."""
    if face in OWN_FACES:
        return ImageFont.truetype(str(_FOLDER / OWN_FACES[face]), pixels)
    return ImageFont.truetype(str(FONT_PATH), pixels, index=face)


@cache
def _has(face: int, char: str) -> bool:
    """Whether a face of our own has the character: what is missing looks like a character that nobody has."""
    if char.isspace():
        return True
    at = font(24, face)
    return bytes(at.getmask(char)) != bytes(at.getmask("\U000fffff"))


def face_for(text: str, face: int) -> int:
    """The face a text is printed with: what is in force (``in_face``, ``filled_in``), and sans where that lacks a character."""
    printed = _printed.get()
    chosen = face if printed is None or face != FACE_SANS else printed
    return chosen if chosen not in OWN_FACES or all(_has(chosen, char) for char in text) else FACE_SANS


def face_of_values(face: int) -> int:
    """The face facts are filled in with."""
    chosen = _filled.get()
    return face if chosen is None else chosen


@contextmanager
def in_face(face: int) -> Iterator[None]:
    """All that would be printed in the sans face is printed in another."""
    token = _printed.set(face)
    try:
        yield
    finally:
        _printed.reset(token)


@contextmanager
def filled_in(face: int) -> Iterator[None]:
    """Facts and rows are filled in with a face (a hand); what the form itself says stays printed."""
    token = _filled.set(face)
    try:
        yield
    finally:
        _filled.reset(token)
