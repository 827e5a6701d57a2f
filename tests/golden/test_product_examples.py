"""Every worked example of every shipped product comes out to the fen; the field's own sheet of worked examples agrees."""

import json
import os
from collections.abc import Callable, Mapping
from datetime import date, timedelta
from pathlib import Path
from typing import Any

import pytest

from anpei.claims import benefit
from anpei.claims.benefit import Accumulators, Assessment, BillFacts, EventFacts, ZeroCause, compiled
from anpei.engines.knowledge import shipped_rulebook
from anpei.kernel.money import Money
from anpei.records.products import library
from anpei.records.products.model import Terms
from anpei.records.products.schema import ProductFile

FILES = library.load_library(shipped_rulebook()).files()
EXAMPLES = [(file, example.id) for file in FILES for example in file.examples]
SHEET = (
    Path(os.environ.get("ANPEI_DEV_DATA", Path(__file__).resolve().parents[3] / "shared" / "data")) / "products" / "worked_examples.json"
)
START, DAY = date(2026, 1, 1), date(2026, 3, 2)
NEEDED = {
    "million-medical": {"M01", "M02a", "M02b"}, "small-outpatient": {"O01", "O03"}, "city-supplementary": {"H01"},
    "hospital-allowance": {"A01"}, "accident": {"I01", "I03", "I05"}, "critical-illness": {"C01", "C03"},
    "rider-accident": {"R01", "R02"}, "term-life": {"L01"}, "compulsory-motor": {"V01-compulsory", "V04"},
    "commercial-motor": {"V01-commercial", "V05", "V06", "V08"}, "pet-medical": {"P01"}, "household-property": {"F01"},
    "enterprise-property": {"F03"}, "livestock": {"G01", "G03"}, "advance-payment": {"X01"},
}  # fmt: skip


@pytest.mark.parametrize(("file", "example"), EXAMPLES, ids=[f"{file.id}-{example}" for file, example in EXAMPLES])
def test_each_example_comes_out_to_the_fen(file: ProductFile, example: str) -> None:
    only = file.model_copy(update={"examples": [row for row in file.examples if row.id == example]})
    (outcome,) = benefit.run_examples(only)
    assert outcome.differences == ()
    assert (outcome.assessment.total_fen, outcome.assessment.zero_cause) == (outcome.expected_fen, outcome.expected_zero_cause)
    assert sum(line.payable_fen for line in outcome.assessment.lines) == outcome.expected_fen


@pytest.mark.parametrize("product", sorted(NEEDED))
def test_the_examples_of_the_field_are_among_them(product: str) -> None:
    assert {example.id for file in FILES if file.id == product for example in file.examples} >= NEEDED[product]


def _fen(text: str) -> int:
    return Money.parse(text).fen


def _ratio(text: str) -> int:
    """``0.80`` or ``0.006`` in basis points."""
    whole, _, part = text.partition(".")
    return int(whole) * 10_000 + int(part.ljust(4, "0"))


def _assess(
    product: str,
    *,
    plan: str,
    parameters: Mapping[str, Any] | None = None,
    bills: tuple[BillFacts, ...] = (),
    used: Mapping[str, int] | None = None,
    **facts: Any,
) -> Assessment:
    file = next(file for file in FILES if file.id == product)
    at = f"year:{START.isoformat()}"
    terms = library.resolve(file, plan=plan, overrides=parameters)
    accumulators = Accumulators.of(policy_start_on=START, used={(name, at): amount for name, amount in (used or {}).items()})
    event = EventFacts.of(on=DAY, facts=facts) if file.unit == "event" else None
    made = benefit.assess(terms=terms, bills=bills, accumulators=accumulators, event=event)
    _same_by_program(terms, compiled.CaseFacts(bills=bills, accumulators=accumulators, event=event), made)
    return made


def _same_by_program(terms: Terms, facts: compiled.CaseFacts, made: Assessment) -> None:
    table = compiled.table_of([compiled.row_of(terms=terms, facts=facts, occurred_on=DAY)])
    outcome = compiled.calculate(program=compiled.program_of(terms), cases=compiled.read_cases(table, terms=terms))
    assert outcome.why.tolist() == [0]
    assert compiled.told(outcome, 0) == compiled.told_of(made)


def _bill(*, kind: str = "outpatient", total: int, settled: bool = True, **more: Any) -> BillFacts:
    return BillFacts(
        bill_id="b", kind=kind, service_on=DAY, total_fen=total, settled_by_social=settled, social_insurance=True, **more
    )  # fmt: skip


