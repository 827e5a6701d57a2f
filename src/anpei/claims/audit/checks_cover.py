"""What and when: is the event inside the cover, after the waiting period, in an eligible hospital, not excluded."""

from collections.abc import Iterator
from datetime import date, timedelta

from anpei.claims.audit.model import Case, Finding, finding


def _days(case: Case) -> list[date]:
    """The days that must lie in the cover: the event's and each bill's."""
    days = [date.fromisoformat(case.facts["event"]["occurred_on"])]
    days += [date.fromisoformat(bill["service_on"]) for bill in case.facts["bills"] if bill["service_on"]]
    return days


def check_cover(case: Case) -> Iterator[Finding]:
    """Policy status, period, kind of event, and waiting period (等待期): counted from the first day of unbroken cover."""
    policy, event, terms = case.facts["policy"], case.facts["event"], case.terms
    if case.facts["reopened"]:
        yield finding("claim.reopened")
    if policy["status"] != "in_force":
        yield finding("cover.not_in_force", status=policy["status"])
    if event["kind"] not in terms.event_kinds:
        yield finding("cover.event_kind", kind=event["kind"])
    start, end = date.fromisoformat(policy["start_on"]), date.fromisoformat(policy["end_on"])
    outside = [day for day in _days(case) if not start <= day < end]
    if outside:
        yield finding("cover.outside_period", day=min(outside).isoformat(), start_on=policy["start_on"], end_on=policy["end_on"])
        return
    renewed = policy["first_covered_on"] is not None and policy["first_covered_on"] < policy["start_on"]
    first = date.fromisoformat(policy["first_covered_on"]) if renewed else start
    waited_until = first + timedelta(days=terms.waiting_days)
    early = [day for day in _days(case) if day < waited_until]
    if early and event["cause"] not in terms.waiting_exempt and not (renewed and "renewal" in terms.waiting_exempt):
        yield finding("cover.waiting_period", day=min(early).isoformat(), until=waited_until.isoformat(), days=terms.waiting_days)


def check_hospital(case: Case) -> Iterator[Finding]:
    """Each hospital on a bill must be known and eligible under the product (ownership, grade)."""
    for bill in case.facts["bills"]:
        provider = case.providers.get(bill["hospital"])
        if provider is None:
            yield finding("hospital.unknown", bill["page_id"])
        elif not case.terms.hospital.accepts(ownership=provider["ownership"], grade=provider["grade"]):
            yield finding("hospital.not_eligible", bill["page_id"], grade=provider["grade"], ownership=provider["ownership"])


def check_exclusions(case: Case) -> Iterator[Finding]:
    """Diagnoses that the clause excludes, by ICD prefix. A finding only: an exclusion is applied by a person (保险法 17)."""
    for exclusion in case.terms.exclusions:
        for diagnosis in case.facts["diagnoses"]:
            if diagnosis["code"] and diagnosis["code"].upper().startswith(exclusion.icd_prefixes):
                yield finding("exclusion.diagnosis", diagnosis["page_id"], diagnosis=diagnosis["code"], clause=exclusion.clause)
