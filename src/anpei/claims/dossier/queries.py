"""Reads of the dossier."""

import json
from typing import Any

from sqlalchemy import Row, Select, func, select

from anpei.claims.dossier._tables import claims, sections, timeline
from anpei.claims.dossier.model import Claim, ClaimState, Lane, Section, SectionName, TimelineEntry
from anpei.engines.db import Connection
from anpei.kernel.errors import NotFound
from anpei.trust.vault import Vault


class ClaimNotFound(NotFound):
    """No claim with this id."""

    code = "claims.not_found"


def get_claim(conn: Connection, *, vault: Vault, claim_id: str) -> Claim:
    """The claim's row. Raises ClaimNotFound."""
    row = conn.execute(select(claims).where(claims.c.id == claim_id)).first()
    if row is None:
        raise ClaimNotFound(f"no claim {claim_id}", data={"claim": claim_id})
    return _claim(row, vault)


def find_by_request(conn: Connection, *, vault: Vault, insurer_id: str, request_id: str) -> Claim | None:
    """The claim that an earlier identical request opened."""
    row = conn.execute(select(claims).where(claims.c.insurer_id == insurer_id, claims.c.request_id == request_id)).first()
    return None if row is None else _claim(row, vault)


def find_by_number(conn: Connection, *, vault: Vault, claim_no: str) -> Claim | None:
    """The claim with this human number."""
    row = conn.execute(select(claims).where(claims.c.claim_no == claim_no)).first()
    return None if row is None else _claim(row, vault)


def list_claims(
    conn: Connection,
    *,
    vault: Vault,
    insurers: frozenset[str] | None,
    policies: frozenset[str] | None = None,
    states: tuple[ClaimState, ...] = (),
    limit: int = 50,
    before: str | None = None,
) -> list[Claim]:
    """Claims of the insurers and policies in scope (None is all), newest first; ``before`` is the last id of the previous page."""
    query = _in_scope(select(claims), insurers, policies).order_by(claims.c.id.desc()).limit(limit)
    if states:
        query = query.where(claims.c.state.in_([state.value for state in states]))
    if before is not None:
        query = query.where(claims.c.id < before)
    return [_claim(row, vault) for row in conn.execute(query)]


def count_by_state(conn: Connection, *, insurers: frozenset[str] | None, policies: frozenset[str] | None = None) -> dict[str, int]:
    """How many claims in scope stand in each state."""
    query = _in_scope(select(claims.c.state, func.count()), insurers, policies).group_by(claims.c.state)
    return {str(row[0]): int(row[1]) for row in conn.execute(query)}


def _in_scope(query: Select[Any], insurers: frozenset[str] | None, policies: frozenset[str] | None) -> Select[Any]:
    if insurers is not None:
        query = query.where(claims.c.insurer_id.in_(sorted(insurers)))
    if policies is not None:
        query = query.where(claims.c.policy_id.in_(sorted(policies)))
    return query


def find_section(conn: Connection, *, vault: Vault, claim_id: str, name: SectionName, round: int | None = None) -> Section | None:
    """A section of a round, or the newest one."""
    query = select(sections).where(sections.c.claim_id == claim_id, sections.c.name == name.value)
    if round is not None:
        query = query.where(sections.c.round == round)
    row = conn.execute(query.order_by(sections.c.round.desc()).limit(1)).first()
    return None if row is None else _section(row, vault)


def get_section(conn: Connection, *, vault: Vault, claim_id: str, name: SectionName, round: int | None = None) -> Section:
    """As find_section; raises NotFound when it was not written yet."""
    section = find_section(conn, vault=vault, claim_id=claim_id, name=name, round=round)
    if section is None:
        raise NotFound(f"claim {claim_id} has no section {name.value} yet", data={"claim": claim_id, "section": name.value})
    return section


def list_sections(conn: Connection, *, claim_id: str) -> list[dict[str, Any]]:
    """Which sections exist: name, round, digest, written_at."""
    query = select(sections.c.name, sections.c.round, sections.c.digest, sections.c.written_at).where(sections.c.claim_id == claim_id)
    return [dict(row._mapping) for row in conn.execute(query.order_by(sections.c.round, sections.c.written_at))]


def list_timeline(conn: Connection, *, claim_id: str) -> list[TimelineEntry]:
    """Everything that happened, oldest first."""
    rows = conn.execute(select(timeline).where(timeline.c.claim_id == claim_id).order_by(timeline.c.seq))
    return [TimelineEntry(row.seq, row.at, row.event, row.round, row.data) for row in rows]


REOPENED = "claims.intake.reopened"


def was_reopened(conn: Connection, *, claim_id: str) -> bool:
    """Whether the claim was ever opened again after its end."""
    query = select(func.count()).select_from(timeline).where(timeline.c.claim_id == claim_id, timeline.c.event == REOPENED)
    return int(conn.execute(query).scalar_one()) > 0


def _claim(row: Row[Any], vault: Vault) -> Claim:
    return Claim(
        id=row.id, claim_no=row.claim_no, insurer_id=row.insurer_id, policy_id=row.policy_id, product_id=row.product_id, plan=row.plan,
        state=ClaimState(row.state), lane=None if row.lane is None else Lane(row.lane), round=row.round, request_id=row.request_id,
        salt=vault.open_text(row.salt, context=f"claims.salt:{row.id}"), reported_at=row.reported_at, updated_at=row.updated_at,
    )  # fmt: skip


def _section(row: Row[Any], vault: Vault) -> Section:
    name = SectionName(row.name)
    data = vault.open_bytes(row.payload, context=f"sections:{row.claim_id}:{row.round}:{name.value}")
    return Section(row.claim_id, name, row.round, json.loads(data), row.digest, row.written_at)
