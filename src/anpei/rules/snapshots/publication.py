"""Publishing snapshots: verify, then swap the document that says which are in use; readers follow it between two cases.

Layout of the root folder: one folder per snapshot (its id), and the file ``current`` (``standing.Standing``).
"""

import fcntl
import os
import tempfile
import threading
from collections import OrderedDict
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

from anpei.kernel.errors import AnpeiError, NotFound
from anpei.rules.damage import SnapshotDamaged
from anpei.rules.snapshots.compiling import sync_folder
from anpei.rules.snapshots.snapshot import MANIFEST, Snapshot, open_snapshot
from anpei.rules.snapshots.standing import POINTER, Canary, Standing, is_id

LOCK = ".standing-lock"
KEPT = 5
"""So many snapshots stay open: the live one, those on trial and beside, and the ones that cases in progress were judged by."""


def publish_snapshot(*, root: Path, snapshot_id: str) -> Snapshot:
    """Verify a snapshot and make it the current one, alone; a damaged one leaves the pointer as it is. Raises SnapshotDamaged, NotFound."""
    snapshot = verify_snapshot(root=root, snapshot_id=snapshot_id)
    write_standing(root, Standing(snapshot_id))
    return snapshot


def verify_snapshot(*, root: Path, snapshot_id: str, wholly: bool = True) -> Snapshot:
    """Open a snapshot anew; ``wholly`` reads every byte of it. Raises SnapshotDamaged, NotFound."""
    folder = root / snapshot_id
    if not is_id(snapshot_id) or not folder.is_dir():
        name = snapshot_id[:80]
        raise NotFound(f"there is no snapshot {name} here: compile it, or restore its folder", data={"snapshot": name})
    return _open_named(folder, wholly=wholly)


def write_standing(root: Path, standing: Standing) -> None:
    """Replace the document in one step: a reader sees the old one or the new one, whole."""
    root.mkdir(parents=True, exist_ok=True)
    handle, name = tempfile.mkstemp(prefix=".current-", dir=root)
    try:
        with os.fdopen(handle, "wb") as file:
            file.write(standing.to_bytes())
            file.flush()
            os.fsync(file.fileno())
        Path(name).chmod(0o644)
        Path(name).replace(root / POINTER)
    finally:
        Path(name).unlink(missing_ok=True)
    sync_folder(root)


def settle_standing(root: Path, *, wanted: Callable[[Standing | None], Standing | None]) -> bool:
    """Write what ``wanted`` says when the document says anything else; returns whether it was written.

    ``wanted`` is asked under a lock that writers of all processes share, with what the document says (None: nothing, or not whole), and
    answers what is true now; so the last writer writes the newest truth. None leaves the document as it is.
    """
    root.mkdir(parents=True, exist_ok=True)
    with (root / LOCK).open("ab") as handle:
        fcntl.flock(handle, fcntl.LOCK_EX)
        try:
            held = read_standing(root)
        except (NotFound, SnapshotDamaged):
            held = None
        standing = wanted(held)
        if standing is None or standing == held:
            return False
        write_standing(root, standing)
        return True


def read_standing(root: Path) -> Standing:
    """What is in use. Raises NotFound when nothing was published, SnapshotDamaged when the document is not whole."""
    return Standing.from_bytes(_read(root))


def current_id(root: Path) -> str:
    """The id of the live snapshot. Raises NotFound when nothing was published, SnapshotDamaged when the document is not whole."""
    return read_standing(root).live_id


def open_current(root: Path) -> Snapshot:
    """The live snapshot, verified. Raises NotFound or SnapshotDamaged."""
    return _open_named(root / current_id(root))


@dataclass(frozen=True, slots=True)
class Chosen:
    """The snapshot that judges a case.

    ``canary``: the case fell into the share on trial. ``problem``: then the code why the live snapshot is used all the same.
    """

    snapshot: Snapshot
    canary: Canary | None = None
    problem: str | None = None


