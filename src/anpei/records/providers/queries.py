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
    stamp = conn.execute(select(provider_stamps.c.stamp)).scalar_one_or_none()
    if stamp is None:
        return NO_MATCH
    where = str(conn.engine.url)
    kept = _kept.get(where)
    if kept is None or kept[0] != stamp:
        if len(_kept) >= MOST_KEPT:
            _kept.clear()
        kept = (stamp, Register([_provider(row) for row in conn.execute(select(providers).order_by(providers.c.id))]))
        _kept[where] = kept
    return kept[1].find(name, region=region)


def list_providers(conn: Connection, *, region: str | None = None) -> list[Provider]:
    """All hospitals by name, of one region (a prefix of its code) if asked."""
    query = select(providers).order_by(providers.c.normalised, providers.c.region)
    if region is not None:
        query = query.where(providers.c.region.startswith(region, autoescape=True))
    return [_provider(row) for row in conn.execute(query)]


def _provider(row: Row[Any]) -> Provider:
    return Provider(id=row.id, name=row.name, region=row.region, grade=row.grade, ownership=row.ownership, designated=row.designated)
