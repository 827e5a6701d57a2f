"""Real workers: side by side, killed with SIGKILL, frozen, woken. Every effect exactly once."""

import signal
import subprocess
import sys
import threading
import time
from collections import Counter
from collections.abc import Callable
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest

from anpei.engines.db import Database
from anpei.engines.jobs import Handler, Job, Worker, enqueue
from tests.unit.engines import effects, worker_child
from tests.unit.engines.effects import job_rows, note, noted, noting

CHILD = Path(worker_child.__file__)
ROOT = CHILD.parents[3]


@pytest.fixture
def db(database: Database) -> Database:
    effects.own.create_all(database.engine)
    return database


def child(url: str, *arguments: str) -> subprocess.Popen[bytes]:
    return subprocess.Popen([sys.executable, CHILD, url, *arguments], cwd=ROOT, env={"PYTHONPATH": str(ROOT), "PATH": ""})


def until(done: Callable[[], Any]) -> None:
    """Wait for another process or thread; the test's own time limit ends a wait in vain."""
    while not done():
        time.sleep(0.01)


def test_killed_at_any_point_every_step_happens_once(db: Database, database_url: str) -> None:
    names = [f"n{number}" for number in range(6)]
    with db.write() as conn:
        for name in names:
            enqueue(conn, kind="step", payload={"name": name, "step": 1}, unique_key=f"{name}-1", max_attempts=1000)
    deaths = 0
    for seed in range(40):
        ended = child(database_url, "chain", f"{seed},{0.12 if deaths < 8 else 0}").wait(timeout=60)
        if ended == 0:
            break
        assert ended == -signal.SIGKILL
        deaths += 1
    assert deaths >= 5
    assert Counter(noted(db)) == {f"{name}-{step}": 1 for name in names for step in (1, 2, 3)}
    assert {row["state"] for row in job_rows(db)} == {"done"}
    for name in names:
        assert [what for what in noted(db) if what.startswith(f"{name}-")] == [f"{name}-{step}" for step in (1, 2, 3)]


def test_a_frozen_worker_that_wakes_up_changes_nothing(db: Database, database_url: str, tmp_path: Path) -> None:
    with db.write() as conn:
        enqueue(conn, kind="wait", payload={})
    frozen = child(database_url, "wait", str(tmp_path))
    try:
        until((tmp_path / "begun").exists)
        frozen.send_signal(signal.SIGSTOP)
        other = Worker(database=db, handlers={"wait": Handler(finish=lambda conn, _job, _result: note(conn, "done", "other"))})
        until(other.run_due)
        (tmp_path / "go").touch()
        frozen.send_signal(signal.SIGCONT)
        assert frozen.wait(timeout=60) == 0
    finally:
        frozen.kill()
        frozen.wait()
    assert noted(db) == ["done"]
    [row] = job_rows(db)
    assert (row["state"], row["worker"], row["attempts"]) == ("done", other.id, 2)


def test_workers_side_by_side_do_every_job_once(db: Database, database_url: str) -> None:
    second = Database(database_url)
    workers = [Worker(database=handle, handlers={"note": Handler(finish=noting)}, threads=2, poll=0.05) for handle in (db, second)]
    for worker in workers:
        worker.start()
    for number in range(40):
        with db.write() as conn:
            enqueue(conn, kind="note", payload={"name": str(number)})
    until(lambda: len(noted(db)) >= 40)
    for worker in workers:
        worker.stop()
    second.close()
    assert sorted(noted(db), key=int) == [str(number) for number in range(40)]
    assert {(row["state"], row["attempts"]) for row in job_rows(db)} == {("done", 1)}


def test_long_work_keeps_its_lease(db: Database, database_url: str) -> None:
    second = Database(database_url)
    other = Worker(database=second, handlers={"note": Handler(finish=noting)})

    def work(_job: Job) -> None:
        first = job_rows(second)[0]["lease_until"]
        until(lambda: job_rows(second)[0]["lease_until"] > first + timedelta(seconds=1))
        assert other.run_due() == 0

    with db.write() as conn:
        enqueue(conn, kind="note", payload={"name": "long"})
    assert Worker(database=db, handlers={"note": Handler(work=work, finish=noting)}, lease=timedelta(seconds=1)).run_due() == 1
    second.close()
    assert (noted(db), [(row["state"], row["attempts"]) for row in job_rows(db)]) == (["long"], [("done", 1)])


def woken(database: Database, put: Callable[[Worker], None]) -> None:
    """A worker that looks once in ten minutes does the job that ``put`` brings."""
    seen = threading.Event()

    def work(_job: Job) -> None:
        seen.set()

    worker = Worker(database=database, handlers={"note": Handler(work=work, finish=noting)}, poll=600)
    worker.start()
    put(worker)
    assert seen.wait(timeout=60)
    worker.stop()
    assert noted(database) == ["a"]


def test_a_call_wakes_a_worker_of_this_process(db: Database) -> None:
    def put(worker: Worker) -> None:
        with db.write() as conn:
            enqueue(conn, kind="note", payload={"name": "a"})
        worker.wake()

    woken(db, put)


@pytest.mark.parametrize("database_url", ["postgresql"], indirect=True)
def test_postgresql_wakes_a_worker_of_another_process(db: Database, database_url: str) -> None:
    """SQLite has no notifications: there, workers of other processes look every half second."""
    second = Database(database_url)

    def seen(query: str) -> Any:
        with second.read() as conn:  # a transaction sees the activity as it was at its first look
            return conn.exec_driver_sql(query).scalar_one()

    def put(_worker: Worker) -> None:
        listening = "SELECT count(*) FROM pg_stat_activity WHERE datname = current_database() AND query = 'LISTEN anpei_jobs'"
        until(lambda: seen(listening))
        with second.write() as conn:
            enqueue(conn, kind="note", payload={"name": "a"})

    woken(db, put)
    second.close()


def test_a_stopped_worker_takes_nothing_new(db: Database) -> None:
    worker = Worker(database=db, handlers={"note": Handler(finish=noting)})
    worker.stop()
    worker.start()
    worker.stop()
    with db.write() as conn:
        enqueue(conn, kind="note", payload={"name": "a"})
    assert noted(db) == []
    assert worker.run_due() == 1
