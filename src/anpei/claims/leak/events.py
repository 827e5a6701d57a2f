"""Events of leak measurement. A recovery is not told on the claimant's timeline (``decided_claim_id``) until a person has looked at it."""

from dataclasses import dataclass
from typing import ClassVar

from anpei.kernel.events import Event


@dataclass(frozen=True)
class RecoveryOpened(Event):
    """A settlement paid too much; a recovery case waits for a person. Nothing is taken back by itself."""

    name: ClassVar[str] = "claims.leak.recovery_opened"
    task_id: str
    decided_claim_id: str
    round: int
    amount_fen: int


@dataclass(frozen=True)
class SupplementProposed(Event):
    """A settlement paid too little; a supplementary payment waits for a person's signature."""

    name: ClassVar[str] = "claims.leak.supplement_proposed"
    task_id: str
    decided_claim_id: str
    round: int
    amount_fen: int


@dataclass(frozen=True)
class SupplementSigned(Event):
    """A person signed the supplementary payment; it is due."""

    name: ClassVar[str] = "claims.leak.supplement_signed"
    task_id: str
    decided_claim_id: str
    round: int
    amount_fen: int
