"""What people decide at the API; machines and customers never do, and what is refused leaves nothing behind."""

from pathlib import Path

import pytest
from fastapi.testclient import TestClient

from anpei.claims.decision import queries as proofs
from anpei.claims.decision.verification import verify
from anpei.claims.dossier.model import ClaimState
from anpei.engines.db import Database
from anpei.payments import queries as payments
from tests.factories import cases, doors, platforms
from tests.factories.doors import Doors
from tests.factories.platforms import get_claim

OTHER_ACCOUNT = "6222021001122334458"


def state(at_door: Doors, claim_id: str) -> str:
    return get_claim(at_door.platform, claim_id).state.value


def orders(at_door: Doors, claim_id: str) -> list[tuple[str, int]]:
    with at_door.platform.database.read() as conn:
        return [(order.state.value, order.amount.fen) for order in payments.list_orders(conn, claim_id=claim_id)]


def test_a_handler_settles(at_door: Doors) -> None:
    claim_id, handler = doors.referred_claim(at_door), at_door.staff("handler")
    answer = handler.post(f"/v1/claims/{claim_id}/settle")
    assert answer.json() == {"claim_id": claim_id, "state": "decided", "changed": True}
    again = handler.post(f"/v1/claims/{claim_id}/settle")
    assert (again.status_code, again.json()["code"]) == (409, "claims.state_not_allowed")
    at_door.platform.worker.run_due()
    assert (state(at_door, claim_id), orders(at_door, claim_id)) == ("paid", [("confirmed", 26608)])
    decision = at_door.customer().get(f"/v1/claims/{claim_id}/reasoning").json()["decision"]
    assert (decision["by"], decision["signed_by"], decision["total"]["fen"]) == ("person", "演示 handler", 26608)


def test_a_handler_reduces_with_grounds(at_door: Doors) -> None:
    claim_id, handler = doors.referred_claim(at_door), at_door.staff("handler")
    line = handler.get(f"/v1/claims/{claim_id}/reasoning").json()["calculation"]["lines"][0]
    assert line["payable"]["fen"] == 26608
    above = handler.post(f"/v1/claims/{claim_id}/reduce", json={"payable": {line["line_id"]: 26609}, "grounds": doors.GROUNDS})
    assert above.status_code == 409
    assert state(at_door, claim_id) == "referred"
    answer = handler.post(f"/v1/claims/{claim_id}/reduce", json={"payable": {line["line_id"]: 20000}, "grounds": doors.GROUNDS})
    assert answer.status_code == 200
    at_door.platform.worker.run_due()
    assert orders(at_door, claim_id) == [("confirmed", 20000)]


def test_a_handler_refuses_and_the_customer_reads_why(at_door: Doors) -> None:
    claim_id, handler = doors.referred_claim(at_door), at_door.staff("handler")
    empty = handler.post(f"/v1/claims/{claim_id}/refuse", json={"grounds": doors.GROUNDS | {"fact": "  "}})
    assert (empty.status_code, empty.json()["code"], empty.json()["field"]) == (422, "decision.reasons_missing", "fact")
    assert state(at_door, claim_id) == "referred"
    assert handler.post(f"/v1/claims/{claim_id}/refuse", json={"grounds": doors.GROUNDS}).json()["state"] == "refused"
    at_door.platform.worker.run_due()
    assert orders(at_door, claim_id) == []
    decision = at_door.customer().get(f"/v1/claims/{claim_id}/reasoning").json()["decision"]
    assert decision["grounds"] == {"clause": doors.CLAUSE, "fact": doors.FACT, "reason": doors.REASON}
    assert (decision["decision"]["code"], decision["signed_by"]) == ("refuse", "演示 handler")
    with at_door.platform.database.read() as conn:
        proof = proofs.get_proof(conn, vault=at_door.platform.vault, claim_id=claim_id)
    assert verify(proof, trusted_key=at_door.platform.signer.public_key_b64) == []


def test_nobody_else_decides(at_sqlite_door: Doors) -> None:
    claim_id = doors.referred_claim(at_sqlite_door)
    others = [
        at_sqlite_door.customer(),
        at_sqlite_door.partner(),
        *(at_sqlite_door.staff(role) for role in ("auditor", "operations", "admin")),
    ]
    body = {"grounds": doors.GROUNDS}
    for client in others:
        for path, form in (("settle", None), ("reduce", body | {"payable": {"a": 1}}), ("refuse", body), ("reopen", {"reason": "x"})):
            answer = client.post(f"/v1/claims/{claim_id}/{path}", json=form)
            assert (answer.status_code, answer.json()["code"]) == (403, "access.forbidden")
    assert state(at_sqlite_door, claim_id) == "referred"
    with at_sqlite_door.platform.database.read() as conn:
        assert [proof["kind"] for proof in proofs.list_proofs(conn, claim_id=claim_id)] == ["referral"]


def test_a_customer_withdraws_and_asks_for_a_person(at_door: Doors) -> None:
    claim_id, customer = doors.referred_claim(at_door), at_door.customer()
    asked = customer.post(f"/v1/claims/{claim_id}/ask-person")
    assert (asked.status_code, asked.json()["state"]) == (200, "referred")
    nodes = customer.get(f"/v1/claims/{claim_id}/progress").json()["timeline"]
    assert "claims.decision.review_asked" in [node["event"] for node in nodes]
    assert customer.post(f"/v1/claims/{claim_id}/withdraw").json()["state"] == "withdrawn"
    assert customer.post(f"/v1/claims/{claim_id}/withdraw").status_code == 409
    assert orders(at_door, claim_id) == []


def test_a_supervisor_reopens_with_a_reason(at_door: Doors) -> None:
    claim_id, supervisor = doors.paid_claim(at_door), at_door.staff("supervisor")
    assert supervisor.post(f"/v1/claims/{claim_id}/reopen", json={"reason": ""}).status_code == 422
    assert state(at_door, claim_id) == "paid"
    answer = supervisor.post(f"/v1/claims/{claim_id}/reopen", json={"reason": "客户补充了一张票据"})
    assert (answer.status_code, answer.json()["state"]) == (200, "collecting")


@pytest.fixture
def faulty_door(database: Database, tmp_path: Path) -> Doors:
    """The doors over a bank that rejects one account."""
    faults = tmp_path / "faults.yaml"
    faults.write_text(f"faults:\n  - {{account_suffix: '{cases.ACCOUNT[-7:]}', does: reject, reason: 户名与账号不符}}\n", encoding="utf-8")
    made = platforms.make_platform(tmp_path / "home", database.url.render_as_string(hide_password=False), faults=faults)
    return doors.open_doors(made)


def test_a_rejected_payment_is_paid_again_to_the_same_person(faulty_door: Doors) -> None:
    claim_id = doors.paid_claim(faulty_door)
    assert state(faulty_door, claim_id) == ClaimState.PAYMENT_FAILED.value
    handler: TestClient = faulty_door.staff("handler")
    wrong = handler.post(f"/v1/claims/{claim_id}/pay-again", json={"name": "别人", "bank": "演示银行", "account": OTHER_ACCOUNT})
    assert (wrong.status_code, orders(faulty_door, claim_id)) == (409, [("rejected", 26608)])
    assert handler.post(f"/v1/claims/{claim_id}/pay-again", json={"bank": "演示银行", "account": OTHER_ACCOUNT}).status_code == 200
    faulty_door.platform.worker.run_due()
    assert orders(faulty_door, claim_id) == [("rejected", 26608), ("confirmed", 26608)]
    assert state(faulty_door, claim_id) == "paid"
