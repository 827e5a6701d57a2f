"""The shipped layouts prove themselves: each has golden pairs, every pair chooses its layout and is read as it says."""

import pytest

from anpei.engines.knowledge import shipped_rulebook
from anpei.reading.layouts.golden import problems
from anpei.reading.layouts.shelf import LayoutShelf

SHELF = LayoutShelf(shipped_rulebook())
KEPT = SHELF.layouts()


def test_there_are_layouts_and_examples_only_of_them() -> None:
    ids = {kept.layout.id for kept in KEPT}
    assert {"outpatient_receipt_unified", "inpatient_receipt_unified"} <= ids
    folder = shipped_rulebook().folders[0] / "layouts" / "examples"
    assert {path.name for path in folder.iterdir()} <= ids


@pytest.mark.parametrize("layout_id", [kept.layout.id for kept in KEPT if kept.layout.status != "retired"])
def test_its_examples_hold(layout_id: str) -> None:
    kept = SHELF.get(layout_id)
    assert kept.examples >= 1
    assert SHELF.problems(kept.layout, SHELF.golden(layout_id)) == []
    assert SHELF.breaks(kept.layout) == []


def test_a_pair_that_is_read_otherwise_is_noticed() -> None:
    kept = SHELF.get("outpatient_receipt_unified")
    (pair,) = SHELF.golden(kept.layout.id)
    wrong = pair.model_copy(update={"fields": {**pair.fields, "total_amount": "98.61", "department": None, "visit_on": None}})
    assert problems(wrong, SHELF.knowledge, kept.layout) == [
        "total_amount is '98.61', read was '98.60'",
        "visit_on is nothing, read was '2026-03-05'",
    ]
    rows = [dict(row) for row in pair.rows]
    rows[0]["amount"] = "48.61"
    assert problems(pair.model_copy(update={"rows": tuple(rows)}), SHELF.knowledge, kept.layout) == [
        "2 rows are expected, 2 were read or their cells differ"
    ]
