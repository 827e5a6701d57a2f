"""Reading in processes of their own: a decoder that crashes, hangs or eats memory costs one page, never the service."""

import multiprocessing
import os
import queue
import subprocess
import sys
import threading
from collections.abc import Sequence
from concurrent.futures import ThreadPoolExecutor
from contextlib import suppress
from pathlib import Path
from typing import Any

import structlog

from anpei.engines.knowledge import Rulebook
from anpei.kernel.errors import AnpeiError, Unavailable
from anpei.reading import errors
from anpei.reading._outcome import Outcome
from anpei.reading._sight.quality import load_quality
from anpei.reading.hints import Hint
from anpei.reading.model import UNKNOWN, FileReading, PageReading, Quality

log = structlog.get_logger()

PAGE_SECONDS = 60.0
START_SECONDS = 180.0
_SURROUNDINGS = {
    "OMP_NUM_THREADS": "1",
    "OPENBLAS_NUM_THREADS": "1",
    "MALLOC_ARENA_MAX": "1",
    "MALLOC_MMAP_THRESHOLD_": "8000000",
    "MALLOC_TRIM_THRESHOLD_": "100000000",
}
"""What a process is started with: one thread, and memory (glibc) that does not fall to pieces: pictures lie apart from the rest and go
back whole, the rest goes back after each page. Without this a process takes a third more, and its address space grows with its pages."""


class ReadingPool:
    """``processes`` workers that each hold one reading machine; started on first use, thread-safe."""

    def __init__(self, rulebook_folders: Sequence[Path], processes: int = 2, *, page_seconds: float = PAGE_SECONDS) -> None:
        self._folders = tuple(rulebook_folders)
        self._count = processes
        self._seconds = page_seconds
        self._idle: queue.Queue[_Worker] = queue.Queue()
        self._workers: list[_Worker] = []
        self._lock = threading.Lock()
        self._failed_starts = 0

    def start(self) -> None:
        """Start the workers and wait until they are warm. Does nothing when they run.

        Raises ReadingNotStarted; the next call tries again with new workers, one that waited here meanwhile does not.
        """
        seen = self._failed_starts
        with self._lock:
            if self._workers:
                return
            if self._failed_starts != seen:
                raise errors.ReadingNotStarted("the reading processes did not start: look at the service's log, then try again")
            workers: list[_Worker] = []
            try:
                while len(workers) < self._count:
                    workers.append(_Worker(self._folders))
                for worker in workers:
                    worker.wait_ready()
            except Exception:
                self._failed_starts += 1
                for worker in workers:
                    worker.stop()
                raise
            self._workers = workers
            for worker in workers:
                self._idle.put(worker)

    def close(self) -> None:
        """Stop the workers; a later call starts new ones."""
        with self._lock:
            workers, self._workers = self._workers, []
            self._idle = queue.Queue()
        for worker in workers:
            worker.stop()

    def alive(self) -> bool:
        """Whether all workers run."""
        return bool(self._workers) and all(worker.running() for worker in self._workers)

    def read_file(self, data: bytes, name: str) -> FileReading:
        """As ``ReadingMachine.read_file``; pages of one file are read side by side.

        Raises also ReadingCrashed and ReadingTimedOut when the file's only page (or every page) could not be read; in a file
        with other pages such a page comes back as unknown and unusable. Raises ReadingNotStarted, and then nothing is said of
        any page, when no process can be started.
        """
        pages: int = self._call("page_count", data, name)
        if pages == 1:
            return FileReading(name, (self.read_page(data, name, 1),))
        with ThreadPoolExecutor(max_workers=min(self._count, pages)) as threads:
            results = list(threads.map(lambda page: self._page_or_error(data, name, page), range(1, pages + 1)))
        for result in results:
            if isinstance(result, Unavailable):
                raise result
        failures = [result for result in results if isinstance(result, AnpeiError)]
        if len(failures) == pages:
            raise failures[0]
        lost = load_quality(Rulebook(self._folders)).verdict(["unreadable"], usable=False)
        return FileReading(name, tuple(_lost(name, i + 1, lost) if isinstance(r, AnpeiError) else r for i, r in enumerate(results)))

    def read_page(self, data: bytes, name: str, page: int) -> PageReading:
        """Read one page (from 1)."""
        read: PageReading = self._call("read_page", data, name, page)
        return read

    def verdict(self, data: bytes, name: str, page: int) -> Quality:
        """As ``ReadingMachine.verdict``: an early word, before anything is read."""
        said: Quality = self._call("verdict", data, name, page)
        return said

    def hints(self, data: bytes, reading: PageReading) -> tuple[Hint, ...]:
        """As ``ReadingMachine.hints``."""
        found: tuple[Hint, ...] = self._call("hints", data, reading)
        return found

    def page_image(self, data: bytes, page: int, rotation: int) -> bytes:
        """As ``ReadingMachine.page_image``."""
        image: bytes = self._call("page_image", data, page, rotation)
        return image

    def _page_or_error(self, data: bytes, name: str, page: int) -> PageReading | AnpeiError:
        try:
            return self.read_page(data, name, page)
        except AnpeiError as error:
            return error

    def _call(self, what: str, *arguments: Any) -> Any:
        self.start()
        idle = self._idle
        worker = idle.get()
        try:
            return worker.call(what, arguments, self._seconds)
        finally:
            idle.put(worker)


