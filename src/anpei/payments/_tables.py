"""The tables of payments. Only the setter in ``_moves`` changes an order; postings and steps are only ever added."""

from sqlalchemy import (
    BigInteger,
    CheckConstraint,
    Column,
    ForeignKey,
    Index,
    Integer,
    LargeBinary,
    String,
    Table,
    Text,
    UniqueConstraint,
    text,
)

from anpei.engines.db import Instant, Json, metadata
from anpei.payments.model import LIVE

orders = Table(
    "payment_orders",
    metadata,
    Column("id", String(36), primary_key=True),
    Column("claim_id", String(36), nullable=False),
    Column("round", Integer, nullable=False),
    Column("insurer_id", String(36), nullable=False),
    Column("payee_sealed", LargeBinary, nullable=False),
    Column("payee_blind", String(88), nullable=False),
    Column("account_tail", String(4), nullable=False),
    Column("amount_fen", BigInteger, nullable=False),
    Column("decision_digest", String(64), nullable=False),
    Column("state", String(12), nullable=False),
    Column("idempotency_key", String(64), nullable=False, unique=True),
    Column("bank_reference", String(80), nullable=True),
    Column("attempts", Integer, nullable=False),
    Column("reason", String(200), nullable=True),
    Column("debt_released_at", Instant, nullable=True),
    Column("created_at", Instant, nullable=False),
    Column("changed_at", Instant, nullable=False),
    UniqueConstraint("claim_id", "round"),
    CheckConstraint("amount_fen > 0", name="amount_positive"),
    Index("ix_payment_orders_payee_blind", "payee_blind"),
    Index("ix_payment_orders_state", "state"),
)
_live = text("state IN ({})".format(", ".join(f"'{state.value}'" for state in sorted(LIVE))))
Index(
    "uq_payment_orders_live_decision", orders.c.claim_id, orders.c.decision_digest, unique=True, sqlite_where=_live, postgresql_where=_live
)

steps = Table(
    "payment_steps",
    metadata,
    Column("order_id", String(36), ForeignKey("payment_orders.id"), primary_key=True),
    Column("number", Integer, primary_key=True),
    Column("from_state", String(12), nullable=True),
    Column("to_state", String(12), nullable=False),
    Column("note", String(200), nullable=True),
    Column("at", Instant, nullable=False),
)

postings = Table(
    "ledger_postings",
    metadata,
    Column("id", String(36), primary_key=True),
    Column("order_id", String(36), ForeignKey("payment_orders.id"), nullable=False),
    Column("event", String(12), nullable=False),
    Column("line", Integer, nullable=False),
    Column("source", String(120), nullable=False),
    Column("destination", String(120), nullable=False),
    Column("amount_fen", BigInteger, nullable=False),
    Column("reverses", String(36), ForeignKey("ledger_postings.id"), nullable=True, unique=True),
    Column("posted_at", Instant, nullable=False),
    UniqueConstraint("order_id", "event", "line"),
    CheckConstraint("amount_fen > 0", name="amount_positive"),
    CheckConstraint("source <> destination", name="two_accounts"),
    Index("ix_ledger_postings_source", "source"),
    Index("ix_ledger_postings_destination", "destination"),
)

cases = Table(
    "payment_cases",
    metadata,
    Column("id", String(36), primary_key=True),
    Column("order_id", String(36), ForeignKey("payment_orders.id"), nullable=True),
    Column("kind", String(16), nullable=False),
    Column("facts", Json, nullable=False),
    Column("facts_digest", String(64), nullable=False),
    Column("opened_at", Instant, nullable=False),
    Column("closed_at", Instant, nullable=True),
    Column("closed_by", String(80), nullable=True),
    Column("resolution", Text, nullable=True),
    UniqueConstraint("facts_digest"),
    Index("ix_payment_cases_order_id", "order_id"),
    Index("ix_payment_cases_closed_at", "closed_at"),
)
