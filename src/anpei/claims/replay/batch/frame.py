"""Past claims as arrays: whose bill and line is which, whole numbers and texts of columns, and the claims that only the reference reads."""

from collections.abc import Sequence
from dataclasses import dataclass, field, replace
from typing import Any

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc

from anpei.claims.replay.reference import NEEDED
from anpei.rules.columns import Array

LARGEST = 1 << 60
"""Numbers of lines and subjects from here on are left to the reference."""


@dataclass(frozen=True, slots=True)
class Coded:
    """Texts as places in ``values``; -1 (null) is the last of them, None."""

    code: Array
    values: tuple[Any, ...]

    def which(self, flags: Sequence[bool]) -> Array:
        """A flag for each row from one for each value (null's last)."""
        found: Array = np.array(flags, dtype=np.bool_)[self.code]
        return found

    def equals(self, text: str) -> Array:
        """Which rows hold exactly this text."""
        return self.which([value == text for value in self.values])

    def take(self, rows: Array) -> "Coded":
        """Some rows."""
        return Coded(self.code[rows], self.values)


@dataclass(frozen=True, slots=True)
class Frame:
    """``table`` has the schema of past claims. ``bill_owner``: the claim of each bill; ``line_bill``, ``line_owner``: those of each line.
    ``odd``: claims that are left to the reference; parts of the work add to it. ``held``: what was worked out once and is the same for
    every pass over these claims."""

    table: pa.Table
    bills: Any
    lines: Any
    bill_owner: Array
    line_bill: Array
    line_owner: Array
    odd: Array
    held: dict[str, Any] = field(default_factory=dict)

    def anew(self) -> "Frame":
        """The same claims for another pass."""
        return replace(self, odd=self.odd.copy())

    def texts(self, name: str) -> "Coded":
        """A text column of the claims, or ``lines.NAME``, ``bills.NAME``."""
        if name not in self.held:
            level, _, inner = name.rpartition(".")
            given = {"": self.table, "lines": self.lines, "bills": self.bills}[level]
            self.held[name] = coded(given.field(inner) if level else self.column(name))
        found: Coded = self.held[name]
        return found

    def __len__(self) -> int:
        return len(self.table)

    def column(self, name: str) -> Any:
        """A column in one piece."""
        column = self.table[name]
        return column.chunk(0) if column.num_chunks == 1 else column.combine_chunks()

    def any_bill(self, flags: Array) -> Array:
        """Claims of which some bill has the flag."""
        found: Array = np.bincount(self.bill_owner[flags], minlength=len(self)) > 0
        return found

    def any_line(self, flags: Array) -> Array:
        """Claims of which some line has the flag."""
        found: Array = np.bincount(self.line_owner[flags], minlength=len(self)) > 0
        return found


def frame_of(table: pa.Table) -> Frame:
    """The arrays of a table of past claims."""
    count = len(table)
    column = table["bills"].combine_chunks() if table["bills"].num_chunks != 1 else table["bills"].chunk(0)
    bills = column.flatten()
    bill_owner = np.repeat(np.arange(count), lengths(column))
    inner = bills.field("lines")
    lines = inner.flatten()
    line_bill = np.repeat(np.arange(len(bills)), lengths(inner))
    frame = Frame(table, bills, lines, bill_owner, line_bill, bill_owner[line_bill], np.zeros(count, dtype=np.bool_))
    _mark_odd(frame)
    return frame


def _mark_odd(frame: Frame) -> None:
    """Claims without what every claim has, or with an id that stands twice."""
    odd = frame.odd
    for name in NEEDED:
        odd |= missing(frame.column(name))
    for name in ("bill_id", "kind", "lines"):
        odd |= frame.any_bill(missing(frame.bills) | missing(frame.bills.field(name)))
    for name in ("line_id", "amount_fen"):
        odd |= frame.any_line(missing(frame.lines) | missing(frame.lines.field(name)))
    for name, inner_name in (("used", "used"), ("subjects", "keys"), ("standing", None), ("labels", None), ("label_names", None)):
        column = frame.column(name)
        each = column.flatten()
        empty = missing(each) if inner_name is None else missing(each) | missing(each.field(inner_name))
        odd |= np.bincount(np.repeat(np.arange(len(frame)), lengths(column))[empty], minlength=len(frame)) > 0
    odd |= frame.any_line((np.abs(whole(frame.lines.field("quantity_milli"))) | np.abs(whole(frame.lines.field("amount_fen")))) >= LARGEST)
    odd |= _with_odd_subjects(frame)
    odd |= _twice(coded(frame.bills.field("bill_id")).code, frame.bill_owner, len(frame))
    lines = coded(frame.lines.field("line_id"))
    twice = _twice(lines.code, frame.line_bill, len(frame.bills))
    odd |= frame.any_bill(twice)


def _with_odd_subjects(frame: Frame) -> Array:
    """Claims with a further subject that has no key, an empty one, or a number too large."""
    column = frame.column("subjects")
    each = column.flatten()
    keys = each.field("keys")
    inner = keys.flatten()
    wrong = lengths(keys) == 0
    wrong[np.repeat(np.arange(len(each)), lengths(keys))[missing(inner)]] = True
    wrong |= (np.abs(whole(each.field("quantity"))) | np.abs(whole(each.field("amount")))) >= LARGEST
    found: Array = np.bincount(np.repeat(np.arange(len(frame)), lengths(column))[wrong], minlength=len(frame)) > 0
    return found


def _twice(code: Array, owner: Array, count: int) -> Array:
    """Owners of whom two members have one code."""
    found = np.zeros(count, dtype=np.bool_)
    if not len(code):
        return found
    key = np.sort(owner * (int(code.max()) + 2) + code + 1)
    again = key[1:][key[1:] == key[:-1]]
    found[again // (int(code.max()) + 2)] = True
    return found


def lengths(lists: Any) -> Array:
    """How many members each list has; a null one has none."""
    found: Array = pc.list_value_length(lists).fill_null(0).to_numpy(zero_copy_only=False).astype(np.int64)
    return found


def missing(column: Any) -> Array:
    """Which rows are null."""
    if not column.null_count:
        return np.zeros(len(column), dtype=np.bool_)
    found: Array = column.is_null().to_numpy(zero_copy_only=False)
    return found


def whole(column: Any, empty: int = 0) -> Array:
    """Whole numbers or days by their number since 1970; ``empty`` for null."""
    if pa.types.is_date32(column.type):
        column = column.cast(pa.int32())
    if not column.null_count:
        plain: Array = column.to_numpy(zero_copy_only=False).astype(np.int64)
        return plain
    found: Array = column.fill_null(0).to_numpy(zero_copy_only=False).astype(np.int64)
    if empty:
        found[missing(column)] = empty
    return found


def flags(column: Any) -> Array:
    """Yes as True; null as False."""
    found: Array = column.fill_null(False).to_numpy(zero_copy_only=False).astype(np.bool_)
    return found


def coded(column: Any) -> Coded:
    """Texts as places in the different ones."""
    given = column if pa.types.is_dictionary(column.type) else column.dictionary_encode()
    code = given.indices.fill_null(-1).to_numpy(zero_copy_only=False).astype(np.int64)
    return Coded(code, (*given.dictionary.to_pylist(), None))


def lists_of(owner: Array, values: Any, count: int) -> Any:
    """Lists by owner (ascending) of values in their order."""
    ends = np.concatenate([[0], np.cumsum(np.bincount(owner, minlength=count))]).astype(np.int32)
    return pa.ListArray.from_arrays(pa.array(ends), values)
