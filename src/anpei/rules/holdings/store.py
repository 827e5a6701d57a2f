"""The kept rule rows of an installation: read, added to, given as columns."""

import fcntl
import os
import shutil
import tempfile
from collections.abc import Callable, Iterable, Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path
from typing import TypeVar

import pyarrow as pa

from anpei.kernel.errors import Conflict
from anpei.rules.compiled.build import RowColumns
from anpei.rules.holdings.adding import Adding, RowsContradict, remove_leftovers
from anpei.rules.holdings.coding import columns_of_batches
from anpei.rules.holdings.parts import HoldingsDamaged, Parts, read_manifest, storing
from anpei.rules.model import RuleRow
from anpei.rules.templates.template import Template

_WORKING = ".adding-"
_LOCK = ".lock"
Item = TypeVar("Item")


class HoldingsBusy(Conflict):
    """Another addition is under way."""

    code = "rules.holdings_busy"


class Holdings:
    """The rows under a folder, by their stable ids."""

    def __init__(self, folder: Path) -> None:
        self._folder = folder

    def __len__(self) -> int:
        return len(read_manifest(self._folder))

    def rows(self) -> Iterator[RuleRow]:
        """All rows, sorted by id, one after the other. Raises HoldingsDamaged that names the file."""
        return self._held(lambda parts: parts.rows())

    def batches(self) -> Iterator[pa.RecordBatch]:
        """All rows by columns (``SCHEMA``), sorted by id. Raises HoldingsDamaged that names the file."""
        return self._held(lambda parts: parts.batches())

    def columns(self, templates: Mapping[str, Template]) -> RowColumns:
        """All rows that are live or in shadow, as columns for compiling. Raises HoldingsDamaged, or NotCompiled that names the row."""
        return columns_of_batches(self._held(lambda parts: parts.coded_batches()), templates)

    def add(self, rows: Iterable[RuleRow] | Iterable[pa.RecordBatch], *, templates: Mapping[str, Template]) -> int:
        """Keep rows (or record batches of ``SCHEMA``), a newer statement of an id replacing the older; returns how many ids are new.

        Whole or not at all. Raises RowUnfit, RowsContradict (one id, two statements among the new rows), StorageFull, HoldingsBusy,
        HoldingsDamaged.
        """
        with self.adding(templates) as adding:
            for one in rows:
                adding.put((one,)) if isinstance(one, RuleRow) else adding.put_batch(one)
            merged = adding.merge()
            twice = merged.contradiction()
            if twice is not None:
                raise RowsContradict(
                    f"rule {twice.rule_id} stands twice with different content: {twice.first_source}, line {twice.first_line}, and "
                    f"{twice.source}, line {twice.line}; keep one of them",
                    data={"rule": twice.rule_id},
                )
            adding.keep(merged)
            return merged.new

    @contextmanager
    def adding(self, templates: Mapping[str, Template]) -> Iterator[Adding]:
        """One addition, step by step; one at a time. What is not kept when it ends is gone. Raises HoldingsBusy."""
        with storing():
            self._folder.mkdir(parents=True, exist_ok=True)
            lock = os.open(self._folder / _LOCK, os.O_RDWR | os.O_CREAT, 0o600)
        try:
            try:
                fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
            except BlockingIOError as error:
                raise HoldingsBusy("another import is under way in this home: wait for its end, then try again") from error
            kept = read_manifest(self._folder)
            for left in self._folder.glob(f"{_WORKING}*"):
                shutil.rmtree(left, ignore_errors=True)
            remove_leftovers(self._folder, kept)
            with storing():
                work = Path(tempfile.mkdtemp(prefix=_WORKING, dir=self._folder))
            try:
                yield Adding(self._folder, kept, work, templates)
            finally:
                shutil.rmtree(work, ignore_errors=True)
        finally:
            os.close(lock)

    def _held(self, read: Callable[[Parts], Iterator[Item]]) -> Iterator[Item]:
        """What is read of the files of one state; when another process swaps them before they are open, of the next state."""
        while True:
            parts = read_manifest(self._folder)
            found = read(parts)
            try:
                first = next(found)
            except StopIteration:
                return
            except HoldingsDamaged:
                if read_manifest(self._folder) == parts:
                    raise
                continue
            yield first
            yield from found
            return
