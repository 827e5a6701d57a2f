"""The public audit model's tables import by mapping alone, and each kind of rule catches what its own description says.

Runs where the development data are, and says so where they are not.
"""

import os
from collections import Counter
from collections.abc import Mapping
from datetime import date
from functools import cache
from pathlib import Path

import pytest

from anpei.engines.knowledge import shipped_rulebook
from anpei.rules.importer import load_mappings
from anpei.rules.judging.evaluation import RowIndex, examine
from anpei.rules.model import Hit, RuleFacts, RuleRow, Severity, Status, Subject, Value, rule_id_for
from anpei.rules.templates.library import explain, load_templates
from anpei.rules.templates.template import Template
from tests.factories.imports import Imported, import_table

DATA = Path(os.environ.get("ANPEI_DEV_DATA", Path(__file__).resolve().parents[4] / "shared" / "data"))
MODEL, OFFICIAL = DATA / "medimodel_dict", DATA / "nhsa_rules"
START, ON = date(2025, 1, 1), date(2025, 6, 30)
FIRST, SECOND = date(2025, 6, 2), date(2025, 6, 3)

pytestmark = pytest.mark.skipif(
    not (MODEL.is_dir() and OFFICIAL.is_dir()), reason="the development data are not here (medimodel_dict, nhsa_rules): set ANPEI_DEV_DATA"
)

WANTED = {
    # table -> lines taken, refusals by reason, rows per template
    "规则_诊疗限制": (
        1700,
        {"twice": 2},
        {
            "sex": 390, "age": 31, "provider-grade": 6, "visit-kind": 27, "department": 120, "indication-words": 205,
            "quantity-once": 187, "frequency-day": 22, "frequency-period": 939, "course-days": 152, "total-amount": 7,
        },
    ),
    "规则_项目串换": (45, {"itself": 1}, {"swap": 45}),
    "规则_项目分解": (38, {"itself": 1}, {"split": 113}),
    "规则_项目关联": (155, {"twice": 1}, {"linked": 190}),
    "规则_项目组合": (15, {}, {"combination": 78}),
    "规则_项目加收": (498, {"itself": 17, "twice": 8}, {"surcharge-main": 498, "surcharge-times": 497}),
    "规则_项目主次": (378, {}, {"main-secondary": 378}),
    "规则_项目虚记": (21, {}, {"fictitious": 21}),
}  # fmt: skip


@cache
def templates() -> Mapping[str, Template]:
    """The shipped templates."""
    return load_templates(shipped_rulebook())


@cache
def report_on(folder: Path, start: str) -> Imported:
    """The import of the files of a folder whose name begins so."""
    paths = sorted(folder.glob(f"{start}*.csv"))
    return import_table(paths, load_mappings(shipped_rulebook()).values(), templates=templates(), valid_from=START)


@cache
def index(folder: Path, start: str) -> tuple[RowIndex, tuple[RuleRow, ...]]:
    """The rows of a table, ready to judge by."""
    rows = report_on(folder, start).rows
    return RowIndex(rows), rows


def line(id: str, key: str, *, day: date | None = FIRST, quantity: int = 1000, amount: int | None = None, name: str = "") -> Subject:
    """A line of a bill."""
    return Subject(id, (key,), day, quantity, amount, name)


def judge(
    table: str, *lines: Subject, folder: Path = MODEL, shadow: bool = False, names: tuple[str, ...] = (), only: str = "", **known: Value
) -> list[tuple[str, tuple[str, ...]]]:
    """What a table says about lines: template and subjects of each hit; nothing may be left open unless it is asked for."""
    return [(hit.template_id, hit.subject_ids) for hit in hits_of(table, lines, folder, shadow, names, only, known)]


