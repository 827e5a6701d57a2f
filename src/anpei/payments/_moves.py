"""The one setter of an order's state, the one writer of the ledger, and the reading of rows: private to payments."""

import json
from collections.abc import Mapping
from datetime import datetime
from typing import Any

from sqlalchemy import func, insert, select, update

from anpei.engines.db import Connection
from anpei.kernel import ids
from anpei.kernel.errors import NotFound
from anpei.kernel.money import Money
from anpei.payments._tables import orders, postings, steps
from anpei.payments.model import ALLOWED, REVERSES, AccountKind, Entry, Order, OrderConflict, OrderState, Payee, Posting, forward_accounts

ORDER_COLUMNS = [column for column in orders.c if column.name not in ("payee_sealed", "payee_blind")]


PAYEE_CONTEXT = "payment_orders.payee_sealed"


def payee_context(order_id: str) -> str:
    """What a sealed payee is bound to."""
    return f"{PAYEE_CONTEXT}:{order_id}"


def payee_text(payee: Payee) -> str:
    """A payee as the text that is sealed."""
    return json.dumps([payee.name, payee.bank, payee.account, payee.kind.value], ensure_ascii=False)


def to_payee(text: str) -> Payee:
    """A payee from its opened text."""
    name, bank, account, kind = json.loads(text)
    return Payee(name=name, bank=bank, account=account, kind=AccountKind(kind))


def to_order(row: Mapping[Any, Any]) -> Order:
    """A row as an order."""
    return Order(
        id=row["id"], claim_id=row["claim_id"], round=row["round"], insurer_id=row["insurer_id"], amount=Money(row["amount_fen"]),
        decision_digest=row["decision_digest"], state=OrderState(row["state"]), idempotency_key=row["idempotency_key"],
        account_tail=row["account_tail"], bank_reference=row["bank_reference"], attempts=row["attempts"], reason=row["reason"],
        created_at=row["created_at"], changed_at=row["changed_at"],
    )  # fmt: skip


def to_posting(row: Mapping[Any, Any]) -> Posting:
    """A row as a posting."""
    return Posting(
        id=row["id"], order_id=row["order_id"], entry=Entry(row["event"]), line=row["line"], source=row["source"],
        destination=row["destination"], amount=Money(row["amount_fen"]), reverses=row["reverses"], posted_at=row["posted_at"],
    )  # fmt: skip


def locked_order(conn: Connection, *, order_id: str) -> Order:
    """The order, held until the transaction ends. Raises NotFound."""
    row = conn.execute(select(*ORDER_COLUMNS).where(orders.c.id == order_id).with_for_update()).mappings().first()
    if row is None:
        raise NotFound(f"no payment order {order_id}", data={"order_id": order_id})
    return to_order(row)


def set_state(conn: Connection, *, order: Order, to: OrderState, at: datetime, note: str | None = None, **values: Any) -> None:
    """Move the order on, with its step. Raises OrderConflict when the table of states forbids it or somebody else moved it."""
    if to not in ALLOWED[order.state]:
        raise OrderConflict(
            f"payment order {order.id} is {order.state.value} and cannot become {to.value}: look at its state first",
            data={"order_id": order.id, "state": order.state.value, "wanted": to.value},
        )
    query = update(orders).where(orders.c.id == order.id, orders.c.state == order.state.value)
    if conn.execute(query.values(state=to.value, changed_at=at, **values)).rowcount != 1:
        raise OrderConflict(f"payment order {order.id} was moved by somebody else: read it again", data={"order_id": order.id})
    add_step(conn, order_id=order.id, from_state=order.state, to_state=to, note=note, at=at)


def add_step(
    conn: Connection, *, order_id: str, from_state: OrderState | None, to_state: OrderState, note: str | None, at: datetime
) -> None:
    """Note a change of state."""
    last = conn.execute(select(func.coalesce(func.max(steps.c.number), 0)).where(steps.c.order_id == order_id)).scalar_one()
    before = None if from_state is None else from_state.value
    row = {"order_id": order_id, "number": last + 1, "from_state": before, "to_state": to_state.value, "note": note, "at": at}
    conn.execute(insert(steps).values(row))


def post(conn: Connection, *, order: Order, entry: Entry, at: datetime) -> None:
    """Write the postings of one entry. The unique key (order, entry, line) stops a second time."""
    if entry not in REVERSES:
        source, destination = forward_accounts(entry=entry, insurer_id=order.insurer_id, claim_id=order.claim_id)
        _add(conn, order=order, entry=entry, line=1, source=source, destination=destination, amount=order.amount, reverses=None, at=at)
        return
    for line, taken_back in enumerate(REVERSES[entry], start=1):
        query = select(postings).where(postings.c.order_id == order.id, postings.c.event == taken_back.value)
        first = to_posting(conn.execute(query).mappings().one())
        _add(
            conn, order=order, entry=entry, line=line, source=first.destination, destination=first.source,
            amount=first.amount, reverses=first.id, at=at,
        )  # fmt: skip


def _add(
    conn: Connection,
    *,
    order: Order,
    entry: Entry,
    line: int,
    source: str,
    destination: str,
    amount: Money,
    reverses: str | None,
    at: datetime,
) -> None:
    row = {
        "id": ids.new_id(), "order_id": order.id, "event": entry.value, "line": line, "source": source, "destination": destination,
        "amount_fen": amount.fen, "reverses": reverses, "posted_at": at,
    }  # fmt: skip
    conn.execute(insert(postings).values(row))
