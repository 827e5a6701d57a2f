"""What goes wrong at the door: one table of statuses, problem details without personal data, no trace, headers on everything."""

from collections.abc import Iterator
from http import HTTPStatus
from importlib import import_module
from typing import Any

import pytest
from fastapi.testclient import TestClient
from structlog.testing import capture_logs

from anpei.entrypoints.api import create_app, errors
from anpei.entrypoints.api.envelope import HEADERS, MAX_BODY
from anpei.kernel.errors import AnpeiError
from tests.architecture import sources
from tests.factories import cases, doors, platforms
from tests.factories.doors import Doors

OUR_FAULT = {
    "AnpeiError", "BlobMissing", "KnowledgeError", "KeysMissing", "PrivateFileUnsafe", "SigningKeyInvalid", "UnknownHolidayYear",
}  # fmt: skip
"""Errors of the installation, not of the one who asks: 500 is right for them."""


def all_errors() -> Iterator[type[AnpeiError]]:
    for source in sources.package():
        if "Error)" in source.text or "errors" in source.text:
            import_module(source.name)
    waiting: list[type[AnpeiError]] = [AnpeiError]
    while waiting:
        error = waiting.pop()
        yield error
        waiting += error.__subclasses__()


def test_the_table_gives_every_error_its_status() -> None:
    wanted = {
        "ReportInvalid": 422, "UploadRefused": 422, "FileTooLarge": 413, "TooLarge": 413, "ClaimNotFound": 404, "PolicyUnknown": 404,
        "StateNotAllowed": 409, "RequestDiffers": 409, "ContradictoryOutcome": 409, "NotCalculable": 409, "Forbidden": 403,
        "AuthorityExceeded": 403, "PersonRequired": 403, "SignatureMissing": 403, "SignInRefused": 401, "SignInRequired": 401,
        "DatabaseFailed": 503, "BankDown": 503, "ReadingCrashed": 503, "StorageFull": 507, "TooMany": 429, "DecisionInvalid": 422,
        "FactsMissing": 409, "AnpeiError": 500,
    }  # fmt: skip
    found = {error.__name__: int(errors.status_of(_made(error))) for error in all_errors()}
    assert {name: found.get(name) for name in wanted} == wanted
    assert set(errors.STATUS.values()) <= set(HTTPStatus)


def _made(error: type[AnpeiError]) -> AnpeiError:
    made = error.__new__(error)
    AnpeiError.__init__(made, "x")
    return made


def test_a_problem_shows_advice_and_no_inner_data() -> None:
    error = AnpeiError("the key of x", code="a.b", data={"path": "/somewhere", "advice": "请稍后再试。"})
    hidden = errors.problem_of(error, request_id="r1")
    assert hidden == {
        "type": "about:blank", "title": "系统出错了", "status": 500, "code": "a.b", "request_id": "r1",
        "detail": "处理时出了问题，已记录。请稍后再试；如需帮助，请提供编号 r1。",
    }  # fmt: skip
    shown = errors.problem_of(errors.TooLarge("big", data={"advice": "太大了。", "limit": 3, "claim": "c1"}), request_id="r2")
    assert (shown["detail"], shown["limit"], "claim" in shown) == ("太大了。", 3, False)


def test_what_breaks_gives_an_id_and_no_trace(at_sqlite_door: Doors, monkeypatch: pytest.MonkeyPatch, caplog: Any) -> None:
    def broken(**_given: Any) -> None:
        raise RuntimeError(f"secret of {cases.NAME} {cases.NUMBER}")

    claim_id = doors.paid_claim(at_sqlite_door)
    monkeypatch.setattr("anpei.entrypoints.api.routes.claims.dossier.list_timeline", lambda _conn, **given: broken(**given))
    for path, headers in ((f"/v1/claims/{claim_id}", {}), (f"/claims/{claim_id}", {"accept": "text/html"})):
        answer = at_sqlite_door.staff("handler").get(path, headers=headers)
        assert answer.status_code == 500
        assert answer.headers["x-request-id"] in answer.text
        for secret in ("RuntimeError", "Traceback", cases.NAME, cases.NUMBER, "secret"):
            assert secret not in answer.text
    assert cases.NAME not in caplog.text


