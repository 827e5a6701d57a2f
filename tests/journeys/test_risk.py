"""Risk on the way of a claim: nothing without a model, a high score or a shared card goes to a person, a person pays the same amount."""

import csv
import json
import random
from collections.abc import Iterator
from dataclasses import replace
from datetime import date, timedelta
from pathlib import Path
from typing import Any

import pytest
from click.testing import CliRunner

from anpei.assembly import Platform
from anpei.claims.decision import queries as proofs
from anpei.claims.decision.verification import verify
from anpei.claims.dossier import queries
from anpei.claims.dossier.model import ClaimState, SectionName
from anpei.claims.risk.scorer.artefact import Model
from anpei.claims.risk.scorer.mapping import HistoryMapping
from anpei.entrypoints.cli.main import cli
from anpei.kernel.errors import Forbidden
from anpei.payments import queries as payments
from anpei.trust import identity
from anpei.trust.access import Actor, ActorKind, Scope
from anpei.trust.identity import IdentityRules, NewAccount
from anpei.trust.trail import list_entries
from tests.factories import cases, doors, platforms, readings
from tests.factories.platforms import get_claim, hand_in

PASSWORD = "a-Long-pass-phrase-7"
PAID = 26608
OTHER_NAME, OTHER_NUMBER = "陆知遥", "339901199003042224"
MAPPING = HistoryMapping.model_validate({
    "schema_version": 1, "outcome": {"column": "result", "positive": ["1"], "negative": ["0"]}, "time": "day", "id": "row",
    "numeric": [{"column": "claimed_fen"}, {"column": "days_to_report"}], "category": [{"column": "event_kind"}],
})  # fmt: skip


@pytest.fixture
def platform(tmp_path: Path) -> Iterator[Platform]:
    """A whole platform on SQLite with one policy."""
    home = tmp_path / "home"
    made = platforms.make_platform(home, f"sqlite:///{tmp_path / 'anpei.sqlite'}")
    yield made
    made.close()


