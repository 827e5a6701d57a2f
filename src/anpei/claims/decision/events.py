"""Events of the decision."""

from dataclasses import dataclass
from typing import ClassVar

from anpei.kernel.events import Event


@dataclass(frozen=True)
class ClaimDecided(Event):
    """A decision to pay was taken: settle or reduce; ``by`` is machine or person."""

    name: ClassVar[str] = "claims.decision.decided"
    claim_id: str
    round: int
    decision: str
    total_fen: int
    by: str


@dataclass(frozen=True)
class ClaimReferred(Event):
    """The claim goes to a person, with the reason codes (comma-separated)."""

    name: ClassVar[str] = "claims.decision.referred"
    claim_id: str
    round: int
    reasons: str


@dataclass(frozen=True)
class ClaimRefused(Event):
    """A person refused the claim; the reasoned notice is due (保险法 24)."""

    name: ClassVar[str] = "claims.decision.refused"
    claim_id: str
    round: int
    codes: str


@dataclass(frozen=True)
class ReviewAsked(Event):
    """The customer asked for a person to look at an automatic result (个人信息保护法 24)."""

    name: ClassVar[str] = "claims.decision.review_asked"
    claim_id: str
    round: int
