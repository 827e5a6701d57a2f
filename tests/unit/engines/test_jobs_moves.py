"""The table of a job's moves, held against what the engine does: random lives of jobs, and the pure rule after a failure."""

import shutil
from collections.abc import Callable, Iterator
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from anpei.engines.db import Connection, Database
from anpei.engines.jobs import STUCK_AFTER, Handler, Job, JobState, Retry, Worker, enqueue, revive
from anpei.engines.jobs._failing import FIRST_WAIT, LONGEST_WAIT, after_failure
from anpei.engines.jobs._tables import jobs
from anpei.engines.jobs.model import ALLOWED
from anpei.kernel.errors import Conflict, NotFound, Unavailable
from tests.unit.engines.effects import expire_leases, job_rows, make_due

AT = datetime(2026, 10, 10, 12, tzinfo=UTC)
ERRORS: tuple[Exception, ...] = (Conflict("no"), Retry("later", after=timedelta(0)), ValueError("no"))
failures = st.sampled_from([*ERRORS, Unavailable("not now"), OSError(28, "No space left on device")])


# --- the pure rule ------------------------------------------------------------------------------------------------------


@given(
    error=failures, tries=st.integers(1, 20), limit=st.integers(1, 20), minutes=st.none() | st.integers(0, 100_000),
    jitter=st.floats(0.8, 1.2),
)  # fmt: skip
def test_after_a_failure_only_a_fault_of_the_work_counts(
    error: Exception, tries: int, limit: int, minutes: int | None, jitter: float
) -> None:
    since = None if minutes is None else AT - timedelta(minutes=minutes)
    job = Job("j", "note", {}, min(tries, limit), limit, "t", since)
    found = after_failure(job, error, backoff=(1.0, 10.0), at=AT, jitter=jitter)
    assert found.state in ALLOWED[JobState.RUNNING]
    if error in ERRORS:
        assert found.attempts == job.attempt
        assert found.state is (JobState.DEAD if job.attempt == limit else JobState.READY)
        assert (found.waiting_since, found.stuck) == (None, False)
    else:
        assert (found.state, found.attempts, found.waiting_since) == (JobState.WAITING, job.attempt - 1, since or AT)
        assert FIRST_WAIT * 0.8 <= found.after <= LONGEST_WAIT * 1.2
        assert found.stuck is (minutes is not None and timedelta(minutes=minutes) > STUCK_AFTER)


@given(minutes=st.lists(st.integers(0, 10_000), min_size=2, max_size=2, unique=True).map(sorted))
def test_who_has_waited_longer_is_not_tried_sooner(minutes: list[int]) -> None:
    short, long = (
        after_failure(Job("j", "note", {}, 1, 1, "t", AT - timedelta(minutes=each)), Unavailable("not now"), backoff=(1.0,), at=AT).after
        for each in minutes
    )
    assert short <= long


# --- random lives -------------------------------------------------------------------------------------------------------


class Life:
    """One job in a database of its own, and what has been seen of it."""

    def __init__(self, database: Database, limit: int) -> None:
        self.database, self.limit = database, limit
        self.error: Exception | None = None
        self.moves: set[tuple[JobState, JobState]] = set()
        self.finished = 0
        self.worker = Worker(database=database, handlers={"note": Handler(work=self._work, finish=self._finish, backoff=(0.0,))})
        with database.write() as conn:
            conn.execute(jobs.delete())
            enqueue(conn, kind="note", payload={}, max_attempts=limit)

    def _work(self, _job: Job) -> None:
        assert self.row()["state"] == "running"
        if self.error is not None:
            raise self.error

    def _finish(self, _conn: Connection, _job: Job, _result: Any) -> None:
        self.finished += 1

    def row(self) -> dict[str, Any]:
        [row] = job_rows(self.database)
        return row

    def state(self) -> JobState:
        return JobState(self.row()["state"])

    def try_once(self, error: Exception | None) -> None:
        """A worker takes the job, if it is due, and its try ends in this way."""
        self.error = error
        before = self.row()
        make_due(self.database)
        if self.worker._run_one():
            was, then = JobState(before["state"]), self.state()
            buried = before["attempts"] >= self.limit
            self.moves |= {(was, JobState.RUNNING), (JobState.RUNNING, then)} if not buried else {(JobState.RUNNING, then)}
            assert not (error is not None and error not in ERRORS and not buried) or self.row()["attempts"] == before["attempts"]

    def go_silent(self) -> None:
        """A worker takes the job, if it is due, and dies."""
        before = self.state()
        if self.row()["attempts"] >= self.limit:
            self.try_once(None)
            return
        make_due(self.database)
        with self.database.write() as conn:
            if self.worker._take(conn) is not None:
                self.moves.add((before, JobState.RUNNING))
        expire_leases(self.database)

    def be_revived(self) -> None:
        """Somebody gives the job another try, where that is possible."""
        before = self.state()
        try:
            with self.database.write() as conn:
                revive(conn, job_id=self.row()["id"])
        except NotFound:
            assert JobState.READY not in ALLOWED[before] or before is JobState.RUNNING
            return
        self.moves.add((before, self.state()))


Step = Callable[[Life], None]
steps = st.one_of(
    st.builds(lambda error: lambda life: life.try_once(error), failures),
    st.just(lambda life: life.try_once(None)),
    st.just(Life.go_silent),
    st.just(Life.be_revived),
)


@pytest.fixture
def store(sqlite_template: Path, tmp_path: Path) -> Iterator[Database]:
    """One database for all lives; each begins by emptying the table."""
    shutil.copyfile(sqlite_template, tmp_path / "lives.sqlite")
    opened = Database(f"sqlite:///{tmp_path}/lives.sqlite")
    yield opened
    opened.close()


@settings(max_examples=50, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(limit=st.integers(1, 3), taken=st.lists(steps, max_size=12))
def test_a_job_moves_only_as_the_table_says(store: Database, limit: int, taken: list[Step]) -> None:
    life = Life(store, limit)
    for step in taken:
        before = life.row()
        step(life)
        row = life.row()
        assert before["state"] != "done" or row == before, "what is done stays as it is"
        assert 0 <= row["attempts"] <= limit
        assert row["waiting_since"] is not None or row["state"] != "waiting"
        assert row["waiting_since"] is None or row["state"] in ("waiting", "running")
    assert [move for move in life.moves if move[1] not in ALLOWED[move[0]]] == []
    assert life.finished == (life.state() is JobState.DONE)


def test_every_move_of_the_table_is_made(store: Database) -> None:
    seen: set[tuple[JobState, JobState]] = set()
    lives: tuple[tuple[Step, ...], ...] = (
        (lambda life: life.try_once(None),),
        (lambda life: life.try_once(ERRORS[0]), lambda life: life.try_once(ERRORS[0]), Life.be_revived),
        (Life.go_silent, Life.go_silent),
        (lambda life: life.try_once(Unavailable("not now")), lambda life: life.try_once(None)),
        (lambda life: life.try_once(Unavailable("not now")), Life.be_revived),
    )
    for steps_of_life in lives:
        life = Life(store, 2)
        for step in steps_of_life:
            step(life)
        seen |= life.moves
    assert seen == {(start, end) for start, ends in ALLOWED.items() for end in ends}
