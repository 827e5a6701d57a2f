"""Tables of leak measurement. Answers and follow-ups are only ever added; a task moves by the one setter in ``operations``."""

from sqlalchemy import BigInteger, Boolean, Column, ForeignKey, Index, Integer, LargeBinary, String, Table, UniqueConstraint

from anpei.engines.db import Instant, Json, metadata

leak_decisions = Table(
    "leak_decisions",
    metadata,
    Column("claim_id", String(36), ForeignKey("claims.id"), primary_key=True),
    Column("round", Integer, primary_key=True),
    Column("insurer_id", String(36), nullable=False),
    Column("product_id", String(80), nullable=False),
    Column("lane", String(20), nullable=False),
    Column("kind", String(10), nullable=False),
    Column("by", String(10), nullable=False),
    Column("referred", Boolean, nullable=False),
    Column("total_fen", BigInteger, nullable=False),
    Column("claimed_fen", BigInteger, nullable=False),
    Column("decided_at", Instant, nullable=False),
    Index("ix_leak_decisions_period", "insurer_id", "decided_at"),
)

leak_draws = Table(
    "leak_draws",
    metadata,
    Column("id", String(36), primary_key=True),
    Column("insurer_id", String(36), ForeignKey("insurers.id"), nullable=False),
    Column("period", String(7), nullable=False),
    Column("seed", String(64), nullable=False),
    Column("rules", Json, nullable=False),
    Column("strata", Json, nullable=False),
    Column("drawn_at", Instant, nullable=False),
    UniqueConstraint("insurer_id", "period", name="uq_leak_draws_insurer_period"),
)

leak_tasks = Table(
    "leak_tasks",
    metadata,
    Column("id", String(36), primary_key=True),
    Column("draw_id", String(36), ForeignKey("leak_draws.id"), nullable=False),
    Column("claim_id", String(36), ForeignKey("claims.id"), nullable=False),
    Column("round", Integer, nullable=False),
    Column("stratum", String(140), nullable=False),
    Column("state", String(10), nullable=False),
    Column("taken_by", String(36), nullable=True),
    Column("changed_at", Instant, nullable=False),
    UniqueConstraint("claim_id", "round", name="uq_leak_tasks_settlement"),
    Index("ix_leak_tasks_draw", "draw_id"),
    Index("ix_leak_tasks_state", "state"),
)

leak_answers = Table(
    "leak_answers",
    metadata,
    Column("task_id", String(36), ForeignKey("leak_tasks.id"), primary_key=True),
    Column("number", Integer, primary_key=True),
    Column("verdict", String(12), nullable=False),
    Column("amount_fen", BigInteger, nullable=True),
    Column("reviewer", String(36), nullable=False),
    Column("reason", LargeBinary, nullable=False),
    Column("signature", Json, nullable=False),
    Column("at", Instant, nullable=False),
    UniqueConstraint("task_id", "reviewer", name="uq_leak_answers_task_reviewer"),
)

leak_followups = Table(
    "leak_followups",
    metadata,
    Column("task_id", String(36), ForeignKey("leak_tasks.id"), primary_key=True),
    Column("step", String(10), primary_key=True),
    Column("claim_id", String(36), ForeignKey("claims.id"), nullable=False),
    Column("round", Integer, nullable=False),
    Column("kind", String(12), nullable=False),
    Column("amount_fen", BigInteger, nullable=False),
    Column("by", String(36), nullable=True),
    Column("signature", Json, nullable=True),
    Column("at", Instant, nullable=False),
)
