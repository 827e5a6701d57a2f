"""Facts carry no identity, keep amounts in fen, and say which papers belong together."""

from datetime import date
from typing import Any

from anpei.claims.documents import completeness, facts
from anpei.claims.documents.model import Page
from anpei.claims.documents.papers import load_papers
from anpei.engines.knowledge import shipped_rulebook
from anpei.kernel.canonical import canonical
from anpei.reading.model import PageReading
from anpei.records.products.library import load_library
from tests.factories import readings

PAPERS = load_papers(shipped_rulebook())
NAME, NUMBER, ACCOUNT = "沈若溪", "339901199203041226", "6222020200112233446"
ROWS = [readings.item("普通门诊诊查费", "10.00"), readings.item("血常规", "422.60")]
REPORT: dict[str, Any] = {
    "insured": {"name": NAME, "id_number": NUMBER},
    "event": {"kind": "outpatient", "cause": "illness", "occurred_on": "2026-10-03", "hospital": ""},
    "payee": {"name": NAME, "account": ACCOUNT},
}


def stored(*read: PageReading, repeats: dict[int, str] | None = None) -> list[Page]:
    """Pages as they are stored."""
    return [Page(f"p{n}", f"u{n}", 1, 1, one, (repeats or {}).get(n)) for n, one in enumerate(read)]


NEEDED = frozenset({"outpatient_receipt", "fee_list", "outpatient_record", "diagnosis_certificate", "settlement_sheet"})


def build(pages: list[Page]) -> dict[str, Any]:
    """The facts of the pages."""
    insured = facts.Person(name=NAME, id_number=NUMBER, sex="F", birth_on=date(1992, 3, 4))
    cover = facts.Cover(
        number="P1", start_on=date(2026, 1, 1), end_on=date(2027, 1, 1), first_covered_on=None, social_insurance=True, status="in_force"
    )
    return facts.build_facts(salt="s", report=REPORT, insured=insured, cover=cover, pages=pages, papers=PAPERS, needed=NEEDED)


def simple_receipt(**amounts: str) -> PageReading:
    """A receipt of 432.60, all self-paid inside the catalogue."""
    given = {"total_amount": "432.60", "pooled_fund": "0.00", "self_paid": "432.60", "own_expense": "0.00"} | amounts
    return readings.receipt(NAME, rows=ROWS, **given)


def test_no_identity_leaves_the_pages() -> None:
    text = canonical(build(stored(simple_receipt(), readings.record(NAME)))).decode()
    for secret in (NAME, NUMBER, ACCOUNT, "1992"):
        assert secret not in text


def test_equal_names_have_equal_commitments_also_with_spaces() -> None:
    found = build(stored(simple_receipt(), readings.record("沈 若溪")))
    assert [person["name"] == found["insured"]["name"] for person in found["persons"]] == [True, True]


def test_amounts_are_fen_and_lines_keep_their_order() -> None:
    bill = build(stored(simple_receipt()))["bills"][0]
    assert (bill["total_fen"], bill["self_paid_fen"], bill["own_expense_fen"], bill["pooled_fen"]) == (43260, 43260, 0, 0)
    assert [(line["line_id"], line["amount_fen"], line["insurance_class"]) for line in bill["lines"]] == [
        ("1.1", 1000, "A"),
        ("1.2", 42260, "A"),
    ]


def test_a_repeated_page_counts_once() -> None:
    one = simple_receipt()
    found = build(stored(one, one, repeats={1: "p0"}))
    assert len(found["bills"]) == 1
    assert found["pages"][1]["repeats"] == "p0"


def test_an_unreadable_amount_is_unknown_not_zero() -> None:
    assert build(stored(simple_receipt(total_amount="4x2.60")))["bills"][0]["total_fen"] is None


def test_a_total_that_cannot_be_read_is_taken_from_the_capitals_if_a_second_source_agrees() -> None:
    assert build(stored(simple_receipt(total_amount="", total_upper="432.60")))["bills"][0]["total_fen"] == 43260
    assert build(stored(simple_receipt(total_amount="", total_upper="432.70")))["bills"][0]["total_fen"] is None


