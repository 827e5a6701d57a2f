"""The life of a rule snapshot: proposed, run beside, on trial for a share, live; taken back by itself when a bound breaks."""

from collections.abc import Iterator
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import text

from anpei.assembly import Platform
from anpei.claims.decision import queries as proofs
from anpei.claims.decision.verification import verify
from anpei.claims.dossier import queries as dossier
from anpei.claims.dossier.model import ClaimState, SectionName
from anpei.claims.iteration import queries, trials
from anpei.claims.iteration.bounds import Cause, Figures
from anpei.claims.iteration.comparison import Comparison
from anpei.claims.iteration.model import FourEyes, ReleaseConflict, ReleaseState, SnapshotUnusable
from anpei.engines.db import Database
from anpei.kernel.clock import FixedClock
from anpei.rules.compiled.machine import RulesDisagree
from anpei.rules.snapshots import execution
from anpei.rules.snapshots.publication import publish_snapshot, read_standing
from anpei.rules.snapshots.standing import Canary, Shadow, Standing
from anpei.trust.access import Actor
from anpei.trust.trail import list_entries
from anpei.trust.trail import verify as verify_trail
from tests.factories import cases, platforms, releases
from tests.factories.platforms import get_claim, report_data
from tests.factories.releases import approve, compiled, propose

SHADOW, CANARY, LIVE = ReleaseState.SHADOW, ReleaseState.CANARY, ReleaseState.LIVE
HARMLESS = cases.sex_row("009999999999999", "M")
HARMFUL = cases.sex_row(cases.BLOOD, "M")
"""A row that names a line of every clean claim, of which the insured is a woman: the machine would settle none any more."""


@pytest.fixture
def platform(database: Database, tmp_path: Path) -> Iterator[Platform]:
    """A whole platform whose bounds are made for few claims; a release on trial judges every claim."""
    home, url = tmp_path / "home", database.url.render_as_string(hide_password=False)
    platforms.make_platform(home, url).close()
    (home / "rulebook").mkdir()
    (home / "rulebook" / "iteration.yaml").write_text(releases.rules_text(), encoding="utf-8")
    made = platforms.open_platform(home, url)
    yield made
    made.close()


@pytest.fixture
def people(platform: Platform) -> list[Actor]:
    """Three people who may propose and approve."""
    return [releases.person(platform, f"operations-{number}") for number in range(3)]


def standing(platform: Platform) -> Standing:
    """What readers find."""
    return read_standing(platform.settings.home / "snapshots")


def hand_in(platform: Platform, number: int) -> str:
    """The clean case on a day of its own; returns the claim's id."""
    day = f"2026-10-{number:02d}"
    return platforms.hand_in(platform, cases.pages(day=day, receipt_number=f"00{number:08d}"), data=report_data(occurred_on=day))


def judged_by(platform: Platform, claim_id: str) -> str:
    """The snapshot that the findings of a claim were made by."""
    with platform.database.read() as conn:
        section = dossier.get_section(conn, vault=platform.vault, claim_id=claim_id, name=SectionName.FINDINGS)
    return str(section.payload["gathered"]["snapshot"])


def faults(platform: Platform, claim_id: str, snapshot_id: str) -> list[Any]:
    """What is wrong with the claim's proof, held against a snapshot."""
    with platform.database.read() as conn:
        made = proofs.get_proof(conn, vault=platform.vault, claim_id=claim_id)
    return verify(made, trusted_key=platform.signer.public_key_b64, snapshot=platform.snapshots.open(snapshot_id))


def states(platform: Platform) -> list[ReleaseState]:
    """The states of all releases, oldest first."""
    with platform.database.read() as conn:
        return [release.state for release in reversed(queries.list_releases(conn))]


def figures(platform: Platform, release_id: str, stage: ReleaseState, base_id: str) -> Figures:
    """What was counted."""
    with platform.database.read() as conn:
        return queries.get_figures(conn, release_id=release_id, stage=stage, base_id=base_id)


