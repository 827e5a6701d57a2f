"""What-if: the same amounts and steps as the later claim, the changes that matter most, names, gates, and nothing stored."""

from typing import Any

import pytest
from fastapi.testclient import TestClient
from sqlalchemy import func, inspect, select, text

from anpei.claims.benefit import Assessment
from anpei.claims.dossier import queries
from anpei.claims.dossier.model import SectionName
from anpei.claims.what_if.question import Question
from anpei.trust.access import access_log
from tests.factories import cases, doors, platforms, readings
from tests.factories.doors import Doors
from tests.factories.platforms import POLICY

BILL = {
    "kind": "outpatient", "service_on": "2026-10-03", "hospital": readings.HOSPITAL, "total": "432.60", "self_paid": "432.60",
    "own_expense": "0", "insurance_type": "职工基本医疗保险",
    "lines": [
        {"name": "普通门诊诊查费", "code": cases.VISIT, "amount": "10.00"}, {"name": "血常规", "code": cases.BLOOD, "amount": "422.60"},
    ],
}  # fmt: skip
QUESTION = {
    "policy": {"number": POLICY}, "event": {"kind": "outpatient", "cause": "illness", "occurred_on": "2026-10-03"}, "bills": [BILL],
    "diagnoses": [{"code": "J06.900", "name": "急性上呼吸道感染"}],
}  # fmt: skip
WHOLE = ("product_id", "product_version", "plan", "terms_digest", "total_fen", "zero_cause", "accumulator_use")
STEPS = ("id", "operation", "clause", "inputs", "output", "output_fen", "rounding")


def ask(client: TestClient, question: dict[str, Any] | None = None, lang: str = "zh", **event: str) -> dict[str, Any]:
    """An answer."""
    asked = question or QUESTION
    answer = client.post(f"/v1/what-if?lang={lang}", json={**asked, "event": {**asked["event"], **event}})
    assert answer.status_code == 200, answer.text
    told: dict[str, Any] = answer.json()
    return told


def with_bill(**changes: Any) -> dict[str, Any]:
    """The question with another bill."""
    return {**QUESTION, "bills": [{**BILL, **changes}]}


def assessment(at: Doors, claim_id: str) -> Assessment:
    """What the claim line calculated."""
    with at.platform.database.read() as conn:
        section = queries.get_section(conn, vault=at.platform.vault, claim_id=claim_id, name=SectionName.ASSESSMENT)
    return Assessment.from_dict(section.payload["assessment"])


def forecast(at: Doors, question: dict[str, Any]) -> Assessment:
    """What the what-if journey calculates for the same facts."""
    with at.platform.database.read() as conn:
        told = at.platform.what_if.answer(conn, policy=at.policy(), question=Question.model_validate(question), sees=lambda _: True)
    found = told.forecast.outputs.assessment
    assert found is not None
    return found


def plain(found: Assessment) -> dict[str, Any]:
    """An assessment without the ids of its bills and lines."""
    told = found.to_dict()
    return {
        **{name: told[name] for name in WHOLE},
        "steps": [{name: step[name] for name in STEPS} | {"inputs": [(name.partition("[")[0], value) for name, value in step["inputs"]]}
                  for step in told["steps"]],
        "lines": [(line["coverage"], line["claimed_fen"], line["payable_fen"]) for line in told["lines"]],
    }  # fmt: skip


def test_the_later_claim_comes_to_the_same_steps_and_the_same_cent(at_door: Doors) -> None:
    told = ask(at_door.customer())
    before = forecast(at_door, QUESTION)
    claim_id = platforms.hand_in(at_door.platform)
    at_door.platform.worker.run_due()
    later = assessment(at_door, claim_id)
    assert plain(before) == plain(later)
    assert (later.total_fen, told["sure"], told["verdict"]["code"]) == (26_608, {"fen": 26_608, "text": "¥266.08"}, "pays")
    assert told["person"] is False
    reasoning = at_door.customer().get(f"/v1/claims/{claim_id}/reasoning").json()["calculation"]
    assert [(step["title"], step["clause"], step["text"], step["result"]) for step in told["steps"]] == [
        (step["title"], step["clause"], step["text"], step["result"]) for step in reasoning["steps"]
    ]
    assert [line["payable"] for line in told["lines"]] == [line["payable"] for line in reasoning["lines"]]


