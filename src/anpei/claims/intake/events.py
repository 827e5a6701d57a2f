"""Events of intake."""

from dataclasses import dataclass
from typing import ClassVar

from anpei.kernel.events import Event


@dataclass(frozen=True)
class ClaimReported(Event):
    """A claim was reported (报案)."""

    name: ClassVar[str] = "claims.intake.reported"
    claim_id: str
    policy_id: str
    product_id: str


@dataclass(frozen=True)
class ClaimWithdrawn(Event):
    """The claimant withdrew the claim (撤案)."""

    name: ClassVar[str] = "claims.intake.withdrawn"
    claim_id: str
    round: int


@dataclass(frozen=True)
class ClaimReopened(Event):
    """An ended claim was opened again in a new round (重开)."""

    name: ClassVar[str] = "claims.intake.reopened"
    claim_id: str
    round: int
