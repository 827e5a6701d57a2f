"""Record people: found again by the paper of identity within an insurer, changed where the new data differ."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import bindparam, insert, select, update

from anpei.engines.db import Connection
from anpei.kernel.ids import new_id
from anpei.records.parties import _sealing
from anpei.records.parties._tables import parties
from anpei.records.parties.model import Person
from anpei.trust.vault import Vault


@dataclass(frozen=True, slots=True)
class Recorded:
    """Where a person is recorded, and whether that changed anything."""

    party_id: str
    changed: bool


def record_people(conn: Connection, *, vault: Vault, insurer_id: str, people: Sequence[Person], at: datetime) -> list[Recorded]:
    """Record people, in order. One with a paper of identity that the insurer's records hold keeps their id; without one: always new.

    An empty phone does not take a known one away. The same paper twice in one call: the later data count.
    """
    blinds = [_sealing.id_blind(vault, id_type=person.id_type, id_number=person.id_number) for person in people]
    held = _held(conn, insurer_id=insurer_id, blinds={blind for blind in blinds if blind})
    added: dict[str, dict[str, Any]] = {}
    changes: dict[str, dict[str, Any]] = {}
    result: list[Recorded] = []
    for person, blind in zip(people, blinds, strict=True):
        known = held.get(blind) if blind else None
        if known is None:
            row = _sealing.to_row(vault, party_id=new_id(), insurer_id=insurer_id, person=person, at=at)
            added[row["id"]] = row
            if blind:
                held[blind] = row
            result.append(Recorded(row["id"], changed=True))
            continue
        row = _sealing.sealed(vault, party_id=known["id"], person=person)
        differs = any(row[name] != known[name] for name in ("name_blind", "gender", "birth_on")) or (
            row["phone_blind"] is not None and row["phone_blind"] != known["phone_blind"]
        )
        if differs:
            if row["phone_blind"] is None:
                row |= {"phone": known["phone"], "phone_blind": known["phone_blind"]}
            known |= row
            if known["id"] not in added:
                changes[known["id"]] = {"party_id": known["id"], **row, "changed_at": at}
        result.append(Recorded(known["id"], changed=differs))
    if added:
        conn.execute(insert(parties), list(added.values()))
    if changes:
        conn.execute(update(parties).where(parties.c.id == bindparam("party_id")), list(changes.values()))
    return result


def _held(conn: Connection, *, insurer_id: str, blinds: set[str]) -> dict[str, dict[str, Any]]:
    if not blinds:
        return {}
    rows = conn.execute(select(parties).where(parties.c.insurer_id == insurer_id, parties.c.id_blind.in_(blinds)))
    return {row["id_blind"]: dict(row) for row in rows.mappings()}


def rename(conn: Connection, *, vault: Vault, party_id: str, name: str, at: datetime) -> bool:
    """Give a party another name; False when it has that name already."""
    blind = _sealing.name_blind(vault, name)
    values = {"name": vault.seal_text(name, context=f"parties.name:{party_id}"), "name_blind": blind, "changed_at": at}
    done = conn.execute(update(parties).where(parties.c.id == party_id, parties.c.name_blind != blind).values(values))
    return done.rowcount == 1
