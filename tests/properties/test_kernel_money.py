"""Money adds up exactly, rounds half up, and its texts read back."""

from fractions import Fraction

from hypothesis import given
from hypothesis import strategies as st

from anpei.kernel.money import MAX_FEN, Money, half_up, split, total

FEN = st.integers(min_value=-MAX_FEN, max_value=MAX_FEN)
AMOUNT = st.integers(min_value=0, max_value=10**13).map(Money)
RATE = st.integers(min_value=0, max_value=50_000)
WEIGHTS = st.lists(st.integers(min_value=0, max_value=10**9), min_size=1, max_size=12).filter(any)


@given(FEN)
def test_both_texts_read_back(fen: int) -> None:
    assert Money.parse(Money(fen).decimal()) == Money(fen)
    assert Money.parse(str(Money(fen))) == Money(fen)


@given(st.integers(min_value=0, max_value=10**13), RATE)
def test_rounding_is_half_up_of_the_exact_product(fen: int, rate: int) -> None:
    exact = Fraction(fen * rate, 10_000)
    rounded = half_up(fen=fen, rate_bp=rate)
    assert exact - Fraction(1, 2) < rounded <= exact + Fraction(1, 2)


@given(AMOUNT, WEIGHTS)
def test_shares_add_up_and_are_fair(amount: Money, weights: list[int]) -> None:
    shares = split(amount=amount, weights=weights)
    assert total(shares) == amount
    for share, weight in zip(shares, weights, strict=True):
        assert abs(share.fen - Fraction(amount.fen * weight, sum(weights))) < 1


@given(AMOUNT, WEIGHTS)
def test_an_equal_earlier_weight_never_gets_less(amount: Money, weights: list[int]) -> None:
    shares = split(amount=amount, weights=weights)
    for first, weight in enumerate(weights):
        for second in range(first + 1, len(weights)):
            if weights[second] <= weight:
                assert shares[second] <= shares[first]


@given(st.lists(st.integers(min_value=-(10**12), max_value=10**12).map(Money), max_size=20))
def test_the_sum_is_the_order_of_nothing(amounts: list[Money]) -> None:
    assert total(amounts) == total(reversed(amounts)) == Money(sum(amount.fen for amount in amounts))
