"""Rows of real-life files: encodings, separators, headings, Excel; what cannot be read is named with its line."""

import io
import zipfile
from collections.abc import Sequence
from datetime import date, datetime
from pathlib import Path
from typing import Any

import pytest
from openpyxl import Workbook

from anpei.kernel.errors import InvalidInput
from anpei.records.tables import Cells, Column, FileRefused, ImportReport, Outcome, Parsed, import_table
from anpei.records.tables import report as reports
from anpei.records.tables.cells import Row
from anpei.records.tables.reading import rows_of

COLUMNS = (Column("name", ("名称",)), Column("amount", ("金额",)), Column("note", ("备注",), needed=False))
GOOD = "name,amount,note\n阿莫西林,12.50,\n氯化钠,3.00,常用\n"
EXPECTED = [Row(2, {"name": "阿莫西林", "amount": "12.50", "note": ""}), Row(3, {"name": "氯化钠", "amount": "3.00", "note": "常用"})]


def rows(data: bytes) -> list[Any]:
    return list(rows_of(io.BytesIO(data), columns=COLUMNS))


@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "gb18030"])
def test_each_encoding_gives_the_same_rows(encoding: str) -> None:
    assert rows(GOOD.encode(encoding)) == EXPECTED


@pytest.mark.parametrize("change", [(",", "\t"), (",", ";"), ("\n", "\r\n"), ("name,amount,note", " 名 称 ,金额,备注")])
def test_separators_line_ends_and_chinese_headings(change: tuple[str, str]) -> None:
    assert rows(GOOD.replace(*change).encode()) == EXPECTED


def test_quoted_cells_keep_commas_and_line_breaks_and_lines_are_counted() -> None:
    assert rows('name,amount\n"甲,乙\n丙",1\n丁,2\n'.encode()) == [
        Row(2, {"name": "甲,乙\n丙", "amount": "1"}),
        Row(4, {"name": "丁", "amount": "2"}),
    ]


def test_the_heading_may_stand_below_a_title_and_empty_rows_are_nothing() -> None:
    assert rows("药品价格表,,\n\n名称,金额,备注\n,,\n甲,1\n".encode()) == [Row(5, {"name": "甲", "amount": "1", "note": ""})]


def test_other_columns_are_passed_over() -> None:
    assert rows("x,amount,y,name\n1,2,3,甲\n".encode()) == [Row(2, {"name": "甲", "amount": "2"})]


def test_one_undecodable_line_is_named_and_the_others_are_taken() -> None:
    data = "name,amount\n甲,1\n".encode() + "乙".encode("gb18030") + b",2\n" + "丙,3\n丁,4\n".encode()
    first, bad, *rest = rows(data)
    assert (bad.line, bad.code, bad.reason, bad.advice) == (3, "row.encoding", "这一行含有无法识别的字符", "请把文件另存为UTF-8")
    assert [row.values["name"] for row in (first, *rest)] == ["甲", "丙", "丁"]


def test_a_line_that_is_no_gb18030_is_named_too() -> None:
    data = "name,amount\n甲乙丙,1\n".encode("gb18030") + b"\xff\xff,2\n"
    good, bad = rows(data)
    assert (good.values["name"], bad.line, bad.code) == ("甲乙丙", 3, "row.encoding")


def test_a_row_with_too_many_cells_is_named() -> None:
    bad, good = rows("name,amount\n甲,1,2\n乙,3,\n".encode())
    assert (bad.line, bad.code, good.values["name"]) == (2, "row.too_many_cells", "乙")


