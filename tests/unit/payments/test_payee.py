"""What a payee must look like before money is sent."""

import pytest

from anpei.payments.model import AccountKind, InvalidPayee, Payee, checked_payee, passes_luhn


def payee(
    account: str = "6222020000000000000", *, name: str = "王小安", bank: str = "样例银行", kind: AccountKind = AccountKind.CARD
) -> Payee:
    return Payee(name=name, bank=bank, account=account, kind=kind)


def with_check_digit(length: int) -> str:
    """A card number of this length whose check digit fits."""
    return next(number for digit in range(10) if passes_luhn(number := "62" + "1" * (length - 3) + str(digit)))


@pytest.mark.parametrize(
    ("digits", "expected"),
    [
        ("4111111111111111", True),
        ("79927398713", True),
        ("79927398710", False),
        ("6222020000000000000", True),
        ("6222020000000000001", False),
    ],
)
def test_the_check_digit(digits: str, expected: bool) -> None:
    assert passes_luhn(digits) is expected


def test_every_single_wrong_digit_is_noticed() -> None:
    good = "6217001234567890128"
    assert passes_luhn(good) is False
    good = next(good[:-1] + str(digit) for digit in range(10) if passes_luhn(good[:-1] + str(digit)))
    wrong = [good[:at] + str(digit) + good[at + 1 :] for at in range(len(good)) for digit in range(10) if str(digit) != good[at]]
    assert not any(passes_luhn(number) for number in wrong)


def test_spaces_and_hyphens_are_taken_out() -> None:
    assert checked_payee(payee(" 6222-0200 0000 0000 000 ", name=" 王小安 ")) == payee()


@pytest.mark.parametrize("length", [13, 16, 19])
def test_cards_of_the_usual_lengths(length: int) -> None:
    assert checked_payee(payee(with_check_digit(length))).account == with_check_digit(length)


@pytest.mark.parametrize(
    ("wrong", "field", "words"),
    [
        (payee(name=" "), "name", "is empty"),
        (payee(bank=""), "bank", "is empty"),
        (payee(""), "account", "something else than digits"),
        (payee("62220200O0000000000"), "account", "something else than digits"),
        (payee("６２２２０２００００００００００００"), "account", "something else than digits"),
        (payee(with_check_digit(12)), "account", "has 12 digits"),
        (payee(with_check_digit(20)), "account", "has 20 digits"),
        (payee("6222020000000000001"), "account", "check digit"),
        (payee("1234567", kind=AccountKind.ACCOUNT), "account", "has 7 digits"),
        (payee("1" * 33, kind=AccountKind.ACCOUNT), "account", "has 33 digits"),
    ],
)
def test_what_cannot_be_is_named_and_not_repeated(wrong: Payee, field: str, words: str) -> None:
    with pytest.raises(InvalidPayee, match=words) as caught:
        checked_payee(wrong)
    assert caught.value.data == {"field": field}
    assert not wrong.account or wrong.account not in str(caught.value)


def test_an_account_without_a_card_needs_no_check_digit() -> None:
    plain = payee("12345678", kind=AccountKind.ACCOUNT)
    assert checked_payee(plain) == plain
