"""What people decide about a claim: withdraw, ask for a person, reopen, settle, reduce, refuse, pay again."""

from typing import Annotated

from fastapi import APIRouter, Depends

from anpei.claims.decision.model import Grounds
from anpei.claims.dossier import queries as dossier
from anpei.claims.dossier.model import SectionName
from anpei.entrypoints.api import answers, requests
from anpei.entrypoints.api.door import Door, DoorIn
from anpei.entrypoints.api.guards import Visitor, guard
from anpei.entrypoints.api.looking import find_in_sight, look
from anpei.entrypoints.api.views.sight import claim_in_sight

router = APIRouter(prefix="/v1/claims", tags=["decisions"])


def done(door: Door, visitor: Visitor, claim_id: str) -> answers.Done:
    """The claim's state after something was done to it; what follows starts at once."""
    door.platform.worker.wake()
    return answers.Done(claim_id=claim_id, state=find_in_sight(door, visitor, claim_id).state.value)


def grounds_of(part: requests.GroundsPart) -> Grounds:
    """The grounds of a decision. Raises ReasonsMissing."""
    return Grounds(codes=part.codes, clause=part.clause, fact=part.fact, reason_zh=part.reason)


@router.post("/{claim_id}/withdraw")
def withdraw(claim_id: str, door: DoorIn, visitor: Annotated[Visitor, Depends(guard("claim.report"))]) -> answers.Done:
    """Take the claim back (撤案)."""
    find_in_sight(door, visitor, claim_id)
    door.platform.claiming.withdraw(actor=visitor.actor, claim_id=claim_id)
    return done(door, visitor, claim_id)


@router.post("/{claim_id}/ask-person")
def ask_person(claim_id: str, door: DoorIn, visitor: Annotated[Visitor, Depends(guard("claim.object"))]) -> answers.Done:
    """One tap to a person (个人信息保护法 24)."""
    find_in_sight(door, visitor, claim_id)
    door.platform.claiming.ask_review(actor=visitor.actor, claim_id=claim_id)
    return done(door, visitor, claim_id)


@router.post("/{claim_id}/reopen")
def reopen(claim_id: str, form: requests.Reopen, door: DoorIn, visitor: Annotated[Visitor, Depends(guard("claim.reopen"))]) -> answers.Done:
    """Open an ended claim again, for a reason."""
    find_in_sight(door, visitor, claim_id)
    door.platform.claiming.reopen(actor=visitor.actor, claim_id=claim_id, reason=form.reason)
    return done(door, visitor, claim_id)


@router.post("/{claim_id}/settle")
def settle(claim_id: str, door: DoorIn, visitor: Annotated[Visitor, Depends(guard("claim.decide"))]) -> answers.Done:
    """Settle a referred claim at the amount that arithmetic gives."""
    find_in_sight(door, visitor, claim_id)
    door.platform.claiming.settle(actor=visitor.actor, claim_id=claim_id)
    return done(door, visitor, claim_id)


@router.post("/{claim_id}/reduce")
def reduce(claim_id: str, form: requests.Reduce, door: DoorIn, visitor: Annotated[Visitor, Depends(guard("claim.reduce"))]) -> answers.Done:
    """Pay less than arithmetic gives, for reasons that are named (核减)."""
    find_in_sight(door, visitor, claim_id)
    door.platform.claiming.reduce(actor=visitor.actor, claim_id=claim_id, payable=form.payable, grounds=grounds_of(form.grounds))
    return done(door, visitor, claim_id)


@router.post("/{claim_id}/refuse")
def refuse(claim_id: str, form: requests.Refuse, door: DoorIn, visitor: Annotated[Visitor, Depends(guard("claim.refuse"))]) -> answers.Done:
    """Refuse, for reasons that are named (拒赔). Only a signed-in person can."""
    find_in_sight(door, visitor, claim_id)
    door.platform.claiming.refuse(actor=visitor.actor, claim_id=claim_id, grounds=grounds_of(form.grounds))
    return done(door, visitor, claim_id)


@router.post("/{claim_id}/pay-again")
def pay_again(
    claim_id: str, form: requests.PayeePart, door: DoorIn, visitor: Annotated[Visitor, Depends(guard("claim.decide"))]
) -> answers.Done:
    """After the bank sent the money back: pay to another account of the same person, whose name need not be repeated."""
    payee = form.model_dump() | {"name": form.name or agreed_payee(door, visitor, claim_id)}
    door.platform.claiming.pay_again(actor=visitor.actor, claim_id=claim_id, payee=payee)
    return done(door, visitor, claim_id)


def agreed_payee(door: Door, visitor: Visitor, claim_id: str) -> str:
    """The name of the agreed payee, handed on to the payment and to nobody else. Raises ClaimNotFound."""
    with look(door, visitor) as sight:
        claim = claim_in_sight(sight, claim_id)
        report = dossier.get_section(sight.conn, vault=door.platform.vault, claim_id=claim.id, name=SectionName.REPORT)
        return str(report.payload["payee"]["name"])
