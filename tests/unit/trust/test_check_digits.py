"""Check digits, held against numbers that the standards print and against every single wrong digit."""

import pytest

from anpei.trust.access.check_digits import card_holds, identity_holds, identity_is_plausible, organisation_holds


@pytest.mark.parametrize("number", ["11010519491231002X", "440524188001010014", "33010619900101123X"])
def test_identity_numbers(number: str) -> None:
    assert identity_holds(number)
    assert [sign for sign in "0123456789X" if identity_holds(number[:17] + sign)] == [number[17]]


@pytest.mark.parametrize(
    "number",
    ["", "11010519491231002x", "1101051949123100", "11010519491331002X", "99010519491231002X", "11010517491231002X", "1101051949123100XX"],
)
def test_what_is_no_identity_number(number: str) -> None:
    assert not identity_holds(number)


def test_an_identity_number_is_plausible_by_province_and_day() -> None:
    assert [identity_is_plausible(number) for number in ("330106199001010000", "330106199002300000", "660106199001010000")] == [
        True,
        False,
        False,
    ]
    assert not identity_is_plausible("330106210001010000")
    assert [identity_is_plausible(number) for number in ("330106900101123", "330106901301123", "")] == [True, False, False]


def test_organisation_codes() -> None:
    assert organisation_holds("91350100M000100Y43")
    assert [sign for sign in "0123456789ABCDEFGHJKLMNPQRTUWXY" if organisation_holds("91350100M000100Y4" + sign)] == ["3"]
    assert not organisation_holds("91350100M000100I43")
    assert not organisation_holds("91350100M000100Y4")


def test_cards() -> None:
    assert [number for number in ("4111111111111111", "6200000000000005", "4111111111111112", "", "41111111x") if card_holds(number)] == [
        "4111111111111111",
        "6200000000000005",
    ]