def test_a_release_goes_from_proposal_to_live(platform: Platform, people: list[Actor]) -> None:
    old, new = platform.snapshots.get().id, compiled(platform, HARMLESS)
    release = propose(platform, people[0], new)
    assert standing(platform) == Standing(old, revision=1)
    approve(platform, people[1], release, SHADOW)
    assert standing(platform) == Standing(old, shadow=Shadow(new, release.id), revision=2)
    beside = [hand_in(platform, number) for number in (3, 4)]
    platform.worker.run_due()
    assert {judged_by(platform, claim_id) for claim_id in beside} == {old}
    assert figures(platform, release.id, SHADOW, old) == Figures(compared=2, settled_base=2, settled_new=2)
    approve(platform, people[2], release, CANARY)
    assert standing(platform) == Standing(old, Canary(new, 10_000, release.id), revision=3)
    trial = [hand_in(platform, number) for number in (5, 6)]
    platform.worker.run_due()
    assert {judged_by(platform, claim_id) for claim_id in trial} == {new}
    assert {get_claim(platform, claim_id).state for claim_id in (*beside, *trial)} == {ClaimState.PAID}
    assert figures(platform, release.id, CANARY, old) == Figures(compared=2, settled_base=2, settled_new=2)
    assert [faults(platform, claim_id, new) for claim_id in trial] == [[], []]
    approve(platform, people[1], release, LIVE)
    assert standing(platform) == Standing(new, revision=5)
    assert platform.snapshots.get().id == new
    assert states(platform) == [ReleaseState.RETIRED, LIVE]
    with platform.database.read() as conn:
        assert verify_trail(conn).ok
        actions = [entry.action for entry in list_entries(conn, subject=release.id)]
    assert actions == [f"rules.release_{state}" for state in ("draft", "shadow", "canary", "live")]


def test_a_broken_bound_takes_a_canary_back_by_itself(platform: Platform, people: list[Actor]) -> None:
    """The shadow sees claims that the new row does not touch; the canary meets those that it does."""
    old, new = platform.snapshots.get().id, compiled(platform, HARMFUL)
    release = propose(platform, people[0], new)
    approve(platform, people[1], release, SHADOW)
    for number in (3, 4):
        untouched = cases.pages(
            day=f"2026-10-{number:02d}", receipt_number=f"00{number:08d}",
            rows=[cases.readings.item("普通门诊诊查费", "432.60", code=cases.VISIT)],
        )  # fmt: skip
        platforms.hand_in(platform, untouched, data=report_data(occurred_on=f"2026-10-{number:02d}"))
    platform.worker.run_due()
    assert figures(platform, release.id, SHADOW, old) == Figures(compared=2, settled_base=2, settled_new=2)
    approve(platform, people[2], release, CANARY)
    first = hand_in(platform, 5)
    platform.worker.run_due()
    assert states(platform) == [LIVE, ReleaseState.ROLLED_BACK]
    assert standing(platform) == Standing(old, revision=4)
    assert get_claim(platform, first).state is ClaimState.REFERRED
    assert judged_by(platform, first) == new
    second = hand_in(platform, 6)
    platform.worker.run_due()
    assert (judged_by(platform, second), get_claim(platform, second).state) == (old, ClaimState.PAID)
    with platform.database.read() as conn:
        told = [queries.list_notices(conn, account_id=actor.account_id) for actor in people]
        (*_, last) = queries.list_steps(conn, vault=platform.vault, release_id=release.id)
        [entry] = [entry for entry in list_entries(conn, subject=release.id) if entry.action == "rules.release_rolled_back"]
        [counted] = queries.list_comparisons(conn, release_id=release.id, stage=CANARY)
    assert [(one.kind, one.cause, one.figures["automation_fall_bp"]) for [one] in told] == [("rolled_back", Cause.AUTOMATION, 10_000)] * 3
    assert (last.by, last.cause, last.from_state, last.figures["compared"]) == ("machine:iteration", "automation", CANARY, 1)
    assert (entry.actor, entry.facts["cause"], entry.facts["figures"]["settled_base"]) == ("machine:iteration", "automation", 1)
    assert counted.detail["added"] == [["sex", "rule.sex", HARMFUL.rule_id]]
    assert (counted.lane_differ, counted.amount_differ, counted.settled_base, counted.settled_new) == (True, False, True, False)


