"""Columns (列文件): the arrays of a compiled snapshot, one ``.npy`` file each, written in chunks, mapped when opened.

An entry of a manifest says dtype, length and the SHA-256 of the content; the header of the file must agree with it. Opening checks
headers and sizes, which costs no reading; ``verify_columns`` reads all and compares the hashes.
"""

import hashlib
import io
import os
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import IO, Any

import numpy as np
import numpy.typing as npt

from anpei.rules.damage import damaged

Array = npt.NDArray[Any]
SUFFIX = ".npy"
_PIECE = 16 * 1024 * 1024


@dataclass(frozen=True, slots=True)
class ColumnEntry:
    """What a manifest says of one column: numpy's name of the type (little-endian), number of values, SHA-256 of the content."""

    dtype: str
    length: int
    sha256: str

    def as_data(self) -> dict[str, Any]:
        """The plain form."""
        return {"dtype": self.dtype, "length": self.length, "sha256": self.sha256}


Entries = Mapping[str, Mapping[str, Any]]
"""Column name -> plain form of its entry."""


def _header(dtype: np.dtype[Any], length: int) -> bytes:
    """The header of a column: always the same bytes for a type and a length, so that not even a blank in it can change unnoticed."""
    header = io.BytesIO()
    form = {"descr": np.lib.format.dtype_to_descr(dtype), "fortran_order": False, "shape": (length,)}
    np.lib.format.write_array_header_1_0(header, form)
    return header.getvalue()


class _Open:
    """A column that is being written."""

    def __init__(self, path: Path, dtype: np.dtype[Any]) -> None:
        self.dtype, self.length, self.hash = dtype, 0, hashlib.sha256()
        self.file: IO[bytes] = path.open("wb")
        self.head()

    def head(self) -> None:
        """Write the header for the length so far; numpy keeps room for a longer one, so it may be written again."""
        self.file.seek(0)
        self.file.write(_header(self.dtype, self.length))


class ColumnWriter:
    """Writes columns into a folder, each in as many chunks as one likes. Use as a context: what fails halfway closes its files."""

    def __init__(self, folder: Path) -> None:
        self._folder = folder
        self._open: dict[str, _Open] = {}

    def append(self, name: str, array: Array) -> None:
        """Add values to the end of a column. The first chunk fixes its type; another type afterwards raises ValueError."""
        if array.ndim != 1:
            raise ValueError(f"the column {name} takes arrays of one dimension, not {array.ndim}")
        dtype = array.dtype.newbyteorder("<")
        column = self._open.get(name)
        if column is None:
            column = self._open[name] = _Open(self._folder / (name + SUFFIX), dtype)
        if dtype != column.dtype:
            raise ValueError(f"the column {name} holds {column.dtype}, not {dtype}")
        content = np.ascontiguousarray(array, dtype=dtype).view(np.uint8).data if len(array) else b""
        column.file.write(content)
        column.hash.update(content)
        column.length += len(array)

    def close(self) -> dict[str, dict[str, Any]]:
        """Finish and sync all files; the entries for the manifest by column name. Raises OSError when the disk is full."""
        entries: dict[str, dict[str, Any]] = {}
        for name, column in sorted(self._open.items()):
            column.head()
            column.file.flush()
            os.fsync(column.file.fileno())
            column.file.close()
            entries[name] = ColumnEntry(column.dtype.str, column.length, column.hash.hexdigest()).as_data()
        self._open.clear()
        return entries

    def __enter__(self) -> "ColumnWriter":
        return self

    def __exit__(self, *_: object) -> None:
        for column in self._open.values():
            column.file.close()


def open_columns(folder: Path, entries: Entries) -> dict[str, Array]:
    """Map all columns read-only after comparing headers and sizes with the entries. Raises SnapshotDamaged that names the file."""
    return {name: _map(folder, name, entry) for name, entry in entries.items()}


def verify_columns(folder: Path, entries: Entries) -> None:
    """Read every column and compare its hash. Raises SnapshotDamaged that names the first file that is not what it should be."""
    for name, entry in entries.items():
        digest = hashlib.sha256()
        for piece in _pieces(folder, name, entry):
            digest.update(piece)
        if digest.hexdigest() != entry["sha256"]:
            raise damaged(folder, name + SUFFIX, "has another content than the manifest says")


def stamp_of(folder: Path, entries: Entries) -> dict[str, list[int]]:
    """Size, time of change (ns) and inode of every column: the same stamp means that nobody has touched the files since."""
    found: dict[str, list[int]] = {}
    for name in entries:
        try:
            stat = (folder / (name + SUFFIX)).stat()
        except OSError as error:
            raise damaged(folder, name + SUFFIX, "is missing or cannot be read") from error
        found[name] = [stat.st_size, stat.st_mtime_ns, stat.st_ctime_ns, stat.st_ino]
    return found


def _pieces(folder: Path, name: str, entry: Mapping[str, Any]) -> Iterator[memoryview]:
    content = _map(folder, name, entry).view(np.uint8).data
    try:
        for start in range(0, len(content), _PIECE):
            yield content[start : start + _PIECE]
    finally:
        content.release()


def _map(folder: Path, name: str, entry: Mapping[str, Any]) -> Array:
    path = folder / (name + SUFFIX)
    try:
        wanted, length = np.dtype(entry["dtype"]), int(entry["length"])
        header = _header(wanted, length)
        with path.open("rb") as file:
            found, size = file.read(len(header)), os.fstat(file.fileno()).st_size
    except FileNotFoundError as error:
        raise damaged(folder, path.name, "is missing") from error
    except (OSError, ValueError, KeyError, TypeError) as error:
        raise damaged(folder, path.name, "cannot be read as a column") from error
    start = len(header)
    if found != header:
        raise damaged(folder, path.name, f"does not begin as a column of {length} values of {wanted}, which the manifest says")
    if size != start + length * wanted.itemsize:
        raise damaged(folder, path.name, f"is {size} bytes long, {start + length * wanted.itemsize} are wanted")
    if length == 0:
        return np.zeros(0, dtype=wanted)
    return np.asarray(np.memmap(path, dtype=wanted, mode="r", offset=start, shape=(length,)))
