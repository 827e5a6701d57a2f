"""The facts of a claim in the words of the rule machine, and which facts the rules of a product read. Pure."""

from collections.abc import Collection, Mapping
from datetime import date
from typing import Any

from anpei.records.products.model import grade_level
from anpei.rules.judging.evaluation import RuleBase
from anpei.rules.model import RuleFacts, Status, Subject, Value, normalise_code, normalise_name

TOLD_MORE = 2
"""The schema of facts from which rules are told diagnoses as subjects, the product, department, cause, place, class of work and days."""
SCHEMES = (
    ("职工", "employee"), ("居民", "resident"), ("工伤", "work_injury"), ("生育", "maternity"), ("自费", "none"), ("医疗保险", "basic"),
)  # fmt: skip


def rule_facts_of(
    *, facts: Mapping[str, Any], items: Mapping[str, Mapping[str, Any]], providers: Mapping[str, Mapping[str, Any] | None]
) -> RuleFacts:
    """The lines, the diagnoses, the claim itself, the person and the hospital in the words of the rule machine.

    What nobody says is unknown. The claim's own subject carries the product (``PRODUCT:id``, ``PRODUCT:id/plan``), so that rows of policy
    terms can name it. Facts of schema 1 are told as they were when they were judged.
    """
    subjects = _lines(facts, items)
    insured = facts["insured"]
    labels = tuple(sorted({item["code"] for item in facts["diagnoses"] if item["code"]}))
    names = tuple(sorted({normalise_name(item["name"]) for item in facts["diagnoses"] if item["name"]}))
    attributes: dict[str, Value] = {
        "sex": insured["sex"], "age_days": insured["age_days"], "stay_days": _stay_days(facts), "insurance_type": _scheme(facts),
        "visit_kind": _only({bill["kind"] for bill in facts["bills"]} & {"outpatient", "inpatient"}),
        "provider": _only({bill["hospital"] for bill in facts["bills"] if bill["hospital"]}), "provider_grade": _grade(facts, providers),
    }  # fmt: skip
    if facts["schema"] >= TOLD_MORE:
        subjects += [*_diagnoses(facts), *_claim(facts)]
        attributes |= _more(facts, providers)
    return RuleFacts(subjects=tuple(subjects), attributes=attributes, labels=labels, label_names=names)


def _lines(facts: Mapping[str, Any], items: Mapping[str, Mapping[str, Any]]) -> list[Subject]:
    """The lines of the bills, by code where the catalogue knows it, else by name."""
    subjects: list[Subject] = []
    for bill in facts["bills"]:
        for line in bill["lines"]:
            key = f"{bill['bill_id']}/{line['line_id']}"
            code = (items.get(key) or {}).get("code")
            name = normalise_name(line["name"])
            keys = (code,) if code else ((name,) if name else ())
            day = line["charged_on"] or (bill["service_on"] if bill["kind"] == "outpatient" else None)
            if keys:
                on = date.fromisoformat(day) if day else None
                quantity = line["quantity_milli"] or 1000
                subjects.append(Subject(id=key, keys=keys, day=on, quantity=quantity, amount=line["amount_fen"], name=name))
    return subjects


def _diagnoses(facts: Mapping[str, Any]) -> list[Subject]:
    """The coded diagnoses, each with the first day on which a paper states it."""
    first: dict[str, tuple[date | None, str]] = {}
    for item in facts["diagnoses"]:
        code = normalise_code(item["code"])
        on = date.fromisoformat(item["on"]) if item.get("on") else None
        known = first.get(code, (on, ""))[0]
        if code:
            first[code] = (min((day for day in (known, on) if day), default=None), normalise_name(item["name"]))
    return [Subject(id=f"diagnosis/{code}", keys=(code,), day=on, name=name) for code, (on, name) in sorted(first.items())]


def _claim(facts: Mapping[str, Any]) -> list[Subject]:
    """The claim itself under its product; none where the facts do not name one."""
    product = facts.get("product")
    if product is None:
        return []
    totals = [bill["total_fen"] for bill in facts["bills"]]
    amount = sum(totals) if totals and None not in totals else None
    on = date.fromisoformat(facts["event"]["occurred_on"])
    return [Subject(id="claim", keys=product_keys(product["id"], product["plan"]), day=on, amount=amount)]


def product_keys(product_id: str, plan: str) -> tuple[str, str]:
    """The keys by which rule rows name the claims of a product, and of one plan of it."""
    return normalise_code(f"PRODUCT:{product_id}"), normalise_code(f"PRODUCT:{product_id}/{plan}")


def facts_read(*, snapshot: RuleBase, product_id: str, plan: str, on: date) -> frozenset[str]:
    """The facts that rows in force for a product read (``work_class``, ``region`` …): what a report asks beside the product's own."""
    found: set[str] = set()
    for key in product_keys(product_id, plan):
        for template_id, rows in snapshot.rows_of(key).items():
            if template_id in snapshot.templates and any(row.in_force(on) and row.status is Status.LIVE for row in rows):
                found |= {need.name for need in snapshot.templates[template_id].file.facts}
    return frozenset(found)


def _more(facts: Mapping[str, Any], providers: Mapping[str, Mapping[str, Any] | None]) -> dict[str, Value]:
    """Department, cause, place, class of work, and what is counted from the first day of unbroken cover."""
    policy, event = facts["policy"], facts["event"]
    first = date.fromisoformat(min(policy["first_covered_on"] or policy["start_on"], policy["start_on"]))
    days = [event["occurred_on"], *(bill["service_on"] for bill in facts["bills"] if bill["service_on"])]
    seen = [providers.get(bill["hospital"]) for bill in facts["bills"]]
    regions = {row["region"] for row in seen if row is not None and row["region"]} if None not in seen else set()
    return {
        "department": _only(facts["departments"]), "cause": event["cause"], "start_on": first,
        "days_since_start": max((date.fromisoformat(min(days)) - first).days, 0), "region": _only(regions) or event.get("region"),
        "work_class": facts["insured"].get("work_class"),
    }  # fmt: skip


def _only(found: Collection[str]) -> str | None:
    """The one value; None when there is none, or papers differ."""
    return next(iter(found)) if len(found) == 1 else None


def _grade(facts: Mapping[str, Any], providers: Mapping[str, Mapping[str, Any] | None]) -> int | None:
    """The lowest level of the hospitals (0 to 3); None when one of them is not in the register."""
    known = [providers.get(bill["hospital"]) for bill in facts["bills"]]
    levels = [grade_level(provider["grade"]) for provider in known if provider is not None]
    return min(levels) if levels and len(levels) == len(known) else None


def _stay_days(facts: Mapping[str, Any]) -> int | None:
    """Calendar days of the stay, first and last included; None when the claim has no single dated stay."""
    stays = {(bill["admitted_on"], bill["discharged_on"]) for bill in facts["bills"] if bill["admitted_on"] and bill["discharged_on"]}
    if len(stays) != 1:
        return None
    admitted, discharged = next(iter(stays))
    return (date.fromisoformat(discharged) - date.fromisoformat(admitted)).days + 1


def _scheme(facts: Mapping[str, Any]) -> str | None:
    """The scheme of social insurance in the words of the rule machine; None when the papers do not say it."""
    names = {bill["insurance_type"] for bill in facts["bills"]}
    return next((scheme for word, scheme in SCHEMES for name in sorted(names) if word in name), None)
