"""What is used of a policy: once per claim and round, never below zero, never above the whole, also when two decide at once."""

import threading
from dataclasses import dataclass
from datetime import date, datetime

import pytest
from sqlalchemy import text

from anpei.engines.db import Database
from anpei.kernel.errors import InvalidInput
from anpei.records.policies import accumulators, queries
from anpei.records.policies.model import AccumulatorExceeded, AlreadyConsumed, Entry, Policy
from anpei.records.policies.periods import period_key, policy_year_start

YEAR = "year:2026-01-01"
DEDUCTIBLE = ("annual_deductible_used", YEAR)


@dataclass(frozen=True)
class Use:
    name: str
    period_key: str
    amount: int
    total: int


def deductible(amount: int) -> Use:
    return Use("annual_deductible_used", YEAR, amount, 1_000_000)


def limit(amount: int) -> Use:
    return Use("annual_limit_used", YEAR, amount, 200_000_000)


def consume(database: Database, policy: Policy, claim: str, *uses: Use, round: int = 1, at: datetime) -> bool:
    with database.write() as conn:
        return accumulators.consume(conn, policy_id=policy.id, claim_id=claim, round=round, uses=uses, at=at)


def used(database: Database, policy: Policy) -> dict[tuple[str, str], int]:
    with database.read() as conn:
        return accumulators.used(conn, policy_id=policy.id)


def test_uses_add_up_and_repeating_is_harmless(database: Database, policy: Policy, at: datetime) -> None:
    assert consume(database, policy, "c1", deductible(100_000), limit(50_000), at=at) is True
    assert consume(database, policy, "c1", deductible(100_000), limit(50_000), at=at) is False
    assert consume(database, policy, "c2", deductible(268_000), at=at) is True
    assert used(database, policy) == {DEDUCTIBLE: 1_000_000, ("annual_limit_used", YEAR): 50_000}


def test_nothing_used_is_nothing_entered(database: Database, policy: Policy, at: datetime) -> None:
    assert consume(database, policy, "c1", limit(0), at=at) is True
    with database.read() as conn:
        assert accumulators.list_entries(conn, policy_id=policy.id, claim_id="c1") == []


def test_more_than_there_is_is_refused_whole(database: Database, policy: Policy, at: datetime) -> None:
    with pytest.raises(AccumulatorExceeded, match="calculate the claim again") as caught:
        consume(database, policy, "c1", limit(5), deductible(368_001), at=at)
    assert caught.value.data == {"policy": policy.id, "accumulator": "annual_deductible_used", "period": YEAR}
    assert used(database, policy) == {DEDUCTIBLE: 632_000}
    assert consume(database, policy, "c1", limit(5), deductible(368_000), at=at) is True


def test_a_round_uses_one_thing_only(database: Database, policy: Policy, at: datetime) -> None:
    consume(database, policy, "c1", deductible(100), at=at)
    for other in ([deductible(101)], [limit(100)], [deductible(100), limit(1)], []):
        with pytest.raises(AlreadyConsumed, match="open a new round"):
            consume(database, policy, "c1", *other, at=at)
    assert used(database, policy) == {DEDUCTIBLE: 632_100}


def test_what_is_released_is_given_back_once(database: Database, policy: Policy, at: datetime) -> None:
    consume(database, policy, "c1", deductible(100), limit(7), at=at)
    with database.write() as conn:
        given = accumulators.release(conn, policy_id=policy.id, claim_id="c1", at=at)
        assert accumulators.release(conn, policy_id=policy.id, claim_id="c1", at=at) == []
    assert sorted((entry.name, entry.kind, entry.amount) for entry in given) == [
        ("annual_deductible_used", "release", 100), ("annual_limit_used", "release", 7),
    ]  # fmt: skip
    assert used(database, policy) == {DEDUCTIBLE: 632_000}
    with pytest.raises(AlreadyConsumed):
        consume(database, policy, "c1", deductible(100), limit(7), at=at)
    assert consume(database, policy, "c1", deductible(90), round=2, at=at) is True
    with database.read() as conn:
        entries = accumulators.list_entries(conn, policy_id=policy.id, claim_id="c1")
    assert Entry("c1", 2, "annual_deductible_used", YEAR, "use", 90) in entries
    assert len(entries) == 5
    assert used(database, policy) == {DEDUCTIBLE: 632_090}


