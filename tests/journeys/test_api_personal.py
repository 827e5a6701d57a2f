"""Personal data at the API: opened for a purpose, recorded before it leaves, seen by the customer; proofs through the same gate."""

import json

from anpei.claims.decision.verification import verify
from anpei.kernel.canonical import canonical
from anpei.trust.access import access_log
from tests.factories import cases, doors
from tests.factories.doors import Doors

EVERYTHING = ["name", "id_number", "birth_date", "phone", "bank_card", "medical"]


def looks(at_door: Doors, subject: str) -> list[tuple[str, tuple[str, ...]]]:
    with at_door.platform.database.read() as conn:
        return [(look.purpose, look.fields) for look in access_log(conn, subject=subject)]


def test_values_are_opened_for_a_purpose(at_door: Doors) -> None:
    claim_id = doors.paid_claim(at_door)
    answer = at_door.staff("handler").post(f"/v1/claims/{claim_id}/personal", json={"purpose": "claim_handling", "fields": EVERYTHING})
    assert answer.json()["values"] == {
        "name": cases.NAME, "id_number": cases.NUMBER, "birth_date": "1992-03-04", "phone": "13900000000",
        "bank_card": f"演示银行 {cases.ACCOUNT}", "medical": "急性上呼吸道感染 J06.900",
    }  # fmt: skip
    assert looks(at_door, claim_id) == [("claim_handling", tuple(sorted(EVERYTHING)))]
    own = at_door.customer().post(f"/v1/claims/{claim_id}/personal", json={"purpose": "claim_handling", "fields": ["name"]})
    assert (own.json()["purpose"], own.json()["values"]) == ("own_file", {"name": cases.NAME})


def test_what_the_purpose_does_not_need_stays_shut(at_sqlite_door: Doors) -> None:
    claim_id = doors.paid_claim(at_sqlite_door)
    for role, form in (
        ("handler", {"purpose": "claim_handling", "fields": ["page_image"]}),
        ("handler", {"purpose": "inspection", "fields": ["name"]}),
        ("handler", {"purpose": "curiosity", "fields": ["name"]}),
        ("operations", {"purpose": "policy_service", "fields": ["name"]}),
    ):
        answer = at_sqlite_door.staff(role).post(f"/v1/claims/{claim_id}/personal", json=form)
        assert (answer.status_code, answer.json()["code"]) == (403, "access.forbidden")
        assert cases.NAME not in answer.text
    assert at_sqlite_door.staff("handler").post(f"/v1/claims/{claim_id}/personal", json={"purpose": "x", "fields": []}).status_code == 422
    assert looks(at_sqlite_door, claim_id) == []


def test_a_proof_leaves_through_the_gate_and_verifies(at_door: Doors) -> None:
    claim_id = doors.paid_claim(at_door)
    answer = at_door.staff("auditor").get(f"/v1/claims/{claim_id}/proof")
    assert answer.status_code == 200
    assert answer.headers["content-disposition"].endswith('-1.proof.json"')
    proof = json.loads(answer.content)
    assert answer.content == canonical(proof)
    assert verify(proof, trusted_key=at_door.platform.signer.public_key_b64) == []
    assert cases.NAME not in answer.text
    assert [purpose for purpose, _ in looks(at_door, claim_id)] == ["proof_export"]
    for client in (at_door.customer(), at_door.staff("operations"), at_door.partner()):
        assert client.get(f"/v1/claims/{claim_id}/proof").status_code == 403
    assert at_door.staff("auditor").get(f"/v1/claims/{claim_id}/proof", params={"proof_id": "none"}).status_code == 404
    assert len(looks(at_door, claim_id)) == 1


def test_the_customer_reads_notices_and_sees_who_looked(at_door: Doors) -> None:
    claim_id, customer = doors.paid_claim(at_door), at_door.customer()
    at_door.staff("handler").post(f"/v1/claims/{claim_id}/personal", json={"purpose": "claim_handling", "fields": ["phone"]})
    entries = customer.get(f"/v1/claims/{claim_id}/notices").json()
    assert [(entry["template"], entry["title"]) for entry in entries] == [
        ("claim_reported", "报案已收到"), ("claim_settled", "赔付结果"), ("payment_confirmed", "钱已到账"),
    ]  # fmt: skip
    assert not any("subject" in entry for entry in entries)
    text = customer.get(f"/v1/claims/{claim_id}/notices/{entries[1]['id']}").json()
    assert "¥266.08" in text["subject"]
    assert text["notice"]["read_at"] is not None
    handler = at_door.staff("handler").get(f"/v1/claims/{claim_id}/notices/{entries[2]['id']}").json()
    assert handler["notice"]["read_at"] is None
    seen = customer.get(f"/v1/claims/{claim_id}/seen").json()
    assert [(look["purpose"], look["fields"]) for look in seen][-1] == ("理赔审核", ["电话"])
    assert seen[-1]["account"] == "演示 handler"
    assert at_door.staff("handler").get(f"/v1/claims/{claim_id}/seen").status_code == 403


def test_a_notice_of_another_claim_is_not_there(at_sqlite_door: Doors) -> None:
    first, second = doors.paid_claim(at_sqlite_door), doors.wanting_claim(at_sqlite_door)
    client = at_sqlite_door.customer()
    notice = client.get(f"/v1/claims/{first}/notices").json()[0]["id"]
    assert client.get(f"/v1/claims/{second}/notices/{notice}").status_code == 404
    assert looks(at_sqlite_door, second) == []
