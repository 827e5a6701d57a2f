"""Leak measurement: the frame of decisions, draws, tasks, answers, follow-ups."""

import sqlalchemy as sa
from alembic import op

revision = "0007"
down_revision = "0006"


def upgrade() -> None:
    """Add the tables. Decisions taken before are not in the frame: it begins now."""
    op.create_table(
        "leak_decisions",
        sa.Column("claim_id", sa.String(length=36), nullable=False),
        sa.Column("round", sa.Integer(), nullable=False),
        sa.Column("insurer_id", sa.String(length=36), nullable=False),
        sa.Column("product_id", sa.String(length=80), nullable=False),
        sa.Column("lane", sa.String(length=20), nullable=False),
        sa.Column("kind", sa.String(length=10), nullable=False),
        sa.Column("by", sa.String(length=10), nullable=False),
        sa.Column("referred", sa.Boolean(), nullable=False),
        sa.Column("total_fen", sa.BigInteger(), nullable=False),
        sa.Column("claimed_fen", sa.BigInteger(), nullable=False),
        sa.Column("decided_at", sa.DateTime(timezone=True), nullable=False),
        sa.ForeignKeyConstraint(["claim_id"], ["claims.id"], name=op.f("fk_leak_decisions_claim_id")),
        sa.PrimaryKeyConstraint("claim_id", "round", name=op.f("pk_leak_decisions")),
    )
    op.create_index("ix_leak_decisions_period", "leak_decisions", ["insurer_id", "decided_at"], unique=False)
    op.create_table(
        "leak_draws",
        sa.Column("id", sa.String(length=36), nullable=False),
        sa.Column("insurer_id", sa.String(length=36), nullable=False),
        sa.Column("period", sa.String(length=7), nullable=False),
        sa.Column("seed", sa.String(length=64), nullable=False),
        sa.Column("rules", sa.Text(), nullable=False),
        sa.Column("strata", sa.Text(), nullable=False),
        sa.Column("drawn_at", sa.DateTime(timezone=True), nullable=False),
        sa.ForeignKeyConstraint(["insurer_id"], ["insurers.id"], name=op.f("fk_leak_draws_insurer_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_leak_draws")),
        sa.UniqueConstraint("insurer_id", "period", name="uq_leak_draws_insurer_period"),
    )
    op.create_table(
        "leak_tasks",
        sa.Column("id", sa.String(length=36), nullable=False),
        sa.Column("draw_id", sa.String(length=36), nullable=False),
        sa.Column("claim_id", sa.String(length=36), nullable=False),
        sa.Column("round", sa.Integer(), nullable=False),
        sa.Column("stratum", sa.String(length=140), nullable=False),
        sa.Column("state", sa.String(length=10), nullable=False),
        sa.Column("taken_by", sa.String(length=36), nullable=True),
        sa.Column("changed_at", sa.DateTime(timezone=True), nullable=False),
        sa.ForeignKeyConstraint(["draw_id"], ["leak_draws.id"], name=op.f("fk_leak_tasks_draw_id")),
        sa.ForeignKeyConstraint(["claim_id"], ["claims.id"], name=op.f("fk_leak_tasks_claim_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_leak_tasks")),
        sa.UniqueConstraint("claim_id", "round", name="uq_leak_tasks_settlement"),
    )
    op.create_index("ix_leak_tasks_draw", "leak_tasks", ["draw_id"], unique=False)
    op.create_index("ix_leak_tasks_state", "leak_tasks", ["state"], unique=False)
    op.create_table(
        "leak_answers",
        sa.Column("task_id", sa.String(length=36), nullable=False),
        sa.Column("number", sa.Integer(), nullable=False),
        sa.Column("verdict", sa.String(length=12), nullable=False),
        sa.Column("amount_fen", sa.BigInteger(), nullable=True),
        sa.Column("reviewer", sa.String(length=36), nullable=False),
        sa.Column("reason", sa.LargeBinary(), nullable=False),
        sa.Column("signature", sa.Text(), nullable=False),
        sa.Column("at", sa.DateTime(timezone=True), nullable=False),
        sa.ForeignKeyConstraint(["task_id"], ["leak_tasks.id"], name=op.f("fk_leak_answers_task_id")),
        sa.PrimaryKeyConstraint("task_id", "number", name=op.f("pk_leak_answers")),
        sa.UniqueConstraint("task_id", "reviewer", name="uq_leak_answers_task_reviewer"),
    )
    op.create_table(
        "leak_followups",
        sa.Column("task_id", sa.String(length=36), nullable=False),
        sa.Column("step", sa.String(length=10), nullable=False),
        sa.Column("claim_id", sa.String(length=36), nullable=False),
        sa.Column("round", sa.Integer(), nullable=False),
        sa.Column("kind", sa.String(length=12), nullable=False),
        sa.Column("amount_fen", sa.BigInteger(), nullable=False),
        sa.Column("by", sa.String(length=36), nullable=True),
        sa.Column("signature", sa.Text(), nullable=True),
        sa.Column("at", sa.DateTime(timezone=True), nullable=False),
        sa.ForeignKeyConstraint(["task_id"], ["leak_tasks.id"], name=op.f("fk_leak_followups_task_id")),
        sa.ForeignKeyConstraint(["claim_id"], ["claims.id"], name=op.f("fk_leak_followups_claim_id")),
        sa.PrimaryKeyConstraint("task_id", "step", name=op.f("pk_leak_followups")),
    )
