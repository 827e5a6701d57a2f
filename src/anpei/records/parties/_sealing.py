"""Between a person and a row: what is sealed, under which context, and the blind indexes."""

from datetime import datetime
from typing import Any

from sqlalchemy import Row

from anpei.records.parties.model import Party, Person, comparable_name, comparable_number, comparable_phone
from anpei.trust.vault import Vault


def name_blind(vault: Vault, name: str) -> str:
    """The blind index of a name."""
    return vault.blind(comparable_name(name), context="parties.name")


def id_blind(vault: Vault, *, id_type: str, id_number: str) -> str | None:
    """The blind index of a paper of identity, its type included; None without a number."""
    number = comparable_number(id_number)
    return vault.blind(f"{id_type}:{number}", context="parties.id_number") if number else None


def phone_blind(vault: Vault, phone: str) -> str | None:
    """The blind index of a phone number; None without one."""
    digits = comparable_phone(phone)
    return vault.blind(digits, context="parties.phone") if digits else None


def to_row(vault: Vault, *, party_id: str, insurer_id: str, person: Person, at: datetime) -> dict[str, Any]:
    """All columns of a new party."""
    return {
        "id": party_id,
        "insurer_id": insurer_id,
        **sealed(vault, party_id=party_id, person=person),
        "created_at": at,
        "changed_at": at,
    }


def sealed(vault: Vault, *, party_id: str, person: Person) -> dict[str, Any]:
    """The columns that say who it is."""
    return {
        "name": vault.seal_text(person.name, context=f"parties.name:{party_id}"),
        "name_blind": name_blind(vault, person.name),
        "gender": person.gender,
        "birth_on": person.birth_on,
        "id_type": person.id_type,
        "id_number": vault.seal_text(person.id_number, context=f"parties.id_number:{party_id}") if person.id_number else None,
        "id_blind": id_blind(vault, id_type=person.id_type, id_number=person.id_number),
        "phone": vault.seal_text(person.phone, context=f"parties.phone:{party_id}") if person.phone else None,
        "phone_blind": phone_blind(vault, person.phone),
    }


def from_row(vault: Vault, row: Row[Any]) -> Party:
    """A party, opened."""

    def opened(column: str, blob: bytes | None) -> str:
        return "" if blob is None else vault.open_text(blob, context=f"parties.{column}:{row.id}")

    return Party(
        id=row.id,
        insurer_id=row.insurer_id,
        name=opened("name", row.name),
        gender=row.gender,
        birth_on=row.birth_on,
        id_type=row.id_type,
        id_number=opened("id_number", row.id_number),
        phone=opened("phone", row.phone),
    )
