"""A small brake on repeated tries from one address, in memory; the lock of an account (identity) stands behind it."""

import threading
import time
from collections import OrderedDict
from collections.abc import Callable

from anpei.entrypoints.api.errors import TooMany

KEPT = 10_000


class Throttle:
    """Lets each key through ``tries`` times in any ``seconds``; keeps the most recent keys only."""

    def __init__(self, *, tries: int, seconds: int, ticks: Callable[[], float] = time.monotonic) -> None:
        self._tries = tries
        self._seconds = seconds
        self._ticks = ticks
        self._seen: OrderedDict[str, list[float]] = OrderedDict()
        self._lock = threading.Lock()

    def check(self, key: str) -> None:
        """Count a try. Raises TooMany when there were too many."""
        at = self._ticks()
        with self._lock:
            tries = [past for past in self._seen.pop(key, []) if past > at - self._seconds]
            self._seen[key] = tries
            if len(self._seen) > KEPT:
                self._seen.popitem(last=False)
            if len(tries) < self._tries:
                tries.append(at)
                return
            wait = int(tries[0] + self._seconds - at) + 1
        raise TooMany(
            f"too many tries: wait {wait} s, then try again", data={"wait": wait, "advice": f"尝试次数太多，请 {wait} 秒后再试。"}
        )
