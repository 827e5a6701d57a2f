"""Each check finds its single defect, and only that; the clean case is clean."""

from dataclasses import replace
from datetime import date
from typing import Any

import pytest

from anpei.claims.audit.examine import lane_of
from anpei.claims.audit.model import finding
from anpei.claims.decision.adjudication import adjudicate, examine_inputs
from anpei.claims.dossier.model import Lane
from anpei.reading.model import FieldReading
from tests.factories import cases, readings


def codes(*, hits: tuple[dict[str, Any], ...] = (), **changes: Any) -> list[str]:
    """The finding codes of a varied case."""
    return [item.code for item in examine_inputs(inputs=cases.inputs(**changes), hits=hits)]


def test_the_clean_case_has_no_finding() -> None:
    assert codes() == []


@pytest.mark.parametrize(
    ("expected", "changes"),
    [
        (["cover.outside_period"], {"read": cases.pages(day="2025-12-31")}),
        (["cover.outside_period"], {"cover": {"end_on": date(2026, 10, 3)}}),
        (["cover.not_in_force"], {"cover": {"status": "lapsed"}}),
        (["cover.event_kind"], {"event": {"kind": "inpatient"}}),
        (["bill.upper_case_differs"], {"read": cases.pages(total_upper="423.60")}),
        (["bill.split_does_not_add_up"], {"read": cases.pages(pooled_fund="10.00")}),
        (["bill.qr_differs"], {"read": cases.pages(qr_number="0012345678", qr_amount="432.61", qr_code="33060126")}),
        (["identity.sex_mismatch"], {"read": cases.pages(gender="男")}),
        (["bill.dates_out_of_order"], {"read": cases.pages(issued_on="2026-10-02")}),
    ],
)
def test_a_single_defect_gives_its_finding_alone(expected: list[str], changes: dict[str, Any]) -> None:
    assert codes(**changes) == expected


OLD_CODE, DIGITAL_CODE = "01,10,033002300111,12345678,{},20261003,,AB12,", "01,32,,26330000000012345678,{},20261003,,AB12,"


@pytest.mark.parametrize(
    ("code", "stated", "expected"),
    [
        (OLD_CODE, "424.12", []),
        (OLD_CODE, "424.13", ["bill.qr_differs"]),
        (OLD_CODE, "432.60", ["bill.qr_differs"]),
        (DIGITAL_CODE, "432.60", []),
        (DIGITAL_CODE, "424.12", ["bill.qr_differs"]),
        ("01,33060126,0012345678,ABCDEF,20261003,{},", "432.60", []),
        ("01,33060126,0012345678,ABCDEF,20261003,{},", "424.12", ["bill.qr_differs"]),
    ],
)
def test_the_amount_of_a_code_square_is_compared_with_what_the_code_states(code: str, stated: str, expected: list[str]) -> None:
    receipt, record = cases.pages(net_amount="424.12")
    coded = {name: FieldReading(value, code.format(stated), 0.999, (0, 0, 9, 9), "qr") for name, value in square(stated).items()}
    assert codes(read=[replace(receipt, fields={**receipt.fields, **coded}), record]) == expected


def square(stated: str) -> dict[str, str]:
    """The fields of a code square that says the number of the clean receipt and this amount."""
    return {"qr_number": "0012345678", "qr_amount": stated}


def test_another_person_on_the_papers() -> None:
    assert codes(read=cases.pages(name="顾长风")) == ["identity.name_mismatch", "identity.name_mismatch"]
    mixed = [cases.pages()[0], readings.record("顾长风")]
    assert codes(read=mixed) == ["identity.name_mismatch", "identity.several_persons"]


def test_the_waiting_period_counts_from_the_first_day_of_unbroken_cover() -> None:
    start = date(2026, 9, 15)
    assert codes(cover={"start_on": start}) == ["cover.waiting_period"]
    accident = {"cause": "accident"}
    assert codes(cover={"start_on": start}, event=accident) == ["declared.cause_unconfirmed"]
    for code in ("S61.000", ""):
        injury = [cases.pages()[0], readings.record(cases.NAME, code=code, diagnosis="手指开放性伤口")]
        assert codes(read=injury, cover={"start_on": start}, event=accident) == []
    renewed = start.replace(year=2025)
    assert codes(cover={"start_on": start, "first_covered_on": renewed}) == []


