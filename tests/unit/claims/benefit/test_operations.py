"""Each operation at its borders, in whole numbers, as the steps of a product call it."""

from datetime import date
from typing import Any

import pytest

from anpei.claims import benefit
from anpei.claims.benefit import _operations as operations
from anpei.records.products.library import ProductLibrary
from anpei.records.products.model import Case, Operand, StepTerms, Terms


@pytest.fixture(scope="module")
def terms(products: ProductLibrary) -> Terms:
    return products.terms("livestock", "standard", at=date(2026, 3, 2))


def step(do: str, *, rounding: str = "", names: tuple[str, ...] = (), **settings: Any) -> StepTerms:
    operands = tuple(Operand(role="x", cases=(Case("", name),)) for name in (names or ("a", "b", "c")))
    return StepTerms("s", do, "event", (), "一", operands, "out", "", rounding, (), settings=tuple(sorted(settings.items())))


def day(text: str) -> int:
    return date.fromisoformat(text).toordinal()


@pytest.mark.parametrize(
    ("do", "values", "result"),
    [
        ("sum", [], 0), ("sum", [1, 2], 3), ("subtract", [5, 2, 2], 1), ("subtract", [5, 3, 3], 0), ("smaller", [3, 2], 2),
        ("larger", [3, 2], 3), ("largest", [], 0), ("largest", [1, 4, 2], 4), ("clamp", [5, 1, 4], 4), ("clamp", [0, 1, 4], 1),
        ("clamp", [2, 1, 4], 2), ("choose", [7], 7), ("gather", [], 0), ("number", [1, 0, 1], 2), ("deductible", [9, 4], 4),
        ("cap", [9, 4], 4), ("count", [9, 1], 9), ("count", [9, 0], 0), ("multiply", [9, 3], 27), ("later", [10, 3], 13),
        ("all", [1, 1], 1), ("all", [1, 0], 0), ("any", [0, 0], 0), ("any", [0, 1], 1), ("not", [0], 1), ("not", [1], 0),
    ],
)  # fmt: skip
def test_simple_operations(terms: Terms, do: str, values: list[int], result: int) -> None:
    assert operations.result(values, step=step(do), terms=terms) == result


@pytest.mark.parametrize(
    ("rounding", "amount", "part", "whole", "result"),
    [
        ("half_up", 100, 1, 3, 33), ("half_up", 100, 1, 8, 13), ("half_up", 5, 1, 10, 1), ("down", 100, 2, 3, 66), ("up", 100, 2, 3, 67),
        ("up", 100, 1, 2, 50), ("half_up", 0, 1, 3, 0), ("half_up", 7, 3, 3, 7), ("half_up", 5_600_000, 80, 100, 4_480_000),
    ],
)  # fmt: skip
def test_proportion_rounds_where_it_says(terms: Terms, rounding: str, amount: int, part: int, whole: int, result: int) -> None:
    assert operations.result([amount, part, whole], step=step("proportion", rounding=rounding), terms=terms) == result


@pytest.mark.parametrize(("rounding", "result"), [("half_up", 5), ("down", 4), ("up", 5)])
def test_ratio_rounds_where_it_says(terms: Terms, rounding: str, result: int) -> None:
    assert operations.result([9, 5000], step=step("ratio", rounding=rounding), terms=terms) == result


def test_a_division_by_zero_goes_to_a_person(terms: Terms) -> None:
    with pytest.raises(benefit.FactsInconsistent, match="divides by whole, which is zero") as caught:
        operations.result([1, 1, 0], step=step("proportion", rounding="half_up", names=("a", "b", "whole")), terms=terms)
    assert caught.value.code == "benefit.facts_inconsistent"


@pytest.mark.parametrize(
    ("counting", "first", "last", "days"),
    [
        ("nights", "2026-03-02", "2026-03-14", 12), ("nights", "2026-03-02", "2026-03-02", 0),
        ("at_least_one", "2026-03-02", "2026-03-02", 1), ("at_least_one", "2026-03-02", "2026-03-04", 2),
        ("both_ends", "2026-03-02", "2026-03-02", 1), ("nights", "2024-02-28", "2024-03-01", 2),
    ],
)  # fmt: skip
def test_days_are_counted_as_the_clause_says(terms: Terms, counting: str, first: str, last: str, days: int) -> None:
    assert operations.result([day(first), day(last)], step=step("days", counting=counting), terms=terms) == days


