"""Tables of any size go through line by line: refusals as they are found, nothing kept of a table that breaks off."""

from collections.abc import Mapping
from datetime import date
from pathlib import Path

import openpyxl
import pytest

from anpei.rules.holdings import Holdings, adding, merging
from anpei.rules.importer import ImportReport, Listening, RowError, operations, read_tables
from anpei.rules.importer import Mapping as ImportMapping
from anpei.rules.templates.template import Template

START = date(2025, 1, 1)
HEADER = "序号,项目名称,限制数量,数量单位,项目编码\n"
Templates = Mapping[str, Template]
Mappings = Mapping[str, ImportMapping]


def written(path: Path, lines: int, *, broken: int = 100, twice: int = 1_000_000) -> Path:
    """A table of which every so many-th line has no code, and every so many-th says the same as the one before."""
    with path.open("w", encoding="utf-8") as file:
        file.write(HEADER)
        for number in range(lines):
            code = "" if number % broken == broken - 1 else f"{number - (number % twice == twice - 1):015}"
            file.write(f"{number + 1},项目{number},1,日,{code}\n")
        file.write("合计,,,,\n")
    return path


@pytest.fixture
def kept(tmp_path: Path) -> Holdings:
    """Rows that are kept."""
    return Holdings(tmp_path / "rules")


def run(paths: list[Path], kept: Holdings, templates: Templates, mappings: Mappings) -> tuple[ImportReport, list[RowError]]:
    """Import and keep; the report and every refusal as it came."""
    refused: list[RowError] = []
    with kept.adding(templates) as to:
        listening = Listening(refused=refused.append)
        report, merged = read_tables(paths, mappings.values(), templates=templates, adding=to, listening=listening, valid_from=START)
        to.keep(merged)
    return report, refused


def test_every_broken_line_is_reported_and_the_others_are_rows(
    tmp_path: Path, kept: Holdings, templates: Templates, mappings: Mappings, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(adding, "RUN_ROWS", 500)
    monkeypatch.setattr(merging, "RANGE_ROWS", 300)
    report, refused = run([written(tmp_path / "t.csv", 3000, twice=250)], kept, templates, mappings)
    broken, twice = range(101, 3002, 100), range(251, 3002, 250)
    assert [(error.line, error.code) for error in refused] == [
        *((line, "empty") for line in broken),
        *((line, "twice") for line in twice if line not in broken),
    ]
    assert refused[-1].reason == "与 t.csv 第 2750 行重复"
    assert (report.mappings, report.lines, report.taken, report.skipped) == (["nhsa-rules"], 3001, 3000 - len(refused), 1)
    assert (report.refused_by_reason(), report.refused) == ({"empty": 30, "twice": 6}, 36)
    assert [len(report.shown_of(code)) for code in ("empty", "twice")] == [10, 6]
    rows = {row.source.line: row for row in kept.rows()}
    assert sorted(rows) == sorted(set(range(2, 3002)) - {error.line for error in refused})
    assert (rows[777].subject, rows[777].title) == (f"{775:015}", "项目775")


def test_refusals_and_progress_come_while_the_file_is_read(
    tmp_path: Path, kept: Holdings, templates: Templates, mappings: Mappings, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(operations, "STEP", 1000)
    told: list[object] = []
    listening = Listening(
        refused=lambda error: told.append(error.line), progress=lambda report: told.append((report.lines, report.taken, report.refused))
    )
    with kept.adding(templates) as to:
        path = written(tmp_path / "t.csv", 2500, broken=900)
        read_tables(path, mappings.values(), templates=templates, adding=to, listening=listening, valid_from=START)
    assert told == [901, (1000, 999, 1), 1801, (2000, 1998, 2)]
    assert list(kept.rows()) == []


def test_a_file_that_breaks_off_gives_no_rows_and_the_others_do(
    tmp_path: Path, kept: Holdings, templates: Templates, mappings: Mappings
) -> None:
    good, bad, last = tmp_path / "a.csv", tmp_path / "b.csv", tmp_path / "c.csv"
    good.write_text(HEADER + "1,甲,1,日,001102000040000\n", encoding="utf-8")
    bad.write_text(HEADER + "1,乙,1,日,001102000050000\n2,丙,1,日,\n" * 9 + '3,"' + "x" * 200_000, encoding="utf-8")
    last.write_text(HEADER + "1,丁,1,日,001102000060000\n", encoding="utf-8")
    report, refused = run([good, bad, last], kept, templates, mappings)
    assert [row.title for row in sorted(kept.rows(), key=lambda row: row.subject)] == ["甲", "丁"]
    assert (report.taken, report.skipped, report.rows) == (2, 0, 2)
    assert ("b.csv", 0, "unreadable") in [(error.file, error.line, error.code) for error in refused]


@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "gb18030", "utf-16"])
def test_every_encoding(tmp_path: Path, kept: Holdings, templates: Templates, mappings: Mappings, encoding: str) -> None:
    path = tmp_path / "t.csv"
    path.write_text(HEADER + "1,床位费,1,日,001102000040000\n", encoding=encoding)
    run([path], kept, templates, mappings)
    assert [(row.subject, row.title) for row in kept.rows()] == [("001102000040000", "床位费")]


def test_a_workbook_is_read_line_by_line_too(
    tmp_path: Path, kept: Holdings, templates: Templates, mappings: Mappings, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(operations, "STEP", 10)
    book = openpyxl.Workbook(write_only=True)
    sheet = book.create_sheet("s")
    sheet.append(HEADER.strip().split(","))
    for number in range(25):
        sheet.append([number, f"项目{number}", 1, "日", f"{number:015}" if number != 14 else None])
    book.save(tmp_path / "b.xlsx")
    steps: list[int] = []
    with kept.adding(templates) as to:
        listening = Listening(progress=lambda report: steps.append(report.lines))
        report, merged = read_tables(
            tmp_path / "b.xlsx", mappings.values(), templates=templates, adding=to, listening=listening, valid_from=START
        )
        to.keep(merged)
    assert (steps, report.taken, report.refused_by_reason(), len(kept)) == ([10, 20], 24, {"empty": 1}, 24)


def test_too_large_a_table_of_statements_is_refused(
    tmp_path: Path, kept: Holdings, templates: Templates, mappings: Mappings, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(operations, "MAX_STATEMENTS", 2)
    rules, codes = tmp_path / "r.csv", tmp_path / "c.csv"
    rules.write_text("药品通用名,药品说明,限定类型,限定对象\n" + "甲,,限定性别对象,女\n" * 3, encoding="utf-8")
    codes.write_text("药品通用名,序号,药品代码,限定类型\n甲,1,XA04CAE00230101001ZZ,限定性别对象\n", encoding="utf-8")
    _, refused = run([rules, codes], kept, templates, mappings)
    assert [(error.file, error.code) for error in refused] == [("r.csv", "unreadable"), ("c.csv", "partner_missing")]
    assert len(kept) == 0
