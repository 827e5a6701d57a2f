"""Where machine code is kept: in a folder of exactly these sources, and nowhere when nothing can be written."""

import os
import subprocess
import sys
from pathlib import Path

from anpei.rules import jit


def told(cache: str) -> str:
    """Where a new process keeps its machine code."""
    code = "import numba; from anpei.rules import jit; print(numba.config.CACHE_DIR)"
    done = subprocess.run(
        [sys.executable, "-c", code], env={**os.environ, "NUMBA_CACHE_DIR": cache}, capture_output=True, text=True, check=True
    )
    return done.stdout.strip()


def test_the_folder_is_named_by_all_sources(tmp_path: Path) -> None:
    assert told(str(tmp_path)) == str(tmp_path / jit._sources())
    assert len(jit._sources()) == 20


def test_where_nothing_can_be_written_everything_works_without_a_folder(tmp_path: Path) -> None:
    blocked = tmp_path / "file"
    blocked.write_text("")
    assert told(str(blocked)) == str(blocked)
    assert not (tmp_path / "file" / "x").exists()
