"""Reading claims: the list, one claim, its progress, papers, reasons, payments, proofs and notices."""

from typing import Annotated

from fastapi import APIRouter, Depends, Query

from anpei.claims.dossier import queries as dossier
from anpei.claims.dossier.model import ClaimState
from anpei.entrypoints.api import answers
from anpei.entrypoints.api.door import DoorIn
from anpei.entrypoints.api.guards import Visitor, guard
from anpei.entrypoints.api.looking import LangIn, look
from anpei.entrypoints.api.views import aftermath
from anpei.entrypoints.api.views import claims as views
from anpei.entrypoints.api.views.papers import papers_of
from anpei.entrypoints.api.views.progress import progress_of
from anpei.entrypoints.api.views.reasoning import reasoning_of
from anpei.entrypoints.api.views.sight import claim_in_sight

router = APIRouter(prefix="/v1/claims", tags=["claims"])
MayRead = Annotated[Visitor, Depends(guard("claim.read", own="claim.read_own"))]


@router.get("")
def list_claims(
    *,
    door: DoorIn,
    visitor: MayRead,
    state: Annotated[list[ClaimState] | None, Query(description="only these states")] = None,
    claim_no: Annotated[str | None, Query(max_length=40)] = None,
    before: Annotated[str | None, Query(max_length=40, description="cursor: `next` of the page before")] = None,
    limit: Annotated[int, Query(ge=1, le=100)] = 20,
    lang: LangIn = "zh",
) -> answers.ClaimPage:
    """The claims in sight, newest first, with a count by state."""
    with look(door, visitor, lang) as sight:
        if claim_no is not None:
            return views.find_claim(sight, claim_no=claim_no)
        return views.list_claims(sight, states=state or [], before=before, limit=limit)


@router.get("/{claim_id}")
def get_claim(claim_id: str, door: DoorIn, visitor: MayRead, lang: LangIn = "zh") -> answers.Claim:
    """One claim: who (masked), what, where it stands, what happens next, what may be done."""
    with look(door, visitor, lang) as sight:
        claim = claim_in_sight(sight, claim_id)
        return views.claim_of(sight, claim, dossier.list_timeline(sight.conn, claim_id=claim.id))


@router.get("/{claim_id}/progress")
def get_progress(claim_id: str, door: DoorIn, visitor: MayRead, lang: LangIn = "zh") -> answers.Progress:
    """The timeline with the law's clocks; ask again while ``moving``."""
    with look(door, visitor, lang) as sight:
        claim = claim_in_sight(sight, claim_id)
        return progress_of(sight, claim, dossier.list_timeline(sight.conn, claim_id=claim.id))


@router.get("/{claim_id}/papers")
def get_papers(claim_id: str, door: DoorIn, visitor: MayRead, lang: LangIn = "zh") -> answers.Papers:
    """Files and pages with quality, kind and fields as soon as they are read; personal and medical values are covered."""
    with look(door, visitor, lang) as sight:
        return papers_of(sight, claim_in_sight(sight, claim_id))


@router.get("/{claim_id}/reasoning")
def get_reasoning(claim_id: str, door: DoorIn, visitor: MayRead, lang: LangIn = "zh") -> answers.Reasoning:
    """Findings in plain words, the calculation step by step, and the decision."""
    with look(door, visitor, lang) as sight:
        return reasoning_of(sight, claim_in_sight(sight, claim_id))


@router.get("/{claim_id}/payments")
def list_payments(claim_id: str, door: DoorIn, visitor: MayRead, lang: LangIn = "zh") -> list[answers.Payment]:
    """The payment orders; of the account only its last digits."""
    with look(door, visitor, lang) as sight:
        return aftermath.payments_of(sight, claim_in_sight(sight, claim_id))


@router.get("/{claim_id}/proofs")
def list_proofs(claim_id: str, door: DoorIn, visitor: MayRead) -> list[answers.ProofEntry]:
    """Which proofs exist."""
    with look(door, visitor) as sight:
        return aftermath.proofs_of(sight, claim_in_sight(sight, claim_id))


@router.get("/{claim_id}/notices")
def list_notices(claim_id: str, door: DoorIn, visitor: MayRead, lang: LangIn = "zh") -> list[answers.NoticeEntry]:
    """The notices of the claim, oldest first, without their words."""
    with look(door, visitor, lang) as sight:
        return aftermath.notices_of(sight, claim_in_sight(sight, claim_id))
