"""The canonical form is one form, and a Merkle tree is that of RFC 6962, with paths that hold for their leaf only."""

import hashlib
import json
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from anpei.kernel.canonical import MerkleTree, canonical, digest, leaf_hash

TEXT = st.text(st.characters(exclude_categories=["Cs"]), max_size=12)
SCALAR = st.none() | st.booleans() | st.integers() | TEXT
PLAIN: st.SearchStrategy[Any] = st.recursive(
    SCALAR, lambda inner: st.lists(inner, max_size=4) | st.dictionaries(TEXT, inner, max_size=4), max_leaves=12
)
LEAVES = st.lists(st.integers(), min_size=1, max_size=40).map(lambda values: [leaf_hash(value) for value in values])


def shuffled(data: Any) -> Any:
    """The same data, keys put in the other way round."""
    if isinstance(data, dict):
        return {key: shuffled(data[key]) for key in reversed(list(data))}
    return [shuffled(value) for value in data] if isinstance(data, list) else data


def rfc6962(leaves: list[str]) -> bytes:
    """MTH of RFC 6962 section 2.1, by its recursive definition."""
    if len(leaves) == 1:
        return bytes.fromhex(leaves[0])
    half = 1
    while half * 2 < len(leaves):
        half *= 2
    return hashlib.sha256(b"\x01" + rfc6962(leaves[:half]) + rfc6962(leaves[half:])).digest()


@given(PLAIN)
def test_it_reads_back_and_knows_no_order_of_keys(data: Any) -> None:
    form = canonical(data)
    assert json.loads(form) == data
    assert canonical(shuffled(data)) == form
    assert canonical(json.loads(form)) == form


@given(PLAIN, PLAIN)
def test_different_data_have_different_digests(one: Any, other: Any) -> None:
    assert (digest(one) == digest(other)) == (json.dumps(one, sort_keys=True) == json.dumps(other, sort_keys=True))


@given(PLAIN, st.floats())
def test_a_float_is_refused_wherever_it_hides(data: Any, number: float) -> None:
    with pytest.raises(TypeError, match=r"at \$\.deep\[1\]\.here: use integers"):
        canonical({"deep": [data, {"here": number}]})


@given(LEAVES)
def test_the_root_is_that_of_the_rfc(leaves: list[str]) -> None:
    assert MerkleTree(leaves).root == rfc6962(leaves).hex()


@given(LEAVES, st.data())
def test_a_path_leads_from_its_leaf_to_the_root(leaves: list[str], data: st.DataObject) -> None:
    tree = MerkleTree(leaves)
    index = data.draw(st.integers(min_value=0, max_value=len(leaves) - 1))
    path = tree.path(index)
    assert path.root(leaves[index]) == tree.root
    assert path.root(leaf_hash("another")) != tree.root
    assert len(path.siblings) <= (len(leaves) - 1).bit_length()


@given(LEAVES, st.data())
def test_one_changed_leaf_changes_the_root(leaves: list[str], data: st.DataObject) -> None:
    index = data.draw(st.integers(min_value=0, max_value=len(leaves) - 1))
    changed = [*leaves[:index], leaf_hash("another"), *leaves[index + 1 :]]
    assert MerkleTree(changed).root != MerkleTree(leaves).root
