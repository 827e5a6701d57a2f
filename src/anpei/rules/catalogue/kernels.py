"""Look-ups inside compiled loops (numba): the id of a code, the slot of (region, item, day), single and in batches.

Everything is whole numbers. A shift or sum that mixes signed and unsigned numbers would become a float in numba: the casts are meant.
The functions are called with a ``Mapped`` of read-only arrays, from Python or from another compiled function.
"""

from collections.abc import Callable
from typing import Any, TypeVar, cast

import numba
import numpy as np
from numba.extending import intrinsic

from anpei.rules.catalogue.model import Array, Mapped

_Function = TypeVar("_Function", bound=Callable[..., Any])


def compiled(function: _Function) -> _Function:
    """A function compiled when it is first called, kept in numba's cache (NUMBA_CACHE_DIR)."""
    return cast(_Function, numba.njit(cache=True, nogil=True)(function))


def _count_ones(_context: Any, word: Any) -> Any:
    """The number of bits that are set in a word, by the processor's own instruction."""

    def code(_context: Any, builder: Any, _signature: Any, given: Any) -> Any:
        return builder.ctpop(given[0])

    return word(word), code


_ones = cast(Any, intrinsic(_count_ones))


_ONE = np.uint64(1)
_FACTOR = np.uint64(0x9E3779B97F4A7C15)
_HALF = np.uint64(32)
_FREE = np.uint32(0xFFFFFFFF)
_PERIOD_SHIFT = np.uint64(48)
_NOTHING = np.uint64(0)


# --- codes -------------------------------------------------------------------------------------------------------------


@compiled
def _hash(words: Array, start: Any, count: Any) -> Any:
    found = _FACTOR
    for place in range(start, start + count):
        found = (found ^ words[place]) * _FACTOR
        found ^= found >> _HALF
    return found


@compiled
def code_id(words: Array, places: Array, width: Any, asked: Array, start: Any) -> Any:
    """The id (int64) of the code whose ``width`` words begin at ``asked[start]``, or -1."""
    last = np.uint64(len(places) - 1)
    place = _hash(asked, start, width) & last
    codes = len(words) // width
    for _ in range(len(places)):
        found = np.int64(places[place])
        if found >= codes:
            return np.int64(-1)
        same = True
        for step in range(width):
            if words[found * width + step] != asked[start + step]:
                same = False
                break
        if same:
            return found
        place = (place + _ONE) & last
    return np.int64(-1)


@compiled
def code_ids(words: Array, places: Array, width: Any, asked: Array, found: Array) -> None:
    """The ids of many codes into ``found`` (int64)."""
    for row in range(len(found)):
        found[row] = code_id(words, places, width, asked, row * width)


# --- slots -------------------------------------------------------------------------------------------------------------


@compiled
def _dense_rank(mapped: Mapped, block: Any, item: Any) -> Any:
    inner = (item >> 6) & 7
    word = mapped.bits[block * 8 + inner]
    bit = np.uint64(item & 63)
    if (word >> bit) & _ONE == _NOTHING:
        return np.int64(-1)
    rank = np.int64(mapped.ranks[block]) + np.int64(_ones(word & ((_ONE << bit) - _ONE)))
    for step in range(inner):
        rank += np.int64(_ones(mapped.bits[block * 8 + step]))
    return rank


@compiled
def _sparse_rank(mapped: Mapped, start: Any, count: Any, item: Any) -> Any:
    low, high = start, start + count
    while low < high:
        middle = (low + high) >> 1
        if np.int64(mapped.ids[middle]) < item:
            low = middle + 1
        else:
            high = middle
    if low < start + count and np.int64(mapped.ids[low]) == item:
        return low - start
    return np.int64(-1)


@compiled
def slot_on(mapped: Mapped, region: Any, item: Any, day: Any) -> Any:
    """The slot (uint64) of an item in a region on a day (all int64), 0 when there is none. The low 48 bits are the word."""
    if region < 0 or region >= len(mapped.regions) // 2 - 1 or item < 0 or item >= mapped.items or day < 0 or day >= 0xFFFF:
        return _NOTHING
    table = mapped.regions[2 * region + 1]
    periods = mapped.regions[2 * region + 3] - table
    for part in range(mapped.regions[2 * region], mapped.regions[2 * region + 2]):
        start, count = mapped.parts[4 * part + 2], mapped.parts[4 * part + 3]
        dense = mapped.parts[4 * part] == 1
        rank = _dense_rank(mapped, start + (item >> 9), item) if dense else _sparse_rank(mapped, start, count, item)
        if rank < 0 or rank >= count:
            return _NOTHING
        slot = mapped.slots[mapped.parts[4 * part + 1] + rank]
        number = np.int64(slot >> _PERIOD_SHIFT)
        if number < 1 or number > periods:
            return _NOTHING
        period = np.int64(mapped.periods[table + number - 1])
        if day >= period >> 16:
            return slot if day < (period & 0xFFFF) else _NOTHING
    return _NOTHING


@compiled
def slots_on(mapped: Mapped, region: Array, item: Array, day: Array, found: Array) -> None:
    """The slots of many (int64 arrays of one length) into ``found`` (uint64)."""
    for row in range(len(found)):
        found[row] = slot_on(mapped, region[row], item[row], day[row])
