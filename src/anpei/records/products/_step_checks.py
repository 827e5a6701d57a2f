"""What the steps of a product must mean: known names in fitting units, in an order without circles, nothing divided by zero."""

from collections.abc import Iterator
from string import Formatter
from typing import TYPE_CHECKING, Any

from anpei.records.products import _steps
from anpei.records.products._forms import parameter_value

if TYPE_CHECKING:
    from anpei.records.products.schema import ProductFile

Place = tuple[str | int, ...]
Problem = tuple[Place, str]
_CONSUMERS = {"deductible": "deductible", "cap": "limit", "count": "count"}
_NUMBERS = frozenset({"fen", "bp", "count", "measure"})
_COUNTING = frozenset({"sum", "subtract", "multiply", "ratio", "proportion", "gather", "deductible", "cap", "share"})
"""Operations that take numbers in all their roles."""


def problems(file: "ProductFile") -> Iterator[Problem]:
    """All problems of the steps, in their order."""
    names = _steps.Names.of(file)
    makers = {step.output: index for index, step in reversed(list(enumerate(file.steps)))}
    visits = False
    for index, step in enumerate(file.steps):
        level = _steps.level(step, file.unit)
        visits = visits or level == "visit"
        names.totals(file)
        for role, message in _one_step(file, step, names, visits=visits, makers=makers):
            yield ("steps", index, role), f"step {step.id!r}: {message}"
        names.add(step)
    yield from _zero_divisors(file)


def _one_step(file: "ProductFile", step: Any, names: "_steps.Names", *, visits: bool, makers: dict[str, int]) -> Iterator[tuple[str, str]]:
    if step.output in names.taken:
        yield "output", f"the name {step.output!r} is taken (a fact, a parameter or an earlier output): choose another"
    yield from _level(file, step, names, visits=visits)
    yield from _inputs(file, step, names, makers)
    for role, cases in _steps.case_lists(step):
        if [case.when is None for case in cases] != [False] * (len(cases) - 1) + [True]:
            yield role, "the last case, and only the last, stands without 'when'"
    yield from _consumption(file, step)
    yield from _settings(file, step, names)
    yield from _placeholders(step)


def _level(file: "ProductFile", step: Any, names: "_steps.Names", *, visits: bool) -> Iterator[tuple[str, str]]:
    level = _steps.level(step, file.unit)
    if level == "visit" and file.unit == "bill":
        yield "each", "this product counts by bill (unit: bill), so no step can be of a visit"
    elif level not in names.levels:
        yield "each", f"{level!r} is no level of this product (unit: {file.unit}); there are {', '.join(names.levels)}"
    if level == "bill" and visits:
        yield "each", "steps of a bill come before the steps of a visit"
    if step.do in _steps.GATHERING and level != ("event" if file.unit == "event" else "visit"):
        if file.unit == "event":
            yield "each", f"{step.do} brings the rows together: it is a step of the event, so leave each out"
        else:
            yield "do", f"{step.do} adds up the bills of a visit: set each: visit"
    if step.do in {"share", "carried"} and (file.unit != "event" or level == "event"):
        yield "each", f"{step.do} gives each row its part: name the list in each"


def _inputs(file: "ProductFile", step: Any, names: "_steps.Names", makers: dict[str, int]) -> Iterator[tuple[str, str]]:
    at = names.reads(step)
    for role, source, want in names.wants(step):
        if step.do == "number":
            if source not in names.levels:
                yield from _asked(file, step, names, makers=makers, role=role, source=source, want="flag", at=at)
        else:
            yield from _asked(file, step, names, makers=makers, role=role, source=source, want=want, at=at)
            unit = names.unit_of(source, at)
            if unit and step.do in _COUNTING and unit not in _NUMBERS:
                yield role, f"{source!r} is a {unit}, but {step.do} takes amounts, rates, counts or measures"
            elif unit == "text":
                yield role, f"{source!r} is a text: only an accumulator's 'per' takes it"
    for role, source in _steps.conditions(step):
        yield from _asked(file, step, names, makers=makers, role=role, source=source, want="flag", at=_steps.level(step, file.unit))


