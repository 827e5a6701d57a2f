"""Tables of any size, line by line: the same rows and refusals as at once, and nothing counts as finished before the end."""

import itertools
from collections.abc import Mapping
from datetime import date
from pathlib import Path

import pytest

from anpei.rules.importer import ImportRefused, RowError, StreamTally, import_table, stream_table
from anpei.rules.importer import Mapping as ImportMapping
from anpei.rules.model import RuleRow
from anpei.rules.templates.template import Template

START = date(2025, 1, 1)
HEADER = "序号,项目名称,限制数量,数量单位,项目编码\n"
Rows = list[RuleRow | RowError]


def stream(
    path: Path, templates: Mapping[str, Template], mappings: Mapping[str, ImportMapping], start: date | None = START
) -> tuple[Rows, StreamTally]:
    """Everything that comes out, and the tally."""
    tally = StreamTally()
    return list(stream_table(path, mappings.values(), templates=templates, tally=tally, valid_from=start)), tally


def written(path: Path, lines: int, *, broken: int = 100) -> Path:
    """A table of which every hundredth line has no code."""
    with path.open("w", encoding="utf-8") as file:
        file.write(HEADER)
        for number in range(lines):
            code = "" if number % broken == broken - 1 else f"{number:015}"
            file.write(f"{number + 1},项目{number},1,日,{code}\n")
        file.write("合计,,,,\n")
    return path


def test_the_same_rows_and_refusals_as_at_once(
    tmp_path: Path, templates: Mapping[str, Template], mappings: Mapping[str, ImportMapping]
) -> None:
    path = written(tmp_path / "t.csv", 3000)
    found, tally = stream(path, templates, mappings)
    whole = import_table(path, mappings.values(), templates=templates, valid_from=START)
    assert tuple(one for one in found if isinstance(one, RuleRow)) == whole.rows
    assert tuple(one for one in found if isinstance(one, RowError)) == whole.refused
    assert (tally.mapping, tally.lines, tally.taken, tally.skipped, tally.rows) == ("nhsa-rules", 3001, 2970, 1, 2970)
    assert (dict(tally.refused), tally.finished) == ({"empty": 30}, True)


def test_rows_come_while_the_file_is_read(tmp_path: Path, templates: Mapping[str, Template], mappings: Mapping[str, ImportMapping]) -> None:
    tally = StreamTally()
    found = stream_table(written(tmp_path / "t.csv", 5000), mappings.values(), templates=templates, tally=tally, valid_from=START)
    assert len(list(itertools.islice(found, 7))) == 7
    assert (tally.lines, tally.finished) == (7, False)


@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "gb18030", "utf-16"])
def test_every_encoding(tmp_path: Path, templates: Mapping[str, Template], mappings: Mapping[str, ImportMapping], encoding: str) -> None:
    path = tmp_path / "t.csv"
    path.write_text(HEADER + "1,床位费,1,日,001102000040000\n", encoding=encoding)
    (row,), tally = stream(path, templates, mappings)
    assert isinstance(row, RuleRow)
    assert (row.subject, row.title, tally.finished) == ("001102000040000", "床位费", True)


@pytest.mark.parametrize(
    ("content", "code"),
    [
        (b"a,b\n1,2\n", "unknown_header"),
        (b"", "unknown_header"),
        ("药品通用名,药品说明,限定类型,限定对象\n甲,,限定性别对象,女\n".encode(), "partner_missing"),
        (b"PK\x03\x04rest", "unreadable"),
        (b"\xff\xff\xff", "unreadable"),
        (HEADER.encode() + b"1,\x00,1,1,1\n", "unreadable"),
        (HEADER.encode() + b"1,a,1,1,1\n" * 20 + b'"' + b"x" * 200_000, "unreadable"),
    ],
)
def test_what_cannot_be_read_is_refused_and_never_finished(
    tmp_path: Path, templates: Mapping[str, Template], mappings: Mapping[str, ImportMapping], content: bytes, code: str
) -> None:
    path = tmp_path / "t.csv"
    path.write_bytes(content)
    found, tally = stream(path, templates, mappings)
    assert [one.code for one in found if isinstance(one, RowError)][-1] == code
    assert (tally.refused[code], tally.finished) == (1, False)


def test_without_a_first_day_the_call_cannot_work(
    tmp_path: Path, templates: Mapping[str, Template], mappings: Mapping[str, ImportMapping]
) -> None:
    with pytest.raises(ImportRefused):
        stream(written(tmp_path / "t.csv", 1), templates, mappings, start=None)
