"""The bank misbehaves, by the sandbox bank's script, and the whole line bears it: paid once, told, nothing in the ledger out of place."""

from collections import Counter
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from anpei.assembly import Platform
from anpei.claims.dossier.model import ClaimState, StateNotAllowed
from anpei.claims.settlement.operations import NothingToSettle
from anpei.engines import jobs
from anpei.engines.db import Database
from anpei.kernel.errors import NotFound
from anpei.notices import queries as notices
from anpei.payments import operations, queries
from anpei.payments.jobs import take_call_back
from anpei.payments.model import ContradictoryOutcome, Order
from anpei.payments.ports import Instruction, Outcome, Result
from anpei.records.policies import accumulators
from anpei.trust.access import Actor, ActorKind, Scope
from anpei.trust.trail import verify as verify_trail
from tests.factories import cases, platforms
from tests.factories.platforms import get_claim, hand_in
from tests.journeys.support import walk
from tests.journeys.support.people import signed_in

OTHER_ACCOUNT = "6222021001122334458"
Make = Callable[[str], Platform]


@pytest.fixture
def bank_that(database: Database, tmp_path: Path) -> Iterator[Make]:
    """A platform whose bank does this with the first payment it ever sees."""
    made: list[Platform] = []

    def make(does: str) -> Platform:
        faults = tmp_path / "faults.yaml"
        faults.write_text(f"faults:\n  - {{sequence: 1, does: {does}}}\n", encoding="utf-8")
        made.append(platforms.make_platform(tmp_path / "home", database.url.render_as_string(hide_password=False), faults=faults))
        return made[-1]

    yield make
    for platform in made:
        platform.close()


def handler(platform: Platform) -> Actor:
    """A claim handler."""
    return platform.access.actor(account_id="h", kind=ActorKind.PERSON, roles=("handler",), insurers=Scope.ALL, session_id="s")


def heard(platform: Platform) -> list[str]:
    """What the bank is asked and told from now on."""
    calls: list[str] = []
    submit, query = platform.bank.submit, platform.bank.query

    def submitting(instruction: Instruction) -> Outcome:
        calls.append("submit")
        return submit(instruction)

    def asking(key: str) -> Outcome | None:
        calls.append("query")
        return query(key)

    platform.bank.submit, platform.bank.query = submitting, asking  # type: ignore[method-assign]
    return calls


def step(platform: Platform) -> None:
    """Time passes, and what is due is done."""
    walk.time_passes(platform)
    platform.worker.run_due()


def orders(platform: Platform, claim_id: str) -> list[Order]:
    """The orders of a claim."""
    with platform.database.read() as conn:
        return queries.list_orders(conn, claim_id=claim_id)


def told(platform: Platform, claim_id: str) -> list[str]:
    """The notices of a claim, in order."""
    with platform.database.read() as conn:
        return [notice.template for notice in notices.list_notices(conn, claim_id=claim_id)]


def open_cases(platform: Platform) -> list[str]:
    """Why people must look at payments."""
    with platform.database.read() as conn:
        return [case.kind.value for case in queries.list_open_cases(conn)]


def assert_sound(platform: Platform, claim_id: str, *, booked: list[Order]) -> None:
    """Ledger and trail are sound, limits used once, and the bank booked exactly these orders, each once."""
    with platform.database.read() as conn:
        assert queries.ledger_faults(conn) == []
        assert queries.trial_balance(conn).difference.fen == 0
        assert verify_trail(conn).ok
        used = accumulators.used(conn, policy_id=get_claim(platform, claim_id).policy_id)
    assert used == {("annual_limit_used", "year:2026-01-01"): 26608, ("visits", "day:2026-10-03"): 1}
    assert Counter(line.key for line in platform.bank.statement()) == Counter(order.idempotency_key for order in booked)


def assert_paid(platform: Platform, claim_id: str) -> None:
    """The claim's newest order alone was booked, and the claimant heard of it."""
    assert get_claim(platform, claim_id).state is ClaimState.PAID
    newest = orders(platform, claim_id)[-1]
    assert newest.state.value == "confirmed"
    assert told(platform, claim_id)[-1] == "payment_confirmed"
    assert_sound(platform, claim_id, booked=[newest])


def test_a_rejected_payment_is_told_and_paid_once_to_another_account(bank_that: Make) -> None:
    platform = bank_that("reject, reason: 户名与账号不符")
    claim_id = hand_in(platform)
    platform.worker.run_due()
    assert get_claim(platform, claim_id).state is ClaimState.PAYMENT_FAILED
    assert told(platform, claim_id) == ["claim_reported", "claim_settled", "payment_failed"]
    seen = walk.progress(platform, claim_id)
    assert (seen["holder"], seen["next"]) == ("您", "请核对收款账户，改好后就再付一次。")
    assert [clock["clock"] for clock in seen["clocks"] if clock["met_on"] is None] == ["claim.advance_undisputed", "claim.pay"]
    payee = {"name": cases.NAME, "bank": "演示银行", "account": OTHER_ACCOUNT}
    platform.claiming.pay_again(actor=handler(platform), claim_id=claim_id, payee=payee)
    with pytest.raises(StateNotAllowed):
        platform.claiming.pay_again(actor=handler(platform), claim_id=claim_id, payee=payee)
    platform.worker.run_due()
    assert_paid(platform, claim_id)
    assert [(order.round, order.state.value, order.account_tail) for order in orders(platform, claim_id)] == [
        (1, "rejected", "3446"), (2, "confirmed", "4458"),
    ]  # fmt: skip


