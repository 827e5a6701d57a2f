"""The same entries (region, item, period -> word) in our compiled catalogue, LMDB and SQLite, and look-ups by region, item and day."""

import sqlite3
import struct
import tempfile
import time
from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import Any, Protocol

import numpy as np

from anpei.rules.catalogue import kernels
from anpei.rules.catalogue.codes import encoded
from anpei.rules.catalogue.compiling import compile_catalogue
from anpei.rules.catalogue.model import WORD_BITS, WORD_MASK
from anpei.rules.catalogue.opening import open_catalogue
from anpei.rules.columns import ColumnWriter, open_columns
from bench.catalogue import PRESENT, Drawn

Question = tuple[int, int, int]
REGIONS = 450
_KEY, _VALUE = struct.Struct(">HIH"), struct.Struct("<HQ")
_LATEST = 0xFFFF


class Store(Protocol):
    """Where entries lie; days count from 1970, an answer is the word that holds on the day."""

    name: str
    how: str
    size: int
    build_cpu: float

    def single(self, region: int, item: int, day: int) -> int | None:
        """One answer."""

    def batch(self, questions: Sequence[Question]) -> list[int | None]:
        """Many answers."""


class Stores:
    """All stores over the same drawn entries, in a folder for the while."""

    def __init__(self, entries: int, lmdb: Any) -> None:
        self._drawn = Drawn(REGIONS, max(10, round(entries / REGIONS / PRESENT)), 1)
        self._lmdb = lmdb
        self.entries = 0
        self.all: list[Store] = []

    def __enter__(self) -> "Stores":
        self._folder = tempfile.TemporaryDirectory()
        folder = Path(self._folder.name)
        ours = Compiled(folder, self._drawn)
        self.entries = ours.entries
        self.all = [ours, Sqlite(folder / "entries.sqlite", self._drawn)]
        if self._lmdb is not None:
            self.all.append(Lmdb(folder / "entries.lmdb", self._drawn, self._lmdb))
        return self

    def __exit__(self, *_: object) -> None:
        self._folder.cleanup()

    def questions(self, count: int) -> list[Question]:
        """Pairs of region and item, those known by heart among them, on days near the edges of periods."""
        chance = np.random.default_rng(5)
        pairs = list(self._drawn.known)
        chosen = chance.integers(0, len(pairs), count).tolist()
        days = chance.integers(17_200, 20_700, count).tolist()
        return [(*pairs[place], day) for place, day in zip(chosen, days, strict=True)]

    def right(self, question: Question) -> int | None:
        """The answer from the drawn entries themselves."""
        return self._drawn.answer(*question)


class Compiled:
    """Our mapped columns."""

    name, how = "ours", "mapped columns; single: the compiled function called from Python; batch: arrays in, arrays out, then a list"

    def __init__(self, folder: Path, drawn: Drawn) -> None:
        place = folder / "catalogue"
        place.mkdir()
        regions = encoded([f"{110_000 + number}" for number in range(drawn.regions)])
        begun = time.process_time() - drawn.cpu_seconds
        with ColumnWriter(place) as writer:
            extent = compile_catalogue(
                writer, regions=regions, items=encoded(drawn.item_codes()), chunks=drawn.chunks(), details=drawn.details()
            )
            written = writer.close()
        self.build_cpu = time.process_time() - drawn.cpu_seconds - begun
        self.entries, self.size = extent.entries, sum(file.stat().st_size for file in place.iterdir())
        self._catalogue = open_catalogue(open_columns(place, written))
        self.single(1, 1, 20_000)

    def single(self, region: int, item: int, day: int) -> int | None:
        """One answer."""
        slot = int(kernels.slot_on(self._catalogue.mapped, region, item, day))
        return slot & WORD_MASK if slot >> WORD_BITS else None

    def batch(self, questions: Sequence[Question]) -> list[int | None]:
        """Many answers."""
        region, item, day = np.array(questions, dtype=np.int64).T.copy()
        found = np.zeros(len(questions), dtype=np.uint64)
        kernels.slots_on(self._catalogue.mapped, region, item, day, found)
        return [slot & WORD_MASK if slot >> WORD_BITS else None for slot in found.tolist()]