def _million(given: Mapping[str, Any]) -> int:
    total, excluded = _fen(given.get("total", given.get("base_after_social", "0"))), _fen(given.get("not_covered", "0"))
    lines = (benefit.BillLine("1", "", "不保项目", excluded, None, False),) if excluded else ()
    bill = _bill(kind="inpatient", total=total, pooled_fen=_fen(given.get("social_paid", "0")), lines=lines)
    made = _assess(
        "million-medical", plan="standard", bills=(bill,), used={"annual_deductible_used": _fen(given["deductible_used"])},
        parameters={"annual_deductible": given.get("deductible_annual", "10000"), "ratio_settled": _ratio(given.get("ratio", "1.00"))},
    )  # fmt: skip
    assert made.zero_cause == (ZeroCause.DEDUCTIBLE if made.total_fen == 0 else ZeroCause.NONE)
    return made.total_fen


def _outpatient(given: Mapping[str, Any]) -> int:
    inside, outside = _fen(given.get("inside", given.get("eligible_after_social", "0"))), _fen(given.get("outside", "0"))
    parameters = {
        "visit_deductible": given["deductible_visit"], "inside_ratio": _ratio(given.get("ratio", given.get("ratio_inside", "0"))),
        "outside_ratio": _ratio(given.get("ratio_outside", "0")), "visit_cap": given.get("cap_visit", "500"),
        "annual_limit": given.get("annual_left", "5000"),
    }  # fmt: skip
    bill = _bill(total=inside + outside, self_paid_fen=inside, own_expense_fen=outside)
    return _assess("small-outpatient", plan="standard", parameters=parameters, bills=(bill,)).total_fen


def _city(given: Mapping[str, Any]) -> int:
    inside, outside = _fen(given["inside_self_pay"]), _fen(given["outside_self_pay"])
    bill = _bill(kind="inpatient", total=inside + outside, self_paid_fen=inside, own_expense_fen=outside)
    return _assess(
        "city-supplementary", plan="standard", bills=(bill,), pre_existing=given["group"] != "healthy",
        resident=given["scheme"] != "employee", drugs=[{"drug_cost": _fen(given["drug_domestic"]), "foreign": False}],
    ).total_fen  # fmt: skip


def _allowance(given: Mapping[str, Any]) -> int:
    parameters = {"daily": given["daily"], "deductible_days": given["deductible_days"], "days_per_stay": given["max_days_stay"]}
    stays = [{"admitted_on": given["admit"], "discharged_on": given["discharge"]}]
    return _assess("hospital-allowance", plan="standard", parameters=parameters, stays=stays).total_fen


def _disability(given: Mapping[str, Any]) -> int:
    facts: dict[str, Any] = {"graded_as_on_last_day": True}
    if "grades" in given:
        facts |= {"disabilities": [{"grade": grade} for grade in given["grades"]]}
    else:
        facts |= {"has_earlier": True, "earlier_grade": given["already_paid_grade"], "merged_grade": given["grade_now_merged"]}
        facts |= {"disabilities": [{"grade": given["grade_now_merged"]}]}
    return _assess("accident", plan="standard", parameters={"sum_insured": given["sum_insured"]}, **facts).total_fen


def _medical_of(product: str, plan: str) -> Callable[[Mapping[str, Any]], int]:
    def calculate(given: Mapping[str, Any]) -> int:
        parameters = {"medical_deductible": given["deductible"], "medical_ratio": _ratio(given["ratio"]), "medical_limit": given["limit"]}
        bill = _bill(total=_fen(given["total"]), pooled_fen=_fen(given["social_paid"]))
        facts = {"in_time": True} if product == "rider-accident" else {}
        return _assess(product, plan=plan, parameters=parameters, bills=(bill,), **facts).total_fen

    return calculate


def _illness(given: Mapping[str, Any]) -> int:
    parameters: dict[str, Any] = {name: given[name] for name in ("sum_insured",) if name in given}
    if "mild_ratio" in given:
        parameters["mild_ratio"] = _ratio(given["mild_ratio"])
        facts: dict[str, Any] = {"disease": "cancer_mild", "effective_on": "2025-01-01", "premium_paid": 0}
        assert given["disease"] == "恶性肿瘤—轻度"
    else:
        parameters["waiting"] = given["waiting_days"]
        start = DAY - timedelta(days=given["days_since_start"])
        facts = {"disease": "cancer_severe", "effective_on": start.isoformat(), "premium_paid": _fen(given["premium_paid"])}
    return _assess("critical-illness", plan="standard", parameters=parameters, diagnosed_on=DAY.isoformat(), **facts).total_fen


