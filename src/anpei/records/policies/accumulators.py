"""Accumulators (累计器): what of deductibles, limits and counts is used, per policy and period. Never below zero, never above the whole.

Uses are ledger entries keyed by claim and round, so that using twice is impossible and repeating it harmless; what is reversed is
given back by another entry. Every change locks the policy's row until the caller's transaction ends.
"""

from collections.abc import Sequence
from datetime import datetime

from anpei.engines.db import Connection
from anpei.records.policies import _ledger, queries
from anpei.records.policies.model import Entry, Use


def used(conn: Connection, *, policy_id: str) -> dict[tuple[str, str], int]:
    """What is used, by (accumulator, period key); fen, or a count. Lock the policy first when a decision hangs on it."""
    return queries.accumulators_used(conn, policy_id=policy_id)


def consume(conn: Connection, *, policy_id: str, claim_id: str, round: int, uses: Sequence[Use], at: datetime) -> bool:
    """Use what an assessment says (``Assessment.accumulator_use``) for a round of a claim. False when that was done before.

    Raises AccumulatorExceeded when another claim was faster (assess again), AlreadyConsumed when this round used something else or
    was released, PolicyUnknown.
    """
    queries.lock_policy(conn, policy_id=policy_id)
    return _ledger.consume(conn, policy_id=policy_id, claim_id=claim_id, round=round, uses=uses, at=at)


def release(conn: Connection, *, policy_id: str, claim_id: str, at: datetime, round: int | None = None) -> list[Entry]:
    """Give back what a claim used: of one round, or of all. Repeating it gives nothing back again. Raises PolicyUnknown."""
    queries.lock_policy(conn, policy_id=policy_id)
    return _ledger.release(conn, policy_id=policy_id, claim_id=claim_id, round=round, at=at)


def list_entries(conn: Connection, *, policy_id: str, claim_id: str | None = None) -> list[Entry]:
    """The ledger of a policy (of one claim, if asked), oldest first."""
    return _ledger.entries(conn, policy_id=policy_id, claim_id=claim_id)
