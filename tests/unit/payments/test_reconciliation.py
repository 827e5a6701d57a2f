"""The bank's statement against our orders."""

from collections.abc import Callable
from dataclasses import replace
from datetime import datetime, timedelta
from typing import Any

import pytest

from anpei.engines.db import Database
from anpei.kernel.money import Money
from anpei.payments import operations, queries
from anpei.payments.model import CaseKind, Order
from anpei.payments.ports import Outcome, Result, StatementLine
from anpei.payments.reconciliation import Reconciliation, reconcile

Reconcile = Callable[..., Reconciliation]


@pytest.fixture
def paid(database: Database, make_order: Any, at: datetime) -> list[Order]:
    """Two orders of two claims that the bank has paid."""
    orders = [make_order(claim="claim-1"), make_order(claim="claim-2")]
    for number, order in enumerate(orders, start=1):
        with database.write() as conn:
            operations.begin_submission(conn, order_id=order.id, at=at)
            outcome = Outcome(Result.CONFIRMED, f"C{number}")
            operations.record_outcome(conn, order_id=order.id, outcome=outcome, at=at, emit=lambda _conn, _event: None)
    return orders


@pytest.fixture
def lines(paid: list[Order], at: datetime) -> list[StatementLine]:
    return [StatementLine(order.idempotency_key, f"C{number}", order.amount, at) for number, order in enumerate(paid, start=1)]


@pytest.fixture
def run(database: Database, at: datetime) -> Reconcile:
    def run(statement: list[StatementLine], *, days: int = 1) -> Reconciliation:
        with database.write() as conn:
            return reconcile(conn, statement=statement, since=at, until=at + timedelta(days=days), at=at)

    return run


def summary(found: Reconciliation) -> tuple[int, list[tuple[str, str | None, dict[str, Any]]], int]:
    return found.matched, [(each.kind.value, each.order_id, dict(each.facts)) for each in found.differences], found.opened


def test_what_fits_opens_nothing(database: Database, lines: list[StatementLine], run: Reconcile) -> None:
    assert summary(run(lines)) == (2, [], 0)
    with database.read() as conn:
        assert queries.list_open_cases(conn) == []


@pytest.mark.parametrize(
    ("change", "kind", "facts"),
    [
        ({"amount": Money(866_568)}, "amount", {"ours_fen": 866_567, "bank_fen": 866_568}),
        ({"reference": "C9"}, "reference", {"ours": "C1", "bank": "C9"}),
    ],
)
def test_a_line_that_differs_is_a_case_once(
    database: Database,
    paid: list[Order],
    lines: list[StatementLine],
    run: Reconcile,
    change: dict[str, Any],
    kind: str,
    facts: dict[str, Any],
) -> None:
    changed = [replace(lines[0], **change), lines[1]]
    assert summary(run(changed)) == (1, [(kind, paid[0].id, facts)], 1)
    assert run(changed).opened == 0
    with database.read() as conn:
        (case,) = queries.list_open_cases(conn)
    assert (case.kind, case.order_id) == (CaseKind.STATEMENT, paid[0].id)
    assert case.facts == {"difference": kind, "key": paid[0].idempotency_key} | facts


def test_a_payment_without_an_order_is_a_case(database: Database, lines: list[StatementLine], run: Reconcile) -> None:
    stranger = replace(lines[0], key="stranger", reference="X1")
    found = run([*lines, stranger])
    assert summary(found) == (2, [("unknown_payment", None, {"reference": "X1", "fen": 866_567})], 1)
    assert run([*lines, stranger]).opened == 0
    with database.read() as conn:
        assert [case.order_id for case in queries.list_open_cases(conn)] == [None]


def test_a_payment_that_stands_there_twice(paid: list[Order], lines: list[StatementLine], run: Reconcile) -> None:
    found = run([*lines, replace(lines[0], reference="C7")])
    assert [(each.kind.value, each.facts["reference"]) for each in found.differences] == [("paid_twice", "C1"), ("paid_twice", "C7")]
    assert found.matched == 1


def test_a_payment_we_have_not_heard_of_yet(database: Database, make_order: Any, at: datetime, run: Reconcile) -> None:
    order = make_order()
    with database.write() as conn:
        operations.begin_submission(conn, order_id=order.id, at=at)
    found = run([StatementLine(order.idempotency_key, "C1", order.amount, at)])
    assert summary(found) == (0, [("not_recorded", order.id, {"state": "submitted", "reference": "C1"})], 1)


def test_a_payment_that_the_bank_does_not_show(paid: list[Order], lines: list[StatementLine], run: Reconcile) -> None:
    assert summary(run(lines[1:])) == (1, [("missing_at_bank", paid[0].id, {"ours": "C1", "fen": 866_567})], 1)
    assert summary(run([], days=0)) == (0, [], 0)


def test_money_that_came_back_was_paid(
    database: Database, paid: list[Order], lines: list[StatementLine], run: Reconcile, at: datetime
) -> None:
    with database.write() as conn:
        operations.reverse(conn, order_id=paid[0].id, reason="x", at=at, emit=lambda _conn, _event: None)
    assert summary(run(lines)) == (2, [], 0)
