"""Importing by mapping: joined tables, translations, refusals with line, column and reason."""

from collections import Counter
from collections.abc import Callable, Mapping
from datetime import date
from pathlib import Path
from typing import Any

import pytest

from anpei.engines.knowledge import KnowledgeError, parse_text
from anpei.rules.importer import ImportRefused
from anpei.rules.importer import Mapping as ImportMapping
from anpei.rules.model import Status
from anpei.rules.templates.template import Template
from tests.factories.imports import Imported, import_table

START = date(2025, 1, 1)
Import = Callable[..., Imported]

RULES = "药品通用名,药品说明,限定类型,限定对象\n"
CODES = "药品通用名,序号,国标代码,限定类型\n"
ITEMS = "项目名称,国标代码,限定类型,限定对象\n"
CODE_1, CODE_2, CODE_3 = "XA04CAE00230101001ZZ", "ZA04CAE002301020016600", "XR03DCM082M002010304021"


@pytest.fixture
def run(tmp_path: Path, templates: Mapping[str, Template], mappings: Mapping[str, ImportMapping]) -> Import:
    """Import texts as files ``1.csv``, ``2.csv`` ... through all shipped mappings."""

    def call(*texts: str | bytes, **given: Any) -> Imported:
        paths = []
        for number, text in enumerate(texts, start=1):
            path = tmp_path / f"{number}.csv"
            path.write_bytes(text if isinstance(text, bytes) else text.encode())
            paths.append(path)
        return import_table(paths, mappings.values(), templates=templates, **{"valid_from": START} | given)

    return call


def reasons(report: Imported) -> list[tuple[str, int, str, str]]:
    """The refusals without their sentences."""
    return [(error.file, error.line, error.column, error.code) for error in report.refused]


def test_a_joined_rule_becomes_one_row_per_code(run: Import) -> None:
    report = run(
        RULES + "妇科片,说明,限定性别对象,女\n前列腺片,说明,限定性别对象,男\n",
        CODES + f"妇科片,1,{CODE_1},限定性别对象\n前列腺片,1,{CODE_3},限定性别对象\n",
        batch="第一批",
    )
    assert (report.taken, report.skipped, report.refused, report.mappings) == (2, 0, (), ("nhsa-rules",))
    assert [(row.subject, dict(row.parameters), row.template_id, row.title) for row in report.rows] == [
        (CODE_1, {"sex": "F"}, "sex", "妇科片"),
        (CODE_3, {"sex": "M"}, "sex", "前列腺片"),
    ]
    first = report.rows[0]
    assert (first.source.document, first.source.batch, first.source.file, first.source.line) == (
        "国家医保局智能监管规则库",
        "第一批",
        "2.csv",
        2,
    )
    assert (first.valid_from, first.valid_to, first.status) == (START, None, Status.LIVE)


def test_the_order_of_the_files_and_their_names_do_not_matter(run: Import) -> None:
    rules, codes = RULES + "妇科片,,限定性别对象,女\n", CODES + f"妇科片,1,{CODE_1},限定性别对象\n"
    assert [row.rule_id for row in run(rules, codes).rows] == [row.rule_id for row in run(codes, rules).rows]


def test_joined_tables_tell_what_has_no_partner(run: Import) -> None:
    report = run(
        RULES + "甲,,限定性别对象,女\n乙,,限定性别对象,女\n,,限定性别对象,女\n",
        CODES + f"甲,1,{CODE_1},限定性别对象\n丙,1,{CODE_3},限定性别对象\n甲,2,{CODE_3},限定年龄对象\n,3,{CODE_3},限定性别对象\n",
    )
    assert report.taken == 1
    assert reasons(report) == [
        ("1.csv", 3, "药品通用名", "no_code"),
        ("1.csv", 4, "药品通用名", "no_code"),
        ("2.csv", 3, "药品通用名", "no_partner"),
        ("2.csv", 4, "药品通用名", "no_partner"),
        ("2.csv", 5, "药品通用名", "no_partner"),
    ]


def test_a_joined_table_alone_is_refused_as_a_whole(run: Import) -> None:
    report = run(CODES + f"甲,1,{CODE_1},限定性别对象\n")
    assert reasons(report) == [("1.csv", 0, "", "partner_missing")]
    assert report.refused[0].reason == "缺少配套的表（药品通用名、药品说明、限定类型、限定对象）：请一起导入"


def test_a_wrong_statement_is_reported_at_the_line_that_needed_it(run: Import) -> None:
    report = run(RULES + "甲,,限定性别对象,不限\n", CODES + f"甲,1,{CODE_1},限定性别对象\n")
    (error,) = report.refused
    assert (error.file, error.line, error.column, error.code) == ("2.csv", 2, "限定对象", "unknown_value")
    assert error.reason == "“不限”不在取值表中（男、女）（见 1.csv 第 2 行）"
    assert error.reason_en == "“不限” is not among the values known (男、女) (see 1.csv, line 2)"


