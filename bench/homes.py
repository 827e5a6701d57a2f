"""Temporary homes of the platform for measuring, and the ``anpei`` command run in them."""

import json
import os
import sys
import tempfile
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path
from typing import Any

from anpei.assembly import Platform, Settings, build
from anpei.engines.knowledge import Rulebook, shipped_rulebook
from bench import processes
from bench.processes import Ran

ANPEI = Path(sys.executable).parent / "anpei"
READING_PROCESSES = 2


@contextmanager
def temporary_folder() -> Iterator[Path]:
    """A folder that is gone afterwards."""
    with tempfile.TemporaryDirectory(prefix="anpei-bench-") as name:
        yield Path(name)


def anpei(home: Path, *arguments: str, limit: float, watch_memory: bool = False) -> Ran:
    """Run the command in a home on SQLite, with two reading processes and nothing of the caller's ANPEI_ environment."""
    environment = {name: value for name, value in os.environ.items() if not name.startswith("ANPEI_")}
    environment |= {"ANPEI_HOME": str(home), "ANPEI_READING_PROCESSES": str(READING_PROCESSES)}
    return processes.run([str(ANPEI), *arguments], limit=limit, environment=environment, watch_memory=watch_memory)


def run_claims(home: Path, folders: Sequence[Path], *, limit: float, watch_memory: bool = False) -> tuple[Ran, list[dict[str, Any]]]:
    """``anpei claim run`` over folders; the command itself stops waiting after ``limit`` seconds and says what is unfinished."""
    names = [str(folder) for folder in folders]
    ran = anpei(home, "claim", "run", *names, "--json", "--timeout", f"{limit:.0f}", limit=limit + 40, watch_memory=watch_memory)
    return ran, [json.loads(line) for line in ran.stdout.splitlines() if line.startswith("{")]


@contextmanager
def opened(home: Path, **more: Any) -> Iterator[Platform]:
    """The platform of a home in this process; its worker is not started."""
    platform = build(Settings(home=home, database_url=f"sqlite:///{home / 'anpei.sqlite'}", reading_processes=READING_PROCESSES), **more)
    try:
        yield platform
    finally:
        platform.close()


def shipped() -> Rulebook:
    """The knowledge as it is shipped, without any overlay."""
    return shipped_rulebook()
