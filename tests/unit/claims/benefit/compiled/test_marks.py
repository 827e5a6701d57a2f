"""What a program leaves to the reference, and why: one case for each reason, beside one that is calculated."""

from datetime import date
from typing import Any

import pytest

from anpei.claims.benefit import CurrencyRefused, compiled
from anpei.claims.benefit.compiled import Why
from anpei.claims.benefit.compiled.cases import MOST_TURNS
from anpei.kernel.errors import AnpeiError
from anpei.records.products.library import ProductLibrary
from anpei.records.products.model import Terms

DAY, START = date(2026, 3, 2), date(2026, 1, 1)
LINES = [{"line_id": "1", "amount_fen": 50_000, "insurance_class": "A"}, {"line_id": "2", "amount_fen": 10_000, "insurance_class": "C"}]


def visit(**more: Any) -> dict[str, Any]:
    """A row of one out-patient bill whose lines add up to it, not settled by social insurance."""
    bill = {"bill_id": "b", "kind": "outpatient", "service_on": DAY, "total_fen": 60_000, "settled_by_social": False, "lines": LINES}
    return {"occurred_on": DAY, "policy_start_on": START, "social_insurance": True, "bills": [{**bill, **more}]}


def whys(terms: Terms, *rows: dict[str, Any]) -> list[Why]:
    cases = compiled.read_cases(compiled.table_of(rows), terms=terms)
    return [Why(int(why)) for why in compiled.calculate(program=compiled.program_of(terms), cases=cases).why]


BILLS: dict[str, tuple[dict[str, Any], Why]] = {
    "lines without a class": ({"lines": [{"line_id": "1", "amount_fen": 60_000}]}, Why.UNKNOWN),
    "lines that do not add up": ({"lines": LINES[:1]}, Why.UNKNOWN),
    "another class": ({"lines": [{"line_id": "1", "amount_fen": 60_000, "insurance_class": "D"}]}, Why.FACTS),
    "more lines than total": ({"total_fen": 59_999}, Why.BILL),
    "no total": ({"total_fen": None, "lines": []}, Why.BILL),
    "no day": ({"service_on": None}, Why.BILL),
    "nobody knows of a settlement": ({"settled_by_social": None}, Why.BILL),
    "not settled, yet paid": ({"pooled_fen": 1}, Why.BILL),
    "others paid more than the total": ({"other_payment_fen": 60_001}, Why.BILL),
    "own parts above the total": ({"settled_by_social": True, "self_paid_fen": 60_000, "own_expense_fen": 1}, Why.BILL),
    "below zero": ({"other_payment_fen": -1}, Why.BILL),
    "another currency": ({"currency": "HKD"}, Why.CURRENCY),
    "no id": ({"bill_id": None}, Why.FACTS),
    "too large": ({"total_fen": 10**15, "lines": [{"line_id": "1", "amount_fen": 10**15, "insurance_class": "A"}]}, Why.NUMBER),
}


@pytest.mark.parametrize(("change", "why"), BILLS.values(), ids=BILLS)
def test_what_is_wrong_with_a_bill_leaves_its_case_alone(standard: Terms, change: dict[str, Any], why: Why) -> None:
    found = whys(standard, visit(), visit(**change), visit())
    assert [found[0], found[2]] == [Why.NONE, Why.NONE]
    assert found[1] & why, found


def test_a_bill_that_says_no_currency_is_in_that_of_the_event(standard: Terms) -> None:
    abroad = {**visit(), "currency": "USD"}
    at_home = {**visit(currency="CNY"), "currency": "USD"}
    assert whys(standard, abroad, at_home, {**visit(), "currency": "CNY"}) == [Why.CURRENCY, Why.NONE, Why.NONE]
    with pytest.raises(CurrencyRefused):
        compiled.assess_row(row=compiled.table_of([abroad]).to_pylist()[0], terms=standard)


def test_lines_without_an_amount_say_nothing(standard: Terms) -> None:
    """A gift on the list has no class; neither it nor a line taken back makes the other lines unknown."""
    gift, taken_back = {"line_id": "3", "amount_fen": 0}, {"line_id": "4", "amount_fen": -10_000}
    table = compiled.table_of([visit(), visit(lines=[*LINES, gift, taken_back, {"line_id": "5", "amount_fen": None}])])
    outcome = compiled.calculate(program=compiled.program_of(standard), cases=compiled.read_cases(table, terms=standard))
    assert (outcome.why.tolist(), outcome.total_fen.tolist()) == ([0, 0], [32_000, 32_000])
    assert compiled.told(outcome, 1) == compiled.told_of(compiled.assess_row(row=table.to_pylist()[1], terms=standard))


