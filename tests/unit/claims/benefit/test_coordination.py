"""Several payers for one loss: the legal order, never above the loss, fixed benefits untouched, and why."""

import pytest

from anpei.claims import benefit
from anpei.claims.benefit import Payer, PayerKind

SOCIAL, LIABLE, COMPULSORY, EXPENSE, FIXED = (
    PayerKind.SOCIAL, PayerKind.LIABLE, PayerKind.COMPULSORY, PayerKind.EXPENSE, PayerKind.FIXED,
)  # fmt: skip


def payer(id: str, kind: PayerKind, owes: int, *, place: int = 0, insured: int = 0) -> Payer:
    return Payer(id=id, kind=kind, due=lambda _: owes, place=place, sum_insured_fen=insured)


def paid(loss: int, *payers: Payer) -> list[tuple[str, int, str]]:
    return [(one.payer_id, one.paid_fen, one.reason.value) for one in benefit.coordinate(loss_fen=loss, payers=payers).paid]


def test_the_legal_order_whatever_the_order_given() -> None:
    payers = [
        payer("p", EXPENSE, 9_000), payer("s", SOCIAL, 5_000), payer("f", FIXED, 7_777), payer("l", LIABLE, 1_000),
        payer("c", COMPULSORY, 2_000),
    ]  # fmt: skip
    expected = [("c", 2_000, "full"), ("l", 1_000, "full"), ("s", 5_000, "full"), ("p", 2_000, "rest"), ("f", 7_777, "fixed")]
    assert paid(10_000, *payers) == paid(10_000, *reversed(payers)) == expected


def test_expenses_never_pass_the_loss_and_fixed_benefits_are_untouched() -> None:
    result = benefit.coordinate(
        loss_fen=10_000, payers=[payer("a", EXPENSE, 10_000, place=1), payer("b", EXPENSE, 10_000, place=2), payer("f", FIXED, 50_000)]
    )
    assert [(one.payer_id, one.paid_fen, one.reason.value) for one in result.paid] == [
        ("a", 10_000, "full"), ("b", 0, "nothing_left"), ("f", 50_000, "fixed"),
    ]  # fmt: skip
    assert (result.expense_fen, result.fixed_fen, result.borne_fen) == (10_000, 50_000, 0)


def test_what_a_policy_owes_depends_on_what_was_paid_before() -> None:
    """A medical policy with a deductible of 1,000: after another policy has paid 6,000 of 10,000 it owes 3,000."""
    second = Payer(id="b", kind=EXPENSE, due=lambda before: max(10_000 - before - 1_000, 0), place=2)
    result = benefit.coordinate(loss_fen=10_000, payers=[second, payer("a", EXPENSE, 6_000, place=1)])
    assert [(one.payer_id, one.due_fen, one.paid_fen, one.paid_before_fen) for one in result.paid] == [
        ("a", 6_000, 6_000, 0), ("b", 3_000, 3_000, 6_000),
    ]  # fmt: skip
    assert result.borne_fen == 1_000


@pytest.mark.parametrize(
    ("insured", "owes", "shares"),
    [
        ((300, 600), (10_000, 10_000), [3_333, 6_667]),
        ((1, 1, 1), (10_000, 10_000, 10_000), [3_334, 3_333, 3_333]),
        ((300, 600), (2_000, 10_000), [2_000, 8_000]),
        ((900, 100), (10_000, 500), [9_500, 500]),
        ((1, 1), (2_000, 3_000), [2_000, 3_000]),
    ],
)
def test_double_insurance_shares_by_sums_insured(insured: tuple[int, ...], owes: tuple[int, ...], shares: list[int]) -> None:
    payers = [payer(str(n), EXPENSE, owed, insured=sum_) for n, (owed, sum_) in enumerate(zip(owes, insured, strict=True))]
    assert [amount for _, amount, _ in paid(10_000, *payers)] == shares


def test_reasons_are_told_in_both_languages() -> None:
    result = benefit.coordinate(
        loss_fen=10_000, payers=[payer("S", SOCIAL, 6_000), payer("P", EXPENSE, 5_000), payer("Q", EXPENSE, 0, place=3)]
    )
    assert benefit.explain_coordination(result) == [
        "实际损失100.00元。",
        "基本医疗保险S：60.00元（应付60.00元，此前已付0.00元）；按其应付金额全额赔付。",
        "费用补偿型保险P：40.00元（应付50.00元，此前已付60.00元）；各方赔付合计不超过实际损失，只付余额。",
        "费用补偿型保险Q：0.00元（应付0.00元，此前已付100.00元）；按其条款没有应付金额。",
        "由被保险人自行承担0.00元。",
    ]
    english = benefit.explain_coordination(result, lang="en")
    assert english[2] == (
        "expense insurance P: ¥40.00 (owed ¥50.00; before it ¥60.00); pays the rest only, because all together never pass the loss."
    )


@pytest.mark.parametrize("payers", [[payer("a", SOCIAL, 1), payer("a", EXPENSE, 1)], [payer("a", SOCIAL, -1)]])
def test_what_cannot_be_is_refused(payers: list[Payer]) -> None:
    with pytest.raises(benefit.BenefitInvalid):
        benefit.coordinate(loss_fen=100, payers=payers)
