"""Reading in processes of their own: a decoder that crashes, hangs or eats memory costs one page, never the service."""

import multiprocessing
import os
import queue
import subprocess
import sys
import threading
from collections.abc import Sequence
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import Any

from anpei.engines.knowledge import Rulebook
from anpei.kernel.errors import AnpeiError
from anpei.reading import errors
from anpei.reading._sight.quality import load_quality
from anpei.reading.model import UNKNOWN, FileReading, PageReading, Quality

PAGE_SECONDS = 60.0
START_SECONDS = 180.0
_ONE_THREAD = {"OMP_NUM_THREADS": "1", "OPENBLAS_NUM_THREADS": "1"}


class ReadingPool:
    """``processes`` workers that each hold one reading machine; started on first use, thread-safe."""

    def __init__(self, rulebook_folders: Sequence[Path], processes: int = 2, *, page_seconds: float = PAGE_SECONDS) -> None:
        self._folders = tuple(rulebook_folders)
        self._count = processes
        self._seconds = page_seconds
        self._idle: queue.Queue[_Worker] = queue.Queue()
        self._workers: list[_Worker] = []
        self._lock = threading.Lock()

    def start(self) -> None:
        """Start the workers and wait until they are warm. Does nothing when they run.

        Raises ReadingCrashed, or the error a worker met; the next call tries again with new workers.
        """
        with self._lock:
            if self._workers:
                return
            workers = [_Worker(self._folders) for _ in range(self._count)]
            try:
                for worker in workers:
                    worker.wait_ready()
            except Exception:
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
        with other pages such a page comes back as unknown and unusable.
        """
        pages: int = self._call("page_count", data, name)
        if pages == 1:
            return FileReading(name, (self.read_page(data, name, 1),))
        with ThreadPoolExecutor(max_workers=min(self._count, pages)) as threads:
            results = list(threads.map(lambda page: self._page_or_error(data, name, page), range(1, pages + 1)))
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
        """Start ``anpei.reading._worker`` in an interpreter of its own, so that it holds nothing of this process."""
        self._pipe, theirs = multiprocessing.Pipe()
        command = [sys.executable, "-m", "anpei.reading._worker", str(theirs.fileno()), *(str(folder) for folder in self._folders)]
        self._process = subprocess.Popen(  # noqa: S603 - our own module, our own folders
            command, pass_fds=(theirs.fileno(),), stdin=subprocess.DEVNULL, start_new_session=True, env={**os.environ, **_ONE_THREAD}
        )
        theirs.close()
        self._ready = False

    @property
    def stopped(self) -> bool:
        return self._stopped

    def wait_ready(self) -> None:
        """Wait until the worker is warm. Raises ReadingCrashed when it cannot start, or the error it met."""
        if self._ready:
            return
        try:
            if not self._pipe.poll(START_SECONDS):
                raise EOFError
            error = self._pipe.recv()
        except (EOFError, OSError) as gone:
            self._replace()
            raise errors.ReadingCrashed("the reading process did not start: look at the service's log, then try again") from gone
        if isinstance(error, Exception):
            raise error
        self._ready = True

    def call(self, what: str, arguments: tuple[Any, ...], seconds: float) -> Any:
        """Run one call. Raises what it raised, or ReadingTimedOut, ReadingCrashed."""
        if not self.running():
            self._replace()
        self.wait_ready()
        try:
            self._pipe.send((what, arguments))
            if not self._pipe.poll(seconds):
                self._replace()
                raise errors.ReadingTimedOut(f"reading took longer than {seconds:g} s and was stopped: photograph the page again")
            good, result = self._pipe.recv()
        except (EOFError, OSError) as gone:
            self._replace()
            raise errors.ReadingCrashed("the process that read the page died: photograph the page again") from gone
        if good:
            return result
        raise result

    def running(self) -> bool:
        return self._process.poll() is None

    def stop(self) -> None:
        self._stopped = True
        self._end()

    def _replace(self) -> None:
        self._end()
        if not self._stopped:
            self._spawn()

    def _end(self) -> None:
        self._process.kill()
        self._process.wait(5)
        self._pipe.close()


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
