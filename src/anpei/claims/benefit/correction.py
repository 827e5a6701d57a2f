"""Retro-active changes (追溯调整): what a corrected version of the terms, or corrected facts, would have paid, less what was paid."""

from dataclasses import dataclass

from anpei.claims.benefit._form import BenefitInvalid
from anpei.claims.benefit.model import Assessment


@dataclass(frozen=True, slots=True)
class LineChange:
    """One line before and after (fen); a line that only one of them has counts zero in the other."""

    line_id: str
    paid_fen: int
    now_fen: int

    @property
    def difference_fen(self) -> int:
        """Above zero: to be paid; below zero: paid too much."""
        return self.now_fen - self.paid_fen


@dataclass(frozen=True, slots=True)
class UseChange:
    """One accumulator before and after: what the ledger has to take or give back."""

    name: str
    period_key: str
    used: int
    now: int


@dataclass(frozen=True, slots=True)
class Correction:
    """The difference between two assessments of one claim. Exactly one of supplement and recovery is above zero, or none."""

    product_id: str
    version_paid: str
    version_now: str
    lines: tuple[LineChange, ...]
    uses: tuple[UseChange, ...]
    paid_fen: int
    now_fen: int

    @property
    def supplement_fen(self) -> int:
        """To be paid in addition."""
        return max(self.now_fen - self.paid_fen, 0)

    @property
    def recovery_fen(self) -> int:
        """Paid too much; whether it is asked back, a person decides."""
        return max(self.paid_fen - self.now_fen, 0)


def correct(*, paid: Assessment, now: Assessment) -> Correction:
    """Compare what was paid with what the corrected terms give for the same claim.

    ``now`` is made by ``assess`` with the corrected terms, the same facts, and the accumulators as they were before the claim.
    Raises BenefitInvalid when the two are of different products.
    """
    if paid.product_id != now.product_id:
        raise BenefitInvalid(f"{paid.product_id} and {now.product_id} are two products: compare assessments of one claim")
    before, after = ({line.id: line.payable_fen for line in one.lines} for one in (paid, now))
    used, uses = ({(use.name, use.period_key): use.amount for use in one.accumulator_use} for one in (paid, now))
    return Correction(
        product_id=now.product_id,
        version_paid=paid.product_version,
        version_now=now.product_version,
        lines=tuple(LineChange(name, before.get(name, 0), after.get(name, 0)) for name in sorted(before | after)),
        uses=tuple(UseChange(*key, used.get(key, 0), uses.get(key, 0)) for key in sorted(used | uses)),
        paid_fen=paid.total_fen,
        now_fen=now.total_fen,
    )
