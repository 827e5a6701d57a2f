"""Several policies for any bill: together never above the loss, each at most what it owes alone, fixed benefits whatever others pay."""

from dataclasses import replace
from typing import Any

from hypothesis import given
from hypothesis import strategies as st

from anpei.claims.benefit import PayerKind
from anpei.claims.decision.adjudication import Inputs, assess_inputs
from anpei.claims.decision.coordination import coordinate_inputs, set_off
from tests.factories import cases

EXPENSE = (("small-outpatient", "standard"), ("small-outpatient", "plus"), ("million-medical", "standard"))
FIXED = ("hospital-allowance", "standard")


@st.composite
def bills(draw: st.DrawFn) -> dict[str, Any]:
    """A bill of a stay that adds up, settled by social insurance."""
    pooled, own, self_paid = (draw(st.integers(0, 3_000_000)) for _ in range(3))
    total = pooled + own + self_paid + draw(st.integers(1, 1_000))
    return {
        "kind": draw(st.sampled_from(["outpatient", "inpatient"])), "total_fen": total, "pooled_fen": pooled, "own_expense_fen": own,
        "self_paid_fen": total - pooled - own, "other_payment_fen": 0, "settled_by_social": True, "admitted_on": "2026-10-03",
        "discharged_on": "2026-10-15", "lines": [],
    }  # fmt: skip


def under(product: tuple[str, str], bill: dict[str, Any]) -> Inputs:
    """The bill under a product."""
    clean = cases.inputs()
    return replace(clean, facts={**clean.facts, "bills": [{**clean.facts["bills"][0], **bill}]}, terms=cases.terms(*product))


def alone(inputs: Inputs) -> int:
    """What a policy owes when nobody else pays."""
    assessment, _ = assess_inputs(inputs)
    return 0 if assessment is None else assessment.total_fen


@given(bill=bills(), products=st.lists(st.sampled_from([*EXPENSE, FIXED]), min_size=1, max_size=4))
def test_all_expense_payments_together_never_pass_the_loss(bill: dict[str, Any], products: list[tuple[str, str]]) -> None:
    policies = [under(product, bill) for product in products]
    made = coordinate_inputs(policies)
    assert made.expense_fen <= bill["total_fen"]
    owed = [alone(inputs) for inputs in policies]
    by_policy = {one.payer_id: one for one in made.paid if one.payer_id != "social"}
    assert len(by_policy) == len(policies)
    assert made.fixed_fen == sum(fen for fen, product in zip(owed, products, strict=True) if product == FIXED)
    for one in by_policy.values():
        product = one.payer_id.partition("#")[0]
        assert one.paid_fen <= max(fen for fen, (name, _) in zip(owed, products, strict=True) if name == product)
        assert (one.kind is PayerKind.FIXED) == (product == FIXED[0])


@given(bill=bills(), product=st.sampled_from(EXPENSE), paid=st.integers(0, 12_000_000))
def test_more_paid_elsewhere_never_gives_more(bill: dict[str, Any], product: tuple[str, str], paid: int) -> None:
    inputs = under(product, bill)
    less = alone(replace(inputs, facts=set_off(inputs.facts, paid)))
    assert less <= alone(inputs)
    assert less + min(paid, bill["total_fen"] - bill["pooled_fen"]) <= bill["total_fen"] - bill["pooled_fen"]
