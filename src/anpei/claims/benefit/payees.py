"""Sharing one benefit among payees: by parts, within the first order that has somebody, to the exact fen (保险法 40, 42)."""

from collections.abc import Sequence
from dataclasses import dataclass

from anpei.claims.benefit._form import BenefitInvalid, check_amount
from anpei.kernel.money import Money, split


@dataclass(frozen=True, slots=True)
class Payee:
    """One beneficiary or heir: ``parts`` of the benefit within its ``order`` (1 first); ``entitled`` unless it died before or gave up."""

    id: str
    parts: int = 1
    order: int = 1
    entitled: bool = True


@dataclass(frozen=True, slots=True)
class Share:
    """What one payee gets (fen)."""

    payee_id: str
    amount_fen: int


def share_among(*, amount_fen: int, payees: Sequence[Payee]) -> tuple[Share, ...]:
    """Each payee's share by the largest remainder: the shares add up exactly, and payees in another sequence get the same.

    Only the first order with an entitled payee is paid. Raises BenefitInvalid when nobody is entitled or parts are not positive.
    """
    check_amount("the amount to share", amount_fen)
    entitled = [payee for payee in payees if payee.entitled]
    if not entitled or any(payee.parts <= 0 for payee in entitled) or len({p.id for p in payees}) != len(payees):
        raise BenefitInvalid(
            "nobody is entitled, a share has no parts, or a payee stands twice: name the payees and their parts (or the heirs)"
        )
    first = min(payee.order for payee in entitled)
    paid = sorted((payee for payee in entitled if payee.order == first), key=lambda payee: payee.id)
    parts = split(amount=Money(amount_fen), weights=[payee.parts for payee in paid])
    return tuple(Share(payee.id, part.fen) for payee, part in zip(paid, parts, strict=True))
