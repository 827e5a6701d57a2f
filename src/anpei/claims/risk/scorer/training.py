"""Training: rows split by time (learn, calibrate, test), gradient-boosted trees, calibrated chances, figures by period, the referral point.

The trees are scikit-learn's HistGradientBoostingClassifier, taken out of it as data and compared with it before they are used. The rows
of the learning part whose outcome was not yet known when the calibration part begins are left out.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

import numpy as np
from pydantic import BaseModel, ConfigDict, Field

from anpei.claims.risk.scorer import drift, measures
from anpei.claims.risk.scorer.calibration import Calibration, fit_calibration
from anpei.claims.risk.scorer.encoding import Encoder, fit_encoder
from anpei.claims.risk.scorer.forest import WORDS, Forest
from anpei.claims.risk.scorer.history import Floats, History, day_text
from anpei.claims.risk.scorer.mapping import HistoryMapping
from anpei.kernel.errors import AnpeiError, InvalidInput

SAME = 1e-9
"""The trees as data may differ from the library's own result by this much, no more."""


class TrainingRefused(InvalidInput):
    """The history is too small, or has one kind of outcome only; the message says how much of what is missing."""

    code = "risk.training_refused"


class ForestDiffers(AnpeiError):
    """The trees as data do not give what the library gives: a version of it that this one does not know. Nothing was written."""

    code = "risk.forest_differs"


class TrainingSettings(BaseModel):
    """How to train (``rulebook/risk.yaml``). Shares in basis points of the rows by time; the rest is the test part."""

    model_config = ConfigDict(extra="forbid", frozen=True)

    learn_share_bp: int = Field(ge=1000, le=9000)
    calibrate_share_bp: int = Field(ge=500, le=5000)
    least_positives: int = Field(ge=10)
    isotonic_from_positives: int = Field(ge=10)
    refer_share_bp: int = Field(ge=1, le=5000)
    max_trees: int = Field(ge=1, le=2000)
    learning_rate_bp: int = Field(ge=1, le=10_000)
    max_depth: int = Field(ge=1, le=12)
    max_leaves: int = Field(ge=2, le=255)
    least_leaf_rows: int = Field(ge=1)
    seed: int


@dataclass(frozen=True)
class Trained:
    """What training made: how rows become a matrix, the trees, the calibration, and the plain data beside them."""

    encoder: Encoder
    forest: Forest
    calibration: Calibration
    refer_at: float
    windows: Mapping[str, Mapping[str, Any]]
    metrics: Mapping[str, Any]
    reference: Mapping[str, Any]


@dataclass(frozen=True)
class Parts:
    """The three parts of a history by time."""

    learn: History
    calibrate: History
    test: History


