"""Writes: the marks and the risk section of a claim's round. What is written are facts for the audit; no amount and no decision."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from anpei.claims.dossier import operations as dossier
from anpei.claims.dossier.model import Claim, SectionName
from anpei.claims.risk.links import Links
from anpei.claims.risk.rules import RiskRules
from anpei.claims.risk.scorer.artefact import Model
from anpei.claims.risk.signals import Signal
from anpei.engines.db import Connection
from anpei.trust.vault import Vault

LIVE = "live"


@dataclass(frozen=True, slots=True)
class Assessed:
    """The risk of a claim: the model in use (None: none is), what it said, and the links."""

    model_id: str | None
    model: Model | None
    signals: Mapping[str, Signal]
    links: Links


def write_risk(conn: Connection, *, vault: Vault, rules: RiskRules, claim: Claim, assessed: Assessed, at: datetime) -> None:
    """Append the risk section of the round; without a model and without links to other persons nothing is written."""
    if assessed.model_id is None and not assessed.links.hubs and all(link.same_person for link in assessed.links.links):
        return
    payload = {
        "score": _score(assessed), "signals": dict(assessed.signals), "links": assessed.links.to_dict(),
        "facts": facts_of(assessed, rules=rules),
    }  # fmt: skip
    dossier.write_section(conn, vault=vault, claim=claim, name=SectionName.RISK, payload=payload, at=at)


def facts_of(assessed: Assessed, *, rules: RiskRules) -> dict[str, Any] | None:
    """What the audit may look at; None when nothing is live. What is in shadow is kept in the section and stays out of the facts."""
    facts: dict[str, Any] = {}
    if assessed.model_id is not None and rules.score.status == LIVE:
        facts["score"] = _score(assessed)
    shared = [
        {"kind": kind.id, "persons": assessed.links.persons.get(kind.id, 0)}
        for kind in rules.links.kinds
        if rules.links.status == LIVE and kind.refer_at and assessed.links.persons.get(kind.id, 0) >= kind.refer_at
    ]
    if shared:
        facts["shared"] = shared
    return facts or None


def _score(assessed: Assessed) -> dict[str, Any] | None:
    """The score as plain data. A model in use that cannot be read gives none, and says so."""
    if assessed.model_id is None:
        return None
    if assessed.model is None:
        return {"model": assessed.model_id, "score_bp": None, "refer_at_bp": None, "reasons": []}
    score = assessed.model.score(assessed.signals)
    return {
        "model": assessed.model_id, "score_bp": score.score_bp, "refer_at_bp": assessed.model.refer_at_bp,
        "reasons": [reason.to_dict() for reason in score.reasons],
    }  # fmt: skip
