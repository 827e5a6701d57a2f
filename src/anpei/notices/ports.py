"""What notices needs from outside: somebody who carries a message to an address."""

from dataclasses import dataclass, field
from datetime import datetime
from typing import Protocol

from anpei.kernel.errors import AnpeiError, Unavailable


@dataclass(frozen=True, slots=True)
class Message:
    """One message. The same ``message_id`` is the same message, however often it is sent; the rest stays out of ``repr``."""

    message_id: str
    written_at: datetime
    to: str = field(repr=False)
    subject: str = field(repr=False)
    body: str = field(repr=False)


class DeliveryDown(Unavailable):
    """The carrier cannot be reached or is busy; it is tried again later."""

    code = "notices.delivery_down"


class DeliveryRefused(AnpeiError):
    """The carrier refused this message for good, such as an address that does not exist; trying again does not help."""

    code = "notices.delivery_refused"


class Delivery(Protocol):
    """Carries messages. Sending the same message again after a crash must do no harm beyond a double of the same id."""

    def send(self, message: Message) -> None:
        """Hand a message over. Raises DeliveryDown, DeliveryRefused."""
        ...
