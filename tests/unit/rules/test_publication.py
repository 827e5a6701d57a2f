"""Readers of what is in use: the share on trial, damage, old snapshots by id; and writers who agree on the newest truth."""

from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from threading import Barrier

import pytest

from anpei.kernel.errors import NotFound
from anpei.rules.damage import SnapshotDamaged
from anpei.rules.snapshots.publication import CurrentSnapshot, publish_snapshot, read_standing, settle_standing, write_standing
from anpei.rules.snapshots.standing import Canary, Shadow, Standing
from tests.factories import cases


@pytest.fixture
def root(tmp_path: Path) -> Path:
    """A root folder with four snapshots, of which none is published."""
    folder = tmp_path / "snapshots"
    for number in range(4):
        cases.snapshot(folder, *(cases.sex_row(f"00999999999999{each}", "M") for each in range(number)))
    return folder


@pytest.fixture
def ids(root: Path) -> list[str]:
    """Their ids."""
    return sorted(path.name for path in root.iterdir() if path.is_dir())


def on_trial(root: Path, ids: list[str], share_bp: int = 5000) -> Standing:
    """The first is live, the second on trial for a share."""
    standing = Standing(ids[0], Canary(ids[1], share_bp, "release-1"))
    write_standing(root, standing)
    return standing


def test_each_case_is_judged_by_the_snapshot_of_its_share(root: Path, ids: list[str]) -> None:
    standing, reader = on_trial(root, ids), CurrentSnapshot(root)
    judged = {f"case-{number}": reader.choose(f"case-{number}") for number in range(60)}
    assert {case: chosen.snapshot.id for case, chosen in judged.items()} == {case: standing.snapshot_for(case) for case in judged}
    assert {(chosen.snapshot.id, chosen.canary is not None, chosen.problem) for chosen in judged.values()} == {
        (ids[0], False, None), (ids[1], True, None),
    }  # fmt: skip
    assert reader.get().id == ids[0]
    assert reader.standing == standing


def test_a_trial_that_ends_is_followed_between_two_cases(root: Path, ids: list[str]) -> None:
    on_trial(root, ids, 10_000)
    reader = CurrentSnapshot(root)
    assert reader.choose("case").snapshot.id == ids[1]
    write_standing(root, Standing(ids[0], shadow=Shadow(ids[1], "release-1")))
    assert reader.choose("case").snapshot.id == ids[0]
    publish_snapshot(root=root, snapshot_id=ids[2])
    assert reader.choose("case").snapshot.id == ids[2]


def test_a_damaged_snapshot_on_trial_leaves_its_cases_to_the_live_one(root: Path, ids: list[str]) -> None:
    on_trial(root, ids, 10_000)
    kept = (root / ids[1] / "templates.jsonl").read_bytes()
    (root / ids[1] / "templates.jsonl").write_bytes(b"")
    reader = CurrentSnapshot(root)
    for _ in range(2):
        chosen = reader.choose("case")
        assert (chosen.snapshot.id, chosen.problem) == (ids[0], "rules.snapshot_damaged")
        assert chosen.canary == Canary(ids[1], 10_000, "release-1")
    assert reader.problem is None
    (root / ids[1] / "templates.jsonl").write_bytes(kept)
    write_standing(root, Standing(ids[0], Canary(ids[1], 10_000, "release-2")))
    assert (reader.choose("case").snapshot.id, reader.choose("case").problem) == (ids[1], None)


def test_while_the_live_one_is_refused_nothing_is_on_trial(root: Path, ids: list[str]) -> None:
    publish_snapshot(root=root, snapshot_id=ids[3])
    reader = CurrentSnapshot(root)
    reader.get()
    (root / ids[0] / "templates.jsonl").write_bytes(b"")
    on_trial(root, ids, 10_000)
    chosen = reader.choose("case")
    assert (chosen.snapshot.id, chosen.canary) == (ids[3], None)
    assert "templates.jsonl" in str(reader.problem)


def test_old_snapshots_open_by_id_and_a_few_stay_open(root: Path, ids: list[str]) -> None:
    publish_snapshot(root=root, snapshot_id=ids[0])
    reader = CurrentSnapshot(root, keep=2)
    first = reader.open(ids[1])
    assert reader.open(ids[1]) is first
    reader.open(ids[2])
    reader.open(ids[3])
    assert reader.open(ids[1]) is not first
    assert reader.open(ids[1]).id == ids[1]
    with pytest.raises(NotFound, match="there is no snapshot ffff"):
        reader.open("f" * 64)
    with pytest.raises(NotFound, match="there is no snapshot"):
        reader.open("../snapshots")


def test_a_document_that_cannot_be_read_is_damage(root: Path, ids: list[str]) -> None:
    publish_snapshot(root=root, snapshot_id=ids[0])
    reader = CurrentSnapshot(root)
    held = reader.get()
    (root / "current").unlink()
    (root / "current").mkdir()
    assert reader.get() is held
    assert "cannot be read (IsADirectoryError)" in str(reader.problem)
    with pytest.raises(SnapshotDamaged):
        CurrentSnapshot(root).get()


def test_what_is_true_is_written_when_the_document_says_anything_else(root: Path, ids: list[str]) -> None:
    truth = Standing(ids[0], revision=3)
    assert settle_standing(root, wanted=lambda held: truth if held is None else None) is True
    assert settle_standing(root, wanted=lambda held: truth) is False
    assert settle_standing(root, wanted=lambda held: None) is False
    (root / "current").write_text("rubbish")
    assert settle_standing(root, wanted=lambda held: None) is False
    assert settle_standing(root, wanted=lambda held: truth) is True
    assert read_standing(root) == truth
    assert sorted(path.name for path in root.iterdir() if not path.is_dir()) == [".standing-lock", "current"]


def test_writers_at_once_leave_the_newest_truth(root: Path, ids: list[str]) -> None:
    """Each raises the truth, then writes what is true when it is its turn: whoever is last writes the newest."""
    revisions, gate = [0], Barrier(8)

    def step(_number: int) -> None:
        gate.wait(timeout=30)
        revisions.append(len(revisions))
        settle_standing(root, wanted=lambda _held: Standing(ids[0], revision=max(revisions)))

    with ThreadPoolExecutor(8) as pool:
        list(pool.map(step, range(8)))
    assert read_standing(root).revision == max(revisions)
