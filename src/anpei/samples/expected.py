"""What the sample products pay, computed here on its own from the terms: the amount a claim folder's truth states.

Rounding is half up to the fen at each benefit line, then the sum. All amounts in fen, ratios in basis points.
"""

from dataclasses import dataclass

from anpei.kernel.money import half_up
from anpei.samples.world.visits import Visit

SMALL_OUTPATIENT = "small-outpatient"
MILLION_MEDICAL = "million-medical"


@dataclass(frozen=True, slots=True)
class OutpatientPlan:
    """Terms of a small out-patient plan, money in fen."""

    deductible: int
    inside_bp: int
    outside_bp: int
    visit_cap: int
    annual_limit: int


OUTPATIENT_PLANS = {
    "standard": OutpatientPlan(deductible=100_00, inside_bp=8000, outside_bp=0, visit_cap=500_00, annual_limit=5_000_00),
    "plus": OutpatientPlan(deductible=0, inside_bp=8000, outside_bp=5000, visit_cap=1_000_00, annual_limit=20_000_00),
}
MILLION_DEDUCTIBLE = 10_000_00
MILLION_LIMIT = 2_000_000_00
UNSETTLED_BP = 6000
FULL_BP = 10_000


def small_outpatient(*, plan: str, inside: int, outside: int, limit_used: int) -> int:
    """One visit: the deductible comes off inside first, then outside; then ratios, the visit cap and what is left of the year."""
    terms = OUTPATIENT_PLANS[plan]
    from_inside = min(terms.deductible, inside)
    from_outside = min(terms.deductible - from_inside, outside)
    lines = half_up(fen=inside - from_inside, rate_bp=terms.inside_bp) + half_up(fen=outside - from_outside, rate_bp=terms.outside_bp)
    return min(lines, terms.visit_cap, max(terms.annual_limit - limit_used, 0))


def million_medical(*, base: int, settled: bool, deductible_used: int, limit_used: int) -> int:
    """One stay of a social-insurance member: the rest of the year's deductible, then the ratio, then the year's limit."""
    left = max(MILLION_DEDUCTIBLE - deductible_used, 0)
    paid = half_up(fen=max(base - left, 0), rate_bp=FULL_BP if settled else UNSETTLED_BP)
    return min(paid, max(MILLION_LIMIT - limit_used, 0))


def visit_pays(visit: Visit, *, product: str, plan: str, deductible_used: int = 0, limit_used: int = 0) -> int:
    """What the policy pays for a visit, in fen."""
    split = visit.split
    uncovered = sum(line.amount_fen for line in visit.lines if not line.item.covered)
    if product == MILLION_MEDICAL:
        base = split.total - uncovered - split.pooled - split.serious - split.other
        return million_medical(base=base, settled=visit.settled, deductible_used=deductible_used, limit_used=limit_used)
    if visit.settled:
        return small_outpatient(plan=plan, inside=split.self_paid, outside=split.own, limit_used=limit_used)
    outside = sum(line.amount_fen for line in visit.lines if line.item.insurance_class == "C" and line.item.covered)
    return small_outpatient(plan=plan, inside=split.total - uncovered - outside, outside=outside, limit_used=limit_used)