def hits_of(
    table: str, lines: tuple[Subject, ...], folder: Path, shadow: bool, names: tuple[str, ...], only: str, known: Mapping[str, Value]
) -> list[Hit]:
    facts = RuleFacts(lines, known, (), names)
    found = examine(facts=facts, source=index(folder, table)[0], templates=templates(), on=ON, shadow=shadow)
    assert [item.template_id for item in found.undecided if item.template_id == only] == []
    for hit in found.hits:
        assert explain(templates()[hit.template_id], hit, language="zh")
        assert explain(templates()[hit.template_id], hit, language="en")
    return [hit for hit in found.hits if only in ("", hit.template_id)]


def test_every_table_of_rules_is_covered() -> None:
    assert {path.stem for path in MODEL.glob("规则_*.csv")} == set(WANTED)


@pytest.mark.parametrize("table", WANTED)
def test_a_table_imports_with_every_line_accounted_for(table: str) -> None:
    report = report_on(MODEL, table)
    taken, refused, kinds = WANTED[table]
    assert (report.taken, report.skipped, dict(report.report.refused_by_reason())) == (taken, 0, refused)
    assert Counter(row.template_id for row in report.rows) == kinds
    (file,) = report.files
    assert file.lines == taken + sum(refused.values())


@pytest.mark.parametrize("table", WANTED)
def test_ids_are_those_of_the_statements(table: str) -> None:
    for row in report_on(MODEL, table).rows:
        wanted = rule_id_for(
            template_id=row.template_id, subject=row.subject, parameters=row.parameters, valid_from=START, document=row.source.document
        )
        assert row.rule_id == wanted


def test_the_dictionaries_are_no_rules_and_are_refused_as_a_whole() -> None:
    for path in sorted(MODEL.glob("字典_*.csv")):
        report = report_on(MODEL, path.stem)
        assert [(error.line, error.code) for error in report.refused] == [(0, "unknown_header")], path.name


def test_rows_without_any_condition_only_run_in_the_shadow() -> None:
    shadow = {table for table in WANTED for row in report_on(MODEL, table).rows if row.status is Status.SHADOW}
    assert shadow == {"规则_项目虚记"}


def test_only_what_both_stands_on_the_bill_is_a_violation_between_items() -> None:
    relations = {"swap", "split", "linked", "surcharge-main", "surcharge-times", "main-secondary", "fictitious", "combination"}
    assert {name for name in relations if templates()[name].severity is Severity.VIOLATION} == {"combination"}


# --- limits of one item --------------------------------------------------------------------------------------------


def test_an_item_for_women_charged_for_a_man() -> None:
    ovary = line("1", "003313010030000")
    assert judge("规则_诊疗限制", ovary, sex="M", only="sex") == [("sex", ("1",))]
    assert judge("规则_诊疗限制", ovary, sex="F", only="sex") == []


def test_a_grade_of_institution() -> None:
    vitreous = line("1", "003304070020000")
    assert judge("规则_诊疗限制", vitreous, provider_grade=2, only="provider-grade") == [("provider-grade", ("1",))]
    assert judge("规则_诊疗限制", vitreous, provider_grade=3, only="provider-grade") == []


@pytest.mark.parametrize(
    ("template_id", "wrong", "right"),
    [
        ("visit-kind", {"visit_kind": "outpatient"}, {"visit_kind": "inpatient"}),
        ("department", {"department": "骨科二病区"}, {"department": "康复医学科"}),
    ],
)
def test_kind_of_visit_and_department(template_id: str, wrong: dict[str, str], right: dict[str, str]) -> None:
    wanted = {"inpatient"} if template_id == "visit-kind" else {("康复",)}
    key = next(
        row.subject
        for row in report_on(MODEL, "规则_诊疗限制").rows
        if row.template_id == template_id and wanted & set(row.parameters.values())
    )
    assert judge("规则_诊疗限制", line("1", key), only=template_id, **wrong) == [(template_id, ("1",))]
    assert judge("规则_诊疗限制", line("1", key), only=template_id, **right) == []


def test_an_item_for_an_illness_that_no_diagnosis_names() -> None:
    knife = line("1", "002403000080000")
    assert judge("规则_诊疗限制", knife, names=("高血压病",), only="indication-words") == [("indication-words", ("1",))]
    assert judge("规则_诊疗限制", knife, names=("高血压病", "肺癌"), only="indication-words") == []


