"""Events of the audit."""

from dataclasses import dataclass
from typing import ClassVar

from anpei.kernel.events import Event


@dataclass(frozen=True)
class ClaimAudited(Event):
    """The findings of a round are written."""

    name: ClassVar[str] = "claims.audit.audited"
    claim_id: str
    round: int
    findings: int
    refer: int
