"""Leak measurement through the platform: drawn by seed, decided again blind, counted, followed up; nothing moves money by itself."""

from collections.abc import Iterator
from datetime import UTC, datetime
from pathlib import Path

import pytest

from anpei.assembly import Platform
from anpei.claims.leak import queries
from anpei.claims.leak.model import AnswerInvalid, Followup, NotBlind, TaskConflict, TaskState, Verdict
from anpei.claims.leak.report import headline
from anpei.claims.leak.selection import PeriodInvalid
from anpei.engines import jobs
from anpei.engines.db import Database
from anpei.entrypoints.cli import demo
from anpei.journeys.leak import DRAW_JOB
from anpei.kernel.clock import FixedClock
from anpei.kernel.errors import Forbidden
from anpei.payments import queries as payments
from anpei.trust import identity
from anpei.trust.access import Actor, ActorKind, Scope, open_personal
from anpei.trust.identity import IdentityRules, NewAccount
from anpei.trust.signing import PersonRequired, PersonSignature
from anpei.trust.trail import list_entries
from anpei.trust.trail import verify as verify_trail
from tests.factories import cases, platforms, readings
from tests.factories.platforms import get_claim, hand_in

AFTER = datetime(2026, 11, 2, 4, 0, tzinfo=UTC)
PASSWORD = "a-Long-pass-phrase-7"
PAID = 26608


@pytest.fixture
def platform(database: Database, tmp_path: Path) -> Iterator[Platform]:
    """A whole platform with one policy, in October."""
    made = platforms.make_platform(tmp_path / "home", database.url.render_as_string(hide_password=False))
    yield made
    made.close()


def at(platform: Platform, instant: datetime) -> None:
    """Set the platform's clock."""
    assert isinstance(platform.clock, FixedClock)
    platform.clock.at = instant


def signed_in(platform: Platform, role: str, login: str) -> Actor:
    """A person with this role, really signed in."""
    rules, now = IdentityRules.load(platform.rulebook), platform.clock.now()
    new = NewAccount(login=login, kind=ActorKind.PERSON, display_name="演示", roles=frozenset({role}), insurers=Scope.ALL)
    with platform.database.write() as conn:
        identity.create_account(conn, vault=platform.vault, rules=rules, account=new, at=now, by="test", password=PASSWORD)
    outcome = identity.sign_in_apart(platform.database, rules=rules, login=login, password=PASSWORD, at=now)
    with platform.database.read() as conn:
        return identity.actor_of_token(conn, rules=rules, token=outcome.session_or_raise().token, at=now)


def drawn(platform: Platform) -> tuple[str, str]:
    """One settled claim of October, drawn in November: claim and task."""
    claim_id = hand_in(platform)
    platform.worker.run_due()
    at(platform, AFTER)
    platform.leak.draw(period="2026-10")
    with platform.database.read() as conn:
        [task] = queries.list_tasks(conn)
    assert (task.claim_id, task.state, task.stratum) == (claim_id, TaskState.DRAWN, "small-outpatient|unattended|1")
    return claim_id, task.id


def answer(platform: Platform, actor: Actor, task: str, amount: int | None, verdict: Verdict = Verdict.PAY) -> TaskState:
    """Take and answer a task."""
    platform.leak.take(actor=actor, task_id=task)
    return platform.leak.answer(actor=actor, task_id=task, verdict=verdict, amount_fen=amount, reason="第八条")


def followups(platform: Platform) -> list[tuple[Followup, int, str | None]]:
    """Kind, amount and who signed."""
    with platform.database.read() as conn:
        return [(one.kind, one.amount_fen, one.signed_by) for one in queries.list_followups(conn)]


def test_the_frame_holds_every_decision_and_who_took_it(platform: Platform) -> None:
    claim_id = hand_in(platform)
    referred = hand_in(platform, [cases.pages()[0], readings.record(cases.NAME, code="F32.900", diagnosis="抑郁发作")])
    platform.worker.run_due()
    platform.claiming.settle(actor=signed_in(platform, "handler", "handler-1"), claim_id=referred)
    with platform.database.read() as conn:
        found = {one: queries.get_decided(conn, claim_id=one, round=1) for one in (claim_id, referred)}
    assert {(one.kind, one.by, one.referred, one.total_fen) for one in found.values()} >= {("settle", "machine", False, PAID)}
    assert (found[referred].kind, found[referred].by, found[referred].referred) == ("settle", "person", True)
    assert found[claim_id].claimed_fen == 43260