class Sqlite:
    """A table WITHOUT ROWID, its key region, item and first day."""

    name, how = "sqlite", "WITHOUT ROWID; single: a prepared statement; batch: the questions in a table, one statement over it"
    _ASK = "SELECT word, until FROM entries WHERE region = ? AND item = ? AND since <= ? ORDER BY since DESC LIMIT 1"

    def __init__(self, path: Path, drawn: Drawn) -> None:
        self._base = sqlite3.connect(path, isolation_level=None)
        self._base.executescript(
            "PRAGMA journal_mode = OFF; PRAGMA synchronous = OFF; PRAGMA cache_size = -200000; PRAGMA mmap_size = 4000000000;"
        )
        self._base.execute(
            "CREATE TABLE entries (region INT, item INT, since INT, until INT, word INT, PRIMARY KEY (region, item, since)) WITHOUT ROWID"
        )
        begun = time.process_time() - drawn.cpu_seconds
        self._base.execute("BEGIN")
        self._base.executemany("INSERT INTO entries VALUES (?, ?, ?, ?, ?)", _entries(drawn))
        self._base.execute("COMMIT")
        self.build_cpu = time.process_time() - drawn.cpu_seconds - begun
        self.size = path.stat().st_size

    def single(self, region: int, item: int, day: int) -> int | None:
        """One answer."""
        found = self._base.execute(self._ASK, (region, item, day)).fetchone()
        return found[0] if found and day < found[1] else None

    def batch(self, questions: Sequence[Question]) -> list[int | None]:
        """Many answers."""
        base = self._base
        base.execute("CREATE TEMP TABLE IF NOT EXISTS asked (place INTEGER PRIMARY KEY, region INT, item INT, day INT)")
        base.execute("DELETE FROM asked")
        base.execute("BEGIN")
        base.executemany("INSERT INTO asked (region, item, day) VALUES (?, ?, ?)", questions)
        found = base.execute(
            "SELECT (SELECT CASE WHEN asked.day < until THEN word END FROM entries WHERE region = asked.region AND item = asked.item "
            "AND since <= asked.day ORDER BY since DESC LIMIT 1) FROM asked ORDER BY place"
        ).fetchall()
        base.execute("COMMIT")
        return [word for (word,) in found]


class Lmdb:
    """A B+ tree; keys so that the newest period of an item stands first."""

    name, how = "lmdb", "single: a cursor in an open transaction, set_range; batch: the same in a loop"

    def __init__(self, path: Path, drawn: Drawn, lmdb: Any) -> None:
        begun = time.process_time() - drawn.cpu_seconds
        self._base = lmdb.open(str(path), map_size=1 << 36, sync=False, writemap=True)
        with self._base.begin(write=True) as write, write.cursor() as cursor:
            for chunk in _by_region(drawn):
                pairs = sorted(
                    (_KEY.pack(region, item, _LATEST - since), _VALUE.pack(until, word)) for region, item, since, until, word in chunk
                )
                cursor.putmulti(pairs, append=True)
        self.build_cpu = time.process_time() - drawn.cpu_seconds - begun
        self.size = (self._base.info()["last_pgno"] + 1) * self._base.stat()["psize"]
        self._cursor = self._base.begin().cursor()

    def single(self, region: int, item: int, day: int) -> int | None:
        """One answer."""
        wanted = _KEY.pack(region, item, _LATEST - day)
        if not self._cursor.set_range(wanted):
            return None
        key, value = self._cursor.item()
        until, word = _VALUE.unpack(value)
        return word if key[:6] == wanted[:6] and day < until else None

    def batch(self, questions: Sequence[Question]) -> list[int | None]:
        """Many answers."""
        return [self.single(*question) for question in questions]


def _by_region(drawn: Drawn) -> Iterator[Iterator[tuple[int, ...]]]:
    for chunk in drawn.chunks():
        columns = (chunk.region, chunk.item, chunk.first, np.minimum(chunk.end, _LATEST), chunk.word)
        yield zip(*(column.tolist() for column in columns), strict=True)


def _entries(drawn: Drawn) -> Iterator[tuple[int, ...]]:
    return (entry for chunk in _by_region(drawn) for entry in chunk)
