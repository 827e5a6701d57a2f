"""Compile a catalogue: sorted chunks go in, columns come out, one region in memory at a time.

All disk work goes through the ``ColumnWriter``; whoever gave it takes the folder away when something fails.
"""

from bisect import bisect_left
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field
from itertools import accumulate, pairwise

import numpy as np

from anpei.rules.catalogue.codes import write_codes
from anpei.rules.catalogue.details import DetailWriter
from anpei.rules.catalogue.model import MOST_PERIODS, OPEN, WORD_BITS, Array, CatalogueInvalid, Chunk, Extent, date_of
from anpei.rules.columns import ColumnWriter

PREFIX = "catalogue"
BLOCK = 512
DENSE_SHARE = (17, 512)
"""From this share of the item ids on a bitmap with its ranks takes less room than sorted ids of four bytes."""
_NOTHING: tuple[bytes, ...] = ()


def compile_catalogue(
    writer: ColumnWriter, *, regions: Array, items: Array, chunks: Iterable[Chunk], details: Iterable[bytes] = _NOTHING
) -> Extent:
    """Write the columns of a catalogue.

    ``regions`` and ``items`` are sorted codes (``codes.encoded``), ``details`` one opaque text for each item, in their order (or none
    at all). Memory: one region's rows, the codes, and a chunk. Raises CatalogueInvalid for what cannot be stored or contradicts
    itself, OSError when the disk is full.
    """
    write_codes(writer, f"{PREFIX}_item", items)
    write_codes(writer, f"{PREFIX}_region", regions)
    texts = DetailWriter(writer)
    texts.of_items(details, count=len(items))
    work = _Work(writer, regions, items, texts)
    done = 0
    for region, rows in by_region(chunks):
        if not done <= region < len(regions):
            what = "is not in the list of regions" if region >= len(regions) or region < 0 else "comes after a later one"
            raise CatalogueInvalid(f"the region number {region} {what}: sort the rows by region and item", data={"region": region})
        work.skip(region - done)
        work.add(region, rows)
        done = region + 1
    work.skip(len(regions) - done)
    return work.close()


def by_region(chunks: Iterable[Chunk]) -> Iterator[tuple[int, Chunk]]:
    """The chunks cut and joined so that each region is one."""
    held: list[Chunk] = []
    for chunk in chunks:
        columns = (chunk.region, chunk.item, chunk.first, chunk.end, chunk.word)
        if len({len(column) for column in columns}) != 1 or len(chunk.own) != len(chunk.details):
            raise CatalogueInvalid("the columns of a chunk have different lengths: give one value a row in each, one detail a place")
        borders = [0, *(np.flatnonzero(chunk.region[1:] != chunk.region[:-1]) + 1).tolist(), len(chunk.region)]
        for start, end in pairwise(borders):
            if start == end:
                continue
            piece = _cut(chunk, start, end)
            if held and int(held[0].region[0]) != int(piece.region[0]):
                yield int(held[0].region[0]), _joined(held)
                held = []
            held.append(piece)
    if held:
        yield int(held[0].region[0]), _joined(held)


def _cut(chunk: Chunk, start: int, end: int) -> Chunk:
    low, high = bisect_left(chunk.own, start), bisect_left(chunk.own, end)
    return Chunk(
        chunk.region[start:end], chunk.item[start:end], chunk.first[start:end], chunk.end[start:end], chunk.word[start:end],
        [place - start for place in chunk.own[low:high]], chunk.details[low:high],
    )  # fmt: skip


def _joined(pieces: list[Chunk]) -> Chunk:
    if len(pieces) == 1:
        return pieces[0]
    region, item, first, end, word = (
        np.concatenate([getattr(piece, name) for piece in pieces]) for name in ("region", "item", "first", "end", "word")
    )
    starts = accumulate((len(piece.item) for piece in pieces), initial=0)
    own = [start + place for start, piece in zip(starts, pieces, strict=False) for place in piece.own]
    return Chunk(region, item, first, end, word, own, [text for piece in pieces for text in piece.details])