def test_a_round_ends_by_the_snapshot_it_began_with(platform: Platform, people: list[Actor]) -> None:
    """A claim that the canary referred is decided by a person after the canary went back: by the canary's snapshot, as its proof says."""
    old, new = platform.snapshots.get().id, compiled(platform, HARMFUL)
    release = propose(platform, people[0], new, bounds={"automation_fall_bp": 10_000, "differing_bp": 10_000})
    approve(platform, people[1], release, SHADOW)
    for number in (3, 4):
        hand_in(platform, number)
    platform.worker.run_due()
    approve(platform, people[2], release, CANARY)
    claim_id = hand_in(platform, 5)
    platform.worker.run_due()
    assert (judged_by(platform, claim_id), get_claim(platform, claim_id).state) == (new, ClaimState.REFERRED)
    platform.iteration.roll_back(actor=people[0], release_id=release.id, reason="误伤")
    assert standing(platform) == Standing(old, revision=4)
    platform.claiming.settle(actor=releases.person(platform, "handler-1", role="handler"), claim_id=claim_id)
    assert faults(platform, claim_id, new) == []
    with platform.database.read() as conn:
        assert proofs.get_proof(conn, vault=platform.vault, claim_id=claim_id)["body"]["snapshot"]["id"] == new


def test_an_adjudication_uses_the_snapshot_of_its_findings_though_another_was_published_meanwhile(platform: Platform) -> None:
    old, new = platform.snapshots.get().id, compiled(platform, HARMFUL)
    claim_id = hand_in(platform, 3)
    while dossier_has_no_findings(platform, claim_id):
        assert platform.worker._run_one()
    publish_snapshot(root=platform.settings.home / "snapshots", snapshot_id=new)
    assert platform.snapshots.get().id == new
    platform.worker.run_due()
    assert get_claim(platform, claim_id).state is ClaimState.PAID
    assert faults(platform, claim_id, old) == []


def dossier_has_no_findings(platform: Platform, claim_id: str) -> bool:
    """Whether the audit of a claim is still to come."""
    with platform.database.read() as conn:
        return dossier.find_section(conn, vault=platform.vault, claim_id=claim_id, name=SectionName.FINDINGS) is None


def test_nobody_publishes_alone(platform: Platform, people: list[Actor]) -> None:
    release = propose(platform, people[0], compiled(platform, HARMLESS))
    with pytest.raises(FourEyes, match="another person must approve it"):
        approve(platform, people[0], release, SHADOW)
    approve(platform, people[1], release, SHADOW)
    for number in (3, 4):
        hand_in(platform, number)
    platform.worker.run_due()
    for actor in people[:2]:
        with pytest.raises(FourEyes):
            approve(platform, actor, release, CANARY)
    assert states(platform) == [LIVE, SHADOW]
    approve(platform, people[2], release, CANARY)
    assert states(platform) == [LIVE, CANARY]


def test_a_step_needs_enough_claims(platform: Platform, people: list[Actor]) -> None:
    release = propose(platform, people[0], compiled(platform, HARMLESS))
    approve(platform, people[1], release, SHADOW)
    hand_in(platform, 3)
    platform.worker.run_due()
    with pytest.raises(ReleaseConflict, match="1 claims compared, 2 are needed"):
        approve(platform, people[2], release, CANARY)
    with pytest.raises(ReleaseConflict, match="is shadow and cannot become live"):
        approve(platform, people[2], release, LIVE)


