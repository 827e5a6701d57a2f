"""Adding rows to the kept ones: new rows are sorted in pieces and written aside, then merged with the kept ones range by range.

Ids are digests, so that equal ranges of ids hold about equally many rows, and memory holds one range. The kept rows change by the
swap of the manifest alone: until then everything is written into a folder of its own, which a killed process leaves behind and the
next addition takes away.
"""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

import numpy as np
import pyarrow as pa

from anpei.kernel.errors import InvalidInput
from anpei.rules.columns import Array
from anpei.rules.holdings.form import SCHEMA, RowWriter, rule_id_of
from anpei.rules.holdings.merging import NEW, Kept, Sorted, first_of_each, in_order, limits, no_doubles, over
from anpei.rules.holdings.parts import SUFFIX, Part, Parts, read_aside, storing, sync_folder, write_aside, write_manifest, write_part
from anpei.rules.model import RuleRow
from anpei.rules.templates.template import Template

RUN_ROWS = 1 << 17
"""New rows that are sorted at once."""
_BATCH = 4096


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
        whole = table.append_column(NEW.field("said"), pa.array(said)).append_column(NEW.field("of_line"), pa.array(of_line))
        path = self._work / f"run-{len(self._runs):05}.arrow"
        write_aside(path, in_order(whole), batch=_BATCH)
        self._runs.append(path)
        self._rows.append(len(whole))

    # --- together with the kept ones ----------------------------------------------------------------------------------

    def merge(self) -> Merged:
        """Put new and kept rows together in files that do not count yet. A new statement of an id stands for the kept one; of
        several new ones the first counts. Raises StorageFull or HoldingsDamaged."""
        self._spill()
        runs = [Sorted(read_aside(path)) for path in self._runs]
        kept = Kept(self._kept)
        found: list[Part] = []
        doubles: list[pa.Table] = [no_doubles()]
        came = new = 0
        for number, limit in enumerate(limits(len(self._kept) + sum(self._rows))):
            coming, twice = first_of_each(pa.concat_tables([run.until(limit) for run in runs])) if runs else (SCHEMA.empty_table(), None)
            came += len(coming)
            doubles += [] if twice is None else [twice]
            untouched = kept.whole_until(limit)
            if untouched is not None and not len(coming):
                found += kept.skip(untouched)
                continue
            old = kept.until(limit)
            both = over(coming, old)
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
