"""Accumulators of many cases: in which period each row counts, what is left there, and what this claim uses."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from typing import Any

import numpy as np

from anpei.claims.benefit.compiled.arrow import DAY_ZERO, Array, Texts
from anpei.claims.benefit.compiled.cases import Cases, Level
from anpei.claims.benefit.compiled.program import Program
from anpei.records.policies.periods import period_key
from anpei.records.products.model import AccumulatorTerms


@dataclass(slots=True)
class Slots:
    """One accumulator: a slot for each case and period that rows count in. ``of`` gives the slot of each row by level.

    ``known`` says by level where a row has a slot (None: everywhere); a row without the text that divides the period has none.
    """

    case: Array
    key: Array
    earlier: Array
    used: Array
    total: Array
    of: Mapping[str, Array]
    known: Mapping[str, Array | None]

    def left(self, level: str, rows: Any, total: Array) -> Array:
        """What is left for some rows of different cases, never below zero; the whole is remembered."""
        at = self.of[level][rows]
        self.total[at] = total
        left: Array = np.maximum(total - self.earlier[at] - self.used[at], 0)
        return left

    def consume(self, level: str, rows: Any, amount: Array) -> None:
        """Use up amounts for some rows of different cases."""
        at = self.of[level][rows]
        self.used[at] += amount


class Book:
    """All keys of periods that occur, each with its number."""

    def __init__(self, words: tuple[str, ...]) -> None:
        self.numbers = {word: number for number, word in enumerate(words)}

    def number(self, word: str) -> int:
        """The number of a key."""
        return self.numbers.setdefault(word, len(self.numbers))


def slots_of(program: Program, cases: Cases) -> tuple[dict[str, Slots], Book]:
    """The slots of every accumulator that the program touches."""
    book = Book(cases.earlier.key.words)
    terms = program.terms
    kept: dict[tuple[str, str, str], tuple[Array, Array | None]] = {}
    found: dict[str, Slots] = {}
    for name, levels in program.touched.items():
        data = terms.accumulators_by_name[name]
        for level in levels:
            place = (data.period, data.per, level)
            if place not in kept:
                kept[place] = _keys(data, cases, cases.levels[level], book)
        found[name] = _slots(name, {level: kept[data.period, data.per, level] for level in levels}, cases, book)
    return found, book


def _slots(name: str, keys: Mapping[str, tuple[Array, Array | None]], cases: Cases, book: Book) -> Slots:
    width = len(book.numbers) + 1
    places = {level: cases.levels[level].case * width + key for level, (key, _) in keys.items()}
    joined = np.concatenate(list(places.values()))
    if len(joined) < 2 or bool((joined[1:] > joined[:-1]).all()):
        distinct, inverse = joined, np.arange(len(joined))
    else:
        distinct, inverse = np.unique(joined, return_inverse=True)
    of: dict[str, Array] = {}
    begun = 0
    for level, place in places.items():
        of[level] = inverse[begun : begun + len(place)]
        begun += len(place)
    earlier = _earlier(name, distinct, width, cases)
    zero = np.zeros(len(distinct), np.int64)
    return Slots(distinct // width, distinct % width, earlier, zero, zero.copy(), of, {level: known for level, (_, known) in keys.items()})


def _earlier(name: str, distinct: Array, width: int, cases: Cases) -> Array:
    used = np.zeros(len(distinct), np.int64)
    given = cases.earlier
    if name not in given.name.words or not len(distinct):
        return used
    rows = np.flatnonzero(given.name.code == given.name.words.index(name))
    wanted = given.case[rows] * width + given.key.code[rows]
    at = np.minimum(np.searchsorted(distinct, wanted), len(distinct) - 1)
    hit = (distinct[at] == wanted) & (given.key.code[rows] >= 0)
    np.add.at(used, at[hit], given.used[rows][hit])
    return used


def _keys(data: AccumulatorTerms, cases: Cases, level: Level, book: Book) -> tuple[Array, Array | None]:
    """The number of the key that each row counts in, and where it has one. Each distinct key is made by ``period_key`` itself."""
    period = _periods(data.period, cases, level)
    per = _per(data.per, cases, level)
    parts = period if per is None else period * (len(per.words) + 1) + per.code + 1
    first, inverse = _distinct(parts)
    numbers = np.array([book.number(_key(data, cases, level, int(row), per)) for row in first], np.int64)
    known = None if per is None or not len(per.code) or per.code.min() >= 0 else per.code >= 0
    return numbers[inverse], known


def _key(data: AccumulatorTerms, cases: Cases, level: Level, row: int, per: Texts | None) -> str:
    case, day = int(level.case[row]), date.fromordinal(int(level.on[row]))
    event = cases.event_id.at(case)
    if not event and "event" in cases.levels:
        event = date.fromordinal(int(cases.levels["event"].on[case])).isoformat()
    start_on = date.fromordinal(int(cases.start_on[case]))
    return period_key(period=data.period, start_on=start_on, day=day, event=event, per="" if per is None else per.at(row))


def _per(name: str, cases: Cases, level: Level) -> Texts | None:
    """The texts that divide the period of each row: its own, or those of its event; nowhere where neither has such a text."""
    if not name:
        return None
    if name in level.texts:
        return level.texts[name]
    event = cases.levels.get("event")
    if event is not None and name in event.texts:
        return event.texts[name].take(level.case)
    return Texts(np.full(len(level), -1, np.int64), ())


def _periods(period: str, cases: Cases, level: Level) -> Array:
    """A number for each row that is the same where, within a case, the period is the same."""
    if period == "policy_year":
        return year_starts(start_on=cases.start_on[level.case], day=level.on)
    if period == "day":
        return level.on
    if period == "event":
        named = np.array([bool(word) for word in cases.event_id.words] + [False], bool)[cases.event_id.code]
        own = 4_000_000 + cases.event_id.code
        return np.where(named[level.case], own[level.case], _event_days(cases, level))
    return np.zeros(len(level), np.int64)


def _event_days(cases: Cases, level: Level) -> Array:
    """The day that stands for an event without an id: that of the event, whatever day the row is of."""
    event = cases.levels.get("event")
    return level.on if event is None else event.on[level.case]


def year_starts(*, start_on: Array, day: Array) -> Array:
    """The first day of the policy year of each day, as ``records.policies.periods.policy_year_start`` says it; days by their number."""
    start, days = ((given - DAY_ZERO).astype("datetime64[D]") for given in (start_on, day))
    months = start.astype("datetime64[M]")
    month, inside = (months - start.astype("datetime64[Y]").astype("datetime64[M]")), start - months.astype("datetime64[D]")
    years = days.astype("datetime64[Y]")

    def anniversary(year: Array) -> Array:
        first = year.astype("datetime64[M]") + month
        held = first.astype("datetime64[D]") + inside
        return np.asarray(np.where(held.astype("datetime64[M]") == first, held, held - np.timedelta64(1, "D")))

    this = anniversary(years)
    begun = np.where(this <= days, this, anniversary(years - np.timedelta64(1, "Y")))
    return np.asarray(begun.astype("datetime64[D]").astype(np.int64) + DAY_ZERO)


def _distinct(parts: Array) -> tuple[Array, Array]:
    """For each distinct number one row that has it, and for each row the place of its number."""
    if not len(parts):
        return np.zeros(0, np.int64), parts
    low, span = int(parts.min()), int(parts.max() - parts.min()) + 1
    if span > 4 * len(parts) + 65_536:
        _, first, inverse = np.unique(parts, return_index=True, return_inverse=True)
        return first, inverse
    rows = np.full(span, -1, np.int64)
    rows[parts - low] = np.arange(len(parts))
    there = np.flatnonzero(rows >= 0)
    place = np.empty(span, np.int64)
    place[there] = np.arange(len(there))
    return rows[there], place[parts - low]
