"""Jobs whose surroundings say "not now": they wait without using up a try, are seen while they wait, and go on by themselves."""

import errno
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import timedelta
from typing import Any

import pytest
import structlog
from sqlalchemy import select, update

from anpei.engines.db import Connection, Database, DatabaseFailed, StorageFull
from anpei.engines.db.database import now
from anpei.engines.jobs import STUCK_AFTER, Handler, Job, Worker, dead_letters, enqueue, pending, revive, summary, waiting
from anpei.engines.jobs._tables import jobs
from anpei.kernel.errors import Conflict, NotFound, Unavailable
from tests.unit.engines.effects import job_rows, make_due, note, noted, noting, own


@pytest.fixture
def db(database: Database) -> Database:
    own.create_all(database.engine)
    return database


def put(database: Database, name: str = "a", **more: Any) -> None:
    with database.write() as conn:
        enqueue(conn, kind="note", payload={"name": name}, **more)


def worker(database: Database, *, error: Exception | None = None, handler: Handler | None = None) -> Worker:
    def work(_job: Job) -> None:
        if error is not None:
            raise error

    return Worker(database=database, handlers={"note": handler or Handler(work=work, finish=noting, backoff=(0.0,))})


def state(database: Database) -> list[tuple[str, int, str | None]]:
    return [(row["state"], row["attempts"], row["last_error"]) for row in job_rows(database)]


def waited(database: Database, *, hours: float) -> None:
    """The one job that waits has been waiting for so long, and is due."""
    with database.write() as conn:
        at = now(conn)
        conn.execute(update(jobs).values(waiting_since=at - timedelta(hours=hours), due_at=at))


NOT_NOW = {
    "part.unavailable": Unavailable("no worker could be started"),
    "database.failed": DatabaseFailed("the database does not answer"),
    "storage.full": StorageFull("the disk is full"),
    "ENOSPC": OSError(errno.ENOSPC, "No space left on device"),
    "EAGAIN": BlockingIOError(errno.EAGAIN, "Resource temporarily unavailable"),
    "ENOMEM": OSError(errno.ENOMEM, "Cannot allocate memory"),
}


@pytest.mark.parametrize("reason", NOT_NOW)
def test_what_the_surroundings_do_never_uses_up_a_try(db: Database, reason: str) -> None:
    put(db, max_attempts=1)
    for _ in range(5):
        assert worker(db, error=NOT_NOW[reason]).run_due() == 1
        assert state(db) == [("waiting", 0, reason)]
        make_due(db)
    assert worker(db).run_due() == 1
    assert (noted(db), state(db)) == (["a"], [("done", 1, reason)])
    assert job_rows(db)[0]["waiting_since"] is None


@pytest.mark.parametrize("error", [OSError(errno.ENOENT, "No such file"), OSError("no number"), MemoryError(), Conflict("no")])
def test_a_fault_of_the_work_uses_up_a_try(db: Database, error: Exception) -> None:
    put(db, max_attempts=2)
    assert worker(db, error=error).run_due() == 2
    assert state(db)[0][:2] == ("dead", 2)


def test_tries_before_and_after_a_wait_are_counted_together(db: Database) -> None:
    put(db, max_attempts=2)
    worker(db, error=Conflict("no"))._run_one()
    assert worker(db, error=Unavailable("not now")).run_due() == 1
    assert state(db) == [("waiting", 1, "part.unavailable")]
    make_due(db)
    assert worker(db, error=Conflict("no")).run_due() == 1
    assert state(db) == [("dead", 2, "state.conflict")]


def test_a_finish_that_finds_no_space_leaves_nothing_and_waits(db: Database) -> None:
    def finish(conn: Connection, job: Job, result: Any) -> None:
        noting(conn, job, result)
        raise StorageFull("the disk is full")

    put(db, max_attempts=1)
    worker(db, handler=Handler(finish=finish)).run_due()
    assert (noted(db), state(db)) == ([], [("waiting", 0, "storage.full")])


def test_the_pause_grows_to_a_few_minutes_and_no_further(db: Database) -> None:
    put(db)
    pauses = []
    for hours in (None, 1 / 60, 1.0, 100.0):
        if hours is not None:
            waited(db, hours=hours)
        assert worker(db, error=Unavailable("not now")).run_due() == 1
        with db.read() as conn:
            pauses.append((job_rows(db)[0]["due_at"] - now(conn)).total_seconds())
    assert 1 < pauses[0] <= 2.4
    assert 47 < pauses[1] <= 75
    assert 239 < pauses[2] <= 360
    assert 239 < pauses[3] <= 360


def test_what_waits_is_pending_and_listed_with_its_reason(db: Database) -> None:
    put(db, "first", subject="s1")
    put(db, "second")
    worker(db, error=Unavailable("not now", code="reading.not_started")).run_due()
    put(db, "third")
    with db.read() as conn:
        at, found, counted = now(conn), waiting(conn), summary(conn)
        assert [row["state"] for row in pending(conn, subject="s1")] == ["waiting"]
        assert dead_letters(conn) == []
    assert [(row["kind"], row["subject"], row["last_error"], row["stuck"]) for row in found] == [
        ("note", "s1", "reading.not_started", False),
        ("note", None, "reading.not_started", False),
    ]
    assert all(timedelta(0) <= at - row["waiting_since"] < timedelta(minutes=1) for row in found)
    assert counted == {
        "jobs": {"ready": 1, "running": 0, "waiting": 2, "done": 0, "dead": 0}, "waiting_for": {"reading.not_started": 2},
        "waiting_since": found[0]["waiting_since"], "stuck": 0,
    }  # fmt: skip


