"""What the machine does to a release on trial: count what differs, and take it back when a bound breaks. The caller's transaction.

Every write may repeat one that was cut off: a claim's round counts once a stage, and what is no longer on trial is left alone.
"""

from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import update
from sqlalchemy.dialects import postgresql, sqlite

from anpei.claims.iteration._moves import BOUND_BROKEN, IterationDesk, Taking, lock_standing, take_back, tell
from anpei.claims.iteration._tables import release_comparisons, release_tallies
from anpei.claims.iteration.bounds import CAUSES, Cause, Figures, broken_bound, is_overdue
from anpei.claims.iteration.comparison import Comparison
from anpei.claims.iteration.model import InUse, Release, ReleaseState
from anpei.claims.iteration.queries import get_figures, in_use
from anpei.engines.db import Connection

BY = "machine:iteration"


@dataclass(frozen=True, slots=True)
class Trial:
    """What a judged claim says something about: a release in shadow or canary, held against the live one."""

    release: Release
    stage: ReleaseState
    live: Release


def trial_of(used: InUse, *, snapshot_id: str) -> Trial | None:
    """The trial that a claim judged by this snapshot belongs to: by the canary's own to the canary, by the live one to the shadow."""
    if used.live is None:
        return None
    if used.canary is not None and snapshot_id == used.canary.snapshot_id:
        return Trial(used.canary, ReleaseState.CANARY, used.live)
    if used.shadow is not None and snapshot_id == used.live.snapshot_id:
        return Trial(used.shadow, ReleaseState.SHADOW, used.live)
    return None


def record_comparison(conn: Connection, *, desk: IterationDesk, comparison: Comparison, at: datetime) -> Cause | None:
    """Count a comparison once and hold the figures against the bounds; returns the bound that broke, if one did.

    A broken bound takes a canary back at once. In shadow nothing is to be taken back: those who proposed it are told, once.
    """
    used = in_use(conn)
    release = _on_trial(used, comparison)
    if release is None or not _add(conn, comparison, at):
        return None
    figures = get_figures(conn, release_id=release.id, stage=comparison.stage, base_id=comparison.base_id)
    broken = broken_bound(figures, release.bounds)
    if broken is None:
        return None
    if comparison.stage is ReleaseState.SHADOW:
        tell(conn, release=release, kind=BOUND_BROKEN, cause=broken, figures=figures, at=at)
    else:
        _take_back(conn, desk=desk, release_id=release.id, cause=broken, figures=figures, at=at)
    return broken


def end_overdue(conn: Connection, *, desk: IterationDesk, at: datetime) -> bool:
    """Take the canary back when it has been on trial for longer than its bound. Returns whether it was."""
    used = in_use(conn)
    release = used.canary
    if release is None or used.live is None or not is_overdue(since=release.since, at=at, bounds=release.bounds):
        return False
    figures = get_figures(conn, release_id=release.id, stage=ReleaseState.CANARY, base_id=used.live.snapshot_id)
    return _take_back(conn, desk=desk, release_id=release.id, cause=Cause.TIME, figures=figures, at=at)


def _take_back(conn: Connection, *, desk: IterationDesk, release_id: str, cause: Cause, figures: Figures, at: datetime) -> bool:
    """Roll the canary back, unless somebody did while we looked."""
    release = lock_standing(conn).canary
    if release is None or release.id != release_id:
        return False
    taking = Taking(BY, cause.value, f"{CAUSES[cause][0]} / {CAUSES[cause][1]}", at)
    take_back(conn, desk=desk, release=release, taking=taking, cause=cause, figures=figures)
    return True


def _on_trial(used: InUse, comparison: Comparison) -> Release | None:
    """The release of a comparison while it is in that stage over that live snapshot; else the comparison says nothing any more."""
    release = used.shadow if comparison.stage is ReleaseState.SHADOW else used.canary
    if release is None or release.id != comparison.release_id or used.live is None:
        return None
    return release if used.live.snapshot_id == comparison.base_id else None


def _add(conn: Connection, comparison: Comparison, at: datetime) -> bool:
    """Add the comparison and count it; False when this claim's round was counted before."""
    row = {name: getattr(comparison, name) for name in Comparison.__slots__}
    row |= {"stage": comparison.stage.value, "detail": dict(comparison.detail), "at": at}
    dialect = sqlite if conn.dialect.name == "sqlite" else postgresql
    added = dialect.insert(release_comparisons).values(row).on_conflict_do_nothing().returning(release_comparisons.c.claim_id)
    if conn.execute(added).first() is None:
        return False
    key = {"release_id": comparison.release_id, "stage": comparison.stage.value, "base_id": comparison.base_id}
    conn.execute(dialect.insert(release_tallies).values({**key, **Figures().to_dict()}).on_conflict_do_nothing())
    counted = {name: release_tallies.c[name] + value for name, value in comparison.counted().to_dict().items()}
    held = [release_tallies.c[name] == value for name, value in key.items()]
    conn.execute(update(release_tallies).where(*held).values(counted))
    return True
