"""Releases at the API: read by those who may, approved by another person, taken back by one."""

from anpei.claims.iteration.model import Release
from tests.factories import cases, releases
from tests.factories.doors import Doors


def proposed(at_door: Doors) -> Release:
    """A draft that somebody of operations proposed."""
    platform = at_door.platform
    snapshot = releases.compiled(platform, cases.sex_row("009999999999999", "M"))
    return releases.propose(platform, releases.person(platform, "proposer"), snapshot)


def test_a_release_is_read_approved_and_told(at_sqlite_door: Doors) -> None:
    release = proposed(at_sqlite_door)
    place = f"/v1/rules/releases/{release.id}"
    reader, approver = at_sqlite_door.staff("auditor"), at_sqlite_door.staff("operations")
    listed = reader.get("/v1/rules/releases").json()
    assert [(row["release"] == release.id, row["state"]) for row in listed] == [(True, "draft"), (False, "live")]
    seen = reader.get(place).json()
    assert (seen["snapshot"], seen["share_bp"], seen["bounds"]["least_claims"]) == (release.snapshot_id, 500, 200)
    assert [(step["to_state"], step["reason"]) for step in seen["steps"]] == [("draft", "新一批限定")]
    assert approver.post(f"{place}/approve", json={"to": "shadow", "reason": "已看过"}).json()["state"] == "shadow"
    seen = reader.get(place).json()
    assert seen["figures"]["compared"] == 0
    assert seen["figures"]["differing_bp"] is None
    early = approver.post(f"{place}/approve", json={"to": "canary", "reason": "快些"})
    assert (early.status_code, early.json()["code"]) == (403, "iteration.four_eyes")
    third = at_sqlite_door.staff("operations")
    early = third.post(f"{place}/approve", json={"to": "canary", "reason": "快些"})
    assert (early.status_code, early.json()["code"]) == (409, "iteration.release_conflict")
    assert early.json()["detail"] == "对比的赔案还不够：已有 0 件，需要 200 件"
    assert reader.get("/v1/rules/releases/notices").json() == []


def test_who_may_not(at_sqlite_door: Doors) -> None:
    release = proposed(at_sqlite_door)
    place = f"/v1/rules/releases/{release.id}"
    assert at_sqlite_door.anybody().get("/v1/rules/releases").status_code == 401
    for somebody in (at_sqlite_door.customer(), at_sqlite_door.partner(), at_sqlite_door.staff("handler")):
        assert somebody.get("/v1/rules/releases").status_code == 403
        assert somebody.get(place).status_code == 403
    step = {"to": "shadow", "reason": "x"}
    assert at_sqlite_door.staff("supervisor").post(f"{place}/approve", json=step).status_code == 403
    assert at_sqlite_door.staff("auditor").post(f"{place}/rollback", json={"reason": "x"}).status_code == 403
    limited = at_sqlite_door.staff("operations", insurers=["other"]).post(f"{place}/approve", json=step)
    assert (limited.status_code, limited.json()["code"]) == (403, "access.forbidden")
    assert at_sqlite_door.staff("auditor").get(place).json()["state"] == "draft"


def test_malformed_and_unknown(at_sqlite_door: Doors) -> None:
    release = proposed(at_sqlite_door)
    place = f"/v1/rules/releases/{release.id}"
    approver = at_sqlite_door.staff("operations")
    for form in (
        {"to": "retired", "reason": "x"},
        {"to": "shadow"},
        {"to": "shadow", "reason": " "},
        {"to": "shadow", "reason": "x" * 2001},
    ):
        assert approver.post(f"{place}/approve", json=form).status_code == 422
    assert approver.get("/v1/rules/releases/unknown").status_code == 404
    back = approver.post(f"{place}/rollback", json={"reason": "x"})
    assert (back.status_code, back.json()["code"]) == (409, "iteration.release_conflict")
