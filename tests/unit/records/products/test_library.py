"""Products as dated data: the terms of a day, wrong files named with file and line, reloading without an outage."""

import shutil
from datetime import date
from pathlib import Path

import pytest

from anpei.claims import benefit
from anpei.engines.knowledge import KnowledgeError, Rulebook, shipped_rulebook
from anpei.records.products import library
from anpei.records.products.library import NoTerms

DAY = date(2026, 3, 2)
SHIPPED = shipped_rulebook().folders[0]
NAMES = ("million-medical.yaml", "small-outpatient.yaml")


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    """A rulebook of its own with the shipped products."""
    (tmp_path / "products").mkdir()
    for name in NAMES:
        shutil.copyfile(SHIPPED / "products" / name, tmp_path / "products" / name)
    return tmp_path


def change(folder: Path, old: str, new: str, *, name: str = "million-medical.yaml") -> int:
    """Replace the first occurrence of a text; gives its line."""
    path = folder / "products" / name
    text = path.read_text(encoding="utf-8")
    assert old in text
    path.write_text(text.replace(old, new, 1), encoding="utf-8")
    return text[: text.index(old)].count("\n") + 1


def test_terms_are_those_of_the_day_of_loss(folder: Path) -> None:
    change(folder, "valid_to: null", "valid_to: 2026-07-01")
    later = (folder / "products" / "million-medical.yaml").read_text(encoding="utf-8")
    later = later.replace('version: "2025.1"', 'version: "2026.2"').replace("valid_from: 2025-01-01", "valid_from: 2026-07-01")
    later = later.replace("valid_to: 2026-07-01", "valid_to: null").replace("waiting_days: 30", "waiting_days: 60")
    (folder / "products" / "million-medical-2026.yaml").write_text(later, encoding="utf-8")
    products = library.load_library(Rulebook((folder,)))
    on = [products.terms("million-medical", "standard", at=day) for day in (date(2026, 6, 30), date(2026, 7, 1))]
    assert [(terms.version, terms.waiting_days) for terms in on] == [("2025.1", 30), ("2026.2", 60)]


@pytest.mark.parametrize(
    ("product", "plan", "day", "says"),
    [
        ("unknown", "standard", DAY, "no version in force on 2026-03-02"),
        ("million-medical", "standard", date(2024, 12, 31), "no version in force on 2024-12-31"),
        ("million-medical", "gold", DAY, "no plan 'gold'; it has standard"),
    ],
)
def test_terms_that_do_not_exist_are_named(product: str, plan: str, day: date, says: str) -> None:
    with pytest.raises(NoTerms, match=says) as caught:
        library.load_library(shipped_rulebook()).terms(product, plan, at=day)
    assert caught.value.code == "products.no_terms"


def test_a_draft_has_no_terms_yet_and_may_overlap(folder: Path) -> None:
    draft = (folder / "products" / "million-medical.yaml").read_text(encoding="utf-8").replace("status: live", "status: draft")
    (folder / "products" / "a-draft.yaml").write_text(draft.replace("waiting_days: 30", "waiting_days: 90"), encoding="utf-8")
    products = library.load_library(Rulebook((folder,)))
    assert products.terms("million-medical", "standard", at=DAY).waiting_days == 30
    assert len(products.files()) == 3
    assert products.product_ids() == ["million-medical", "small-outpatient"]


def test_two_versions_in_force_on_one_day_are_refused(folder: Path) -> None:
    text = (folder / "products" / "million-medical.yaml").read_text(encoding="utf-8").replace('version: "2025.1"', 'version: "2025.2"')
    (folder / "products" / "z-copy.yaml").write_text(text, encoding="utf-8")
    with pytest.raises(KnowledgeError, match=r"versions 2025\.[12] and 2025\.[12] of million-medical are both in force"):
        library.load_library(Rulebook((folder,)))


def test_one_version_in_two_files_is_refused(folder: Path) -> None:
    change(folder, "valid_to: null", "valid_to: 2026-07-01")
    text = (
        (folder / "products" / "million-medical.yaml")
        .read_text(encoding="utf-8")
        .replace("valid_from: 2025-01-01", "valid_from: 2026-07-01")
    )
    (folder / "products" / "z-copy.yaml").write_text(text.replace("valid_to: 2026-07-01", "valid_to: null"), encoding="utf-8")
    with pytest.raises(KnowledgeError, match=r"version 2025\.1 of million-medical stands in two files") as caught:
        library.load_library(Rulebook((folder,)))
    assert caught.value.data["field"] == "version"


def test_terms_are_resolved_once(folder: Path) -> None:
    products = library.load_library(Rulebook((folder,)))
    first = products.terms("million-medical", "standard", at=DAY)
    assert products.terms("million-medical", "standard", at=date(2026, 5, 1)) is first


