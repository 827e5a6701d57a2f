"""What rules are told of a claim: product, department, cause, place, class of work, days since the start; diagnoses with their days."""

from datetime import date
from pathlib import Path
from typing import Any

from anpei.claims.decision.adjudication import Inputs, facts_read, judged, rule_facts_of
from anpei.rules.judging import evaluation
from anpei.rules.model import RuleFacts, RuleRow, Source, rule_id_for
from tests.factories import cases, readings

ON = date(2026, 10, 3)


def told(inputs: Inputs, **facts: Any) -> RuleFacts:
    """What the rules are told."""
    known = {**inputs.facts, "product": {"id": "small-outpatient", "plan": "standard"}, **facts}
    return rule_facts_of(facts=known, items=inputs.items, providers=inputs.providers)


def row(template: str, subject: str, **parameters: Any) -> RuleRow:
    """A live row."""
    start = date(2020, 1, 1)
    rule_id = rule_id_for(template_id=template, subject=subject, parameters=parameters, valid_from=start, document="test")
    return RuleRow(rule_id, template, subject, parameters, start, Source("test"))


def record(day: str = "2026-10-03", **fields: str) -> Any:
    """An out-patient record with a department."""
    page = readings.record(cases.NAME, day=day)
    return readings.page(
        "outpatient_record", {name: field.value for name, field in page.fields.items()} | {"department": "呼吸内科"} | fields
    )


def test_attributes_come_from_papers_policy_report_and_register() -> None:
    attributes = told(cases.inputs([cases.pages()[0], record()])).attributes
    assert {name: attributes[name] for name in ("department", "cause", "start_on", "days_since_start", "region", "work_class")} == {
        "department": "呼吸内科", "cause": "illness", "start_on": date(2026, 1, 1), "days_since_start": 275, "region": "339901",
        "work_class": None,
    }  # fmt: skip


def test_papers_that_name_two_departments_leave_it_unknown() -> None:
    inputs = cases.inputs([cases.pages()[0], record(), record(department="骨科", diagnosis_code="M54.500")])
    assert told(inputs).attributes["department"] is None


def test_days_count_from_the_first_day_of_unbroken_cover_to_the_first_day_of_care() -> None:
    renewed = cases.inputs(cases.pages(day="2026-10-01"), cover={"first_covered_on": date(2025, 10, 1)})
    attributes = told(renewed).attributes
    assert (attributes["start_on"], attributes["days_since_start"]) == (date(2025, 10, 1), 365)


def test_the_claim_and_its_diagnoses_can_be_named_by_rows() -> None:
    subjects = {subject.id: subject for subject in told(cases.inputs()).subjects}
    assert subjects["claim"].keys == ("PRODUCT:SMALL-OUTPATIENT", "PRODUCT:SMALL-OUTPATIENT/STANDARD")
    assert (subjects["claim"].amount, subjects["claim"].day) == (43_260, ON)
    assert (subjects["diagnosis/J06.900"].keys, subjects["diagnosis/J06.900"].day) == (("J06.900",), ON)


def test_facts_of_an_older_schema_are_told_as_they_were() -> None:
    inputs = cases.inputs()
    old = told(inputs, schema=1)
    assert [subject.id.count("/") for subject in old.subjects] == [1, 1]
    assert "department" not in old.attributes


def hits(rows: list[RuleRow], folder: Path, facts: RuleFacts) -> list[str]:
    snapshot = cases.snapshot(folder, *rows)
    result = evaluation.examine(facts=facts, source=snapshot, templates=snapshot.templates, on=ON)
    return sorted(f"{hit['finding']}:{','.join(hit['subjects'])}" for hit in judged(result))


def test_rows_of_policy_terms_are_judged(tmp_path: Path) -> None:
    product = "PRODUCT:SMALL-OUTPATIENT"
    rows = [
        row("waiting-days", product, days=300), row("region", product, regions=("31",)), row("work-class", product, max_class=4),
        row("excluded", "J06*"), row("known-before", "J06*"),
    ]  # fmt: skip
    assert hits(rows, tmp_path, told(cases.inputs())) == [
        "rule.excluded:diagnosis/J06.900", "rule.region:claim", "rule.undecided:claim", "rule.waiting:claim",
    ]  # fmt: skip


def test_an_older_record_is_known_before_the_start(tmp_path: Path) -> None:
    inputs = cases.inputs([cases.pages()[0], record(day="2025-12-31")])
    assert hits([row("known-before", "J06*")], tmp_path, told(inputs)) == ["rule.known_before:diagnosis/J06.900"]


def test_a_class_of_work_that_was_reported_is_judged(tmp_path: Path) -> None:
    inputs = cases.inputs()
    facts = told(inputs, insured={**inputs.facts["insured"], "work_class": 5})
    assert hits([row("work-class", "PRODUCT:SMALL-OUTPATIENT/STANDARD", max_class=4)], tmp_path, facts) == ["rule.work_class:claim"]


def test_only_facts_that_rows_of_the_product_read_are_asked(tmp_path: Path) -> None:
    snapshot = cases.snapshot(tmp_path, row("work-class", "PRODUCT:ACCIDENT", max_class=4))
    assert facts_read(snapshot=snapshot, product_id="accident", plan="standard", on=ON) == {"work_class"}
    assert facts_read(snapshot=snapshot, product_id="small-outpatient", plan="standard", on=ON) == frozenset()
    assert facts_read(snapshot=snapshot, product_id="accident", plan="standard", on=date(2019, 12, 31)) == frozenset()
