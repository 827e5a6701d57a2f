"""How good scores are (指标): AUC, average precision, Brier score, reliability by bins; over all and by period. Plain numpy."""

from collections.abc import Mapping
from typing import Any

import numpy as np
import numpy.typing as npt

from anpei.claims.risk.scorer.history import Floats, day_text

Outcomes = npt.NDArray[np.int8]
BINS = 10


def auc(outcome: Outcomes, score: Floats) -> float | None:
    """The chance that a positive case scores above a negative one, ties half (Mann-Whitney); None without both."""
    positives = int(outcome.sum())
    negatives = len(outcome) - positives
    if not positives or not negatives:
        return None
    _, places, counts = np.unique(score, return_inverse=True, return_counts=True)
    ranks = (np.cumsum(counts) - (counts - 1) / 2)[places]
    return float((ranks[outcome == 1].sum() - positives * (positives + 1) / 2) / (positives * negatives))


def average_precision(outcome: Outcomes, score: Floats) -> float | None:
    """The mean precision over the positives as the threshold falls, equal scores taken together; None without positives."""
    positives = int(outcome.sum())
    if not positives:
        return None
    order = np.argsort(-score, kind="stable")
    hits = np.cumsum(outcome[order])
    last = np.append(np.diff(score[order]) != 0, True)
    found, seen = hits[last], np.flatnonzero(last) + 1
    return float(np.sum(np.diff(found, prepend=0) * (found / seen)) / positives)


def brier(outcome: Outcomes, score: Floats) -> float | None:
    """The mean squared distance between chance and outcome; None without rows."""
    return float(np.mean((score - outcome) ** 2)) if len(outcome) else None


def reliability(outcome: Outcomes, score: Floats, *, bins: int = BINS) -> list[dict[str, float | int]]:
    """Bins of equal size by score: how many rows, the mean chance told, the share that came true."""
    order = np.argsort(score, kind="stable")
    parts = [part for part in np.array_split(order, bins) if len(part)]
    return [
        {"rows": len(part), "told": round(float(score[part].mean()), 6), "came_true": round(float(outcome[part].mean()), 6)}
        for part in parts
    ]


def measure(outcome: Outcomes, score: Floats) -> dict[str, Any]:
    """All figures of one set of rows."""
    told = {"auc": auc(outcome, score), "average_precision": average_precision(outcome, score), "brier": brier(outcome, score)}
    base = float(outcome.mean()) if len(outcome) else None
    rounded = {name: None if value is None else round(value, 6) for name, value in told.items()}
    return {"rows": len(outcome), "positives": int(outcome.sum()), "base_rate": None if base is None else round(base, 6), **rounded}


def by_month(outcome: Outcomes, score: Floats, days: npt.NDArray[np.int64]) -> list[dict[str, Any]]:
    """The figures of each calendar month."""
    months = np.array([day_text(int(day))[:7] for day in days], dtype=object)
    return [{"period": month, **measure(outcome[months == month], score[months == month])} for month in sorted(set(months.tolist()))]


def by_group(
    outcome: Outcomes, score: Floats, groups: Mapping[str, npt.NDArray[np.object_]], *, refer_at: float
) -> dict[str, list[dict[str, Any]]]:
    """How often each group would go to a person, in all and among the negative cases; the groups moved no score."""
    told: dict[str, list[dict[str, Any]]] = {}
    for name, values in groups.items():
        told[name] = []
        for value in sorted(set(values.tolist())):
            rows = values == value
            clean = rows & (outcome == 0)
            picked, wrongly = score[rows] >= refer_at, score[clean] >= refer_at
            told[name].append({
                "value": value, "rows": int(rows.sum()), "referred": round(float(picked.mean()), 6),
                "referred_though_clean": round(float(wrongly.mean()), 6) if clean.any() else None,
            })  # fmt: skip
    return told
