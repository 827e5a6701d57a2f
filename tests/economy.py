"""What tests share so that the suite stays cheap: what is the same in every test of a process is read or made once in it.

Shared are the checked files of the shipped rulebook, which no test changes, and homes that are copied. Nothing of an overlay is
shared; what reads one does its work in full.
"""

import os
import shutil
import tempfile
from pathlib import Path
from typing import Any

from anpei.engines.knowledge import files, shipped_rulebook

MEMORY = Path("/dev/shm")
ROOM = 4 << 30
TEMPORARY = "PYTEST_DEBUG_TEMPROOT"
_folders: list[Path] = []
_load = files.load
_SHIPPED = shipped_rulebook().folders[0]
_read: dict[tuple[Path, type[Any]], tuple[tuple[int, int], Any]] = {}


def share() -> None:
    """Share in this process from now on."""
    files.load = _load_once


def folder() -> Path:
    """A folder for what this process makes once and copies; ``tidy`` removes it."""
    _folders.append(Path(tempfile.mkdtemp(prefix="anpei-shared-", dir=os.environ.get(TEMPORARY))))
    return _folders[-1]


def tidy() -> None:
    """Remove what ``folder`` made."""
    while _folders:
        shutil.rmtree(_folders.pop(), ignore_errors=True)


def keep_folders_in_memory() -> None:
    """Let pytest make its folders in memory where there is room: a thousand small databases wait for no disk."""
    if MEMORY.is_dir() and os.access(MEMORY, os.W_OK) and shutil.disk_usage(MEMORY).free >= ROOM:
        os.environ.setdefault(TEMPORARY, str(MEMORY))


def _load_once(path: Path, schema: type[Any]) -> Any:
    """As ``files.load``; a shipped file that is as it was is not read again."""
    if _SHIPPED not in path.parents:
        return _load(path, schema)
    stat = path.stat()
    now = stat.st_mtime_ns, stat.st_size
    kept = _read.get((path, schema))
    if kept is None or kept[0] != now:
        kept = _read[path, schema] = now, _load(path, schema)
    return kept[1]
