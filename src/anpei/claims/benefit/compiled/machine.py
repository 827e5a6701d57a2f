"""Runs a program over the columns of many cases: each step once for all rows of its level, in rounds where use must go row by row."""

from collections.abc import Iterator, Sequence
from typing import Any

import numpy as np

from anpei.claims.benefit.compiled import groups
from anpei.claims.benefit.compiled.arrow import Array, Column
from anpei.claims.benefit.compiled.cases import MOST_TURNS, Cases, Level, Why
from anpei.claims.benefit.compiled.keys import slots_of
from anpei.claims.benefit.compiled.operations import OPENED, OPERATIONS
from anpei.claims.benefit.compiled.program import GATHERING, TOGETHER, Choice, From, Plan, Program, Source
from anpei.kernel.money import MAX_FEN

Rows = Any
"""Rows of a level by their place, or all of them (a full slice)."""
ALL = slice(None)


class Run:
    """One run: ``values`` by level and name, ``steps`` by id, ``why`` by case, what is used in ``slots``, ``cut`` by unit.

    ``opened``: without deductibles and limits, to see whether these alone explain a zero.
    """

    def __init__(self, program: Program, cases: Cases, *, opened: bool = False) -> None:
        self.program, self.cases, self.opened = program, cases, opened
        self.why = cases.why.copy()
        self.cut = np.zeros(len(cases.units), bool)
        self.values: dict[str, dict[str, Column]] = {name: dict(level.values) for name, level in cases.levels.items()}
        self.steps: dict[str, Array] = {}
        self.slots, self.book = slots_of(program, cases)

    def run(self) -> None:
        """Execute all steps."""
        for block in self.program.blocks:
            level = self.cases.levels[block.level]
            for plan in block.before:
                self._step(plan, ALL)
            for rows in _rounds(level) if block.inside else ():
                for plan in block.inside:
                    self._step(plan, rows)
            for plan in block.after:
                self._step(plan, ALL)

    def _level(self, name: str) -> Level:
        return self.cases.levels[name]

    def _mark(self, level: str, rows: Rows, mask: Array, why: Why) -> None:
        if mask.any():
            self.why[self._level(level).case[rows][mask]] |= why

    def _step(self, plan: Plan, rows: Rows) -> None:
        if plan.step.do in TOGETHER:
            self._store(plan, ALL, self._share(plan) if plan.step.do == "share" else self._carried(plan))
            return
        applies = self._holds(plan, plan.level, rows)
        if plan.step.do in GATHERING:
            out = self._gather(plan, rows, applies)
        else:
            values = [self._operand(operand, plan.level, rows, applies) for operand in plan.operands]
            out = self._result(plan, values, rows, applies)
        if applies is not None:
            out = np.where(applies, out, 0)
        self._mark(plan.level, rows, out > MAX_FEN, Why.STEP)
        if plan.step.consumes:
            self._consume(plan, rows, out)
        self._store(plan, rows, out)

    def _store(self, plan: Plan, rows: Rows, out: Array) -> None:
        held = self.values[plan.level]
        if isinstance(rows, slice):
            held[plan.step.output] = Column(out)
        else:
            if plan.step.output not in held:
                held[plan.step.output] = Column(np.zeros(len(self._level(plan.level)), np.int64))
            held[plan.step.output].value[rows] = out
        self.steps[plan.step.id] = held[plan.step.output].value

    def _holds(self, plan: Plan, level: str, rows: Rows) -> Array | None:
        """Where the step applies (None: everywhere)."""
        applies: Array | None = None
        if plan.when is not None:
            applies = self._needed(plan.when, level, rows, None) != 0
        if plan.unless is not None:
            barred = self._needed(plan.unless, level, rows, applies) != 0
            applies = ~barred if applies is None else applies & ~barred
        return applies

    def _cut(self, plan: Plan, rows: Rows, mask: Array) -> None:
        """Units in which a cap or count took all that there was, as the reference tells it from the trace of its steps."""
        self.cut[self._level(plan.level).unit[rows][mask]] = True

    def _result(self, plan: Plan, values: Sequence[Array], rows: Rows, applies: Array | None) -> Array:
        if self.opened and plan.step.do in OPENED:
            return OPENED[plan.step.do](values)
        out, marks = OPERATIONS[plan.step.do](values, plan)
        for why, mask in marks:
            self._mark(plan.level, rows, mask if applies is None else mask & applies, why)
        if plan.step.do in {"cap", "count"} and not self.opened:
            gone = (out == 0) & (values[0] > 0)
            self._cut(plan, rows, gone if applies is None else gone & applies)
        return out

    def _consume(self, plan: Plan, rows: Rows, out: Array) -> None:
        name = plan.step.consumes
        one = self.program.terms.accumulators_by_name[name].kind == "count"
        self.slots[name].consume(plan.level, rows, (out > 0).astype(np.int64) if one else out)

    def _operand(self, operand: tuple[Choice, ...], level: str, rows: Rows, applies: Array | None) -> Array:
        """The value of the first alternative that holds."""
        if len(operand) == 1 and operand[0].when is None:
            return self._needed(operand[0].use, level, rows, applies)
        open_ = np.ones(self._count(level, rows), bool) if applies is None else applies.copy()
        out = np.zeros(len(open_), np.int64)
        for choice in operand:
            holds = open_ if choice.when is None else open_ & (self._needed(choice.when, level, rows, open_) != 0)
            if holds.any():
                out = np.where(holds, self._needed(choice.use, level, rows, holds), out)
            open_ = open_ & ~holds
        self._mark(level, rows, open_, Why.PROGRAM)
        return out

    def _count(self, level: str, rows: Rows) -> int:
        return len(self._level(level)) if isinstance(rows, slice) else len(rows)

    def _needed(self, source: Source, level: str, rows: Rows, where: Array | None) -> Array:
        """The value of a name for some rows; rows (``where``) that need it and do not know it are marked."""
        if source.of is From.PLAN:
            return np.broadcast_to(np.int64(source.value), self._count(level, rows))
        if source.of is From.LEFT:
            return self._left(source.name, level, rows, where)
        at = self._level(level).case[rows] if source.of is From.EVENT else rows
        column = self.values["event" if source.of is From.EVENT else level].get(source.name)
        if column is None:
            self.why[:] |= Why.PROGRAM
            return np.zeros(self._count(level, rows), np.int64)
        if column.known is not None:
            missing = ~column.known[at]
            self._mark(level, rows, missing if where is None else missing & where, Why.UNKNOWN)
        return column.value[at]

    def _left(self, name: str, level: str, rows: Rows, where: Array | None) -> Array:
        slots = self.slots[name]
        known = slots.known[level]
        if known is not None:
            missing = ~known[rows]
            self._mark(level, rows, missing if where is None else missing & where, Why.UNKNOWN)
        return slots.left(level, rows, self._needed(self.program.totals[name], level, rows, where))

    def _gather(self, plan: Plan, rows: Rows, applies: Array | None) -> Array:
        """Over the rows of each event or visit: a sum, the largest, how many, the worst grade."""
        top, under = self._level(plan.level), self._level(plan.rows)
        wanted = np.zeros(len(top), bool)
        wanted[rows] = True if applies is None else applies
        owner = np.searchsorted(top.unit, under.unit)
        chosen = np.flatnonzero(wanted[owner]) if len(under) else np.zeros(0, np.int64)
        values = np.ones(len(chosen), np.int64)
        if not plan.counts:
            values = self._needed(Source(From.ROW, plan.step.operands[0].cases[0].name), plan.rows, chosen, None)
        if plan.step.do == "worst":
            out, none = groups.worst_by(owner[chosen], values, len(top), int(plan.step.setting("promote")))
            self._mark(plan.level, ALL, none & wanted, Why.UNKNOWN)
        else:
            by = groups.largest_by if plan.step.do == "largest" else groups.sums_by
            out = by(owner[chosen], values, len(top))
        return out[rows]

    def _share(self, plan: Plan) -> Array:
        """Each row's part of an amount of its event."""
        applies = self._holds(plan, "event", ALL)
        rows = self._level(plan.level)
        amount = self._needed(plan.operands[0][0].use, "event", ALL, applies)
        held = np.ones(self.cases.count, bool) if applies is None else applies
        weight = self._needed(plan.operands[1][0].use, plan.level, ALL, held[rows.case])
        parts, nothing, large = groups.split(amount=np.where(held, amount, 0), owner=rows.case, weight=weight)
        self._mark("event", ALL, nothing, Why.STEP)
        self._mark("event", ALL, large, Why.NUMBER)
        return parts

    def _carried(self, plan: Plan) -> Array:
        """What rows before belong together with each row; a case of several rows must know all that is asked of them."""
        applies, rows = self._holds(plan, "event", ALL), self._level(plan.level)
        several = np.bincount(rows.case, minlength=self.cases.count)[rows.case] > 1
        several &= self.why[rows.case] == 0
        where = several if applies is None else several & applies[rows.case]
        amount, first, last, within = (self._needed(operand[0].use, plan.level, ALL, where) for operand in plan.operands)
        name = str(plan.step.setting("same"))
        of_event = plan.text is From.EVENT
        text = self._level("event").texts[name].code[rows.case] if of_event else rows.texts[name].code
        chosen = np.flatnonzero(where)
        chosen = chosen[np.lexsort((chosen, first[chosen], rows.case[chosen]))]
        out = np.zeros(len(rows), np.int64)
        out[chosen], unsaid = groups.carried(
            case=rows.case[chosen], amount=amount[chosen], first=first[chosen], last=last[chosen], within=within[chosen], text=text[chosen]
        )
        self._mark(plan.level, chosen, unsaid, Why.UNKNOWN)
        return out


def _rounds(level: Level) -> Iterator[Rows]:
    """The first row of each case, then the second of each, and so on; all at once where no case has two.

    Rows beyond ``MOST_TURNS`` have none: their cases are left to the reference.
    """
    place = np.arange(len(level)) - np.searchsorted(level.case, level.case, side="left")
    last = min(int(place.max(initial=0)), MOST_TURNS - 1)
    if last == 0:
        yield ALL
        return
    order = np.argsort(place, kind="stable")
    bounds = np.searchsorted(place[order], np.arange(last + 2))
    for number in range(last + 1):
        yield order[bounds[number] : bounds[number + 1]]
