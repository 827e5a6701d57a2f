"""Whether two pages show one paper is told by their values: each list of the rule can do it, and what is unlike undoes it."""

from typing import Any

import pytest

from anpei.claims.documents.alike import numbers_of, same_paper
from anpei.reading.model import PageReading
from tests.factories import cases, readings

ROWS = [{"name": "诊查费", "amount": "10.00"}, {"name": "血常规", "amount": "422.60"}]
RECEIPT = {
    "receipt_code": "33060126", "receipt_number": "0012345678", "patient_name": "沈若溪", "issued_on": "2026-10-03",
    "total_amount": "432.60", "hospital_name": "临江市第一人民医院",
}  # fmt: skip


def receipt(rows: Any = ROWS, **changes: str | None) -> PageReading:
    fields = {name: value for name, value in {**RECEIPT, **changes}.items() if value is not None}
    return readings.page("outpatient_receipt", fields, rows)


def same(one: PageReading, other: PageReading) -> tuple[str, ...]:
    rule = cases.PAPERS.rules.alike_rule(one.kind)
    assert rule is not None
    assert same_paper(one, other, rule) == same_paper(other, one, rule)
    return same_paper(one, other, rule)


@pytest.mark.parametrize(
    ("other", "expected"),
    [
        (receipt(), ("number", "code")),
        (receipt(receipt_code=None, rows=()), ("number", "total_amount")),
        (receipt(receipt_code=None, total_amount="999.99", rows=()), ("number", "day", "patient_name")),
        (receipt(receipt_number="0012345679"), ("total_amount", "day", "hospital_name", "rows")),
        (receipt(receipt_number=None, hospital_name="临江市"), ("total_amount", "day", "patient_name", "rows")),
        (receipt(receipt_number="77", qr_number="0012345678"), ("number", "code")),
        (receipt(receipt_number="77", total_amount="432.61"), ()),
        (receipt(receipt_number="77", issued_on="2026-10-04"), ()),
        (receipt(receipt_number="77", rows=ROWS[:1]), ()),
        (receipt(receipt_number="77", rows=()), ()),
        (receipt(receipt_code=None, patient_name=None, total_amount=None, rows=()), ()),
    ],
)
def test_receipts(other: PageReading, expected: tuple[str, ...]) -> None:
    assert same(receipt(), other) == expected


def test_two_code_squares_that_differ_are_two_papers_whatever_else_agrees() -> None:
    one, other = receipt(qr_number="0012345678"), receipt(qr_number="0012345679")
    assert same(one, other) == ()
    assert same(one, receipt(qr_number="0012345678")) == ("number", "code")


def test_pages_of_one_list_are_not_one_paper() -> None:
    head = {"patient_name": "沈若溪", "admission_number": "A1", "total_amount": "432.60"}
    first = readings.page("fee_list", {**head, "page_no": "1"}, ROWS[:1])
    assert same(first, readings.page("fee_list", {**head, "page_no": "2"}, ROWS[1:])) == ()
    assert same(first, readings.page("fee_list", {**head, "page_no": "2"}, ROWS[:1])) == ()
    assert same(first, readings.page("fee_list", head, ROWS[:1])) == ("total_amount", "visit", "rows")


def test_records_of_two_visits_are_two_papers() -> None:
    assert same(readings.record("沈若溪"), readings.record("沈若溪")) == ("patient_name", "hospital_name", "day", "diagnosis")
    assert same(readings.record("沈若溪"), readings.record("沈若溪", day="2026-10-04")) == ()
    assert same(readings.record("沈若溪"), readings.record("顾长风")) == ()


def test_kinds_are_never_mixed_and_cards_are_not_compared() -> None:
    assert same(receipt(), readings.page("inpatient_receipt", RECEIPT, ROWS)) == ()
    assert cases.PAPERS.rules.alike_rule("id_card") is None
    assert cases.PAPERS.rules.alike_rule("bank_card") is None


def test_the_numbers_by_which_a_paper_is_looked_up() -> None:
    rule = cases.PAPERS.rules.alike_rule("outpatient_receipt")
    assert numbers_of(receipt(qr_number="0012345678"), rule) == {"outpatient_receipt/0012345678"}
    assert numbers_of(receipt(receipt_number="77", qr_number="78"), rule) == {"outpatient_receipt/77", "outpatient_receipt/78"}
    assert numbers_of(readings.page("id_card", {"id_number": "339901199203041226"}), None) == frozenset()
