"""Odd and hostile files: each is refused with a reason or read as text; none makes the import raise."""

import io
import zipfile
from collections.abc import Mapping
from datetime import date
from pathlib import Path
from typing import Any

import openpyxl
import pytest

from anpei.rules.importer import Mapping as ImportMapping
from anpei.rules.importer import tables
from anpei.rules.templates.template import Template
from tests.factories.imports import Imported, import_table

HEADER = ("项目名称", "国标代码", "限定类型", "限定对象")
GOOD = ("项目", "003105120040000", "限定性别对象", "女")


@pytest.fixture
def report_on(tmp_path: Path, templates: Mapping[str, Template], mappings: Mapping[str, ImportMapping]) -> Any:
    """Import bytes as one file."""

    def call(data: bytes, name: str = "file.csv") -> Imported:
        path = tmp_path / name
        path.write_bytes(data)
        return import_table(path, mappings.values(), templates=templates, valid_from=date(2025, 1, 1))

    return call


def workbook(**sheets: list[tuple[Any, ...]]) -> bytes:
    """A workbook with these sheets."""
    book = openpyxl.Workbook()
    book.remove(book.worksheets[0])
    for title, rows in sheets.items():
        sheet = book.create_sheet(title)
        for row in rows:
            sheet.append(row)
    data = io.BytesIO()
    book.save(data)
    return data.getvalue()


def csv_of(*rows: tuple[str, ...]) -> str:
    return "".join(",".join(row) + "\n" for row in rows)


@pytest.mark.parametrize(
    ("data", "code"),
    [
        (b"", "empty"),
        (b"\n\n  \n,,,\n", "empty"),
        (b"\x00\x01\x02\x03", "unreadable"),
        (b"\xff\xff\xff\xff", "unreadable"),
        (b"\xff\xfe\x00", "unreadable"),
        (b"PK\x03\x04 no archive", "unreadable"),
        (b"\xd0\xcf\x11\xe0 old workbook", "unreadable"),
        (b"%PDF-1.7 a document", "unknown_header"),
        (b"a,b,c\n1,2,3\n", "unknown_header"),
        ((",".join(HEADER) + ",限定对象\n" + ",".join(GOOD) + "\n").encode(), "unknown_header"),
        (('"' + "x" * 200_000).encode(), "unreadable"),
        (("x" * 40_000).encode(), "unreadable"),
        ((",".join("x" * 300) + "\n").encode(), "unreadable"),
    ],
)
def test_a_file_that_is_no_table_is_refused_as_a_whole(report_on: Any, data: bytes, code: str) -> None:
    report = report_on(data)
    assert [(error.file, error.line, error.code) for error in report.refused] == [("file.csv", 0, code)]
    assert report.rows == ()
    assert report.refused[0].reason
    assert report.refused[0].reason_en


def test_a_missing_file_is_refused(tmp_path: Path, templates: Mapping[str, Template], mappings: Mapping[str, ImportMapping]) -> None:
    report = import_table(tmp_path / "nothing.csv", mappings.values(), templates=templates, valid_from=date(2025, 1, 1))
    assert [(error.file, error.code, error.reason_en) for error in report.refused] == [
        ("nothing.csv", "unreadable", "the file cannot be opened")
    ]


def test_an_unknown_header_is_shown_and_says_what_to_do(report_on: Any) -> None:
    (error,) = report_on(b"a,b\n1,2\n").refused
    assert error.reason == "没有映射认得这个表头：a、b"
    assert error.reason_en == "no mapping knows this header: a、b; add a layout with these columns"


def test_too_many_rows_of_a_sheet_are_refused(report_on: Any, monkeypatch: pytest.MonkeyPatch) -> None:
    others = [("项目", f"00310512004000{number}", "限定性别对象", "女") for number in range(3)]
    data = workbook(s=[HEADER, *others])
    assert len(report_on(data, "book.xlsx").rows) == 3
    monkeypatch.setattr(tables, "MAX_ROWS", 3)
    report = report_on(data, "book.xlsx")
    assert report.rows == ()
    assert [(error.line, error.reason_en) for error in report.refused] == [(0, "more than 3 rows: split the file")]


def test_a_workbook_that_unpacks_to_too_much_is_not_opened(report_on: Any, monkeypatch: pytest.MonkeyPatch) -> None:
    data = io.BytesIO()
    with zipfile.ZipFile(data, "w", zipfile.ZIP_DEFLATED) as archive:
        archive.writestr("xl/workbook.xml", b"0" * 200_000)
    for limit in ("MAX_UNPACKED", "MAX_TEXTS"):
        with monkeypatch.context() as patch:
            patch.setattr(tables, limit, 100_000)
            assert report_on(data.getvalue(), "bomb.xlsx").refused[0].reason_en == "the workbook unpacks to 200000 bytes: split it"