def _third_property(given: Mapping[str, Any]) -> int:
    parameters = {"third_deductible": given["deductible"], "third_property_limit": given["limit"]}
    return _assess(
        "rider-accident", plan="daily", parameters=parameters, in_time=True, fault=_ratio(given["fault_ratio"]),
        third_parties=[{"property_loss": _fen(given["loss"])}],
    ).total_fen  # fmt: skip


def _life(given: Mapping[str, Any]) -> int:
    rows = [{"id": str(index), "parts": int(share.split("/")[0])} for index, share in enumerate(given["shares"])]
    made = _assess(
        "term-life", plan="standard", parameters={"sum_insured": given["sum_insured"]}, born_on="1980-05-01",
        effective_on="2020-01-01", beneficiaries=rows,
    )  # fmt: skip
    assert [line.payable_fen for line in made.lines][:3] == [16_666_667, 16_666_667, 16_666_666]
    return made.total_fen


def _two_motor(given: Mapping[str, Any]) -> int:
    loss = _fen(given["tp_property"])
    first = _assess("compulsory-motor", plan="standard", at_fault=True, victims=[{"property_claim": loss}]).total_fen
    second = _assess(
        "commercial-motor", plan="standard", parameters={"third_limit": given["tp_limit"]}, fault="full", compulsory_paid=first,
        third_parties=[{"third_loss": loss}],
    ).total_fen  # fmt: skip
    assert (given["fault"], first, second) == ("全责", 200_000, 360_000)
    return first + second


def _victims(given: Mapping[str, Any]) -> int:
    rows = [{"id": str(index), "injury_claim": _fen(claim)} for index, claim in enumerate(given["disability_claims"])]
    made = _assess("compulsory-motor", plan="standard", parameters={"injury_fault": given["limit"]}, at_fault=True, victims=rows)
    assert [line.payable_fen for line in made.lines if line.coverage == "injury"] == [10_800_000, 7_200_000]
    return made.total_fen


