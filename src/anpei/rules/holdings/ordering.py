"""All rows sorted by subject, as the consistency check wants them, in bounded memory: sorted pieces in files, merged row by row."""

import heapq
from collections.abc import Iterable, Iterator
from pathlib import Path

import numpy as np
import pyarrow as pa

from anpei.rules.consistency import sort_key
from anpei.rules.holdings.form import RowReader
from anpei.rules.holdings.parts import read_aside, write_aside
from anpei.rules.model import RuleRow

PIECE_ROWS = 1 << 17
_BATCH = 1024
_Key = tuple[str, int, str, str]


def rows_by_subject(batches: Iterable[pa.RecordBatch], folder: Path) -> Iterator[RuleRow]:
    """The rows by ``consistency.sort_key``, subject and id. Files are written into the folder, whose owner takes them away.

    Raises StorageFull.
    """
    pieces = list(_pieces(batches, folder))
    yield from (row for _, row in heapq.merge(*(_read(piece) for piece in pieces), key=lambda pair: pair[0]))


def _pieces(batches: Iterable[pa.RecordBatch], folder: Path) -> Iterator[Path]:
    held: list[pa.RecordBatch] = []
    number = rows = 0
    for batch in batches:
        held.append(batch)
        rows += len(batch)
        if rows >= PIECE_ROWS:
            yield _write(held, folder / f"piece-{number:05}.arrow")
            held, rows, number = [], 0, number + 1
    if held:
        yield _write(held, folder / f"piece-{number:05}.arrow")


def _write(batches: list[pa.RecordBatch], path: Path) -> Path:
    table = pa.Table.from_batches(batches)
    subject = table.column("subject").combine_chunks().dictionary_encode()
    texts = subject.dictionary.to_pylist()
    rank = np.empty(len(texts), np.int64)
    rank[sorted(range(len(texts)), key=lambda place: (*sort_key(texts[place]), texts[place]))] = np.arange(len(texts))
    high, low = (table.column(name).to_numpy() for name in ("id_high", "id_low"))
    order = np.lexsort((low, high, rank[subject.indices.to_numpy()]))
    write_aside(path, table.take(pa.array(order)), batch=_BATCH)
    return path


def _read(path: Path) -> Iterator[tuple[_Key, RuleRow]]:
    reader = RowReader()
    for batch in read_aside(path):
        for row in reader.rows(batch):
            yield (*sort_key(row.subject), row.subject, row.rule_id), row
