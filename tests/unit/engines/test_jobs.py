"""The queue in one process: whole with its transaction, leased, fenced, retried, buried, revived."""

from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta
from typing import Any

import pytest
import structlog

from anpei.engines.db import Connection, Database
from anpei.engines.db.database import now
from anpei.engines.jobs import Handler, Job, Retry, Worker, dead_letters, enqueue, pending, purge, revive
from anpei.kernel.errors import Conflict, NotFound
from tests.unit.engines.effects import effects, expire_leases, job_rows, make_due, note, noted, noting, own

AT_ONCE = (0.0,)


@pytest.fixture
def db(database: Database) -> Database:
    own.create_all(database.engine)
    return database


def put(database: Database, name: str = "a", **more: Any) -> bool:
    with database.write() as conn:
        return enqueue(conn, kind="note", payload={"name": name}, **more)


def worker(database: Database, handler: Handler | None = None, **more: Any) -> Worker:
    return Worker(database=database, handlers={"note": handler or Handler(finish=noting)}, **more)


def failing(error: Exception, **more: Any) -> Handler:
    def work(_job: Job) -> None:
        raise error

    return Handler(work=work, finish=noting, backoff=AT_ONCE, **more)


def state(database: Database) -> list[tuple[str, int, str | None]]:
    return [(row["state"], row["attempts"], row["last_error"]) for row in job_rows(database)]


def test_a_job_is_done_once(db: Database) -> None:
    assert put(db)
    assert worker(db).run_due() == 1
    assert worker(db).run_due() == 0
    assert noted(db) == ["a"]
    assert state(db) == [("done", 1, None)]


def test_a_job_exists_only_with_the_change_that_wants_it(db: Database) -> None:
    with pytest.raises(RuntimeError), db.write() as conn:
        note(conn, "change")
        enqueue(conn, kind="note", payload={"name": "a"})
        raise RuntimeError
    assert (worker(db).run_due(), noted(db), job_rows(db)) == (0, [], [])


def test_a_unique_key_is_taken_once_also_after_the_end(db: Database) -> None:
    assert [put(db, unique_key="k"), put(db, unique_key="k"), put(db, unique_key="other"), put(db), put(db)] == [
        True,
        False,
        True,
        True,
        True,
    ]
    worker(db).run_due()
    assert not put(db, unique_key="k")


def test_a_unique_key_is_taken_once_by_threads_at_once(db: Database) -> None:
    with ThreadPoolExecutor(8) as pool:
        assert sum(pool.map(lambda _: put(db, unique_key="k"), range(16))) == 1
    assert len(job_rows(db)) == 1


def test_jobs_run_in_the_order_they_are_due_and_not_before(db: Database) -> None:
    with db.read() as conn:
        at = now(conn)
    put(db, "later", due_at=at + timedelta(hours=1))
    put(db, "second", due_at=at - timedelta(seconds=1))
    put(db, "first", due_at=at - timedelta(seconds=2))
    put(db, "third")
    assert worker(db).run_due() == 3
    assert noted(db) == ["first", "second", "third"]


def test_a_kind_without_a_handler_waits_for_a_worker_that_has_one(db: Database) -> None:
    with db.write() as conn:
        enqueue(conn, kind="unknown", payload={})
    assert worker(db).run_due() == 0
    assert state(db) == [("ready", 0, None)]


def test_pending_tells_what_still_moves(db: Database) -> None:
    put(db, subject="s1")
    put(db, subject="s2")
    with db.read() as conn:
        found = pending(conn, subject="s1")
    assert [(row["kind"], row["state"], row["attempts"]) for row in found] == [("note", "ready", 0)]
    worker(db).run_due()
    with db.read() as conn:
        assert pending(conn, subject="s1") == []


def test_what_work_gives_reaches_finish_and_work_runs_outside_of_a_transaction(db: Database) -> None:
    def work(job: Job) -> str:
        with db.write() as conn:
            note(conn, "outside")
        return f"attempt {job.attempt} of {job.max_attempts}"

    put(db, max_attempts=3)
    worker(db, Handler(work=work, finish=noting)).run_due()
    with db.read() as conn:
        assert [(row.what, row.by) for row in conn.execute(effects.select().order_by(effects.c.id))] == [
            ("outside", ""),
            ("a", "attempt 1 of 3"),
        ]


def test_a_finish_that_fails_leaves_nothing_and_is_tried_again(db: Database) -> None:
    tries: list[int] = []

    def finish(conn: Connection, job: Job, result: Any) -> None:
        noting(conn, job, result)
        tries.append(job.attempt)
        if len(tries) == 1:
            raise Conflict("not yet")

    put(db)
    assert worker(db, Handler(finish=finish, backoff=AT_ONCE)).run_due() == 2
    assert (tries, noted(db)) == ([1, 2], ["a"])
    assert state(db) == [("done", 2, "state.conflict")]


