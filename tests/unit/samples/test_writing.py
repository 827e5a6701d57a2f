"""Check digits, amounts in capitals, dates and amounts as printed."""

import pytest

from anpei.samples.drawing import formats
from anpei.samples.world.dice import dice
from anpei.samples.world.people import id_check_digit, luhn_digit, make_person


@pytest.mark.parametrize(
    ("amount", "written"),
    [
        ("0.00", "零元整"),
        ("0.05", "伍分"),
        ("0.50", "伍角整"),
        ("100.05", "壹佰元零伍分"),
        ("432.60", "肆佰叁拾贰元陆角整"),
        ("1078.10", "壹仟零柒拾捌元壹角整"),
        ("10000.00", "壹万元整"),
        ("20304.56", "贰万零叁佰零肆元伍角陆分"),
        ("100500.00", "壹拾万零伍佰元整"),
        ("203000.00", "贰拾万叁仟元整"),
        ("1000000.00", "壹佰万元整"),
    ],
)
def test_capitals(amount: str, written: str) -> None:
    assert formats.capitals(amount) == written


@pytest.mark.parametrize(
    ("style", "printed"),
    [
        ("iso", "2026-10-03"),
        ("cn", "2026年10月03日"),
        ("cn_plain", "2026年10月3日"),
        ("dots", "2026.10.03"),
        ("slash", "2026/10/03"),
        ("compact", "20261003"),
        ("spaced", "2026 年 10 月 3 日"),
    ],
)
def test_dates(style: str, printed: str) -> None:
    assert formats.day("2026-10-03", style) == printed


@pytest.mark.parametrize(("style", "printed"), [("plain", "1234.50"), ("yen", "¥1234.50"), ("comma", "1,234.50"), ("yuan", "1234.50元")])
def test_money(style: str, printed: str) -> None:
    assert formats.money("1234.50", style) == printed


def test_id_check_digit_of_the_standards_example() -> None:
    # GB 11643-1999, the example of appendix A.
    assert id_check_digit("11010519491231002") == "X"


@pytest.mark.parametrize(("payload", "digit"), [("7992739871", "3"), ("1", "8"), ("0", "0"), ("453201511283036", "6")])
def test_luhn_digit(payload: str, digit: str) -> None:
    assert luhn_digit(payload) == digit


def test_a_person_is_consistent() -> None:
    for index in range(200):
        person = make_person(dice("person", index))
        number = person.id_number
        assert number[17] == id_check_digit(number[:17])
        assert number[6:14] == f"{person.birth_on:%Y%m%d}"
        assert number[:6] == person.region_code
        assert int(number[16]) % 2 == (1 if person.gender == "M" else 0)
        assert person.card_number[-1] == luhn_digit(person.card_number[:-1])
        assert number[2:4] == "99"  # no city of any province has this number
