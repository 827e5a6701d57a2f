"""The migrations lead to exactly the tables that the code declares."""

import subprocess
import sys
from pathlib import Path

import pytest
from alembic.autogenerate import compare_metadata
from alembic.migration import MigrationContext
from sqlalchemy import inspect

from anpei.engines.db import Database, metadata, migrate
from anpei.engines.db.migrations import migrations_folder
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
