"""Reading claims at the API: lists with filters and pages, progress, reasons, money; and who sees nothing of it."""

import pytest
from fastapi.testclient import TestClient

from anpei.claims.dossier import queries
from anpei.trust.access import access_log
from tests.factories import cases, doors, platforms
from tests.factories.doors import Doors
from tests.factories.platforms import get_claim


def test_a_paid_claim_explains_itself(at_door: Doors) -> None:
    claim_id = doors.paid_claim(at_door)
    client = at_door.customer()
    claim = client.get(f"/v1/claims/{claim_id}").json()
    assert (claim["state"], claim["lane"]["code"]) == ({"code": "paid", "title": "已赔付"}, "unattended")
    assert (claim["insured"], claim["policy"]) == ("沈**", "****-1")
    assert claim["amount"] == {"certainty": "paid", "title": "已赔付", "amount": {"fen": 26608, "text": "¥266.08"}}
    assert (claim["may"], claim["moving"]) == (["ask_person", "view_pages"], False)
    progress = client.get(f"/v1/claims/{claim_id}/progress").json()
    titles = [node["title"] for node in progress["timeline"]]
    assert [title for title in titles if title != "通知已送达"] == [
        "已报案", "材料已提交", "材料已识别", "材料齐了", "已审核", "已决定赔付", "已下付款指令", "已到账",
    ]  # fmt: skip
    assert {clock["id"]: clock["status"] for clock in progress["clocks"]} == {
        "claim.decide.complex": "met", "claim.advance_undisputed": "met", "claim.pay": "met",
    }  # fmt: skip
    reasoning = client.get(f"/v1/claims/{claim_id}/reasoning").json()
    calculation = reasoning["calculation"]
    assert sum(line["payable"]["fen"] for line in calculation["lines"]) == calculation["total"]["fen"] == 26608
    ratio = next(step for step in calculation["steps"] if step["result"]["fen"] == 26608)
    assert (ratio["clause"], ratio["text"]) == (
        "第八条第二款",
        "扣除免赔额后的目录内费用 332.60 × 目录内赔付比例 80% = 266.08 [四舍五入到分]",
    )
    assert (reasoning["decision"]["decision"]["code"], reasoning["decision"]["by"]) == ("settle", "machine")
    assert reasoning["findings"] == []
    payment = client.get(f"/v1/claims/{claim_id}/payments").json()
    assert [(order["state"]["code"], order["amount"]["fen"], order["account"]) for order in payment] == [
        ("confirmed", 26608, f"**** {cases.ACCOUNT[-4:]}")
    ]
    assert [proof["kind"] for proof in client.get(f"/v1/claims/{claim_id}/proofs").json()] == ["decision"]
    everything = str([claim, progress, reasoning, payment])
    assert not [secret for secret in (cases.NAME, cases.NUMBER, cases.ACCOUNT, "13900000000", platforms.POLICY) if secret in everything]


def test_a_referred_claim_says_why_and_promises_nothing(at_door: Doors) -> None:
    claim_id = doors.referred_claim(at_door)
    customer, handler = at_door.customer(), at_door.staff("handler")
    finding = handler.get(f"/v1/claims/{claim_id}/reasoning").json()["findings"][0]
    assert (finding["code"], finding["outcome"]["code"]) == ("exclusion.diagnosis", "refer")
    assert {detail["label"]: detail["text"] for detail in finding["details"]} == {"条款": "第十条第一项", "诊断编码": "******"}
    assert handler.get(f"/v1/claims/{claim_id}").json()["amount"]["amount"] == {"fen": 26608, "text": "¥266.08"}
    assert handler.get(f"/v1/claims/{claim_id}", params={"lang": "en"}).json()["next"]["holder"] == "A claim handler"
    mine = customer.get(f"/v1/claims/{claim_id}").json()
    assert mine["amount"] == {"certainty": "none", "title": "由同事核对后确定", "amount": None}
    assert customer.get(f"/v1/claims/{claim_id}/reasoning").json()["calculation"] is None
    assert handler.get(f"/v1/claims/{claim_id}").json()["may"] == [
        "withdraw", "settle", "reduce", "refuse", "export_proof", "view_pages",
    ]  # fmt: skip


