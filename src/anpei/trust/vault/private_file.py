"""Files that only their owner may read: created whole or not at all, never over an existing one, refused when others may look."""

import errno
import os
import secrets
import stat
from pathlib import Path

from anpei.engines.db import StorageFull
from anpei.kernel.errors import AnpeiError, Conflict

OWNER_ONLY = 0o600
_NO_LINKS = (errno.EPERM, errno.ENOTSUP, errno.EOPNOTSUPP, errno.ENOSYS, errno.EMLINK)


class PrivateFileMissing(AnpeiError):
    """A key file is not there."""

    code = "trust.key_file_missing"


class PrivateFileUnsafe(AnpeiError):
    """A key file may be read by others than its owner."""

    code = "trust.key_file_unsafe"


class PrivateFileExists(Conflict):
    """A key file is there already; it is never written over."""

    code = "trust.key_file_exists"


def read_private(path: Path) -> bytes:
    """The content of a file of mode 0600 (or 0400). Raises PrivateFileMissing, PrivateFileUnsafe."""
    try:
        handle = os.open(path, os.O_RDONLY | os.O_CLOEXEC)
    except FileNotFoundError as error:
        raise PrivateFileMissing(
            f"the key file {path} is missing: restore it from the backup, or create one", data={"file": str(path)}
        ) from error
    except PermissionError as error:
        raise PrivateFileUnsafe(f"the key file {path} belongs to somebody else: give it to the user that runs the platform") from error
    with os.fdopen(handle, "rb") as file:
        status = os.fstat(file.fileno())
        if not stat.S_ISREG(status.st_mode) or status.st_mode & 0o077:
            mode = f"{stat.S_IMODE(status.st_mode):04o}"
            raise PrivateFileUnsafe(
                f"the key file {path} has mode {mode}, run `chmod 600 {path}`, and change the keys if others had access",
                data={"file": str(path), "mode": mode},
            )
        return file.read()


def create_private(path: Path, data: bytes) -> None:
    """Create the file with mode 0600, durably, whole or not at all. Raises PrivateFileExists (nothing is changed), StorageFull."""
    partial = _partial(path, data)
    try:
        os.link(partial, path)
    except FileExistsError as error:
        raise PrivateFileExists(
            f"the key file {path} exists and is kept: use it, or choose another place", data={"file": str(path)}
        ) from error
    except OSError as error:
        if error.errno not in _NO_LINKS:
            raise
        _create_without_links(path, data)
    finally:
        partial.unlink(missing_ok=True)
    _sync_folder(path.parent)


def replace_private(path: Path, data: bytes) -> None:
    """Put new content in the place of the file in one step, mode 0600. Raises StorageFull; then the old content stands."""
    partial = _partial(path, data)
    try:
        partial.replace(path)
    except OSError:
        partial.unlink(missing_ok=True)
        raise
    _sync_folder(path.parent)


def _partial(path: Path, data: bytes) -> Path:
    """A synced neighbour file with the content."""
    path.parent.mkdir(parents=True, exist_ok=True, mode=0o700)
    partial = path.with_name(f".{path.name}.{secrets.token_hex(6)}.part")
    try:
        _write_new(partial, data)
    except OSError as error:
        partial.unlink(missing_ok=True)
        if error.errno in (errno.ENOSPC, errno.EDQUOT):
            raise StorageFull(f"the disk of {path.parent} is full: free space, then try again; nothing was stored") from error
        raise
    return partial


def _create_without_links(path: Path, data: bytes) -> None:
    """For file systems without hard links: exclusive, but a crash may leave a part, which then does not load."""
    try:
        _write_new(path, data)
    except FileExistsError as error:
        raise PrivateFileExists(
            f"the key file {path} exists and is kept: use it, or choose another place", data={"file": str(path)}
        ) from error


def _write_new(path: Path, data: bytes) -> None:
    handle = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL | os.O_CLOEXEC, OWNER_ONLY)
    with os.fdopen(handle, "wb") as file:
        os.fchmod(file.fileno(), OWNER_ONLY)
        file.write(data)
        file.flush()
        os.fsync(file.fileno())


def _sync_folder(folder: Path) -> None:
    handle = os.open(folder, os.O_RDONLY | os.O_DIRECTORY)
    try:
        os.fsync(handle)
    finally:
        os.close(handle)
