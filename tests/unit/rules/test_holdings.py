"""The kept rows: whole or not at all, newer over older, damage by name, and the same columns as from the rows one by one."""

import json
import os
import signal
import subprocess
import sys
from collections.abc import Mapping
from dataclasses import replace
from datetime import date
from pathlib import Path

import numpy as np
import pytest

from anpei.rules.compiled.build import RowColumns, columns_of
from anpei.rules.compiled.bytecode import NotCompiled
from anpei.rules.consistency import sort_key
from anpei.rules.holdings import (
    Holdings,
    HoldingsBusy,
    HoldingsDamaged,
    RowsContradict,
    RowUnfit,
    adding,
    merging,
    ordering,
    rows_by_subject,
)
from anpei.rules.model import RuleRow, Source, Status, Value, rule_id_for
from anpei.rules.templates.template import Template

Templates = Mapping[str, Template]


def row(template: str, subject: str, *, since: date = date(2020, 1, 1), line: int = 1, **parameters: Value) -> RuleRow:
    number = rule_id_for(template_id=template, subject=subject, parameters=parameters, valid_from=since, document="d")
    return RuleRow(number, template, subject, parameters, since, Source("d", "b", "f.csv", line), title="某项目")


def several() -> list[RuleRow]:
    """Rows of all kinds of parameters."""
    return [
        row("sex", "A", sex="F"),
        row("age", "A", age_min_years=18, age_max_years=60),
        row("mutual-exclusion", "B", other="A", same_day=True),
        row("mutual-exclusion", "C*", other="D*药*", same_day=False),
        row("indication", "E", icd_prefixes=("J18", "J20")),
        replace(row("frequency-day", "F", max_quantity=2500), valid_to=date(2024, 1, 1), title=""),
        replace(row("sex", "G", sex="M"), status=Status.SHADOW),
    ]


def by_id(rows: list[RuleRow]) -> list[RuleRow]:
    return sorted(rows, key=lambda one: one.rule_id)


def told(columns: RowColumns) -> list[tuple[object, ...]]:
    """Columns row by row, texts in words, sorted by id."""
    coded = (columns.template, columns.subject, columns.args, columns.join, columns.source, columns.title)
    texts = [[one.values[code] for code in one.codes.tolist()] for one in coded]
    numbers = [columns.id_high, columns.id_low, columns.line, columns.valid_from, columns.valid_to, columns.shadow]
    assert [column.dtype.name for column in numbers] == ["uint64", "uint64", "uint32", "uint16", "uint16", "uint8"]
    assert all(one.codes.dtype == np.int32 and len(set(one.values)) == len(one.values) for one in coded)
    return sorted(zip(*(column.tolist() for column in numbers), *texts, strict=True))


def test_rows_come_back_as_they_were_sorted_by_id(tmp_path: Path, templates: Templates) -> None:
    holdings = Holdings(tmp_path / "rules")
    assert list(holdings.rows()) == []
    assert holdings.add(several(), templates=templates) == 7
    assert list(holdings.rows()) == by_id(several())
    assert len(holdings) == 7
    assert sorted(path.name for path in (tmp_path / "rules").iterdir() if path.suffix != ".parquet") == [".lock", "manifest.json"]


def test_a_newer_statement_replaces_the_older_and_the_same_again_changes_no_file(tmp_path: Path, templates: Templates) -> None:
    holdings = Holdings(tmp_path)
    holdings.add(several(), templates=templates)
    before = {path.name: path.read_bytes() for path in tmp_path.glob("*.parquet")}
    assert holdings.add(several(), templates=templates) == 0
    assert {path.name: path.read_bytes() for path in tmp_path.glob("*.parquet")} == before
    ended = replace(several()[0], valid_to=date(2025, 1, 1), source=Source("d", "b2", "g.csv", 9))
    assert holdings.add([ended, row("sex", "Z", sex="F")], templates=templates) == 1
    assert list(holdings.rows()) == by_id([ended, row("sex", "Z", sex="F"), *several()[1:]])
    assert not set(before) & {path.name for path in tmp_path.glob("*.parquet")}