def test_a_failure_waits_longer_each_time(db: Database) -> None:
    put(db)
    handler = Handler(work=lambda _job: 1 // 0, finish=noting, backoff=(10.0, 100.0))
    waits = []
    for _ in range(3):
        assert worker(db, handler).run_due() == 1
        with db.read() as conn:
            waits.append((job_rows(db)[0]["due_at"] - now(conn)).total_seconds())
        make_due(db)
    assert 7 < waits[0] <= 12
    assert 70 < waits[1] <= 120
    assert 70 < waits[2] <= 120
    assert state(db) == [("ready", 3, "ZeroDivisionError")]


def test_retries_end_in_the_dead_letters(db: Database) -> None:
    def on_dead(conn: Connection, job: Job, reason: str) -> None:
        note(conn, f"dead {job.payload['name']} {job.attempt} {reason}")

    put(db, max_attempts=3, subject="s")
    assert worker(db, failing(Conflict("no"), on_dead=on_dead)).run_due() == 3
    assert noted(db) == ["dead a 3 state.conflict"]
    with db.read() as conn:
        letters = dead_letters(conn)
    assert [(row["kind"], row["subject"], row["attempts"], row["last_error"]) for row in letters] == [("note", "s", 3, "state.conflict")]
    assert letters[0]["ended_at"] is not None


def test_a_dead_job_comes_back_with_all_its_attempts(db: Database) -> None:
    put(db, max_attempts=2)
    worker(db, failing(Conflict("no"))).run_due()
    job_id = job_rows(db)[0]["id"]
    with db.write() as conn:
        revive(conn, job_id=job_id)
    assert worker(db).run_due() == 1
    assert noted(db) == ["a"]
    with pytest.raises(NotFound, match=f"no dead job {job_id}"), db.write() as conn:
        revive(conn, job_id=job_id)


def test_an_on_dead_that_fails_does_not_keep_the_job_in_the_queue(db: Database) -> None:
    def on_dead(conn: Connection, _job: Job, _reason: str) -> None:
        note(conn, "half")
        raise RuntimeError

    put(db, "broken", max_attempts=1)
    worker(db, failing(Conflict("no"), on_dead=on_dead)).run_due()
    put(db, "behind it")
    assert worker(db).run_due() == 1
    assert noted(db) == ["behind it"]
    assert [row[0] for row in state(db)] == ["dead", "done"]


def test_a_retry_counts_as_a_try(db: Database) -> None:
    put(db, max_attempts=2)
    assert worker(db, failing(Retry("once more", after=timedelta(0)))).run_due() == 2
    assert state(db) == [("dead", 2, "jobs.retry")]


def test_a_retry_says_when(db: Database) -> None:
    put(db)
    worker(db, failing(Retry("later", after=timedelta(minutes=10)))).run_due()
    with db.read() as conn:
        wait = job_rows(db)[0]["due_at"] - now(conn)
    assert timedelta(minutes=9) < wait <= timedelta(minutes=10)


def test_a_worker_that_was_away_too_long_is_fenced(db: Database) -> None:
    other = worker(db)

    def work(_job: Job) -> str:
        expire_leases(db)
        assert other.run_due() == 1
        return "too late"

    put(db)
    late = worker(db, Handler(work=work, finish=noting))
    assert late.run_due() == 1
    assert noted(db) == ["a"]
    [row] = job_rows(db)
    assert (row["state"], row["attempts"], row["worker"], row["last_error"]) == ("done", 2, other.id, None)


@pytest.mark.parametrize("error", [None, Conflict("too late")])
def test_a_job_that_another_worker_has_now_is_left_alone(db: Database, error: Exception | None) -> None:
    other = worker(db)

    def work(_job: Job) -> None:
        expire_leases(db)
        with db.write() as conn:
            assert other._take(conn) is not None
        if error:
            raise error

    put(db, max_attempts=2)
    worker(db, Handler(work=work, finish=noting)).run_due()
    [row] = job_rows(db)
    assert (row["state"], row["attempts"], row["worker"], noted(db)) == ("running", 2, other.id, [])


def test_a_failure_of_a_fenced_worker_counts_for_nothing(db: Database) -> None:
    other = worker(db)

    def work(_job: Job) -> None:
        expire_leases(db)
        assert other.run_due() == 1
        raise Conflict("too late")

    put(db, max_attempts=1)
    worker(db, Handler(work=work, finish=noting)).run_due()
    assert (noted(db), state(db)) == ([], [("dead", 1, "jobs.lost")])


def test_a_job_whose_workers_never_come_back_is_buried(db: Database) -> None:
    reasons: list[str] = []
    handler = Handler(finish=noting, on_dead=lambda _conn, _job, reason: reasons.append(reason))
    put(db, max_attempts=2)
    for _ in range(2):
        with db.write() as conn:
            assert worker(db)._take(conn) is not None
        expire_leases(db)
    assert worker(db, handler).run_due() == 1
    assert (noted(db), state(db), reasons) == ([], [("dead", 2, "jobs.lost")], ["jobs.lost"])


def test_a_lease_that_runs_is_respected(db: Database) -> None:
    put(db)
    with db.write() as conn:
        assert worker(db)._take(conn) is not None
    assert worker(db).run_due() == 0


def test_purge_takes_old_ended_jobs_only(db: Database) -> None:
    put(db, "done")
    worker(db).run_due()
    put(db, "dead", max_attempts=1)
    worker(db, failing(Conflict("no"))).run_due()
    put(db, "ready")
    with db.write() as conn:
        assert purge(conn, keep=timedelta(hours=1)) == 0
        assert purge(conn, keep=timedelta(seconds=-1)) == 1
    assert [row["payload"]["name"] for row in job_rows(db)] == ["dead", "ready"]


def test_a_log_line_never_quotes_the_error(db: Database) -> None:
    put(db, max_attempts=1)
    with structlog.testing.capture_logs() as lines:
        worker(db, failing(ValueError("身份证 110101199001011234"))).run_due()
    assert [line["event"] for line in lines] == ["jobs.failed", "jobs.dead"]
    assert lines[0]["reason"] == "ValueError"
    assert lines[0]["where"][-1].startswith("test_jobs.py:")
    assert "1101" not in repr(lines) + repr(job_rows(db))
