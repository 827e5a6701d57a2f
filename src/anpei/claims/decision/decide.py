"""The machine's decision: settle what follows by arithmetic, else refer. Pure; it has no way to refuse or reduce."""

from dataclasses import dataclass
from typing import Any

from anpei.claims.audit.model import Finding, FindingsTable, Outcome
from anpei.claims.benefit import Assessment
from anpei.claims.decision.model import PaidLine, Refer, Settle


@dataclass(frozen=True, slots=True)
class Automation:
    """Whether the machine may settle this product now, and up to how much (fen; None is no limit)."""

    on: bool
    limit_fen: int | None

    def to_dict(self) -> dict[str, Any]:
        """Plain data."""
        return {"on": self.on, "limit_fen": self.limit_fen}


def decide(*, findings: tuple[Finding, ...], table: FindingsTable, assessment: Assessment | None, automation: Automation) -> Settle | Refer:
    """Settle when no finding asks for a person, automation is on and the amount is inside the machine's authority; else Refer."""
    reasons = [item.code for item in findings if table.kind(item.code).outcome in (Outcome.REFER, Outcome.WANTING)]
    if not automation.on:
        reasons.append("automation.switched_off")
    if assessment is None:
        return Refer(tuple(dict.fromkeys(reasons or ["bill.total_missing"])))
    if automation.limit_fen is not None and assessment.total_fen > automation.limit_fen:
        reasons.append("amount.above_authority")
    elif assessment.total_fen == 0 and not assessment.zero_by_arithmetic:
        reasons.append("benefit.zero_unexplained")
    if reasons:
        return Refer(tuple(dict.fromkeys(reasons)))
    return settle_of(assessment)


def settle_of(assessment: Assessment) -> Settle:
    """The settlement at exactly the assessed amount."""
    lines = tuple(PaidLine(f"{line.unit}/{line.id}", line.coverage, line.claimed_fen, line.payable_fen) for line in assessment.lines)
    return Settle(
        lines=lines, total_fen=assessment.total_fen, zero_cause=assessment.zero_cause.value if assessment.total_fen == 0 else None
    )
