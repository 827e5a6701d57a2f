"""The ledger of uses: entries are only added, the sums beside them move in the same transaction, the policy's row is locked."""

from collections.abc import Collection, Mapping, Sequence
from datetime import datetime
from typing import Any

from sqlalchemy import Row, insert, select, update

from anpei.engines.db import Connection
from anpei.kernel.errors import InvalidInput
from anpei.kernel.ids import new_id
from anpei.records.policies._tables import accumulator_entries, accumulators
from anpei.records.policies.model import AccumulatorExceeded, AlreadyConsumed, Entry, Use

OPENING = "opening"
"""The claim id under which the opening balance of an accumulator stands."""


def entries(conn: Connection, *, policy_id: str, claim_id: str | None = None) -> list[Entry]:
    """All entries of a policy (of one claim, if asked), oldest first."""
    query = select(accumulator_entries).where(accumulator_entries.c.policy_id == policy_id).order_by(accumulator_entries.c.id)
    if claim_id is not None:
        query = query.where(accumulator_entries.c.claim_id == claim_id)
    return [_entry(row) for row in conn.execute(query)]


def consume(conn: Connection, *, policy_id: str, claim_id: str, round: int, uses: Sequence[Use], at: datetime) -> bool:
    """Add the uses of a claim's round once; False when they are there already. The caller holds the policy's lock."""
    real = [use for use in uses if use.amount]
    asked = {(use.name, use.period_key): use.amount for use in real}
    if len(asked) != len(real) or any(amount < 0 for amount in asked.values()):
        raise InvalidInput("uses are positive, each accumulator and period once: hand in what the assessment says, unchanged")
    before = [entry for entry in entries(conn, policy_id=policy_id, claim_id=claim_id) if entry.round == round]
    if before:
        known = {(entry.name, entry.period_key): entry.amount for entry in before if entry.kind == "use"}
        if known == asked and len(before) == len(known):
            return False
        raise AlreadyConsumed(
            f"round {round} of claim {claim_id} has used something else or was released: open a new round",
            data={"policy": policy_id, "claim": claim_id, "round": round},
        )
    for use in real:
        _move(conn, policy_id=policy_id, name=use.name, period_key=use.period_key, amount=use.amount, most=use.total)
    if asked:
        conn.execute(
            insert(accumulator_entries),
            [_row(policy_id, Entry(claim_id, round, name, key, "use", amount), at) for (name, key), amount in asked.items()],
        )
    return True


def opening_balances(conn: Connection, *, policy_ids: Collection[str]) -> dict[str, dict[tuple[str, str], int]]:
    """What was entered as used before, by policy, then by name and period key."""
    where = accumulator_entries.c.policy_id.in_(policy_ids) & (accumulator_entries.c.claim_id == OPENING)
    found: dict[str, dict[tuple[str, str], int]] = {}
    for row in conn.execute(select(accumulator_entries).where(where)):
        found.setdefault(row.policy_id, {})[row.name, row.period_key] = row.amount
    return found


def open_balances(conn: Connection, *, balances: Mapping[str, Mapping[tuple[str, str], int]], at: datetime) -> None:
    """Enter what was used before of policies that are new here."""
    rows = [(policy_id, name, key, used) for policy_id, uses in balances.items() for (name, key), used in uses.items() if used]
    if rows:
        entered = [_row(policy_id, Entry(OPENING, 0, name, key, "use", used), at) for policy_id, name, key, used in rows]
        conn.execute(insert(accumulator_entries), entered)
        conn.execute(insert(accumulators), [dict(zip(("policy_id", "name", "period_key", "used"), row, strict=True)) for row in rows])


def release(conn: Connection, *, policy_id: str, claim_id: str, round: int | None, at: datetime) -> list[Entry]:
    """Give back what a claim (one round of it, if asked) used and did not give back yet. The caller holds the policy's lock."""
    held = [entry for entry in entries(conn, policy_id=policy_id, claim_id=claim_id) if round is None or entry.round == round]
    back = {(entry.round, entry.name, entry.period_key) for entry in held if entry.kind == "release"}
    given = [
        Entry(entry.claim_id, entry.round, entry.name, entry.period_key, "release", entry.amount)
        for entry in held
        if entry.kind == "use" and (entry.round, entry.name, entry.period_key) not in back
    ]
    for entry in given:
        _move(conn, policy_id=policy_id, name=entry.name, period_key=entry.period_key, amount=-entry.amount, most=None)
    if given:
        conn.execute(insert(accumulator_entries), [_row(policy_id, entry, at) for entry in given])
    return given


def _move(conn: Connection, *, policy_id: str, name: str, period_key: str, amount: int, most: int | None) -> None:
    where = (accumulators.c.policy_id == policy_id) & (accumulators.c.name == name) & (accumulators.c.period_key == period_key)
    used = conn.execute(select(accumulators.c.used).where(where)).scalar_one_or_none()
    after = (used or 0) + amount
    if after < 0 or (most is not None and after > most):
        raise AccumulatorExceeded(
            f"{name} of {period_key} would stand at {after}, outside of 0 to {most}: calculate the claim again",
            data={"policy": policy_id, "accumulator": name, "period": period_key},
        )
    if used is None:
        conn.execute(insert(accumulators).values(policy_id=policy_id, name=name, period_key=period_key, used=after))
    else:
        conn.execute(update(accumulators).where(where).values(used=after))


def _row(policy_id: str, entry: Entry, at: datetime) -> dict[str, Any]:
    return {
        "id": new_id(),
        "policy_id": policy_id,
        "claim_id": entry.claim_id,
        "round": entry.round,
        "name": entry.name,
        "period_key": entry.period_key,
        "kind": entry.kind,
        "amount": entry.amount,
        "entered_at": at,
    }


def _entry(row: Row[Any]) -> Entry:
    return Entry(row.claim_id, row.round, row.name, row.period_key, row.kind, row.amount)
