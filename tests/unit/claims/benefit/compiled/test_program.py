"""Programs: every shipped plan has one; terms that ask for more are left to the reference; two outcomes beside each other."""

from dataclasses import replace
from datetime import date
from typing import Any

import numpy as np
import pytest

from anpei.claims.benefit import BenefitInvalid, compiled
from anpei.claims.benefit.compiled import CLASSES, LineTerms, Why
from anpei.kernel.errors import AnpeiError
from anpei.records.products import library
from anpei.records.products.library import ProductLibrary
from anpei.records.products.model import Terms

DAY, START = date(2026, 3, 2), date(2026, 1, 1)


def test_every_shipped_plan_has_a_program(products: ProductLibrary) -> None:
    plans = [
        (file.id, plan, compiled.program_of(library.resolve(file, plan=plan)).problem) for file in products.files() for plan in file.plans
    ]
    assert len(plans) >= 23
    assert [plan for plan in plans if plan[2]] == []


def visits(*lines: dict[str, Any]) -> Any:
    bill = {"bill_id": "b", "kind": "outpatient", "service_on": DAY, "total_fen": 60_000, "settled_by_social": False, "lines": list(lines)}
    row = {"occurred_on": DAY, "policy_start_on": START, "social_insurance": True, "bills": [bill]}
    return compiled.table_of([row, {**row, "bills": [{**bill, "lines": []}]}])


LINES = visits(
    {"line_id": "1", "amount_fen": 50_000, "insurance_class": "A"}, {"line_id": "2", "amount_fen": 10_000, "insurance_class": "C"}
)


def calculated(terms: Terms, **more: Any) -> compiled.Outcome:
    return compiled.calculate(program=compiled.program_of(terms), cases=compiled.read_cases(LINES, terms=terms, **more))


def test_an_accumulator_of_two_levels_is_left_to_the_reference(standard: Terms) -> None:
    """Bills and visits of one unit would use it before those of the next: a program goes level by level."""
    steps = tuple(
        replace(step, do="cap", operands=(step.operands[0], replace(step.operands[1], cases=annual.operands[1].cases)))
        if step.id == "outside"
        else step
        for annual in (next(step for step in standard.steps if step.id == "annual-limit"),)
        for step in standard.steps
    )
    both = replace(standard, steps=steps)
    assert compiled.program_of(both).problem == "the accumulator annual_limit_used is used at bill and visit of one unit after the other"
    outcome = calculated(both)
    assert [Why(int(why)) & Why.PROGRAM for why in outcome.why] == [Why.PROGRAM, Why.PROGRAM]
    assert compiled.lines_by_case(outcome).to_pylist() == [None, None]


def test_a_name_that_nothing_makes_is_left_to_the_reference(standard: Terms) -> None:
    assert compiled.program_of(replace(standard, payable="mood")).problem == "mood is no value of visit"


def test_what_another_catalogue_changes_is_told_by_line_and_step(plus: Terms) -> None:
    """The second line moves from class C to class A: 50 % becomes 80 %, first seen in the inside costs."""
    before = calculated(plus)
    after = calculated(plus, lines=LineTerms(insurance_class=np.array([CLASSES["A"], CLASSES["A"]]), covered=np.array([True, True])))
    found = compiled.differences(before=before, after=after)
    assert found.compared.tolist() == [True, False]
    assert found.total_fen.tolist() == [3_000, 0]
    assert {name: changed.tolist() for name, changed in found.lines.items()} == {"inside": [8_000, 0], "outside": [-5_000, 0]}
    assert [found.steps[place] if place >= 0 else None for place in found.step] == ["inside-cost", None]
    assert {name: paid.tolist()[0] for name, paid in compiled.by_line(after).items()} == {"inside": 48_000, "outside": 0}


def test_other_terms_are_compared_by_the_names_of_steps_and_lines(plus: Terms, standard: Terms) -> None:
    found = compiled.differences(before=calculated(standard), after=calculated(plus))
    assert (found.total_fen.tolist(), found.steps[found.step[0]]) == ([13_000, 0], "deductible-inside")


def test_nothing_differs_from_itself(plus: Terms) -> None:
    found = compiled.differences(before=calculated(plus), after=calculated(plus))
    assert (found.step.tolist(), found.total_fen.tolist()) == ([-1, -1], [0, 0])


def test_two_tables_are_not_compared(plus: Terms) -> None:
    one = compiled.calculate(program=compiled.program_of(plus), cases=compiled.read_cases(LINES.slice(1), terms=plus))
    with pytest.raises(BenefitInvalid, match="outcomes of 2 and of 1 cases"):
        compiled.differences(before=calculated(plus), after=one)


STAY = {"bill_id": "b", "kind": "inpatient", "service_on": DAY, "total_fen": 3_000_000, "pooled_fen": 1_500_000, "settled_by_social": True}
STAYS = compiled.table_of([{"occurred_on": DAY, "policy_start_on": START, "social_insurance": True, "bills": [STAY]}])


@pytest.mark.parametrize(
    ("wrong", "says"),
    [
        (
            lambda terms: _with(terms, "base", operands=terms.steps[0].operands[:2]),
            "would be more than the 1500000 fen that nobody else paid",
        ),
        (lambda terms: replace(terms, lines=(replace(terms.lines[0], payable="no_amount"),)), "do not add up to the total"),
    ],
    ids=["above what nobody paid", "lines beside the total"],
)
def test_terms_that_pay_what_they_may_not_are_left_to_the_reference(million: Terms, wrong: Any, says: str) -> None:
    nothing = replace(million.steps[0], id="none", output="no_amount", operands=million.steps[0].operands[1:2])
    terms = wrong(replace(million, steps=(*million.steps, nothing)))
    outcome = compiled.calculate(program=compiled.program_of(terms), cases=compiled.read_cases(STAYS, terms=terms))
    with pytest.raises(AnpeiError, match=says):
        compiled.assess_row(row=STAYS.to_pylist()[0], terms=terms)
    assert outcome.why.tolist() == [Why.PAID]
    right = compiled.calculate(program=compiled.program_of(million), cases=compiled.read_cases(STAYS, terms=million))
    assert (right.why.tolist(), right.total_fen.tolist()) == ([0], [500_000])


def _with(terms: Terms, step_id: str, **changes: Any) -> Terms:
    return replace(terms, steps=tuple(replace(step, **changes) if step.id == step_id else step for step in terms.steps))


def test_lines_that_would_share_less_than_nothing_are_left_to_the_reference(products: ProductLibrary) -> None:
    """The stock line stands for an amount that it has no part in, so rescue cost would share what is below zero; yet the sum is right."""
    right = products.terms("enterprise-property", "standard", at=DAY)
    fixed, stock, rescue = right.lines
    terms = replace(right, payable="loss_payable", lines=(fixed, replace(stock, part_of="insured_all"), rescue))
    facts = [{"name": f"fixed_{name}", "number": 100_000_000} for name in ("sum", "value", "loss")] + [
        {"name": "rescue_cost", "number": 100}
    ]
    table = compiled.table_of([{"occurred_on": DAY, "policy_start_on": START, "facts": facts}])
    outcome = compiled.calculate(program=compiled.program_of(terms), cases=compiled.read_cases(table, terms=terms))
    assert outcome.why.tolist() == [Why.PAID]
    with pytest.raises(AnpeiError, match="cannot split"):
        compiled.assess_row(row=table.to_pylist()[0], terms=terms)
