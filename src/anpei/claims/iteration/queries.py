"""Reads of rule iteration: releases, their steps and figures, notices, and what is in use by the tables."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import Row, select

from anpei.claims.iteration._tables import (
    STANDING_ID,
    release_comparisons,
    release_notices,
    release_steps,
    release_tallies,
    rule_releases,
    rule_standing,
)
from anpei.claims.iteration.bounds import Bounds, Cause, Figures
from anpei.claims.iteration.comparison import Comparison
from anpei.claims.iteration.model import FOLLOWING, IN_USE, InUse, Release, ReleaseState, ReleaseUnknown, Step, statement_of
from anpei.engines.db import Connection
from anpei.rules.snapshots.standing import Canary, Shadow, Standing
from anpei.trust.signing import PersonSignature, SignatureInvalid, person_signature_holds
from anpei.trust.vault import Vault

MACHINE = "machine:"


@dataclass(frozen=True, slots=True)
class ReleaseNotice:
    """What a proposer or an approver is told: why a release was taken back (or a bound broke beside), with the figures."""

    release_id: str
    account_id: str
    kind: str
    cause: Cause
    figures: Mapping[str, Any]
    at: datetime
    read_at: datetime | None


def get_release(conn: Connection, *, release_id: str) -> Release:
    """One release. Raises ReleaseUnknown."""
    row = conn.execute(select(rule_releases).where(rule_releases.c.id == release_id)).first()
    if row is None:
        raise ReleaseUnknown(f"there is no release {release_id[:60]}: take one from the list", data={"release": release_id[:60]})
    return _release(row)


def list_releases(conn: Connection, *, states: Sequence[ReleaseState] = tuple(ReleaseState)) -> list[Release]:
    """Releases in these states, newest first."""
    query = select(rule_releases).where(rule_releases.c.state.in_([state.value for state in states]))
    return [_release(row) for row in conn.execute(query.order_by(rule_releases.c.id.desc()))]


def in_use(conn: Connection) -> InUse:
    """The releases that are in use."""
    held = {release.state: release for release in list_releases(conn, states=tuple(IN_USE))}
    revision = conn.execute(select(rule_standing.c.revision).where(rule_standing.c.id == STANDING_ID)).scalar_one_or_none()
    return InUse(revision or 0, held.get(ReleaseState.LIVE), held.get(ReleaseState.CANARY), held.get(ReleaseState.SHADOW))


def standing(conn: Connection) -> Standing | None:
    """The document that readers of snapshots must find; None while no release was ever made here."""
    used = in_use(conn)
    if used.live is None:
        return None
    canary = None if used.canary is None else Canary(used.canary.snapshot_id, used.canary.share_bp, used.canary.id)
    shadow = None if used.shadow is None else Shadow(used.shadow.snapshot_id, used.shadow.id)
    return Standing(used.live.snapshot_id, canary, shadow, used.revision)


def list_steps(conn: Connection, *, vault: Vault, release_id: str) -> list[Step]:
    """The steps of a release in their order, whatever clocks said."""
    rows = conn.execute(select(release_steps).where(release_steps.c.release_id == release_id).order_by(release_steps.c.number))
    return [_step(row, vault) for row in rows]


def signature_problems(conn: Connection, *, vault: Vault, release_id: str, trusted_key: str) -> list[str]:
    """Which steps of a release are not what their person signed, or lack a signature; empty when all hold."""
    release, problems = get_release(conn, release_id=release_id), []
    for step in list_steps(conn, vault=vault, release_id=release_id):
        if step.by.startswith(MACHINE) or (step.signature is None and step.cause in FOLLOWING):
            continue
        try:
            signature = None if step.signature is None else PersonSignature.from_data(step.signature)
        except SignatureInvalid:
            signature = None
        statement = statement_of(release=release, step=step)
        if signature is None or signature.account_id != step.by or not person_signature_holds(signature, statement, trusted_key):
            problems.append(f"step {step.number} ({step.to_state.value}) was not signed by {step.by} as it stands")
    return problems


def last_person(conn: Connection, *, release_id: str) -> str:
    """Who took the last step of a release."""
    query = select(release_steps.c.by).where(release_steps.c.release_id == release_id).order_by(release_steps.c.number.desc()).limit(1)
    return str(conn.execute(query).scalar_one())


def people_of(conn: Connection, *, release_id: str) -> list[str]:
    """The accounts that proposed a release or took a step of it, in their order."""
    query = select(release_steps.c.by).where(release_steps.c.release_id == release_id).order_by(release_steps.c.number)
    return [by for by in dict.fromkeys(conn.execute(query).scalars()) if not by.startswith(MACHINE)]


def get_figures(conn: Connection, *, release_id: str, stage: ReleaseState, base_id: str) -> Figures:
    """What was counted in a stage against a live snapshot; nothing counted is all zeros."""
    columns = [release_tallies.c[name] for name in Figures.__slots__]
    query = select(*columns).where(
        release_tallies.c.release_id == release_id, release_tallies.c.stage == stage.value, release_tallies.c.base_id == base_id
    )
    row = conn.execute(query).first()
    return Figures() if row is None else Figures(**{name: int(value) for name, value in row._mapping.items()})


def list_comparisons(
    conn: Connection, *, release_id: str, stage: ReleaseState | None = None, differing_only: bool = False, limit: int = 200
) -> list[Comparison]:
    """Compared claims of a release, newest claims first; ``differing_only``: those that differ or failed."""
    table = release_comparisons.c
    query = select(release_comparisons).where(table.release_id == release_id)
    if stage is not None:
        query = query.where(table.stage == stage.value)
    if differing_only:
        query = query.where(table.failed.is_not(None) | table.hits_differ | table.lane_differ | table.amount_differ)
    rows = conn.execute(query.order_by(table.claim_id.desc(), table.round.desc()).limit(limit)).mappings()
    return [Comparison(**{**{name: row[name] for name in Comparison.__slots__}, "stage": ReleaseState(row["stage"])}) for row in rows]


def list_notices(conn: Connection, *, account_id: str) -> list[ReleaseNotice]:
    """What a person was told of releases, newest first."""
    query = select(release_notices).where(release_notices.c.account_id == account_id)
    rows = conn.execute(query.order_by(release_notices.c.at.desc(), release_notices.c.release_id.desc()))
    return [ReleaseNotice(row.release_id, row.account_id, row.kind, Cause(row.cause), row.figures, row.at, row.read_at) for row in rows]


def _release(row: Row[Any]) -> Release:
    return Release(
        row.id, row.snapshot_id, ReleaseState(row.state), row.proposer, row.share_bp, Bounds.model_validate(row.bounds), row.report,
        row.replaces, row.proposed_at, row.since,
    )  # fmt: skip


def reason_context(release_id: str, number: int) -> str:
    """Under what the reason of a step is sealed."""
    return f"release_steps:{release_id}:{number}"


def _step(row: Row[Any], vault: Vault) -> Step:
    reason = vault.open_text(row.reason, context=reason_context(row.release_id, row.number))
    from_state = None if row.from_state is None else ReleaseState(row.from_state)
    return Step(
        row.release_id, row.number, from_state, ReleaseState(row.to_state), row.by, row.cause, reason, row.figures, row.at, row.signature
    )
