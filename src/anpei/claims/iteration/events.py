"""Events of the life cycle of rule snapshots. None names a claim as its own: nothing of this is told on a claimant's timeline."""

from dataclasses import dataclass
from typing import ClassVar

from anpei.kernel.events import Event


@dataclass(frozen=True)
class ReleaseProposed(Event):
    """A person proposed to put a snapshot into use."""

    name: ClassVar[str] = "claims.iteration.proposed"
    release_id: str
    snapshot_id: str


@dataclass(frozen=True)
class ReleaseMoved(Event):
    """A release took a step of its life cycle; ``standing``: what is in use changed with it (1) or not (0)."""

    name: ClassVar[str] = "claims.iteration.moved"
    release_id: str
    snapshot_id: str
    from_state: str
    to_state: str
    standing: int


@dataclass(frozen=True)
class ReleaseRolledBack(Event):
    """A release was taken back: by the machine on a broken bound, or by a person."""

    name: ClassVar[str] = "claims.iteration.rolled_back"
    release_id: str
    snapshot_id: str
    cause: str
    compared: int
    failed: int


@dataclass(frozen=True)
class CanaryFellBack(Event):
    """A snapshot on trial failed while judging a claim of its share; the live one judged it instead."""

    name: ClassVar[str] = "claims.iteration.fell_back"
    release_id: str
    judged_claim_id: str
    round: int
    reason: str
