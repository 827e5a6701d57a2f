"""Catalogue rows as the compiled catalogue takes them: sorted codes, a detail for each item, chunks of words.

Rows are read twice: once for the codes and the details that most entries of an item share, once for the words.
"""

from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass, field, replace
from typing import Any

import numpy as np
import numpy.typing as npt

from anpei.records.catalogues.words import decode, encode
from anpei.rules.catalogue.codes import encoded
from anpei.rules.catalogue.compiling import compile_catalogue
from anpei.rules.catalogue.model import Chunk, Entry, Extent, end_number, first_number
from anpei.rules.columns import ColumnWriter
from anpei.rules.model import CatalogueRow

CHUNK = 65_536
Rows = Callable[[], Iterable[CatalogueRow]]
"""Gives all rows by region, item and first day, anew at each call (``queries.snapshot_rows``)."""


def compile_rows(writer: ColumnWriter, rows: Rows) -> Extent:
    """Write the columns of the catalogue. Raises CatalogueInvalid or WordInvalid for rows that cannot be stored, OSError on a full disk."""
    regions, shared = _shared(rows())
    names, items = sorted(regions, key=str.encode), sorted(shared, key=str.encode)
    source = _Source({name: number for number, name in enumerate(names)}, {item: number for number, item in enumerate(items)}, shared)
    return compile_catalogue(
        writer, regions=encoded(names), items=encoded(items), chunks=source.chunks(rows()), details=(shared[item] for item in items)
    )


def _shared(rows: Iterable[CatalogueRow]) -> tuple[set[str], dict[str, bytes]]:
    """The regions, and for each item the detail that more than half of its entries have, if one does (a majority vote in one pass)."""
    regions: set[str] = set()
    details: dict[str, bytes] = {}
    votes: dict[str, int] = {}
    for row in rows:
        regions.add(row.region)
        detail = encode(row.payload)[1]
        ahead = votes.get(row.item, 0)
        if ahead == 0:
            details[row.item] = detail
        votes[row.item] = ahead + 1 if details[row.item] == detail else ahead - 1
    return regions, details


def source_of(rows: Iterable[CatalogueRow]) -> Callable[[ColumnWriter], Extent]:
    """Rows in any order as what compiles them; of an item's periods, a later start ends an earlier one that is still open."""
    in_order = sorted(rows, key=lambda row: (row.region.encode(), row.item.encode(), row.valid_from))
    in_order = [row for row, before in zip(in_order, [None, *in_order], strict=False) if row != before]
    ended = [_ended(row, after) for row, after in zip(in_order, [*in_order[1:], None], strict=True)] if in_order else []
    return lambda writer: compile_rows(writer, lambda: ended)


def _ended(row: CatalogueRow, after: CatalogueRow | None) -> CatalogueRow:
    same = after is not None and (after.region, after.item) == (row.region, row.item)
    if after is None or not same or after.valid_from == row.valid_from or (row.valid_to is not None and row.valid_to <= after.valid_from):
        return row
    return replace(row, valid_to=after.valid_from)


def row_of(entry: Entry) -> CatalogueRow:
    """The row that an entry was compiled from."""
    return CatalogueRow(entry.region, entry.item, entry.valid_from, decode(entry.word, entry.detail), entry.valid_to)


@dataclass(slots=True)
class _Source:
    """Numbers of codes, and the details that items have."""

    regions: dict[str, int]
    items: dict[str, int]
    shared: dict[str, bytes]
    numbers: list[tuple[int, int, int, int, int]] = field(default_factory=list)
    own: list[int] = field(default_factory=list)
    details: list[bytes] = field(default_factory=list)

    def chunks(self, rows: Iterable[CatalogueRow]) -> Iterator[Chunk]:
        """The rows in chunks; a detail goes along only where it is not that of the item."""
        for row in rows:
            word, detail = encode(row.payload)
            if detail != self.shared[row.item]:
                self.own.append(len(self.numbers))
                self.details.append(detail)
            self.numbers.append(
                (self.regions[row.region], self.items[row.item], first_number(row.valid_from), end_number(row.valid_to), word)
            )
            if len(self.numbers) == CHUNK:
                yield self._taken()
        if self.numbers:
            yield self._taken()

    def _taken(self) -> Chunk:
        columns: npt.NDArray[Any] = np.array(self.numbers, dtype=np.int64).T
        made = Chunk(columns[0], columns[1], columns[2], columns[3], columns[4], self.own, self.details)
        self.numbers, self.own, self.details = [], [], []
        return made
