"""The migrations lead to exactly the tables that the code declares."""

import subprocess
import sys
from pathlib import Path

import pytest
from alembic import command
from alembic.autogenerate import compare_metadata
from alembic.config import Config
from alembic.migration import MigrationContext
from sqlalchemy import inspect, text

from anpei.engines.db import Database, metadata, migrate
from anpei.engines.db.migrations import migrations_folder
from anpei.engines.jobs import Handler, Worker
from tests.conftest import import_tables

HAS_REVISION = any((migrations_folder() / "versions").glob("*.py"))
needs_revision = pytest.mark.skipif(not HAS_REVISION, reason="no migration yet: the tables are created from their declaration")


def test_the_folder_is_found() -> None:
    assert (migrations_folder() / "env.py").is_file()


@needs_revision
def test_migrating_gives_the_declared_tables(database: Database) -> None:
    import_tables()
    with database.read() as conn:
        context = MigrationContext.configure(conn, opts={"compare_type": True, "target_metadata": metadata})
        assert compare_metadata(context, metadata) == []


@needs_revision
def test_migrating_twice_changes_nothing(database: Database) -> None:
    before = sorted(inspect(database.engine).get_table_names())
    migrate(database)
    assert sorted(inspect(database.engine).get_table_names()) == before


@needs_revision
def test_jobs_that_were_queued_before_they_could_wait_go_on(tmp_path: Path) -> None:
    database = Database(f"sqlite:///{tmp_path}/old.sqlite")
    config = Config()
    config.set_main_option("script_location", str(migrations_folder()))
    with database.write() as conn:
        config.attributes["connection"] = conn
        command.upgrade(config, "0001")
        row = "'j', 'note', '{}', 'ready', 0, :at, 0, 8, :at"
        statement = f"INSERT INTO jobs (id, kind, payload, state, priority, due_at, attempts, max_attempts, created_at) VALUES ({row})"
        conn.execute(text(statement), {"at": "2026-10-10T12:00:00.000000"})
    migrate(database)
    done: list[str] = []
    handler = Handler(finish=lambda _conn, job, _result: done.append(job.id))
    assert Worker(database=database, handlers={"note": handler}).run_due() == 1
    assert done == ["j"]
    database.close()


@needs_revision
def test_processes_that_start_at_once_migrate_once(tmp_path: Path) -> None:
    url = f"sqlite:///{tmp_path}/new.sqlite"
    code = "import sys; from anpei.engines.db import Database, migrate; migrate(Database(sys.argv[1]))"
    starting = [subprocess.Popen([sys.executable, "-c", code, url]) for _ in range(3)]
    assert [process.wait(timeout=60) for process in starting] == [0, 0, 0]
    database = Database(url)
    assert "jobs" in inspect(database.engine).get_table_names()
    database.close()


def test_every_table_has_a_primary_key_and_short_names() -> None:
    import_tables()
    for table in metadata.sorted_tables:
        assert table.primary_key.columns, f"{table.name} has no primary key"
        names = [table.name, *(str(part.name) for part in (*table.indexes, *table.constraints) if part.name)]
        assert [name for name in names if len(name) > 63] == [], "PostgreSQL cuts names at 63"
