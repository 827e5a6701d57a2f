"""The job that pays, against a bank that times out, is down, waits, or reports twice."""

from collections.abc import Callable
from datetime import datetime, timedelta
from typing import Any

import pytest

from anpei.connectors.sandbox_bank import SandboxBank
from anpei.engines import jobs
from anpei.engines.db import Database
from anpei.engines.jobs import Worker
from anpei.kernel.clock import FixedClock
from anpei.payments import operations, queries
from anpei.payments.jobs import WAITS, submit_handler
from anpei.payments.model import CaseKind, Order, OrderState
from anpei.payments.ports import Instruction, Outcome

FIRST = {"sequence": 1}


class Watched:
    """A bank that notes what it was asked."""

    def __init__(self, bank: SandboxBank) -> None:
        self.bank = bank
        self.calls: list[str] = []

    def submit(self, instruction: Instruction) -> Outcome:
        self.calls.append(f"submit {instruction.key}")
        return self.bank.submit(instruction)

    def query(self, key: str) -> Outcome | None:
        self.calls.append(f"query {key}")
        return self.bank.query(key)


def check(database: Database, order: Order, bank: SandboxBank, *, state: OrderState, booked: int) -> Order:
    with database.read() as conn:
        found = queries.get_order(conn, order_id=order.id)
        assert queries.ledger_faults(conn) == []
        assert queries.trial_balance(conn).difference.fen == 0
    assert found.state is state
    assert [line.amount.fen for line in bank.statement()] == [866_567] * booked
    return found


@pytest.mark.parametrize(
    ("fault", "calls", "attempts"),
    [
        ({"does": "confirm"}, ["submit"], 1),
        ({"does": "slow", "seconds": 3}, ["submit"], 1),
        ({"does": "time_out_before_booking"}, ["submit", "query", "submit"], 2),
        ({"does": "time_out_before_booking", "times": 3}, ["submit", "query", "submit", "query", "submit", "query", "submit"], 4),
        ({"does": "time_out_after_booking"}, ["submit", "query"], 2),
        ({"does": "down", "times": 2}, ["submit", "query", "submit", "query", "submit"], 3),
        ({"does": "pending"}, ["submit", "query"], 2),
        ({"does": "pending", "times": 3}, ["submit", "query", "query", "query"], 4),
    ],
    ids=lambda value: value.get("does") if isinstance(value, dict) else None,
)
@pytest.mark.parametrize("calls_back", [False, True])
def test_whatever_happens_the_bank_pays_once(
    database: Database,
    make_order: Any,
    make_bank: Any,
    make_worker: Any,
    outbox: Any,
    fault: dict[str, Any],
    calls: list[str],
    attempts: int,
    calls_back: bool,
) -> None:
    order = make_order()
    bank = make_bank(FIRST | fault, calls_back=calls_back)
    watched = Watched(bank)
    make_worker(watched).run_due()
    found = check(database, order, bank, state=OrderState.CONFIRMED, booked=1)
    if not calls_back:
        assert watched.calls == [f"{call} {order.idempotency_key}" for call in calls]
        assert found.attempts == attempts
    assert [event.name for event in outbox.events] == ["payments.order.confirmed"]
    assert found.bank_reference == bank.statement()[0].reference


def test_a_double_call_back_in_the_middle_of_the_call(
    database: Database, make_order: Any, make_bank: Any, make_worker: Any, outbox: Any
) -> None:
    order = make_order()
    bank = make_bank(FIRST | {"does": "double_call_back"}, calls_back=True)
    make_worker(bank).run_due()
    check(database, order, bank, state=OrderState.CONFIRMED, booked=1)
    assert len(outbox.events) == 1
    with database.read() as conn:
        assert queries.list_open_cases(conn) == []
        assert jobs.dead_letters(conn) == []


def test_a_rejection_ends_the_job(database: Database, make_order: Any, make_bank: Any, make_worker: Any, outbox: Any) -> None:
    order = make_order()
    bank = make_bank({"account_suffix": "0000", "does": "reject", "reason": "户名与账号不符"})
    make_worker(bank).run_due()
    found = check(database, order, bank, state=OrderState.REJECTED, booked=0)
    assert found.reason == "户名与账号不符"
    assert [event.name for event in outbox.events] == ["payments.order.rejected"]
    with database.read() as conn:
        assert jobs.pending(conn, subject=order.claim_id) == []


