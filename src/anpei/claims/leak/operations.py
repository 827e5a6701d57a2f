"""Writes: the frame, the draw of a month, taking a task, answering it, and what a difference leads to. The caller's transaction."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import insert, select, update
from sqlalchemy.dialects import postgresql, sqlite

from anpei.claims.dossier.model import Claim
from anpei.claims.leak import queries
from anpei.claims.leak._tables import leak_answers, leak_decisions, leak_draws, leak_followups, leak_tasks
from anpei.claims.leak.blind import PURPOSE, blind_view, check_blind
from anpei.claims.leak.events import RecoveryOpened, SupplementProposed, SupplementSigned
from anpei.claims.leak.model import (
    Followup,
    Task,
    TaskConflict,
    TaskState,
    Verdict,
    answer_statement,
    check_move,
    checked_answer,
    resolve,
    supplement_statement,
)
from anpei.claims.leak.queries import OPENED, SIGNED, Draw
from anpei.claims.leak.rules import LeakRules
from anpei.claims.leak.selection import Month, PeriodInvalid
from anpei.claims.leak.selection import select as select_sample
from anpei.engines.bus import Emit
from anpei.engines.db import Connection
from anpei.kernel import ids
from anpei.kernel.money import Money
from anpei.trust import trail
from anpei.trust.access import Actor, open_personal, require, require_authority
from anpei.trust.identity import session_held
from anpei.trust.signing import PersonRequired, Signer, sign_as_person
from anpei.trust.vault import Vault

REVIEW, PAY = "leak.review", "claim.decide"
MACHINE = "machine:leak"


@dataclass(frozen=True)
class LeakDesk:
    """What every write is done with."""

    vault: Vault
    signer: Signer
    rules: LeakRules
    emit: Emit


def record_decision(
    conn: Connection, *, claim: Claim, kind: str, by: str, referred: bool, total_fen: int, claimed_fen: int, at: datetime
) -> None:
    """Put a decision into the frame, once a claim and round."""
    row = {
        "claim_id": claim.id, "round": claim.round, "insurer_id": claim.insurer_id, "product_id": claim.product_id,
        "lane": "" if claim.lane is None else claim.lane.value, "kind": kind, "by": by, "referred": referred, "total_fen": total_fen,
        "claimed_fen": claimed_fen, "decided_at": at,
    }  # fmt: skip
    dialect = sqlite if conn.dialect.name == "sqlite" else postgresql
    conn.execute(dialect.insert(leak_decisions).values(row).on_conflict_do_nothing())


def draw_month(conn: Connection, *, desk: LeakDesk, insurer_id: str, month: Month, at: datetime) -> Draw:
    """Draw a month that has ended, once; the same call again gives the same draw. Nobody hands in a seed. Raises PeriodInvalid."""
    known = queries.find_draw(conn, insurer_id=insurer_id, period=month.name)
    if known is not None:
        return known
    if at < month.end_at:
        raise PeriodInvalid(f"the month {month.name} has not ended: draw it afterwards", data={"period": month.name})
    seed = desk.vault.blind(f"{insurer_id}:{month.name}", context="leak.seed")
    strata = select_sample(queries.list_frame(conn, insurer_id=insurer_id, month=month), seed=seed, rules=desk.rules)
    draw_id = ids.new_id()
    row = {
        "id": draw_id, "insurer_id": insurer_id, "period": month.name, "seed": seed, "rules": desk.rules.model_dump(mode="json"),
        "strata": [stratum.to_dict() for stratum in strata], "drawn_at": at,
    }  # fmt: skip
    dialect = sqlite if conn.dialect.name == "sqlite" else postgresql
    mine = conn.execute(dialect.insert(leak_draws).values(row).on_conflict_do_nothing().returning(leak_draws.c.id)).first()
    if mine is None:  # drawn by somebody else at the same moment: by the same seed, so the same draw
        return queries.get_draw(conn, insurer_id=insurer_id, period=month.name)
    tasks = [
        {"id": ids.new_id(), "draw_id": draw_id, "claim_id": one.claim_id, "round": one.round, "stratum": stratum.name,
         "state": TaskState.DRAWN.value, "taken_by": None, "changed_at": at}
        for stratum in strata
        for one in stratum.drawn
    ]  # fmt: skip
    if tasks:
        conn.execute(insert(leak_tasks), sorted(tasks, key=lambda task: str(task["claim_id"])))
    facts = {"period": month.name, "seed": seed, "drawn": len(tasks), "population": sum(stratum.population for stratum in strata)}
    trail.append(conn, at=at, actor=MACHINE, action="leak.drawn", subject=draw_id, facts=facts)
    return queries.get_draw(conn, insurer_id=insurer_id, period=month.name)


def take_task(conn: Connection, *, desk: LeakDesk, actor: Actor, task_id: str, at: datetime) -> dict[str, Any]:
    """A person takes a task and gets the blind view; who saw it is on the access log. Raises Forbidden, NotBlind, TaskConflict."""
    task = _locked(conn, task_id)
    insurer_id = queries.get_decided(conn, claim_id=task.claim_id, round=task.round).insurer_id
    require(actor, REVIEW, insurer_id=insurer_id)
    _require_person(conn, actor=actor, at=at)
    if any(answer.reviewer == actor.account_id for answer in queries.list_answers(conn, task_id=task_id)):
        raise TaskConflict(f"the account {actor.account_id} answered task {task_id} before: another person must", data={"task": task_id})
    check_blind(conn, actor=actor, task=task)
    if not (task.state is TaskState.TAKEN and task.taken_by == actor.account_id):
        _move(conn, task=task, to=TaskState.TAKEN, taken_by=actor.account_id, at=at)
    open_personal(conn, actor=actor, at=at, purpose=PURPOSE, subject=task.claim_id, fields=("medical", "page_image"), insurer_id=insurer_id)
    return blind_view(conn, vault=desk.vault, task=task)


def answer_task(
    conn: Connection, *, desk: LeakDesk, actor: Actor, task_id: str, verdict: Verdict, amount_fen: int | None, reason: str, at: datetime
) -> TaskState:
    """Add a signed answer to a task that this person took. Returns the new state; what was due is compared with what was paid only here.

    Raises AnswerInvalid, TaskConflict, NotBlind, Forbidden, PersonRequired.
    """
    task = _locked(conn, task_id)
    decided = queries.get_decided(conn, claim_id=task.claim_id, round=task.round)
    require(actor, REVIEW, insurer_id=decided.insurer_id)
    amount = checked_answer(verdict=verdict, amount_fen=amount_fen, reason=reason)
    if task.state is not TaskState.TAKEN or task.taken_by != actor.account_id:
        raise TaskConflict(f"task {task_id} is not in the hands of {actor.account_id}: take it first", data={"task": task_id})
    _require_person(conn, actor=actor, at=at)
    check_blind(conn, actor=actor, task=task)
    earlier = [answer.amount_fen for answer in queries.list_answers(conn, task_id=task_id)]
    statement = answer_statement(task_id=task_id, claim_id=task.claim_id, round=task.round, verdict=verdict, amount_fen=amount)
    signature = sign_as_person(signer=desk.signer, actor=actor, at=at, statement=statement)
    number = len(earlier) + 1
    row = {
        "task_id": task_id, "number": number, "verdict": verdict.value, "amount_fen": amount, "reviewer": actor.account_id,
        "reason": desk.vault.seal_text(reason.strip(), context=f"leak_answers:{task_id}:{number}"), "signature": signature.as_data(),
        "at": at,
    }  # fmt: skip
    conn.execute(insert(leak_answers).values(row))
    rules = desk.rules
    outcome = resolve(
        machine_fen=decided.total_fen, amounts=[*earlier, amount], tolerance_fen=rules.tolerance_fen, most_answers=rules.most_answers
    )
    state = TaskState.ANSWERED if outcome is None else TaskState.CLOSED
    _move(conn, task=task, to=state, taken_by=None, at=at)
    if outcome is not None and outcome.amount_fen is not None:
        _follow_up(conn, desk=desk, task=task, difference_fen=decided.total_fen - outcome.amount_fen, at=at)
    facts = {"number": number, "verdict": verdict.value, "state": state.value}
    trail.append(conn, at=at, actor=f"person:{actor.account_id}", action="leak.answered", subject=task_id, facts=facts)
    return state


def sign_supplement(conn: Connection, *, desk: LeakDesk, actor: Actor, task_id: str, at: datetime) -> int:
    """A person with the authority signs a proposed supplementary payment, once; returns the amount (fen).

    Raises Forbidden, AuthorityExceeded, PersonRequired, TaskConflict, TaskUnknown.
    """
    task = _locked(conn, task_id)
    record = next((one for one in queries.list_followups(conn, kind=Followup.SUPPLEMENT) if one.task_id == task_id), None)
    if record is None or record.signed_by is not None:
        raise TaskConflict(f"task {task_id} has no supplementary payment that waits for a signature", data={"task": task_id})
    if any(answer.reviewer == actor.account_id for answer in queries.list_answers(conn, task_id=task_id)):
        raise TaskConflict(f"the account {actor.account_id} reviewed task {task_id}: another person signs", data={"task": task_id})
    insurer_id = queries.get_decided(conn, claim_id=task.claim_id, round=task.round).insurer_id
    require_authority(actor, PAY, amount=Money(record.amount_fen), insurer_id=insurer_id)
    _require_person(conn, actor=actor, at=at)
    statement = supplement_statement(task_id=task_id, claim_id=task.claim_id, round=task.round, amount_fen=record.amount_fen)
    signature = sign_as_person(signer=desk.signer, actor=actor, at=at, statement=statement)
    _add_step(conn, task=task, step=SIGNED, kind=Followup.SUPPLEMENT, amount_fen=record.amount_fen, at=at,
              by=actor.account_id, signature=signature.as_data())  # fmt: skip
    desk.emit(conn, SupplementSigned(task_id, task.claim_id, task.round, record.amount_fen))
    facts = {"task": task_id, "amount_fen": record.amount_fen}
    trail.append(conn, at=at, actor=f"person:{actor.account_id}", action="leak.supplement_signed", subject=task.claim_id, facts=facts)
    return record.amount_fen


def _follow_up(conn: Connection, *, desk: LeakDesk, task: Task, difference_fen: int, at: datetime) -> None:
    """Open what a difference leads to. Nothing is paid and nothing is taken back here."""
    if difference_fen == 0:
        return
    kind = Followup.RECOVERY if difference_fen > 0 else Followup.SUPPLEMENT
    amount = abs(difference_fen)
    _add_step(conn, task=task, step=OPENED, kind=kind, amount_fen=amount, at=at)
    event = RecoveryOpened if kind is Followup.RECOVERY else SupplementProposed
    desk.emit(conn, event(task.id, task.claim_id, task.round, amount))


def _add_step(
    conn: Connection, *, task: Task, step: str, kind: Followup, amount_fen: int, at: datetime, by: str | None = None,
    signature: Mapping[str, str] | None = None,
) -> None:  # fmt: skip
    row = {
        "task_id": task.id, "step": step, "claim_id": task.claim_id, "round": task.round, "kind": kind.value, "amount_fen": amount_fen,
        "by": by, "signature": None if signature is None else dict(signature), "at": at,
    }  # fmt: skip
    conn.execute(insert(leak_followups).values(row))


def _locked(conn: Connection, task_id: str) -> Task:
    if conn.dialect.name != "sqlite":
        conn.execute(select(leak_tasks.c.id).where(leak_tasks.c.id == task_id).with_for_update())
    return queries.get_task(conn, task_id=task_id)


def _move(conn: Connection, *, task: Task, to: TaskState, taken_by: str | None, at: datetime) -> None:
    """The one setter of a task's state."""
    check_move(task_id=task.id, old=task.state, new=to)
    conn.execute(update(leak_tasks).where(leak_tasks.c.id == task.id).values(state=to.value, taken_by=taken_by, changed_at=at))


def _require_person(conn: Connection, *, actor: Actor, at: datetime) -> None:
    """An answer stands on a sign-in that exists."""
    if not actor.is_person or not session_held(conn, session_id=str(actor.session_id), account_id=actor.account_id, at=at):
        raise PersonRequired(f"the account {actor.account_id} is not signed in: sign in first", data={"account": actor.account_id})
