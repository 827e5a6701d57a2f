"""A release and its seven states, who may take which step, and what a person signs. Pure."""

from collections.abc import Mapping
from dataclasses import dataclass, replace
from datetime import datetime
from enum import StrEnum
from typing import Any

from anpei.claims.iteration.bounds import Bounds
from anpei.kernel.canonical import digest
from anpei.kernel.errors import Conflict, Forbidden, InvalidInput, NotFound

LONGEST_REASON = 2000


class ReleaseState(StrEnum):
    """Where a release stands (发布单: 草稿, 影子, 灰度, 生效, 停用, 已回退, 已撤回)."""

    DRAFT = "draft"
    SHADOW = "shadow"
    CANARY = "canary"
    LIVE = "live"
    RETIRED = "retired"
    ROLLED_BACK = "rolled_back"
    WITHDRAWN = "withdrawn"


ALLOWED: dict[ReleaseState, frozenset[ReleaseState]] = {
    ReleaseState.DRAFT: frozenset({ReleaseState.SHADOW, ReleaseState.WITHDRAWN}),
    ReleaseState.SHADOW: frozenset({ReleaseState.CANARY, ReleaseState.WITHDRAWN}),
    ReleaseState.CANARY: frozenset({ReleaseState.LIVE, ReleaseState.ROLLED_BACK}),
    ReleaseState.LIVE: frozenset({ReleaseState.RETIRED, ReleaseState.ROLLED_BACK}),
    ReleaseState.RETIRED: frozenset({ReleaseState.LIVE}),
    ReleaseState.ROLLED_BACK: frozenset(),
    ReleaseState.WITHDRAWN: frozenset(),
}
"""A retired release becomes live again only when the one that replaced it is rolled back."""

IN_USE = frozenset({ReleaseState.SHADOW, ReleaseState.CANARY, ReleaseState.LIVE})
"""States of which each is held by at most one release: they make up what is in use."""
OPEN = IN_USE | {ReleaseState.DRAFT}
ON_TRIAL = frozenset({ReleaseState.SHADOW, ReleaseState.CANARY})
NEXT: Mapping[ReleaseState, ReleaseState] = {
    ReleaseState.DRAFT: ReleaseState.SHADOW, ReleaseState.SHADOW: ReleaseState.CANARY, ReleaseState.CANARY: ReleaseState.LIVE,
}  # fmt: skip
"""The steps forward that a person approves."""
RAISES_POWER = frozenset({ReleaseState.CANARY, ReleaseState.LIVE})
"""From these states on claims are decided by the release, so that a third person must approve."""


class ReleaseConflict(Conflict):
    """The release is not in a state in which this can be done, its place is taken, or its figures do not allow it yet."""

    code = "iteration.release_conflict"


class FourEyes(Forbidden):
    """This person proposed the release or took the step before: another one must."""

    code = "iteration.four_eyes"


class ReleaseInvalid(InvalidInput):
    """A proposal or a step lacks its reason, or carries something that it cannot."""

    code = "iteration.release_invalid"


class ReleaseUnknown(NotFound):
    """No release with this id."""

    code = "iteration.release_unknown"


class SnapshotUnusable(Conflict):
    """The snapshot of a release cannot be opened whole, so nothing may be decided by it."""

    code = "iteration.snapshot_unusable"


@dataclass(frozen=True, slots=True)
class Release:
    """A release. ``since``: when it came into its state; ``replaces``: the release it took the live place from."""

    id: str
    snapshot_id: str
    state: ReleaseState
    proposer: str
    share_bp: int
    bounds: Bounds
    report: Mapping[str, Any] | None
    replaces: str | None
    proposed_at: datetime
    since: datetime


@dataclass(frozen=True, slots=True)
class Step:
    """A step that a release took. ``by``: the account, or ``machine:...``; ``figures``: what had been compared until then."""

    release_id: str
    number: int
    from_state: ReleaseState | None
    to_state: ReleaseState
    by: str
    cause: str
    reason: str
    figures: Mapping[str, Any]
    at: datetime
    signature: Mapping[str, str] | None = None


@dataclass(frozen=True, slots=True)
class InUse:
    """The releases that are in use, by the tables."""

    revision: int
    live: Release | None = None
    canary: Release | None = None
    shadow: Release | None = None


def check_move(*, release_id: str, old: ReleaseState, new: ReleaseState) -> None:
    """Raise ReleaseConflict unless the one table allows the step."""
    if new not in ALLOWED[old]:
        onward = ", ".join(sorted(state.value for state in ALLOWED[old])) or "nothing"
        raise ReleaseConflict(
            f"release {release_id} is {old.value} and cannot become {new.value}; from here: {onward}",
            data={"release": release_id, "state": old.value},
        )


def check_four_eyes(*, release: Release, to: ReleaseState, account_id: str, before: str) -> None:
    """Raise FourEyes when the person may not take this step. ``before``: who took the step before.

    Nobody approves what they proposed; where a release gains power over claims, it is not the one either who took the step before.
    """
    if account_id == release.proposer:
        raise FourEyes(
            f"the account {account_id} proposed release {release.id}: another person must approve it", data={"release": release.id}
        )
    if to in RAISES_POWER and account_id == before:
        raise FourEyes(
            f"the account {account_id} took the step before of release {release.id}: a third person must approve {to.value}",
            data={"release": release.id},
        )


def checked_reason(reason: str) -> str:
    """The reason without blanks around. Raises ReleaseInvalid."""
    text = reason.strip()
    if not text:
        raise ReleaseInvalid("reason is empty: say why", data={"field": "reason"})
    if len(text) > LONGEST_REASON:
        raise ReleaseInvalid(f"reason has {len(text)} characters: use at most {LONGEST_REASON}", data={"field": "reason"})
    return text


PROPOSED = "proposed"
FOLLOWING = frozenset({"first", "replaced", "back", "base"})
"""Causes of steps that follow from another release's signed step, and so carry no signature of their own."""


def statement_of(*, release: Release, step: Step) -> dict[str, Any]:
    """What the person of a step signed, from what is kept of it."""
    if step.cause == PROPOSED:
        return proposal_statement(release=release, reason=step.reason)
    before = replace(release, state=step.from_state or release.state)
    return step_statement(release=before, number=step.number, to=step.to_state, reason=step.reason)


def proposal_statement(*, release: Release, reason: str) -> dict[str, Any]:
    """What the proposer signs."""
    return {
        "statement": "anpei.release_proposal/1", "release_id": release.id, "snapshot_id": release.snapshot_id, "share_bp": release.share_bp,
        "bounds": release.bounds.model_dump(mode="json"), "report": None if release.report is None else release.report["digest"],
        "reason_digest": digest(reason),
    }  # fmt: skip


def step_statement(*, release: Release, number: int, to: ReleaseState, reason: str) -> dict[str, Any]:
    """What a person signs who takes a step; share and bounds stand in it, so that nobody approves what they have not seen."""
    return {
        "statement": "anpei.release_step/1", "release_id": release.id, "snapshot_id": release.snapshot_id, "number": number,
        "from": release.state.value, "to": to.value, "share_bp": release.share_bp, "bounds": release.bounds.model_dump(mode="json"),
        "reason_digest": digest(reason),
    }  # fmt: skip