def test_the_day_after_the_waiting_period_is_covered() -> None:
    start = date(2026, 9, 3)
    assert codes(cover={"start_on": start}) == []
    assert codes(cover={"start_on": start.replace(day=4)}) == ["cover.waiting_period"]


def test_hospitals() -> None:
    assert codes(providers={}) == ["hospital.unknown"]
    assert codes(providers={readings.HOSPITAL: cases.PROVIDER | {"ownership": "private"}}) == ["hospital.not_eligible"]
    assert codes(providers={readings.HOSPITAL: cases.PROVIDER | {"grade": "一级甲等"}}) == ["hospital.not_eligible"]


def test_rows_must_sum_to_the_total() -> None:
    rows = [readings.item("普通门诊诊查费", "10.00", code=cases.VISIT), readings.item("血常规", "421.60", code=cases.BLOOD)]
    assert codes(read=cases.pages(rows=rows)) == ["bill.rows_do_not_sum"]


def test_a_paper_that_does_not_tell_of_social_insurance_is_never_calculated() -> None:
    receipt, record = cases.pages()
    kept = {name: field.value for name, field in receipt.fields.items()}
    for name in ("insurance_type", "pooled_fund", "self_paid", "own_expense", "personal_account", "personal_cash"):
        del kept[name]
    rows = [{name: cell.value for name, cell in row.items()} for row in receipt.rows]
    inputs = cases.inputs([readings.page(receipt.kind, kept, rows), record])
    assert "bill.settlement_unknown" in [item.code for item in examine_inputs(inputs=inputs, hits=())]
    assert adjudicate(inputs=inputs, hits=()).assessment is None


def test_papers_that_were_seen_before_are_told_with_both_pages() -> None:
    inputs = cases.inputs()
    entries = [
        {"page_id": "p0", "other": other, "within": False, "finding": "bill.duplicate", "same": ["number", "code"], "same_person": True}
        for other in ("x1", "x2")
    ]
    seen = {"page_id": "p1", "other": "x3", "within": False, "finding": "page.seen_before", "same": ["visit"], "same_person": True}
    found = examine_inputs(inputs=replace(inputs, facts={**inputs.facts, "alike": [*entries, seen]}), hits=())
    assert [(item.code, item.subjects, dict(item.values)) for item in found] == [
        ("bill.duplicate", ("p0", "x1", "x2"), {"same": "number,code"}), ("page.seen_before", ("p1", "x3"), {"same": "visit"}),
    ]  # fmt: skip


def test_every_finding_that_a_paper_seen_before_may_give_has_a_row() -> None:
    rules = cases.PAPERS.rules.alike
    assert {code for rule in rules for code in (rule.finding, rule.within)} <= set(cases.table().kinds)
    assert {cases.table().kind(rule.finding).outcome.value for rule in rules} == {"refer"}


def test_an_excluded_diagnosis_is_only_a_finding() -> None:
    read = [cases.pages()[0], readings.record(cases.NAME, code="F32.900", diagnosis="抑郁发作")]
    assert codes(read=read) == ["exclusion.diagnosis"]


def test_an_amount_of_zero_or_below_goes_to_a_person() -> None:
    assert "bill.amount_not_positive" in codes(read=cases.pages(total_amount="0.00"))
    assert "bill.amount_not_positive" in codes(read=cases.pages(total_amount="-5.00"))


def test_weak_fields_need_a_second_source() -> None:
    receipt, record = cases.pages(total_upper="")
    weak = readings.page(receipt.kind, {name: f.value for name, f in receipt.fields.items() if f.value}, confidence=0.3)
    found = codes(read=[weak, record])
    assert "reading.low_confidence" in found


def test_the_heaviest_lane_wins_and_says_why() -> None:
    found = (finding("bill.duplicate", "p0"), finding("hospital.unknown", "p0"), finding("page.repeated", "p1"))
    lane = lane_of(findings=found, table=cases.table(), total_fen=100)
    assert lane == (Lane.INVESTIGATION, ("bill.duplicate",))


def test_a_large_amount_takes_the_fast_lane() -> None:
    assert lane_of(findings=(), table=cases.table(), total_fen=300_001)[0] is Lane.FAST
    assert lane_of(findings=(), table=cases.table(), total_fen=300_000)[0] is Lane.UNATTENDED
