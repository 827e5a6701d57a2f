"""A vault, an instant, an insurer and the shipped products for the tests of records."""

from datetime import UTC, datetime
from pathlib import Path

import pytest

from anpei.engines.db import Database
from anpei.engines.knowledge import shipped_rulebook
from anpei.records.partners import operations as partners
from anpei.records.partners.model import Insurer
from anpei.records.products.library import ProductLibrary, load_library
from anpei.trust.vault import KeyRing, Vault

AT = datetime(2026, 3, 10, 4, 0, tzinfo=UTC)


@pytest.fixture
def at() -> datetime:
    return AT


@pytest.fixture(scope="session")
def vault() -> Vault:
    return Vault(KeyRing.fresh())


@pytest.fixture(scope="session")
def products() -> ProductLibrary:
    return load_library(shipped_rulebook())


@pytest.fixture
def insurer(database: Database) -> Insurer:
    with database.write() as conn:
        return partners.add_insurer(conn, code="demo", name="演示保险公司", at=AT)


@pytest.fixture
def table(tmp_path: Path) -> Path:
    """Where a test writes the file it imports."""
    return tmp_path / "table.csv"