@pytest.mark.parametrize(
    ("amounts", "bill"),
    [
        ({"total_amount": "80.00", "self_paid": "80.00", "personal_account": "80.00"}, {"total": "80.00", "self_paid": "80.00"}),
        (
            {"pooled_fund": "200.00", "self_paid": "132.60", "own_expense": "100.00", "personal_account": "232.60"},
            {"pooled": "200.00", "self_paid": "132.60", "own_expense": "100.00"},
        ),
    ],
)
def test_other_bills_come_to_the_same_too(at_sqlite_door: Doors, amounts: dict[str, str], bill: dict[str, str]) -> None:
    total = amounts.get("total_amount", "432.60")
    rows = [readings.item("普通门诊诊查费", total, code=cases.VISIT)]
    lines = [{"name": "普通门诊诊查费", "code": cases.VISIT, "amount": total}]
    before = forecast(at_sqlite_door, with_bill(**bill, lines=lines))
    claim_id = platforms.hand_in(at_sqlite_door.platform, cases.pages(rows=rows, **amounts))
    at_sqlite_door.platform.worker.run_due()
    assert plain(before) == plain(assessment(at_sqlite_door, claim_id))


def tables(at: Doors) -> dict[str, int]:
    """How many rows each table holds."""
    with at.platform.database.read() as conn:
        names = inspect(conn).get_table_names()
        return {name: conn.execute(select(func.count()).select_from(text(f'"{name}"'))).scalar_one() for name in names}


def test_nothing_is_stored_but_a_line_of_the_access_log(at_door: Doors) -> None:
    client, staff = at_door.customer(), at_door.staff("handler")
    before = tables(at_door)
    ask(client)
    ask(staff)
    after = tables(at_door)
    assert {name: after[name] - before[name] for name in after if after[name] != before[name]} == {"access_log": 2}
    with at_door.platform.database.read() as conn:
        looks = access_log(conn, subject=at_door.policy().id)
    assert [(look.purpose, look.fields) for look in looks] == [("claim_report", ("birth_date",)), ("own_file", ("birth_date",))]


def test_somebody_elses_policy_is_not_there_and_an_auditor_asks_nothing(at_sqlite_door: Doors) -> None:
    doors.add_other_insurer(at_sqlite_door.platform)
    other = {**QUESTION, "policy": {"number": doors.OTHER_POLICY}}
    answer = at_sqlite_door.customer().post("/v1/what-if", json=other)
    assert (answer.status_code, answer.json()["code"]) == (404, "policies.unknown")
    assert at_sqlite_door.staff("auditor").post("/v1/what-if", json=QUESTION).status_code == 403
    with at_sqlite_door.platform.database.read() as conn:
        assert access_log(conn, subject=at_sqlite_door.policy(doors.OTHER_POLICY).id) == []


def test_an_answer_says_what_it_rests_on_and_which_papers_it_takes(at_sqlite_door: Doors) -> None:
    told = ask(at_sqlite_door.customer(), lang="en")
    assert told["text"] == "We expect to pay ¥266.08."
    assert told["rests_on"][-1].startswith("This is a forecast, not a decision.")
    assert [paper["kinds"][0]["code"] for paper in told["papers"]] == ["outpatient_receipt", "outpatient_record"]
    assert told["told"][-1] == "Total: ¥266.08."


