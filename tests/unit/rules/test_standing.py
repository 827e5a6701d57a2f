"""What is in use: one document with its own digest, and which snapshot judges a case."""

import json

import pytest

from anpei.rules.damage import SnapshotDamaged
from anpei.rules.snapshots.standing import Canary, Shadow, Standing, StandingInvalid, is_drawn

LIVE, TRIAL, BESIDE = "a" * 64, "b" * 64, "c" * 64
WHOLE = Standing(LIVE, Canary(TRIAL, 500, "release-1"), Shadow(BESIDE, "release-2"), 7)


@pytest.mark.parametrize("standing", [Standing(LIVE), WHOLE, Standing(LIVE, shadow=Shadow(BESIDE, "r"), revision=1)])
def test_the_document_comes_back_as_it_was_written(standing: Standing) -> None:
    assert Standing.from_bytes(standing.to_bytes()) == standing


def test_the_document_is_canonical_and_carries_its_digest() -> None:
    text = WHOLE.to_bytes().decode()
    assert text.startswith('{"canary":{"release":"release-1","share_bp":500,"snapshot":"bbb')
    assert json.loads(text)["digest"] == "6d5c91db6d1e0f777b30119f571031eca39edfc086f27436ac4a5dd7d33e4120"


def test_a_plain_id_is_the_older_form() -> None:
    assert Standing.from_bytes(f"{LIVE}\n".encode()) == Standing(LIVE)


@pytest.mark.parametrize(
    ("changed", "said"),
    [
        ({"live": BESIDE}, "does not carry the digest"),
        ({"schema": 2}, "has schema 2, this version reads 1"),
        ({"digest": "0" * 64}, "does not carry the digest"),
        ({"canary": None}, "does not carry the digest"),
    ],
)
def test_a_changed_document_is_damaged(changed: dict[str, object], said: str) -> None:
    data = json.loads(WHOLE.to_bytes()) | changed
    with pytest.raises(SnapshotDamaged, match=said):
        Standing.from_bytes(json.dumps(data).encode())


def test_no_part_of_the_document_can_be_cut_off() -> None:
    data = WHOLE.to_bytes().strip()
    for end in range(len(data)):
        with pytest.raises(SnapshotDamaged):
            Standing.from_bytes(data[:end])


@pytest.mark.parametrize("text", ["", "rubbish", "{}", "[]", "{" * 100_000, '{"digest": 1}', "a" * 63, "A" * 64])
def test_rubbish_is_damaged(text: str) -> None:
    with pytest.raises(SnapshotDamaged):
        Standing.from_bytes(text.encode())


@pytest.mark.parametrize("share", [-1, 10_001])
def test_a_share_lies_in_0_to_10000(share: int) -> None:
    with pytest.raises(StandingInvalid, match=f"the share {share} lies outside of 0 to 10000"):
        Standing(LIVE, Canary(TRIAL, share, "r"))


def test_one_snapshot_stands_in_one_place() -> None:
    for double in ({"canary": Canary(LIVE, 1, "r")}, {"shadow": Shadow(LIVE, "r")}):
        with pytest.raises(StandingInvalid, match="stands in two places"):
            Standing(LIVE, **double)  # type: ignore[arg-type]
    with pytest.raises(StandingInvalid, match="stands in two places"):
        Standing(LIVE, Canary(TRIAL, 1, "r"), Shadow(TRIAL, "q"))
    with pytest.raises(StandingInvalid, match="is no snapshot's id"):
        Standing("current")


def test_the_draw_of_a_case_is_fixed() -> None:
    """By sha256 of release, a zero byte and case, modulo 10,000: a change would move cases in the middle of a trial."""
    assert not is_drawn("case-1", release_id="release-1", share_bp=1453)
    assert is_drawn("case-1", release_id="release-1", share_bp=1454)


def test_the_ends_of_the_share() -> None:
    cases = [f"case-{number}" for number in range(200)]
    assert not any(is_drawn(case, release_id="r", share_bp=0) for case in cases)
    assert all(is_drawn(case, release_id="r", share_bp=10_000) for case in cases)
    standing = Standing(LIVE, Canary(TRIAL, 10_000, "r"))
    assert {standing.snapshot_for(case) for case in cases} == {TRIAL}
    assert {Standing(LIVE).snapshot_for(case) for case in cases} == {LIVE}
