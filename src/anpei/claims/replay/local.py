"""Runs replay on one machine: in this process, or in spawned processes that take row groups of Parquet. Finished parts are kept.

The parts lie in ``OUT/.parts`` with the digest of what is replayed: the same command goes on where it stood, another one begins anew.
"""

import json
import multiprocessing
import shutil
import signal
from collections.abc import Callable, Sequence
from concurrent.futures import FIRST_COMPLETED, Future, ProcessPoolExecutor, wait
from concurrent.futures.process import BrokenProcessPool
from dataclasses import dataclass, field
from pathlib import Path

import pyarrow as pa

from anpei import __version__
from anpei.claims.replay.parts import Part, do_part, is_done, write_result, write_whole
from anpei.claims.replay.work import ReplayWork
from anpei.kernel.canonical import digest
from anpei.kernel.errors import AnpeiError

KEPT = ".parts"
RUN = "run.json"
TRIES = 3
Progress = Callable[[int, int], None]
"""(past claims done, past claims in all)."""


class WorkerFailed(AnpeiError):
    """Worker processes died on one part again and again."""

    code = "replay.worker_failed"


def prepare(out: Path, *, work: ReplayWork, parts: Sequence[Part]) -> Path:
    """The folder of the parts: with what is finished of the same run, else empty."""
    folder, key = out / KEPT, _key(work, parts)
    try:
        kept = json.loads((folder / RUN).read_text(encoding="utf-8"))["key"]
    except (OSError, ValueError, KeyError, TypeError):
        kept = None
    if kept != key:
        shutil.rmtree(folder, ignore_errors=True)
        folder.mkdir(parents=True)
        write_whole(folder / RUN, lambda path: path.write_text(json.dumps({"key": key}), encoding="utf-8"))
    _sweep(folder)
    return folder


def _sweep(folder: Path) -> None:
    """Take away what an ended worker was writing."""
    for left in folder.glob(".*.new"):
        left.unlink(missing_ok=True)


def _key(work: ReplayWork, parts: Sequence[Part]) -> str:
    """The digest of what is replayed: both passes, the files, the program."""
    files = {part.file: part.file.stat() for part in parts}
    return digest(
        {
            "version": __version__, "passes": [one.key for one in work.opened()], "prune": work.prune,
            "files": [[path.name, stat.st_size, stat.st_mtime_ns] for path, stat in files.items()],
        }
    )  # fmt: skip


@dataclass(slots=True)
class _Course:
    """What is done and what is left of a run."""

    left: list[Part]
    whole: int
    progress: Progress
    tries: dict[int, int] = field(default_factory=dict)

    def tell(self) -> None:
        self.progress(self.whole - sum(part.claims for part in self.left), self.whole)

    def finished(self, part: Part) -> None:
        self.left.remove(part)
        self.tell()

    def died(self, parts: Sequence[Part]) -> None:
        """Count the parts that were in work when a worker died. Raises WorkerFailed."""
        for part in parts:
            self.tries[part.number] = self.tries.get(part.number, 0) + 1
            if self.tries[part.number] >= TRIES:
                raise WorkerFailed(
                    f"workers died {TRIES} times on row group {part.group} of {part.file.name}: give fewer --workers (memory), "
                    "or look into the log of the system; finished parts are kept",
                    data={"file": part.file.name, "group": part.group},
                )


def run(*, work: ReplayWork, parts: Sequence[Part], folder: Path, workers: int, progress: Progress) -> None:
    """Do every part that is not done yet: ``workers`` spawned processes, 0 = here. Raises NoRoom, WorkerFailed, and what a part raises."""
    course = _Course([part for part in parts if not is_done(folder, part)], sum(part.claims for part in parts), progress)
    course.tell()
    if workers < 1:
        for part in list(course.left):
            _do(work, folder, part)
            course.finished(part)
        return
    while course.left:
        in_work = _round(work, folder, course, workers)
        course.left = [part for part in course.left if not is_done(folder, part)]
        course.died([part for part in in_work if part in course.left])


def _round(work: ReplayWork, folder: Path, course: _Course, workers: int) -> list[Part]:
    """Do parts in a pool until all are done or a worker dies; the parts that were in work then."""
    context = multiprocessing.get_context("spawn")
    waiting, running = list(reversed(course.left)), dict[Future[None], Part]()
    pool = ProcessPoolExecutor(min(workers, len(waiting)), mp_context=context, initializer=_settle_in)
    try:
        while waiting or running:
            while waiting and len(running) < 2 * workers:
                part = waiting.pop()
                running[pool.submit(_do, work, folder, part)] = part
            finished, _ = wait(running, return_when=FIRST_COMPLETED)
            for future in finished:
                future.result()
                course.finished(running.pop(future))
    except BrokenProcessPool:
        return list(running.values())
    finally:
        _end(pool)
        _sweep(folder)
    return []


def _end(pool: ProcessPoolExecutor) -> None:
    """End the workers at once; what they had not finished is done again."""
    processes = list((getattr(pool, "_processes", None) or {}).values())
    pool.shutdown(wait=False, cancel_futures=True)
    for process in processes:
        process.terminate()
    for process in processes:
        process.join()


def _settle_in() -> None:
    """A worker leaves interrupts to the one who started it, and works with one thread."""
    signal.signal(signal.SIGINT, signal.SIG_IGN)
    pa.set_cpu_count(1)


def _do(work: ReplayWork, folder: Path, part: Part) -> None:
    """One part, kept."""
    table, tally = do_part(work, part)
    write_result(folder, part, table, tally)
