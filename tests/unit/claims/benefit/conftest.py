"""Terms and bills for the tests of the calculation."""

from collections.abc import Callable
from datetime import date
from typing import Any

import pytest

from anpei.claims.benefit import Accumulators, BillFacts
from anpei.engines.knowledge import shipped_rulebook
from anpei.records.products.library import ProductLibrary, load_library
from anpei.records.products.model import Terms

DAY = date(2026, 3, 2)
START = date(2026, 1, 1)


@pytest.fixture(scope="session")
def products() -> ProductLibrary:
    return load_library(shipped_rulebook())


@pytest.fixture(scope="session")
def standard(products: ProductLibrary) -> Terms:
    return products.terms("small-outpatient", "standard", at=DAY)


@pytest.fixture(scope="session")
def plus(products: ProductLibrary) -> Terms:
    return products.terms("small-outpatient", "plus", at=DAY)


@pytest.fixture(scope="session")
def million(products: ProductLibrary) -> Terms:
    return products.terms("million-medical", "standard", at=DAY)


@pytest.fixture
def unused() -> Accumulators:
    return Accumulators(policy_start_on=START)


@pytest.fixture(scope="session")
def visit() -> Callable[..., BillFacts]:
    """An out-patient bill settled by social insurance with so much self-paid and own expense (fen)."""

    def build(bill_id: str = "b1", *, inside: int = 0, outside: int = 0, **more: Any) -> BillFacts:
        given: dict[str, Any] = {
            "kind": "outpatient", "service_on": DAY, "total_fen": inside + outside, "self_paid_fen": inside, "own_expense_fen": outside,
            "settled_by_social": True, "social_insurance": True,
        }  # fmt: skip
        return BillFacts(bill_id=bill_id, **{**given, **more})

    return build


@pytest.fixture(scope="session")
def stay() -> Callable[..., BillFacts]:
    """An in-patient bill settled by social insurance."""

    def build(bill_id: str = "b1", *, total: int, **more: Any) -> BillFacts:
        given: dict[str, Any] = {
            "kind": "inpatient", "service_on": DAY, "total_fen": total, "settled_by_social": True, "social_insurance": True,
        }  # fmt: skip
        return BillFacts(bill_id=bill_id, **{**given, **more})

    return build
