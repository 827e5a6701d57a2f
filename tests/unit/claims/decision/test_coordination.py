"""Several policies over the bills of one claim: the legal order, never above the loss, fixed benefits untouched, exact shares."""

from dataclasses import replace
from typing import Any

import pytest

from anpei.claims.benefit import BenefitInvalid, PayerKind
from anpei.claims.decision.adjudication import Inputs, assess_inputs
from anpei.claims.decision.coordination import coordinate_inputs, coordination_from, set_off, shares_of, told_of
from tests.factories import cases


def under(product: str, plan: str = "standard", **bill: Any) -> Inputs:
    """The clean case under a product, with a changed bill."""
    clean = cases.inputs()
    bills = [{**clean.facts["bills"][0], **bill}]
    return replace(clean, facts={**clean.facts, "bills": bills}, terms=cases.terms(product, plan))


def test_each_policy_pays_on_what_is_left_and_all_together_stay_below_the_loss() -> None:
    made = coordinate_inputs([under("small-outpatient"), under("small-outpatient", "plus"), under("small-outpatient", "plus")])
    assert [(one.payer_id, one.paid_before_fen, one.paid_fen) for one in made.paid] == [
        ("small-outpatient", 0, 26_608), ("small-outpatient#2", 26_608, 13_322), ("small-outpatient#3", 39_930, 2_664),
    ]  # fmt: skip
    assert (made.loss_fen, made.borne_fen) == (43_260, 666)


def test_social_insurance_comes_first() -> None:
    bill = {"pooled_fen": 20_000, "self_paid_fen": 23_260, "own_expense_fen": 0}
    made = coordinate_inputs([under("small-outpatient", **bill), under("small-outpatient", "plus", **bill)])
    assert [(one.kind, one.paid_fen) for one in made.paid] == [
        (PayerKind.SOCIAL, 20_000), (PayerKind.EXPENSE, 10_608), (PayerKind.EXPENSE, 10_122),
    ]  # fmt: skip


def test_a_fixed_benefit_is_paid_whatever_others_paid() -> None:
    stay = {"kind": "inpatient", "admitted_on": "2026-10-03", "discharged_on": "2026-10-15"}
    made = coordinate_inputs([under("million-medical", **stay), under("hospital-allowance", **stay)])
    fixed = [one for one in made.paid if one.kind is PayerKind.FIXED]
    alone, _ = assess_inputs(under("hospital-allowance", **stay))
    assert alone is not None
    assert [(one.payer_id, one.paid_fen) for one in fixed] == [("hospital-allowance", alone.total_fen)]
    assert alone.total_fen > 0


def test_what_others_paid_never_makes_the_payment_larger_than_what_is_left() -> None:
    for paid in (0, 1, 10_000, 26_608, 43_259, 43_260, 99_999):
        inputs = under("small-outpatient", "plus")
        assessment, problem = assess_inputs(replace(inputs, facts=set_off(inputs.facts, paid)))
        assert problem is None
        assert assessment is not None
        assert assessment.total_fen <= max(43_260 - paid, 0)


def test_setting_off_leaves_the_bills_as_the_papers_have_them() -> None:
    inputs = under("small-outpatient")
    found = set_off(inputs.facts, 10_000)
    assert found["bills"] == inputs.facts["bills"]
    assert found["paid_elsewhere"] == {inputs.facts["bills"][0]["bill_id"]: 10_000}
    assert set_off(inputs.facts, 0) == inputs.facts


def test_what_is_told_can_be_read_again() -> None:
    inputs = under("small-outpatient", "plus")
    facts = {**set_off(inputs.facts, 26_608), "payers": [{"id": "small-outpatient", "paid_fen": 26_608}]}
    claim = replace(inputs, facts=facts)
    assessment, _ = assess_inputs(claim)
    assert assessment is not None
    told = told_of(claim, assessment)
    made = coordination_from(told["coordination"])
    assert [(one.payer_id, one.paid_fen) for one in made.paid] == [("small-outpatient#1", 26_608), ("small-outpatient", 13_322)]
    assert told_of(inputs, assessment) == {}


def test_payees_share_the_amount_to_the_fen() -> None:
    payees = [{"id": "p1", "parts": 1, "order": 1}, {"id": "p2", "parts": 2, "order": 1}, {"id": "p3", "parts": 1, "order": 2}]
    assert [(share.payee_id, share.amount_fen) for share in shares_of({"payees": payees}, amount_fen=10_000)] == [
        ("p1", 3_333),
        ("p2", 6_667),
    ]
    rows = [{"id": "001", "parts": 60}, {"id": "002", "parts": 40}]
    shares = shares_of({"declared": {"beneficiaries": rows}}, amount_fen=101)
    assert [(share.payee_id, share.amount_fen) for share in shares] == [("001", 61), ("002", 40)]
    assert shares_of({"payees": payees[:1]}, amount_fen=10_000) == ()
    assert shares_of({}, amount_fen=10_000) == ()


def test_a_payee_without_parts_is_refused() -> None:
    payees = [{"id": "p1", "parts": 0, "order": 1}, {"id": "p2", "parts": 1, "order": 1}]
    with pytest.raises(BenefitInvalid):
        shares_of({"payees": payees}, amount_fen=10_000)