def test_one_release_at_a_time_is_in_shadow_and_a_snapshot_is_proposed_once(platform: Platform, people: list[Actor]) -> None:
    first = propose(platform, people[0], compiled(platform, HARMLESS))
    second = propose(platform, people[0], compiled(platform, HARMFUL))
    with pytest.raises(ReleaseConflict, match="is draft already"):
        propose(platform, people[1], first.snapshot_id)
    with pytest.raises(ReleaseConflict, match="is live already"):
        propose(platform, people[1], platform.snapshots.get().id)
    approve(platform, people[1], first, SHADOW)
    with pytest.raises(ReleaseConflict, match="is in shadow already"):
        approve(platform, people[1], second, SHADOW)
    platform.iteration.withdraw(actor=people[0], release_id=first.id, reason="先试另一批")
    approve(platform, people[1], second, SHADOW)
    assert states(platform) == [LIVE, ReleaseState.WITHDRAWN, SHADOW]
    assert standing(platform).shadow == Shadow(second.snapshot_id, second.id)


def test_a_live_release_goes_back_to_the_one_before_by_one_person(platform: Platform, people: list[Actor]) -> None:
    old, new = platform.snapshots.get().id, compiled(platform, HARMLESS)
    release = walk_to_live(platform, people, new)
    with platform.database.read() as conn:
        founding = queries.list_releases(conn)[-1]
    platform.iteration.roll_back(actor=people[0], release_id=release, reason="投诉增多")
    assert standing(platform) == Standing(old, revision=7)
    assert states(platform) == [LIVE, ReleaseState.ROLLED_BACK]
    with pytest.raises(ReleaseConflict, match="there is none before it"):
        platform.iteration.roll_back(actor=people[0], release_id=founding.id, reason="再退")
    again = propose(platform, people[1], new)
    assert again.state is ReleaseState.DRAFT


def walk_to_live(platform: Platform, people: list[Actor], snapshot_id: str) -> str:
    """A release that is live, by two claims a stage."""
    release = propose(platform, people[0], snapshot_id)
    for number, (actor, to) in enumerate([(people[1], SHADOW), (people[2], CANARY), (people[1], LIVE)]):
        approve(platform, actor, release, to)
        if to is not LIVE:
            for day in (1, 2):
                hand_in(platform, 2 * number + day)
            platform.worker.run_due()
    return release.id


def test_a_canary_that_fails_while_judging_stops_no_claim_and_goes_back_at_once(
    platform: Platform, people: list[Actor], monkeypatch: pytest.MonkeyPatch
) -> None:
    old, new = platform.snapshots.get().id, compiled(platform, HARMLESS)
    release = propose(platform, people[0], new)
    approve(platform, people[1], release, SHADOW)
    for number in (3, 4):
        hand_in(platform, number)
    platform.worker.run_due()
    approve(platform, people[2], release, CANARY)
    (platform.settings.home / "snapshots" / new / "templates.jsonl").write_bytes(b"")
    platform.snapshots._opened.clear()
    claim_id = hand_in(platform, 5)
    platform.worker.run_due()
    assert (judged_by(platform, claim_id), get_claim(platform, claim_id).state) == (old, ClaimState.PAID)
    assert states(platform) == [LIVE, ReleaseState.ROLLED_BACK]
    with platform.database.read() as conn:
        [failed] = queries.list_comparisons(conn, release_id=release.id, stage=CANARY)
    assert failed.failed == "rules.snapshot_damaged"
    assert standing(platform) == Standing(old, revision=4)


def test_a_damaged_snapshot_is_never_approved(platform: Platform, people: list[Actor]) -> None:
    release = propose(platform, people[0], compiled(platform, HARMLESS))
    (platform.settings.home / "snapshots" / release.snapshot_id / "templates.jsonl").write_bytes(b"")
    with pytest.raises(SnapshotUnusable, match=r"templates\.jsonl"):
        approve(platform, people[1], release, SHADOW)
    assert states(platform) == [LIVE, ReleaseState.DRAFT]


@pytest.mark.parametrize("jump", [timedelta(hours=337), timedelta(hours=-337)])
def test_a_canary_ends_after_its_longest_time_also_when_the_clock_was_set(platform: Platform, people: list[Actor], jump: timedelta) -> None:
    old, new = platform.snapshots.get().id, compiled(platform, HARMLESS)
    release = propose(platform, people[0], new)
    approve(platform, people[1], release, SHADOW)
    for number in (3, 4):
        hand_in(platform, number)
    platform.worker.run_due()
    approve(platform, people[2], release, CANARY)
    assert isinstance(platform.clock, FixedClock)
    platform.clock.at += timedelta(hours=336)
    sweep(platform)
    assert states(platform) == [LIVE, CANARY]
    platform.clock.at += jump - timedelta(hours=336)
    sweep(platform)
    assert states(platform) == [LIVE, ReleaseState.ROLLED_BACK]
    assert standing(platform) == Standing(old, revision=4)