def test_settling_first_and_the_used_deductible_matter_most(at_sqlite_door: Doors) -> None:
    row = platforms.policy_row(policy_number="P-MILLION", product="million-medical", plan="standard")
    platforms.load_policies(at_sqlite_door.platform, [row])
    bill = {
        "kind": "inpatient", "service_on": "2026-10-03", "discharged_on": "2026-10-09", "hospital": readings.HOSPITAL, "total": "30000.00",
        "settled_by_social": False, "lines": [{"name": "普通病房床位费", "amount": "30000.00"}],
    }  # fmt: skip
    asked = {**QUESTION, "policy": {"number": "P-MILLION"}, "bills": [bill]}
    told = ask(at_sqlite_door.customer("P-MILLION"), asked, kind="inpatient")
    assert told["sure"]["fen"] == 1_200_000
    assert [(change["id"], change["sure"]["fen"], change["gain"]["fen"]) for change in told["changes"]] == [
        ("social", 2_000_000, 800_000), ("deductible", 1_800_000, 600_000),
    ]  # fmt: skip
    assert told["changes"][0]["text"].startswith("先经医保结算再来理赔，按条款至少可赔20000.00元，比现在多8000.00元")
    assert "有费用没有经医保结算，按未经医保结算的比例计算。" in told["rests_on"]


def test_another_plan_and_a_covered_item_of_the_same_kind(at_sqlite_door: Doors) -> None:
    lines = [{"name": "普通门诊诊查费", "amount": "200.00"}, {"name": "单人间床位费", "amount": "180.00"}]
    asked = with_bill(total="380.00", self_paid="200.00", own_expense="180.00", lines=lines, service_on="2026-10-20")
    told = ask(at_sqlite_door.customer(), asked, lang="en", occurred_on="2026-10-20")
    assert told["sure"]["fen"] == 8_000
    assert [(change["id"], change["sure"]["fen"], change["gain"]["fen"]) for change in told["changes"]] == [
        ("plan", 25_000, 17_000), ("item", 22_400, 14_400),
    ]  # fmt: skip
    assert told["changes"][1]["text"].startswith(
        "Ask the doctor whether “普通病房床位费”, which is covered, would do instead of “单人间床位费”"
    )
    past = ask(at_sqlite_door.customer(), with_bill(total="380.00", self_paid="200.00", own_expense="180.00", lines=lines))
    assert [change["id"] for change in past["changes"]] == ["plan"]


def test_a_plan_that_lies_ahead_may_wait_for_the_end_of_the_waiting_period(at_sqlite_door: Doors) -> None:
    row = platforms.policy_row(policy_number="P-NEW", start_on="2026-10-05", end_on="2027-10-04")
    platforms.load_policies(at_sqlite_door.platform, [row])
    client = at_sqlite_door.customer("P-NEW")
    asked = {**with_bill(service_on="2026-10-20"), "policy": {"number": "P-NEW"}}
    told = ask(client, asked, occurred_on="2026-10-20")
    assert (told["verdict"]["code"], told["sure"]["fen"], told["total"]["fen"]) == ("person", 0, 26_608)
    assert [reason["code"] for reason in told["reasons"]] == ["cover.waiting_period"]
    assert [(change["id"], change["gain"]["fen"]) for change in told["changes"]] == [("wait", 26_608)]
    assert "等待期到2026-11-04为止" in told["changes"][0]["text"]
    past = ask(client, {**asked, "bills": [{**BILL, "service_on": "2026-10-06"}]}, occurred_on="2026-10-06")
    assert past["changes"] == []


def test_a_hospital_that_the_clause_does_not_accept(at_sqlite_door: Doors) -> None:
    register = at_sqlite_door.platform.settings.home / "hospitals.csv"
    register.write_text("name,region_code,grade,ownership,designated\n临江康宁门诊部,339901,未定级,private,no\n", encoding="utf-8")
    from anpei.records.providers import imports

    with at_sqlite_door.platform.database.write() as conn:
        imports.import_providers(conn, file=register, at=at_sqlite_door.platform.clock.now())
    told = ask(
        at_sqlite_door.customer(), with_bill(hospital="临江康宁门诊部", service_on="2026-10-20"), lang="en", occurred_on="2026-10-20"
    )
    assert (told["verdict"]["code"], [reason["code"] for reason in told["reasons"]]) == ("person", ["hospital.not_eligible"])
    assert told["changes"][0]["id"] == "hospital"
    assert told["changes"][0]["gain"]["fen"] == 26_608
    assert "such as 临江" in told["changes"][0]["text"]


