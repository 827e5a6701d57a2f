"""One case of an outcome in the words of the reference: for tests, for the difference of two replays, for whoever looks at a case."""

from collections.abc import Iterator
from dataclasses import dataclass

import numpy as np

from anpei.claims.benefit.compiled.arrow import Array
from anpei.claims.benefit.compiled.outcome import CAUSES, Outcome
from anpei.claims.benefit.model import Assessment, ZeroCause


@dataclass(frozen=True, slots=True, kw_only=True)
class Told:
    """What one case comes to. ``lines``: (id, claimed, payable); ``units``: (id, payable, cause); ``steps``: (id, of, value);
    ``uses``: (accumulator, kind, period, amount, total). All amounts in fen."""

    total_fen: int
    zero_cause: ZeroCause
    lines: tuple[tuple[str, int, int], ...]
    units: tuple[tuple[str, int, ZeroCause], ...]
    steps: frozenset[tuple[str, str, int]]
    uses: tuple[tuple[str, str, str, int, int], ...]


def told(outcome: Outcome, case: int) -> Told:
    """One case that was calculated (``outcome.why[case]`` is zero)."""
    units = outcome.cases.units
    return Told(
        total_fen=int(outcome.total_fen[case]),
        zero_cause=CAUSES[outcome.cause[case]],
        lines=tuple(sorted(_lines(outcome, case))),
        units=tuple(
            sorted((units.ids.at(unit), int(outcome.payable[unit]), CAUSES[outcome.unit_cause[unit]]) for unit in _rows(units.case, case))
        ),
        steps=frozenset(_steps(outcome, case)),
        uses=tuple(sorted(_uses(outcome, case))),
    )


def told_of(assessment: Assessment) -> Told:
    """The same of what the reference gives."""
    return Told(
        total_fen=assessment.total_fen,
        zero_cause=assessment.zero_cause,
        lines=tuple(sorted((line.id, line.claimed_fen, line.payable_fen) for line in assessment.lines)),
        units=tuple(sorted((unit.id, unit.payable_fen, unit.zero_cause) for unit in assessment.units)),
        steps=frozenset((step.id, step.of, step.output_fen) for step in assessment.steps),
        uses=tuple(sorted((use.name, use.kind, use.period_key, use.amount, use.total) for use in assessment.accumulator_use)),
    )


def _rows(case: Array, wanted: int) -> range:
    """The rows of a case; ``case`` ascends."""
    return range(int(np.searchsorted(case, wanted, side="left")), int(np.searchsorted(case, wanted, side="right")))


def _lines(outcome: Outcome, case: int) -> Iterator[tuple[str, int, int]]:
    units = outcome.cases.units
    for rows in outcome.lines:
        level = outcome.cases.levels[rows.line.level]
        for row in _rows(level.case, case):
            name = f"{units.ids.at(level.unit[row])}:{rows.line.line.id}"
            name += f":{level.of(row).split('/', 1)[-1]}" if rows.line.line.each else ""
            yield name, int(rows.claimed[row]), int(rows.payable[row])


def _steps(outcome: Outcome, case: int) -> Iterator[tuple[str, str, int]]:
    for step in outcome.program.terms.steps:
        level = outcome.cases.levels[step.each]
        for row in _rows(level.case, case):
            yield step.id, level.of(row), int(outcome.steps[step.id][row])


def _uses(outcome: Outcome, case: int) -> Iterator[tuple[str, str, str, int, int]]:
    uses, kinds = outcome.uses, outcome.program.terms.accumulators_by_name
    for entry in _rows(uses.case, case):
        data = kinds[uses.names[uses.name[entry]]]
        kind = data.kind if data.unit == "fen" else "count"
        yield data.name, kind, uses.keys[uses.key[entry]], int(uses.amount[entry]), int(uses.total[entry])
