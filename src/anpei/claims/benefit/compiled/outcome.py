"""What comes out of a program: arrays by case, unit, line, step and accumulator, and one case of it as the reference would show it."""

from collections.abc import Mapping
from dataclasses import dataclass

import numpy as np

from anpei.claims.benefit.compiled.arrow import Array, Column
from anpei.claims.benefit.compiled.cases import Cases, Why, some_units
from anpei.claims.benefit.compiled.lines import LineRows, lines_of
from anpei.claims.benefit.compiled.machine import Run
from anpei.claims.benefit.compiled.program import Program
from anpei.claims.benefit.model import ZeroCause

CAUSES = (
    ZeroCause.NONE, ZeroCause.COMPENSATED, ZeroCause.DEDUCTIBLE, ZeroCause.LIMIT, ZeroCause.OUT_OF_SCOPE, ZeroCause.UNEXPLAINED,
)  # fmt: skip
"""Causes by their number; of several units the largest is that of the case."""
_CODE = {cause: number for number, cause in enumerate(CAUSES)}


@dataclass(frozen=True, slots=True, kw_only=True)
class Uses:
    """What is used, one entry an accumulator and period of a case. ``name`` is a place in ``names``, ``key`` one in ``keys``."""

    case: Array
    name: Array
    key: Array
    amount: Array
    total: Array
    names: tuple[str, ...]
    keys: tuple[str, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class Outcome:
    """The results. ``why`` is zero where the case was calculated; where it is not, nothing else of the case means anything.

    ``total_fen`` and ``cause`` by case; ``payable`` and ``unit_cause`` by unit (``cases.units``); ``lines`` by the rows of their level;
    ``steps`` by id over the rows of the step's level. ``cause`` and ``unit_cause`` are places in ``CAUSES``.
    """

    program: Program
    cases: Cases
    why: Array
    total_fen: Array
    cause: Array
    payable: Array
    unit_cause: Array
    lines: tuple[LineRows, ...]
    steps: Mapping[str, Array]
    uses: Uses


def calculate(*, program: Program, cases: Cases) -> Outcome:
    """The benefit of all cases. Equal to ``assess`` in every amount for the cases whose ``why`` is zero; all others are left to it."""
    if program.problem:
        return _nothing(program, cases)
    run = Run(program, cases)
    run.run()
    units = cases.units
    payable = np.zeros(len(units), np.int64)
    top = program.terms.unit
    payable[cases.levels[top].unit] = run.values[top][program.terms.payable].value
    lines = lines_of(run, payable=payable)
    if top != "event":
        run.why[units.case[payable > units.burden]] |= Why.PAID
    total = np.zeros(cases.count, np.int64)
    np.add.at(total, units.case, payable)
    spread = np.zeros(cases.count, np.int64)
    for line in lines:
        np.add.at(spread, cases.levels[line.line.level].case, line.payable)
    run.why[spread != total] |= Why.PAID
    causes = _causes(run, payable)
    cause = np.zeros(cases.count, np.int8)
    np.maximum.at(cause, units.case, causes)
    return Outcome(
        program=program, cases=cases, why=run.why, total_fen=total, cause=np.where(total == 0, cause, 0).astype(np.int8), payable=payable,
        unit_cause=causes, lines=lines, steps=run.steps, uses=_uses(run),
    )  # fmt: skip


def _nothing(program: Program, cases: Cases) -> Outcome:
    none = np.zeros(0, np.int64)
    uses = Uses(case=none, name=none, key=none, amount=none, total=none, names=(), keys=())
    units = len(cases.units)
    return Outcome(
        program=program, cases=cases, why=cases.why | Why.PROGRAM, total_fen=np.zeros(cases.count, np.int64),
        cause=np.zeros(cases.count, np.int8), payable=np.zeros(units, np.int64), unit_cause=np.zeros(units, np.int8), lines=(), steps={},
        uses=uses,
    )  # fmt: skip


def _causes(run: Run, payable: Array) -> Array:
    """Why units pay nothing: they are run again without deductibles and limits, each as a case of its own."""
    cases, program = run.cases, run.program
    units = cases.units
    compensated = (units.total > 0) & (units.burden == 0)
    zero = units.scoped & (payable == 0) & (run.why[units.case] == 0)
    causes = np.zeros(len(units), np.int8)
    causes[~units.scoped] = _CODE[ZeroCause.OUT_OF_SCOPE]
    plain = zero & compensated & (program.terms.unit != "event")
    causes[plain] = _CODE[ZeroCause.COMPENSATED]
    chosen = np.flatnonzero(zero & ~plain)
    if not len(chosen):
        return causes
    again = Run(program, some_units(cases, chosen), opened=True)
    again.run()
    run.why[units.case[chosen]] |= again.why
    open_ = again.values[program.terms.unit][program.terms.payable].value
    without = np.where(compensated[chosen], _CODE[ZeroCause.COMPENSATED], _CODE[ZeroCause.UNEXPLAINED])
    causes[chosen] = np.where(open_ == 0, without, np.where(run.cut[chosen], _CODE[ZeroCause.LIMIT], _CODE[ZeroCause.DEDUCTIBLE]))
    return causes


def _uses(run: Run) -> Uses:
    parts: list[tuple[Array, Array, Array, Array, Array]] = []
    names = tuple(sorted(run.slots))
    for number, name in enumerate(names):
        slots = run.slots[name]
        at = np.flatnonzero(slots.used > 0)
        parts.append((slots.case[at], np.full(len(at), number, np.int64), slots.key[at], slots.used[at], slots.total[at]))
    joined = [np.concatenate([part[place] for part in parts]) if parts else np.zeros(0, np.int64) for place in range(5)]
    order = np.argsort(joined[0], kind="stable")
    case, name_of, key, amount, total = (column[order] for column in joined)
    return Uses(case=case, name=name_of, key=key, amount=amount, total=total, names=names, keys=tuple(run.book.numbers))


__all__ = ["CAUSES", "Column", "Outcome", "Uses", "calculate"]
