"""A real file system that becomes full while rows are imported, kept and compiled: nothing half, a clear error, and it goes on later."""

import subprocess
from collections.abc import Iterator, Mapping
from datetime import date
from pathlib import Path

import pytest

from anpei.engines.db import StorageFull
from anpei.rules.holdings import Holdings, rows_by_subject
from anpei.rules.importer import Mapping as ImportMapping
from anpei.rules.importer import read_tables
from anpei.rules.model import RuleRow, Source, rule_id_for
from anpei.rules.snapshots.compiling import NoRoom, compile_snapshot, no_catalogue
from anpei.rules.snapshots.snapshot import open_snapshot
from anpei.rules.templates.template import Template

START = date(2025, 1, 1)
Templates = Mapping[str, Template]


@pytest.fixture
def disk(tmp_path: Path) -> Iterator[Path]:
    """A file system of one megabyte, where this machine lets us mount one."""
    folder = tmp_path / "disk"
    folder.mkdir()
    mounted = subprocess.run(["mount", "-t", "tmpfs", "-o", "size=1m", "tmpfs", str(folder)], capture_output=True, check=False)
    if mounted.returncode:
        pytest.skip("no file system can be mounted here (not root, or a container without the right)")
    yield folder
    subprocess.run(["umount", "--lazy", str(folder)], check=True)


def row(number: int) -> RuleRow:
    subject = f"{number:015}"
    number_id = rule_id_for(template_id="sex", subject=subject, parameters={"sex": "F"}, valid_from=START, document="d")
    return RuleRow(number_id, "sex", subject, {"sex": "F"}, START, Source("d", line=number), title=f"第{number * 7919:x}项{number:o}")


def files(folder: Path) -> dict[str, int]:
    """All files below a folder with their sizes, locks left out."""
    return {str(path.relative_to(folder)): path.stat().st_size for path in folder.rglob("*") if path.is_file() and path.name != ".lock"}


def test_adding_to_the_kept_rows(disk: Path, templates: Templates) -> None:
    holdings = Holdings(disk / "rules")
    kept = [row(number) for number in range(500)]
    holdings.add(kept, templates=templates)
    before = files(disk)
    for count in (60_000, 12_000):  # the rows do not fit aside; they fit aside, but not together with the kept ones
        with pytest.raises(StorageFull, match="the disk for rule rows is full: free space, then do it again; the rows kept before"):
            holdings.add((row(number) for number in range(1000, 1000 + count)), templates=templates)
        assert files(disk) == before
    assert sorted(row.source.line for row in holdings.rows()) == list(range(500))
    assert holdings.add([row(900)], templates=templates) == 1
    assert [path.name for path in (disk / "rules").iterdir() if path.name.startswith(".adding")] == []


def test_importing_a_table(disk: Path, tmp_path: Path, templates: Templates, mappings: Mapping[str, ImportMapping]) -> None:
    table = tmp_path / "t.csv"
    lines = (f"第{number * 7919:x}项,{number:015},限定性别对象,女\n" for number in range(60_000))
    table.write_text("项目名称,国标代码,限定类型,限定对象\n" + "".join(lines), encoding="utf-8")
    holdings = Holdings(disk / "rules")
    with pytest.raises(StorageFull, match="free space, then do it again"), holdings.adding(templates) as adding:
        read_tables(table, mappings.values(), templates=templates, adding=adding, valid_from=START)
    assert files(disk) == {}
    assert list(holdings.rows()) == []


def test_sorting_for_a_check(disk: Path, tmp_path: Path, templates: Templates) -> None:
    holdings = Holdings(tmp_path / "rules")
    holdings.add((row(number) for number in range(60_000)), templates=templates)
    with pytest.raises(StorageFull):
        list(rows_by_subject(holdings.batches(), disk))
    assert len(list(holdings.rows())) == 60_000


def test_compiling_a_snapshot(disk: Path, tmp_path: Path, templates: Templates) -> None:
    holdings = Holdings(tmp_path / "rules")
    small = compile_snapshot([row(1)], templates, no_catalogue, disk / "snapshots", as_of=START)
    before = files(disk)
    holdings.add((row(number) for number in range(30_000)), templates=templates)
    with pytest.raises(NoRoom, match=r"the disk of .* is full: nothing was kept; make room and compile again"):
        compile_snapshot(holdings.columns(templates), templates, no_catalogue, disk / "snapshots", as_of=START)
    assert files(disk) == before
    assert open_snapshot(small.folder).id == small.id
    again = compile_snapshot([row(1), row(2)], templates, no_catalogue, disk / "snapshots", as_of=START)
    assert again.id != small.id
