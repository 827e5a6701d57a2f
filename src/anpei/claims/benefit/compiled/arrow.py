"""Arrow columns as numpy arrays: whole numbers, yes/no, days by their number, texts by codes, the children of lists."""

from dataclasses import dataclass
from typing import Any

import numpy as np
import numpy.typing as npt
import pyarrow as pa
import pyarrow.compute as pc

from anpei.claims.benefit._form import BenefitInvalid

Array = npt.NDArray[Any]
DAY_ZERO = 719_163
"""The number of 1 January 1970 as ``date.toordinal`` counts."""


@dataclass(frozen=True, slots=True)
class Column:
    """Whole numbers by row; ``known`` says where there is one (None: everywhere). What is not known stands as zero."""

    value: Array
    known: Array | None = None

    def take(self, rows: Array) -> "Column":
        """The same for some rows, in their order."""
        return Column(self.value[rows], None if self.known is None else self.known[rows])


@dataclass(frozen=True, slots=True)
class Texts:
    """Texts by row: places in ``words``, -1 where there is none."""

    code: Array
    words: tuple[str, ...]

    def __len__(self) -> int:
        return len(self.code)

    def take(self, rows: Array) -> "Texts":
        """The same for some rows, in their order."""
        return Texts(self.code[rows], self.words)

    def at(self, row: Any) -> str:
        """The text of a row; empty where there is none."""
        return self.words[self.code[row]] if self.code[row] >= 0 else ""


def column_of(table: pa.Table, name: str, kind: pa.DataType) -> pa.Array:
    """A column of a table in the type it must have; nulls where it is absent. Raises BenefitInvalid."""
    if name not in table.column_names:
        return pa.nulls(table.num_rows, kind)
    column = table.column(name)
    joined = column.combine_chunks() if column.num_chunks != 1 else column.chunk(0)
    return _in_type(joined, name, kind)


def field_of(rows: pa.StructArray, name: str, kind: pa.DataType) -> pa.Array:
    """A field of structs in the type it must have; nulls where it is absent. Raises BenefitInvalid."""
    if rows.type.get_field_index(name) < 0:
        return pa.nulls(len(rows), kind)
    return _in_type(pc.struct_field(rows, name), name, kind)


def _in_type(given: pa.Array, name: str, kind: pa.DataType) -> pa.Array:
    if given.type.equals(kind) or pa.types.is_nested(given.type) or pa.types.is_dictionary(given.type):
        return given
    try:
        return given.cast(kind)
    except (pa.ArrowInvalid, pa.ArrowNotImplementedError) as error:
        raise BenefitInvalid(f"the column {name} of the cases is {given.type}, not {kind}: write it as the schema of cases says") from error


def children(lists: pa.Array, kind: pa.DataType) -> tuple[Array, pa.Array]:
    """How many children each row has (a null list has none), and all children one after another."""
    if pa.types.is_null(lists.type):
        return np.zeros(len(lists), np.int64), pa.array([], kind)
    counts = pc.list_value_length(lists).fill_null(0).to_numpy(zero_copy_only=False).astype(np.int64)
    return counts, lists.flatten()


def whole(given: pa.Array) -> Column:
    """Whole numbers."""
    if given.null_count == 0:
        return Column(given.to_numpy(zero_copy_only=False))
    return Column(given.fill_null(0).to_numpy(zero_copy_only=False), given.is_valid().to_numpy(zero_copy_only=False))


def days(given: pa.Array) -> Column:
    """Days by their number; 1970-01-01 where there is none."""
    numbers = whole(given.cast(pa.int32()) if pa.types.is_date32(given.type) else given)
    return Column(numbers.value.astype(np.int64) + DAY_ZERO, numbers.known)


def flags(given: pa.Array) -> Column:
    """Yes/no as 1 and 0."""
    known = None if given.null_count == 0 else given.is_valid().to_numpy(zero_copy_only=False)
    filled = given if known is None else given.fill_null(False)
    return Column(filled.to_numpy(zero_copy_only=False).astype(np.int64), known)


def texts(given: pa.Array) -> Texts:
    """Texts by codes, one code a text."""
    coded = given
    if not pa.types.is_dictionary(given.type):
        coded = given.dictionary_encode()
    elif len(pc.unique(given.dictionary)) != len(given.dictionary) or given.dictionary.null_count:
        coded = given.cast(given.type.value_type).dictionary_encode()
    indices = coded.indices if coded.null_count == 0 else coded.indices.fill_null(-1)
    code = indices.to_numpy(zero_copy_only=False)
    signed = code if code.dtype.kind == "i" else code.astype(np.int64)
    return Texts(signed, tuple(coded.dictionary.to_pylist()))


def owners(counts: Array) -> Array:
    """The row that each child belongs to."""
    return np.repeat(np.arange(len(counts)), counts)


def starts(counts: Array) -> Array:
    """Where the children of each row begin, and at last where all end."""
    return np.concatenate([np.zeros(1, np.int64), np.cumsum(counts)])


def sums(values: Array, bounds: Array) -> Array:
    """The sum over each row's children, exact in 64 bits."""
    made = np.zeros(len(bounds) - 1, np.int64)
    held = np.flatnonzero(bounds[1:] > bounds[:-1])
    if len(held):
        made[held] = np.add.reduceat(values, bounds[held], dtype=np.int64)
    return made


def text_ranks(given: Texts) -> Array:
    """The place of each row's text in the order of all texts (by code point; equal texts have one place)."""
    order = sorted(range(len(given.words)), key=given.words.__getitem__)
    place: Array = np.empty(len(order) + 1, np.int64)
    place[order] = np.arange(len(order))
    place[-1] = -1
    return np.asarray(place[given.code])
