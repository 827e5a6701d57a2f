"""Reads of payments: orders, the ledger, open cases."""

from collections import Counter
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from sqlalchemy import func, select, true

from anpei.engines.db import Connection
from anpei.kernel.errors import NotFound
from anpei.kernel.money import Money
from anpei.payments._moves import ORDER_COLUMNS, PAYEE_CONTEXT, payee_context, to_order, to_payee, to_posting
from anpei.payments._tables import cases, orders, postings, steps
from anpei.payments.model import CaseKind, Entry, Order, OrderState, Payee, PaymentCase, Posting, Step, forward_accounts
from anpei.trust.vault import Vault


def get_order(conn: Connection, *, order_id: str) -> Order:
    """An order by its id. Raises NotFound."""
    return _one(conn, orders.c.id == order_id, f"no payment order {order_id}")


def get_order_by_key(conn: Connection, *, idempotency_key: str) -> Order:
    """The order a bank's call-back speaks of. Raises NotFound."""
    return _one(conn, orders.c.idempotency_key == idempotency_key, f"no payment order has the key {idempotency_key}")


def _one(conn: Connection, condition: Any, message: str) -> Order:
    row = conn.execute(select(*ORDER_COLUMNS).where(condition)).mappings().first()
    if row is None:
        raise NotFound(message)
    return to_order(row)


def list_orders(conn: Connection, *, claim_id: str) -> list[Order]:
    """The orders of a claim, by round."""
    query = select(*ORDER_COLUMNS).where(orders.c.claim_id == claim_id).order_by(orders.c.round)
    return [to_order(row) for row in conn.execute(query).mappings()]


def find_order(conn: Connection, *, claim_id: str, round: int) -> Order | None:
    """The order of a claim's round, if there is one."""
    query = select(*ORDER_COLUMNS).where(orders.c.claim_id == claim_id, orders.c.round == round)
    row = conn.execute(query).mappings().first()
    return None if row is None else to_order(row)


def list_orders_in_state(conn: Connection, *, state: OrderState, limit: int = 200) -> list[Order]:
    """The orders in a state, longest unchanged first."""
    query = select(*ORDER_COLUMNS).where(orders.c.state == state.value).order_by(orders.c.changed_at, orders.c.id).limit(limit)
    return [to_order(row) for row in conn.execute(query).mappings()]


def list_orders_to_account(conn: Connection, *, vault: Vault, account: str) -> list[Order]:
    """Every order that pays to this account, found by the blind index; nothing is opened."""
    blind = vault.blind(account.replace(" ", "").replace("-", ""), context=PAYEE_CONTEXT)
    query = select(*ORDER_COLUMNS).where(orders.c.payee_blind == blind).order_by(orders.c.created_at, orders.c.id)
    return [to_order(row) for row in conn.execute(query).mappings()]


def open_payee(conn: Connection, *, vault: Vault, order_id: str) -> Payee:
    """The payee in clear: personal data, for the bank instruction and behind the access gate only. Raises NotFound."""
    sealed = conn.execute(select(orders.c.payee_sealed).where(orders.c.id == order_id)).scalar_one_or_none()
    if sealed is None:
        raise NotFound(f"no payment order {order_id}", data={"order_id": order_id})
    return to_payee(vault.open_text(sealed, context=payee_context(order_id)))


def list_steps(conn: Connection, *, order_id: str) -> list[Step]:
    """The changes of an order's state, oldest first."""
    query = select(steps).where(steps.c.order_id == order_id).order_by(steps.c.number)
    return [_to_step(row) for row in conn.execute(query).mappings()]


def _to_step(row: Mapping[Any, Any]) -> Step:
    before = None if row["from_state"] is None else OrderState(row["from_state"])
    return Step(
        order_id=row["order_id"],
        number=row["number"],
        from_state=before,
        to_state=OrderState(row["to_state"]),
        note=row["note"],
        at=row["at"],
    )


def list_postings(conn: Connection, *, order_id: str) -> list[Posting]:
    """The postings of an order, in the order in which they were made."""
    query = select(postings).where(postings.c.order_id == order_id).order_by(postings.c.id)
    return [to_posting(row) for row in conn.execute(query).mappings()]


@dataclass(frozen=True, slots=True)
class TrialBalance:
    """Each account's balance (what came in minus what went out), sorted by name, and their sum, which is zero in a sound ledger."""

    accounts: tuple[tuple[str, Money], ...]
    difference: Money


