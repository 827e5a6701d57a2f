"""The calculation at its borders: order of caps, several bills, what is missing or contradicts itself, why a zero is a zero."""

from collections.abc import Callable
from dataclasses import replace
from datetime import date
from itertools import permutations

import pytest

from anpei.claims import benefit
from anpei.claims.benefit import Accumulators, BillFacts, BillLine, ZeroCause
from anpei.records.products import library
from anpei.records.products.library import ProductLibrary
from anpei.records.products.model import Terms

Build = Callable[..., BillFacts]
NEXT_DAY = date(2026, 3, 3)


def line(amount: int, insurance_class: str | None, *, covered: bool = True) -> BillLine:
    return BillLine(f"l{amount}{insurance_class}{covered}", "", "明细", amount, insurance_class, covered)


@pytest.mark.parametrize(
    ("inside", "payable"),
    [
        (0, 0),
        (9_999, 0),
        (10_000, 0),
        (10_001, 1),
        (10_002, 2),
        (10_003, 2),
        (43_260, 26_608),
        (72_500, 50_000),
        (72_501, 50_000),
        (72_499, 49_999),
    ],
)
def test_visit_deductible_ratio_and_cap_to_the_fen(standard: Terms, unused: Accumulators, visit: Build, inside: int, payable: int) -> None:
    assert benefit.assess(terms=standard, bills=[visit(inside=inside)], accumulators=unused).total_fen == payable


def test_the_deductible_takes_inside_costs_first(products: ProductLibrary, unused: Accumulators, visit: Build) -> None:
    file = next(file for file in products.files() if file.id == "small-outpatient")
    terms = library.resolve(file, plan="standard", overrides={"outside_ratio": 5000})
    assessed = benefit.assess(terms=terms, bills=[visit(inside=4_000, outside=16_000)], accumulators=unused)
    assert [(item.claimed_fen, item.payable_fen) for item in assessed.lines] == [(4_000, 0), (16_000, 5_000)]


def test_a_cap_is_shared_among_the_lines_so_that_they_add_up(plus: Terms, unused: Accumulators, visit: Build) -> None:
    assessed = benefit.assess(terms=plus, bills=[visit(inside=100_001, outside=100_003)], accumulators=unused)
    assert [item.payable_fen for item in assessed.lines] == [61_538, 38_462]
    assert assessed.total_fen == 100_000


def test_visits_in_order_of_days_share_the_rest_of_the_year(standard: Terms, visit: Build) -> None:
    used = Accumulators.of(policy_start_on=date(2026, 1, 1), used={("annual_limit_used", "year:2026-01-01"): 440_000})
    bills = [visit("late", inside=72_500, service_on=NEXT_DAY), visit("early", inside=72_500)]
    assessed = benefit.assess(terms=standard, bills=bills, accumulators=used)
    assert [(unit.id, unit.payable_fen, unit.zero_cause) for unit in assessed.units] == [("early", 50_000, ""), ("late", 10_000, "")]
    assert assessed.limit_used_fen == 60_000


def test_what_is_used_in_another_policy_year_does_not_count(standard: Terms, visit: Build) -> None:
    used = Accumulators.of(policy_start_on=date(2025, 3, 3), used={("annual_limit_used", "year:2026-03-03"): 500_000})
    bills = [visit("old-year", inside=43_260), visit("new-year", inside=43_260, service_on=NEXT_DAY)]
    assessed = benefit.assess(terms=standard, bills=bills, accumulators=used)
    assert [(unit.id, unit.payable_fen, unit.zero_cause) for unit in assessed.units] == [("old-year", 26_608, ""), ("new-year", 0, "limit")]
    assert [use.period_key for use in assessed.accumulator_use if use.name == "annual_limit_used"] == ["year:2025-03-03"]


def test_the_order_in_which_bills_come_does_not_matter(standard: Terms, unused: Accumulators, visit: Build) -> None:
    bills = [visit("a", inside=20_000), visit("b", inside=43_260), visit("c", inside=43_260, service_on=NEXT_DAY)]
    results = {benefit.assess(terms=standard, bills=order, accumulators=unused) for order in permutations(bills)}
    assert len(results) == 1
    assert [(unit.id, unit.payable_fen, unit.zero_cause) for unit in results.pop().units] == [
        ("b", 26_608, ""), ("a", 0, "limit"), ("c", 26_608, ""),
    ]  # fmt: skip