def sweep(platform: Platform) -> None:
    """The sweep is due now."""
    from tests.journeys.support.walk import time_passes

    time_passes(platform)
    for _ in range(3):
        assert platform.worker._run_one() in (True, False)


def test_what_is_in_use_is_written_again_after_a_crash_in_between(
    platform: Platform, people: list[Actor], monkeypatch: pytest.MonkeyPatch
) -> None:
    old = platform.snapshots.get().id
    release = propose(platform, people[0], compiled(platform, HARMLESS))

    def cut_off() -> bool:
        raise KeyboardInterrupt

    with monkeypatch.context() as cut:
        cut.setattr(type(platform.iteration), "write_now", lambda _self: cut_off())
        with pytest.raises(KeyboardInterrupt):
            approve(platform, people[1], release, SHADOW)
    assert standing(platform) == Standing(old, revision=1)
    assert states(platform) == [LIVE, SHADOW]
    wanted = Standing(old, shadow=Shadow(release.snapshot_id, release.id), revision=2)
    platform.worker._run_one()
    assert standing(platform) == wanted
    for rubbish in ("rubbish", old, "", '{"schema":1}'):
        (platform.settings.home / "snapshots" / "current").write_text(rubbish)
        platform.iteration.start()
        assert standing(platform) == wanted
    (platform.settings.home / "snapshots" / "current").unlink()
    platform.iteration.start()
    assert standing(platform) == wanted


def test_what_was_signed_cannot_be_changed_afterwards(platform: Platform, people: list[Actor]) -> None:
    release = walk_to_live(platform, people, compiled(platform, HARMLESS))
    platform.iteration.roll_back(actor=people[0], release_id=release, reason="投诉增多")
    with platform.database.read() as conn:
        known = [one.id for one in queries.list_releases(conn)]
    assert [platform.iteration.details(actor=people[0], release_id=one).problems for one in known] == [(), ()]
    changes = {
        "UPDATE rule_releases SET share_bp = 1 WHERE id = :id": ["draft", "shadow", "canary", "live", "rolled_back"],
        "UPDATE release_steps SET by = :other WHERE release_id = :id AND number = 3": ["canary"],
        "UPDATE release_steps SET signature = NULL WHERE release_id = :id AND number = 2": ["shadow"],
        "UPDATE release_steps SET to_state = 'canary' WHERE release_id = :id AND number = 2": ["canary"],
    }
    for statement, broken in changes.items():
        with platform.database.engine.begin() as conn:
            conn.execute(text(statement), {"id": release, "other": people[1].account_id} if ":other" in statement else {"id": release})
            problems = queries.signature_problems(
                conn, vault=platform.vault, release_id=release, trusted_key=platform.signer.public_key_b64
            )
            conn.rollback()
        assert [problem.split("(")[1].split(")")[0] for problem in problems] == broken, statement


def test_a_comparison_that_comes_late_says_nothing_any_more(platform: Platform, people: list[Actor]) -> None:
    """Over a live snapshot that is gone, or for a stage or a release that is over."""
    old = platform.snapshots.get().id
    release = propose(platform, people[0], compiled(platform, HARMLESS))
    approve(platform, people[1], release, SHADOW)
    claim_id = hand_in(platform, 3)
    for stage, base_id, release_id in ((SHADOW, "f" * 64, release.id), (CANARY, old, release.id), (SHADOW, old, "unknown")):
        late = Comparison(release_id, claim_id, 1, stage, base_id, failed="rules.executions_disagree")
        with platform.database.write() as conn:
            assert trials.record_comparison(conn, desk=platform.iteration.desk, comparison=late, at=platform.clock.now()) is None
    with platform.database.read() as conn:
        assert queries.list_comparisons(conn, release_id=release.id) == []