def test_logs_hold_ids_and_no_person(at_sqlite_door: Doors) -> None:
    with capture_logs() as lines:
        claim_id = at_sqlite_door.customer().post("/v1/claims", json=doors.report()).json()["id"]
        doors.upload(at_sqlite_door.customer(), claim_id, b"page of a person")
        at_sqlite_door.staff("handler").get("/claims", params={"claim_no": "AP1"}, headers={"accept": "text/html"})
        at_sqlite_door.anybody().post("/v1/sessions", json={"login": cases.NAME, "password": doors.PASSWORD})
        at_sqlite_door.anybody().get(f"/{cases.NAME}")
    found = [(line["method"], line["route"], line["status"]) for line in lines if line["event"] == "http.request"]
    assert found == [
        ("POST", "/v1/claims", 201), ("POST", "/v1/claims/{claim_id}/uploads", 201), ("GET", "/claims", 200), ("POST", "/v1/sessions", 401),
        ("GET", "unmatched", 404),
    ]  # fmt: skip
    for secret in (cases.NAME, cases.NUMBER, cases.ACCOUNT, "13900000000", platforms.POLICY, "张三", doors.PASSWORD, claim_id, "AP1"):
        assert secret not in str(lines)


def test_every_answer_has_the_headers(at_sqlite_door: Doors) -> None:
    client = at_sqlite_door.anybody()
    for path in ("/sign-in", "/healthz", "/nowhere", "/v1/claims", "/static/anpei.css", "/openapi.json"):
        answer = client.get(path)
        for name, value in HEADERS.items():
            assert answer.headers[name] == value, (path, name)
        assert answer.headers["x-request-id"]
    policy = client.get("/sign-in").headers["content-security-policy"]
    assert "default-src 'none'" in policy
    assert "unsafe" not in policy
    assert "http" not in policy
    assert "strict-transport-security" not in client.get("/sign-in").headers
    secure = TestClient(at_sqlite_door.app, base_url="https://testserver")
    assert secure.get("/sign-in").headers["strict-transport-security"] == "max-age=31536000"


def test_what_is_malformed_is_named_without_its_value(at_sqlite_door: Doors) -> None:
    client = at_sqlite_door.customer()
    answer = client.post("/v1/claims", json={"policy": {"number": cases.NUMBER * 10}, "name": cases.NAME})
    assert (answer.status_code, answer.headers["content-type"]) == (422, "application/problem+json")
    assert {error["field"] for error in answer.json()["errors"]} == {"body.policy.number", "body.event", "body.name"}
    assert cases.NUMBER not in answer.text
    assert cases.NAME not in answer.text
    broken = client.post("/v1/claims", content=b"{", headers={"content-type": "application/json"})
    assert (broken.status_code, broken.json()["code"]) == (422, "input.malformed")
    nowhere = client.get("/v1/nowhere")
    assert (nowhere.status_code, nowhere.json()["code"]) == (404, "http.404")
    assert client.put("/v1/claims").status_code == 405


def test_a_body_has_an_end(at_sqlite_door: Doors) -> None:
    client = at_sqlite_door.customer()

    def endless() -> Iterator[bytes]:
        yield b'{"policy": "'
        for _ in range(3):
            yield b"x" * (MAX_BODY // 2)

    for content in (b"x" * (MAX_BODY + 1), endless()):
        answer = client.post("/v1/claims", content=content, headers={"content-type": "application/json"})
        assert (answer.status_code, answer.json()["code"]) == (413, "input.too_large")


def test_other_sites_change_nothing(at_sqlite_door: Doors) -> None:
    claim_id, client = doors.wanting_claim(at_sqlite_door), at_sqlite_door.customer()
    for site in ("cross-site", "same-site"):
        assert client.post(f"/v1/claims/{claim_id}/withdraw", headers={"sec-fetch-site": site}).status_code == 403
    assert doors.platforms.get_claim(at_sqlite_door.platform, claim_id).state.value == "wanting"
    assert client.get("/v1/claims", headers={"sec-fetch-site": "cross-site"}).status_code == 200


def test_the_app_describes_itself_without_a_platform() -> None:
    app = create_app(None)
    client = TestClient(app, raise_server_exceptions=False)
    description = client.get("/openapi.json").json()
    assert "/v1/claims/{claim_id}/refuse" in description["paths"]
    assert not [path for path in description["paths"] if path.startswith("/claims")]
    assert client.get("/healthz").status_code == 503
