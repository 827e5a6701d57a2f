"""Creating, repeating, replacing and cancelling payment orders."""

from collections.abc import Callable
from datetime import datetime

import pytest
from sqlalchemy import text

from anpei.engines import jobs
from anpei.engines.db import Database
from anpei.kernel.errors import InvalidInput, NotFound
from anpei.kernel.money import Money
from anpei.payments import operations, queries
from anpei.payments.model import Entry, Order, OrderConflict, OrderState, Payee
from anpei.payments.ports import Outcome, Result
from anpei.trust.vault import Vault

Make = Callable[..., Order]
REJECTED = Outcome(Result.REJECTED, "R1", "户名与账号不符")


def end(database: Database, order: Order, outcome: Outcome, at: datetime) -> None:
    with database.write() as conn:
        operations.begin_submission(conn, order_id=order.id, at=at)
        operations.record_outcome(conn, order_id=order.id, outcome=outcome, at=at, emit=lambda _conn, _event: None)


def balances(database: Database) -> dict[str, int]:
    with database.read() as conn:
        return {account: money.fen for account, money in queries.trial_balance(conn).accounts}


def test_a_new_order_is_owed_and_queued(database: Database, make_order: Make, at: datetime) -> None:
    order = make_order()
    with database.read() as conn:
        found = queries.get_order(conn, order_id=order.id)
        queued = jobs.pending(conn, subject="claim-1")
        postings = queries.list_postings(conn, order_id=order.id)
        steps = queries.list_steps(conn, order_id=order.id)
    assert found == order
    assert (found.state, found.amount, found.account_tail, found.attempts) == (OrderState.CREATED, Money(866_567), "0000", 0)
    assert [job["kind"] for job in queued] == ["payments.submit"]
    assert [(p.entry, p.source, p.destination, p.amount.fen) for p in postings] == [
        (Entry.ACCRUED, "insurer:insurer-1:claims_expense", "insurer:insurer-1:claims_payable", 866_567)
    ]
    assert [(step.number, step.from_state, step.to_state, step.at) for step in steps] == [(1, None, OrderState.CREATED, at)]


def test_the_same_call_again_is_the_same_order(database: Database, make_order: Make) -> None:
    assert make_order() == make_order()
    with database.read() as conn:
        assert len(queries.list_orders(conn, claim_id="claim-1")) == 1
        assert len(jobs.pending(conn, subject="claim-1")) == 1


@pytest.mark.parametrize(
    "change", [{"fen": 1}, {"decision": "b" * 64}, {"payee": Payee(name="王小平", bank="样例银行", account="6222020000000000000")}]
)
def test_a_round_has_one_order(database: Database, make_order: Make, change: dict[str, object]) -> None:
    make_order()
    with pytest.raises(OrderConflict, match="this round already has a different payment order"):
        make_order(**change)
    assert balances(database)["insurer:insurer-1:claims_payable"] == 866_567


def test_a_decision_is_not_paid_in_two_rounds(database: Database, make_order: Make) -> None:
    make_order()
    with pytest.raises(OrderConflict, match="already being paid in another round"):
        make_order(round=2)
    with database.read() as conn:
        assert len(queries.list_orders(conn, claim_id="claim-1")) == 1


def test_after_a_rejection_the_next_round_takes_the_debt_over(database: Database, make_order: Make, at: datetime) -> None:
    first = make_order()
    end(database, first, REJECTED, at)
    assert balances(database)["insurer:insurer-1:claims_payable"] == 866_567
    second = make_order(round=2)
    assert balances(database)["insurer:insurer-1:claims_payable"] == 866_567
    end(database, second, Outcome(Result.CONFIRMED, "C1"), at)
    assert balances(database) == {
        "claim:claim-1:payee": 866_567,
        "insurer:insurer-1:bank_clearing": 0,
        "insurer:insurer-1:claims_expense": -866_567,
        "insurer:insurer-1:claims_payable": 0,
    }
    with database.read() as conn:
        assert queries.ledger_faults(conn) == []


def test_a_debt_is_taken_over_once_however_often_the_payment_fails(database: Database, make_order: Make, at: datetime) -> None:
    for number in (1, 2, 3):
        end(database, make_order(round=number), REJECTED, at)
    assert balances(database)["insurer:insurer-1:claims_payable"] == 866_567
    end(database, make_order(round=4), Outcome(Result.CONFIRMED, "C1"), at)
    assert (balances(database)["insurer:insurer-1:claims_payable"], balances(database)["claim:claim-1:payee"]) == (0, 866_567)
    with database.read() as conn:
        assert queries.ledger_faults(conn) == []


