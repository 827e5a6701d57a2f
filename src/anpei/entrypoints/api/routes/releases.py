"""Releases of rule snapshots: list and read them, approve a step, go back. Proposing and withdrawing are commands (docs/iteration.md)."""

from typing import Annotated, Any, Literal

from fastapi import APIRouter, Depends
from pydantic import Field

from anpei.claims.iteration.bounds import CAUSES
from anpei.claims.iteration.model import Release, ReleaseState
from anpei.entrypoints.api import requests
from anpei.entrypoints.api.answers.base import Coded
from anpei.entrypoints.api.answers.releases import ReleaseRow, ReleaseStep, ReleaseTold, ReleaseView
from anpei.entrypoints.api.door import DoorIn
from anpei.entrypoints.api.guards import Visitor, guard
from anpei.entrypoints.api.looking import LangIn
from anpei.journeys.iteration import ReleaseDetails, summary_of

router = APIRouter(prefix="/v1/rules/releases", tags=["rules"])
Reader = Annotated[Visitor, Depends(guard("rule.read"))]
Reason = Annotated[str, Field(min_length=1, max_length=2000)]


class ReleaseApproval(requests.Form):
    """The approval of the next step; the state is written out, so that a form sent twice approves once."""

    to: Literal["shadow", "canary", "live"]
    reason: Reason


class ReleaseRollback(requests.Form):
    """Why a release is taken back."""

    reason: Reason


@router.get("")
def list_releases(door: DoorIn, visitor: Reader) -> list[ReleaseRow]:
    """All releases, newest first."""
    return [_row(release) for release in door.platform.iteration.list_all(actor=visitor.actor)]


@router.get("/notices")
def list_notices(door: DoorIn, visitor: Reader, lang: LangIn = "zh") -> list[ReleaseTold]:
    """What this person was told of releases they proposed or approved; from now on it counts as seen."""
    return [
        ReleaseTold(
            release=one.release_id, kind=one.kind, cause=Coded(code=one.cause.value, title=CAUSES[one.cause][lang == "en"]),
            figures=dict(one.figures), at=one.at, seen_before=one.read_at is not None,
        )
        for one in door.platform.iteration.notices(actor=visitor.actor)
    ]  # fmt: skip


@router.get("/{release_id}")
def read_release(release_id: str, door: DoorIn, visitor: Reader) -> ReleaseView:
    """A release with its bounds, steps and figures."""
    return _view(door.platform.iteration.details(actor=visitor.actor, release_id=release_id))


@router.post("/{release_id}/approve")
def approve(
    release_id: str, form: ReleaseApproval, door: DoorIn, visitor: Annotated[Visitor, Depends(guard("rule.publish"))]
) -> ReleaseRow:  # fmt: skip
    """Approve the next step of a release that another person proposed, signed by this one."""
    iteration = door.platform.iteration
    return _row(iteration.approve(actor=visitor.actor, release_id=release_id, to=ReleaseState(form.to), reason=form.reason))


@router.post("/{release_id}/rollback")
def rollback(
    release_id: str, form: ReleaseRollback, door: DoorIn, visitor: Annotated[Visitor, Depends(guard("rule.rollback"))]
) -> ReleaseRow:  # fmt: skip
    """Take a release back at once: out of canary, or from live to the one before."""
    return _row(door.platform.iteration.roll_back(actor=visitor.actor, release_id=release_id, reason=form.reason))


def _row(release: Release) -> ReleaseRow:
    return ReleaseRow.model_validate(summary_of(release))


def _view(details: ReleaseDetails) -> ReleaseView:
    data: dict[str, Any] = details.to_dict()
    steps = [
        ReleaseStep(
            number=step.number, from_state=None if step.from_state is None else step.from_state.value, to_state=step.to_state.value,
            by=step.by, cause=step.cause, reason=step.reason, figures=dict(step.figures), at=step.at,
        )
        for step in details.steps
    ]  # fmt: skip
    return ReleaseView.model_validate({**data, "steps": steps})
