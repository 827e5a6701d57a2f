"""A private PostgreSQL for the tests: found, started once for all test processes, stopped at the end.

Without configuration the binaries of this machine run a throw-away cluster in a temporary folder, on a unix socket only, without
fsync. ``ANPEI_TEST_POSTGRES`` names a server to use instead (a URL whose user may create databases). ``ANPEI_REQUIRE_POSTGRES=1``
turns its absence into a failure. Only what was started here is ended, by its process id.
"""

import fcntl
import json
import os
import pwd
import shutil
import signal
import subprocess
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import psycopg
from sqlalchemy.engine import URL, make_url

GIVEN = "ANPEI_TEST_POSTGRES"
REQUIRED = "ANPEI_REQUIRE_POSTGRES"
ABSENT = "PostgreSQL is absent (no initdb on this machine): its runs are skipped; install Debian's package postgresql to run them"
_SETTINGS = {
    "listen_addresses": "", "fsync": "off", "synchronous_commit": "off", "full_page_writes": "off", "wal_level": "minimal",
    "max_wal_senders": "0", "shared_buffers": "64MB", "max_connections": "200", "timezone": "UTC", "log_min_messages": "fatal",
}  # fmt: skip
# Ends the server when the session was killed and could not do it itself.
_WATCH = """
while kill -0 "$1" 2>/dev/null; do [ -e "$3/data/postmaster.pid" ] || exit 0; sleep 1; done
[ -e "$3/data/postmaster.pid" ] && kill -INT "$2"
for _ in 1 2 3 4 5; do [ -e "$3/data/postmaster.pid" ] || break; sleep 1; done
rm -rf "$3"
"""


class PostgresFailed(Exception):
    """The private server could not be started, or a given one does not answer."""


def binaries() -> Path | None:
    """The folder that holds ``initdb`` and ``postgres``: Debian's newest version, else what is on PATH."""
    debian = sorted(Path("/usr/lib/postgresql").glob("*/bin/initdb"), key=lambda path: int(path.parts[-3]), reverse=True)
    on_path = shutil.which("initdb")
    for initdb in [*debian, *([Path(on_path).resolve()] if on_path else [])]:
        if (initdb.parent / "postgres").exists():
            return initdb.parent
    return None


def is_required() -> bool:
    """Whether absence is a failure (as in continuous integration)."""
    return os.environ.get(REQUIRED, "") not in ("", "0")


def describe() -> str:
    """One line for the head of a test run."""
    if os.environ.get(GIVEN):
        return f"PostgreSQL: the server given in {GIVEN}"
    found = binaries()
    return f"PostgreSQL: private cluster of {found}" if found else ABSENT


