"""Expected amounts by hand: the products' terms on small examples."""

import pytest

from anpei.samples.expected import million_medical, small_outpatient


@pytest.mark.parametrize(
    ("plan", "inside", "outside", "used", "pays"),
    [
        ("standard", 300_00, 0, 0, 160_00),  # (300 - 100) x 80 %
        ("standard", 300_00, 500_00, 0, 160_00),  # outside pays nothing
        ("standard", 60_00, 500_00, 0, 0),  # the rest of the deductible comes off outside
        ("standard", 100_03, 0, 0, 2),  # 0.03 x 80 % = 0.024
        ("standard", 2_000_00, 0, 0, 500_00),  # visit cap
        ("standard", 300_00, 0, 4_950_00, 50_00),  # what is left of the year
        ("standard", 300_00, 0, 5_100_00, 0),
        ("plus", 100_00, 100_00, 0, 130_00),
        ("plus", 0, 1, 0, 1),  # half a fen goes up
        ("plus", 1_000_00, 1_000_00, 0, 1_000_00),
        ("plus", 1_000_00, 0, 19_999_00, 1_00),
    ],
)
def test_small_outpatient(plan: str, inside: int, outside: int, used: int, pays: int) -> None:
    assert small_outpatient(plan=plan, inside=inside, outside=outside, limit_used=used) == pays


@pytest.mark.parametrize(
    ("base", "settled", "deductible_used", "limit_used", "pays"),
    [
        (10_000_00, True, 0, 0, 0),
        (10_000_01, True, 0, 0, 1),
        (15_000_00, True, 0, 0, 5_000_00),
        (15_000_00, False, 0, 0, 3_000_00),
        (5_000_00, True, 9_000_00, 0, 4_000_00),
        (5_000_00, True, 12_000_00, 0, 5_000_00),
        (3_000_000_00, True, 0, 0, 2_000_000_00),
        (15_000_00, True, 0, 1_999_999_00, 1_00),
    ],
)
def test_million_medical(base: int, settled: bool, deductible_used: int, limit_used: int, pays: int) -> None:
    assert million_medical(base=base, settled=settled, deductible_used=deductible_used, limit_used=limit_used) == pays