@pytest.mark.parametrize(
    ("old", "new", "says"),
    [
        ("from: base\n", "from: bse\n", "step 'after-deductible': unknown input 'bse'; known here are"),
        ("rate:\n      - {when: settled_by_social, use: ratio_settled}", "rate:\n      - {when: settled_by_social, use: annual_limit}", "step 'by-ratio': 'annual_limit' is in fen, but bp is needed here"),  # noqa: E501
        ("output: after_deductible", "output: base", "step 'after-deductible': the name 'base' is taken"),
        ("      - {use: ratio_no_social}\n", "", "step 'by-ratio': the last case, and only the last, stands without 'when'"),
        ("limit: annual_limit_used.left", "limit: annual_limit", "step 'annual-limit': a step that consumes 'annual_limit_used' must read"),
        ("    consumes: annual_limit_used\n", "", "step 'annual-limit': 'annual_limit_used.left' is read but not used up: say consumes"),
        ("{deductible_applied}元", "{deductible_aplied}元", "step 'deductible': {deductible_aplied} is not an input or the output"),
        ("do: cap", "do: minimum", "Input tag 'minimum' found using 'do' does not match any of the expected tags"),
        ('annual_deductible: "10000.00"', "annual_deductible: 10000.50", "Input should be a valid"),
        ('annual_deductible: "10000.00"', 'annual_deductible: "ten"', "'ten' is no amount in yuan"),
        ("ratio_unsettled: 6000", "ratio_unsettled: 60000", "60000 must be a whole number from 0 to 10000 basis points"),
        ('annual_limit: "2000000.00"', 'anual_limit: "2000000.00"', "plan 'standard' gives no value for annual_limit"),
        ("coverage: inpatient-medical", "coverage: inpatient", "unknown coverage 'inpatient'; declared are inpatient-medical"),
        ("payable: by_ratio", "payable: by_rate", "'by_rate' is not the output of a step of a bill"),
        ("payable: bill_payable", "payable: nothing", "'nothing' is not the output of a step of a bill"),
        ('payable: "34112.71"', "payable: 34112.71", "write an amount in yuan as quoted text, such as '432.60'"),
        ("total: annual_limit,", "total: ratio_settled,", "the total of 'annual_limit_used' must be a parameter in yuan"),
        ("event_kinds: [inpatient]", "event_kinds: [inpatient, outpatient]", "the event kind 'outpatient' has no list"),
        ("waiting_days: 30", "waiting_days: 181", "less than or equal to 180"),
        ("valid_to: null", "valid_to: 2025-01-01", "must lie after valid_from"),
        ("  lesser: {", "  lessr: {", "there is no phrase 'lessr'; a product may say lesser in its own words"),
        ("status: live", "statsu: live", "Field required"),
        ("steps:\n", "steps:\n  - {id: extra, do: sum, title: {zh: 多, en: more}, clause: 一, of: [total], output: base}\n", "step 'base': the name 'base' is taken"),  # noqa: E501
        ("accumulators:\n", "accumulators:\n  idle: {kind: limit, period: day, total: annual_limit, title: {zh: 闲, en: idle}}\n", "the accumulator 'idle' must be consumed by exactly one step, not 0"),  # noqa: E501
        ("parameters:\n", "parameters:\n  idle: {unit: bp, title: {zh: 闲, en: idle}}\n", "plan 'standard' gives no value for idle"),
        ("used: {annual_deductible_used:", "used: {annual_deductible:", "unknown accumulator 'annual_deductible'"),
    ],
)  # fmt: skip
def test_a_wrong_file_is_named_with_its_line(folder: Path, old: str, new: str, says: str) -> None:
    change(folder, old, new)
    with pytest.raises(KnowledgeError) as caught:
        library.load_library(Rulebook((folder,)))
    assert says in caught.value.message
    assert caught.value.data["file"].endswith("million-medical.yaml")
    assert caught.value.message.startswith(f"{caught.value.data['file']}, line {caught.value.data['line']}")
    assert caught.value.data["field"].startswith("steps.") is says.startswith(("step", "Input tag"))


@pytest.mark.parametrize(
    ("old", "new", "field"),
    [
        ("from: base\n", "from: bse\n", "steps.2.from"),
        ("limit: annual_limit_used.left", "limit: annual_limit", "steps.4.consumes"),
        ("output: after_deductible", "output: base", "steps.2.output"),
        ("ratio_unsettled: 6000", "ratio_unsettled: 60000", "plans.standard.parameters.ratio_unsettled"),
        ('total: "6320.00"', "total: 6320.00", "examples.1.bills.0.total"),
    ],
)
def test_the_place_is_exact(folder: Path, old: str, new: str, field: str) -> None:
    line = change(folder, old, new)
    with pytest.raises(KnowledgeError) as caught:
        library.load_library(Rulebook((folder,)))
    assert (caught.value.data["line"] - line, caught.value.data["field"]) == (1 if field.endswith("consumes") else 0, field)


