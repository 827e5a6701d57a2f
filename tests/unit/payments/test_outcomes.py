"""What the bank says, once, twice and against itself."""

from collections.abc import Callable
from datetime import datetime
from typing import Any

import pytest

from anpei.engines.db import Database
from anpei.kernel.errors import InvalidInput, NotFound
from anpei.payments import operations, queries
from anpei.payments.events import PaymentConfirmed, PaymentRejected, PaymentReversed
from anpei.payments.jobs import take_call_back
from anpei.payments.model import ALLOWED, CaseKind, ContradictoryOutcome, Entry, Order, OrderConflict, OrderState
from anpei.payments.ports import Outcome, Result

CONFIRMED = Outcome(Result.CONFIRMED, "C1")
REJECTED = Outcome(Result.REJECTED, "R1", "户名与账号不符")
PENDING = Outcome(Result.PENDING, "P1")


@pytest.fixture
def sent(database: Database, make_order: Callable[..., Order], at: datetime) -> Order:
    """An order that the bank has."""
    order = make_order()
    with database.write() as conn:
        operations.begin_submission(conn, order_id=order.id, at=at)
    return order


@pytest.fixture
def say(database: Database, sent: Order, at: datetime, outbox: Any) -> Callable[[Outcome], bool]:
    """Take a call-back for the order."""
    return lambda outcome: take_call_back(database, idempotency_key=sent.idempotency_key, outcome=outcome, at=at, emit=outbox)


def entries(database: Database, order: Order) -> list[Entry]:
    with database.read() as conn:
        assert queries.ledger_faults(conn) == []
        assert queries.trial_balance(conn).difference.fen == 0
        return [posting.entry for posting in queries.list_postings(conn, order_id=order.id)]


def state(database: Database, order: Order) -> OrderState:
    with database.read() as conn:
        return queries.get_order(conn, order_id=order.id).state


def test_every_state_is_in_the_table() -> None:
    assert set(ALLOWED) == set(OrderState)
    assert set(queries.ENTRIES_BY_STATE) == set(OrderState)


def test_a_confirmation_is_posted_and_told(database: Database, sent: Order, say: Any, outbox: Any) -> None:
    assert say(CONFIRMED) is True
    assert entries(database, sent) == [Entry.ACCRUED, Entry.SUBMITTED, Entry.CONFIRMED]
    assert outbox.events == [PaymentConfirmed(sent.id, "claim-1", 1, 866_567, "C1")]
    assert outbox.events[0].name == "payments.order.confirmed"


def test_a_double_call_back_changes_nothing(database: Database, sent: Order, say: Any, outbox: Any) -> None:
    assert [say(CONFIRMED), say(CONFIRMED)] == [True, False]
    assert entries(database, sent) == [Entry.ACCRUED, Entry.SUBMITTED, Entry.CONFIRMED]
    assert len(outbox.events) == 1


def test_a_rejection_takes_the_submission_back(database: Database, sent: Order, say: Any, outbox: Any) -> None:
    assert [say(REJECTED), say(REJECTED)] == [True, False]
    assert entries(database, sent) == [Entry.ACCRUED, Entry.SUBMITTED, Entry.REJECTED]
    assert outbox.events == [PaymentRejected(sent.id, "claim-1", 1, 866_567, "户名与账号不符")]
    with database.read() as conn:
        order = queries.get_order(conn, order_id=sent.id)
        submitted, rejected = queries.list_postings(conn, order_id=sent.id)[1:]
    assert (order.state, order.reason) == (OrderState.REJECTED, "户名与账号不符")
    assert rejected.reverses == submitted.id
    assert (rejected.source, rejected.destination) == (submitted.destination, submitted.source)


@pytest.mark.parametrize(
    ("first", "then"),
    [(CONFIRMED, REJECTED), (REJECTED, CONFIRMED), (CONFIRMED, Outcome(Result.CONFIRMED, "C2"))],
    ids=["confirmed-rejected", "rejected-confirmed", "two-references"],
)
def test_a_contradiction_raises_and_is_kept_once(
    database: Database, sent: Order, say: Any, outbox: Any, first: Outcome, then: Outcome
) -> None:
    say(first)
    before = (entries(database, sent), state(database, sent), len(outbox.events))
    for _ in range(2):
        with pytest.raises(ContradictoryOutcome, match=sent.id):
            say(then)
    assert (entries(database, sent), state(database, sent), len(outbox.events)) == before
    with database.read() as conn:
        (case,) = queries.list_open_cases(conn)
    assert (case.order_id, case.kind) == (sent.id, CaseKind.CONTRADICTION)
    assert case.facts == {
        "state": first.result.value,
        "known_reference": first.reference,
        "says": then.result.value,
        "reference": then.reference,
    }


@pytest.mark.parametrize("outcome", [CONFIRMED, REJECTED, PENDING])
def test_an_outcome_for_an_order_that_was_never_sent_is_a_case(
    database: Database, make_order: Callable[..., Order], at: datetime, outbox: Any, outcome: Outcome
) -> None:
    order = make_order()
    with pytest.raises(ContradictoryOutcome):
        take_call_back(database, idempotency_key=order.idempotency_key, outcome=outcome, at=at, emit=outbox)
    assert state(database, order) is OrderState.CREATED
    assert outbox.events == []
    with database.read() as conn:
        assert [case.facts["state"] for case in queries.list_cases(conn, order_id=order.id)] == ["created"]


