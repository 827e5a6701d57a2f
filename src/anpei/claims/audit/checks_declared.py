"""What only the report says: facts that no paper confirms, or that papers contradict, are a matter for a person."""

from collections.abc import Iterator
from datetime import date, timedelta

from anpei.claims.audit.model import Case, Finding, finding


def check_declared(case: Case) -> Iterator[Finding]:
    """Declared facts by their origin (``documents.declared.Origin``), and an accident that lifts a waiting period and no paper shows."""
    for name, origin in sorted(case.facts.get("declared_by", {}).items()):
        if origin == "differs":
            yield finding("declared.differs", fact=name)
        elif origin == "report":
            yield finding("declared.unconfirmed", fact=name)
    payees = case.facts.get("payees") or case.facts.get("declared", {}).get("beneficiaries", ())
    if len(payees) > 1:
        yield finding("payee.several", count=len(payees))
    event = case.facts["event"]
    lifts = event["cause"] == "accident" and "accident" in case.terms.waiting_exempt
    if lifts and event.get("cause_shown") is False and _waiting(case):
        yield finding("declared.cause_unconfirmed", day=event["occurred_on"], days=case.terms.waiting_days)


def _waiting(case: Case) -> bool:
    """Whether an illness on these days would lie in the waiting period."""
    policy = case.facts["policy"]
    first = policy["first_covered_on"]
    if first is not None and first < policy["start_on"] and "renewal" in case.terms.waiting_exempt:
        return False
    until = date.fromisoformat(min(first or policy["start_on"], policy["start_on"])) + timedelta(days=case.terms.waiting_days)
    days = [case.facts["event"]["occurred_on"], *(bill["service_on"] for bill in case.facts["bills"] if bill["service_on"])]
    return date.fromisoformat(min(days)) < until
