"""Declared facts: the record and the papers stand before the report, each fact says where it comes from, nothing is guessed."""

from datetime import date
from typing import Any

import pytest

from anpei.claims.documents import facts
from anpei.claims.documents.model import Page
from anpei.reading.model import PageReading
from tests.factories import cases, readings


def declared(product: str, plan: str, *read: PageReading, said: dict[str, Any] | None = None, **cover: Any) -> tuple[Any, Any]:
    """The declared facts of some pages and a report, with their origins."""
    policy = {
        "number": "P1", "start_on": date(2026, 1, 1), "end_on": date(2027, 1, 1), "first_covered_on": None, "social_insurance": True,
        "status": "in_force",
    } | cover  # fmt: skip
    terms = cases.terms(product, plan)
    needed = {kind for event in terms.event_kinds for wanted in terms.documents_for(event) for kind in wanted.any_of}
    found = facts.build_facts(
        salt="s", report=cases.report() | {"declared": said or {}},
        insured=facts.Person(name=cases.NAME, id_number=cases.NUMBER, sex="F", birth_on=date(1992, 3, 4)), cover=facts.Cover(**policy),
        pages=[Page(f"p{n}", f"u{n}", 1, 1, one, None) for n, one in enumerate(read)], papers=cases.PAPERS, needed=needed, terms=terms,
    )  # fmt: skip
    return found["declared"], found["declared_by"]


def certificate(liability: str, *, party: str = cases.NAME) -> PageReading:
    """An accident certificate with two parties."""
    rows = [
        {"party_name": party, "plate_number": "浙A12345", "liability": liability},
        {"party_name": "顾长河", "plate_number": "浙B54321", "liability": "次要"},
    ]
    return readings.page("traffic_accident_certificate", {"certificate_number": "3301", "occurred_on": "2026-10-03"}, rows)


def test_the_policy_record_gives_what_it_has() -> None:
    values, origins = declared("critical-illness", "standard", first_covered_on=date(2024, 1, 1))
    assert values == {"effective_on": "2026-01-01", "renewed": True}
    assert origins == {"effective_on": "record", "renewed": "record"}


def test_papers_state_the_insureds_own_share_of_fault() -> None:
    values, origins = declared("commercial-motor", "standard", certificate("主要"))
    assert (values["fault"], origins["fault"]) == ("main", "papers")
    assert "fault" not in declared("commercial-motor", "standard", certificate("主要", party="温如玉"))[0]


def test_a_report_that_papers_confirm_and_one_that_they_contradict() -> None:
    paper = certificate("无")
    assert declared("compulsory-motor", "standard", paper, said={"at_fault": False})[1]["at_fault"] == "confirmed"
    values, origins = declared("compulsory-motor", "standard", paper, said={"at_fault": True})
    assert (values["at_fault"], origins["at_fault"]) == (False, "differs")


def test_papers_that_contradict_each_other_are_named() -> None:
    estimates = [readings.page("repair_estimate", {"total_amount": total, "plate_number": "浙A12345"}) for total in ("100.00", "120.00")]
    values, origins = declared("commercial-motor", "standard", *estimates)
    assert (values["repair_cost"], origins["repair_cost"]) == (10_000, "differs")


def test_what_only_the_report_says_is_told_apart_from_what_changes_nothing() -> None:
    said = {"house_loss": 5_600_000, "salvage": 0, "cause": "fire_storm"}
    values, origins = declared("household-property", "standard", said=said)
    assert (values, origins) == (said, {"house_loss": "report", "salvage": "default", "cause": "default"})


def test_rows_come_from_the_rows_of_a_paper() -> None:
    rows = [{"ear_tag": "133018100000001", "weight": "62.5"}, {"ear_tag": "133018100000002", "weight": "70"}]
    sheet = readings.page("livestock_loss_sheet", {"animal_kind": "育肥猪", "occurred_on": "2026-10-03"}, rows)
    values, origins = declared("livestock", "standard", sheet)
    assert values["animals"] == [
        {"id": "001", "kind": "fattening", "weight": 62_500}, {"id": "002", "kind": "fattening", "weight": 70_000},
    ]  # fmt: skip
    assert origins["animals"] == "papers"
    same = {"animals": [{"id": "1", "kind": "fattening", "weight": 70_000}, {"id": "2", "kind": "fattening", "weight": 62_500}]}
    assert declared("livestock", "standard", sheet, said=same)[1]["animals"] == "confirmed"
    more = {"animals": [*same["animals"], {"id": "3", "kind": "fattening", "weight": 1_000}]}
    assert declared("livestock", "standard", sheet, said=more)[1]["animals"] == "differs"


@pytest.mark.parametrize(("grade", "value"), [("十级", 10), ("一级", 1), ("轻微", None)])
def test_a_grade_is_read_from_its_words_or_stays_unknown(grade: str, value: int | None) -> None:
    paper = readings.page("disability_appraisal", {"name": cases.NAME, "disability_grade": grade, "issued_on": "2026-10-08"})
    values, _ = declared("accident", "standard", paper)
    assert [row["grade"] for row in values.get("disabilities", [])] == ([] if value is None else [value])
    assert values["graded_on"] == "2026-10-08"


def test_a_death_is_shown_by_its_certificate_only() -> None:
    paper = readings.page("death_certificate", {"name": cases.NAME, "died_on": "2026-10-03"})
    values, origins = declared("accident", "standard", paper)
    assert (values["dead"], values["died_on"], origins["dead"]) == (True, "2026-10-03", "papers")
    assert "dead" not in declared("accident", "standard")[0]


def test_products_without_declared_facts_have_none() -> None:
    assert declared("small-outpatient", "standard", *cases.pages()) == ({}, {})
