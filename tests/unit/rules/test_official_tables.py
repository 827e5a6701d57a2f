"""The published audit rules import by mapping alone; runs where the development data are, and says so where they are not."""

import os
from collections import Counter
from collections.abc import Mapping
from datetime import date
from pathlib import Path

import pytest

from anpei.rules.importer import Mapping as ImportMapping
from anpei.rules.templates.template import Template
from tests.factories.imports import Imported, import_table

FOLDER = Path(os.environ.get("ANPEI_DEV_DATA", Path(__file__).resolve().parents[4] / "shared" / "data")) / "nhsa_rules"
START = date(2025, 1, 1)

pytestmark = pytest.mark.skipif(
    not FOLDER.is_dir(), reason="the development data are not here (nhsa_rules): set ANPEI_DEV_DATA to run this"
)

WANTED = {
    # start of the file name -> lines taken, skipped, refused; rows per template
    "第一批_药品规则库_限定年龄对象": (4398, 0, 0, {"age": 4398}),
    "第一批_药品规则库_限定性别对象": (6472, 0, 0, {"sex": 6472}),
    "第一批_项目规则库_限定年龄对象": (30, 0, 0, {"age": 30}),
    "第一批_项目规则库_限定性别对象": (390, 0, 0, {"sex": 390}),
    "第三批_药品规则库_限定保险类型": (112, 0, 0, {"insurance-type": 112}),
    "第二批_项目规则库_限定主次操作": (378, 0, 0, {"main-secondary": 378}),
    "第八批-1_项目规则库_限定频次": (67, 2, 0, {"frequency-day": 67}),
    "第八批-2_项目规则库_限定年龄": (0, 0, 1, {}),
    "第八批-3_项目规则库_限定疗程": (11, 0, 0, {"course": 11, "frequency-window": 4}),
    "第八批-4_项目规则库_限定周期": (14, 0, 0, {"frequency-window": 14}),
}


def report_on(start: str, templates: Mapping[str, Template], mappings: Mapping[str, ImportMapping]) -> Imported:
    return import_table(sorted(FOLDER.glob(f"{start}*.csv")), mappings.values(), templates=templates, valid_from=START)


def test_every_file_is_covered() -> None:
    assert [path.name for path in FOLDER.glob("*.csv") if not path.name.startswith(tuple(WANTED))] == []


@pytest.mark.parametrize("start", WANTED)
def test_a_table_imports(start: str, templates: Mapping[str, Template], mappings: Mapping[str, ImportMapping]) -> None:
    report = report_on(start, templates, mappings)
    taken, skipped, refused, kinds = WANTED[start]
    assert (report.taken, report.skipped, len(report.refused)) == (taken, skipped, refused)
    assert Counter(row.template_id for row in report.rows) == kinds
    assert {error.code for error in report.refused} <= {"no_template"}


def test_all_at_once_gives_the_same_rules(templates: Mapping[str, Template], mappings: Mapping[str, ImportMapping]) -> None:
    one_by_one = {row.rule_id for start in WANTED for row in report_on(start, templates, mappings).rows}
    report = report_on("", templates, mappings)
    assert {row.rule_id for row in report.rows} == one_by_one
    assert len(one_by_one) == 11_872


def test_a_known_drug_has_its_rule(templates: Mapping[str, Template], mappings: Mapping[str, ImportMapping]) -> None:
    rows = report_on("第一批_药品规则库_限定性别对象", templates, mappings).rows
    (row,) = [row for row in rows if row.subject == "XL02BBA326A001010102180"]
    assert (row.title, dict(row.parameters)) == ("阿帕他胺片", {"sex": "M"})
