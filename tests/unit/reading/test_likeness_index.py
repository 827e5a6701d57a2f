"""The similarity index: exact against looking at everything, durable, and whole again after crashes and damage."""

from pathlib import Path
from random import Random

import cv2
import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from anpei.reading._sight.page import perceptual_hash
from anpei.reading._sight.upright import turn
from anpei.reading.likeness import HashUnfit, IndexDamaged, IndexInUse, LikenessIndex, Near, SegmentDamaged
from anpei.reading.likeness import index as index_module
from anpei.reading.likeness._chunks import BITS, buckets, candidates, distances, reach, words_of
from anpei.reading.likeness._segment import Segment, write_segment
from anpei.reading.likeness.turning import turned_hash
from tests.unit.reading.conftest import sample


def flipped(image_hash: str, rng: Random, bits: int) -> str:
    value = int(image_hash, 16)
    for bit in rng.sample(range(BITS), bits):
        value ^= 1 << bit
    return f"{value:064x}"


def apart(one: str, other: str) -> int:
    return (int(one, 16) ^ int(other, 16)).bit_count()


def family(seed: int, count: int) -> list[str]:
    """Hashes that cluster: some roots, and others a few to many bits away, so that the edges of a distance are met."""
    rng = Random(seed)
    roots = [f"{rng.getrandbits(BITS):064x}", "0" * 64, "f" * 64, f"{rng.getrandbits(64):064x}"]
    return [flipped(rng.choice(roots), rng, rng.randrange(0, 90)) for _ in range(count)]


def brute(pages: dict[str, str], asked: str, within: int) -> list[tuple[int, str]]:
    return sorted((apart(asked, known), page_id) for page_id, known in pages.items() if apart(asked, known) <= within)


def found(index: LikenessIndex, asked: str, within: int) -> list[tuple[int, str]]:
    return [(near.distance, near.page_id) for near in index.near(image_hash=asked, within=within)]


@given(seed=st.integers(0, 10**9), within=st.integers(0, 60), bits=st.integers(0, 70))
def test_looking_by_chunks_finds_exactly_what_looking_at_all_finds(seed: int, within: int, bits: int) -> None:
    looks_exactly(seed=seed, within=within, bits=bits, chunks=32)


@pytest.mark.parametrize("chunks", [13, 16])
def test_so_do_the_cuts_that_large_segments_use(chunks: int) -> None:
    looks_exactly(seed=5, within=45, bits=30, chunks=chunks)


def looks_exactly(*, seed: int, within: int, bits: int, chunks: int) -> None:
    hashes, rng = family(seed, 120), Random(seed)
    rows = np.array([words_of(each) for each in hashes])
    asked = words_of(flipped(rng.choice(hashes), rng, bits))
    order = np.array(rng.sample(range(BITS), BITS), dtype=np.uint8)
    begins, members = buckets(rows, order, chunks)
    looked = candidates(asked, within, order=order, chunks=chunks, begins=begins, members=members, most=10**9)
    assert looked is not None
    near = {int(row) for row in looked if distances(rows[[row]], asked)[0] <= within}
    assert near == {int(row) for row in np.flatnonzero(distances(rows, asked) <= within)}


@pytest.mark.parametrize("chunks", [16, 32])
def test_a_segment_of_every_cut_answers_exactly_also_where_buckets_do_not_suffice(tmp_path: Path, chunks: int) -> None:
    hashes, rng = family(chunks, 3000), Random(chunks)
    pages = {f"p{place}": each for place, each in enumerate(hashes)}
    path = tmp_path / "segment-00000001.bin"
    sealed = write_segment(path, ids=list(pages), hashes=np.array([words_of(each) for each in hashes]), chunks=chunks)
    segment = Segment(path, sha256=sealed)
    for within in (0, 20, 45, reach(chunks), reach(chunks) + 1, 256):
        asked = flipped(rng.choice(hashes), rng, 25)
        got = sorted((distance, segment.page_id(row)) for row, distance in segment.near(words_of(asked), within))
        assert got == brute(pages, asked, within)


def test_a_hash_and_its_opposite_are_256_bits_apart() -> None:
    assert distances(words_of("0" * 64).reshape(1, 4), words_of("f" * 64)).tolist() == [256]


@settings(max_examples=25)
@given(seed=st.integers(0, 10**9))
def test_adding_replacing_removing_and_publishing_in_any_order_is_like_a_dictionary(
    tmp_path_factory: pytest.TempPathFactory, seed: int
) -> None:
    rng, pages = Random(seed), dict[str, str]()
    hashes = family(seed, 12)
    folder = tmp_path_factory.mktemp("index")
    index = LikenessIndex(folder)
    for _ in range(25):
        page_id, action = f"p{rng.randrange(8)}", rng.randrange(10)
        if action < 5:
            pages[page_id] = rng.choice(hashes)
            index.add(page_id=page_id, image_hash=pages[page_id])
        elif action < 7:
            assert index.remove(page_id=page_id) is (pages.pop(page_id, None) is not None)
        elif action == 7:
            index.publish(whole=rng.random() < 0.3)
        elif action == 8:
            index.close()
            index = LikenessIndex(folder)
        else:
            more = [(f"p{rng.randrange(8)}", rng.choice(hashes)) for _ in range(3)]
            index.add_all(more)
            pages.update(more)
        assert found(index, hashes[0], 256) == brute(pages, hashes[0], 256)
        assert len(index) == len(pages)
    index.close()