@pytest.mark.parametrize(
    ("data", "says"),
    [
        (b"", "the file is empty"),
        (b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1", "old format"),
        ("name,amount\n".encode("utf-16"), "UTF-16"),
        (b"\x7fELF\x00\x01", "neither CSV nor Excel"),
        (b"name;price\nx;1\n", "lacks the columns amount"),
        ("名称,金额,name\n".encode(), "names name twice"),
        (b"PK\x03\x04 broken", "damaged"),
    ],
)
def test_a_file_that_is_no_table_is_refused_as_a_whole(data: bytes, says: str) -> None:
    with pytest.raises(InvalidInput, match=says) as caught:
        rows(data)
    assert caught.value.code == "records.file_refused"


def test_a_missing_file_is_refused(tmp_path: Path) -> None:
    with pytest.raises(FileRefused, match=r"gone\.csv cannot be opened"):
        list(rows_of(tmp_path / "gone.csv", columns=COLUMNS))


def workbook(cells: Sequence[Sequence[Any]]) -> io.BytesIO:
    book = Workbook()
    for row in cells:
        book.worksheets[0].append(list(row))
    stream = io.BytesIO()
    book.save(stream)
    return stream


def test_excel_gives_text_of_numbers_days_and_truth() -> None:
    cells = [
        ["名称", "金额", "备注"],
        ["甲", 0.1 + 0.2, datetime(2026, 1, 31)],  # noqa: DTZ001 - a workbook knows no zones
        [None, None, None],
        ["乙", 12, True],
        [20260131, 1e3, date(2026, 2, 1)],
    ]
    assert list(rows_of(workbook(cells), columns=COLUMNS)) == [
        Row(2, {"name": "甲", "amount": "0.3", "note": "2026-01-31 00:00:00"}),
        Row(4, {"name": "乙", "amount": "12", "note": "yes"}),
        Row(5, {"name": "20260131", "amount": "1000", "note": "2026-02-01 00:00:00"}),
    ]


def test_a_workbook_that_unpacks_to_far_more_is_refused() -> None:
    stream = io.BytesIO()
    with zipfile.ZipFile(stream, "w", zipfile.ZIP_DEFLATED) as archive:
        archive.writestr("xl/worksheets/sheet1.xml", b"0" * 5_000_000)
    with pytest.raises(InvalidInput, match="far more than its size"):
        list(rows_of(stream, columns=COLUMNS))


def test_a_zip_that_is_no_workbook_is_refused() -> None:
    stream = io.BytesIO()
    with zipfile.ZipFile(stream, "w") as archive:
        archive.writestr("readme.txt", b"hello")
    with pytest.raises(InvalidInput, match="cannot be opened"):
        list(rows_of(stream, columns=COLUMNS))


def cells(**values: str) -> Cells:
    return Cells(row=Row(7, values))


@pytest.mark.parametrize(
    "text", ["2026-01-31", "2026-1-31", "2026/1/31", "2026.01.31", "20260131", "2026年1月31日", "2026-01-31 00:00:00", " ２０２６-01-31 "]
)
def test_days_in_any_usual_form(text: str) -> None:
    assert cells(day=text).day("day") == date(2026, 1, 31)


@pytest.mark.parametrize("text", ["2026-02-30", "31.1.2026", "45678", "2026-01", "昨天", "2026-01-31 12:30:00"])
def test_other_days_are_errors(text: str) -> None:
    row = cells(day=text)
    assert row.day("day") is None
    assert [(error.line, error.column, error.code) for error in row.errors] == [(7, "day", "cell.day")]


@pytest.mark.parametrize(("text", "fen"), [("", 0), ("0", 0), ("1,234.5", 123_450), ("¥12.34", 1_234), ("１２", 1_200)])
def test_amounts(text: str, fen: int) -> None:
    assert cells(a=text).fen("a") == fen


@pytest.mark.parametrize("text", ["-1", "1.234", "1e3", "十元", "nan"])
def test_other_amounts_are_errors(text: str) -> None:
    row = cells(a=text)
    assert (row.fen("a"), [error.code for error in row.errors]) == (0, ["cell.yuan"])


def test_all_problems_of_a_row_are_noted_and_hold_no_value() -> None:
    row = cells(name="", kind="zzz", on="maybe", count="11", note="x" * 5, bell="a\x07b")
    row.text("name")
    row.choice("kind", {"A": ("甲",), "B": ()})
    row.yes("on")
    row.whole("count", least=0, most=10)
    row.text("note", most=4)
    row.text("bell")
    assert [(error.column, error.code) for error in row.errors] == [
        ("name", "cell.missing"), ("kind", "cell.choice"), ("on", "cell.choice"), ("count", "cell.whole"), ("note", "cell.too_long"),
        ("bell", "cell.control"),
    ]  # fmt: skip
    assert (row.errors[1].advice, row.errors[1].advice_en) == ("请填写：A、B", "use one of: A、B")
    assert not any("zzz" in error.reason + error.advice_en for error in row.errors)


def simple_import(text: str, store: Any = None) -> ImportReport:
    def parse(row: Cells) -> str | None:
        row.fen("amount")
        return row.text("name")

    return import_table(
        file=io.BytesIO(text.encode()), columns=COLUMNS, parse=parse, store=store or (lambda good: [Outcome.ADDED for _ in good])
    )


def test_rows_pass_through_in_chunks_and_are_counted() -> None:
    sizes: list[int] = []

    def store(good: Sequence[Parsed[str]]) -> list[Outcome]:
        sizes.append(len(good))
        return [Outcome.UNCHANGED if row.line % 2 else Outcome.ADDED for row in good]

    report = simple_import("name,amount\n" + "".join(f"n{i},1\n" for i in range(1_203)), store)
    assert sizes == [500, 500, 203]
    assert (report.taken, report.added, report.unchanged, report.refused) == (1_203, 602, 601, 0)


def test_a_file_of_bad_rows_does_not_fill_the_memory() -> None:
    report = simple_import("name,amount\n" + "x,bad\n" * 2_500)
    assert (report.taken, report.refused, len(report.errors), report.errors_left_off) == (0, 2_500, reports.MAX_ERRORS, 1_500)
    assert [error.line for error in report.errors[:3]] == [2, 3, 4]


def test_an_open_quote_does_not_swallow_the_report() -> None:
    report = simple_import('name,amount\n甲,1\n"乙,2\n丙,3\n')
    assert (report.added, report.refused, report.errors[0].line, report.errors[0].code) == (1, 1, 3, "row.broken")


def test_every_error_has_its_words_in_both_languages() -> None:
    error = reports.row_error("row.duplicate", line=9, column="code", other=4)
    assert (error.reason, error.reason_en, error.advice, error.advice_en) == (
        "与第4行重复",
        "repeats line 4",
        "请删除其中一行",
        "remove one of the two",
    )
