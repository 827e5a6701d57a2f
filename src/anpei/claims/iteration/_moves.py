"""The one setter of a release's state, with its step, the revision of what is in use, the event and the trail. The caller's transaction."""

from collections.abc import Mapping
from dataclasses import dataclass, replace
from datetime import datetime
from typing import Any

from sqlalchemy import func, insert, select, update
from sqlalchemy.dialects import postgresql, sqlite

from anpei.claims.iteration._tables import STANDING_ID, release_notices, release_steps, rule_releases, rule_standing
from anpei.claims.iteration.bounds import Cause, Figures, told
from anpei.claims.iteration.events import ReleaseMoved, ReleaseRolledBack
from anpei.claims.iteration.model import IN_USE, InUse, Release, ReleaseState, check_move
from anpei.claims.iteration.queries import in_use, people_of, reason_context
from anpei.claims.iteration.rules import IterationRules
from anpei.engines.bus import Emit
from anpei.engines.db import Connection
from anpei.trust import trail
from anpei.trust.signing import PersonSignature, Signer
from anpei.trust.vault import Vault

ROLLED_BACK, BOUND_BROKEN = "rolled_back", "bound_broken"


@dataclass(frozen=True)
class IterationDesk:
    """What every write is done with."""

    vault: Vault
    signer: Signer
    rules: IterationRules
    emit: Emit


@dataclass(frozen=True, slots=True)
class Taking:
    """Who takes a step, why, with which signature. ``by``: an account, or ``machine:...``; ``cause``: a Cause, ``approved``, ``back``."""

    by: str
    cause: str
    reason: str
    at: datetime
    signature: PersonSignature | None = None

    @property
    def trail_name(self) -> str:
        """The actor on the trail."""
        return self.by if self.by.startswith("machine:") else f"person:{self.by}"


def lock_standing(conn: Connection) -> InUse:
    """Lock what is in use until the transaction ends and read it: every step of every release queues here."""
    query = select(rule_standing.c.revision).where(rule_standing.c.id == STANDING_ID).with_for_update()
    if conn.execute(query).first() is None:
        dialect = sqlite if conn.dialect.name == "sqlite" else postgresql
        row = {"id": STANDING_ID, "revision": 0}
        conn.execute(dialect.insert(rule_standing).values(row).on_conflict_do_nothing(index_elements=["id"]))
        conn.execute(query).one()
    return in_use(conn)


def next_number(conn: Connection, *, release_id: str) -> int:
    """The number of the step that comes next, from 1."""
    return 1 + int(conn.execute(select(func.count()).where(release_steps.c.release_id == release_id)).scalar_one())


def move(
    conn: Connection, *, desk: IterationDesk, release: Release, to: ReleaseState, taking: Taking, figures: Figures | None = None,
    replaces: str | None = None,
) -> Release:  # fmt: skip
    """Move a release; the standing is locked by the caller. Raises ReleaseConflict."""
    check_move(release_id=release.id, old=release.state, new=to)
    values = {"state": to.value, "slot": slot_of(to), "since": taking.at, "replaces": replaces or release.replaces}
    conn.execute(update(rule_releases).where(rule_releases.c.id == release.id).values(values))
    changes = release.state in IN_USE or to in IN_USE
    if changes:
        raised = update(rule_standing).where(rule_standing.c.id == STANDING_ID)
        conn.execute(raised.values(revision=rule_standing.c.revision + 1))
    write_step(conn, desk=desk, release=release, to=to, taking=taking, figures=figures)
    desk.emit(conn, ReleaseMoved(release.id, release.snapshot_id, release.state.value, to.value, int(changes)))
    return replace(release, state=to, since=taking.at, replaces=replaces or release.replaces)


def write_step(
    conn: Connection, *, desk: IterationDesk, release: Release, to: ReleaseState, taking: Taking, figures: Figures | None = None,
    first: bool = False,
) -> None:  # fmt: skip
    """Add the step and its entry on the trail."""
    number, counted = next_number(conn, release_id=release.id), {} if figures is None else told(figures)
    from_state = None if first else release.state.value
    row = {
        "release_id": release.id, "number": number, "from_state": from_state, "to_state": to.value, "by": taking.by, "cause": taking.cause,
        "reason": desk.vault.seal_text(taking.reason, context=reason_context(release.id, number)), "figures": counted,
        "signature": None if taking.signature is None else taking.signature.as_data(), "at": taking.at,
    }  # fmt: skip
    conn.execute(insert(release_steps).values(row))
    facts: dict[str, Any] = {"snapshot": release.snapshot_id, "number": number, "from": from_state, "to": to.value, "cause": taking.cause}
    if to in IN_USE:
        facts["share_bp"] = release.share_bp
    trail.append(
        conn, at=taking.at, actor=taking.trail_name, action=f"rules.release_{to.value}", subject=release.id,
        facts=facts if figures is None else {**facts, "figures": counted},
    )  # fmt: skip


def take_back(
    conn: Connection, *, desk: IterationDesk, release: Release, taking: Taking, cause: Cause, figures: Figures
) -> Release:  # fmt: skip
    """Roll a release back and tell those who proposed and approved it, with the figures."""
    tell(conn, release=release, kind=ROLLED_BACK, cause=cause, figures=figures, at=taking.at)
    desk.emit(conn, ReleaseRolledBack(release.id, release.snapshot_id, cause.value, figures.compared, figures.failed))
    return move(conn, desk=desk, release=release, to=ReleaseState.ROLLED_BACK, taking=taking, figures=figures)


def tell(conn: Connection, *, release: Release, kind: str, cause: Cause, figures: Figures, at: datetime) -> None:
    """Write the notice of a release to everybody who proposed or approved it, once a kind."""
    dialect = sqlite if conn.dialect.name == "sqlite" else postgresql
    counted: Mapping[str, Any] = told(figures)
    for account_id in people_of(conn, release_id=release.id):
        row = {
            "release_id": release.id, "account_id": account_id, "kind": kind, "cause": cause.value, "figures": counted, "at": at,
            "read_at": None,
        }  # fmt: skip
        conn.execute(dialect.insert(release_notices).values(row).on_conflict_do_nothing())


def slot_of(state: ReleaseState) -> str | None:
    """The place in use that a state holds."""
    return state.value if state in IN_USE else None