def test_a_visit_paid_on_an_earlier_claim_uses_the_day(standard: Terms, visit: Build) -> None:
    used = Accumulators.of(policy_start_on=date(2026, 1, 1), used={("visits", "day:2026-03-02"): 1})
    assessed = benefit.assess(terms=standard, bills=[visit(inside=43_260)], accumulators=used)
    assert (assessed.total_fen, assessed.zero_cause, assessed.zero_by_arithmetic, assessed.accumulator_use) == (0, "limit", True, ())


def test_a_visit_below_the_deductible_does_not_use_the_day(standard: Terms, unused: Accumulators, visit: Build) -> None:
    bills = [visit("a", inside=9_000, other_payment_fen=0), visit("b", inside=8_000)]
    assessed = benefit.assess(terms=standard, bills=bills, accumulators=unused)
    assert (assessed.total_fen, assessed.zero_cause, assessed.accumulator_use) == (0, ZeroCause.DEDUCTIBLE, ())


def test_bills_of_one_visit_count_once(standard: Terms, unused: Accumulators, visit: Build) -> None:
    bills = [visit("a", inside=3_260, visit="v"), visit("b", inside=40_000, visit="v")]
    assessed = benefit.assess(terms=standard, bills=bills, accumulators=unused)
    assert [(unit.id, unit.bill_ids, unit.payable_fen) for unit in assessed.units] == [("v", ("a", "b"), 26_608)]
    assert next(step.inputs for step in assessed.steps if step.id == "visit-inside") == (("inside[a]", 3_260), ("inside[b]", 40_000))


def test_classes_decide_when_social_insurance_did_not_settle(plus: Terms, unused: Accumulators, visit: Build) -> None:
    lines = (line(10_000, "A"), line(5_000, "B"), line(2_000, "C"), line(700, "A", covered=False))
    bill = visit(total_fen=17_700, settled_by_social=False, self_paid_fen=None, own_expense_fen=None, lines=lines)
    assessed = benefit.assess(terms=plus, bills=[bill], accumulators=unused)
    assert [(item.claimed_fen, item.payable_fen) for item in assessed.lines] == [(15_000, 12_000), (2_000, 1_000)]


@pytest.mark.parametrize(
    ("lines", "total"),
    [((), 10_000), ((line(10_000, None),), 10_000), ((line(9_999, "A"),), 10_000)],
    ids=["no lines", "an unknown class", "lines short of the total"],
)
def test_what_the_evidence_does_not_give_is_never_guessed(
    plus: Terms, unused: Accumulators, visit: Build, lines: tuple[BillLine, ...], total: int
) -> None:
    bill = visit(total_fen=total, settled_by_social=False, self_paid_fen=None, own_expense_fen=None, lines=lines)
    with pytest.raises(benefit.FactsMissing) as caught:
        benefit.assess(terms=plus, bills=[bill], accumulators=unused)
    assert (caught.value.code, caught.value.data) == ("benefit.facts_missing", {"step": "inside-cost", "fact": "lines_inside", "of": "b1"})


def test_the_split_counts_only_when_social_insurance_settled(plus: Terms, unused: Accumulators, visit: Build) -> None:
    bill = visit(total_fen=10_000, settled_by_social=False, self_paid_fen=9_000, own_expense_fen=9_000, lines=(line(10_000, "A"),))
    assert benefit.assess(terms=plus, bills=[bill], accumulators=unused).total_fen == 8_000


def test_a_product_that_would_pay_more_than_was_borne_is_stopped(million: Terms, unused: Accumulators, stay: Build) -> None:
    first = replace(million.steps[0], operands=million.steps[0].operands[:1])
    greedy = replace(million, steps=(first, *million.steps[1:]))
    bill = stay(total=3_000_000, pooled_fen=1_000_001)
    with pytest.raises(benefit.FactsInconsistent, match="2000000 fen would be more than the 1999999 fen that nobody else paid"):
        benefit.assess(terms=greedy, bills=[bill], accumulators=unused)
    bill = stay(total=3_000_000, pooled_fen=1_000_000)
    assert benefit.assess(terms=greedy, bills=[bill], accumulators=unused).total_fen == 2_000_000


