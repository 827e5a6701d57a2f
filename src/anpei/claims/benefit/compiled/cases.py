"""Cases as columns: for each level (event, visit, bill, list) its rows case by case, in the order in which the steps go through them."""

from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from enum import IntFlag

import numpy as np

from anpei.claims.benefit.compiled.arrow import Array, Column, Texts

MOST_FEN = 10**14
"""The largest number of a fact (``records.products.model.whole_of``); a larger amount of a bill is left to the reference too."""
MOST_ROWS = 5_000
"""More lines in a bill are left to the reference: their sums could pass 64 bits."""
MOST_TURNS = 400
"""More bills, or rows of one list, in a case are left to the reference: all cases of a table would wait for their turns."""
FIRST_DAY, LAST_DAY = 657_072, 3_287_182
"""Days of bills, events and policies outside 1800 to 9000 are left to the reference."""


class Why(IntFlag):
    """Why only the reference can calculate a case (none: it is calculated). The reference may give an amount, or says what is wrong."""

    NONE = 0
    PROGRAM = 1
    """The terms do something that a program does not do."""
    FACTS = 2
    """A fact is unknown to the product, wrong, or in the wrong column; an id stands twice; there is nothing to calculate."""
    BILL = 4
    """The amounts of a bill contradict each other, or it does not say its total, its day or its settlement."""
    CURRENCY = 8
    """An amount is in another currency."""
    UNKNOWN = 16
    """A step needs a fact that the evidence does not give."""
    STEP = 32
    """A step has no result for these values: nothing to divide by, days in the wrong order, no row in a table."""
    NUMBER = 64
    """A number is larger than 64 bits are certain for, or there are more bills, lines or rows than a program takes."""
    PAID = 128
    """More would be paid than the loss, or the lines do not add up to the total."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Level:
    """The rows of one level. ``case`` ascends; ``unit`` is the row's place among ``Cases.units``; ``on`` its day.

    ``ids`` are unique within a case and level; ``named`` stands before them where a step names its row (``stays/``).
    """

    case: Array
    unit: Array
    on: Array
    ids: Texts
    named: str = ""
    values: Mapping[str, Column] = field(default_factory=dict)
    texts: Mapping[str, Texts] = field(default_factory=dict)

    def __len__(self) -> int:
        return len(self.case)

    def of(self, row: int) -> str:
        """How a step names the row."""
        return self.named + self.ids.at(row)


@dataclass(frozen=True, slots=True, kw_only=True)
class Units:
    """What is calculated one after another within a case: its bills, its visits, or its one event. ``scoped``: steps are run for it."""

    case: Array
    on: Array
    burden: Array
    total: Array
    scoped: Array
    ids: Texts

    def __len__(self) -> int:
        return len(self.case)


@dataclass(frozen=True, slots=True, kw_only=True)
class Earlier:
    """What earlier claims used, by case (ascending)."""

    case: Array
    name: Texts
    key: Texts
    used: Array


@dataclass(frozen=True, slots=True, kw_only=True)
class Cases:
    """Cases of one product version and plan. ``why`` are the bits of ``Why`` that reading found.

    ``waits``: the claim line does not calculate such a case yet (a bill without total, day or settlement, or settled without self-paid
    and own expense); ``assess`` does not ask for that.
    """

    count: int
    why: Array
    waits: Array
    start_on: Array
    event_id: Texts
    units: Units
    levels: Mapping[str, Level]
    earlier: Earlier


def some_units(cases: Cases, chosen: Array) -> Cases:
    """Each of some units (ascending) as a case of its own, with what was used before the case it stands in."""
    units = cases.units
    place = np.full(len(units), -1, np.int64)
    place[chosen] = np.arange(len(chosen))
    origin = units.case[chosen]
    return Cases(
        count=len(chosen),
        why=np.zeros(len(chosen), np.int64),
        waits=np.zeros(len(chosen), bool),
        start_on=cases.start_on[origin],
        event_id=cases.event_id.take(origin),
        units=replace(
            units, case=np.arange(len(chosen)), on=units.on[chosen], burden=units.burden[chosen], total=units.total[chosen],
            scoped=units.scoped[chosen], ids=units.ids.take(chosen),
        ),
        levels={name: _rows_of(level, place) for name, level in cases.levels.items()},
        earlier=_earlier_of(cases, origin),
    )  # fmt: skip


def _rows_of(level: Level, place: Array) -> Level:
    rows = np.flatnonzero(place[level.unit] >= 0)
    unit = place[level.unit[rows]]
    values = {name: column.take(rows) for name, column in level.values.items()}
    texts = {name: given.take(rows) for name, given in level.texts.items()}
    return replace(level, case=unit, unit=unit, on=level.on[rows], ids=level.ids.take(rows), values=values, texts=texts)


def _earlier_of(cases: Cases, origin: Array) -> Earlier:
    earlier = cases.earlier
    low = np.searchsorted(earlier.case, origin, side="left")
    counts = np.searchsorted(earlier.case, origin, side="right") - low
    rows = np.repeat(low - np.concatenate([np.zeros(1, np.int64), np.cumsum(counts)[:-1]]), counts) + np.arange(counts.sum())
    return Earlier(
        case=np.repeat(np.arange(len(origin)), counts), name=earlier.name.take(rows), key=earlier.key.take(rows), used=earlier.used[rows]
    )
