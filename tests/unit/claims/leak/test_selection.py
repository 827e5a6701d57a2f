"""Which settlements are drawn: by stratum and seed, whoever asks and in whatever order they come."""

from datetime import UTC, datetime

import pytest

from anpei.claims.leak.model import Decided
from anpei.claims.leak.rules import LeakRules, load_leak
from anpei.claims.leak.selection import PeriodInvalid, month_of, rank_of, select, stratum_of
from anpei.engines.knowledge import KnowledgeError, parse_text, shipped_rulebook

RULES = load_leak(shipped_rulebook())
SEED = "ab" * 32


def decided(number: int, *, total: int = 5000, lane: str = "unattended", by: str = "machine", kind: str = "settle") -> Decided:
    return Decided(
        f"claim-{number:05d}", 1, "insurer", "small-outpatient", lane, kind, by, False, total, total, datetime(2026, 10, 3, tzinfo=UTC)
    )


def names(frame: list[Decided], seed: str = SEED) -> list[str]:
    return [one.claim_id for stratum in select(frame, seed=seed, rules=RULES) for one in stratum.drawn]


def test_the_same_seed_draws_the_same_whatever_the_order() -> None:
    frame = [decided(number) for number in range(1000)]
    assert names(frame) == names(frame[::-1])
    assert len(names(frame)) == 20
    assert set(names(frame)) != set(names(frame, seed="cd" * 32))
    assert names(frame) == sorted(names(frame), key=lambda name: rank_of(f"{name}:1", seed=SEED))


def test_a_settlement_that_is_added_moves_no_other_up_the_order() -> None:
    frame = [decided(number) for number in range(999)]
    assert set(names([*frame, decided(5000)])) - {"claim-05000"} <= set(names(frame))


def test_each_stratum_has_its_share_at_least_five_at_most_all() -> None:
    frame = [
        *[decided(number) for number in range(1000)],
        *[decided(number, total=20_000) for number in range(1000, 1040)],
        *[decided(number, total=300_000) for number in range(2000, 2003)],
        *[decided(number, lane="fast") for number in range(3000, 3001)],
    ]
    drawn = {stratum.name: (stratum.population, stratum.paid_fen, len(stratum.drawn)) for stratum in select(frame, seed=SEED, rules=RULES)}
    assert drawn == {
        "small-outpatient|fast|0": (1, 5000, 1), "small-outpatient|unattended|0": (1000, 5_000_000, 20),
        "small-outpatient|unattended|1": (40, 800_000, 5), "small-outpatient|unattended|3": (3, 900_000, 3),
    }  # fmt: skip


def test_only_what_the_machine_settled_is_drawn() -> None:
    frame = [decided(1, by="person"), decided(2, kind="refuse", by="person"), decided(3)]
    assert names(frame) == ["claim-00003"]


def test_every_settlement_is_as_likely_as_any_other() -> None:
    frame = [decided(number) for number in range(100)]
    counts = dict.fromkeys((one.claim_id for one in frame), 0)
    for seed in range(400):
        for name in names(frame, seed=f"{seed:064x}"):
            counts[name] += 1
    assert sum(counts.values()) == 400 * 5
    assert min(counts.values()) >= 5
    assert max(counts.values()) <= 42


@pytest.mark.parametrize(("fen", "band"), [(0, 0), (9_999, 0), (10_000, 1), (49_999, 1), (50_000, 2), (200_000, 3), (10**9, 3)])
def test_bands_begin_at_their_lower_bound(fen: int, band: int) -> None:
    assert stratum_of(decided(1, total=fen), rules=RULES) == f"small-outpatient|unattended|{band}"


def test_a_month_is_that_of_china() -> None:
    month = month_of("2026-12")
    assert (month.start_at, month.end_at) == (datetime(2026, 11, 30, 16, tzinfo=UTC), datetime(2026, 12, 31, 16, tzinfo=UTC))
    for wrong in ("2026-13", "2026", "october"):
        with pytest.raises(PeriodInvalid, match="2026-10"):
            month_of(wrong)


def test_bands_that_do_not_rise_are_refused_by_name() -> None:
    path = shipped_rulebook().file("leak.yaml")
    text = path.read_text(encoding="utf-8").replace("[0, 10000, 50000, 200000]", "[0, 50000, 10000]")
    with pytest.raises(KnowledgeError, match="bands_fen begins with 0 and rises"):
        parse_text(text, LeakRules, name="leak.yaml")
