"""Every worked example of every shipped product comes out to the fen; the field's own sheet of worked examples agrees."""

import json
import os
from datetime import date
from pathlib import Path
from typing import Any

import pytest

from anpei.claims import benefit
from anpei.claims.benefit import BillFacts, ZeroCause
from anpei.engines.knowledge import shipped_rulebook
from anpei.kernel.money import Money
from anpei.records.products import library
from anpei.records.products.schema import ProductFile

FILES = library.load_library(shipped_rulebook()).files()
EXAMPLES = [(file, example.id) for file in FILES for example in file.examples]
SHEET = (
    Path(os.environ.get("ANPEI_DEV_DATA", Path(__file__).resolve().parents[3] / "shared" / "data")) / "products" / "worked_examples.json"
)
NEEDED = {"million-medical": {"M01", "M02a", "M02b"}, "small-outpatient": {"O01", "O03"}}


@pytest.mark.parametrize(("file", "example"), EXAMPLES, ids=[f"{file.id}-{example}" for file, example in EXAMPLES])
def test_each_example_comes_out_to_the_fen(file: ProductFile, example: str) -> None:
    outcome = next(outcome for outcome in benefit.run_examples(file) if outcome.example_id == example)
    assert (outcome.assessment.total_fen, outcome.assessment.zero_cause) == (outcome.expected_fen, outcome.expected_zero_cause)
    assert sum(line.payable_fen for line in outcome.assessment.lines) == outcome.expected_fen


@pytest.mark.parametrize("product", sorted(NEEDED))
def test_the_examples_of_the_field_are_among_them(product: str) -> None:
    assert {example.id for file in FILES if file.id == product for example in file.examples} >= NEEDED[product]


def _fen(text: str) -> int:
    return Money.parse(text).fen


def _ratio(text: str) -> int:
    """``0.80`` in basis points."""
    return _fen(text) * 100


def _million(inputs: dict[str, Any]) -> tuple[dict[str, Any], dict[str, int], BillFacts]:
    total = _fen(inputs.get("total", inputs.get("base_after_social", "0")))
    excluded = _fen(inputs.get("not_covered", "0"))
    lines = (benefit.BillLine("1", "", "不保项目", excluded, None, False),) if excluded else ()
    bill = BillFacts(
        bill_id="b", kind="inpatient", service_on=date(2026, 3, 2), total_fen=total, pooled_fen=_fen(inputs.get("social_paid", "0")),
        settled_by_social=inputs.get("settled_by_social", True), social_insurance=True, lines=lines,
    )  # fmt: skip
    parameters = {"annual_deductible": inputs.get("deductible_annual", "10000"), "ratio_settled": _ratio(inputs.get("ratio", "1.00"))}
    return parameters, {"annual_deductible_used": _fen(inputs["deductible_used"])}, bill


def _outpatient(inputs: dict[str, Any]) -> tuple[dict[str, Any], dict[str, int], BillFacts]:
    inside, outside = _fen(inputs.get("inside", inputs.get("eligible_after_social", "0"))), _fen(inputs.get("outside", "0"))
    bill = BillFacts(
        bill_id="b", kind="outpatient", service_on=date(2026, 3, 2), total_fen=inside + outside, self_paid_fen=inside,
        own_expense_fen=outside, settled_by_social=True, social_insurance=True,
    )  # fmt: skip
    parameters = {
        "visit_deductible": inputs["deductible_visit"],
        "inside_ratio": _ratio(inputs.get("ratio", inputs.get("ratio_inside", "0"))),
        "outside_ratio": _ratio(inputs.get("ratio_outside", "0")),
        "visit_cap": inputs.get("cap_visit", "500"),
        "annual_limit": inputs.get("annual_left", "5000"),
    }
    return parameters, {}, bill


BUILD = {"百万医疗": ("million-medical", _million), "小额门诊": ("small-outpatient", _outpatient)}


@pytest.mark.parametrize("example_id", ["M01", "M02a", "M02b", "O01", "O03"])
def test_the_sheet_of_worked_examples_agrees(example_id: str) -> None:
    if not SHEET.is_file():
        pytest.skip(f"the development data are not here ({SHEET.name}): set ANPEI_DEV_DATA to their folder to run this")
    example = next(row for row in json.loads(SHEET.read_text(encoding="utf-8")) if row["id"] == example_id)
    product, build = BUILD[example["product"]]
    parameters, used, bill = build(example["inputs"])
    file = next(file for file in FILES if file.id == product)
    start = date(2026, 1, 1)
    assessment = benefit.assess(
        terms=library.resolve(file, plan="standard", overrides=parameters),
        bills=[bill],
        accumulators=benefit.Accumulators.of(
            policy_start_on=start, used={(name, f"year:{start.isoformat()}"): amount for name, amount in used.items()}
        ),
    )
    assert Money(assessment.total_fen).decimal() == example["payable"]
    assert assessment.zero_cause == (ZeroCause.DEDUCTIBLE if example["payable"] == "0.00" else ZeroCause.NONE)


def test_the_deductible_of_the_year_moves_on_between_claims() -> None:
    """M02a, then M02b on what M02a has used: 6,320.00 then 3,680.00 of the 10,000.00."""
    terms = library.load_library(shipped_rulebook()).terms("million-medical", "standard", at=date(2026, 3, 2))
    first = benefit.assess(terms=terms, bills=[_million({"base_after_social": "6320.00", "deductible_used": "0"})[2]], accumulators=_none())
    used = {(use.name, use.period_key): use.amount for use in first.accumulator_use}
    second = benefit.assess(
        terms=terms,
        bills=[_million({"base_after_social": "12345.67", "deductible_used": "0"})[2]],
        accumulators=benefit.Accumulators.of(policy_start_on=date(2026, 1, 1), used=used),
    )
    assert used == {("annual_deductible_used", "year:2026-01-01"): 632_000}
    assert (first.total_fen, second.total_fen, second.deductible_used_fen, second.limit_used_fen) == (0, 866_567, 368_000, 866_567)


def _none() -> benefit.Accumulators:
    return benefit.Accumulators(policy_start_on=date(2026, 1, 1))
