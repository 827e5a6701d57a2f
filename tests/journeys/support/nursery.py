"""A warm process that has loaded everything and forks one child per order; each child opens the platform of a home by itself.

Orders are JSON lines on standard input, answers JSON lines on standard output: how the child ended, and what it told before.
What is read in advance and shared by the children is knowledge (rulebook files), never a database, a file of the home or a key.
"""

import functools
import json
import os
import signal
import sys
import tempfile
import time
import traceback
from datetime import timedelta
from importlib import import_module
from pathlib import Path
from typing import Any

from anpei.assembly import Platform
from anpei.claims import benefit
from anpei.engines.knowledge import files
from tests.factories import platforms
from tests.journeys.support import walk
from tests.journeys.support.crossings import Crossings, watch

SHORT = timedelta(seconds=1)


def warm() -> None:
    """Read the rulebook once, by opening a platform that is thrown away; children find it read and its examples calculated.

    The driver of PostgreSQL is loaded, too.
    """
    import_module("psycopg")
    files.load = functools.cache(files.load)
    with tempfile.TemporaryDirectory() as folder:
        platforms.open_platform(Path(folder) / "home", f"sqlite:///{folder}/unused.sqlite").close()
    benefit.failed_examples = lambda _file: []


def live(order: dict[str, Any], tell: Any) -> None:
    """A child's life: open the home, do what the order says, tell. Unless it dies before."""
    crossings = Crossings(act_at=order.get("die_at"))
    if order.get("freeze_at") is not None:
        crossings = Crossings(act_at=order["freeze_at"], act=lambda: os.kill(os.getpid(), signal.SIGSTOP))
    platform = platforms.open_platform(Path(order["home"]), order["url"])
    watch(platform, crossings)
    told: dict[str, Any] = {}
    if order["does"] == "work":
        work(platform, order.get("other"))
    else:
        number = int(order.get("number", 0))
        claim_id = walk.claim_by(platform, crossings, number=number)
        if order["does"] == "walk":
            walk.run_until_rest(platform)
        told["picture"] = walk.picture(platform, claim_id, number)
    tell({"passed": crossings.passed} | told)
    platform.close()


def work(platform: Platform, other: int | None) -> None:
    """Only work, beside another worker: leases are short, and nothing makes them end before their time.

    With ``other``, a process that freezes: begin when it is frozen, wake it up when nothing is left to do.
    """
    platform.worker.lease = SHORT
    if other is not None:
        while Path(f"/proc/{other}/stat").read_text().rpartition(")")[2].split()[0] != "T":
            time.sleep(0.01)
    while walk.open_jobs(platform):
        if not platform.worker.run_due():
            time.sleep(0.02)
    if other is not None:
        os.kill(other, signal.SIGCONT)


def birth(order: dict[str, Any]) -> tuple[int, int]:
    """Fork a child for an order; returns its process id and the pipe on which it tells."""
    reading, writing = os.pipe()
    child = os.fork()
    if child:
        os.close(writing)
        return child, reading
    os.close(reading)
    code = 1
    try:
        live(order, lambda told: os.write(writing, json.dumps(told).encode()))
        code = 0
    except BaseException:
        traceback.print_exc()
    finally:
        os._exit(code)


def end_of(child: int, pipe: int) -> dict[str, Any]:
    """Wait for a child's end."""
    with os.fdopen(pipe, "rb") as handle:
        told = handle.read()
    _, status = os.waitpid(child, 0)
    return {"ended": os.waitstatus_to_exitcode(status), **(json.loads(told) if told else {})}


def main() -> None:
    """Serve orders; a list of orders is one generation of children that live at the same time.

    An order with ``"other": true`` is told the process id of the child before it.
    """
    answers = os.fdopen(os.dup(1), "w", encoding="utf-8")
    os.dup2(2, 1)  # logs go to standard error
    warm()
    for line in sys.stdin:
        children: list[tuple[int, int]] = []
        for order in json.loads(line):
            children.append(birth(order | {"other": children[-1][0]} if order.get("other") else order))
        answers.write(json.dumps([end_of(*child) for child in children]) + "\n")
        answers.flush()


if __name__ == "__main__":
    main()
