"""Time-ordered, opaque ids (UUIDv7). Human numbers are kept apart."""

import secrets
import time
import uuid

_TICKS = 1 << 12
_last = 0


def new_id() -> str:
    """A new UUIDv7 as text (RFC 9562 section 5.7), larger than every earlier one of this thread.

    48 bits of milliseconds, 12 bits of their fraction (method 3 of section 6.2), 62 random bits. When the clock stands still or
    steps back, the time part goes on by one tick (about 0.24 microseconds). Threads may share a tick; chance keeps their ids apart.
    """
    global _last  # noqa: PLW0603 - the one memory of the generator
    nanos = time.time_ns()
    _last = tick = max(_last + 1, nanos // 1_000_000 * _TICKS + nanos % 1_000_000 * _TICKS // 1_000_000)
    millis, fraction = divmod(tick, _TICKS)
    value = (millis & ((1 << 48) - 1)) << 80 | 0x7 << 76 | fraction << 64 | 0b10 << 62 | secrets.randbits(62)
    return str(uuid.UUID(int=value))