def test_an_empty_bill_is_not_paid_by_others(million: Terms, unused: Accumulators, stay: Build) -> None:
    assert benefit.assess(terms=million, bills=[stay(total=0)], accumulators=unused).zero_cause == ZeroCause.UNEXPLAINED


def test_visits_join_bills_only_where_the_product_counts_visits(million: Terms, unused: Accumulators, stay: Build) -> None:
    bills = [stay("a", total=632_000, visit="v"), stay("b", total=1_234_567, visit="v")]
    assessed = benefit.assess(terms=million, bills=bills, accumulators=unused)
    assert ([unit.id for unit in assessed.units], assessed.total_fen) == (["b", "a"], 866_567)


def test_a_bill_of_another_kind_does_not_join_a_visit(standard: Terms, unused: Accumulators, visit: Build, stay: Build) -> None:
    bills = [visit("a", inside=43_260, visit="v"), stay("b", total=1_000, visit="v")]
    assessed = benefit.assess(terms=standard, bills=bills, accumulators=unused)
    assert [(unit.id, unit.payable_fen, unit.zero_cause) for unit in assessed.units] == [("v", 26_608, ""), ("b", 0, "out_of_scope")]


def test_a_visit_over_two_days_is_of_the_first(standard: Terms, unused: Accumulators, visit: Build) -> None:
    bills = [visit("a", inside=40_000, visit="v", service_on=NEXT_DAY), visit("b", inside=3_260, visit="v")]
    assessed = benefit.assess(terms=standard, bills=bills, accumulators=unused)
    assert [(unit.on, unit.bill_ids) for unit in assessed.units] == [(date(2026, 3, 2), ("b", "a"))]
    assert ("visits", "day:2026-03-02", 1) in [(use.name, use.period_key, use.amount) for use in assessed.accumulator_use]


def test_an_excluded_line_needs_no_class(plus: Terms, unused: Accumulators, visit: Build) -> None:
    lines = (line(10_000, "A"), line(700, None, covered=False))
    bill = visit(total_fen=10_700, settled_by_social=False, self_paid_fen=None, own_expense_fen=None, lines=lines)
    assert benefit.assess(terms=plus, bills=[bill], accumulators=unused).total_fen == 8_000


def test_settled_without_the_split_is_missing(standard: Terms, unused: Accumulators, visit: Build) -> None:
    with pytest.raises(benefit.FactsMissing, match="self_paid of b1"):
        benefit.assess(terms=standard, bills=[visit(total_fen=100, self_paid_fen=None)], accumulators=unused)


@pytest.mark.parametrize(
    ("facts", "says"),
    [
        ({"total_fen": 100, "self_paid_fen": 0, "pooled_fen": 60, "other_payment_fen": 41}, "what others paid is more"),
        ({"total_fen": 100, "self_paid_fen": 60, "own_expense_fen": 20, "pooled_fen": 21}, "together are more"),
        ({"total_fen": 100, "settled_by_social": False, "pooled_fen": 1}, "yet the bill counts as not settled"),
        ({"total_fen": 100, "self_paid_fen": 0, "lines": (line(101, "A"),)}, "the fee lines are more"),
    ],
)
def test_contradictions_are_refused(standard: Terms, unused: Accumulators, visit: Build, facts: dict[str, object], says: str) -> None:
    with pytest.raises(benefit.FactsInconsistent, match=says) as caught:
        benefit.assess(terms=standard, bills=[visit(**facts)], accumulators=unused)
    assert caught.value.data == {"bill": "b1"}


def test_other_payments_come_off_outside_costs_first_then_inside(plus: Terms, unused: Accumulators, visit: Build) -> None:
    assessed = benefit.assess(terms=plus, bills=[visit(inside=10_000, outside=4_000, other_payment_fen=6_000)], accumulators=unused)
    assert [(item.claimed_fen, item.payable_fen) for item in assessed.lines] == [(8_000, 6_400), (0, 0)]


@pytest.mark.parametrize(
    ("settled", "member", "payable"), [(True, True, 234_567), (False, True, 140_740), (False, False, 234_567), (True, False, 234_567)]
)
def test_the_ratio_follows_social_insurance(
    million: Terms, unused: Accumulators, stay: Build, settled: bool, member: bool, payable: int
) -> None:
    bill = stay(total=1_234_567, settled_by_social=settled, social_insurance=member)
    assert benefit.assess(terms=million, bills=[bill], accumulators=unused).total_fen == payable


