"""A worker in a process of its own, for tests that kill or freeze it: ``worker_child.py URL MODE ARGUMENT``."""

import os
import random
import signal
import sys
import time
from datetime import timedelta
from pathlib import Path
from typing import Any

from anpei.engines.db import Connection, Database
from anpei.engines.jobs import Handler, Job, Worker, enqueue
from tests.unit.engines.effects import note

STEPS = 3


def chain(database: Database, chance: random.Random, share: float) -> Worker:
    """Three steps per name, each enqueues the next; the process kills itself at any point of a step."""

    def maybe_die() -> None:
        if chance.random() < share:
            os.kill(os.getpid(), signal.SIGKILL)

    def work(_job: Job) -> None:
        maybe_die()

    def finish(conn: Connection, job: Job, _result: Any) -> None:
        maybe_die()
        name, step = job.payload["name"], job.payload["step"]
        note(conn, f"{name}-{step}")
        if step < STEPS:
            enqueue(conn, kind="step", payload={"name": name, "step": step + 1}, unique_key=f"{name}-{step + 1}", max_attempts=1000)
        maybe_die()

    handlers = {"step": Handler(work=work, finish=finish)}
    return Worker(database=database, handlers=handlers, lease=timedelta(seconds=0.3))


def waiting(database: Database, folder: Path) -> Worker:
    """Work that says when it has begun, and goes on when it is told."""

    def work(_job: Job) -> str:
        (folder / "begun").touch()
        while not (folder / "go").exists():
            time.sleep(0.01)
        return "child"

    def finish(conn: Connection, _job: Job, result: str) -> None:
        note(conn, "done", result)

    return Worker(database=database, handlers={"wait": Handler(work=work, finish=finish)}, lease=timedelta(seconds=1))


def main() -> None:
    """Run what is due until nothing is left to wait for."""
    database = Database(sys.argv[1])
    if sys.argv[2] == "wait":
        waiting(database, Path(sys.argv[3])).run_due()
        return
    seed, share = sys.argv[3].split(",")
    worker = chain(database, random.Random(int(seed)), float(share))
    with database.read() as conn:
        open_jobs = "SELECT count(*) FROM jobs WHERE state IN ('ready', 'running', 'waiting')"
        left = int(conn.exec_driver_sql(open_jobs).scalar_one())
    while left:
        if not worker.run_due():
            time.sleep(0.02)
        with database.read() as conn:
            left = int(conn.exec_driver_sql(open_jobs).scalar_one())


if __name__ == "__main__":
    main()
