"""Asking the reading machine about a page: what the claim line needs of it, and what happens when an extra question fails."""

from collections.abc import Callable

import structlog

from anpei.kernel.errors import AnpeiError
from anpei.reading.hints import Hint
from anpei.reading.model import FileReading, PageReading

log = structlog.get_logger()

ReadFile = Callable[[bytes, str], FileReading]
FindHints = Callable[[bytes, PageReading], tuple[Hint, ...]]


def no_hints(_data: bytes, _page: PageReading) -> tuple[Hint, ...]:
    """Nothing odd anywhere: stands in where a test is not about hints."""
    return ()


def hints_of(find: FindHints, data: bytes, page: PageReading) -> tuple[Hint, ...] | None:
    """The hints of a page that was read; None when looking for them failed: a page is never lost over a hint."""
    try:
        return find(data, page)
    except AnpeiError as error:
        log.warning("hints.not_looked_for", code=error.code, page=page.page)
        return None
