"""Values of personal papers and laboratory reports: telephone numbers, grades, numbers led by a letter, results, ranges, units."""

import pytest

from anpei.reading import _values as values
from anpei.reading._values import Wanted


def value(kind: str, text: str, **limits: object) -> str | None:
    found = values.find(Wanted(kind, **limits), text)  # type: ignore[arg-type]
    return None if found is None else found.value


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("19900001234", "19900001234"),
        ("手机199-0000-1234(本人)", "19900001234"),
        ("+86 19900001234", "19900001234"),
        ("l99OOOO1234", "19900001234"),
        ("(0571)88881234", "0571-88881234"),
        ("0571-88881234转3", "0571-88881234"),
        ("1990000123", None),
        ("339901199001012345", None),
        ("129****1234", None),
    ],
)
def test_telephone_numbers(text: str, expected: str | None) -> None:
    assert value("phone", text) == expected


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("十级", "十级"),
        ("构成10级伤残", "十级"),
        ("X级", "十级"),
        ("Ⅸ级", "九级"),
        ("拾级伤残", "十级"),
        ("评定为一级伤残", "一级"),
        ("4级", "四级"),
        ("11级", None),
        ("等级评定", None),
    ],
)
def test_grades(text: str, expected: str | None) -> None:
    assert value("grade", text) == expected


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("U412409102", "U412409102"),
        ("No.T 791329116", "T791329116"),
        ("8123456789", "B123456789"),
        ("Z33O1Z3456", "Z330123456"),
        ("U41240", None),
        ("A4124091021234567", None),
    ],
)
def test_numbers_led_by_a_letter(text: str, expected: str | None) -> None:
    assert value("lettered", text, length=(8, 10)) == expected


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("5.43", "5.43"),
        ("390↑", "390"),
        ("0.36↓", "0.36"),
        ("12.5H", "12.5"),
        ("<0.50", "<0.50"),
        ("阴性", "阴性"),
        ("阳性↑", "阳性"),
        ("阴性(-)", "阴性(-)"),
        ("↑", None),
    ],
)
def test_results_are_told_without_their_mark(text: str, expected: str | None) -> None:
    assert value("result", text) == expected


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("3.5-9.5", "3.5-9.5"),
        ("3.5~9.5", "3.5-9.5"),
        ("3.5--9.5", "3.5-9.5"),
        ("(137.0-147.0)", "137.0-147.0"),
        ("<5.0", "<5.0"),
        ("阴性", "阴性"),
        ("--", None),
    ],
)
def test_ranges_have_one_form(text: str, expected: str | None) -> None:
    assert value("reference", text) == expected


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("10^9/L", "10^9/L"),
        ("×10^12/L", "10^12/L"),
        ("10*9/L", "10^9/L"),
        ("μmol/L", "umol/L"),
        ("mmol/L", "mmol/L"),
        ("盒", "盒"),
        ("0%", "%"),
        ("12", None),
    ],
)
def test_units_of_measurement_have_one_form(text: str, expected: str | None) -> None:
    assert value("unit", text) == expected


@pytest.mark.parametrize(("text", "expected"), [("((右乳)导管癌", "(右乳)导管癌"), ("(右乳)导管癌", "(右乳)导管癌"), ("[左侧", "左侧")])
def test_a_bracket_that_is_never_closed_does_not_begin_a_text(text: str, expected: str) -> None:
    assert value("paragraph", text) == expected


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("二〇二六年七月二十日", "2026-07-20"),
        ("出具于二○二六年十二月三十一日", "2026-12-31"),
        ("二O二六年十月十日", "2026-10-10"),
        ("二零二六年一月二日", "2026-01-02"),
        ("二〇二六年十三月一日", None),
        ("二〇二六年二月三十日", None),
    ],
)
def test_days_written_in_characters(text: str, expected: str | None) -> None:
    assert value("date", text) == expected


def test_a_day_in_figures_goes_before_one_in_characters() -> None:
    assert value("date", "二〇二五年三月一日至2026年3月2日") == "2026-03-02"
    assert value("date", "二〇二五年三月一日至二〇二六年三月二日", part=2) == "2026-03-02"


def test_full_stops_stay_between_sentences_and_go_at_the_end() -> None:
    assert value("paragraph", "慢性胆囊炎.胆囊结石.") == "慢性胆囊炎。胆囊结石"
    assert value("paragraph", "大小1.2cm,T36.8") == "大小1.2cm,T36.8"
