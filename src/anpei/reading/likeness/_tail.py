"""The mutable end of the index: a log that is only appended to, and what it says held in memory.

A record is its length, its CRC-32, and one byte that says what it does, the hash where it adds, and the page id. What a crash left
half-written at the end is cut off; a record that is wrong before others is damage and is refused with all that follow it.
"""

import os
import struct
import zlib
from pathlib import Path

import numpy as np

from anpei.reading.likeness._chunks import WORDS, Words, distances
from anpei.reading.likeness.errors import SegmentDamaged, damaged

_HEAD = struct.Struct("<II")
_ADD, _REMOVE = b"A", b"R"
_HASH = 8 * WORDS


class Tail:
    """Pages that are not in a segment yet, in their newest state."""

    def __init__(self, path: Path) -> None:
        self.path = path
        self.size = 0
        self.damage: SegmentDamaged | None = None
        self._rows: dict[str, int] = {}
        self._ids: list[str] = []
        self._hashes: Words = np.zeros((256, WORDS), dtype=np.uint64)

    def __len__(self) -> int:
        return len(self._rows)

    # --- the log -------------------------------------------------------------------------------------------------------

    def read_on(self) -> list[str]:
        """Take in what was appended since the last time; returns the pages that were added, replaced or removed."""
        if self.damage is not None:
            return []
        try:
            with self.path.open("rb") as file:
                file.seek(self.size)
                data = file.read()
        except FileNotFoundError:
            self.damage = damaged(self.path, "is missing")
            return []
        touched, at = [], 0
        while at < len(data):
            payload, end = _record(data, at)
            if payload is None:
                if end < len(data) and any(data[at:]):
                    self.damage = damaged(self.path, f"is not what was written from byte {self.size + at} on")
                break
            touched.append(self._take(payload))
            at = end
        self.size += at
        return touched

    def append(self, *, page_id: str, words: Words | None) -> None:
        """Write one change durably (a hash adds or replaces, none removes) and take it in."""
        payload = (_REMOVE if words is None else _ADD + words.tobytes()) + page_id.encode()
        record = _HEAD.pack(len(payload), zlib.crc32(payload)) + payload
        with self.path.open("r+b") as file:
            file.truncate(self.size)
            file.seek(self.size)
            file.write(record)
            file.flush()
            os.fsync(file.fileno())
        self.size += len(record)
        self._take(payload)

    def _take(self, payload: bytes) -> str:
        if payload[:1] == _ADD:
            words, page_id = np.frombuffer(payload[1 : 1 + _HASH], dtype=np.uint64), payload[1 + _HASH :].decode()
            self._drop(page_id)
            self._put(page_id, words)
        else:
            page_id = payload[1:].decode()
            self._drop(page_id)
        return page_id

    # --- what it holds -------------------------------------------------------------------------------------------------

    def find(self, page_id: str) -> Words | None:
        """The hash of a page that is here."""
        row = self._rows.get(page_id)
        return None if row is None else self._hashes[row]

    def near(self, query: Words, within: int) -> list[tuple[str, int]]:
        """Page and distance of every page within the distance."""
        far = distances(self._hashes[: len(self._ids)], query)
        return [(self._ids[row], int(far[row])) for row in np.flatnonzero(far <= within)]

    def content(self) -> tuple[list[str], Words]:
        """All pages with their hashes."""
        return list(self._ids), self._hashes[: len(self._ids)].copy()

    def _put(self, page_id: str, words: Words) -> None:
        row = len(self._ids)
        if row == len(self._hashes):
            self._hashes = np.concatenate([self._hashes, np.zeros_like(self._hashes)])
        self._hashes[row] = words
        self._ids.append(page_id)
        self._rows[page_id] = row

    def _drop(self, page_id: str) -> None:
        """Take a page out; the last one moves to its place."""
        row = self._rows.pop(page_id, None)
        if row is None:
            return
        last = self._ids.pop()
        if last != page_id:
            self._ids[row], self._rows[last] = last, row
            self._hashes[row] = self._hashes[len(self._ids)]


def _record(data: bytes, at: int) -> tuple[bytes | None, int]:
    """The payload at a place and where it ends; no payload when it is wrong or runs out of the data."""
    if at + _HEAD.size > len(data):
        return None, len(data)
    length, check = _HEAD.unpack_from(data, at)
    end = at + _HEAD.size + length
    if end > len(data):
        return None, len(data)
    payload = data[at + _HEAD.size : end]
    whole = payload[:1] == _REMOVE or (payload[:1] == _ADD and length > _HASH)
    return (payload if whole and zlib.crc32(payload) == check else None), end
