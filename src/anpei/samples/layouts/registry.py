"""The list of layouts: which kind, which set, who draws it.

Sets: known for development, heldback for honest measurement, unseen and fresh drawn by other hands
that never saw the reading, fresh after unseen had been measured.
"""

from collections.abc import Callable
from dataclasses import dataclass
from random import Random

from anpei.samples.drawing.sheet import Sheet
from anpei.samples.world.documents import Document

Draw = Callable[[Document, Random], list[Sheet]]
PROVINCES = {
    "known": ("浙江省", "江苏省"),
    "heldback": ("广东省", "四川省"),
    "unseen": ("湖北省", "陕西省", "山东省"),
    "fresh": ("湖南省", "辽宁省", "福建省"),
}


@dataclass(frozen=True, slots=True)
class Layout:
    """One form of one kind. ``itemised`` is False for receipts that print fee categories only, ``daily`` True for dated fee lists."""

    kind: str
    name: str
    draw: Draw
    itemised: bool
    daily: bool

    @property
    def set(self) -> str:
        """known, heldback, unseen or fresh."""
        return self.name.split("-")[0]

    @property
    def id(self) -> str:
        """Such as ``outpatient_receipt/known-a``."""
        return f"{self.kind}/{self.name}"


LAYOUTS: dict[str, Layout] = {}


def layout(kind: str, name: str, *, itemised: bool = True, daily: bool = False) -> Callable[[Draw], Draw]:
    """Register a drawing function under ``kind/name``; the part of the name before the dash is its set."""

    def register(draw: Draw) -> Draw:
        entry = Layout(kind=kind, name=name, draw=draw, itemised=itemised, daily=daily)
        LAYOUTS[entry.id] = entry
        return draw

    return register


def layouts_of(kind: str, which: str = "all") -> list[Layout]:
    """The layouts of a kind in a set (known, heldback, unseen, fresh or all), by name."""
    return [entry for _, entry in sorted(LAYOUTS.items()) if entry.kind == kind and which in {"all", entry.set}]
