"""Writes of payments: every change of state and its postings happen in the caller's transaction."""

import re
from datetime import datetime
from typing import Any

from sqlalchemy import RowMapping, or_, select, update
from sqlalchemy.dialects import postgresql, sqlite

from anpei.engines import jobs
from anpei.engines.db import Connection
from anpei.kernel import ids
from anpei.kernel.canonical import digest
from anpei.kernel.errors import InvalidInput, NotFound
from anpei.kernel.money import Money
from anpei.payments._moves import ORDER_COLUMNS, PAYEE_CONTEXT, add_step, locked_order, payee_context, payee_text, post, set_state, to_order
from anpei.payments._tables import cases, orders
from anpei.payments.events import Emit, PaymentConfirmed, PaymentRejected, PaymentReversed
from anpei.payments.model import (
    UNPAID,
    WITH_BANK,
    CaseKind,
    ContradictoryOutcome,
    Entry,
    Order,
    OrderConflict,
    OrderState,
    Payee,
    checked_payee,
)
from anpei.payments.ports import Outcome, Result
from anpei.trust.vault import Vault

SUBMIT_JOB = "payments.submit"
SUBMIT_ATTEMPTS = 40
REASON_LENGTH = 200
_DIGEST = re.compile(r"^[0-9a-f]{64}$")


def create_order(
    conn: Connection,
    *,
    vault: Vault,
    claim_id: str,
    round: int,
    insurer_id: str,
    payee: Payee,
    amount: Money,
    decision_digest: str,
    at: datetime,
    replaces: str | None = None,
) -> Order:
    """Create the order of a claim's round, post what is owed, and queue the job that pays; the same call again returns the same order.

    ``decision_digest``: SHA-256 (hex) of the decision that says so; one decision pays at most once. An earlier order of the same
    decision that was rejected or whose money came back gives its debt to the new one; so does the order named by ``replaces``, when
    a new decision stands in for an old one. Raises InvalidInput (no digest, amount not positive), InvalidPayee, and OrderConflict
    when the round or the decision already has another order, or the replaced order did not end unpaid.
    """
    if not _DIGEST.match(decision_digest):
        raise InvalidInput(
            "decision_digest is no SHA-256 in hex: a payment needs the decision that orders it", data={"field": "decision_digest"}
        )
    if amount.fen <= 0:
        raise InvalidInput(f"amount is {amount}: a payment order needs more than zero", data={"field": "amount"})
    order_id = ids.new_id()
    row = {
        "id": order_id, "claim_id": claim_id, "round": round, "insurer_id": insurer_id, "amount_fen": amount.fen,
        "decision_digest": decision_digest, "state": OrderState.CREATED.value, "idempotency_key": order_id, "bank_reference": None,
        "attempts": 0, "reason": None, "created_at": at, "changed_at": at,
    }  # fmt: skip
    checked = checked_payee(payee)
    dialect = sqlite if conn.dialect.name == "sqlite" else postgresql
    statement = dialect.insert(orders).values(row | _sealed(vault, order_id, checked))
    if conn.execute(statement.on_conflict_do_nothing().returning(orders.c.id)).first() is None:
        return _same_order(conn, vault=vault, row=row, payee=checked)
    order = to_order(row | {"account_tail": checked.account[-4:]})
    _take_over_debt(conn, order=order, replaces=replaces, at=at)
    add_step(conn, order_id=order_id, from_state=None, to_state=OrderState.CREATED, note=None, at=at)
    post(conn, order=order, entry=Entry.ACCRUED, at=at)
    queue_submission(conn, order=order)
    return order


def _sealed(vault: Vault, order_id: str, payee: Payee) -> dict[str, Any]:
    return {
        "payee_sealed": vault.seal_text(payee_text(payee), context=payee_context(order_id)),
        "payee_blind": vault.blind(payee.account, context=PAYEE_CONTEXT),
        "account_tail": payee.account[-4:],
    }


