"""Files of kept rows: written and synced one by one, named by a manifest that is swapped at once, checked when they are read."""

import errno
import json
import os
from collections.abc import Iterator, Sequence
from contextlib import ExitStack, contextmanager
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any

import numpy as np
import pyarrow as pa
import pyarrow.parquet as pq

from anpei.engines.db import StorageFull
from anpei.kernel.canonical import canonical
from anpei.kernel.errors import AnpeiError
from anpei.rules.holdings.form import SCHEMA, TEXTS, RowReader, rule_id_of
from anpei.rules.model import RuleRow

MANIFEST = "manifest.json"
SUFFIX = ".parquet"
FORM = 1
_BATCH = 16_384
_UNREADABLE = (pa.ArrowException, OSError, ValueError, KeyError, TypeError)


class HoldingsDamaged(AnpeiError):
    """A file of kept rows is not what it was when it was written; ``data`` names it."""

    code = "rules.holdings_damaged"


def damaged(file: str, what: str) -> HoldingsDamaged:
    """The error for one file."""
    message = f"the kept rule rows cannot be read: {file} {what}; restore the folder rules/ from a backup or import the tables again"
    return HoldingsDamaged(message, data={"file": file})


@contextmanager
def storing() -> Iterator[None]:
    """Say a full disk in our words."""
    try:
        yield
    except OSError as error:
        if error.errno in (errno.ENOSPC, errno.EDQUOT):
            message = "the disk for rule rows is full: free space, then do it again; the rows kept before are unchanged"
            raise StorageFull(message) from error
        raise


@dataclass(frozen=True, slots=True)
class Part:
    """A file of sorted rows: its name, rows, bytes, first and last rule id."""

    file: str
    rows: int
    size: int
    first: str
    last: str


@dataclass(frozen=True, slots=True)
class Parts:
    """The files that hold all rows, in the order of the rule ids; the files of one state stay readable while they are open."""

    folder: Path
    parts: tuple[Part, ...]

    def __len__(self) -> int:
        return sum(part.rows for part in self.parts)

    def rows(self) -> Iterator[RuleRow]:
        """All rows, sorted by id. Raises HoldingsDamaged that names the file."""
        reader = RowReader()
        for part, batch in self._batches(()):
            try:
                yield from reader.rows(batch)
            except (ValueError, KeyError, TypeError) as error:
                raise damaged(part.file, "holds a row of another form") from error

    def batches(self) -> Iterator[pa.RecordBatch]:
        """All rows as record batches. Raises HoldingsDamaged."""
        return (batch for _, batch in self._batches(()))

    def coded_batches(self) -> Iterator[pa.RecordBatch]:
        """The same with dictionaries for texts, a file at a time. Raises HoldingsDamaged."""
        return (batch for _, batch in self._batches(TEXTS))

    def _batches(self, coded: Sequence[str]) -> Iterator[tuple[Part, pa.RecordBatch]]:
        with ExitStack() as stack:
            opened = [(part, stack.enter_context(self._open(part, coded))) for part in self.parts]
            for part, file in opened:
                batches = file.iter_batches(batch_size=_BATCH, use_threads=False)
                for batch in _sorted_batches(part, _at_once(file) if coded else batches):
                    yield part, batch

    @contextmanager
    def _open(self, part: Part, coded: Sequence[str]) -> Iterator[pq.ParquetFile]:
        path = self.folder / part.file
        try:
            if path.stat().st_size != part.size:
                raise damaged(part.file, f"is {path.stat().st_size} bytes long, {part.size} are wanted")
            file = pq.ParquetFile(path, read_dictionary=list(coded) or None, page_checksum_verification=True)
        except FileNotFoundError as error:
            raise damaged(part.file, "is missing") from error
        except _UNREADABLE as error:
            raise damaged(part.file, "cannot be read") from error
        with file:
            if file.metadata.num_rows != part.rows or file.schema_arrow.names != SCHEMA.names:
                raise damaged(part.file, "has other rows or columns than the manifest says")
            yield file