def history(path: Path, *, risky_above: int) -> Path:
    """A history in which claims above an amount turn out bad four times in five, others once in fifty."""
    dice = random.Random(3)
    with path.open("w", encoding="utf-8", newline="") as handle:
        writer = csv.writer(handle)
        writer.writerow(["row", "day", "claimed_fen", "days_to_report", "event_kind", "result"])
        for number in range(2000):
            amount = dice.randrange(5_000, 60_000)
            bad = dice.random() < (0.8 if amount > risky_above else 0.02)
            day = date(2024, 1, 1) + timedelta(days=number // 4)
            writer.writerow([number, day, amount, dice.randrange(30), dice.choice(["outpatient", "inpatient"]), int(bad)])
    return path


def signed_in(platform: Platform, role: str) -> Actor:
    """A person with this role, really signed in."""
    rules = IdentityRules.load(platform.rulebook)
    new = NewAccount(login=f"the-{role}", kind=ActorKind.PERSON, display_name="演示", roles=frozenset({role}), insurers=Scope.ALL)
    with platform.database.write() as conn:
        identity.create_account(conn, vault=platform.vault, rules=rules, account=new, at=platforms.AT, by="test", password=PASSWORD)
    outcome = identity.sign_in_apart(platform.database, rules=rules, login=new.login, password=PASSWORD, at=platforms.AT)
    with platform.database.read() as conn:
        return identity.actor_of_token(conn, rules=rules, token=outcome.session_or_raise().token, at=platforms.AT)


def train(platform: Platform, tmp_path: Path, *, risky_above: int = 40_000, refer_share_bp: int = 3000) -> Model:
    """A model in use, with so large a share for people that every risky claim is among them."""
    rules = platform.risk.rules
    settings = rules.training.model_copy(update={"refer_share_bp": refer_share_bp})
    training = replace(platform.risk, gate=replace(platform.risk.gate, rules=rules.model_copy(update={"training": settings})))
    model = training.train(table=history(tmp_path / f"history-{risky_above}.csv", risky_above=risky_above), mapping=MAPPING)
    platform.risk.use(actor=signed_in(platform, "operations"), model_id=model.id)
    return model


def sections(platform: Platform, claim_id: str) -> list[str]:
    """The names of the sections of a claim."""
    with platform.database.read() as conn:
        return [str(one["name"]) for one in queries.list_sections(conn, claim_id=claim_id)]


def payload(platform: Platform, claim_id: str, name: SectionName) -> dict[str, Any]:
    """The newest section."""
    with platform.database.read() as conn:
        return queries.get_section(conn, vault=platform.vault, claim_id=claim_id, name=name).payload


def check_proof(platform: Platform, claim_id: str) -> dict[str, Any]:
    """The newest proof, which holds."""
    with platform.database.read() as conn:
        made = proofs.get_proof(conn, vault=platform.vault, claim_id=claim_id)
    assert verify(made, trusted_key=platform.signer.public_key_b64, snapshot=platform.snapshots.get()) == []
    return made


def test_without_a_model_nothing_changes(platform: Platform) -> None:
    claim_id = hand_in(platform)
    platform.worker.run_due()
    assert get_claim(platform, claim_id).state is ClaimState.PAID
    assert "risk" not in sections(platform, claim_id)
    assert "risk" not in check_proof(platform, claim_id)["body"]["inputs"]["facts"]


def test_a_high_score_goes_to_a_person_who_pays_the_same_amount(platform: Platform, tmp_path: Path) -> None:
    model = train(platform, tmp_path)
    claim_id = hand_in(platform)
    platform.worker.run_due()
    assert get_claim(platform, claim_id).state is ClaimState.REFERRED
    assert payload(platform, claim_id, SectionName.REFERRAL)["referral"]["reasons"] == ["risk.score_high"]
    assert payload(platform, claim_id, SectionName.ASSESSMENT)["assessment"]["total_fen"] == PAID
    told = payload(platform, claim_id, SectionName.RISK)
    assert told["score"]["model"] == model.id
    assert told["score"]["score_bp"] >= told["score"]["refer_at_bp"] == model.refer_at_bp
    assert (told["score"]["reasons"][0]["feature"], told["score"]["reasons"][0]["value"]) == ("claimed_fen", "43260")
    assert told["score"]["reasons"][0]["share_milli"] > 1000
    assert (told["signals"]["claimed_fen"], told["signals"]["event_kind"], told["signals"]["days_to_report"]) == (43260, "outpatient", 7)
    check_proof(platform, claim_id)
    platform.claiming.settle(actor=signed_in(platform, "handler"), claim_id=claim_id)
    platform.worker.run_due()
    with platform.database.read() as conn:
        assert [(one.state.value, one.amount.fen) for one in payments.list_orders(conn, claim_id=claim_id)] == [("confirmed", PAID)]
    check_proof(platform, claim_id)


def test_those_who_decide_see_score_and_reasons_at_the_api_and_nobody_else(platform: Platform, tmp_path: Path) -> None:
    model = train(platform, tmp_path)
    claim_id = hand_in(platform)
    platform.worker.run_due()
    at_door = doors.open_doors(platform)
    told = at_door.staff("handler").get(f"/v1/claims/{claim_id}/risk").json()
    assert (told["score"]["model"], told["score"]["reasons"][0]["title"]) == (model.id, "申请金额（分）")
    assert (told["score"]["reasons"][0]["value"], told["links"], told["truncated"]) == ("43260", [], False)
    for somebody in (at_door.customer(), at_door.partner(), at_door.staff("auditor")):
        assert somebody.get(f"/v1/claims/{claim_id}/risk").status_code == 403
    assert at_door.staff("handler", insurers=["another"]).get(f"/v1/claims/{claim_id}/risk").status_code == 404


def test_a_low_score_is_kept_and_changes_nothing(platform: Platform, tmp_path: Path) -> None:
    train(platform, tmp_path, risky_above=50_000, refer_share_bp=500)
    claim_id = hand_in(platform)
    platform.worker.run_due()
    assert get_claim(platform, claim_id).state is ClaimState.PAID
    score = payload(platform, claim_id, SectionName.RISK)["score"]
    assert score["score_bp"] < score["refer_at_bp"]
    assert check_proof(platform, claim_id)["body"]["decision"]["total_fen"] == PAID


def test_a_model_that_cannot_be_read_sends_to_a_person(platform: Platform, tmp_path: Path) -> None:
    model = train(platform, tmp_path)
    forest = platform.risk.models.root / model.id / "forest.json"
    forest.chmod(0o600)
    forest.write_bytes(b"{}")
    claim_id = hand_in(platform)
    platform.worker.run_due()
    assert payload(platform, claim_id, SectionName.REFERRAL)["referral"]["reasons"] == ["risk.not_scored"]
    check_proof(platform, claim_id)
    platform.risk.use(actor=_operations(platform), model_id=None)
    again = hand_in(platform, [cases.pages()[0], readings.record(cases.NAME)], data=platforms.report_data(occurred_on="2026-10-03"))
    platform.worker.run_due()
    assert "risk" not in sections(platform, again)


def _operations(platform: Platform) -> Actor:
    rules = IdentityRules.load(platform.rulebook)
    outcome = identity.sign_in_apart(platform.database, rules=rules, login="the-operations", password=PASSWORD, at=platforms.AT)
    with platform.database.read() as conn:
        return identity.actor_of_token(conn, rules=rules, token=outcome.session_or_raise().token, at=platforms.AT)


def test_in_shadow_it_is_kept_beside_the_claim_and_changes_nothing(platform: Platform, tmp_path: Path) -> None:
    train(platform, tmp_path)
    rules = platform.risk.rules
    shadow = rules.model_copy(update={"score": rules.score.model_copy(update={"status": "shadow"})})
    object.__setattr__(platform.line.risk, "rules", shadow)
    claim_id = hand_in(platform)
    platform.worker.run_due()
    assert get_claim(platform, claim_id).state is ClaimState.PAID
    told = payload(platform, claim_id, SectionName.RISK)
    assert told["score"]["score_bp"] >= told["score"]["refer_at_bp"]
    assert told["facts"] is None


def test_only_a_person_with_the_permission_puts_a_model_to_use(platform: Platform, tmp_path: Path) -> None:
    model = train(platform, tmp_path)
    for actor in (platform.console, signed_in(platform, "handler")):
        with pytest.raises(Forbidden):
            platform.risk.use(actor=actor, model_id=None)
    assert platform.risk.models.wanted == model.id
    with platform.database.read() as conn:
        [entry] = list_entries(conn, subject=model.id)
    assert (entry.action, entry.facts) == ("risk.model_used", {"model": model.id, "before": None})


def test_a_card_that_another_persons_claim_used_goes_to_a_person(platform: Platform) -> None:
    row = platforms.policy_row(policy_number="P-TEST-2", holder_name=OTHER_NAME, insured_name=OTHER_NAME, insured_id_number=OTHER_NUMBER)
    platforms.load_policies(platform, [row | {"insured_birth_on": "1990-03-04", "insured_gender": "F"}])
    first = hand_in(platform)
    platform.worker.run_due()
    assert get_claim(platform, first).state is ClaimState.PAID
    data = platforms.report_data(policy="P-TEST-2")
    data["insured"] |= {"name": OTHER_NAME, "id_number": OTHER_NUMBER, "phone": "13911111111"}
    data["payee"]["name"] = OTHER_NAME
    rows = [readings.item("普通门诊诊查费", "50.00", code=cases.VISIT)]
    amounts = {"total_amount": "50.00", "pooled_fund": "0.00", "self_paid": "50.00", "own_expense": "0.00"}
    pages = [readings.receipt(OTHER_NAME, number="0099", rows=rows, **amounts), readings.record(OTHER_NAME)]
    second = hand_in(platform, pages, data=data)
    platform.worker.run_due()
    assert "risk.linked" in payload(platform, second, SectionName.REFERRAL)["referral"]["reasons"]
    told = payload(platform, second, SectionName.RISK)
    assert (told["score"], told["links"]["persons"]["bank_card"], told["links"]["links"][0]["other"]) == (None, 1, first)
    assert cases.ACCOUNT not in json.dumps(told)
    check_proof(platform, second)


def test_the_commands_train_score_report_and_use(platform: Platform, tmp_path: Path) -> None:
    signed_in(platform, "operations")
    table = history(tmp_path / "history.csv", risky_above=40_000)
    mapping = tmp_path / "mapping.yaml"
    mapping.write_text(json.dumps(MAPPING.model_dump(mode="json")), encoding="utf-8")

    def anpei(*arguments: str) -> list[Any]:
        environment = {"ANPEI_DATABASE_URL": platform.settings.database_url}
        ran = CliRunner(env=environment).invoke(cli, ["--home", str(platform.settings.home), "risk", *arguments])
        assert ran.exit_code == 0, ran.output
        return [json.loads(line) for line in ran.stdout.splitlines() if line.startswith("{")] or [ran.stdout]

    [made] = anpei("train", "--table", str(table), "--mapping", str(mapping))
    assert made["test"]["auc"] > 0.85
    assert anpei("models") == [{"model": made["model"], "in_use": False}]
    scored = anpei("score", "--table", str(table), "--model", made["model"])
    assert len(scored) == 2000
    assert all(("reasons" in one) is one["refers"] for one in scored)
    anpei("use", made["model"], "--login", "the-operations", "--password", PASSWORD)
    assert anpei("models") == [{"model": made["model"], "in_use": True}]
    ran = CliRunner(env={"ANPEI_DATABASE_URL": platform.settings.database_url}).invoke(
        cli, ["--home", str(platform.settings.home), "risk", "report", "--table", str(table)]
    )
    told = json.loads(ran.stdout)
    assert {one["grade"] for one in told["drift"]["features"].values()} == {"stable"}
    assert next(one["period"] for one in told["metrics"]["by_period"]) == "2025-02"
    mapping.write_text(mapping.read_text(encoding="utf-8").replace("event_kind", "insured_sex"), encoding="utf-8")
    refused = CliRunner(env={"ANPEI_DATABASE_URL": platform.settings.database_url}).invoke(
        cli, ["--home", str(platform.settings.home), "risk", "train", "--table", str(table), "--mapping", str(mapping)]
    )
    assert (refused.exit_code, "[risk.feature_forbidden]" in refused.output) == (1, True)


def test_the_platforms_own_claims_are_a_table_to_learn_from(platform: Platform, tmp_path: Path) -> None:
    paid = hand_in(platform)
    platform.worker.run_due()
    waiting = hand_in(platform, [cases.pages()[0]])
    platform.worker.run_due()
    assert get_claim(platform, waiting).state is ClaimState.WANTING
    with pytest.raises(Forbidden):
        list(platform.risk.rows(actor=platform.console))
    [row] = list(platform.risk.rows(actor=signed_in(platform, "operations")))
    assert (row["id"], row["decision"], row["by"], row["claimed_fen"], row["reported_on"]) == (
        paid,
        "settle",
        "machine",
        43260,
        "2026-10-10",
    )
    assert (row["claims_before"], row["days_covered"], row["diagnosis_group"], row["hospital"]) == (0, 275, "J06", readings.HOSPITAL)
    told = str(row)
    for personal in (cases.NAME, cases.NUMBER, cases.ACCOUNT, "13900000000"):
        assert personal not in told
    assert "linked_persons" not in row
    with platform.database.read() as conn:
        assert [(entry.action, entry.facts) for entry in list_entries(conn, subject="history")] == [("risk.table_taken", {"rows": 1})]
    out = tmp_path / "own.csv"
    ran = CliRunner(env={"ANPEI_DATABASE_URL": platform.settings.database_url}).invoke(
        cli,
        ["--home", str(platform.settings.home), "risk", "table", "--out", str(out), "--login", "the-operations", "--password", PASSWORD],
    )
    assert ran.exit_code == 0, ran.output
    assert [line["id"] for line in csv.DictReader(out.open(encoding="utf-8"))] == [paid]
    assert oct(out.stat().st_mode & 0o777) == "0o600"
