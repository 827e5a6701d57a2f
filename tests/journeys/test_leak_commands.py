"""Leak measurement at the command line: draw, list, show, answer, sign, report; the machine's amount is never shown to the reviewer."""

import json
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest
from click.testing import CliRunner, Result

from anpei.assembly import Settings, build
from anpei.entrypoints.cli.main import cli
from anpei.kernel.clock import FixedClock
from anpei.trust import identity
from anpei.trust.access import ActorKind, Scope
from anpei.trust.identity import IdentityRules, NewAccount
from tests.factories import platforms

PASSWORD = "a-Long-pass-phrase-7"


@pytest.fixture
def home(tmp_path: Path) -> Path:
    """A home on SQLite with one settled claim of October, drawn in November, and three people."""
    place = tmp_path / "home"
    platform = platforms.make_platform(place, f"sqlite:///{place / 'anpei.sqlite'}")
    platforms.hand_in(platform)
    platform.worker.run_due()
    rules = IdentityRules.load(platform.rulebook)
    for login, role in (("first", "auditor"), ("second", "handler"), ("chief", "supervisor")):
        new = NewAccount(login=login, kind=ActorKind.PERSON, display_name="演示", roles=frozenset({role}), insurers=Scope.ALL)
        with platform.database.write() as conn:
            identity.create_account(conn, vault=platform.vault, rules=rules, account=new, at=platforms.AT, by="test", password=PASSWORD)
    assert isinstance(platform.clock, FixedClock)
    platform.clock.at = datetime(2026, 11, 2, 4, 0, tzinfo=UTC)
    platform.leak.draw(period="2026-10")
    platform.close()
    return place


def leak(home: Path, *arguments: str, login: str = "") -> Result:
    """Run a command of ``anpei leak``, signed in as somebody."""
    who = ["--login", login, "--password", PASSWORD] if login else []
    return CliRunner().invoke(cli, ["--home", str(home), "leak", *arguments, *who])


def objects(ran: Result) -> list[Any]:
    """The JSON lines of an answer."""
    assert ran.exit_code == 0, ran.output
    return [json.loads(line) for line in ran.stdout.splitlines()]


def test_a_month_from_draw_to_report(home: Path, tmp_path: Path) -> None:
    [drawn] = objects(leak(home, "draw", "--period", "2026-10"))
    assert (drawn["population"], drawn["drawn"]) == (1, 1)
    assert objects(leak(home, "draw", "--period", "2026-10")) == [drawn]
    [open_task] = objects(leak(home, "list", login="first"))
    shown = leak(home, "show", open_task["task"], "--pages", str(tmp_path / "papers"), login="first")
    assert shown.exit_code == 0, shown.output
    assert "26608" not in shown.output
    assert "266.08" not in shown.output
    papers = sorted((tmp_path / "papers").iterdir())
    assert len(papers) == 2
    assert {oct(path.stat().st_mode & 0o777) for path in papers} == {"0o600"}
    [answered] = objects(leak(home, "answer", open_task["task"], "--pay", "300.00", "--reason", "第八条", login="first"))
    assert answered["state"] == "answered"
    assert objects(leak(home, "list", login="first")) == []
    assert leak(home, "show", open_task["task"], login="second").exit_code == 0
    [closed] = objects(leak(home, "answer", open_task["task"], "--pay", "300.00", login="second"))
    assert closed["state"] == "closed"
    [found] = objects(leak(home, "followups", login="chief"))
    assert (found["kind"], found["amount_fen"], found["signed_by"]) == ("supplement", 3392, None)
    assert objects(leak(home, "sign", open_task["task"], login="chief")) == [{"task": open_task["task"], "signed_fen": 3392}]
    report = leak(home, "report")
    assert report.exit_code == 0, report.output
    assert "自动化率 100.00 %，漏损 尚不可知 (已复核 1 件，至少需要 60 件) [模拟数据]" in report.stdout
    [told] = objects(leak(home, "report", "--json"))
    assert (told["counts"]["differing"], told["automation"]["leak"]["known"], told["selection_problems"]) == (1, False, [])


def test_what_is_wrong_is_said_and_changes_nothing(home: Path) -> None:
    for arguments, login, code in (
        (("draw", "--period", "2026-1"), "", "leak.period_invalid"),
        (("draw", "--period", "2999-01"), "", "leak.period_invalid"),
        (("show", "none"), "first", "leak.task_unknown"),
        (("answer", "none", "--pay", "1.00", "--not-payable"), "first", "input.invalid"),
        (("answer", "none", "--pay", "eins"), "first", "money.invalid_amount"),
        (("report", "--insurer", "nobody"), "", "partners.insurer_unknown"),
    ):
        ran = leak(home, *arguments, login=login)
        assert (ran.exit_code, f"[{code}]" in ran.output) == (1, True), ran.output
    wrong = CliRunner().invoke(cli, ["--home", str(home), "leak", "list", "--login", "first", "--password", "not-the-Password-1"])
    assert wrong.exit_code == 1


def test_a_session_of_a_command_ends_with_it(home: Path) -> None:
    objects(leak(home, "list", login="first"))
    platform = build(Settings.from_environment(home=home, environment={}))
    with platform.database.read() as conn:
        account = identity.find_account(conn, vault=platform.vault, login="first")
        assert account is not None
        assert identity.list_sessions(conn, account_id=account.id, at=platform.clock.now()) == []
    platform.close()
