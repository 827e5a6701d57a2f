"""What a product file must mean, beyond its form: known names, right units, right order, values of every plan.

Each problem is (place in the file, sentence); the place is mapped to a line by ``engines.knowledge``.
"""

from collections.abc import Iterator
from string import Formatter
from typing import TYPE_CHECKING, Any

from anpei.kernel.errors import AnpeiError
from anpei.kernel.money import FULL_BP, Money
from anpei.records.products import _steps
from anpei.records.products.model import BILL_FACTS

if TYPE_CHECKING:
    from anpei.records.products.schema import ProductFile

Place = tuple[str | int, ...]
Problem = tuple[Place, str]

PHRASES = ("unit", "total", "zero_deductible", "zero_limit", "zero_compensated", "zero_other", "half_up", "lesser", "counted")
_CONSUMERS = {"deductible": "deductible", "cap": "limit", "count": "count"}


def parameter_value(unit: str, given: str | int) -> int:
    """A plan's value in the unit's integers (fen, basis points, count). Raises ValueError with what would be right."""
    if isinstance(given, bool):
        raise ValueError(f"{given!r} is no value")
    if unit == "yuan":
        try:
            fen = Money.parse(str(given)).fen
        except AnpeiError as error:
            raise ValueError(error.message) from error
        if fen < 0:
            raise ValueError(f"{given!r} must not be negative")
        return fen
    if isinstance(given, str) or given < 0 or (unit == "bp" and given > FULL_BP):
        right = f"a whole number from 0 to {FULL_BP} basis points" if unit == "bp" else "a whole number from 0"
        raise ValueError(f"{given!r} must be {right}")
    return given


def problems(file: "ProductFile") -> list[Problem]:
    """All problems of meaning, in the order of the file."""
    return [
        *_plans(file),
        *_documents(file),
        *_unique("coverages", [c.id for c in file.coverages]),
        *_unique("exclusions", [e.id for e in file.exclusions]),
        *_step_problems(file),
        *_accumulators(file),
        *_unused(file),
        *_lines(file),
        *_phrases(file),
        *_examples(file),
    ]


def _unique(where: str, ids: list[str]) -> Iterator[Problem]:
    for index, name in enumerate(ids):
        if name in ids[:index]:
            yield (where, index), f"the id {name!r} stands twice in {where}: give each its own"


def _values(file: "ProductFile", given: dict[str, Any], where: Place) -> Iterator[Problem]:
    for name, value in given.items():
        declared = file.parameters.get(name)
        if declared is None:
            yield (*where, name), f"unknown parameter {name!r}; declared are {', '.join(file.parameters)}"
            continue
        try:
            parameter_value(declared.unit, value)
        except ValueError as error:
            yield (*where, name), str(error)


def _plans(file: "ProductFile") -> Iterator[Problem]:
    for plan, data in file.plans.items():
        where = ("plans", plan, "parameters")
        missing = [name for name in file.parameters if name not in data.parameters]
        if missing:
            yield where, f"plan {plan!r} gives no value for {', '.join(missing)}"
        yield from _values(file, data.parameters, where)


def _accumulators(file: "ProductFile") -> Iterator[Problem]:
    consumed = [getattr(step, "consumes", None) for step in file.steps]
    for name, data in file.accumulators.items():
        unit = "count" if data.kind == "count" else "yuan"
        total = file.parameters.get(data.total)
        if total is None or total.unit != unit:
            yield ("accumulators", name, "total"), f"the total of {name!r} must be a parameter in {unit}, not {data.total!r}"
        if consumed.count(name) != 1:
            yield ("accumulators", name), f"the accumulator {name!r} must be consumed by exactly one step, not {consumed.count(name)}"


def _unused(file: "ProductFile") -> Iterator[Problem]:
    used = {name for step in file.steps for _, name in _steps.sources(step)} | {a.total for a in file.accumulators.values()}
    for name in file.parameters:
        if name not in used:
            yield ("parameters", name), f"the parameter {name!r} is used by no step and no accumulator: remove it or use it"


def _documents(file: "ProductFile") -> Iterator[Problem]:
    for kind in file.event_kinds:
        if not file.documents.get(kind):
            yield ("documents",), f"the event kind {kind!r} has no list of required documents"
    for name in file.documents:
        if name not in file.event_kinds:
            yield ("documents", name), f"documents for {name!r}, but the event kinds are {', '.join(file.event_kinds)}"


