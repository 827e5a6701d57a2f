"""From the inputs of a live claim to a row of past claims: what a pass needs to decide it again, and nothing that names a person."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date
from typing import Any

import pyarrow as pa

from anpei.claims.audit.checks_declared import check_declared
from anpei.claims.audit.examine import CHECKS
from anpei.claims.audit.model import Case
from anpei.claims.decision.adjudication import Inputs, rule_facts_of
from anpei.claims.replay.reference import RECALCULATED
from anpei.claims.replay.schema import PAST
from anpei.rules.model import Subject, normalise_name

STANDING = tuple(check for check in CHECKS if check not in RECALCULATED)
"""The checks that rest on the papers alone: neither rules nor catalogue nor product change what they find."""


@dataclass(frozen=True, slots=True)
class Known:
    """What the record says of a claim beside its inputs. ``then``: decision, by, lane, total_fen, lines (line, coverage, payable_fen)."""

    claim_no: str
    policy: str
    insurer: str
    decided_on: date
    then: Mapping[str, Any]
    snapshot: str = ""
    region: str = "CN"


def past_claim(*, inputs: Inputs, known: Known) -> dict[str, Any]:
    """One row of ``schema.PAST``. The items of the lines are those they were matched to, whatever the catalogue said of them."""
    facts = inputs.facts
    event, policy, terms = facts["event"], facts["policy"], inputs.terms
    told = rule_facts_of(facts=facts, items=inputs.items, providers=inputs.providers)
    lines = {f"{bill['bill_id']}/{line['line_id']}" for bill in facts["bills"] for line in bill["lines"]}
    days = {name: _day(policy[name]) for name in ("start_on", "end_on", "first_covered_on")}
    return {
        "claim_no": known.claim_no, "policy": known.policy, "insurer": known.insurer, "product_id": terms.product_id, "plan": terms.plan,
        "occurred_on": _day(event["occurred_on"]), "decided_on": known.decided_on, "region": known.region, "event_id": event.get("id"),
        "event_kind": event["kind"], "event_cause": event["cause"], "cause_shown": event.get("cause_shown"),
        "currency": event.get("currency"), "reopened": facts["reopened"], "policy_start_on": days["start_on"],
        "policy_end_on": days["end_on"], "first_covered_on": days["first_covered_on"], "policy_status": policy["status"],
        "social_insurance": policy["social_insurance"], "bills": [_bill(bill, inputs) for bill in facts["bills"]],
        "labels": list(told.labels), "label_names": list(told.label_names),
        "subjects": [_subject(subject) for subject in told.subjects if subject.id not in lines], "attributes": dict(told.attributes),
        "used": [{"name": use.name, "period_key": use.period_key, "used": use.used} for use in inputs.accumulators.used],
        **_declared(facts.get("declared") or {}), "standing": standing_codes(inputs), "automation_on": inputs.automation.on,
        "limit_fen": inputs.automation.limit_fen, "then": {"lines": [], "total_fen": None, **known.then, "snapshot": known.snapshot},
    }  # fmt: skip


def standing_codes(inputs: Inputs) -> list[str]:
    """The codes of findings that rest on the papers alone, sorted, each once."""
    case = Case(
        facts=inputs.facts, terms=inputs.terms, thresholds=inputs.table.to_dict(), providers=inputs.providers, items=inputs.items, hits=()
    )
    event = {name: value for name, value in inputs.facts["event"].items() if name != "cause_shown"}
    papers = replace(case, facts={**inputs.facts, "event": event})
    return sorted({found.code for check in (*STANDING, check_declared) for found in check(papers)})


def table_of(rows: Sequence[Mapping[str, Any]]) -> pa.Table:
    """Rows as a table of past claims."""
    return pa.Table.from_pylist([dict(row) for row in rows], schema=PAST)


def _bill(bill: Mapping[str, Any], inputs: Inputs) -> dict[str, Any]:
    provider = inputs.providers.get(bill["hospital"]) or {}
    days = {name: _day(bill[name]) for name in ("service_on", "admitted_on", "discharged_on")}
    amounts = ("total_fen", "pooled_fen", "serious_illness_fen", "other_payment_fen", "self_paid_fen", "own_expense_fen")
    elsewhere = inputs.facts.get("paid_elsewhere", {}).get(bill["bill_id"], 0)
    other = {"other_payment_fen": (bill["other_payment_fen"] or 0) + elsewhere} if elsewhere else {}
    return {
        **{name: bill[name] for name in ("bill_id", "kind", "hospital", "settled_by_social", *amounts)}, **other, **days,
        "grade": provider.get("grade"), "ownership": provider.get("ownership"), "currency": bill.get("currency"),
        "lines": [_line(line, bill, inputs) for line in bill["lines"]],
    }  # fmt: skip


def _line(line: Mapping[str, Any], bill: Mapping[str, Any], inputs: Inputs) -> dict[str, Any]:
    item = inputs.items.get(f"{bill['bill_id']}/{line['line_id']}") or {"match": "none", "code": "", "score_bp": 0}
    day = line["charged_on"] or (bill["service_on"] if bill["kind"] == "outpatient" else None)
    return {
        "line_id": line["line_id"], "item_code": item["code"], "name": normalise_name(line["name"]), "day": _day(day),
        "quantity_milli": line["quantity_milli"] or 1000, "amount_fen": line["amount_fen"], "insurance_class": line["insurance_class"],
        "match": item["match"], "score_bp": item["score_bp"],
    }  # fmt: skip


def _subject(subject: Subject) -> dict[str, Any]:
    return {**{name: getattr(subject, name) for name in ("id", "day", "quantity", "amount", "name")}, "keys": list(subject.keys)}


def _declared(declared: Mapping[str, Any]) -> dict[str, Any]:
    """Declared facts as the table of cases holds them."""
    values = {name: value for name, value in declared.items() if isinstance(value, str) or not isinstance(value, Sequence)}
    rows = [
        {
            "list": name,
            "id": str(row.get("id") or f"{number:03}"),
            "facts": [_fact(*pair) for pair in sorted(row.items()) if pair[0] != "id"],
        }
        for name, given in sorted(declared.items())
        if name not in values
        for number, row in enumerate(given, start=1)
    ]
    return {"facts": [_fact(*pair) for pair in sorted(values.items())], "rows": rows}


def _fact(name: str, value: Any) -> dict[str, Any]:
    is_text = isinstance(value, str)
    return {"name": name, "text": value if is_text else None, "number": None if is_text or value is None else int(value)}


def _day(text: str | None) -> date | None:
    return date.fromisoformat(text) if text else None
