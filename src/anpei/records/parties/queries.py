"""Find people by id, paper of identity or phone. Callers have passed the access gate; what is given back is opened."""

from collections.abc import Collection
from dataclasses import dataclass

from sqlalchemy import ColumnElement, select

from anpei.engines.db import Connection
from anpei.kernel.errors import NotFound
from anpei.records.parties import _sealing
from anpei.records.parties._tables import parties
from anpei.records.parties.model import IdType, Party, Person
from anpei.trust.vault import Vault


class PartyUnknown(NotFound):
    """No party with this id."""

    code = "parties.unknown"


def get_party(conn: Connection, *, vault: Vault, party_id: str) -> Party:
    """One party. Raises PartyUnknown."""
    found = _find(conn, vault, parties.c.id == party_id)
    if not found:
        raise PartyUnknown(f"there is no party {party_id}: check the id", data={"party": party_id})
    return found[0]


def find_by_id_number(
    conn: Connection, *, vault: Vault, id_number: str, id_type: str = IdType.RESIDENT_ID.value, insurer_id: str | None = None
) -> list[Party]:
    """Everyone recorded with this paper of identity: at most one per insurer."""
    blind = _sealing.id_blind(vault, id_type=id_type, id_number=id_number)
    return [] if blind is None else _find(conn, vault, parties.c.id_blind == blind, insurer_id)


def find_by_phone(conn: Connection, *, vault: Vault, phone: str, insurer_id: str | None = None) -> list[Party]:
    """Everyone recorded with this phone number."""
    blind = _sealing.phone_blind(vault, phone)
    return [] if blind is None else _find(conn, vault, parties.c.phone_blind == blind, insurer_id)


@dataclass(frozen=True, slots=True)
class Blinds:
    """The blind indexes of a party: enough to compare without opening it."""

    name: str
    id_number: str | None


def list_blinds(conn: Connection, *, party_ids: Collection[str]) -> dict[str, Blinds]:
    """The blind indexes of parties, by id."""
    rows = conn.execute(select(parties.c.id, parties.c.name_blind, parties.c.id_blind).where(parties.c.id.in_(party_ids)))
    return {row.id: Blinds(row.name_blind, row.id_blind) for row in rows}


def blinds_of(vault: Vault, person: Person) -> Blinds:
    """The blind indexes that a person would have."""
    return Blinds(_sealing.name_blind(vault, person.name), _sealing.id_blind(vault, id_type=person.id_type, id_number=person.id_number))


def _find(conn: Connection, vault: Vault, where: ColumnElement[bool], insurer_id: str | None = None) -> list[Party]:
    query = select(parties).where(where).order_by(parties.c.id)
    if insurer_id is not None:
        query = query.where(parties.c.insurer_id == insurer_id)
    return [_sealing.from_row(vault, row) for row in conn.execute(query)]