def test_names_that_are_not_known_are_offered_or_nothing_is(at_sqlite_door: Doors) -> None:
    asked = with_bill(
        hospital="临江第一医院",
        lines=[{"name": "血细胞分析", "amount": "400.00"}, {"name": "𠀀𠀁𠀂", "amount": "32.60"}],
    ) | {"diagnoses": [{"name": "感冒"}, {"name": "急性支气管"}, {"name": "𠀀𠀁"}]}  # fmt: skip
    told = ask(at_sqlite_door.customer(), asked)
    found = {one["field"]: (one["how"], one["found"], one["offers"]) for one in told["matches"]}
    assert found["diagnoses.0"] == ("name", "急性鼻咽炎 (J00)", [])
    assert (found["diagnoses.1"][0], found["diagnoses.1"][2][0]) == ("none", "急性支气管炎")
    assert found["diagnoses.2"] == ("none", "", [])
    assert (found["bills.0.hospital"][0], found["bills.0.hospital"][2][0]) == ("none", "临江市第一人民医院")
    assert found["bills.0.lines.1"] == ("none", "", [])
    assert "血细胞分析(五分类)" in found["bills.0.lines.0"][2]
    assert "hospital.unknown" in [reason["code"] for reason in told["reasons"]]


def test_what_is_missing_is_named_with_its_field(at_sqlite_door: Doors) -> None:
    told = ask(at_sqlite_door.customer(), with_bill(self_paid=None, own_expense=None))
    assert (told["verdict"]["code"], told["total"]) == ("missing", None)
    assert [one["field"] for one in told["missing"]] == ["bills.0.self_paid", "bills.0.own_expense"]
    unclassed = ask(at_sqlite_door.customer(), with_bill(settled_by_social=False, self_paid=None, own_expense=None, lines=[]))
    assert [one["field"] for one in unclassed["missing"]] == ["bills.0.lines"]


@pytest.mark.parametrize(
    ("change", "field"),
    [
        ({"bills": []}, "bills"),
        ({"bills": [{**BILL, "total": "0"}]}, "bills.0.total"),
        ({"bills": [{**BILL, "self_paid": "1.00"}]}, "bills.0"),
        ({"bills": [{**BILL, "pooled": "500.00"}]}, "bills.0"),
        ({"bills": [{**BILL, "lines": [{"name": "血常规", "amount": "1"}]}]}, "bills.0.lines"),
        ({"event": {"kind": "motor", "occurred_on": "2026-10-03"}}, "event.kind"),
        ({"declared": {"house_loss": "1"}}, "declared.house_loss"),
    ],
)
def test_a_wrong_question_is_named(at_sqlite_door: Doors, change: dict[str, Any], field: str) -> None:
    answer = at_sqlite_door.customer().post("/v1/what-if", json={**QUESTION, **change})
    assert (answer.status_code, answer.json()["field"]) == (422, field)


@pytest.mark.parametrize(
    ("field", "value"), [("total", 432.6), ("total", "-1"), ("total", "viel"), ("shoe", "42"), ("service_on", "gestern")]
)
def test_a_malformed_question_is_named(at_sqlite_door: Doors, field: str, value: Any) -> None:
    answer = at_sqlite_door.customer().post("/v1/what-if", json=with_bill(**{field: value}))
    assert answer.status_code == 422
    assert any(error["field"].endswith(f"bills.0.{field}") for error in answer.json()["errors"])


