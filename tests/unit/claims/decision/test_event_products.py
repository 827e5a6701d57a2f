"""The claim line calculates products by event: declared facts, rows made from bills, and a person where a fact is missing."""

from dataclasses import replace
from typing import Any

import pytest

from anpei.claims.decision.adjudication import Inputs, assess_inputs, event_of
from tests.factories import cases


def by_event(product: str, plan: str = "standard", *, bills: list[dict[str, Any]] | None = None, **declared: Any) -> Inputs:
    clean = cases.inputs()
    facts = {**clean.facts, "declared": declared, "bills": clean.facts["bills"] if bills is None else bills}
    return replace(clean, facts=facts, terms=cases.terms(product, plan))


def test_declared_facts_are_calculated() -> None:
    assessment, problem = assess_inputs(
        by_event("household-property", bills=[], house_sum=80_000_000, house_value=100_000_000, house_loss=5_600_000)
    )
    assert problem is None
    assert assessment is not None
    assert assessment.total_fen == 4_430_000


def test_rows_of_a_list_are_made_from_bills() -> None:
    bill = dict(cases.inputs().facts["bills"][0])
    stay = {**bill, "bill_id": "stay", "admitted_on": "2026-10-03", "discharged_on": "2026-10-15"}
    inputs = by_event("hospital-allowance", bills=[bill, stay])
    event = event_of(inputs)
    assert event is not None
    assert [(name, [row.id for row in rows]) for name, rows in event.rows] == [("stays", ["stay"])]
    assessment, _ = assess_inputs(inputs)
    assert assessment is not None
    assert assessment.total_fen == 180_000


@pytest.mark.parametrize(
    ("declared", "code"),
    [
        ({"house_loss": 100, "house_sum": 100, "house_value": 0}, "benefit.facts_inconsistent"),
        ({"house_los": 100}, "benefit.facts_inconsistent"),
        ({"house_loss": -1}, "benefit.facts_inconsistent"),
        ({"cause": "mood"}, "benefit.facts_inconsistent"),
    ],
)
def test_facts_that_do_not_fit_go_to_a_person(declared: dict[str, Any], code: str) -> None:
    assert assess_inputs(by_event("household-property", bills=[], **declared)) == (None, code)


def test_a_missing_fact_goes_to_a_person() -> None:
    assert assess_inputs(by_event("livestock", bills=[], disposed=True, animals=[{"kind": "sow"}])) == (None, "benefit.facts_missing")


def test_a_bill_that_is_not_read_yet_is_waited_for() -> None:
    bill = {**cases.inputs().facts["bills"][0], "total_fen": None}
    assert assess_inputs(by_event("accident", bills=[bill])) == (None, None)


def test_another_currency_goes_to_a_person() -> None:
    clean = cases.inputs()
    foreign = replace(clean, facts={**clean.facts, "bills": [{**clean.facts["bills"][0], "currency": "HKD"}]})
    assert assess_inputs(foreign) == (None, "benefit.facts_inconsistent")
    event = {**clean.facts["event"], "currency": "USD"}
    assert assess_inputs(replace(clean, facts={**clean.facts, "event": event})) == (None, "benefit.facts_inconsistent")
    abroad = by_event("household-property", bills=[], house_loss=1)
    assert assess_inputs(replace(abroad, facts={**abroad.facts, "event": event})) == (None, "benefit.facts_inconsistent")


def test_products_by_visit_take_bills_only() -> None:
    assert event_of(cases.inputs()) is None
