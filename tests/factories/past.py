"""Past claims for tests: live inputs, what was decided on them, and their rows."""

from collections.abc import Mapping
from datetime import date
from typing import Any

from anpei.claims.decision.adjudication import Inputs, Outputs, adjudicate, judged, rule_facts_of
from anpei.claims.decision.model import Refer
from anpei.claims.replay.recording import Known, past_claim
from anpei.rules.snapshots.execution import examine_snapshot
from anpei.rules.snapshots.snapshot import Snapshot


def decided_live(inputs: Inputs, snapshot: Snapshot) -> tuple[Outputs, tuple[Mapping[str, Any], ...]]:
    """What the live line decides, with the hits it rests on."""
    on = date.fromisoformat(inputs.facts["event"]["occurred_on"])
    facts = rule_facts_of(facts=inputs.facts, items=inputs.items, providers=inputs.providers)
    hits = judged(examine_snapshot(facts=facts, snapshot=snapshot, on=on))
    return adjudicate(inputs=inputs, hits=hits), hits


def told(outputs: Outputs, hits: tuple[Mapping[str, Any], ...]) -> dict[str, Any]:
    """A live decision in the words of ``schema.DECIDED``."""
    decision, assessment = outputs.decision, outputs.assessment
    return {
        "decision": "refer" if isinstance(decision, Refer) else "settle",
        "lane": outputs.lane.value,
        "reasons": sorted(decision.reasons) if isinstance(decision, Refer) else [],
        "total_fen": None if assessment is None else assessment.total_fen,
        "lines": []
        if assessment is None
        else [{"line": f"{x.unit}/{x.id}", "coverage": x.coverage, "payable_fen": x.payable_fen} for x in assessment.lines],
        "rules": sorted({rule_id for hit in hits for rule_id in hit["rule_ids"]}),
    }


def row_of(inputs: Inputs, *, claim_no: str = "c1", policy: str = "p1", **then: Any) -> dict[str, Any]:
    """A row of past claims; ``then`` is what was decided (a referral that nobody decided yet, when nothing is said)."""
    recorded = {"decision": "refer", "by": "machine", "lane": "fast"} | then
    return past_claim(inputs=inputs, known=Known(claim_no, policy, "insurer-1", date(2026, 10, 10), recorded))


def settled(inputs: Inputs, snapshot: Snapshot, *, by: str = "machine") -> dict[str, Any]:
    """What is recorded of a claim that was settled as calculated."""
    outputs, hits = decided_live(inputs, snapshot)
    said = told(outputs, hits)
    return {"decision": "settle", "by": by, "lane": said["lane"], "total_fen": said["total_fen"], "lines": said["lines"]}
