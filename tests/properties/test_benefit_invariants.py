"""Whatever the bills are: whole fen, lines that add up, never more than was borne, less deductible never pays less, limits hold."""

import json
from collections.abc import Mapping
from dataclasses import replace
from datetime import date, timedelta
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from anpei.claims import benefit
from anpei.claims.benefit import Accumulators, Assessment, BillFacts, BillLine, ZeroCause
from anpei.engines.knowledge import shipped_rulebook
from anpei.kernel.canonical import canonical
from anpei.records.policies.periods import period_key
from anpei.records.products import library
from anpei.records.products.model import Terms

FILES = {file.id: file for file in library.load_library(shipped_rulebook()).files() if file.unit != "event"}
START = date(2026, 1, 1)
AMOUNT = st.one_of(st.integers(0, 300), st.integers(0, 3_000_000), st.integers(0, 300_000_000))
RATE = st.integers(0, 10_000)


def yuan(fen: int) -> str:
    return f"{fen // 100}.{fen % 100:02d}"


@st.composite
def all_terms(draw: st.DrawFn, product: str | None = None) -> Terms:
    """Terms of a shipped product with other values."""
    file = FILES[product or draw(st.sampled_from(sorted(FILES)))]
    values: dict[str, st.SearchStrategy[Any]] = {"yuan": AMOUNT.map(yuan), "bp": RATE, "count": st.integers(0, 3)}
    overrides = {name: draw(values[data.unit]) for name, data in file.parameters.items() if draw(st.booleans())}
    return library.resolve(file, plan=draw(st.sampled_from(sorted(file.plans))), overrides=overrides)


@st.composite
def a_bill(draw: st.DrawFn, kind: str, bill_id: str) -> BillFacts:
    """A bill that does not contradict itself and gives what the steps need."""
    settled, parts = draw(st.booleans()), [draw(AMOUNT) for _ in range(5)]
    pooled, serious = (parts[0], parts[1]) if settled else (0, 0)
    personal = parts[2] + parts[3]
    total = pooled + serious + personal + (parts[4] if settled else 0)
    classes = st.tuples(st.sampled_from("ABC"), st.booleans())
    lines = [BillLine(f"l{i}", "", "", amount, *draw(classes)) for i, amount in enumerate(_cut(total, draw))]
    return BillFacts(
        bill_id=bill_id, kind=kind, service_on=START + timedelta(days=draw(st.integers(0, 3))), total_fen=total, pooled_fen=pooled,
        serious_illness_fen=serious, other_payment_fen=draw(st.integers(0, personal)), self_paid_fen=parts[2], own_expense_fen=parts[3],
        settled_by_social=settled, social_insurance=draw(st.booleans()), lines=tuple(lines), visit=draw(st.sampled_from(["", "", "v"])),
    )  # fmt: skip


def _cut(total: int, draw: st.DrawFn) -> list[int]:
    places = sorted(draw(st.lists(st.integers(0, total), max_size=3)))
    return [after - before for before, after in zip([0, *places], [*places, total], strict=True)]


@st.composite
def a_claim(draw: st.DrawFn, terms: Terms, name: str = "c") -> list[BillFacts]:
    return [draw(a_bill(terms.event_kinds[0], f"{name}{number}")) for number in range(draw(st.integers(1, 4)))]


@st.composite
def a_case(draw: st.DrawFn, product: str | None = None) -> tuple[Terms, list[BillFacts], Accumulators]:
    terms = draw(all_terms(product))
    used: dict[tuple[str, str], int] = {}
    for accumulator in terms.accumulators:
        if draw(st.booleans()):
            key = period_key(period=accumulator.period, start_on=START, day=START + timedelta(days=draw(st.integers(0, 3))))
            used[accumulator.name, key] = draw(st.integers(0, terms.value(accumulator.total) + 1))
    return terms, draw(a_claim(terms)), Accumulators.of(policy_start_on=START, used=used)


def whole(data: Any) -> bool:
    """Whether every number in plain data is a whole number."""
    if isinstance(data, Mapping):
        return all(whole(value) for value in data.values())
    if isinstance(data, list):
        return all(whole(value) for value in data)
    return isinstance(data, str | int) or data is None


@given(a_case())
def test_integers_only_and_lines_sum_to_the_total(case: tuple[Terms, list[BillFacts], Accumulators]) -> None:
    terms, bills, accumulators = case
    made = benefit.assess(terms=terms, bills=bills, accumulators=accumulators)
    assert whole(made.to_dict())
    assert sum(line.payable_fen for line in made.lines) == sum(unit.payable_fen for unit in made.units) == made.total_fen
    assert all(0 <= line.payable_fen <= line.claimed_fen for line in made.lines)
    assert all(step.output_fen >= 0 for step in made.steps)
    assert benefit.retrace(assessment=made, terms=terms) == made.total_fen


