"""Several at once: two people approve the same step, many comparisons break a bound together, two releases want the same place."""

from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from threading import Barrier
from typing import Any

import pytest

from anpei.assembly import Platform
from anpei.claims.iteration import queries, trials
from anpei.claims.iteration.bounds import Cause, Figures
from anpei.claims.iteration.comparison import Comparison
from anpei.claims.iteration.model import Release, ReleaseConflict, ReleaseState
from anpei.engines.db import Database
from anpei.kernel.errors import AnpeiError
from anpei.rules.snapshots.publication import read_standing
from anpei.rules.snapshots.standing import Standing
from anpei.trust.access import Actor
from anpei.trust.trail import verify as verify_trail
from tests.factories import cases, platforms, releases
from tests.factories.releases import approve, compiled, propose
from tests.journeys.test_iteration import hand_in

SHADOW, CANARY = ReleaseState.SHADOW, ReleaseState.CANARY


@pytest.fixture
def platform(database: Database, tmp_path: Path) -> Iterator[Platform]:
    """A whole platform whose bounds are made for few claims."""
    home, url = tmp_path / "home", database.url.render_as_string(hide_password=False)
    platforms.make_platform(home, url).close()
    (home / "rulebook").mkdir()
    (home / "rulebook" / "iteration.yaml").write_text(releases.rules_text(least=1), encoding="utf-8")
    made = platforms.open_platform(home, url)
    yield made
    made.close()


@pytest.fixture
def people(platform: Platform) -> list[Actor]:
    """Four people who may propose and approve."""
    return [releases.person(platform, f"operations-{number}") for number in range(4)]


def at_once(*calls: Callable[[], Any]) -> list[Any]:
    """Run calls at the same moment; their answers, or the codes of their errors."""
    gate = Barrier(len(calls))

    def run(call: Callable[[], Any]) -> Any:
        gate.wait(timeout=30)
        try:
            return call()
        except AnpeiError as error:
            return error.code

    with ThreadPoolExecutor(len(calls)) as pool:
        return list(pool.map(run, calls))


def in_canary(platform: Platform, people: list[Actor], number: int) -> Release:
    """A release on trial, after one equal claim in shadow."""
    release = propose(platform, people[0], compiled(platform, cases.sex_row(f"00999999999999{number}", "M")))
    approve(platform, people[1], release, SHADOW)
    hand_in(platform, number)
    platform.worker.run_due()
    return approve(platform, people[2], release, CANARY)


def test_two_people_approve_the_same_step_and_it_is_taken_once(platform: Platform, people: list[Actor]) -> None:
    release = propose(platform, people[0], compiled(platform, cases.sex_row("009999999999999", "M")))
    answers = at_once(*(lambda actor=actor: approve(platform, actor, release, SHADOW).state for actor in people[1:]))
    assert sorted(map(str, answers)) == ["iteration.release_conflict", "iteration.release_conflict", "shadow"]
    with platform.database.read() as conn:
        assert [step.to_state.value for step in queries.list_steps(conn, vault=platform.vault, release_id=release.id)] == [
            "draft",
            "shadow",
        ]
        assert queries.in_use(conn).revision == 2
        assert verify_trail(conn).ok


def test_the_first_proposals_adopt_the_live_snapshot_once(platform: Platform, people: list[Actor]) -> None:
    snapshots = [compiled(platform, cases.sex_row(f"00999999999999{number}", "M")) for number in range(3)]
    made = at_once(
        *(lambda actor=actor, one=one: propose(platform, actor, one).state for actor, one in zip(people[:3], snapshots, strict=True))
    )
    assert made == [ReleaseState.DRAFT] * 3
    with platform.database.read() as conn:
        assert sorted(one.state.value for one in queries.list_releases(conn)) == ["draft", "draft", "draft", "live"]
    assert read_standing(platform.settings.home / "snapshots") == Standing(platform.snapshots.get().id, revision=1)


def test_a_second_release_waits_until_the_canary_is_over(platform: Platform, people: list[Actor]) -> None:
    in_canary(platform, people, 3)
    second = propose(platform, people[0], compiled(platform, cases.sex_row("009999999999994", "M")))
    approve(platform, people[1], second, SHADOW)
    with pytest.raises(ReleaseConflict, match="is in canary already"):
        approve(platform, people[2], second, CANARY)


def test_comparisons_that_break_a_bound_together_take_the_canary_back_once(platform: Platform, people: list[Actor]) -> None:
    release = in_canary(platform, people, 3)
    claims = [hand_in(platform, number) for number in (4, 5)]
    with platform.database.read() as conn:
        used = queries.in_use(conn)
    assert used.live is not None
    live = used.live.snapshot_id

    def record(claim_id: str, round_: int) -> Any:
        one = Comparison(release.id, claim_id, round_, CANARY, live, lane_differ=True, settled_base=True)
        with platform.database.write() as conn:
            return trials.record_comparison(conn, desk=platform.iteration.desk, comparison=one, at=platform.clock.now())

    calls = [lambda claim_id=claim_id, number=number: record(claim_id, number) for claim_id in claims for number in (7, 8, 8)]
    answers = at_once(*calls)
    platform.worker.run_due()
    assert set(answers) <= {None, Cause.AUTOMATION, Cause.DIFFERING}, "no writer may wait for another in a circle"
    with platform.database.read() as conn:
        steps = queries.list_steps(conn, vault=platform.vault, release_id=release.id)
        counted = queries.get_figures(conn, release_id=release.id, stage=CANARY, base_id=live)
        assert verify_trail(conn).ok
        added = len(queries.list_comparisons(conn, release_id=release.id, stage=CANARY))
    assert [step.to_state.value for step in steps] == ["draft", "shadow", "canary", "rolled_back"]
    assert counted == Figures(compared=added, differing=added, lane_differ=added, settled_base=added)
    assert 1 <= added <= 4
    assert read_standing(platform.settings.home / "snapshots") == Standing(live, revision=4)
