"""Store items and their other names as a file states them: periods never overlap, a later start ends the open period before it."""

from collections.abc import Sequence
from dataclasses import dataclass, fields
from datetime import date, datetime
from typing import Any

from sqlalchemy import Table, bindparam, delete, insert, select, update

from anpei.engines.db import Connection
from anpei.kernel.ids import new_id
from anpei.records.catalogues._tables import catalogue_aliases, catalogue_items, catalogue_stamps
from anpei.records.catalogues.model import CatalogueAlias, CatalogueItem
from anpei.records.tables import Outcome, Parsed, RowError, row_error


@dataclass(frozen=True, slots=True)
class _Kind:
    """Dated rows of one table: by which columns they are one thing, and which one an error names."""

    table: Table
    form: type[CatalogueItem | CatalogueAlias]
    key: tuple[str, str]
    shown: str

    @property
    def names(self) -> tuple[str, ...]:
        """All columns that a file states."""
        return tuple(field.name for field in fields(self.form))

    @property
    def said(self) -> tuple[str, ...]:
        """What a file says about one thing from one day on."""
        return tuple(name for name in self.names if name not in {*self.key, "valid_from"})


_ITEMS = _Kind(catalogue_items, CatalogueItem, ("region", "code"), "code")
_ALIASES = _Kind(catalogue_aliases, CatalogueAlias, ("region", "plain"), "alias")


@dataclass
class _Write:
    """What a chunk of an import will write."""

    kind: _Kind
    import_id: str
    at: datetime
    added: dict[str, dict[str, Any]]
    changed: dict[str, dict[str, Any]]

    def add(self, value: CatalogueItem | CatalogueAlias, line: int) -> dict[str, Any]:
        row = {name: getattr(value, name) for name in self.kind.names}
        row |= {"id": new_id(), "import_id": self.import_id, "import_line": line, "changed_at": self.at}
        self.added[row["id"]] = row
        return row

    def change(self, row: dict[str, Any], **values: Any) -> None:
        row |= values
        if row["id"] not in self.added:
            written = (*self.kind.said, "import_id", "import_line", "changed_at")
            self.changed[row["id"]] = {"key": row["id"], **{name: row[name] for name in written}}


def store_items(conn: Connection, *, rows: Sequence[Parsed[CatalogueItem]], import_id: str, at: datetime) -> list[Outcome | RowError]:
    """Store a chunk of one import of one region."""
    return _store_chunk(conn, rows, _Write(_ITEMS, import_id, at, {}, {}))


def store_aliases(conn: Connection, *, rows: Sequence[Parsed[CatalogueAlias]], import_id: str, at: datetime) -> list[Outcome | RowError]:
    """Store a chunk of one import of other names of one region: a name means one item on a day."""
    return _store_chunk(conn, rows, _Write(_ALIASES, import_id, at, {}, {}))


def _store_chunk(conn: Connection, rows: Sequence[Parsed[Any]], write: _Write) -> list[Outcome | RowError]:
    kind = write.kind
    keys = [tuple(getattr(row.value, name) for name in kind.key) for row in rows]
    held: dict[tuple[str, ...], list[dict[str, Any]]] = {}
    columns = kind.table.c
    known = select(kind.table).where(*(columns[name].in_({key[place] for key in keys}) for place, name in enumerate(kind.key)))
    for row in conn.execute(known).mappings():
        held.setdefault(tuple(row[name] for name in kind.key), []).append(dict(row))
    outcomes = [_store(held.setdefault(key, []), row, write) for key, row in zip(keys, rows, strict=True)]
    if write.added:
        conn.execute(insert(kind.table), list(write.added.values()))
    if write.changed:
        conn.execute(update(kind.table).where(columns.id == bindparam("key")), list(write.changed.values()))
    return outcomes


def _store(periods: list[dict[str, Any]], parsed: Parsed[Any], write: _Write) -> Outcome | RowError:
    value = parsed.value
    mark = {"import_id": write.import_id, "import_line": parsed.line}
    known = next((row for row in periods if row["valid_from"] == value.valid_from), None)
    if known is not None:
        if known["import_id"] == write.import_id:
            return row_error("row.duplicate", line=parsed.line, column=write.kind.shown, other=known["import_line"])
        stated = {name: getattr(value, name) for name in write.kind.said}
        if value.valid_to is None:
            stated["valid_to"] = known["valid_to"]
        if _overlaps(value.valid_from, stated["valid_to"], [row for row in periods if row is not known]):
            return row_error("catalogue.overlap", line=parsed.line, column="valid_to")
        same = all(known[name] == each for name, each in stated.items())
        write.change(known, **stated, **mark, changed_at=known["changed_at"] if same else write.at)
        return Outcome.UNCHANGED if same else Outcome.UPDATED
    before = next((row for row in periods if row["valid_from"] < value.valid_from and row["valid_to"] is None), None)
    if _overlaps(value.valid_from, value.valid_to, [row for row in periods if row is not before]):
        return row_error("catalogue.overlap", line=parsed.line, column="valid_from")
    if before is not None:
        write.change(before, valid_to=value.valid_from, changed_at=write.at)
    periods.append(write.add(value, parsed.line))
    return Outcome.ADDED


def _overlaps(start: date, end: date | None, others: Sequence[dict[str, Any]]) -> bool:
    return any((end is None or row["valid_from"] < end) and (row["valid_to"] is None or start < row["valid_to"]) for row in others)


def stamp_region(conn: Connection, *, region: str) -> None:
    """Mark a region's catalogue as changed, so that every process reads it anew."""
    conn.execute(delete(catalogue_stamps).where(catalogue_stamps.c.region == region))
    conn.execute(insert(catalogue_stamps).values(region=region, stamp=new_id()))
