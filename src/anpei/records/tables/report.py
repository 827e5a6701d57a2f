"""What became of the rows of a file: counts, and each bad row with line, column, reason and what to do. No personal data in it."""

from collections.abc import Sequence
from dataclasses import dataclass, field
from enum import StrEnum
from functools import cache
from pathlib import Path

from pydantic import BaseModel, ConfigDict, RootModel

from anpei.engines.knowledge.files import load

MAX_ERRORS = 1_000
"""Errors kept in a report; the rest is counted, so that a file of bad rows cannot fill the memory."""


class _Words(BaseModel):
    model_config = ConfigDict(extra="forbid", frozen=True)

    zh: str
    en: str


class _Said(BaseModel):
    model_config = ConfigDict(extra="forbid", frozen=True)

    reason: _Words
    advice: _Words


class _Errors(RootModel[dict[str, _Said]]):
    """The file ``errors.yaml``."""


@cache
def _said() -> dict[str, _Said]:
    return load(Path(__file__).with_name("errors.yaml"), _Errors).root


class Outcome(StrEnum):
    """What became of a good row."""

    ADDED = "added"
    UPDATED = "updated"
    UNCHANGED = "unchanged"


@dataclass(frozen=True, slots=True)
class RowError:
    """One problem of one row. ``column`` is empty when the whole row is meant; texts in Chinese and English."""

    line: int
    column: str
    code: str
    reason: str
    reason_en: str
    advice: str
    advice_en: str


def row_error(code: str, *, line: int, column: str = "", **values: object) -> RowError:
    """An error of the closed list of codes; ``values`` fill its texts and are never personal data."""
    said = _said()[code]
    texts = (text.format(**values) for text in (said.reason.zh, said.reason.en, said.advice.zh, said.advice.en))
    return RowError(line, column, code, *texts)


@dataclass(frozen=True, slots=True)
class ImportReport:
    """What an import did. ``errors`` holds the first problems in the order of the file; ``errors_left_off`` counts the others."""

    added: int
    updated: int
    unchanged: int
    refused: int
    errors: tuple[RowError, ...]
    errors_left_off: int

    @property
    def taken(self) -> int:
        """Rows that are in the records now as the file says."""
        return self.added + self.updated + self.unchanged


@dataclass
class Tally:
    """Counts while a file is read."""

    counts: dict[Outcome, int] = field(default_factory=lambda: dict.fromkeys(Outcome, 0))
    refused: int = 0
    errors: list[RowError] = field(default_factory=list)
    left_off: int = 0

    def count(self, outcome: Outcome | RowError) -> None:
        """One row: what became of it, or the one error it has."""
        if isinstance(outcome, RowError):
            self.refuse([outcome])
        else:
            self.counts[outcome] += 1

    def refuse(self, errors: Sequence[RowError]) -> None:
        """One row with all its errors."""
        self.refused += 1
        room = max(MAX_ERRORS - len(self.errors), 0)
        self.errors += errors[:room]
        self.left_off += max(len(errors) - room, 0)

    def report(self) -> ImportReport:
        """The report, errors in the order of the file."""
        errors = tuple(sorted(self.errors, key=lambda error: error.line))
        added, updated, unchanged = (self.counts[outcome] for outcome in (Outcome.ADDED, Outcome.UPDATED, Outcome.UNCHANGED))
        return ImportReport(added, updated, unchanged, self.refused, errors, self.left_off)
