"""What memory a process takes that only opens compiled rules and judges: its own (anonymous), and pages of the columns it shares."""

import multiprocessing
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import pyarrow as pa

from anpei.rules.columns import Entries

SMAPS = Path("/proc/self/smaps")


def memory_of_judging(folder: Path, entries: Entries, info: Mapping[str, Any], cases: Any) -> Mapping[str, float] | None:
    """Megabytes of a new process after it has judged a table of cases, or None where the system does not tell.

    ``anonymous`` is its own memory, ``anonymous_before`` that before the rules were opened (Python and libraries), ``columns`` the pages
    of the columns it has touched (shared by all processes).
    """
    if not SMAPS.exists():
        return None
    path = folder / "cases.arrow"
    with pa.OSFile(str(path), "wb") as file, pa.ipc.new_file(file, cases.schema) as writer:
        writer.write_table(cases)
    try:
        with multiprocessing.get_context("spawn").Pool(1) as pool:
            return pool.apply(_judge, (folder, entries, info, path))
    finally:
        path.unlink()


def _judge(folder: Path, entries: Entries, info: Mapping[str, Any], path: Path) -> Mapping[str, float]:
    from anpei.rules.compiled import machine_code
    from anpei.rules.compiled.arrow import encode_table
    from anpei.rules.compiled.machine import CompiledRules

    before, _ = _told(folder)
    rules = CompiledRules(folder, entries, info)
    with pa.memory_map(str(path)) as file:
        cases = pa.ipc.open_file(file).read_all()
        for start in range(0, len(cases), 2_000):
            machine_code.judge(rules, encode_table(cases.slice(start, 2_000), vocabulary=rules.vocabulary), False, False)
    own, columns = _told(folder)
    return {"anonymous": own, "anonymous_before": before, "columns": columns}


def _told(folder: Path) -> tuple[float, float]:
    """Megabytes of anonymous memory, and of columns under a folder."""
    own = columns = 0
    inside = False
    for line in SMAPS.read_text(encoding="utf-8", errors="replace").splitlines():
        name, _, rest = line.partition(":")
        if name == "Anonymous":
            own += int(rest.split()[0])
        elif name == "Rss" and inside:
            columns += int(rest.split()[0])
        elif "-" in line.partition(" ")[0]:
            inside = str(folder) in line and line.endswith(".npy")
    return own / 1024, columns / 1024
