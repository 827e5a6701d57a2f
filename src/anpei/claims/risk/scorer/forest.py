"""The trees as plain data, scored with numpy, and the exact share of each feature in a score.

A share is the Shapley value of the path-dependent tree game (Lundberg et al. 2020, "TreeSHAP"): a feature that is left out lets a case
go down both ways in proportion to the training rows. The shares and the mean score add up to the score exactly. They are computed leaf
by leaf as the integral of a polynomial over [0, 1] by Gauss-Legendre quadrature, which is exact for it: about a millisecond a case.
"""

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

import numpy as np
import numpy.typing as npt

from anpei.claims.risk.scorer.history import Floats

Ints = npt.NDArray[np.int64]
CHUNK = 4_000_000
WORDS = 8
"""A set of category codes is 256 bits in eight words."""


@dataclass(frozen=True)
class Forest:
    """All trees in one set of columns; a child is a row number, ``feature`` is -1 at a leaf, ``bitset`` is -1 at a split of numbers."""

    baseline: float
    roots: Ints
    feature: Ints
    threshold: Floats
    missing_left: npt.NDArray[np.bool_]
    left: Ints
    right: Ints
    value: Floats
    count: Ints
    bitset: Ints
    bitsets: npt.NDArray[np.uint32]
    _paths: "Paths | None" = field(default=None, repr=False, compare=False)

    @property
    def depth(self) -> int:
        """The most splits on a way from a root to a leaf."""
        return max((int(edges) for edges in np.bincount(self.paths.edge_leaf)), default=0) if len(self.paths.edge_leaf) else 0

    @property
    def paths(self) -> "Paths":
        """The ways from the roots to the leaves, found once."""
        found = self._paths
        if found is None:
            found = _paths_of(self)
            object.__setattr__(self, "_paths", found)
        return found

    def raw(self, matrix: Floats) -> Floats:
        """The log-odds of each row."""
        step = max(1, CHUNK // max(1, len(self.roots)))
        parts = [self._raw(matrix[start : start + step]) for start in range(0, len(matrix), step)]
        return np.concatenate(parts) if parts else np.empty(0)

    def _raw(self, matrix: Floats) -> Floats:
        node = np.tile(self.roots, (len(matrix), 1))
        while True:
            active = self.feature[node] >= 0
            if not active.any():
                return np.asarray(self.baseline + self.value[node].sum(axis=1))
            rows, _ = np.nonzero(active)
            here = node[active]
            goes_left = self._goes_left(here, matrix[rows, self.feature[here]])
            node[active] = np.where(goes_left, self.left[here], self.right[here])

    def _goes_left(self, nodes: Ints, values: Floats) -> npt.NDArray[np.bool_]:
        """Whether a case with these values goes left at these nodes."""
        missing = np.isnan(values)
        codes = np.where(missing, 0, values).astype(np.int64)
        by_set = self.bitset[nodes] >= 0
        inside = by_set & (codes >= 0) & (codes < 32 * WORDS)
        safe = np.where(inside, codes, 0)
        words = self.bitsets[np.where(by_set, self.bitset[nodes], 0), safe >> 5]
        in_set = ((words >> (safe & 31).astype(np.uint32)) & 1).astype(bool) & inside
        left = np.where(by_set, in_set, values <= self.threshold[nodes])
        return np.where(missing, self.missing_left[nodes], left)

    def shares(self, row: Floats, *, features: int) -> tuple[Floats, float]:
        """For one case the share of each feature in its log-odds, and the mean that they start from."""
        paths = self.paths
        mean = self.baseline + paths.constant
        if not len(paths.edge_node):
            return np.zeros(features), mean
        inner = np.maximum(self.feature, 0)
        goes_left = self._goes_left(np.arange(len(self.feature)), row[inner])
        kept = goes_left[paths.edge_node] == paths.edge_left
        ones = np.logical_and.reduceat(kept, paths.slot_start).astype(np.float64)
        difference = ones - paths.slot_share
        terms = paths.slot_share[:, None] + difference[:, None] * paths.points[None, :]
        products = np.multiply.reduceat(terms, paths.leaf_start, axis=0)
        integral = (products[paths.slot_leaf] / terms) @ paths.weights
        parts = paths.leaf_value[paths.slot_leaf] * difference * integral
        return np.asarray(np.bincount(paths.slot_feature, parts, minlength=features), dtype=np.float64), mean

    def to_dict(self) -> dict[str, Any]:
        """Plain data; numbers keep every digit."""
        return {
            "baseline": self.baseline, "roots": self.roots.tolist(), "feature": self.feature.tolist(), "threshold": self.threshold.tolist(),
            "missing_left": self.missing_left.astype(int).tolist(), "left": self.left.tolist(), "right": self.right.tolist(),
            "value": self.value.tolist(), "count": self.count.tolist(), "bitset": self.bitset.tolist(), "bitsets": self.bitsets.tolist(),
        }  # fmt: skip

    @classmethod
    def from_dict(cls, data: Mapping[str, Any]) -> "Forest":
        """The reverse of to_dict."""

        def ints(name: str) -> Ints:
            return np.array(data[name], dtype=np.int64)

        return cls(
            baseline=float(data["baseline"]), roots=ints("roots"), feature=ints("feature"),
            threshold=np.array(data["threshold"], dtype=np.float64), missing_left=np.array(data["missing_left"], dtype=bool),
            left=ints("left"), right=ints("right"), value=np.array(data["value"], dtype=np.float64), count=ints("count"),
            bitset=ints("bitset"), bitsets=np.array(data["bitsets"], dtype=np.uint32).reshape(-1, WORDS),
        )  # fmt: skip


@dataclass(frozen=True)
class Paths:
    """Every leaf with the features on its way (slots) and the splits of each (edges). ``slot_share``: the part of the training rows
    that stays on the way at a feature's splits. ``constant``: the mean of the trees' values over the training rows.
    """

    constant: float
    edge_node: Ints
    edge_left: npt.NDArray[np.bool_]
    edge_leaf: Ints
    slot_start: Ints
    slot_share: Floats
    slot_feature: Ints
    slot_leaf: Ints
    leaf_start: Ints
    leaf_value: Floats
    points: Floats
    weights: Floats


def _paths_of(forest: Forest) -> Paths:
    constant, slots, leaf_values = 0.0, list[tuple[int, int, float, list[tuple[int, bool]]]](), list[float]()
    for root in forest.roots.tolist():
        stack: list[tuple[int, tuple[tuple[int, bool], ...]]] = [(root, ())]
        while stack:
            node, way = stack.pop()
            if forest.feature[node] >= 0:
                stack += [(int(forest.left[node]), (*way, (node, True))), (int(forest.right[node]), (*way, (node, False)))]
                continue
            found = _slots(forest, way)
            constant += float(forest.value[node]) * float(np.prod([share for _, share, _ in found]))
            if found:
                slots += [(len(leaf_values), feature, share, edges) for feature, share, edges in found]
                leaf_values.append(float(forest.value[node]))
    return _columns(constant, slots, leaf_values)


def _slots(forest: Forest, way: tuple[tuple[int, bool], ...]) -> list[tuple[int, float, list[tuple[int, bool]]]]:
    """The features of a way: (feature, share of rows that stays, its splits)."""
    edges: dict[int, list[tuple[int, bool]]] = {}
    shares: dict[int, float] = {}
    for node, is_left in way:
        feature = int(forest.feature[node])
        child = forest.left[node] if is_left else forest.right[node]
        edges.setdefault(feature, []).append((node, is_left))
        shares[feature] = shares.get(feature, 1.0) * int(forest.count[child]) / int(forest.count[node])
    return [(feature, shares[feature], edges[feature]) for feature in edges]


def _columns(constant: float, slots: list[tuple[int, int, float, list[tuple[int, bool]]]], leaf_values: list[float]) -> Paths:
    edge_node, edge_left, edge_leaf, slot_start = list[int](), list[bool](), list[int](), list[int]()
    for leaf, _, _, edges in slots:
        slot_start.append(len(edge_node))
        edge_node += [node for node, _ in edges]
        edge_left += [is_left for _, is_left in edges]
        edge_leaf += [leaf] * len(edges)
    slot_leaf = np.array([leaf for leaf, _, _, _ in slots], dtype=np.int64)
    most = int(np.bincount(slot_leaf).max()) if len(slots) else 1
    points, weights = np.polynomial.legendre.leggauss((most + 1) // 2)
    return Paths(
        constant=constant, edge_node=np.array(edge_node, dtype=np.int64), edge_left=np.array(edge_left, dtype=bool),
        edge_leaf=np.array(edge_leaf, dtype=np.int64), slot_start=np.array(slot_start, dtype=np.int64),
        slot_share=np.array([share for _, _, share, _ in slots], dtype=np.float64),
        slot_feature=np.array([feature for _, feature, _, _ in slots], dtype=np.int64), slot_leaf=slot_leaf,
        leaf_start=np.flatnonzero(np.diff(slot_leaf, prepend=-1)), leaf_value=np.array(leaf_values, dtype=np.float64),
        points=(points + 1) / 2, weights=weights / 2,
    )  # fmt: skip
