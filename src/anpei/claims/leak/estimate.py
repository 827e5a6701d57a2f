"""How much leaks (漏损估计): stratified estimates of over- and underpayment with a confidence interval. Pure.

Estimate: sum over strata of N_h times the mean difference of the answered cases. Variance: N_h^2 (1 - n_h/N_h) s_h^2 / n_h, with the
correction for a finite population. Leaks are rare and skewed, where Student's t promises more than it keeps (zero found would mean "zero,
surely"); so the limits are those of a gamma distribution with this mean and variance, the upper one after adding one more case that was not
seen, as for rates adjusted by weights (Fay and Feuer 1997; Tiwari, Clegg and Zou 2006). That case is as large as a whole payment: the
upper limit errs on the safe side. The net figure combines both by their limits (MOVER; Zou and Donner 2008).
"""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np

MILLION = 1_000_000


@dataclass(frozen=True, slots=True)
class Case:
    """An answered case in fen: what the machine paid, what was due, what was claimed."""

    machine_fen: int
    due_fen: int
    claimed_fen: int


@dataclass(frozen=True, slots=True)
class Sample:
    """A stratum: how many settlements, what they paid in all, how many were drawn, and the answered ones."""

    name: str
    population: int
    paid_fen: int
    drawn: int
    cases: tuple[Case, ...]


@dataclass(frozen=True, slots=True)
class Interval:
    """An estimate in fen with its limits."""

    fen: int
    low_fen: int
    high_fen: int

    def to_dict(self, *, paid_fen: int) -> dict[str, Any]:
        """Plain data, with the ratio to what was paid (parts per million; None when nothing was paid)."""
        told: dict[str, Any] = {"fen": self.fen, "low_fen": self.low_fen, "high_fen": self.high_fen}
        for name, fen in (("ppm", self.fen), ("low_ppm", self.low_fen), ("high_ppm", self.high_fen)):
            told[name] = round(fen * MILLION / paid_fen) if paid_fen else None
        return told


@dataclass(frozen=True, slots=True)
class Leak:
    """Over- and underpayment and their difference (above zero: paid too much), over all settlements of the samples."""

    over: Interval
    under: Interval
    net: Interval


def estimate(samples: Sequence[Sample], *, confidence_bp: int) -> Leak | None:
    """The leak of the whole population of the samples; None while too few cases are answered to know any spread.

    A stratum with fewer than two answers that is not answered whole is taken together with others of its kind (and with the smallest
    one, if need be); that is the only place where strata mix.
    """
    strata = _pooled(samples)
    if strata is None:
        return None
    over = _one_sided(strata, [_over(one) for one in strata], confidence_bp=confidence_bp)
    under = _one_sided(strata, [_under(one) for one in strata], confidence_bp=confidence_bp)
    return Leak(over, under, _difference(over, under))


def _over(sample: Sample) -> tuple[Sequence[int], Sequence[int]]:
    """Per case what was paid too much, and how much that can be at most: the payment."""
    return [max(0, case.machine_fen - case.due_fen) for case in sample.cases], [case.machine_fen for case in sample.cases]


def _under(sample: Sample) -> tuple[Sequence[int], Sequence[int]]:
    """Per case what was paid too little, and how much that can be at most: what was claimed and not paid."""
    left = [max(0, case.claimed_fen - case.machine_fen) for case in sample.cases]
    return [max(0, case.due_fen - case.machine_fen) for case in sample.cases], left


def _pooled(samples: Sequence[Sample]) -> list[Sample] | None:
    """Strata of which the spread can be told; None when there are too few answers for one."""
    strata = [sample for sample in samples if sample.population]
    thin = [one for one in strata if len(one.cases) < 2 and len(one.cases) < one.population]
    full = [one for one in strata if one not in thin]
    if thin:
        merged = _merge(thin)
        if len(merged.cases) < 2 and full:
            smallest = min(full, key=lambda one: (one.population, one.name))
            full.remove(smallest)
            merged = _merge([merged, smallest])
        if len(merged.cases) < 2 and len(merged.cases) < merged.population:
            return None
        full.append(merged)
    return full or None


def _merge(parts: Sequence[Sample]) -> Sample:
    return Sample(
        "+".join(part.name for part in parts), sum(part.population for part in parts), sum(part.paid_fen for part in parts),
        sum(part.drawn for part in parts), tuple(case for part in parts for case in part.cases),
    )  # fmt: skip


def _one_sided(strata: Sequence[Sample], told: Sequence[tuple[Sequence[int], Sequence[int]]], *, confidence_bp: int) -> Interval:
    """The estimate and limits of a sum that is never below zero."""
    from scipy.stats import gamma

    total = sum(one.population for one in strata)
    mean = variance = unseen = unseen_squared = 0.0
    for one, (lost, most) in zip(strata, told, strict=True):
        count, weight = len(one.cases), one.population / len(one.cases)
        left = 1 - count / one.population
        mean += weight * sum(lost)
        if count > 1:
            variance += one.population**2 * left * float(np.var(lost, ddof=1)) / count
        bounds = np.maximum(np.asarray(most, dtype=np.float64), np.asarray(lost, dtype=np.float64))
        unseen += one.population / total * left * weight * float(bounds.mean())
        unseen_squared += one.population / total * left * weight**2 * float((bounds**2).mean())
    tail = (1 - confidence_bp / 10_000) / 2
    found = sum(sum(lost) for lost, _ in told)
    low = float(gamma.ppf(tail, mean**2 / variance, scale=variance / mean)) if variance > 0 else mean
    upper_mean, upper_variance = mean + unseen, variance + unseen_squared
    high = float(gamma.ppf(1 - tail, upper_mean**2 / upper_variance, scale=upper_variance / upper_mean)) if upper_variance > 0 else mean
    return Interval(round(mean), max(found, round(low)), max(round(mean), round(high)))


def _difference(over: Interval, under: Interval) -> Interval:
    """Over minus under, by the limits of both."""
    fen = over.fen - under.fen
    below = float(np.hypot(over.fen - over.low_fen, under.high_fen - under.fen))
    above = float(np.hypot(over.high_fen - over.fen, under.fen - under.low_fen))
    return Interval(fen, round(fen - below), round(fen + above))