def test_a_month_is_drawn_once_after_it_ended_and_follows_from_its_seed(platform: Platform) -> None:
    hand_in(platform)
    platform.worker.run_due()
    with pytest.raises(PeriodInvalid, match="has not ended"):
        platform.leak.draw(period="2026-10")
    at(platform, AFTER)
    [first] = platform.leak.draw(period="2026-10")
    assert platform.leak.draw(period="2026-10") == [first]
    with platform.database.read() as conn:
        assert len(queries.list_tasks(conn)) == 1
        assert queries.draw_problems(conn, draw=first) == []
        assert [entry.facts["seed"] for entry in list_entries(conn, subject=first.id)] == [first.seed]
    insurer = first.insurer_id
    assert first.seed == platform.vault.blind(f"{insurer}:2026-10", context="leak.seed")


def test_a_month_draws_itself_after_its_end_and_queues_the_next(platform: Platform) -> None:
    claim_id = hand_in(platform)
    platform.leak.schedule()
    platform.leak.schedule()
    at(platform, datetime(2026, 10, 31, 15, 59, tzinfo=UTC))
    platform.worker.run_due()
    with platform.database.read() as conn:
        assert queries.list_tasks(conn) == []
    at(platform, AFTER)
    with platform.database.write() as conn:
        jobs.enqueue(conn, kind=DRAW_JOB, payload={"period": "2026-10"})
    platform.worker.run_due()
    with platform.database.read() as conn:
        assert [task.claim_id for task in queries.list_tasks(conn)] == [claim_id]
        assert [job["due_at"] for job in jobs.pending(conn, subject="2026-11")] == [datetime(2026, 11, 30, 17, tzinfo=UTC)]


def test_the_reviewer_sees_papers_and_facts_and_nothing_of_the_machine(platform: Platform) -> None:
    claim_id, task = drawn(platform)
    reviewer = signed_in(platform, "auditor", "reviewer-1")
    assert platform.leak.list_open(actor=reviewer) == [{"task": task, "taken_by_another": False}]
    view = platform.leak.take(actor=reviewer, task_id=task)
    assert set(view) == {"task", "claim_no", "claim_id", "round", "product", "plan", "facts", "used_before", "pages"}
    assert set(view["facts"]) == {"event", "insured", "policy", "bills", "stays", "diagnoses", "persons"}
    assert view["facts"]["bills"][0]["total_fen"] == 43260
    told = str(view)
    for hidden in (str(PAID), "266.08", "'settle'", "unattended", "payable", "decision", "finding", "lane", "|1"):
        assert hidden not in told
    with platform.database.read() as conn:
        from anpei.trust.access import access_log

        assert [entry.purpose for entry in access_log(conn, subject=claim_id)] == ["leak_review"]


def test_an_answer_that_agrees_closes_and_opens_nothing(platform: Platform) -> None:
    _, task = drawn(platform)
    assert answer(platform, signed_in(platform, "auditor", "reviewer-1"), task, PAID) is TaskState.CLOSED
    assert followups(platform) == []


def test_an_overpayment_that_two_people_find_opens_a_recovery_and_takes_nothing_back(platform: Platform) -> None:
    claim_id, task = drawn(platform)
    first, second = signed_in(platform, "auditor", "reviewer-1"), signed_in(platform, "handler", "reviewer-2")
    assert answer(platform, first, task, 20000) is TaskState.ANSWERED
    assert followups(platform) == []
    with pytest.raises(TaskConflict, match="another person"):
        platform.leak.take(actor=first, task_id=task)
    assert platform.leak.list_open(actor=first) == []
    assert answer(platform, second, task, 20000) is TaskState.CLOSED
    assert followups(platform) == [(Followup.RECOVERY, PAID - 20000, None)]
    with platform.database.read() as conn:
        assert [(order.state.value, order.amount.fen) for order in payments.list_orders(conn, claim_id=claim_id)] == [("confirmed", PAID)]
        assert payments.ledger_faults(conn) == []
        assert verify_trail(conn).ok
        assert [one.amount_fen for one in queries.list_answers(conn, task_id=task)] == [20000, 20000]
    assert get_claim(platform, claim_id).state.value == "paid"


def test_a_difference_that_the_second_person_does_not_see_is_a_false_alarm(platform: Platform) -> None:
    _, task = drawn(platform)
    answer(platform, signed_in(platform, "auditor", "reviewer-1"), task, None, Verdict.NOT_PAYABLE)
    assert answer(platform, signed_in(platform, "handler", "reviewer-2"), task, PAID) is TaskState.CLOSED
    assert followups(platform) == []
    report = platform.leak.report(insurer_code=demo.INSURER)
    assert (report.counts.answered, report.counts.differing, report.counts.false_alarms) == (1, 0, 1)


