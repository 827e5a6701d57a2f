"""Many people and claims in any order: whatever is tried, what is in use stays whole, and nobody published alone."""

import random
from collections import Counter
from itertools import pairwise
from pathlib import Path

import pytest
from sqlalchemy import select

from anpei.assembly import Platform
from anpei.claims.iteration import queries, trials
from anpei.claims.iteration._tables import release_comparisons
from anpei.claims.iteration.bounds import Figures
from anpei.claims.iteration.comparison import Comparison
from anpei.claims.iteration.model import ALLOWED, IN_USE, NEXT, ON_TRIAL, RAISES_POWER, ReleaseState
from anpei.engines.db import Connection
from anpei.kernel.errors import AnpeiError
from anpei.rules.snapshots.publication import read_standing
from anpei.trust.access import Actor
from anpei.trust.trail import verify as verify_trail
from tests.factories import cases, platforms, releases
from tests.journeys.test_iteration import hand_in

STEPS = 140


@pytest.fixture
def platform(sqlite_template: Path, tmp_path: Path) -> Platform:
    """A platform on SQLite with bounds for few claims."""
    home = tmp_path / "home"
    url = f"sqlite:///{home / 'anpei.sqlite'}"
    platforms.make_platform(home, url).close()
    (home / "rulebook").mkdir()
    (home / "rulebook" / "iteration.yaml").write_text(releases.rules_text(least=2), encoding="utf-8")
    return platforms.open_platform(home, url)


@pytest.mark.parametrize("seed", [1, 2])
def test_any_order_of_steps_keeps_what_is_in_use_whole(platform: Platform, seed: int) -> None:
    drawn = random.Random(seed)
    people = [releases.person(platform, f"person-{number}") for number in range(4)]
    snapshots = [releases.compiled(platform, cases.sex_row(f"00999999999999{number}", "M")) for number in range(5)]
    snapshots.append(platform.snapshots.get().id)
    claims = [hand_in(platform, number) for number in (3, 4)]
    tried: Counter[str] = Counter()
    for number in range(STEPS):
        act = drawn.choices(["propose", "approve", "compare", "withdraw", "back"], weights=[3, 12, 10, 1, 2])[0]
        try:
            if act == "compare":
                compare(platform, drawn, claims, number)
            else:
                people_act(platform, drawn, act, drawn.choice(people), drawn.choice(snapshots))
            tried[act] += 1
        except AnpeiError as error:
            tried[error.code] += 1
        check_whole(platform)
    with platform.database.read() as conn:
        assert verify_trail(conn).ok
    platform.close()
    for act in ("propose", "approve", "compare", "withdraw", "back", "iteration.four_eyes", "iteration.release_conflict"):
        assert tried[act] > 0, tried


def people_act(platform: Platform, drawn: random.Random, act: str, actor: Actor, snapshot_id: str) -> None:
    """One thing that a person tries."""
    if act == "propose":
        releases.propose(platform, actor, snapshot_id)
        return
    with platform.database.read() as conn:
        known = queries.list_releases(conn)
    if not known:
        return
    release = drawn.choice([one for one in known if one.state in NEXT] or known)
    if act == "approve":
        wild = drawn.random() < 0.1
        releases.approve(platform, actor, release, drawn.choice(list(ReleaseState)) if wild else NEXT.get(release.state, ReleaseState.LIVE))
    elif act == "withdraw":
        platform.iteration.withdraw(actor=actor, release_id=release.id, reason="再想想")
    else:
        release = drawn.choice([one for one in known if one.state in (ReleaseState.CANARY, ReleaseState.LIVE)])
        platform.iteration.roll_back(actor=actor, release_id=release.id, reason="先退回")


def compare(platform: Platform, drawn: random.Random, claims: list[str], number: int) -> None:
    """A claim's comparison comes in, perhaps late: for a stage that is over, or over a live snapshot that is gone."""
    with platform.database.read() as conn:
        used, known = queries.in_use(conn), queries.list_releases(conn)
    if used.live is None:
        return
    late = drawn.random() < 0.2
    release = drawn.choice(known) if late else (used.canary or used.shadow)
    if release is None:
        return
    stage = drawn.choice(sorted(ON_TRIAL)) if late else release.state
    change = drawn.choice([0, 0, 0, 0, 0, 100, -100, 3000])
    base = drawn.choice([used.live.snapshot_id, "f" * 64]) if late else used.live.snapshot_id
    one = Comparison(
        release.id, drawn.choice(claims), number % 9, stage, base, failed="rules.disagree" if drawn.random() < 0.01 else None,
        amount_differ=change != 0, settled_base=True, settled_new=drawn.random() < 0.98, difference_fen=abs(change), change_fen=change,
    )  # fmt: skip
    with platform.database.write() as conn:
        trials.record_comparison(conn, desk=platform.iteration.desk, comparison=one, at=platform.clock.now())
    platform.worker.run_due()


def check_whole(platform: Platform) -> None:
    """What must hold at any time."""
    with platform.database.read() as conn:
        known = queries.list_releases(conn)
        held = Counter(release.state for release in known)
        steps = {one.id: queries.list_steps(conn, vault=platform.vault, release_id=one.id) for one in known}
        truth = queries.standing(conn)
        for one in known:
            check_counts(conn, one.id)
    if not known:
        return
    assert held[ReleaseState.LIVE] == 1
    assert all(held[state] <= 1 for state in IN_USE)
    assert read_standing(platform.settings.home / "snapshots") == truth
    for one in known:
        walked = steps[one.id]
        assert [step.number for step in walked] == list(range(1, len(walked) + 1))
        assert walked[-1].to_state is one.state
        for before, step in pairwise(walked):
            assert step.from_state is before.to_state
            assert step.to_state in ALLOWED[before.to_state]
            if step.cause == "approved":
                assert step.by != one.proposer
                assert step.to_state not in RAISES_POWER or step.by != before.by


def check_counts(conn: Connection, release_id: str) -> None:
    """The tallies are what the comparisons add up to."""
    counted: dict[tuple[str, str], Counter[str]] = {}
    for row in conn.execute(select(release_comparisons).where(release_comparisons.c.release_id == release_id)).mappings():
        one = Comparison(**{**{name: row[name] for name in Comparison.__slots__}, "stage": ReleaseState(row["stage"])})
        sums = counted.setdefault((row["stage"], row["base_id"]), Counter())
        for name, value in one.counted().to_dict().items():
            sums[name] += value
    for (stage, base_id), sums in counted.items():
        figures = queries.get_figures(conn, release_id=release_id, stage=ReleaseState(stage), base_id=base_id)
        assert figures == Figures(**{name: sums[name] for name in Figures.__slots__})
