"""A catalogue from two Parquet tables: entries sorted by region, item and first day, and the items with their names.

For catalogues too large for a database: everything is read in batches, and only one region's rows and the codes are in memory.
"""

import json
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc
import pyarrow.parquet as pq

from anpei.kernel.canonical import canonical
from anpei.kernel.errors import InvalidInput
from anpei.records.catalogues.words import CLASSES, MOST_CAP_FEN, pack_many
from anpei.rules.catalogue.codes import encoded
from anpei.rules.catalogue.compiling import compile_catalogue
from anpei.rules.catalogue.model import OPEN, Array, CatalogueInvalid, Chunk, Extent
from anpei.rules.columns import ColumnWriter

BATCH = 131_072
"""Rows that are read at a time; several times more are slower, as their memory is new each time."""
ITEM_COLUMNS: Mapping[str, Any] = {name: pa.string() for name in ("item", "name", "category", "fee_category", "unit")}
ENTRY_COLUMNS: Mapping[str, Any] = {
    "region": pa.string(), "item": pa.string(), "valid_from": pa.date32(), "valid_to": pa.date32(), "insurance_class": pa.string(),
    "self_pay_bp": pa.int32(), "price_cap_fen": pa.int64(), "covered": pa.bool_(),
}  # fmt: skip
_TEXTS = ("name", "category", "fee_category", "unit")
_PIECE = 65_536
_encoded = json.JSONEncoder(ensure_ascii=False, separators=(",", ":")).encode
"""What ``canonical`` gives for a list of texts, without its search for floats."""
_NO_END = -(2**31)
_MAY_BE_NULL = frozenset({"valid_to", "price_cap_fen", "insurance_class", "category", "fee_category", "unit"})


class TableRefused(InvalidInput):
    """A Parquet table has not the columns or values that are needed; the message names the file and the column."""

    code = "catalogue.table_refused"


def compile_tables(writer: ColumnWriter, *, items: Path, entries: Path) -> Extent:
    """Write the columns of a catalogue.

    ``items``: item, name, category, fee_category, unit; each item once, sorted by its UTF-8 bytes. ``entries``: region, item,
    valid_from, valid_to (not included), insurance_class (A, B, C or null), self_pay_bp, price_cap_fen, covered. Raises TableRefused,
    CatalogueInvalid or WordInvalid for what cannot be stored, OSError when the disk is full.
    """
    texts = _Items.read(items)
    regions: dict[str, None] = {}
    for batch in _batches(entries, {"region": ENTRY_COLUMNS["region"]}):
        regions |= dict.fromkeys(pc.unique(batch.column("region")).to_pylist())
    names = sorted(regions, key=str.encode)
    codes = encoded(texts.codes)
    source = _Entries(entries, {name: number for number, name in enumerate(names)}, codes, texts)
    return compile_catalogue(writer, regions=encoded(names), items=codes, chunks=source.chunks(), details=texts.details())


@dataclass(frozen=True, slots=True)
class _Items:
    """The items with their texts, as columns."""

    table: Any
    codes: list[str]

    @classmethod
    def read(cls, path: Path) -> "_Items":
        table = pa.Table.from_batches(list(_batches(path, ITEM_COLUMNS)), schema=pa.schema(list(ITEM_COLUMNS.items()))).combine_chunks()
        return cls(table, table.column("item").to_pylist())

    def details(self) -> Iterator[bytes]:
        """The detail of each item, in their order."""
        for batch in self.table.select(list(_TEXTS)).to_batches(max_chunksize=_PIECE):
            for texts in zip(*(pc.fill_null(column, "").to_pylist() for column in batch.columns), strict=True):
                yield _encoded(texts).encode()

    def wide_detail(self, number: int, cap: int) -> bytes:
        """The detail of an entry of an item whose cap no word holds."""
        return canonical([*(self.table.column(name)[number].as_py() or "" for name in _TEXTS), cap])


