"""Find insurers; ask the automation switch."""

from typing import Any

from sqlalchemy import Row, select

from anpei.engines.db import Connection
from anpei.kernel.errors import NotFound
from anpei.records.partners._tables import automation_turns, insurers
from anpei.records.partners.model import AutomationTurn, Insurer


class InsurerUnknown(NotFound):
    """No insurer with this code or id."""

    code = "partners.insurer_unknown"


def find_insurer(conn: Connection, *, code: str) -> Insurer | None:
    """The insurer with a code, or None."""
    row = conn.execute(select(insurers).where(insurers.c.code == code)).first()
    return None if row is None else _insurer(row)


def get_insurer(conn: Connection, *, code: str | None = None, insurer_id: str | None = None) -> Insurer:
    """The insurer with a code or an id. Raises InsurerUnknown."""
    where = insurers.c.id == insurer_id if code is None else insurers.c.code == code
    row = conn.execute(select(insurers).where(where)).first()
    if row is None:
        raise InsurerUnknown(f"there is no insurer {code or insurer_id}: add it first", data={"insurer": code or insurer_id})
    return _insurer(row)


def list_insurers(conn: Connection) -> list[Insurer]:
    """All insurers by code."""
    return [_insurer(row) for row in conn.execute(select(insurers).order_by(insurers.c.code))]


def automation_on(conn: Connection, *, insurer_id: str, product_id: str) -> bool:
    """Whether the machine may settle claims of this product: yes, unless the last turn of the switch was off."""
    turns = list_turns(conn, insurer_id=insurer_id, product_id=product_id)
    return turns[-1].on if turns else True


def list_turns(conn: Connection, *, insurer_id: str, product_id: str) -> list[AutomationTurn]:
    """Every turn of the switch, the last one counts."""
    rows = conn.execute(
        select(automation_turns)
        .where(automation_turns.c.insurer_id == insurer_id, automation_turns.c.product_id == product_id)
        .order_by(automation_turns.c.turned_at, automation_turns.c.id)
    )
    return [AutomationTurn(row.insurer_id, row.product_id, row.is_on, row.actor, row.turned_at, row.reason) for row in rows]


def _insurer(row: Row[Any]) -> Insurer:
    return Insurer(id=row.id, code=row.code, name=row.name)
