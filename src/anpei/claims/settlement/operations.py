"""Writes: order the payment of a decision, end the claim when the bank confirms, keep it open when the bank rejects."""

from collections.abc import Mapping
from datetime import datetime
from typing import Any

from anpei.claims.dossier import operations as dossier
from anpei.claims.dossier import queries
from anpei.claims.dossier.model import Claim, ClaimState, SectionName
from anpei.claims.settlement.events import ClaimClosedWithoutPayment, ClaimPaid, PaymentFailed, PaymentOrdered
from anpei.engines.bus import Emit
from anpei.engines.db import Connection
from anpei.kernel.errors import Conflict
from anpei.kernel.money import Money
from anpei.payments import operations as payments
from anpei.payments import queries as payment_queries
from anpei.payments.model import InvalidPayee, OrderState, Payee, checked_payee
from anpei.trust import trail
from anpei.trust.vault import Vault

NO_ACCOUNT = "还没有可以收款的账户"


class NothingToSettle(Conflict):
    """Settlement needs a decision to pay."""

    code = "settlement.nothing_to_settle"


def settle(conn: Connection, *, vault: Vault, emit: Emit, claim_id: str, at: datetime) -> None:
    """From a decision (settle or reduce) to the agreement section and the payment order, or to the end when the total is zero."""
    claim = dossier.lock(conn, vault=vault, claim_id=claim_id)
    section = queries.get_section(conn, vault=vault, claim_id=claim_id, name=SectionName.DECISION, round=claim.round)
    decision = section.payload["decision"]
    if decision["decision"] not in ("settle", "reduce"):
        raise NothingToSettle(f"claim {claim_id} has the decision {decision['decision']}: nothing is paid", data={"claim": claim_id})
    report = queries.get_section(conn, vault=vault, claim_id=claim_id, name=SectionName.REPORT).payload
    payload: dict[str, Any] = {
        "agreement": {
            "total_fen": decision["total_fen"],
            "lines": decision["lines"],
            "decision_digest": section.digest,
            "agreed": "by_terms",
        },
    }
    earlier = paid_before(conn, claim=claim)
    due = decision["total_fen"] - earlier
    payload["agreement"]["paid_before_fen"] = earlier
    if due <= 0:
        payload["order_id"] = None
        cause = str(decision.get("zero_cause")) if earlier == 0 else "paid_before"
        dossier.write_section(conn, vault=vault, claim=claim, name=SectionName.SETTLEMENT, payload=payload, at=at)
        dossier.move(conn, claim=claim, to=ClaimState.CLOSED_WITHOUT_PAYMENT, at=at)
        emit(conn, ClaimClosedWithoutPayment(claim_id, claim.round, cause))
        return
    payee = _payee(report["payee"])
    if payee is None:
        _without_account(conn, vault=vault, emit=emit, claim=claim, payload=payload, at=at)
        return
    order = payments.create_order(
        conn, vault=vault, claim_id=claim_id, round=claim.round, insurer_id=claim.insurer_id, payee=payee, amount=Money(due),
        decision_digest=section.digest, at=at,
    )  # fmt: skip
    payload["order_id"] = order.id
    dossier.write_section(conn, vault=vault, claim=claim, name=SectionName.SETTLEMENT, payload=payload, at=at)
    dossier.move(conn, claim=claim, to=ClaimState.PAYING, at=at)
    facts = {"order_id": order.id, "amount_fen": due, "decision": section.digest}
    trail.append(conn, at=at, actor="machine:settlement", action="payment.ordered", subject=claim_id, facts=facts)
    emit(conn, PaymentOrdered(claim_id, claim.round, order.id, due))


def _payee(given: Mapping[str, str]) -> Payee | None:
    """Who is paid; None when the report has no account that money could go to."""
    try:
        return checked_payee(Payee(name=given["name"], bank=given["bank"], account=given["account"]))
    except InvalidPayee:
        return None