def test_one_round_can_be_released_alone(database: Database, policy: Policy, at: datetime) -> None:
    consume(database, policy, "c1", deductible(100), at=at)
    consume(database, policy, "c1", deductible(10), round=2, at=at)
    with database.write() as conn:
        assert [entry.amount for entry in accumulators.release(conn, policy_id=policy.id, claim_id="c1", round=1, at=at)] == [100]
    assert used(database, policy) == {DEDUCTIBLE: 632_010}


def test_uses_that_make_no_sense_are_refused(database: Database, policy: Policy, at: datetime) -> None:
    for uses in ([deductible(-1)], [deductible(1), deductible(2)]):
        with pytest.raises(InvalidInput, match="each accumulator and period once"):
            consume(database, policy, "c1", *uses, at=at)
    with pytest.raises(queries.PolicyUnknown), database.write() as conn:
        accumulators.consume(conn, policy_id="none", claim_id="c1", round=1, uses=[], at=at)


def test_a_sum_that_was_tampered_with_never_goes_below_zero(database: Database, policy: Policy, at: datetime) -> None:
    consume(database, policy, "c1", limit(7), at=at)
    with database.write() as conn:
        conn.execute(text("UPDATE policy_accumulators SET used = 6 WHERE name = 'annual_limit_used'"))
    with pytest.raises(AccumulatorExceeded), database.write() as conn:
        accumulators.release(conn, policy_id=policy.id, claim_id="c1", at=at)


def test_a_transaction_that_breaks_uses_nothing(database: Database, policy: Policy, at: datetime) -> None:
    with pytest.raises(RuntimeError), database.write() as conn:
        accumulators.consume(conn, policy_id=policy.id, claim_id="c1", round=1, uses=[deductible(5)], at=at)
        raise RuntimeError("the plug was pulled")
    assert used(database, policy) == {DEDUCTIBLE: 632_000}


def test_two_who_decide_at_once_wait_for_each_other(database: Database, policy: Policy, at: datetime) -> None:
    """Each reads what is left under the lock and takes it all: together they take exactly what there was."""
    barrier = threading.Barrier(4)
    taken: list[int] = []

    def decide(claim: str) -> None:
        barrier.wait(timeout=20)
        with database.write() as conn:
            queries.lock_policy(conn, policy_id=policy.id)
            left = 1_000_000 - accumulators.used(conn, policy_id=policy.id)[DEDUCTIBLE]
            take = min(left, 150_000)
            accumulators.consume(conn, policy_id=policy.id, claim_id=claim, round=1, uses=[deductible(take)], at=at)
        taken.append(take)

    threads = [threading.Thread(target=decide, args=(f"c{number}",)) for number in range(4)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(timeout=60)
    assert sorted(taken, reverse=True) == [150_000, 150_000, 68_000, 0]
    assert used(database, policy) == {DEDUCTIBLE: 1_000_000}


@pytest.mark.parametrize(
    ("start", "day", "year"),
    [
        (date(2026, 1, 1), date(2026, 1, 1), date(2026, 1, 1)), (date(2025, 7, 15), date(2026, 7, 14), date(2025, 7, 15)),
        (date(2025, 7, 15), date(2026, 7, 15), date(2026, 7, 15)), (date(2024, 2, 29), date(2025, 2, 28), date(2025, 2, 28)),
        (date(2024, 2, 29), date(2025, 2, 27), date(2024, 2, 29)), (date(2024, 2, 29), date(2028, 2, 29), date(2028, 2, 29)),
        (date(2024, 2, 29), date(2028, 2, 28), date(2027, 2, 28)),
    ],
)  # fmt: skip
def test_policy_years(start: date, day: date, year: date) -> None:
    assert policy_year_start(start_on=start, day=day) == year
    assert period_key(period="policy_year", start_on=start, day=day) == f"year:{year}"
    assert period_key(period="day", start_on=start, day=day) == f"day:{day}"


def test_other_periods_are_refused() -> None:
    with pytest.raises(InvalidInput, match="'week' is no period"):
        period_key(period="week", start_on=date(2026, 1, 1), day=date(2026, 1, 1))