def test_another_decision_leaves_the_debt_where_it_is(database: Database, make_order: Make, at: datetime) -> None:
    end(database, make_order(), REJECTED, at)
    make_order(round=2, fen=1_000, decision="b" * 64)
    make_order(claim="claim-2", fen=10)
    assert balances(database)["insurer:insurer-1:claims_payable"] == 866_567 + 1_000 + 10


def test_a_new_decision_takes_over_the_debt_of_the_order_it_replaces(database: Database, make_order: Make, at: datetime) -> None:
    first = make_order()
    end(database, first, REJECTED, at)
    make_order(round=2, fen=900_000, decision="b" * 64, replaces=first.id)
    assert balances(database)["insurer:insurer-1:claims_payable"] == 900_000


def test_only_an_order_that_ended_unpaid_is_replaced(database: Database, make_order: Make) -> None:
    first = make_order()
    with pytest.raises(OrderConflict, match="did not end unpaid"):
        make_order(round=2, decision="b" * 64, replaces=first.id)
    with database.read() as conn:
        assert [order.round for order in queries.list_orders(conn, claim_id="claim-1")] == [1]


@pytest.mark.parametrize("digest", ["", "a" * 63, "A" * 64, "a" * 65])
def test_no_order_without_a_decision(database: Database, make_order: Make, digest: str) -> None:
    with pytest.raises(InvalidInput, match="decision_digest"):
        make_order(decision=digest)
    assert balances(database) == {}


@pytest.mark.parametrize("fen", [0, -1])
def test_no_order_without_money(database: Database, make_order: Make, fen: int) -> None:
    with pytest.raises(InvalidInput, match="more than zero"):
        make_order(fen=fen)
    assert balances(database) == {}


def test_the_payee_is_sealed(database: Database, make_order: Make, vault: Vault, card: Payee) -> None:
    order = make_order()
    with database.read() as conn:
        stored = conn.execute(text("SELECT payee_sealed, payee_blind FROM payment_orders")).one()
        opened = queries.open_payee(conn, vault=vault, order_id=order.id)
    whole = bytes(stored[0]) + stored[1].encode()
    assert b"6222020000000000000" not in whole
    assert "王小安".encode() not in whole
    assert (opened.name, opened.bank, opened.account) == (card.name, card.bank, "6222020000000000000")
    assert "6222" not in repr(opened)


def test_orders_to_one_account_are_found_without_opening(database: Database, make_order: Make, vault: Vault) -> None:
    orders = [make_order(), make_order(claim="claim-2")]
    make_order(claim="claim-3", payee=Payee(name="李四", bank="样例银行", account="4111111111111111"))
    with database.read() as conn:
        found = queries.list_orders_to_account(conn, vault=vault, account="6222 0200 0000 0000 000")
    assert [order.id for order in found] == [order.id for order in orders]


def test_an_order_is_cancelled_before_it_is_handed_over(database: Database, make_order: Make, at: datetime) -> None:
    order = make_order()
    with database.write() as conn:
        assert operations.cancel_order(conn, order_id=order.id, reason="withdrawn", at=at) is True
        assert operations.cancel_order(conn, order_id=order.id, reason="withdrawn", at=at) is False
    assert set(balances(database).values()) == {0}
    with database.read() as conn:
        assert queries.get_order(conn, order_id=order.id).state is OrderState.CANCELLED
        assert queries.ledger_faults(conn) == []


def test_an_order_at_the_bank_is_not_cancelled(database: Database, make_order: Make, at: datetime) -> None:
    order = make_order()
    with database.write() as conn:
        operations.begin_submission(conn, order_id=order.id, at=at)
    with pytest.raises(OrderConflict, match="is submitted and cannot become cancelled"), database.write() as conn:
        operations.cancel_order(conn, order_id=order.id, reason="withdrawn", at=at)
    with database.read() as conn:
        assert queries.get_order(conn, order_id=order.id).state is OrderState.SUBMITTED


def test_what_is_not_there_is_said(database: Database, vault: Vault) -> None:
    with database.read() as conn:
        for read in (
            lambda: queries.get_order(conn, order_id="x"),
            lambda: queries.get_order_by_key(conn, idempotency_key="x"),
            lambda: queries.open_payee(conn, vault=vault, order_id="x"),
        ):
            with pytest.raises(NotFound):
                read()
        assert queries.find_order(conn, claim_id="x", round=1) is None