def _same_order(conn: Connection, *, vault: Vault, row: dict[str, Any], payee: Payee) -> Order:
    query = select(*ORDER_COLUMNS, orders.c.payee_sealed).where(orders.c.claim_id == row["claim_id"], orders.c.round == row["round"])
    found = conn.execute(query).mappings().first()
    if found is not None:
        text = vault.open_text(found["payee_sealed"], context=payee_context(found["id"]))
        if _is_same(found, row=row, text=text, payee=payee):
            return to_order(found)
    what = "this decision is already being paid in another round" if found is None else "this round already has a different payment order"
    raise OrderConflict(
        f"claim {row['claim_id']}, round {row['round']}: {what}; open a new round, with its own decision if the amount changes",
        data={"claim_id": row["claim_id"], "round": row["round"]},
    )


def _is_same(found: RowMapping, *, row: dict[str, Any], text: str, payee: Payee) -> bool:
    return text == payee_text(payee) and all(found[name] == row[name] for name in ("insurer_id", "amount_fen", "decision_digest"))


def _take_over_debt(conn: Connection, *, order: Order, replaces: str | None, at: datetime) -> None:
    """Release what ended orders still owe, for the new order owes it now."""
    query = select(*ORDER_COLUMNS).where(
        orders.c.claim_id == order.claim_id,
        orders.c.state.in_([state.value for state in UNPAID]),
        orders.c.debt_released_at.is_(None),
        or_(orders.c.decision_digest == order.decision_digest, orders.c.id == replaces),
    )
    released = [to_order(row) for row in conn.execute(query.order_by(orders.c.round).with_for_update()).mappings()]
    if replaces is not None and replaces not in {old.id for old in released}:
        raise OrderConflict(
            f"payment order {replaces} did not end unpaid in claim {order.claim_id}: only a rejected or reversed order can be replaced",
            data={"order_id": replaces, "claim_id": order.claim_id},
        )
    for old in released:
        post(conn, order=old, entry=Entry.RELEASED, at=at)
        conn.execute(update(orders).where(orders.c.id == old.id).values(debt_released_at=at))


def queue_submission(conn: Connection, *, order: Order) -> None:
    """Queue the job that hands the order to the bank; once per order."""
    payload = {"order_id": order.id}
    jobs.enqueue(
        conn, kind=SUBMIT_JOB, payload=payload, unique_key=f"{SUBMIT_JOB}:{order.id}", subject=order.claim_id, max_attempts=SUBMIT_ATTEMPTS
    )


def begin_submission(conn: Connection, *, order_id: str, at: datetime) -> Order:
    """Count an attempt and mark a created order as handed over, before the bank is called: a crash after this is known.

    Returns the order as it was before, so that the caller sees whether the bank may know it already.
    """
    order = locked_order(conn, order_id=order_id)
    if order.state is OrderState.CREATED:
        set_state(conn, order=order, to=OrderState.SUBMITTED, at=at, attempts=order.attempts + 1)
        post(conn, order=order, entry=Entry.SUBMITTED, at=at)
    elif order.state in WITH_BANK:
        conn.execute(update(orders).where(orders.c.id == order_id).values(attempts=order.attempts + 1))
    return order


def mark_unknown(conn: Connection, *, order_id: str, at: datetime) -> None:
    """Note that the bank did not answer. Nothing happens when the outcome became known meanwhile."""
    order = locked_order(conn, order_id=order_id)
    if order.state is OrderState.SUBMITTED:
        set_state(conn, order=order, to=OrderState.UNKNOWN, at=at)


def record_outcome(conn: Connection, *, order_id: str, outcome: Outcome, at: datetime, emit: Emit) -> bool:
    """Record what the bank says; True when it changed the order, False when it was known already (a double call-back).

    Raises ContradictoryOutcome before anything is written, so that the caller can keep the case in the same transaction.
    """
    order = locked_order(conn, order_id=order_id)
    if _known_already(order, outcome):
        return False
    if order.state not in WITH_BANK:
        raise _contradiction(order, outcome)
    if outcome.result is Result.PENDING:
        return _record_pending(conn, order=order, outcome=outcome, at=at)
    if outcome.result is Result.CONFIRMED:
        set_state(conn, order=order, to=OrderState.CONFIRMED, at=at, bank_reference=outcome.reference)
        post(conn, order=order, entry=Entry.CONFIRMED, at=at)
        emit(conn, PaymentConfirmed(order.id, order.claim_id, order.round, order.amount.fen, outcome.reference))
        return True
    reason = _short(outcome.reason)
    set_state(conn, order=order, to=OrderState.REJECTED, at=at, note=reason, bank_reference=outcome.reference, reason=reason)
    post(conn, order=order, entry=Entry.REJECTED, at=at)
    emit(conn, PaymentRejected(order.id, order.claim_id, order.round, order.amount.fen, reason))
    return True


