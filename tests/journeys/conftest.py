"""A whole platform on each of the two databases, and the doors over it."""

import shutil
from collections.abc import Iterator
from pathlib import Path

import pytest

from anpei.assembly import Platform
from anpei.engines.db import Database
from tests.factories import doors, platforms
from tests.factories.doors import Doors


@pytest.fixture
def platform(database: Database, tmp_path: Path) -> Iterator[Platform]:
    """The platform of a fresh home with the demo insurer and one policy; papers come as prepared readings."""
    made = platforms.make_platform(tmp_path / "home", database.url.render_as_string(hide_password=False))
    yield made
    made.close()


@pytest.fixture
def at_door(platform: Platform) -> Doors:
    """The doors over the platform, on both databases."""
    return doors.open_doors(platform)


@pytest.fixture
def at_sqlite_door(sqlite_template: Path, tmp_path: Path) -> Iterator[Doors]:
    """The doors on SQLite alone, for what does not touch the database in a way of its own."""
    file = tmp_path / "database.sqlite"
    shutil.copyfile(sqlite_template, file)
    made = platforms.make_platform(tmp_path / "home", f"sqlite:///{file}")
    yield doors.open_doors(made)
    made.close()
