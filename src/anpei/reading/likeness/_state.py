"""The state of an index: which files belong to it, sealed by a digest, replaced by an atomic rename; and the lock of its one writer."""

import fcntl
import json
import os
from pathlib import Path
from typing import Any

from anpei.kernel.canonical import digest
from anpei.reading.likeness.errors import IndexDamaged, IndexInUse

SCHEMA = 1
MANIFEST = "manifest.json"
PARTIAL = f"{MANIFEST}.part"


def write_state(folder: Path, *, number: int, segments: list[dict[str, Any]]) -> None:
    """Begin a new log and make a new state the current one, durably."""
    tail = f"tail-{number:08d}.log"
    _write(folder / tail, b"")
    body = {"schema": SCHEMA, "number": number, "segments": segments, "tail": tail}
    partial = folder / PARTIAL
    _write(partial, json.dumps(body | {"digest": digest(body)}).encode())
    _flush(folder)
    partial.replace(folder / MANIFEST)
    _flush(folder)


def read_state(folder: Path) -> dict[str, Any]:
    """The current state: number, segments, tail. Raises IndexDamaged."""
    try:
        data: dict[str, Any] = json.loads((folder / MANIFEST).read_bytes())
        body = {name: value for name, value in data.items() if name != "digest"}
        if data["digest"] == digest(body) and data["schema"] == SCHEMA:
            return body
        what = "is not what was written"
    except (OSError, ValueError, KeyError, TypeError, AttributeError) as error:
        what = f"cannot be read ({type(error).__name__})"
    message = f"the likeness index {folder.name}: {MANIFEST} {what}; restore the folder from a backup or build it again from the pages"
    raise IndexDamaged(message, data={"index": folder.name, "file": MANIFEST})


def lock(folder: Path) -> int:
    """The handle that holds the folder for writing; closing it lets go. Raises IndexInUse."""
    handle = os.open(folder / "lock", os.O_RDWR | os.O_CREAT, 0o600)
    try:
        fcntl.flock(handle, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except OSError as error:
        os.close(handle)
        message = f"the likeness index {folder.name} is written to by another process: open it for reading, or end that process"
        raise IndexInUse(message, data={"index": folder.name}) from error
    return handle


def _write(path: Path, data: bytes) -> None:
    with path.open("wb") as file:
        file.write(data)
        file.flush()
        os.fsync(file.fileno())


def _flush(folder: Path) -> None:
    """Make a folder's entries durable: a rename survives a loss of power only after this."""
    handle = os.open(folder, os.O_RDONLY)
    try:
        os.fsync(handle)
    finally:
        os.close(handle)