def test_opening_a_case_says_whether_it_is_new(database: Database, sent: Order, at: datetime) -> None:
    with database.write() as conn:
        opened = [operations.open_case(conn, order_id=sent.id, kind=CaseKind.STUCK, facts={"n": n}, at=at) for n in (1, 1, 2)]
    assert opened == [True, False, True]


def test_a_call_back_with_an_unknown_key_is_refused(database: Database, at: datetime, outbox: Any) -> None:
    with pytest.raises(NotFound):
        take_call_back(database, idempotency_key="nobody", outcome=CONFIRMED, at=at, emit=outbox)


def test_pending_keeps_the_reference_and_waits(database: Database, sent: Order, say: Any, outbox: Any) -> None:
    assert [say(PENDING), say(PENDING)] == [True, False]
    with database.read() as conn:
        order = queries.get_order(conn, order_id=sent.id)
    assert (order.state, order.bank_reference) == (OrderState.SUBMITTED, "P1")
    assert outbox.events == []
    assert [say(CONFIRMED), say(PENDING)] == [True, False]
    assert state(database, sent) is OrderState.CONFIRMED


def test_after_a_time_out_any_outcome_counts(database: Database, sent: Order, say: Any, at: datetime) -> None:
    with database.write() as conn:
        operations.mark_unknown(conn, order_id=sent.id, at=at)
    assert state(database, sent) is OrderState.UNKNOWN
    assert say(PENDING) is True
    assert state(database, sent) is OrderState.SUBMITTED
    assert say(CONFIRMED) is True
    with database.write() as conn:
        operations.mark_unknown(conn, order_id=sent.id, at=at)
    assert state(database, sent) is OrderState.CONFIRMED
    assert entries(database, sent) == [Entry.ACCRUED, Entry.SUBMITTED, Entry.CONFIRMED]


@pytest.mark.parametrize(("outcome", "ends"), [(CONFIRMED, OrderState.CONFIRMED), (REJECTED, OrderState.REJECTED)])
def test_from_unknown_straight_to_the_end(
    database: Database, sent: Order, say: Any, at: datetime, outcome: Outcome, ends: OrderState
) -> None:
    with database.write() as conn:
        operations.mark_unknown(conn, order_id=sent.id, at=at)
    assert say(outcome) is True
    assert state(database, sent) is ends
    assert entries(database, sent)[-1].value == ends.value


def test_an_answer_without_a_reference_is_no_answer() -> None:
    with pytest.raises(InvalidInput, match="has no reference"):
        Outcome(Result.CONFIRMED, " ")


def test_money_that_comes_back_is_owed_again(database: Database, sent: Order, say: Any, at: datetime, outbox: Any) -> None:
    say(CONFIRMED)
    for expected in (True, False):
        with database.write() as conn:
            assert operations.reverse(conn, order_id=sent.id, reason="账户已销户", at=at, emit=outbox) is expected
    assert entries(database, sent) == [Entry.ACCRUED, Entry.SUBMITTED, Entry.CONFIRMED, Entry.REVERSED, Entry.REVERSED]
    assert outbox.events[1:] == [PaymentReversed(sent.id, "claim-1", 1, 866_567, "账户已销户")]
    assert say(CONFIRMED) is False
    with database.read() as conn:
        accounts = dict(queries.trial_balance(conn, claim_id="claim-1").accounts)
        assert [step.to_state.value for step in queries.list_steps(conn, order_id=sent.id)] == [
            "created",
            "submitted",
            "confirmed",
            "reversed",
        ]
    assert (accounts["claim:claim-1:payee"].fen, accounts["insurer:insurer-1:claims_payable"].fen) == (0, 866_567)


def test_what_was_not_paid_cannot_come_back(database: Database, sent: Order, at: datetime, outbox: Any) -> None:
    with pytest.raises(OrderConflict, match="is submitted and cannot become reversed"), database.write() as conn:
        operations.reverse(conn, order_id=sent.id, reason="x", at=at, emit=outbox)
    assert outbox.events == []


def test_a_case_is_closed_by_name(database: Database, sent: Order, say: Any, at: datetime) -> None:
    say(CONFIRMED)
    with pytest.raises(ContradictoryOutcome):
        say(REJECTED)
    with database.read() as conn:
        (case,) = queries.list_open_cases(conn)
    with pytest.raises(InvalidInput), database.write() as conn:
        operations.close_case(conn, case_id=case.id, closed_by="account-7", resolution=" ", at=at)
    with database.write() as conn:
        operations.close_case(conn, case_id=case.id, closed_by="account-7", resolution="statement shows C1", at=at)
    with pytest.raises(NotFound), database.write() as conn:
        operations.close_case(conn, case_id=case.id, closed_by="account-7", resolution="again", at=at)
    with database.read() as conn:
        assert queries.list_open_cases(conn) == []
        (closed,) = queries.list_cases(conn, order_id=sent.id)
    assert (closed.closed_by, closed.resolution, closed.closed_at) == ("account-7", "statement shows C1", at)


def test_a_broken_ledger_is_named(database: Database, sent: Order, say: Any) -> None:
    say(CONFIRMED)
    with database.write() as conn:
        conn.exec_driver_sql("DELETE FROM ledger_postings WHERE event = 'confirmed'")
    with database.read() as conn:
        assert queries.ledger_faults(conn) == [f"order {sent.id} is confirmed but has the entries accrued, submitted"]
