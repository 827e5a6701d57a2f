"""What a typed value is and what is asked for, and the letters that optical reading takes for digits."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Found:
    """A typed value inside a text: characters ``start`` to ``end``, and how well it fits its type."""

    value: str
    start: int
    end: int
    fit: float


@dataclass(frozen=True, slots=True)
class Wanted:
    """What is looked for: the type and its limits. ``breaks`` are positions where a gap (a new cell) begins."""

    type: str
    length: tuple[int, int] | None = None
    choices: Mapping[str, Sequence[str]] | None = None
    part: int = 1
    breaks: frozenset[int] = frozenset()


DIGITS = str.maketrans("OoDQIl|iZzSsB", "0000111122558")
DIGITLIKE = "0-9OoDQIlZzSB|"
HAN = r"\u4e00-\u9fff\u3400-\u4dbf"