def test_a_job_that_waits_for_a_day_is_shown_as_stuck_and_still_tried(db: Database) -> None:
    put(db)
    with structlog.testing.capture_logs() as lines:
        worker(db, error=Unavailable("not now")).run_due()
        for hours in (23.9, 24.1):
            waited(db, hours=hours)
            worker(db, error=Unavailable("not now")).run_due()
    assert [(line["event"], line["log_level"], line["reason"]) for line in lines] == [
        ("jobs.waiting", "warning", "part.unavailable"),
        ("jobs.waiting", "warning", "part.unavailable"),
        ("jobs.stuck", "error", "part.unavailable"),
    ]
    with db.read() as conn:
        assert [row["stuck"] for row in waiting(conn)] == [True]
        assert summary(conn)["stuck"] == 1
    assert timedelta(hours=24) == STUCK_AFTER
    make_due(db)
    assert worker(db).run_due() == 1
    assert noted(db) == ["a"]


def test_a_job_is_seen_as_waiting_also_while_it_is_tried(db: Database) -> None:
    seen: list[int] = []

    def work(_job: Job) -> None:
        with db.read() as conn:
            seen.append(len(waiting(conn)))

    put(db)
    worker(db, error=Unavailable("not now")).run_due()
    make_due(db)
    worker(db, handler=Handler(work=work, finish=noting)).run_due()
    assert seen == [1]
    with db.read() as conn:
        assert waiting(conn) == []


def test_somebody_may_let_a_waiting_job_try_now(db: Database) -> None:
    put(db, max_attempts=1)
    worker(db, error=Unavailable("not now")).run_due()
    assert worker(db).run_due() == 0
    job_id = job_rows(db)[0]["id"]
    with db.write() as conn:
        revive(conn, job_id=job_id)
    assert job_rows(db)[0]["waiting_since"] is None
    assert worker(db).run_due() == 1
    assert noted(db) == ["a"]
    with pytest.raises(NotFound, match=f"no dead job {job_id} and none that waits"), db.write() as conn:
        revive(conn, job_id=job_id)


class Away(Database):
    """A database that lets nobody write while it is away."""

    away = False

    @contextmanager
    def write(self) -> Iterator[Connection]:
        if self.away:
            raise DatabaseFailed("the database does not answer")
        with super().write() as conn:
            yield conn


@pytest.mark.parametrize("error", [None, Conflict("no")], ids=["done", "failed"])
def test_a_try_that_ends_while_the_database_is_away_is_written_down_when_it_is_back(
    db: Database, database_url: str, error: Exception | None
) -> None:
    mine = Away(database_url)
    tries: list[int] = []

    def work(job: Job) -> None:
        tries.append(job.attempt)
        if len(tries) == 1:
            mine.away = True
            if error is not None:
                raise error

    put(db, max_attempts=2)
    single = worker(mine, handler=Handler(work=work, finish=noting, backoff=(0.0,)))
    for _ in range(3):
        with pytest.raises(DatabaseFailed):
            single.run_due()
    assert [row[0] for row in state(db)] == ["running"]
    mine.away = False
    assert single.run_due() == (0 if error is None else 1)
    assert state(db) == ([("waiting", 0, "database.failed")] if error is None else [("done", 2, "state.conflict")])
    make_due(db)
    single.run_due()
    assert (noted(db), tries) == (["a"], [1, 1 if error is None else 2])
    mine.close()


def test_without_a_thread_for_its_lease_a_job_waits(db: Database, monkeypatch: pytest.MonkeyPatch) -> None:
    def start(_thread: threading.Thread) -> None:
        raise RuntimeError("can't start new thread")

    put(db, max_attempts=1)
    with monkeypatch.context() as patched:
        patched.setattr(threading.Thread, "start", start)
        assert worker(db).run_due() == 1
    assert (noted(db), state(db)) == ([], [("waiting", 0, "jobs.no_thread")])


def test_a_job_is_buried_only_when_its_case_can_be_written(db: Database) -> None:
    is_full = [True, True]

    def on_dead(conn: Connection, _job: Job, reason: str) -> None:
        note(conn, reason)
        if is_full and is_full.pop():
            raise StorageFull("the disk is full")

    def work(_job: Job) -> None:
        raise Conflict("no")

    put(db, max_attempts=1)
    single = worker(db, handler=Handler(work=work, finish=noting, on_dead=on_dead))
    for _ in range(2):
        with pytest.raises(StorageFull):
            single.run_due()
        assert (noted(db), state(db)) == ([], [("running", 1, None)])
    assert single.run_due() == 0
    assert (noted(db), state(db)) == (["state.conflict"], [("dead", 1, "state.conflict")])


def test_a_log_line_about_a_wait_never_quotes_the_error(db: Database) -> None:
    put(db)
    with structlog.testing.capture_logs() as lines:
        worker(db, error=OSError(errno.ENOSPC, "身份证 110101199001011234")).run_due()
    assert [(line["event"], line["reason"]) for line in lines] == [("jobs.waiting", "ENOSPC")]
    with db.read() as conn:
        assert "1101" not in repr(lines) + repr(conn.execute(select(jobs)).all())
