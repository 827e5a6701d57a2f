"""The shipped knowledge about documents is whole, and a new kind or layout needs data only."""

import re
import shutil
from pathlib import Path

import pytest

from anpei.engines.knowledge import KnowledgeError, Rulebook, shipped_rulebook
from anpei.reading import ReadingMachine
from anpei.reading._sense.lines import plain
from anpei.reading._sense.schema import Knowledge, load_knowledge
from tests.unit.reading.conftest import text_pdf

KINDS = {
    "outpatient_receipt",
    "inpatient_receipt",
    "fee_list",
    "discharge_summary",
    "outpatient_record",
    "diagnosis_certificate",
    "settlement_sheet",
    "id_card",
    "bank_card",
    "admission_record",
    "prescription",
    "pathology_report",
    "laboratory_report",
    "household_register",
    "birth_certificate",
    "death_certificate",
    "vehicle_licence",
    "driving_licence",
    "traffic_accident_certificate",
    "repair_estimate",
    "vat_invoice",
    "disability_appraisal",
    "livestock_loss_sheet",
    "ear_tag",
    "claim_form",
    "power_of_attorney",
    "plate_photo",
    "damage_photo",
}


def test_all_kinds_are_there(knowledge: Knowledge) -> None:
    assert set(knowledge.kinds) == KINDS


def test_patterns_are_regular_expressions_with_one_group(knowledge: Knowledge) -> None:
    patterns = [pattern for specs in knowledge.specs.values() for spec in specs.values() for pattern in spec.patterns]
    assert patterns
    assert {re.compile(pattern).groups for pattern in patterns} == {1}


def test_corrections_keep_the_length(knowledge: Knowledge) -> None:
    assert [wrong for wrong, right in knowledge.misread.items() if len(wrong) != len(right) or wrong == right] == []


def test_no_column_head_names_two_columns_of_a_kind(knowledge: Knowledge) -> None:
    for kind in knowledge.kinds.values():
        heads = [plain(head) for name in kind.columns for head in knowledge.columns[name].heads]
        assert sorted(heads) == sorted(set(heads)), kind.id


def test_checks_and_identities_name_fields_of_the_kind(knowledge: Knowledge) -> None:
    for kind in knowledge.kinds.values():
        checks = kind.checks
        named = {name for group in checks.same for name in group} | {name for pair in checks.order for name in pair}
        named |= {*checks.sums, *(name for parts in checks.sums.values() for name in parts), *([checks.rows] if checks.rows else [])}
        named |= {name for identity in kind.identity for name in identity}
        assert named <= set(kind.fields), kind.id


VACCINE = """
id: vaccine_card
title: {zh: 预防接种证, en: Vaccination card}
status: live
owner: reading
reference: 预防接种工作规范
keywords: [{text: 预防接种证, weight: 7, title: true}, {text: 接种日期, weight: 2}]
required: [patient_name]
fields:
  patient_name: {labels: [受种者]}
  visit_on: {labels: [接种日期]}
"""


def test_a_new_kind_is_data_alone(tmp_path: Path) -> None:
    (tmp_path / "kinds").mkdir()
    (tmp_path / "kinds" / "vaccine_card.yaml").write_text(VACCINE, encoding="utf-8")
    machine = ReadingMachine(shipped_rulebook(tmp_path))
    page = machine.read_file(
        text_pdf(["预防接种证", "受种者：余春霞\t接种日期：2026年3月5日", "地址：临江市城中区人民路一百零八号第二幢"]), "card.pdf"
    ).pages[0]
    assert page.kind == "vaccine_card"
    assert {name: reading.value for name, reading in page.fields.items()} == {"patient_name": "余春霞", "visit_on": "2026-03-05"}


def test_a_kind_that_requires_an_unknown_field_is_refused_with_its_place(tmp_path: Path) -> None:
    shutil.copytree(shipped_rulebook().folders[0] / "kinds", tmp_path / "kinds")
    (tmp_path / "kinds" / "vaccine_card.yaml").write_text(VACCINE.replace("[patient_name]", "[shoe_size]"), encoding="utf-8")
    with pytest.raises(KnowledgeError, match="shoe_size"):
        load_knowledge(Rulebook((tmp_path,)))