def test_a_total_amount() -> None:
    knife = line("1", "002403000080000", amount=3_300_000)
    more = line("2", "002403000080000", amount=1)
    assert judge("规则_诊疗限制", knife, more, only="total-amount") == [("total-amount", ("1", "2"))]
    assert judge("规则_诊疗限制", knife, only="total-amount") == []


def test_quantity_at_one_time_and_times_in_a_period() -> None:
    ultrasound = "002203010020000"
    assert judge("规则_诊疗限制", line("1", ultrasound, quantity=3000), only="quantity-once") == [("quantity-once", ("1",))]
    assert judge("规则_诊疗限制", line("1", ultrasound, quantity=2000), only="quantity-once") == []
    month = "002302000510000"
    assert judge("规则_诊疗限制", line("1", month), line("2", month, day=SECOND), only="frequency-period") == [
        ("frequency-period", ("1", "2"))
    ]
    assert judge("规则_诊疗限制", line("1", month), line("2", month, day=date(2025, 6, 30)), only="frequency-period") == []


def test_more_days_than_a_course_has() -> None:
    key = next(row.subject for row in report_on(MODEL, "规则_诊疗限制").rows if dict(row.parameters) == {"max_days": 2})
    days = [date(2025, 6, day) for day in (2, 3, 4)]
    lines = [line(str(place), key, day=day) for place, day in enumerate(days)]
    assert judge("规则_诊疗限制", *lines, only="course-days") == [("course-days", ("0", "1", "2"))]
    assert judge("规则_诊疗限制", *lines[:2], only="course-days") == []


# --- relations between items ---------------------------------------------------------------------------------------


def test_parts_of_a_combination_on_the_same_day() -> None:
    whole, part = line("1", "332503049010000"), line("2", "002503040010000")
    assert judge("规则_项目组合", whole, part) == [("combination", ("2", "1"))]
    assert judge("规则_项目组合", whole, line("2", "002503040010000", day=SECOND)) == []
    assert judge("规则_项目组合", part) == []


def test_a_set_and_its_components_on_the_same_day() -> None:
    dialysis, tube = line("1", "C10080001", name="透析材料包"), line("2", "C10080002", name="血液透析管路")
    assert judge("规则_项目分解", dialysis, tube) == [("split", ("2", "1"))]
    assert judge("规则_项目分解", dialysis, line("2", "C10080002", name="血液透析管路", day=SECOND)) == []
    assert judge("规则_项目分解", line("2", "C10080002", name="血液透析管路")) == []


def test_an_item_and_its_own_variant_are_a_set_only_with_the_item_itself() -> None:
    item, one, two = "003302010150000", "003302010150100", "003302010150200"
    assert judge("规则_项目分解", line("1", item), line("2", one)) == [("split", ("2", "1"))]
    assert judge("规则_项目分解", line("1", one), line("2", two)) == []


def test_a_material_without_the_operation_it_belongs_to() -> None:
    mask, anaesthesia = line("1", "C0801", name="一次性喉罩"), line("2", "003301000050000")
    assert judge("规则_项目关联", mask) == [("linked", ("1",))]
    assert judge("规则_项目关联", mask, anaesthesia) == []
    assert judge("规则_项目关联", line("1", "C0801", name="纱布")) == []


def test_a_nasal_tube_is_not_asked_for_a_heart_operation() -> None:
    tube, oxygen = line("1", "C0801", name="一次性鼻导管"), line("2", "001203000010000")
    assert judge("规则_项目关联", tube, oxygen) == []
    assert judge("规则_项目关联", tube) == [("linked", ("1",))]


def test_a_surcharge_without_its_main_item_and_too_often() -> None:
    main, extra = "003310030220000", "003310030220001"
    assert judge("规则_项目加收", line("1", extra)) == [("surcharge-main", ("1",))]
    assert judge("规则_项目加收", line("1", main), line("2", extra)) == []
    assert judge("规则_项目加收", line("1", main), line("2", extra, quantity=2000)) == [("surcharge-times", ("2", "1"))]
    assert judge("规则_项目加收", line("1", main, quantity=2000), line("2", extra, quantity=2000)) == []


