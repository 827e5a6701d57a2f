"""Two outcomes of the same table beside each other: what a case pays by line, and the first step at which it went another way."""

from collections.abc import Mapping
from dataclasses import dataclass

import numpy as np

from anpei.claims.benefit._form import BenefitInvalid
from anpei.claims.benefit.compiled import groups
from anpei.claims.benefit.compiled.arrow import Array
from anpei.claims.benefit.compiled.outcome import Outcome


@dataclass(frozen=True, slots=True, kw_only=True)
class Differences:
    """By case. ``compared``: both calculated it; all else is zero (and -1) elsewhere.

    ``total_fen`` is what it pays more (or less), ``lines`` the same by line of the product, ``step`` the place in ``steps`` of the first
    step whose values differ (-1: none).
    """

    compared: Array
    total_fen: Array
    lines: Mapping[str, Array]
    step: Array
    steps: tuple[str, ...]


def by_line(outcome: Outcome) -> dict[str, Array]:
    """What each case pays by line of the product (fen, summed over its bills, visits or rows)."""
    count = outcome.cases.count
    return {
        rows.line.line.id: groups.sums_by(outcome.cases.levels[rows.line.level].case, rows.payable, count) for rows in outcome.lines
    }  # fmt: skip


def differences(*, before: Outcome, after: Outcome) -> Differences:
    """What became different between two outcomes of one table: another catalogue, other terms. Raises BenefitInvalid for two tables.

    Steps and lines are compared by their ids; one that only the other terms have counts as all zero.
    """
    count = before.cases.count
    if after.cases.count != count:
        raise BenefitInvalid(f"these are outcomes of {count} and of {after.cases.count} cases: compare two of one table")
    compared = (before.why == 0) & (after.why == 0)
    names = tuple(dict.fromkeys([*after.steps, *before.steps]))
    step = np.full(count, -1, np.int64)
    for place in reversed(range(len(names))):
        step[_differs(before, after, names[place])] = place
    paid, pays = by_line(before), by_line(after)
    zero = np.zeros(count, np.int64)
    lines = {
        name: np.where(compared, pays.get(name, zero) - paid.get(name, zero), 0) for name in dict.fromkeys([*pays, *paid])
    }  # fmt: skip
    total = np.where(compared, after.total_fen - before.total_fen, 0)
    return Differences(compared=compared, total_fen=total, lines=lines, step=np.where(compared, step, -1), steps=names)


def _differs(before: Outcome, after: Outcome, name: str) -> Array:
    """Cases in which a step gives something else: row by row where the rows are the same, else in sum."""
    found = [_rows(outcome, name) for outcome in (before, after)]
    (case, values), (other_case, others) = found
    if len(case) == len(other_case) and bool((case == other_case).all()):
        changed = np.zeros(before.cases.count, bool)
        changed[case[values != others]] = True
        return changed
    sums = [groups.sums_by(case, values, before.cases.count) for case, values in found]
    return np.asarray(sums[0] != sums[1])


def _rows(outcome: Outcome, name: str) -> tuple[Array, Array]:
    if name not in outcome.steps:
        return np.zeros(0, np.int64), np.zeros(0, np.int64)
    level = next(step.each for step in outcome.program.terms.steps if step.id == name)
    return outcome.cases.levels[level].case, outcome.steps[name]
