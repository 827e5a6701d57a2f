"""Merkle trees over many leaves (RFC 6962): written as they stream by, their upper levels stored in a column.

The column of a tree holds the levels from ``STORED`` up, one after the other, 32 bytes a node; what is below is computed again from the
leaves when a path is asked for. So a tree costs an eighth of a byte for each entry of a block of 32.
"""

import hashlib
from collections.abc import Callable, Sequence

import numpy as np

from anpei.kernel.canonical import MerklePath, MerkleTree
from anpei.rules.columns import Array, ColumnWriter

STORED = 4
_GROUP = 1 << STORED


def leaf_hash_of(content: bytes) -> bytes:
    """The hash of a leaf; its prefix keeps leaves and nodes apart."""
    return hashlib.sha256(b"\x00" + content).digest()


def _node(left: bytes, right: bytes) -> bytes:
    return hashlib.sha256(b"\x01" + left + right).digest()


def _above(level: Sequence[bytes]) -> list[bytes]:
    """The next level: pairs joined, an odd node carried up."""
    found = [_node(level[place], level[place + 1]) for place in range(0, len(level) - 1, 2)]
    return [*found, level[-1]] if len(level) % 2 else found


class TreeWriter:
    """Takes leaf hashes in their order; remembers one node for every 16 of them."""

    def __init__(self) -> None:
        self._open: list[bytes] = []
        self._nodes: list[bytes] = []
        self.leaves = 0

    def add(self, leaf: bytes) -> None:
        """The next leaf hash."""
        self._open.append(leaf)
        self.leaves += 1
        if len(self._open) == _GROUP:
            self._close()

    def _close(self) -> None:
        level = self._open
        for _ in range(STORED):
            level = _above(level)
        self._nodes.append(level[0])
        self._open = []

    def finish(self, writer: ColumnWriter, name: str) -> str:
        """Write the column; the root (hex)."""
        if self._open:
            self._close()
        level = self._nodes
        writer.append(name, np.zeros(0, dtype=np.uint8))
        while level:
            writer.append(name, np.frombuffer(b"".join(level), dtype=np.uint8))
            if len(level) == 1:
                return level[0].hex()
            level = _above(level)
        return MerkleTree([]).root


class StoredTree:
    """An opened tree. ``leaf``: gives the hash of a leaf by its number."""

    def __init__(self, column: Array, leaves: int, leaf: Callable[[int], bytes]) -> None:
        self._column, self._leaves, self._leaf = column, leaves, leaf

    def path(self, index: int) -> MerklePath:
        """The path of leaf ``index``. Raises IndexError when there is no such leaf."""
        if not 0 <= index < self._leaves:
            raise IndexError(f"no leaf {index} in a tree of {self._leaves}")
        first = index // _GROUP * _GROUP
        below = MerkleTree([self._leaf(number).hex() for number in range(first, min(first + _GROUP, self._leaves))])
        siblings = list(below.path(index - first).siblings)
        position, count, start = index // _GROUP, -(-self._leaves // _GROUP), 0
        while count > 1:
            other = position ^ 1
            if other < count:
                node = bytes(self._column[32 * (start + other) : 32 * (start + other + 1)]).hex()
                siblings.append(("L" if other < position else "R", node))
            position, start, count = position // 2, start + count, (count + 1) // 2
        return MerklePath(index=index, siblings=tuple(siblings))
