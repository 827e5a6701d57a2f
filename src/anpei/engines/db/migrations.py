"""Bring a database to the newest schema by Alembic; safe when several processes start at once."""

from pathlib import Path

from alembic import command
from alembic.config import Config

from anpei.engines.db.database import Database


def migrations_folder() -> Path:
    """The folder of migrations: beside the sources in a checkout, inside the package when installed as a wheel."""
    inside = Path(__file__).parents[2] / "_migrations"
    return inside if inside.is_dir() else Path(__file__).parents[4] / "migrations"


def migrate(database: Database) -> None:
    """Upgrade to the newest revision; one transaction, so a crash in between leaves the old schema."""
    config = Config()
    config.set_main_option("script_location", str(migrations_folder()))
    with database.write() as conn:
        if not database.is_sqlite:
            conn.exec_driver_sql("SELECT pg_advisory_xact_lock(7221001)")
        config.attributes["connection"] = conn
        command.upgrade(config, "head")
