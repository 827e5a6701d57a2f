"""What two passes differ in touches all claims whose decision differs; those it does not touch need not be decided again."""

from dataclasses import replace
from datetime import date

import numpy as np
import pyarrow as pa
import pytest

from anpei.claims.replay.changes import Changes
from anpei.claims.replay.comparing import DIFFERENCES
from anpei.claims.replay.schema import PAST
from anpei.claims.replay.work import changes
from anpei.rules.patterns import pattern_of
from tests.factories import replays

NOTHING = Changes(everything=False, rows=0, keys=(), patterns=(), items={}, products=None)


def claims(*rows: tuple[str, str, str]) -> pa.Table:
    """Claims of one line each: region, code, wording."""
    lines = [
        {"claim_no": str(n), "region": region, "bills": [{"lines": [{"item_code": code, "name": name}]}, {"lines": []}], "subjects": []}
        for n, (region, code, name) in enumerate(rows)
    ]
    return pa.Table.from_pylist(lines, schema=PAST)


@pytest.mark.parametrize(
    ("text", "touched"),
    [
        ("A1", [True, False, False, False]), ("A*", [True, True, False, False]), ("纱布", [False, False, True, False]),
        ("A*支架*", [False, True, False, False]), ("*支架*", [False, True, False, True]), ("*", [True] * 4), ("B", [False] * 4),
    ],
)  # fmt: skip
def test_a_changed_row_touches_what_its_subject_names(text: str, touched: list[bool]) -> None:
    table = claims(("CN", "A1", "血常规"), ("CN", "A2", "冠脉支架"), ("CN", "", "纱布"), ("CN", "", "普通支架"))
    pattern = pattern_of(text)
    found = replace(NOTHING, keys=(text,) if pattern.prefix is None else (), patterns=() if pattern.prefix is None else (pattern,))
    assert found.touched(table).tolist() == touched


def test_a_changed_item_touches_its_region_only() -> None:
    table = claims(("CN", "A1", ""), ("SH", "A1", ""), ("SH", "A2", ""))
    assert replace(NOTHING, items={"SH": ("A1",)}).touched(table).tolist() == [False, True, False]


def test_a_changed_findings_table_touches_every_claim() -> None:
    assert replace(NOTHING, everything=True).touched(claims(("CN", "A1", ""))).tolist() == [True]


def test_subjects_besides_the_lines_are_touched() -> None:
    table = claims(("CN", "A1", ""), ("CN", "A1", ""))
    subjects = [[], [{"id": "claim", "keys": ["PRODUCT:X", "PRODUCT:X/GOLD"], "name": ""}]]
    place = PAST.get_field_index("subjects")
    table = table.set_column(place, PAST.field(place), pa.array(subjects, PAST.field(place).type))
    assert replace(NOTHING, keys=("PRODUCT:X/GOLD",)).touched(table).tolist() == [False, True]
    assert replace(NOTHING, patterns=(pattern_of("PRODUCT:*"),)).touched(table).tolist() == [False, True]


def test_equal_snapshots_differ_in_nothing() -> None:
    old, _ = replays.plans()
    found = changes(old, old)
    assert (found.counts(), found.everything) == ({"rows": 0, "subjects": 0, "items": 0, "regions": 0, "products": 0, "findings": 0}, False)


def test_what_differs_is_found() -> None:
    found = changes(*replays.plans())
    assert {name: found.counts()[name] for name in ("rows", "subjects", "items", "regions")} == {
        "rows": 12, "subjects": 12, "items": 12, "regions": 1,
    }  # fmt: skip
    assert not set(found.keys) & set(found.items["CN"])


def test_pruning_loses_no_difference() -> None:
    past, pruned, whole = replays.past_claims(), replays.work(), replays.work(prune=False)
    touched = pruned.touched(past)
    assert 0 < touched.sum() < len(past)
    found, tally = pruned.compare(past, touched=touched)
    wanted, counted = whole.compare(past, touched=np.ones(len(past), dtype=np.bool_))
    assert found.equals(wanted)
    assert found.schema.equals(DIFFERENCES)
    assert len(found) > 0
    assert {name: tally[name] for name in ("differ", "follows", "products", "causes")} == {
        name: counted[name] for name in ("differ", "follows", "products", "causes")
    }


def test_a_product_that_reads_differently_touches_its_claims() -> None:
    past = replays.past_claims().slice(0, 60)
    opened = replays.work().opened()[0]

    class Other:
        """A library in which one product reads differently."""

        def terms(self, product: str, plan: str, *, at: date) -> object:
            terms = opened.products.terms(product, plan, at=at)
            return replace(terms, waiting_days=terms.waiting_days + 1) if product == "million-medical" else terms

    found = replace(NOTHING, products=(opened.products, Other()))  # type: ignore[arg-type]
    assert found.touched(past).tolist() == [product == "million-medical" for product in past["product_id"].to_pylist()]