def trial_balance(conn: Connection, *, claim_id: str | None = None) -> TrialBalance:
    """The balances of all accounts, over the whole ledger or over one claim's orders."""
    sums: Counter[str] = Counter()
    for column, sign in ((postings.c.destination, 1), (postings.c.source, -1)):
        query = select(column, func.sum(postings.c.amount_fen)).group_by(column)
        if claim_id is not None:
            query = query.join(orders, orders.c.id == postings.c.order_id).where(orders.c.claim_id == claim_id)
        for account, fen in conn.execute(query):
            sums[account] += sign * int(fen)
    accounts = tuple((account, Money(fen)) for account, fen in sorted(sums.items()))
    return TrialBalance(accounts=accounts, difference=Money(sum(sums.values())))


ENTRIES_BY_STATE: dict[OrderState, frozenset[Entry]] = {
    OrderState.CREATED: frozenset({Entry.ACCRUED}),
    OrderState.SUBMITTED: frozenset({Entry.ACCRUED, Entry.SUBMITTED}),
    OrderState.UNKNOWN: frozenset({Entry.ACCRUED, Entry.SUBMITTED}),
    OrderState.CONFIRMED: frozenset({Entry.ACCRUED, Entry.SUBMITTED, Entry.CONFIRMED}),
    OrderState.REJECTED: frozenset({Entry.ACCRUED, Entry.SUBMITTED, Entry.REJECTED}),
    OrderState.REVERSED: frozenset({Entry.ACCRUED, Entry.SUBMITTED, Entry.CONFIRMED, Entry.REVERSED}),
    OrderState.CANCELLED: frozenset({Entry.ACCRUED, Entry.CANCELLED}),
}
"""Which entries a state implies; RELEASED may come on top once a later order took the debt over."""


def ledger_faults(conn: Connection, *, claim_id: str | None = None) -> list[str]:
    """What in the ledger does not fit the orders, in words; empty in a sound ledger. Without a claim it reads everything."""
    concerned = true() if claim_id is None else orders.c.claim_id == claim_id
    entries: dict[str, dict[Entry, list[Posting]]] = {}
    moves = select(postings).join(orders, orders.c.id == postings.c.order_id).where(concerned).order_by(postings.c.id)
    for row in conn.execute(moves).mappings():
        posting = to_posting(row)
        entries.setdefault(posting.order_id, {}).setdefault(posting.entry, []).append(posting)
    faults: list[str] = []
    for row in conn.execute(select(*ORDER_COLUMNS, orders.c.debt_released_at).where(concerned).order_by(orders.c.id)).mappings():
        order, found = to_order(row), entries.pop(row["id"], {})
        wanted = ENTRIES_BY_STATE[order.state] | ({Entry.RELEASED} if row["debt_released_at"] is not None else frozenset())
        if set(found) != wanted:
            faults.append(f"order {order.id} is {order.state.value} but has the entries {', '.join(sorted(found))}")
        for posting in (posting for several in found.values() for posting in several):
            faults.extend(_posting_faults(order, posting, found))
    return faults


def _posting_faults(order: Order, posting: Posting, found: Mapping[Entry, list[Posting]]) -> list[str]:
    if posting.amount != order.amount:
        return [f"posting {posting.id} moves {posting.amount.fen} fen, its order {order.id} has {order.amount.fen}"]
    if posting.reverses is None:
        expected = forward_accounts(entry=posting.entry, insurer_id=order.insurer_id, claim_id=order.claim_id)
    else:
        first = next((p for several in found.values() for p in several if p.id == posting.reverses), None)
        expected = ("", "") if first is None else (first.destination, first.source)
    if (posting.source, posting.destination) != expected:
        return [f"posting {posting.id} of order {order.id} moves between the wrong accounts"]
    return []


def list_open_cases(conn: Connection, *, limit: int = 200) -> list[PaymentCase]:
    """What people must look at, oldest first."""
    query = select(cases).where(cases.c.closed_at.is_(None)).order_by(cases.c.opened_at, cases.c.id).limit(limit)
    return [_to_case(row) for row in conn.execute(query).mappings()]


def list_cases(conn: Connection, *, order_id: str) -> list[PaymentCase]:
    """All cases of an order, oldest first."""
    query = select(cases).where(cases.c.order_id == order_id).order_by(cases.c.opened_at, cases.c.id)
    return [_to_case(row) for row in conn.execute(query).mappings()]


def _to_case(row: Mapping[Any, Any]) -> PaymentCase:
    return PaymentCase(
        id=row["id"], order_id=row["order_id"], kind=CaseKind(row["kind"]), facts=row["facts"], opened_at=row["opened_at"],
        closed_at=row["closed_at"], closed_by=row["closed_by"], resolution=row["resolution"],
    )  # fmt: skip