def test_the_instruction_is_what_was_ordered(make_order: Any, make_bank: Any, make_worker: Any) -> None:
    order = make_order()
    seen: list[Instruction] = []

    class Listening(Watched):
        def submit(self, instruction: Instruction) -> Outcome:
            seen.append(instruction)
            return self.bank.submit(instruction)

    make_worker(Listening(make_bank())).run_due()
    (told,) = seen
    assert (told.key, told.amount, told.name, told.bank, told.account) == (
        order.id,
        order.amount,
        "王小安",
        "样例银行",
        "6222020000000000000",
    )
    assert "6222" not in repr(told)


def test_after_a_time_out_the_order_is_unknown_until_it_is_asked_for(
    database: Database, make_order: Any, make_bank: Any, vault: Any, outbox: Any, at: datetime
) -> None:
    order = make_order()
    bank = make_bank(FIRST | {"does": "time_out_after_booking"})
    handler = submit_handler(database=database, vault=vault, bank=bank, clock=FixedClock(at), emit=outbox, waits=(timedelta(hours=1),))
    worker = Worker(database=database, handlers={operations.SUBMIT_JOB: handler})
    assert worker.run_due() == 1
    check(database, order, bank, state=OrderState.UNKNOWN, booked=1)
    with database.read() as conn:
        (waiting,) = jobs.pending(conn, subject=order.claim_id)
    assert (waiting["state"], waiting["attempts"]) == ("ready", 1)


def test_a_cancelled_order_is_not_paid(database: Database, make_order: Any, make_bank: Any, make_worker: Any, at: datetime) -> None:
    order = make_order()
    with database.write() as conn:
        operations.cancel_order(conn, order_id=order.id, reason="withdrawn", at=at)
    bank = make_bank()
    watched = Watched(bank)
    assert make_worker(watched).run_due() == 1
    assert watched.calls == []
    check(database, order, bank, state=OrderState.CANCELLED, booked=0)


def test_used_up_tries_become_a_case_and_a_revived_job_ends_it(
    database: Database, make_order: Any, make_bank: Any, make_worker: Any
) -> None:
    order = make_order()
    bank = make_bank(FIRST | {"does": "down", "times": operations.SUBMIT_ATTEMPTS})
    worker = make_worker(bank)
    assert worker.run_due() == operations.SUBMIT_ATTEMPTS
    check(database, order, bank, state=OrderState.SUBMITTED, booked=0)
    with database.write() as conn:
        (case,) = queries.list_open_cases(conn)
        (dead,) = jobs.dead_letters(conn)
        jobs.revive(conn, job_id=dead["id"])
    assert (case.kind, case.order_id, case.facts) == (
        CaseKind.STUCK, order.id, {"state": "submitted", "why": "jobs.retry", "attempts": operations.SUBMIT_ATTEMPTS},
    )  # fmt: skip
    worker.run_due()
    check(database, order, bank, state=OrderState.CONFIRMED, booked=1)


def test_a_bank_that_contradicts_itself_leaves_a_case_and_no_loop(
    database: Database, make_order: Any, make_bank: Any, make_worker: Callable[..., Worker]
) -> None:
    order = make_order()

    class Lying(Watched):
        def submit(self, instruction: Instruction) -> Outcome:
            told = self.bank.submit(instruction)
            return Outcome(told.result, "another reference")

    bank = make_bank(calls_back=True)
    assert make_worker(Lying(bank)).run_due() == 1
    check(database, order, bank, state=OrderState.CONFIRMED, booked=1)
    with database.read() as conn:
        assert [case.kind for case in queries.list_open_cases(conn)] == [CaseKind.CONTRADICTION]


def test_a_worker_that_was_away_does_no_harm(database: Database, make_order: Any, make_bank: Any, make_worker: Any, outbox: Any) -> None:
    """The first worker freezes inside the bank's call; the second takes the job over and pays; the first comes back."""
    order = make_order()
    bank = make_bank()

    class Frozen(Watched):
        def submit(self, instruction: Instruction) -> Outcome:
            with database.write() as conn:
                conn.exec_driver_sql("UPDATE jobs SET lease_until = created_at WHERE state = 'running'")
            make_worker(self.bank).run_due()
            return self.bank.submit(instruction)

    make_worker(Frozen(bank)).run_due()
    check(database, order, bank, state=OrderState.CONFIRMED, booked=1)
    assert len(outbox.events) == 1


def test_the_waits_grow_to_hours_and_cover_a_long_holiday() -> None:
    assert list(WAITS) == sorted(WAITS)
    whole = sum(WAITS, timedelta()) + WAITS[-1] * (operations.SUBMIT_ATTEMPTS - 1 - len(WAITS))
    assert timedelta(days=5) < whole < timedelta(days=6)
