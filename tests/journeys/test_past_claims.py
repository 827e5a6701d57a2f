"""The platform's own decided claims, out of their proofs, decided again by the snapshot of then: the same to the fen."""

from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pyarrow.parquet as pq
import pytest
from click.testing import CliRunner

from anpei.assembly import Platform
from anpei.claims.replay.passes import PassPlan, decide, open_pass
from anpei.claims.replay.recording import table_of
from anpei.entrypoints.cli.main import cli
from anpei.kernel.errors import Forbidden
from anpei.trust import identity
from anpei.trust.access import Actor, ActorKind, Scope
from anpei.trust.identity import IdentityRules, NewAccount
from anpei.trust.trail import list_entries
from tests.factories import cases, platforms
from tests.factories.platforms import hand_in

PASSWORD = "a-Long-pass-phrase-7"
PAID = 26608


@pytest.fixture
def platform(tmp_path: Path) -> Iterator[Platform]:
    """A whole platform on SQLite with one policy."""
    made = platforms.make_platform(tmp_path / "home", f"sqlite:///{tmp_path / 'anpei.sqlite'}")
    yield made
    made.close()


def signed_in(platform: Platform, role: str) -> Actor:
    """A person of a role, with the role for a login."""
    rules = IdentityRules.load(platform.rulebook)
    account = NewAccount(login=role, kind=ActorKind.PERSON, display_name="某人", roles=frozenset({role}), insurers=Scope.ALL)
    with platform.database.write() as conn:
        identity.create_account(conn, vault=platform.vault, rules=rules, account=account, at=platforms.AT, by="test", password=PASSWORD)
    outcome = identity.sign_in_apart(platform.database, rules=rules, login=role, password=PASSWORD, at=platforms.AT)
    with platform.database.read() as conn:
        return identity.actor_of_token(conn, rules=rules, token=outcome.session_or_raise().token, at=platforms.AT)


def paid(platform: Platform) -> str:
    """A claim of the clean case, paid."""
    claim_id = hand_in(platform)
    platform.worker.run_due()
    assert platforms.get_claim(platform, claim_id).state.value == "paid"
    return claim_id


def test_a_claim_out_of_its_proof_is_decided_again_to_the_fen(platform: Platform) -> None:
    claim_id = paid(platform)
    [row] = list(platform.past.rows(actor=signed_in(platform, "operations")))
    assert (row["then"]["decision"], row["then"]["by"], row["then"]["total_fen"]) == ("settle", "machine", PAID)
    folder = platform.settings.home / "snapshots" / row["then"]["snapshot"]
    [again] = decide(table_of([row]), opened=open_pass(PassPlan(folder))).to_pylist()
    assert (again["problem"], again["decision"], again["lane"], again["total_fen"]) == (None, "settle", row["then"]["lane"], PAID)
    assert again["lines"] == row["then"]["lines"]
    with platform.database.read() as conn:
        [last] = list_entries(conn, subject="history")
    assert (last.action, last.facts) == ("replay.claims_taken", {"rows": 1})
    assert platforms.get_claim(platform, claim_id).claim_no == row["claim_no"]


def test_a_past_claim_names_nobody(platform: Platform) -> None:
    paid(platform)
    [row] = list(platform.past.rows(actor=signed_in(platform, "operations")))
    for secret in (cases.NAME, cases.NUMBER, cases.ACCOUNT, "P-0001"):
        assert secret not in repr(row)


def test_only_those_who_replay_may_take_them(platform: Platform) -> None:
    with pytest.raises(Forbidden):
        list(platform.past.rows(actor=signed_in(platform, "handler")))


def test_the_command_writes_them_for_one_person_alone(platform: Platform, tmp_path: Path) -> None:
    paid(platform)
    signed_in(platform, "operations")
    out = tmp_path / "past.parquet"
    command: list[Any] = [
        "--home",
        platform.settings.home,
        "replay",
        "export",
        "--out",
        out,
        "--login",
        "operations",
        "--password",
        PASSWORD,
    ]
    environment = {"ANPEI_DATABASE_URL": platform.settings.database_url}
    result = CliRunner().invoke(cli, [str(word) for word in command], env=environment)
    assert result.exit_code == 0, result.output
    assert pq.read_table(out)["claim_no"].to_pylist() != []
    assert out.stat().st_mode & 0o077 == 0
