"""The migrations build exactly the tables that the rooms declare, on both databases."""

from alembic.autogenerate import compare_metadata
from alembic.migration import MigrationContext

from anpei.engines.db import Database, metadata
from tests.conftest import import_tables


def test_the_migrated_schema_is_the_declared_one(database: Database) -> None:
    import_tables()
    with database.read() as conn:
        context = MigrationContext.configure(conn, opts={"compare_type": False, "target_metadata": metadata})
        differences = compare_metadata(context, metadata)
    assert [str(difference) for difference in differences] == []