class CurrentSnapshot:
    """The snapshots in use of a root folder for a long-lived process: follows the document, keeps the old one if the new is damaged.

    ``problem`` says why the live snapshot of the document is not in use, None when it is. Threads may share it.
    """

    def __init__(self, root: Path, *, keep: int = KEPT) -> None:
        self.root = root
        self.problem: str | None = None
        self._keep = keep
        self._lock = threading.RLock()
        self._text: bytes | None = None
        self._standing: Standing | None = None
        self._opened: OrderedDict[str, Snapshot] = OrderedDict()
        self._live: Snapshot | None = None
        self._refused: str | None = None
        self._canary_refused: dict[str, str] = {}

    @property
    def standing(self) -> Standing | None:
        """The document as a case last found it; None before the first one."""
        return self._standing

    def get(self) -> Snapshot:
        """The live snapshot to use now. Raises NotFound or SnapshotDamaged only when there has never been a sound one."""
        with self._lock:
            try:
                wanted = self._follow().live_id
                if self._live is not None and wanted == self._refused:
                    return self._live
                self._live, self._refused, self.problem = self.open(wanted), None, None
            except (SnapshotDamaged, NotFound) as error:
                if self._live is None:
                    raise
                self.problem = error.message
                self._refused = error.data.get("snapshot") if isinstance(error, SnapshotDamaged) else None
            return self._live

    def choose(self, case_id: str, /) -> Chosen:
        """The snapshot that judges a case: the one on trial for its share, else the live one. Raises as ``get``.

        A snapshot on trial that cannot be opened never stops a case: the live one judges it, and ``problem`` says why.
        """
        with self._lock:
            live = self.get()
            canary = None if self._standing is None else self._standing.canary
            if self.problem is not None or canary is None or self._standing is None:
                return Chosen(live)
            if self._standing.snapshot_for(case_id) != canary.snapshot_id:
                return Chosen(live)
            problem = self._canary_refused.get(canary.snapshot_id)
            if problem is None:
                try:
                    return Chosen(self.open(canary.snapshot_id), canary)
                except (SnapshotDamaged, NotFound) as error:
                    problem = error.code
                    self._canary_refused = {canary.snapshot_id: problem}
            return Chosen(live, canary, problem)

    def open(self, snapshot_id: str) -> Snapshot:
        """A snapshot by its id, whatever is in use now; a few stay open. Raises NotFound or SnapshotDamaged."""
        with self._lock:
            found = self._opened.get(snapshot_id)
            if found is None:
                found = self._opened[snapshot_id] = verify_snapshot(root=self.root, snapshot_id=snapshot_id, wholly=False)
            self._opened.move_to_end(snapshot_id)
            while len(self._opened) > self._keep:
                self._opened.popitem(last=False)
            return found

    def _follow(self) -> Standing:
        """The document as it is now; read anew only when its bytes changed."""
        text = _read(self.root)
        if self._standing is None or text != self._text:
            self._standing = Standing.from_bytes(text)
            self._text, self._canary_refused = text, {}
        return self._standing


def problem_of(error: Exception) -> str:
    """An error in one word: its code, or its type. Never its text."""
    return error.code if isinstance(error, AnpeiError) else type(error).__name__


def _read(root: Path) -> bytes:
    try:
        return (root / POINTER).read_bytes()
    except FileNotFoundError as error:
        raise NotFound("no snapshot has been published yet: compile one and publish it") from error
    except OSError as error:
        raise SnapshotDamaged(
            f"the pointer to the current snapshot cannot be read ({type(error).__name__})", data={"file": POINTER}
        ) from error


def _open_named(folder: Path, *, wholly: bool = False) -> Snapshot:
    snapshot = open_snapshot(folder, wholly=wholly)
    if snapshot.id != folder.name:
        message = f"the folder {folder.name} holds the snapshot {snapshot.id}: put the folders back under their own names"
        raise SnapshotDamaged(message, data={"snapshot": folder.name, "file": MANIFEST})
    return snapshot
