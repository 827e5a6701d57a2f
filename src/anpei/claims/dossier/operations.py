"""Writes: open a claim, move its state, append a section, append to the timeline, open a new round."""

import secrets
from datetime import datetime
from typing import Any

from sqlalchemy import func, insert, select, update
from sqlalchemy.exc import IntegrityError

from anpei.claims.dossier import queries
from anpei.claims.dossier._tables import claims, sections, timeline
from anpei.claims.dossier.model import ENDED, Claim, ClaimState, Lane, Section, SectionName, StateNotAllowed, check_move
from anpei.engines.db import Connection
from anpei.kernel import canonical, ids
from anpei.kernel.clock import SHANGHAI
from anpei.kernel.errors import Conflict
from anpei.trust.vault import Vault


class SectionExists(Conflict):
    """This section of this round was written already: the step ran twice, and the first result stands."""

    code = "claims.section_exists"


def open_claim(
    conn: Connection, *, vault: Vault, insurer_id: str, policy_id: str, product_id: str, plan: str, request_id: str | None, at: datetime
) -> Claim:
    """A new claim in state reported, round 1, with a fresh salt for its identity commitments."""
    claim_id = ids.new_id()
    row = {
        "id": claim_id, "claim_no": _claim_no(at), "insurer_id": insurer_id, "policy_id": policy_id, "product_id": product_id,
        "plan": plan, "state": ClaimState.REPORTED.value, "lane": None, "round": 1, "request_id": request_id,
        "salt": vault.seal_text(secrets.token_hex(16), context=f"claims.salt:{claim_id}"), "reported_at": at, "updated_at": at,
    }  # fmt: skip
    conn.execute(insert(claims).values(row))
    return queries.get_claim(conn, vault=vault, claim_id=claim_id)


def _claim_no(at: datetime) -> str:
    return f"AP{at.astimezone(SHANGHAI):%Y%m%d}{secrets.randbelow(10**8):08d}"


def lock(conn: Connection, *, vault: Vault, claim_id: str) -> Claim:
    """The claim, locked until the transaction ends, so that two steps never run on it at once."""
    if conn.dialect.name != "sqlite":
        conn.execute(select(claims.c.id).where(claims.c.id == claim_id).with_for_update())
    return queries.get_claim(conn, vault=vault, claim_id=claim_id)


def move(conn: Connection, *, claim: Claim, to: ClaimState, at: datetime) -> None:
    """The one setter of the state. Raises StateNotAllowed, also when another step moved the claim meanwhile."""
    check_move(claim_id=claim.id, old=claim.state, new=to)
    changed = conn.execute(
        update(claims).where(claims.c.id == claim.id, claims.c.state == claim.state.value).values(state=to.value, updated_at=at)
    ).rowcount
    if changed != 1:
        raise StateNotAllowed(f"claim {claim.id} is no longer {claim.state.value}: look at it again", data={"claim": claim.id})


def set_lane(conn: Connection, *, claim: Claim, lane: Lane, at: datetime) -> None:
    """Set who works on the claim."""
    conn.execute(update(claims).where(claims.c.id == claim.id).values(lane=lane.value, updated_at=at))


def open_round(conn: Connection, *, claim: Claim, at: datetime, to: ClaimState = ClaimState.COLLECTING) -> int:
    """A new round after a supplement, a reopening or a failed payment: earlier sections stay as they are. Returns its number."""
    check_move(claim_id=claim.id, old=claim.state, new=to)
    number = claim.round + 1
    conn.execute(update(claims).where(claims.c.id == claim.id).values(state=to.value, round=number, updated_at=at))
    return number


def write_section(conn: Connection, *, vault: Vault, claim: Claim, name: SectionName, payload: dict[str, Any], at: datetime) -> Section:
    """Append a section for the claim's current round. Raises SectionExists: sections are never edited."""
    sealed = vault.seal_bytes(canonical.canonical(payload), context=f"sections:{claim.id}:{claim.round}:{name.value}")
    section = Section(claim.id, name, claim.round, payload, canonical.digest(payload), at)
    row = {
        "id": ids.new_id(), "claim_id": claim.id, "name": name.value, "round": claim.round, "payload": sealed,
        "digest": section.digest, "written_at": at,
    }  # fmt: skip
    try:
        with conn.begin_nested():
            conn.execute(insert(sections).values(row))
    except IntegrityError as error:
        raise SectionExists(
            f"claim {claim.id} has section {name.value} of round {claim.round} already", data={"claim": claim.id, "section": name.value}
        ) from error
    return section


def append_timeline(conn: Connection, *, claim_id: str, event: str, data: dict[str, Any], at: datetime) -> None:
    """Append what happened. The caller holds the claim's lock or is its only writer."""
    last, number = conn.execute(
        select(func.coalesce(func.max(timeline.c.seq), 0), claims.c.round)
        .select_from(claims.outerjoin(timeline, timeline.c.claim_id == claims.c.id))
        .where(claims.c.id == claim_id)
        .group_by(claims.c.round)
    ).one()
    conn.execute(insert(timeline).values(claim_id=claim_id, seq=last + 1, at=at, event=event, round=number, data=data))


def is_ended(claim: Claim) -> bool:
    """Whether the claim is ended (it may still be reopened)."""
    return claim.state in ENDED
