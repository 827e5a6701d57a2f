"""Adding rows to the kept ones: new rows are sorted in pieces and written aside, then merged with the kept ones range by range.

Ids are digests, so that equal ranges of ids hold about equally many rows, and memory holds one range. The kept rows change by the
swap of the manifest alone: until then everything is written into a folder of its own, which a killed process leaves behind and the
next addition takes away.
"""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc

from anpei.kernel.errors import InvalidInput
from anpei.rules.columns import Array
from anpei.rules.holdings.form import SCHEMA, STATEMENT, RowWriter, rule_id_of
from anpei.rules.holdings.parts import SUFFIX, Part, Parts, read_aside, storing, sync_folder, write_aside, write_manifest, write_part
from anpei.rules.model import RuleRow
from anpei.rules.templates.template import Template

RUN_ROWS = 1 << 17
"""New rows that are sorted at once."""
RANGE_ROWS = 1 << 18
"""About as many rows are merged at once and kept in one file."""
_BATCH = 4096
_NEW = SCHEMA.append(pa.field("said", pa.uint64())).append(pa.field("of_line", pa.uint32()))
"""``said``: which line, in the order in which they came; ``of_line``: how many rows it has."""
_TWICE = ("said", "of_line", "id_high", "id_low", "source", "line")


class RowsContradict(InvalidInput):
    """One rule id stands for two different statements among the rows of one addition."""

    code = "rules.rows_contradict"


@dataclass(frozen=True, slots=True)
class Doubled:
    """A line whose rows earlier lines of the addition all said: its source and line, those of the first, whether they differ in
    status or end."""

    rule_id: str
    source: str
    line: int
    first_source: str
    first_line: int
    differs: bool


@dataclass(frozen=True, slots=True)
class Merged:
    """New and kept rows together, not yet kept. ``came``: different rows that came; ``new``: those whose id was not kept before."""

    parts: Parts
    came: int
    new: int
    doubles: pa.Table
    in_place: frozenset[str]

    def doubled(self) -> Iterator[Doubled]:
        """The lines that only said again what earlier lines said, in the order in which they came."""
        said = self.doubles.column("said").to_numpy()
        lines, first, counts = np.unique(said, return_index=True, return_counts=True)
        whole = counts == self.doubles.column("of_line").to_numpy()[first] if len(lines) else np.zeros(0, bool)
        for batch in self.doubles.take(pa.array(first[whole])).to_batches(_BATCH):
            for row in batch.to_pylist():
                rule_id = rule_id_of(row["id_high"], row["id_low"])
                yield Doubled(rule_id, row["source"], row["line"], row["first_source"], row["first_line"], row["differs"])

    def contradiction(self) -> Doubled | None:
        """The first two rows of one id that differ in more than source and title."""
        for row in self.doubles.filter(self.doubles.column("differs")).slice(0, 1).to_pylist():
            rule_id = rule_id_of(row["id_high"], row["id_low"])
            return Doubled(rule_id, row["source"], row["line"], row["first_source"], row["first_line"], differs=True)
        return None


