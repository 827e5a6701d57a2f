"""A version corrected backwards gives the difference to what was paid; versions stay at hand for what they have paid."""

import shutil
from collections.abc import Callable
from datetime import date
from pathlib import Path

import pytest

from anpei.claims import benefit
from anpei.claims.benefit import Accumulators, BillFacts
from anpei.engines.knowledge import Rulebook, shipped_rulebook
from anpei.records.products import library
from anpei.records.products.library import NoTerms, ProductLibrary

Build = Callable[..., BillFacts]
DAY = date(2026, 3, 2)
SHIPPED = shipped_rulebook().folders[0] / "products" / "million-medical.yaml"


@pytest.fixture
def corrected(tmp_path: Path) -> ProductLibrary:
    """The shipped product, and a correction of it from 2026 on: 70 % instead of 60 % for members not settled by social insurance."""
    folder = tmp_path / "products"
    folder.mkdir()
    shutil.copyfile(SHIPPED, folder / SHIPPED.name)
    text = SHIPPED.read_text(encoding="utf-8").replace("ratio_unsettled: 6000", "ratio_unsettled: 7000")
    text = text.replace('version: "2025.1"', 'version: "2025.1c"\ncorrects: "2025.1"').replace(
        "valid_from: 2025-01-01", "valid_from: 2026-01-01"
    )
    (folder / "correction.yaml").write_text(text, encoding="utf-8")
    return library.load_library(Rulebook((tmp_path,)))


def test_the_correction_holds_from_its_first_day_on(corrected: ProductLibrary) -> None:
    versions = [corrected.terms("million-medical", "standard", at=day).version for day in (date(2025, 12, 31), date(2026, 1, 1))]
    assert versions == ["2025.1", "2025.1c"]
    assert corrected.version("million-medical", "2025.1", "standard").version == "2025.1"
    with pytest.raises(NoTerms, match="no version '2024'"):
        corrected.version("million-medical", "2024", "standard")


def test_the_difference_is_paid_in_addition(corrected: ProductLibrary, unused: Accumulators, stay: Build) -> None:
    bills = [stay(total=1_234_567, settled_by_social=False)]
    before = benefit.assess(terms=corrected.version("million-medical", "2025.1", "standard"), bills=bills, accumulators=unused)
    after = benefit.assess(terms=corrected.terms("million-medical", "standard", at=DAY), bills=bills, accumulators=unused)
    change = benefit.correct(paid=before, now=after)
    assert (change.version_paid, change.version_now) == ("2025.1", "2025.1c")
    assert (change.paid_fen, change.now_fen, change.supplement_fen, change.recovery_fen) == (140_740, 164_197, 23_457, 0)
    assert [(line.line_id, line.difference_fen) for line in change.lines] == [("b1:inpatient", 23_457)]
    assert [(use.name, use.used, use.now) for use in change.uses] == [
        ("annual_deductible_used", 1_000_000, 1_000_000), ("annual_limit_used", 140_740, 164_197),
    ]  # fmt: skip
    back = benefit.correct(paid=after, now=before)
    assert (back.supplement_fen, back.recovery_fen) == (0, 23_457)


def test_two_products_are_not_compared(million: object, standard: object, unused: Accumulators, stay: Build, visit: Build) -> None:
    one = benefit.assess(terms=million, bills=[stay(total=100)], accumulators=unused)  # type: ignore[arg-type]
    other = benefit.assess(terms=standard, bills=[visit(inside=100)], accumulators=unused)  # type: ignore[arg-type]
    with pytest.raises(benefit.BenefitInvalid, match="are two products"):
        benefit.correct(paid=one, now=other)