@pytest.mark.parametrize(
    ("first", "last", "months"),
    [
        ("2023-03-02", "2026-03-02", 36), ("2023-03-03", "2026-03-02", 35), ("2026-01-31", "2026-02-28", 0),
        ("2026-01-31", "2026-03-31", 2), ("2024-02-29", "2025-02-28", 11), ("2026-03-02", "2026-03-02", 0),
    ],
)  # fmt: skip
def test_months_are_whole(terms: Terms, first: str, last: str, months: int) -> None:
    assert operations.result([day(first), day(last)], step=step("months"), terms=terms) == months


@pytest.mark.parametrize("do", ["days", "months"])
def test_days_in_the_wrong_order_go_to_a_person(terms: Terms, do: str) -> None:
    with pytest.raises(benefit.FactsInconsistent, match=r"2026-03-01\) lies before"):
        operations.result([day("2026-03-02"), day("2026-03-01")], step=step(do, counting="nights"), terms=terms)


@pytest.mark.parametrize(
    ("grades", "promote", "worst"),
    [([8, 10], 1, 8), ([8, 10, 8], 1, 7), ([8, 8, 8], 1, 7), ([1, 1], 1, 1), ([10, 10], 1, 9), ([8, 8], 0, 8), ([3, 4, 4], 1, 3)],
)
def test_the_worst_grade_is_promoted_once(terms: Terms, grades: list[int], promote: int, worst: int) -> None:
    assert operations.result(grades, step=step("worst", promote=promote), terms=terms) == worst


@pytest.mark.parametrize(
    ("how", "left", "right", "holds"),
    [
        ("less", 1, 2, 1), ("less", 2, 2, 0), ("at_most", 2, 2, 1), ("at_most", 3, 2, 0), ("equal", 2, 2, 1), ("equal", 1, 2, 0),
        ("at_least", 2, 2, 1), ("at_least", 1, 2, 0), ("more", 3, 2, 1), ("more", 2, 2, 0),
    ],
)  # fmt: skip
def test_comparisons(terms: Terms, how: str, left: int, right: int, holds: int) -> None:
    assert operations.result([left, right], step=step("compare", **{"is": how}), terms=terms) == holds


@pytest.mark.parametrize(("months", "cap"), [(0, 20_000_000), (119, 20_000_000), (120, 50_000_000), (216, 50_000_000)])
def test_a_band_holds_from_its_key_on(products: ProductLibrary, months: int, cap: int) -> None:
    life = products.terms("term-life", "standard", at=date(2026, 3, 2))
    assert operations.result([months], step=step("table", table="minor_cap"), terms=life) == cap


def test_a_table_without_the_row_goes_to_a_person(products: ProductLibrary) -> None:
    accident = products.terms("accident", "standard", at=date(2026, 3, 2))
    with pytest.raises(benefit.FactsMissing, match="grade_percent has no row for 11"):
        operations.result([11], step=step("table", table="grade_percent"), terms=accident)


@pytest.mark.parametrize(
    ("amount", "weights", "shares"),
    [
        (200_000, [1, 1, 1], [66_667, 66_667, 66_666]), (18_000_000, [150, 100], [10_800_000, 7_200_000]), (0, [0, 0], [0, 0]), (0, [], []),
        (5, [0, 3], [0, 5]),
    ],
)  # fmt: skip
def test_shares_add_up_exactly(amount: int, weights: list[int], shares: list[int]) -> None:
    assert operations.shares(amount=amount, weights=weights, step=step("share")) == shares


def test_nobody_to_share_with_goes_to_a_person() -> None:
    with pytest.raises(benefit.FactsMissing, match="nobody to share with"):
        operations.shares(amount=1, weights=[], step=step("share"))
    with pytest.raises(benefit.FactsInconsistent, match="weights that are all zero"):
        operations.shares(amount=1, weights=[0], step=step("share"))