def test_an_underpayment_is_a_proposal_that_another_person_signs_once(platform: Platform) -> None:
    claim_id, task = drawn(platform)
    first, second = signed_in(platform, "auditor", "reviewer-1"), signed_in(platform, "handler", "reviewer-2")
    answer(platform, first, task, 30000)
    answer(platform, second, task, 30000)
    assert followups(platform) == [(Followup.SUPPLEMENT, 30000 - PAID, None)]
    with pytest.raises(TaskConflict, match="another person signs"):
        platform.leak.sign_supplement(actor=second, task_id=task)
    machine = platform.access.actor(account_id="m", kind=ActorKind.MACHINE, roles=("claim_machine",), insurers=Scope.ALL)
    with pytest.raises(PersonRequired):
        platform.leak.sign_supplement(actor=machine, task_id=task)
    signer = signed_in(platform, "supervisor", "signer-1")
    assert platform.leak.sign_supplement(actor=signer, task_id=task) == 30000 - PAID
    with pytest.raises(TaskConflict, match="waits for a signature"):
        platform.leak.sign_supplement(actor=signer, task_id=task)
    assert followups(platform) == [(Followup.SUPPLEMENT, 30000 - PAID, signer.account_id)]
    with platform.database.read() as conn:
        assert [order.amount.fen for order in payments.list_orders(conn, claim_id=claim_id)] == [PAID]


def test_machines_strangers_and_people_who_saw_the_claim_do_not_review(platform: Platform) -> None:
    claim_id, task = drawn(platform)
    console = platform.console
    with pytest.raises(Forbidden):
        platform.leak.take(actor=console, task_id=task)
    ghost = platform.access.actor(account_id="g", kind=ActorKind.PERSON, roles=("auditor",), insurers=Scope.ALL, session_id="made-up")
    with pytest.raises(PersonRequired):
        platform.leak.take(actor=ghost, task_id=task)
    handler = signed_in(platform, "handler", "saw-it")
    with platform.database.write() as conn:
        insurer = get_claim(platform, claim_id).insurer_id
        open_personal(conn, actor=handler, at=AFTER, purpose="claim_handling", subject=claim_id, fields=("medical",), insurer_id=insurer)
    with pytest.raises(NotBlind, match="another person must review it"):
        platform.leak.take(actor=handler, task_id=task)
    with platform.database.read() as conn:
        assert queries.get_task(conn, task_id=task).state is TaskState.DRAWN


def test_a_task_is_answered_by_the_one_who_took_it_with_an_amount_or_a_reason(platform: Platform) -> None:
    _, task = drawn(platform)
    first, second = signed_in(platform, "auditor", "reviewer-1"), signed_in(platform, "handler", "reviewer-2")
    with pytest.raises(TaskConflict, match="take it first"):
        platform.leak.answer(actor=first, task_id=task, verdict=Verdict.PAY, amount_fen=1, reason="")
    platform.leak.take(actor=first, task_id=task)
    platform.leak.take(actor=second, task_id=task)
    with pytest.raises(TaskConflict, match="take it first"):
        platform.leak.answer(actor=first, task_id=task, verdict=Verdict.PAY, amount_fen=1, reason="")
    for verdict, amount, reason in (
        (Verdict.PAY, None, "x"),
        (Verdict.PAY, -1, "x"),
        (Verdict.NOT_PAYABLE, 5, "x"),
        (Verdict.CANNOT_TELL, None, " "),
    ):
        with pytest.raises(AnswerInvalid):
            platform.leak.answer(actor=second, task_id=task, verdict=verdict, amount_fen=amount, reason=reason)
    with platform.database.read() as conn:
        assert queries.list_answers(conn, task_id=task) == []


def test_an_answer_is_signed_by_the_person(platform: Platform) -> None:
    _, task = drawn(platform)
    answer(platform, signed_in(platform, "auditor", "reviewer-1"), task, PAID)
    from sqlalchemy import text

    with platform.database.read() as conn:
        import json

        kept = json.loads(conn.execute(text("SELECT signature FROM leak_answers")).scalar_one())
    assert PersonSignature.from_data(kept).public_key_b64 == platform.signer.public_key_b64


def test_the_automation_rate_comes_with_the_leak_or_with_the_words_for_not_known(platform: Platform) -> None:
    _, task = drawn(platform)
    answer(platform, signed_in(platform, "auditor", "reviewer-1"), task, PAID)
    report = platform.leak.report(insurer_code=demo.INSURER)
    told = report.to_dict()
    assert told["automation"]["rate_ppm"] == 1_000_000
    assert told["automation"]["leak"] == {
        "known": False, "zh": "尚不可知", "en": "not known", "why_zh": "已复核 1 件，至少需要 60 件",
        "why_en": "1 answered, at least 60 are needed",
    }  # fmt: skip
    assert told["simulated"] is True
    assert headline(report, lang="zh") == "自动化率 100.00 %，漏损 尚不可知 (已复核 1 件，至少需要 60 件) [模拟数据]"
    assert headline(report, lang="en") == "automation rate 100.00 %, leak not known (1 answered, at least 60 are needed) [simulated]"