def _without_account(conn: Connection, *, vault: Vault, emit: Emit, claim: Claim, payload: dict[str, Any], at: datetime) -> None:
    """Decided, and there is nowhere to pay to: no order, the debt stays, the claimant is asked for an account (``pay_again``)."""
    dossier.write_section(conn, vault=vault, claim=claim, name=SectionName.SETTLEMENT, payload=payload | {"order_id": None}, at=at)
    dossier.move(conn, claim=claim, to=ClaimState.PAYING, at=at)
    fail(conn, vault=vault, emit=emit, claim_id=claim.id, round=claim.round, reason=NO_ACCOUNT, at=at)


def paid_before(conn: Connection, *, claim: Claim) -> int:
    """What earlier rounds of this claim paid or have with the bank (fen): set off, so that a reopened claim is never paid twice."""
    counted = (OrderState.CREATED, OrderState.SUBMITTED, OrderState.UNKNOWN, OrderState.CONFIRMED)
    orders = payment_queries.list_orders(conn, claim_id=claim.id)
    return sum(order.amount.fen for order in orders if order.round != claim.round and order.state in counted)


def _paying(conn: Connection, *, vault: Vault, claim_id: str, round: int) -> Claim | None:
    claim = dossier.lock(conn, vault=vault, claim_id=claim_id)
    return claim if claim.round == round and claim.state in (ClaimState.PAYING, ClaimState.PAID, ClaimState.PAYMENT_FAILED) else None


def confirm(conn: Connection, *, vault: Vault, emit: Emit, claim_id: str, round: int, amount_fen: int, at: datetime) -> None:
    """The bank booked the payment: the claim is paid. A repeated confirmation changes nothing."""
    claim = _paying(conn, vault=vault, claim_id=claim_id, round=round)
    if claim is None or claim.state is not ClaimState.PAYING:
        return
    dossier.move(conn, claim=claim, to=ClaimState.PAID, at=at)
    trail.append(conn, at=at, actor="machine:settlement", action="claim.paid", subject=claim_id, facts={"amount_fen": amount_fen})
    emit(conn, ClaimPaid(claim_id, round, amount_fen))


def fail(conn: Connection, *, vault: Vault, emit: Emit, claim_id: str, round: int, reason: str, at: datetime) -> None:
    """The bank rejected or returned the payment: the debt stays, a person or the claimant gives another account."""
    claim = _paying(conn, vault=vault, claim_id=claim_id, round=round)
    if claim is None or claim.state is ClaimState.PAYMENT_FAILED:
        return
    dossier.move(conn, claim=claim, to=ClaimState.PAYMENT_FAILED, at=at)
    emit(conn, PaymentFailed(claim_id, round, reason))


def pay_again(conn: Connection, *, vault: Vault, emit: Emit, claim_id: str, payee: dict[str, str], actor: str, at: datetime) -> None:
    """After a failed payment: a new round with another account of the insured and the same decision, paid once."""
    claim = dossier.lock(conn, vault=vault, claim_id=claim_id)
    report = queries.get_section(conn, vault=vault, claim_id=claim_id, name=SectionName.REPORT).payload
    decision = queries.get_section(conn, vault=vault, claim_id=claim_id, name=SectionName.DECISION).payload
    if payee["name"] != report["payee"]["name"]:
        raise NothingToSettle("payee.name differs from the agreed payee: another person needs a new decision", data={"claim": claim_id})
    dossier.open_round(conn, claim=claim, at=at, to=ClaimState.DECIDED)
    renewed = queries.get_claim(conn, vault=vault, claim_id=claim_id)
    dossier.write_section(conn, vault=vault, claim=renewed, name=SectionName.REPORT, payload=report | {"payee": payee}, at=at)
    dossier.write_section(conn, vault=vault, claim=renewed, name=SectionName.DECISION, payload=decision, at=at)
    settle(conn, vault=vault, emit=emit, claim_id=claim_id, at=at)
    trail.append(conn, at=at, actor=actor, action="payment.account_changed", subject=claim_id, facts={"round": renewed.round})
