"""Importing any text: never raises, accounts for every line, and gives the same rules each time."""

import csv
import io
from datetime import date
from pathlib import Path
from tempfile import TemporaryDirectory

import openpyxl
from hypothesis import given, settings
from hypothesis import strategies as st

from anpei.engines.knowledge import shipped_rulebook
from anpei.rules.importer import load_mappings
from anpei.rules.snapshots.compiling import compile_snapshot, no_catalogue
from anpei.rules.templates.library import load_templates
from tests.factories.imports import Imported, import_table

TEMPLATES = load_templates(shipped_rulebook())
MAPPINGS = load_mappings(shipped_rulebook())
START = date(2025, 1, 1)
HEADERS = [
    ("项目名称", "国标代码", "限定类型", "限定对象"),
    ("序号", "项目名称", "限制数量", "数量单位", "项目编码"),
    ("序号", "项目名称", "频次上限", "疗程周期", "备注", "项目代码"),
    ("序号", "项目名称", "备注", "项目代码"),
    ("code", "name", "sex_only", "age_min", "age_max", "max_per_day", "excludes_code"),
]
WORDS = [
    "", " ", "项目", "003105120040000", "003105120040001", "限定性别对象", "限定年龄对象", "限定主次操作", "男", "女", "M", "儿童",
    "新生儿", "1", "2.5", "24", "日", "小时", "=1+1", "-1", "支付不超过30天。", "每周最多支付一次", "合计", "备注：", "１", "\ufeff",
    "'", '"', "\n", "a;b",
]  # fmt: skip
CELLS = st.sampled_from(WORDS) | st.text(st.characters(exclude_categories=("Cs",)), max_size=8)
TABLES = st.tuples(st.sampled_from(HEADERS), st.lists(st.lists(CELLS, max_size=8), max_size=12))


def imported(data: bytes, name: str = "t.csv") -> Imported:
    with TemporaryDirectory() as folder:
        path = Path(folder) / name
        path.write_bytes(data)
        return import_table(path, MAPPINGS.values(), templates=TEMPLATES, valid_from=START)


def as_csv(header: tuple[str, ...], rows: list[list[str]]) -> bytes:
    text = io.StringIO()
    csv.writer(text).writerows([header, *rows])
    return text.getvalue().encode()


@given(data=st.binary(max_size=400))
def test_no_bytes_make_it_raise(data: bytes) -> None:
    report = imported(data)
    assert report.rows == ()
    assert report.refused


@given(table=TABLES)
def test_every_line_is_taken_skipped_or_refused_once(table: tuple[tuple[str, ...], list[list[str]]]) -> None:
    header, rows = table
    report = imported(as_csv(header, rows))
    if not report.files:
        assert [error.line for error in report.refused] == [0]
        return
    assert report.taken + report.skipped + len(report.refused) == report.files[0].lines
    assert len({error.line for error in report.refused}) == len(report.refused)
    assert all(error.reason and error.reason_en and error.column for error in report.refused)


@settings(max_examples=40)
@given(table=TABLES)
def test_importing_again_gives_the_same_rules_and_they_compile(table: tuple[tuple[str, ...], list[list[str]]]) -> None:
    header, rows = table
    first, second = imported(as_csv(header, rows)), imported(as_csv(header, rows))
    assert first == second
    with TemporaryDirectory() as folder:
        snapshot = compile_snapshot([*first.rows, *second.rows], TEMPLATES, no_catalogue, Path(folder), as_of=START)
        assert {row.rule_id for row in snapshot.rows} == {row.rule_id for row in first.rows}


@given(table=TABLES, data=st.data())
def test_the_order_of_lines_does_not_change_the_rules(table: tuple[tuple[str, ...], list[list[str]]], data: st.DataObject) -> None:
    header, rows = table
    whole = [[*row, *[""] * (len(header) - len(row))] for row in rows]
    first, second = imported(as_csv(header, whole)), imported(as_csv(header, data.draw(st.permutations(whole))))
    assert {row.rule_id for row in first.rows} == {row.rule_id for row in second.rows}


@settings(max_examples=40)
@given(table=st.tuples(st.sampled_from(HEADERS), st.lists(st.lists(st.sampled_from(WORDS[2:22]), min_size=7, max_size=7), max_size=6)))
def test_a_workbook_of_texts_gives_the_same_rules_as_csv(table: tuple[tuple[str, ...], list[list[str]]]) -> None:
    header, rows = table
    book = openpyxl.Workbook()
    sheet = book.worksheets[0]
    for row in ([*header], *rows):
        sheet.append(row)
    data = io.BytesIO()
    book.save(data)
    from_book, from_text = imported(data.getvalue(), "t.xlsx"), imported(as_csv(header, rows))
    assert [row.rule_id for row in from_book.rows] == [row.rule_id for row in from_text.rows]
    assert [(error.line, error.code) for error in from_book.refused] == [(error.line, error.code) for error in from_text.refused]
