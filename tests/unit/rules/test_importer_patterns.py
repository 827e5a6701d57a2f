"""Tables whose cells hold wildcards, prefixes and words: one row per alternative; forms, factors and a status of their own."""

from collections.abc import Callable, Mapping
from datetime import date
from pathlib import Path
from typing import Any

import pytest

from anpei.engines.knowledge import KnowledgeError, parse_text
from anpei.rules.importer import Mapping as ImportMapping
from anpei.rules.importer.mapping import Values
from anpei.rules.model import Status
from anpei.rules.templates.template import Template
from tests.factories.imports import Imported, import_table

LINKS = "主项编码,主项名称,关联编码,关联名称\n"
SPLITS = "主项编码,主项名称,分项编码,分项名称\n"
LIMITS = "诊疗编码,诊疗名称,险种限制,机构限制,就医限制,专科限制,性别限制,年龄限制,疾病限制,数量限制,频次限制,疗程限制,总额限制\n"
Import = Callable[..., Imported]


@pytest.fixture
def run(tmp_path: Path, templates: Mapping[str, Template], mappings: Mapping[str, ImportMapping]) -> Import:
    """Import a text through the shipped mapping of the public model."""

    def call(text: str, mapping: ImportMapping | None = None, **given: Any) -> Imported:
        path = tmp_path / "table.csv"
        path.write_text(text, encoding="utf-8")
        return import_table(path, mapping or mappings["medimodel-rules"], templates=templates, valid_from=date(2025, 1, 1), **given)

    return call


def links(report: Imported) -> list[tuple[str, str]]:
    """Subject and other of the rows."""
    return [(row.subject, str(row.parameters.get("other") or row.parameters.get("set"))) for row in report.rows]


def test_alternatives_become_rows_and_words_stand_beside_a_class(run: Import) -> None:
    report = run(LINKS + "C,J形管|支架管,(00330100005|003301000020000),(全麻|局麻)\n")
    assert (report.taken, report.refused) == (1, ())
    assert links(report) == [
        ("C*j形管*", "00330100005*"), ("C*j形管*", "003301000020000"), ("C*支架管*", "00330100005*"), ("C*支架管*", "003301000020000"),
    ]  # fmt: skip
    assert report.rows[0].parameters["other_name"] == "全麻|局麻"
    assert report.rows[0].title == "J形管|支架管"


def test_as_many_codes_as_words_belong_pairwise(run: Import) -> None:
    report = run(SPLITS + "C,透析包,(C1008|C1009),(管路|滤器)\nC,透析包,(C1008),(甲|乙)\n")
    assert [subject for subject, _ in links(report)] == ["C1008*管路*", "C1009*滤器*", "C1008*甲*", "C1008*乙*"]
    assert {other for _, other in links(report)} == {"C*透析包*"}


def test_a_set_whose_prefix_starts_its_part_means_the_item_without_addition(run: Import) -> None:
    report = run(SPLITS + "00330201015,血肿清除,(0033020101501|00330201019),(脑内|分流)\n")
    assert links(report) == [("0033020101501*", "0033020101500*"), ("00330201019*", "00330201015*")]


@pytest.mark.parametrize(
    ("line", "column", "code"),
    [
        ("00330201015,甲,(00330201015),(甲)\n", "主项编码", "itself"),
        ("00330201015,甲,(00330201016|),(乙)\n", "分项编码", "wildcard"),
        ("00330201015,甲,(0033*),(乙)\n", "分项编码", "wildcard"),
        ("00330201015,甲,,\n", "分项编码", "wildcard"),
        ("00330201015,甲,(乙),(乙)\n", "分项编码", "form"),
        ("Q,甲,(00330201016),(乙)\n", "主项编码", "form"),
        ("C,,(00330201016),(乙)\n", "主项名称", "empty"),
    ],
)
def test_a_cell_that_names_nothing_is_refused_with_its_column(run: Import, line: str, column: str, code: str) -> None:
    report = run(SPLITS + line)
    assert [(error.line, error.column, error.code) for error in report.refused] == [(2, column, code)]
    assert (report.taken, report.rows) == (0, ())


def test_one_line_of_limits_says_many_things(run: Import) -> None:
    report = run(LIMITS + "003304070020000,手术,,三级,住院,(精神|心理),女,儿童,(瘤|癌),2部位,1次每周,20天,33000.5元\n")
    assert [(row.template_id, dict(row.parameters)) for row in report.rows] == [
        ("provider-grade", {"min_grade": 3}),
        ("visit-kind", {"visit_kind": "inpatient"}),
        ("department", {"words": ("精神", "心理")}),
        ("sex", {"sex": "F"}),
        ("age", {"age_max_years": 14}),
        ("indication-words", {"words": ("瘤", "癌")}),
        ("quantity-once", {"max_quantity": 2000, "unit": "部位"}),
        ("frequency-period", {"max_times": 1, "window_days": 7, "by_days": True}),
        ("course-days", {"max_days": 20}),
        ("total-amount", {"max_fen": 3_300_050}),
    ]


