"""Lines: text boxes put in reading order by linking each to its nearest right neighbour along the local slope."""

import unicodedata
from collections.abc import Sequence
from dataclasses import dataclass
from functools import cached_property, lru_cache

import numpy as np
from opencc import OpenCC

from anpei.reading._sight.boxes import Char, TextBox

GAP = 0.75
"""A space of more than this many box heights inside a box or line is a gap (another cell or entry begins)."""

STACKED = 1.5
"""A box this many times as high as it is wide holds characters of several lines."""

_SAME = str.maketrans("：；，。（）【】［］｛｝“”‘’—–－～〜￥×·•・", ":;,.()[][]{}\"\"''---~~¥x···")
_FIRST_IDEOGRAPH = "\u3400"
_KEPT = frozenset("昇陞甯迺麴")
"""Standard characters of names (通用规范汉字表, 2013) that a converter would change."""
_SIMPLIFIED = OpenCC("t2s")


@lru_cache(maxsize=8192)
def plain(text: str) -> str:
    """Text with one form for each sign, character by character (the length never changes)."""
    return "".join(_plain_char(char) for char in text.translate(_SAME))


@lru_cache(maxsize=8192)
def _plain_char(char: str) -> str:
    """Forms of this country are printed in simplified characters; the recogniser sometimes answers with the other form."""
    folded = unicodedata.normalize("NFKC", char)
    if len(folded) != 1:
        return char
    if folded < _FIRST_IDEOGRAPH or folded in _KEPT or _is_common(folded):
        return folded
    simple: str = _SIMPLIFIED.convert(folded)
    return simple if len(simple) == 1 else folded


def _is_common(char: str) -> bool:
    """Whether it is one of the simplified characters of everyday use (GB/T 2312)."""
    try:
        char.encode("gb2312")
    except UnicodeEncodeError:
        return False
    return True


@dataclass(frozen=True)
class Line:
    """A line of the page: boxes from left to right, its plain text, and for each character the box it is in."""

    boxes: tuple[TextBox, ...]

    @cached_property
    def chars(self) -> tuple[Char, ...]:
        return tuple(char for box in self.boxes for char in box.chars)

    @cached_property
    def text(self) -> str:
        return plain("".join(char.text[:1] for char in self.chars))

    @cached_property
    def starts(self) -> tuple[tuple[int, TextBox], ...]:
        """The boxes, each with the index of its first character."""
        found: list[tuple[int, TextBox]] = []
        at = 0
        for box in self.boxes:
            found.append((at, box))
            at += len(box.chars)
        return tuple(found)

    @cached_property
    def gaps(self) -> tuple[float, ...]:
        """For each character the free space before it, in box heights (0 for the first)."""
        found: list[float] = []
        last: float | None = None
        for box in self.boxes:
            for char in box.chars:
                start = box.at(char.start)[0]
                found.append(0.0 if last is None else max(0.0, (start - last) / box.height))
                last = box.at(char.end)[0]
        return tuple(found)

    @property
    def height(self) -> float:
        return sum(box.height for box in self.boxes) / len(self.boxes)

    @property
    def y(self) -> float:
        return sum(box.centre[1] for box in self.boxes) / len(self.boxes)

    def cut(self, start: int, end: int) -> tuple[TextBox, ...]:
        """The boxes (parts of boxes) that hold the characters ``start`` to ``end``."""
        parts: list[TextBox] = []
        for offset, box in self.starts:
            a, b = max(start - offset, 0), min(end - offset, len(box.chars))
            if a < b:
                parts.append(box.cut(a, b))
        return tuple(parts)

    def raw(self, start: int, end: int) -> str:
        """The characters as they were read, with a space for each gap."""
        pieces = [(" " if i > start and self.gaps[i] > GAP else "") + self.chars[i].text for i in range(start, min(end, len(self.chars)))]
        return "".join(pieces).strip()


def make_lines(boxes: Sequence[TextBox]) -> list[Line]:
    """Lines from the top, boxes from the left. Characters on top of one another (cells of two rows taken for one) are left out."""
    boxes = [box for box in boxes if len(box.chars) < 2 or box.height < STACKED * box.width]
    if not boxes:
        return []
    lefts = np.array([box.left for box in boxes])
    rights = np.array([box.right for box in boxes])
    heights = np.array([box.height for box in boxes])
    slopes = _slopes(boxes)
    follower = _links(lefts, rights, heights, slopes)
    heads = set(range(len(boxes))) - {after for after in follower if after >= 0}
    lines: list[Line] = []
    for head in heads:
        chain: list[TextBox] = []
        at = head
        while at >= 0:
            chain.append(boxes[at])
            at = int(follower[at])
        lines.append(Line(tuple(chain)))
    middle = float(np.median(slopes))
    return sorted(lines, key=lambda line: (line.boxes[0].left[1] - middle * line.boxes[0].left[0], line.boxes[0].left[0]))


def _slopes(boxes: Sequence[TextBox]) -> "np.typing.NDArray[np.float64]":
    """For each box the slope of the text around it: a plane through the slopes of the long boxes."""
    long = [box for box in boxes if box.width > 4 * box.height]
    count = len(boxes)
    own = np.array([(b.right[1] - b.left[1]) / max(1.0, b.right[0] - b.left[0]) for b in long])
    if len(long) < 4:
        return np.full(count, float(np.median(own)) if long else 0.0)
    keep = np.abs(own - np.median(own)) < 0.03
    if keep.sum() < 4:
        return np.full(count, float(np.median(own)))
    points = np.array([b.centre for b in long])[keep]
    design = np.c_[np.ones(len(points)), points / 1000.0]
    weights = np.sqrt(np.array([b.width for b in long])[keep])
    flat = np.array([0.0, 3.0, 3.0])
    left = (design * weights[:, None]).T @ (design * weights[:, None]) + np.diag(flat * weights.mean())
    plane = np.linalg.solve(left, (design * weights[:, None]).T @ (own[keep] * weights))
    where = np.array([b.centre for b in boxes])
    return np.asarray(np.c_[np.ones(count), where / 1000.0] @ plane)


def _links(
    lefts: "np.typing.NDArray[np.float64]",
    rights: "np.typing.NDArray[np.float64]",
    heights: "np.typing.NDArray[np.float64]",
    slopes: "np.typing.NDArray[np.float64]",
) -> "np.typing.NDArray[np.int64]":
    """For each box the index of the box that follows it on its line, or -1; a box follows at most one."""
    along = lefts[None, :, 0] - rights[:, None, 0]
    slope = (slopes[:, None] + slopes[None, :]) / 2
    across = np.abs(lefts[None, :, 1] - rights[:, None, 1] - slope * along)
    small = np.minimum(heights[:, None], heights[None, :])
    middles = (lefts[:, 0] + rights[:, 0]) / 2
    after = middles[None, :] > middles[:, None]
    fits = after & (across < 0.55 * small) & (along > -0.6 * small)
    np.fill_diagonal(fits, False)
    cost = np.where(fits, np.maximum(along, 0) + 4 * across, np.inf)
    follower = np.full(len(lefts), -1, dtype=np.int64)
    best_after = cost.argmin(axis=1)
    best_before = cost.argmin(axis=0)
    for index in range(len(lefts)):
        candidate = int(best_after[index])
        if np.isfinite(cost[index, candidate]) and int(best_before[candidate]) == index:
            follower[index] = candidate
    return follower
