"""The fresh set is whole, keeps to its own provinces, prints what its truth says, and is what its first measurement was taken on."""

import hashlib
from pathlib import Path

import pytest

from anpei.samples import pages
from anpei.samples.layouts import LAYOUTS, PROVINCES, layouts_of
from anpei.samples.scenarios import CLEAN, PLAYED, SCENARIOS
from anpei.samples.stories import tell
from anpei.samples.world.catalogue import hospitals
from anpei.samples.world.dice import dice
from anpei.samples.world.people import FRESH_REGIONS, UNSEEN_REGIONS, make_person

ROOT = Path(__file__).parents[3]
RECORD = ROOT / "bench" / "fresh.sha256"
FOLDER = ROOT / "src" / "anpei" / "samples" / "layouts"
PHOTOS = frozenset({"blank", "damage_photo", "ear_tag", "plate_photo", "unknown"})
"""Kinds that print no form: slow to draw, and without facts or with one."""
FRESH = sorted(entry.id for entry in LAYOUTS.values() if entry.set == "fresh")
PAGED = frozenset({"page_no", "page_count"})
"""Facts of a page, not of its document."""

OF_THE_FORM = {"vat_invoice": frozenset({"invoice_number"})}
"""Facts that some forms of a kind state in another shape: a fully digital invoice has a number of twenty digits."""


def drawn_by() -> list[Path]:
    return sorted(FOLDER.glob("fresh_*.py"))


def test_the_layouts_are_those_of_the_first_measurement() -> None:
    recorded, *names = RECORD.read_text(encoding="utf-8").split()
    now = hashlib.sha256(b"".join(path.read_bytes() for path in drawn_by())).hexdigest()
    assert names == [path.name for path in drawn_by()]
    assert now == recorded, (
        "a fresh layout was changed after its first measurement: figures before and after are not comparable. "
        "Undo the change; a better form is a new set of its own"
    )


def test_each_kind_has_two_fresh_layouts() -> None:
    kinds = {entry.kind for entry in LAYOUTS.values() if entry.set == "fresh"}
    assert kinds == {entry.kind for entry in LAYOUTS.values() if entry.set == "unseen"}
    assert {kind for kind in kinds if len(layouts_of(kind, "fresh")) < 2} <= {"blank"}


def test_claims_find_receipts_with_items_and_with_categories_only() -> None:
    assert {entry.itemised for entry in layouts_of("outpatient_receipt", "fresh")} == {True, False}
    assert {entry.daily for entry in layouts_of("fee_list", "fresh")} == {True, False}


def test_the_provinces_are_of_this_set_alone() -> None:
    others = {province for which, provinces in PROVINCES.items() if which != "fresh" for province in provinces}
    assert not others & set(PROVINCES["fresh"])
    assert not set(FRESH_REGIONS) & set(UNSEEN_REGIONS)


@pytest.mark.parametrize(
    "layout_id", [name for name in FRESH if LAYOUTS[name].kind in {"outpatient_receipt", "fee_list", "discharge_summary"}]
)
def test_documents_come_from_hospitals_of_the_set(layout_id: str) -> None:
    names = {hospital.name for hospital in hospitals() if hospital.province in PROVINCES["fresh"]}
    for seed in range(8):
        assert pages.document_for(LAYOUTS[layout_id], dice("fresh", seed, layout_id)).facts["hospital_name"] in names


def test_nobody_of_the_other_sets_lives_in_the_provinces_of_this_one() -> None:
    for seed in range(300):
        rng = dice("elsewhere", seed)
        assert make_person(rng, provinces=PROVINCES["unseen"] if seed % 2 else ()).region_code not in FRESH_REGIONS
    assert make_person(dice("here"), provinces=PROVINCES["fresh"]).region_code in FRESH_REGIONS


def test_persons_of_the_other_sets_are_who_they_were_before_this_one() -> None:
    assert make_person(dice("who", 1)).id_number == "449904199201094759"
    assert make_person(dice("who", 2), provinces=PROVINCES["unseen"]).id_number == "619901196802206882"


@pytest.mark.parametrize("layout_id", [name for name in FRESH if LAYOUTS[name].kind not in PHOTOS])
def test_what_is_recorded_as_shown_are_facts_of_the_document(layout_id: str) -> None:
    layout = LAYOUTS[layout_id]
    document = pages.document_for(layout, dice("truth", layout_id))
    for sheet in layout.draw(document, dice("draw", layout_id)):
        said = {name: value for name, value in sheet.shown.items() if name not in PAGED | OF_THE_FORM.get(layout.kind, frozenset())}
        assert said == {name: document.facts[name] for name in said}
        for row in sheet.shown_rows:
            assert any(row.items() <= dict(fact).items() for fact in document.rows), row


@pytest.mark.parametrize("layout_id", [name for name in FRESH if LAYOUTS[name].kind in {"fee_list", "prescription", "laboratory_report"}])
def test_the_pages_of_a_list_print_each_row_once(layout_id: str) -> None:
    layout = LAYOUTS[layout_id]
    document = pages.document_for(layout, dice("rows", layout_id))
    shown = [row["name"] for sheet in layout.draw(document, dice("draw", layout_id)) for row in sheet.shown_rows]
    assert sorted(shown) == sorted(row["name"] for row in document.rows)


def test_the_same_scenarios_are_played_as_with_the_heldback_set() -> None:
    assert PLAYED["fresh"] == PLAYED["heldback"]
    pages.check_set("fresh")


@pytest.mark.parametrize("name", sorted(SCENARIOS))
def test_claims_of_the_set_hold_papers_of_the_set(name: str) -> None:
    for story in tell(SCENARIOS[name], which="fresh", key=f"fresh/{name}", label="t"):
        assert story.truth["set"] == "fresh"
        assert {LAYOUTS[paper.layout].set for paper in story.papers} == {"fresh"}


@pytest.mark.parametrize("name", [scenario.name for scenario in CLEAN])
def test_clean_claims_come_from_eligible_hospitals_of_the_set(name: str) -> None:
    eligible = {hospital.name for hospital in hospitals() if hospital.eligible and hospital.province in PROVINCES["fresh"]}
    (story,) = tell(SCENARIOS[name], which="fresh", key=f"clean/{name}", label="t")
    assert story.claim["event"]["hospital"] in eligible
