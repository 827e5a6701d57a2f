"""What people do to releases: propose, approve, withdraw, go back; every step signed and on the trail. The caller's transaction."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

from sqlalchemy import insert, select, update

from anpei.claims.iteration._moves import IterationDesk, Taking, lock_standing, move, next_number, slot_of, take_back, write_step
from anpei.claims.iteration._tables import STANDING_ID, release_notices, rule_releases, rule_standing
from anpei.claims.iteration.bounds import CAUSES, Cause, Figures, broken_bound, is_overdue
from anpei.claims.iteration.events import ReleaseProposed
from anpei.claims.iteration.model import (
    NEXT,
    OPEN,
    PROPOSED,
    InUse,
    Release,
    ReleaseConflict,
    ReleaseState,
    check_four_eyes,
    check_move,
    checked_reason,
    proposal_statement,
    step_statement,
)
from anpei.claims.iteration.queries import get_figures, get_release, last_person, list_releases
from anpei.claims.iteration.reports import checked_report
from anpei.engines.db import Connection
from anpei.kernel import ids
from anpei.kernel.errors import Forbidden
from anpei.rules.snapshots.standing import check_share
from anpei.trust.access import Actor, Scope, require
from anpei.trust.identity import session_held
from anpei.trust.signing import PersonRequired, PersonSignature, sign_as_person

READ, PROPOSE, APPROVE, GO_BACK = "rule.read", "rule.propose", "rule.publish", "rule.rollback"
INSTALLATION = "machine:installation"
APPROVED, BACK, WITHDRAWN, REPLACED, FIRST = "approved", "back", "withdrawn", "replaced", "first"

__all__ = ["APPROVE", "GO_BACK", "PROPOSE", "READ", "IterationDesk", "Proposal", "adopt", "approve", "propose", "roll_back", "withdraw"]


@dataclass(frozen=True, slots=True)
class Proposal:
    """What is proposed. ``share_bp``: None takes the rulebook's; ``bounds``: what differs from the rulebook's; ``report``: of a replay."""

    snapshot_id: str
    reason: str
    share_bp: int | None = None
    bounds: Mapping[str, Any] = field(default_factory=dict)
    report: Mapping[str, Any] | None = None


def adopt(conn: Connection, *, desk: IterationDesk, snapshot_id: str, at: datetime) -> None:
    """Make the snapshot that was published before there were releases the first live one. Does nothing when there are releases."""
    lock_standing(conn)
    if conn.execute(select(rule_releases.c.id).limit(1)).first() is not None:
        return
    taking = Taking(INSTALLATION, FIRST, "published with the installation", at)
    rules = desk.rules
    release = Release(
        id=ids.new_id(), snapshot_id=snapshot_id, state=ReleaseState.LIVE, proposer=INSTALLATION, share_bp=rules.share_bp,
        bounds=rules.bounds, report=None, replaces=None, proposed_at=at, since=at,
    )  # fmt: skip
    _insert(conn, release)
    conn.execute(update(rule_standing).where(rule_standing.c.id == STANDING_ID).values(revision=rule_standing.c.revision + 1))
    write_step(conn, desk=desk, release=release, to=ReleaseState.LIVE, taking=taking, first=True)


def propose(conn: Connection, *, desk: IterationDesk, actor: Actor, proposal: Proposal, at: datetime) -> Release:
    """Propose a snapshot; it is a draft and changes nothing. Raises Forbidden, PersonRequired, ReleaseInvalid, ReleaseConflict."""
    _require(conn, actor=actor, permission=PROPOSE, at=at)
    reason = checked_reason(proposal.reason)
    bounds = desk.rules.bounds_with(proposal.bounds)
    share = desk.rules.share_bp if proposal.share_bp is None else proposal.share_bp
    check_share(share)
    report = None if proposal.report is None else checked_report(proposal.report, snapshot_id=proposal.snapshot_id)
    lock_standing(conn)
    for other in list_releases(conn, states=tuple(OPEN)):
        if other.snapshot_id == proposal.snapshot_id:
            raise ReleaseConflict(
                f"the snapshot {proposal.snapshot_id[:12]} is {other.state.value} already by release {other.id}",
                data={"release": other.id, "state": other.state.value},
            )
    release = Release(
        id=ids.new_id(), snapshot_id=proposal.snapshot_id, state=ReleaseState.DRAFT, proposer=actor.account_id, share_bp=share,
        bounds=bounds, report=report, replaces=None, proposed_at=at, since=at,
    )  # fmt: skip
    statement = proposal_statement(release=release, reason=reason)
    signature = sign_as_person(signer=desk.signer, actor=actor, at=at, statement=statement)
    _insert(conn, release)
    desk.emit(conn, ReleaseProposed(release.id, release.snapshot_id))
    taking = Taking(actor.account_id, PROPOSED, reason, at, signature)
    write_step(conn, desk=desk, release=release, to=ReleaseState.DRAFT, taking=taking, first=True)
    return release


def approve(
    conn: Connection, *, desk: IterationDesk, actor: Actor, release_id: str, to: ReleaseState, reason: str, at: datetime
) -> Release:  # fmt: skip
    """Approve the next step: into shadow, into canary, live.

    Raises FourEyes, ReleaseConflict, ReleaseInvalid, Forbidden, PersonRequired.
    """
    _require(conn, actor=actor, permission=APPROVE, at=at)
    reason = checked_reason(reason)
    used = lock_standing(conn)
    release = get_release(conn, release_id=release_id)
    check_move(release_id=release_id, old=release.state, new=to)
    if NEXT.get(release.state) is not to:
        raise ReleaseConflict(f"release {release_id} becomes {to.value} by another command", data={"release": release_id})
    check_four_eyes(release=release, to=to, account_id=actor.account_id, before=last_person(conn, release_id=release_id))
    figures = _check_ready(conn, release=release, used=used, to=to, at=at)
    taking = Taking(
        actor.account_id, APPROVED, reason, at, _sign(conn, desk=desk, actor=actor, release=release, to=to, reason=reason, at=at)
    )
    replaced = used.live if to is ReleaseState.LIVE else None
    if replaced is not None:
        move(conn, desk=desk, release=replaced, to=ReleaseState.RETIRED, taking=Taking(actor.account_id, REPLACED, reason, at))
    return move(conn, desk=desk, release=release, to=to, taking=taking, figures=figures, replaces=None if replaced is None else replaced.id)


def withdraw(conn: Connection, *, desk: IterationDesk, actor: Actor, release_id: str, reason: str, at: datetime) -> Release:
    """Withdraw a release that decides nothing yet (draft, shadow). Raises ReleaseConflict, Forbidden, PersonRequired, ReleaseInvalid."""
    _require(conn, actor=actor, permission=PROPOSE, at=at)
    reason = checked_reason(reason)
    lock_standing(conn)
    release, to = get_release(conn, release_id=release_id), ReleaseState.WITHDRAWN
    check_move(release_id=release_id, old=release.state, new=to)
    taking = Taking(
        actor.account_id, WITHDRAWN, reason, at, _sign(conn, desk=desk, actor=actor, release=release, to=to, reason=reason, at=at)
    )
    return move(conn, desk=desk, release=release, to=to, taking=taking)


def roll_back(conn: Connection, *, desk: IterationDesk, actor: Actor, release_id: str, reason: str, at: datetime) -> Release:
    """A person takes back a release: from canary, or from live to the one before. One person is enough to go back.

    With the live one goes what was measured against it: the one in canary too. Raises ReleaseConflict, Forbidden, PersonRequired.
    """
    _require(conn, actor=actor, permission=GO_BACK, at=at)
    reason = checked_reason(reason)
    used = lock_standing(conn)
    release, to = get_release(conn, release_id=release_id), ReleaseState.ROLLED_BACK
    check_move(release_id=release_id, old=release.state, new=to)
    taking = Taking(
        actor.account_id, Cause.PERSON.value, reason, at, _sign(conn, desk=desk, actor=actor, release=release, to=to, reason=reason, at=at)
    )
    if release.state is ReleaseState.CANARY:
        figures = _figures(conn, release=release, used=used)
        return take_back(conn, desk=desk, release=release, taking=taking, cause=Cause.PERSON, figures=figures)
    if release.replaces is None:
        raise ReleaseConflict(f"release {release_id} is the first one: there is none before it to go back to", data={"release": release_id})
    before = get_release(conn, release_id=release.replaces)
    _clear_trials(conn, desk=desk, used=used, before=before, taking=taking)
    on_trial = get_figures(conn, release_id=release.id, stage=ReleaseState.CANARY, base_id=before.snapshot_id)
    gone = take_back(conn, desk=desk, release=release, taking=taking, cause=Cause.PERSON, figures=on_trial)
    move(conn, desk=desk, release=before, to=ReleaseState.LIVE, taking=Taking(actor.account_id, BACK, reason, at))
    return gone


def read_notices(conn: Connection, *, account_id: str, at: datetime) -> None:
    """Note that a person has seen their notices."""
    mine = (release_notices.c.account_id == account_id, release_notices.c.read_at.is_(None))
    conn.execute(update(release_notices).where(*mine).values(read_at=at))


def _clear_trials(conn: Connection, *, desk: IterationDesk, used: InUse, before: Release, taking: Taking) -> None:
    """What was on trial over the live release that goes: the canary goes with it, and a shadow of the very snapshot that comes back."""
    because = Taking(taking.by, Cause.BASE.value, taking.reason, taking.at)
    if used.canary is not None:
        figures = _figures(conn, release=used.canary, used=used)
        take_back(conn, desk=desk, release=used.canary, taking=because, cause=Cause.BASE, figures=figures)
    if used.shadow is not None and used.shadow.snapshot_id == before.snapshot_id:
        move(conn, desk=desk, release=used.shadow, to=ReleaseState.WITHDRAWN, taking=because)


def _check_ready(conn: Connection, *, release: Release, used: InUse, to: ReleaseState, at: datetime) -> Figures | None:
    """The figures by which a release may go on; None for the first step, which has none. Raises ReleaseConflict."""
    held = {ReleaseState.SHADOW: used.shadow, ReleaseState.CANARY: used.canary}.get(to)
    if held is not None:
        raise ReleaseConflict(
            f"release {held.id} is in {to.value} already: one at a time; end it first", data={"release": held.id, "state": to.value}
        )
    if to is ReleaseState.SHADOW:
        if used.live is not None and used.live.snapshot_id == release.snapshot_id:
            raise ReleaseConflict(f"the snapshot of release {release.id} is the live one", data={"release": release.id})
        return None
    figures = _figures(conn, release=release, used=used)
    broken = broken_bound(figures, release.bounds)
    if broken is None and release.state is ReleaseState.CANARY and is_overdue(since=release.since, at=at, bounds=release.bounds):
        broken = Cause.TIME
    if broken is not None:
        raise ReleaseConflict(
            f"release {release.id} may not become {to.value}: {CAUSES[broken][1]} ({figures.compared} compared)",
            data={"release": release.id, "advice": f"不能进入下一步：{CAUSES[broken][0]}（已对比 {figures.compared} 件）"},
        )
    if figures.compared < release.bounds.least_claims:
        least = release.bounds.least_claims
        raise ReleaseConflict(
            f"release {release.id} may not become {to.value} yet: {figures.compared} claims compared, {least} are needed",
            data={"release": release.id, "advice": f"对比的赔案还不够：已有 {figures.compared} 件，需要 {least} 件"},
        )
    return figures


def _figures(conn: Connection, *, release: Release, used: InUse) -> Figures:
    base = "" if used.live is None else used.live.snapshot_id
    return get_figures(conn, release_id=release.id, stage=release.state, base_id=base)


def _insert(conn: Connection, release: Release) -> None:
    row = {
        "id": release.id, "snapshot_id": release.snapshot_id, "state": release.state.value, "slot": slot_of(release.state),
        "proposer": release.proposer, "share_bp": release.share_bp, "bounds": release.bounds.model_dump(mode="json"),
        "report": None if release.report is None else dict(release.report), "replaces": None, "proposed_at": release.proposed_at,
        "since": release.since,
    }  # fmt: skip
    conn.execute(insert(rule_releases).values(row))


def _sign(
    conn: Connection, *, desk: IterationDesk, actor: Actor, release: Release, to: ReleaseState, reason: str, at: datetime
) -> PersonSignature:  # fmt: skip
    statement = step_statement(release=release, number=next_number(conn, release_id=release.id), to=to, reason=reason)
    return sign_as_person(signer=desk.signer, actor=actor, at=at, statement=statement)


def _require(conn: Connection, *, actor: Actor, permission: str, at: datetime) -> None:
    """A signed-in person with the permission, for all insurers: rules are shared by all of them."""
    require(actor, permission)
    if actor.insurers is not Scope.ALL:
        raise Forbidden(
            f"the account {actor.account_id} is limited to some insurers, and rules hold for all: somebody without that limit must",
            data={"account": actor.account_id, "permission": permission},
        )
    if not actor.is_person or not session_held(conn, session_id=str(actor.session_id), account_id=actor.account_id, at=at):
        raise PersonRequired(f"the account {actor.account_id} is not signed in: sign in first", data={"account": actor.account_id})
