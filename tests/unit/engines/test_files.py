"""Blobs are whole or not there, also when the disk is full."""

import errno
import os
import subprocess
from collections.abc import Iterator
from pathlib import Path

import pytest

from anpei.engines.db import StorageFull
from anpei.engines.files import BlobMissing, FileStore


def stored(root: Path) -> list[str]:
    return sorted(path.name for path in root.rglob("*") if path.is_file())


def test_what_is_put_is_got(tmp_path: Path) -> None:
    store = FileStore(tmp_path / "new" / "pages")
    empty, data = store.put(b""), store.put(b"\x00\xffpage")
    assert (store.get(empty), store.get(data)) == (b"", b"\x00\xffpage")
    assert stored(store.root) == sorted([empty, data])


def test_what_is_deleted_is_gone(tmp_path: Path) -> None:
    store = FileStore(tmp_path)
    key = store.put(b"x")
    store.delete(key)
    store.delete(key)
    with pytest.raises(BlobMissing, match=f"the stored file {key} is missing: restore it from a backup") as caught:
        store.get(key)
    assert caught.value.data == {"key": key}


@pytest.mark.parametrize("key", ["", "../../etc/passwd", "/etc/passwd", "a" * 36, "0" * 35, "0" * 36 + "\n", "0" * 37, "０" * 36])
def test_a_key_is_never_a_path(tmp_path: Path, key: str) -> None:
    store = FileStore(tmp_path)
    for use in (store.get, store.delete):
        with pytest.raises(BlobMissing) as caught:
            use(key)
        if key != "a" * 36:
            assert "is no key of a stored file" in caught.value.message
        else:
            break


@pytest.mark.parametrize("code", [errno.ENOSPC, errno.EDQUOT])
@pytest.mark.parametrize("step", ["open", "fsync"])
def test_a_full_disk_leaves_nothing_behind(tmp_path: Path, monkeypatch: pytest.MonkeyPatch, code: int, step: str) -> None:
    store = FileStore(tmp_path)
    kept = store.put(b"kept")

    def full(*_args: object, **_more: object) -> None:
        raise OSError(code, os.strerror(code))

    monkeypatch.setattr(*((Path, "open", full) if step == "open" else (os, "fsync", full)))
    with pytest.raises(StorageFull, match="free space, then send the page again; nothing was stored"):
        store.put(b"new")
    monkeypatch.undo()
    assert stored(tmp_path) == [kept]
    assert store.get(kept) == b"kept"


def test_another_failure_is_not_called_a_full_disk(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    def broken(*_args: object) -> None:
        raise OSError(errno.EIO, "broken")

    monkeypatch.setattr(os, "fsync", broken)
    with pytest.raises(OSError, match="broken"):
        FileStore(tmp_path).put(b"new")
    assert stored(tmp_path) == []


@pytest.fixture
def small_disk(tmp_path: Path) -> Iterator[Path]:
    """A real file system of 256 KiB, where this machine lets us mount one."""
    mounted = subprocess.run(["mount", "-t", "tmpfs", "-o", "size=256k", "tmpfs", str(tmp_path)], capture_output=True, check=False)
    if mounted.returncode:
        pytest.skip("no file system can be mounted here (not root, or a container without the right)")
    yield tmp_path
    subprocess.run(["umount", str(tmp_path)], check=True)


def test_a_really_full_disk_leaves_nothing_behind(small_disk: Path) -> None:
    store = FileStore(small_disk)
    kept = store.put(b"k" * 100_000)
    with pytest.raises(StorageFull):
        store.put(b"n" * 300_000)
    assert stored(small_disk) == [kept]
    after = store.put(b"a" * 50_000)
    assert (len(store.get(kept)), len(store.get(after))) == (100_000, 50_000)