@pytest.mark.parametrize(
    ("word", "wanted"),
    [
        ("新生儿", {"age_max_days": 28}),
        ("婴幼儿", {"age_max_years": 3}),
        ("儿童", {"age_max_years": 14}),
        ("中老年", {"age_min_years": 45}),
        ("老年人", {"age_min_years": 60}),
        ("成人", {"age_min_years": 18}),
    ],
)
def test_age_words_become_ages(run: Import, word: str, wanted: dict[str, int]) -> None:
    report = run(ITEMS + f"项目,003105120040000,限定年龄对象,{word}\n")
    assert [(row.template_id, dict(row.parameters)) for row in report.rows] == [("age", wanted)]


def test_an_age_in_the_note_wins_over_the_word(run: Import) -> None:
    report = run(RULES + "丙片,限6-17岁儿童和青少年,限定年龄对象,儿童\n", CODES + f"丙片,1,{CODE_1},限定年龄对象\n")
    assert [dict(row.parameters) for row in report.rows] == [{"age_min_years": 6, "age_max_years": 17}]


@pytest.mark.parametrize(
    ("limit", "unit", "wanted"),
    [
        ("1", "日", ("frequency-day", {"max_quantity": 1000})),
        ("2.5", "天", ("frequency-day", {"max_quantity": 2500})),
        ("24", "小时", ("frequency-day", {"max_quantity": 24000})),
        ("3", "次", ("frequency-stay", {"max_quantity": 3000})),
    ],
)
def test_units_choose_the_template(run: Import, limit: str, unit: str, wanted: tuple[str, dict[str, int]]) -> None:
    report = run(f"序号,项目名称,限制数量,数量单位,项目编码\n1,项目,{limit},{unit},001102000040000\n")
    assert [(row.template_id, dict(row.parameters)) for row in report.rows] == [wanted]


@pytest.mark.parametrize(
    ("line", "column", "code"),
    [
        ("1,项目,12,小时,001102000040000", "数量单位", "no_rule"),
        ("1,项目,1,周,001102000040000", "数量单位", "no_rule"),
        ("1,项目,一,日,001102000040000", "限制数量", "number"),
        ("1,项目,-1,日,001102000040000", "限制数量", "number"),
        ("1,项目,1.0005,日,001102000040000", "限制数量", "number"),
        ("1,项目,1e3,日,001102000040000", "限制数量", "number"),
        ("1,项目,99999999999,日,001102000040000", "限制数量", "number"),
        ("1,项目,,日,001102000040000", "限制数量", "empty"),
        ("1,项目,1,日,", "项目编码", "empty"),
        ("1,项目,1,日", "项目编码", "empty"),
        ("1,项目,1,日,1102000040000", "项目编码", "form"),
        ("1,项目,1,日,=HYPERLINK(1)", "项目编码", "form"),
        ("1,项目,=1+1,日,001102000040000", "限制数量", "number"),
    ],
)
def test_a_line_that_does_not_fit_names_its_column(run: Import, line: str, column: str, code: str) -> None:
    good = "9,好项目,1,日,001102000050000\n"
    report = run(f"序号,项目名称,限制数量,数量单位,项目编码\n{line}\n{good}")
    assert reasons(report) == [("1.csv", 2, column, code)]
    assert [row.subject for row in report.rows] == ["001102000050000"]


def test_footers_are_skipped_and_every_line_is_accounted_for(run: Import) -> None:
    text = "序号,项目名称,限制数量,数量单位,项目编码\n\n1,项目,1,日,001102000040000\n合计,,,,\n备注：说明,,,,\n,,,,\n2,坏,1,日,7\n"
    report = run(text)
    assert (report.taken, report.skipped, len(report.refused), report.files[0].lines) == (1, 2, 1, 4)
    assert reasons(report) == [("1.csv", 7, "项目编码", "form")]


def test_the_same_rule_twice_is_refused_with_the_place_of_the_first(run: Import) -> None:
    line = "项目,003105120040000,限定性别对象,女\n"
    report = run(ITEMS + line + line)
    assert [(error.line, error.code, error.reason) for error in report.refused] == [(3, "twice", "与 1.csv 第 2 行重复")]
    assert len(report.rows) == 1


