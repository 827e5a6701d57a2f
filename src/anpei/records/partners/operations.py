"""Add insurers; turn the automation switch."""

import re
from datetime import datetime

from sqlalchemy import insert

from anpei.engines.db import Connection
from anpei.kernel.errors import InvalidInput
from anpei.kernel.ids import new_id
from anpei.records.partners import queries
from anpei.records.partners._tables import automation_turns, insurers
from anpei.records.partners.model import AutomationTurn, Insurer

_CODE = re.compile(r"^[A-Za-z0-9][A-Za-z0-9_-]{0,39}$")


class PartnerInvalid(InvalidInput):
    """What was given for an insurer or a switch cannot be stored."""

    code = "partners.invalid"


def add_insurer(conn: Connection, *, code: str, name: str, at: datetime) -> Insurer:
    """Add an insurer; one with this code that is there already is given back as it is. Raises PartnerInvalid."""
    if not _CODE.match(code) or not name.strip() or len(name) > 200:
        raise PartnerInvalid("an insurer needs a code of 1 to 40 letters, digits, _ or -, and a name of at most 200 characters")
    known = queries.find_insurer(conn, code=code)
    if known is not None:
        return known
    insurer = Insurer(id=new_id(), code=code, name=name.strip())
    conn.execute(insert(insurers).values(id=insurer.id, code=code, name=insurer.name, created_at=at))
    return insurer


def switch_automation(
    conn: Connection, *, insurer_id: str, product_id: str, on: bool, actor: str, reason: str, at: datetime
) -> AutomationTurn:
    """Turn automatic settlement of one product on or off; every turn is kept. Raises PartnerInvalid without actor or reason."""
    if not reason.strip() or not actor.strip():
        raise PartnerInvalid("a switch is turned by somebody for a reason: give both")
    turn = AutomationTurn(insurer_id=insurer_id, product_id=product_id, on=on, actor=actor, at=at, reason=reason.strip())
    conn.execute(
        insert(automation_turns).values(
            id=new_id(), insurer_id=insurer_id, product_id=product_id, is_on=on, actor=actor, turned_at=at, reason=turn.reason
        )
    )
    return turn
