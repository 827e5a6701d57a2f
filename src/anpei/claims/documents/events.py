"""Events of documents."""

from dataclasses import dataclass
from typing import ClassVar

from anpei.kernel.events import Event


@dataclass(frozen=True)
class PageRead(Event):
    """One upload was read (or found unreadable)."""

    name: ClassVar[str] = "claims.documents.page_read"
    claim_id: str
    upload_id: str
    pages: int


@dataclass(frozen=True)
class DocumentsSubmitted(Event):
    """The claimant said that everything is there; request and documents are received (保险法 23)."""

    name: ClassVar[str] = "claims.documents.submitted"
    claim_id: str
    round: int


@dataclass(frozen=True)
class EvidenceComplete(Event):
    """All needed papers are there and usable."""

    name: ClassVar[str] = "claims.documents.evidence_complete"
    claim_id: str
    round: int


@dataclass(frozen=True)
class EvidenceWanting(Event):
    """Papers are missing or unusable; one complete supplement notice goes out (保险法 22)."""

    name: ClassVar[str] = "claims.documents.evidence_wanting"
    claim_id: str
    round: int
    missing: int
    second: int = 0