@dataclass(slots=True)
class _Work:
    """The columns that grow with the regions, and how far they are."""

    writer: ColumnWriter
    regions: Array
    items: Array
    texts: DetailWriter
    parts: int = 0
    dense: int = 0
    periods: int = 0
    slots: int = 0
    blocks: int = 0
    ids: int = 0
    layers: int = 0
    heads: list[int] = field(default_factory=list)

    def skip(self, regions: int) -> None:
        """Regions without entries."""
        for _ in range(regions):
            self._head()

    def _head(self) -> None:
        self.heads += [self.parts, self.periods]
        self.texts.next_region()

    def add(self, region: int, rows: Chunk) -> None:
        """One region: check, number the periods, write a part for each layer."""
        self._check(region, rows)
        self._head()
        number, table = _numbered(rows)
        if len(table) > MOST_PERIODS:
            name = self._name(self.regions, region)
            message = f"the region {name} has {len(table)} different periods, {MOST_PERIODS} can be stored: join periods that follow on"
            raise CatalogueInvalid(message, data={"region": name})
        self.writer.append(f"{PREFIX}_periods", table)
        self.periods += len(table)
        slots = number.astype(np.uint64) << np.uint64(WORD_BITS) | rows.word.astype(np.uint64)
        self.texts.of_rows(rows)
        layer = _layers(rows.item)
        if layer is None:
            self._part(rows.item, slots)
            return
        for depth in range(int(layer.max()) + 1):
            chosen = layer == depth
            self._part(rows.item[chosen], slots[chosen])
        self.layers = max(self.layers, int(layer.max()) + 1)

    def _part(self, items: Array, slots: Array) -> None:
        """One layer of one region, as a bitmap or as sorted ids."""
        share, whole = DENSE_SHARE
        dense = len(items) * whole >= len(self.items) * share
        head = [int(dense), self.slots, self.blocks if dense else self.ids, len(items)]
        if dense:
            bits, ranks = _bitmap(items, len(self.items))
            self.writer.append(f"{PREFIX}_bits", bits)
            self.writer.append(f"{PREFIX}_ranks", ranks)
            self.blocks += len(ranks)
            self.dense += 1
        else:
            self.writer.append(f"{PREFIX}_ids", items.astype(np.uint32))
            self.ids += len(items)
        self.writer.append(f"{PREFIX}_slots", slots)
        self.writer.append(f"{PREFIX}_parts", np.array(head, dtype=np.int64))
        self.slots += len(items)
        self.parts += 1
        self.layers = max(self.layers, 1)

    def close(self) -> Extent:
        """Write what is known at the end only, and columns that got nothing."""
        self.heads += [self.parts, self.periods]
        self.writer.append(f"{PREFIX}_heads", np.array(self.heads, dtype=np.int64))
        empty = {"parts": np.int64, "bits": np.uint64, "ranks": np.uint32, "ids": np.uint32, "slots": np.uint64, "periods": np.uint32}
        for name, dtype in empty.items():
            self.writer.append(f"{PREFIX}_{name}", np.zeros(0, dtype=dtype))
        own = self.texts.close()
        sparse = self.parts - self.dense
        return Extent(len(self.regions), len(self.items), self.slots, self.layers, self.dense, sparse, own)

    # --- what is refused -----------------------------------------------------------------------------------------------

    def _check(self, region: int, rows: Chunk) -> None:
        item, first, end = rows.item.astype(np.int64), rows.first.astype(np.int64), rows.end.astype(np.int64)
        same = item[1:] == item[:-1]
        self._refuse(region, rows, (item < 0) | (item >= len(self.items)), "names an item that is not in the list of items")
        self._refuse(region, rows, rows.word.astype(np.uint64) >> np.uint64(WORD_BITS) != 0, f"has a word of more than {WORD_BITS} bits")
        self._refuse(region, rows, (first < 0) | (first >= OPEN - 1) | (end > OPEN), "has days that cannot be stored (1970 to 2149)")
        self._refuse(region, rows, end <= first, "ends before it begins")
        self._refuse(region, rows, _after(item[1:] < item[:-1]), "stands after a later item: sort the rows by region, item and first day")
        self._refuse(region, rows, _after(same & (first[1:] == first[:-1])), "stands twice with the same first day")
        self._refuse(region, rows, _after(same & (first[1:] < first[:-1])), "stands after a later period: sort by first day")
        self._refuse(region, rows, _after(same & (end[:-1] > first[1:])), "begins before the period before it has ended")

    def _refuse(self, region: int, rows: Chunk, wrong: Array, what: str) -> None:
        found = np.flatnonzero(wrong)
        if not len(found):
            return
        place = int(found[0])
        number, begins = int(rows.item[place]), int(rows.first[place])
        item = self._name(self.items, number) if 0 <= number < len(self.items) else f"number {number}"
        begun = date_of(begins).isoformat() if 0 <= begins <= OPEN else f"day {begins}"
        name = self._name(self.regions, region)
        message = f"the entry for {item} in {name} from {begun} {what} ({len(found)} such in this region)"
        raise CatalogueInvalid(message, data={"region": name, "item": item})

    @staticmethod
    def _name(codes: Array, number: int) -> str:
        return bytes(codes[number]).decode()


def _after(pairs: Array) -> Array:
    """What holds of a row and the one before it, by row."""
    return np.concatenate([np.zeros(1, dtype=np.bool_), pairs])


def _numbered(rows: Chunk) -> tuple[Array, Array]:
    """The number (from 1) of each row's period in the region's table, and the table: first day in the high half, end in the low."""
    periods = rows.first.astype(np.uint32) << np.uint32(16) | rows.end.astype(np.uint32)
    table = np.unique(periods[:4096])
    while True:
        place = np.minimum(np.searchsorted(table, periods), len(table) - 1)
        new = table[place] != periods
        if not new.any():
            return place + 1, table
        table = np.union1d(table, periods[new])


def _layers(item: Array) -> Array | None:
    """How many later periods of its item each row has; None when no item has two."""
    border = np.flatnonzero(item[1:] != item[:-1])
    if len(border) == len(item) - 1:
        return None
    ends = np.append(border, len(item) - 1)
    sizes = np.diff(ends, prepend=-1)
    return np.repeat(ends, sizes) - np.arange(len(item))


def _bitmap(items: Array, count: int) -> tuple[Array, Array]:
    """The bitmap over all item ids in words of 64 bits, and how many bits are set before each block."""
    blocks = -(-count // BLOCK)
    marks = np.zeros(blocks * BLOCK, dtype=np.bool_)
    marks[items] = True
    bits = np.packbits(marks, bitorder="little").view("<u8").astype(np.uint64, copy=False)
    sums = np.bitwise_count(bits).reshape(-1, 8).sum(axis=1, dtype=np.uint32)
    ranks = np.zeros(blocks, dtype=np.uint32)
    np.cumsum(sums[:-1], out=ranks[1:])
    return bits, ranks
