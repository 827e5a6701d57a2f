"""Records at the API: policies from a table with a report of every bad row, and the switch that stops automation for one product."""

import csv
import io

import openpyxl
from fastapi.testclient import TestClient

from anpei.claims.dossier.model import ClaimState
from anpei.records.partners import queries as partners
from anpei.trust import trail
from tests.factories import cases, doors, platforms
from tests.factories.doors import Doors
from tests.factories.platforms import get_claim

INSURER = platforms.demo.INSURER
GOOD = platforms.policy_row(policy_number="P-NEW-1")
BAD = platforms.policy_row(policy_number="P-NEW-2", start_on="2026-13-01", insured_id_number="339901199203041227")


def table(*rows: dict[str, str]) -> bytes:
    text = io.StringIO()
    writer = csv.DictWriter(text, platforms.COLUMNS)
    writer.writeheader()
    writer.writerows(rows)
    return text.getvalue().encode()


def workbook(*rows: dict[str, str]) -> bytes:
    book = openpyxl.Workbook()
    assert book.active is not None
    book.active.append(list(platforms.COLUMNS))
    for row in rows:
        book.active.append([row[name] for name in platforms.COLUMNS])
    out = io.BytesIO()
    book.save(out)
    return out.getvalue()


def send(client: TestClient, *files: bytes) -> tuple[int, dict[str, object]]:
    answer = client.post("/v1/policies/imports", files=[("files", (f"{n}.csv", data, "text/csv")) for n, data in enumerate(files)])
    return answer.status_code, answer.json()


def test_policies_are_imported_with_every_bad_row_named(at_door: Doors) -> None:
    operations = at_door.staff("operations")
    for number, file in ((1, table(GOOD, BAD)), (2, workbook(GOOD, BAD))):
        status, report = send(operations, file)
        assert (status, report["refused"], report["added"], report["unchanged"]) == (200, 1, 2 - number, number - 1)
        problems = report["problems"]
        assert isinstance(problems, list)
        assert {(row["line"], row["column"], row["code"]) for row in problems} == {
            (3, "start_on", "cell.day"), (3, "insured_id_number", "id.check_digit"),
        }  # fmt: skip
        assert all(row["reason"] and row["advice"] for row in problems)
        assert cases.NAME not in str(report)
        assert BAD["insured_id_number"] not in str(report)
    assert at_door.policy("P-NEW-1").plan == "standard"


def test_an_import_is_refused_as_a_whole_when_it_is_no_table(at_sqlite_door: Doors) -> None:
    operations = at_sqlite_door.staff("operations")
    assert send(operations, b"")[1]["code"] == "records.file_refused"
    assert send(operations, b"a,b\n1,2\n")[0] == 422
    assert send(operations, table(GOOD), table(GOOD))[1]["code"] == "input.invalid"
    insurer = at_sqlite_door.policy().insurer_id
    for client in (
        at_sqlite_door.staff("handler"), at_sqlite_door.customer(), at_sqlite_door.partner(insurers=[insurer]),
        at_sqlite_door.staff("operations", insurers=[insurer]),
    ):  # fmt: skip
        assert send(client, table(GOOD))[0] == 403
    with at_sqlite_door.platform.database.read() as conn:
        assert [found.code for found in partners.list_insurers(conn)] == [INSURER]
    answer = at_sqlite_door.staff("handler").post("/v1/reports/guide", json={"policy_number": "P-NEW-1"})
    assert answer.status_code == 404


def test_automation_is_stopped_for_one_product_at_once(at_door: Doors) -> None:
    supervisor = at_door.staff("supervisor")
    form = {"insurer": INSURER, "product": "small-outpatient", "on": False, "reason": "规则核对中"}
    assert supervisor.put("/v1/automation", json=form).json() == {"insurer": INSURER, "product": "small-outpatient", "on": False}
    switches = {(item["insurer"], item["product"]): item["on"] for item in supervisor.get("/v1/automation").json()}
    assert {key for key, on in switches.items() if not on} == {(INSURER, "small-outpatient")}
    assert switches[INSURER, "million-medical"] is True
    claim_id = doors.paid_claim(at_door)
    assert get_claim(at_door.platform, claim_id).state is ClaimState.REFERRED
    reasons = supervisor.get(f"/v1/claims/{claim_id}/reasoning").json()["decision"]["reasons"]
    assert [reason["code"] for reason in reasons] == ["automation.switched_off"]
    told = at_door.customer().get(f"/v1/claims/{claim_id}/progress").json()
    assert {clock["id"]: clock["status"] for clock in told["clocks"]}["claim.decide.complex"] == "running"
    insurer = at_door.policy().insurer_id
    with at_door.platform.database.read() as conn:
        entry = trail.list_entries(conn, subject=insurer)[-1]
    assert (entry.action, entry.facts) == ("automation.switched", {"product": "small-outpatient", "on": False})


def test_the_switch_is_turned_by_those_who_may(at_sqlite_door: Doors) -> None:
    doors.add_other_insurer(at_sqlite_door.platform)
    form = {"insurer": INSURER, "product": "small-outpatient", "on": False, "reason": "x"}
    other = at_sqlite_door.policy(doors.OTHER_POLICY).insurer_id
    elsewhere = at_sqlite_door.staff("supervisor", insurers=[other])
    for client, status in ((at_sqlite_door.staff("handler"), 403), (at_sqlite_door.customer(), 403), (elsewhere, 404)):
        assert client.put("/v1/automation", json=form).status_code == status
    supervisor = at_sqlite_door.staff("supervisor")
    assert supervisor.put("/v1/automation", json=form | {"product": "motor"}).json()["field"] == "product"
    assert supervisor.put("/v1/automation", json=form | {"reason": ""}).status_code == 422
    assert all(item["on"] for item in supervisor.get("/v1/automation").json())
    assert {item["insurer"] for item in elsewhere.get("/v1/automation").json()} == {"other"}
