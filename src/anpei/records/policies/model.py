"""A policy, its states with the one transition table, and what of its limits is used."""

from dataclasses import dataclass
from datetime import date
from enum import StrEnum
from typing import Protocol

from anpei.kernel.errors import Conflict


class PolicyStatus(StrEnum):
    """Where a policy stands (有效, 失效, 退保, 终止)."""

    IN_FORCE = "in_force"
    LAPSED = "lapsed"
    SURRENDERED = "surrendered"
    TERMINATED = "terminated"


ALLOWED: dict[PolicyStatus, frozenset[PolicyStatus]] = {
    PolicyStatus.IN_FORCE: frozenset({PolicyStatus.LAPSED, PolicyStatus.SURRENDERED, PolicyStatus.TERMINATED}),
    PolicyStatus.LAPSED: frozenset({PolicyStatus.IN_FORCE, PolicyStatus.TERMINATED}),
    PolicyStatus.SURRENDERED: frozenset(),
    PolicyStatus.TERMINATED: frozenset(),
}


class StatusNotAllowed(Conflict):
    """A policy cannot go from its status to the asked one."""

    code = "policies.status_not_allowed"


class AccumulatorExceeded(Conflict):
    """More would be used than there is: another claim was decided in between. Calculate again."""

    code = "policies.accumulator_exceeded"


class AlreadyConsumed(Conflict):
    """This claim's round has used something else before, or was released: a new round is needed."""

    code = "policies.already_consumed"


@dataclass(frozen=True, slots=True)
class Policy:
    """A policy. ``end_on`` is the first day that is not covered any more; ``first_covered_on`` the first day of unbroken cover."""

    id: str
    insurer_id: str
    number: str
    product_id: str
    plan: str
    start_on: date
    end_on: date
    first_covered_on: date | None
    holder_id: str
    insured_id: str
    social_insurance: bool
    status: str

    def __repr__(self) -> str:
        return f"Policy(id={self.id!r})"


class Use(Protocol):
    """What a claim uses of one accumulator in one period; ``total`` is the whole of it under the terms."""

    @property
    def name(self) -> str: ...

    @property
    def period_key(self) -> str: ...

    @property
    def amount(self) -> int: ...

    @property
    def total(self) -> int: ...


@dataclass(frozen=True, slots=True)
class Entry:
    """One entry of the ledger of uses. ``kind`` is ``use`` or ``release``; amounts in fen, or a count."""

    claim_id: str
    round: int
    name: str
    period_key: str
    kind: str
    amount: int
