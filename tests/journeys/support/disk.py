"""A disk on which nothing more fits."""

import errno
import os
import shutil
import subprocess
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest


@contextmanager
def full_disk(folder: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    """A disk for this folder on which nothing more fits: a real one of 64 KB where it can be mounted, else the system's answer."""
    folder.mkdir(parents=True, exist_ok=True)
    mount = shutil.which("mount")
    real = os.geteuid() == 0 and mount is not None
    if real and subprocess.run([str(mount), "-t", "tmpfs", "-o", "size=64k", "tmpfs", folder], check=False).returncode == 0:
        ballast = folder / "ballast"
        try:
            with pytest.raises(OSError, match="No space left"), ballast.open("wb", buffering=0) as handle:
                while handle.write(b"\0" * 4096):
                    pass
            yield
        finally:
            subprocess.run(["umount", folder], check=True)
        return
    with monkeypatch.context() as patched:

        def fsync(_handle: int) -> None:
            raise OSError(errno.ENOSPC, "No space left on device")

        patched.setattr(os, "fsync", fsync)
        yield
