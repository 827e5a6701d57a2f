"""What follows from a difference: money only by arithmetic on a settled claim whose record the old rules give; nothing is taken back."""

from typing import Any

import numpy as np
import pyarrow as pa
import pytest

from anpei.claims.replay.comparing import differences, follow
from anpei.claims.replay.schema import DECIDED, PAST
from anpei.claims.replay.tally import add_up, of_differences

SETTLED = {"decision": "settle", "by": "machine", "total_fen": 100}


def decided(decision: str = "settle", total: int | None = 100, lane: str = "unattended", **more: Any) -> dict[str, Any]:
    """What a pass decided."""
    lists: dict[str, Any] = {name: [] for name in ("reasons", "lines", "uses", "rules")}
    plain = {"claim_no": "c", "problem": None, "told": None, "terms": "t"}
    return {**plain, **lists, "decision": decision, "total_fen": total, "lane": lane, **more}


@pytest.mark.parametrize(
    ("then", "old", "new", "wanted"),
    [
        (SETTLED, decided(), decided(total=130), "supplement"),
        (SETTLED, decided(), decided(total=70), "overpaid"),
        (SETTLED, decided(), decided(total=0), "overpaid"),
        (SETTLED | {"by": "person"}, decided("refer"), decided(total=130), "supplement"),
        (SETTLED, decided(total=90), decided(total=130), "person"),
        (SETTLED, decided("refer", None), decided(total=130), "person"),
        (SETTLED, decided(), decided("refer", 130, "specialist"), "lane"),
        (SETTLED, decided(), decided(lane="fast"), "lane"),
        (SETTLED, decided(), decided(rules=["r1"]), "nothing"),
        ({"decision": "refuse", "by": "person"}, decided("refer", 0), decided(total=130), "person"),
        ({"decision": "reduce", "by": "person", "total_fen": 60}, decided(), decided(total=130), "person"),
        ({"decision": "refer", "by": "machine"}, decided("refer"), decided(total=130), "open"),
        ({}, decided("refer"), decided(total=130), "open"),
        (SETTLED, decided(), decided(problem="products.no_terms"), "unread"),
    ],
)
def test_what_follows(then: dict[str, Any], old: dict[str, Any], new: dict[str, Any], wanted: str) -> None:
    assert follow(then, old, new) == wanted


def past(**then: Any) -> pa.Table:
    """One past claim."""
    line = [{"line": "b/b:inside", "coverage": "x", "payable_fen": 60}, {"line": "b/b:outside", "coverage": "x", "payable_fen": 40}]
    return pa.Table.from_pylist([{"claim_no": "c", "product_id": "p", "then": SETTLED | {"lines": line} | then}], schema=PAST)


def row(past_claim: pa.Table, old: dict[str, Any], new: dict[str, Any]) -> dict[str, Any]:
    """The one difference."""
    tables = (pa.Table.from_pylist([side], schema=DECIDED) for side in (old, new))
    (found,) = differences(past_claim, *tables, catalogue=np.zeros(1, dtype=np.bool_))
    return found


def test_a_supplement_names_lines_with_what_was_paid_and_is_due() -> None:
    lines = [{"line": "b/b:inside", "coverage": "x", "payable_fen": 95}, {"line": "b/b:outside", "coverage": "x", "payable_fen": 35}]
    found = row(past(), decided(rules=["r1", "r2"]), decided(total=130, rules=["r2", "r3"], lines=lines))
    assert (found["follows"], found["difference_fen"], found["then_fen"]) == ("supplement", 30, 100)
    assert found["lines"] == [
        {"line": "b/b:inside", "coverage": "x", "paid_fen": 60, "due_fen": 95},
        {"line": "b/b:outside", "coverage": "x", "paid_fen": 40, "due_fen": 35},
    ]
    assert (found["rules_gone"], found["rules_new"], found["causes"]) == (["r1"], ["r3"], ["rules"])
    assert found["changed"] == ["total_fen", "lines", "rules"]


def test_what_a_person_refused_is_shown_with_the_amount_and_is_no_supplement() -> None:
    found = row(past(decision="refuse", by="person", total_fen=None, lines=[]), decided("refer", 0), decided(total=130))
    assert (found["follows"], found["difference_fen"], found["then_fen"]) == ("person", 130, None)
    assert "supplements" not in of_differences([found])


def test_a_claim_that_goes_to_a_person_now_has_no_amount() -> None:
    found = row(past(), decided(), decided("refer", 130, "specialist", reasons=["rule.sex"]))
    assert (found["follows"], found["difference_fen"], found["lines"]) == ("lane", None, [])


def test_counts_of_parts_add_up() -> None:
    found = row(past(), decided(), decided(total=130, terms="u"))
    one = of_differences([found])
    both = add_up([one, one])
    assert (one["supplements"], one["supplement_fen"], both["supplement_fen"]) == (1, 30, 60)
    assert both["causes"] == {"product": {"claims": 2, "supplements": 2, "supplement_fen": 60}}
    assert both["follows"]["supplement"] == 2
