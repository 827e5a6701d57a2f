"""Leak measurement across rooms: every decision enters the frame as it is taken; a month is drawn for each insurer; people review blind."""

from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from anpei.claims.decision.events import ClaimDecided, ClaimRefused
from anpei.claims.documents import queries as documents
from anpei.claims.dossier import queries as dossier
from anpei.claims.dossier.model import SectionName
from anpei.claims.leak import operations as leak
from anpei.claims.leak import queries
from anpei.claims.leak.model import Task, TaskConflict, TaskState, Verdict
from anpei.claims.leak.operations import LeakDesk
from anpei.claims.leak.queries import Draw, FollowupRecord
from anpei.claims.leak.report import LeakReport, make_report
from anpei.claims.leak.selection import Month, month_at, month_of
from anpei.engines import jobs
from anpei.engines.bus import Bus
from anpei.engines.db import Connection, Database
from anpei.engines.files import FileStore
from anpei.engines.jobs import Handler, Job
from anpei.kernel.clock import Clock
from anpei.kernel.errors import NotFound
from anpei.records.partners import queries as partners
from anpei.trust.access import Actor, require
from anpei.trust.vault import Vault

READ = "indicator.read"
DRAW_JOB = "leak.draw"
AFTER_THE_END = timedelta(hours=1)
"""So long after a month it is drawn: clocks may differ a little."""


def connect(bus: Bus, *, vault: Vault) -> None:
    """Let every decision enter the frame."""

    def decided(conn: Connection, event: ClaimDecided | ClaimRefused, at: datetime) -> None:
        claim = dossier.get_claim(conn, vault=vault, claim_id=event.claim_id)
        section = dossier.get_section(conn, vault=vault, claim_id=claim.id, name=SectionName.DECISION, round=event.round).payload
        referral = dossier.find_section(conn, vault=vault, claim_id=claim.id, name=SectionName.REFERRAL, round=event.round)
        decision: dict[str, Any] = section["decision"]
        leak.record_decision(
            conn, claim=claim, kind=decision["decision"], by=str(section["by"]).partition(":")[0], referred=referral is not None,
            total_fen=decision.get("total_fen", 0), claimed_fen=sum(line["claimed_fen"] for line in decision.get("lines", ())), at=at,
        )  # fmt: skip

    bus.subscribe(ClaimDecided, decided)
    bus.subscribe(ClaimRefused, decided)


