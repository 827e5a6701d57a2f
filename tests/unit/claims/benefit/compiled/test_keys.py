"""Periods of many rows at once: the same policy years as one by one, keys made by the one function, use in the order of the bills."""

from datetime import date
from typing import Any

import numpy as np
from hypothesis import given
from hypothesis import strategies as st

from anpei.claims.benefit import compiled
from anpei.claims.benefit.compiled.keys import year_starts
from anpei.records.policies.periods import policy_year_start
from anpei.records.products.library import ProductLibrary
from anpei.records.products.model import Terms

DAY, START = date(2026, 3, 2), date(2026, 1, 1)
DAYS = st.one_of(
    st.dates(min_value=date(1990, 1, 1), max_value=date(2060, 12, 31)),
    st.sampled_from([date(year, 2, day) for year in (2024, 2028) for day in (28, 29)] + [date(2026, 2, 28), date(2026, 3, 1)]),
)


@given(pairs=st.lists(st.tuples(DAYS, DAYS), min_size=1, max_size=20))
def test_policy_years_of_many_days(pairs: list[tuple[date, date]]) -> None:
    start_on, day = (np.array([one.toordinal() for one in column]) for column in zip(*pairs, strict=True))
    found = [date.fromordinal(int(number)) for number in year_starts(start_on=start_on, day=day)]
    assert found == [policy_year_start(start_on=start, day=on) for start, on in pairs]


def stay(bill_id: str, total: int, **more: Any) -> dict[str, Any]:
    return {"bill_id": bill_id, "kind": "inpatient", "service_on": DAY, "total_fen": total, "settled_by_social": True, **more}


def run(terms: Terms, *rows: dict[str, Any]) -> compiled.Outcome:
    known = {"occurred_on": DAY, "policy_start_on": START, "social_insurance": True}
    cases = compiled.read_cases(compiled.table_of([{**known, **row} for row in rows]), terms=terms)
    return compiled.calculate(program=compiled.program_of(terms), cases=cases)


def test_what_is_left_moves_on_from_bill_to_bill(million: Terms) -> None:
    """The deductible of 10,000.00: 6,320.00 of the first day, 3,680.00 of the second; in the next case all of it again."""
    later = stay("a", 1_234_567, service_on=date(2026, 6, 2))
    outcome = run(million, {"bills": [later, stay("b", 632_000)]}, {"bills": [later]})
    assert outcome.total_fen.tolist() == [866_567, 234_567]
    assert outcome.steps["deductible"].tolist() == [632_000, 368_000, 1_000_000]
    assert [uses and [use["used"] for use in uses] for uses in compiled.uses_by_case(outcome).to_pylist()] == [
        [1_000_000, 866_567], [1_000_000, 234_567],
    ]  # fmt: skip


def test_only_the_same_name_and_year_count_as_used(million: Terms) -> None:
    used = [
        {"name": "annual_deductible_used", "period_key": "year:2026-01-01", "used": 400_000},
        {"name": "annual_deductible_used", "period_key": "year:2025-01-01", "used": 600_000},
        {"name": "annual_limit_used", "period_key": "year:2026-01-01", "used": 1},
        {"name": "annual_deductible_used", "period_key": "year:2026-01-01", "used": 100_000},
    ]  # fmt: skip
    bills = [stay("a", 2_000_000)]
    assert run(million, {"bills": bills, "used": used}, {"bills": bills}).total_fen.tolist() == [1_500_000, 1_000_000]


def test_a_long_id_counts_by_its_digest(products: ProductLibrary) -> None:
    terms = products.terms("compulsory-motor", "standard", at=DAY)
    event_id = "0190b6a0-7d1c-7e51-9f21-3c5a3f2b9d10"
    row = {
        "event_id": event_id, "facts": [{"name": "at_fault", "number": 1}],
        "rows": [{"list": "victims", "id": "a", "facts": [{"name": "property_claim", "number": 100}]}],
    }  # fmt: skip
    (uses,) = compiled.uses_by_case(run(terms, row)).to_pylist()
    key = uses[0]["period_key"]
    assert (key[:17], len(key), uses[0]["used"]) == ("event:0190b6a0-7#", 37, 100)
    gone = {**row, "used": [{"name": "property_of", "period_key": key, "used": 199_950}]}
    assert run(terms, gone, row, {**gone, "event_id": "e2"}).total_fen.tolist() == [50, 100, 100]


def test_each_drug_has_a_whole_of_its_own(products: ProductLibrary) -> None:
    """Per drug 300,000.00 outside the catalogue, per implant 100,000.00; the second row of one implant finds what the first left."""
    terms = products.terms("city-supplementary", "standard", at=DAY)

    def item(name: str, amount: int) -> dict[str, Any]:
        facts = [{"name": "item", "text": name}, {"name": "item_amount", "number": amount}, {"name": "implant", "number": 1}]
        return {"list": "dear_items", "id": None, "facts": facts}

    bill = stay("b", 40_000_000, self_paid_fen=0, own_expense_fen=40_000_000)
    facts = [{"name": name, "number": 0} for name in ("pre_existing", "resident")]
    row = {"bills": [bill], "facts": facts, "rows": [item("valve", 12_000_000), item("lens", 8_000_000), item("valve", 9_000_000)]}
    outcome = run(terms, row)
    assert compiled.told(outcome, 0) == compiled.told_of(
        compiled.assess_row(row={"occurred_on": DAY, "policy_start_on": START, "social_insurance": True, **row}, terms=terms)
    )
    assert [use["period_key"] for use in compiled.uses_by_case(outcome).to_pylist()[0] if use["name"] == "implant_item_of"] == [
        "year:2026-01-01/lens", "year:2026-01-01/valve",
    ]  # fmt: skip


def test_bills_of_one_day_come_by_their_id(products: ProductLibrary) -> None:
    """As the reference goes through them, whatever order the table has: the deductible of 100.00 is used up by the first, b1."""
    terms = products.terms("accident", "standard", at=DAY)
    bills = [{**stay(name, 8_000), "settled_by_social": False} for name in ("b2", "b1")]
    outcome = run(terms, {"bills": bills})
    told = compiled.told(outcome, 0)
    assert {of: value for step, of, value in told.steps if step == "medical-deductible"} == {"b1": 8_000, "b2": 2_000}
    row = {"occurred_on": DAY, "policy_start_on": START, "social_insurance": True, "bills": bills}
    assert told == compiled.told_of(compiled.assess_row(row=row, terms=terms))
