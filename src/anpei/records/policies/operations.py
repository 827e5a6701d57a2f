"""Store policies as a file states them; change their status."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
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

_CHANGEABLE = ("end_on", "first_covered_on", "social_insurance", "holder_id")


@dataclass(frozen=True, slots=True)
class PolicyRow:
    """One policy of a file. ``end_on`` is exclusive; ``opening``: what was used before, by accumulator and period key."""

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
    opening: Mapping[tuple[str, str], int]


@dataclass
class _Chunk:
    """A chunk of an import: what is held of its policies, and what will be written."""

    conn: Connection
    vault: Vault
    import_id: str
    at: datetime
    held: dict[tuple[str, str], Row[Any]]
    people: dict[str, party_queries.Blinds]
    openings: dict[str, dict[tuple[str, str], int]]
    added: list[dict[str, Any]] = field(default_factory=list)
    changed: list[dict[str, Any]] = field(default_factory=list)
    balances: dict[str, Mapping[tuple[str, str], int]] = field(default_factory=dict)


def store_policies(
    conn: Connection, *, vault: Vault, rows: Sequence[Parsed[PolicyRow]], import_id: str, at: datetime
) -> list[Outcome | RowError]:
    """Store a chunk of one import. A policy is known by insurer and number.

    Of a known policy an import may change the end, the first day covered, social insurance, and names and phone of its people; another
    product, plan, start or insured is an error. Opening balances count when the policy is new; later ones are not taken.
    """
    blinds = {row.line: queries.number_blind(vault, row.value.number) for row in rows}
    found = conn.execute(select(policies).where(policies.c.number_blind.in_(set(blinds.values())))).all()
    chunk = _Chunk(
        conn,
        vault,
        import_id,
        at,
        held={(row.insurer_id, row.number_blind): row for row in found},
        people=party_queries.list_blinds(conn, party_ids={party for row in found for party in (row.insured_id, row.holder_id)}),
        openings=_ledger.opening_balances(conn, policy_ids=[row.id for row in found]),
    )
    outcomes: dict[int, Outcome | RowError] = {}
    good: list[Parsed[PolicyRow]] = []
    seen: dict[tuple[str, str], int] = {}
    for row in rows:
        key = (row.value.insurer_id, blinds[row.line])
        problem = _problem(chunk, row, known=chunk.held.get(key), above=seen.get(key))
        if problem is not None:
            outcomes[row.line] = problem
        else:
            seen[key] = row.line
            good.append(row)
    insured = _record(chunk, {row.line: (row.value.insurer_id, row.value.insured) for row in good})
    holders = _record(chunk, {row.line: holder for row in good if (holder := _new_holder(chunk, row, blinds[row.line]))})
    for row in good:
        own = holders.get(row.line)
        outcomes[row.line] = _store(chunk, row, blind=blinds[row.line], insured=insured[row.line], holder=own)
    _write(chunk)
    return [outcomes[row.line] for row in rows]


def _problem(chunk: _Chunk, row: Parsed[PolicyRow], *, known: Row[Any] | None, above: int | None) -> RowError | None:
    """Whether a row repeats one above it, or says something of a known policy that an import must not change."""
    if above is None and known is not None and known.import_id == chunk.import_id:
        above = known.import_line
    if above is not None:
        return row_error("row.duplicate", line=row.line, column="policy_number", other=above)
    if known is None:
        return None
    stated = row.value
    for name, column in (("product_id", "product"), ("plan", "plan"), ("start_on", "start_on")):
        if getattr(known, name) != getattr(stated, name):
            return row_error("policy.differs", line=row.line, column=column)
    if chunk.people[known.insured_id].id_number != party_queries.blinds_of(chunk.vault, stated.insured).id_number:
        return row_error("policy.differs", line=row.line, column="insured_id_number")
    opening = {key: used for key, used in stated.opening.items() if used}
    if opening and opening != chunk.openings.get(known.id, {}):
        return row_error("policy.differs", line=row.line, column="deductible_used, limit_used")
    return None


def _record(chunk: _Chunk, people: Mapping[int, tuple[str, Person]]) -> dict[int, parties.Recorded]:
    """Record people by line, insurer by insurer."""
    result: dict[int, parties.Recorded] = {}
    for insurer_id in sorted({insurer for insurer, _ in people.values()}):
        own = {line: person for line, (insurer, person) in people.items() if insurer == insurer_id}
        recorded = parties.record_people(chunk.conn, vault=chunk.vault, insurer_id=insurer_id, people=list(own.values()), at=chunk.at)
        result |= dict(zip(own, recorded, strict=True))
    return result


def _new_holder(chunk: _Chunk, row: Parsed[PolicyRow], blind: str) -> tuple[str, Person] | None:
    """The holder as a party of the policy's own, when it needs one: another name than the insured's, and none held yet."""
    stated = row.value
    known = chunk.held.get((stated.insurer_id, blind))
    held = known is not None and known.holder_id != known.insured_id
    return None if held or _same_person(stated) else (stated.insurer_id, Person(name=stated.holder_name))


def _same_person(stated: PolicyRow) -> bool:
    return comparable_name(stated.holder_name) == comparable_name(stated.insured.name)


def _store(chunk: _Chunk, row: Parsed[PolicyRow], *, blind: str, insured: parties.Recorded, holder: parties.Recorded | None) -> Outcome:
    stated = row.value
    known = chunk.held.get((stated.insurer_id, blind))
    renamed = False
    holder_id = insured.party_id if holder is None else holder.party_id
    if known is not None and holder is None and not _same_person(stated):
        holder_id = known.holder_id
        renamed = _rename(chunk, holder_id, stated.holder_name)
    values = {
        "end_on": stated.end_on,
        "first_covered_on": stated.first_covered_on,
        "social_insurance": stated.social_insurance,
        "holder_id": holder_id,
        "import_id": chunk.import_id,
        "import_line": row.line,
    }
    if known is None:
        _add(chunk, stated, blind=blind, insured_id=insured.party_id, values=values)
        return Outcome.ADDED
    changed = any(getattr(known, name) != values[name] for name in _CHANGEABLE)
    chunk.changed.append({"key": known.id, **values, "changed_at": chunk.at if changed else known.changed_at})
    return Outcome.UPDATED if changed or insured.changed or renamed else Outcome.UNCHANGED


def _rename(chunk: _Chunk, party_id: str, name: str) -> bool:
    if chunk.people[party_id].name == party_queries.blinds_of(chunk.vault, Person(name=name)).name:
        return False
    return parties.rename(chunk.conn, vault=chunk.vault, party_id=party_id, name=name, at=chunk.at)


def _add(chunk: _Chunk, stated: PolicyRow, *, blind: str, insured_id: str, values: Mapping[str, Any]) -> None:
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
            "insured_id": insured_id,
            "status": PolicyStatus.IN_FORCE.value,
            "created_at": chunk.at,
            "changed_at": chunk.at,
            **values,
        }
    )
    chunk.balances[policy_id] = stated.opening


def _write(chunk: _Chunk) -> None:
    if chunk.added:
        chunk.conn.execute(insert(policies), chunk.added)
    if chunk.changed:
        chunk.conn.execute(update(policies).where(policies.c.id == bindparam("key")), chunk.changed)
    _ledger.open_balances(chunk.conn, balances=chunk.balances, at=chunk.at)


def change_status(conn: Connection, *, policy_id: str, status: PolicyStatus, at: datetime) -> None:
    """Set a policy's status: the one setter. Raises StatusNotAllowed, PolicyUnknown."""
    queries.lock_policy(conn, policy_id=policy_id)
    before = PolicyStatus(conn.execute(select(policies.c.status).where(policies.c.id == policy_id)).scalar_one())
    if before is status:
        return
    if status not in ALLOWED[before]:
        raise StatusNotAllowed(f"policy {policy_id} is {before.value}: it cannot become {status.value}", data={"policy": policy_id})
    conn.execute(update(policies).where(policies.c.id == policy_id).values(status=status.value, changed_at=at))