def test_a_surcharge_that_several_mains_may_carry() -> None:
    extra = line("1", "003310020040001")
    for main in ("003310020040100", "003310020040200", "003310020040300"):
        assert judge("规则_项目加收", extra, line("2", main)) == []
    assert judge("规则_项目加收", extra, line("2", "003310020050000")) == [("surcharge-main", ("1",))]


@pytest.mark.parametrize(("folder", "table"), [(MODEL, "规则_项目主次"), (OFFICIAL, "第二批")])
def test_two_operations_of_one_group_on_a_day_at_full_price(folder: Path, table: str) -> None:
    first, second = "003310020130100", "003310020140000"
    both = (line("1", first), line("2", second))
    assert judge(table, *both, folder=folder) == [("main-secondary", ("1", "2"))]
    assert judge(table, both[0], line("2", second, quantity=500), folder=folder) == []
    assert judge(table, both[0], line("2", second, day=SECOND), folder=folder) == []
    assert judge(table, both[0], line("2", "003311040150000"), folder=folder) == []


def test_a_dearer_item_beside_the_cheaper_one() -> None:
    large, small = line("1", "001206000020000"), line("2", "001206000040000")
    assert judge("规则_项目串换", large, small) == [("swap", ("1", "2"))]
    assert judge("规则_项目串换", large) == []


def test_the_watch_list_is_seen_in_the_shadow_only() -> None:
    film = line("1", "C1402022590001")
    assert judge("规则_项目虚记", film) == []
    assert judge("规则_项目虚记", film, shadow=True) == [("fictitious", ("1",))]


# --- the official tables -------------------------------------------------------------------------------------------


def test_the_official_tables_catch_what_they_describe() -> None:
    prostate = line("1", "XL02BBA326A001010102180")
    assert judge("第一批_药品规则库_限定性别", prostate, folder=OFFICIAL, sex="F") == [("sex", ("1",))]
    assert judge("第一批_药品规则库_限定性别", prostate, folder=OFFICIAL, sex="M") == []
    child = next(row for row in report_on(OFFICIAL, "第一批_项目规则库_限定年龄").rows if dict(row.parameters) == {"age_max_years": 14})
    assert judge("第一批_项目规则库_限定年龄", line("1", child.subject), folder=OFFICIAL, age_days=9000) == [("age", ("1",))]
    assert judge("第一批_项目规则库_限定年龄", line("1", child.subject), folder=OFFICIAL, age_days=3000) == []
    injury = report_on(OFFICIAL, "第三批").rows[0]
    other = {"work_injury": "maternity", "maternity": "work_injury"}[str(injury.parameters["insurance_type"])]
    assert judge("第三批", line("1", injury.subject), folder=OFFICIAL, insurance_type=other) == [("insurance-type", ("1",))]
    assert judge("第三批", line("1", injury.subject), folder=OFFICIAL, insurance_type=injury.parameters["insurance_type"]) == []


def test_the_official_limits_of_quantity_course_and_period() -> None:
    bed = "001109000010000"
    assert judge("第八批-1", line("1", bed, quantity=2000), folder=OFFICIAL) == [("frequency-day", ("1",))]
    assert judge("第八批-1", line("1", bed), line("2", bed, day=SECOND), folder=OFFICIAL) == []
    hand = "003402000050000"
    apart = (line("1", hand, day=date(2025, 1, 6)), line("2", hand, day=date(2025, 4, 7)))
    assert judge("第八批-3", *apart, folder=OFFICIAL, only="course") == [("course", ("1", "2"))]
    assert judge("第八批-4", line("1", hand), line("2", hand, day=date(2025, 6, 15)), folder=OFFICIAL) == [("frequency-window", ("1", "2"))]
    assert judge("第八批-4", line("1", hand), line("2", hand, day=date(2025, 6, 16)), folder=OFFICIAL) == []
