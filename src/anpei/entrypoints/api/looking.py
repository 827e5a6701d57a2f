"""Opening a look: a read transaction with who asks, in which language, at which instant."""

from collections.abc import Iterator
from contextlib import contextmanager
from typing import Annotated

from fastapi import Query

from anpei.claims.dossier.model import Claim
from anpei.engines.db import Connection
from anpei.entrypoints.api.door import Door
from anpei.entrypoints.api.guards import Visitor
from anpei.entrypoints.api.views.sight import Sight, claim_in_sight
from anpei.entrypoints.api.words import Lang
from anpei.trust.access import ActorKind, Grant, open_personal

LangIn = Annotated[Lang, Query(description="zh or en")]
OWN_FILE = "own_file"


def sight_of(door: Door, conn: Connection, visitor: Visitor, lang: Lang = "zh") -> Sight:
    """A look on a connection that is open already."""
    return Sight(door=door, conn=conn, actor=visitor.actor, lang=lang, at=door.platform.clock.now())


@contextmanager
def look(door: Door, visitor: Visitor, lang: Lang = "zh") -> Iterator[Sight]:
    """A look that changes nothing."""
    with door.platform.database.read() as conn:
        yield sight_of(door, conn, visitor, lang)


def find_in_sight(door: Door, visitor: Visitor, claim_id: str) -> Claim:
    """The claim, once it is in sight: for what changes something. Raises ClaimNotFound."""
    with look(door, visitor) as sight:
        return claim_in_sight(sight, claim_id)


def open_fields(door: Door, visitor: Visitor, claim_id: str, *, purpose: str, fields: tuple[str, ...]) -> Grant:
    """Pass the gate to personal fields of a claim in sight; the access log has it before anything is handed out.

    Customers open their own file only. Raises ClaimNotFound, Forbidden.
    """
    with door.platform.database.write() as conn:
        sight = sight_of(door, conn, visitor)
        claim = claim_in_sight(sight, claim_id)
        is_customer = visitor.actor.kind is ActorKind.CUSTOMER
        return open_personal(
            conn, actor=visitor.actor, at=sight.at, purpose=OWN_FILE if is_customer else purpose, subject=claim.id, fields=fields,
            insurer_id=None if is_customer else claim.insurer_id, own=is_customer,
        )  # fmt: skip