def _asked(
    file: "ProductFile", step: Any, names: "_steps.Names", *, makers: dict[str, int], role: str, source: str, want: str, at: str
) -> Iterator[tuple[str, str]]:  # fmt: skip
    problem = names.problem(source, want=want, at=at)
    if problem.startswith("unknown input") and source in makers:
        problem = _order(file, step, source, makers)
    if problem:
        yield role, problem


def _needs(step: Any) -> set[str]:
    return {name for _, name in (*_steps.sources(step), *_steps.conditions(step))}


def _order(file: "ProductFile", step: Any, source: str, makers: dict[str, int]) -> str:
    """A value that a later step makes: a circle, or only the wrong order."""
    way = [] if source == step.output else _circle(file, makers[source], goal=step.output, makers=makers, seen=())
    if way or source == step.output:
        circle = " → ".join([step.id, *reversed(way), step.id]) if way else f"{step.id} → {step.id}"
        return f"needs {source!r}, and the steps go round in a circle ({circle}): let one of them use values that stand before"
    maker = file.steps[makers[source]].id
    return f"needs {source!r}, which step {maker!r} further down makes: move {maker!r} above this step"


def _circle(file: "ProductFile", index: int, *, goal: str, makers: dict[str, int], seen: tuple[int, ...]) -> list[str]:
    """The ids of the steps from one step back to the output ``goal``; empty when it does not depend on it."""
    step = file.steps[index]
    if goal in _needs(step):
        return [step.id]
    for name in sorted(_needs(step)):
        if name in makers and makers[name] not in (*seen, index):
            way = _circle(file, makers[name], goal=goal, makers=makers, seen=(*seen, index))
            if way:
                return [*way, step.id]
    return []


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


def _settings(file: "ProductFile", step: Any, names: "_steps.Names") -> Iterator[tuple[str, str]]:
    if step.do == "table" and step.table not in file.tables:
        yield "table", f"unknown table {step.table!r}; declared are {', '.join(file.tables) or 'none'}"
    if step.do == "carried" and not names.levels.get(_steps.level(step, file.unit), {}).get(step.same, "").startswith(("text", "code:")):
        yield "same", f"{step.same!r} is no text or word of the rows of {_steps.level(step, file.unit)}"
    if step.do == "is":
        unit = names.unit_of(step.of, names.reads(step))
        if not unit.startswith("code:"):
            yield "of", f"{step.of!r} is no word of a declared list (codes)"
            return
        known = file.codes.get(unit.removeprefix("code:"), {})
        for word in step.one_of:
            if word not in known:
                yield "one_of", f"{word!r} is no word of {unit.removeprefix('code:')}; there are {', '.join(known)}"


def _placeholders(step: Any) -> Iterator[tuple[str, str]]:
    if step.say is None:
        return
    inputs = {source.replace(".", "_") for _, source in _steps.sources(step)}
    known = {step.output, *inputs, *(role for role, _ in _steps.case_lists(step))}
    for text in (step.say.zh, step.say.en):
        for _, field, _, _ in Formatter().parse(text):
            if field is not None and field not in known:
                yield "say", f"{{{field}}} is not an input or the output of this step; known are {', '.join(sorted(known))}"


def _zero_divisors(file: "ProductFile") -> Iterator[Problem]:
    """Parameters that a step divides by must be above zero in every plan."""
    for index, step in enumerate(file.steps):
        if step.do != "proportion":
            continue
        if step.whole == "nothing":
            yield ("steps", index, "whole"), f"step {step.id!r}: it divides by nothing: name what the whole is"
        for plan, data in file.plans.items():
            given, declared = data.parameters.get(step.whole), file.parameters.get(step.whole)
            if given is None or declared is None:
                continue
            try:
                zero = parameter_value(declared.unit, given) == 0
            except ValueError:
                continue
            if zero:
                where = ("plans", plan, "parameters", step.whole)
                yield where, f"step {step.id!r} divides by {step.whole!r}, which is zero here: give a value above zero"
