"""The list of claims, one claim with everything about it, and one notice."""

from typing import Annotated

from fastapi import APIRouter, Depends, Query, Request
from starlette.responses import Response

from anpei.claims.dossier.model import ENDED, ClaimState
from anpei.entrypoints.api import answers
from anpei.entrypoints.api.door import Door, DoorIn
from anpei.entrypoints.api.guards import Visitor, guard
from anpei.entrypoints.api.looking import OWN_FILE, find_in_sight, look, open_fields
from anpei.entrypoints.api.routes.personal import notice_text, values_of
from anpei.entrypoints.api.views import aftermath
from anpei.entrypoints.api.views import claims as views
from anpei.entrypoints.api.views.dossier import dossier_of
from anpei.entrypoints.api.views.sight import claim_in_sight
from anpei.entrypoints.pages.drawing import draw, language_of
from anpei.trust.access import ActorKind, Grant

router = APIRouter()
MayRead = Annotated[Visitor, Depends(guard("claim.read", own="claim.read_own"))]
PAGE = 20
TABS: dict[str, tuple[ClaimState, ...]] = {
    "all": (),
    "person": (ClaimState.REFERRED,),
    "claimant": (ClaimState.REPORTED, ClaimState.WANTING, ClaimState.PAYMENT_FAILED),
    "moving": tuple(sorted(views.MOVING)),
    "ended": tuple(sorted(ENDED)),
}
PERSONAL = ("name", "id_number", "birth_date", "phone", "bank_card", "medical")
READING, HANDLING = "page_reading", "claim_handling"


@router.get("/claims")
def list_page(
    *,
    request: Request,
    door: DoorIn,
    visitor: MayRead,
    tab: Annotated[str, Query(max_length=20)] = "all",
    before: Annotated[str | None, Query(max_length=40)] = None,
    claim_no: Annotated[str | None, Query(max_length=40)] = None,
) -> Response:
    """The claims in sight under tabs with counts, or the one that was looked for."""
    chosen = tab if tab in TABS else "all"
    lang = language_of(request.query_params)
    with look(door, visitor, lang) as sight:
        found = views.list_claims(sight, states=TABS[chosen], before=before, limit=PAGE)
        if claim_no:
            found = views.find_claim(sight, claim_no=claim_no).model_copy(update={"counts": found.counts})
    counts = {name: sum(found.counts.get(state.value, 0) for state in states or ClaimState) for name, states in TABS.items()}
    return draw(
        request,
        door.words,
        "claims.html",
        visitor=visitor,
        page=found,
        tabs=counts,
        tab=chosen,
        searched=claim_no or "",
        is_first=before is None,
    )


@router.get("/claims/{claim_id}")
def claim_page(request: Request, claim_id: str, door: DoorIn, visitor: MayRead) -> Response:
    """One claim. What is medical on its papers is opened for reading them, where one's role has that purpose."""
    find_in_sight(door, visitor, claim_id)
    purpose = OWN_FILE if visitor.actor.kind is ActorKind.CUSTOMER else READING
    grant = open_fields(door, visitor, claim_id, purpose=purpose, fields=("medical",)) if purpose in visitor.actor.purposes else None
    return _draw_claim(request, door, visitor, claim_id, grant, purpose="")


@router.post("/claims/{claim_id}/open")
def open_page(request: Request, claim_id: str, door: DoorIn, visitor: MayRead) -> Response:
    """The same page with personal data open, for handling the claim (customers: their own file); the look is recorded."""
    grant = open_fields(door, visitor, claim_id, purpose=HANDLING, fields=PERSONAL)
    return _draw_claim(request, door, visitor, claim_id, grant, purpose=_purpose(door, request, grant.purpose))


def _purpose(door: Door, request: Request, purpose: str) -> str:
    return str(getattr(door.platform.access.purposes[purpose].title, language_of(request.query_params)))


def _draw_claim(request: Request, door: Door, visitor: Visitor, claim_id: str, grant: Grant | None, *, purpose: str) -> Response:
    lang = language_of(request.query_params)
    seen: list[answers.Seen] | None = None
    with look(door, visitor, lang) as sight:
        found = dossier_of(sight, claim_id, opened=frozenset() if grant is None else grant.fields)
        if visitor.actor.may("access_log.read") or visitor.actor.may("access_log.read_own"):
            seen = aftermath.seen_of(sight, claim_in_sight(sight, claim_id))
        opened = values_of(sight, grant) if grant is not None and purpose else {}
    is_customer = visitor.actor.kind is ActorKind.CUSTOMER
    wanted = OWN_FILE if is_customer else HANDLING
    return draw(
        request, door.words, "claim.html", visitor=visitor, dossier=found, seen=seen, opened=opened, opened_for=purpose,
        back=f"/claims/{claim_id}", is_customer=is_customer,
        open_for=_purpose(door, request, wanted) if wanted in visitor.actor.purposes and not purpose else "",
        personal_titles={name: getattr(title, lang) for name, title in door.platform.access.fields.items()},
    )  # fmt: skip


@router.get("/claims/{claim_id}/notices/{notice_id}")
def notice_page(request: Request, claim_id: str, notice_id: str, door: DoorIn, visitor: MayRead) -> Response:
    """One notice with its words."""
    lang = language_of(request.query_params)
    text = notice_text(door, visitor, claim_id, notice_id, lang)
    return draw(request, door.words, "notice.html", visitor=visitor, text=text, claim_id=claim_id)
