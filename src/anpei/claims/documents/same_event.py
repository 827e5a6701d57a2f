"""The same accident over several claims: the report names an earlier claim, and both are counted under one event."""

from collections.abc import Mapping
from typing import Any

from anpei.claims.dossier import queries as dossier
from anpei.claims.dossier.model import SectionName
from anpei.engines.db import Connection
from anpei.trust.vault import Vault


def event_of(conn: Connection, *, vault: Vault, policy_id: str, event: Mapping[str, Any], claim_id: str | None = None) -> dict[str, Any]:
    """The event of a report with the id under which its accumulators count.

    ``id`` names an earlier claim by its number: then the event has that claim's id, or where it has none its day, which stands for it
    (``records.policies.periods``). A number that no other claim under this policy has stays as it was said; a person looks at it.
    """
    number = str(event.get("id") or "")
    earlier = dossier.find_by_number(conn, vault=vault, claim_no=number) if number else None
    if earlier is None or earlier.policy_id != policy_id or earlier.id == claim_id:
        return dict(event)
    evidence = dossier.find_section(conn, vault=vault, claim_id=earlier.id, name=SectionName.EVIDENCE)
    report = dossier.get_section(conn, vault=vault, claim_id=earlier.id, name=SectionName.REPORT)
    known = report.payload["event"] if evidence is None else evidence.payload["facts"]["event"]
    return {**event, "id": known.get("id") or known["occurred_on"]}
