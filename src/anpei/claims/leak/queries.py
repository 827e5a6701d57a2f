"""Reads of leak measurement. What a reviewer sees comes from ``blind``; nothing here hands the machine's amount to one."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import Row, func, select

from anpei.claims.leak._tables import leak_answers, leak_decisions, leak_draws, leak_followups, leak_tasks
from anpei.claims.leak.model import Answer, Decided, Followup, Task, TaskState, Verdict
from anpei.claims.leak.rules import LeakRules
from anpei.claims.leak.selection import Month, month_of
from anpei.claims.leak.selection import select as select_sample
from anpei.engines.db import Connection
from anpei.kernel.errors import NotFound

OPEN = (TaskState.DRAWN, TaskState.TAKEN, TaskState.ANSWERED)
OPENED, SIGNED = "opened", "signed"


class TaskUnknown(NotFound):
    """No task with this id."""

    code = "leak.task_unknown"


@dataclass(frozen=True, slots=True)
class Draw:
    """The draw of a month: its seed, the rules it was made by, and its strata as plain data."""

    id: str
    insurer_id: str
    period: str
    seed: str
    rules: Mapping[str, Any]
    strata: tuple[Mapping[str, Any], ...]
    drawn_at: datetime


@dataclass(frozen=True, slots=True)
class FollowupRecord:
    """What a difference led to, and whether a person signed it."""

    task_id: str
    claim_id: str
    round: int
    kind: Followup
    amount_fen: int
    opened_at: datetime
    signed_by: str | None


def list_frame(conn: Connection, *, insurer_id: str, month: Month) -> list[Decided]:
    """Every decision of a month, by people too, in the order of their ids."""
    query = select(leak_decisions).where(
        leak_decisions.c.insurer_id == insurer_id, leak_decisions.c.decided_at >= month.start_at, leak_decisions.c.decided_at < month.end_at
    )
    return [_decided(row) for row in conn.execute(query.order_by(leak_decisions.c.claim_id, leak_decisions.c.round))]


def get_decided(conn: Connection, *, claim_id: str, round: int) -> Decided:
    """One decision of the frame."""
    query = select(leak_decisions).where(leak_decisions.c.claim_id == claim_id, leak_decisions.c.round == round)
    return _decided(conn.execute(query).one())


def find_draw(conn: Connection, *, insurer_id: str, period: str) -> Draw | None:
    """The draw of a month, or None."""
    row = conn.execute(select(leak_draws).where(leak_draws.c.insurer_id == insurer_id, leak_draws.c.period == period)).first()
    return None if row is None else _draw(row)


def get_draw(conn: Connection, *, insurer_id: str, period: str) -> Draw:
    """The draw of a month. Raises NotFound."""
    found = find_draw(conn, insurer_id=insurer_id, period=period)
    if found is None:
        raise NotFound(f"the month {period} was not drawn: draw it first", data={"period": period})
    return found


def list_draws(conn: Connection, *, insurer_id: str) -> list[Draw]:
    """All draws of an insurer by month."""
    return [
        _draw(row) for row in conn.execute(select(leak_draws).where(leak_draws.c.insurer_id == insurer_id).order_by(leak_draws.c.period))
    ]


def get_task(conn: Connection, *, task_id: str) -> Task:
    """One task. Raises TaskUnknown."""
    row = conn.execute(select(leak_tasks).where(leak_tasks.c.id == task_id)).first()
    if row is None:
        raise TaskUnknown(f"there is no task {task_id}: take one from the list", data={"task": task_id})
    return _task(row)


def list_tasks(conn: Connection, *, draw_id: str | None = None, states: tuple[TaskState, ...] = OPEN) -> list[Task]:
    """Tasks in these states, oldest first."""
    query = select(leak_tasks).where(leak_tasks.c.state.in_([state.value for state in states]))
    if draw_id is not None:
        query = query.where(leak_tasks.c.draw_id == draw_id)
    return [_task(row) for row in conn.execute(query.order_by(leak_tasks.c.id))]


def list_answers(conn: Connection, *, task_id: str) -> list[Answer]:
    """The answers of a task in their order."""
    rows = conn.execute(select(leak_answers).where(leak_answers.c.task_id == task_id).order_by(leak_answers.c.number))
    return [_answer(row) for row in rows]


def answers_of_draw(conn: Connection, *, draw_id: str) -> dict[str, list[Answer]]:
    """The answers of all tasks of a draw, by task."""
    query = select(leak_answers).join(leak_tasks, leak_tasks.c.id == leak_answers.c.task_id).where(leak_tasks.c.draw_id == draw_id)
    found: dict[str, list[Answer]] = {}
    for row in conn.execute(query.order_by(leak_answers.c.task_id, leak_answers.c.number)):
        found.setdefault(row.task_id, []).append(_answer(row))
    return found


def list_followups(conn: Connection, *, kind: Followup | None = None) -> list[FollowupRecord]:
    """Recoveries and supplementary payments, oldest first."""
    signed = {
        row.task_id: row.by
        for row in conn.execute(select(leak_followups.c.task_id, leak_followups.c.by).where(leak_followups.c.step == SIGNED))
    }
    query = select(leak_followups).where(leak_followups.c.step == OPENED)
    if kind is not None:
        query = query.where(leak_followups.c.kind == kind.value)
    return [
        FollowupRecord(row.task_id, row.claim_id, row.round, Followup(row.kind), row.amount_fen, row.at, signed.get(row.task_id))
        for row in conn.execute(query.order_by(leak_followups.c.task_id))
    ]


def count_tasks(conn: Connection, *, draw_id: str) -> dict[str, int]:
    """How many tasks of a draw stand in each state."""
    query = select(leak_tasks.c.state, func.count()).where(leak_tasks.c.draw_id == draw_id).group_by(leak_tasks.c.state)
    return {row[0]: int(row[1]) for row in conn.execute(query)}


def draw_problems(conn: Connection, *, draw: Draw) -> list[str]:
    """What in a draw does not follow from its seed and the frame; empty when anybody would draw the same."""
    rules = LeakRules.model_validate(dict(draw.rules))
    made = select_sample(list_frame(conn, insurer_id=draw.insurer_id, month=month_of(draw.period)), seed=draw.seed, rules=rules)
    again = [stratum.to_dict() for stratum in made]
    problems = [] if again == [dict(stratum) for stratum in draw.strata] else [f"the strata of {draw.period} do not follow from its seed"]
    wanted = {name for stratum in again for name in stratum["drawn"]}
    query = select(leak_tasks.c.claim_id, leak_tasks.c.round).where(leak_tasks.c.draw_id == draw.id)
    held = {f"{row.claim_id}:{row.round}" for row in conn.execute(query)}
    problems += [f"{name} was drawn and has no task" for name in sorted(wanted - held)]
    return problems + [f"{name} has a task and was not drawn" for name in sorted(held - wanted)]


def _decided(row: Row[Any]) -> Decided:
    return Decided(**row._mapping)


def _draw(row: Row[Any]) -> Draw:
    return Draw(row.id, row.insurer_id, row.period, row.seed, row.rules, tuple(row.strata), row.drawn_at)


def _task(row: Row[Any]) -> Task:
    values = dict(row._mapping)
    return Task(**(values | {"state": TaskState(row.state)}))


def _answer(row: Row[Any]) -> Answer:
    return Answer(row.number, Verdict(row.verdict), row.amount_fen, row.reviewer, row.at)
