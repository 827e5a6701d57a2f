"""The canonical bytes, as golden values: a change here breaks every proof that was ever signed."""

import hashlib

import pytest

from anpei.kernel.canonical import MerklePath, MerkleTree, canonical, commitment, digest, leaf_hash


def test_the_bytes_are_fixed() -> None:
    data = {"b": [1, True, None, "赔"], "a": {"z": '\n"\\', "é": -7}, "": ()}
    assert canonical(data) == '{"":[],"a":{"z":"\\n\\"\\\\","é":-7},"b":[1,true,null,"赔"]}'.encode()
    assert digest({"a": 1}) == hashlib.sha256(b'{"a":1}').hexdigest()


@pytest.mark.parametrize("data", [1.0, {"a": [float("nan")]}, {1: "a"}, {"a": {2, 3}}, {"a": b"x"}, object()])
def test_what_has_no_one_form_is_refused(data: object) -> None:
    with pytest.raises(TypeError):
        canonical(data)


def test_hashes_are_fixed() -> None:
    assert leaf_hash([]) == hashlib.sha256(b"\x00[]").hexdigest()
    assert MerkleTree([]).root == hashlib.sha256(b"").hexdigest()
    one, two, three = (leaf_hash(n) for n in (1, 2, 3))
    node = hashlib.sha256(b"\x01" + bytes.fromhex(one) + bytes.fromhex(two)).hexdigest()
    assert MerkleTree([one, two]).root == node
    assert MerkleTree([one, two, three]).root == hashlib.sha256(b"\x01" + bytes.fromhex(node) + bytes.fromhex(three)).hexdigest()
    assert MerkleTree([one, two, three]).path(2) == MerklePath(index=2, siblings=(("L", node),))
    assert MerkleTree([one, two, three]).path(0) == MerklePath(index=0, siblings=(("R", two), ("R", three)))


@pytest.mark.parametrize("index", [-1, 2])
def test_there_is_no_path_of_a_leaf_that_is_not_there(index: int) -> None:
    with pytest.raises(IndexError, match=f"no leaf {index} in a tree of 2"):
        MerkleTree([leaf_hash(1), leaf_hash(2)]).path(index)


def test_a_leaf_never_passes_for_a_node() -> None:
    one, two = leaf_hash(1), leaf_hash(2)
    assert leaf_hash(one + two) != MerkleTree([one, two]).root


def test_a_commitment_depends_on_salt_and_value_only() -> None:
    assert commitment(salt="s", value="v") == hashlib.sha256(b"anpei.commitment\x00s\x00v").hexdigest()
    assert commitment(salt="s", value="v") == commitment(salt="s", value="v")
    assert len({commitment(salt=salt, value=value) for salt, value in (("s", "v"), ("t", "v"), ("s", "w"))}) == 3