def test_several_policies_of_one_person_are_told_together(at_sqlite_door: Doors) -> None:
    rows = [platforms.policy_row(policy_number="P-PLUS", plan="plus"), platforms.policy_row(policy_number="P-OVER", end_on="2026-06-30")]
    platforms.load_policies(at_sqlite_door.platform, rows)
    told = ask(at_sqlite_door.customer(), lang="en")
    assert told["sure"]["fen"] == 26_608
    assert [line.partition(" (")[0].rpartition(": ")[2] for line in told["several"]] == [
        "¥432.60.", "¥266.08", "¥133.22", "¥33.30.",
    ]  # fmt: skip


def test_a_product_by_event_comes_to_the_same_and_a_person_looks_at_both(at_sqlite_door: Doors) -> None:
    row = platforms.policy_row(policy_number="P-HOUSE", product="household-property", plan="standard", social_insurance="no")
    platforms.load_policies(at_sqlite_door.platform, [row])
    declared = {"house_sum": "800000", "house_value": "1000000", "house_loss": "56000.00"}
    event = {"kind": "property_damage", "cause": "other", "occurred_on": "2026-10-03"}
    told = ask(at_sqlite_door.customer("P-HOUSE"), {"policy": {"number": "P-HOUSE"}, "event": event, "declared": declared})
    assert (told["sure"]["fen"], told["person"]) == (4_430_000, True)
    pages = [readings.page("damage_photo", {}), readings.page("vat_invoice", {"issued_on": "2026-10-03"})]
    report = platforms.report_data(policy="P-HOUSE", **event) | {"declared": declared}
    claim_id = platforms.hand_in(at_sqlite_door.platform, pages, data=report)
    at_sqlite_door.platform.worker.run_due()
    later = at_sqlite_door.staff("handler").get(f"/v1/claims/{claim_id}/reasoning").json()
    assert later["calculation"]["total"]["fen"] == 4_430_000
    assert [step["text"] for step in told["steps"]] == [step["text"] for step in later["calculation"]["steps"]]
    assert [reason["code"] for reason in told["reasons"]] == [reason["code"] for reason in later["decision"]["reasons"]]


def test_a_later_claim_of_the_same_accident_is_counted_under_the_first(at_sqlite_door: Doors) -> None:
    platform = at_sqlite_door.platform
    first = platforms.hand_in(platform)
    platform.worker.run_due()
    number = platforms.get_claim(platform, first).claim_no
    data = platforms.report_data(occurred_on="2026-10-05", id=number)
    second = platforms.hand_in(platform, cases.pages(day="2026-10-05", receipt_number="00777"), data=data)
    platform.worker.run_due()
    with platform.database.read() as conn:
        facts = queries.get_section(conn, vault=platform.vault, claim_id=second, name=SectionName.EVIDENCE).payload["facts"]
    assert (facts["event"]["id"], facts["declared_by"]) == ("2026-10-03", {"event_id": "report"})
    strange = platforms.hand_in(
        platform, cases.pages(day="2026-10-06", receipt_number="00778"), data=platforms.report_data(occurred_on="2026-10-06", id="LP-0")
    )
    platform.worker.run_due()
    with platform.database.read() as conn:
        facts = queries.get_section(conn, vault=platform.vault, claim_id=strange, name=SectionName.EVIDENCE).payload["facts"]
    assert facts["event"]["id"] == "LP-0"


def test_policies_out_of_sight_are_not_told(at_sqlite_door: Doors) -> None:
    platforms.load_policies(at_sqlite_door.platform, [platforms.policy_row(policy_number="P-PLUS", plan="plus")])
    what_if, asked = at_sqlite_door.platform.what_if, Question.model_validate(QUESTION)
    with at_sqlite_door.platform.database.read() as conn:
        seen = what_if.answer(conn, policy=at_sqlite_door.policy(), question=asked, sees=lambda _: True)
        unseen = what_if.answer(conn, policy=at_sqlite_door.policy(), question=asked, sees=lambda _: False)
    assert [terms.plan for terms in seen.others] == ["plus"]
    assert (unseen.others, unseen.coordination) == ((), None)
    assert unseen.forecast.total_fen == seen.forecast.total_fen == 26_608