def _at_once(file: pq.ParquetFile) -> Iterator[pa.RecordBatch]:
    """A file as few batches, so that a dictionary does not come again with each of many."""
    yield from file.read(use_threads=False).to_batches()


def _sorted_batches(part: Part, batches: Iterator[pa.RecordBatch]) -> Iterator[pa.RecordBatch]:
    """The batches of a file; its rows must be sorted, none twice."""
    last = -1
    while True:
        try:
            batch = next(batches)
        except StopIteration:
            return
        except _UNREADABLE as error:
            raise damaged(part.file, "cannot be read to its end") from error
        high, low = (batch.column(name).to_numpy() for name in ("id_high", "id_low"))
        rising = (high[1:] > high[:-1]) | ((high[1:] == high[:-1]) & (low[1:] > low[:-1]))
        if not np.all(rising) or (int(high[0]) << 64 | int(low[0])) <= last:
            raise damaged(part.file, "is not sorted by rule id")
        last = int(high[-1]) << 64 | int(low[-1])
        yield batch


def write_part(folder: Path, name: str, table: pa.Table) -> Part:
    """Write and sync a file of sorted rows; at least one. Raises StorageFull."""
    path = folder / (name + SUFFIX)
    with storing(), path.open("wb") as handle:
        pq.write_table(
            table, handle, compression="zstd", compression_level=1, use_dictionary=list(TEXTS), write_page_checksum=True,
            dictionary_pagesize_limit=1 << 26, write_statistics=False,
        )  # fmt: skip
        handle.flush()
        os.fsync(handle.fileno())
    high, low = table.column("id_high"), table.column("id_low")
    first, last = (rule_id_of(high[place].as_py(), low[place].as_py()) for place in (0, len(table) - 1))
    return Part(path.name, len(table), path.stat().st_size, first, last)


def write_aside(path: Path, table: pa.Table, *, batch: int) -> None:
    """Write a table that is read back soon, in batches of so many rows. Raises StorageFull."""
    options = pa.ipc.IpcWriteOptions(compression="lz4")
    with storing(), path.open("wb") as handle, pa.ipc.new_file(handle, table.schema, options=options) as writer:
        writer.write_table(table, max_chunksize=batch)


def read_aside(path: Path) -> Iterator[pa.RecordBatch]:
    """The batches of such a table, one at a time."""
    with path.open("rb") as handle, pa.ipc.open_file(handle) as reader:
        for number in range(reader.num_record_batches):
            yield reader.get_batch(number)


# --- the manifest -----------------------------------------------------------------------------------------------------


def read_manifest(folder: Path) -> Parts:
    """The parts that count; none when nothing was ever kept. Raises HoldingsDamaged."""
    try:
        data = json.loads((folder / MANIFEST).read_bytes())
        if data["form"] != FORM:
            raise damaged(MANIFEST, f"has the form {data['form']}, this version reads {FORM}")
        return Parts(folder, tuple(Part(**part) for part in data["parts"]))
    except FileNotFoundError:
        return Parts(folder, ())
    except _UNREADABLE as error:
        raise damaged(MANIFEST, "cannot be read") from error


def write_manifest(folder: Path, parts: Sequence[Part]) -> None:
    """Make these the parts that count, at once. Raises StorageFull."""
    partial = folder / (MANIFEST + ".part")
    data: dict[str, Any] = {"form": FORM, "rows": sum(part.rows for part in parts), "parts": [asdict(part) for part in parts]}
    with storing():
        with partial.open("wb") as handle:
            handle.write(canonical(data) + b"\n")
            handle.flush()
            os.fsync(handle.fileno())
        partial.replace(folder / MANIFEST)
        sync_folder(folder)


def sync_folder(folder: Path) -> None:
    """Have the names of a folder on disk before going on."""
    handle = os.open(folder, os.O_RDONLY)
    try:
        os.fsync(handle)
    finally:
        os.close(handle)