class Server:
    """The server of one test session, shared by its processes through a folder."""

    def __init__(self, folder: Path, session_pid: int) -> None:
        self.folder = folder
        self.session_pid = session_pid
        self._made = 0

    @property
    def _facts_file(self) -> Path:
        return self.folder / "server.json"

    def ready(self, fill: Callable[[str], None]) -> None:
        """Start the server and make the template database once; later callers and other processes find both ready."""
        with _locked(self.folder / "lock"):
            if self._facts_file.exists():
                return
            given = os.environ.get(GIVEN)
            admin = make_url(given.replace("postgresql+psycopg:", "postgresql:")) if given else self._start()
            template = f"anpei_template_{self.folder.name.replace('-', '_').lower()}"
            _admin(admin, f'CREATE DATABASE "{template}"')
            fill(_text(admin.set(database=template)))
            self._facts_file.write_text(json.dumps({"admin": _text(admin), "template": template, "given": bool(given)}))

    @contextmanager
    def fresh(self) -> Iterator[str]:
        """The URL of a new database with the schema and no rows; dropped afterwards, whoever is still connected."""
        facts = self._facts()
        self._made += 1
        name = f"{facts['template'].replace('template', 'test')}_{os.getpid()}_{self._made}"
        admin = make_url(facts["admin"])
        _admin(admin, f'CREATE DATABASE "{name}" TEMPLATE "{facts["template"]}" STRATEGY = FILE_COPY')
        try:
            yield _text(admin.set(database=name))
        finally:
            _admin(admin, f'DROP DATABASE IF EXISTS "{name}" WITH (FORCE)')

    def stop(self) -> None:
        """End what this session started, and remove its folder."""
        if self._facts_file.exists():
            facts = self._facts()
            if facts["given"]:
                _admin(make_url(facts["admin"]), f'DROP DATABASE IF EXISTS "{facts["template"]}" WITH (FORCE)')
        pid_file = self.folder / "data" / "postmaster.pid"
        for how in (signal.SIGINT, signal.SIGQUIT):
            if pid_file.exists():
                os.kill(int(pid_file.read_text().split()[0]), how)
                _until(lambda: not pid_file.exists(), seconds=10)
        shutil.rmtree(self.folder, ignore_errors=True)

    def _facts(self) -> dict[str, Any]:
        facts: dict[str, Any] = json.loads(self._facts_file.read_text())
        return facts

    def _start(self) -> URL:
        """A new cluster under ``folder``. PostgreSQL refuses to run as root, so root hands it to an unprivileged user."""
        found = binaries()
        if found is None:
            raise PostgresFailed(ABSENT)
        shutil.rmtree(self.folder / "data", ignore_errors=True)
        user = _unprivileged()
        for name in ("data", "socket"):
            (self.folder / name).mkdir(mode=0o700, exist_ok=True)
            if user:
                shutil.chown(self.folder / name, user.pw_uid, user.pw_gid)
        self.folder.chmod(0o755)
        who: dict[str, Any] = {"user": user.pw_uid, "group": user.pw_gid, "extra_groups": []} if user else {}
        data, socket, log = self.folder / "data", self.folder / "socket", self.folder / "server.log"
        init = [found / "initdb", "-D", data, "-U", "postgres", "--auth=trust", "--encoding=UTF8", "--locale=C.UTF-8", "--no-sync"]
        made = subprocess.run(init, capture_output=True, text=True, check=False, cwd=data, **who)
        if made.returncode:
            raise PostgresFailed(f"initdb failed: {made.stderr.strip()[-800:]}")
        settings = [part for name, value in _SETTINGS.items() for part in ("-c", f"{name}={value}")]
        with log.open("wb") as out:
            server = subprocess.Popen(
                [found / "postgres", "-D", data, "-k", socket, *settings], stdout=out, stderr=out, cwd=data, start_new_session=True, **who
            )
        admin = URL.create("postgresql", username="postgres", database="postgres", query={"host": str(socket)})
        if not _until(lambda: server.poll() is not None or _answers(admin), seconds=60) or server.poll() is not None:
            raise PostgresFailed(f"the private PostgreSQL does not start: {log.read_text()[-800:]}")
        subprocess.Popen(["sh", "-c", _WATCH, "watch", str(self.session_pid), str(server.pid), self.folder], start_new_session=True)
        return admin


def _unprivileged() -> pwd.struct_passwd | None:
    if os.geteuid() != 0:
        return None
    for name in ("postgres", "nobody"):
        try:
            return pwd.getpwnam(name)
        except KeyError:
            continue
    raise PostgresFailed("root may not run PostgreSQL and there is no user postgres or nobody: run the tests as an ordinary user")


def _admin(url: URL, statement: str) -> None:
    with psycopg.connect(_text(url), autocommit=True) as conn:
        conn.execute(statement.encode())


def _answers(url: URL) -> bool:
    try:
        _admin(url, "SELECT 1")
    except psycopg.OperationalError:
        return False
    return True


def _until(done: Callable[[], bool], *, seconds: float) -> bool:
    """Wait for another process, which gives no other sign."""
    end = time.monotonic() + seconds
    while not done():
        if time.monotonic() > end:
            return False
        time.sleep(0.02)
    return True


def _text(url: URL) -> str:
    return url.render_as_string(hide_password=False)


@contextmanager
def _locked(path: Path) -> Iterator[None]:
    with path.open("w") as handle:
        fcntl.flock(handle, fcntl.LOCK_EX)
        yield