def test_the_layout_that_knows_most_columns_is_taken(
    tmp_path: Path, templates: Mapping[str, Template], mappings: Mapping[str, ImportMapping]
) -> None:
    path = tmp_path / "a.csv"
    path.write_text("序号,项目名称,频次上限,疗程周期,备注,项目代码\n1,评定,2,7,支付不超过30天。,003402000050000\n", encoding="utf-8")
    mapping = mappings["nhsa-rules"]
    for layouts in (mapping.layouts, mapping.layouts[::-1]):
        report = import_table(path, mapping.model_copy(update={"layouts": layouts}), templates=templates, valid_from=START)
        assert [(row.template_id, dict(row.parameters)) for row in report.rows] == [
            ("frequency-window", {"max_quantity": 2000, "window_days": 7})
        ]


def test_remarks_may_hold_two_rules(run: Import) -> None:
    report = run("序号,项目名称,备注,项目代码\n1,评定,总时间不超过90天，评定间隔时间不短于14天。,003402000050000\n")
    assert report.taken == 1
    assert [(row.template_id, dict(row.parameters)) for row in report.rows] == [
        ("course", {"max_span_days": 90}),
        ("frequency-window", {"max_quantity": 1000, "window_days": 14}),
    ]


@pytest.mark.parametrize(
    ("text", "column"),
    [
        ("序号,项目名称,备注,项目代码\n1,甲,参保人年龄超出法定就业年龄限制,003402000320000\n", "备注"),
    ],
)
def test_kinds_without_a_template_are_refused_with_that_reason(run: Import, text: str, column: str) -> None:
    (error,) = run(text).refused
    assert (error.column, error.code) == (column, "no_template")
    assert error.reason.startswith("没有启用的模板：")
    assert error.reason_en.startswith("no live template: ")


def test_a_template_that_is_not_in_use_takes_no_rows(
    tmp_path: Path, templates: Mapping[str, Template], mappings: Mapping[str, ImportMapping]
) -> None:
    path = tmp_path / "a.csv"
    path.write_text(ITEMS + "项目,003105120040000,限定性别对象,女\n", encoding="utf-8")
    others = {name: template for name, template in templates.items() if name != "sex"}
    report = import_table(path, mappings["nhsa-rules"], templates=others, valid_from=START)
    assert [(error.code, error.reason_en) for error in report.refused] == [("no_template", "no live template sex")]


def test_a_title_above_the_header_is_no_obstacle(run: Import) -> None:
    report = run("国家医保局规则\n\n" + ITEMS + "项目,003105120040000,限定性别对象,女\n")
    assert [row.source.line for row in report.rows] == [4]


@pytest.mark.parametrize(
    "data",
    [
        (ITEMS + "项目,003105120040000,限定性别对象,女\n").encode("utf-8-sig"),
        (ITEMS + "项目,003105120040000,限定性别对象,女\n").encode("gb18030"),
        (ITEMS + "项目,003105120040000,限定性别对象,女\n").encode("utf-16"),
        (ITEMS + "项目,003105120040000,限定性别对象,女\n").replace(",", "\t").encode(),
        (ITEMS + "项目,003105120040000,限定性别对象,女\n").replace(",", ";").encode(),
        (ITEMS + "项目,003105120040000,限定性别对象,女\n").replace("\n", "\r\n").encode(),
        (ITEMS + "项目,003105120040000,限定性别对象,女").replace("\n", "\r").encode(),
        " 项目 名称 ,国标代码,限定类型,限定对象\n项目,００３１０５１２００４００００,限定性别对象, 女 \n".encode(),
    ],
    ids=["utf-8-sig", "gb18030", "utf-16", "tab", "semicolon", "crlf", "cr", "spaces and full width"],
)
def test_one_table_in_any_common_form_gives_one_rule(run: Import, data: bytes) -> None:
    report = run(data)
    assert report.refused == ()
    assert [row.rule_id for row in report.rows] == [row.rule_id for row in run(ITEMS + "项目,003105120040000,限定性别对象,女\n").rows]


def test_status_and_period_are_given_by_the_caller(run: Import) -> None:
    report = run(ITEMS + "项目,003105120040000,限定性别对象,女\n", status=Status.SHADOW, valid_to=date(2026, 1, 1))
    assert [(row.status, row.valid_to) for row in report.rows] == [(Status.SHADOW, date(2026, 1, 1))]


def test_another_start_or_value_is_another_rule_and_another_line_is_not(run: Import) -> None:
    def only_id(text: str, **given: Any) -> str:
        (row,) = run(ITEMS + text, **given).rows
        return row.rule_id

    line = "项目,003105120040000,限定性别对象,女\n"
    first = only_id(line)
    assert only_id("\n\n" + line.replace("项目", "改名"), batch="第二批", status=Status.SHADOW, valid_to=date(2030, 1, 1)) == first
    assert len({first, only_id(line, valid_from=date(2025, 1, 2)), only_id(line.replace("女", "男"))}) == 3


