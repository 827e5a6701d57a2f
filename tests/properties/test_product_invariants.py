"""Whatever the amounts, rates and rows of a product by event are: exact sums, never above the loss, more ratio never pays less."""

import json
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from anpei.claims import benefit
from anpei.claims.benefit import Accumulators, Assessment, EventFacts, Payee, Payer, PayerKind
from anpei.engines.knowledge import shipped_rulebook
from anpei.kernel.canonical import canonical
from anpei.kernel.errors import AnpeiError
from anpei.records.products import library
from anpei.records.products.model import Terms
from anpei.records.products.schema import CaseFacts, ExampleFile, ProductFile

FILES = {file.id: file for file in library.load_library(shipped_rulebook()).files() if file.unit == "event"}
FEN = st.one_of(st.integers(0, 300), st.integers(0, 3_000_000), st.integers(0, 300_000_000))
RATE = st.integers(0, 10_000)


def yuan(fen: int) -> str:
    return f"{fen // 100}.{fen % 100:02d}"


@st.composite
def a_case(draw: st.DrawFn, product: str) -> tuple[ProductFile, CaseFacts]:
    """A worked example of the product with other amounts, rates, rows and values of the plan."""
    file = FILES[product]
    example: ExampleFile = draw(st.sampled_from(file.examples))
    facts: dict[str, Any] = {
        name: draw(changed(file.inputs[name].type, value)) for name, value in example.facts.items() if name in file.inputs
    }
    for name in file.lists:
        if name in example.facts:
            rows = [row for row in example.facts[name] for _ in range(draw(st.integers(1, 3)))]
            columns = file.lists[name].columns
            facts[name] = [
                {"id": f"r{n}", **{c: draw(changed(columns[c].type, v)) for c, v in row.items() if c != "id"}} for n, row in enumerate(rows)
            ]
    values = {"yuan": FEN.map(yuan), "bp": RATE, "count": st.integers(1, 400), "measure": st.integers(1, 200)}
    parameters = {name: draw(values[data.unit]) for name, data in file.parameters.items() if draw(st.integers(0, 3)) == 0}
    bills = [bill.model_copy(update=draw(amounts(bill.settled_by_social))) for bill in example.bills]
    return file, example.model_copy(update={"facts": facts, "parameters": parameters, "bills": bills})


def changed(type_: str, value: Any) -> st.SearchStrategy[Any]:
    """Another value of the same type; days and words stay, so that a case remains one that can be calculated."""
    others: dict[str, st.SearchStrategy[Any]] = {"money": FEN.map(yuan), "rate": RATE, "grade": st.integers(1, 10)}
    return st.one_of(st.just(value), others[type_]) if type_ in others else st.just(value)


@st.composite
def amounts(draw: st.DrawFn, settled: bool) -> dict[str, int]:
    own, self_paid, pooled = (draw(FEN) for _ in range(3))
    pooled = pooled if settled else 0
    other = draw(st.integers(0, own + self_paid))
    return {"own_expense": own, "self_paid": self_paid, "pooled": pooled, "total": own + self_paid + pooled, "other_payment": other}


def assessed(file: ProductFile, case: CaseFacts) -> tuple[Terms, Assessment] | None:
    """None where the facts contradict each other (a table has no row, days in the wrong order): then a person decides."""
    try:
        return benefit.assess_case(file, case)
    except (benefit.FactsMissing, benefit.FactsInconsistent):
        return None


EVERY = sorted(FILES)
FEW = settings(max_examples=25)
"""Each property runs for every product, so that a few cases of each are many together."""


@pytest.mark.parametrize("product", EVERY)
@FEW
@given(data=st.data())
def test_lines_add_up_and_the_trace_gives_the_total(product: str, data: st.DataObject) -> None:
    file, case = data.draw(a_case(product))
    if (made := assessed(file, case)) is None:
        return
    terms, assessment = made
    assert sum(line.payable_fen for line in assessment.lines) == assessment.total_fen
    assert all(line.payable_fen >= 0 for line in assessment.lines)
    assert all(step.output_fen >= 0 for step in assessment.steps)
    assert benefit.retrace(assessment=assessment, terms=terms) == assessment.total_fen
    assert Assessment.from_dict(json.loads(canonical(assessment.to_dict()))) == assessment
    assert (assessment.zero_cause == "") == (assessment.total_fen > 0)


@pytest.mark.parametrize("product", EVERY)
@FEW
@given(data=st.data())
def test_expenses_never_pass_the_loss_and_limits_hold(product: str, data: st.DataObject) -> None:
    file, case = data.draw(a_case(product))
    if (made := assessed(file, case)) is None:
        return
    terms, assessment = made
    outputs = {(step.of, step.output): step.output_fen for step in assessment.steps}
    for line in terms.lines:
        if line.basis == "expense" and not line.each and ("event", line.loss) in outputs:
            paid = next(one.payable_fen for one in assessment.lines if one.id == f"event:{line.id}")
            assert paid <= outputs["event", line.loss]
    for line in terms.lines:
        if line.basis == "expense" and line.each:
            ids = [one for one in assessment.lines if one.id.startswith(f"event:{line.id}:")]
            assert all(one.payable_fen <= one.claimed_fen for one in ids)
    assert all(0 < use.amount <= max(use.total, 1) for use in assessment.accumulator_use)


