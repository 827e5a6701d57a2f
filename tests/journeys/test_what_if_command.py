"""``anpei what-if``: the answer in the terminal from a file or from flags, and errors that name the field."""

import json
from pathlib import Path
from typing import Any

import pytest
from click.testing import CliRunner, Result

from anpei.entrypoints.cli.main import cli
from tests.factories import platforms, readings

FACTS = f"""
policy: {{number: {platforms.POLICY}}}
event: {{kind: outpatient, cause: illness, occurred_on: 2026-10-03, hospital: {readings.HOSPITAL}}}
bills:
  - total: "432.60"
    self_paid: "432.60"
    own_expense: "0"
diagnoses: [{{name: 感冒}}]
"""
FLAGS = ("--policy", platforms.POLICY, "--kind", "outpatient", "--on", "2026-10-03", "--total", "432.60")


@pytest.fixture
def home(tmp_path: Path) -> Path:
    """A home on SQLite with one policy."""
    place = tmp_path / "home"
    platforms.make_platform(place, f"sqlite:///{place / 'anpei.sqlite'}").close()
    return place


def ran(home: Path, *arguments: str) -> Result:
    """Run the command."""
    return CliRunner().invoke(cli, ["--home", str(home), "what-if", *arguments])


def answered(home: Path, *arguments: str) -> dict[str, Any]:
    """The answer as JSON."""
    result = ran(home, *arguments, "--json")
    assert result.exit_code == 0, result.output
    told: dict[str, Any] = json.loads(result.stdout)
    return told


def test_a_file_and_flags_give_the_same(home: Path, tmp_path: Path) -> None:
    file = tmp_path / "facts.yaml"
    file.write_text(FACTS, encoding="utf-8")
    from_file = answered(home, "--facts", str(file))
    from_flags = answered(home, *FLAGS, "--self-paid", "432.60", "--own-expense", "0", "--disease", "感冒", "--hospital", readings.HOSPITAL)
    assert from_file["sure"] == {"fen": 26_608, "text": "¥266.08"}
    assert from_flags == from_file


def test_the_terminal_tells_result_first_and_what_it_rests_on_last(home: Path) -> None:
    told = ran(home, *FLAGS, "--self-paid", "432.60", "--own-expense", "0").stdout.splitlines()
    assert told[0] == "能赔: 预计赔付¥266.08。"
    assert "最有影响的变化" in told
    assert "  1. 同样的费用在“升级款”下赔付346.08元，比现在多80.00元。换计划只对续保以后发生的事有效，保费也不同。" in told
    assert told[-1].strip().startswith("这是试算，不是赔付决定。")
    english = ran(home, *FLAGS, "--self-paid", "432.60", "--own-expense", "0", "--lang", "en", "--depth", "auditor").stdout
    assert "How it is counted" in english
    assert "visit_deductible" not in english


def test_unsettled_items_by_name(home: Path) -> None:
    items = ("--unsettled", "--item", "普通门诊诊查费=32.60", "--item", "血细胞分析(五分类)=400")
    told = answered(home, *FLAGS, *items)
    assert told["sure"]["fen"] == 26_608
    assert [one["how"] for one in told["matches"]] == ["name", "name"]


@pytest.mark.parametrize(
    ("arguments", "said"),
    [
        (FLAGS[2:], "--policy is missing"),
        ((*FLAGS[:-1], "viel"), "bills.0.total"),
        ((*FLAGS, "--item", "诊查费"), "write NAME=VALUE"),
        (("--policy", "P-NONE", *FLAGS[2:]), "no policy of this number is held"),
        ((*FLAGS[:3], "motor", *FLAGS[4:]), "event.kind"),
        ((*FLAGS, "--fact", "house_loss=1"), "declared.house_loss"),
    ],
)
def test_what_is_wrong_is_named(home: Path, arguments: tuple[str, ...], said: str) -> None:
    result = ran(home, *arguments)
    assert result.exit_code == 1
    assert said in result.stderr


def test_a_wrong_file_is_named_with_line_and_field(home: Path, tmp_path: Path) -> None:
    file = tmp_path / "facts.yaml"
    file.write_text(FACTS.replace('total: "432.60"', "total: 432.60"), encoding="utf-8")
    result = ran(home, "--facts", str(file))
    assert result.exit_code == 1
    assert "facts.yaml, line 5" in result.stderr
    assert "bills.0.total" in result.stderr.replace("bills[0].total", "bills.0.total")
