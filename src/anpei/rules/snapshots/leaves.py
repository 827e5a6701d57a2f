"""What a leaf of a snapshot's trees is made of: blocks of ``BLOCK`` entries of fixed size, the same from columns and from plain rows.

A rule row's entry: its id (which is the digest of template, subject, parameters, first day and document), first day, end, status, line,
and the digests of its whole source and of its title. A catalogue entry's: item code, period, word and the digest of its detail; the
block begins with the region.
"""

import hashlib
import struct
from collections.abc import Iterable, Iterator, Mapping
from datetime import date
from functools import lru_cache
from typing import Any

import numpy as np

from anpei.kernel.canonical import canonical
from anpei.rules.catalogue.model import Entry, end_number, first_number
from anpei.rules.catalogue.opening import Catalogue
from anpei.rules.columns import Array
from anpei.rules.compiled.build import EPOCH, OPEN_END, SHADOW_BIT
from anpei.rules.snapshots.merkle import leaf_hash_of

BLOCK = 32
"""Entries of one leaf."""
_STEP = BLOCK * 8192
_DIGEST = 16
_ROW = np.dtype(
    [
        ("high", ">u8"), ("low", ">u8"), ("first", ">u2"), ("end", ">u2"), ("shadow", "u1"), ("line", ">u4"), ("source", f"V{_DIGEST}"),
        ("title", f"V{_DIGEST}"),
    ]
)  # fmt: skip
ROW_BYTES = _ROW.itemsize


def _short(content: bytes) -> bytes:
    return hashlib.sha256(content).digest()[:_DIGEST]


def row_entry(row: Mapping[str, Any]) -> bytes:
    """The entry of a rule row in plain form. Raises KeyError, ValueError, TypeError or struct.error on another form."""
    source = row["source"]
    first = date.fromisoformat(row["valid_from"]).toordinal() - EPOCH
    end = OPEN_END if row["valid_to"] is None else date.fromisoformat(row["valid_to"]).toordinal() - EPOCH
    document = canonical([source["document"], source["batch"], source["file"]])
    number, shadow = bytes.fromhex(row["rule_id"][1:]), row["status"] == "shadow"
    return struct.pack(">16sHHBI16s16s", number, first, end, shadow, source["line"], _short(document), _short(row["title"].encode()))


def catalogue_entry(row: Mapping[str, Any], *, width: int) -> bytes:
    """The entry of a catalogue row in plain form (``entry_data``). Raises as ``row_entry``."""
    item, detail = row["item"].encode(), row["detail"].encode()
    end = None if row["valid_to"] is None else date.fromisoformat(row["valid_to"])
    period = first_number(date.fromisoformat(row["valid_from"])) << 16 | end_number(end)
    if len(item) > width:
        raise ValueError(f"the code {row['item'][:40]} is longer than {width} bytes")
    return struct.pack(f">{width}sIQ16s", item, period, row["word"], _short(detail))


def entry_data(entry: Entry) -> dict[str, Any]:
    """The plain form of a catalogue entry: what is proven."""
    return {
        "region": entry.region, "item": entry.item, "valid_from": entry.valid_from.isoformat(),
        "valid_to": None if entry.valid_to is None else entry.valid_to.isoformat(), "word": entry.word, "detail": entry.detail.decode(),
    }  # fmt: skip


def catalogue_block(region: str, block: bytes) -> bytes:
    """The content of a catalogue leaf."""
    return region.encode() + b"\x00" + block


