"""Publishing snapshots: verify, then swap the pointer that names the current one.

Layout of the root folder: one folder per snapshot (its id), and the text file ``current`` that holds the id in use.
"""

import os
import tempfile
from pathlib import Path

from anpei.kernel.errors import NotFound
from anpei.rules.damage import SnapshotDamaged
from anpei.rules.snapshots.compiling import sync_folder
from anpei.rules.snapshots.snapshot import MANIFEST, Snapshot, open_snapshot

POINTER = "current"


def publish_snapshot(*, root: Path, snapshot_id: str) -> Snapshot:
    """Verify a snapshot and make it the current one; a damaged one leaves the pointer as it is. Raises SnapshotDamaged or NotFound."""
    folder = root / snapshot_id
    if not _is_id(snapshot_id) or not folder.is_dir():
        raise NotFound(f"there is no snapshot {snapshot_id[:80]} to publish: compile it first", data={"snapshot": snapshot_id[:80]})
    snapshot = _open_named(folder)
    handle, name = tempfile.mkstemp(prefix=".current-", dir=root)
    try:
        with os.fdopen(handle, "wb") as file:
            file.write(snapshot_id.encode() + b"\n")
            file.flush()
            os.fsync(file.fileno())
        Path(name).chmod(0o644)
        Path(name).replace(root / POINTER)
    finally:
        Path(name).unlink(missing_ok=True)
    sync_folder(root)
    return snapshot


def current_id(root: Path) -> str:
    """The id the pointer names. Raises NotFound when nothing was published, SnapshotDamaged when the pointer holds no id."""
    try:
        text = (root / POINTER).read_text(encoding="ascii", errors="replace").strip()
    except FileNotFoundError as error:
        raise NotFound("no snapshot has been published yet: compile one and publish it") from error
    if not _is_id(text):
        raise SnapshotDamaged("the pointer to the current snapshot holds no id: publish a snapshot again", data={"file": POINTER})
    return text


def open_current(root: Path) -> Snapshot:
    """The current snapshot, verified. Raises NotFound or SnapshotDamaged."""
    return _open_named(root / current_id(root))


class CurrentSnapshot:
    """The current snapshot of a root folder for a long-lived process: follows the pointer, keeps the old one if the new is damaged.

    ``problem`` says why the pointer's snapshot is not in use, None when it is.
    """

    def __init__(self, root: Path) -> None:
        self._root = root
        self._held: Snapshot | None = None
        self._refused: str | None = None
        self.problem: str | None = None

    def get(self) -> Snapshot:
        """The snapshot to use now. Raises NotFound or SnapshotDamaged only when there has never been a sound one."""
        try:
            wanted = current_id(self._root)
            if self._held is not None and wanted in (self._held.id, self._refused):
                self.problem = self.problem if wanted == self._refused else None
                return self._held
            self._held, self._refused, self.problem = _open_named(self._root / wanted), None, None
        except (SnapshotDamaged, NotFound) as error:
            if self._held is None:
                raise
            self.problem = error.message
            self._refused = error.data.get("snapshot") if isinstance(error, SnapshotDamaged) else None
        return self._held


def _open_named(folder: Path) -> Snapshot:
    snapshot = open_snapshot(folder)
    if snapshot.id != folder.name:
        message = f"the folder {folder.name} holds the snapshot {snapshot.id}: put the folders back under their own names"
        raise SnapshotDamaged(message, data={"snapshot": folder.name, "file": MANIFEST})
    return snapshot


def _is_id(text: str) -> bool:
    return len(text) == 64 and all(character in "0123456789abcdef" for character in text)
