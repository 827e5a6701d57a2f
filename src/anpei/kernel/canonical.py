"""One canonical byte form of plain data, its hash, and Merkle trees over rows: what seals, proofs and trails stand on."""

import hashlib
import json
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any


def canonical(data: Any) -> bytes:
    """Plain data (dict, list, str, int, bool, None) as canonical JSON: keys sorted by code point, no spaces, UTF-8.

    Raises TypeError for floats, keys that are no text, and values without a plain form.
    """
    _refuse_floats(data, "$")
    return json.dumps(data, ensure_ascii=False, sort_keys=True, separators=(",", ":"), allow_nan=False).encode()


def _refuse_floats(data: Any, where: str) -> None:
    if isinstance(data, float):
        raise TypeError(f"a float has no canonical form, at {where}: use integers (fen, basis points) or text")
    if isinstance(data, dict):
        for key, value in data.items():
            if not isinstance(key, str):
                raise TypeError(f"keys are text, at {where}: {key!r}")
            _refuse_floats(value, f"{where}.{key}")
    elif isinstance(data, list | tuple):
        for index, value in enumerate(data):
            _refuse_floats(value, f"{where}[{index}]")


def digest(data: Any) -> str:
    """SHA-256 (hex) of the canonical form."""
    return hashlib.sha256(canonical(data)).hexdigest()


def commitment(*, salt: str, value: str) -> str:
    """A salted commitment to an identity value: equal values under one salt give equal commitments, and say nothing else."""
    return hashlib.sha256(b"anpei.commitment\x00" + salt.encode() + b"\x00" + value.encode()).hexdigest()


def leaf_hash(data: Any) -> str:
    """The hash of one row as a leaf (RFC 6962 prefixes, so a leaf never passes for a node)."""
    return hashlib.sha256(b"\x00" + canonical(data)).hexdigest()


def _node(left: str, right: str) -> str:
    return hashlib.sha256(b"\x01" + bytes.fromhex(left) + bytes.fromhex(right)).hexdigest()


@dataclass(frozen=True, slots=True)
class MerklePath:
    """The way from one leaf to the root: ``siblings`` from below, each with the side it stands on (``L`` or ``R``).

    The path binds leaf and root; ``index`` only says where the leaf stood and is not bound by the hash.
    """

    index: int
    siblings: tuple[tuple[str, str], ...]

    def root(self, leaf: str) -> str:
        """The root that this path leads to from a leaf hash."""
        current = leaf
        for side, sibling in self.siblings:
            current = _node(sibling, current) if side == "L" else _node(current, sibling)
        return current


class MerkleTree:
    """The Merkle tree of RFC 6962 section 2.1 over leaf hashes: an odd node is carried up, the empty tree has the hash of nothing."""

    def __init__(self, leaves: Sequence[str]) -> None:
        self._levels: list[list[str]] = [list(leaves)]
        while len(self._levels[-1]) > 1:
            level = self._levels[-1]
            above = [_node(level[i], level[i + 1]) for i in range(0, len(level) - 1, 2)]
            if len(level) % 2:
                above.append(level[-1])
            self._levels.append(above)

    @property
    def root(self) -> str:
        """The root hash (hex)."""
        return self._levels[-1][0] if self._levels[0] else hashlib.sha256(b"").hexdigest()

    def path(self, index: int) -> MerklePath:
        """The path of leaf ``index``. Raises IndexError when there is no such leaf."""
        if not 0 <= index < len(self._levels[0]):
            raise IndexError(f"no leaf {index} in a tree of {len(self._levels[0])}")
        siblings: list[tuple[str, str]] = []
        position = index
        for level in self._levels[:-1]:
            other = position ^ 1
            if other < len(level):
                siblings.append(("L" if other < position else "R", level[other]))
            position //= 2
        return MerklePath(index=index, siblings=tuple(siblings))
