"""The job that pays, and the door for the bank's call-backs.

A crash at any point ends in one payment at the bank and one posting: the order is marked as handed over before the bank is
called; an order that was handed over is asked for by its key before it is sent again, and always under the same key; outcome,
postings and event are written in the fenced transaction of the job.
"""

from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from anpei.engines.db import Connection, Database
from anpei.engines.jobs import Handler, Job, Retry
from anpei.kernel.clock import Clock
from anpei.payments import operations, queries
from anpei.payments.events import Emit
from anpei.payments.model import WITH_BANK, CaseKind, ContradictoryOutcome, Order, OrderState
from anpei.payments.ports import Bank, BankDown, BankTimedOut, Instruction, Outcome, Result
from anpei.trust.vault import Vault

WAITS = tuple(timedelta(seconds=seconds) for seconds in (2, 10, 30, 120, 300, 900, 1800, 3600, 7200, 14400))
"""How long to wait before the n-th further try; the last one repeats. With 40 attempts about five days."""
PURPOSE = "理赔款"


@dataclass(frozen=True)
class _Submission:
    database: Database
    vault: Vault
    bank: Bank
    clock: Clock
    emit: Emit
    waits: tuple[timedelta, ...]

    def work(self, job: Job) -> Outcome | None:
        """Hand the order over, or ask what became of it. None when there is nothing left to do."""
        order_id = str(job.payload["order_id"])
        with self.database.write() as conn:
            order = operations.begin_submission(conn, order_id=order_id, at=self.clock.now())
        if order.state is not OrderState.CREATED and order.state not in WITH_BANK:
            return None
        try:
            outcome = self._asked_or_sent(order)
        except BankTimedOut as error:
            with self.database.write() as conn:
                operations.mark_unknown(conn, order_id=order_id, at=self.clock.now())
            raise self._later(job, f"payment order {order_id}: the bank did not answer; it will be asked by the key") from error
        except BankDown as error:
            raise self._later(job, f"payment order {order_id}: the bank cannot be reached") from error
        if outcome.result is Result.PENDING:
            with self.database.write() as conn:
                _record(conn, order_id=order_id, outcome=outcome, at=self.clock.now(), emit=self.emit)
            raise self._later(job, f"payment order {order_id}: the bank has it and has not booked it yet")
        return outcome

    def _asked_or_sent(self, order: Order) -> Outcome:
        if order.state in WITH_BANK:
            known = self.bank.query(order.idempotency_key)
            if known is not None:
                return known
        with self.database.read() as conn:
            payee = queries.open_payee(conn, vault=self.vault, order_id=order.id)
        return self.bank.submit(
            Instruction(
                key=order.idempotency_key, amount=order.amount, purpose=PURPOSE, name=payee.name, bank=payee.bank, account=payee.account
            )
        )  # fmt: skip

    def _later(self, job: Job, message: str) -> Retry:
        return Retry(message, after=self.waits[min(job.attempt, len(self.waits)) - 1])

    def finish(self, conn: Connection, job: Job, result: Any) -> None:
        """Record the outcome behind the fence."""
        if result is not None:
            _record(conn, order_id=str(job.payload["order_id"]), outcome=result, at=self.clock.now(), emit=self.emit)

    def on_dead(self, conn: Connection, job: Job, reason: str) -> None:
        """The tries are used up: a person must ask the bank."""
        order = queries.get_order(conn, order_id=str(job.payload["order_id"]))
        facts: dict[str, str | int | None] = {"state": order.state.value, "why": reason, "attempts": order.attempts}
        operations.open_case(conn, order_id=order.id, kind=CaseKind.STUCK, facts=facts, at=self.clock.now())


def submit_handler(
    *, database: Database, vault: Vault, bank: Bank, clock: Clock, emit: Emit, waits: tuple[timedelta, ...] = WAITS
) -> Handler:
    """The handler for jobs of the kind ``payments.submit`` (payload: order_id)."""
    submission = _Submission(database, vault, bank, clock, emit, waits)
    return Handler(work=submission.work, finish=submission.finish, on_dead=submission.on_dead)


def take_call_back(database: Database, *, idempotency_key: str, outcome: Outcome, at: datetime, emit: Emit) -> bool:
    """Take what the bank reports by itself, in its own transaction. True when it changed the order, False when it was known already.

    Raises NotFound for an unknown key, and ContradictoryOutcome after the contradiction was kept as a case.
    """
    with database.write() as conn:
        order = queries.get_order_by_key(conn, idempotency_key=idempotency_key)
        changed = _record(conn, order_id=order.id, outcome=outcome, at=at, emit=emit)
    if isinstance(changed, ContradictoryOutcome):
        raise changed
    return changed


def _record(conn: Connection, *, order_id: str, outcome: Outcome, at: datetime, emit: Emit) -> bool | ContradictoryOutcome:
    try:
        return operations.record_outcome(conn, order_id=order_id, outcome=outcome, at=at, emit=emit)
    except ContradictoryOutcome as error:
        facts = {key: value for key, value in error.data.items() if key != "order_id"}
        operations.open_case(conn, order_id=order_id, kind=CaseKind.CONTRADICTION, facts=facts, at=at)
        return error
