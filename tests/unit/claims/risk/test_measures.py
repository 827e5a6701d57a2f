"""Figures of scores against small cases worked by hand."""

import numpy as np
import pytest

from anpei.claims.risk.scorer import drift, measures

OUTCOME = np.array([1, 0, 1, 0], dtype=np.int8)


def test_auc_counts_pairs_and_halves_ties() -> None:
    assert measures.auc(OUTCOME, np.array([0.9, 0.1, 0.8, 0.2])) == 1.0
    assert measures.auc(OUTCOME, np.array([0.1, 0.9, 0.2, 0.8])) == 0.0
    assert measures.auc(OUTCOME, np.array([0.5, 0.5, 0.5, 0.5])) == 0.5
    assert measures.auc(OUTCOME, np.array([0.9, 0.5, 0.5, 0.1])) == 0.875
    assert measures.auc(np.array([0, 0], dtype=np.int8), np.array([0.1, 0.2])) is None


def test_average_precision_takes_equal_scores_together() -> None:
    assert measures.average_precision(OUTCOME, np.array([0.9, 0.8, 0.7, 0.1])) == pytest.approx((1 + 2 / 3) / 2)
    assert measures.average_precision(OUTCOME, np.array([0.5, 0.5, 0.5, 0.5])) == 0.5
    assert measures.average_precision(np.array([0], dtype=np.int8), np.array([0.1])) is None


def test_brier_is_the_mean_squared_distance() -> None:
    assert measures.brier(OUTCOME, np.array([1.0, 0.0, 0.5, 0.5])) == 0.125


def test_figures_agree_with_the_librarys() -> None:
    from sklearn import metrics

    rng = np.random.default_rng(1)
    outcome = (rng.random(500) < 0.2).astype(np.int8)
    score = np.round(rng.random(500) * 0.6 + outcome * 0.3, 2)
    assert measures.auc(outcome, score) == pytest.approx(metrics.roc_auc_score(outcome, score))
    assert measures.average_precision(outcome, score) == pytest.approx(metrics.average_precision_score(outcome, score))
    assert measures.brier(outcome, np.clip(score, 0, 1)) == pytest.approx(metrics.brier_score_loss(outcome, np.clip(score, 0, 1)))


def test_reliability_has_bins_of_equal_size() -> None:
    found = measures.reliability(OUTCOME, np.array([0.9, 0.1, 0.8, 0.2]), bins=2)
    assert found == [{"rows": 2, "told": 0.15, "came_true": 0.0}, {"rows": 2, "told": 0.85, "came_true": 1.0}]


def test_periods_are_calendar_months() -> None:
    days = np.array([0, 30, 31, 58])
    found = measures.by_month(OUTCOME, np.array([0.9, 0.1, 0.8, 0.2]), days)
    assert [(one["period"], one["rows"], one["positives"]) for one in found] == [("1970-01", 2, 1), ("1970-02", 2, 1)]


def test_the_stability_index_by_hand() -> None:
    assert drift.stability_index({"a": 50, "b": 50}, {"a": 50, "b": 50}) == 0
    told = drift.stability_index({"a": 50, "b": 50}, {"a": 75, "b": 25})
    assert told == pytest.approx(0.25 * np.log(1.5) - 0.25 * np.log(0.5))
    assert drift.stability_index({"a": 100}, {"a": 50, "new": 50}) > 0.25
    assert [drift.grade(value, watch=0.1, act=0.25) for value in (0.05, 0.1, 0.25)] == ["stable", "watch", "act"]
