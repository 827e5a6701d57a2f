"""Past claims on disk, row group by row group: what a part is, doing one in bounded memory, and keeping its result whole or not at all."""

import errno
import json
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
import pyarrow as pa
import pyarrow.parquet as pq

from anpei.claims.replay.changes import SCANNED, TEXT_COLUMNS
from anpei.claims.replay.comparing import DIFFERENCES
from anpei.claims.replay.schema import PastClaimsInvalid, check_columns
from anpei.claims.replay.tally import RECORD_COLUMNS, Tally, add_up, of_record
from anpei.claims.replay.work import BATCH, ReplayWork
from anpei.kernel.errors import AnpeiError

AT_ONCE = 4 * BATCH
"""Larger row groups are read in batches, which costs more and keeps memory bounded."""
FULL = (errno.ENOSPC, errno.EDQUOT, errno.EFBIG)


class NoRoom(AnpeiError):
    """The disk is full: what was finished is kept, nothing is half written."""

    code = "replay.no_room"


@dataclass(frozen=True, slots=True)
class Part:
    """One row group of a file of past claims."""

    number: int
    file: Path
    group: int
    claims: int


def parts_of(claims: Path) -> list[Part]:
    """The parts of a Parquet file, or of all in a folder. Raises PastClaimsInvalid that names what is wrong with which file."""
    files = sorted(claims.glob("*.parquet")) if claims.is_dir() else [claims]
    if not files or not files[0].is_file():
        raise PastClaimsInvalid(f"there are no past claims at {claims}: give a Parquet file, or a folder with some")
    groups: list[tuple[Path, int, int]] = []
    for file in files:
        with _opened(file) as parquet:
            check_columns(parquet.schema_arrow, where=file.name)
            metadata = parquet.metadata
            groups += [(file, group, metadata.row_group(group).num_rows) for group in range(metadata.num_row_groups)]
    return [Part(number, *group) for number, group in enumerate(groups)]


def _opened(file: Path) -> Any:
    try:
        metadata = pq.read_metadata(file)
        return pq.ParquetFile(file, read_dictionary=_leaves(metadata, TEXT_COLUMNS), metadata=metadata)
    except (pa.ArrowInvalid, OSError) as error:
        raise PastClaimsInvalid(f"{file.name} cannot be read as Parquet ({str(error)[:120]}): write it again") from error


def do_part(work: ReplayWork, part: Part) -> tuple[pa.Table, Tally]:
    """The differences among the past claims of a part, and what is counted of them. Reads whole claims only where some are touched."""
    with _opened(part.file) as parquet:
        record = parquet.read_row_group(part.group, columns=list(RECORD_COLUMNS), use_threads=False)
        touched = _scanned(work, parquet, part) if work.prune else np.ones(len(record), dtype=np.bool_)
        found: list[pa.Table] = [DIFFERENCES.empty_table()]
        tallies: list[Tally] = [of_record(record), {"touched": 0}]
        for batch, flags in _touched_batches(parquet, part, touched):
            table, tally = work.compare(batch, touched=flags)
            found.append(table)
            tallies.append(tally)
    return pa.concat_tables(found), add_up(tallies)


def scan(work: ReplayWork, part: Part) -> Any:
    """One flag a past claim of a part: whether anything that differs can touch it. Reads only what that needs."""
    with _opened(part.file) as parquet:
        return _scanned(work, parquet, part)


def _scanned(work: ReplayWork, parquet: Any, part: Part) -> Any:
    wanted = _leaves(parquet.metadata, SCANNED)
    return work.touched(parquet.read_row_group(part.group, columns=wanted, use_threads=False))


_LISTS = frozenset({"list", "element", "item", "array", "bag", "array_element"})
"""How writers of Parquet call the levels of a list."""


def _leaves(metadata: Any, names: Sequence[str]) -> list[str]:
    """The paths, in a file, of these fields: written without the levels of lists."""
    paths = [metadata.schema.column(place).path for place in range(len(metadata.schema))]
    return [path for path in paths if ".".join(part for part in path.split(".") if part not in _LISTS) in names]


def _touched_batches(parquet: Any, part: Part, touched: Any) -> Iterator[tuple[pa.Table, Any]]:
    """The claims of a part in batches, those without a touched claim left out."""
    if not touched.any():
        return
    if part.claims <= AT_ONCE:
        yield parquet.read_row_group(part.group, use_threads=False), touched
        return
    start = 0
    for batch in parquet.iter_batches(batch_size=BATCH, row_groups=[part.group], use_threads=False):
        flags = touched[start : start + len(batch)]
        start += len(batch)
        if flags.any():
            yield pa.Table.from_batches([batch]), flags


# --- results on disk -------------------------------------------------------------------------------------------------


def write_result(folder: Path, part: Part, table: pa.Table, tally: Mapping[str, Any]) -> None:
    """Keep the result of a part; the counts come last and say that it is whole. Raises NoRoom."""
    write_whole(folder / f"{part.number:06}.parquet", lambda path: pq.write_table(table, path, compression="zstd"))
    write_whole(folder / f"{part.number:06}.json", lambda path: path.write_text(json.dumps(tally), encoding="utf-8"))


def write_whole(path: Path, write: Any) -> None:
    """Write a file beside and rename it, so that nobody ever sees half of it. Raises NoRoom."""
    working = path.with_name(f".{path.name}.new")
    try:
        write(working)
        working.replace(path)
    except OSError as error:
        working.unlink(missing_ok=True)
        if error.errno in FULL:
            raise NoRoom(f"the disk of {path.parent} is full: make room and run the same command again; finished parts are kept") from error
        raise


def is_done(folder: Path, part: Part) -> bool:
    """Whether the result of a part is there, whole."""
    return (folder / f"{part.number:06}.json").is_file()


def read_tallies(folder: Path, parts: Sequence[Part]) -> Iterator[Tally]:
    """The counts of all parts."""
    for part in parts:
        yield json.loads((folder / f"{part.number:06}.json").read_text(encoding="utf-8"))


def read_differences(folder: Path, parts: Sequence[Part]) -> Iterator[pa.Table]:
    """The differences of all parts that have some, in the order of the claims."""
    for part in parts:
        table = pq.read_table(folder / f"{part.number:06}.parquet")
        if len(table):
            yield table
