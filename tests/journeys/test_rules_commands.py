"""Rules at the command line: all or nothing unless told otherwise, every refused line, and rows checked against each other."""

import csv
import json
from importlib import resources
from pathlib import Path
from typing import Any

import pytest
from click.testing import CliRunner, Result

from anpei.entrypoints.cli import demo
from anpei.entrypoints.cli.main import cli
from anpei.entrypoints.cli.opening import opened

LIMITS = "项目名称,国标代码,限定类型,限定对象\n"
GOOD = LIMITS + "甲,003105120040000,限定性别对象,女\n乙,003105120050000,限定性别对象,男\n"
PARTLY = GOOD + "丙,0031,限定性别对象,男\n丁,003105120070000,限定性别对象,未知\n"


@pytest.fixture
def home(tmp_path: Path) -> Path:
    """A home folder of its own."""
    return tmp_path / "home"


def anpei(home: Path, *arguments: str | Path) -> Result:
    """One call of ``anpei rules``."""
    return CliRunner().invoke(cli, ["--home", str(home), "rules", *map(str, arguments)])


def table(home: Path, text: str, name: str = "table.csv") -> Path:
    """A table beside the home folder."""
    path = home.parent / name
    path.write_text(text, encoding="utf-8")
    return path


def checked(home: Path, *arguments: str | Path) -> tuple[int, Any]:
    """Exit code and report of ``check --json``."""
    ran = anpei(home, "check", "--json", *arguments)
    return ran.exit_code, json.loads(ran.stdout)


def test_a_file_with_refused_lines_keeps_nothing_unless_it_is_told_to(home: Path) -> None:
    path, refused = table(home, PARTLY), home.parent / "refused.csv"
    ran = anpei(home, "import", path, "--valid-from", "2025-01-01", "--refused", refused)
    assert ran.exit_code == 1
    assert ran.stdout.splitlines() == [
        "2 lines taken (2 rows), 0 skipped, 2 refused",
        "  form: 1",
        "    table.csv, line 4, 国标代码: “0031”不符合编码格式 [0-9]{15}",
        "  unknown_value: 1",
        "    table.csv, line 5, 限定对象: “未知”不在取值表中（男、女）",
        "nothing was kept, because lines were refused: correct them, or keep the good rows with --accept-partial",
    ]
    with refused.open(encoding="utf-8-sig", newline="") as handle:
        assert [(line["line"], line["code"]) for line in csv.DictReader(handle)] == [("4", "form"), ("5", "unknown_value")]
    assert checked(home)[1]["rows"] == 0
    ran = anpei(home, "import", path, "--valid-from", "2025-01-01", "--accept-partial", "--json")
    report = json.loads(ran.stdout)
    assert (ran.exit_code, report["taken"], report["kept"], report["refused_by_reason"]) == (0, 2, 2, {"form": 1, "unknown_value": 1})
    assert checked(home) == (0, {"rows": 2, "open_ended": 2, "issues": []})


def test_lines_that_say_the_same_are_refused_last_and_the_same_file_again_is_nothing_new(home: Path) -> None:
    path, refused = table(home, GOOD + "甲,003105120040000,限定性别对象,女\n戊,,限定性别对象,女\n"), home.parent / "refused.csv"
    arguments = ("import", path, "--valid-from", "2025-01-01", "--accept-partial", "--json", "--refused", refused)
    first, again = (json.loads(anpei(home, *arguments).stdout) for _ in range(2))
    assert {name: first[name] for name in ("mappings", "lines", "taken", "skipped", "rows", "kept", "new", "refused")} == {
        "mappings": ["nhsa-rules"], "lines": 4, "taken": 2, "skipped": 0, "rows": 2, "kept": 2, "new": 2, "refused": 2,
    }  # fmt: skip
    assert [(line["line"], line["code"]) for line in first["first_refused"]] == [(5, "empty"), (4, "twice")]
    assert again == first | {"new": 0}
    with refused.open(encoding="utf-8-sig", newline="") as handle:
        assert [(line["line"], line["reason"]) for line in csv.DictReader(handle)][1] == ("4", "与 table.csv 第 2 行重复")


def test_refusals_that_cannot_be_written_leave_nothing_kept(home: Path) -> None:
    path = table(home, PARTLY)
    arguments = ("import", path, "--valid-from", "2025-01-01", "--accept-partial", "--refused")
    ran = anpei(home, *arguments, home.parent / "missing" / "refused.csv")
    assert (ran.exit_code, ran.stderr.splitlines()[-1].endswith("No such file or directory; nothing was kept")) == (1, True)
    ran = anpei(home, *arguments, Path("/dev/full"))
    assert ran.stderr.splitlines()[-1] == "Error: Could not open file '/dev/full': No space left on device; nothing was kept"
    assert checked(home)[1]["rows"] == 0


def test_the_demo_does_not_start_without_its_rules(home: Path) -> None:
    own = home / "rulebook" / "mappings" / "demo-items.yaml"
    own.parent.mkdir(parents=True)
    shipped = Path(str(resources.files("anpei") / "rulebook" / "mappings" / "demo-items.yaml")).read_text(encoding="utf-8")
    own.write_text(shipped.replace("{M: M, F: F, ", "{", 1), encoding="utf-8")
    message = r"items\.csv, line \d+, sex_only: “[MF]” is not among the values known"
    with opened(home) as platform, pytest.raises(demo.DemoRefused, match=message):
        demo.load_once(platform, say=lambda _: None)
    assert checked(home)[1]["rows"] == 0


def test_rows_that_contradict_the_kept_ones_are_named_with_both_ids_and_are_not_kept(home: Path) -> None:
    assert anpei(home, "import", table(home, GOOD), "--valid-from", "2025-01-01").exit_code == 0
    other = table(home, LIMITS + "甲,003105120040000,限定性别对象,男\n", "other.csv")
    code, report = checked(home, other, "--valid-from", "2025-06-01")
    (issue,) = report["issues"]
    assert (code, report["rows"], issue["code"], issue["subject"], issue["error"]) == (1, 3, "contradiction", "003105120040000", True)
    assert (len(set(issue["rules"])), issue["what"]) == (2, "sex is F and M at once")
    assert checked(home)[1]["rows"] == 2


def test_codes_that_are_not_known_are_questions(home: Path) -> None:
    assert anpei(home, "import", table(home, GOOD), "--valid-from", "2025-01-01").exit_code == 0
    codes = table(home, "003105120040000\n", "codes.txt")
    ran = anpei(home, "check", "--codes", codes)
    assert ran.exit_code == 0
    first, last = ran.stdout.splitlines()
    assert first.startswith("question: 003105120050000, sex, r")
    assert first.endswith(": 已知编码中没有 003105120050000 [code_unknown]")
    assert last == "2 rows, 2 of them without an end: code_unknown 1"
