"""Products by event: facts in plain form, rows in any order, other currencies refused, what goes in and what it is bound to."""

import json
from dataclasses import replace
from datetime import date
from itertools import permutations
from typing import Any

import pytest

from anpei.claims import benefit
from anpei.claims.benefit import Accumulators, BillFacts, EventFacts
from anpei.kernel.canonical import canonical
from anpei.records.products.library import ProductLibrary
from anpei.records.products.model import Terms

DAY = date(2026, 3, 2)
VICTIMS = [{"id": "a", "property_claim": 100_000}, {"id": "b", "property_claim": 100_000}, {"id": "c", "property_claim": 100_000}]


def event(**facts: Any) -> EventFacts:
    return EventFacts.of(on=DAY, facts=facts)


@pytest.fixture(scope="module")
def motor(products: ProductLibrary) -> Terms:
    return products.terms("compulsory-motor", "standard", at=DAY)


def test_facts_keep_their_form() -> None:
    facts = event(at_fault=True, since="2026-01-01", victims=VICTIMS)
    assert EventFacts.from_dict(json.loads(canonical(facts.to_dict()))) == facts
    with pytest.raises(benefit.BenefitInvalid):
        EventFacts.from_dict({**facts.to_dict(), "more": 1})


def test_rows_in_any_order_give_the_same(motor: Terms, unused: Accumulators) -> None:
    results = {
        benefit.assess(terms=motor, accumulators=unused, event=event(at_fault=True, victims=list(rows))) for rows in permutations(VICTIMS)
    }
    assert len(results) == 1
    assert [(line.id, line.payable_fen) for line in results.pop().lines if line.coverage == "property"] == [
        ("event:property:a", 66_667), ("event:property:b", 66_667), ("event:property:c", 66_666),
    ]  # fmt: skip


def test_one_row_twice_is_refused() -> None:
    with pytest.raises(benefit.BenefitInvalid, match="two rows of victims have one id"):
        event(victims=[VICTIMS[0], VICTIMS[0]])


@pytest.mark.parametrize(
    ("facts", "says"),
    [
        ({"at_fault": True, "mood": 1}, "asks for no mood; it asks for at_fault"),
        ({"at_fault": True, "animals": []}, "has no list 'animals'; it has victims"),
        ({"at_fault": 2}, "at_fault is wrong: 2 is no flag"),
        ({"at_fault": True, "vehicle_share": -1}, "vehicle_share is wrong: -1 is no bp"),
        ({"at_fault": True, "victims": [{"property_claim": "100"}]}, "property_claim is wrong: '100' is no fen"),
        ({"at_fault": True, "victims": [{"property_claim": True}]}, "property_claim is wrong: True is no fen"),
    ],
)
def test_wrong_facts_are_named(motor: Terms, unused: Accumulators, facts: dict[str, Any], says: str) -> None:
    with pytest.raises(benefit.FactsInconsistent, match=says):
        benefit.assess(terms=motor, accumulators=unused, event=event(**facts))


def test_a_missing_fact_is_named(motor: Terms, unused: Accumulators) -> None:
    with pytest.raises(benefit.FactsMissing) as caught:
        benefit.assess(terms=motor, accumulators=unused, event=event(victims=VICTIMS))
    assert caught.value.data == {"step": "injury-limit", "fact": "at_fault", "of": "event"}


def test_other_currencies_are_refused(motor: Terms, standard: Terms, unused: Accumulators) -> None:
    dollars = EventFacts.of(on=DAY, currency="USD", facts={"at_fault": True})
    with pytest.raises(benefit.CurrencyRefused, match="the event is in USD, and amounts are calculated in CNY only") as caught:
        benefit.assess(terms=motor, accumulators=unused, event=dollars)
    assert caught.value.code == "benefit.facts_inconsistent"
    bills = [
        BillFacts(
            bill_id=name,
            kind="outpatient",
            service_on=DAY,
            total_fen=100,
            settled_by_social=False,
            social_insurance=True,
            currency=currency,
        )
        for name, currency in (("b1", "CNY"), ("b2", "HKD"))
    ]
    with pytest.raises(benefit.CurrencyRefused, match="bill b2 is in HKD"):
        benefit.assess(terms=standard, bills=bills, accumulators=unused)
    assert "currency" not in bills[0].to_dict()
    assert BillFacts.from_dict(bills[1].to_dict()) == bills[1]


def test_a_benefit_without_anybody_to_pay_goes_to_a_person(products: ProductLibrary, unused: Accumulators) -> None:
    life = products.terms("term-life", "standard", at=DAY)
    with pytest.raises(benefit.FactsMissing, match="nobody to share with"):
        benefit.assess(terms=life, accumulators=unused, event=event(born_on="1980-01-01", effective_on="2020-01-01"))


def test_amounts_beyond_all_bounds_go_to_a_person(products: ProductLibrary, unused: Accumulators) -> None:
    herd = products.terms("livestock", "standard", at=DAY)
    facts = {"disposed": True, "insured_heads": 1, "actual_heads": 1}
    for heads in (10**14, 10**15):
        with pytest.raises(benefit.FactsInconsistent):
            benefit.assess(terms=herd, accumulators=unused, event=event(animals=[{"kind": "sow", "heads": heads}], **facts))


