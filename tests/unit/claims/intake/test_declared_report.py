"""The guided report asks what a product declares and nobody else gives, with the reason; a wrong answer is named."""

from datetime import date
from typing import Any

import pytest

from anpei.claims.intake.declared import asked_inputs, load_declared
from anpei.claims.intake.guide import load_guide, questions_for
from anpei.claims.intake.model import ReportInvalid, parse_report
from anpei.engines.knowledge import shipped_rulebook
from anpei.kernel.errors import InvalidInput
from tests.factories import cases, platforms

GUIDE = load_guide(shipped_rulebook())


def asked(product: str, plan: str = "standard", *, lang: str = "zh", **more: Any) -> dict[str, dict[str, Any]]:
    """The questions by id."""
    return {one["id"]: one for one in questions_for(GUIDE, terms=cases.terms(product, plan), held={}, lang=lang, **more)}


def declared(product: str, plan: str = "standard") -> list[str]:
    """The ids of the questions about declared facts."""
    return [name.removeprefix("declared.") for name in asked(product, plan) if name.startswith("declared.")]


def test_each_product_asks_what_neither_record_nor_papers_nor_bills_give() -> None:
    assert declared("critical-illness") == [
        "disease",
        "early_stage",
        "diagnosed_on",
        "accident",
        "premium_paid",
        "has_earlier",
        "earlier_on",
    ]
    assert declared("compulsory-motor") == ["rescue_only", "vehicle_share", "victims"]
    assert declared("livestock") == ["disposed", "insured_heads", "actual_heads"]
    assert declared("pet-medical", "basic") == ["accident", "no_claim_years", "visits"]
    assert declared("small-outpatient") == []
    assert declared("hospital-allowance") == []


def test_all_shipped_event_kinds_can_be_reported() -> None:
    titles = {option.value for question in GUIDE.file.questions if question.id == "event.kind" for option in question.options}
    kinds = {kind for file in cases.library().files() for kind in file.event_kinds}
    assert kinds - titles == set()


def test_a_question_says_why_it_is_asked() -> None:
    disease = asked("critical-illness")["declared.disease"]
    assert disease["why"] == "计算“疾病程度”（条款疾病定义）要用到。"
    assert (disease["type"], disease["optional"], disease["options"][0]) == (
        "choice",
        False,
        {"value": "cancer_severe", "title": "恶性肿瘤—重度"},
    )
    english = asked("critical-illness", lang="en")["declared.diagnosed_on"]
    assert (english["type"], english["why"]) == ("day", "The clause needs it: days from the start to the diagnosis (第四条).")


def test_a_list_has_its_columns() -> None:
    visits = asked("pet-medical", "basic")["declared.visits"]
    assert visits["type"] == "list"
    assert [(c["id"], c["type"]) for c in visits["columns"]] == [
        ("declared.visits.treated_on", "day"), ("declared.visits.bill", "money"), ("declared.visits.not_covered", "money"),
        ("declared.visits.compensated", "money"), ("declared.visits.network", "choice"),
    ]  # fmt: skip


def test_only_what_a_rule_reads_is_asked_beside() -> None:
    assert "insured.work_class" not in asked("accident")
    assert asked("accident", read_by_rules={"work_class"})["insured.work_class"]["optional"] is True


def test_questions_about_a_hospital_are_not_for_motor() -> None:
    assert "event.hospital" not in asked("commercial-motor")
    assert [o["value"] for o in asked("commercial-motor")["event.cause"]["options"]] == ["accident", "other"]
    assert [o["value"] for o in asked("small-outpatient")["event.cause"]["options"]] == ["illness", "accident"]


def parsed(product: str, given: Any, plan: str = "standard", **event: str) -> dict[str, Any]:
    """The declared facts of a report."""
    terms = cases.terms(product, plan)
    data = platforms.report_data(kind=terms.event_kinds[0], **event) | {"declared": given}
    return dict(parse_report(data, today=date(2026, 10, 10), event_kinds=terms.event_kinds, terms=terms).declared)


def test_facts_of_a_form_become_plain() -> None:
    given = {"disposed": "true", "insured_heads": "100", "actual_heads": 90, "animals": [{"kind": "sow", "weight": "62.5", "subsidy": ""}]}
    assert parsed("livestock", given) == {
        "disposed": True, "insured_heads": 100, "actual_heads": 90, "animals": [{"id": "001", "kind": "sow", "weight": 62_500}],
    }  # fmt: skip
    assert parsed("household-property", {"house_loss": "56000.00", "cause": "theft"})["house_loss"] == 5_600_000


@pytest.mark.parametrize(
    ("product", "given", "field"),
    [
        ("livestock", {"cows": 1}, "declared.cows"),
        ("livestock", {"animals": [{"kind": "cat"}]}, "declared.animals.0.kind"),
        ("livestock", {"animals": {"kind": "sow"}}, "declared.animals"),
        ("livestock", {"animals": ["sow"]}, "declared.animals.0"),
        ("livestock", {"disposed": "perhaps"}, "declared.disposed"),
        ("household-property", {"house_loss": 1.5}, "declared.house_loss"),
        ("household-property", {"house_loss": "-3"}, "declared.house_loss"),
        ("critical-illness", {"diagnosed_on": "2026-13-01"}, "declared.diagnosed_on"),
        ("critical-illness", ["cancer"], "declared"),
        ("small-outpatient", {"house_loss": "1"}, "declared.house_loss"),
    ],
)
def test_a_wrong_fact_is_named(product: str, given: Any, field: str) -> None:
    with pytest.raises(InvalidInput) as caught:
        parsed(product, given)
    assert (caught.value.data["field"], caught.value.code) == (field, "intake.report_invalid")
    assert not any(said in caught.value.message for said in ("perhaps", "cat", "2026-13-01"))


@pytest.mark.parametrize(("name", "value"), [("currency", "yuan"), ("region", "33"), ("id", "x" * 61)])
def test_a_wrong_detail_of_the_event_is_named(name: str, value: str) -> None:
    with pytest.raises(ReportInvalid) as caught:
        parsed("livestock", {}, **{name: value})
    assert caught.value.data["field"] == f"event.{name}"


def test_what_is_not_said_is_not_in_the_report() -> None:
    data = platforms.report_data()
    report = parse_report(data, today=date(2026, 10, 10), event_kinds=("outpatient",), terms=cases.terms()).to_dict()
    assert "declared" not in report
    assert not {"id", "currency", "region"} & set(report["event"])


def test_asked_inputs_leave_out_what_papers_tell() -> None:
    asked_ = asked_inputs(cases.terms("commercial-motor"), file=load_declared(shipped_rulebook()))
    assert not {"fault", "repair_cost", "registered_on"} & {item.name for item in asked_["event"]}
