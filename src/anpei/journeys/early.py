"""An early word on a file that was just taken: usable, or why not and what to do, before anything is read and within a second.

It speaks only to whoever holds the phone: nothing is decided by it, the file is kept and read whatever it says, and no word at all (a
busy or dead process, a long file) is no fault of the file.
"""

import threading
from concurrent.futures import Future, ThreadPoolExecutor
from concurrent.futures import TimeoutError as TookTooLong
from typing import Protocol

from anpei.kernel.errors import AnpeiError, InvalidInput
from anpei.reading.model import Quality, QualityReason

SECONDS = 0.9
"""How long the answer to an upload waits for the word."""
AT_ONCE = 4
"""Files that are looked at or wait for it; more get no word."""
FIRST_PAGE = 1


class Verdicts(Protocol):
    """Who gives the word: reading processes of their own, so that no page in work holds it up."""

    def start(self) -> None:
        """Be ready."""

    def close(self) -> None:
        """End."""

    def verdict(self, data: bytes, name: str, page: int) -> Quality:
        """The word on one page."""


class EarlyWord:
    """Asks for the word on a file's first page and waits for it only so long. Safe for threads."""

    def __init__(self, pool: Verdicts, *, seconds: float = SECONDS) -> None:
        self._pool = pool
        self._seconds = seconds
        self._threads = ThreadPoolExecutor(max_workers=AT_ONCE, thread_name_prefix="anpei-early")
        self._room = threading.BoundedSemaphore(AT_ONCE)

    def start(self) -> None:
        """Warm the processes. Raises the errors of the pool."""
        self._pool.start()

    def close(self) -> None:
        """End the processes; the next question starts them again."""
        self._pool.close()

    def on(self, *, data: bytes, name: str) -> Quality | None:
        """The word; None when there is none in time. A file that cannot be opened is not usable, with the advice of its error."""
        if not self._room.acquire(blocking=False):
            return None
        asked = self._threads.submit(self._pool.verdict, data, name, FIRST_PAGE)
        asked.add_done_callback(self._freed)
        try:
            return asked.result(self._seconds)
        except InvalidInput as error:
            advice = str(error.data.get("advice", "这个文件打不开，请重新拍照上传。"))
            return Quality(usable=False, reasons=(QualityReason(error.code, advice, error.message),))
        except (AnpeiError, OSError, TookTooLong):
            return None

    def _freed(self, _asked: "Future[Quality]") -> None:
        self._room.release()