@pytest.mark.parametrize("drop", ["xl/workbook.xml", "[Content_Types].xml", "xl/worksheets/sheet1.xml", "xl/styles.xml"])
def test_a_workbook_with_a_part_missing_or_broken_never_raises(report_on: Any, drop: str) -> None:
    whole = workbook(s=[HEADER, GOOD])
    for replacement in (None, b"<broken", b'<?xml version="1.0"?><!DOCTYPE a [<!ENTITY b "c">]><a>&b;</a>'):
        data = io.BytesIO()
        with zipfile.ZipFile(io.BytesIO(whole)) as source, zipfile.ZipFile(data, "w") as target:
            for name in source.namelist():
                content = replacement if name == drop else source.read(name)
                if content is not None:
                    target.writestr(name, content)
        report = report_on(data.getvalue(), "broken.xlsx")
        assert len(report.refused) + len(report.rows) == 1


def test_a_cut_off_workbook_is_refused(report_on: Any) -> None:
    whole = workbook(s=[HEADER, GOOD])
    for length in (4, 30, len(whole) // 2, len(whole) - 5):
        assert [error.code for error in report_on(whole[:length], "cut.xlsx").refused] == ["unreadable"]


def test_a_workbook_gives_the_same_rows_as_csv(report_on: Any) -> None:
    from_book = report_on(workbook(s=[HEADER, GOOD]), "book.xlsx")
    from_text = report_on(csv_of(HEADER, GOOD).encode())
    assert [row.rule_id for row in from_book.rows] == [row.rule_id for row in from_text.rows]
    assert (from_book.rows[0].source.file, from_book.rows[0].source.line) == ("book.xlsx#s", 2)


def test_sheets_of_one_workbook_are_joined_and_an_unknown_sheet_is_named(report_on: Any) -> None:
    data = workbook(
        Sheet1=[("药品通用名", "药品说明", "限定类型", "限定对象"), ("甲", "", "限定性别对象", "女")],
        Sheet2=[("药品通用名", "序号", "药品代码", "限定类型"), ("甲", 1, "XA04CAE00230101001ZZ", "限定性别对象")],
        notes=[("说明",)],
    )
    report = report_on(data, "book.xlsx")
    assert [row.subject for row in report.rows] == ["XA04CAE00230101001ZZ"]
    assert [(error.file, error.code) for error in report.refused] == [("book.xlsx#notes", "unknown_header")]


def test_cells_of_other_types_are_text(report_on: Any) -> None:
    header = ("序号", "项目名称", "限制数量", "数量单位", "项目编码")
    rows = [
        (1, "整数", 2, "日", "001102000040000"),
        (2.0, "小数", 2.5, "日", "001102000050000"),
        (3, "公式", "=1+1", "日", "001102000060000"),
        (4, "日期", date(2025, 1, 1), "日", "001102000070000"),
        (5, "真", True, "日", "001102000080000"),
        (6, "数字编码丢了前导零", 1, "日", 1102000090000),
        (7, "错误", "#REF!", "日", "001102000010000"),
    ]
    report = report_on(workbook(s=[header, *rows]), "book.xlsx")
    assert [(row.title, row.parameters["max_quantity"]) for row in report.rows] == [("整数", 2000), ("小数", 2500)]
    assert [(error.line, error.column, error.code) for error in report.refused] == [
        (4, "限制数量", "number"),
        (5, "限制数量", "number"),
        (6, "限制数量", "number"),
        (7, "项目编码", "form"),
        (8, "限制数量", "number"),
    ]
    assert report.refused[0].reason == "“=1+1”不是数量（最多三位小数）"


def test_a_formula_in_a_name_stays_text(report_on: Any) -> None:
    for data in (csv_of(HEADER, ("=cmd|'/c calc'!A1", *GOOD[1:])).encode(), workbook(s=[HEADER, ("=cmd|'/c calc'!A1", *GOOD[1:])])):
        assert [row.title for row in report_on(data, "x").rows] == ["=cmd|'/c calc'!A1"]


def test_a_quoted_cell_may_hold_lines_and_the_number_is_that_of_its_first(report_on: Any) -> None:
    text = csv_of(HEADER) + '"两\n行",003105120040000,限定性别对象,女\n坏,1,限定性别对象,女\n'
    report = report_on(text.encode())
    assert [(row.title, row.source.line) for row in report.rows] == [("两\n行", 2)]
    assert [error.line for error in report.refused] == [4]


def test_a_long_cell_is_shortened_where_it_is_shown(report_on: Any) -> None:
    report = report_on(csv_of(HEADER, ("项目", "x" * 5000, "限定性别对象", "女")).encode())
    assert len(report.refused[0].reason) < 200