def test_after_a_rejection_nobody_else_is_paid_without_a_new_decision(bank_that: Make) -> None:
    platform = bank_that("reject, reason: 户名与账号不符")
    claim_id = hand_in(platform)
    platform.worker.run_due()
    with pytest.raises(NothingToSettle, match="needs a new decision"):
        payee = {"name": "顾长风", "bank": "演示银行", "account": OTHER_ACCOUNT}
        platform.claiming.pay_again(actor=handler(platform), claim_id=claim_id, payee=payee)
    platform.worker.run_due()
    claim = get_claim(platform, claim_id)
    assert (claim.state, claim.round, len(orders(platform, claim_id))) == (ClaimState.PAYMENT_FAILED, 1, 1)
    assert_sound(platform, claim_id, booked=[])


@pytest.mark.parametrize(
    ("does", "calls"),
    [
        ("time_out_before_booking", ["submit", "query", "submit"]),
        ("time_out_before_booking, times: 3", ["submit", "query", "submit", "query", "submit", "query", "submit"]),
        ("time_out_after_booking", ["submit", "query"]),
        ("down", ["submit", "query", "submit"]),
        ("pending", ["submit", "query"]),
        ("pending, times: 2", ["submit", "query", "query"]),
        ("slow, seconds: 0.01", ["submit"]),
    ],
)
def test_what_the_bank_left_open_is_asked_by_the_key_and_paid_once(bank_that: Make, does: str, calls: list[str]) -> None:
    platform = bank_that(does)
    listened = heard(platform)
    claim_id = hand_in(platform)
    platform.worker.run_due()
    if len(calls) > 1:
        assert get_claim(platform, claim_id).state is ClaimState.PAYING
        assert told(platform, claim_id) == ["claim_reported", "claim_settled"]
        assert walk.progress(platform, claim_id)["holder"] == "银行"
        assert walk.open_jobs(platform) == 1
    for _ in range(5):
        step(platform)
    assert listened == calls
    assert_paid(platform, claim_id)
    assert open_cases(platform) == []


def test_a_time_out_leaves_the_outcome_unknown_not_failed(bank_that: Make) -> None:
    platform = bank_that("time_out_after_booking")
    claim_id = hand_in(platform)
    platform.worker.run_due()
    [order] = orders(platform, claim_id)
    assert order.state.value == "unknown"
    assert_sound(platform, claim_id, booked=[order])


def listen(platform: Platform) -> list[bool]:
    """Take the bank's call-backs as the door does; returns which of them changed something."""
    changes: list[bool] = []

    def take(key: str, outcome: Outcome) -> None:
        at = platform.clock.now()
        changes.append(take_call_back(platform.database, idempotency_key=key, outcome=outcome, at=at, emit=platform.bus.emit))

    platform.bank.on_outcome = take
    return changes


def test_a_double_call_back_is_taken_once(bank_that: Make) -> None:
    platform = bank_that("double_call_back")
    changes = listen(platform)
    claim_id = hand_in(platform)
    platform.worker.run_due()
    assert changes == [True, False]
    assert_paid(platform, claim_id)
    events = Counter(node["event"] for node in walk.progress(platform, claim_id)["nodes"])
    assert (events["payments.order.confirmed"], events["claims.settlement.paid"]) == (1, 1)
    assert told(platform, claim_id) == ["claim_reported", "claim_settled", "payment_confirmed"]


def test_a_call_back_that_comes_before_we_ask_ends_the_claim_and_nothing_is_sent_again(bank_that: Make) -> None:
    platform = bank_that("time_out_after_booking")
    listened, changes = heard(platform), listen(platform)
    claim_id = hand_in(platform)
    platform.worker.run_due()
    assert (changes, listened) == ([True], ["submit"])
    assert get_claim(platform, claim_id).state is ClaimState.PAID
    step(platform)
    assert listened == ["submit"]
    assert walk.open_jobs(platform) == 0
    assert_paid(platform, claim_id)


