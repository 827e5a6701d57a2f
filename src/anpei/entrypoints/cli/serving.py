"""``anpei demo``, ``anpei serve``, ``anpei worker``, ``anpei jobs``: run the platform."""

import secrets
import signal
import threading
import time
from pathlib import Path
from typing import Any

import click

from anpei.assembly import Platform
from anpei.engines import jobs
from anpei.entrypoints.cli import claims, demo
from anpei.entrypoints.cli.opening import opened, print_json, say
from anpei.entrypoints.cli.running import run_folders
from anpei.rules.snapshots.execution import warm_beside
from anpei.samples import claims as sample_claims

ATTEMPTS = 3
DEMO_SCENARIO = "outpatient_certificate"
"""The claim of the demo: receipt, diagnosis certificate, identity card and bank card, photographed."""


@click.command("demo")
@click.option("--home", "demo_home", type=click.Path(path_type=Path, file_okay=False), default=None, help="Data folder.")
@click.option("--port", default=8000, show_default=True)
@click.option("--serve/--no-serve", default=True, help="Go on serving API and pages afterwards.")
@click.pass_obj
def demo_(home: Path | None, demo_home: Path | None, port: int, serve: bool) -> None:
    """Load the demo insurer, walk one photographed claim to its payment, print every step and the proof, then serve on 127.0.0.1."""
    started = time.monotonic()
    with opened(demo_home or home) as platform:
        threading.Thread(target=platform.reading.start, name="anpei-reading-start", daemon=True).start()
        demo.load_once(platform, say=say)
        staff = demo.create_staff(platform)
        platform.start()
        for attempt in range(1, ATTEMPTS + 1):
            result = _walk_one(platform)
            claims.show(platform, result)
            if result.get("state") in ("paid", "closed_without_payment") or attempt == ATTEMPTS:
                break
            say("\nthis photograph went to a person, as doubt should; drawing another claim")
        click.echo(f"\n{time.monotonic() - started:.1f} s from start to here")
        if serve:
            click.echo(f"\nPages and API: http://127.0.0.1:{port}/   (stop with Ctrl-C)")
            for login, password in staff:
                click.echo(f"  {login:12} {password}")
            warm_beside()
            _serve(platform, port)


def _walk_one(platform: Platform) -> dict[str, Any]:
    folder = _fresh_claim(platform)
    results = run_folders(
        platform, [folder], timeout=180, progress=lambda path, said: say(f"  {path.name}: {said}"),
        export_to=platform.settings.home / "proofs",
    )  # fmt: skip
    return results[0]


def _fresh_claim(platform: Platform) -> Path:
    """A new photographed claim of a new fictional person: each start shows a claim that was never seen before."""
    out = platform.settings.home / "demo"
    seed = secrets.randbelow(10**9)
    say("drawing a photographed claim of a fictional person")
    folder = sample_claims.make_one(out, seed, DEMO_SCENARIO, seed)
    demo.import_policies(platform, out / "policies.csv", say=say)
    return folder


@click.command("serve")
@click.option("--port", default=8000, show_default=True)
@click.pass_obj
def serve(home: Path | None, port: int) -> None:
    """Serve API and pages on 127.0.0.1 with a worker inside."""
    with opened(home, running=True) as platform:
        _serve(platform, port)


def _serve(platform: Platform, port: int) -> None:
    import uvicorn

    from anpei.entrypoints.api import create_app

    uvicorn.run(create_app(platform), host="127.0.0.1", port=port, log_level="warning", access_log=False, timeout_graceful_shutdown=5)


@click.command("worker")
@click.pass_obj
def worker(home: Path | None) -> None:
    """Run a worker alone (beside others on PostgreSQL); ends with what it does on SIGTERM or Ctrl-C."""
    stopped = threading.Event()
    for number in (signal.SIGTERM, signal.SIGINT):
        signal.signal(number, lambda *_: stopped.set())
    with opened(home, running=True):
        stopped.wait()


@click.group("jobs")
def jobs_() -> None:
    """Background jobs: how the queue is, what waits, what is stuck, and giving it another try."""


@jobs_.command("status")
@click.pass_obj
def status(home: Path | None) -> None:
    """The jobs by state, and what is waited for, since when, how many for more than a day: one JSON object."""
    with opened(home) as platform, platform.database.read() as conn:
        found = jobs.summary(conn)
    since = found["waiting_since"]
    print_json({**found, "waiting_since": None if since is None else since.isoformat()})


@jobs_.command("waiting")
@click.pass_obj
def waiting(home: Path | None) -> None:
    """The jobs that wait for their surroundings (reading, disk, database), longest first, one JSON object a line."""
    with opened(home) as platform, platform.database.read() as conn:
        for job in jobs.waiting(conn):
            print_json({**job, "waiting_since": job["waiting_since"].isoformat(), "due_at": job["due_at"].isoformat()})


@jobs_.command("dead")
@click.pass_obj
def dead(home: Path | None) -> None:
    """The jobs that used up their tries, one JSON object a line."""
    with opened(home) as platform, platform.database.read() as conn:
        for job in jobs.dead_letters(conn):
            print_json({**job, "ended_at": job["ended_at"].isoformat()})


@jobs_.command("revive")
@click.argument("job_id")
@click.pass_obj
def revive(home: Path | None, job_id: str) -> None:
    """Give a dead job its tries back; one that waits tries now."""
    with opened(home) as platform, platform.database.write() as conn:
        jobs.revive(conn, job_id=job_id)
    click.echo(f"job {job_id} will be tried again")


COMMANDS = (demo_, serve, worker, jobs_)