def _step_problems(file: "ProductFile") -> Iterator[Problem]:
    yield from _unique("steps", [step.id for step in file.steps])
    names = _steps.Names.of(file)
    visits = False
    for index, step in enumerate(file.steps):
        visits = visits or step.each == "visit"
        for role, message in _one_step(file, step, names, visits=visits):
            yield ("steps", index, role), f"step {step.id!r}: {message}"
        names.add(output=step.output, each=step.each)


def _one_step(file: "ProductFile", step: Any, names: "_steps.Names", *, visits: bool) -> Iterator[tuple[str, str]]:
    if step.output in names.taken:
        yield "output", f"the name {step.output!r} is taken (a fact, a parameter or an earlier output): choose another"
    if step.each == "visit" and file.unit == "bill":
        yield "each", "this product counts by bill (unit: bill), so no step can be of a visit"
    if step.each == "bill" and visits:
        yield "each", "steps of a bill come before the steps of a visit"
    if step.do == "gather" and step.each != "visit":
        yield "do", "gather adds up the bills of a visit: set each: visit"
    for role, source in _steps.sources(step):
        problem = names.problem(source, want=_steps.UNIT_OF_ROLE.get((step.do, role), "fen"), each=_steps.scope(step))
        if problem:
            yield role, problem
    for role, cases in _steps.case_lists(step):
        if [case.when is None for case in cases] != [False] * (len(cases) - 1) + [True]:
            yield role, "the last case, and only the last, stands without 'when'"
    yield from _consumption(file, step)
    yield from _placeholders(step)


def _consumption(file: "ProductFile", step: Any) -> Iterator[tuple[str, str]]:
    name = getattr(step, "consumes", None)
    left = getattr(step, "limit", None) or getattr(step, "left", None)
    if name is None:
        if left is not None and str(left).endswith(".left"):
            yield "consumes", f"{left!r} is read but not used up: say consumes: {str(left).removesuffix('.left')}"
        return
    data = file.accumulators.get(name)
    if data is None or data.kind != _CONSUMERS[step.do]:
        yield "consumes", f"{name!r} is no accumulator of kind {_CONSUMERS[step.do]!r}"
    elif left != f"{name}.left":
        yield "consumes", f"a step that consumes {name!r} must read {name + '.left'!r}, not {left!r}"


def _placeholders(step: Any) -> Iterator[tuple[str, str]]:
    if step.say is None:
        return
    inputs = {source.replace(".", "_") for _, source in _steps.sources(step)}
    known = {step.output, *inputs, *(role for role, _ in _steps.case_lists(step))}
    for text in (step.say.zh, step.say.en):
        for _, field, _, _ in Formatter().parse(text):
            if field is not None and field not in known:
                yield "say", f"{{{field}}} is not an input or the output of this step; known are {', '.join(sorted(known))}"


def _lines(file: "ProductFile") -> Iterator[Problem]:
    yield from _unique("lines", [line.id for line in file.lines])
    final = {step.output for step in file.steps if step.each == file.unit}
    coverages = {coverage.id for coverage in file.coverages}
    for index, line in enumerate(file.lines):
        if line.coverage not in coverages:
            yield ("lines", index, "coverage"), f"unknown coverage {line.coverage!r}; declared are {', '.join(sorted(coverages))}"
        if line.claimed not in final and not (file.unit == "bill" and line.claimed in BILL_FACTS):
            yield ("lines", index, "claimed"), f"{line.claimed!r} is not the output of a step of a {file.unit}"
        if line.payable not in final:
            yield ("lines", index, "payable"), f"{line.payable!r} is not the output of a step of a {file.unit}"
    if file.payable not in final:
        yield ("payable",), f"{file.payable!r} is not the output of a step of a {file.unit}"


def _phrases(file: "ProductFile") -> Iterator[Problem]:
    for name in PHRASES:
        if name not in file.phrases:
            yield ("phrases",), f"the phrase {name!r} is missing; needed are {', '.join(PHRASES)}"


def _examples(file: "ProductFile") -> Iterator[Problem]:
    yield from _unique("examples", [example.id for example in file.examples])
    for index, example in enumerate(file.examples):
        where: Place = ("examples", index)
        if example.plan not in file.plans:
            yield (*where, "plan"), f"unknown plan {example.plan!r}; declared are {', '.join(file.plans)}"
        yield from _values(file, example.parameters, (*where, "parameters"))
        for name in example.used:
            if name not in file.accumulators:
                yield (*where, "used", name), f"unknown accumulator {name!r}; declared are {', '.join(file.accumulators)}"
