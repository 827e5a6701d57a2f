"""How a claim is held against its truth: what counts as right, and what as a wrong payment."""

from typing import Any

import pytest

from bench import scoring

PAID: dict[str, Any] = {
    "folder": "/x/known-001", "lane": "unattended", "lane_reasons": [], "decision": "settle", "reasons": [], "total_fen": 26608,
    "missing": [], "findings": [], "payment": {"amount_fen": 26608, "state": "confirmed"},
}  # fmt: skip
SETTLED: dict[str, Any] = {
    "set": "known", "scenario": "outpatient_plus", "expected_lane": "unattended", "expected_decision": "settle",
    "expected_total_fen": 26608, "expected_findings": [], "missing": [],
}  # fmt: skip
REFERRED = SETTLED | {
    "expected_decision": "refer", "expected_lane": "specialist", "expected_total_fen": None, "expected_findings": ["rule.sex"],
}  # fmt: skip
WANTING = SETTLED | {
    "expected_decision": "wanting", "expected_lane": "fast", "expected_total_fen": None, "missing": ["outpatient_record"],
}  # fmt: skip


def test_a_claim_that_is_right_in_everything_has_no_fault() -> None:
    found = scoring.score(PAID, SETTLED)
    assert (found.right, found.lane_right, found.decision_right, found.amount_right, found.wrong_payment) == (True, True, True, True, "")


def test_one_fen_more_is_a_fault_and_a_wrong_payment() -> None:
    found = scoring.score(PAID | {"total_fen": 26609}, SETTLED)
    assert found.faults == ("amount 26609 fen, expected 26608",)
    assert found.wrong_payment == "settled 26609 fen (ordered 26608), the truth is 26608"


def test_an_order_of_another_amount_than_decided_is_a_wrong_payment() -> None:
    assert scoring.wrong_payment(PAID | {"payment": {"amount_fen": 26600}}, SETTLED) != ""


@pytest.mark.parametrize("truth", [REFERRED, WANTING])
def test_a_settlement_that_the_truth_does_not_know_is_a_wrong_payment(truth: dict[str, Any]) -> None:
    found = scoring.score(PAID, truth)
    assert not found.right
    assert found.wrong_payment == f"settled 26608 fen (ordered 26608) where the truth says {truth['expected_decision']}"


def test_a_referral_where_money_is_due_is_a_fault_but_no_wrong_payment() -> None:
    result = PAID | {"decision": "refer", "lane": "fast", "total_fen": None, "payment": None, "reasons": ["bill.total_missing"]}
    found = scoring.score(result, SETTLED)
    assert (found.right, found.amount_right, found.wrong_payment) == (False, False, "")
    assert found.faults[1] == "decision refer (bill.total_missing), expected settle"


def test_expected_findings_must_be_among_the_found_ones() -> None:
    result = PAID | {
        "decision": "refer",
        "lane": "specialist",
        "total_fen": None,
        "payment": None,
        "findings": ["rule.sex", "page.repeated"],
    }
    assert scoring.score(result, REFERRED).right
    assert scoring.score(result | {"findings": [], "reasons": ["rule.sex"]}, REFERRED).right, "a reason of the decision counts, too"
    assert scoring.score(result | {"findings": ["page.repeated"]}, REFERRED).faults == ("findings without rule.sex: page.repeated",)


@pytest.mark.parametrize(
    ("asked", "right"),
    [
        ([["outpatient_record", "diagnosis_certificate"]], True),
        ([["outpatient_record"]], True),
        ([["fee_list"]], False),
        ([["outpatient_record"], ["fee_list"]], False),
        ([["outpatient_record", "fee_list"]], False),
        ([], False),
    ],
)
def test_exactly_the_missing_papers_must_be_asked_for(asked: list[list[str]], right: bool) -> None:
    missing = [{"kinds": kinds, "problem": "missing"} for kinds in asked]
    result = PAID | {"decision": "wanting", "lane": "fast", "total_fen": None, "payment": None, "missing": missing}
    assert scoring.score(result, WANTING).right is right


def test_a_claim_that_came_to_no_end_is_not_right() -> None:
    result = {"folder": "/x/known-001", "error": {"code": "claim.unfinished", "message": "..."}, "seconds": 300}
    found = scoring.score(result, SETTLED)
    assert (found.right, found.faults[0], found.wrong_payment) == (False, "claim.unfinished", "")
