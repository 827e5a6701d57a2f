"""The estimate of leak against cases worked by hand, and its interval against populations whose leak is known."""

import numpy as np
import pytest

from anpei.claims.leak.estimate import Case, Interval, Sample, estimate


def sample(name: str, population: int, *cases: tuple[int, int]) -> Sample:
    """A stratum of cases (paid, due); claimed is twice what was paid."""
    told = tuple(Case(paid, due, 2 * paid) for paid, due in cases)
    return Sample(name, population, population * 1000, len(told), told)


def test_the_estimate_is_the_sum_of_the_strata_means_times_their_sizes() -> None:
    found = estimate([sample("a", 100, (1000, 900), (1000, 1000)), sample("b", 10, (2000, 2000), (2000, 2600))], confidence_bp=9500)
    assert found is not None
    assert found.over.fen == 100 * 50
    assert found.under.fen == 10 * 300
    assert found.net.fen == 100 * 50 - 10 * 300


def test_a_population_that_was_answered_whole_is_known_exactly() -> None:
    found = estimate([sample("a", 3, (1000, 900), (1000, 1000), (500, 700))], confidence_bp=9500)
    assert found is not None
    assert (found.over, found.under, found.net) == (Interval(100, 100, 100), Interval(200, 200, 200), Interval(-100, -100, -100))


def test_no_difference_found_does_not_mean_none_is_there() -> None:
    found = estimate([sample("a", 6000, *[(1000, 1000)] * 60)], confidence_bp=9500)
    assert found is not None
    assert (found.over.fen, found.over.low_fen) == (0, 0)
    # One unseen case of weight 100 x 0.99 with 1000 fen, upper 97.5 % point of its gamma: about the rule of 3.7 / n of all that was paid.
    assert found.over.high_fen == 366_781
    assert found.under.high_fen == 366_781


def test_the_interval_shrinks_with_more_answers_and_widens_with_more_certainty() -> None:
    few = estimate([sample("a", 6000, (1000, 0), *[(1000, 1000)] * 59)], confidence_bp=9500)
    many = estimate([sample("a", 6000, *[(1000, 0)] * 10, *[(1000, 1000)] * 590)], confidence_bp=9500)
    sure = estimate([sample("a", 6000, *[(1000, 0)] * 10, *[(1000, 1000)] * 590)], confidence_bp=9900)
    assert few is not None
    assert many is not None
    assert sure is not None
    assert few.over.fen == many.over.fen == 100_000
    assert few.over.low_fen < many.over.low_fen < many.over.high_fen < few.over.high_fen
    assert sure.over.low_fen < many.over.low_fen < many.over.high_fen < sure.over.high_fen


def test_what_was_found_is_certain() -> None:
    found = estimate([sample("a", 61, (100_000, 0), *[(1000, 1000)] * 59)], confidence_bp=9500)
    assert found is not None
    assert found.over.low_fen >= 100_000


def test_thin_strata_are_taken_together_and_too_few_answers_give_none() -> None:
    alone = estimate([sample("a", 100, (1000, 900))], confidence_bp=9500)
    both = estimate([sample("a", 100, (1000, 900)), sample("b", 100, (1000, 1000))], confidence_bp=9500)
    beside = estimate([sample("a", 100), sample("b", 100, (1000, 900), (1000, 1000))], confidence_bp=9500)
    assert alone is None
    assert both is not None
    assert both.over.fen == 200 * 50
    assert beside is not None
    assert beside.over.fen == 200 * 50
    assert estimate([], confidence_bp=9500) is None


def leaking_population(rng: np.random.Generator, *, leak: float) -> list[tuple[np.ndarray, np.ndarray]]:
    """Strata of (paid, overpaid): skewed amounts, rare leaks of a part or of the whole payment."""
    strata = []
    for number in range(4):
        size = int(rng.integers(200, 1500))
        paid = np.round(np.exp(rng.normal(9 + 0.5 * number, 0.8, size))).astype(int)
        part = rng.choice([1.0, 0.3, 0.1, 0.05], size)
        strata.append((paid, np.where(rng.random(size) < leak * (1 + number / 3), (paid * part).astype(int), 0)))
    return strata


@pytest.mark.parametrize(("leak", "share", "least"), [(0.005, 0.05, 0.95), (0.05, 0.05, 0.90), (0.2, 0.1, 0.90)])
def test_the_interval_covers_the_true_leak_at_about_its_level(leak: float, share: float, least: float) -> None:
    rng = np.random.default_rng(20261122)
    strata = leaking_population(rng, leak=leak)
    true = sum(int(lost.sum()) for _, lost in strata)
    covered, runs = 0, 150
    for _ in range(runs):
        samples = []
        for number, (paid, lost) in enumerate(strata):
            drawn = rng.choice(len(paid), max(10, int(len(paid) * share)), replace=False)
            cases = tuple(Case(int(paid[i]), int(paid[i] - lost[i]), int(paid[i])) for i in drawn)
            samples.append(Sample(str(number), len(paid), int(paid.sum()), len(cases), cases))
        found = estimate(samples, confidence_bp=9500)
        assert found is not None
        covered += found.over.low_fen <= true <= found.over.high_fen
    assert least <= covered / runs <= 1.0
