"""Signing in and out at the API: one answer for every failure, a brake, and a token that ends."""

from fastapi.testclient import TestClient

from tests.factories import doors
from tests.factories.doors import PASSWORD, Doors


def sign_in(client: TestClient, login: str, password: str) -> tuple[int, dict[str, object]]:
    answer = client.post("/v1/sessions", json={"login": login, "password": password})
    return answer.status_code, answer.json()


def test_a_person_signs_in_and_out(at_door: Doors) -> None:
    at_door.staff("handler")
    client = at_door.anybody()
    status, session = sign_in(client, "HANDLER-0 ", PASSWORD)
    assert status == 201
    client.headers["authorization"] = f"Bearer {session['token']}"
    me = client.get("/v1/sessions/current").json()
    assert (me["kind"], me["roles"]) == ("person", ["handler"])
    assert "claim.refuse" in me["permissions"]
    assert client.delete("/v1/sessions/current").status_code == 204
    after = client.get("/v1/sessions/current")
    assert after.status_code == 401
    assert after.json()["code"] == "identity.sign_in_required"


def test_every_failed_sign_in_says_the_same(at_sqlite_door: Doors) -> None:
    at_sqlite_door.staff("handler")
    client = at_sqlite_door.anybody()
    answers = [sign_in(client, "handler-0", "Wrong-password-1"), sign_in(client, "nobody", PASSWORD)]
    answers += [sign_in(client, "handler-0", "Wrong-password-1") for _ in range(5)] + [sign_in(client, "handler-0", PASSWORD)]
    said = [(status, body["code"], body["detail"]) for status, body in answers]
    assert set(said) == {(401, "identity.sign_in_refused", said[0][2])}
    assert PASSWORD not in str(answers)


def test_too_many_tries_from_one_address_are_braked(at_sqlite_door: Doors) -> None:
    braked = doors.open_doors(at_sqlite_door.platform, sign_in_tries=3).anybody()
    statuses = [sign_in(braked, "nobody", PASSWORD)[0] for _ in range(4)]
    assert statuses == [401, 401, 401, 429]
    answer = braked.post("/v1/sessions", json={"login": "nobody", "password": PASSWORD})
    assert 1 <= int(answer.headers["retry-after"]) <= 61
    assert "秒后再试" in answer.json()["detail"]


def test_nothing_is_told_without_a_sign_in(at_sqlite_door: Doors) -> None:
    claim_id = doors.paid_claim(at_sqlite_door)
    for headers in ({}, {"authorization": "Bearer anpei_made-up"}, {"authorization": "Basic eDp5"}):
        answer = at_sqlite_door.anybody().get(f"/v1/claims/{claim_id}", headers=headers)
        assert answer.status_code == 401
        assert answer.headers["content-type"] == "application/problem+json"
        assert answer.headers["www-authenticate"] == "Bearer"
        assert set(answer.json()) <= {"type", "title", "status", "code", "detail", "request_id", "advice"}