def test_a_place_that_cannot_be_written_stops_nobody_and_is_written_later(platform: Platform, people: list[Actor]) -> None:
    old, pointer = platform.snapshots.get().id, platform.settings.home / "snapshots" / "current"
    release = propose(platform, people[0], compiled(platform, HARMLESS))
    pointer.unlink()
    pointer.mkdir()
    assert approve(platform, people[1], release, SHADOW).state is SHADOW
    assert (platform.snapshots.get().id, platform.snapshots.problem is None) == (old, False)
    claim_id = hand_in(platform, 3)
    platform.worker.run_due()
    assert get_claim(platform, claim_id).state is ClaimState.PAID
    pointer.rmdir()
    platform.iteration.start()
    assert standing(platform) == Standing(old, shadow=Shadow(release.snapshot_id, release.id), revision=2)


def disagreeing(*_: Any) -> Any:
    """Machine code that gives another answer than the reference."""
    raise RulesDisagree("two executions differ")


def test_executions_that_differ_are_a_failure_of_what_is_on_trial_only(
    platform: Platform, people: list[Actor], monkeypatch: pytest.MonkeyPatch
) -> None:
    old, new = platform.snapshots.get().id, compiled(platform, HARMLESS)
    release = propose(platform, people[0], new)
    approve(platform, people[1], release, SHADOW)
    for number in (3, 4):
        hand_in(platform, number)
    platform.worker.run_due()
    approve(platform, people[2], release, CANARY)
    monkeypatch.setattr(execution, "_ready", [disagreeing])
    claim_id = hand_in(platform, 5)
    platform.worker.run_due()
    assert (judged_by(platform, claim_id), get_claim(platform, claim_id).state) == (old, ClaimState.PAID)
    with platform.database.read() as conn:
        [failed] = queries.list_comparisons(conn, release_id=release.id, stage=CANARY)
        (*_, last) = queries.list_steps(conn, vault=platform.vault, release_id=release.id)
    assert (failed.failed, last.to_state, last.cause) == ("rules.executions_disagree", ReleaseState.ROLLED_BACK, "failed")


def test_a_failure_in_shadow_blocks_the_next_step_for_good(
    platform: Platform, people: list[Actor], monkeypatch: pytest.MonkeyPatch
) -> None:
    old = platform.snapshots.get().id
    release = propose(platform, people[0], compiled(platform, HARMLESS))
    approve(platform, people[1], release, SHADOW)
    with monkeypatch.context() as differing:
        differing.setattr(execution, "_ready", [disagreeing])
        first = hand_in(platform, 3)
        platform.worker.run_due()
    for number in (4, 5):
        hand_in(platform, number)
    platform.worker.run_due()
    assert get_claim(platform, first).state is ClaimState.PAID
    assert figures(platform, release.id, SHADOW, old) == Figures(compared=2, failed=1, settled_base=2, settled_new=2)
    with pytest.raises(ReleaseConflict, match="it failed while judging"):
        approve(platform, people[2], release, CANARY)


def test_a_repeated_comparison_counts_once(platform: Platform, people: list[Actor]) -> None:
    old = platform.snapshots.get().id
    release = propose(platform, people[0], compiled(platform, HARMFUL))
    approve(platform, people[1], release, SHADOW)
    claim_id = hand_in(platform, 3)
    platform.worker.run_due()
    counted = figures(platform, release.id, SHADOW, old)
    assert counted == Figures(compared=1, differing=1, hits_differ=1, lane_differ=1, settled_base=1)
    with platform.database.write() as conn:
        from anpei.engines import jobs

        jobs.enqueue(conn, kind="iteration.compare", payload={"claim_id": claim_id, "round": 1})
    platform.worker.run_due()
    assert figures(platform, release.id, SHADOW, old) == counted
    with platform.database.read() as conn:
        [notice] = queries.list_notices(conn, account_id=people[1].account_id)
    assert (notice.kind, notice.cause) == ("bound_broken", Cause.AUTOMATION)
