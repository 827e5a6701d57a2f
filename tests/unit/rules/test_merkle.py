"""Stored Merkle trees: the same roots and paths as the plain tree, whatever the number of leaves."""

from pathlib import Path

import pytest

from anpei.kernel.canonical import MerkleTree
from anpei.rules.columns import ColumnWriter, open_columns
from anpei.rules.snapshots.merkle import StoredTree, TreeWriter, leaf_hash_of
from anpei.rules.snapshots.verification import path_holds


@pytest.mark.parametrize("count", [0, 1, 2, 3, 15, 16, 17, 31, 32, 33, 48, 49, 255, 256, 257, 700])
def test_a_stored_tree_is_the_plain_tree(tmp_path: Path, count: int) -> None:
    leaves = [leaf_hash_of(str(number).encode()) for number in range(count)]
    plain = MerkleTree([leaf.hex() for leaf in leaves])
    tree = TreeWriter()
    for leaf in leaves:
        tree.add(leaf)
    with ColumnWriter(tmp_path) as writer:
        root = tree.finish(writer, "tree")
        column = open_columns(tmp_path, writer.close())["tree"]
    assert (root, tree.leaves) == (plain.root, count)
    stored = StoredTree(column, count, lambda number: leaves[number])
    for number in range(count):
        path = stored.path(number)
        assert path == plain.path(number)
        assert path_holds(leaf=leaves[number].hex(), path=path, root=root, leaves=count)
    with pytest.raises(IndexError, match=f"no leaf {count} in a tree of {count}"):
        stored.path(count)
