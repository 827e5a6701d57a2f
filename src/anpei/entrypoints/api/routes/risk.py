"""Risk of a claim, for those who decide it: the score with its reasons, and the links. It decided nothing."""

from collections.abc import Mapping
from typing import Annotated, Any

from fastapi import APIRouter, Depends

from anpei.claims.dossier import queries as dossier
from anpei.claims.dossier.model import SectionName
from anpei.claims.risk.signals import title_of
from anpei.entrypoints.api.answers.risk import ClaimRisk, RiskHub, RiskLink, RiskReason, RiskScore
from anpei.entrypoints.api.door import DoorIn
from anpei.entrypoints.api.guards import Visitor, guard
from anpei.entrypoints.api.looking import LangIn, look
from anpei.entrypoints.api.views.sight import claim_in_sight
from anpei.entrypoints.api.words import Lang
from anpei.kernel.errors import NotFound

router = APIRouter(prefix="/v1/claims", tags=["risk"])
MEDICAL = frozenset({"diagnosis_group"})


@router.get("/{claim_id}/risk")
def claim_risk(claim_id: str, door: DoorIn, visitor: Annotated[Visitor, Depends(guard("claim.decide"))], lang: LangIn = "zh") -> ClaimRisk:
    """The score, what moved it, and the claims that share values with this one; 404 when there is nothing."""
    with look(door, visitor) as sight:
        claim = claim_in_sight(sight, claim_id)
        section = dossier.find_section(sight.conn, vault=door.platform.vault, claim_id=claim.id, name=SectionName.RISK)
    if section is None:
        raise NotFound(f"claim {claim_id} has neither score nor links", data={"claim": claim_id})
    told, links = section.payload["score"], section.payload["links"]
    return ClaimRisk(
        claim_id=claim_id, score=None if told is None else _score(told, lang), links=[RiskLink(**link) for link in links["links"]],
        hubs=[RiskHub(**hub) for hub in links["hubs"]], truncated=links["truncated"], persons=links["persons"],
    )  # fmt: skip


def _score(told: Mapping[str, Any], lang: Lang) -> RiskScore:
    reasons = [
        RiskReason(
            feature=one["feature"], title=title_of(one["feature"], lang=lang), share_milli=one["share_milli"],
            value=None if one["feature"] in MEDICAL else one["value"],
        )
        for one in told["reasons"]
    ]  # fmt: skip
    return RiskScore(model=told["model"], score_bp=told["score_bp"], refer_at_bp=told["refer_at_bp"], reasons=reasons)
