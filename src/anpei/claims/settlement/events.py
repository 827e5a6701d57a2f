"""Events of settlement."""

from dataclasses import dataclass
from typing import ClassVar

from anpei.kernel.events import Event


@dataclass(frozen=True)
class PaymentOrdered(Event):
    """A payment order exists for the decided amount."""

    name: ClassVar[str] = "claims.settlement.ordered"
    claim_id: str
    round: int
    order_id: str
    amount_fen: int


@dataclass(frozen=True)
class ClaimPaid(Event):
    """The bank confirmed; the claim is ended."""

    name: ClassVar[str] = "claims.settlement.paid"
    claim_id: str
    round: int
    amount_fen: int


@dataclass(frozen=True)
class ClaimClosedWithoutPayment(Event):
    """The claim ended without a payment: the deductible or a limit alone made it zero, or a person closed it."""

    name: ClassVar[str] = "claims.settlement.closed_without_payment"
    claim_id: str
    round: int
    cause: str


@dataclass(frozen=True)
class PaymentFailed(Event):
    """The bank rejected or returned the payment; the claimant is asked for another account."""

    name: ClassVar[str] = "claims.settlement.payment_failed"
    claim_id: str
    round: int
    reason: str