def test_lists_are_filtered_paged_and_counted(at_door: Doors) -> None:
    doors.add_other_insurer(at_door.platform)
    wanting, referred = doors.wanting_claim(at_door), doors.referred_claim(at_door)
    handler = at_door.staff("handler")
    first = handler.get("/v1/claims", params={"limit": 1}).json()
    second = handler.get("/v1/claims", params={"limit": 1, "before": first["next"]}).json()
    assert [row["id"] for row in first["claims"] + second["claims"]] == [referred, wanting]
    assert second["next"] is None
    assert first["counts"] == {"wanting": 1, "referred": 1}
    only = handler.get("/v1/claims", params={"state": ["wanting", "paid"]}).json()
    assert [row["id"] for row in only["claims"]] == [wanting]
    number = first["claims"][0]["claim_no"]
    assert [row["id"] for row in handler.get("/v1/claims", params={"claim_no": number.lower()}).json()["claims"]] == [referred]
    assert [row["id"] for row in at_door.customer().get("/v1/claims").json()["claims"]] == [referred, wanting]
    elsewhere = at_door.staff("handler", insurers=[at_door.policy(doors.OTHER_POLICY).insurer_id])
    for client in (elsewhere, at_door.customer(doors.OTHER_POLICY)):
        assert client.get("/v1/claims").json() == {"claims": [], "next": None, "counts": {}}
        assert client.get("/v1/claims", params={"claim_no": number}).json()["claims"] == []
    assert handler.get("/v1/claims", params={"state": "asleep"}).status_code == 422


ROUTES = [
    ("GET", ""), ("GET", "/progress"), ("GET", "/papers"), ("GET", "/reasoning"), ("GET", "/payments"), ("GET", "/proofs"),
    ("GET", "/notices"), ("GET", "/notices/any"), ("GET", "/proof"), ("GET", "/seen"), ("GET", "/pages/any/image"),
    ("POST", "/uploads"), ("POST", "/submit"), ("POST", "/withdraw"), ("POST", "/ask-person"), ("POST", "/settle"),
    ("POST", "/personal"), ("POST", "/papers/open"), ("POST", "/reopen"), ("POST", "/reduce"), ("POST", "/refuse"), ("POST", "/pay-again"),
]  # fmt: skip
BODIES = {
    "/personal": {"purpose": "claim_handling", "fields": ["name"]}, "/papers/open": {"purpose": "claim_handling", "fields": ["name"]},
    "/reopen": {"reason": "x"}, "/reduce": {"payable": {"a": 1}, "grounds": doors.GROUNDS}, "/refuse": {"grounds": doors.GROUNDS},
    "/pay-again": {"bank": "演示银行", "account": cases.ACCOUNT},
}  # fmt: skip


def ask(client: TestClient, method: str, claim_id: str, path: str) -> tuple[int, str, str]:
    if path == "/uploads":
        answer = doors.upload(client, claim_id, b"page")
    else:
        answer = client.request(method, f"/v1/claims/{claim_id}{path}", json=BODIES.get(path))
    return answer.status_code, answer.json().get("code", ""), answer.text


def test_a_foreign_claim_is_not_there_for_anybody(at_door: Doors) -> None:
    doors.add_other_insurer(at_door.platform)
    claim_id = doors.referred_claim(at_door)
    before = get_claim(at_door.platform, claim_id)
    other = at_door.policy(doors.OTHER_POLICY).insurer_id
    strangers = [
        at_door.customer(doors.OTHER_POLICY),
        at_door.staff("handler", insurers=[other]),
        at_door.staff("supervisor", insurers=[other]),
    ]
    for client in strangers:
        for method, path in ROUTES:
            status, code, text = ask(client, method, claim_id, path)
            assert status in (403, 404), (method, path, status)
            assert (status, code) in {(404, "claims.not_found"), (403, "access.forbidden")}, (method, path, code)
            absent = ask(client, method, "0190-not-there", path)
            assert absent[:2] == (status, code), (method, path)
            assert not {before.claim_no, "沈**", cases.NAME} & set(text.split('"')), (method, path)
    assert get_claim(at_door.platform, claim_id) == before
    with at_door.platform.database.read() as conn:
        assert access_log(conn, subject=claim_id) == []
        assert queries.count_by_state(conn, insurers=None) == {"referred": 1}


@pytest.mark.parametrize("role", ["operations", "admin"])
def test_roles_without_the_permission_read_no_claim(at_sqlite_door: Doors, role: str) -> None:
    claim_id = doors.paid_claim(at_sqlite_door)
    client = at_sqlite_door.staff(role)
    for path in ("/v1/claims", f"/v1/claims/{claim_id}", f"/v1/claims/{claim_id}/papers", f"/v1/claims/{claim_id}/seen"):
        answer = client.get(path)
        assert (answer.status_code, answer.json()["code"]) == (403, "access.forbidden")
