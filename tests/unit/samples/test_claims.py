"""Claim folders: complete, reproducible, and each scenario really shows what it claims to show."""

import json
from collections.abc import Iterator
from datetime import date, timedelta
from decimal import Decimal
from pathlib import Path
from typing import Any

import pytest
import yaml

from anpei.samples import claims
from anpei.samples.layouts import LAYOUTS
from anpei.samples.scenarios import CLEAN, PLAYED, SCENARIOS, UnknownScenario
from anpei.samples.stories import Story, tell
from anpei.samples.world.catalogue import hospitals, item, items

RECEIPTS = {"outpatient_receipt", "inpatient_receipt"}


def stories(name: str) -> Iterator[Story]:
    """The last story of a scenario in both sets, several seeds."""
    for which in ("known", "heldback"):
        for seed in range(6):
            yield tell(SCENARIOS[name], which=which, key=f"test/{seed}/{which}", label=f"t-{seed}")[-1]


def facts(story: Story, kind: str) -> dict[str, str]:
    return dict(next(paper.document.facts for paper in story.papers if paper.document.kind == kind))


def receipt(story: Story) -> Any:
    return next(paper.document for paper in story.papers if paper.document.kind in RECEIPTS)


def names(story: Story) -> list[str]:
    return [row["name"] for paper in story.papers for row in paper.document.rows]


@pytest.mark.parametrize("name", sorted(SCENARIOS))
def test_papers_come_from_layouts_of_the_set_and_policy_fits_the_claim(name: str) -> None:
    for story in stories(name):
        assert {LAYOUTS[paper.layout].set for paper in story.papers} == {story.truth["set"]}
        assert all(LAYOUTS[paper.layout].kind == paper.document.kind for paper in story.papers)
        assert story.policy["policy_number"] == story.claim["policy"]["number"]
        assert story.policy["insured_id_number"] == story.claim["insured"]["id_number"]
        assert set(story.policy) == set(claims.POLICY_COLUMNS)


@pytest.mark.parametrize("name", [scenario.name for scenario in CLEAN])
def test_a_clean_claim_breaks_no_rule(name: str) -> None:
    by_name = {entry.name: entry for entry in items()}
    eligible = {hospital.name for hospital in hospitals() if hospital.eligible}
    for story in stories(name):
        paper = receipt(story)
        money = {key: Decimal(value) for key, value in paper.facts.items() if value.count(".") == 1}
        own = money["self_paid"] + money["own_expense"]
        assert money["total_amount"] == money["pooled_fund"] + money["other_payment"] + own
        assert sum(Decimal(row["amount"]) for row in paper.rows) == money["total_amount"]
        assert paper.facts["patient_name"] == story.policy["insured_name"]
        assert paper.facts["hospital_name"] in eligible
        happened, start = story.claim["event"]["occurred_on"], date.fromisoformat(story.policy["start_on"])
        assert start <= happened <= date.fromisoformat(story.policy["end_on"])
        waits = story.policy["first_covered_on"] == "" and story.claim["event"]["cause"] == "illness"
        assert not waits or happened >= start + timedelta(days=30)
        codes = {by_name[row].code for row in names(story) if row in by_name}
        for row in (by_name[row] for row in names(story) if row in by_name):
            assert row.sex_only in {"", story.policy["insured_gender"]}
            assert row.age_max is None
            assert row.excludes_code not in codes


def test_dated_lists_of_clean_stays_keep_the_daily_limits() -> None:
    for story in stories("inpatient_large"):
        paper = next(paper for paper in story.papers if paper.document.kind == "fee_list")
        if LAYOUTS[paper.layout].daily:
            for row in paper.document.rows:
                assert int(row["quantity"]) <= item(row["name"]).max_per_day, row


@pytest.mark.parametrize("name", sorted(SCENARIOS))
def test_settling_scenarios_state_an_amount_and_others_do_not(name: str) -> None:
    for story in stories(name):
        settles = story.truth["expected_decision"] == "settle"
        assert (story.truth["expected_total_fen"] is not None) == settles
        assert bool(story.truth["expected_findings"]) == (story.truth["expected_decision"] == "refer")
        assert bool(story.truth["missing"]) == (story.truth["expected_decision"] == "wanting")


@pytest.mark.parametrize(
    ("name", "fen"), [("visit_cap", 1_000_00), ("visit_cap_standard", 500_00), ("annual_limit", 50_00), ("inpatient_below_deductible", 0)]
)
def test_limits_are_reached(name: str, fen: int) -> None:
    for story in stories(name):
        assert story.truth["expected_total_fen"] == fen


def test_large_stays_pay_in_the_fast_lane() -> None:
    for story in stories("inpatient_large"):
        pays = story.truth["expected_total_fen"]
        assert story.truth["expected_lane"] == ("fast" if pays is None or pays > 3_000_00 else "unattended")
        assert story.truth["expected_findings"] == ([] if pays else ["amount.above_authority"])


def test_serious_illness_money_stands_in_other_payment_of_the_receipt_only() -> None:
    for story in stories("inpatient_serious_illness"):
        sheet = facts(story, "settlement_sheet")
        assert Decimal(sheet["serious_illness_fund"]) > 0
        assert sheet["other_payment"] == "0.00"
        assert facts(story, "inpatient_receipt")["other_payment"] == sheet["serious_illness_fund"]


