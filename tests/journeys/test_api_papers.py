"""Papers at the API: several files at once, bounded while they stream, read fields as soon as they are there, covered by default."""

import tracemalloc
from collections.abc import Iterator
from typing import Any

from fastapi.testclient import TestClient

from anpei.claims.documents import queries as documents
from anpei.claims.dossier.model import ClaimState
from anpei.trust.access import access_log
from tests.factories import cases, doors, platforms, readings
from tests.factories.doors import Doors
from tests.factories.platforms import get_claim, paper

BOUNDARY = b"a-boundary-of-the-test"
MEGA = 1_000_000


def report(client: TestClient) -> str:
    answer = client.post("/v1/claims", json=doors.report())
    assert answer.status_code in (200, 201), answer.text
    return str(answer.json()["id"])


def stored(at_door: Doors, claim_id: str) -> list[Any]:
    with at_door.platform.database.read() as conn:
        return documents.list_uploads(conn, vault=at_door.platform.vault, claim_id=claim_id)


def part(name: str, size: int) -> Iterator[bytes]:
    yield b'--%s\r\nContent-Disposition: form-data; name="files"; filename="%s"\r\n\r\n' % (BOUNDARY, name.encode())
    for _ in range(size // MEGA):
        yield b"x" * MEGA
    yield b"\r\n"


def test_papers_are_read_covered_and_submitted_once(at_door: Doors) -> None:
    client = at_door.customer()
    claim_id = report(client)
    assert client.get(f"/v1/claims/{claim_id}/papers").json()["files"] == []
    receipt, record = cases.pages()
    answer = doors.upload(client, claim_id, paper(receipt), paper(record))
    assert answer.status_code == 201
    assert [item["new"] for item in answer.json()["uploads"]] == [True, True]
    assert client.get(f"/v1/claims/{claim_id}/papers").json()["unread"] == 2
    at_door.platform.worker.run_due()
    papers = client.get(f"/v1/claims/{claim_id}/papers").json()
    assert papers["unread"] == 0
    assert [page["kind"]["code"] for file in papers["files"] for page in file["pages"]] == ["outpatient_receipt", "outpatient_record"]
    fields = {field["name"]: field for file in papers["files"] for page in file["pages"] for field in page["fields"]}
    assert (fields["patient_name"]["value"], fields["patient_name"]["masked"]) == ("沈**", True)
    assert (fields["diagnosis"]["value"], fields["diagnosis"]["masked"]) == ("******", True)
    assert (fields["total_amount"]["value"], fields["total_amount"]["confidence_bp"]) == ("432.60", 9900)
    assert fields["total_amount"]["box"] == [10, 10, 200, 40]
    assert cases.NAME not in str(papers)
    assert "张三" not in str(papers)
    again = doors.upload(client, claim_id, paper(receipt))
    assert [(item["id"], item["new"]) for item in again.json()["uploads"]] == [(answer.json()["uploads"][0]["id"], False)]
    assert client.post(f"/v1/claims/{claim_id}/submit").json()["changed"] is True
    assert client.post(f"/v1/claims/{claim_id}/submit").json() == {"claim_id": claim_id, "state": "collecting", "changed": False}
    at_door.platform.worker.run_due()
    assert get_claim(at_door.platform, claim_id).state is ClaimState.PAID


def test_medical_values_are_opened_for_a_purpose_and_the_look_is_recorded(at_door: Doors) -> None:
    claim_id = doors.paid_claim(at_door)
    handler = at_door.staff("handler")
    form = {"purpose": "page_reading", "fields": ["medical"]}
    papers = handler.post(f"/v1/claims/{claim_id}/papers/open", json=form).json()
    fields = {field["name"]: field["value"] for file in papers["files"] for page in file["pages"] for field in page["fields"]}
    assert (fields["diagnosis"], fields["patient_name"]) == ("急性上呼吸道感染", "沈**")
    refused = handler.post(f"/v1/claims/{claim_id}/papers/open", json={"purpose": "payout", "fields": ["name"]})
    assert (refused.status_code, refused.json()["code"]) == (403, "access.forbidden")
    with at_door.platform.database.read() as conn:
        looks = access_log(conn, subject=claim_id)
    assert [(look.purpose, look.fields) for look in looks] == [("page_reading", ("medical",))]


def test_fifty_megabytes_are_refused_while_they_stream(at_sqlite_door: Doors) -> None:
    client = at_sqlite_door.customer()
    claim_id = report(client)
    small = paper(cases.pages()[0])

    def body() -> Iterator[bytes]:
        yield b'--%s\r\nContent-Disposition: form-data; name="files"; filename="a.jpg"\r\n\r\n%s\r\n' % (BOUNDARY, small)
        yield from part("large.jpg", 50 * MEGA)
        yield b"--%s--\r\n" % BOUNDARY

    tracemalloc.start()
    answer = client.post(
        f"/v1/claims/{claim_id}/uploads", content=body(), headers={"content-type": f"multipart/form-data; boundary={BOUNDARY.decode()}"}
    )
    _, peak = tracemalloc.get_traced_memory()
    tracemalloc.stop()
    assert (answer.status_code, answer.json()["code"], answer.json()["limit"]) == (413, "input.too_large", 30 * MEGA)
    assert "超过30MB" in answer.json()["detail"]
    assert [upload.size for upload in stored(at_sqlite_door, claim_id)] == [len(small)]
    assert peak < 200 * MEGA  # the test client itself holds the 50 MB once


def test_what_is_no_file_is_refused_with_advice(at_sqlite_door: Doors) -> None:
    client = at_sqlite_door.customer()
    claim_id = report(client)
    path, form = f"/v1/claims/{claim_id}/uploads", f"multipart/form-data; boundary={BOUNDARY.decode()}"
    cut_off = b'--%s\r\nContent-Disposition: form-data; name="files"; filename="a.jpg"\r\n\r\nhalf a pic' % BOUNDARY
    for answer, code in (
        (doors.upload(client, claim_id, b""), "documents.upload_refused"),
        (client.post(path, json={}), "input.not_multipart"),
        (client.post(path, content=b"--%s--\r\n" % BOUNDARY, headers={"content-type": form}), "documents.upload_refused"),
        (client.post(path, content=cut_off, headers={"content-type": form}), "input.not_multipart"),
        (client.post(path, content=b"nonsense", headers={"content-type": form}), "input.not_multipart"),
        (client.post(f"/v1/claims/{claim_id}/submit"), "documents.upload_refused"),
    ):
        assert (answer.status_code, answer.json()["code"]) == (422, code)
    assert stored(at_sqlite_door, claim_id) == []


def test_a_missing_paper_is_asked_for_once_with_its_reason(at_door: Doors) -> None:
    claim_id = doors.wanting_claim(at_door)
    client = at_door.customer()
    wanting = client.get(f"/v1/claims/{claim_id}/papers").json()["wanting"]
    assert [(item["kinds"], item["problem"]["code"]) for item in wanting] == [(["outpatient_record", "diagnosis_certificate"], "missing")]
    progress = client.get(f"/v1/claims/{claim_id}/progress").json()
    assert (progress["state"]["code"], progress["next"]["holder"]) == ("wanting", "您")
    clock = next(item for item in progress["clocks"] if item["id"] == "claim.decide.complex")
    assert (clock["status"], clock["last_day"], len(clock["pauses"])) == ("paused", None, 1)
    assert doors.upload(client, claim_id, paper(readings.record(cases.NAME))).status_code == 201
    assert client.post(f"/v1/claims/{claim_id}/submit").json()["changed"] is True
    at_door.platform.worker.run_due()
    assert get_claim(at_door.platform, claim_id).state is ClaimState.PAID
    late = doors.upload(client, claim_id, b"another")
    assert (late.status_code, late.json()["code"]) == (409, "claims.state_not_allowed")


def test_a_page_is_shown_through_the_gate_only(at_door: Doors) -> None:
    claim_id = doors.paid_claim(at_door)
    page = at_door.staff("handler").get(f"/v1/claims/{claim_id}/papers").json()["files"][0]["pages"][0]
    for client, purpose in ((at_door.staff("auditor"), "page_reading"), (at_door.customer(), "own_file")):
        answer = client.get(page["image"])
        assert (answer.status_code, answer.content) == (200, at_door.pictures.picture)
        assert answer.headers["content-type"] == "image/jpeg"
        assert answer.headers["content-security-policy"] == "sandbox; default-src 'none'"
        assert answer.headers["x-content-type-options"] == "nosniff"
        assert answer.headers["cache-control"] == "no-store"
        with at_door.platform.database.read() as conn:
            look = access_log(conn, subject=claim_id)[0]
        assert (look.purpose, look.fields) == (purpose, ("page_image",))
    assert at_door.pictures.asked == [(1, 0), (1, 0)]


def test_a_page_stays_shut_for_everybody_else(at_sqlite_door: Doors) -> None:
    doors.add_other_insurer(at_sqlite_door.platform)
    claim_id = doors.paid_claim(at_sqlite_door)
    other = platforms.hand_in(at_sqlite_door.platform, request="another")
    at_sqlite_door.platform.worker.run_due()
    page = at_sqlite_door.staff("handler").get(f"/v1/claims/{claim_id}/papers").json()["files"][0]["pages"][0]["id"]
    stranger = at_sqlite_door.customer(doors.OTHER_POLICY)
    elsewhere = at_sqlite_door.staff("handler", insurers=[at_sqlite_door.policy(doors.OTHER_POLICY).insurer_id])
    for client, claim, status in (
        (stranger, claim_id, 404), (elsewhere, claim_id, 404), (at_sqlite_door.partner(), claim_id, 403),
        (at_sqlite_door.staff("operations"), claim_id, 403), (at_sqlite_door.staff("handler"), other, 404),
        (at_sqlite_door.anybody(), claim_id, 401),
    ):  # fmt: skip
        assert client.get(f"/v1/claims/{claim}/pages/{page}/image").status_code == status
    assert at_sqlite_door.pictures.asked == []
    with at_sqlite_door.platform.database.read() as conn:
        assert access_log(conn, subject=claim_id) == []
        assert access_log(conn, subject=other) == []
