"""Store policies as a file states them; change their status."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

from sqlalchemy import Row, bindparam, insert, select, update

from anpei.engines.db import Connection
from anpei.kernel.ids import new_id
from anpei.records.parties import operations as parties
from anpei.records.parties import queries as party_queries
from anpei.records.parties.model import Person, comparable_name
from anpei.records.policies import _ledger, queries
from anpei.records.policies._tables import policies
from anpei.records.policies.model import ALLOWED, PolicyStatus, StatusNotAllowed
from anpei.records.tables import Outcome, Parsed, RowError, row_error
from anpei.trust.vault import Vault

OPENING = "opening"
"""The claim id under which the opening balance of an accumulator stands."""
_CHANGEABLE = ("end_on", "first_covered_on", "social_insurance", "holder_id")


@dataclass(frozen=True, slots=True)
class OpeningUse:
    """What was used of an accumulator before the policy came here."""

    name: str
    period_key: str
    amount: int
    total: int


@dataclass(frozen=True, slots=True)
class PolicyRow:
    """One policy of a file. ``end_on`` is exclusive."""

    number: str
    insurer_id: str
    product_id: str
    plan: str
    start_on: date
    end_on: date
    first_covered_on: date | None
    holder_name: str
    insured: Person
    social_insurance: bool
    opening: tuple[OpeningUse, ...]


@dataclass
class _Chunk:
    conn: Connection
    vault: Vault
    import_id: str
    at: datetime
    held: dict[tuple[str, str], Row[Any]]
    added: list[dict[str, Any]]
    changed: list[dict[str, Any]]
    openings: list[tuple[str, tuple[OpeningUse, ...]]]


def store_policies(
    conn: Connection, *, vault: Vault, rows: Sequence[Parsed[PolicyRow]], import_id: str, at: datetime
) -> list[Outcome | RowError]:
    """Store a chunk of one import. A policy is known by insurer and number.

    Of a known policy an import may change the end, the first day covered, social insurance, and names and phone of its people; another
    product, plan, start or insured is an error. Opening balances count when the policy is new; later ones are not taken.
    """
    blinds = {row.line: queries.number_blind(vault, row.value.number) for row in rows}
    found = conn.execute(select(policies).where(policies.c.number_blind.in_(set(blinds.values()))))
    chunk = _Chunk(conn, vault, import_id, at, {(row.insurer_id, row.number_blind): row for row in found}, [], [], [])
    outcomes: dict[int, Outcome | RowError] = {}
    fresh: list[Parsed[PolicyRow]] = []
    seen: dict[tuple[str, str], int] = {}
    for row in rows:
        key = (row.value.insurer_id, blinds[row.line])
        known = chunk.held.get(key)
        other = seen.get(key) or (known.import_line if known is not None and known.import_id == import_id else None)
        if other is not None:
            outcomes[row.line] = row_error("row.duplicate", line=row.line, column="policy_number", other=other)
            continue
        seen[key] = row.line
        problem = None if known is None else _differs(chunk, known, row)
        if problem is not None:
            outcomes[row.line] = problem
        else:
            fresh.append(row)
    insured = _record_insured(chunk, fresh)
    for row in fresh:
        outcomes[row.line] = _store(chunk, row, blind=blinds[row.line], insured=insured[row.line])
    _write(chunk)
    return [outcomes[row.line] for row in rows]


def _record_insured(chunk: _Chunk, rows: Sequence[Parsed[PolicyRow]]) -> dict[int, parties.Recorded]:
    result: dict[int, parties.Recorded] = {}
    for insurer_id in sorted({row.value.insurer_id for row in rows}):
        own = [row for row in rows if row.value.insurer_id == insurer_id]
        people = [row.value.insured for row in own]
        recorded = parties.record_people(chunk.conn, vault=chunk.vault, insurer_id=insurer_id, people=people, at=chunk.at)
        result |= {row.line: person for row, person in zip(own, recorded, strict=True)}
    return result


def _differs(chunk: _Chunk, known: Row[Any], row: Parsed[PolicyRow]) -> RowError | None:
    """Whether a row says something of a known policy that an import must not change."""
    stated = row.value
    for name, column in (("product_id", "product"), ("plan", "plan"), ("start_on", "start_on")):
        if getattr(known, name) != getattr(stated, name):
            return row_error("policy.differs", line=row.line, column=column)
    if not party_queries.has_id_number(
        chunk.conn, vault=chunk.vault, party_id=known.insured_id, id_type=stated.insured.id_type, id_number=stated.insured.id_number
    ):
        return row_error("policy.differs", line=row.line, column="insured_id_number")
    opening = {(use.name, use.period_key): use.amount for use in stated.opening if use.amount}
    entered = _ledger.entries(chunk.conn, policy_id=known.id, claim_id=OPENING)
    if opening and opening != {(entry.name, entry.period_key): entry.amount for entry in entered}:
        return row_error("policy.differs", line=row.line, column="deductible_used, limit_used")
    return None


def _store(chunk: _Chunk, row: Parsed[PolicyRow], *, blind: str, insured: parties.Recorded) -> Outcome:
    stated = row.value
    known = chunk.held.get((stated.insurer_id, blind))
    holder_id, holder_changed = _holder(chunk, stated, known, insured.party_id)
    values = {
        "end_on": stated.end_on,
        "first_covered_on": stated.first_covered_on,
        "social_insurance": stated.social_insurance,
        "holder_id": holder_id,
        "import_id": chunk.import_id,
        "import_line": row.line,
    }
    if known is None:
        policy_id = new_id()
        chunk.added.append(
            {
                "id": policy_id,
                "insurer_id": stated.insurer_id,
                "number": chunk.vault.seal_text(stated.number, context=f"policies.number:{policy_id}"),
                "number_blind": blind,
                "product_id": stated.product_id,
                "plan": stated.plan,
                "start_on": stated.start_on,
                "insured_id": insured.party_id,
                "status": PolicyStatus.IN_FORCE.value,
                "created_at": chunk.at,
                "changed_at": chunk.at,
                **values,
            }
        )
        chunk.openings.append((policy_id, stated.opening))
        return Outcome.ADDED
    changed = any(getattr(known, name) != values[name] for name in _CHANGEABLE)
    chunk.changed.append({"key": known.id, **values, "changed_at": chunk.at if changed else known.changed_at})
    return Outcome.UPDATED if changed or insured.changed or holder_changed else Outcome.UNCHANGED


def _holder(chunk: _Chunk, stated: PolicyRow, known: Row[Any] | None, insured_id: str) -> tuple[str, bool]:
    """The holder's party: the insured when the names are equal, else one of the policy's own; and whether it was renamed."""
    if comparable_name(stated.holder_name) == comparable_name(stated.insured.name):
        return insured_id, False
    if known is not None and known.holder_id != known.insured_id:
        return known.holder_id, parties.rename(
            chunk.conn, vault=chunk.vault, party_id=known.holder_id, name=stated.holder_name, at=chunk.at
        )
    people = [Person(name=stated.holder_name)]
    made = parties.record_people(chunk.conn, vault=chunk.vault, insurer_id=stated.insurer_id, people=people, at=chunk.at)
    return made[0].party_id, True


def _write(chunk: _Chunk) -> None:
    if chunk.added:
        chunk.conn.execute(insert(policies), chunk.added)
    if chunk.changed:
        chunk.conn.execute(update(policies).where(policies.c.id == bindparam("key")), chunk.changed)
    for policy_id, uses in chunk.openings:
        if any(use.amount for use in uses):
            _ledger.consume(chunk.conn, policy_id=policy_id, claim_id=OPENING, round=0, uses=uses, at=chunk.at)


def change_status(conn: Connection, *, policy_id: str, status: PolicyStatus, at: datetime) -> None:
    """Set a policy's status: the one setter. Raises StatusNotAllowed, PolicyUnknown."""
    queries.lock_policy(conn, policy_id=policy_id)
    before = PolicyStatus(conn.execute(select(policies.c.status).where(policies.c.id == policy_id)).scalar_one())
    if before is status:
        return
    if status not in ALLOWED[before]:
        raise StatusNotAllowed(f"policy {policy_id} is {before.value}: it cannot become {status.value}", data={"policy": policy_id})
    conn.execute(update(policies).where(policies.c.id == policy_id).values(status=status.value, changed_at=at))
