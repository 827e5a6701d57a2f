"""The process behind ``ReadingPool``: ``python -m anpei.reading._worker <pipe's file descriptor> <rulebook folder>...``.

Holds one reading machine, warms it, says so, then answers calls until the pipe closes. Its memory is bounded.
"""

import ctypes
import sys
import traceback
from collections.abc import Callable, Sequence
from multiprocessing.connection import Connection
from pathlib import Path
from typing import Any

import cv2

from anpei.engines.knowledge import Rulebook
from anpei.kernel.errors import AnpeiError
from anpei.reading import errors
from anpei.reading._outcome import Outcome
from anpei.reading.machine import ReadingMachine

EXTRA_MEMORY = 900 * 1024 * 1024
"""Address space (bytes) that the process may take beyond what it holds when warm."""


def serve(pipe: Connection, folders: Sequence[Path]) -> None:
    """Warm up, send None (or the error that was met), then answer each ``(method, arguments)`` with ``(Outcome, result or error)``."""
    cv2.setNumThreads(1)
    try:
        machine = ReadingMachine(Rulebook(tuple(folders)))
        machine.warm()
        _bound_memory()
    except Exception as error:
        pipe.send(error)
        return
    pipe.send(None)
    trim = _trimmer()
    while True:
        try:
            what, arguments = pipe.recv()
        except (EOFError, OSError, KeyboardInterrupt):
            return
        pipe.send(_answer(getattr(machine, what), arguments))
        if trim is not None:
            trim(0)  # pages differ in size: without this a process keeps some 200 MB that it does not use


def _trimmer() -> Callable[[int], object] | None:
    """What gives freed memory back to the system, where the C library has it (glibc)."""
    try:
        trim: Callable[[int], object] = ctypes.CDLL(None).malloc_trim
    except (OSError, AttributeError, TypeError):
        return None
    return trim


def _answer(work: Callable[..., Any], arguments: tuple[Any, ...]) -> tuple[Outcome, Any]:
    try:
        return Outcome.READ, work(*arguments)
    except AnpeiError as error:
        return Outcome.REFUSED, error
    except MemoryError:
        return Outcome.FAULT, errors.FileHostile("reading this page would need too much memory: photograph the paper instead")
    except Exception as error:
        return Outcome.FAULT, errors.ReadingCrashed(f"the page could not be read ({_where(error)}): photograph it again")


def _where(error: Exception) -> str:
    """Type and place of an error, without its words: they may hold what stands on the page."""
    last = traceback.extract_tb(error.__traceback__)[-1]
    return f"{type(error).__name__} at {Path(last.filename).name}:{last.lineno}"


def _bound_memory() -> None:
    """Let this process grow by EXTRA_MEMORY at most, where the system can say how much it holds."""
    try:
        import resource

        pages = int(Path("/proc/self/statm").read_text(encoding="ascii").split()[0])
        limit = pages * resource.getpagesize() + EXTRA_MEMORY
        resource.setrlimit(resource.RLIMIT_AS, (limit, limit))
    except (ImportError, OSError, ValueError):
        return


if __name__ == "__main__":
    serve(Connection(int(sys.argv[1])), [Path(folder) for folder in sys.argv[2:]])
