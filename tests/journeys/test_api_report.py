"""Reporting a claim at the API: guided, pre-filled with what is held (masked), once per request id, under one's own policies only."""

from collections.abc import Iterator
from typing import Any

import pytest

from anpei.claims.dossier import queries
from anpei.claims.dossier.model import SectionName
from anpei.trust.access import access_log
from tests.factories import cases, doors, platforms, readings
from tests.factories.doors import Doors
from tests.factories.platforms import POLICY


def count_claims(at_door: Doors) -> int:
    with at_door.platform.database.read() as conn:
        return sum(queries.count_by_state(conn, insurers=None).values())


def reported(at_door: Doors, claim_id: str) -> dict[str, Any]:
    with at_door.platform.database.read() as conn:
        return queries.get_section(conn, vault=at_door.platform.vault, claim_id=claim_id, name=SectionName.REPORT).payload


def texts(value: Any) -> Iterator[str]:
    if isinstance(value, dict):
        for part in value.values():
            yield from texts(part)
    elif isinstance(value, list):
        for part in value:
            yield from texts(part)
    else:
        yield str(value)


def test_the_guide_shows_what_is_held_masked_and_what_will_be_needed(at_door: Doors) -> None:
    answer = at_door.customer().post("/v1/reports/guide", json={"policy_number": POLICY})
    assert answer.status_code == 200
    guide = answer.json()
    known = {question["id"]: question["known"] for question in guide["questions"]}
    assert known["insured.name"] == "沈**"
    assert known["insured.id_number"] == "3399**********1226"
    assert known["insured.phone"] == "139****0000"
    assert known["event.kind"] == "outpatient"
    assert next(kind["code"] for paper in guide["papers"]["outpatient"] for kind in paper["kinds"]) == "outpatient_receipt"
    assert guide["papers"]["outpatient"][1]["when"] == "票据上没有明细时需要"
    assert not {cases.NAME, cases.NUMBER, "13900000000"} & set(texts(guide))


def test_the_same_request_gives_the_same_claim(at_door: Doors) -> None:
    client = at_door.customer()
    first = client.post("/v1/claims", json=doors.report(), headers={"Idempotency-Key": "request-0001"})
    again = client.post("/v1/claims", json={**doors.report(), "request_id": "request-0001"})
    assert (first.status_code, first.json()["new"]) == (201, True)
    assert (again.status_code, again.json()["new"], again.json()["id"]) == (200, False, first.json()["id"])
    other = client.post("/v1/claims", json=doors.report(cause="accident"), headers={"Idempotency-Key": "request-0001"})
    assert (other.status_code, other.json()["code"]) == (409, "intake.request_differs")
    assert count_claims(at_door) == 1


def test_what_is_held_is_confirmed_and_not_asked_again(at_door: Doors) -> None:
    form = doors.report() | {"insured": {"name": "沈**"}}
    answer = at_door.customer().post("/v1/claims", json=form)
    assert answer.status_code == 201
    insured = reported(at_door, answer.json()["id"])["insured"]
    assert (insured["name"], insured["id_number"], insured["phone"]) == (cases.NAME, cases.NUMBER, "13900000000")
    with at_door.platform.database.read() as conn:
        looks = access_log(conn, subject=at_door.policy().id)
    assert [(look.purpose, look.fields) for look in looks] == [("own_file", ("id_number", "name", "phone"))]


def test_somebody_elses_policy_is_not_there(at_door: Doors) -> None:
    doors.add_other_insurer(at_door.platform)
    customer, staff = at_door.customer(), at_door.staff("handler", insurers=[at_door.policy().insurer_id])
    for client in (customer, staff):
        for number in (doors.OTHER_POLICY, "P-NOBODY"):
            for answer in (
                client.post("/v1/reports/guide", json={"policy_number": number}),
                client.post("/v1/claims", json=doors.report(number)),
            ):
                assert (answer.status_code, answer.json()["code"]) == (404, "policies.unknown")
                assert answer.json()["detail"] == "there is no policy of this number here: check the number on the policy"
    assert count_claims(at_door) == 0
    with at_door.platform.database.read() as conn:
        assert access_log(conn, subject=at_door.policy(doors.OTHER_POLICY).id) == []


