"""What-if: what a claim would come to before there is one. No claim is made; the access log says who asked about whose policy."""

from typing import Annotated

from fastapi import APIRouter, Depends

from anpei.claims.what_if.question import Question
from anpei.entrypoints.api.answers.what_if import WhatIf
from anpei.entrypoints.api.door import Door, DoorIn
from anpei.entrypoints.api.guards import Visitor, guard
from anpei.entrypoints.api.looking import OWN_FILE, LangIn, look, sight_of
from anpei.entrypoints.api.views.sight import policy_in_sight, sees_policy
from anpei.entrypoints.api.views.what_if import answer_of
from anpei.records.policies.model import Policy
from anpei.trust.access import ActorKind, open_personal

router = APIRouter(prefix="/v1", tags=["what-if"])
READ = ("birth_date",)
"""Age and sex of the insured go into the rules."""


@router.post("/what-if")
def what_if(
    form: Question, door: DoorIn, visitor: Annotated[Visitor, Depends(guard("claim.report"))], lang: LangIn = "zh"
) -> WhatIf:  # fmt: skip
    """What a claim whose papers say exactly this would come to now, and the three changes that would matter most. Nothing is stored."""
    policy = _policy(door, visitor, form.policy.number)
    with look(door, visitor, lang) as sight:
        told = door.platform.what_if.answer(sight.conn, policy=policy, question=form, sees=lambda other: sees_policy(visitor.actor, other))
    return answer_of(told, words=door.words, findings=door.platform.line.findings, lang=lang)


def _policy(door: Door, visitor: Visitor, number: str) -> Policy:
    """The policy in sight, past the gate. Raises PolicyUnknown, Forbidden."""
    is_customer = visitor.actor.kind is ActorKind.CUSTOMER
    with door.platform.database.write() as conn:
        sight = sight_of(door, conn, visitor)
        policy = policy_in_sight(sight, number=number)
        open_personal(
            conn, actor=visitor.actor, at=sight.at, purpose=OWN_FILE if is_customer else "claim_report", subject=policy.id, fields=READ,
            insurer_id=None if is_customer else policy.insurer_id, own=is_customer,
        )  # fmt: skip
    return policy
