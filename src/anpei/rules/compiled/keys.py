"""The keys that rows and subjects meet by: texts of any length, sorted by a hash; an index over its first bits leads to one or two.

The hash never stands for the key: the text is compared. Many keys are looked up at once by machine code, one by Python.
"""

from collections.abc import Mapping, Sequence
from typing import Any, NamedTuple

import numpy as np

from anpei.rules.columns import Array
from anpei.rules.compiled.addressing import U1, U4, U8, Table, addresses, i8, jit, length_of, put_i8, u1, u4, u8, where
from anpei.rules.compiled.texts import packed, unpacked

_START, _FACTOR, _MIX = 0xCBF29CE484222325, 0x100000001B3, 0x9E3779B97F4A7C15
_WORD = (1 << 64) - 1


def key_hash(key: bytes) -> int:
    """The number under which a key is sorted (FNV-1a, mixed once more so that the first bits differ too)."""
    found = _START
    for byte in key:
        found = ((found ^ byte) * _FACTOR) & _WORD
    found ^= found >> 32
    found = (found * _MIX) & _WORD
    return found ^ (found >> 29)


# --- machine code ----------------------------------------------------------------------------------------------------


class _Table(NamedTuple):
    key_hash: Array
    key_start: Array
    key_at: Array
    key_bytes: Array


class _Asked(NamedTuple):
    at: Array
    bytes: Array
    out: Array


_HASH, _STARTS, _AT, _BYTES = range(4)
_ASKED_AT, _ASKED_BYTES, _OUT = range(3)


@jit
def _hash(asked: Table, number: int) -> int:
    """As ``key_hash``; the number as it stands in 64 bits, with a sign."""
    found = np.uint64(_START)
    for place in range(i8(asked, _ASKED_AT, number), i8(asked, _ASKED_AT, number + 1)):
        found = (found ^ np.uint64(u1(asked, _ASKED_BYTES, place))) * np.uint64(_FACTOR)
    found ^= found >> np.uint64(32)
    found *= np.uint64(_MIX)
    return np.int64(found ^ (found >> np.uint64(29)))  # type: ignore[return-value]


@jit
def _hash_all(asked: Table) -> None:
    for number in range(length_of(asked, _ASKED_AT) - 1):
        put_i8(asked, _OUT, number, _hash(asked, number))


@jit
def _is_key(keys: Table, place: int, asked: Table, number: int) -> bool:
    begin, start = i8(keys, _AT, place), i8(asked, _ASKED_AT, number)
    length, step = i8(asked, _ASKED_AT, number + 1) - start, 0
    if i8(keys, _AT, place + 1) - begin != length:
        return False
    while step < length and u1(keys, _BYTES, begin + step) == u1(asked, _ASKED_BYTES, start + step):
        step += 1
    return step == length


@jit
def _find_all(keys: Table, asked: Table, bits: int) -> None:
    for number in range(length_of(asked, _ASKED_AT) - 1):
        wanted, found = np.uint64(_hash(asked, number)), -1
        bucket: Any = np.int64(wanted >> np.uint64(64 - bits))
        for place in range(u4(keys, _STARTS, bucket), u4(keys, _STARTS, bucket + 1)):
            if u8(keys, _HASH, place) == wanted and _is_key(keys, place, asked, number):
                found = place
                break
        put_i8(asked, _OUT, number, found)


# --- building and asking ---------------------------------------------------------------------------------------------


def _asked(at: Array, content: Array) -> tuple[_Asked, Array]:
    given = _Asked(np.ascontiguousarray(at, dtype=np.int64), content, np.empty(len(at) - 1, dtype=np.int64))
    return given, addresses(given, (np.dtype(np.int64), U1, np.dtype(np.int64)))


def key_columns(keys: Sequence[str]) -> tuple[dict[str, Array], Array]:
    """The key table (sorted by hash, then text), and for each given key its number in it. The keys must differ."""
    encoded = [key.encode() for key in keys]
    given, table = _asked(*packed(encoded))
    _hash_all(where(table))
    hashes = given.out.view(np.uint64)
    order = np.argsort(hashes, kind="stable")
    tied = np.flatnonzero(hashes[order][1:] == hashes[order][:-1])
    if len(tied):
        order = np.array(sorted(range(len(keys)), key=lambda index: (int(hashes[index]), keys[index])), dtype=np.int64)
    at, content = packed([encoded[index] for index in order.tolist()])
    place = np.empty(len(keys), dtype=np.uint32)
    place[order] = np.arange(len(keys), dtype=np.uint32)
    bits = max(len(keys) - 1, 1).bit_length()
    firsts = np.arange(1 << bits, dtype=np.uint64) << np.uint64(64 - bits)
    starts = np.append(np.searchsorted(hashes[order], firsts), len(keys)).astype(np.uint32)
    return {"key_hash": hashes[order], "key_start": starts, "key_at": at, "key_bytes": content}, place


class Keys:
    """Finds the number of a key in a mapped key table."""

    def __init__(self, columns: Mapping[str, Array]) -> None:
        self._columns = _Table(*(columns[name] for name in _Table._fields))
        self._table = addresses(self._columns, (U8, U4, U8, U1))
        self._bits = (len(self._columns.key_start) - 1).bit_length() - 1

    def number(self, key: str) -> int:
        """The number of a key, or -1."""
        wanted, columns = key_hash(key.encode()), self._columns
        bucket = wanted >> (64 - self._bits)
        for place in range(int(columns.key_start[bucket]), int(columns.key_start[bucket + 1])):
            if int(columns.key_hash[place]) == wanted and self.text(place) == key:
                return place
        return -1

    def numbers(self, at: Array, content: Array) -> Array:
        """The numbers (int64, -1 for none) of many keys: UTF-8, where each begins and one more for the end."""
        given, table = _asked(at, content)
        _find_all(where(self._table), where(table), self._bits)
        return given.out

    def text(self, number: int) -> str:
        """The key of a number."""
        return unpacked(self._columns.key_at, self._columns.key_bytes, number)
