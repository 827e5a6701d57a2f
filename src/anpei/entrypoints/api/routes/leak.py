"""Leak measurement: tasks to review blind, answers, what follows from differences, and the report."""

from typing import Annotated

from fastapi import APIRouter, Depends, Query, Response
from pydantic import Field

from anpei.claims.leak.model import Verdict
from anpei.claims.leak.report import headline
from anpei.entrypoints.api import requests
from anpei.entrypoints.api.answers.base import Amount
from anpei.entrypoints.api.answers.leak import Answered, BlindTask, FollowupEntry, LeakFigures, OpenTask, Signed
from anpei.entrypoints.api.door import DoorIn
from anpei.entrypoints.api.guards import Visitor, guard
from anpei.entrypoints.api.looking import LangIn
from anpei.entrypoints.api.routes.documents import PAGE_HEADERS
from anpei.kernel.money import Money

router = APIRouter(prefix="/v1/leak", tags=["leak"])
Reviewer = Annotated[Visitor, Depends(guard("leak.review"))]
Reader = Annotated[Visitor, Depends(guard("indicator.read"))]


class LeakAnswer(requests.Form):
    """A blind answer: the whole amount that is due (fen) with ``pay``, a reason with the others."""

    verdict: Verdict
    amount_fen: Annotated[int, Field(ge=0, le=10**12)] | None = None
    reason: Annotated[str, Field(max_length=2000)] = ""


@router.get("/tasks")
def list_tasks(door: DoorIn, visitor: Reviewer) -> list[OpenTask]:
    """The tasks that this person may answer."""
    return [OpenTask(**task) for task in door.platform.leak.list_open(actor=visitor.actor)]


@router.post("/tasks/{task_id}/take")
def take(task_id: str, door: DoorIn, visitor: Reviewer) -> BlindTask:
    """Take a task and see papers and facts, not what the machine did. Written into the access log first."""
    return BlindTask.model_validate(door.platform.leak.take(actor=visitor.actor, task_id=task_id))


@router.get("/tasks/{task_id}/pages/{page_id}/image", response_class=Response, responses={200: {"content": {"image/jpeg": {}}}})
def page_image(task_id: str, page_id: str, door: DoorIn, visitor: Reviewer) -> Response:
    """The upright picture of a page of a task that this person has taken."""
    data, page, rotation = door.platform.leak.page(actor=visitor.actor, task_id=task_id, page_id=page_id)
    return Response(door.platform.reading.page_image(data, page, rotation), media_type="image/jpeg", headers=PAGE_HEADERS)


@router.post("/tasks/{task_id}/answer")
def answer(task_id: str, form: LeakAnswer, door: DoorIn, visitor: Reviewer) -> Answered:
    """Answer a taken task, signed by this person."""
    state = door.platform.leak.answer(
        actor=visitor.actor, task_id=task_id, verdict=form.verdict, amount_fen=form.amount_fen, reason=form.reason
    )
    return Answered(task=task_id, state=state.value)


@router.get("/followups")
def list_followups(door: DoorIn, visitor: Reader) -> list[FollowupEntry]:
    """Recoveries and supplementary payments of the insurers in this person's scope."""
    return [
        FollowupEntry(
            task=one.task_id, claim_id=one.claim_id, round=one.round, kind=one.kind.value, amount=_amount(one.amount_fen),
            signed_by=one.signed_by,
        )
        for one in door.platform.leak.followups(actor=visitor.actor)
    ]  # fmt: skip


@router.post("/tasks/{task_id}/sign-supplement")
def sign_supplement(task_id: str, door: DoorIn, visitor: Annotated[Visitor, Depends(guard("claim.decide"))]) -> Signed:
    """Sign a proposed supplementary payment; one who reviewed it may not."""
    return Signed(task=task_id, amount=_amount(door.platform.leak.sign_supplement(actor=visitor.actor, task_id=task_id)))


@router.get("/report")
def report(
    insurer: str, door: DoorIn, visitor: Reader, lang: LangIn = "zh", period: Annotated[list[str] | None, Query(max_length=60)] = None
) -> LeakFigures:
    """The automation rate and the leak with its interval, never one without the other."""
    found = door.platform.leak.report(insurer_code=insurer, months=tuple(period or ()), actor=visitor.actor)
    return LeakFigures(headline=headline(found, lang=lang), figures=found.to_dict())


def _amount(fen: int) -> Amount:
    return Amount(fen=fen, text=str(Money(fen)))