def test_a_call_that_cannot_work_is_refused(
    tmp_path: Path, run: Import, templates: Mapping[str, Template], mappings: Mapping[str, ImportMapping]
) -> None:
    with pytest.raises(ImportRefused, match="give at least one file"):
        import_table([], mappings["demo-items"], templates=templates)
    with pytest.raises(ImportRefused, match="states no day from which its rows are valid: give one"):
        run(ITEMS + "项目,003105120040000,限定性别对象,女\n", valid_from=None)
    retired = mappings["demo-items"].model_copy(update={"status": Status.RETIRED})
    with pytest.raises(ImportRefused, match="one mapping in status live"):
        import_table(tmp_path / "x.csv", retired, templates=templates)


# --- the demonstration catalogue -----------------------------------------------------------------------------------


def test_a_catalogue_line_gives_all_its_limits(
    tmp_path: Path, templates: Mapping[str, Template], mappings: Mapping[str, ImportMapping]
) -> None:
    path = tmp_path / "items.csv"
    path.write_text(
        "code,name,price_fen,sex_only,age_min,age_max,max_per_day,excludes_code\n"
        "001,甲,1,F,14,,1,002\n002,乙,1,,,6,2.5,001;003\n003,丙,1,,3,6,,\n004,丁,1,,,,,\n005,戊,1,X,,,,\n",
        encoding="utf-8",
    )
    report = import_table(path, mappings["demo-items"], templates=templates)
    assert (report.taken, report.skipped) == (3, 1)
    assert [(error.line, error.column, error.code) for error in report.refused] == [(6, "sex_only", "unknown_value")]
    assert [(row.subject, row.template_id, dict(row.parameters)) for row in report.rows] == [
        ("001", "sex", {"sex": "F"}),
        ("001", "age", {"age_min_years": 14}),
        ("001", "frequency-day", {"max_quantity": 1000}),
        ("001", "mutual-exclusion", {"same_day": True, "other": "002"}),
        ("002", "age", {"age_max_years": 6}),
        ("002", "frequency-day", {"max_quantity": 2500}),
        ("002", "mutual-exclusion", {"same_day": True, "other": "001"}),
        ("002", "mutual-exclusion", {"same_day": True, "other": "003"}),
        ("003", "age", {"age_min_years": 3, "age_max_years": 6}),
    ]


def test_the_shipped_catalogue_imports_whole(templates: Mapping[str, Template], mappings: Mapping[str, ImportMapping]) -> None:
    import anpei

    path = Path(anpei.__path__[0]) / "samples" / "data" / "items.csv"
    report = import_table(path, mappings["demo-items"], templates=templates)
    assert report.refused == ()
    assert report.taken + report.skipped == report.files[0].lines
    kinds = Counter(row.template_id for row in report.rows)
    assert min(kinds[name] for name in ("sex", "age", "frequency-day", "mutual-exclusion")) >= 5


# --- mappings ------------------------------------------------------------------------------------------------------

MAPPING = """\
id: small
title: {zh: 小, en: small}
status: live
owner: rules
reference: test
effective_from: 2020-01-01
document: test
values:
  sex: {reference: r, entries: {男: M, 女: F}}
layouts:
  - title: {zh: 小, en: small}
    rules: {name: t, columns: {code: [编码], sex: [性别]}}
    subject: code
    out:
      - template: sex
        parameters: {sex: {field: sex, values: sex}}
"""


@pytest.mark.parametrize(
    ("old", "new", "message"),
    [
        ("subject: code", "subject: number", "unknown fields: number; the tables have code, sex"),
        ("field: sex, values: sex", "field: sex, values: gender", "unknown values gender"),
        ("subject: code", "subject: code\n    subject_form: '['", "not a regular expression"),
        ("subject: code", "subject: code\n    join: [code]", "codes and join belong together"),
        ("- template: sex", "- refuse: {zh: 一, en: one}\n        template: sex", "a rule has a template or a refuse sentence"),
        ("{field: sex, values: sex}", "{field: sex, fixed: M}", "a parameter has a field or a fixed value"),
        (
            "- template: sex",
            "- when: [{field: sex}]\n        template: sex",
            "a condition has exactly one of equals, contains, matches, present",
        ),
    ],
)
def test_a_wrong_mapping_is_refused(old: str, new: str, message: str) -> None:
    assert old in MAPPING
    with pytest.raises(KnowledgeError) as caught:
        parse_text(MAPPING.replace(old, new, 1), ImportMapping, name="small.yaml")
    assert message in caught.value.message
    assert caught.value.message.startswith("small.yaml, line ")