class _Worker:
    """One process and the pipe to it; a process that died or was stopped is replaced at once."""

    def __init__(self, folders: Sequence[Path]) -> None:
        self._folders = tuple(folders)
        self._stopped = False
        self._spawn()

    def _spawn(self) -> None:
        """Start ``anpei.reading._worker`` in an interpreter of its own, so that it holds nothing of this process.

        Raises ReadingNotStarted when the system gives no process, memory or pipe.
        """
        try:
            self._start_process()
        except OSError as error:
            raise _not_started(error) from error

    def _start_process(self) -> None:
        self._pipe, theirs = multiprocessing.Pipe()
        command = [sys.executable, "-m", "anpei.reading._worker", str(theirs.fileno()), *(str(folder) for folder in self._folders)]
        try:
            self._process = subprocess.Popen(  # noqa: S603 - our own module, our own folders
                command, pass_fds=(theirs.fileno(),), stdin=subprocess.DEVNULL, start_new_session=True, env={**os.environ, **_SURROUNDINGS}
            )
        except OSError:
            self._pipe.close()
            raise
        finally:
            theirs.close()
        self._ready = False
        self._used = False

    @property
    def stopped(self) -> bool:
        return self._stopped

    def wait_ready(self) -> None:
        """Wait until the worker is warm. Raises ReadingNotStarted when it cannot start: no page has been looked at yet."""
        if self._ready:
            return
        try:
            if not self._pipe.poll(START_SECONDS):
                raise EOFError
            error = self._pipe.recv()
        except (EOFError, OSError) as gone:
            self._end()
            raise _not_started(gone) from gone
        if isinstance(error, Exception):
            self._end()
            raise _not_started(error) from error
        self._ready = True

    def call(self, what: str, arguments: tuple[Any, ...], seconds: float) -> Any:
        """Run one call. Raises what it raised, or ReadingTimedOut, ReadingCrashed; ReadingNotStarted before the call was made.

        A call that fails in a process which had answered others is made once more in a new one: only then is it the page's fault.
        """
        fresh = not self._used
        done, result = self._try(what, arguments, seconds)
        if done is Outcome.FAULT and not fresh:
            log.warning("reading.tried_again", what=what, why=result.message)
            done, result = self._try(what, arguments, seconds)
        if done is Outcome.READ:
            return result
        raise result

    def _try(self, what: str, arguments: tuple[Any, ...], seconds: float) -> tuple[Outcome, Any]:
        """Run one call in a running process, and replace that after a fault."""
        if not self.running():
            self._end()
            if self._stopped:
                raise _stopped()
            self._spawn()
        self.wait_ready()
        try:
            self._pipe.send((what, arguments))
            if not self._pipe.poll(seconds):
                self._replace()
                raise errors.ReadingTimedOut(f"reading took longer than {seconds:g} s and was stopped: photograph the page again")
            done, result = self._pipe.recv()
        except (EOFError, OSError) as gone:
            if self._stopped:
                raise _stopped() from gone
            done, result = Outcome.FAULT, errors.ReadingCrashed("the process that read the page died: photograph the page again")
        self._used = True
        if done is Outcome.FAULT:
            self._replace()
        return done, result

    def running(self) -> bool:
        return self._process.poll() is None

    def stop(self) -> None:
        self._stopped = True
        self._end()

    def _replace(self) -> None:
        """Another process after a page's fault. One that cannot start now is started by the next call: the fault stays the page's."""
        self._end()
        if not self._stopped:
            with suppress(errors.ReadingNotStarted):
                self._spawn()

    def _end(self) -> None:
        self._process.kill()
        self._process.wait(5)
        self._pipe.close()


def _not_started(error: Exception) -> errors.ReadingNotStarted:
    """Why no process reads: the words of an error of ours (such as a rulebook file and its line), else only its type."""
    why = error.message if isinstance(error, AnpeiError) else type(error).__name__
    log.error("reading.not_started", why=why)
    return errors.ReadingNotStarted(f"a reading process did not start ({why}): look at the service's log; pages wait until it does")


def _stopped() -> errors.ReadingNotStarted:
    return errors.ReadingNotStarted("reading was stopped before the page was read: the page waits for the next start")


def _lost(name: str, page: int, verdict: Quality) -> PageReading:
    """The reading of a page that could not be read at all."""
    return PageReading(
        file=name,
        page=page,
        kind=UNKNOWN,
        kind_confidence=0.0,
        layout="",
        quality=verdict,
        fields={},
        rows=(),
        width=0,
        height=0,
        rotation=0,
        fingerprint="",
        image_hash="",
        seconds=0.0,
        source="ocr",
    )
