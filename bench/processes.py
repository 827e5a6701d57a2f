"""Processes as Linux shows them under /proc: what a whole tree uses of processor and memory; and commands run under watch."""

import os
import signal
import subprocess
import tempfile
import threading
import time
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

TICKS = os.sysconf("SC_CLK_TCK")
SAMPLE_SECONDS = 0.2


@dataclass(frozen=True, slots=True)
class Memory:
    """Of a process tree, in bytes: proportional share (a shared page counts once in all) and resident (it counts in each process)."""

    pss: int = 0
    rss: int = 0
    processes: int = 0


@dataclass(frozen=True, slots=True)
class Ran:
    """A command that ended or was stopped: its output, seconds on the wall and of processor, and the peak of its tree's memory."""

    code: int
    stdout: str
    stderr: str
    seconds: float
    cpu_seconds: float
    peak: Memory
    in_time: bool


def machine_cpu_seconds() -> float:
    """Processor seconds that all processes of the machine have used since it started (idle and waiting left out)."""
    first = Path("/proc/stat").read_text(encoding="ascii").splitlines()[0].split()[1:]
    values = [int(value) for value in first]
    return (sum(values[:8]) - values[3] - values[4]) / TICKS


def tree(root: int) -> list[int]:
    """The process and all that descend from it, as far as they live."""
    children: dict[int, list[int]] = {}
    for pid in [int(entry.name) for entry in Path("/proc").iterdir() if entry.name.isdigit()]:
        parent = _parent(pid)
        if parent is not None:
            children.setdefault(parent, []).append(pid)
    found, waiting = [], [root]
    while waiting:
        one = waiting.pop()
        found.append(one)
        waiting += children.get(one, [])
    return found


def cpu_seconds(root: int) -> float:
    """Processor seconds of a tree: its living processes and the ended children they waited for."""
    total = 0
    for pid in tree(root):
        fields = _stat(pid)
        if fields:
            total += sum(int(value) for value in fields[11:15])
    return total / TICKS


def memory(root: int) -> Memory:
    """The memory of a tree now."""
    pss = rss = count = 0
    for pid in tree(root):
        try:
            lines = Path(f"/proc/{pid}/smaps_rollup").read_text(encoding="ascii").splitlines()
        except OSError:
            continue
        sizes = {line.split(":")[0]: int(line.split()[1]) for line in lines[1:]}
        pss, rss, count = pss + sizes.get("Pss", 0), rss + sizes.get("Rss", 0), count + 1
    return Memory(pss * 1024, rss * 1024, count)


def run(command: Sequence[str], *, limit: float, environment: Mapping[str, str] | None = None, watch_memory: bool = False) -> Ran:
    """Run a command in a group of its own; after ``limit`` seconds it is interrupted, and ended when that does not help."""
    started = time.monotonic()
    with tempfile.TemporaryFile() as out, tempfile.TemporaryFile() as err:
        process = subprocess.Popen(command, stdout=out, stderr=err, env=environment, start_new_session=True)
        peak, watching = _Peak(process.pid), threading.Event()
        watcher = threading.Thread(target=peak.watch, args=(watching,), daemon=True)
        if watch_memory:
            watcher.start()
        try:
            code, used, in_time = _wait(process, limit)
        except BaseException:  # whoever waits here is being stopped: what it started must not outlive it
            _signal(process.pid, signal.SIGKILL)
            raise
        watching.set()
        if watch_memory:
            watcher.join()
        seconds = time.monotonic() - started
        out.seek(0)
        err.seek(0)
        told = [file.read().decode(errors="replace") for file in (out, err)]
    return Ran(code, told[0], told[1], seconds, used, peak.memory, in_time)


class _Peak:
    """The largest memory seen of a tree; each of the two figures for itself."""

    def __init__(self, root: int) -> None:
        self._root = root
        self.memory = Memory()

    def watch(self, stop: threading.Event) -> None:
        while not stop.wait(SAMPLE_SECONDS):
            now, before = memory(self._root), self.memory
            self.memory = Memory(max(now.pss, before.pss), max(now.rss, before.rss), max(now.processes, before.processes))


def _wait(process: "subprocess.Popen[bytes]", limit: float) -> tuple[int, float, bool]:
    """Wait for the end: exit code, processor seconds of the process and all it waited for, whether it ended by itself."""
    deadline, stopped = time.monotonic() + limit, 0
    while True:
        pid, status, usage = os.wait4(process.pid, os.WNOHANG)
        if pid:
            process.returncode = os.waitstatus_to_exitcode(status)
            return process.returncode, usage.ru_utime + usage.ru_stime, stopped == 0
        late = time.monotonic() - deadline
        if late > 0 and stopped == 0:
            stopped = 1
            _signal(process.pid, signal.SIGINT)
        elif late > 10 and stopped == 1:
            stopped = 2
            _signal(process.pid, signal.SIGKILL)
        time.sleep(0.02)


def _signal(group: int, number: signal.Signals) -> None:
    try:
        os.killpg(group, number)
    except ProcessLookupError:
        return


def _parent(pid: int) -> int | None:
    fields = _stat(pid)
    return int(fields[1]) if fields else None


def _stat(pid: int) -> list[str]:
    """The fields of /proc/PID/stat from the state on (the name before may hold blanks); empty when the process is gone."""
    try:
        return Path(f"/proc/{pid}/stat").read_text(encoding="utf-8", errors="replace").rpartition(")")[2].split()
    except OSError:
        return []