def test_whether_social_insurance_settled_is_known_or_it_is_not() -> None:
    receipt = simple_receipt()
    bare = {"patient_name": NAME, "total_amount": "432.60", "issued_on": "2026-10-03"}
    unknown = readings.page("outpatient_receipt", bare, ROWS)
    own = readings.page("outpatient_receipt", bare | {"insurance_type": "自费"}, ROWS)
    settled = [build(stored(page))["bills"][0]["settled_by_social"] for page in (receipt, unknown, own)]
    assert settled == [True, None, False]


def test_the_hospital_comes_from_the_other_papers_only_where_the_receipt_has_none() -> None:
    record = readings.record(NAME)
    assert build(stored(simple_receipt(hospital_name=""), record))["bills"][0]["hospital"] == readings.HOSPITAL
    assert build(stored(simple_receipt(hospital_name="别的医院"), record))["bills"][0]["hospital"] == "别的医院"


def test_a_piece_of_the_hospitals_name_is_completed_from_the_other_papers() -> None:
    record = readings.record(NAME)
    assert build(stored(simple_receipt(hospital_name="第一人民医院"), record))["bills"][0]["hospital"] == readings.HOSPITAL
    assert build(stored(simple_receipt(hospital_name="医院"), record))["bills"][0]["hospital"] == "医院"
    assert build(stored(simple_receipt(hospital_name="临江江市第一人民医院"), record))["bills"][0]["hospital"] == readings.HOSPITAL
    assert build(stored(simple_receipt(hospital_name="临江市第二人民医院"), record))["bills"][0]["hospital"] == "临江市第二人民医院"


def test_the_words_before_a_hospital_are_not_its_name() -> None:
    assert build(stored(simple_receipt(hospital_name="收款单位（章）：临江市中医院")))["bills"][0]["hospital"] == "临江市中医院"


def test_the_split_comes_from_the_settlement_sheet_when_the_receipt_has_none() -> None:
    receipt = readings.page("inpatient_receipt", {"patient_name": NAME, "total_amount": "1000.00", "admitted_on": "2026-10-01"})
    sheet = readings.page(
        "settlement_sheet", {"pooled_fund": "600.00", "self_paid": "300.00", "own_expense": "100.00", "total_amount": "1000.00"}
    )
    bill = build(stored(receipt, sheet))["bills"][0]
    assert (bill["pooled_fen"], bill["self_paid_fen"], bill["own_expense_fen"], bill["settled_by_social"]) == (60000, 30000, 10000, True)


def test_fee_lists_go_with_the_receipt_that_shares_their_number() -> None:
    first = readings.page("inpatient_receipt", {"admission_number": "A1", "total_amount": "10.00", "receipt_number": "1"})
    second = readings.page("inpatient_receipt", {"admission_number": "A2", "total_amount": "20.00", "receipt_number": "2"})
    listed = readings.page("fee_list", {"admission_number": "A2", "total_amount": "20.00"}, [readings.item("床位费", "20.00")])
    bills = build(stored(first, second, listed))["bills"]
    assert [(bill["number"], len(bill["lines"])) for bill in bills] == [("1", 0), ("2", 1)]


def missing(pages: list[Page]) -> list[tuple[str, str]]:
    """What is wanting: requirement and problem."""
    terms = load_library(shipped_rulebook()).terms("small-outpatient", "standard", at=date(2026, 10, 3))
    conditions = completeness.conditions_of(build(pages)["bills"])
    found = completeness.missing_documents(terms=terms, event_kind="outpatient", pages=pages, conditions=conditions, titles={})
    return [(item.requirement, item.problem) for item in found]


def test_receipt_with_items_and_record_are_complete() -> None:
    assert missing(stored(simple_receipt(), readings.record(NAME))) == []


def test_everything_that_is_missing_is_named_at_once() -> None:
    bare = readings.receipt(
        NAME, rows=[{"name": "西药费", "amount": "432.60"}], total_amount="432.60", self_paid="432.60", own_expense="0.00"
    )
    assert missing(stored(bare)) == [("fee_list", "missing"), ("outpatient_record", "missing")]


def test_a_blurred_receipt_is_asked_for_again() -> None:
    blurred = readings.page("outpatient_receipt", {}, usable=False)
    assert missing(stored(blurred, readings.record(NAME))) == [("outpatient_receipt", "unusable")]