CASES: dict[str, tuple[dict[str, Any], Why]] = {
    "no bill": ({"bills": []}, Why.FACTS),
    "no policy start": ({"policy_start_on": None}, Why.FACTS),
    "nobody knows of the policy": ({"social_insurance": None}, Why.FACTS),
    "used below zero": ({"used": [{"name": "visits", "period_key": "day:2026-03-02", "used": -1}]}, Why.FACTS),
    "used without a name": ({"used": [{"name": None, "period_key": "day:2026-03-02", "used": 1}]}, Why.FACTS),
    "one id twice": ({"bills": [*visit()["bills"], *visit()["bills"]]}, Why.FACTS),
}


@pytest.mark.parametrize(("change", "why"), CASES.values(), ids=CASES)
def test_what_is_wrong_with_a_case_leaves_it_alone(standard: Terms, change: dict[str, Any], why: Why) -> None:
    assert whys(standard, visit(), {**visit(), **change}, visit()) == [Why.NONE, why, Why.NONE]


def motor(*victims: dict[str, Any], **facts: Any) -> dict[str, Any]:
    """A row of an accident."""
    given = [{"name": "at_fault", "number": 1}, *({"name": name, **value} for name, value in facts.items())]
    return {
        "occurred_on": DAY,
        "policy_start_on": START,
        "facts": given,
        "rows": [{"list": "victims", "id": None, **one} for one in victims],
    }


def claim(name: str = "property_claim", **value: Any) -> dict[str, Any]:
    return {"facts": [{"name": name, **(value or {"number": 100})}]}


EVENTS: dict[str, tuple[dict[str, Any], Why]] = {
    "an unknown fact": (motor(claim(), mood={"number": 1}), Why.FACTS),
    "an unknown list": ({**motor(), "rows": [{"list": "animals", "id": "a", "facts": []}]}, Why.FACTS),
    "an unknown column": (motor(claim("mood")), Why.FACTS),
    "a wrong number": (motor(claim(number=-1)), Why.FACTS),
    "a text for a number": (motor(claim(text="100")), Why.FACTS),
    "a fact twice": ({**motor(), "facts": [{"name": "at_fault", "number": 1}] * 2}, Why.FACTS),
    "one row twice": (motor({"id": "a", **claim()}, {"id": "a", **claim()}), Why.FACTS),
    "no day": ({**motor(claim()), "occurred_on": None}, Why.FACTS),
    "a fact without a name": ({**motor(), "facts": [{"number": 1}]}, Why.FACTS),
    "no fact at all": ({**motor(), "facts": [None]}, Why.FACTS),
    "a row without a list": ({**motor(), "rows": [{"id": "a"}]}, Why.FACTS),
    "no bill at all": ({**motor(claim()), "bills": [None]}, Why.BILL),
    "an unknown fault": ({**motor(claim()), "facts": []}, Why.UNKNOWN),
    "another currency": ({**motor(claim()), "currency": "USD"}, Why.CURRENCY),
}


@pytest.mark.parametrize(("row", "why"), EVENTS.values(), ids=EVENTS)
def test_what_is_wrong_with_an_event_leaves_its_case_alone(products: ProductLibrary, row: dict[str, Any], why: Why) -> None:
    terms = products.terms("compulsory-motor", "standard", at=DAY)
    found = whys(terms, motor(claim()), row, motor(claim()))
    assert [found[0], found[2]] == [Why.NONE, Why.NONE]
    assert found[1] & why, found
    with pytest.raises(AnpeiError):
        compiled.assess_row(row=row, terms=terms)


def test_a_loss_that_is_larger_than_64_bits_are_certain_for_is_left_alone(products: ProductLibrary) -> None:
    terms = products.terms("household-property", "standard", at=DAY)
    house = {name: {"number": 3 * 10**9 + 1} for name in ("house_sum", "house_value", "house_loss")}
    row = {**motor(**house), "rows": []}
    row["facts"] = row["facts"][1:]
    small, large = ({**row, "facts": [{**fact, "number": number} for fact in row["facts"]]} for number in (2 * 10**9, 3 * 10**9 + 1))
    assert whys(terms, small, large, small) == [Why.NONE, Why.NUMBER, Why.NONE]


def test_no_division_by_nothing(products: ProductLibrary) -> None:
    terms = products.terms("household-property", "standard", at=DAY)
    facts = [{"name": "house_sum", "number": 100}, {"name": "house_value", "number": 0}, {"name": "house_loss", "number": 100}]
    (found,) = whys(terms, {"occurred_on": DAY, "policy_start_on": START, "facts": facts})
    assert found & Why.STEP


def test_a_claim_of_very_many_bills_does_not_hold_up_the_others(standard: Terms) -> None:
    bill = visit()["bills"][0]
    many, more = ({**visit(), "bills": [{**bill, "bill_id": f"{n}"} for n in range(count)]} for count in (MOST_TURNS, MOST_TURNS + 1))
    table = compiled.table_of([visit(), more, many, visit()])
    outcome = compiled.calculate(program=compiled.program_of(standard), cases=compiled.read_cases(table, terms=standard))
    assert outcome.why.tolist() == [0, Why.NUMBER, 0, 0]
    assert compiled.told(outcome, 2) == compiled.told_of(compiled.assess_row(row=table.to_pylist()[2], terms=standard))
