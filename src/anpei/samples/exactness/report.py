"""Scores added up: shares by kind and condition, the confusion of usable and unusable, calibration, costs; as data and as Markdown."""

import statistics
from collections import defaultdict
from collections.abc import Callable, Iterable, Mapping, Sequence
from itertools import pairwise
from typing import Any

from anpei.samples.drawing.effects import EFFECTS
from anpei.samples.exactness.measure import Plan
from anpei.samples.exactness.score import PageScore

BINS = (0.0, 0.5, 0.7, 0.8, 0.9, 0.95, 0.99, 1.0001)
SURE = 0.95
Numbers = dict[str, Any]


def report(plan: Plan, scores: Sequence[PageScore]) -> Numbers:
    """The whole report as plain data. Exactness is counted on pages that a person would call usable; calibration and cost on all.

    What is written by hand is told apart and in no other sum.
    """
    by_hand, scores = [each for each in scores if each.by_hand], [each for each in scores if not each.by_hand]
    fit = [each for each in scores if each.usable is not False]
    cells = _by(fit, lambda each: each.kind)
    return {
        "benchmark": "reading",
        "set": plan.which,
        "seed": plan.seed,
        "conditions": list(plan.conditions),
        "layouts": len({each.layout for each in scores}),
        "kinds": len({each.kind for each in scores}),
        "pages": len(scores),
        "usable": exactness([each for each in fit if each.usable]),
        "by_condition": {name: exactness(some) for name, some in _by(fit, lambda each: each.effect).items()},
        "by_kind": {name: exactness(some) for name, some in cells.items()},
        "by_kind_and_condition": {
            name: {effect: exactness(part) for effect, part in _by(some, lambda each: each.effect).items()} for name, some in cells.items()
        },
        "quality": {"final": confusion(scores, lambda each: each.said), "early": confusion(scores, lambda each: each.early)},
        "calibration": calibration(scores),
        "by_hand": {
            name: exactness(some) | {"calibration": calibration(some)} for name, some in _by(by_hand, lambda each: each.effect).items()
        },
        "cost": cost(scores),
    }


def exactness(scores: Sequence[PageScore]) -> Numbers:
    """Shares of what is right. Rows: name, quantity and amount. None where there is nothing of it."""
    values = [value for each in scores for value in each.values]
    required = [value for value in values if value.required]
    rows = [row for each in scores for row in each.rows]
    reading = [each.cost.read for each in scores]
    return {
        "pages": len(scores),
        "kind_accuracy": share(each.kind_right for each in scores),
        "required_exact": share(value.right for value in required),
        "fields_exact": share(value.right for value in values),
        "rows_exact": share(row.exact for row in rows),
        "said_usable": share(each.said.usable for each in scores),
        "values": {"required": len(required), "fields": len(values), "rows": len(rows)},
        "cpu_median": _rounded(statistics.median(reading)) if reading else None,
        "cpu_p95": _rounded(percentile(reading, 95)) if reading else None,
    }


def confusion(scores: Sequence[PageScore], verdict: Callable[[PageScore], Any]) -> Numbers:
    """Unusable pages caught and usable ones refused, whole and by condition; the reasons named for refused pages."""
    bad, good = [each for each in scores if each.usable is False], [each for each in scores if each.usable]
    reasons: dict[str, dict[str, int]] = {}
    for each in scores:
        for code in verdict(each).codes if not verdict(each).usable else ():
            counts = reasons.setdefault(each.effect, {})
            counts[code] = counts.get(code, 0) + 1
    return {
        "unusable_pages": len(bad),
        "unusable_caught": share(not verdict(each).usable for each in bad),
        "usable_pages": len(good),
        "usable_refused": share(not verdict(each).usable for each in good),
        "caught_by_condition": {name: share(not verdict(e).usable for e in some) for name, some in _by(bad, _told).items()},
        "refused_by_condition": {name: share(not verdict(e).usable for e in some) for name, some in _by(good, _told).items()},
        "reasons_by_condition": reasons,
    }


def _told(each: PageScore) -> str:
    """The condition; a blank page is one of its own."""
    return "blank" if each.kind == "blank" else each.effect


def calibration(scores: Sequence[PageScore]) -> Numbers:
    """How often stated fields are right, by stated confidence; and of those stated at 0.95 or more, over all pages and usable ones."""
    stated = [(value.confidence, value.right) for each in scores for value in each.values if value.confidence is not None]
    fit = [(value.confidence, value.right) for each in scores if each.usable for value in each.values if value.confidence is not None]
    bins = []
    for low, high in pairwise(BINS):
        some = [(sure, right) for sure, right in stated if low <= sure < high]
        mean = _rounded(statistics.fmean(sure for sure, _ in some)) if some else None
        bins.append({"from": low, "to": min(1.0, high), "stated": len(some), "mean_confidence": mean, "right": share(r for _, r in some)})
    return {
        "stated": len(stated),
        "sure": sum(sure >= SURE for sure, _ in stated),
        "sure_right": share(right for sure, right in stated if sure >= SURE),
        "sure_right_on_usable": share(right for sure, right in fit if sure >= SURE),
        "sure_without_truth": sum(each.unproved for each in scores),
        "bins": bins,
    }


