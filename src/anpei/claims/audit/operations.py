"""Writes: the findings of a round, with everything they were found from (providers, items, rule hits, snapshot)."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

from anpei.claims.audit.events import ClaimAudited
from anpei.claims.audit.model import Finding, FindingsTable, Outcome
from anpei.claims.dossier import operations as dossier
from anpei.claims.dossier.model import Claim, SectionName
from anpei.engines.bus import Emit
from anpei.engines.db import Connection
from anpei.trust.vault import Vault


@dataclass(frozen=True)
class Gathered:
    """What the audit stood on, as plain data; kept with the findings so that the decision and the proof use the very same."""

    providers: Mapping[str, Mapping[str, Any] | None]
    items: Mapping[str, Mapping[str, Any]]
    hits: tuple[Mapping[str, Any], ...]
    rules_on: date
    snapshot_id: str
    considered: int

    def to_dict(self) -> dict[str, Any]:
        """Plain data for the findings section."""
        return {
            "providers": dict(self.providers), "items": dict(self.items), "hits": list(self.hits),
            "rules_on": self.rules_on.isoformat(), "snapshot": self.snapshot_id, "considered": self.considered,
        }  # fmt: skip

    @classmethod
    def from_dict(cls, data: Mapping[str, Any]) -> "Gathered":
        """The reverse of to_dict."""
        return cls(
            data["providers"], data["items"], tuple(data["hits"]), date.fromisoformat(data["rules_on"]),
            data["snapshot"], data["considered"],
        )  # fmt: skip


def write_findings(
    conn: Connection,
    *,
    vault: Vault,
    emit: Emit,
    claim: Claim,
    table: FindingsTable,
    findings: tuple[Finding, ...],
    gathered: Gathered,
    at: datetime,
) -> None:
    """Append the findings section of the round."""
    payload = {"findings": [item.to_dict() for item in findings], "gathered": gathered.to_dict()}
    dossier.write_section(conn, vault=vault, claim=claim, name=SectionName.FINDINGS, payload=payload, at=at)
    refer = sum(1 for item in findings if table.kind(item.code).outcome is Outcome.REFER)
    emit(conn, ClaimAudited(claim.id, claim.round, len(findings), refer))
