"""The worked examples in the product files: all hold, and one that does not is told with what the steps give."""

import pytest

from anpei.claims import benefit
from anpei.records.products.library import ProductLibrary


def test_the_examples_of_every_shipped_product_hold(products: ProductLibrary) -> None:
    failed = {file.id: problems for file in products.files() if (problems := benefit.failed_examples(file))}
    assert failed == {}
    assert {file.id for file in products.files()} == {
        "accident", "advance-payment", "city-supplementary", "commercial-motor", "compulsory-motor", "critical-illness",
        "enterprise-property", "hospital-allowance", "household-property", "livestock", "million-medical", "pet-medical",
        "rider-accident", "small-outpatient", "term-life",
    }  # fmt: skip
    few = {file.id for file in products.files() if len(file.examples) < 7}
    assert few == {"advance-payment"}


@pytest.mark.parametrize(
    ("change", "says"),
    [
        ({"payable": 3_411_270}, "example M01 must give 34112.70 (no zero), the steps give 34112.71 (no zero)"),
        ({"payable": 0, "zero_cause": "limit"}, "example M01 must give 0.00 (limit), the steps give 34112.71 (no zero)"),
        ({"used": {"annual_deductible_used": 1}}, "example M01 must give 34112.71 (no zero), the steps give 34112.72 (no zero)"),
    ],
)
def test_an_example_that_does_not_hold_is_told(products: ProductLibrary, change: dict[str, object], says: str) -> None:
    file = next(file for file in products.files() if file.id == "million-medical")
    wrong = file.examples[0].model_copy(update=change)
    assert benefit.failed_examples(file.model_copy(update={"examples": [wrong, *file.examples[1:]]})) == [says]


def test_an_example_that_cannot_be_calculated_is_told(products: ProductLibrary) -> None:
    file = next(file for file in products.files() if file.id == "million-medical")
    bill = file.examples[0].bills[0].model_copy(update={"pooled": 10**9})
    wrong = file.examples[0].model_copy(update={"bills": [bill]})
    (said,) = benefit.failed_examples(file.model_copy(update={"examples": [wrong]}))
    assert said.startswith("an example cannot be calculated: bill b1: what others paid is more than the total")