@dataclass(frozen=True)
class LeakReview:
    """The doors' one way to leak measurement."""

    database: Database
    desk: LeakDesk
    files: FileStore
    clock: Clock

    def handlers(self) -> dict[str, Handler]:
        """The job that draws a month by itself, so that nobody can leave one out."""
        return {DRAW_JOB: Handler(finish=self._draw_due)}

    def schedule(self) -> None:
        """Queue the draw of the running month for after its end, once."""
        with self.database.write() as conn:
            _enqueue_draw(conn, month=month_at(self.clock.now()))

    def _draw_due(self, conn: Connection, job: Job, _result: Any) -> None:
        """Draw the month of the job for every insurer, and queue the next one."""
        month, at = month_of(str(job.payload["period"])), self.clock.now()
        if at < month.end_at:
            return
        for insurer in partners.list_insurers(conn):
            leak.draw_month(conn, desk=self.desk, insurer_id=insurer.id, month=month, at=at)
        _enqueue_draw(conn, month=month_at(at))

    def draw(self, *, period: str) -> list[Draw]:
        """Draw a month for every insurer; a month drawn before stays as it is. Raises PeriodInvalid."""
        month, at = month_of(period), self.clock.now()
        with self.database.write() as conn:
            return [
                leak.draw_month(conn, desk=self.desk, insurer_id=insurer.id, month=month, at=at) for insurer in partners.list_insurers(conn)
            ]

    def list_open(self, *, actor: Actor) -> list[dict[str, Any]]:
        """The tasks that this person may still answer: id and state of work, nothing of what the machine did."""
        require(actor, leak.REVIEW)
        with self.database.read() as conn:
            found = []
            for task in queries.list_tasks(conn):
                insurer_id = queries.get_decided(conn, claim_id=task.claim_id, round=task.round).insurer_id
                answered = {answer.reviewer for answer in queries.list_answers(conn, task_id=task.id)}
                taken = task.state is TaskState.TAKEN and task.taken_by != actor.account_id
                if actor.covers(insurer_id) and actor.account_id not in answered:
                    found.append({"task": task.id, "taken_by_another": taken})
            return found

    def take(self, *, actor: Actor, task_id: str) -> dict[str, Any]:
        """Take a task; returns the blind view."""
        with self.database.write() as conn:
            return leak.take_task(conn, desk=self.desk, actor=actor, task_id=task_id, at=self.clock.now())

    def papers(self, *, actor: Actor, task_id: str) -> list[tuple[str, bytes]]:
        """The files of a task that this person has taken: upload id and bytes. Raises TaskConflict."""
        vault = self.desk.vault
        with self.database.read() as conn:
            task = _held(conn, actor=actor, task_id=task_id)
            uploads = [one for one in documents.list_uploads(conn, vault=vault, claim_id=task.claim_id) if one.round <= task.round]
            return [(one.id, documents.load_bytes(conn, vault=vault, files=self.files, upload_id=one.id)) for one in uploads]

    def page(self, *, actor: Actor, task_id: str, page_id: str) -> tuple[bytes, int, int]:
        """A page of a task that this person has taken: its file, its number in it, its rotation. Raises TaskConflict, NotFound."""
        vault = self.desk.vault
        with self.database.read() as conn:
            task = _held(conn, actor=actor, task_id=task_id)
            page = documents.get_page(conn, vault=vault, page_id=page_id)
            if documents.claim_of_page(conn, page_id=page_id) != task.claim_id or page.round > task.round:
                raise NotFound(f"no page {page_id}", data={"page": page_id})
            data = documents.load_bytes(conn, vault=vault, files=self.files, upload_id=page.upload_id)
        return data, page.seq, page.reading.rotation

    def answer(self, *, actor: Actor, task_id: str, verdict: Verdict, amount_fen: int | None, reason: str) -> TaskState:
        """Answer a taken task."""
        with self.database.write() as conn:
            return leak.answer_task(
                conn,
                desk=self.desk,
                actor=actor,
                task_id=task_id,
                verdict=verdict,
                amount_fen=amount_fen,
                reason=reason,
                at=self.clock.now(),
            )

    def sign_supplement(self, *, actor: Actor, task_id: str) -> int:
        """Sign a proposed supplementary payment; returns the amount in fen."""
        with self.database.write() as conn:
            return leak.sign_supplement(conn, desk=self.desk, actor=actor, task_id=task_id, at=self.clock.now())

    def followups(self, *, actor: Actor) -> list[FollowupRecord]:
        """Recoveries and supplementary payments of the insurers in the person's scope."""
        require(actor, READ)
        with self.database.read() as conn:
            found = queries.list_followups(conn)
            return [one for one in found if actor.covers(queries.get_decided(conn, claim_id=one.claim_id, round=one.round).insurer_id)]

    def report(self, *, insurer_code: str, months: tuple[str, ...] = (), actor: Actor | None = None) -> LeakReport:
        """The report of an insurer over its drawn months: figures only, no claim. ``actor``: who asks at a door."""
        with self.database.read() as conn:
            insurer = partners.get_insurer(conn, code=insurer_code)
            if actor is not None:
                require(actor, READ, insurer_id=insurer.id)
            return make_report(conn, rules=self.desk.rules, insurer_id=insurer.id, insurer_code=insurer.code, months=months)


def _enqueue_draw(conn: Connection, *, month: Month) -> None:
    payload, due_at = {"period": month.name}, month.end_at + AFTER_THE_END
    jobs.enqueue(conn, kind=DRAW_JOB, payload=payload, unique_key=f"{DRAW_JOB}:{month.name}", subject=month.name, due_at=due_at)


def _held(conn: Connection, *, actor: Actor, task_id: str) -> Task:
    """A task that this person has taken. Raises TaskConflict, TaskUnknown."""
    task = queries.get_task(conn, task_id=task_id)
    if task.state is not TaskState.TAKEN or task.taken_by != actor.account_id:
        raise TaskConflict(f"task {task_id} is not in the hands of {actor.account_id}: take it first", data={"task": task_id})
    return task
