"""Running the platform at the API: health with what a fault means for people, stuck jobs, the trail, and the app's own life."""

from typing import Any

import pytest
from fastapi.testclient import TestClient

from anpei.engines import jobs
from anpei.engines.db import Connection, Database, StorageFull
from anpei.entrypoints.api import create_app
from anpei.payments.ports import BankDown
from anpei.trust import trail
from tests.factories import doors
from tests.factories.doors import Doors


def states(at_door: Doors) -> tuple[int, str, dict[str, str]]:
    answer = at_door.anybody().get("/healthz")
    body = answer.json()
    return answer.status_code, body["status"], {part["name"]: part["state"] for part in body["parts"]}


def test_health_names_what_is_down_and_what_that_means(at_door: Doors, monkeypatch: pytest.MonkeyPatch) -> None:
    fine = {"database": "ok", "reading": "ok", "bank": "ok", "rules": "ok"}
    at_door.pictures.runs = False
    assert states(at_door) == (200, "ok", fine | {"reading": "starting"})
    at_door.pictures.runs = True
    assert states(at_door) == (200, "ok", fine)
    at_door.pictures.runs = False
    assert states(at_door) == (200, "degraded", fine | {"reading": "down"})

    def down(_key: str) -> None:
        raise BankDown("no answer")

    monkeypatch.setattr(at_door.platform.bank, "query", down)
    assert states(at_door)[1:] == ("degraded", fine | {"reading": "down", "bank": "down"})
    bank = next(part for part in at_door.anybody().get("/healthz").json()["parts"] if part["name"] == "bank")
    assert "恢复后自动付款；时效照常计算" in bank["effect"]


def test_health_without_a_database(at_sqlite_door: Doors) -> None:
    broken = Database("postgresql://nobody@127.0.0.1:1/none")
    sound, at_sqlite_door.platform.database = at_sqlite_door.platform.database, broken
    status, said, parts = states(at_sqlite_door)
    assert (status, said, parts["database"]) == (503, "down", "down")
    answer = at_sqlite_door.anybody().get("/v1/claims", headers={"authorization": "Bearer x"})
    assert (answer.status_code, answer.json()["code"], answer.headers["retry-after"]) == (503, "database.failed", "5")
    assert "127.0.0.1" not in answer.text
    at_sqlite_door.platform.database = sound


def test_a_stuck_job_is_seen_and_revived(at_door: Doors) -> None:
    def fail(_conn: Connection, _job: jobs.Job, _result: Any) -> None:
        raise RuntimeError("沈若溪")

    platform = at_door.platform
    with platform.database.write() as conn:
        jobs.enqueue(conn, kind="test.fails", payload={}, subject="s1", max_attempts=1)
    worker = jobs.Worker(database=platform.database, handlers={"test.fails": jobs.Handler(finish=fail)}, threads=1)
    assert worker.run_due() == 1
    dead = at_door.staff("operations").get("/v1/jobs/dead").json()
    assert [(job["kind"], job["subject"], job["attempts"]) for job in dead] == [("test.fails", "s1", 1)]
    assert "沈若溪" not in str(dead)
    for role, status in (("handler", 403), ("admin", 403)):
        assert at_door.staff(role).post(f"/v1/jobs/{dead[0]['id']}/revive").status_code == status
    assert len(at_door.staff("admin").get("/v1/jobs/dead").json()) == 1
    assert at_door.staff("operations").post(f"/v1/jobs/{dead[0]['id']}/revive").status_code == 204
    assert at_door.staff("operations").get("/v1/jobs/dead").json() == []
    assert at_door.staff("operations").post(f"/v1/jobs/{dead[0]['id']}/revive").status_code == 404
    with platform.database.read() as conn:
        assert trail.list_entries(conn, subject=dead[0]["id"])[-1].action == "job.revived"


def test_a_job_that_waits_is_seen_with_what_it_waits_for_and_may_try_now(at_door: Doors) -> None:
    def wait(_conn: Connection, _job: jobs.Job, _result: Any) -> None:
        raise StorageFull("沈若溪")

    platform = at_door.platform
    with platform.database.write() as conn:
        jobs.enqueue(conn, kind="test.waits", payload={}, subject="s1", max_attempts=1)
    worker = jobs.Worker(database=platform.database, handlers={"test.waits": jobs.Handler(finish=wait)}, threads=1)
    assert worker.run_due() == 1
    [job] = at_door.staff("operations").get("/v1/jobs/waiting").json()
    assert (job["kind"], job["subject"], job["reason"], job["stuck"]) == ("test.waits", "s1", "storage.full", False)
    assert job["since"] < job["next"]
    assert at_door.staff("handler").get("/v1/jobs/waiting").status_code == 403
    assert at_door.staff("operations").get("/v1/jobs/dead").json() == []
    assert at_door.staff("operations").post(f"/v1/jobs/{job['id']}/revive").status_code == 204
    assert at_door.staff("operations").get("/v1/jobs/waiting").json() == []
    assert worker.run_due() == 1
    assert len(at_door.staff("operations").get("/v1/jobs/waiting").json()) == 1


def test_the_trail_is_checked(at_door: Doors) -> None:
    doors.paid_claim(at_door)
    check = at_door.staff("admin").get("/v1/trail/check").json()
    assert (check["ok"], check["first_bad"]) == (True, None)
    assert check["length"] > 5
    assert at_door.staff("handler").get("/v1/trail/check").status_code == 403


def test_the_worker_runs_while_the_app_serves(at_sqlite_door: Doors) -> None:
    app = create_app(at_sqlite_door.platform)
    with TestClient(app) as client:
        assert client.get("/healthz").json()["status"] == "ok"
        with pytest.raises(RuntimeError, match="threads can only be started once"):
            at_sqlite_door.platform.worker.start()


def test_a_worker_that_runs_already_is_left_alone(at_sqlite_door: Doors) -> None:
    platform = at_sqlite_door.platform
    platform.start()
    with TestClient(create_app(platform)) as client:
        assert client.get("/healthz").status_code == 200
    claim_id = doors.platforms.hand_in(platform)
    platform.worker.wake()
    deadline = 600
    while doors.platforms.get_claim(platform, claim_id).state.value != "paid" and deadline:
        deadline -= 1
        platform.worker.run_due()
    assert doors.platforms.get_claim(platform, claim_id).state.value == "paid"
