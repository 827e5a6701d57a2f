"""Sharing a benefit: exact to the fen, the first order only, and the same in whatever sequence payees are named."""

from itertools import permutations

import pytest

from anpei.claims import benefit
from anpei.claims.benefit import Payee


def shares(amount: int, *payees: Payee) -> dict[str, int]:
    return {share.payee_id: share.amount_fen for share in benefit.share_among(amount_fen=amount, payees=payees)}


def test_three_heirs_get_the_odd_fen_exactly() -> None:
    heirs = [Payee("a"), Payee("b"), Payee("c")]
    assert {tuple(sorted(shares(50_000_000, *order).items())) for order in permutations(heirs)} == {
        (("a", 16_666_667), ("b", 16_666_667), ("c", 16_666_666)),
    }


def test_only_the_first_order_with_somebody_is_paid() -> None:
    payees = [Payee("child", order=1, entitled=False), Payee("sister", parts=2, order=2), Payee("brother", parts=1, order=2)]
    assert shares(100, *payees) == {"brother": 33, "sister": 67}
    assert shares(100, *payees[1:], Payee("wife", order=1)) == {"wife": 100}


@pytest.mark.parametrize("payees", [[], [Payee("a", entitled=False)], [Payee("a", parts=0)], [Payee("a"), Payee("a")]])
def test_nobody_to_pay_is_told(payees: list[Payee]) -> None:
    with pytest.raises(benefit.BenefitInvalid, match="name the payees"):
        benefit.share_among(amount_fen=100, payees=payees)