@dataclass(frozen=True, slots=True)
class _Entries:
    """The entries of a table as chunks."""

    path: Path
    regions: Mapping[str, int]
    codes: Array
    items: _Items

    def chunks(self) -> Iterator[Chunk]:
        for batch in _batches(self.path, ENTRY_COLUMNS):
            yield self._chunk(batch)

    def _chunk(self, batch: Any) -> Chunk:
        numbers, names = _coded(batch.column("region"))
        region = np.array([self.regions[name] for name in names], dtype=np.int64)[numbers]
        item = self._items(batch.column("item"))
        cap = pc.fill_null(batch.column("price_cap_fen"), -1).to_numpy(zero_copy_only=False)
        word = pack_many(
            insurance_class=_class_numbers(batch.column("insurance_class")),
            covered=batch.column("covered").to_numpy(zero_copy_only=False),
            self_pay_bp=batch.column("self_pay_bp").to_numpy(zero_copy_only=False),
            price_cap_fen=cap,
        )
        first = batch.column("valid_from").cast(pa.int32()).to_numpy(zero_copy_only=False).astype(np.int64)
        end = pc.fill_null(batch.column("valid_to").cast(pa.int32()), _NO_END).to_numpy(zero_copy_only=False).astype(np.int64)
        end = np.where(end == _NO_END, OPEN, np.where(end >= OPEN, OPEN + 1, end))  # a stated day that is too late is refused, not open
        wide = np.flatnonzero(cap > MOST_CAP_FEN).tolist()
        return Chunk(region, item, first, end, word, wide, [self.items.wide_detail(int(item[row]), int(cap[row])) for row in wide])

    def _items(self, column: Any) -> Array:
        """The ids of a column of codes. Raises CatalogueInvalid for one that is not among the items."""
        width = self.codes.dtype.itemsize
        lengths = pc.binary_length(column).to_numpy(zero_copy_only=False)
        asked = np.zeros(0, dtype=self.codes.dtype)
        if len(column) and int(lengths.max()) <= width:
            padded = pc.ascii_rpad(column.cast(pa.binary()).cast(pa.string()), width=width, padding="\0")
            asked = np.frombuffer(padded.cast(pa.binary(width)).buffers()[1], dtype=self.codes.dtype, count=len(column))
        place = np.minimum(np.searchsorted(self.codes, asked), len(self.codes) - 1)
        wrong = np.flatnonzero(self.codes[place] != asked) if len(asked) == len(column) else np.flatnonzero(lengths > width)
        if len(wrong):
            raise CatalogueInvalid(f"{self.path.name} names the item {column[int(wrong[0])].as_py()!r}, which is not in the table of items")
        return place.astype(np.int64)


def _class_numbers(column: Any) -> Array:
    numbers, names = _coded(pc.fill_null(column, ""))
    return np.array([CLASSES.index(name) if name in CLASSES else -1 for name in names], dtype=np.int64)[numbers]


def _coded(column: Any) -> tuple[Array, list[str]]:
    """A column as numbers and the different texts they stand for."""
    found = column.dictionary_encode()
    return found.indices.to_numpy(zero_copy_only=False), found.dictionary.to_pylist()


def _batches(path: Path, columns: Mapping[str, Any]) -> Iterator[Any]:
    """The columns of a file in batches, of the types that are needed. Raises TableRefused."""
    try:
        file = pq.ParquetFile(path)
    except (pa.ArrowInvalid, OSError) as error:
        raise TableRefused(f"{path.name} cannot be read as Parquet: {error}") from error
    missing = [name for name in columns if name not in file.schema_arrow.names]
    if missing:
        raise TableRefused(f"{path.name} has no column {', '.join(missing)}: {', '.join(columns)} are needed")
    for batch in file.iter_batches(batch_size=BATCH, columns=list(columns)):
        yield pa.record_batch([_typed(path, name, batch.column(name), dtype) for name, dtype in columns.items()], names=list(columns))


def _typed(path: Path, name: str, column: Any, dtype: Any) -> Any:
    try:
        found = column.cast(dtype)
    except (pa.ArrowInvalid, pa.ArrowNotImplementedError) as error:
        raise TableRefused(f"the column {name} of {path.name} is not of type {dtype}: {error}") from error
    if found.null_count and name not in _MAY_BE_NULL:
        raise TableRefused(f"the column {name} of {path.name} has {found.null_count} empty cells: each row needs a value")
    return found
