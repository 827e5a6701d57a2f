"""Personal data of a claim, handed out for a purpose only, each time written into the access log first; and who looked."""

from collections.abc import Mapping
from typing import Annotated, Any

from fastapi import APIRouter, Depends, Query, Response

from anpei.claims.decision import queries as proofs
from anpei.claims.dossier import queries as dossier
from anpei.claims.dossier.model import SectionName
from anpei.entrypoints.api import answers, requests
from anpei.entrypoints.api.door import Door, DoorIn
from anpei.entrypoints.api.guards import Visitor, guard
from anpei.entrypoints.api.looking import LangIn, find_in_sight, look, open_fields
from anpei.entrypoints.api.views import aftermath
from anpei.entrypoints.api.views.papers import papers_of
from anpei.entrypoints.api.views.sight import Sight, claim_in_sight
from anpei.kernel.canonical import canonical
from anpei.kernel.errors import NotFound
from anpei.notices import operations as notice_operations
from anpei.notices import queries as notices
from anpei.records.parties import queries as parties
from anpei.records.policies import queries as policies
from anpei.trust.access import ActorKind, Grant

router = APIRouter(prefix="/v1/claims", tags=["personal data"])
MayRead = Annotated[Visitor, Depends(guard("claim.read", own="claim.read_own"))]
EXPORT = "proof_export"


@router.post("/{claim_id}/personal")
def open_values(claim_id: str, form: requests.OpenPersonal, door: DoorIn, visitor: MayRead) -> answers.Personal:
    """Open personal fields of the insured and the payee for a purpose that one's role allows."""
    grant = open_fields(door, visitor, claim_id, purpose=form.purpose, fields=form.fields)
    with look(door, visitor) as sight:
        return answers.Personal(grant=grant.id, purpose=grant.purpose, values=values_of(sight, grant))


def values_of(sight: Sight, grant: Grant) -> dict[str, str]:
    """The open values of a grant's fields that the claim has."""
    vault = sight.door.platform.vault
    claim = claim_in_sight(sight, grant.subject)
    policy = policies.get_policy(sight.conn, vault=vault, policy_id=claim.policy_id)
    party = parties.get_party(sight.conn, vault=vault, party_id=policy.insured_id)
    report = dossier.get_section(sight.conn, vault=vault, claim_id=claim.id, name=SectionName.REPORT).payload
    evidence = dossier.find_section(sight.conn, vault=vault, claim_id=claim.id, name=SectionName.EVIDENCE)
    held = {
        "name": party.name, "id_number": party.id_number, "birth_date": "" if party.birth_on is None else party.birth_on.isoformat(),
        "phone": report["insured"].get("phone") or party.phone, "email": report["insured"].get("email") or "",
        "bank_card": " ".join(part for part in (report["payee"]["bank"], report["payee"]["account"]) if part),
        "medical": _diagnoses({} if evidence is None else evidence.payload["facts"]),
    }  # fmt: skip
    return {name: value for name, value in held.items() if name in grant.fields and value}


def _diagnoses(facts: Mapping[str, Any]) -> str:
    return "; ".join(f"{item['name']} {item['code']}".strip() for item in facts.get("diagnoses", ()))


@router.post("/{claim_id}/papers/open")
def open_papers(claim_id: str, form: requests.OpenPersonal, door: DoorIn, visitor: MayRead, lang: LangIn = "zh") -> answers.Papers:
    """The papers with these personal fields open."""
    grant = open_fields(door, visitor, claim_id, purpose=form.purpose, fields=form.fields)
    with look(door, visitor, lang) as sight:
        return papers_of(sight, claim_in_sight(sight, claim_id), opened=grant.fields)


@router.get("/{claim_id}/proof", response_class=Response, responses={200: {"content": {"application/json": {}}}})
def export_proof(
    claim_id: str,
    door: DoorIn,
    visitor: Annotated[Visitor, Depends(guard("proof.export"))],
    proof_id: Annotated[str | None, Query(max_length=40)] = None,
) -> Response:
    """The signed proof as a file, the newest or a named one; `anpei proof verify FILE` recomputes it offline."""
    claim = find_in_sight(door, visitor, claim_id)
    with look(door, visitor) as sight:
        proof = proofs.get_proof(sight.conn, vault=door.platform.vault, claim_id=claim.id, proof_id=proof_id)
    open_fields(door, visitor, claim.id, purpose=EXPORT, fields=_needed(visitor, EXPORT))
    name = f"{claim.claim_no}-{proof['body']['claim']['round']}.proof.json"
    return Response(canonical(proof), media_type="application/json", headers={"content-disposition": f'attachment; filename="{name}"'})


def _needed(visitor: Visitor, purpose: str) -> tuple[str, ...]:
    """The fields that the purpose names; empty when the visitor's roles do not have it, which the gate refuses."""
    return tuple(sorted(visitor.actor.purposes.get(purpose, frozenset())))


@router.get("/{claim_id}/notices/{notice_id}")
def read_notice(claim_id: str, notice_id: str, door: DoorIn, visitor: MayRead, lang: LangIn = "zh") -> answers.NoticeText:
    """A notice with its words; opened by its recipient it counts as read."""
    return notice_text(door, visitor, claim_id, notice_id, lang)


def notice_text(door: Door, visitor: Visitor, claim_id: str, notice_id: str, lang: LangIn) -> answers.NoticeText:
    """A notice's words, through the gate. Raises NotFound also for a notice of another claim."""
    claim = find_in_sight(door, visitor, claim_id)
    with look(door, visitor) as sight:
        if notices.get_notice(sight.conn, notice_id=notice_id).claim_id != claim.id:
            raise NotFound(f"no notice {notice_id}", data={"notice": notice_id})
    open_fields(door, visitor, claim.id, purpose="claim_handling", fields=("name", "medical"))
    _mark_read(door, visitor, notice_id)
    with look(door, visitor, lang) as sight:
        text = notices.open_text(sight.conn, vault=door.platform.vault, notice_id=notice_id)
        entry = aftermath.notice_entry(sight, notices.get_notice(sight.conn, notice_id=notice_id))
    return answers.NoticeText(notice=entry, subject=text.subject, body=text.body)


def _mark_read(door: Door, visitor: Visitor, notice_id: str) -> None:
    party = visitor.actor.party_id
    if visitor.actor.kind is not ActorKind.CUSTOMER or party is None:
        return
    with door.platform.database.write() as conn:
        if notices.get_notice(conn, notice_id=notice_id).recipient_id == party:
            notice_operations.mark_read(conn, notice_id=notice_id, recipient_id=party, at=door.platform.clock.now())


@router.get("/{claim_id}/seen")
def list_seen(
    claim_id: str,
    door: DoorIn,
    visitor: Annotated[Visitor, Depends(guard("access_log.read", own="access_log.read_own"))],
    lang: LangIn = "zh",
) -> list[answers.Seen]:
    """Who opened personal data of this claim, when and for what (谁看过我的资料)."""
    with look(door, visitor, lang) as sight:
        return aftermath.seen_of(sight, claim_in_sight(sight, claim_id))
