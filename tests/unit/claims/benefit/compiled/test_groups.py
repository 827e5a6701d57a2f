"""Largest remainders, stays that belong together, and rounding over arrays: as the plain functions give them."""

from collections.abc import Sequence

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from anpei.claims.benefit import _operations
from anpei.claims.benefit.compiled import groups
from anpei.claims.benefit.compiled.operations import products, rounded
from anpei.kernel.money import Money, split

WEIGHTS = st.lists(st.one_of(st.integers(min_value=0, max_value=9), st.integers(min_value=0, max_value=10**8)), min_size=1, max_size=6)


@given(owners=st.lists(st.tuples(st.integers(min_value=0, max_value=10**8), WEIGHTS), min_size=1, max_size=6))
def test_shares_are_those_of_the_kernel(owners: Sequence[tuple[int, list[int]]]) -> None:
    owner = np.repeat(np.arange(len(owners)), [len(weights) for _, weights in owners])
    weight = np.array([weight for _, weights in owners for weight in weights])
    parts, nothing, large = groups.split(amount=np.array([amount for amount, _ in owners]), owner=owner, weight=weight)
    assert nothing.tolist() == [amount > 0 and not any(weights) for amount, weights in owners]
    assert not large.any()
    for number, (amount, weights) in enumerate(owners):
        expected = [part.fen for part in split(amount=Money(amount), weights=weights)] if any(weights) else [0] * len(weights)
        assert parts[owner == number].tolist() == expected


def test_shares_that_may_pass_64_bits_are_told_and_zero() -> None:
    parts, nothing, large = groups.split(
        amount=np.array([3 * 10**9, 100]), owner=np.array([0, 0, 1, 1]), weight=np.array([2 * 10**9, 2 * 10**9, 1, 2])
    )
    assert (parts.tolist(), nothing.tolist(), large.tolist()) == ([0, 0, 33, 67], [False, False], [True, False])


@given(
    product=st.integers(min_value=0, max_value=4 * 10**18),
    whole=st.integers(min_value=1, max_value=10**14),
    how=st.sampled_from(["half_up", "down", "up"]),
)
def test_rounding_is_that_of_the_reference(product: int, whole: int, how: str) -> None:
    found = rounded(np.array([product]), np.array([whole]), how)
    assert found.tolist() == [_operations.rounded(product=product, whole=whole, how=how)]


@pytest.mark.parametrize(("left", "right", "sure"), [(2 * 10**9, 2 * 10**9, True), (2 * 10**9 + 1, 2 * 10**9, False), (0, 10**14, True)])
def test_products_beside_a_large_one_are_right(left: int, right: int, sure: bool) -> None:
    found, marks = products(np.array([left, 3, 0]), np.array([right, 5, 10**14]))
    assert found.tolist() == [left * right if sure else 0, 15, 0]
    assert [mask.tolist() for _, mask in marks] == ([] if sure else [[True, False, False]])


def test_worst_grades_are_promoted_once() -> None:
    owner = np.array([0, 0, 1, 1, 1, 2])
    worst, none = groups.worst_by(owner, np.array([8, 10, 8, 8, 8, 1]), 4, promote=1)
    assert (worst.tolist(), none.tolist()) == ([8, 7, 1, 0], [False, False, False, True])


def test_stays_belong_together_one_after_another() -> None:
    """Second stay 20 days after the first, third of another cause, fourth 30 days after the second: the first two count before it."""
    made, unsaid = groups.carried(
        case=np.array([0, 0, 0, 0, 1, 1]),
        amount=np.array([12, 5, 7, 1, 3, 4]),
        first=np.array([100, 132, 140, 167, 10, 20]),
        last=np.array([112, 137, 147, 168, 15, 24]),
        within=np.full(6, 30),
        text=np.array([0, 0, 1, 0, 0, -1]),
    )
    assert made.tolist() == [0, 12, 0, 17, 0, 0]
    assert unsaid.tolist() == [False, False, False, False, False, True]
