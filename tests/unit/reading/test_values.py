"""Typed values: what is found, what is corrected, what is refused."""

import pytest

from anpei.reading import _values as values
from anpei.reading._sense.lines import plain
from anpei.reading._values import Wanted
from anpei.reading._values.codes import id_number_valid, luhn_valid
from anpei.reading._values.numbers import capital_fen


def value(kind: str, text: str, **more: object) -> str | None:
    found = values.find(Wanted(kind, **more), plain(text))  # type: ignore[arg-type]
    return None if found is None else found.value


@pytest.mark.parametrize(
    ("kind", "text", "expected"),
    [
        ("money", "432.60", "432.60"),
        ("money", "￥1，234.5", "1234.50"),
        ("money", "1,234,567.89元", "1234567.89"),
        ("money", "432,60", "432.60"),
        ("money", "4O2.6O", "402.60"),
        ("money", "-12.00", "-12.00"),
        ("money", "0", "0.00"),
        ("money", "无", None),
        ("money", "12.345", None),
        ("price", "0.1250", "0.125"),
        ("price", "18", "18.00"),
        ("number", "2.00", "2"),
        ("number", "0.5", "0.5"),
        ("age", "45岁", "45"),
        ("age", "l9岁", "19"),
        ("age", "300岁", None),
        ("date", "2026年1月6日", "2026-01-06"),
        ("date", "2026.01.06", "2026-01-06"),
        ("date", "20260106", "2026-01-06"),
        ("date", "2026-O1-06 08:30:12", "2026-01-06"),
        ("date", "2026-02-30", None),
        ("month", "有效期至09/28", "09/28"),
        ("digits", "0215278697", "0215278697"),
        ("digits", "O2l5278697", "0215278697"),
        ("code", "ZY26491277", "ZY26491277"),
        ("code", "le5629", "1e5629"),
        ("code", "2O2639439962", "202639439962"),
        ("icd", "125.103", "I25.103"),
        ("icd", "K52.900", "K52.900"),
        ("icd", "I10.x00x002", "I10.x00x002"),
        ("icd", "体温T36.8℃", None),
        ("name", "余春霞", "余春霞"),
        ("name", "阿依古丽·买买提", "阿依古丽·买买提"),
        ("name", "性别", None),
        ("gender", "女", "女"),
        ("place", "收款:临江市第一人民医院(东院区)", "临江市第一人民医院(东院区)"),
        ("diagnosis", "急性胃肠炎K52.900", "急性胃肠炎"),
        ("diagnosis", "1.2型糖尿病(E11.900)2.高血压病", "2型糖尿病;高血压病"),
        ("diagnosis", "上呼吸道感染(急性)", "上呼吸道感染(急性)"),
        ("item", "AB0血型鉴定", "ABO血型鉴定"),
        ("item", "IⅡ级护理", "Ⅱ级护理"),
        ("item", "cT平扫", "CT平扫"),
    ],
)
def test_values(kind: str, text: str, expected: str | None) -> None:
    assert value(kind, text) == expected


@pytest.mark.parametrize(
    ("text", "fen"),
    [
        ("肆佰叁拾贰元陆角整", 43260),
        ("壹佰元整", 10000),
        ("壹拾元零伍分", 1005),
        ("拾贰元整", 1200),
        ("壹万零伍佰元柒角捌分", 1050078),
        ("叁拾贰万伍仟圆正", 32500000),
        ("零元整", 0),
        ("肆佰叁拾贰", None),
        ("拾佰元整", None),
        ("伍元陆佰整", None),
    ],
)
def test_amounts_in_capital_letters(text: str, fen: int | None) -> None:
    assert capital_fen(text) == fen


def test_the_second_value_behind_a_label_can_be_asked_for() -> None:
    assert value("date", "2026年08月27日至2026年08月31日", part=2) == "2026-08-31"
    assert value("number", "1/2", part=2) == "2"
    assert value("date", "2026年08月27日", part=2) is None


def test_a_code_keeps_to_its_length() -> None:
    assert value("digits", "123", length=(6, 12)) is None
    assert values.find(Wanted("digits", length=(6, 8)), "123456789").fit < 0.6  # type: ignore[union-attr]


def test_a_choice_takes_the_longest_word_and_misread_letters_only_alone() -> None:
    choices = {"土": (), "土家": (), "乙": ("乙类", "Z")}
    assert value("choice", "土家", choices=choices) == "土家"
    assert value("choice", "Z", choices=choices) == "乙"
    assert value("choice", "AZT片", choices=choices) is None


def test_check_digits() -> None:
    assert id_number_valid("11010519491231002X")
    assert not id_number_valid("110105194912310021")
    assert not id_number_valid("11010519491231002x")
    assert [last for last in "0123456789" if luhn_valid(f"622202123456789012{last}")] == ["8"]
    assert luhn_valid("4111111111111111")


def test_a_number_with_a_wrong_check_digit_fits_badly() -> None:
    good = values.find(Wanted("id_number"), "11010519491231002X")
    bad = values.find(Wanted("id_number"), "110105194912310021")
    assert good is not None
    assert bad is not None
    assert good.fit == 1.0
    assert bad.fit < 0.3


@pytest.mark.parametrize("text", ["：（１）￥", "ａｂ", "內黃", "Ⅱ级", "㎡"])
def test_plain_never_changes_the_length(text: str) -> None:
    assert len(plain(text)) == len(text)
    assert plain("（：）") == "(:)"
    assert plain("內科") == "内科"