def test_bills_and_events_are_not_mixed_up(motor: Terms, standard: Terms, unused: Accumulators) -> None:
    with pytest.raises(benefit.BenefitInvalid, match="is calculated by event"):
        benefit.assess(terms=motor, accumulators=unused)
    with pytest.raises(benefit.BenefitInvalid, match="is calculated by visit"):
        benefit.assess(terms=standard, accumulators=unused, event=event())


def test_limits_of_an_event_are_kept_by_its_id(motor: Terms, unused: Accumulators) -> None:
    facts = EventFacts.of(on=DAY, event_id="acc-9", facts={"at_fault": True, "victims": VICTIMS})
    first = benefit.assess(terms=motor, accumulators=unused, event=facts)
    assert [(use.name, use.period_key, use.amount, use.total) for use in first.accumulator_use] == [
        ("property_of", "event:acc-9", 200_000, 200_000)
    ]
    used = Accumulators.of(policy_start_on=date(2026, 1, 1), used={("property_of", "event:acc-9"): 200_000})
    second = benefit.assess(terms=motor, accumulators=used, event=facts)
    assert (second.total_fen, second.zero_cause) == (0, "limit")


def test_the_trace_gives_the_total_and_a_changed_one_is_noticed(motor: Terms, unused: Accumulators) -> None:
    made = benefit.assess(terms=motor, accumulators=unused, event=event(at_fault=True, victims=VICTIMS))
    assert benefit.retrace(assessment=made, terms=motor) == made.total_fen == 200_000
    for index in range(len(made.steps)):
        data = made.to_dict()
        data["steps"][index]["output_fen"] += 1
        with pytest.raises(benefit.BenefitInvalid, match="the trace was changed"):
            benefit.retrace(assessment=benefit.Assessment.from_dict(data), terms=motor)


def test_stays_close_together_need_their_cause(products: ProductLibrary, unused: Accumulators) -> None:
    terms = products.terms("hospital-allowance", "standard", at=DAY)
    stays = [
        {"id": "a", "admitted_on": "2026-03-02", "discharged_on": "2026-03-14"},
        {"id": "b", "admitted_on": "2026-04-13", "discharged_on": "2026-04-18"},
    ]
    with pytest.raises(benefit.FactsMissing, match="carried is counted by cause, which the evidence does not give"):
        benefit.assess(terms=terms, accumulators=unused, event=event(stays=stays))
    named = [{**stay, "cause": "fracture"} for stay in stays]
    assert benefit.assess(terms=terms, accumulators=unused, event=event(stays=named)).total_fen == 14 * 20_000
    apart = [stays[0], {**stays[1], "admitted_on": "2026-04-14"}]
    assert benefit.assess(terms=terms, accumulators=unused, event=event(stays=apart)).total_fen == 10 * 20_000


def test_days_are_counted_apart_from_money(products: ProductLibrary, unused: Accumulators) -> None:
    terms = products.terms("hospital-allowance", "standard", at=DAY)
    stays = [{"admitted_on": "2026-03-02", "discharged_on": "2026-03-14"}]
    made = benefit.assess(terms=terms, accumulators=unused, event=event(stays=stays))
    assert [(use.name, use.kind, use.amount) for use in made.accumulator_use] == [("days_of_year", "count", 9)]
    assert (made.total_fen, made.limit_used_fen) == (180_000, 0)


@pytest.mark.parametrize(("event_id", "key"), [("", "event:2026-03-02"), ("e-1", "event:e-1")])
def test_bills_of_other_days_belong_to_the_one_event(products: ProductLibrary, unused: Accumulators, event_id: str, key: str) -> None:
    """The deductible of an accident (100.00) is taken once, though it was treated on two days: (1,000.00 x 2 - 100.00) x 90 %."""
    terms = products.terms("accident", "standard", at=DAY)
    bills = [
        BillFacts(
            bill_id=str(day), kind="outpatient", service_on=date(2026, 3, day), total_fen=100_000, settled_by_social=False,
            social_insurance=True,
        )
        for day in (2, 3)
    ]  # fmt: skip
    made = benefit.assess(terms=terms, bills=bills, accumulators=unused, event=EventFacts.of(on=DAY, event_id=event_id))
    assert made.total_fen == 171_000
    assert [(use.name, use.period_key, use.amount) for use in made.accumulator_use] == [
        ("medical_deductible_of", key, 10_000), ("medical_of", key, 171_000),
    ]  # fmt: skip


def test_a_limit_whose_conditions_do_not_hold_is_no_cause_of_a_zero(products: ProductLibrary, unused: Accumulators) -> None:
    """Nothing is paid because of the deductible; the limit of property is asked for on two conditions of which one does not hold."""
    terms = products.terms("rider-accident", "daily", at=DAY)
    barred = tuple(replace(s, when="in_time", unless="in_time") if s.id == "property-cap" else s for s in terms.steps)
    bill = BillFacts(
        bill_id="b", kind="outpatient", service_on=DAY, total_fen=5_000, settled_by_social=False, social_insurance=True
    )  # fmt: skip
    made = benefit.assess(terms=replace(terms, steps=barred), bills=[bill], accumulators=unused, event=event(in_time=True))
    assert (made.total_fen, made.zero_cause) == (0, benefit.ZeroCause.DEDUCTIBLE)
