"""Typed values of vehicle and invoice papers: plates, vehicle identification numbers, taxpayer numbers, rates."""

import pytest

from anpei.reading import _values as values
from anpei.reading._sense.lines import plain
from anpei.reading._values import Found, Wanted
from anpei.reading._values.taxes import uscc_valid
from anpei.reading._values.vehicles import PROVINCES, vin_valid
from anpei.samples.world import codes
from anpei.samples.world.dice import dice


def found(kind: str, text: str) -> Found | None:
    return values.find(Wanted(kind), plain(text))


def value(kind: str, text: str) -> str | None:
    answer = found(kind, text)
    return None if answer is None else answer.value


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("浙A12345", "浙A12345"),
        ("浙A·12345", "浙A12345"),
        ("浙A-1B234", "浙A1B234"),
        ("浙 A 12345", "浙A12345"),
        ("沪AD12345", "沪AD12345"),
        ("粤B12345F", "粤B12345F"),
        ("苏eO12I4", "苏E01214"),
        ("川A1234挂", "川A1234挂"),
        ("淅A12345", "浙A12345"),
        ("驾驶京N5229B号小型轿车", "京N5229B"),
        ("号牌号码鲁Q88888", "鲁Q88888"),
        ("8A12345", None),
        ("中A12345", None),
        ("浙A123", None),
        ("浙江ABCDEFG", None),
    ],
)
def test_plates(text: str, expected: str | None) -> None:
    assert value("plate", text) == expected


def test_a_province_that_was_put_right_fits_less_well() -> None:
    right, corrected = found("plate", "粤B12345"), found("plate", "奥B12345")
    assert right is not None
    assert corrected is not None
    assert right.value == corrected.value == "粤B12345"
    assert corrected.fit < right.fit == 1.0


def test_an_eighth_character_without_the_letter_of_new_energy_is_doubted() -> None:
    doubted = found("plate", "浙A123456")
    assert doubted is not None
    assert doubted.fit == 0.5


@pytest.mark.parametrize("seed", range(40))
def test_well_formed_plates_and_numbers_come_back_unchanged(seed: int) -> None:
    rng = dice("values", seed)
    plate, vin, tax = codes.plate(rng, electric=seed % 2 == 0), codes.vin(rng), codes.tax_number(rng, "339901")
    assert value("plate", plate) == plate
    assert value("vin", f"车辆识别代号：{vin}") == vin
    assert value("tax_number", f"纳税人识别号：{tax}") == tax
    assert vin_valid(vin)
    assert uscc_valid(tax)


def test_all_provinces_are_known() -> None:
    assert sorted(PROVINCES) == sorted(codes.PROVINCE_MARKS)
    assert len(set(PROVINCES)) == 31


def test_the_published_example_of_the_vin_standard_is_right() -> None:
    assert vin_valid("1M8GDM9AXKP042788")
    assert not vin_valid("1M8GDM9A1KP042788")
    assert not vin_valid("1M8GDM9AXKPO42788")


@pytest.mark.parametrize(
    ("text", "expected", "fit"),
    [
        ("1M8GDM9AXKP042788", "1M8GDM9AXKP042788", 1.0),
        ("1M8GDM9AXKPO42788", "1M8GDM9AXKP042788", 0.95),
        ("lM8GDM9AXKP042788", "1M8GDM9AXKP042788", 0.95),
        ("1M8GDM9AXKP0427BB", "1M8GDM9AXKP042788", 0.95),
        ("1M86DM9AXKP042788", "1M8GDM9AXKP042788", 0.8),
        ("1M8G DM9A XKP0 42788", "1M8GDM9AXKP042788", 1.0),
        ("1M8GDM9AXKP042789", "1M8GDM9AXKP042789", 0.35),
    ],
)
def test_vehicle_identification_numbers(text: str, expected: str, fit: float) -> None:
    answer = found("vin", text)
    assert answer is not None
    assert (answer.value, answer.fit) == (expected, fit)


@pytest.mark.parametrize("text", ["", "1M8GDM9AXKP04278", "ABCDEFGHJKLMNPRST", "13800000000"])
def test_what_is_no_vehicle_identification_number(text: str) -> None:
    assert found("vin", text) is None


@pytest.mark.parametrize(
    ("text", "expected", "fit"),
    [
        ("91350100M000100Y43", "91350100M000100Y43", 1.0),
        ("9135O100M000100Y43", "91350100M000100Y43", 0.95),
        ("91350100MO00100Y43", "91350100M000100Y43", 0.95),
        ("91350100M000100Y4A", "91350100M000100Y4A", 0.35),
        ("330106123456789", "330106123456789", 0.8),
        ("11010519491231002X", "11010519491231002X", 0.95),
    ],
)
def test_taxpayer_numbers(text: str, expected: str, fit: float) -> None:
    answer = found("tax_number", f"纳税人识别号：{text}")
    assert answer is not None
    assert (answer.value, answer.fit) == (expected, fit)


@pytest.mark.parametrize("text", ["", "12345678", "1234567890123456", "ABCDEFGHJKLMNPQRTU"])
def test_what_is_no_taxpayer_number(text: str) -> None:
    assert found("tax_number", text) is None


@pytest.mark.parametrize(
    ("text", "expected"),
    [("13%", "13%"), ("l3％", "13%"), ("1.50%", "1.5%"), ("0%", "0%"), ("免税", "免税"), ("6", "6%"), ("***", None), ("14", None)],
)
def test_rates(text: str, expected: str | None) -> None:
    assert value("percent", text) == expected


def test_a_doubled_character_of_a_province_is_put_right() -> None:
    assert value("paragraph", "四川川省蜀溪市锦湖区人民路17号") == "四川省蜀溪市锦湖区人民路17号"


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("医疗服务*门诊诊疗费", "*医疗服务*门诊诊疗费"),
        ("*劳务*修理费", "*劳务*修理费"),
        ("0.25g*12粒", "0.25g*12粒"),
        ("葡萄糖*5%", "葡萄糖*5%"),
    ],
)
def test_the_star_before_a_class_of_goods(text: str, expected: str) -> None:
    assert value("item", text) == expected


@pytest.mark.parametrize(
    ("text", "expected"), [("2026-01-06至长期", "长期"), ("长期有效", "长期"), ("2026.1.6", "2026-01-06"), ("6年", None)]
)
def test_days_that_may_never_come(text: str, expected: str | None) -> None:
    found = values.find(Wanted("until", part=2 if "至" in text else 1), plain(text))
    assert (found.value if found else None) == expected


def test_what_stands_behind_a_taxpayer_number_is_not_its_end() -> None:
    assert value("tax_number", "91379901MAATEQQ39635-+-9<987+9>8/5519") == "91379901MAATEQQ396"
