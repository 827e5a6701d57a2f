"""Store catalogue items as a file states them: periods never overlap, a later start ends the open period before it."""

from collections.abc import Sequence
from dataclasses import dataclass, fields
from datetime import date, datetime
from typing import Any

from sqlalchemy import bindparam, delete, insert, select, update

from anpei.engines.db import Connection
from anpei.kernel.ids import new_id
from anpei.records.catalogues._tables import catalogue_items, catalogue_stamps
from anpei.records.catalogues.model import CatalogueItem
from anpei.records.tables import Outcome, Parsed, RowError, row_error

_SAID = tuple(field.name for field in fields(CatalogueItem) if field.name not in {"region", "code", "valid_from"})


@dataclass
class _Write:
    """What a chunk of an import will write."""

    import_id: str
    at: datetime
    added: dict[str, dict[str, Any]]
    changed: dict[str, dict[str, Any]]

    def add(self, item: CatalogueItem, line: int) -> dict[str, Any]:
        row = {field.name: getattr(item, field.name) for field in fields(item)}
        row |= {"id": new_id(), "import_id": self.import_id, "import_line": line, "changed_at": self.at}
        self.added[row["id"]] = row
        return row

    def change(self, row: dict[str, Any], **values: Any) -> None:
        row |= values
        if row["id"] not in self.added:
            self.changed[row["id"]] = {"key": row["id"], **{name: row[name] for name in (*_SAID, "import_id", "import_line", "changed_at")}}


def store_items(conn: Connection, *, rows: Sequence[Parsed[CatalogueItem]], import_id: str, at: datetime) -> list[Outcome | RowError]:
    """Store a chunk of one import of one region."""
    held: dict[tuple[str, str], list[dict[str, Any]]] = {}
    regions, codes = {row.value.region for row in rows}, {row.value.code for row in rows}
    found = conn.execute(select(catalogue_items).where(catalogue_items.c.region.in_(regions), catalogue_items.c.code.in_(codes)))
    for row in found.mappings():
        held.setdefault((row["region"], row["code"]), []).append(dict(row))
    write = _Write(import_id, at, {}, {})
    outcomes = [_store(held.setdefault((row.value.region, row.value.code), []), row, write) for row in rows]
    if write.added:
        conn.execute(insert(catalogue_items), list(write.added.values()))
    if write.changed:
        conn.execute(update(catalogue_items).where(catalogue_items.c.id == bindparam("key")), list(write.changed.values()))
    return outcomes


def _store(periods: list[dict[str, Any]], parsed: Parsed[CatalogueItem], write: _Write) -> Outcome | RowError:
    item = parsed.value
    mark = {"import_id": write.import_id, "import_line": parsed.line}
    known = next((row for row in periods if row["valid_from"] == item.valid_from), None)
    if known is not None:
        if known["import_id"] == write.import_id:
            return row_error("row.duplicate", line=parsed.line, column="code", other=known["import_line"])
        stated = {name: getattr(item, name) for name in _SAID}
        if item.valid_to is None:
            stated["valid_to"] = known["valid_to"]
        if _overlaps(item.valid_from, stated["valid_to"], [row for row in periods if row is not known]):
            return row_error("catalogue.overlap", line=parsed.line, column="valid_to")
        same = all(known[name] == value for name, value in stated.items())
        write.change(known, **stated, **mark, changed_at=known["changed_at"] if same else write.at)
        return Outcome.UNCHANGED if same else Outcome.UPDATED
    before = next((row for row in periods if row["valid_from"] < item.valid_from and row["valid_to"] is None), None)
    if _overlaps(item.valid_from, item.valid_to, [row for row in periods if row is not before]):
        return row_error("catalogue.overlap", line=parsed.line, column="valid_from")
    if before is not None:
        write.change(before, valid_to=item.valid_from, changed_at=write.at)
    periods.append(write.add(item, parsed.line))
    return Outcome.ADDED


def _overlaps(start: date, end: date | None, others: Sequence[dict[str, Any]]) -> bool:
    return any((end is None or row["valid_from"] < end) and (row["valid_to"] is None or start < row["valid_to"]) for row in others)


def stamp_region(conn: Connection, *, region: str) -> None:
    """Mark a region's catalogue as changed, so that every process reads it anew."""
    conn.execute(delete(catalogue_stamps).where(catalogue_stamps.c.region == region))
    conn.execute(insert(catalogue_stamps).values(region=region, stamp=new_id()))
