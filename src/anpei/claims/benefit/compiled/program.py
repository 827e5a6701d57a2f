"""A program (程序): the steps of one product version and plan with every name resolved, made once and run over many cases."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from enum import Enum
from typing import Any

import numpy as np

from anpei.claims.benefit.compiled.arrow import Array
from anpei.claims.benefit.compiled.table.rows import lists_from_bills
from anpei.claims.benefit.compiled.table.schema import BILL
from anpei.records.products.model import BILL_FACTS, BILL_FLAGS, DAY_TITLES, EVENT_TITLES, FIXED, BenefitLine, StepTerms, Terms

GATHERING = frozenset({"gather", "largest", "number", "worst"})
TOGETHER = frozenset({"share", "carried"})
_DAYS_OF_BILLS = frozenset({"admitted_on", "discharged_on", "service_on"})


class From(Enum):
    """Where a value stands: in the row, in the event above it, in the plan, or in an accumulator."""

    ROW = 0
    EVENT = 1
    PLAN = 2
    LEFT = 3


@dataclass(frozen=True, slots=True)
class Source:
    """A resolved name; ``value`` is that of the plan."""

    of: From
    name: str
    value: int = 0


@dataclass(frozen=True, slots=True)
class Choice:
    """One alternative of an operand."""

    when: Source | None
    use: Source


@dataclass(frozen=True, slots=True)
class Plan:
    """One step with its names resolved. ``rows`` is the level a gathering step reads, ``counts`` whether it only counts these rows.

    ``keys`` and ``row_values`` are the table of a step that looks up; ``words`` says of each word whether it is one of those asked for;
    ``text`` is where the text stands by which rows belong together.
    """

    step: StepTerms
    level: str
    operands: tuple[tuple[Choice, ...], ...]
    when: Source | None
    unless: Source | None
    rows: str = ""
    counts: bool = False
    band: bool = False
    keys: Array | None = None
    row_values: Array | None = None
    words: Array | None = None
    text: From = From.ROW

    @property
    def touches(self) -> frozenset[str]:
        """The accumulators that the step reads or uses up."""
        sources = [choice.use for operand in self.operands for choice in operand]
        read = {source.name for source in sources if source.of is From.LEFT}
        return frozenset(read | ({self.step.consumes} if self.step.consumes else set()))


@dataclass(frozen=True, slots=True)
class Block:
    """Steps of one level: those before the first that touches an accumulator, those up to the last one, and those after it.

    The first and last part may run over all rows at once; the middle part goes row after row of a case, as the use must.
    """

    level: str
    before: tuple[Plan, ...]
    inside: tuple[Plan, ...]
    after: tuple[Plan, ...]


@dataclass(frozen=True, slots=True)
class Line:
    """A line of the result: where its amounts stand (None: nowhere, which counts as zero)."""

    line: BenefitLine
    level: str
    claimed: Source | None
    loss: Source | None


@dataclass(frozen=True, slots=True)
class Program:
    """What is run. ``problem`` says what the terms ask that a program does not do: then only the reference calculates these cases."""

    terms: Terms
    blocks: tuple[Block, ...]
    lines: tuple[Line, ...]
    totals: Mapping[str, Source]
    problem: str = ""

    @property
    def touched(self) -> Mapping[str, tuple[str, ...]]:
        """For each accumulator the levels at which it is touched."""
        found: dict[str, list[str]] = {}
        for block in self.blocks:
            for name in sorted({name for plan in block.inside for name in plan.touches}):
                levels = found.setdefault(name, [])
                if block.level not in levels:
                    levels.append(block.level)
        return {name: tuple(levels) for name, levels in found.items()}


def program_of(terms: Terms) -> Program:
    """The program of the terms. Whoever calculates many tables keeps it."""
    return _Compiler(terms).program()


class _Unresolved(Exception):
    """A name of the terms that a program cannot resolve."""


class _Compiler:
    def __init__(self, terms: Terms) -> None:
        self._terms = terms
        self._levels = self._first_names()

    def program(self) -> Program:
        terms = self._terms
        try:
            blocks = tuple(self._block(level, steps) for level, steps in terms.blocks)
            totals = {a.name: self._total(a.total) for a in terms.accumulators}
            lines = tuple(self._line(line) for line in terms.lines)
            self._own(terms.unit, terms.payable)
            for line in terms.lines:
                self._own(line.each or terms.unit, line.payable)
                self._own(terms.unit, line.part_of or terms.payable)
        except _Unresolved as problem:
            return Program(terms, (), (), {}, str(problem))
        program = Program(terms, blocks, lines, totals)
        return Program(terms, blocks, lines, totals, next(self._problems(program), ""))

    def _first_names(self) -> dict[str, set[str]]:
        """The names of each level before the first step."""
        terms = self._terms
        levels: dict[str, set[str]] = {"bill": {*BILL_FACTS, *BILL_FLAGS, *DAY_TITLES}}
        if terms.unit == "event":
            levels |= {"event": set(EVENT_TITLES), **{listed.name: set() for listed in terms.lists}}
            for item in terms.inputs:
                levels[item.of].add(item.name)
        elif terms.unit == "visit":
            levels["visit"] = set()
        return levels

    def _problems(self, program: Program) -> Iterator[str]:
        order = {block.level: place for place, block in enumerate(program.blocks)}
        for name, levels in program.touched.items():
            if self._terms.unit != "event" and len(levels) > 1:
                yield f"the accumulator {name} is used at {' and '.join(levels)} of one unit after the other"
        if self._terms.unit == "bill" and set(order) - {"bill"}:
            yield "steps of more than bills"
        losses: dict[str, str] = {}
        for line in program.lines:
            if line.line.loss and losses.setdefault(line.line.loss, line.level) != line.level:
                yield f"the loss {line.line.loss} stands at two levels"
        taken = {column for columns in lists_from_bills(self._terms).values() for column in columns}
        strange = taken & {BILL.field(place).name for place in range(BILL.num_fields)} - _DAYS_OF_BILLS
        if strange:
            yield f"a list takes {', '.join(sorted(strange))} from bills"

    def _own(self, level: str, name: str) -> None:
        if name not in self._levels.get(level, ()):
            raise _Unresolved(f"{name} is no value of {level}")

    def _source(self, name: str, level: str) -> Source:
        if name in self._levels[level]:
            return Source(From.ROW, name)
        if self._terms.unit == "event" and name in self._levels["event"]:
            return Source(From.EVENT, name)
        if name in FIXED:
            return Source(From.PLAN, name, FIXED[name])
        if name not in self._terms.values:
            raise _Unresolved(f"{name} is not known at {level}")
        return Source(From.PLAN, name, self._terms.values[name])

    def _use(self, name: str, level: str) -> Source:
        if name.endswith(".left"):
            accumulator = name.removesuffix(".left")
            if accumulator not in self._terms.accumulators_by_name:
                raise _Unresolved(f"there is no accumulator {accumulator}")
            return Source(From.LEFT, accumulator)
        return self._source(name, level)

    def _total(self, name: str) -> Source:
        if self._terms.unit == "event":
            found = self._source(name, "event")
            return Source(From.EVENT, name) if found.of is From.ROW else found
        if name not in self._terms.values or any(name in names for names in self._levels.values()):
            raise _Unresolved(f"the whole {name} of an accumulator is no value of the plan")
        return Source(From.PLAN, name, self._terms.values[name])

    def _block(self, level: str, steps: tuple[StepTerms, ...]) -> Block:
        if level not in self._levels:
            raise _Unresolved(f"there is no level {level}")
        plans = [self._plan(step, level) for step in steps]
        places = [place for place, plan in enumerate(plans) if plan.touches]
        first, last = (places[0], places[-1] + 1) if places else (len(plans), len(plans))
        return Block(level, tuple(plans[:first]), tuple(plans[first:last]), tuple(plans[last:]))

    def _plan(self, step: StepTerms, level: str) -> Plan:
        asked = "event" if step.do in TOGETHER else level
        conditions = [self._source(name, asked) if name else None for name in (step.when, step.unless)]
        more = self._settings(step, level)
        operands: tuple[tuple[Choice, ...], ...] = ()
        if step.do not in GATHERING:
            operands = tuple(
                tuple(Choice(self._source(case.when, level) if case.when else None, self._use(case.name, level)) for case in operand.cases)
                for operand in step.operands
            )
            if step.do == "share":
                operands = (self._of_event(step.operands[0].cases[0].name), *operands[1:])
        plan = Plan(step=step, level=level, operands=operands, when=conditions[0], unless=conditions[1], **more)
        self._levels[level].add(step.output)
        return plan

    def _of_event(self, name: str) -> tuple[Choice, ...]:
        return (Choice(None, self._total(name)),)

    def _settings(self, step: StepTerms, level: str) -> dict[str, Any]:
        if step.do in GATHERING:
            return self._gathered(step.operands[0].cases[0].name)
        if step.do == "table":
            table = self._terms.table(str(step.setting("table")))
            keys, values = (np.array(column, np.int64) for column in zip(*table.rows, strict=True))
            return {"band": table.band, "keys": keys, "row_values": values}
        if step.do == "is":
            unit = next(i.unit for i in self._terms.inputs if i.name == step.operands[0].cases[0].name)
            wanted = str(step.setting("one_of")).split(",")
            return {"words": np.array([word in wanted for word, _ in self._terms.options(unit.removeprefix("code:"))], np.int64)}
        if step.do == "carried":
            return {"text": self._text_of(str(step.setting("same")), level)}
        return {}

    def _text_of(self, name: str, level: str) -> From:
        homes = {item.of for item in self._terms.inputs if item.name == name}
        if not homes & {level, "event"} or len(homes) > 1:
            raise _Unresolved(f"the text {name} does not stand in {level}")
        return From.ROW if level in homes else From.EVENT

    def _gathered(self, name: str) -> dict[str, Any]:
        if name in self._levels:
            return {"rows": name, "counts": True}
        rows = ("bill", *sorted(set(self._levels) - {"bill", "event", "visit"}))
        homes = [level for level in rows if name in self._levels[level]]
        if len(homes) != 1:
            raise _Unresolved(f"the rows of {name} are not clear")
        return {"rows": homes[0]}

    def _line(self, line: BenefitLine) -> Line:
        level = line.each or self._terms.unit
        return Line(line, level, self._amount(line.claimed, level), self._amount(line.loss, level) if line.loss else None)

    def _amount(self, name: str, level: str) -> Source | None:
        if name in self._levels.get(level, ()):
            return Source(From.ROW, name)
        return Source(From.PLAN, name, self._terms.values[name]) if name in self._terms.values else None
