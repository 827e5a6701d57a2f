"""The similarity index over all past pages (影像相似索引): which pages have a picture hash within some bits of this one.

A folder: ``manifest.json`` names the immutable segments and the log of what changed since; whatever it does not name does not
exist. Publication writes new files under new names, makes them durable, then replaces the manifest by an atomic rename: a crash
leaves the old state or the new one. One process writes, any number read. Nothing in it says what a page shows.
"""

import os
import re
import threading
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Self

import numpy as np

from anpei.reading.likeness._chunks import BITS, Words, words_of
from anpei.reading.likeness._segment import Segment, write_segment
from anpei.reading.likeness._state import MANIFEST, PARTIAL, lock, read_state, write_state
from anpei.reading.likeness._tail import Tail
from anpei.reading.likeness.errors import HashUnfit, IndexInUse, SegmentDamaged
from anpei.reading.likeness.turning import ROTATIONS, turned_hash

TAIL_LIMIT = 4_096
"""From so many pages in the log on, ``add`` publishes by itself."""

_HASH = re.compile(r"[0-9a-f]{64}")
_OWN = re.compile(r"(segment|tail)-\d{8}\.(bin|log|part)")
_LONGEST_ID = 200
_ATTEMPTS = 3
_ALREADY = 4
"""A new segment takes in every older one that has less than this many times its rows, so that there are few."""


@dataclass(frozen=True, slots=True)
class Near:
    """A past page that is near: in how many of 256 bits it differs, and by which clockwise turn of the asked page it does so least."""

    page_id: str
    distance: int
    rotation: int = 0