def test_defects_show() -> None:
    for story in stories("wrong_person"):
        assert receipt(story).facts["patient_name"] != story.policy["insured_name"]
        assert facts(story, "outpatient_record")["patient_name"] == story.policy["insured_name"]
    for story in stories("event_before_cover"):
        assert story.claim["event"]["occurred_on"] < date.fromisoformat(story.policy["start_on"])
    for story in stories("waiting_period"):
        assert date.fromisoformat(story.policy["start_on"]) + timedelta(days=30) > story.claim["event"]["occurred_on"]
    for story in stories("unknown_hospital"):
        assert receipt(story).facts["hospital_name"] not in {hospital.name for hospital in hospitals()}
    for story in stories("upper_case_differs"):
        assert receipt(story).facts["total_upper"] != receipt(story).facts["total_amount"]


def test_defects_of_sums_show() -> None:
    for story in stories("rows_do_not_sum"):
        assert sum(Decimal(row["amount"]) for row in receipt(story).rows) < Decimal(receipt(story).facts["total_amount"])
    for story in stories("split_does_not_add_up"):
        money = receipt(story).facts
        parts = ("pooled_fund", "other_payment", "self_paid", "own_expense")
        assert sum(Decimal(money[name]) for name in parts) == Decimal(money["total_amount"]) + 36
    for story in stories("qr_differs"):
        assert receipt(story).extra["qr"].split(",")[5] != receipt(story).facts["total_amount"]
        assert "known-c" not in next(paper.layout for paper in story.papers)  # a form without a code


def test_defects_of_items_show() -> None:
    for story in stories("sex_rule"):
        assert story.policy["insured_gender"] == "M"
        assert "经阴道妇科超声" in names(story)
    for story in stories("age_rule"):
        assert "小儿氨酚黄那敏颗粒" in names(story)
    for story in stories("mutual_exclusion"):
        assert {"普通门诊诊查费", "急诊诊查费"} <= set(names(story))
    for story in stories("frequency_rule"):
        row = next(row for row in receipt(story).rows if row["name"] == "常规心电图检查")
        assert int(row["quantity"]) > item("常规心电图检查").max_per_day


def test_missing_papers_are_missing() -> None:
    for name in ("missing_page", "missing_fee_list"):
        for story in stories(name):
            assert story.truth["missing"][0] not in {paper.document.kind for paper in story.papers}
    for story in stories("blank_page"):
        assert "blank" in {paper.document.kind for paper in story.papers}
        assert not RECEIPTS & {paper.document.kind for paper in story.papers}
    for story in stories("blurred_receipt"):
        assert {paper.effect for paper in story.papers if paper.document.kind in RECEIPTS} == {"blur_8"}


def test_a_duplicate_follows_its_first_under_another_request() -> None:
    first, second = tell(SCENARIOS["duplicate_bill"], which="heldback", key="d", label="t")
    assert first.truth["expected_decision"] == "settle"
    assert second.truth["expected_findings"] == ["bill.duplicate"]
    assert receipt(first) == receipt(second)
    assert first.claim["request_id"] != second.claim["request_id"]
    assert first.policy == second.policy
    assert sorted([second.name, first.name]) == [first.name, second.name]


def test_heldback_has_enough_claims_and_half_are_clean() -> None:
    played = PLAYED["heldback"]
    clean = [name for name in played if SCENARIOS[name].decision == "settle"]
    assert len(played) >= 36
    assert 0.4 <= len(clean) / len(played) <= 0.6
    assert set(PLAYED["known"]) == set(SCENARIOS)


def test_make_one_writes_fresh_claims_and_adds_their_policies(tmp_path: Path) -> None:
    one, two = (claims.make_one(tmp_path, 1, "outpatient_plus", number) for number in (1, 2))
    again = claims.make_one(tmp_path / "again", 1, "outpatient_plus", 1)
    truths = [json.loads((folder / "truth.json").read_text(encoding="utf-8")) for folder in (one, two)]
    assert truths[0]["pages"][0]["fields"]["receipt_number"] != truths[1]["pages"][0]["fields"]["receipt_number"]
    assert len(claims.read_policies(tmp_path)) == 2
    assert one.name == again.name
    assert {file.name: file.read_bytes() for file in one.iterdir()} == {file.name: file.read_bytes() for file in again.iterdir()}


def test_a_folder_can_be_read_back(tmp_path: Path) -> None:
    folder = claims.make_one(tmp_path, 1, "outpatient_certificate", 9, which="heldback")
    claim = yaml.safe_load((folder / "claim.yaml").read_text(encoding="utf-8"))
    truth = json.loads((folder / "truth.json").read_text(encoding="utf-8"))
    assert isinstance(claim["event"]["occurred_on"], date)
    assert isinstance(claim["insured"]["id_number"], str)
    assert isinstance(claim["payee"]["account"], str)
    pictures = sorted(file.name for file in folder.iterdir() if file.suffix == ".jpg")
    assert pictures == sorted({page["file"] for page in truth["pages"]})
    assert {page["kind"] for page in truth["pages"]} == {"outpatient_receipt", "diagnosis_certificate", "id_card", "bank_card"}


def test_make_reports_progress_and_returns_folders_in_order(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(PLAYED, "known", ("blank_page", "duplicate_bill"))
    told: list[tuple[int, int, str]] = []
    folders = claims.make(tmp_path, 1, "known", lambda done, total, name: told.append((done, total, name)))
    assert told == [(1, 2, "blank_page"), (2, 2, "duplicate_bill")]
    assert [folder.name for folder in folders] == [
        "known-001-blank_page",
        "known-002-duplicate_bill-first",
        "known-002-duplicate_bill-second",
    ]
    assert len(claims.read_policies(tmp_path)) == 2


def test_unknown_scenarios_are_refused(tmp_path: Path) -> None:
    with pytest.raises(UnknownScenario, match="nonsense"):
        claims.make_one(tmp_path, 1, "nonsense", 1)