class Adding:
    """One addition, made by ``Holdings.adding``. Put rows, ``merge``, then ``keep``; what is not kept leaves nothing behind."""

    def __init__(self, folder: Path, kept: Parts, work: Path, templates: Mapping[str, Template]) -> None:
        self.folder, self._kept, self._work = folder, kept, work
        self._writer = RowWriter(templates)
        self._said: list[int] = []
        self._of_line: list[int] = []
        self._lines = 0
        self._runs: list[Path] = []
        self._rows: list[int] = []
        self._mark = 0

    # --- new rows ---------------------------------------------------------------------------------------------------

    def put(self, rows: Sequence[RuleRow]) -> None:
        """Add the rows of one line. Raises RowUnfit or StorageFull."""
        for row in rows:
            self._writer.add(row)
        self._said += [self._lines] * len(rows)
        self._of_line += [len(rows)] * len(rows)
        self._lines += 1
        if len(self._said) >= RUN_ROWS:
            self._spill()

    def put_batch(self, batch: pa.RecordBatch | pa.Table) -> None:
        """Add rows by columns (``SCHEMA``), each a line of its own. Raises StorageFull; ValueError for other columns."""
        self._spill()
        table = pa.table({name: batch.column(name) for name in SCHEMA.names}).cast(SCHEMA)
        for start in range(0, len(table), RUN_ROWS):
            piece = table.slice(start, RUN_ROWS)
            said = np.arange(self._lines, self._lines + len(piece), dtype=np.uint64)
            self._lines += len(piece)
            self._write(piece, said, np.ones(len(piece), np.uint32))

    def begin(self) -> None:
        """A table begins: ``undo`` forgets what comes from here on."""
        self._spill()
        self._mark = len(self._runs)

    def undo(self) -> None:
        """Forget the rows since ``begin``."""
        self._writer.clear()
        self._said, self._of_line = [], []
        for path in self._runs[self._mark :]:
            path.unlink()
        del self._runs[self._mark :], self._rows[self._mark :]

    def _spill(self) -> None:
        if self._said:
            said, of_line = np.array(self._said, np.uint64), np.array(self._of_line, np.uint32)
            self._said, self._of_line = [], []
            self._write(self._writer.take(), said, of_line)

    def _write(self, table: pa.Table, said: Array, of_line: Array) -> None:
        whole = table.append_column(_NEW.field("said"), pa.array(said)).append_column(_NEW.field("of_line"), pa.array(of_line))
        path = self._work / f"run-{len(self._runs):05}.arrow"
        write_aside(path, _sorted(whole), batch=_BATCH)
        self._runs.append(path)
        self._rows.append(len(whole))

    # --- together with the kept ones ----------------------------------------------------------------------------------

    def merge(self) -> Merged:
        """Put new and kept rows together in files that do not count yet. A new statement of an id stands for the kept one; of
        several new ones the first counts. Raises StorageFull or HoldingsDamaged."""
        self._spill()
        runs = [_Sorted(read_aside(path)) for path in self._runs]
        kept = _Kept(self._kept)
        found: list[Part] = []
        doubles: list[pa.Table] = [_no_doubles()]
        came = new = 0
        for number, limit in enumerate(_limits(len(self._kept) + sum(self._rows))):
            coming, twice = _first_of_each(pa.concat_tables([run.until(limit) for run in runs])) if runs else (SCHEMA.empty_table(), None)
            came += len(coming)
            doubles += [] if twice is None else [twice]
            untouched = kept.whole_until(limit)
            if untouched is not None and not len(coming):
                found += kept.skip(untouched)
                continue
            old = kept.until(limit)
            both = _over(coming, old)
            new += len(both) - len(old)
            if untouched is not None and both.equals(old):
                found += untouched
            elif len(both):
                found.append(write_part(self._work, f"part-{self._work.name.removeprefix('.adding-')}-{number:05}", both))
        in_place = frozenset(part.file for part in self._kept.parts)
        return Merged(Parts(self.folder, tuple(found)), came, new, pa.concat_tables(doubles), in_place)

    def keep(self, merged: Merged) -> None:
        """Make the merged rows the kept ones. Raises StorageFull; then the kept rows are what they were."""
        parts = merged.parts.parts
        with storing():
            for part in parts:
                if part.file not in merged.in_place:
                    (self._work / part.file).rename(self.folder / part.file)
            sync_folder(self.folder)
        write_manifest(self.folder, parts)
        for file in merged.in_place - {part.file for part in parts}:
            (self.folder / file).unlink(missing_ok=True)

    def preview(self, merged: Merged) -> Iterator[pa.RecordBatch]:
        """The merged rows without keeping them, sorted by id. Raises HoldingsDamaged."""
        for part in merged.parts.parts:
            folder = self.folder if part.file in merged.in_place else self._work
            yield from Parts(folder, (part,)).batches()


def remove_leftovers(folder: Path, parts: Parts) -> None:
    """Take away files that no manifest names."""
    named = {part.file for part in parts.parts}
    for path in folder.glob(f"part-*{SUFFIX}"):
        if path.name not in named:
            path.unlink()


def _limits(rows: int) -> Iterable[int | None]:
    """The first ids (upper halves) after each range; None for the last."""
    bits = max(0, (max(rows, 1) - 1).bit_length() - RANGE_ROWS.bit_length() + 1)
    yield from (number << (64 - bits) for number in range(1, 1 << bits))
    yield None


def _sorted(table: pa.Table) -> pa.Table:
    high, low, said = (table.column(name).to_numpy() for name in ("id_high", "id_low", "said"))
    return table.take(pa.array(np.lexsort((said, low, high))))


