"""Store providers as a file states them; the same row again changes nothing."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import Row, bindparam, delete, insert, select, update

from anpei.engines.db import Connection
from anpei.kernel.ids import new_id
from anpei.records.names import plain_name
from anpei.records.providers._tables import provider_stamps, providers
from anpei.records.tables import Outcome, Parsed, RowError, row_error

_SAID = ("name", "grade", "ownership", "designated")


@dataclass(frozen=True, slots=True)
class ProviderRow:
    """One hospital of a file."""

    name: str
    region: str
    grade: str
    ownership: str
    designated: bool


def store_providers(conn: Connection, *, rows: Sequence[Parsed[ProviderRow]], import_id: str, at: datetime) -> list[Outcome | RowError]:
    """Store a chunk of one import. A hospital is known by its name (as compared) and region; a second row for it is an error."""
    held = _held(conn, [plain_name(row.value.name) for row in rows])
    added: list[dict[str, Any]] = []
    touched: list[dict[str, Any]] = []
    seen: dict[tuple[str, str], int] = {}
    outcomes: list[Outcome | RowError] = []
    for parsed in rows:
        row = parsed.value
        key = (plain_name(row.name), row.region)
        known = held.get(key)
        other = seen.get(key) or (known.import_line if known is not None and known.import_id == import_id else None)
        if other is not None:
            outcomes.append(row_error("row.duplicate", line=parsed.line, column="name", other=other))
            continue
        seen[key] = parsed.line
        stated = {name: getattr(row, name) for name in _SAID}
        mark = {"import_id": import_id, "import_line": parsed.line, "changed_at": at}
        if known is None:
            added.append({"id": new_id(), "normalised": key[0], "region": row.region, **stated, **mark})
            outcomes.append(Outcome.ADDED)
            continue
        same = all(getattr(known, name) == value for name, value in stated.items())
        touched.append({"key": known.id, **stated, **mark, **({"changed_at": known.changed_at} if same else {})})
        outcomes.append(Outcome.UNCHANGED if same else Outcome.UPDATED)
    if added:
        conn.execute(insert(providers), added)
    if touched:
        conn.execute(update(providers).where(providers.c.id == bindparam("key")), touched)
    return outcomes


def _held(conn: Connection, names: Sequence[str]) -> dict[tuple[str, str], Row[Any]]:
    rows = conn.execute(select(providers).where(providers.c.normalised.in_(set(names))))
    return {(row.normalised, row.region): row for row in rows}


def stamp_register(conn: Connection) -> None:
    """Mark the register as changed, so that every process reads it anew."""
    conn.execute(delete(provider_stamps))
    conn.execute(insert(provider_stamps).values(id=1, stamp=new_id()))
