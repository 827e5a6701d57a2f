"""Drift (漂移): whether today's cases still look like those of training. Population stability index per feature and of the score.

PSI = sum over bins of (now - then) * ln(now / then); an empty bin counts as half a row. Usual reading, also ours: below 0.1 stable, up to
0.25 watch, above act (``rulebook/risk.yaml``).
"""

from collections.abc import Mapping, Sequence
from typing import Any

import numpy as np

from anpei.claims.risk.scorer.encoding import RARE, Encoder
from anpei.claims.risk.scorer.history import Floats, History

BINS = 10
MISSING = "(missing)"
NEW = "(new)"


def stability_index(then: Mapping[str, int], now: Mapping[str, int]) -> float:
    """The index of two sets of counts by bin."""
    bins = sorted(set(then) | set(now))
    old, fresh = sum(then.values()), sum(now.values())
    if not old or not fresh:
        return 0.0
    told = 0.0
    for name in bins:
        was, is_now = max(then.get(name, 0), 0.5) / old, max(now.get(name, 0), 0.5) / fresh
        told += (is_now - was) * float(np.log(is_now / was))
    return told


def reference_of(history: History, *, encoder: Encoder, score: Floats) -> dict[str, Any]:
    """What training looked like: counts by bin, per feature and of the score."""
    edges = {name: _edges(history.numbers[name]) for name in encoder.numeric}
    words = {name: sorted({word for word in history.words[name] if word}) for name in encoder.categories}
    counts = {name: _number_counts(history.numbers[name], edges[name]) for name in encoder.numeric}
    counts |= {name: _word_counts(history.words[name].tolist(), encoder.categories[name], known=words[name]) for name in encoder.categories}
    score_edges = _edges(score)
    return {"edges": edges, "counts": counts, "words": words, "score": {"edges": score_edges, "counts": _number_counts(score, score_edges)}}


def drift_report(history: History, *, encoder: Encoder, score: Floats, reference: Mapping[str, Any]) -> dict[str, Any]:
    """Per feature the index, the rates of missing values then and now, and new categories with how often; and the score's index."""
    features: dict[str, Any] = {}
    for name in encoder.features:
        then = reference["counts"][name]
        if name in encoder.categories:
            known = reference["words"][name]
            now = _word_counts(history.words[name].tolist(), encoder.categories[name], known=known)
        else:
            now = _number_counts(history.numbers[name], reference["edges"][name])
        features[name] = {"psi": round(stability_index(then, now), 6), "missing_then": _rate(then), "missing_now": _rate(now)}
        if name in encoder.categories:
            features[name]["new_values"] = now.get(NEW, 0)
    told = reference["score"]
    score_now = _number_counts(score, told["edges"])
    return {"rows": len(history), "features": features, "score": {"psi": round(stability_index(told["counts"], score_now), 6)}}


def grade(psi: float, *, watch: float, act: float) -> str:
    """``stable``, ``watch`` or ``act``."""
    return "act" if psi >= act else "watch" if psi >= watch else "stable"


def _rate(counts: Mapping[str, int]) -> float:
    total = sum(counts.values())
    return round(counts.get(MISSING, 0) / total, 6) if total else 0.0


def _edges(values: Floats) -> list[float]:
    """Inner edges of bins that hold about the same number of rows."""
    told = values[~np.isnan(values)]
    if not len(told):
        return []
    return sorted({float(edge) for edge in np.quantile(told, np.linspace(0, 1, BINS + 1)[1:-1])})


def _number_counts(values: Floats, edges: Sequence[float]) -> dict[str, int]:
    told = values[~np.isnan(values)]
    places = np.searchsorted(np.array(edges), told, side="left")
    counts = {f"bin{number}": int(count) for number, count in enumerate(np.bincount(places, minlength=len(edges) + 1))}
    return counts | {MISSING: len(values) - len(told)}


def _word_counts(words: Sequence[str], kept: Sequence[str], *, known: Sequence[str]) -> dict[str, int]:
    counts: dict[str, int] = {}
    seen = set(known)
    for word in words:
        name = MISSING if not word else word if word in kept else RARE if word in seen else NEW
        counts[name] = counts.get(name, 0) + 1
    return counts
