"""What an audit stands on (审核依据): providers, items and rule hits of a round's facts by one snapshot, and which snapshot that is.

A snapshot on trial never stops a claim: where it cannot be opened or fails while judging, the live one judges and the failure is told.
"""

from collections.abc import Callable, Mapping
from datetime import date
from typing import Any

from anpei.claims.audit import operations as audit
from anpei.claims.audit import resolution
from anpei.claims.decision.adjudication import judged, rule_facts_of
from anpei.claims.dossier.model import Claim
from anpei.claims.iteration.events import CanaryFellBack
from anpei.engines.bus import Emit
from anpei.engines.db import Connection
from anpei.kernel.errors import is_not_now
from anpei.rules.snapshots.execution import examine_snapshot
from anpei.rules.snapshots.publication import CurrentSnapshot, problem_of
from anpei.rules.snapshots.snapshot import Snapshot

TryOut = Callable[[audit.Gathered, Snapshot], object]
"""The steps that will follow, done once without writing anything."""


def gather(conn: Connection, *, facts: Mapping[str, Any], snapshot: Snapshot, strict: bool = False) -> audit.Gathered:
    """What the audit of these facts stands on by this snapshot. ``strict``: executions that differ are a failure (a snapshot on trial)."""
    on = date.fromisoformat(facts["event"]["occurred_on"])
    providers = resolution.resolve_providers(conn, facts=facts)
    items = resolution.resolve_items(conn, facts=facts, snapshot=snapshot, on=on, providers=providers)
    result = examine_snapshot(facts=rule_facts_of(facts=facts, items=items, providers=providers), snapshot=snapshot, on=on, strict=strict)
    return audit.Gathered(
        providers=providers, items=items,
        hits=judged(result), rules_on=on, snapshot_id=snapshot.id, considered=result.considered,
    )  # fmt: skip


def gather_for(
    conn: Connection, *, claim: Claim, facts: Mapping[str, Any], snapshots: CurrentSnapshot, emit: Emit, try_out: TryOut
) -> audit.Gathered:
    """What the audit of a claim stands on by the snapshot that judges it. ``try_out`` runs for a snapshot on trial only."""
    chosen = snapshots.choose(claim.id)
    if chosen.canary is None:
        return gather(conn, facts=facts, snapshot=chosen.snapshot)
    problem = chosen.problem
    if problem is None:
        try:
            gathered = gather(conn, facts=facts, snapshot=chosen.snapshot, strict=True)
            try_out(gathered, chosen.snapshot)
        except Exception as error:  # whatever it is, the claim goes on by the live snapshot
            if is_not_now(error):
                raise
            problem = problem_of(error)
        else:
            return gathered
    gathered = gather(conn, facts=facts, snapshot=snapshots.get())
    emit(conn, CanaryFellBack(chosen.canary.release_id, claim.id, claim.round, problem))
    return gathered