def cost(scores: Sequence[PageScore]) -> Numbers:
    """CPU-seconds a page (one thread), milliseconds of the early verdict, memory (with what drawing the pages takes)."""
    if not scores:
        return {}
    reading, early = [each.cost.read for each in scores], [each.cost.early * 1000 for each in scores]
    decode = [each.cost.decode * 1000 for each in scores]
    return {
        "cpu_seconds": {
            "median": _rounded(statistics.median(reading)),
            "p95": _rounded(percentile(reading, 95)),
            "max": _rounded(max(reading)),
        },
        "early_ms": {"median": _rounded(statistics.median(early)), "p95": _rounded(percentile(early, 95))},
        "decode_ms": {"median": _rounded(statistics.median(decode)), "p95": _rounded(percentile(decode, 95))},
        "memory_mb": {"largest": round(max(each.cost.memory for each in scores) / 1e6), "last": round(scores[-1].cost.memory / 1e6)},
    }


def _spread(values: Sequence[float]) -> Numbers:
    return {"median": _rounded(statistics.median(values)), "p95": _rounded(percentile(values, 95))}


def share(right: Iterable[bool]) -> float | None:
    """The part that is right; None of nothing."""
    told = list(right)
    return round(sum(told) / len(told), 4) if told else None


def percentile(values: Sequence[float], part: int) -> float:
    """By rank; of few values the largest."""
    ordered = sorted(values)
    return ordered[max(0, -(-len(ordered) * part // 100) - 1)]


def _by(scores: Iterable[PageScore], name: Callable[[PageScore], str]) -> dict[str, list[PageScore]]:
    groups: dict[str, list[PageScore]] = defaultdict(list)
    for each in scores:
        groups[name(each)].append(each)
    return dict(groups)


def _rounded(value: float) -> float:
    return float(f"{value:.3g}")


def table(told: Mapping[str, Any], *, on: str) -> str:
    """The report as Markdown for docs/reading.md; ``on`` is the day of the measurement."""
    head = "| {} | pages | kind | required | all fields | rows | said usable | CPU-s median | p95 |\n|---|---|---|---|---|---|---|---|---|"
    parts = [
        f"Set `{told['set']}`: {told['layouts']} layouts, {told['kinds']} kinds, {told['pages']} pages, seed {told['seed']}; {on}.",
        "\n".join([head.format("condition"), *(_line(_title(name), each) for name, each in told["by_condition"].items())]),
        "\n".join([head.format("kind"), *(_line(f"`{name}`", each) for name, each in sorted(told["by_kind"].items()))]),
        _quality_table(told["quality"]),
        _calibration_table(told["calibration"]),
        _by_hand_table(told["by_hand"], head),
        _cost_line(told["cost"]),
    ]
    return "\n\n".join(part for part in parts if part) + "\n"


def _title(effect: str) -> str:
    return f"{EFFECTS[effect].title_zh} {EFFECTS[effect].title_en}" if effect in EFFECTS else effect


def _line(name: str, each: Mapping[str, Any]) -> str:
    shares = [_percent(each[key]) for key in ("kind_accuracy", "required_exact", "fields_exact", "rows_exact", "said_usable")]
    return " | ".join([f"| {name}", str(each["pages"]), *shares, f"{each['cpu_median']:.2f}", f"{each['cpu_p95']:.2f} |"])


def _percent(value: float | None) -> str:
    return "–" if value is None else f"{value * 100:.1f} %"


def _quality_table(quality: Mapping[str, Any]) -> str:
    final, early = quality["final"], quality["early"]
    lines = ["| verdict | unusable pages caught | usable pages refused |", "|---|---|---|"]
    for name, each in (("after reading", final), ("early", early)):
        lines.append(
            f"| {name} | {_percent(each['unusable_caught'])} of {each['unusable_pages']} "
            f"| {_percent(each['usable_refused'])} of {each['usable_pages']} |"
        )
    names = list(final["caught_by_condition"])
    if names:
        lines += ["", "| unusable | caught after reading | caught early |", "|---|---|---|"]
        caught = [(name, final["caught_by_condition"][name], early["caught_by_condition"][name]) for name in names]
        lines += [f"| {_title(name)} | {_percent(late)} | {_percent(soon)} |" for name, late, soon in caught]
    return "\n".join(lines)


def _calibration_table(told: Mapping[str, Any]) -> str:
    lines = ["| stated confidence | fields | mean | right |", "|---|---|---|---|"]
    lines += [
        f"| {each['from']:.2f}–{each['to']:.2f} | {each['stated']} | {each['mean_confidence']} | {_percent(each['right'])} |"
        for each in told["bins"]
        if each["stated"]
    ]
    lines.append(f"| at least {SURE} | {told['sure']} | | {_percent(told['sure_right'])} |")
    return "\n".join(lines)


def _by_hand_table(told: Mapping[str, Any], head: str) -> str:
    """Handwriting: what is read right, and how much of what is stated as sure is."""
    if not told:
        return ""
    lines = [head.format("by hand"), *(_line(_title(name), each) for name, each in told.items())]
    for name, each in told.items():
        sure = each["calibration"]
        lines.append(
            f"\n{_title(name)}: of {sure['stated']} stated fields {sure['sure']} at {SURE} or more, {_percent(sure['sure_right'])} right."
        )
    return "\n".join(lines)


def _cost_line(told: Mapping[str, Any]) -> str:
    if not told:
        return ""
    return (
        f"CPU-seconds a page: median {told['cpu_seconds']['median']}, p95 {told['cpu_seconds']['p95']}; early verdict "
        f"{told['early_ms']['median']} ms and decoding for it {told['decode_ms']['median']} ms (median); "
        f"memory of a process up to {told['memory_mb']['largest']} MB, drawing included."
    )
