"""From the command to the paid claim: the demo in a fresh home and its second start, as ``make run`` performs them without serving.

Installing packages is not part of it: that depends on the network, and is measured by hand on a fresh machine.
"""

import re
from pathlib import Path

from bench import homes
from bench.command import module
from bench.figures import Figure, Report
from bench.processes import Ran

OWN_SECONDS = re.compile(r"^([0-9.]+) s from start to here", re.MULTILINE)


def measure(report: Report, *, quick: bool, seconds: float) -> None:
    """One first start, then second ones; each shows a claim of its own."""
    with homes.temporary_folder() as folder:
        runs = [_start(folder / "home", seconds) for _ in range(2 if quick else 4)]
    _show(report, "start.first", runs[:1])
    _show(report, "start.second", runs[1:])


def _start(home: Path, limit: float) -> Ran:
    return homes.anpei(home, "demo", "--no-serve", limit=limit)


def _show(report: Report, name: str, runs: list[Ran]) -> None:
    """The command's own seconds; a start whose claim was not paid is told as such."""
    told = [OWN_SECONDS.search(run.stdout) for run in runs]
    own = tuple(float(found.group(1)) for found in told if found)
    details = {
        "paid": sum(_is_paid(run) for run in runs), "starts": len(runs), "whole_command_s": [round(run.seconds, 2) for run in runs],
        "cpu_seconds": [round(run.cpu_seconds, 1) for run in runs],
    }  # fmt: skip
    value = sorted(own)[len(own) // 2] if own else None
    report.show(Figure(f"{name}_to_paid_claim", value, "s", runs=own, details=details))


def _is_paid(run: Ran) -> bool:
    return run.code == 0 and re.search(r"\bpaid\b", run.stdout) is not None


if __name__ == "__main__":
    module(measure, seconds=90)
