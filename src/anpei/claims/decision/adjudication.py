"""One pure function from inputs to findings, assessment, lane and decision: the live claim, the what-if and the offline proof share it.

``Inputs`` holds plain data only (facts, terms, rows), so that a proof can carry it whole and re-evaluate it anywhere.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from typing import Any

from anpei.claims import benefit
from anpei.claims.audit.examine import examine, lane_of
from anpei.claims.audit.model import Case, Finding, FindingsTable
from anpei.claims.benefit import Accumulators, Assessment, BillFacts, BillLine, EventFacts
from anpei.claims.benefit.facts import CURRENCY
from anpei.claims.decision.decide import Automation, decide
from anpei.claims.decision.model import Refer, Settle
from anpei.claims.decision.rule_facts import facts_read, product_keys, rule_facts_of
from anpei.claims.dossier.model import Lane
from anpei.records.products.model import Terms
from anpei.rules.model import Evaluation, Status

__all__ = [
    "UNDECIDED", "Inputs", "Outputs", "adjudicate", "assess_inputs", "bills_of", "conclude", "event_of", "examine_inputs", "facts_read",
    "judged", "product_keys", "rule_facts_of",
]  # fmt: skip

UNDECIDED = "rule.undecided"


@dataclass(frozen=True)
class Inputs:
    """Everything an adjudication depends on besides rule rows. ``items``: line key -> resolved item with its catalogue payload."""

    facts: Mapping[str, Any]
    terms: Terms
    table: FindingsTable
    providers: Mapping[str, Mapping[str, Any] | None]
    items: Mapping[str, Mapping[str, Any]]
    accumulators: Accumulators
    automation: Automation


@dataclass(frozen=True, slots=True)
class Outputs:
    """What follows from the inputs and the rule hits."""

    findings: tuple[Finding, ...]
    assessment: Assessment | None
    lane: Lane
    lane_reasons: tuple[str, ...]
    decision: Settle | Refer

    def to_dict(self) -> dict[str, Any]:
        """Plain data."""
        return {
            "findings": [item.to_dict() for item in self.findings],
            "assessment": None if self.assessment is None else self.assessment.to_dict(),
            "lane": self.lane.value, "lane_reasons": list(self.lane_reasons), "decision": self.decision.to_dict(),
        }  # fmt: skip


def adjudicate(*, inputs: Inputs, hits: tuple[Mapping[str, Any], ...]) -> Outputs:
    """Findings, then the amount, then the lane and the decision."""
    return conclude(inputs=inputs, findings=examine_inputs(inputs=inputs, hits=hits))


def conclude(*, inputs: Inputs, findings: tuple[Finding, ...]) -> Outputs:
    """The amount, lane and decision from findings that are known."""
    assessment, problem = assess_inputs(inputs)
    if problem is not None:
        findings += (Finding(problem),)
    decision = decide(findings=findings, table=inputs.table, assessment=assessment, automation=inputs.automation)
    total = None if assessment is None else assessment.total_fen
    reasons = findings if isinstance(decision, Settle) else findings + _decision_findings(decision, findings)
    lane, lane_reasons = lane_of(findings=reasons, table=inputs.table, total_fen=total)
    return Outputs(findings, assessment, lane, lane_reasons, decision)


def _decision_findings(decision: Refer, findings: tuple[Finding, ...]) -> tuple[Finding, ...]:
    known = {item.code for item in findings}
    return tuple(Finding(code) for code in decision.reasons if code not in known)


def examine_inputs(*, inputs: Inputs, hits: tuple[Mapping[str, Any], ...]) -> tuple[Finding, ...]:
    """The findings alone."""
    thresholds = inputs.table.to_dict()
    return examine(
        Case(
            facts=inputs.facts, terms=inputs.terms, thresholds=thresholds, providers=inputs.providers, items=inputs.items, hits=hits,
        )
    )  # fmt: skip


def assess_inputs(inputs: Inputs) -> tuple[Assessment | None, str | None]:
    """The amount alone; None while a bill cannot be calculated, then with the code that says why (None: a finding says it already)."""
    bills = bills_of(inputs)
    event = event_of(inputs)
    if not bills and (event is None or inputs.facts["bills"]):
        return None, None
    try:
        return benefit.assess(terms=inputs.terms, bills=bills, accumulators=inputs.accumulators, event=event), None
    except (benefit.FactsMissing, benefit.FactsInconsistent) as error:
        return None, error.code


def event_of(inputs: Inputs) -> EventFacts | None:
    """The facts of the event for a product that is calculated by event; None for one by bill or visit.

    What the product declares stands under ``facts["declared"]``; lists whose rows are bills take those that have all their columns.
    """
    if inputs.terms.unit != "event":
        return None
    facts = dict(inputs.facts.get("declared", {}))
    for rows in inputs.terms.lists:
        columns = [item.name for item in inputs.terms.inputs if item.of == rows.name and item.source == "bills"]
        if rows.source == "bills" and rows.name not in facts:
            full = [bill for bill in inputs.facts["bills"] if all(bill.get(column) is not None for column in columns)]
            facts[rows.name] = [{"id": bill["bill_id"], **{column: bill[column] for column in columns}} for bill in full]
    event = inputs.facts["event"]
    known = {"event_id": event.get("id") or "", "currency": event.get("currency") or CURRENCY}
    return EventFacts.of(on=date.fromisoformat(event["occurred_on"]), facts=facts, **known)


def bills_of(inputs: Inputs) -> tuple[BillFacts, ...]:
    """The bills as the benefit calculation takes them, in the order of their days; empty when one cannot be calculated yet."""
    result: list[BillFacts] = []
    for bill in inputs.facts["bills"]:
        if bill["total_fen"] is None or bill["total_fen"] <= 0 or bill["service_on"] is None:
            return ()
        if bill["settled_by_social"] is None:
            return ()
        if bill["settled_by_social"] and (bill["self_paid_fen"] is None or bill["own_expense_fen"] is None):
            return ()
        result.append(_bill(bill, inputs))
    return tuple(sorted(result, key=lambda item: (item.service_on, item.bill_id)))


def _bill(bill: Mapping[str, Any], inputs: Inputs) -> BillFacts:
    lines = tuple(_line(bill, line, inputs) for line in bill["lines"] if line["amount_fen"] > 0)
    elsewhere = inputs.facts.get("paid_elsewhere", {}).get(bill["bill_id"], 0)
    return BillFacts(
        bill_id=bill["bill_id"], kind=bill["kind"], service_on=date.fromisoformat(bill["service_on"]), total_fen=bill["total_fen"],
        pooled_fen=bill["pooled_fen"] or 0, serious_illness_fen=bill["serious_illness_fen"] or 0,
        other_payment_fen=(bill["other_payment_fen"] or 0) + elsewhere,
        self_paid_fen=bill["self_paid_fen"], own_expense_fen=bill["own_expense_fen"],
        settled_by_social=bill["settled_by_social"], social_insurance=inputs.facts["policy"]["social_insurance"], lines=lines,
        currency=bill.get("currency") or inputs.facts["event"].get("currency") or CURRENCY,
    )  # fmt: skip


def _line(bill: Mapping[str, Any], line: Mapping[str, Any], inputs: Inputs) -> BillLine:
    item = inputs.items.get(f"{bill['bill_id']}/{line['line_id']}") or {}
    payload = item.get("payload") or {}
    return BillLine(
        line_id=line["line_id"], item_code=item.get("code") or "", name=line["name"], amount_fen=line["amount_fen"],
        insurance_class=payload.get("class") or line["insurance_class"], covered=bool(payload.get("covered", True)),
    )  # fmt: skip


def judged(result: Evaluation) -> tuple[dict[str, Any], ...]:
    """What an evaluation says, as plain data: its hits, and the rows that an unknown fact left undecided (a person looks at those)."""
    hits = [hit.as_data() for hit in result.hits]
    left = [
        {
            "finding": UNDECIDED, "of": item.finding, "template": item.template_id, "rule_id": item.rule_ids[0],
            "rule_ids": list(item.rule_ids), "subjects": list(item.subject_ids), "missing": list(item.missing),
        }
        for item in result.undecided
        if item.status is Status.LIVE
    ]  # fmt: skip
    return tuple(hits + left)
