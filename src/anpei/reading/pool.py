"""Reading in processes of their own: a decoder that crashes, hangs or eats memory costs one page, never the service."""

import multiprocessing
import os
import queue
import threading
from collections.abc import Callable, Sequence
from concurrent.futures import ThreadPoolExecutor
from multiprocessing.connection import Connection
from pathlib import Path
from typing import Any, TypeVar

from anpei.kernel.errors import AnpeiError
from anpei.reading import errors
from anpei.reading._sight import quality
from anpei.reading.model import UNKNOWN, FileReading, PageReading, Quality

T = TypeVar("T")
PAGE_SECONDS = 60.0
START_SECONDS = 180.0
EXTRA_MEMORY = 900 * 1024 * 1024
"""Address space (bytes) that one process may take beyond what it holds when warm."""


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
        """Start the workers and wait until they are warm. Does nothing when they run."""
        with self._lock:
            if self._workers:
                return
            self._workers = [_Worker(self._folders) for _ in range(self._count)]
            for worker in self._workers:
                worker.wait_ready()
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
        return FileReading(name, tuple(_lost(name, i + 1) if isinstance(r, AnpeiError) else r for i, r in enumerate(results)))

    def read_page(self, data: bytes, name: str, page: int) -> PageReading:
        """Read one page (from 1)."""
        read: PageReading = self._call("read_page", data, name, page)
        return read

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
        worker = self._idle.get()
        try:
            return worker.call(what, arguments, self._seconds)
        finally:
            self._idle.put(worker)


class _Worker:
    """One process and the pipe to it; a process that died or was stopped is replaced at once."""

    def __init__(self, folders: Sequence[Path]) -> None:
        self._folders = tuple(folders)
        self._process: Any = None
        self._pipe: Connection | None = None
        self._ready = False
        self._stopped = False
        self._spawn()

    def _spawn(self) -> None:
        context = multiprocessing.get_context("spawn")
        self._pipe, theirs = context.Pipe()
        self._process = context.Process(target=_serve, args=(theirs, self._folders), daemon=True, name="anpei-reading")
        self._process.start()
        theirs.close()
        self._ready = False

    def wait_ready(self) -> None:
        """Wait until the worker is warm. Raises ReadingCrashed when it cannot start."""
        if self._ready:
            return
        pipe = self._pipe
        try:
            if pipe is None or not pipe.poll(START_SECONDS):
                raise EOFError
            error = pipe.recv()
        except (EOFError, OSError) as gone:
            self._replace()
            raise errors.ReadingCrashed("the reading process did not start: look at the service's log, then try again") from gone
        if isinstance(error, Exception):
            raise error
        self._ready = True

    def call(self, what: str, arguments: tuple[Any, ...], seconds: float) -> Any:
        """Run one call. Raises what it raised, or ReadingTimedOut, ReadingCrashed."""
        self.wait_ready()
        pipe = self._pipe
        try:
            if pipe is None:
                raise EOFError
            pipe.send((what, arguments))
            if not pipe.poll(seconds):
                self._replace()
                raise errors.ReadingTimedOut(f"reading took longer than {seconds:.0f} s and was stopped: photograph the page again")
            good, result = pipe.recv()
        except (EOFError, OSError) as gone:
            self._replace()
            raise errors.ReadingCrashed("the process that read the page died: photograph the page again") from gone
        if good:
            return result
        raise result

    def running(self) -> bool:
        return bool(self._process is not None and self._process.is_alive())

    def stop(self) -> None:
        self._stopped = True
        self._end()

    def _replace(self) -> None:
        self._end()
        if not self._stopped:
            self._spawn()

    def _end(self) -> None:
        if self._process is not None:
            self._process.kill()
            self._process.join(5)
        if self._pipe is not None:
            self._pipe.close()


def _serve(pipe: Connection, folders: Sequence[Path]) -> None:
    """The worker's loop: warm up, say so, then answer calls until the pipe closes."""
    os.environ["OMP_NUM_THREADS"] = "1"
    import cv2

    from anpei.engines.knowledge import Rulebook
    from anpei.reading.machine import ReadingMachine

    cv2.setNumThreads(1)
    try:
        machine = ReadingMachine(Rulebook(tuple(folders)))
        machine.warm()
        _bound_memory()
    except Exception as error:
        pipe.send(error)
        return
    pipe.send(None)
    while True:
        try:
            what, arguments = pipe.recv()
        except (EOFError, OSError, KeyboardInterrupt):
            return
        pipe.send(_answer(getattr(machine, what), arguments))


def _answer(work: Callable[..., T], arguments: tuple[Any, ...]) -> tuple[bool, Any]:
    try:
        return True, work(*arguments)
    except AnpeiError as error:
        return False, error
    except MemoryError:
        return False, errors.FileHostile("reading this page would need too much memory: photograph the paper instead")
    except Exception as error:
        return False, errors.ReadingCrashed(f"the page could not be read ({type(error).__name__}): photograph it again")


def _bound_memory() -> None:
    """Let this process grow by EXTRA_MEMORY at most, where the system can say how much it holds."""
    try:
        import resource

        pages = int(Path("/proc/self/statm").read_text(encoding="ascii").split()[0])
        limit = pages * resource.getpagesize() + EXTRA_MEMORY
        resource.setrlimit(resource.RLIMIT_AS, (limit, limit))
    except (ImportError, OSError, ValueError):
        return


def _lost(name: str, page: int) -> PageReading:
    """The reading of a page that could not be read at all."""
    return PageReading(
        file=name,
        page=page,
        kind=UNKNOWN,
        kind_confidence=0.0,
        layout="",
        quality=Quality(False, (quality.reason("unreadable"),)),
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
