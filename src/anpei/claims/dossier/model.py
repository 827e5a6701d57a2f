"""A claim, its states with the one transition table, its sections and its timeline."""

from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum
from typing import Any

from anpei.kernel.errors import Conflict


class ClaimState(StrEnum):
    """Where a claim stands (glossary: 报案, 收集材料, 审核, 转人工, 已决定, 支付中, 已赔付, 零赔付结案, 拒赔, 撤案)."""

    REPORTED = "reported"
    COLLECTING = "collecting"
    WANTING = "wanting"
    IN_AUDIT = "in_audit"
    ASSESSED = "assessed"
    REFERRED = "referred"
    DECIDED = "decided"
    PAYING = "paying"
    PAYMENT_FAILED = "payment_failed"
    PAID = "paid"
    CLOSED_WITHOUT_PAYMENT = "closed_without_payment"
    REFUSED = "refused"
    WITHDRAWN = "withdrawn"


_OPEN_ENDS = frozenset({ClaimState.WITHDRAWN})

ALLOWED: dict[ClaimState, frozenset[ClaimState]] = {
    ClaimState.REPORTED: frozenset({ClaimState.COLLECTING}) | _OPEN_ENDS,
    ClaimState.COLLECTING: frozenset({ClaimState.WANTING, ClaimState.IN_AUDIT, ClaimState.REFERRED}) | _OPEN_ENDS,
    ClaimState.WANTING: frozenset({ClaimState.COLLECTING, ClaimState.REFERRED, ClaimState.CLOSED_WITHOUT_PAYMENT}) | _OPEN_ENDS,
    ClaimState.IN_AUDIT: frozenset({ClaimState.ASSESSED, ClaimState.REFERRED}) | _OPEN_ENDS,
    ClaimState.ASSESSED: frozenset({ClaimState.DECIDED, ClaimState.REFERRED}) | _OPEN_ENDS,
    ClaimState.REFERRED: frozenset(
        {ClaimState.DECIDED, ClaimState.REFUSED, ClaimState.WANTING, ClaimState.COLLECTING, ClaimState.CLOSED_WITHOUT_PAYMENT}
    )
    | _OPEN_ENDS,
    ClaimState.DECIDED: frozenset({ClaimState.PAYING, ClaimState.CLOSED_WITHOUT_PAYMENT}),
    ClaimState.PAYING: frozenset({ClaimState.PAID, ClaimState.PAYMENT_FAILED}),
    ClaimState.PAYMENT_FAILED: frozenset({ClaimState.DECIDED, ClaimState.CLOSED_WITHOUT_PAYMENT}),
    ClaimState.PAID: frozenset({ClaimState.COLLECTING, ClaimState.PAYMENT_FAILED}),
    ClaimState.CLOSED_WITHOUT_PAYMENT: frozenset({ClaimState.COLLECTING}),
    ClaimState.REFUSED: frozenset({ClaimState.COLLECTING}),
    ClaimState.WITHDRAWN: frozenset({ClaimState.COLLECTING}),
}

ENDED = frozenset({ClaimState.PAID, ClaimState.CLOSED_WITHOUT_PAYMENT, ClaimState.REFUSED, ClaimState.WITHDRAWN})
"""Ended states; leaving one is a reopening (重开) and opens a new round."""


class Lane(StrEnum):
    """Who works on a claim (作业通道)."""

    UNATTENDED = "unattended"
    FAST = "fast"
    SPECIALIST = "specialist"
    INVESTIGATION = "investigation"


class SectionName(StrEnum):
    """The append-only sections, one writing room each."""

    REPORT = "report"
    EVIDENCE = "evidence"
    LANE = "lane"
    RISK = "risk"
    FINDINGS = "findings"
    ASSESSMENT = "assessment"
    REFERRAL = "referral"
    DECISION = "decision"
    SETTLEMENT = "settlement"


class StateNotAllowed(Conflict):
    """The claim's state does not allow this step."""

    code = "claims.state_not_allowed"


def check_move(*, claim_id: str, old: ClaimState, new: ClaimState) -> None:
    """Raise StateNotAllowed unless the one table allows the step."""
    if new not in ALLOWED[old]:
        onward = ", ".join(sorted(state.value for state in ALLOWED[old])) or "nothing"
        raise StateNotAllowed(
            f"claim {claim_id} is {old.value} and cannot become {new.value}; from here: {onward}",
            data={"claim": claim_id, "state": old.value, "wanted": new.value},
        )


@dataclass(frozen=True, slots=True)
class Claim:
    """The claim's row. ``salt`` makes the identity commitments of its facts."""

    id: str
    claim_no: str
    insurer_id: str
    policy_id: str
    product_id: str
    plan: str
    state: ClaimState
    lane: Lane | None
    round: int
    request_id: str | None
    salt: str
    reported_at: datetime
    updated_at: datetime


@dataclass(frozen=True, slots=True)
class Section:
    """One written section: plain data, and the digest of it that the trail and the proof name."""

    claim_id: str
    name: SectionName
    round: int
    payload: dict[str, Any]
    digest: str
    written_at: datetime


@dataclass(frozen=True, slots=True)
class TimelineEntry:
    """Something that happened, for the progress page: the event's name and its ids and codes."""

    seq: int
    at: datetime
    event: str
    round: int
    data: dict[str, Any]
