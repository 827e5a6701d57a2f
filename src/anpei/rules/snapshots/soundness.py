"""Whether the columns of a snapshot are what its manifest says: sizes and headers at each opening, the whole content once a machine.

After a whole reading the size, times and inode of every file are kept beside them in ``verified.json``, which is no part of the snapshot.
Small snapshots are read whole every time.
"""

import contextlib
import json
import os
import tempfile
from collections.abc import Mapping
from pathlib import Path
from typing import Any

from anpei.kernel.canonical import canonical
from anpei.rules.columns import Entries, stamp_of, verify_columns
from anpei.rules.damage import damaged

STAMP = "verified.json"
SMALL = 32 * 1024 * 1024
"""Bytes of columns up to which they are read whole at each opening."""


def check_columns(folder: Path, manifest: Mapping[str, Any], *, wholly: bool) -> None:
    """Compare the columns with the manifest. Raises SnapshotDamaged that names the file."""
    try:
        entries: Entries = manifest["columns"]
        stamp = {"snapshot": manifest["id"], "files": stamp_of(folder, entries)}
        small = sum(size for size, *_ in stamp["files"].values()) <= SMALL
    except (KeyError, TypeError, AttributeError) as error:
        raise damaged(folder, "manifest.json", "does not name the columns") from error
    if not wholly and not small and _kept(folder) == stamp:
        return
    verify_columns(folder, entries)
    if not small:
        _keep(folder, stamp)


def _kept(folder: Path) -> Any:
    try:
        return json.loads((folder / STAMP).read_bytes())
    except (OSError, ValueError):
        return None


def _keep(folder: Path, stamp: Mapping[str, Any]) -> None:
    """Where the folder cannot be written to, everything is read again next time."""
    with contextlib.suppress(OSError):
        handle, name = tempfile.mkstemp(prefix=".verified-", dir=folder)
        try:
            with os.fdopen(handle, "wb") as file:
                file.write(canonical(stamp))
            Path(name).replace(folder / STAMP)
        finally:
            Path(name).unlink(missing_ok=True)