@pytest.mark.parametrize(
    "says", [Outcome(Result.REJECTED, "SB00000001", "户名与账号不符"), Outcome(Result.CONFIRMED, "another-reference")], ids=["no", "other"]
)
def test_a_call_back_against_what_is_known_becomes_a_case_and_changes_nothing(bank_that: Make, says: Outcome) -> None:
    platform = bank_that("confirm")
    claim_id = hand_in(platform)
    platform.worker.run_due()
    [order] = orders(platform, claim_id)
    for _ in range(2):
        with pytest.raises(ContradictoryOutcome):
            take_call_back(
                platform.database, idempotency_key=order.idempotency_key, outcome=says, at=platforms.AT, emit=platform.bus.emit
            )  # fmt: skip
    assert open_cases(platform) == ["contradiction"]
    assert orders(platform, claim_id) == [order]
    assert_paid(platform, claim_id)


def test_a_confirmation_after_a_rejection_becomes_a_case_also_when_the_claim_was_paid_again(bank_that: Make) -> None:
    platform = bank_that("reject, reason: 户名与账号不符")
    claim_id = hand_in(platform)
    platform.worker.run_due()
    [first] = orders(platform, claim_id)
    payee = {"name": cases.NAME, "bank": "演示银行", "account": OTHER_ACCOUNT}
    platform.claiming.pay_again(actor=handler(platform), claim_id=claim_id, payee=payee)
    platform.worker.run_due()
    late = Outcome(Result.CONFIRMED, "SB00000001")
    with pytest.raises(ContradictoryOutcome):
        take_call_back(platform.database, idempotency_key=first.idempotency_key, outcome=late, at=platforms.AT, emit=platform.bus.emit)
    assert open_cases(platform) == ["contradiction"]
    assert_paid(platform, claim_id)


def test_a_call_back_for_a_key_that_nobody_gave_out_is_refused(bank_that: Make) -> None:
    platform = bank_that("confirm")
    with pytest.raises(NotFound):
        take_call_back(
            platform.database, idempotency_key="nobodys", outcome=Outcome(Result.CONFIRMED, "R"), at=platforms.AT, emit=platform.bus.emit
        )  # fmt: skip
    assert open_cases(platform) == []


def test_money_that_comes_back_is_told_and_paid_again_to_another_account(bank_that: Make) -> None:
    platform = bank_that("confirm")
    claim_id = hand_in(platform)
    platform.worker.run_due()
    [first] = orders(platform, claim_id)
    for changed in (True, False):
        with platform.database.write() as conn:
            back = operations.reverse(conn, order_id=first.id, reason="收款账户已销户", at=platforms.AT, emit=platform.bus.emit)
        assert back is changed
    assert get_claim(platform, claim_id).state is ClaimState.PAYMENT_FAILED
    assert told(platform, claim_id)[-1] == "payment_failed"
    payee = {"name": cases.NAME, "bank": "演示银行", "account": OTHER_ACCOUNT}
    platform.claiming.pay_again(actor=handler(platform), claim_id=claim_id, payee=payee)
    platform.worker.run_due()
    first, second = orders(platform, claim_id)
    assert (get_claim(platform, claim_id).state, first.state.value, second.state.value) == (ClaimState.PAID, "reversed", "confirmed")
    assert_sound(platform, claim_id, booked=[first, second])


def test_when_all_tries_are_used_up_a_person_sees_the_case_and_can_let_it_go_on(bank_that: Make) -> None:
    platform = bank_that("down, times: 40")
    claim_id = hand_in(platform)
    platform.worker.run_due()
    for _ in range(39):
        assert open_cases(platform) == []
        step(platform)
    assert open_cases(platform) == ["stuck"]
    assert get_claim(platform, claim_id).state is ClaimState.PAYING
    with platform.database.write() as conn:
        [dead] = jobs.dead_letters(conn)
        jobs.revive(conn, job_id=dead["id"])
    assert (dead["kind"], dead["subject"]) == ("payments.submit", claim_id)
    platform.worker.run_due()
    assert_paid(platform, claim_id)


def test_a_claim_without_an_account_asks_for_one_and_is_paid_once_when_it_is_given(bank_that: Make) -> None:
    platform = bank_that("confirm")
    claim_id = hand_in(platform, data=platforms.report_data(account=""))
    platform.worker.run_due()
    assert get_claim(platform, claim_id).state is ClaimState.REFERRED
    person = signed_in(platform, "handler")
    platform.claiming.settle(actor=person, claim_id=claim_id)
    platform.worker.run_due()
    assert get_claim(platform, claim_id).state is ClaimState.PAYMENT_FAILED
    assert (orders(platform, claim_id), walk.open_jobs(platform)) == ([], 0)
    assert told(platform, claim_id) == ["claim_reported", "referred_to_person", "payment_failed"]
    with platform.database.read() as conn:
        found = notices.find_notice(conn, claim_id=claim_id, round=1, template="payment_failed")
        assert found is not None
        words = notices.open_text(conn, vault=platform.vault, notice_id=found.id).body
    assert words.startswith("¥266.08 没有付成，这笔钱仍然是您的。")
    payee = {"name": cases.NAME, "bank": "演示银行", "account": OTHER_ACCOUNT}
    platform.claiming.pay_again(actor=person, claim_id=claim_id, payee=payee)
    platform.worker.run_due()
    assert_paid(platform, claim_id)