@pytest.mark.parametrize(
    ("quantity", "frequency", "wanted"),
    [
        ("", "2次每日", [("frequency-period", {"max_times": 2, "window_days": 1, "by_days": False})]),
        ("", "1次每月", [("frequency-period", {"max_times": 1, "window_days": 28, "by_days": False})]),
        ("24小时", "1次每日", [("frequency-day", {"max_quantity": 24000})]),
        (
            "24小时", "3次每年",
            [
                ("frequency-day", {"max_quantity": 24000}),
                ("frequency-period", {"max_times": 3, "window_days": 365, "by_days": True}),
            ],
        ),
    ],
)  # fmt: skip
def test_times_are_no_quantity_where_the_unit_is_another(run: Import, quantity: str, frequency: str, wanted: list[Any]) -> None:
    report = run(LIMITS + f"003304070020000,手术,,,,,,,,{quantity},{frequency},,\n")
    assert [(row.template_id, dict(row.parameters)) for row in report.rows] == wanted


@pytest.mark.parametrize(
    ("cells", "column", "code"),
    [
        (",,,,,,,部位,,,", "数量限制", "no_template"),
        (",,,,,,,2,,,", "数量限制", "no_template"),
        (",,,,,,,,每日一次,,", "频次限制", "no_template"),
        (",,,,,,,,,二十天,", "疗程限制", "form"),
        (",,,,,,,,,,0.001元", "总额限制", "number"),
        (",四级,,,,,,,,,", "机构限制", "unknown_value"),
        (",,,,,,((癌),,,,", "疾病限制", "form"),
        (",,,,,,,,,,", "险种限制", "no_rule"),
    ],
)
def test_a_limit_of_another_form_refuses_the_line(run: Import, cells: str, column: str, code: str) -> None:
    report = run(LIMITS + f"003304070020000,手术,{cells}\n")
    assert [(error.line, error.column, error.code) for error in report.refused] == [(2, column, code)]


def test_words_are_written_as_names_are_compared(run: Import) -> None:
    report = run(LIMITS + "003304070020000,手术,,,,,,,(Crohn病|癌),,,,\n")
    assert [dict(row.parameters) for row in report.rows] == [{"words": ("crohn病", "癌")}]


def test_a_watch_without_condition_runs_in_the_shadow_and_never_above_the_status_of_the_import(run: Import) -> None:
    text = "主项编码,主项名称,排查机构,排查部门,排查数量\n003315120170000,甲,,,\n003315120180000,乙,,(康复),5\n"
    assert [(row.status, dict(row.parameters)) for row in run(text).rows] == [
        (Status.SHADOW, {}),
        (Status.LIVE, {"departments": ("康复",), "max_quantity": 5000}),
    ]
    assert [row.status for row in run(text, status=Status.DRAFT).rows] == [Status.DRAFT, Status.DRAFT]


def test_refusals_are_counted_by_reason_the_most_frequent_first(run: Import) -> None:
    report = run(
        SPLITS + "甲,甲,(00330201016),(乙)\n乙,甲,(00330201016),(乙)\n00330201015,甲,(|),(乙)\n00330201015,甲,(00330201016),(乙)\n"
    )
    assert report.report.refused_by_reason() == {"form": 2, "wildcard": 1}
    assert (report.report.is_whole, report.taken) == (False, 1)


MAPPING = """\
id: small
title: {zh: 小, en: small}
status: live
owner: rules
reference: test
effective_from: 2020-01-01
document: d
layouts:
  - title: {zh: 表, en: table}
    rules: {name: t, columns: {code: [code], rate: [rate], other: [other]}}
    subject: code
    out:
      - when: [{field: rate, matches: "[0-9.]+%"}]
        template: main-secondary
        parameters: {group: {fixed: G}, rate_bp: {field: rate, form: "([0-9.]+)%", times: 100}}
"""


def test_a_new_layout_is_a_mapping_file_only(run: Import) -> None:
    mapping = parse_text(MAPPING, ImportMapping, name="small.yaml")
    report = run("code,rate,other\nA,62.5%,\nB,1.005%,\nC,half,\nD*,10%,\n", mapping)
    assert [(row.subject, dict(row.parameters)) for row in report.rows] == [("A", {"group": "G", "rate_bp": 6250})]
    assert [(error.line, error.code) for error in report.refused] == [(3, "number"), (4, "no_rule"), (5, "wildcard")]


def test_of_two_entries_that_mean_one_text_the_first_is_taken() -> None:
    values = Values(reference="test", entries={"男": "M", "男 ": "F"})
    assert (values.find(" 男"), values.find("女")) == ("M", None)


@pytest.mark.parametrize(
    ("old", "new", "message"),
    [
        ('matches: "[0-9.]+%"', 'matches: "["', "not a regular expression"),
        (
            "template: main",
            "subject: {field: code, exact: A, words: other}\n        template: main",
            "with_words and words belong together",
        ),
        ("template: main", "subject: {field: cod, exact: A}\n        template: main", "unknown fields: cod"),
        (
            "template: main",
            "joined: {parameter: x, names: {field: code, exact: A, with_words: B, words: oth}}\n        template: main",
            "unknown fields: oth",
        ),
    ],
)
def test_a_wrong_pattern_form_is_refused(old: str, new: str, message: str) -> None:
    assert old in MAPPING
    with pytest.raises(KnowledgeError) as caught:
        parse_text(MAPPING.replace(old, new, 1), ImportMapping, name="small.yaml")
    assert message in caught.value.message
