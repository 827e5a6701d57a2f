"""Bounds at their edges, the longest time whatever the clock does, and the rates that people see."""

from dataclasses import replace
from datetime import UTC, datetime, timedelta

import pytest

from anpei.claims.iteration.bounds import CAUSES, Bounds, Cause, Figures, broken_bound, is_overdue, told
from anpei.claims.iteration.model import ReleaseInvalid
from anpei.claims.iteration.rules import IterationRules, load_iteration
from anpei.engines.knowledge import KnowledgeError, parse_text, shipped_rulebook

AT = datetime(2026, 11, 22, tzinfo=UTC)
BOUNDS = Bounds(least_claims=100, automation_fall_bp=200, mean_amount_difference_fen=500, differing_bp=1000, longest_canary_hours=24)
CLEAN = Figures(compared=200, settled_base=150, settled_new=150)


@pytest.mark.parametrize(
    ("changes", "broken"),
    [
        ({}, None),
        ({"failed": 1}, Cause.FAILED),
        ({"settled_new": 146}, None),
        ({"settled_new": 145}, Cause.AUTOMATION),
        ({"settled_new": 200}, None),
        ({"difference_fen": 100_000}, None),
        ({"difference_fen": 100_001}, Cause.AMOUNT),
        ({"change_fen": -(10**9)}, None),
        ({"differing": 20}, None),
        ({"differing": 21}, Cause.DIFFERING),
        ({"hits_differ": 200}, None),
        ({"failed": 1, "settled_new": 0, "differing": 200}, Cause.FAILED),
    ],
)
def test_a_bound_breaks_beyond_its_edge(changes: dict[str, int], broken: Cause | None) -> None:
    assert broken_bound(replace(CLEAN, **changes), BOUNDS) is broken


@pytest.mark.parametrize(
    ("figures", "broken"),
    [
        (Figures(), None),
        (Figures(failed=1), Cause.FAILED),
        (Figures(compared=1, differing=1, settled_base=1), None),
        (Figures(compared=2, settled_base=2), None),
        (Figures(compared=3, settled_base=3), Cause.AUTOMATION),
        (Figures(compared=10, differing=10), None),
        (Figures(compared=11, differing=11), Cause.DIFFERING),
        (Figures(compared=1, difference_fen=50_000), None),
        (Figures(compared=1, difference_fen=50_001), Cause.AMOUNT),
    ],
)
def test_below_the_least_number_rates_are_taken_over_that_number(figures: Figures, broken: Cause | None) -> None:
    """One claim that differs breaks nothing; what no equal claims could mend any more breaks before the number is reached."""
    assert broken_bound(figures, BOUNDS) is broken


@pytest.mark.parametrize(
    ("hours", "overdue"), [(0, False), (24, False), (24.01, True), (10**5, True), (-1, False), (-24, False), (-24.01, True)]
)
def test_the_longest_time_holds_for_clocks_set_either_way(hours: float, overdue: bool) -> None:
    assert is_overdue(since=AT, at=AT + timedelta(hours=hours), bounds=BOUNDS) is overdue


def test_the_figures_that_people_see() -> None:
    shown = told(replace(CLEAN, differing=3, settled_new=149, difference_fen=4_000))
    assert {name: shown[name] for name in ("automation_fall_bp", "differing_bp", "mean_amount_difference_fen")} == {
        "automation_fall_bp": 50, "differing_bp": 150, "mean_amount_difference_fen": 20,
    }  # fmt: skip
    assert told(Figures(failed=1))["differing_bp"] is None


def test_every_cause_has_words() -> None:
    assert set(CAUSES) == set(Cause)
    assert all(zh and en for zh, en in CAUSES.values())


def test_the_shipped_file_loads_and_its_bounds_lie_inside_the_loosest() -> None:
    rules = load_iteration(shipped_rulebook())
    assert (rules.owner, rules.bounds.least_claims, rules.share_bp) == ("claims-audit", 200, 500)
    assert rules.bounds_with({}) == rules.bounds
    assert rules.bounds_with({"least_claims": 50}).least_claims == 50


@pytest.mark.parametrize(
    ("changes", "said"),
    [
        ({"least_claims": 49}, r"looser than iteration.yaml allows \(least_claims 50\)"),
        ({"differing_bp": 5001, "automation_fall_bp": 1001}, r"\(automation_fall_bp 1000, differing_bp 5000\)"),
        ({"mean_amount_difference_fen": 5001}, "mean_amount_difference_fen 5000"),
        ({"longest_canary_hours": 1441}, "longest_canary_hours 1440"),
        ({"least_claims": 0}, "bounds, least_claims"),
        ({"differing_bp": -1}, "bounds, differing_bp"),
        ({"differing_bp": "many"}, "bounds, differing_bp"),
        ({"failures": 3}, "bounds, failures"),
    ],
)
def test_a_proposal_may_not_ask_for_looser_bounds(changes: dict[str, object], said: str) -> None:
    with pytest.raises(ReleaseInvalid, match=said):
        load_iteration(shipped_rulebook()).bounds_with(changes)


def test_a_file_whose_own_bounds_are_too_loose_does_not_load() -> None:
    text = (shipped_rulebook().file("iteration.yaml")).read_text(encoding="utf-8").replace("least_claims: 200", "least_claims: 20")
    with pytest.raises(KnowledgeError, match="looser than `loosest` in: least_claims"):
        parse_text(text, IterationRules, name="iteration.yaml")