def test_many_pieces_and_files_give_the_same_rows(tmp_path: Path, templates: Templates, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(adding, "RUN_ROWS", 7)
    monkeypatch.setattr(merging, "RANGE_ROWS", 8)
    monkeypatch.setattr(ordering, "PIECE_ROWS", 9)
    holdings = Holdings(tmp_path)
    rows = [row("sex", f"S{number:03}", sex="F") for number in range(100)]
    assert holdings.add(rows[:60], templates=templates) == 60
    later = [replace(one, valid_to=date(2030, 1, 1)) for one in rows[50:]]
    assert holdings.add(later, templates=templates) == 40
    wanted = [*rows[:50], *later]
    assert list(holdings.rows()) == by_id(wanted)
    assert len(list(tmp_path.glob("*.parquet"))) > 4
    (tmp_path / "work").mkdir()
    assert list(rows_by_subject(holdings.batches(), tmp_path / "work")) == wanted
    assert told(holdings.columns(templates)) == told(columns_of(wanted, templates))


def test_only_files_with_new_rows_are_written_again(tmp_path: Path, templates: Templates, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(merging, "RANGE_ROWS", 64)
    holdings = Holdings(tmp_path)
    holdings.add([row("sex", f"S{number:03}", sex="F") for number in range(500)], templates=templates)
    before = {path.name for path in tmp_path.glob("*.parquet")}
    holdings.add([row("sex", "T", sex="F")], templates=templates)
    after = {path.name for path in tmp_path.glob("*.parquet")}
    assert (len(before), len(after), len(before & after)) == (8, 8, 7)


def test_subjects_come_with_prefixes_first(tmp_path: Path, templates: Templates) -> None:
    subjects = ["B", "A*", "A", "AB*", "A1", "A*b*", "A*a*", "A*b*"]
    rows = [row("age", subject, age_max_years=place + 1) for place, subject in enumerate(subjects)]
    holdings = Holdings(tmp_path / "rules")
    holdings.add(rows, templates=templates)
    found = [one.subject for one in rows_by_subject(holdings.batches(), tmp_path)]
    assert found == ["A*", "A", "A*a*", "A*b*", "A*b*", "A1", "AB*", "B"]
    assert found == sorted(found, key=lambda subject: (*sort_key(subject), subject))


def test_two_statements_of_one_id_in_one_addition_are_refused_with_both_places(tmp_path: Path, templates: Templates) -> None:
    holdings = Holdings(tmp_path)
    first, other = row("sex", "A", sex="F", line=3), replace(row("sex", "A", sex="F", line=8), valid_to=date(2025, 1, 1))
    with pytest.raises(RowsContradict, match=rf"rule {first.rule_id} stands twice .*, line 3, and .*, line 8"):
        holdings.add([first, other], templates=templates)
    assert list(holdings.rows()) == []
    assert holdings.add([first, replace(first, title="other")], templates=templates) == 1
    assert list(holdings.rows()) == [first]


def test_drafts_and_retired_rows_are_kept_and_not_compiled(tmp_path: Path, templates: Templates) -> None:
    rows = several()
    rows[1], rows[2] = replace(rows[1], status=Status.DRAFT), replace(rows[2], status=Status.RETIRED)
    holdings = Holdings(tmp_path)
    holdings.add(rows, templates=templates)
    assert len(holdings) == 7
    columns = holdings.columns(templates)
    assert told(columns) == told(columns_of(rows, templates))
    assert "B" not in columns.subject.values
    assert told(Holdings(tmp_path / "none").columns(templates)) == []


@pytest.mark.parametrize(
    ("harm", "message"),
    [
        ({"valid_from": date(1969, 12, 31)}, "outside 1970 to 2149"),
        ({"valid_to": date(2150, 1, 1)}, "outside 1970 to 2149"),
        ({"valid_to": date(2020, 1, 1)}, "does not end after its start"),
        ({"parameters": {"sex": "X"}}, "sex must be one of"),
        ({"template_id": "none"}, "there is no template none"),
        ({"template_id": "mutual-exclusion", "parameters": {"same_day": True}}, "mutual-exclusion needs other"),
    ],
)
def test_a_row_that_cannot_be_compiled_is_named_with_its_source(
    tmp_path: Path, templates: Templates, harm: Mapping[str, object], message: str
) -> None:
    bad = replace(row("sex", "A", sex="F", line=12), **harm)  # type: ignore[arg-type]
    holdings = Holdings(tmp_path)
    holdings.add([*several()[1:], bad], templates=templates)
    with pytest.raises(NotCompiled, match=rf'rule {bad.rule_id} \(\["d","b","f.csv"\], line 12\) .*{message}'):
        holdings.columns(templates)


def test_a_template_that_joins_another_parameter_now_is_followed(tmp_path: Path, templates: Templates) -> None:
    file = templates["mutual-exclusion"].file
    unjoined = {**templates, "mutual-exclusion": replace(templates["mutual-exclusion"], file=file.model_copy(update={"join": None}))}
    holdings = Holdings(tmp_path)
    holdings.add(several(), templates=unjoined)
    assert list(holdings.rows()) == by_id(several())
    assert told(holdings.columns(templates)) == told(columns_of(several(), templates))
    assert told(holdings.columns(unjoined)) == told(columns_of(several(), unjoined))


def test_a_row_of_another_id_is_refused(tmp_path: Path, templates: Templates) -> None:
    with pytest.raises(RowUnfit, match="the rule id r1 is not r and 32 hexadecimal digits"):
        Holdings(tmp_path).add([replace(several()[0], rule_id="r1")], templates=templates)


# --- damage, crashes, others --------------------------------------------------------------------------------------------


@pytest.mark.parametrize("harm", ["cut", "flip", "remove", "swap"])
def test_a_damaged_file_is_named(tmp_path: Path, templates: Templates, harm: str) -> None:
    holdings = Holdings(tmp_path)
    holdings.add([row("sex", f"S{number}", sex="F") for number in range(1000)], templates=templates)
    (path,) = tmp_path.glob("*.parquet")
    data = bytearray(path.read_bytes())
    data[len(data) // 3] ^= 1
    if harm == "remove":
        path.unlink()
    else:
        path.write_bytes({"cut": data[:-9], "flip": bytes(data), "swap": b"PAR1" + bytes(len(data) - 4)}[harm])
    for read in (lambda: list(holdings.rows()), lambda: holdings.columns(templates)):
        with pytest.raises(HoldingsDamaged, match=f"{path.name} .*; restore the folder rules/ from a backup") as caught:
            read()
        assert caught.value.data == {"file": path.name}


@pytest.mark.parametrize("text", ["", "{", '{"form": 2, "parts": []}', '{"form": 1, "parts": [{"file": "x"}]}'])
def test_a_damaged_manifest_is_named(tmp_path: Path, templates: Templates, text: str) -> None:
    (tmp_path / "manifest.json").write_text(text)
    with pytest.raises(HoldingsDamaged, match=r"manifest\.json "):
        list(Holdings(tmp_path).rows())
    with pytest.raises(HoldingsDamaged, match=r"manifest\.json "):
        Holdings(tmp_path).add(several(), templates=templates)
    assert (tmp_path / "manifest.json").read_text() == text


KILLED = """
import os, signal, sys
from pathlib import Path
from anpei.engines.knowledge import shipped_rulebook
from anpei.rules.holdings import Holdings, adding, parts
from anpei.rules.templates.library import load_templates
folder, moment = Path(sys.argv[1]), sys.argv[2]
def die(*_): os.kill(os.getpid(), signal.SIGKILL)
templates = load_templates(shipped_rulebook())
rows = list(Holdings(Path(sys.argv[3])).rows())
if moment == "rows":
    rows = (die() if place == 5 else row for place, row in enumerate(rows))
elif moment == "part":
    adding.write_part = die
elif moment == "moved":
    adding.write_manifest = die
else:
    Path.replace = die
Holdings(folder).add(rows, templates=templates)
"""


@pytest.mark.parametrize("moment", ["rows", "part", "moved", "manifest"])
def test_a_killed_addition_leaves_the_old_rows_and_the_next_one_clears_up(tmp_path: Path, templates: Templates, moment: str) -> None:
    holdings, other = Holdings(tmp_path / "rules"), Holdings(tmp_path / "other")
    holdings.add(several()[:3], templates=templates)
    other.add([row("sex", f"K{number}", sex="F") for number in range(9)], templates=templates)
    ran = subprocess.run([sys.executable, "-c", KILLED, str(tmp_path / "rules"), moment, str(tmp_path / "other")], check=False)
    assert ran.returncode == -signal.SIGKILL
    assert list(holdings.rows()) == by_id(several()[:3])
    assert holdings.add(several()[3:], templates=templates) == 4
    assert list(holdings.rows()) == by_id(several())
    named = {part["file"] for part in json.loads((tmp_path / "rules/manifest.json").read_text())["parts"]}
    assert {path.name for path in (tmp_path / "rules").iterdir()} - {".lock", "manifest.json"} == named


def test_one_addition_at_a_time(tmp_path: Path, templates: Templates) -> None:
    holdings = Holdings(tmp_path)
    with holdings.adding(templates) as first:
        with pytest.raises(HoldingsBusy, match="another import is under way"):
            holdings.add(several(), templates=templates)
        first.put(several()[:1])
        first.keep(first.merge())
    assert list(holdings.rows()) == several()[:1]


def test_what_is_being_read_stays_readable_while_rows_are_added(tmp_path: Path, templates: Templates) -> None:
    holdings = Holdings(tmp_path)
    holdings.add(several()[:3], templates=templates)
    reading = holdings.rows()
    found = [next(reading)]
    holdings.add(several()[3:], templates=templates)
    assert found + list(reading) == by_id(several()[:3])
    assert os.listdir(tmp_path).count("manifest.json") == 1  # noqa: PTH208
