"""Releases at the command line: who may, what is asked for, what is shown; compile makes a draft once something is published."""

import json
from pathlib import Path
from typing import Any

import pytest
from click.testing import CliRunner, Result

from anpei.claims.iteration.model import ReleaseState
from anpei.entrypoints.cli.main import cli
from anpei.rules.snapshots.publication import read_standing
from tests.factories import cases, platforms, releases

SNAPSHOT = "0" * 64


@pytest.fixture
def home(tmp_path: Path) -> Path:
    """A home on SQLite with the demo insurer and people; bounds for one claim."""
    place = tmp_path / "home"
    platform = platforms.make_platform(place, f"sqlite:///{place / 'anpei.sqlite'}")
    (place / "rulebook").mkdir()
    (place / "rulebook" / "iteration.yaml").write_text(releases.rules_text(least=1), encoding="utf-8")
    for login, role in (("ann", "operations"), ("bob", "operations"), ("cyn", "operations"), ("sue", "supervisor"), ("hal", "handler")):
        releases.person(platform, login, role=role)
    platform.close()
    return place


def rules(home: Path, *arguments: str | Path, login: str = "") -> Result:
    """One call of ``anpei rules``, signed in as somebody."""
    who = ["--login", login, "--password", releases.PASSWORD] if login else []
    return CliRunner().invoke(cli, ["--home", str(home), "rules", *map(str, arguments), *who])


def answer(ran: Result) -> Any:
    """The one JSON object of an answer."""
    assert ran.exit_code == 0, ran.output
    return json.loads(ran.stdout)


def compiled(home: Path) -> str:
    """Another snapshot than the live one, compiled by a platform of this home."""
    platform = platforms.open_platform(home, f"sqlite:///{home / 'anpei.sqlite'}")
    made = releases.compiled(platform, cases.sex_row("009999999999999", "M"))
    platform.close()
    return made


def judge_one(home: Path, number: int) -> None:
    """A clean claim goes through the line of this home."""
    platform = platforms.open_platform(home, f"sqlite:///{home / 'anpei.sqlite'}")
    day = f"2026-10-{number:02d}"
    pages = cases.pages(day=day, receipt_number=f"00{number:08d}")
    platforms.hand_in(platform, pages, data=platforms.report_data(occurred_on=day))
    platform.worker.run_due()
    platform.close()


def test_from_proposal_to_live_and_back(home: Path, tmp_path: Path) -> None:
    old, new = read_standing(home / "snapshots").live_id, compiled(home)
    summary = tmp_path / "summary.json"
    summary.write_text(json.dumps({"report": "anpei.replay/1", "new": {"snapshot": new}, "counts": {"claims": 12}}))
    proposed = answer(
        rules(home, "propose", new, "--reason", "新一批限定", "--replay", summary, "--bound", "differing_bp=9000", login="sue")
    )
    assert (proposed["state"], proposed["snapshot"], proposed["share_bp"]) == ("draft", new, 10_000)
    release = proposed["release"]
    for number, (login, state) in enumerate([("ann", "shadow"), ("bob", "canary"), ("cyn", "live")], start=3):
        assert answer(rules(home, "approve", release, "--to", state, "--reason", "已看过", login=login))["state"] == state
        if state != "live":
            judge_one(home, number)
    assert read_standing(home / "snapshots").live_id == new
    shown = answer(rules(home, "releases", release, "--json", login="sue"))
    assert [(step["to"], step["reason"]) for step in shown["steps"]] == [
        ("draft", "新一批限定"), ("shadow", "已看过"), ("canary", "已看过"), ("live", "已看过"),
    ]  # fmt: skip
    assert shown["bounds"]["differing_bp"] == 9000
    assert shown["signature_problems"] == []
    assert shown["report"]["headline"] == {"counts": {"claims": 12}}
    assert shown["steps"][3]["figures"]["compared"] == 1
    text = rules(home, "releases", release, login="sue").stdout
    assert "  4. live  " in text
    assert "[approved] 已看过" in text
    assert answer(rules(home, "rollback", "live", "--reason", "投诉增多", login="sue"))["state"] == "rolled_back"
    assert read_standing(home / "snapshots").live_id == old
    listed = rules(home, "releases", login="ann").stdout.splitlines()
    assert [line.split()[1] for line in listed[:2]] == ["rolled_back", "live"]
    assert listed[2].startswith(f"通知 notice: {release} rolled_back: 人工回退 / a person took it back; compared 1, failed 0, ")
    assert len(rules(home, "releases", login="ann").stdout.splitlines()) == 2, "a notice that was seen is not shown again"


