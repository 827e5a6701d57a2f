"""What goes into the calculation: the facts of bills and what earlier claims have used."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from typing import Any, Self

from anpei.claims.benefit._form import BenefitInvalid, check_amount, checked, plain_row

CURRENCY = "CNY"
"""The one currency of the calculation; a bill in another one is refused."""


@dataclass(frozen=True, slots=True)
class BillLine:
    """One fee line. ``insurance_class`` is A, B, C (甲乙丙) or None when the catalogue does not know it; ``covered`` by the product."""

    line_id: str
    item_code: str
    name: str
    amount_fen: int
    insurance_class: str | None
    covered: bool

    def __post_init__(self) -> None:
        check_amount("amount_fen of a bill line", self.amount_fen)
        if self.insurance_class not in {"A", "B", "C", None}:
            raise BenefitInvalid(f"insurance_class must be A, B, C or None, not {self.insurance_class!r}")

    def to_dict(self) -> dict[str, Any]:
        """Plain data."""
        return plain_row(self)


@dataclass(frozen=True, slots=True, kw_only=True)
class BillFacts:
    """The facts of one bill, in fen.

    ``kind`` is ``outpatient`` or ``inpatient``; ``service_on`` the day of the visit or admission. ``self_paid_fen`` (自付) and
    ``own_expense_fen`` (自费) come from a settlement by social insurance, None when unknown.
    ``settled_by_social``: the bill was settled by social insurance; ``social_insurance``: the policy insures the person as a member
    of it. ``visit`` joins the bills of one
    visit; empty: the bill is a visit of its own. A ``currency`` other than CNY is told and refused, never converted.
    """

    bill_id: str
    kind: str
    service_on: date
    total_fen: int
    pooled_fen: int = 0
    serious_illness_fen: int = 0
    other_payment_fen: int = 0
    self_paid_fen: int | None = None
    own_expense_fen: int | None = None
    settled_by_social: bool
    social_insurance: bool
    lines: tuple[BillLine, ...] = ()
    visit: str = ""
    currency: str = CURRENCY

    def __post_init__(self) -> None:
        for name in ("total_fen", "pooled_fen", "serious_illness_fen", "other_payment_fen"):
            check_amount(f"{name} of bill {self.bill_id}", getattr(self, name))
        check_amount(f"self_paid_fen of bill {self.bill_id}", self.self_paid_fen, optional=True)
        check_amount(f"own_expense_fen of bill {self.bill_id}", self.own_expense_fen, optional=True)

    @property
    def burden_fen(self) -> int:
        """What no one else has paid: the most that an expense benefit may pay (费用补偿原则)."""
        return max(self.total_fen - self.pooled_fen - self.serious_illness_fen - self.other_payment_fen, 0)

    def to_dict(self) -> dict[str, Any]:
        """Plain data."""
        row = {**plain_row(self), "lines": [line.to_dict() for line in self.lines]}
        return row if self.currency != CURRENCY else {name: value for name, value in row.items() if name != "currency"}

    @classmethod
    def from_dict(cls, data: Mapping[str, Any]) -> Self:
        """Facts from their plain form. Raises BenefitInvalid."""

        def build(data: Mapping[str, Any]) -> BillFacts:
            lines = tuple(BillLine(**line) for line in data["lines"])
            return cls(**{**data, "service_on": date.fromisoformat(data["service_on"]), "lines": lines})

        made: Self = checked("bill facts", data, build)
        return made


@dataclass(frozen=True, slots=True)
class Used:
    """What earlier claims used of one accumulator in one period (fen, or a count)."""

    name: str
    period_key: str
    used: int


@dataclass(frozen=True, slots=True)
class Accumulators:
    """What is used already, and the day from which policy years count."""

    policy_start_on: date
    used: tuple[Used, ...] = ()

    @classmethod
    def of(cls, *, policy_start_on: date, used: Mapping[tuple[str, str], int] | None = None) -> Self:
        """From a mapping (name, period key) -> used."""
        rows = sorted((used or {}).items())
        return cls(policy_start_on=policy_start_on, used=tuple(Used(name, key, amount) for (name, key), amount in rows))

    def to_dict(self) -> dict[str, Any]:
        """Plain data."""
        return {"policy_start_on": self.policy_start_on.isoformat(), "used": [plain_row(use) for use in self.used]}

    @classmethod
    def from_dict(cls, data: Mapping[str, Any]) -> Self:
        """Accumulators from their plain form. Raises BenefitInvalid."""

        def build(data: Mapping[str, Any]) -> Accumulators:
            return cls(date.fromisoformat(data["policy_start_on"]), tuple(Used(**use) for use in data["used"]))

        made: Self = checked("accumulators", data, build)
        return made

    def __post_init__(self) -> None:
        for use in self.used:
            check_amount(f"used of accumulator {use.name}", use.used)
