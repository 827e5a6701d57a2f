"""Comparing beside the line (影子对比): the facts of an audited round are judged by the live snapshot and by the one on trial.

It runs as a job of its own after the claim's step, outside of any writing transaction: whatever goes wrong here never touches the claim.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from anpei.claims.audit.operations import Gathered
from anpei.claims.decision.adjudication import adjudicate
from anpei.claims.dossier import queries as dossier
from anpei.claims.dossier.model import Claim, SectionName
from anpei.claims.iteration.comparison import Comparison, Judged, differences
from anpei.claims.iteration.model import ReleaseState
from anpei.claims.iteration.queries import in_use
from anpei.claims.iteration.trials import Trial, trial_of
from anpei.engines.db import Connection
from anpei.engines.jobs import Job
from anpei.journeys.claim_line import ClaimLine
from anpei.journeys.gathering import gather
from anpei.kernel.errors import is_not_now
from anpei.rules.snapshots.publication import problem_of

COMPARE = "iteration.compare"


@dataclass(frozen=True)
class Comparing:
    """Judges twice what the line judged once."""

    line: ClaimLine

    def work(self, job: Job) -> Comparison | None:
        """The comparison of a claim's round; None when nothing is on trial any more that it says something about.

        What the release on trial throws is its failure, and counted; what the live one throws is a fault of this job, tried again.
        """
        claim_id, round_ = str(job.payload["claim_id"]), int(job.payload["round"])
        with self.line.database.read() as conn:
            if "failed" in job.payload:
                return _fell_back(conn, job.payload)
            claim = dossier.get_claim(conn, vault=self.line.vault, claim_id=claim_id)
            found, evidence = (
                dossier.find_section(conn, vault=self.line.vault, claim_id=claim_id, name=name, round=round_)
                for name in (SectionName.FINDINGS, SectionName.EVIDENCE)
            )
            if found is None or evidence is None or claim.round != round_:
                return None
            gathered = Gathered.from_dict(found.payload["gathered"])
            trial = trial_of(in_use(conn), snapshot_id=gathered.snapshot_id)
            return None if trial is None else self._compare(conn, claim, evidence.payload, gathered, trial)

    def _compare(self, conn: Connection, claim: Claim, evidence: Mapping[str, Any], held: Gathered, trial: Trial, /) -> Comparison:
        def judge(snapshot_id: str) -> Judged:
            """By this snapshot: what the line found when it was the one, else found anew; then the same adjudication for both."""
            if snapshot_id == held.snapshot_id:
                gathered = held
            else:
                snapshot = self.line.snapshots.open(snapshot_id)
                gathered = gather(conn, facts=evidence["facts"], snapshot=snapshot, strict=snapshot_id == release.snapshot_id)
            inputs = self.line.inputs(conn, claim=claim, evidence=evidence, gathered=gathered)
            return Judged(gathered.hits, adjudicate(inputs=inputs, hits=gathered.hits))

        release, base_id = trial.release, trial.live.snapshot_id
        base = judge(base_id)
        try:
            new = judge(release.snapshot_id)
        except Exception as error:  # any failure of the one on trial is what this job is looking for
            if is_not_now(error):
                raise
            return Comparison(release.id, claim.id, claim.round, trial.stage, base_id, failed=problem_of(error)[:80])
        return Comparison(release.id, claim.id, claim.round, trial.stage, base_id, **differences(base=base, new=new))


def _fell_back(conn: Connection, payload: Mapping[str, Any]) -> Comparison | None:
    """The failure that the line met when the canary was to judge a claim."""
    used = in_use(conn)
    if used.canary is None or used.live is None or used.canary.id != payload["release_id"]:
        return None
    return Comparison(
        used.canary.id, str(payload["claim_id"]), int(payload["round"]), ReleaseState.CANARY, used.live.snapshot_id,
        failed=str(payload["failed"])[:80],
    )  # fmt: skip