@pytest.mark.parametrize(
    ("part", "field", "value", "code"),
    [
        ("event", "occurred_on", "2027-01-01", "intake.report_invalid"),
        ("event", "occurred_on", "gestern", "intake.report_invalid"),
        ("event", "kind", "motor", "intake.report_invalid"),
        ("payee", "account", "12", "intake.report_invalid"),
        ("insured", "shoe_size", "42", "input.malformed"),
    ],
)
def test_a_wrong_answer_is_named_and_nothing_is_opened(at_sqlite_door: Doors, part: str, field: str, value: str, code: str) -> None:
    form = doors.report()
    form[part] = form[part] | {field: value}
    answer = at_sqlite_door.customer().post("/v1/claims", json=form)
    assert (answer.status_code, answer.json()["code"]) == (422, code)
    said = answer.json()
    assert f"{part}.{field}" in (said.get("field"), *(error["field"].removeprefix("body.") for error in said.get("errors", ())))
    assert cases.NAME not in answer.text
    assert cases.ACCOUNT not in answer.text
    assert count_claims(at_sqlite_door) == 0


def test_an_auditor_reports_nothing(at_sqlite_door: Doors) -> None:
    answer = at_sqlite_door.staff("auditor").post("/v1/claims", json=doors.report())
    assert (answer.status_code, answer.json()["code"]) == (403, "access.forbidden")
    assert count_claims(at_sqlite_door) == 0


def test_a_partner_reports_inside_its_scope(at_sqlite_door: Doors) -> None:
    doors.add_other_insurer(at_sqlite_door.platform)
    partner = at_sqlite_door.partner(insurers=[at_sqlite_door.policy().insurer_id])
    assert partner.post("/v1/claims", json=platforms.report_data()).status_code == 201
    assert partner.post("/v1/claims", json=platforms.report_data(policy=doors.OTHER_POLICY)).status_code == 404
    assert count_claims(at_sqlite_door) == 1


PROPERTY = "P-HOUSE-1"


def test_declared_facts_are_asked_taken_and_calculated_but_not_settled_unattended(at_sqlite_door: Doors) -> None:
    row = platforms.policy_row(policy_number=PROPERTY, product="household-property", plan="standard", social_insurance="no")
    platforms.load_policies(at_sqlite_door.platform, [row])
    client = at_sqlite_door.customer(PROPERTY)
    guide = client.post("/v1/reports/guide?lang=en", json={"policy_number": PROPERTY}).json()
    asked = {question["id"]: question for question in guide["questions"]}
    assert (asked["declared.house_loss"]["type"], asked["declared.items"]["type"]) == ("money", "list")
    assert [column["id"] for column in asked["declared.items"]["columns"]] == ["declared.items.item_loss", "declared.items.excluded"]
    form = doors.report(PROPERTY, kind="property_damage", cause="other") | {
        "declared": {"house_sum": "800000", "house_value": "1000000", "house_loss": "56000.00", "cause": "fire_storm"}
    }
    wrong = client.post("/v1/claims", json={**form, "declared": {**form["declared"], "house_loss": "much"}})
    assert (wrong.status_code, wrong.json()["field"]) == (422, "declared.house_loss")
    claim_id = client.post("/v1/claims", json=form).json()["id"]
    invoice = readings.page("vat_invoice", {"issued_on": "2026-10-03", "total_amount": "56000.00"})
    photo = readings.page("damage_photo", {})
    assert doors.upload(client, claim_id, platforms.paper(invoice), platforms.paper(photo)).status_code == 201
    assert client.post(f"/v1/claims/{claim_id}/submit").status_code == 200
    at_sqlite_door.platform.worker.run_due()
    told = client.get(f"/v1/claims/{claim_id}/reasoning").json()
    unconfirmed = [item["details"][0]["text"] for item in told["findings"] if item["code"] == "declared.unconfirmed"]
    assert unconfirmed == ["house_loss", "house_sum", "house_value"]
    assert told["decision"]["decision"]["code"] == "refer"
    with at_sqlite_door.platform.database.read() as conn:
        section = queries.get_section(conn, vault=at_sqlite_door.platform.vault, claim_id=claim_id, name=SectionName.ASSESSMENT)
    assert section.payload["assessment"]["total_fen"] == 4_430_000