def test_the_nearest_comes_first_and_a_limit_keeps_the_nearest(tmp_path: Path) -> None:
    rng, root = Random(1), f"{Random(1).getrandbits(BITS):064x}"
    with LikenessIndex(tmp_path / "i") as index:
        for bits in (45, 3, 46, 0):
            index.add(page_id=f"at-{bits}", image_hash=flipped(root, rng, bits))
        assert index.near(image_hash=root, within=45) == (Near("at-0", 0), Near("at-3", 3), Near("at-45", 45))
        assert index.near(image_hash=root, within=45, limit=1) == (Near("at-0", 0),)


def test_a_full_log_becomes_a_segment_by_itself(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(index_module, "TAIL_LIMIT", 3)
    with LikenessIndex(tmp_path / "i") as index:
        for number in range(7):
            index.add(page_id=f"p{number}", image_hash=f"{number:064x}")
        assert len(index) == 7
    assert sorted(path.name.split("-")[0] for path in (tmp_path / "i").glob("*-*")) == ["segment", "tail"]


def test_a_removed_page_is_gone_from_the_disk_after_a_whole_publication(tmp_path: Path) -> None:
    with LikenessIndex(tmp_path / "i") as index:
        index.add_all([(f"page-{number:04d}", f"{number:064x}") for number in range(9)])
        index.remove(page_id="page-0003")
        assert any(b"page-0003" in path.read_bytes() for path in (tmp_path / "i").iterdir())
        index.publish(whole=True)
        assert not any(b"page-0003" in path.read_bytes() for path in (tmp_path / "i").iterdir())


def test_a_page_turned_is_found_when_it_is_asked_for_turned(tmp_path: Path) -> None:
    upright = cv2.imdecode(np.frombuffer(sample("outpatient_receipt/known-a").data, np.uint8), cv2.IMREAD_COLOR)
    assert upright is not None
    past = perceptual_hash(np.asarray(upright, dtype=np.uint8))
    with LikenessIndex(tmp_path / "i") as index:
        index.add(page_id="past", image_hash=past)
        for rotation in (90, 180, 270):
            asked = perceptual_hash(turn(np.asarray(upright, dtype=np.uint8), rotation))
            assert index.near(image_hash=asked, within=45) == ()
            (near,) = index.near(image_hash=asked, within=45, turned=True)
            assert (near.page_id, near.rotation) == ("past", 360 - rotation)


@pytest.mark.parametrize(("first", "second"), [(90, 270), (180, 180), (270, 90), (0, 0)])
def test_turning_there_and_back_is_nothing(first: int, second: int) -> None:
    root = f"{Random(9).getrandbits(BITS):064x}"
    once = turned_hash(image_hash=root, rotation=first)
    assert turned_hash(image_hash=once, rotation=second) == root
    assert turned_hash(image_hash=turned_hash(image_hash=root, rotation=90), rotation=90) == turned_hash(image_hash=root, rotation=180)


# --- files ------------------------------------------------------------------------------------------------------------


def built(folder: Path) -> None:
    """Two segments (the larger one first) and a log."""
    with LikenessIndex(folder) as index:
        index.add_all([(f"old-{number}", f"{number:064x}") for number in range(40)])
        index.add_all([(f"mid-{number}", f"{number + 100:064x}") for number in range(8)])
        index.add(page_id="new", image_hash="f" * 64)


def test_a_damaged_segment_is_refused_by_name_and_the_rest_works(tmp_path: Path) -> None:
    built(tmp_path / "i")
    path = min((tmp_path / "i").glob("segment-*"))
    whole = path.read_bytes()
    path.write_bytes(whole[:700] + bytes([whole[700] ^ 1]) + whole[701:])
    with LikenessIndex(tmp_path / "i") as index:
        assert [error.data["file"] for error in index.damaged] == [path.name]
        assert len(index) == 9
        assert found(index, f"{100:064x}", 0) == [(0, "mid-0")]
        with pytest.raises(SegmentDamaged, match=path.name):
            index.remove(page_id="old-1")
        index.publish(whole=True)
    path.write_bytes(whole)
    with LikenessIndex(tmp_path / "i") as index:
        assert (index.damaged, len(index)) == ((), 49)


def test_a_missing_segment_is_refused_by_name(tmp_path: Path) -> None:
    built(tmp_path / "i")
    path = max((tmp_path / "i").glob("segment-*"))
    path.unlink()
    with LikenessIndex(tmp_path / "i") as index:
        assert [(error.code, error.data["file"]) for error in index.damaged] == [("likeness.segment_damaged", path.name)]
        assert len(index) == 41


@pytest.mark.parametrize("lost", [1, 5, 40, 47])
def test_what_a_crash_left_half_written_at_the_end_of_the_log_is_cut_off(tmp_path: Path, lost: int) -> None:
    with LikenessIndex(tmp_path / "i") as index:
        index.add(page_id="first", image_hash="0" * 64)
        index.add(page_id="crashed", image_hash="1" * 64)
    (tail,) = (tmp_path / "i").glob("tail-*")
    tail.write_bytes(tail.read_bytes()[:-lost])
    with LikenessIndex(tmp_path / "i") as index:
        assert (index.damaged, found(index, "0" * 64, 256)) == ((), [(0, "first")])
        index.add(page_id="after", image_hash="0" * 64)
    with LikenessIndex(tmp_path / "i") as index:
        assert found(index, "0" * 64, 256) == [(0, "after"), (0, "first")]


def test_zeros_that_a_crash_left_at_the_end_of_the_log_are_cut_off(tmp_path: Path) -> None:
    with LikenessIndex(tmp_path / "i") as index:
        index.add(page_id="first", image_hash="0" * 64)
    (tail,) = (tmp_path / "i").glob("tail-*")
    tail.write_bytes(tail.read_bytes() + bytes(96))
    with LikenessIndex(tmp_path / "i") as index:
        index.add(page_id="after", image_hash="0" * 64)
        assert (index.damaged, found(index, "0" * 64, 0)) == ((), [(0, "after"), (0, "first")])


def test_damage_inside_the_log_is_refused_by_name_and_kept_aside(tmp_path: Path) -> None:
    with LikenessIndex(tmp_path / "i") as index:
        for name in ("first", "second", "third"):
            index.add(page_id=name, image_hash="0" * 64)
    (tail,) = (tmp_path / "i").glob("tail-*")
    data = bytearray(tail.read_bytes())
    data[len(data) // 2] ^= 1
    tail.write_bytes(bytes(data))
    with LikenessIndex(tmp_path / "i") as index:
        assert [error.data["file"] for error in index.damaged] == [tail.name]
        index.add(page_id="fourth", image_hash="0" * 64)
        assert found(index, "0" * 64, 0) == [(0, "first"), (0, "fourth")]
        assert index.damaged == ()
    assert tail.with_suffix(".damaged").read_bytes() == bytes(data)


def test_a_publication_that_never_came_to_its_end_leaves_the_old_state(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    built(tmp_path / "i")
    names = {path.name for path in (tmp_path / "i").iterdir()}
    with LikenessIndex(tmp_path / "i") as index:
        monkeypatch.setattr(LikenessIndex, "_write_manifest", lambda *_: (_ for _ in ()).throw(OSError("power")))
        with pytest.raises(OSError, match="power"):
            index.publish(whole=True)
    monkeypatch.undo()
    assert len({path.name for path in (tmp_path / "i").iterdir()} - names) == 1
    with LikenessIndex(tmp_path / "i") as index:
        assert (len(index), index.damaged) == (49, ())
    assert {path.name for path in (tmp_path / "i").iterdir()} == names


def test_a_changed_manifest_is_refused(tmp_path: Path) -> None:
    built(tmp_path / "i")
    manifest = tmp_path / "i" / "manifest.json"
    manifest.write_text(manifest.read_text().replace('"number": 2', '"number": 1'))
    with pytest.raises(IndexDamaged, match=r"manifest\.json is not what was written"):
        LikenessIndex(tmp_path / "i")


def test_one_process_writes_and_others_read_on(tmp_path: Path) -> None:
    with LikenessIndex(tmp_path / "i") as writer:
        with pytest.raises(IndexInUse):
            LikenessIndex(tmp_path / "i")
        reader = LikenessIndex(tmp_path / "i", writable=False)
        with pytest.raises(IndexInUse):
            reader.add(page_id="p", image_hash="0" * 64)
        writer.add(page_id="a", image_hash="0" * 64)
        assert found(reader, "0" * 64, 0) == []
        reader.refresh()
        assert found(reader, "0" * 64, 0) == [(0, "a")]
        writer.publish()
        writer.remove(page_id="a")
        reader.refresh()
        assert found(reader, "0" * 64, 0) == []
    LikenessIndex(tmp_path / "i").close()


@pytest.mark.parametrize("bad", ["", "0" * 63, "g" * 64, "0" * 65, "0" * 64 + "\n"])
def test_what_is_no_hash_is_refused(tmp_path: Path, bad: str) -> None:
    with LikenessIndex(tmp_path / "i") as index:
        with pytest.raises(HashUnfit):
            index.add(page_id="p", image_hash=bad)
        with pytest.raises(HashUnfit):
            index.near(image_hash=bad, within=45)
        assert len(index) == 0


def test_odd_ids_and_distances_are_refused(tmp_path: Path) -> None:
    with LikenessIndex(tmp_path / "i") as index:
        for page_id in ("", "长" * 67):
            with pytest.raises(HashUnfit):
                index.add(page_id=page_id, image_hash="0" * 64)
        with pytest.raises(HashUnfit):
            index.near(image_hash="0" * 64, within=257)
