"""Amounts: what is read, what is refused, and the rounding at its edges."""

import pytest

from anpei.kernel.money import MAX_FEN, InvalidAmount, Money, half_up, split, total


@pytest.mark.parametrize(
    ("text", "fen"),
    [
        ("1234.56", 123456),
        ("1234.5", 123450),
        (" 12 ", 1200),
        ("¥1,234.50", 123450),
        ("￥ 1，234．50", 123450),
        ("-¥12.00", -1200),
        ("0.01", 1),
        ("1,234,567", 123456700),
        ("１２．３０", 1230),
    ],
)
def test_an_amount_is_read(text: str, fen: int) -> None:
    assert Money.parse(text).fen == fen


@pytest.mark.parametrize(
    "text", ["", "abc", "12,34", "1,23", "1.234", ".5", "5.", "1 2", "--1", "+1", "1e3", "1²", "٣", "9" * 5000, "1,2345"]
)
def test_what_may_be_misread_is_refused(text: str) -> None:
    with pytest.raises(InvalidAmount, match=r"is no amount in yuan: write it like 1234\.56") as caught:
        Money.parse(text)
    assert caught.value.code == "money.invalid_amount"
    assert len(caught.value.message) < 120


@pytest.mark.parametrize("fen", [1.5, True, "1", None, MAX_FEN + 1, -MAX_FEN - 1])
def test_money_is_a_whole_number_in_range(fen: object) -> None:
    with pytest.raises(InvalidAmount):
        Money(fen)  # type: ignore[arg-type]


def test_it_computes_and_shows() -> None:
    assert Money(150) + Money(50) - Money(300) == Money(-100)
    assert -Money(5) == Money(-5)
    assert total([]) == Money(0)
    assert sorted([Money(2), Money(-1)]) == [Money(-1), Money(2)]
    assert [Money(fen).decimal() for fen in (0, 5, -5, 123456)] == ["0.00", "0.05", "-0.05", "1234.56"]
    assert [str(Money(fen)) for fen in (0, -123456, 123456789)] == ["¥0.00", "-¥1,234.56", "¥1,234,567.89"]


@pytest.mark.parametrize(
    ("fen", "rate_bp", "rounded"),
    [
        (1, 5000, 1),
        (1, 4999, 0),
        (3, 5000, 2),
        (43260, 8000, 34608),
        (33333, 3333, 11110),
        (0, 10000, 0),
        (7, 0, 0),
        (5, 10000, 5),
        (1, 15000, 2),
    ],
)
def test_half_a_fen_goes_up(fen: int, rate_bp: int, rounded: int) -> None:
    assert half_up(fen=fen, rate_bp=rate_bp) == rounded


@pytest.mark.parametrize(("fen", "rate_bp"), [(-1, 5000), (1, -5000)])
def test_negative_values_are_not_rounded(fen: int, rate_bp: int) -> None:
    with pytest.raises(InvalidAmount, match="no negative values"):
        half_up(fen=fen, rate_bp=rate_bp)


def test_a_fen_left_goes_to_the_largest_remainder_then_to_the_first() -> None:
    assert [share.fen for share in split(amount=Money(100), weights=[1, 1, 1])] == [34, 33, 33]
    assert [share.fen for share in split(amount=Money(5), weights=[1, 2, 0, 2])] == [1, 2, 0, 2]
    assert [share.fen for share in split(amount=Money(1), weights=[1, 3])] == [0, 1]
    assert [share.fen for share in split(amount=Money(0), weights=[1, 3])] == [0, 0]


@pytest.mark.parametrize(("fen", "weights"), [(100, []), (100, [0, 0]), (100, [2, -1]), (-1, [1])])
def test_what_cannot_be_split_is_refused(fen: int, weights: list[int]) -> None:
    with pytest.raises(InvalidAmount, match="cannot split"):
        split(amount=Money(fen), weights=weights)
