"""Blind review at the API: who may, what is shown, what is not, and the automation rate with its leak."""

from datetime import UTC, datetime

from anpei.kernel.clock import FixedClock
from tests.factories import platforms
from tests.factories.doors import Doors

PAID = 26608


def drawn(at_door: Doors) -> str:
    """A settled claim of October, drawn in November; returns its id."""
    platform = at_door.platform
    claim_id = platforms.hand_in(platform)
    platform.worker.run_due()
    assert isinstance(platform.clock, FixedClock)
    platform.clock.at = datetime(2026, 11, 2, 4, 0, tzinfo=UTC)
    platform.leak.draw(period="2026-10")
    return claim_id


def test_a_task_is_reviewed_blind_by_two_people_and_signed_by_a_third(at_sqlite_door: Doors) -> None:
    claim_id = drawn(at_sqlite_door)
    first, second, chief = (at_sqlite_door.staff(role) for role in ("auditor", "handler", "supervisor"))
    [task] = first.get("/v1/leak/tasks").json()
    place = f"/v1/leak/tasks/{task['task']}"
    assert first.post(f"{place}/answer", json={"verdict": "pay", "amount_fen": 30000}).json()["code"] == "leak.task_conflict"
    taken = first.post(f"{place}/take")
    assert (taken.status_code, taken.json()["claim_id"]) == (200, claim_id)
    assert str(PAID) not in taken.text
    page = taken.json()["pages"][0]["page_id"]
    image = first.get(f"{place}/pages/{page}/image")
    assert (image.status_code, image.headers["content-type"]) == (200, "image/jpeg")
    assert second.get(f"{place}/pages/{page}/image").status_code == 409
    assert first.post(f"{place}/answer", json={"verdict": "pay"}).json()["code"] == "leak.answer_invalid"
    assert first.post(f"{place}/answer", json={"verdict": "pay", "amount_fen": 30000}).json() == {"task": task["task"], "state": "answered"}
    assert second.post(f"{place}/take").status_code == 200
    assert second.post(f"{place}/answer", json={"verdict": "pay", "amount_fen": 30000}).json()["state"] == "closed"
    [found] = chief.get("/v1/leak/followups").json()
    assert (found["kind"], found["amount"]["fen"], found["signed_by"]) == ("supplement", 30000 - PAID, None)
    assert second.post(f"{place}/sign-supplement").json()["code"] == "leak.task_conflict"
    assert chief.post(f"{place}/sign-supplement").json()["amount"] == {"fen": 3392, "text": "¥33.92"}


def test_who_saw_the_claim_elsewhere_does_not_review_it(at_sqlite_door: Doors) -> None:
    claim_id = drawn(at_sqlite_door)
    handler = at_sqlite_door.staff("handler")
    [task] = handler.get("/v1/leak/tasks").json()
    page = at_sqlite_door.staff("auditor").post(f"/v1/leak/tasks/{task['task']}/take").json()["pages"][0]["page_id"]
    assert handler.get(f"/v1/claims/{claim_id}/pages/{page}/image").status_code == 200
    refused = handler.post(f"/v1/leak/tasks/{task['task']}/take")
    assert (refused.status_code, refused.json()["code"]) == (403, "leak.not_blind")


def test_others_are_kept_out(at_sqlite_door: Doors) -> None:
    drawn(at_sqlite_door)
    for somebody in (at_sqlite_door.customer(), at_sqlite_door.partner(), at_sqlite_door.staff("operations")):
        assert somebody.get("/v1/leak/tasks").status_code == 403
    assert at_sqlite_door.anybody().get("/v1/leak/tasks").status_code == 401
    assert at_sqlite_door.staff("handler").get("/v1/leak/report?insurer=jianghai").status_code == 403
    elsewhere = at_sqlite_door.staff("auditor", insurers=["another"])
    assert elsewhere.get("/v1/leak/tasks").json() == []
    assert elsewhere.get("/v1/leak/report?insurer=jianghai").status_code == 403


def test_the_rate_comes_with_the_leak(at_sqlite_door: Doors) -> None:
    drawn(at_sqlite_door)
    told = at_sqlite_door.staff("auditor").get("/v1/leak/report?insurer=jianghai&lang=en").json()
    assert told["headline"] == "automation rate 100.00 %, leak not known (0 answered, at least 60 are needed) [simulated]"
    assert told["figures"]["automation"]["leak"]["known"] is False