def _registered(months: int) -> str:
    return date(DAY.year - months // 12 - (months % 12 >= DAY.month), (DAY.month - months % 12 - 1) % 12 + 1, DAY.day).isoformat()


def _own_damage(given: Mapping[str, Any]) -> int:
    if "repair" in given:
        facts = {"repair_cost": _fen(given["repair"]), "paid_by_third": _fen(given["third_party_paid"])}
        return _assess("commercial-motor", plan="standard", parameters={"agreed_deductible": given["deductible"]}, **facts).total_fen
    facts = {"new_price": _fen(given["new_price"]), "registered_on": _registered(given["months_used"]), "has_vehicle_value": True}
    assert _ratio(given["monthly"]) == 60
    if "third_party_paid" in given:
        facts |= {"paid_by_third": _fen(given["third_party_paid"]), "total_loss": True}
        parameters = {"agreed_deductible": given["agreed_deductible"]}
        return _assess("commercial-motor", plan="standard", parameters=parameters, **facts).total_fen
    made = _assess("commercial-motor", plan="standard", **facts)
    return next(step.output_fen for step in made.steps if step.output == "actual_value")


def _pet(given: Mapping[str, Any]) -> int:
    parameters = {"network_ratio": _ratio(given["ratio"]), "visit_cap": given["cap_visit"], "annual_limit": given["annual_left"]}
    visits = [{"treated_on": DAY.isoformat(), "bill": _fen(given["bill"]), "network": given["network"]}]
    return _assess("pet-medical", plan="premium", parameters=parameters, effective_on="2025-01-01", visits=visits).total_fen


def _house(given: Mapping[str, Any]) -> int:
    facts = {"house_sum": _fen(given["sum_insured"]), "house_value": _fen(given["value"]), "house_loss": _fen(given["loss"])}
    return _assess("household-property", plan="standard", parameters={"deductible": given["deductible"]}, **facts).total_fen


def _enterprise(given: Mapping[str, Any]) -> int:
    loss = _fen(given["loss"])
    parameters = {"deductible": given["min_deductible"], "deductible_rate": _ratio(given["rate"])}
    return _assess(
        "enterprise-property", plan="standard", parameters=parameters, fixed_sum=loss, fixed_value=loss, fixed_loss=loss
    ).total_fen  # fmt: skip


def _animals(given: Mapping[str, Any]) -> int:
    facts: dict[str, Any] = {"disposed": True, "insured_heads": 100, "actual_heads": 100}
    if "weights_kg" in given:
        parameters = {"fattening_sum": given["sum_per_head"], "full_weight": given["full_weight"]}
        rows: list[dict[str, Any]] = [{"kind": "fattening", "weight": 1000 * weight} for weight in given["weights_kg"]]
    else:
        parameters = {"sow_sum": given["sum_per_head"]}
        rows = [{"kind": "sow", "heads": given["heads"], "culled": True, "subsidy": _fen(given["government_subsidy_per_head"])}]
    return _assess("livestock", plan="standard", parameters=parameters, animals=rows, **facts).total_fen


def _advance(given: Mapping[str, Any]) -> int:
    parameters = {"advance_ratio": _ratio(given["advance_ratio"])}
    facts = {"estimate": _fen(given["estimate"]), "final": _fen(given["final"])}
    return _assess("advance-payment", plan="standard", parameters=parameters, **facts).total_fen


CALCULATE: dict[str, Callable[[Mapping[str, Any]], int]] = {
    "M01": _million, "M02a": _million, "M02b": _million, "O01": _outpatient, "O03": _outpatient, "H01": _city, "A01": _allowance,
    "I01": _disability, "I03": _disability, "I05": _medical_of("accident", "standard"), "C01": _illness, "C03": _illness,
    "R01": _medical_of("rider-accident", "daily"), "R02": _third_property, "L01": _life, "V01": _two_motor, "V04": _victims,
    "V05": _own_damage, "V06": _own_damage, "V08": _own_damage, "P01": _pet, "F01": _house, "F03": _enterprise, "G01": _animals,
    "G03": _animals, "X01": _advance,
}  # fmt: skip


@pytest.mark.parametrize("example_id", sorted(CALCULATE))
def test_the_sheet_of_worked_examples_agrees(example_id: str) -> None:
    if not SHEET.is_file():
        pytest.skip(f"the development data are not here ({SHEET.name}): set ANPEI_DEV_DATA to their folder to run this")
    sheet = {row["id"]: row for row in json.loads(SHEET.read_text(encoding="utf-8"))}
    assert sheet.keys() == CALCULATE.keys()
    example = sheet[example_id]
    assert Money(CALCULATE[example_id](example["inputs"])).decimal() == example["payable"]


def test_the_deductible_of_the_year_moves_on_between_claims() -> None:
    """M02a, then M02b on what M02a has used: 6,320.00 then 3,680.00 of the 10,000.00."""
    first = _assess("million-medical", plan="standard", bills=(_bill(kind="inpatient", total=632_000),))
    used = {use.name: use.amount for use in first.accumulator_use}
    second = _assess("million-medical", plan="standard", bills=(_bill(kind="inpatient", total=1_234_567),), used=used)
    assert [(use.name, use.period_key, use.amount) for use in first.accumulator_use] == [
        ("annual_deductible_used", "year:2026-01-01", 632_000),
    ]
    assert (first.total_fen, second.total_fen, second.deductible_used_fen, second.limit_used_fen) == (0, 866_567, 368_000, 866_567)


@pytest.mark.parametrize("file", FILES, ids=[file.id for file in FILES])
def test_every_value_says_where_it_comes_from(file: ProductFile) -> None:
    """Seen values name their source, usual ones are marked to be verified; the file names clause, owner and validity."""
    assert (file.status, file.owner, bool(file.reference), file.valid_from <= DAY) == ("live", "产品部", True, True)
    assert [name for name, data in file.parameters.items() if not data.reference] == []
    assert [name for name, data in file.tables.items() if not data.reference] == []
    unsure = [name for name, data in file.parameters.items() if data.reference.rstrip(")").endswith("C") and not data.to_verify]
    assert unsure == []


@pytest.mark.parametrize("file", FILES, ids=[file.id for file in FILES])
def test_what_a_customer_reads_names_every_amount_that_is_paid(file: ProductFile) -> None:
    shared = {("enterprise-property", "under-insured"), ("livestock", "under-insured")}
    for example in file.examples:
        terms, made = benefit.assess_case(file, example)
        for lang in ("zh", "en"):
            told = "\n".join(benefit.explain(assessment=made, terms=terms, lang=lang))
            unsaid = [line.id for line in made.lines if line.payable_fen and Money(line.payable_fen).decimal() not in told]
            assert (unsaid == []) or (file.id, example.id) in shared
