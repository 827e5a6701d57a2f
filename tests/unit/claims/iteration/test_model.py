"""Moves, four eyes and what is signed."""

from dataclasses import replace
from datetime import UTC, datetime
from itertools import pairwise

import pytest

from anpei.claims.iteration.bounds import Bounds
from anpei.claims.iteration.model import (
    ALLOWED,
    IN_USE,
    NEXT,
    FourEyes,
    Release,
    ReleaseConflict,
    ReleaseInvalid,
    ReleaseState,
    check_four_eyes,
    check_move,
    checked_reason,
    proposal_statement,
    step_statement,
)

AT = datetime(2026, 11, 22, tzinfo=UTC)
BOUNDS = Bounds(least_claims=2, automation_fall_bp=200, mean_amount_difference_fen=500, differing_bp=1000, longest_canary_hours=24)
RELEASE = Release("r1", "a" * 64, ReleaseState.DRAFT, "ann", 500, BOUNDS, None, None, AT, AT)
STATES = list(ReleaseState)


@pytest.mark.parametrize("old", STATES)
@pytest.mark.parametrize("new", STATES)
def test_the_table_answers_every_pair(old: ReleaseState, new: ReleaseState) -> None:
    wanted = {
        "draft": {"shadow", "withdrawn"}, "shadow": {"canary", "withdrawn"}, "canary": {"live", "rolled_back"},
        "live": {"retired", "rolled_back"}, "retired": {"live"}, "rolled_back": set(), "withdrawn": set(),
    }[old.value]  # fmt: skip
    if new.value in wanted:
        check_move(release_id="r1", old=old, new=new)
    else:
        with pytest.raises(ReleaseConflict, match=f"release r1 is {old.value} and cannot become {new.value}"):
            check_move(release_id="r1", old=old, new=new)


def test_steps_forward_lead_through_every_state_in_use_and_stand_in_the_table() -> None:
    assert list(NEXT.items()) == list(pairwise(STATES[:4]))
    assert set(NEXT.values()) == IN_USE
    assert all(new in ALLOWED[old] for old, new in NEXT.items())


@pytest.mark.parametrize(
    ("to", "account", "before", "allowed"),
    [
        (ReleaseState.SHADOW, "ann", "ann", False),
        (ReleaseState.SHADOW, "bo", "ann", True),
        (ReleaseState.SHADOW, "bo", "bo", True),
        (ReleaseState.CANARY, "ann", "bo", False),
        (ReleaseState.CANARY, "bo", "bo", False),
        (ReleaseState.CANARY, "cy", "bo", True),
        (ReleaseState.LIVE, "ann", "cy", False),
        (ReleaseState.LIVE, "cy", "cy", False),
        (ReleaseState.LIVE, "bo", "cy", True),
    ],
)
def test_four_eyes(to: ReleaseState, account: str, before: str, allowed: bool) -> None:
    if allowed:
        check_four_eyes(release=RELEASE, to=to, account_id=account, before=before)
    else:
        with pytest.raises(FourEyes):
            check_four_eyes(release=RELEASE, to=to, account_id=account, before=before)


@pytest.mark.parametrize(("text", "said"), [("", "reason is empty"), (" \n", "reason is empty"), ("x" * 2001, "at most 2000")])
def test_a_reason_is_needed(text: str, said: str) -> None:
    with pytest.raises(ReleaseInvalid, match=said):
        checked_reason(text)


def test_a_reason_is_kept_without_blanks_around() -> None:
    assert checked_reason("  because ") == "because"


@pytest.mark.parametrize(
    "changed",
    [
        {"id": "r2"}, {"snapshot_id": "b" * 64}, {"share_bp": 501}, {"bounds": BOUNDS.model_copy(update={"least_claims": 3})},
        {"report": {"digest": "c" * 64, "headline": {}}},
    ],
)  # fmt: skip
def test_what_a_proposer_signs_names_everything_that_was_proposed(changed: dict[str, object]) -> None:
    signed = proposal_statement(release=RELEASE, reason="because")
    assert proposal_statement(release=replace(RELEASE, **changed), reason="because") != signed  # type: ignore[arg-type]
    assert proposal_statement(release=RELEASE, reason="another") != signed


def test_what_an_approver_signs() -> None:
    statement = step_statement(release=RELEASE, number=2, to=ReleaseState.SHADOW, reason="because")
    assert {name: statement[name] for name in ("statement", "release_id", "number", "from", "to", "share_bp")} == {
        "statement": "anpei.release_step/1", "release_id": "r1", "number": 2, "from": "draft", "to": "shadow", "share_bp": 500,
    }  # fmt: skip
    assert statement["bounds"] == BOUNDS.model_dump()
    assert "because" not in str(statement)
