"""What a reviewer sees (盲审): papers, facts and terms, and what was used of limits before; not what the machine found, calculated or did.

The view names what it holds (nothing is taken away from a larger one), so that a new section never leaks into it by accident.
"""

from collections.abc import Mapping
from typing import Any

from anpei.claims.dossier import queries as dossier
from anpei.claims.dossier.model import SectionName
from anpei.claims.leak.model import NotBlind, Task
from anpei.claims.leak.queries import get_decided
from anpei.engines.db import Connection
from anpei.trust.access import Actor, access_log
from anpei.trust.vault import Vault

PURPOSE = "leak_review"
FACTS = ("event", "insured", "policy", "bills", "stays", "diagnoses", "persons")
"""The parts of the facts that are shown: what the papers and the policy say."""


def blind_view(conn: Connection, *, vault: Vault, task: Task) -> dict[str, Any]:
    """The papers and facts of a drawn settlement as plain data."""
    claim = dossier.get_claim(conn, vault=vault, claim_id=task.claim_id)
    evidence = dossier.get_section(conn, vault=vault, claim_id=claim.id, name=SectionName.EVIDENCE, round=task.round).payload
    assessment = dossier.get_section(conn, vault=vault, claim_id=claim.id, name=SectionName.ASSESSMENT, round=task.round).payload
    facts: Mapping[str, Any] = evidence["facts"]
    return {
        "task": task.id, "claim_no": claim.claim_no, "claim_id": claim.id, "round": task.round, "product": claim.product_id,
        "plan": claim.plan, "facts": {name: facts[name] for name in FACTS}, "used_before": assessment["accumulators"],
        "pages": [{"page_id": page["page_id"], "kind": page["kind"], "usable": page["usable"]} for page in evidence["pages"]],
    }  # fmt: skip


def check_blind(conn: Connection, *, actor: Actor, task: Task) -> None:
    """Raise NotBlind when the person opened the claim for another purpose since it was decided."""
    decided_at = get_decided(conn, claim_id=task.claim_id, round=task.round).decided_at
    seen = [
        entry
        for entry in access_log(conn, subject=task.claim_id)
        if entry.account_id == actor.account_id and entry.purpose != PURPOSE and entry.at >= decided_at
    ]
    if seen:
        raise NotBlind(
            f"the account {actor.account_id} opened the claim of task {task.id} for {seen[0].purpose}: another person must review it",
            data={"task": task.id, "account": actor.account_id},
        )
