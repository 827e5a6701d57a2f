"""The unseen set is whole, keeps to its own provinces, and is what its first measurement was taken on."""

import hashlib
from pathlib import Path

import pytest

from anpei.samples import pages
from anpei.samples.layouts import LAYOUTS, PROVINCES, layouts_of
from anpei.samples.scenarios import CLEAN, PLAYED, SCENARIOS
from anpei.samples.stories import tell
from anpei.samples.world.catalogue import hospitals
from anpei.samples.world.dice import dice
from anpei.samples.world.people import UNSEEN_REGIONS, make_person

ROOT = Path(__file__).parents[3]
RECORD = ROOT / "bench" / "unseen.sha256"
FOLDER = ROOT / "src" / "anpei" / "samples" / "layouts"
UNSEEN = sorted(entry.id for entry in LAYOUTS.values() if entry.set == "unseen")


def drawn_by() -> list[Path]:
    return sorted(FOLDER.glob("unseen_*.py"))


def test_the_layouts_are_those_of_the_first_measurement() -> None:
    recorded, *names = RECORD.read_text(encoding="utf-8").split()
    now = hashlib.sha256(b"".join(path.read_bytes() for path in drawn_by())).hexdigest()
    assert names == [path.name for path in drawn_by()]
    assert now == recorded, (
        "an unseen layout was changed after its first measurement: figures before and after are not comparable. "
        "Undo the change; a better form is a new set of its own"
    )


def test_each_kind_has_two_unseen_layouts() -> None:
    kinds = {entry.kind for entry in LAYOUTS.values() if entry.set == "unseen"}
    assert len(kinds) == 30
    assert {kind for kind in kinds if len(layouts_of(kind, "unseen")) < 2} == {"blank"}


def test_claims_find_receipts_with_items_and_with_categories_only() -> None:
    assert {entry.itemised for entry in layouts_of("outpatient_receipt", "unseen")} == {True, False}
    assert {entry.daily for entry in layouts_of("fee_list", "unseen")} == {True, False}


@pytest.mark.parametrize(
    "layout_id", [name for name in UNSEEN if LAYOUTS[name].kind in {"outpatient_receipt", "fee_list", "discharge_summary"}]
)
def test_documents_come_from_hospitals_of_the_set(layout_id: str) -> None:
    names = {hospital.name for hospital in hospitals() if hospital.province in PROVINCES["unseen"]}
    for seed in range(8):
        assert pages.document_for(LAYOUTS[layout_id], dice("unseen", seed, layout_id)).facts["hospital_name"] in names


def test_nobody_of_the_other_sets_lives_in_the_provinces_of_this_one() -> None:
    for seed in range(300):
        rng = dice("elsewhere", seed)
        assert make_person(rng, provinces=PROVINCES["heldback"] if seed % 2 else ()).region_code not in UNSEEN_REGIONS
    assert make_person(dice("here"), provinces=PROVINCES["unseen"]).region_code in UNSEEN_REGIONS


def test_the_same_scenarios_are_played_as_with_the_heldback_set() -> None:
    assert PLAYED["unseen"] == PLAYED["heldback"]
    pages.check_set("unseen")


@pytest.mark.parametrize("name", sorted(SCENARIOS))
def test_claims_of_the_set_hold_papers_of_the_set(name: str) -> None:
    for story in tell(SCENARIOS[name], which="unseen", key=f"unseen/{name}", label="t"):
        assert story.truth["set"] == "unseen"
        assert {LAYOUTS[paper.layout].set for paper in story.papers} == {"unseen"}


@pytest.mark.parametrize("name", [scenario.name for scenario in CLEAN])
def test_clean_claims_come_from_eligible_hospitals_of_the_set(name: str) -> None:
    eligible = {hospital.name for hospital in hospitals() if hospital.eligible and hospital.province in PROVINCES["unseen"]}
    (story,) = tell(SCENARIOS[name], which="unseen", key=f"clean/{name}", label="t")
    assert story.claim["event"]["hospital"] in eligible
