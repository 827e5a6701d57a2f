"""Uploads and pages of a claim, and what a completeness check says."""

from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum
from typing import Any

from anpei.kernel.errors import InvalidInput
from anpei.reading.hints import Hint
from anpei.reading.model import FileReading, PageReading

MAX_UPLOAD_BYTES = 30_000_000
MAX_UPLOADS = 60


class UploadState(StrEnum):
    """The life of an uploaded file."""

    STORED = "stored"
    READ = "read"
    UNREADABLE = "unreadable"


ALLOWED: dict[UploadState, frozenset[UploadState]] = {
    UploadState.STORED: frozenset({UploadState.READ, UploadState.UNREADABLE}),
    UploadState.READ: frozenset(),
    UploadState.UNREADABLE: frozenset(),
}


class UploadRefused(InvalidInput):
    """A file is not taken: empty, too large, or too many of them."""

    code = "documents.upload_refused"


@dataclass(frozen=True, slots=True)
class Upload:
    """A stored file. ``problem`` holds the code and advice when it could not be read; ``replaced_by`` the upload that took its place: it
    is kept and shown, and counts no more.
    """

    id: str
    claim_id: str
    round: int
    seq: int
    name: str
    size: int
    state: UploadState
    problem: dict[str, Any] | None
    stored_at: datetime
    replaced_by: str | None = None


@dataclass(frozen=True, slots=True)
class Looked:
    """What was read from a file, and for each page the hints that were found on it (None: it could not be looked at)."""

    reading: FileReading
    hints: tuple[tuple[Hint, ...] | None, ...]


@dataclass(frozen=True, slots=True)
class Page:
    """A read page. ``repeats`` names the earlier page of this claim that shows the same paper; ``hints`` what a person should look at
    on it (None: it could not be looked at).
    """

    id: str
    upload_id: str
    round: int
    seq: int
    reading: PageReading
    repeats: str | None
    hints: tuple[Hint, ...] | None = None


@dataclass(frozen=True, slots=True)
class Wanting:
    """One missing or unusable paper: what it is, why it is needed, and what to do, in plain words."""

    requirement: str
    kinds: tuple[str, ...]
    title_zh: str
    why_zh: str
    problem: str
    advice_zh: str

    def to_dict(self) -> dict[str, Any]:
        """Plain data."""
        return {
            "requirement": self.requirement, "kinds": list(self.kinds), "title": self.title_zh, "why": self.why_zh,
            "problem": self.problem, "advice": self.advice_zh,
        }  # fmt: skip
