"""The lines of many cases: what caps took off, shared by the largest remainder; and the check that no line passes its loss."""

from collections.abc import Iterator
from dataclasses import dataclass

import numpy as np

from anpei.claims.benefit.compiled import groups
from anpei.claims.benefit.compiled.arrow import Array
from anpei.claims.benefit.compiled.cases import Why
from anpei.claims.benefit.compiled.machine import Run
from anpei.claims.benefit.compiled.program import From, Line, Source


@dataclass(frozen=True, slots=True)
class LineRows:
    """One line of the product: its rows are those of ``level``, in their order; amounts in fen."""

    line: Line
    claimed: Array
    payable: Array


def lines_of(run: Run, *, payable: Array) -> tuple[LineRows, ...]:
    """The lines of all units, ``payable`` being the amounts of the units; cases whose lines do not fit them are marked."""
    parts = [_Part(line, run) for line in run.program.lines]
    shares = [part.before.copy() for part in parts]
    names = sorted({part.line.line.part_of for part in parts} - {""})
    rest = payable.copy()
    for name in names:
        amount = _by_unit(run, name)
        rest -= amount
        _share(run, parts, shares, name, amount)
    _share(run, parts, shares, "", rest)
    _within_loss(run, parts, shares)
    return tuple(LineRows(part.line, part.claimed, share) for part, share in zip(parts, shares, strict=True))


class _Part:
    def __init__(self, line: Line, run: Run) -> None:
        level = run.cases.levels[line.level]
        self.line, self.unit = line, level.unit
        self.before = run.values[line.level][line.line.payable].value
        self.claimed = _amount(run, line.level, line.claimed, len(level))


def _amount(run: Run, level: str, source: Source | None, count: int) -> Array:
    if source is None:
        return np.zeros(count, np.int64)
    return run.values[level][source.name].value if source.of is From.ROW else np.full(count, source.value, np.int64)


def _by_unit(run: Run, name: str) -> Array:
    """A value of the level on top, by unit; zero for a unit that is out of scope."""
    made = np.zeros(len(run.cases.units), np.int64)
    top = run.program.terms.unit
    made[run.cases.levels[top].unit] = run.values[top][name].value
    return made


def _share(run: Run, parts: list[_Part], shares: list[Array], name: str, amount: Array) -> None:
    """The lines that are part of one amount share it; where all of them are zero they stay so."""
    chosen = [place for place, part in enumerate(parts) if part.line.line.part_of == name]
    if not chosen:
        return
    unit = np.concatenate([parts[place].unit for place in chosen])
    weight = np.concatenate([parts[place].before for place in chosen])
    held = groups.sums_by(unit, weight, len(amount)) > 0
    _mark(run, held & (amount < 0), Why.PAID)
    made, _, large = groups.split(amount=np.where(held, np.maximum(amount, 0), 0), owner=unit, weight=weight)
    _mark(run, large, Why.NUMBER)
    begun = 0
    for place in chosen:
        shares[place] = made[begun : begun + len(shares[place])]
        begun += len(shares[place])


def _mark(run: Run, units: Array, why: Why) -> None:
    run.why[run.cases.units.case[units]] |= why


def _within_loss(run: Run, parts: list[_Part], shares: list[Array]) -> None:
    for loss, level, places in _losses(parts):
        paid = sum((shares[place] for place in places), start=np.zeros(len(shares[places[0]]), np.int64))
        most = _amount(run, level, loss, len(paid))
        run.why[run.cases.levels[level].case[paid > most]] |= Why.PAID


def _losses(parts: list[_Part]) -> Iterator[tuple[Source | None, str, list[int]]]:
    """Each loss with the lines that may not pass it together."""
    found: dict[str, list[int]] = {}
    for place, part in enumerate(parts):
        if part.line.line.basis == "expense" and part.line.line.loss:
            found.setdefault(part.line.line.loss, []).append(place)
    for places in found.values():
        yield parts[places[0]].line.loss, parts[places[0]].line.level, places