def split_by_time(history: History, *, mapping: HistoryMapping, settings: TrainingSettings) -> Parts:
    """Rows with a known outcome in three parts; a day lies in one part only. Raises TrainingRefused."""
    known = history.take(history.outcome >= 0)
    if not len(known):
        raise TrainingRefused(f"no row has an outcome: {mapping.outcome.column!r} never holds one of the values of the mapping")
    calibrate_from = int(known.days[min(len(known) - 1, len(known) * settings.learn_share_bp // 10_000)])
    both = settings.learn_share_bp + settings.calibrate_share_bp
    test_from = int(known.days[min(len(known) - 1, len(known) * both // 10_000)])
    learn = known.take(known.days < calibrate_from - mapping.outcome_known_after_days)
    calibrate = known.take((known.days >= calibrate_from) & (known.days < test_from - mapping.outcome_known_after_days))
    test = known.take(known.days >= test_from)
    for name, part in (("learning", learn), ("calibration", calibrate), ("test", test)):
        positives = int(part.outcome.sum())
        if positives < settings.least_positives or len(part) - positives < settings.least_positives:
            raise TrainingRefused(
                f"the {name} part has {len(part)} rows and {positives} positive ones; {settings.least_positives} positive and as many "
                "negative ones are needed in each part: hand in a longer history",
                data={"part": name, "rows": len(part), "positives": positives},
            )
    return Parts(learn, calibrate, test)


def train(history: History, *, mapping: HistoryMapping, settings: TrainingSettings) -> Trained:
    """Learn from a history. Raises TrainingRefused, ForestDiffers."""
    parts = split_by_time(history, mapping=mapping, settings=settings)
    encoder = fit_encoder(parts.learn)
    matrix = encoder.matrix(parts.learn)
    forest = _grow(matrix, parts.learn, encoder=encoder, settings=settings)
    raw = {name: forest.raw(encoder.matrix(part)) for name, part in (("calibrate", parts.calibrate), ("test", parts.test))}
    isotonic = int(parts.calibrate.outcome.sum()) >= settings.isotonic_from_positives
    calibration = fit_calibration(raw["calibrate"], parts.calibrate.outcome, isotonic=isotonic)
    told = {name: calibration.chance(values) for name, values in raw.items()}
    refer_at = float(np.quantile(told["calibrate"], 1 - settings.refer_share_bp / 10_000, method="higher"))
    metrics = {
        "test": measures.measure(parts.test.outcome, told["test"]),
        "calibration": measures.measure(parts.calibrate.outcome, told["calibrate"]),
        "baseline": measures.measure(parts.test.outcome, _baseline(parts, encoder)),
        "by_period": measures.by_month(parts.test.outcome, told["test"], parts.test.days),
        "reliability": measures.reliability(parts.test.outcome, told["test"]),
        "groups": measures.by_group(parts.test.outcome, told["test"], parts.test.groups, refer_at=refer_at),
        "referred": _referred(parts.test, told["test"], refer_at), "left_out": len(history) - sum(len(part) for part in _all(parts)),
    }  # fmt: skip
    reference = drift.reference_of(parts.learn, encoder=encoder, score=calibration.chance(forest.raw(matrix)))
    windows = {
        name: {"from": day_text(int(part.days[0])), "to": day_text(int(part.days[-1])), "rows": len(part),
               "positives": int(part.outcome.sum())}
        for name, part in (("learn", parts.learn), ("calibrate", parts.calibrate), ("test", parts.test))
    }  # fmt: skip
    return Trained(encoder, forest, calibration, refer_at, windows, metrics, reference)


def _all(parts: Parts) -> tuple[History, ...]:
    return (parts.learn, parts.calibrate, parts.test)


def _referred(test: History, score: Floats, refer_at: float) -> dict[str, Any]:
    """At the referral point: how many go to a person, how many of them rightly, and how many of the positives are among them."""
    picked = score >= refer_at
    right = int(test.outcome[picked].sum())
    return {
        "at": round(refer_at, 6), "rows": int(picked.sum()), "positives": right,
        "precision": round(right / int(picked.sum()), 6) if picked.any() else None,
        "recall": round(right / int(test.outcome.sum()), 6),
    }  # fmt: skip


def _grow(matrix: Floats, learn: History, *, encoder: Encoder, settings: TrainingSettings) -> Forest:
    """Fit the trees; the last tenth of the learning part by time says when to stop. Then take them out as data, and compare."""
    from sklearn.ensemble import HistGradientBoostingClassifier

    cut = len(learn) * 9 // 10
    categorical = [name in encoder.categories for name in encoder.features]
    model = HistGradientBoostingClassifier(
        learning_rate=settings.learning_rate_bp / 10_000, max_iter=settings.max_trees, max_depth=settings.max_depth,
        max_leaf_nodes=settings.max_leaves, min_samples_leaf=settings.least_leaf_rows, l2_regularization=1.0,
        categorical_features=categorical, early_stopping=True, n_iter_no_change=20, random_state=settings.seed,
    )  # fmt: skip
    stop = learn.outcome[cut:]
    if 0 < int(stop.sum()) < len(stop):
        model.fit(matrix[:cut], learn.outcome[:cut], X_val=matrix[cut:], y_val=stop)
    else:
        model.set_params(early_stopping=False).fit(matrix, learn.outcome)
    forest = _as_data(model)
    apart = float(np.max(np.abs(forest.raw(matrix) - model.decision_function(matrix))))
    if not apart <= SAME:
        raise ForestDiffers(f"the trees as data differ from the library's by {apart:.3g}: use the scikit-learn of the lock")
    return forest


def _as_data(model: Any) -> Forest:
    """The trees of a fitted model in one set of columns. It reads the library's inner form; ``_grow`` compares the result with it."""
    columns: dict[str, list[Any]] = {name: [] for name in ("feature", "threshold", "missing", "left", "right", "value", "count", "bitset")}
    roots, bitsets = list[int](), [np.zeros((1, WORDS), dtype=np.uint32)]
    start, sets = 0, 1
    for (tree,) in model._predictors:
        nodes = tree.nodes
        is_leaf, by_set = nodes["is_leaf"].astype(bool), nodes["is_categorical"].astype(bool)
        roots.append(start)
        columns["feature"].append(np.where(is_leaf, -1, nodes["feature_idx"]))
        columns["threshold"].append(np.nan_to_num(nodes["num_threshold"], posinf=np.finfo(np.float64).max))
        columns["missing"].append(nodes["missing_go_to_left"].astype(bool))
        columns["left"].append(np.where(is_leaf, 0, nodes["left"].astype(np.int64) + start))
        columns["right"].append(np.where(is_leaf, 0, nodes["right"].astype(np.int64) + start))
        columns["value"].append(np.where(is_leaf, nodes["value"], 0.0))
        columns["count"].append(nodes["count"].astype(np.int64))
        columns["bitset"].append(np.where(by_set & ~is_leaf, nodes["bitset_idx"].astype(np.int64) + sets, -1))
        bitsets.append(tree.raw_left_cat_bitsets.reshape(-1, WORDS))
        start, sets = start + len(nodes), sets + len(bitsets[-1])
    whole = {name: np.concatenate(parts) for name, parts in columns.items()}
    return Forest(
        baseline=float(np.ravel(model._baseline_prediction)[0]), roots=np.array(roots, dtype=np.int64),
        feature=whole["feature"].astype(np.int64), threshold=whole["threshold"], missing_left=whole["missing"],
        left=whole["left"].astype(np.int64), right=whole["right"].astype(np.int64), value=whole["value"], count=whole["count"],
        bitset=whole["bitset"].astype(np.int64), bitsets=np.concatenate(bitsets),
    )  # fmt: skip


def _baseline(parts: Parts, encoder: Encoder) -> Floats:
    """The chance by a plain logistic regression on the same columns, to be compared with: trees must earn their place."""
    from sklearn.compose import ColumnTransformer
    from sklearn.impute import SimpleImputer
    from sklearn.linear_model import LogisticRegression
    from sklearn.pipeline import make_pipeline
    from sklearn.preprocessing import OneHotEncoder, StandardScaler

    words = len(encoder.categories)
    numbers = make_pipeline(SimpleImputer(strategy="median", add_indicator=True, keep_empty_features=True), StandardScaler())
    coded = make_pipeline(SimpleImputer(strategy="constant", fill_value=-1), OneHotEncoder(handle_unknown="ignore"))
    shaped = ColumnTransformer([("words", coded, slice(0, words)), ("numbers", numbers, slice(words, len(encoder.features)))])
    model = make_pipeline(shaped, LogisticRegression(max_iter=500))
    model.fit(encoder.matrix(parts.learn), parts.learn.outcome)
    return np.asarray(model.predict_proba(encoder.matrix(parts.test))[:, 1], dtype=np.float64)
