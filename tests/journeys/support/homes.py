"""A prepared home and database to copy, so that each death happens in a house of its own; and the test's side of the nursery."""

import json
import os
import shutil
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import psycopg
from sqlalchemy.engine import make_url

ROOT = Path(__file__).parents[3]
DATABASE = "anpei.sqlite"


@dataclass
class Template:
    """A home that was prepared and closed. ``url`` is None where the database is a file of the home, else a PostgreSQL database."""

    home: Path
    url: str | None
    made: int = field(default=0)

    @contextmanager
    def copy(self) -> Iterator[tuple[Path, str]]:
        """A copy of home and database: the folder and the URL. Both are gone afterwards."""
        self.made += 1
        home = self.home.with_name(f"{self.home.name}-{self.made}")
        shutil.copytree(self.home, home)
        try:
            if self.url is None:
                yield home, f"sqlite:///{home / DATABASE}"
            else:
                with _copied(self.url, self.made) as url:
                    yield home, url
        finally:
            shutil.rmtree(home)


@contextmanager
def _copied(url: str, number: int) -> Iterator[str]:
    parsed = make_url(url)
    name = f"{parsed.database}_{number}"
    _run(url, f'CREATE DATABASE "{name}" TEMPLATE "{parsed.database}" STRATEGY = FILE_COPY')
    try:
        yield parsed.set(database=name).render_as_string(hide_password=False)
    finally:
        _run(url, f'DROP DATABASE IF EXISTS "{name}" WITH (FORCE)')


def _run(url: str, statement: str) -> None:
    """From inside the template itself: its only connection may copy it."""
    plain = make_url(url).set(drivername="postgresql").render_as_string(hide_password=False)
    with psycopg.connect(plain, autocommit=True) as conn:
        conn.execute(statement.encode())


class Nursery:
    """A running ``nursery.py``."""

    def __init__(self) -> None:
        script = Path(__file__).with_name("nursery.py")
        places = os.pathsep.join(filter(None, [str(ROOT), os.environ.get("PYTHONPATH")]))
        environment = os.environ | {"PYTHONPATH": places, "OPENBLAS_NUM_THREADS": "1"}
        self._process = subprocess.Popen(
            [sys.executable, script], stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True, cwd=ROOT, env=environment
        )

    def send(self, *orders: dict[str, Any]) -> None:
        """Let one child live per order, side by side."""
        assert self._process.stdin is not None
        self._process.stdin.write(json.dumps(orders) + "\n")
        self._process.stdin.flush()

    def receive(self) -> list[dict[str, Any]]:
        """How each child of the last orders ended."""
        assert self._process.stdout is not None
        line = self._process.stdout.readline()
        assert line, "the nursery ended by itself: look at the captured output"
        answers: list[dict[str, Any]] = json.loads(line)
        return answers

    def life(self, **order: Any) -> dict[str, Any]:
        """One child's life."""
        self.send(order)
        return self.receive()[0]

    def close(self) -> None:
        """End it."""
        self._process.terminate()
        self._process.wait(timeout=20)
