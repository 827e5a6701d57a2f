"""The process behind ``ReadingPool``: ``python -m anpei.reading._worker <pipe's file descriptor> <rulebook folder>...``.

Holds one reading machine, warms it, says so, then answers calls until the pipe closes. Its memory is bounded.
"""

import ctypes
import sys
from collections.abc import Callable, Sequence
from multiprocessing.connection import Connection
from pathlib import Path
from typing import Any

import cv2

from anpei.engines.knowledge import Rulebook
from anpei.kernel.errors import AnpeiError
from anpei.reading import errors
from anpei.reading.machine import ReadingMachine

EXTRA_MEMORY = 900 * 1024 * 1024
"""Address space (bytes) that the process may take beyond what it holds when warm."""


def serve(pipe: Connection, folders: Sequence[Path]) -> None:
    """Warm up, send None (or the error that was met), then answer ``(method, arguments)`` with ``(good, result or error)``."""
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


def _answer(work: Callable[..., Any], arguments: tuple[Any, ...]) -> tuple[bool, Any]:
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


if __name__ == "__main__":
    serve(Connection(int(sys.argv[1])), [Path(folder) for folder in sys.argv[2:]])