def _first_of_each(table: pa.Table) -> tuple[pa.Table, pa.Table]:
    """The first row of each id by the order in which they came, and the others, each beside its first."""
    table = _sorted(table)
    high, low, said = (table.column(name).to_numpy() for name in ("id_high", "id_low", "said"))
    if not len(table):
        return SCHEMA.empty_table(), _no_doubles()
    again = np.concatenate([[False], (high[1:] == high[:-1]) & (low[1:] == low[:-1])])
    first_of = np.maximum.accumulate(np.where(again, 0, np.arange(len(table))))
    twice = np.flatnonzero(again & (said != said[first_of]))
    unique = table.filter(pa.array(~again)).select(SCHEMA.names)
    return unique, _doubles(table, twice, first_of[twice]) if len(twice) else _no_doubles()


def _doubles(table: pa.Table, places: Array, firsts: Array) -> pa.Table:
    one, other = table.take(pa.array(places)), table.take(pa.array(firsts))
    differs: Any = np.zeros(len(one), bool)
    for name in STATEMENT:
        a, b = one.column(name), other.column(name)
        same = pc.or_kleene(pc.fill_null(pc.equal(a, b), False), pc.and_(pc.is_null(a), pc.is_null(b)))
        differs = differs | ~same.to_numpy()
    found = {name: one.column(name) for name in _TWICE}
    found |= {"first_source": other.column("source"), "first_line": other.column("line"), "differs": pa.array(differs)}
    return pa.table({name: column.dictionary_encode() if name.endswith("source") else column for name, column in found.items()})


def _no_doubles() -> pa.Table:
    text = pa.dictionary(pa.int32(), pa.string())
    kinds = {name: text if name == "source" else _NEW.field(name).type for name in _TWICE}
    return pa.schema({**kinds, "first_source": text, "first_line": pa.uint32(), "differs": pa.bool_()}).empty_table()


def _over(coming: pa.Table, old: pa.Table) -> pa.Table:
    """All rows sorted by id; where both have an id the one that comes."""
    if not len(old) or not len(coming):
        return coming if len(coming) else old
    both = pa.concat_tables([coming, old]).combine_chunks()
    high, low = (both.column(name).to_numpy() for name in ("id_high", "id_low"))
    order = np.lexsort((low, high))
    high, low = high[order], low[order]
    first = np.concatenate([[True], (high[1:] != high[:-1]) | (low[1:] != low[:-1])])
    return both.take(pa.array(order[first]))


# --- reading what is sorted, range by range ---------------------------------------------------------------------------


class _Sorted:
    """Sorted batches, taken up to a limit of the id's upper half at a time."""

    def __init__(self, batches: Iterator[pa.RecordBatch]) -> None:
        self._batches = batches
        self._rest: pa.RecordBatch | None = next(batches, None)
        self._schema = _NEW if self._rest is None else self._rest.schema

    def until(self, limit: int | None) -> pa.Table:
        """The rows before the limit that were not taken yet."""
        found = []
        while self._rest is not None:
            high = self._rest.column("id_high").to_numpy()
            end = len(high) if limit is None else int(np.searchsorted(high, np.uint64(limit)))
            found.append(self._rest.slice(0, end))
            if end < len(high):
                self._rest = self._rest.slice(end)
                break
            self._rest = next(self._batches, None)
        return pa.Table.from_batches(found, schema=self._schema)

    @property
    def is_over(self) -> bool:
        """Whether all rows were taken."""
        return self._rest is None


class _Kept:
    """The kept files, taken range by range: read, or passed over whole."""

    def __init__(self, parts: Parts) -> None:
        self._folder, self._left = parts.folder, list(parts.parts)
        self._open: _Sorted | None = None

    def whole_until(self, limit: int | None) -> tuple[Part, ...] | None:
        """The files that hold exactly the rows before the limit; None when a file goes on behind it, or was begun."""
        before = tuple(part for part in self._left if limit is None or _high(part.first) < limit)
        if self._open is not None or any(limit is not None and _high(part.last) >= limit for part in before):
            return None
        return before

    def skip(self, parts: tuple[Part, ...]) -> tuple[Part, ...]:
        """Pass over files."""
        del self._left[: len(parts)]
        return parts

    def until(self, limit: int | None) -> pa.Table:
        """The rows before the limit."""
        found = []
        while self._open is not None or (self._left and (limit is None or _high(self._left[0].first) < limit)):
            if self._open is None:
                self._open = _Sorted(Parts(self._folder, (self._left.pop(0),)).batches())
            found.append(self._open.until(limit))
            if not self._open.is_over:
                break
            self._open = None
        return pa.concat_tables(found) if found else SCHEMA.empty_table()


def _high(rule_id: str) -> int:
    return int(rule_id[1:17], 16)
