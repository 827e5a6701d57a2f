"""The one base of every error a caller may see: a stable code, a sentence that says what, where and what to do, and data."""

import errno
from collections.abc import Mapping
from typing import Any


class AnpeiError(Exception):
    """An error with a stable machine code.

    ``code`` is dotted (``room.what``), ``message`` names what happened, where, and what to do; ``data`` carries ids and
    positions only, never personal data. The HTTP status is decided once, at the door.
    """

    code = "anpei.error"

    def __init__(self, message: str, *, code: str | None = None, data: Mapping[str, Any] | None = None) -> None:
        super().__init__(message)
        if code is not None:
            self.code = code
        self.message = message
        self.data: dict[str, Any] = dict(data or {})


class InvalidInput(AnpeiError):
    """Something handed in is wrong; the message names the field and what would be right."""

    code = "input.invalid"


class NotFound(AnpeiError):
    """Nothing with this id exists, or the caller may not know that it does."""

    code = "input.not_found"


class Conflict(AnpeiError):
    """The thing is in a state in which this cannot be done (any more)."""

    code = "state.conflict"


class Forbidden(AnpeiError):
    """The caller is known but may not do this."""

    code = "access.forbidden"


class Unavailable(AnpeiError):
    """A part that is needed does not answer now; the work is kept and goes on later.

    It speaks of the surroundings (a process that cannot start, a full disk, a database that is away), never of what was handed in:
    a job that meets it waits, and no try is counted.
    """

    code = "part.unavailable"


SURROUNDINGS = frozenset({errno.ENOSPC, errno.EDQUOT, errno.EROFS, errno.ENOMEM, errno.EAGAIN, errno.EMFILE, errno.ENFILE})
"""What the system says when it has no space, no memory, no further process or file left, whoever asks."""


def is_not_now(error: BaseException) -> bool:
    """Whether an error speaks of the surroundings, so that the same work may succeed later without any change to it."""
    return isinstance(error, Unavailable) or (isinstance(error, OSError) and error.errno in SURROUNDINGS)