def test_what_is_refused(home: Path) -> None:
    old, new = read_standing(home / "snapshots").live_id, compiled(home)
    release = answer(rules(home, "propose", new, "--reason", "x", login="ann"))["release"]
    wrong = [
        (("propose", SNAPSHOT, "--reason", "x"), "ann", "there is no snapshot 000", "input.not_found"),
        (("propose", "../../etc", "--reason", "x"), "ann", "there is no snapshot ../../etc", "input.not_found"),
        (("propose", new, "--reason", "x"), "bob", "is draft already", "iteration.release_conflict"),
        (("propose", old, "--reason", "x", "--share-bp", "10001"), "bob", "outside of 0 to 10000", "rules.standing_invalid"),
        (("propose", old, "--reason", "x", "--share-bp", "-1"), "bob", "outside of 0 to 10000", "rules.standing_invalid"),
        (("propose", old, "--reason", " "), "bob", "reason is empty", "iteration.release_invalid"),
        (("propose", old, "--reason", "x", "--bound", "least_claims=0"), "bob", "bounds, least_claims", "iteration.release_invalid"),
        (("propose", old, "--reason", "x"), "bob", "is live already", "iteration.release_conflict"),
        (("approve", release, "--to", "shadow", "--reason", "x"), "ann", "another person must approve", "iteration.four_eyes"),
        (("approve", release, "--to", "live", "--reason", "x"), "bob", "is draft and cannot become live", "iteration.release_conflict"),
        (("approve", release, "--to", "shadow", "--reason", "x"), "sue", "no permission rule.publish", "access.forbidden"),
        (("approve", "unknown", "--to", "shadow", "--reason", "x"), "bob", "there is no release unknown", "iteration.release_unknown"),
        (("rollback", "canary", "--reason", "x"), "bob", "there is no release canary", "iteration.release_unknown"),
        (("rollback", "live", "--reason", "x"), "bob", "there is none before it", "iteration.release_conflict"),
        (("rollback", release, "--reason", "x"), "bob", "is draft and cannot become rolled_back", "iteration.release_conflict"),
        (("releases",), "hal", "no permission rule.read", "access.forbidden"),
    ]  # fmt: skip
    for arguments, login, said, code in wrong:
        ran = rules(home, *arguments, login=login)
        assert (ran.exit_code, said in ran.stderr, f"[{code}]" in ran.stderr) == (1, True, True), (arguments, ran.stderr)
    assert rules(home, "propose", old, "--reason", "x", "--bound", "failures=3", login="bob").exit_code == 2
    assert rules(home, "approve", release, "--to", "retired", "--reason", "x", login="bob").exit_code == 2
    assert read_standing(home / "snapshots").live_id == old
    platform = platforms.open_platform(home, f"sqlite:///{home / 'anpei.sqlite'}")
    found = platform.iteration.list_all(actor=releases.person(platform, "dia"))
    platform.close()
    assert [one.state for one in found] == [ReleaseState.DRAFT, ReleaseState.LIVE]


def test_compile_publishes_the_first_snapshot_only(home: Path) -> None:
    old = read_standing(home / "snapshots")
    table = home.parent / "table.csv"
    table.write_text("项目名称,国标代码,限定类型,限定对象\n甲,003105120040000,限定性别对象,女\n", encoding="utf-8")
    assert rules(home, "import", table, "--valid-from", "2025-01-01").exit_code == 0
    ran = rules(home, "compile")
    assert ran.exit_code == 0, ran.output
    first, last = ran.stdout.splitlines()
    made = first.split()[1].rstrip(":")
    assert first.startswith(f"compiled {made}: ")
    assert f"anpei rules propose {made}" in last
    assert read_standing(home / "snapshots") == old
    assert answer(rules(home, "propose", made, "--reason", "新表", login="ann"))["state"] == "draft"
    (home / "snapshots" / "current").unlink()
    assert rules(home, "compile").stdout.startswith(f"compiled {made}: "), "who loses the file that names the live one publishes nothing"
    assert not (home / "snapshots" / "current").exists()
    assert "is draft already" in rules(home, "propose", made, "--reason", "again", login="bob").stderr
    assert read_standing(home / "snapshots").live_id == old.live_id
    withdrawn = answer(rules(home, "withdraw", newest(home), "--reason", "再想想", login="sue"))
    assert withdrawn["state"] == "withdrawn"


def newest(home: Path) -> str:
    """The id of the newest release."""
    return str(json.loads(rules(home, "releases", "--json", login="ann").stdout.splitlines()[0])["release"])
