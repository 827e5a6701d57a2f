"""A score or a link can only send a claim to a person: whatever it says, the amount stays to the fen and nothing is refused."""

from dataclasses import replace
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from anpei.claims.audit.model import Outcome
from anpei.claims.decision.adjudication import adjudicate
from anpei.claims.decision.model import Refer, Settle
from tests.factories import cases

CODES = {"risk.score_high", "risk.not_scored", "risk.linked"}
SCORES = st.one_of(
    st.none(),
    st.builds(
        lambda score, at: {"model": "risk-0123456789abcdef", "score_bp": score, "refer_at_bp": at, "reasons": []},
        st.one_of(st.none(), st.integers(-10, 20_000)), st.integers(1, 10_000),
    ),
)  # fmt: skip
SHARED = st.lists(st.fixed_dictionaries({"kind": st.sampled_from(["bank_card", "phone", "x"]), "persons": st.integers(1, 500)}), max_size=4)


def with_risk(risk: dict[str, Any]) -> Any:
    """The inputs of the clean case with these facts of risk."""
    clean = cases.inputs()
    return replace(clean, facts={**clean.facts, "risk": risk})


@given(score=SCORES, shared=SHARED)
def test_no_score_and_no_link_changes_the_amount_or_refuses(score: dict[str, Any] | None, shared: list[dict[str, Any]]) -> None:
    plain = adjudicate(inputs=cases.inputs(), hits=())
    told = adjudicate(inputs=with_risk({"score": score, "shared": shared}), hits=())
    assert told.assessment == plain.assessment
    assert isinstance(plain.decision, Settle)
    asked = {item.code for item in told.findings} - {item.code for item in plain.findings}
    assert asked <= CODES
    if asked:
        assert isinstance(told.decision, Refer)
        assert set(told.decision.reasons) == asked
    else:
        assert told.decision == plain.decision
        assert (told.lane, told.lane_reasons) == (plain.lane, plain.lane_reasons)


@pytest.mark.parametrize("outcome", list(Outcome))
def test_whatever_a_house_writes_into_the_findings_table_the_amount_stays(outcome: Outcome) -> None:
    risky = with_risk(
        {"score": {"model": "m", "score_bp": 9000, "refer_at_bp": 1, "reasons": []}, "shared": [{"kind": "phone", "persons": 9}]}
    )
    kinds = {code: kind.model_copy(update={"outcome": outcome}) if code in CODES else kind for code, kind in risky.table.kinds.items()}
    told = adjudicate(inputs=replace(risky, table=replace(risky.table, kinds=kinds)), hits=())
    plain = adjudicate(inputs=cases.inputs(), hits=())
    assert told.assessment == plain.assessment
    assert isinstance(told.decision, Refer) or told.decision == plain.decision


def test_the_shipped_table_refers_every_finding_of_risk() -> None:
    assert {code: kind.outcome for code, kind in cases.table().kinds.items() if code.startswith("risk.")} == dict.fromkeys(
        CODES, Outcome.REFER
    )


@pytest.mark.parametrize(
    ("score", "code"),
    [
        ({"model": "m", "score_bp": 499, "refer_at_bp": 500, "reasons": []}, None),
        ({"model": "m", "score_bp": 500, "refer_at_bp": 500, "reasons": []}, "risk.score_high"),
        ({"model": "m", "score_bp": None, "refer_at_bp": None, "reasons": []}, "risk.not_scored"),
        (None, None),
    ],
)
def test_the_referral_point_belongs_to_the_person(score: dict[str, Any] | None, code: str | None) -> None:
    found = adjudicate(inputs=with_risk({"score": score}), hits=()).findings
    assert [item.code for item in found if item.code.startswith("risk.")] == ([] if code is None else [code])
