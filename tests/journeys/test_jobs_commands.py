"""The queue at the command line: how it is, what waits and for what, what is dead, another try."""

import json
from pathlib import Path
from typing import Any

from click.testing import CliRunner

from anpei.assembly import Settings, build
from anpei.engines import jobs
from anpei.engines.db import Connection, StorageFull
from anpei.entrypoints.cli.main import cli
from anpei.kernel.errors import Conflict


def test_the_queue_is_shown_with_what_waits_and_what_is_dead(tmp_path: Path) -> None:
    home = tmp_path / "home"

    def finish(_conn: Connection, job: jobs.Job, _result: Any) -> None:
        raise StorageFull("沈若溪") if job.payload["waits"] else Conflict("沈若溪")

    def anpei(*arguments: str) -> list[Any]:
        ran = CliRunner().invoke(cli, ["--home", str(home), "jobs", *arguments])
        assert (ran.exit_code, "沈若溪" in ran.output) == (0, False)
        return [json.loads(line) for line in ran.stdout.splitlines() if line.startswith("{")]

    none = {"ready": 0, "running": 0, "waiting": 0, "done": 0, "dead": 0}
    assert anpei("status") == [{"jobs": none, "waiting_for": {}, "waiting_since": None, "stuck": 0}]
    platform = build(Settings.from_environment(home=home, environment={}))
    with platform.database.write() as conn:
        for waits in (True, False):
            jobs.enqueue(conn, kind="test", payload={"waits": waits}, subject=f"waits {waits}", max_attempts=1)
    worker = jobs.Worker(database=platform.database, handlers={"test": jobs.Handler(finish=finish)}, threads=1)
    assert worker.run_due() == 2
    platform.close()
    [waiting], [dead] = anpei("waiting"), anpei("dead")
    assert (waiting["subject"], waiting["last_error"], waiting["stuck"]) == ("waits True", "storage.full", False)
    assert waiting["waiting_since"] < waiting["due_at"]
    assert (dead["subject"], dead["last_error"]) == ("waits False", "state.conflict")
    [status] = anpei("status")
    assert status["jobs"] == none | {"waiting": 1, "dead": 1}
    assert (status["waiting_for"], status["waiting_since"], status["stuck"]) == ({"storage.full": 1}, waiting["waiting_since"], 0)
    for job in (waiting, dead):
        anpei("revive", job["id"])
    assert (anpei("waiting"), anpei("dead"), anpei("status")[0]["jobs"]) == ([], [], none | {"ready": 2})
