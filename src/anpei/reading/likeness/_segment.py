"""One immutable file of page hashes, memory-mapped: a header that says where its arrays lie, then the arrays, 64-byte aligned.

Arrays: ``hashes`` (rows x 4 words), ``ids`` with ``id_ends`` (the page ids, UTF-8, end to end), ``id_keys`` (the digest of each id;
rows are sorted by it, so that an id is found by bisection), and, where there are enough rows, ``order``, ``begins`` and
``members`` for looking up by chunks. The SHA-256 of the whole file stands in the manifest.
"""

import hashlib
import json
import mmap
import os
import struct
from collections.abc import Sequence
from pathlib import Path
from random import Random
from typing import Any

import numpy as np
import numpy.typing as npt

from anpei.reading.likeness._chunks import BITS, WORDS, Numbers, Words, buckets, candidates, counted, distances, reach
from anpei.reading.likeness.errors import damaged

MAGIC = b"ANPEILK1"
_ALIGN = 64
_FEW = 8_192
_MANY = 300_000
_BLOCK = 1 << 20
_TYPES = {"hashes": "<u8", "id_keys": "<u8", "id_ends": "<u8", "ids": "|u1", "order": "|u1", "begins": "<u4", "members": "<u4"}


def chunks_for(rows: int) -> int:
    """Into how many chunks hashes are cut for so many rows; 0: few enough to look at all. Measured: see bench/likeness.py."""
    if rows < _FEW:
        return 0
    return 16 if rows < _MANY else 13


def id_key(page_id: str) -> int:
    """The number by which a page id is found."""
    return int.from_bytes(hashlib.blake2b(page_id.encode(), digest_size=8).digest(), "little")


def write_segment(path: Path, *, ids: Sequence[str], hashes: Words, chunks: int | None = None) -> str:
    """Write a segment durably under its final name and return its SHA-256. ``hashes``: one row an id."""
    keys = np.array([id_key(page_id) for page_id in ids], dtype=np.uint64)
    places = np.argsort(keys, kind="stable")
    texts = [ids[place].encode() for place in places]
    rows = np.ascontiguousarray(hashes[places])
    arrays: dict[str, npt.NDArray[Any]] = {
        "hashes": rows,
        "id_keys": keys[places],
        "id_ends": np.cumsum([len(text) for text in texts], dtype=np.uint64),
        "ids": np.frombuffer(b"".join(texts), dtype=np.uint8),
    }
    chunks = chunks_for(len(rows)) if chunks is None else chunks
    if chunks:
        arrays["order"] = np.array(Random(256).sample(range(BITS), BITS), dtype=np.uint8)  # noqa: S311 - spreads bits, keeps no secret
        arrays["begins"], arrays["members"] = buckets(rows, arrays["order"], chunks)
    return _write(path, arrays, {"rows": len(rows), "chunks": chunks})


def _write(path: Path, arrays: dict[str, npt.NDArray[Any]], header: dict[str, Any]) -> str:
    places: dict[str, tuple[int, int]] = {}
    at = 0
    for name, array in arrays.items():
        places[name] = (at, array.nbytes)
        at += -(-array.nbytes // _ALIGN) * _ALIGN
    text = json.dumps({**header, "arrays": places}).encode()
    head = MAGIC + struct.pack("<I", len(text)) + text
    seal = hashlib.sha256()
    partial = path.with_suffix(".part")
    with partial.open("wb") as file:
        for piece in (memoryview(head), *(np.ascontiguousarray(array).reshape(-1).view(np.uint8).data for array in arrays.values())):
            for part in (piece, memoryview(bytes(-len(piece) % _ALIGN))):
                seal.update(part)
                file.write(part)
        file.flush()
        os.fsync(file.fileno())
    partial.replace(path)
    return seal.hexdigest()


class Segment:
    """An opened, verified segment. Rows that were removed since it was written are ``dead``."""

    def __init__(self, path: Path, *, sha256: str) -> None:
        self.name = path.name
        view = _verified(path, sha256)
        try:
            (length,) = struct.unpack_from("<I", view, len(MAGIC))
            start = len(MAGIC) + 4
            header = json.loads(bytes(view[start : start + length]))
            base = -(-(start + length) // _ALIGN) * _ALIGN
            found = {
                name: np.frombuffer(view, dtype=_TYPES[name], count=size // np.dtype(_TYPES[name]).itemsize, offset=base + at)
                for name, (at, size) in header["arrays"].items()
            }
            self.rows, self._chunks = int(header["rows"]), int(header["chunks"])
            self.hashes: Words = found["hashes"].reshape(self.rows, WORDS)
            self._keys, self._ends, self._ids = found["id_keys"], found["id_ends"], found["ids"]
            if self._chunks:
                self._order, self._begins = found["order"], found["begins"]
                self._members = found["members"].reshape(self._chunks, self.rows)
        except (KeyError, ValueError, TypeError, struct.error) as error:
            raise damaged(path, "has another form than this version reads") from error
        self._dead = np.zeros(self.rows, dtype=np.bool_)

    @property
    def removed(self) -> list[int]:
        """The numbers of the dead rows."""
        return [int(row) for row in np.flatnonzero(self._dead)]

    @property
    def living(self) -> Numbers:
        """The numbers of the other rows."""
        return np.flatnonzero(~self._dead)

    def kill(self, rows: Sequence[int]) -> None:
        """Take rows as removed."""
        self._dead[list(rows)] = True

    def page_id(self, row: int) -> str:
        """The page of a row."""
        start = int(self._ends[row - 1]) if row else 0
        return self._ids[start : int(self._ends[row])].tobytes().decode()

    def find(self, page_id: str) -> int | None:
        """The living row of a page."""
        key = np.uint64(id_key(page_id))
        row = int(np.searchsorted(self._keys, key))
        while row < self.rows and self._keys[row] == key:
            if not self._dead[row] and self.page_id(row) == page_id:
                return row
            row += 1
        return None

    def near(self, query: Words, within: int) -> list[tuple[int, int]]:
        """Row and distance of every living row within the distance, in no order."""
        found: Numbers | None = None
        if self._chunks and within <= reach(self._chunks):
            found = candidates(
                query, within, order=self._order, chunks=self._chunks, begins=self._begins, members=self._members, most=self.rows // 4
            )
        if found is None:
            return self._near_of_all(query, within)
        rows = self.hashes.take(found, axis=0)
        rows ^= query
        far = counted(rows)
        hits = far <= within
        return [
            (row, away) for row, away in dict(zip(found[hits].tolist(), far[hits].tolist(), strict=True)).items() if not self._dead[row]
        ]

    def _near_of_all(self, query: Words, within: int) -> list[tuple[int, int]]:
        near: list[tuple[int, int]] = []
        for start in range(0, self.rows, _BLOCK):
            far = distances(self.hashes[start : start + _BLOCK], query)
            rows = np.flatnonzero((far <= within) & ~self._dead[start : start + _BLOCK])
            near += [(start + int(row), int(far[row])) for row in rows]
        return near


def _verified(path: Path, sha256: str) -> memoryview:
    """The file mapped into memory, when it is what was written."""
    try:
        with path.open("rb") as file:
            view = memoryview(mmap.mmap(file.fileno(), 0, access=mmap.ACCESS_READ))
    except FileNotFoundError as error:
        raise damaged(path, "is missing") from error
    except (OSError, ValueError) as error:
        raise damaged(path, f"cannot be opened ({type(error).__name__})") from error
    if hashlib.sha256(view).hexdigest() != sha256 or bytes(view[: len(MAGIC)]) != MAGIC:
        raise damaged(path, "is not what was written")
    return view