RATIOS = [
    (file.id, name)
    for file in FILES.values()
    for name, data in file.parameters.items()
    if data.unit == "bp" and "ratio" in name and file.id != "advance-payment"
]


@pytest.mark.parametrize(("product", "ratio"), RATIOS)
@FEW
@given(data=st.data())
def test_a_higher_ratio_never_pays_less(product: str, ratio: str, data: st.DataObject) -> None:
    file, case = data.draw(a_case(product))
    low, high = sorted(data.draw(st.tuples(RATE, RATE)))
    results = [assessed(file, case.model_copy(update={"parameters": {**case.parameters, ratio: rate}})) for rate in (low, high)]
    if results[0] is not None and results[1] is not None:
        assert results[0][1].total_fen <= results[1][1].total_fen


@pytest.mark.parametrize("product", EVERY)
@FEW
@given(data=st.data(), random=st.randoms(use_true_random=False))
def test_the_order_of_bills_and_rows_does_not_matter(product: str, data: st.DataObject, random: Any) -> None:
    file, case = data.draw(a_case(product))
    facts = {name: random.sample(value, len(value)) if isinstance(value, list) else value for name, value in case.facts.items()}
    other = case.model_copy(update={"facts": facts, "bills": random.sample(case.bills, len(case.bills))})
    assert assessed(file, case) == assessed(file, other)


@pytest.mark.parametrize("product", EVERY)
@FEW
@given(data=st.data(), lang=st.sampled_from(["zh", "en"]), depth=st.sampled_from(["customer", "auditor"]))
def test_every_case_can_be_said(product: str, data: st.DataObject, lang: str, depth: Any) -> None:
    file, case = data.draw(a_case(product))
    if (made := assessed(file, case)) is None:
        return
    told = benefit.explain(assessment=made[1], terms=made[0], lang=lang, depth=depth)
    assert len(told) >= 2
    words = [text.split("]: ", 1)[-1] for text in told]
    assert not (lang == "en" and any("\u4e00" <= sign <= "\u9fff" for text in words for sign in text)), words


@given(
    loss=FEN,
    owed=st.lists(st.tuples(st.sampled_from(sorted(PayerKind)), FEN, st.integers(0, 2), st.integers(0, 1_000)), max_size=6),
)
def test_payers_together_never_pass_the_loss(loss: int, owed: list[tuple[PayerKind, int, int, int]]) -> None:
    payers = [
        Payer(id=str(n), kind=kind, due=lambda _, owes=owes: owes, place=place, sum_insured_fen=insured)  # type: ignore[misc]
        for n, (kind, owes, place, insured) in enumerate(owed)
    ]
    result = benefit.coordinate(loss_fen=loss, payers=payers)
    assert 0 <= result.expense_fen <= loss
    assert result.expense_fen == min(loss, sum(owes for kind, owes, _, _ in owed if kind is not PayerKind.FIXED))
    assert all(0 <= one.paid_fen <= one.due_fen for one in result.paid)
    assert result.fixed_fen == sum(owes for kind, owes, _, _ in owed if kind is PayerKind.FIXED)
    assert benefit.coordinate(loss_fen=loss, payers=payers[::-1]) == result
    assert len(benefit.explain_coordination(result)) == len(owed) + 2


@given(amount=FEN, parts=st.lists(st.integers(1, 100), min_size=1, max_size=7))
def test_shares_add_up_to_the_fen(amount: int, parts: list[int]) -> None:
    shares = benefit.share_among(amount_fen=amount, payees=[Payee(str(n), part) for n, part in enumerate(parts)])
    assert sum(share.amount_fen for share in shares) == amount
    assert all(abs(share.amount_fen * sum(parts) - amount * part) < sum(parts) for share, part in zip(shares, parts, strict=True))


def test_plain_facts_of_a_file_are_the_facts_of_the_line() -> None:
    """What a file says in yuan and days is what the claim line hands over in fen and ISO days."""
    file = FILES["compulsory-motor"]
    case = next(example for example in file.examples if example.id == "V04")
    terms, made = benefit.assess_case(file, case)
    event = EventFacts.of(
        on=case.day, facts={"at_fault": True, "victims": [{"id": "a", "injury_claim": 15_000_000}, {"id": "b", "injury_claim": 10_000_000}]}
    )
    assert benefit.assess(terms=terms, accumulators=Accumulators(case.policy_start_on), event=event) == made
    with pytest.raises(AnpeiError):
        benefit.assess(terms=terms, accumulators=Accumulators(case.policy_start_on), event=EventFacts.of(on=case.day))
