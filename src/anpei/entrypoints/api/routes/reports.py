"""Report a claim: the guided questions with what is held already, and the report itself, once per request id."""

from collections.abc import Collection
from datetime import date
from typing import Annotated, Any

from fastapi import APIRouter, Depends, Header, Response

from anpei.claims.decision.adjudication import facts_read
from anpei.claims.intake.guide import needed_documents, questions_for
from anpei.entrypoints.api import answers, requests
from anpei.entrypoints.api.door import Door, DoorIn
from anpei.entrypoints.api.guards import Visitor, guard
from anpei.entrypoints.api.looking import OWN_FILE, LangIn, look, sight_of
from anpei.entrypoints.api.views.sight import Sight, masked_person, policy_in_sight
from anpei.kernel.errors import InvalidInput, NotFound
from anpei.records.parties import queries as parties
from anpei.records.policies.model import Policy
from anpei.records.products.model import Terms, said
from anpei.rules.damage import SnapshotDamaged
from anpei.trust.access import ActorKind, open_personal

router = APIRouter(prefix="/v1", tags=["reports"])
HELD = ("name", "id_number", "phone")


@router.post("/reports/guide")
def guide(
    form: requests.GuideFor, door: DoorIn, visitor: Annotated[Visitor, Depends(guard("claim.report"))], lang: LangIn = "zh"
) -> answers.Guide:
    """The questions for one policy, with what is held (masked, to be confirmed), and the papers that each kind of event needs."""
    with look(door, visitor, lang) as sight:
        policy = policy_in_sight(sight, number=form.policy_number)
        person = masked_person(sight, party_id=policy.insured_id)
        terms = door.platform.products.terms(policy.product_id, policy.plan, at=form.occurred_on or sight.today)
        held = {f"insured.{name}": value for name in HELD if (value := getattr(person, name))}
        reads = _read_by_rules(door, terms, on=form.occurred_on or sight.today)
        asked = questions_for(door.platform.guide, terms=terms, held=held, lang=lang, read_by_rules=reads)
        papers = {
            kind: [_paper(sight, row) for row in needed_documents(terms=terms, event_kind=kind, lang=lang)] for kind in terms.event_kinds
        }
    return answers.Guide(
        product=said(terms.title, lang), plan=said(terms.plan_title, lang),
        questions=[answers.Question.model_validate(item) for item in asked], papers=papers,
    )  # fmt: skip


def _read_by_rules(door: Door, terms: Terms, *, on: date) -> Collection[str]:
    """The facts that rules of the product read; none while there are no sound rules (a report never waits for them)."""
    try:
        snapshot = door.platform.snapshots.get()
    except (NotFound, SnapshotDamaged):
        return ()
    return facts_read(snapshot=snapshot, product_id=terms.product_id, plan=terms.plan, on=on)


def _paper(sight: Sight, row: dict[str, Any]) -> answers.NeededPaper:
    when = sight.coded("only_if", row["only_if"]).title if row["only_if"] else ""
    return answers.NeededPaper(kinds=[sight.coded("kind", kind) for kind in row["any_of"]], why=row["why"], when=when)


@router.post("/claims", status_code=201)
def report(
    form: requests.Report,
    response: Response,
    door: DoorIn,
    visitor: Annotated[Visitor, Depends(guard("claim.report"))],
    idempotency_key: Annotated[str | None, Header(min_length=8, max_length=120, pattern=r"^[A-Za-z0-9._:-]+$")] = None,
) -> answers.Reported:
    """Report a claim. The same Idempotency-Key (or ``request_id``) again gives the same claim and 200."""
    if idempotency_key and form.request_id and idempotency_key != form.request_id:
        raise InvalidInput("request_id differs from the header Idempotency-Key: give one of them", data={"field": "request_id"})
    data = form.model_dump(exclude={"request_id"})
    data["insured"] = _with_held(door, visitor, form)
    claim, is_new = door.platform.claiming.report(
        actor=visitor.actor, data=data, request_id=idempotency_key or form.request_id, channel="api"
    )
    response.status_code = 201 if is_new else 200
    return answers.Reported(id=claim.id, claim_no=claim.claim_no, state=claim.state.value, new=is_new)


def _with_held(door: Door, visitor: Visitor, form: requests.Report) -> dict[str, str]:
    """What was said of the insured, with what the policy holds for what was left out or confirmed in its masked form.

    The open values pass the gate and go into the report only. Raises PolicyUnknown when the policy is out of sight.
    """
    said_of = form.insured.model_dump()
    with door.platform.database.write() as conn:
        sight = sight_of(door, conn, visitor)
        policy = policy_in_sight(sight, number=form.policy.number)
        masked = masked_person(sight, party_id=policy.insured_id)
        confirmed = [name for name in HELD if said_of[name] in ("", getattr(masked, name)) and getattr(masked, name)]
        return said_of | _opened(sight, policy, confirmed) if confirmed else said_of


def _opened(sight: Sight, policy: Policy, names: list[str]) -> dict[str, str]:
    is_customer = sight.actor.kind is ActorKind.CUSTOMER
    open_personal(
        sight.conn, actor=sight.actor, at=sight.at, purpose=OWN_FILE if is_customer else "claim_report", subject=policy.id, fields=names,
        insurer_id=None if is_customer else policy.insurer_id, own=is_customer,
    )  # fmt: skip
    party = parties.get_party(sight.conn, vault=sight.door.platform.vault, party_id=policy.insured_id)
    return {name: str(getattr(party, name)) for name in names}
