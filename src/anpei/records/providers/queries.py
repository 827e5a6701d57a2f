"""Find a hospital by the name a document prints. The register is kept in memory per database and read anew when it changed."""

from typing import Any

from sqlalchemy import Row, select

from anpei.engines.db import Connection
from anpei.records.providers._register import Register
from anpei.records.providers._tables import provider_stamps, providers
from anpei.records.providers.model import NO_MATCH, Provider, ProviderMatch

MOST_KEPT = 4
_kept: dict[str, tuple[str, Register]] = {}


def find_provider(conn: Connection, *, name: str, region: str | None = None) -> ProviderMatch:
    """The hospital that a printed name means; ``provider`` is None when none is clearly meant."""
    register = _register(conn)
    return NO_MATCH if register is None else register.find(name, region=region)


def offer_providers(conn: Connection, *, name: str, most: int = 3, least_bp: int = 4_000) -> list[Provider]:
    """The hospitals whose names are most like it, for a person to choose from; empty when none is like it."""
    register = _register(conn)
    return [] if register is None else register.offers(name, most=most, least_bp=least_bp)


def _register(conn: Connection) -> Register | None:
    """The register of the database; None while there is none."""
    stamp = conn.execute(select(provider_stamps.c.stamp)).scalar_one_or_none()
    if stamp is None:
        return None
    where = str(conn.engine.url)
    kept = _kept.get(where)
    if kept is None or kept[0] != stamp:
        if len(_kept) >= MOST_KEPT:
            _kept.clear()
        kept = (stamp, Register([_provider(row) for row in conn.execute(select(providers).order_by(providers.c.id))]))
        _kept[where] = kept
    return kept[1]


def list_providers(conn: Connection, *, region: str | None = None) -> list[Provider]:
    """All hospitals by name, of one region (a prefix of its code) if asked."""
    query = select(providers).order_by(providers.c.normalised, providers.c.region)
    if region is not None:
        query = query.where(providers.c.region.startswith(region, autoescape=True))
    return [_provider(row) for row in conn.execute(query)]


def _provider(row: Row[Any]) -> Provider:
    return Provider(id=row.id, name=row.name, region=row.region, grade=row.grade, ownership=row.ownership, designated=row.designated)
