"""Putting sorted rows together range by range: which of the new rows come first, which kept files a range touches, what stands for what."""

from collections.abc import Iterable, Iterator
from typing import Any

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc

from anpei.rules.columns import Array
from anpei.rules.holdings.form import SCHEMA, STATEMENT
from anpei.rules.holdings.parts import Part, Parts

RANGE_ROWS = 1 << 18
"""About as many rows are merged at once and kept in one file."""
NEW = SCHEMA.append(pa.field("said", pa.uint64())).append(pa.field("of_line", pa.uint32()))
"""``said``: which line, in the order in which they came; ``of_line``: how many rows it has."""
_TWICE = ("said", "of_line", "id_high", "id_low", "source", "line")


def limits(rows: int) -> Iterable[int | None]:
    """The first ids (upper halves) after each range; None for the last."""
    bits = max(0, (max(rows, 1) - 1).bit_length() - RANGE_ROWS.bit_length() + 1)
    yield from (number << (64 - bits) for number in range(1, 1 << bits))
    yield None


def in_order(table: pa.Table) -> pa.Table:
    """New rows by id, those of one id in the order in which they came."""
    high, low, said = (table.column(name).to_numpy() for name in ("id_high", "id_low", "said"))
    return table.take(pa.array(np.lexsort((said, low, high))))


def first_of_each(table: pa.Table) -> tuple[pa.Table, pa.Table]:
    """The first row of each id by the order in which they came, and the others, each beside its first."""
    table = in_order(table)
    high, low, said = (table.column(name).to_numpy() for name in ("id_high", "id_low", "said"))
    if not len(table):
        return SCHEMA.empty_table(), no_doubles()
    again = np.concatenate([[False], (high[1:] == high[:-1]) & (low[1:] == low[:-1])])
    first_of = np.maximum.accumulate(np.where(again, 0, np.arange(len(table))))
    twice = np.flatnonzero(again & (said != said[first_of]))
    unique = table.filter(pa.array(~again)).select(SCHEMA.names)
    return unique, _doubles(table, twice, first_of[twice]) if len(twice) else no_doubles()


def _doubles(table: pa.Table, places: Array, firsts: Array) -> pa.Table:
    one, other = table.take(pa.array(places)), table.take(pa.array(firsts))
    differs: Any = np.zeros(len(one), bool)
    for name in STATEMENT:
        a, b = one.column(name), other.column(name)
        same = pc.or_kleene(pc.fill_null(pc.equal(a, b), False), pc.and_(pc.is_null(a), pc.is_null(b)))
        differs = differs | ~same.to_numpy()
    found = {name: one.column(name) for name in _TWICE}
    found |= {"first_source": other.column("source"), "first_line": other.column("line"), "differs": pa.array(differs)}
    return pa.table({name: column.dictionary_encode() if name.endswith("source") else column for name, column in found.items()})


def no_doubles() -> pa.Table:
    text = pa.dictionary(pa.int32(), pa.string())
    kinds = {name: text if name == "source" else NEW.field(name).type for name in _TWICE}
    return pa.schema({**kinds, "first_source": text, "first_line": pa.uint32(), "differs": pa.bool_()}).empty_table()


def over(coming: pa.Table, old: pa.Table) -> pa.Table:
    """All rows sorted by id; where both have an id the one that comes."""
    if not len(old) or not len(coming):
        return coming if len(coming) else old
    both = pa.concat_tables([coming, old]).combine_chunks()
    high, low = (both.column(name).to_numpy() for name in ("id_high", "id_low"))
    order = np.lexsort((low, high))
    high, low = high[order], low[order]
    first = np.concatenate([[True], (high[1:] != high[:-1]) | (low[1:] != low[:-1])])
    return both.take(pa.array(order[first]))


# --- reading what is sorted, range by range ---------------------------------------------------------------------------


class Sorted:
    """Sorted batches, taken up to a limit of the id's upper half at a time."""

    def __init__(self, batches: Iterator[pa.RecordBatch]) -> None:
        self._batches = batches
        self._rest: pa.RecordBatch | None = next(batches, None)
        self._schema = NEW if self._rest is None else self._rest.schema

    def until(self, limit: int | None) -> pa.Table:
        """The rows before the limit that were not taken yet."""
        found = []
        while self._rest is not None:
            high = self._rest.column("id_high").to_numpy()
            end = len(high) if limit is None else int(np.searchsorted(high, np.uint64(limit)))
            found.append(self._rest.slice(0, end))
            if end < len(high):
                self._rest = self._rest.slice(end)
                break
            self._rest = next(self._batches, None)
        return pa.Table.from_batches(found, schema=self._schema)

    @property
    def is_over(self) -> bool:
        """Whether all rows were taken."""
        return self._rest is None


class Kept:
    """The kept files, taken range by range: read, or passed over whole."""

    def __init__(self, parts: Parts) -> None:
        self._folder, self._left = parts.folder, list(parts.parts)
        self._open: Sorted | None = None

    def whole_until(self, limit: int | None) -> tuple[Part, ...] | None:
        """The files that hold exactly the rows before the limit; None when a file goes on behind it, or was begun."""
        before = tuple(part for part in self._left if limit is None or _high(part.first) < limit)
        if self._open is not None or any(limit is not None and _high(part.last) >= limit for part in before):
            return None
        return before

    def skip(self, parts: tuple[Part, ...]) -> tuple[Part, ...]:
        """Pass over files."""
        del self._left[: len(parts)]
        return parts

    def until(self, limit: int | None) -> pa.Table:
        """The rows before the limit."""
        found = []
        while self._open is not None or (self._left and (limit is None or _high(self._left[0].first) < limit)):
            if self._open is None:
                self._open = Sorted(Parts(self._folder, (self._left.pop(0),)).batches())
            found.append(self._open.until(limit))
            if not self._open.is_over:
                break
            self._open = None
        return pa.concat_tables(found) if found else SCHEMA.empty_table()


def _high(rule_id: str) -> int:
    return int(rule_id[1:17], 16)
