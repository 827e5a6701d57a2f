"""One page against its truth: kind, fields, rows, what was said of its quality. Pure.

A value is exact when it is the truth to the letter, signs folded to one form (full and half width) and blanks left out. A row is
exact when its name, quantity and amount are (all its cells where a form has fewer than two of them).
"""

import unicodedata
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from anpei.reading import PageReading, Quality
from anpei.reading.kinds import Kind
from anpei.samples.drawing.effects import EFFECTS
from anpei.samples.pages import Page

ROW = ("name", "quantity", "amount")
CORE = ("name", "amount")
NOT_PRINTED = "qr_"
"""Fields of a code square repeat the print; they are compared with it elsewhere."""

PAPERLESS = "blank"


@dataclass(frozen=True, slots=True)
class Value:
    """A fact that stands on the page. ``confidence`` is None where nothing was stated."""

    name: str
    required: bool
    key: bool
    right: bool
    confidence: float | None


@dataclass(frozen=True, slots=True)
class TrueRow:
    """A row that stands on the page: whether name, quantity and amount are right, name and amount, all cells; and each cell."""

    exact: bool
    core: bool
    whole: bool
    cells: Mapping[str, bool]


@dataclass(frozen=True, slots=True)
class Cost:
    """CPU-seconds of reading, of the early verdict without decoding, of decoding for it; resident memory after the page (bytes)."""

    read: float
    early: float
    decode: float
    memory: int


@dataclass(frozen=True, slots=True)
class PageScore:
    """All that is counted of one page. ``usable``: what a person would say (None where people differ); ``said`` after reading,
    ``early`` before. ``unproved`` counts fields stated at 0.95 or more of which the page's truth says nothing."""

    kind: str
    layout: str
    effect: str
    kind_right: bool
    usable: bool | None
    said: Quality
    early: Quality
    values: tuple[Value, ...]
    rows: tuple[TrueRow, ...]
    unproved: int
    cost: Cost

    @property
    def by_hand(self) -> bool:
        """Whether the facts were written by hand: a condition of its own, in no other sum."""
        return self.effect in EFFECTS and EFFECTS[self.effect].by_hand


def folded(text: str) -> str:
    """Signs of one form, no blanks."""
    return "".join(unicodedata.normalize("NFKC", text).split())


def usable(page: Page) -> bool | None:
    """Whether a person would call the page usable: by its condition, and never a blank one."""
    if page.kind == PAPERLESS:
        return False
    return EFFECTS[page.effect].usable if page.effect in EFFECTS else True


def required_of(kind: Kind) -> frozenset[str]:
    """What every page of the kind must tell, with the fields of its sides."""
    return frozenset(kind.required) | {name for side in kind.sides for name in side}


def score(page: Page, reading: PageReading, *, early: Quality, kind: Kind | None, cost: Cost) -> PageScore:
    """Compare a page's reading with its truth; ``kind`` is what is known of the true kind."""
    required, key = (required_of(kind), frozenset(kind.key)) if kind is not None else (frozenset(), frozenset())
    values = []
    for name, truth in page.fields.items():
        stated = reading.fields.get(name)
        right = stated is not None and folded(stated.value) == folded(truth)
        values.append(Value(name, name in required, name in key, right, None if stated is None else stated.confidence))
    others = (field for name, field in reading.fields.items() if name not in page.fields and not name.startswith(NOT_PRINTED))
    return PageScore(
        kind=page.kind,
        layout=page.layout,
        effect=page.effect,
        kind_right=reading.kind == ("unknown" if page.kind == PAPERLESS else page.kind),
        usable=usable(page),
        said=reading.quality,
        early=early,
        values=tuple(values),
        rows=tuple(_rows(page, reading)),
        unproved=sum(field.confidence >= 0.95 for field in others),
        cost=cost,
    )


def _rows(page: Page, reading: PageReading) -> list[TrueRow]:
    """Each true row against the read row that it belongs to."""
    truths = [{name: folded(value) for name, value in row.items()} for row in page.rows]
    read = [{name: folded(cell.value) for name, cell in row.items()} for row in reading.rows]
    partner = _partners(truths, read)
    found = []
    for index, truth in enumerate(truths):
        best = read[partner[index]] if index in partner else {}
        cells = {name: best.get(name) == value for name, value in truth.items()}
        whole = all(cells.values())
        named = [name for name in ROW if name in cells]
        exact = all(cells[name] for name in named) if len(named) > 1 else whole
        found.append(TrueRow(exact, all(cells[name] for name in CORE if name in cells), whole, cells))
    return found


def _partners(truths: Sequence[Mapping[str, str]], read: Sequence[Mapping[str, str]]) -> dict[int, int]:
    """True row to read row, the most alike first (of equally alike ones the nearest on the page); each is used once."""
    pairs = [(_alike(row, truth), -abs(i - j), i, j) for i, truth in enumerate(truths) for j, row in enumerate(read)]
    partner: dict[int, int] = {}
    used: set[int] = set()
    for alike, _, i, j in sorted(pairs, key=lambda pair: pair[:2], reverse=True):
        if alike and i not in partner and j not in used:
            partner[i] = j
            used.add(j)
    return partner


def _alike(read: Mapping[str, str], truth: Mapping[str, str]) -> int:
    return sum(read.get(name) == value for name, value in truth.items())
