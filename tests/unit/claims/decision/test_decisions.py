"""Who may decide what is a property of the types: the machine settles or refers, only a person's signature refuses or reduces."""

from dataclasses import replace
from datetime import UTC, datetime
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from anpei.claims.audit.model import Outcome, finding
from anpei.claims.benefit import Accumulators
from anpei.claims.decision.adjudication import adjudicate
from anpei.claims.decision.decide import Automation
from anpei.claims.decision.model import (
    DecisionInvalid,
    Grounds,
    PaidLine,
    ReasonsMissing,
    Reduce,
    Refer,
    Refuse,
    Settle,
    SignatureMissing,
    reduction_statement,
    refusal_statement,
)
from anpei.trust.access import ActorKind, Scope, shipped_rules
from anpei.trust.signing import Signer, sign_as_person
from anpei.trust.signing.person import PersonRequired, PersonSignature
from tests.factories import cases, readings

AT = datetime(2026, 10, 10, 8, 0, tzinfo=UTC)
GROUNDS = Grounds(("exclusion.diagnosis",), "第十条第一项 精神和行为障碍", "门诊病历诊断 F32.900", "这次就诊属于条款约定不赔的情形。")
LINES = (PaidLine("v/inside", "outpatient-medical", 43260, 20000),)


def signature(signer: Signer, statement: dict[str, object]) -> PersonSignature:
    """A handler's signature."""
    handler = shipped_rules().actor(account_id="a1", kind=ActorKind.PERSON, roles=("handler",), insurers=Scope.ALL, session_id="s1")
    return sign_as_person(signer=signer, actor=handler, at=AT, statement=statement)


def test_the_clean_case_settles_the_worked_example_to_the_cent() -> None:
    outputs = adjudicate(inputs=cases.inputs(), hits=())
    assert isinstance(outputs.decision, Settle)
    assert outputs.decision.total_fen == 26608
    assert (outputs.lane.value, outputs.lane_reasons) == ("unattended", ("lane.no_finding",))


def test_a_total_of_zero_by_the_deductible_alone_settles() -> None:
    rows = [readings.item("血常规", "80.00", code=cases.BLOOD)]
    small = cases.pages(total_amount="80.00", self_paid="80.00", personal_account="80.00", rows=rows)
    decision = adjudicate(inputs=cases.inputs(small), hits=()).decision
    assert isinstance(decision, Settle)
    assert (decision.total_fen, decision.zero_cause) == (0, "deductible")


def test_an_exhausted_limit_settles_at_zero() -> None:
    used = {("annual_limit_used", "year:2026-01-01"): 500_000}
    start = cases.inputs().accumulators.policy_start_on
    decision = adjudicate(inputs=cases.inputs(accumulators=Accumulators.of(policy_start_on=start, used=used)), hits=()).decision
    assert isinstance(decision, Settle)
    assert (decision.total_fen, decision.zero_cause) == (0, "limit")


@pytest.mark.parametrize(
    "code", sorted(code for code, kind in cases.table().kinds.items() if kind.outcome in (Outcome.REFER, Outcome.WANTING))
)
def test_every_finding_that_is_for_a_person_refers(code: str) -> None:
    hit = {"finding": code, "subjects": [], "rule_id": "r1", "template": "t"}
    decision = adjudicate(inputs=cases.inputs(), hits=(hit,)).decision
    assert isinstance(decision, Refer)
    assert code in decision.reasons


@pytest.mark.parametrize(
    ("automation", "reason"),
    [
        (Automation(on=False, limit_fen=None), "automation.switched_off"),
        (Automation(on=True, limit_fen=26607), "amount.above_authority"),
    ],
)
def test_the_switch_and_the_authority_refer(automation: Automation, reason: str) -> None:
    decision = adjudicate(inputs=cases.inputs(automation=automation), hits=()).decision
    assert decision == Refer((reason,))


@given(
    codes=st.lists(st.sampled_from(sorted(cases.table().kinds)), max_size=4),
    on=st.booleans(),
    limit=st.one_of(st.none(), st.integers(0, 10**7)),
)
def test_the_machine_never_refuses_or_reduces(codes: list[str], on: bool, limit: int | None) -> None:
    hits = tuple({"finding": code, "subjects": [], "rule_id": "r", "template": "t"} for code in codes)
    outputs = adjudicate(inputs=cases.inputs(automation=Automation(on=on, limit_fen=limit)), hits=hits)
    decision = outputs.decision
    assert isinstance(decision, Settle | Refer)
    if isinstance(decision, Settle):
        assert outputs.assessment is not None
        assert decision.total_fen == outputs.assessment.total_fen


def test_refuse_and_reduce_cannot_be_made_without_the_persons_signature(tmp_path: Path) -> None:
    signer, stranger = Signer.fresh(), Signer.fresh()
    statement = refusal_statement(claim_id="c1", round=1, grounds=GROUNDS)
    good = signature(signer, statement)
    assert Refuse("c1", 1, GROUNDS, good, signer.public_key_b64).to_dict()["decision"] == "refuse"
    for wrong in (
        {"claim_id": "c2"}, {"round": 2}, {"grounds": replace(GROUNDS, fact="另一件事")}, {"trusted_key": stranger.public_key_b64},
        {"signature": None},
    ):  # fmt: skip
        made = {"claim_id": "c1", "round": 1, "grounds": GROUNDS, "signature": good, "trusted_key": signer.public_key_b64} | wrong
        with pytest.raises(SignatureMissing):
            Refuse(**made)  # type: ignore[arg-type]
    reduction = reduction_statement(claim_id="c1", round=1, lines=LINES, grounds=GROUNDS)
    assert Reduce("c1", 1, LINES, 20000, GROUNDS, signature(signer, reduction), signer.public_key_b64).to_dict()["total_fen"] == 20000
    with pytest.raises(SignatureMissing):
        Reduce("c1", 1, LINES, 20000, GROUNDS, good, signer.public_key_b64)


def test_the_machine_cannot_sign() -> None:
    machine = shipped_rules().actor(account_id="m", kind=ActorKind.MACHINE, roles=("claim_machine",), insurers=Scope.ALL)
    with pytest.raises(PersonRequired):
        sign_as_person(signer=Signer.fresh(), actor=machine, at=AT, statement={"statement": "anpei.refuse/1"})


def test_a_settlement_cannot_contradict_itself() -> None:
    with pytest.raises(DecisionInvalid):
        Settle(LINES, 20001)
    with pytest.raises(DecisionInvalid):
        Settle((), 0)
    with pytest.raises(DecisionInvalid):
        Settle((), 0, "out_of_scope")
    with pytest.raises(DecisionInvalid):
        Refer(())


def test_a_refusal_needs_clause_fact_and_reason() -> None:
    for name in ("clause", "fact", "reason_zh"):
        with pytest.raises(ReasonsMissing):
            replace(GROUNDS, **{name: "  "})


def test_an_unknown_finding_code_never_passes_as_harmless() -> None:
    with pytest.raises(Exception, match=r"has no row for made\.up"):
        cases.table().kind(finding("made.up").code)
