"""Lines that the catalogue does not know matter where the product may count them, also where a step of its own finds that out."""

from dataclasses import replace

import pytest

from anpei.claims.decision.adjudication import examine_inputs
from anpei.records.products.model import Terms
from tests.factories import cases, readings


def plans() -> list[Terms]:
    """The first plan of each shipped product that pays medical expenses."""
    return [cases.terms(file.id, next(iter(file.plans))) for file in cases.library().files() if "medical" in file.id or "city" in file.id]


@pytest.mark.parametrize("terms", plans(), ids=lambda terms: terms.product_id)
def test_a_line_without_an_item_is_a_finding_under_each_product(terms: Terms) -> None:
    rows = [readings.item("手写项目", "80.00")]
    made = cases.inputs(cases.pages(total_amount="80.00", self_paid="80.00", personal_account="80.00", rows=rows))
    codes = {found.code for found in examine_inputs(inputs=replace(made, terms=terms), hits=())}
    assert len(codes & {"catalogue.item_unknown", "catalogue.item_not_matched"}) == 1
