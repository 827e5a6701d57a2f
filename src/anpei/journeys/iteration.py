"""Rule iteration across rooms: people move releases; what is in use follows the tables; claims on trial are counted beside the line.

The tables are the truth. The document that readers follow is written from them after each step, by a job of the same transaction if the
process dies in between, at every start, and by the sweep while a release is on trial.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

import structlog

from anpei.claims.audit.events import ClaimAudited
from anpei.claims.iteration import operations as releases
from anpei.claims.iteration import queries, trials
from anpei.claims.iteration.bounds import Figures, told
from anpei.claims.iteration.events import CanaryFellBack, ReleaseMoved
from anpei.claims.iteration.model import ON_TRIAL, Release, ReleaseState, SnapshotUnusable, Step
from anpei.claims.iteration.operations import IterationDesk, Proposal
from anpei.claims.iteration.queries import ReleaseNotice
from anpei.engines import jobs
from anpei.engines.bus import Bus
from anpei.engines.db import Connection, Database
from anpei.engines.db.database import now
from anpei.engines.jobs import Handler, Job
from anpei.journeys.comparing import COMPARE, Comparing
from anpei.kernel.clock import Clock
from anpei.kernel.errors import Unavailable
from anpei.rules.damage import SnapshotDamaged
from anpei.rules.snapshots.publication import CurrentSnapshot, settle_standing, verify_snapshot
from anpei.rules.snapshots.standing import Standing
from anpei.trust.access import Actor, require

log = structlog.get_logger()
PUBLISH, SWEEP = "iteration.publish", "iteration.sweep"
AT_ONCE = -10
"""What is in use is written before any other job."""
CANARY_FIRST, SHADOW_LAST = 1, 9
"""A claim that the canary decided is counted soon, so that a bad one goes back soon; a shadow waits for everything else."""
SWEEP_EVERY = timedelta(minutes=15)


@dataclass(frozen=True, slots=True)
class ReleaseDetails:
    """A release with its steps, and what was counted in the stage it is in (None when it is in none)."""

    release: Release
    steps: tuple[Step, ...]
    figures: Figures | None
    problems: tuple[str, ...] = ()
    """Steps whose signature does not hold."""

    def to_dict(self) -> dict[str, Any]:
        """Plain data."""
        release = self.release
        return {
            **summary_of(release), "bounds": release.bounds.model_dump(mode="json"),
            "report": None if release.report is None else dict(release.report), "replaces": release.replaces,
            "figures": None if self.figures is None else told(self.figures), "signature_problems": list(self.problems),
            "steps": [
                {"number": step.number, "from": None if step.from_state is None else step.from_state.value, "to": step.to_state.value,
                 "by": step.by, "cause": step.cause, "reason": step.reason, "figures": dict(step.figures), "at": step.at.isoformat()}
                for step in self.steps
            ],
        }  # fmt: skip


def summary_of(release: Release) -> dict[str, Any]:
    """A release in a list."""
    return {
        "release": release.id, "snapshot": release.snapshot_id, "state": release.state.value, "proposer": release.proposer,
        "share_bp": release.share_bp, "proposed_at": release.proposed_at.isoformat(), "since": release.since.isoformat(),
    }  # fmt: skip


@dataclass(frozen=True)
class RuleIteration:
    """The doors' one way to releases."""

    database: Database
    desk: IterationDesk
    snapshots: CurrentSnapshot
    comparing: Comparing
    clock: Clock

    # --- people -------------------------------------------------------------------------------------------------

    def propose(self, *, actor: Actor, proposal: Proposal) -> Release:
        """Propose a compiled snapshot. What was published before there were releases becomes the first live one.

        Raises SnapshotUnusable, NotFound, ReleaseInvalid, ReleaseConflict, Forbidden, PersonRequired.
        """
        require(actor, releases.PROPOSE)
        self._verify(proposal.snapshot_id)
        self.write_now()
        live = self.snapshots.get().id
        with self.database.write() as conn:
            at = self.clock.now()
            releases.adopt(conn, desk=self.desk, snapshot_id=live, at=at)
            made = releases.propose(conn, desk=self.desk, actor=actor, proposal=proposal, at=at)
        self.write_now()
        return made

    def approve(self, *, actor: Actor, release_id: str, to: ReleaseState, reason: str) -> Release:
        """Approve the next step of a release that another person proposed."""
        require(actor, releases.APPROVE)
        with self.database.read() as conn:
            release = queries.get_release(conn, release_id=release_id)
        self._verify(release.snapshot_id)
        with self.database.write() as conn:
            moved = releases.approve(conn, desk=self.desk, actor=actor, release_id=release_id, to=to, reason=reason, at=self.clock.now())
        self.write_now()
        return moved

    def withdraw(self, *, actor: Actor, release_id: str, reason: str) -> Release:
        """Withdraw a release that decides nothing yet."""
        with self.database.write() as conn:
            moved = releases.withdraw(conn, desk=self.desk, actor=actor, release_id=release_id, reason=reason, at=self.clock.now())
        self.write_now()
        return moved

    def roll_back(self, *, actor: Actor, release_id: str, reason: str) -> Release:
        """Take a release back from canary, or from live to the one before it."""
        require(actor, releases.GO_BACK)
        with self.database.read() as conn:
            release = queries.get_release(conn, release_id=release_id)
            before = None if release.replaces is None else queries.get_release(conn, release_id=release.replaces)
        if release.state is ReleaseState.LIVE and before is not None:
            self._verify(before.snapshot_id)
        with self.database.write() as conn:
            moved = releases.roll_back(conn, desk=self.desk, actor=actor, release_id=release_id, reason=reason, at=self.clock.now())
        self.write_now()
        return moved

    def has_releases(self) -> bool:
        """Whether a release was ever made here: then nothing is published but by a release."""
        with self.database.read() as conn:
            return queries.in_use(conn).live is not None

    def list_all(self, *, actor: Actor) -> list[Release]:
        """All releases, newest first."""
        require(actor, releases.READ)
        with self.database.read() as conn:
            return queries.list_releases(conn)

    def details(self, *, actor: Actor, release_id: str) -> ReleaseDetails:
        """One release with its steps and figures. Raises ReleaseUnknown."""
        require(actor, releases.READ)
        with self.database.read() as conn:
            release = queries.get_release(conn, release_id=release_id)
            steps = queries.list_steps(conn, vault=self.desk.vault, release_id=release_id)
            key = self.desk.signer.public_key_b64
            problems = queries.signature_problems(conn, vault=self.desk.vault, release_id=release_id, trusted_key=key)
            live = queries.in_use(conn).live
            figures = None
            if release.state in ON_TRIAL and live is not None:
                figures = queries.get_figures(conn, release_id=release_id, stage=release.state, base_id=live.snapshot_id)
        return ReleaseDetails(release, tuple(steps), figures, tuple(problems))

    def notices(self, *, actor: Actor) -> list[ReleaseNotice]:
        """What this person was told of releases they proposed or approved; from now on it counts as read."""
        require(actor, releases.READ)
        with self.database.write() as conn:
            found = queries.list_notices(conn, account_id=actor.account_id)
            releases.read_notices(conn, account_id=actor.account_id, at=self.clock.now())
        return found

    def _verify(self, snapshot_id: str) -> None:
        """Read the snapshot whole, outside of any transaction, before anything may be decided by it."""
        try:
            verify_snapshot(root=self.snapshots.root, snapshot_id=snapshot_id)
        except SnapshotDamaged as error:
            raise SnapshotUnusable(error.message, data={"snapshot": snapshot_id}) from error

    # --- what is in use -----------------------------------------------------------------------------------------

    def write_now(self) -> None:
        """Write what is in use; where that is not possible now, the job of the step or the sweep does it later."""
        try:
            self.write_standing()
        except (OSError, Unavailable) as error:
            log.warning("rules.standing_waits", reason=type(error).__name__)

    def write_standing(self) -> bool:
        """Write what is in use from the tables, if the document says anything else. Returns whether it was written."""
        return settle_standing(self.snapshots.root, wanted=self._wanted)

    def _wanted(self, held: Standing | None) -> Standing | None:
        with self.database.read() as conn:
            truth = queries.standing(conn)
        if truth is None and held is not None and (held.canary or held.shadow):
            return Standing(held.live_id)  # no release is known here, so none is on trial
        return truth

    def start(self) -> None:
        """At a start: what is in use is written anew where a process died before it could, and the sweep goes on."""
        self.write_now()
        with self.database.write() as conn:
            self._queue_sweep(conn, number=0, due_at=None)

    # --- jobs ---------------------------------------------------------------------------------------------------

    def handlers(self) -> dict[str, Handler]:
        """The job that writes what is in use, the sweep, and the comparison of a claim."""
        return {
            PUBLISH: Handler(work=lambda _job: self.write_standing(), finish=lambda _conn, _job, _result: None),
            SWEEP: Handler(work=lambda _job: self.write_standing(), finish=self._sweep),
            COMPARE: Handler(work=self.comparing.work, finish=self._count),
        }

    def connect(self, bus: Bus) -> None:
        """Each step writes what is in use; each audited claim is compared while a release is on trial."""

        def moved(conn: Connection, event: ReleaseMoved, _at: datetime) -> None:
            if event.standing:
                jobs.enqueue(conn, kind=PUBLISH, payload={"release_id": event.release_id}, priority=AT_ONCE)
                self._queue_sweep(conn, number=0, due_at=now(conn) + SWEEP_EVERY)

        def audited(conn: Connection, event: ClaimAudited, _at: datetime) -> None:
            self._queue_comparison(conn, claim_id=event.claim_id, round=event.round)

        def fell_back(conn: Connection, event: CanaryFellBack, _at: datetime) -> None:
            payload = {"claim_id": event.judged_claim_id, "round": event.round, "failed": event.reason, "release_id": event.release_id}
            key = f"{COMPARE}:{event.judged_claim_id}:{event.round}:{event.release_id}"
            jobs.enqueue(conn, kind=COMPARE, payload=payload, unique_key=key, priority=CANARY_FIRST)

        bus.subscribe(ReleaseMoved, moved)
        bus.subscribe(ClaimAudited, audited)
        bus.subscribe(CanaryFellBack, fell_back)

    def _queue_comparison(self, conn: Connection, *, claim_id: str, round: int) -> None:
        """Queue the comparison when something was on trial as the claim found it; the job asks the tables."""
        found = self.snapshots.standing
        if found is None or (found.canary is None and found.shadow is None):
            return
        by_canary = found.snapshot_for(claim_id) != found.live_id
        jobs.enqueue(
            conn, kind=COMPARE, payload={"claim_id": claim_id, "round": round}, unique_key=f"{COMPARE}:{claim_id}:{round}",
            priority=CANARY_FIRST if by_canary else SHADOW_LAST,
        )  # fmt: skip

    def _count(self, conn: Connection, _job: Job, result: Any) -> None:
        if result is not None:
            trials.record_comparison(conn, desk=self.desk, comparison=result, at=self.clock.now())

    def _sweep(self, conn: Connection, job: Job, _result: Any) -> None:
        trials.end_overdue(conn, desk=self.desk, at=self.clock.now())
        self._queue_sweep(conn, number=int(job.payload["number"]) + 1, due_at=now(conn) + SWEEP_EVERY, chain=job.payload)

    def _queue_sweep(self, conn: Connection, *, number: int, due_at: datetime | None, chain: Mapping[str, Any] | None = None) -> None:
        """Queue the next sweep while a release is on trial; each state of what is in use has one chain of its own."""
        used = queries.in_use(conn)
        if used.canary is None and used.shadow is None:
            return
        if chain is not None and chain["revision"] != used.revision:
            return
        key = f"{SWEEP}:{used.revision}:{number}"
        jobs.enqueue(conn, kind=SWEEP, payload={"revision": used.revision, "number": number}, unique_key=key, due_at=due_at)
