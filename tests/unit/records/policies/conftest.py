"""A file of policies and one imported policy."""

from collections.abc import Callable
from datetime import datetime
from pathlib import Path

import pytest

from anpei.engines.db import Database
from anpei.records.partners.model import Insurer
from anpei.records.policies import imports, queries
from anpei.records.policies.model import Policy
from anpei.records.products.library import ProductLibrary
from anpei.records.tables import ImportReport
from anpei.trust.vault import Vault

HEAD = (
    "policy_number,insurer,product,plan,start_on,end_on,holder_name,insured_name,insured_id_type,insured_id_number,insured_phone,"
    "insured_gender,insured_birth_on,social_insurance,first_covered_on,deductible_used,limit_used"
)
ROW = {
    "policy_number": "P-1", "insurer": "demo", "product": "million-medical", "plan": "standard", "start_on": "2026-01-01",
    "end_on": "2026-12-31", "holder_name": "王大安", "insured_name": "王小安", "insured_id_type": "resident_id",
    "insured_id_number": "11010119900307889X", "insured_phone": "13800000001", "insured_gender": "M", "insured_birth_on": "1990-03-07",
    "social_insurance": "yes", "first_covered_on": "2025-01-01", "deductible_used": "6320.00", "limit_used": "",
}  # fmt: skip


Import = Callable[..., ImportReport]
Line = Callable[..., str]


@pytest.fixture
def line() -> Line:
    """A row of the file, with other cells where asked."""

    def build(**changes: str) -> str:
        return ",".join({**ROW, **changes}[name] for name in HEAD.split(","))

    return build


@pytest.fixture
def import_lines(database: Database, vault: Vault, products: ProductLibrary, insurer: Insurer, table: Path, at: datetime) -> Import:
    def run(*lines: str, head: str = HEAD, encoding: str = "utf-8") -> ImportReport:
        table.write_text("\n".join((head, *lines)) + "\n", encoding=encoding)
        with database.write() as conn:
            return imports.import_policies(conn, vault=vault, products=products, file=table, at=at)

    return run


@pytest.fixture
def policy(import_lines: Import, line: Line, database: Database, vault: Vault) -> Policy:
    assert import_lines(line()).added == 1
    with database.read() as conn:
        found = queries.find_by_number(conn, vault=vault, number="P-1")
    assert found is not None
    return found