@given(a_case())
def test_never_more_than_was_borne(case: tuple[Terms, list[BillFacts], Accumulators]) -> None:
    terms, bills, accumulators = case
    made = benefit.assess(terms=terms, bills=bills, accumulators=accumulators)
    borne = {bill.bill_id: bill.total_fen - bill.pooled_fen - bill.serious_illness_fen - bill.other_payment_fen for bill in bills}
    assert all(unit.payable_fen <= sum(borne[bill_id] for bill_id in unit.bill_ids) for unit in made.units)
    assert sorted(bill_id for unit in made.units for bill_id in unit.bill_ids) == sorted(borne)


@given(a_case())
def test_read_back_from_plain_data_it_is_the_same(case: tuple[Terms, list[BillFacts], Accumulators]) -> None:
    terms, bills, accumulators = case
    made = benefit.assess(terms=terms, bills=bills, accumulators=accumulators)
    sent = json.loads(canonical({"terms": terms.to_dict(), "bills": [b.to_dict() for b in bills], "used": accumulators.to_dict()}))
    again = benefit.assess(
        terms=Terms.from_dict(sent["terms"]),
        bills=[BillFacts.from_dict(bill) for bill in sent["bills"]],
        accumulators=Accumulators.from_dict(sent["used"]),
    )
    assert again == made
    assert Assessment.from_dict(json.loads(canonical(made.to_dict()))) == made


@given(a_case(), st.randoms(use_true_random=False))
def test_the_order_of_the_bills_does_not_matter(case: tuple[Terms, list[BillFacts], Accumulators], random: Any) -> None:
    terms, bills, accumulators = case
    shuffled = random.sample(bills, len(bills))
    assert benefit.assess(terms=terms, bills=shuffled, accumulators=accumulators) == benefit.assess(
        terms=terms, bills=bills, accumulators=accumulators
    )


DEDUCTIBLES = {"small-outpatient": "visit_deductible", "million-medical": "annual_deductible"}


@pytest.mark.parametrize("product", sorted(DEDUCTIBLES))
@given(data=st.data())
def test_a_higher_deductible_never_pays_more_for_one_bill(product: str, data: st.DataObject) -> None:
    terms, bills, accumulators = data.draw(a_case(product))
    name = DEDUCTIBLES[product]
    raised = replace(
        terms, parameters=tuple(replace(p, value=p.value + data.draw(AMOUNT)) if p.name == name else p for p in terms.parameters)
    )
    low, high = (benefit.assess(terms=t, bills=bills[:1], accumulators=accumulators).total_fen for t in (terms, raised))
    assert high <= low


@given(st.data())
def test_accumulators_never_pass_their_limits_over_many_claims(data: st.DataObject) -> None:
    terms = data.draw(all_terms())
    used: dict[tuple[str, str], int] = {}
    for number in range(data.draw(st.integers(1, 5))):
        bills = data.draw(a_claim(terms, name=f"c{number}-"))
        made = benefit.assess(terms=terms, bills=bills, accumulators=Accumulators.of(policy_start_on=START, used=used))
        for use in made.accumulator_use:
            used[use.name, use.period_key] = used.get((use.name, use.period_key), 0) + use.amount
            assert use.amount > 0
            assert used[use.name, use.period_key] <= use.total
    limit = terms.accumulator(kind="limit", period="policy_year")
    assert limit is not None
    assert used.get((limit.name, "year:2026-01-01"), 0) <= terms.value(limit.total)


@given(a_case())
def test_a_zero_has_a_cause_and_only_a_zero(case: tuple[Terms, list[BillFacts], Accumulators]) -> None:
    terms, bills, accumulators = case
    made = benefit.assess(terms=terms, bills=bills, accumulators=accumulators)
    assert (made.zero_cause is ZeroCause.NONE) == (made.total_fen > 0)
    assert all((unit.zero_cause is ZeroCause.NONE) == (unit.payable_fen > 0) for unit in made.units)
    if made.zero_by_arithmetic:
        causes = {unit.zero_cause for unit in made.units}
        assert causes <= {ZeroCause.DEDUCTIBLE, ZeroCause.LIMIT, ZeroCause.COMPENSATED}


@given(a_case(), st.sampled_from(["zh", "en"]), st.sampled_from(["customer", "auditor"]))
def test_every_assessment_can_be_said(case: tuple[Terms, list[BillFacts], Accumulators], lang: str, depth: Any) -> None:
    terms, bills, accumulators = case
    made = benefit.assess(terms=terms, bills=bills, accumulators=accumulators)
    told = benefit.explain(assessment=made, terms=terms, lang=lang, depth=depth)
    assert all(
        text and "{" not in text.replace("取较小值 {", "").replace("计入 {", "").replace("smaller of {", "").replace("left {", "")
        for text in told
    )
    assert len(told) > len(made.units)
