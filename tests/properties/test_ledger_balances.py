"""Whatever the bank says, in whatever order and however often: the ledger balances, fits the orders, and nothing happens twice."""

from collections import Counter
from collections.abc import Iterator
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from anpei.engines.db import Connection, Database
from anpei.kernel import ids
from anpei.kernel.errors import AnpeiError
from anpei.kernel.events import Event
from anpei.kernel.money import Money
from anpei.payments import operations, queries
from anpei.payments.model import Order, OrderState, Payee
from anpei.payments.ports import Outcome, Result
from anpei.trust.vault import KeyRing, Vault

AT = datetime(2026, 11, 21, 6, 5, tzinfo=UTC)
PAYEE = Payee(name="王小安", bank="样例银行", account="6222020000000000000")
VAULT = Vault(KeyRing.fresh())
OUTCOMES = st.builds(Outcome, st.sampled_from(Result), st.sampled_from(["A", "B"]))
STEPS = st.one_of(
    st.just(("submit", None)),
    st.just(("time_out", None)),
    st.tuples(st.just("outcome"), OUTCOMES),
    st.just(("reverse", None)),
    st.just(("cancel", None)),
    st.tuples(st.just("next_round"), st.tuples(st.integers(1, 10**9), st.sampled_from("ab"))),
)


@pytest.fixture(scope="module")
def ledger(sqlite_template: Path, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Database]:
    path = tmp_path_factory.mktemp("ledger") / "ledger.sqlite"
    path.write_bytes(sqlite_template.read_bytes())
    database = Database(f"sqlite:///{path}")
    yield database
    database.close()


class Run:
    """One claim, driven step by step."""

    def __init__(self, database: Database) -> None:
        self.database = database
        self.claim = ids.new_id()
        self.orders: list[Order] = []
        self.events: list[Event] = []

    def emit(self, _conn: Connection, event: Event) -> None:
        self.events.append(event)

    def create(self, fen: int, decision: str) -> None:
        with self.database.write() as conn:
            order = operations.create_order(
                conn, vault=VAULT, claim_id=self.claim, round=len(self.orders) + 1, insurer_id="i", payee=PAYEE, amount=Money(fen),
                decision_digest=decision * 64, at=AT,
            )  # fmt: skip
        self.orders.append(order)

    def step(self, name: str, value: Any) -> None:
        if name == "next_round":
            self.create(*value)
            return
        order = self.orders[-1].id
        with self.database.write() as conn:
            if name == "submit":
                operations.begin_submission(conn, order_id=order, at=AT)
            elif name == "time_out":
                operations.mark_unknown(conn, order_id=order, at=AT)
            elif name == "outcome":
                operations.record_outcome(conn, order_id=order, outcome=value, at=AT, emit=self.emit)
            elif name == "reverse":
                operations.reverse(conn, order_id=order, reason="r", at=AT, emit=self.emit)
            else:
                operations.cancel_order(conn, order_id=order, reason="r", at=AT)

    def look(self) -> tuple[list[Order], dict[str, int], int]:
        with self.database.read() as conn:
            found = queries.list_orders(conn, claim_id=self.claim)
            balance = queries.trial_balance(conn, claim_id=self.claim)
            assert balance.difference == Money(0)
            assert queries.ledger_faults(conn, claim_id=self.claim) == []
            count = sum(len(queries.list_postings(conn, order_id=order.id)) for order in found)
        return found, {account: money.fen for account, money in balance.accounts}, count


def check_balances(found: list[Order], balances: dict[str, int], claim: str) -> None:
    paid = sum(order.amount.fen for order in found if order.state is OrderState.CONFIRMED)
    on_the_way = sum(order.amount.fen for order in found if order.state in (OrderState.SUBMITTED, OrderState.UNKNOWN))
    assert balances.get(f"claim:{claim}:payee", 0) == paid
    assert balances.get("insurer:i:bank_clearing", 0) == on_the_way
    assert balances["insurer:i:claims_payable"] >= 0
    assert -balances["insurer:i:claims_expense"] == paid + on_the_way + balances["insurer:i:claims_payable"]
    live = Counter(
        order.decision_digest for order in found if order.state in (OrderState.SUBMITTED, OrderState.UNKNOWN, OrderState.CONFIRMED)
    )
    assert all(count == 1 for count in live.values())


@settings(max_examples=120)
@given(fen=st.integers(1, 10**12), steps=st.lists(STEPS, max_size=12))
def test_the_ledger_balances_under_any_sequence(ledger: Database, fen: int, steps: list[tuple[str, Any]]) -> None:
    run = Run(ledger)
    run.create(fen, "a")
    for name, value in steps:
        before = run.look()
        told = len(run.events)
        try:
            run.step(name, value)
        except AnpeiError:
            assert run.look() == before
            assert len(run.events) == told
        found, balances, _count = run.look()
        check_balances(found, balances, run.claim)
    kinds = Counter((event.name, event.payload()["order_id"]) for event in run.events)
    assert all(count == 1 for count in kinds.values())


@settings(max_examples=60)
@given(outcome=OUTCOMES, times=st.integers(2, 4))
def test_the_same_outcome_again_is_nothing(ledger: Database, outcome: Outcome, times: int) -> None:
    run = Run(ledger)
    run.create(100, "a")
    run.step("submit", None)
    run.step("outcome", outcome)
    once = run.look()
    for _ in range(times):
        run.step("outcome", outcome)
    assert run.look() == once
    assert len(run.events) <= 1
