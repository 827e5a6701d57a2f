"""Running the platform: health for everybody, stuck jobs and the trail for those who look after it."""

from typing import Annotated, Literal

from fastapi import APIRouter, Depends, Response

from anpei.engines import jobs
from anpei.engines.db.database import now
from anpei.entrypoints.api import answers
from anpei.entrypoints.api.door import Door, DoorIn
from anpei.entrypoints.api.guards import Visitor, guard
from anpei.entrypoints.api.looking import LangIn
from anpei.entrypoints.api.words import Lang
from anpei.kernel.errors import AnpeiError
from anpei.trust import trail

router = APIRouter(tags=["operations"])
PartState = Literal["ok", "starting", "down"]
ASKED = "health-check"
"""A key that no payment has: asking the bank about it shows that the bank answers."""


@router.get("/healthz")
def health(response: Response, door: DoorIn, lang: LangIn = "zh") -> answers.Health:
    """How the platform is, part by part, and what a part that is down means for people. 503 only when nothing can be served."""
    states = {"database": _database(door), "reading": _reading(door), "bank": _bank(door), "rules": _rules(door)}
    status: Literal["ok", "degraded", "down"] = "ok"
    if states["database"] == "down":
        status, response.status_code = "down", 503
    elif any(state == "down" for state in states.values()):
        status = "degraded"
    return answers.Health(status=status, parts=[_part(door, name, state, lang) for name, state in states.items()])


def _part(door: Door, name: str, state: PartState, lang: Lang) -> answers.Part:
    effect = door.words.say(f"effect.{name}", lang) if state == "down" else ""
    return answers.Part(name=name, title=door.words.say(f"health.{name}", lang), state=state, effect=effect)


def _database(door: Door) -> PartState:
    try:
        with door.platform.database.read() as conn:
            now(conn)
    except AnpeiError:
        return "down"
    return "ok"


def _reading(door: Door) -> PartState:
    watch = door.reading
    if door.platform.reading.alive():
        watch.ran, watch.failed = True, False
        return "ok"
    return "down" if watch.ran or watch.failed else "starting"


def _bank(door: Door) -> PartState:
    try:
        door.platform.bank.query(ASKED)
    except AnpeiError:
        return "down"
    return "ok"


def _rules(door: Door) -> PartState:
    try:
        door.platform.snapshots.get()
    except AnpeiError:
        return "down"
    return "ok" if door.platform.snapshots.problem is None else "down"


@router.get("/v1/jobs/dead")
def list_dead(door: DoorIn, _visitor: Annotated[Visitor, Depends(guard("job.read"))]) -> list[answers.DeadJob]:
    """The jobs that used up their tries, so that people see what is stuck."""
    with door.platform.database.read() as conn:
        found = jobs.dead_letters(conn)
    return [
        answers.DeadJob(
            id=job["id"], kind=job["kind"], subject=job["subject"], attempts=job["attempts"], reason=str(job["last_error"] or ""),
            ended_at=job["ended_at"],
        )
        for job in found
    ]  # fmt: skip


@router.get("/v1/jobs/waiting")
def list_waiting(door: DoorIn, _visitor: Annotated[Visitor, Depends(guard("job.read"))]) -> list[answers.WaitingJob]:
    """The jobs that wait for their surroundings, longest first; ``stuck`` are those that somebody should look at."""
    with door.platform.database.read() as conn:
        found = jobs.waiting(conn)
    return [
        answers.WaitingJob(
            id=job["id"], kind=job["kind"], subject=job["subject"], reason=str(job["last_error"] or ""), since=job["waiting_since"],
            next=job["due_at"], stuck=job["stuck"],
        )
        for job in found
    ]  # fmt: skip


@router.post("/v1/jobs/{job_id}/revive", status_code=204)
def revive(job_id: str, door: DoorIn, visitor: Annotated[Visitor, Depends(guard("job.revive"))]) -> None:
    """Give a dead job its tries back; one that waits tries now."""
    platform = door.platform
    with platform.database.write() as conn:
        jobs.revive(conn, job_id=job_id)
        actor = f"{visitor.actor.kind.value}:{visitor.actor.account_id}"
        trail.append(conn, at=platform.clock.now(), actor=actor, action="job.revived", subject=job_id, facts={})
    platform.worker.wake()


@router.get("/v1/trail/check")
def check_trail(door: DoorIn, _visitor: Annotated[Visitor, Depends(guard("trail.verify"))]) -> answers.TrailCheck:
    """Walk the whole chain and name the first entry that does not hold."""
    with door.platform.database.read() as conn:
        report = trail.verify(conn)
    reason = None if report.reason is None else report.reason.value
    return answers.TrailCheck(ok=report.ok, length=report.length, first_bad=report.first_bad_seq, reason=reason, head=report.head_hash)
