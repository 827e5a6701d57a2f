"""All checks in a fixed order, and the lane with its reasons. Pure."""

from anpei.claims.audit.checks_bills import check_bills
from anpei.claims.audit.checks_cover import check_cover, check_exclusions, check_hospital
from anpei.claims.audit.checks_declared import check_declared
from anpei.claims.audit.checks_identity import check_identity, check_payee
from anpei.claims.audit.checks_reading import check_alike, check_hints, check_lines, check_reading, check_rules
from anpei.claims.audit.checks_risk import check_risk
from anpei.claims.audit.model import Case, Finding, FindingsTable, Outcome
from anpei.claims.dossier.model import Lane

CHECKS = (
    check_identity, check_payee, check_cover, check_hospital, check_exclusions, check_declared, check_bills, check_alike, check_reading,
    check_hints, check_lines, check_rules, check_risk,
)  # fmt: skip
_ORDER = (Lane.UNATTENDED, Lane.FAST, Lane.SPECIALIST, Lane.INVESTIGATION)


def examine(case: Case) -> tuple[Finding, ...]:
    """The findings of a case, in the order of the checks, each once."""
    found: dict[Finding, None] = {}
    for check in CHECKS:
        for result in check(case):
            found.setdefault(result)
    return tuple(found)


def lane_of(*, findings: tuple[Finding, ...], table: FindingsTable, total_fen: int | None) -> tuple[Lane, tuple[str, ...]]:
    """Who works on the claim: the heaviest lane that a finding or the amount asks for, with the codes that asked for it."""
    lane, reasons = Lane.UNATTENDED, ["lane.no_finding"]
    asked = [
        (table.kind(item.code).lane, item.code) for item in findings if table.kind(item.code).outcome in (Outcome.REFER, Outcome.WANTING)
    ]
    if total_fen is not None and total_fen > table.unattended_limit_fen:
        asked.append((Lane.FAST, "amount.above_unattended_limit"))
    for wanted, code in asked:
        if _ORDER.index(wanted) > _ORDER.index(lane):
            lane, reasons = wanted, [code]
        elif wanted == lane and code not in reasons:
            reasons.append(code)
    return lane, tuple(reasons)
