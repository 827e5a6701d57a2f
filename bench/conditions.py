"""The machine a figure was taken on, and what else it was doing: no figure without this."""

import os
import platform
import re
import sqlite3
import time
from functools import lru_cache
from importlib.metadata import PackageNotFoundError, version
from pathlib import Path
from typing import Any

from bench import processes

PACKAGES = ("onnxruntime", "rapidocr", "sqlalchemy")


@lru_cache(maxsize=1)
def machine() -> dict[str, Any]:
    """Cores, processor, memory, system, and the versions that decide how fast reading and storing are."""
    found = {
        "cores": len(os.sched_getaffinity(0)), "cpu": _cpu_model(), "memory_mb": _memory_mb(), "system": _system(),
        "python": platform.python_version(), "sqlite": sqlite3.sqlite_version,
    }  # fmt: skip
    return found | {name: _version(name) for name in PACKAGES}


def load() -> list[float]:
    """The load averages of one, five and fifteen minutes."""
    return [round(value, 2) for value in os.getloadavg()]


class Surroundings:
    """What surrounds a measurement: the load when it began, and from then on how many cores other processes kept busy."""

    def __init__(self) -> None:
        self._load = load()
        self._machine, self._own, self._at = processes.machine_cpu_seconds(), processes.cpu_seconds(os.getpid()), time.monotonic()

    def told(self) -> dict[str, Any]:
        """The conditions of a figure that was measured since this began."""
        wall = max(time.monotonic() - self._at, 0.001)
        own = processes.cpu_seconds(os.getpid()) - self._own
        others = max(processes.machine_cpu_seconds() - self._machine - own, 0.0)
        return {**machine(), "load_at_start": self._load, "cores_busy_elsewhere": round(others / wall, 2)}


def _version(name: str) -> str:
    try:
        return version(name)
    except PackageNotFoundError:
        return "absent"


def _cpu_model() -> str:
    text = _text("/proc/cpuinfo")
    found = re.search(r"^(?:model name|Model|Hardware)\s*:\s*(.+)$", text, re.MULTILINE)
    return found.group(1).strip() if found else platform.machine()


def _memory_mb() -> int:
    found = re.search(r"^MemTotal:\s*(\d+) kB", _text("/proc/meminfo"), re.MULTILINE)
    return int(found.group(1)) // 1024 if found else 0


def _system() -> str:
    found = re.search(r'^PRETTY_NAME="(.+)"$', _text("/etc/os-release"), re.MULTILINE)
    return found.group(1) if found else platform.system()


def _text(path: str) -> str:
    try:
        return Path(path).read_text(encoding="utf-8", errors="replace")
    except OSError:
        return ""