def test_everything_that_others_paid_comes_off_first(million: Terms, unused: Accumulators, stay: Build) -> None:
    bill = stay(
        total=3_000_000,
        pooled_fen=500_000,
        serious_illness_fen=300_000,
        other_payment_fen=200_000,
        lines=(line(100_000, "C", covered=False),),
    )
    assessed = benefit.assess(terms=million, bills=[bill], accumulators=unused)
    assert [(item.id, item.coverage, item.claimed_fen, item.payable_fen) for item in assessed.lines] == [
        ("b1:inpatient", "inpatient-medical", 1_900_000, 900_000)
    ]


def test_the_limit_of_the_year_cuts_and_then_is_gone(million: Terms, unused: Accumulators, stay: Build) -> None:
    bills = [
        stay("a", total=150_000_000),
        stay("b", total=120_000_000, service_on=NEXT_DAY),
        stay("c", total=100, service_on=date(2026, 3, 4)),
    ]
    assessed = benefit.assess(terms=million, bills=bills, accumulators=unused)
    assert [(unit.payable_fen, unit.zero_cause) for unit in assessed.units] == [(149_000_000, ""), (51_000_000, ""), (0, "limit")]
    assert (assessed.total_fen, assessed.limit_used_fen, assessed.deductible_used_fen) == (200_000_000, 200_000_000, 1_000_000)


def test_zero_causes_of_several_bills_are_weighed(standard: Terms, unused: Accumulators, visit: Build) -> None:
    below, outside = visit("a", inside=9_000), visit("b", outside=30_000, service_on=NEXT_DAY)
    assessed = benefit.assess(terms=standard, bills=[below, outside], accumulators=unused)
    assert [unit.zero_cause for unit in assessed.units] == [ZeroCause.DEDUCTIBLE, ZeroCause.UNEXPLAINED]
    assert (assessed.zero_cause, assessed.zero_by_arithmetic) == (ZeroCause.UNEXPLAINED, False)


def test_a_bill_of_another_kind_is_out_of_scope_not_refused(standard: Terms, unused: Accumulators, stay: Build, visit: Build) -> None:
    alone = benefit.assess(terms=standard, bills=[stay(total=50_000)], accumulators=unused)
    assert (alone.total_fen, alone.zero_cause, alone.zero_by_arithmetic, alone.steps) == (0, ZeroCause.OUT_OF_SCOPE, False, ())
    both = benefit.assess(terms=standard, bills=[stay(total=50_000), visit("b2", inside=43_260)], accumulators=unused)
    assert (both.total_fen, both.zero_cause, [unit.zero_cause for unit in both.units]) == (26_608, "", ["out_of_scope", ""])


def test_no_bill_and_a_bill_twice_are_refused(standard: Terms, unused: Accumulators, visit: Build) -> None:
    with pytest.raises(benefit.BenefitInvalid, match="no bill"):
        benefit.assess(terms=standard, bills=[], accumulators=unused)
    with pytest.raises(benefit.BenefitInvalid, match="one id"):
        benefit.assess(terms=standard, bills=[visit(), visit()], accumulators=unused)


@pytest.mark.parametrize("value", [1.0, True, -1, "100", None])
def test_only_whole_fen_enter(visit: Build, value: object) -> None:
    with pytest.raises(benefit.BenefitInvalid, match="total_fen of bill b1 must be a whole number of fen"):
        visit(total_fen=value)


def test_every_step_names_clause_inputs_and_output(million: Terms, unused: Accumulators, stay: Build) -> None:
    steps = benefit.assess(terms=million, bills=[stay(total=1_234_567)], accumulators=unused).steps
    assert [(step.id, step.operation, step.output, step.output_fen, step.rounding) for step in steps] == [
        ("base", "subtract", "base", 1_234_567, ""),
        ("deductible", "deductible", "deductible_applied", 1_000_000, ""),
        ("after-deductible", "subtract", "after_deductible", 234_567, ""),
        ("by-ratio", "ratio", "by_ratio", 234_567, "half_up"),
        ("annual-limit", "cap", "bill_payable", 234_567, ""),
    ]
    assert steps[3].inputs == (("after_deductible", 234_567), ("settled_by_social", 1), ("ratio_settled", 10_000))
    assert all(step.clause and step.of == "b1" for step in steps)
