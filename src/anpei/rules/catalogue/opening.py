"""An opened catalogue: look-ups one by one in plain Python, in batches with numpy, and the arrays for compiled loops."""

from collections.abc import Iterator, Mapping
from datetime import date

import numpy as np

from anpei.rules.catalogue.codes import CodeTable
from anpei.rules.catalogue.compiling import PREFIX
from anpei.rules.catalogue.details import Details
from anpei.rules.catalogue.model import (
    ABSENT,
    NO_ID,
    OPEN,
    WORD_BITS,
    WORD_MASK,
    Array,
    CatalogueInvalid,
    Entry,
    Mapped,
    date_of,
    day_number,
)

MOST_KEPT = 50_000
"""Codes, and entries, that a process remembers."""
_COLUMNS = {
    "heads": np.int64, "parts": np.int64, "bits": np.uint64, "ranks": np.uint32, "ids": np.uint32, "slots": np.uint64, "periods": np.uint32,
}  # fmt: skip


class _Remembered:
    """The ids of codes, those asked for lately without a search."""

    def __init__(self, codes: CodeTable) -> None:
        self._codes = codes
        self._kept: dict[str, int] = {}

    def of(self, code: str) -> int:
        """The id of a code, or NO_ID."""
        found = self._kept.get(code)
        if found is None:
            if len(self._kept) >= MOST_KEPT:
                self._kept.clear()
            found = self._kept[code] = self._codes.id_of(code)
        return found


