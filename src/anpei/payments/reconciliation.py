"""Reconciliation (对账): the bank's statement against our orders. What differs becomes a case; nothing is corrected by itself."""

from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum

from sqlalchemy import select

from anpei.engines.db import Connection
from anpei.payments import operations
from anpei.payments._moves import ORDER_COLUMNS, to_order
from anpei.payments._tables import orders
from anpei.payments.model import CaseKind, Order, OrderState
from anpei.payments.ports import StatementLine

CHUNK = 500
PAID = frozenset({OrderState.CONFIRMED, OrderState.REVERSED})


class DifferenceKind(StrEnum):
    """How statement and orders differ."""

    UNKNOWN_PAYMENT = "unknown_payment"
    PAID_TWICE = "paid_twice"
    AMOUNT = "amount"
    REFERENCE = "reference"
    NOT_RECORDED = "not_recorded"
    MISSING_AT_BANK = "missing_at_bank"


@dataclass(frozen=True, slots=True)
class Difference:
    """One difference; ``order_id`` is None for a payment that no order stands behind."""

    kind: DifferenceKind
    order_id: str | None
    key: str
    facts: Mapping[str, str | int | None]


@dataclass(frozen=True, slots=True)
class Reconciliation:
    """How many statement lines fit their orders, and what does not."""

    matched: int
    differences: tuple[Difference, ...]
    opened: int


def reconcile(conn: Connection, *, statement: Sequence[StatementLine], since: datetime, until: datetime, at: datetime) -> Reconciliation:
    """Compare a statement that covers ``since`` (inclusive) to ``until`` (exclusive) with the orders; open a case per difference.

    Running it again opens nothing twice. Orders whose outcome is still on its way to us are differences, too, until it arrived.
    """
    known = _orders_of(conn, keys=sorted({line.key for line in statement}))
    times = Counter(line.key for line in statement)
    differences = [found for line in statement if (found := _compare(line, order=known.get(line.key), times=times[line.key])) is not None]
    matched = len(statement) - len(differences)
    differences += _missing(conn, keys=set(times), since=since, until=until)
    opened = sum(
        operations.open_case(
            conn,
            order_id=found.order_id,
            kind=CaseKind.STATEMENT,
            facts={"difference": found.kind.value, "key": found.key, **found.facts},
            at=at,
        )
        for found in differences
    )
    return Reconciliation(matched=matched, differences=tuple(differences), opened=opened)


def _orders_of(conn: Connection, *, keys: Sequence[str]) -> dict[str, Order]:
    found: dict[str, Order] = {}
    for start in range(0, len(keys), CHUNK):
        query = select(*ORDER_COLUMNS).where(orders.c.idempotency_key.in_(keys[start : start + CHUNK]))
        found |= {order.idempotency_key: order for order in (to_order(row) for row in conn.execute(query).mappings())}
    return found


def _compare(line: StatementLine, *, order: Order | None, times: int) -> Difference | None:
    if order is None:
        return Difference(DifferenceKind.UNKNOWN_PAYMENT, None, line.key, {"reference": line.reference, "fen": line.amount.fen})
    if times > 1:
        return Difference(DifferenceKind.PAID_TWICE, order.id, line.key, {"reference": line.reference})
    if line.amount != order.amount:
        return Difference(DifferenceKind.AMOUNT, order.id, line.key, {"ours_fen": order.amount.fen, "bank_fen": line.amount.fen})
    if order.state not in PAID:
        return Difference(DifferenceKind.NOT_RECORDED, order.id, line.key, {"state": order.state.value, "reference": line.reference})
    if line.reference != order.bank_reference:
        return Difference(DifferenceKind.REFERENCE, order.id, line.key, {"ours": order.bank_reference, "bank": line.reference})
    return None


def _missing(conn: Connection, *, keys: set[str], since: datetime, until: datetime) -> list[Difference]:
    query = select(*ORDER_COLUMNS).where(
        orders.c.state == OrderState.CONFIRMED.value, orders.c.changed_at >= since, orders.c.changed_at < until
    )
    ours = [to_order(row) for row in conn.execute(query.order_by(orders.c.id)).mappings()]
    return [
        Difference(DifferenceKind.MISSING_AT_BANK, order.id, order.idempotency_key, {"ours": order.bank_reference, "fen": order.amount.fen})
        for order in ours
        if order.idempotency_key not in keys
    ]
