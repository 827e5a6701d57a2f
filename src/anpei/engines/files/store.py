"""A folder of blobs: write to a temporary name, fsync, rename. A crash leaves the old state, a full disk a clear error."""

import errno
import os
import re
from pathlib import Path

from anpei.engines.db import StorageFull
from anpei.kernel import ids
from anpei.kernel.errors import AnpeiError

_KEY = re.compile(r"[0-9a-f-]{36}")


class BlobMissing(AnpeiError):
    """A stored blob is not on disk any more: the folder was changed by hand, or it never was committed."""

    code = "files.missing"


class FileStore:
    """Blobs under ``root``, addressed by an opaque key."""

    def __init__(self, root: Path) -> None:
        self.root = root

    def put(self, data: bytes) -> str:
        """Store the bytes durably and return their key. Raises StorageFull; then nothing is left behind."""
        key = ids.new_id()
        target = self._path(key)
        partial = target.with_suffix(".part")
        try:
            target.parent.mkdir(parents=True, exist_ok=True)
            with partial.open("wb") as handle:
                handle.write(data)
                handle.flush()
                os.fsync(handle.fileno())
            partial.replace(target)
            for folder in (target.parent, self.root):
                _flush(folder)
        except OSError as error:
            partial.unlink(missing_ok=True)
            if error.errno in (errno.ENOSPC, errno.EDQUOT):
                raise StorageFull("the disk for page files is full: free space, then send the page again; nothing was stored") from error
            raise
        return key

    def get(self, key: str) -> bytes:
        """The bytes under a key. Raises BlobMissing."""
        try:
            return self._path(key).read_bytes()
        except FileNotFoundError as error:
            raise BlobMissing(f"the stored file {key} is missing: restore it from a backup", data={"key": key}) from error

    def delete(self, key: str) -> None:
        """Remove a blob; a missing one is no error."""
        self._path(key).unlink(missing_ok=True)

    def _path(self, key: str) -> Path:
        if not _KEY.fullmatch(key):
            raise BlobMissing(f"{key!r} is no key of a stored file")
        return self.root / key[-2:] / key


def _flush(folder: Path) -> None:
    """Make a folder's entries durable: a rename survives a loss of power only after this."""
    handle = os.open(folder, os.O_RDONLY)
    try:
        os.fsync(handle)
    finally:
        os.close(handle)