def _known_already(order: Order, outcome: Outcome) -> bool:
    same_reference = order.bank_reference == outcome.reference
    if outcome.result is Result.PENDING:
        return order.state in (OrderState.CONFIRMED, OrderState.REJECTED, OrderState.REVERSED) or (
            order.state is OrderState.SUBMITTED and same_reference
        )
    if outcome.result is Result.CONFIRMED:
        return order.state in (OrderState.CONFIRMED, OrderState.REVERSED) and same_reference
    return order.state is OrderState.REJECTED


def _record_pending(conn: Connection, *, order: Order, outcome: Outcome, at: datetime) -> bool:
    if order.state is OrderState.UNKNOWN:
        set_state(conn, order=order, to=OrderState.SUBMITTED, at=at, bank_reference=outcome.reference)
    else:
        conn.execute(update(orders).where(orders.c.id == order.id).values(bank_reference=outcome.reference))
    return True


def _contradiction(order: Order, outcome: Outcome) -> ContradictoryOutcome:
    return ContradictoryOutcome(
        f"payment order {order.id} is {order.state.value}, the bank now says {outcome.result.value}: compare both with the statement",
        data={
            "order_id": order.id, "state": order.state.value, "known_reference": order.bank_reference,
            "says": outcome.result.value, "reference": outcome.reference,
        },
    )  # fmt: skip


def _short(reason: str | None) -> str:
    return (reason or "no reason given")[:REASON_LENGTH]


def reverse(conn: Connection, *, order_id: str, reason: str, at: datetime, emit: Emit) -> bool:
    """Record that the paid money came back (退汇): the postings are taken back, the claim is owed again.

    False when that is known already. Raises OrderConflict when the order was never confirmed.
    """
    order = locked_order(conn, order_id=order_id)
    if order.state is OrderState.REVERSED:
        return False
    words = _short(reason)
    set_state(conn, order=order, to=OrderState.REVERSED, at=at, note=words, reason=words)
    post(conn, order=order, entry=Entry.REVERSED, at=at)
    emit(conn, PaymentReversed(order.id, order.claim_id, order.round, order.amount.fen, words))
    return True


def cancel_order(conn: Connection, *, order_id: str, reason: str, at: datetime) -> bool:
    """Cancel an order that was not handed to the bank yet. False when it is cancelled already. Raises OrderConflict later than that."""
    order = locked_order(conn, order_id=order_id)
    if order.state is OrderState.CANCELLED:
        return False
    words = _short(reason)
    set_state(conn, order=order, to=OrderState.CANCELLED, at=at, note=words, reason=words)
    post(conn, order=order, entry=Entry.CANCELLED, at=at)
    return True


def open_case(conn: Connection, *, order_id: str | None, kind: CaseKind, facts: dict[str, str | int | None], at: datetime) -> bool:
    """Keep something that only a person may settle. False when the same case is there already."""
    row = {
        "id": ids.new_id(), "order_id": order_id, "kind": kind.value, "facts": facts,
        "facts_digest": digest([order_id, kind.value, facts]), "opened_at": at, "closed_at": None, "closed_by": None, "resolution": None,
    }  # fmt: skip
    dialect = sqlite if conn.dialect.name == "sqlite" else postgresql
    statement = dialect.insert(cases).values(row).on_conflict_do_nothing(index_elements=["facts_digest"])
    return conn.execute(statement.returning(cases.c.id)).first() is not None


def close_case(conn: Connection, *, case_id: str, closed_by: str, resolution: str, at: datetime) -> None:
    """Close a case with the name of who settled it and how. Raises NotFound when no such case is open."""
    if not resolution.strip():
        raise InvalidInput("resolution is empty: write how the case was settled", data={"field": "resolution"})
    values = {"closed_at": at, "closed_by": closed_by, "resolution": resolution}
    query = update(cases).where(cases.c.id == case_id, cases.c.closed_at.is_(None)).values(values)
    if conn.execute(query).rowcount != 1:
        raise NotFound(f"no open payment case {case_id}", data={"case_id": case_id})
