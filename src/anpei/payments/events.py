"""What payments tells the others. Ids and amounts only."""

from collections.abc import Callable
from dataclasses import dataclass
from typing import ClassVar

from anpei.engines.db import Connection
from anpei.kernel.events import Event

Emit = Callable[[Connection, Event], None]
"""Puts an event into the outbox, in the caller's transaction."""


@dataclass(frozen=True)
class PaymentConfirmed(Event):
    """The bank booked the payment."""

    name: ClassVar[str] = "payments.order.confirmed"
    order_id: str
    claim_id: str
    round: int
    amount_fen: int
    bank_reference: str


@dataclass(frozen=True)
class PaymentRejected(Event):
    """The bank refused the payment; the claim is still owed."""

    name: ClassVar[str] = "payments.order.rejected"
    order_id: str
    claim_id: str
    round: int
    amount_fen: int
    reason: str


@dataclass(frozen=True)
class PaymentReversed(Event):
    """The money was paid and came back; the claim is still owed."""

    name: ClassVar[str] = "payments.order.reversed"
    order_id: str
    claim_id: str
    round: int
    amount_fen: int
    reason: str
