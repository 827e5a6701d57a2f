"""What notices tells the others. A delivery is the stamped event on which a legal clock may pause."""

from collections.abc import Callable
from dataclasses import dataclass
from typing import ClassVar

from anpei.engines.db import Connection
from anpei.kernel.events import Event

Emit = Callable[[Connection, Event], None]
"""Puts an event into the outbox, in the caller's transaction."""


@dataclass(frozen=True)
class NoticeDelivered(Event):
    """The notice was handed to the recipient's mail server."""

    name: ClassVar[str] = "notices.notice.delivered"
    notice_id: str
    claim_id: str
    round: int
    template: str


@dataclass(frozen=True)
class NoticeFailed(Event):
    """The notice could not be sent; it is in the inbox only, a person must tell the recipient."""

    name: ClassVar[str] = "notices.notice.failed"
    notice_id: str
    claim_id: str
    round: int
    template: str
    reason: str
