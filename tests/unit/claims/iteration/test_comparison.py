"""What differs between two judgements, and what a proposal carries of a replay."""

import hashlib
import json
from dataclasses import replace
from functools import cache
from typing import Any

import pytest

from anpei.claims.decision.adjudication import Outputs, adjudicate
from anpei.claims.decision.model import Refer
from anpei.claims.dossier.model import Lane
from anpei.claims.iteration.bounds import Figures
from anpei.claims.iteration.comparison import NAMED, Comparison, Judged, differences
from anpei.claims.iteration.model import ReleaseInvalid, ReleaseState
from anpei.claims.iteration.reports import checked_report, report_of_file
from tests.factories import cases

NEW = "b" * 64
HIT = {"template": "sex", "finding": "rule.sex", "rule_id": "r1", "rule_ids": ["r1"], "subjects": ["1/1", "1/2"], "variant": None}


@cache
def clean() -> Outputs:
    """The clean case, settled at 266.08."""
    return adjudicate(inputs=cases.inputs(), hits=())


def referred(*reasons: str) -> Outputs:
    """The clean case as a person gets it."""
    return replace(clean(), decision=Refer(reasons), lane=Lane.SPECIALIST)


def test_equal_judgements_leave_nothing_to_keep() -> None:
    found = differences(base=Judged((HIT,), clean()), new=Judged((HIT,), clean()))
    assert found == {
        "hits_differ": False, "lane_differ": False, "amount_differ": False, "settled_base": True, "settled_new": True,
        "difference_fen": 0, "change_fen": 0, "detail": {},
    }  # fmt: skip


@pytest.mark.parametrize(
    ("changes", "differ"),
    [
        ({"rule_id": "r2", "rule_ids": ["r2"]}, False),
        ({"subjects": ["1/2", "1/1"]}, False),
        ({"subjects": ["1/1"]}, True),
        ({"finding": "rule.age"}, True),
        ({"template": "age"}, True),
        ({"variant": "x"}, True),
    ],
)
def test_hits_are_compared_by_what_they_say(changes: dict[str, Any], differ: bool) -> None:
    found = differences(base=Judged((HIT,), clean()), new=Judged(({**HIT, **changes},), clean()))
    assert found["hits_differ"] is differ
    assert bool(found["detail"]) is differ


def test_lane_decision_and_amount() -> None:
    found = differences(base=Judged((), clean()), new=Judged((HIT,), referred("rule.sex")))
    assert (found["hits_differ"], found["lane_differ"], found["amount_differ"]) == (True, True, False)
    assert (found["settled_base"], found["settled_new"]) == (True, False)
    assert found["detail"] == {
        "added": [["sex", "rule.sex", "r1"]], "removed": [], "lane": [["unattended", "settle"], ["specialist", "refer"]],
    }  # fmt: skip


def test_where_only_one_side_has_an_amount_all_of_it_is_the_difference() -> None:
    without = replace(referred("bill.total_missing"), assessment=None)
    for base, new, change in ((clean(), without, -26608), (without, clean(), 26608)):
        found = differences(base=Judged((), base), new=Judged((), new))
        assert (found["amount_differ"], found["difference_fen"], found["change_fen"]) == (True, 26608, change)
    assert found["detail"]["amount_fen"] == [None, 26608]


def test_not_every_hit_of_a_flood_is_named() -> None:
    flood = [{**HIT, "subjects": [f"1/{number}"]} for number in range(NAMED + 5)]
    found = differences(base=Judged((), clean()), new=Judged(flood, clean()))
    assert len(found["detail"]["added"]) == NAMED


def test_what_a_comparison_adds_to_the_figures() -> None:
    one = Comparison("r", "c", 1, ReleaseState.SHADOW, "a" * 64, **differences(base=Judged((), clean()), new=Judged((HIT,), clean())))
    assert one.counted() == Figures(compared=1, differing=1, hits_differ=1, settled_base=1, settled_new=1)
    failed = Comparison("r", "c", 1, ReleaseState.SHADOW, "a" * 64, failed="rules.disagree")
    assert failed.counted() == Figures(failed=1)


def test_a_report_is_carried_by_digest_and_headline() -> None:
    summary = {"report": "anpei.replay/1", "old": {"snapshot": "a" * 64}, "new": {"snapshot": NEW}, "counts": {"claims": 12}, "lanes": [1]}
    data = json.dumps(summary).encode()
    report = report_of_file(data)
    assert report == {
        "digest": hashlib.sha256(data).hexdigest(), "headline": {"old": {"snapshot": "a" * 64}, "counts": {"claims": 12}}, "new": NEW,
    }  # fmt: skip
    assert checked_report(report, snapshot_id=NEW) == report


@pytest.mark.parametrize(
    "data", [b"", b"[]", b"{}", b"\xff", b"[" * 100_000, b'{"report": "another/1", "new": {}}', b'{"report": "anpei.replay/1", "new": "x"}']
)
def test_a_file_that_is_no_report(data: bytes) -> None:
    with pytest.raises(ReleaseInvalid, match="anpei replay"):
        report_of_file(data)


@pytest.mark.parametrize(
    ("report", "said"),
    [
        ({"digest": "c" * 64, "headline": "x", "new": "a" * 64}, "is about the snapshot aaaaaaaaaaaa, not about bbbbbbbbbbbb"),
        ({"digest": "c" * 63, "headline": "x"}, "give digest"),
        ({"headline": "x"}, "give digest"),
        ({"digest": "c" * 64}, "give digest"),
        ({"digest": "c" * 64, "headline": "x", "more": 1}, "give digest"),
        ({"digest": "c" * 64, "headline": 0.5}, "not plain data"),
        ({"digest": "c" * 64, "headline": "x" * 4000}, "4002 bytes: at most 4000"),
    ],
)
def test_a_report_that_a_proposal_cannot_carry(report: dict[str, Any], said: str) -> None:
    with pytest.raises(ReleaseInvalid, match=said):
        checked_report(report, snapshot_id=NEW)
