"""Findings, what each finding code may lead to, and the case that the checks look at."""

from collections.abc import Mapping
from dataclasses import dataclass
from enum import StrEnum
from functools import cached_property
from typing import Any, Literal

from pydantic import BaseModel, ConfigDict

from anpei.claims.dossier.model import Lane
from anpei.engines.knowledge import KnowledgeError, Rulebook
from anpei.records.products.model import Terms


class Outcome(StrEnum):
    """What a finding leads to. The machine may act on ``settle`` and ``note``; ``refer`` goes to a person; ``wanting`` asks for papers."""

    SETTLE = "settle"
    NOTE = "note"
    REFER = "refer"
    WANTING = "wanting"


class FindingKind(BaseModel):
    """One row of the findings table: the dated meaning of a finding code."""

    model_config = ConfigDict(extra="forbid", frozen=True)

    code: str
    title_zh: str
    title_en: str
    outcome: Outcome
    lane: Lane
    owner: str
    basis: str
    customer_zh: str
    customer_en: str
    status: Literal["draft", "shadow", "live", "retired"] = "live"


class FindingsFile(BaseModel):
    """The file ``findings.yaml``."""

    model_config = ConfigDict(extra="forbid", frozen=True)

    schema_version: int
    valid_from: str
    weak_confidence_bp: int
    kind_confidence_bp: int
    line_match_bp: int
    unattended_limit_fen: int
    hint_bp: int
    hints_checked: tuple[str, ...]
    findings: tuple[FindingKind, ...]


@dataclass(frozen=True)
class FindingsTable:
    """Every finding code with its outcome, and the thresholds that the checks use.

    ``hint_bp``: from this strength on, a hint on a page is for a person. ``hints_checked``: how the codes of hints begin whose matter a
    check of bills looks at itself.
    """

    kinds: Mapping[str, FindingKind]
    weak_confidence_bp: int
    kind_confidence_bp: int
    line_match_bp: int
    unattended_limit_fen: int
    hint_bp: int = 10_001
    hints_checked: tuple[str, ...] = ()

    def kind(self, code: str) -> FindingKind:
        """The row of a code. Raises KnowledgeError: a code without a row must never pass as harmless."""
        if code not in self.kinds:
            raise KnowledgeError(f"findings.yaml has no row for {code}: add it with its outcome before it can be used")
        return self.kinds[code]

    def to_dict(self) -> Mapping[str, Any]:
        """Plain data for checks and the proof: code to outcome and lane, and the thresholds. One and the same object each time."""
        return self._plain

    @cached_property
    def _plain(self) -> Mapping[str, Any]:
        return {
            "outcomes": {code: {"outcome": kind.outcome.value, "lane": kind.lane.value} for code, kind in sorted(self.kinds.items())},
            "weak_confidence_bp": self.weak_confidence_bp, "kind_confidence_bp": self.kind_confidence_bp,
            "line_match_bp": self.line_match_bp, "unattended_limit_fen": self.unattended_limit_fen, "hint_bp": self.hint_bp,
            "hints_checked": list(self.hints_checked),
        }  # fmt: skip


def load_findings(rulebook: Rulebook) -> FindingsTable:
    """Read ``findings.yaml``; a code that stands twice is an error."""
    file = rulebook.load("findings.yaml", FindingsFile)
    kinds: dict[str, FindingKind] = {}
    for kind in file.findings:
        if kind.code in kinds:
            raise KnowledgeError(f"findings.yaml: the code {kind.code} stands twice; keep one")
        kinds[kind.code] = kind
    return FindingsTable(
        kinds, file.weak_confidence_bp, file.kind_confidence_bp, file.line_match_bp, file.unattended_limit_fen, file.hint_bp,
        file.hints_checked,
    )  # fmt: skip


@dataclass(frozen=True, slots=True)
class Finding:
    """One result of the audit: its code, what it is about (page, bill or line ids) and the values that it met. No personal data."""

    code: str
    subjects: tuple[str, ...] = ()
    values: tuple[tuple[str, str | int], ...] = ()

    def to_dict(self) -> dict[str, Any]:
        """Plain data."""
        return {"code": self.code, "subjects": list(self.subjects), "values": dict(self.values)}

    @classmethod
    def from_dict(cls, data: Mapping[str, Any]) -> "Finding":
        """The reverse of to_dict."""
        return cls(data["code"], tuple(data["subjects"]), tuple(sorted(data["values"].items())))


def finding(code: str, *subjects: str, **values: str | int) -> Finding:
    """A finding with its values in a fixed order."""
    return Finding(code, subjects, tuple(sorted(values.items())))


@dataclass(frozen=True)
class Case:
    """All that the audit looks at; plain data only, so that the proof carries it whole.

    ``providers``: hospital text as printed -> provider row or None. ``items``: line key (bill id/line id) -> resolved item.
    ``hits``: rule hits as plain data.
    """

    facts: Mapping[str, Any]
    terms: Terms
    thresholds: Mapping[str, Any]
    providers: Mapping[str, Mapping[str, Any] | None]
    items: Mapping[str, Mapping[str, Any]]
    hits: tuple[Mapping[str, Any], ...]
