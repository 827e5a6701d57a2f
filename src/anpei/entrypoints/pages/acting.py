"""Forms of a claim's page: each calls one operation and leads back to the claim."""

from typing import Annotated

from fastapi import APIRouter, Depends, Form, Request
from fastapi.responses import RedirectResponse

from anpei.claims.decision.model import Grounds
from anpei.entrypoints.api.door import Door, DoorIn
from anpei.entrypoints.api.guards import Visitor, guard
from anpei.entrypoints.api.looking import find_in_sight
from anpei.entrypoints.api.routes.decisions import agreed_payee
from anpei.entrypoints.pages.drawing import language_of, link
from anpei.kernel.money import Money

router = APIRouter(prefix="/claims")
Words = Annotated[str, Form(max_length=2000)]
LINE = "line:"
"""How the fields of a reduction begin; the rest is the line's id."""


def _back(request: Request, door: Door, claim_id: str) -> RedirectResponse:
    door.platform.worker.wake()
    return RedirectResponse(link(f"/claims/{claim_id}", language_of(request.query_params)), status_code=303)


@router.post("/{claim_id}/submit")
def submit(request: Request, claim_id: str, door: DoorIn, visitor: Annotated[Visitor, Depends(guard("claim.upload"))]) -> RedirectResponse:
    """All papers are there."""
    find_in_sight(door, visitor, claim_id)
    door.platform.claiming.submit(actor=visitor.actor, claim_id=claim_id)
    return _back(request, door, claim_id)


@router.post("/{claim_id}/withdraw")
def withdraw(
    request: Request, claim_id: str, door: DoorIn, visitor: Annotated[Visitor, Depends(guard("claim.report"))]
) -> RedirectResponse:
    """Take the claim back."""
    find_in_sight(door, visitor, claim_id)
    door.platform.claiming.withdraw(actor=visitor.actor, claim_id=claim_id)
    return _back(request, door, claim_id)


@router.post("/{claim_id}/ask-person")
def ask_person(
    request: Request, claim_id: str, door: DoorIn, visitor: Annotated[Visitor, Depends(guard("claim.object"))]
) -> RedirectResponse:
    """Ask for a person."""
    find_in_sight(door, visitor, claim_id)
    door.platform.claiming.ask_review(actor=visitor.actor, claim_id=claim_id)
    return _back(request, door, claim_id)


@router.post("/{claim_id}/reopen")
def reopen(
    request: Request, claim_id: str, door: DoorIn, visitor: Annotated[Visitor, Depends(guard("claim.reopen"))], reason: Words = ""
) -> RedirectResponse:
    """Open an ended claim again."""
    find_in_sight(door, visitor, claim_id)
    door.platform.claiming.reopen(actor=visitor.actor, claim_id=claim_id, reason=reason)
    return _back(request, door, claim_id)


@router.post("/{claim_id}/settle")
def settle(request: Request, claim_id: str, door: DoorIn, visitor: Annotated[Visitor, Depends(guard("claim.decide"))]) -> RedirectResponse:
    """Settle at the amount that arithmetic gives."""
    find_in_sight(door, visitor, claim_id)
    door.platform.claiming.settle(actor=visitor.actor, claim_id=claim_id)
    return _back(request, door, claim_id)


async def amounts_of(request: Request) -> dict[str, int]:
    """The new amounts of a reduction by line, in fen, from yuan as people write them. Raises InvalidAmount."""
    form = await request.form()
    given = {name.removeprefix(LINE): value for name, value in form.items() if name.startswith(LINE) and isinstance(value, str)}
    return {line: Money.parse(value).fen for line, value in given.items()}


async def codes_of(request: Request) -> tuple[str, ...]:
    """The finding codes that were ticked."""
    return tuple(value for value in (await request.form()).getlist("codes") if isinstance(value, str))


Amounts = Annotated[dict[str, int], Depends(amounts_of)]
Codes = Annotated[tuple[str, ...], Depends(codes_of)]


def grounds_of(codes: Codes, clause: Words = "", fact: Words = "", reason: Words = "") -> Grounds:
    """The grounds of a form. Raises ReasonsMissing."""
    return Grounds(codes=codes, clause=clause, fact=fact, reason_zh=reason)


GroundsIn = Annotated[Grounds, Depends(grounds_of)]


@router.post("/{claim_id}/reduce")
def reduce(
    *,
    request: Request,
    claim_id: str,
    door: DoorIn,
    visitor: Annotated[Visitor, Depends(guard("claim.reduce"))],
    payable: Amounts,
    grounds: GroundsIn,
) -> RedirectResponse:
    """Pay less, for reasons that are named."""
    find_in_sight(door, visitor, claim_id)
    door.platform.claiming.reduce(actor=visitor.actor, claim_id=claim_id, payable=payable, grounds=grounds)
    return _back(request, door, claim_id)


@router.post("/{claim_id}/refuse")
def refuse(
    request: Request, claim_id: str, door: DoorIn, visitor: Annotated[Visitor, Depends(guard("claim.refuse"))], grounds: GroundsIn
) -> RedirectResponse:
    """Refuse, for reasons that are named."""
    find_in_sight(door, visitor, claim_id)
    door.platform.claiming.refuse(actor=visitor.actor, claim_id=claim_id, grounds=grounds)
    return _back(request, door, claim_id)


@router.post("/{claim_id}/pay-again")
def pay_again(
    *,
    request: Request,
    claim_id: str,
    door: DoorIn,
    visitor: Annotated[Visitor, Depends(guard("claim.decide"))],
    bank: Words = "",
    account: Words = "",
) -> RedirectResponse:
    """Pay to another card of the same person."""
    payee = {"name": agreed_payee(door, visitor, claim_id), "bank": bank, "account": account}
    door.platform.claiming.pay_again(actor=visitor.actor, claim_id=claim_id, payee=payee)
    return _back(request, door, claim_id)
