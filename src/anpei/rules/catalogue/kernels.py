"""Look-ups inside compiled loops (numba): the id of a code, the slot of (region, item, day), single and in batches.

Everything is whole numbers. A shift or sum that mixes signed and unsigned numbers would become a float in numba: the casts are meant.
The functions are called with a ``Mapped`` of read-only arrays, from Python or from another compiled function.
"""

from typing import Any, cast

import numpy as np
from numba.extending import intrinsic

from anpei.rules.catalogue.model import Array, Mapped
from anpei.rules.jit import compiled


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
# A tuple of arrays that is handed to another function has its references counted at each call, with a lock: the inner steps
# therefore take single arrays and numbers, and what is short stands in place.


@compiled
def _dense_rank(bits: Array, ranks: Array, block: Any, item: Any) -> Any:
    inner = (item >> 6) & 7
    word = bits[block * 8 + inner]
    bit = np.uint64(item & 63)
    rank = np.int64(ranks[block]) + np.int64(_ones(word & ((_ONE << bit) - _ONE)))
    for step in range(7):
        rank += np.int64(_ones(bits[block * 8 + step])) * np.int64(step < inner)
    return rank if (word >> bit) & _ONE == _ONE else np.int64(-1)


@compiled
def _sparse_rank(ids: Array, start: Any, count: Any, item: Any) -> Any:
    low, high = start, start + count
    while low < high:
        middle = (low + high) >> 1
        if np.int64(ids[middle]) < item:
            low = middle + 1
        else:
            high = middle
    if low < start + count and np.int64(ids[low]) == item:
        return low - start
    return np.int64(-1)


@compiled
def _inside(regions: Any, items: Any, region: Any, item: Any, day: Any) -> Any:
    return 0 <= region < regions and 0 <= item < items and 0 <= day < 0xFFFF


@compiled
def _slot_from(mapped: Mapped, layer: Any, region: Any, item: Any, day: Any) -> Any:
    """The slot that holds on a day in this layer of a region or an older one; ids and day are inside."""
    table = mapped.regions[2 * region + 1]
    periods = mapped.regions[2 * region + 3] - table
    for part in range(mapped.regions[2 * region] + layer, mapped.regions[2 * region + 2]):
        start, count = mapped.parts[4 * part + 2], mapped.parts[4 * part + 3]
        if mapped.parts[4 * part] == 1:
            rank = _dense_rank(mapped.bits, mapped.ranks, start + (item >> 9), item)
        else:
            rank = _sparse_rank(mapped.ids, start, count, item)
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
def slot_on(mapped: Mapped, region: Any, item: Any, day: Any) -> Any:
    """The slot (uint64) of an item in a region on a day (all int64), 0 when there is none. The low 48 bits are the word."""
    if not _inside(len(mapped.regions) // 2 - 1, mapped.items, region, item, day):
        return _NOTHING
    return _slot_from(mapped, 0, region, item, day)


@compiled
def slots_on(mapped: Mapped, region: Array, item: Array, day: Array, found: Array) -> None:
    """The slots of many (int64 arrays of one length) into ``found`` (uint64), which holds places for a while.

    Sixty-four at a time, step by step: the processor then waits for many places of memory at once, not for one after another.
    """
    for low in range(0, len(found), 64):
        high = min(low + 64, len(found))
        _places(mapped, region[low:high], item[low:high], day[low:high], found[low:high])
        for row in range(low, high):
            if found[row] != _NOTHING:
                found[row] = mapped.slots[np.int64(found[row]) - 1]
        _judge(mapped, region[low:high], item[low:high], day[low:high], found[low:high])


@compiled
def _places(mapped: Mapped, region: Array, item: Array, day: Array, found: Array) -> None:
    """Where the latest slot of each stands, plus one; 0 when there is none."""
    regions = len(mapped.regions) // 2 - 1
    for row in range(len(found)):
        found[row] = _NOTHING
        if not _inside(regions, mapped.items, region[row], item[row], day[row]):
            continue
        part = mapped.regions[2 * region[row]]
        if part >= mapped.regions[2 * region[row] + 2]:
            continue
        start, count = mapped.parts[4 * part + 2], mapped.parts[4 * part + 3]
        if mapped.parts[4 * part] == 1:
            rank = _dense_rank(mapped.bits, mapped.ranks, start + (item[row] >> 9), item[row])
        else:
            rank = _sparse_rank(mapped.ids, start, count, item[row])
        if 0 <= rank < count:
            found[row] = np.uint64(mapped.parts[4 * part + 1] + rank + 1)


@compiled
def _judge(mapped: Mapped, region: Array, item: Array, day: Array, found: Array) -> None:
    """Keep the slots that hold on their days; look for an older one where the day is before."""
    for row in range(len(found)):
        if found[row] == _NOTHING:
            continue
        table, number = mapped.regions[2 * region[row] + 1], np.int64(found[row] >> _PERIOD_SHIFT)
        if number < 1 or number > mapped.regions[2 * region[row] + 3] - table:
            found[row] = _NOTHING
            continue
        period = np.int64(mapped.periods[table + number - 1])
        if day[row] < period >> 16:
            found[row] = _slot_from(mapped, 1, region[row], item[row], day[row])
        elif day[row] >= period & 0xFFFF:
            found[row] = _NOTHING
