"""Details: opaque bytes beside the words, one for each item, and own ones of single entries where they differ.

Equal details are stored once as far as the writer remembers them; it remembers a bounded number.
"""

from bisect import bisect_left
from collections.abc import Iterable, Mapping
from itertools import islice

import numpy as np

from anpei.rules.catalogue.model import Array, CatalogueInvalid, Chunk
from anpei.rules.columns import ColumnWriter

PREFIX = "catalogue"
REMEMBERED = 200_000
"""Own details that the writer still recognises when they come again."""
_PIECE = 1 << 20


class DetailWriter:
    """Writes the pool of details, which one each item has, and the entries that have their own."""

    def __init__(self, writer: ColumnWriter) -> None:
        self._writer = writer
        self._texts = bytearray()
        self._ends: list[int] = []
        self._end = self._count = self._own = 0
        self._known: dict[bytes, int] = {b"": 0}
        self._heads: list[int] = []

    def of_items(self, details: Iterable[bytes], *, count: int) -> None:
        """The details of all items in their order. Raises CatalogueInvalid when there are some, but not one for each item."""
        given, stored = iter(details), 0
        while numbers := [self._number(text) for text in islice(given, 65_536)]:
            self._writer.append(f"{PREFIX}_item_details", np.array(numbers, dtype=np.uint32))
            stored += len(numbers)
        if stored not in (0, count):
            raise CatalogueInvalid(f"there are {stored} details for {count} items: give one for each, in their order, or none")
        if not stored:
            self._writer.append(f"{PREFIX}_item_details", np.zeros(count, dtype=np.uint32))

    def next_region(self) -> None:
        """The entries from here on belong to the next region."""
        self._heads.append(self._own)

    def of_rows(self, rows: Chunk) -> None:
        """The own details of a region's rows."""
        if not len(rows.own):
            return
        places = np.array(rows.own, dtype=np.int64)
        keys = rows.item[places].astype(np.uint64) << np.uint64(16) | rows.first[places].astype(np.uint64)
        self._writer.append(f"{PREFIX}_own_keys", keys)
        self._writer.append(f"{PREFIX}_own_details", np.array([self._number(text) for text in rows.details], dtype=np.uint32))
        self._own += len(places)

    def close(self) -> int:
        """Write the rest; how many entries have their own details."""
        self._flush()
        empty = {"own_keys": np.uint64, "own_details": np.uint32, "detail_ends": np.int64, "detail_texts": np.uint8}
        for name, dtype in empty.items():
            self._writer.append(f"{PREFIX}_{name}", np.zeros(0, dtype=dtype))
        self._writer.append(f"{PREFIX}_own_heads", np.array([*self._heads, self._own], dtype=np.int64))
        return self._own

    def _number(self, text: bytes) -> int:
        """The number of a detail in the pool; 0 is the empty one."""
        known = self._known.get(text)
        if known is not None:
            return known
        if len(self._known) > REMEMBERED:
            self._known = {b"": 0}
        self._count += 1
        self._known[text] = self._count
        self._texts += text
        self._end += len(text)
        self._ends.append(self._end)
        if len(self._texts) > _PIECE:
            self._flush()
        return self._count

    def _flush(self) -> None:
        self._writer.append(f"{PREFIX}_detail_texts", np.frombuffer(bytes(self._texts), dtype=np.uint8))
        self._writer.append(f"{PREFIX}_detail_ends", np.array(self._ends, dtype=np.int64))
        self._texts.clear()
        self._ends.clear()


class Details:
    """The details of an opened catalogue."""

    def __init__(self, columns: Mapping[str, Array]) -> None:
        self._items: Array = columns[f"{PREFIX}_item_details"]
        self._heads: list[int] = columns[f"{PREFIX}_own_heads"].tolist()
        self._keys: Array = columns[f"{PREFIX}_own_keys"]
        self._sorted = self._keys.data
        self._own: Array = columns[f"{PREFIX}_own_details"]
        self._ends: Array = columns[f"{PREFIX}_detail_ends"]
        self._texts: Array = columns[f"{PREFIX}_detail_texts"]

    def of(self, *, region: int, item: int, first: int) -> bytes:
        """The detail of an entry: its own, else that of its item."""
        low, high = self._heads[region], self._heads[region + 1]
        key = item << 16 | first
        place = bisect_left(self._sorted, key, low, high)
        if place < high and self._sorted[place] == key:
            return self._text(int(self._own[place]))
        return self.of_item(item)

    def own_of(self, region: int) -> dict[tuple[int, int], bytes]:
        """The own details of a region's entries, by item id and number of the first day."""
        low, high = self._heads[region], self._heads[region + 1]
        keys = zip(self._keys[low:high].tolist(), self._own[low:high].tolist(), strict=True)
        return {(key >> 16, key & 0xFFFF): self._text(number) for key, number in keys}

    def same_as(self, other: "Details") -> bool:
        """Whether the details of the items are stored alike, so that none of them needs to be compared."""
        mine, theirs = (self._items, self._ends, self._texts), (other._items, other._ends, other._texts)
        return all(np.array_equal(one, two) for one, two in zip(mine, theirs, strict=True))

    def of_item(self, item: int) -> bytes:
        """The detail that an item has where no entry has its own."""
        return self._text(int(self._items[item]))

    def _text(self, number: int) -> bytes:
        if number == 0:
            return b""
        start = 0 if number == 1 else int(self._ends[number - 2])
        return bytes(self._texts[start : int(self._ends[number - 1])])