@pytest.mark.parametrize(
    ("old", "new", "says"),
    [
        ("amount: visit_inside", "amount: inside", "'inside' is a value of one bill: add it up over the visit with a gather step first"),
        ("    each: visit\n    do: gather", "    do: gather", "gather adds up the bills of a visit: set each: visit"),
        ("unit: visit", "unit: bill", "this product counts by bill (unit: bill), so no step can be of a visit"),
        ("consumes: visits", "consumes: annual_limit_used", "'annual_limit_used' is no accumulator of kind 'count'"),
    ],
)
def test_visits_and_bills_are_kept_apart(folder: Path, old: str, new: str, says: str) -> None:
    change(folder, old, new, name="small-outpatient.yaml")
    with pytest.raises(KnowledgeError) as caught:
        library.load_library(Rulebook((folder,)))
    assert says in caught.value.message


def test_a_broken_file_does_not_take_down_a_running_library(folder: Path) -> None:
    products = library.load_library(Rulebook((folder,)))
    before = products.terms("million-medical", "standard", at=DAY)
    change(folder, "from: base\n", "from: bse\n")
    with pytest.raises(KnowledgeError, match="unknown input 'bse'"):
        products.reload()
    assert products.terms("million-medical", "standard", at=DAY) == before
    change(folder, "from: bse\n", "from: base\n")
    change(folder, "waiting_days: 30", "waiting_days: 60")
    products.reload()
    assert products.terms("million-medical", "standard", at=DAY).waiting_days == 60


@pytest.mark.parametrize(
    ("old", "new", "says"),
    [
        ('payable: "8665.67"', 'payable: "8665.68"', "example M02b must give 8665.68 (no zero), the steps give 8665.67 (no zero)"),
        ("zero_cause: deductible", "zero_cause: limit", "example M02a must give 0.00 (limit), the steps give 0.00 (deductible)"),
        ('pooled: "41230.50"', 'pooled: "91230.50"', "an example cannot be calculated: bill b1: what others paid is more"),
    ],
)
def test_a_product_whose_examples_fail_does_not_go_live(folder: Path, old: str, new: str, says: str) -> None:
    change(folder, old, new)
    with pytest.raises(KnowledgeError) as caught:
        library.load_library(Rulebook((folder,)), check=benefit.failed_examples)
    assert says in caught.value.message


def test_the_adopters_folder_overlays_the_shipped_file(tmp_path: Path) -> None:
    (tmp_path / "products").mkdir()
    text = (SHIPPED / "products" / "million-medical.yaml").read_text(encoding="utf-8")
    (tmp_path / "products" / "million-medical.yaml").write_text(text.replace("waiting_days: 30", "waiting_days: 90"), encoding="utf-8")
    products = library.load_library(shipped_rulebook(tmp_path))
    assert products.terms("million-medical", "standard", at=DAY).waiting_days == 90
    assert len(products.product_ids()) == len(list((SHIPPED / "products").glob("*.yaml")))


def test_terms_hold_the_sold_values() -> None:
    products = library.load_library(shipped_rulebook(), check=benefit.failed_examples)
    values = {
        (product, plan): {p.name: p.value for p in products.terms(product, plan, at=DAY).parameters}
        for product, plan in (("small-outpatient", "standard"), ("small-outpatient", "plus"), ("million-medical", "standard"))
    }
    shared = {"inside_ratio": 8000, "visits_per_day": 1}
    assert values == {
        ("small-outpatient", "standard"): shared
        | {"visit_deductible": 10_000, "outside_ratio": 0, "visit_cap": 50_000, "annual_limit": 500_000},
        ("small-outpatient", "plus"): shared
        | {"visit_deductible": 0, "outside_ratio": 5000, "visit_cap": 100_000, "annual_limit": 2_000_000},
        ("million-medical", "standard"): {
            "annual_deductible": 1_000_000, "ratio_settled": 10_000, "ratio_unsettled": 6_000, "ratio_no_social": 10_000,
            "annual_limit": 200_000_000,
        },
    }  # fmt: skip


@pytest.mark.parametrize(
    ("ownership", "grade", "eligible"),
    [("public", "二级", True), ("public", "三级甲等", True), ("public", "一级", False), ("public", "", False), ("private", "三级", False)],
)
def test_eligible_hospitals(ownership: str, grade: str, eligible: bool) -> None:
    terms = library.load_library(shipped_rulebook()).terms("million-medical", "standard", at=DAY)
    assert terms.hospital.accepts(ownership=ownership, grade=grade) is eligible


def test_required_documents_are_kinds_that_can_be_read() -> None:
    kinds = {path.stem for path in (SHIPPED / "kinds").glob("*.yaml")}
    wanted = {
        kind
        for file in library.load_library(shipped_rulebook()).files()
        for docs in file.documents.values()
        for d in docs
        for kind in d.any_of
    }
    assert wanted - kinds == set()
