"""``python -m bench [NAMES] [--quick] [--out FILE]`` measures and prints JSON lines; ``--table FILE`` shows such lines as Markdown.

Each module runs in a process of its own with a share of the time; what it printed counts even when it had to be stopped.
"""

import argparse
import json
import subprocess
import sys
import threading
import time
from importlib.util import find_spec
from pathlib import Path
from typing import TextIO

from bench import conditions, table

SECONDS = {
    "engine": 60, "start": 120, "claim_line": 90, "load": 120, "reading": 90, "layouts": 60, "likeness": 60, "held_back": 270,
    "catalogue": 30, "whole": 30, "rows": 30, "peers": 90, "benefit": 60, "replay": 60,
}  # fmt: skip
"""Modules in their order, and after how many seconds each stops taking new runs. Together they stay below twenty minutes."""
GRACE = 45.0
"""Seconds after which a module that does not stop by itself is ended."""
WHOLE = 19.5 * 60


def main() -> int:
    """Measure, or print a table."""
    given = _arguments()
    if given.table is not None:
        print(table.render(_lines(given.table), lang=given.lang))
        return 0
    deadline = time.monotonic() + WHOLE
    with Path(given.out).open("w", encoding="utf-8") if given.out else _nowhere() as copy:
        ended = {
            name: _measure(name, quick=given.quick, limit=min(SECONDS[name], deadline - time.monotonic()), copy=copy)
            for name in given.names or [name for name in SECONDS if find_spec(f"bench.{name}")]
        }
    failed = [name for name, well in ended.items() if not well]
    if failed:
        print(f"bench: not measured to the end: {', '.join(failed)}", file=sys.stderr)
    return 1 if failed else 0


def _arguments() -> argparse.Namespace:
    parser = argparse.ArgumentParser(prog="python -m bench", description=__doc__)
    parser.add_argument("names", nargs="*", metavar="NAME", help=f"what to measure: {', '.join(SECONDS)}; all when none is named")
    parser.add_argument("--quick", action="store_true", help="fewer runs, smaller sets")
    parser.add_argument("--out", help="also write the JSON lines to this file")
    parser.add_argument("--table", type=Path, metavar="FILE", help="measure nothing; print the lines of FILE as a Markdown table")
    parser.add_argument("--lang", choices=["en", "zh"], default="en", help="language of the table")
    given = parser.parse_args()
    unknown = [name for name in given.names if name not in SECONDS]
    if unknown:
        parser.error(f"nothing is called {', '.join(unknown)}: take one of {', '.join(SECONDS)}")
    return given


def _nowhere() -> TextIO:
    return Path("/dev/null").open("w", encoding="utf-8")


def _measure(name: str, *, quick: bool, limit: float, copy: TextIO) -> bool:
    """Run one module and hand its lines on as they come; whether it came to its end."""
    if limit <= 0:
        return False
    print(f"bench: {name}, load {conditions.load()[0]}", file=sys.stderr, flush=True)
    command = [sys.executable, "-m", f"bench.{name}", "--seconds", f"{limit:.0f}", *(["--quick"] if quick else [])]
    with subprocess.Popen(command, stdout=subprocess.PIPE, text=True, encoding="utf-8") as process:
        watch = _Ending(process, limit + GRACE)
        for line in process.stdout or ():
            print(line, end="", flush=True)
            copy.write(line)
            copy.flush()
        process.wait()
        watch.over()
    return process.returncode == 0


class _Ending:
    """Ends a process that does not stop by itself."""

    def __init__(self, process: "subprocess.Popen[str]", seconds: float) -> None:
        self._timer = threading.Timer(seconds, process.terminate)
        self._timer.daemon = True
        self._timer.start()

    def over(self) -> None:
        """The process ended."""
        self._timer.cancel()


def _lines(file: Path) -> list[dict[str, object]]:
    return [json.loads(line) for line in file.read_text(encoding="utf-8").splitlines() if line.startswith("{")]


if __name__ == "__main__":
    sys.exit(main())