class LikenessIndex:
    """Page id to picture hash, found by nearness. Safe for threads; one writer a folder.

    ``damaged`` holds the error of every file that was refused at opening. Raises IndexInUse (another writer), IndexDamaged (no
    readable manifest).
    """

    def __init__(self, folder: Path, *, writable: bool = True) -> None:
        self.folder = folder
        self._guard = threading.RLock()
        self._lock: int | None = None
        self._segments: dict[str, Segment] = {}
        self._refused: list[SegmentDamaged] = []
        self._entries: list[dict[str, Any]] = []
        self._number = -1
        if writable:
            folder.mkdir(parents=True, exist_ok=True)
            self._lock = lock(folder)
        try:
            if writable and not (folder / MANIFEST).exists():
                self._write_manifest(0, [])
            self._open()
            if writable:
                self._clear()
        except BaseException:
            self.close()
            raise

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        self.close()

    def __len__(self) -> int:
        """How many pages can be found."""
        with self._guard:
            return len(self._tail) + sum(len(segment.living) for segment in self._segments.values())

    @property
    def damaged(self) -> tuple[SegmentDamaged, ...]:
        """The files that were refused, each with its name; their pages are not found."""
        broken = (self._tail.damage,) if self._tail.damage is not None else ()
        return (*self._refused, *broken)

    def close(self) -> None:
        """Let go of the folder; what was added stays."""
        if self._lock is not None:
            os.close(self._lock)
            self._lock = None

    # --- asking --------------------------------------------------------------------------------------------------------

    def near(self, *, image_hash: str, within: int, turned: bool = False, limit: int | None = None) -> tuple[Near, ...]:
        """Every page within so many bits (0..256) of a hash (64 hex digits), nearest first, equal ones by id. Exact.

        ``turned``: also as if the page asked for were turned by 90, 180 or 270 degrees (near, not exact: see ``turning``); each
        page is told once, at its least distance. Raises HashUnfit.
        """
        checked = _checked(image_hash)
        if not 0 <= within <= BITS:
            raise HashUnfit(f"a distance of {within} bits cannot be asked for: hashes have {BITS}")
        best: dict[str, Near] = {}
        with self._guard:
            for rotation in ROTATIONS if turned else ROTATIONS[:1]:
                for page_id, distance in self._near(words_of(turned_hash(image_hash=checked, rotation=rotation)), within):
                    if page_id not in best or distance < best[page_id].distance:
                        best[page_id] = Near(page_id, distance, rotation)
        return tuple(sorted(best.values(), key=lambda near: (near.distance, near.page_id))[:limit])

    def _near(self, query: Words, within: int) -> Iterable[tuple[str, int]]:
        yield from self._tail.near(query, within)
        for segment in self._segments.values():
            yield from ((segment.page_id(row), distance) for row, distance in segment.near(query, within))

    def refresh(self) -> None:
        """Take in what another process wrote since; cheap when there is nothing."""
        with self._guard:
            if read_state(self.folder)["number"] != self._number:
                self._open()
            else:
                self._bury(self._tail.read_on())

    # --- changing ------------------------------------------------------------------------------------------------------

    def add(self, *, page_id: str, image_hash: str) -> None:
        """Add a page durably; one that is there takes the new hash. Raises HashUnfit (64 hex digits; an id of 1 to 200 bytes)."""
        words = words_of(_checked(image_hash))
        if not 0 < len(page_id.encode()) <= _LONGEST_ID:
            raise HashUnfit(f"a page id has 1 to {_LONGEST_ID} bytes, this one {len(page_id.encode())}")
        with self._guard:
            self._change(page_id, words)
            if len(self._tail) >= TAIL_LIMIT:
                self.publish()

    def remove(self, *, page_id: str) -> bool:
        """Remove a page durably; False when it was not there. Its bytes leave the disk when its segment is next written anew.

        Raises SegmentDamaged when it was not found but may stand in a segment that was refused.
        """
        with self._guard:
            if self._tail.find(page_id) is None and all(segment.find(page_id) is None for segment in self._segments.values()):
                if self._refused:
                    raise self._refused[0]
                return False
            self._change(page_id, None)
            return True

    def _change(self, page_id: str, words: Words | None) -> None:
        self._must_write()
        if self._tail.damage is not None:
            self.publish()
        known = self._tail.find(page_id)
        if words is not None and known is not None and bool((known == words).all()):
            return
        self._tail.append(page_id=page_id, words=words)
        self._bury([page_id])

    def add_all(self, pages: Sequence[tuple[str, str]]) -> None:
        """Add many pages (id, hash) at once as a segment of their own: what a rebuild from stored pages does. Raises HashUnfit."""
        hashes = np.array([words_of(_checked(image_hash)) for _, image_hash in pages], dtype=np.uint64).reshape(len(pages), -1)
        newest = {page_id: place for place, (page_id, _) in enumerate(pages)}
        with self._guard:
            self._must_write()
            self.publish()
            self._bury(newest)
            self._publish(list(newest), hashes[list(newest.values())])

    def publish(self, *, whole: bool = False) -> None:
        """Write the log into a segment and begin a new one; ``whole`` writes all segments into one, so that removed rows are gone
        from the disk."""
        with self._guard:
            self._must_write()
            if whole or self._tail.size or self._tail.damage is not None:
                self._publish(*self._tail.content(), whole=whole)

    def _publish(self, ids: list[str], hashes: Words, *, whole: bool = False) -> None:
        number = self._number + 1
        kept, count = list(self._segments.values()), len(ids)
        merged = []
        for segment in sorted(kept, key=lambda each: each.rows):
            crowded = len(segment.removed) * 2 > segment.rows
            if whole or crowded or (count and segment.rows < _ALREADY * count):
                merged.append(segment)
                count += segment.rows
        ids, hashes = _together(ids, hashes, merged)
        kept = [segment for segment in kept if segment not in merged]
        known = {entry["name"]: entry for entry in self._entries}
        entries = [known[segment.name] | {"removed": segment.removed} for segment in kept]
        entries += [entry for entry in self._entries if entry["name"] not in self._segments]
        if ids:
            name = f"segment-{number:08d}.bin"
            entries.append({"name": name, "sha256": write_segment(self.folder / name, ids=ids, hashes=hashes), "removed": []})
        if self._tail.damage is not None and self._tail.path.exists():
            self._tail.path.rename(self._tail.path.with_suffix(".damaged"))
        self._write_manifest(number, entries)
        self._open()
        self._clear()

    def _must_write(self) -> None:
        if self._lock is None:
            raise IndexInUse(f"the likeness index {self.folder.name} was opened for reading: open it for writing to change it")

    # --- files ---------------------------------------------------------------------------------------------------------

    def _write_manifest(self, number: int, segments: list[dict[str, Any]]) -> None:
        """Begin a new log and make a new state the current one."""
        write_state(self.folder, number=number, segments=segments)

    def _open(self) -> None:
        """Take in the state that the manifest names; what a writer took away meanwhile is looked for in its newer state."""
        manifest = read_state(self.folder)
        segments, refused = self._opened(manifest["segments"])
        for _ in range(_ATTEMPTS):
            newest = read_state(self.folder)
            if newest["number"] == manifest["number"]:
                break
            manifest = newest
            segments, refused = self._opened(manifest["segments"])
        self._segments, self._refused, self._entries = segments, refused, manifest["segments"]
        self._number = manifest["number"]
        self._tail = Tail(self.folder / manifest["tail"])
        self._bury(self._tail.read_on())

    def _opened(self, entries: list[dict[str, Any]]) -> tuple[dict[str, Segment], list[SegmentDamaged]]:
        """The segments that are what was written, and the errors of the others; those that are open already stay so."""
        segments, refused = {}, []
        for entry in entries:
            name = entry["name"]
            try:
                segment = self._segments.get(name) or Segment(self.folder / name, sha256=entry["sha256"])
            except SegmentDamaged as error:
                refused.append(error)
                continue
            segment.kill(entry["removed"])
            segments[name] = segment
        return segments, refused

    def _bury(self, page_ids: Iterable[str]) -> None:
        """Pages that the log removed or replaced are dead in the segments."""
        for page_id in page_ids:
            for segment in self._segments.values():
                row = segment.find(page_id)
                if row is not None:
                    segment.kill([row])

    def _clear(self) -> None:
        """Files of an older state, or of one that was never published."""
        named = {entry["name"] for entry in self._entries} | {self._tail.path.name}
        for path in self.folder.iterdir():
            if path.name not in named and (_OWN.fullmatch(path.name) or path.name == PARTIAL):
                path.unlink(missing_ok=True)


def _together(ids: list[str], hashes: Words, segments: Sequence[Segment]) -> tuple[list[str], Words]:
    """The living rows of segments behind some new ones."""
    parts = [hashes]
    for segment in segments:
        rows = segment.living
        ids = ids + [segment.page_id(int(row)) for row in rows]
        parts.append(segment.hashes[rows])
    return ids, np.concatenate(parts)


def _checked(image_hash: str) -> str:
    if not _HASH.fullmatch(image_hash):
        raise HashUnfit(f"a picture hash has 64 hex digits, this one {len(image_hash)} characters: take PageReading.image_hash")
    return image_hash
