"""Trees as data: the same scores as the library's, and shares that are exactly the Shapley values of the tree game."""

from itertools import combinations
from math import factorial

import numpy as np
import pytest

from anpei.claims.risk.scorer.forest import WORDS, Forest


def grow(seed: int, *, depth: int, trees: int) -> tuple[Forest, np.ndarray]:
    """A fitted forest over one category and three numbers with missing values, and its rows."""
    from sklearn.ensemble import HistGradientBoostingClassifier

    from anpei.claims.risk.scorer.training import _as_data

    rng = np.random.default_rng(seed)
    rows = 1500
    category = rng.integers(0, 40, rows).astype(float)
    matrix = np.column_stack([category, rng.normal(size=(rows, 3))])
    matrix[rng.random(matrix.shape) < 0.1] = np.nan
    odds = np.nan_to_num(matrix[:, 1]) * 1.5 + np.isin(matrix[:, 0], (2, 5, 33)) * 2 + np.isnan(matrix[:, 2]) - 1
    outcome = (rng.random(rows) < 1 / (1 + np.exp(-odds))).astype(np.int8)
    model = HistGradientBoostingClassifier(
        max_iter=trees, max_depth=depth, max_leaf_nodes=12, categorical_features=[True, False, False, False], random_state=0
    ).fit(matrix, outcome)
    forest = _as_data(model)
    assert np.max(np.abs(forest.raw(matrix) - model.decision_function(matrix))) < 1e-9
    return forest, matrix


def value_without(forest: Forest, node: int, row: np.ndarray, known: frozenset[int]) -> float:
    """The mean of a subtree when only some features are known: the rest goes both ways by the training rows."""
    feature = int(forest.feature[node])
    if feature < 0:
        return float(forest.value[node])
    left, right = int(forest.left[node]), int(forest.right[node])
    if feature in known:
        goes_left = bool(forest._goes_left(np.array([node]), np.array([row[feature]]))[0])
        return value_without(forest, left if goes_left else right, row, known)
    share = int(forest.count[left]) / int(forest.count[node])
    return share * value_without(forest, left, row, known) + (1 - share) * value_without(forest, right, row, known)


def shapley(forest: Forest, row: np.ndarray, features: int) -> list[float]:
    """By the definition: over all subsets."""

    def worth(known: frozenset[int]) -> float:
        return sum(value_without(forest, int(root), row, known) for root in forest.roots)

    found = []
    for feature in range(features):
        others = [one for one in range(features) if one != feature]
        total = 0.0
        for size in range(len(others) + 1):
            weight = factorial(size) * factorial(features - size - 1) / factorial(features)
            for chosen in combinations(others, size):
                known = frozenset(chosen)
                total += weight * (worth(known | {feature}) - worth(known))
        found.append(total)
    return found


@pytest.mark.parametrize(("seed", "depth"), [(1, 2), (2, 4), (3, 6)])
def test_shares_are_the_shapley_values_by_definition(seed: int, depth: int) -> None:
    forest, matrix = grow(seed, depth=depth, trees=4)
    for row in matrix[:12]:
        shares, _ = forest.shares(row, features=4)
        assert shares == pytest.approx(shapley(forest, row, 4), abs=1e-10)


def test_shares_and_the_mean_add_up_to_the_score() -> None:
    forest, matrix = grow(4, depth=5, trees=30)
    raw = forest.raw(matrix[:40])
    for row, score in zip(matrix[:40], raw, strict=True):
        shares, mean = forest.shares(row, features=4)
        assert mean + shares.sum() == pytest.approx(score, abs=1e-9)


def test_a_forest_comes_back_from_plain_data_with_every_digit() -> None:
    forest, matrix = grow(5, depth=4, trees=10)
    import json

    again = Forest.from_dict(json.loads(json.dumps(forest.to_dict())))
    assert np.array_equal(again.raw(matrix), forest.raw(matrix))


def test_a_forest_of_single_leaves_scores_its_mean_and_moves_nothing() -> None:
    alone = Forest(
        baseline=-1.0, roots=np.array([0, 1]), feature=np.array([-1, -1]), threshold=np.zeros(2), missing_left=np.zeros(2, dtype=bool),
        left=np.zeros(2, dtype=np.int64), right=np.zeros(2, dtype=np.int64), value=np.array([0.25, 0.5]), count=np.array([10, 10]),
        bitset=np.array([-1, -1]), bitsets=np.zeros((1, WORDS), dtype=np.uint32),
    )  # fmt: skip
    assert alone.raw(np.zeros((2, 3))).tolist() == [-0.25, -0.25]
    shares, mean = alone.shares(np.zeros(3), features=3)
    assert (shares.tolist(), mean) == ([0.0, 0.0, 0.0], -0.25)