class Catalogue:
    """A catalogue over mapped columns; made by ``open_catalogue``. Immutable, may be shared by threads."""

    def __init__(self, columns: Mapping[str, Array]) -> None:
        self.items = CodeTable(columns, f"{PREFIX}_item")
        """Codes of items and their ids."""
        self.regions = CodeTable(columns, f"{PREFIX}_region")
        """Codes of regions and their ids."""
        self.details = Details(columns)
        """The opaque bytes beside the words."""
        arrays = {name: _read_only(columns[f"{PREFIX}_{name}"]) for name in _COLUMNS}
        self.mapped = Mapped(
            len(self.items), arrays["heads"], arrays["parts"], arrays["bits"], arrays["ranks"], arrays["ids"], arrays["slots"],
            arrays["periods"],
        )  # fmt: skip
        """The arrays as ``kernels`` take them."""
        self._heads: list[int] = arrays["heads"].tolist()
        self._region_ids, self._item_ids = _Remembered(self.regions), _Remembered(self.items)
        self._kept: dict[tuple[int, int, int], Entry] = {}
        self._parts = [tuple(part) for part in arrays["parts"].reshape(-1, 4).tolist()]
        self._bits = arrays["bits"].view(np.uint8).data
        self._ranks, self._ids = arrays["ranks"].data, arrays["ids"].data
        self._slots, self._periods = arrays["slots"].data, arrays["periods"].data

    def __len__(self) -> int:
        """The count of entries: periods of items in regions."""
        return len(self._slots)

    # --- one by one --------------------------------------------------------------------------------------------------

    def slot_on(self, region: int, item: int, day: int) -> int:
        """The slot of an item in a region on a day (ids and number of the day), ABSENT when there is none. Its low bits are the word."""
        if not (0 <= region < len(self.regions) and 0 <= item < len(self.items) and 0 <= day < OPEN):
            return ABSENT
        first, table, last, ends = self._heads[2 * region : 2 * region + 4]
        for part in range(first, last):
            slot = self._slot_in(part, item)
            number = slot >> WORD_BITS
            if not 1 <= number <= ends - table:
                return ABSENT
            period = self._periods[table + number - 1]
            if day >= period >> 16:
                return slot if day < period & 0xFFFF else ABSENT
        return ABSENT

    def _slot_in(self, part: int, item: int) -> int:
        """The slot of an item in one part, whatever the day."""
        dense, slots, start, count = self._parts[part]
        if dense:
            block = start + (item >> 9)
            ones = int.from_bytes(self._bits[block * 64 : block * 64 + 64], "little")
            bit = item & 511
            if not ones >> bit & 1:
                return ABSENT
            rank = self._ranks[block] + (ones & ((1 << bit) - 1)).bit_count()
        else:
            rank = self._sparse_rank(start, count, item)
        return self._slots[slots + rank] if 0 <= rank < count else ABSENT

    def _sparse_rank(self, start: int, count: int, item: int) -> int:
        low, high = start, start + count
        while low < high:
            middle = (low + high) >> 1
            if self._ids[middle] < item:
                low = middle + 1
            else:
                high = middle
        return low - start if low < start + count and self._ids[low] == item else -1

    # --- in batches --------------------------------------------------------------------------------------------------

    def slots_on(self, *, region: Array, item: Array, day: Array) -> Array:
        """The slots (uint64) of many: arrays of ids and numbers of days of one length, ABSENT where there is none."""
        region, item, day = (np.asarray(array, dtype=np.int64) for array in (region, item, day))
        found = np.zeros(len(region), dtype=np.uint64)
        inside = (region >= 0) & (region < len(self.regions)) & (item >= 0) & (item < len(self.items)) & (day >= 0) & (day < OPEN)
        rows = np.flatnonzero(inside)
        heads = self.mapped.regions.reshape(-1, 2)
        depth = 0
        while len(rows):
            part = heads[region[rows], 0] + depth
            here = part < heads[region[rows] + 1, 0]
            rows, part = rows[here], part[here]
            slots = self._slots_in(part, item[rows])
            number, table = (slots >> np.uint64(WORD_BITS)).astype(np.int64), heads[region[rows], 1]
            there = (number >= 1) & (number <= heads[region[rows] + 1, 1] - table)
            rows, slots, place = rows[there], slots[there], (table + number - 1)[there]
            period = self.mapped.periods[place].astype(np.int64)
            begun = day[rows] >= period >> 16
            holds = begun & (day[rows] < period & 0xFFFF)
            found[rows[holds]] = slots[holds]
            rows = rows[~begun]
            depth += 1
        return found

    def _slots_in(self, part: Array, item: Array) -> Array:
        dense, slots, start, count = self.mapped.parts.reshape(-1, 4)[part].T
        rank = np.full(len(part), -1, dtype=np.int64)
        for kind, ranks in ((1, self._dense_ranks), (0, self._sparse_ranks)):
            chosen = np.flatnonzero(dense == kind)
            rank[chosen] = ranks(start[chosen], count[chosen], item[chosen])
        found = np.zeros(len(part), dtype=np.uint64)
        there = np.flatnonzero((rank >= 0) & (rank < count))
        found[there] = self.mapped.slots[slots[there] + rank[there]]
        return found

    def _dense_ranks(self, start: Array, _count: Array, item: Array) -> Array:
        block, inner = start + (item >> 9), (item >> 6) & 7
        words = self.mapped.bits[block[:, None] * 8 + np.arange(8)]
        below = np.uint64(1) << (item & 63).astype(np.uint64)
        own = np.take_along_axis(words, inner[:, None], axis=1)[:, 0]
        before = np.where(np.arange(8) < inner[:, None], np.bitwise_count(words), 0).sum(axis=1, dtype=np.int64)
        rank = self.mapped.ranks[block] + before + np.bitwise_count(own & (below - np.uint64(1)))
        return np.where(own & below != 0, rank, -1)

    def _sparse_ranks(self, start: Array, count: Array, item: Array) -> Array:
        low, high, last = start.copy(), start + count, start + count
        while (open_ := np.flatnonzero(low < high)).size:
            middle = (low[open_] + high[open_]) >> 1
            less = self.mapped.ids[middle] < item[open_]
            low[open_] = np.where(less, middle + 1, low[open_])
            high[open_] = np.where(less, high[open_], middle)
        there = np.flatnonzero(low < last)
        there = there[self.mapped.ids[low[there]] == item[there]]
        rank = np.full(len(item), -1, dtype=np.int64)
        rank[there] = low[there] - start[there]
        return rank

    # --- whole entries -----------------------------------------------------------------------------------------------

    def entry(self, *, region: str, item: str, on: date) -> Entry | None:
        """The entry of an item in a region (codes) that holds on a day; None when there is none."""
        where, what = self._region_ids.of(region), self._item_ids.of(item)
        slot = self.slot_on(where, what, day_number(on))
        if slot == ABSENT:
            return None
        found = self._kept.get((where, what, slot))
        if found is None:
            if len(self._kept) >= MOST_KEPT:
                self._kept.clear()
            found = self._kept[where, what, slot] = self._entry(region, item, where, what, slot)
        return found

    def _entry(self, region: str, item: str, where: int, what: int, slot: int) -> Entry:
        period = self._periods[self._heads[2 * where + 1] + (slot >> WORD_BITS) - 1]
        begins, ends = period >> 16, period & 0xFFFF
        detail = self.details.of(region=where, item=what, first=begins)
        return Entry(region, item, date_of(begins), None if ends == OPEN else date_of(ends), slot & WORD_MASK, detail)

    def entries(self, *, region: str, item: str) -> Iterator[Entry]:
        """All entries of an item in a region (codes), the latest first."""
        where, what = self.regions.id_of(region), self.items.id_of(item)
        if NO_ID in (where, what):
            return
        first, _, last, _ = self._heads[2 * where : 2 * where + 4]
        for part in range(first, last):
            slot = self._slot_in(part, what)
            if slot == ABSENT:
                return
            yield self._entry(region, item, where, what, slot)

    def layers(self, region: int) -> Iterator[tuple[Array, Array, Array]]:
        """The entries of a region (id), layer by layer, latest first: item ids (int64, ascending), periods (uint32) and words (uint64).

        A period holds the number of its first day in the high half, of its end in the low half.
        """
        first, table, last, ends = self._heads[2 * region : 2 * region + 4]
        periods = self.mapped.periods[table:ends]
        for dense, slots, start, count in self._parts[first:last]:
            held = self.mapped.slots[slots : slots + count]
            number = (held >> np.uint64(WORD_BITS)).astype(np.int64)
            yield self._ids_in(dense, start, count), periods[number - 1], held & np.uint64(WORD_MASK)

    def _ids_in(self, dense: int, start: int, count: int) -> Array:
        if not dense:
            return self.mapped.ids[start : start + count].astype(np.int64)
        blocks = -(-len(self.items) // 512)
        bits = self.mapped.bits[start * 8 : (start + blocks) * 8].view(np.uint8)
        return np.flatnonzero(np.unpackbits(bits, bitorder="little"))

    def items_of(self, region: int) -> Array:
        """The ids (int64) of all items that a region (id) has, ascending."""
        latest = next(self.layers(region), None)
        return np.zeros(0, dtype=np.int64) if latest is None else latest[0]


def open_catalogue(columns: Mapping[str, Array]) -> Catalogue:
    """A catalogue over the mapped columns of a snapshot. Raises CatalogueInvalid when they do not belong together."""
    other = np.zeros(0, dtype=np.bool_)
    arrays = {name: columns.get(f"{PREFIX}_{name}", other) for name in _COLUMNS}
    wrong = [f"{PREFIX}_{name}" for name, array in arrays.items() if array.dtype != _COLUMNS[name]]
    if wrong:
        raise CatalogueInvalid(f"the columns {', '.join(wrong)} are missing or of another type: compile the snapshot again")
    _check_bounds(arrays, columns)
    return Catalogue(columns)


def _check_bounds(arrays: Mapping[str, Array], columns: Mapping[str, Array]) -> None:
    """Whether every part lies inside of its columns: whatever the rest holds, no look-up can then leave them."""
    regions, items = len(columns[f"{PREFIX}_region_codes"]), len(columns[f"{PREFIX}_item_codes"])
    heads, parts = arrays["heads"], arrays["parts"]
    if len(heads) != 2 * (regions + 1) or len(parts) % 4:
        raise _apart("heads")
    starts = heads.reshape(-1, 2)
    whole = (len(parts) // 4, len(arrays["periods"]))
    if (np.diff(starts, axis=0) < 0).any() or starts[0].any() or tuple(starts[-1].tolist()) != whole:
        raise _apart("heads")
    dense, slots, start, count = parts.reshape(-1, 4).T
    room = np.where(dense == 1, len(arrays["ranks"]) - -(-items // 512), len(arrays["ids"]) - count)
    sound = (count >= 0) & (slots >= 0) & (slots + count <= len(arrays["slots"])) & (start >= 0) & (start <= room)
    if not sound.all() or len(arrays["bits"]) != 8 * len(arrays["ranks"]):
        raise _apart("parts")


def _apart(name: str) -> CatalogueInvalid:
    return CatalogueInvalid(f"the column {PREFIX}_{name} does not fit the others: restore the snapshot or compile it again")


def _read_only(array: Array) -> Array:
    """A view that nobody can write to: all arrays have one type then, and compiled functions need one form."""
    view = array.view()
    view.flags.writeable = False
    return view
