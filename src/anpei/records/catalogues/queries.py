"""Find catalogue items by code or name; give all rows for a rules snapshot."""

from collections.abc import Iterator
from dataclasses import fields
from datetime import date
from typing import Any

from sqlalchemy import Row, func, or_, select

from anpei.engines.db import Connection
from anpei.records.catalogues._search import ADDED_BP, ItemSearch, core_name
from anpei.records.catalogues._tables import catalogue_aliases, catalogue_items, catalogue_stamps
from anpei.records.catalogues.model import CatalogueItem, ItemMatch, payload_of
from anpei.records.names import SURE_BP, plain_name
from anpei.rules.model import CatalogueRow

MOST_NAMES = 1_000_000
"""Items of a region up to which names are searched; beyond, a code is needed."""
MOST_KEPT = 8
_COLUMNS = [catalogue_items.c[field.name] for field in fields(CatalogueItem)]
_kept: dict[tuple[str, str], tuple[str, ItemSearch]] = {}


def get_item(conn: Connection, *, region: str, code: str, on: date) -> CatalogueItem | None:
    """The item with a code that holds on a day, or None."""
    row = conn.execute(
        select(*_COLUMNS).where(
            catalogue_items.c.region == region,
            catalogue_items.c.code == code.upper(),
            catalogue_items.c.valid_from <= on,
            or_(catalogue_items.c.valid_to.is_(None), catalogue_items.c.valid_to > on),
        )
    ).first()
    return None if row is None else _item(row)


def match_item(conn: Connection, *, region: str, code: str | None, name: str, on: date) -> ItemMatch | None:
    """The item that a bill line means on a day: by code, else by its name or another name, else the one clearly similar name.

    None: no match, which is an answer. A name of the catalogue itself comes before another name from an import.
    """
    if code and get_item(conn, region=region, code=code, on=on) is not None:
        return ItemMatch(code=code.upper(), how="code", score_bp=SURE_BP)
    search = _search(conn, region)
    found = None if search is None else search.find(name, on=on)
    if found is not None and found.how == "name":
        return found
    return _by_alias(conn, region=region, name=name, on=on) or found


def offer_items(conn: Connection, *, region: str, name: str, on: date, most: int = 3, least_bp: int = 4_000) -> list[CatalogueItem]:
    """The items whose names are most like it on a day, for a person to choose from; empty when none is like it."""
    search = _search(conn, region)
    codes = [] if search is None else [code for code, _ in search.offers(name, on=on, most=most, least_bp=least_bp)]
    return [item for code in codes if (item := get_item(conn, region=region, code=code, on=on)) is not None]


def list_alike(conn: Connection, *, region: str, code: str, signs: int, on: date, most: int = 20) -> list[CatalogueItem]:
    """The items in force on a day whose codes begin with the same signs as a code, by code, without that one."""
    items = catalogue_items.c
    query = select(*_COLUMNS).where(
        items.region == region, items.code.startswith(code[:signs], autoescape=True), items.code != code, items.valid_from <= on,
        or_(items.valid_to.is_(None), items.valid_to > on),
    )  # fmt: skip
    return [_item(row) for row in conn.execute(query.order_by(items.code).limit(most))] if len(code) > signs else []


def _by_alias(conn: Connection, *, region: str, name: str, on: date) -> ItemMatch | None:
    """The item in force that another name means on a day: the name as it stands first, then without what bills add."""
    alias = catalogue_aliases.c
    for plain, score in ((plain_name(name), SURE_BP), (core_name(name), ADDED_BP)):
        query = select(alias.code).where(
            alias.region == region, alias.plain == plain, alias.valid_from <= on, or_(alias.valid_to.is_(None), alias.valid_to > on)
        )
        code = conn.execute(query).scalar_one_or_none() if plain else None
        if code is not None and get_item(conn, region=region, code=code, on=on) is not None:
            return ItemMatch(code=code, how="alias", score_bp=score)
    return None


def _search(conn: Connection, region: str) -> ItemSearch | None:
    stamp = conn.execute(select(catalogue_stamps.c.stamp).where(catalogue_stamps.c.region == region)).scalar_one_or_none()
    if stamp is None:
        return None
    where = (str(conn.engine.url), region)
    kept = _kept.get(where)
    if kept is not None and kept[0] == stamp:
        return kept[1]
    in_region = catalogue_items.c.region == region
    if conn.execute(select(func.count()).select_from(catalogue_items).where(in_region)).scalar_one() > MOST_NAMES:
        return None
    rows = conn.execute(select(*_COLUMNS).where(in_region).order_by(catalogue_items.c.code, catalogue_items.c.valid_from))
    search = ItemSearch(_item(row) for row in rows)
    if len(_kept) >= MOST_KEPT:
        _kept.clear()
    _kept[where] = (stamp, search)
    return search


def snapshot_rows(conn: Connection, *, region: str | None = None) -> Iterator[CatalogueRow]:
    """All rows (of one region, if asked) for a rules snapshot, by region, code and start; the payload is ``payload_of``.

    Codes come in the order of their signs, whatever the collation of the database: compiling needs it.
    """
    codes = [catalogue_items.c.region, catalogue_items.c.code]
    plain = [column.collate("C") for column in codes] if conn.dialect.name == "postgresql" else codes
    query = select(*_COLUMNS).order_by(*plain, catalogue_items.c.valid_from)
    if region is not None:
        query = query.where(catalogue_items.c.region == region)
    for row in conn.execute(query.execution_options(yield_per=1_000)):
        item = _item(row)
        yield CatalogueRow(region=item.region, item=item.code, valid_from=item.valid_from, payload=payload_of(item), valid_to=item.valid_to)


def _item(row: Row[Any]) -> CatalogueItem:
    return CatalogueItem(**row._mapping)
