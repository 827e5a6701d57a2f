"""The same thing from several threads at once ends as if it had come once."""

from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from datetime import datetime
from typing import Any

from anpei.engines.db import Database
from anpei.payments import operations, queries
from anpei.payments.jobs import take_call_back
from anpei.payments.model import Entry, Order, OrderConflict
from anpei.payments.ports import Outcome, Result

THREADS = 4


def at_once(call: Callable[[int], Any]) -> list[Any]:
    with ThreadPoolExecutor(THREADS) as pool:
        return list(pool.map(call, range(THREADS)))


def test_one_order_for_a_round(database: Database, make_order: Callable[..., Order]) -> None:
    orders = at_once(lambda _n: make_order())
    assert len({order.id for order in orders}) == 1
    with database.read() as conn:
        assert [posting.entry for posting in queries.list_postings(conn, order_id=orders[0].id)] == [Entry.ACCRUED]


def test_one_round_for_a_decision(database: Database, make_order: Callable[..., Order]) -> None:
    def create(number: int) -> bool:
        try:
            make_order(round=number + 1)
        except OrderConflict:
            return False
        return True

    assert sorted(at_once(create)) == [False, False, False, True]
    with database.read() as conn:
        assert len(queries.list_orders(conn, claim_id="claim-1")) == 1


def test_one_outcome(database: Database, make_order: Callable[..., Order], at: datetime, outbox: Any) -> None:
    order = make_order()
    with database.write() as conn:
        operations.begin_submission(conn, order_id=order.id, at=at)
    said = Outcome(Result.CONFIRMED, "C1")
    changed = at_once(lambda _n: take_call_back(database, idempotency_key=order.idempotency_key, outcome=said, at=at, emit=outbox))
    assert sorted(changed) == [False, False, False, True]
    assert len(outbox.events) == 1
    with database.read() as conn:
        assert queries.ledger_faults(conn) == []


def test_cancelled_or_sent_but_not_both(database: Database, make_order: Callable[..., Order], at: datetime) -> None:
    order = make_order()

    def race(number: int) -> None:
        with database.write() as conn:
            if number % 2:
                operations.begin_submission(conn, order_id=order.id, at=at)
            else:
                try:
                    operations.cancel_order(conn, order_id=order.id, reason="withdrawn", at=at)
                except OrderConflict:
                    return

    at_once(race)
    with database.read() as conn:
        steps = [step.to_state.value for step in queries.list_steps(conn, order_id=order.id)]
        assert queries.ledger_faults(conn) == []
    assert steps in (["created", "cancelled"], ["created", "submitted"])
