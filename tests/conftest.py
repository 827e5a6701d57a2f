"""What every test may use: ``database`` on SQLite and on PostgreSQL, no network but loopback, and hypothesis without deadlines."""

import os
import shutil
import tempfile
from collections.abc import Iterator
from importlib import import_module
from pathlib import Path
from typing import Any

import pytest
from hypothesis import settings

import anpei
from anpei.engines.db import Database, metadata, migrate
from anpei.engines.db.migrations import migrations_folder
from tests import economy, postgres

SERVER = pytest.StashKey[postgres.Server]()

settings.register_profile("anpei", deadline=None, print_blob=True)
settings.load_profile("anpei")


def pytest_configure(config: pytest.Config) -> None:
    """The process that started the run owns the server's folder; its workers are told where it is.

    What tests share is shared from here on, and their folders lie in memory where there is room.
    """
    economy.share()
    economy.keep_folders_in_memory()
    told: dict[str, Any] = getattr(config, "workerinput", {})
    folder = told.get("postgres_folder") or tempfile.mkdtemp(prefix="anpei-tests-")
    config.stash[SERVER] = postgres.Server(Path(folder), told.get("session_pid") or os.getpid())


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """What takes minutes begins first; the rest keeps its order."""
    items.sort(key=lambda item: item.get_closest_marker("first") is None)


@pytest.hookimpl(optionalhook=True)
def pytest_configure_node(node: Any) -> None:
    """Tell a worker of pytest-xdist where the server is."""
    node.workerinput["postgres_folder"] = str(node.config.stash[SERVER].folder)
    node.workerinput["session_pid"] = os.getpid()


def pytest_unconfigure(config: pytest.Config) -> None:
    """End the server at the end of the whole run, never in a worker; each process takes its own folders away."""
    economy.tidy()
    if not hasattr(config, "workerinput") and SERVER in config.stash:
        config.stash[SERVER].stop()


def pytest_report_header() -> str:
    """Say on which databases the run stands."""
    return postgres.describe()


def import_tables() -> None:
    """Import every module that declares tables, so that ``metadata`` is whole."""
    package = Path(anpei.__path__[0])
    for path in sorted(package.rglob("_tables.py")):
        import_module(".".join(("anpei", *path.relative_to(package).with_suffix("").parts)))


def build_schema(url: str) -> None:
    """Bring an empty database to the newest schema: by the migrations once there is one, from the tables until then."""
    database = Database(url)
    if any((migrations_folder() / "versions").glob("*.py")):
        migrate(database)
    else:
        import_tables()
        metadata.create_all(database.engine)
    database.close()


@pytest.fixture(scope="session")
def sqlite_template(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A SQLite file with the schema and no rows, built once per process."""
    path = tmp_path_factory.mktemp("template") / "template.sqlite"
    build_schema(f"sqlite:///{path}")
    return path


@pytest.fixture(scope="session")
def postgres_server(pytestconfig: pytest.Config) -> postgres.Server:
    """The session's PostgreSQL with its template database; skips when there is none, fails when there must be one."""
    if not os.environ.get(postgres.GIVEN) and postgres.binaries() is None:
        if postgres.is_required():
            pytest.fail(f"{postgres.REQUIRED} is set, but {postgres.ABSENT}", pytrace=False)
        pytest.skip(postgres.ABSENT)
    server = pytestconfig.stash[SERVER]
    server.ready(build_schema)
    return server


@pytest.fixture(params=["sqlite", "postgresql"])
def database_url(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[str]:
    """The URL of an empty database with the newest schema, of its own for each test, on each of the two databases."""
    if request.param == "sqlite":
        path = tmp_path / "database.sqlite"
        shutil.copyfile(request.getfixturevalue("sqlite_template"), path)
        yield f"sqlite:///{path}"
    else:
        server: postgres.Server = request.getfixturevalue("postgres_server")
        with server.fresh() as url:
            yield url


@pytest.fixture
def database(database_url: str) -> Iterator[Database]:
    """A handle on ``database_url``."""
    opened = Database(database_url)
    yield opened
    opened.close()