class RuleLeaves:
    """The leaves of the rule rows, in the order of the rows."""

    def __init__(self, columns: Mapping[str, Array]) -> None:
        self._columns = columns
        self._rows = len(columns["row_line"])
        self.count = -(-self._rows // BLOCK)

    def block(self, number: int) -> bytes:
        """The content of one leaf."""
        return self._entries(number * BLOCK, min(number * BLOCK + BLOCK, self._rows)).tobytes()

    def hash(self, number: int) -> bytes:
        """The hash of one leaf."""
        return leaf_hash_of(self.block(number))

    def hashes(self) -> Iterator[bytes]:
        """The hashes of all leaves."""
        for start in range(0, self._rows, _STEP):
            yield from _hashes(b"", self._entries(start, min(start + _STEP, self._rows)))

    def _entries(self, start: int, end: int) -> Array:
        columns, found = self._columns, np.zeros(end - start, dtype=_ROW)
        for name, column in (
            ("high", "row_id_high"), ("low", "row_id_low"), ("first", "row_from"), ("end", "row_to"), ("line", "row_line"),
        ):  # fmt: skip
            found[name] = columns[column][start:end]
        found["shadow"] = columns["row_template"][start:end] // SHADOW_BIT
        found["source"] = _digests(columns["source_at"], columns["source_bytes"], columns["row_source"][start:end])
        found["title"] = _digests(columns["title_at"], columns["title_bytes"], columns["row_title"][start:end])
        return found


def _digests(at: Array, content: Array, numbers: Array) -> Array:
    """The short digest of the text that each number stands for."""
    different, places = np.unique(numbers, return_inverse=True)
    return _packed(bytes(content[int(at[number]) : int(at[number + 1])]) for number in different.tolist())[places]


def _packed(texts: Iterable[bytes]) -> Array:
    return np.frombuffer(b"".join(_short(text) for text in texts), dtype=f"V{_DIGEST}")


class CatalogueLeaves:
    """The leaves of the catalogue: blocks of one layer of one region, in the order in which they are stored."""

    def __init__(self, catalogue: Catalogue) -> None:
        self._catalogue = catalogue
        parts = catalogue.mapped.parts.reshape(-1, 4)[:, 3]
        self._starts: list[int] = np.concatenate([[0], np.cumsum(-(-parts // BLOCK))]).tolist()
        self._heads = catalogue.mapped.regions.reshape(-1, 2)[:, 0].tolist()
        self._dtype = np.dtype(
            [("item", f"V{catalogue.items.width}"), ("period", ">u4"), ("word", ">u8"), ("detail", f"V{_DIGEST}")]
        )  # fmt: skip
        self._details: Array | None = None
        self._layer = lru_cache(maxsize=4)(self._layer_of)

    @property
    def count(self) -> int:
        """How many leaves there are."""
        return self._starts[-1]

    @property
    def entry_bytes(self) -> int:
        """The size of one entry."""
        return self._dtype.itemsize

    def place_of(self, entry: Entry) -> tuple[int, int]:
        """The leaf in which an entry of this catalogue stands, and its place there."""
        region = self._catalogue.regions.id_of(entry.region)
        item = self._catalogue.items.id_of(entry.item)
        depth = [other.valid_from for other in self._catalogue.entries(region=entry.region, item=entry.item)].index(entry.valid_from)
        part = self._heads[region] + depth
        rank = int(np.searchsorted(self._layer(region, depth)[0], item))
        return self._starts[part] + rank // BLOCK, rank % BLOCK

    def block(self, number: int) -> tuple[str, bytes]:
        """The region of one leaf and its entries."""
        part = int(np.searchsorted(self._starts, number, side="right")) - 1
        region = int(np.searchsorted(self._heads, part, side="right")) - 1
        start = (number - self._starts[part]) * BLOCK
        entries = self._entries(region, *(array[start : start + BLOCK] for array in self._layer(region, part - self._heads[region])))
        return self._catalogue.regions.code(region), entries.tobytes()

    def hash(self, number: int) -> bytes:
        """The hash of one leaf."""
        return leaf_hash_of(catalogue_block(*self.block(number)))

    def hashes(self) -> Iterator[bytes]:
        """The hashes of all leaves."""
        details = self._catalogue.details
        self._details = _packed(details.of_item(item) for item in range(len(self._catalogue.items)))
        for region in range(len(self._catalogue.regions)):
            head = catalogue_block(self._catalogue.regions.code(region), b"")
            for items, periods, words in self._catalogue.layers(region):
                for start in range(0, len(items), _STEP):
                    end = start + _STEP
                    yield from _hashes(head, self._entries(region, items[start:end], periods[start:end], words[start:end]))

    def _layer_of(self, region: int, depth: int) -> tuple[Array, Array, Array]:
        for number, layer in enumerate(self._catalogue.layers(region)):
            if number == depth:
                return layer
        raise IndexError(f"region {region} has no layer {depth}")

    def _entries(self, region: int, items: Array, periods: Array, words: Array) -> Array:
        found = np.zeros(len(items), dtype=self._dtype)
        found["item"] = self._catalogue.items.codes[items].view(f"V{self._catalogue.items.width}")
        found["period"], found["word"] = periods, words
        if self._details is not None:
            found["detail"] = self._details[items]
        else:
            found["detail"] = _packed(self._catalogue.details.of_item(item) for item in items.tolist())
        for place, detail in self._own(region, items, periods):
            found["detail"][place] = np.void(_short(detail))
        return found

    def _own(self, region: int, items: Array, periods: Array) -> Iterator[tuple[int, bytes]]:
        """The places whose entries have details of their own."""
        for (item, first), detail in self._catalogue.details.own_of(region).items():
            place = int(np.searchsorted(items, item))
            if place < len(items) and items[place] == item and int(periods[place]) >> 16 == first:
                yield place, detail


def _hashes(head: bytes, entries: Array) -> Iterator[bytes]:
    """The leaf hashes of entries that begin with a leaf."""
    size = entries.dtype.itemsize * BLOCK
    content = entries.tobytes()
    for start in range(0, len(content), size):
        yield leaf_hash_of(head + content[start : start + size])
