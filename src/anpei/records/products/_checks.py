"""What a product file must mean, beyond its form: known names, right units, right order, values of every plan.

Each problem is (place in the file, sentence); the place is mapped to a line by ``engines.knowledge``.
"""

from collections.abc import Iterator
from typing import TYPE_CHECKING, Any

from anpei.records.products import _case_checks, _step_checks, _steps
from anpei.records.products._forms import fact_value, parameter_value
from anpei.records.products._parts import BILL_FACTS

if TYPE_CHECKING:
    from anpei.records.products.schema import InputFile, ProductFile

Place = tuple[str | int, ...]
Problem = tuple[Place, str]

PHRASES = ("unit", "total", "zero_deductible", "zero_limit", "zero_compensated", "zero_other", "half_up", "lesser", "counted")
"""The sentences a product may say in words of its own; what it leaves out is said in the words of ``phrases.DEFAULTS``."""
BILL_COLUMNS = frozenset({"admitted_on", "discharged_on", "service_on", "kind"})
"""What a list made from bills may take from them, besides the facts of bills."""


def problems(file: "ProductFile") -> list[Problem]:
    """All problems of meaning, in the order of the file."""
    return [
        *_plans(file),
        *_documents(file),
        *_unique("coverages", [c.id for c in file.coverages]),
        *_unique("exclusions", [e.id for e in file.exclusions]),
        *_inputs(file),
        *_tables(file),
        *_unique("steps", [step.id for step in file.steps]),
        *_step_checks.problems(file),
        *_accumulators(file),
        *_unused(file),
        *_lines(file),
        *_phrases(file),
        *_case_checks.problems(file),
    ]


def _unique(where: str, ids: list[str]) -> Iterator[Problem]:
    for index, name in enumerate(ids):
        if name in ids[:index]:
            yield (where, index), f"the id {name!r} stands twice in {where}: give each its own"


def _plans(file: "ProductFile") -> Iterator[Problem]:
    for plan, data in file.plans.items():
        where = ("plans", plan, "parameters")
        missing = [name for name in file.parameters if name not in data.parameters]
        if missing:
            yield where, f"plan {plan!r} gives no value for {', '.join(missing)}"
        yield from _case_checks.values(file, data.parameters, where)


def _documents(file: "ProductFile") -> Iterator[Problem]:
    for kind in file.event_kinds:
        if not file.documents.get(kind):
            yield ("documents",), f"the event kind {kind!r} has no list of required documents"
    for name in file.documents:
        if name not in file.event_kinds:
            yield ("documents", name), f"documents for {name!r}, but the event kinds are {', '.join(file.event_kinds)}"


def _declared(file: "ProductFile") -> Iterator[tuple[Place, str, "InputFile"]]:
    for name, data in file.inputs.items():
        yield ("inputs", name), name, data
    for rows, listed in file.lists.items():
        for name, data in listed.columns.items():
            yield ("lists", rows, "columns", name), name, data


def _inputs(file: "ProductFile") -> Iterator[Problem]:
    if (file.inputs or file.lists) and file.unit != "event":
        yield ("unit",), f"declared inputs and lists belong to unit: event, not to unit: {file.unit}"
    seen: set[str] = {*file.parameters, *file.lists}
    for where, name, data in _declared(file):
        if name in seen:
            yield where, f"the name {name!r} stands twice among inputs, lists and parameters: give each its own"
        seen.add(name)
        if data.type.startswith("code:") and data.type.removeprefix("code:") not in file.codes:
            yield (*where, "type"), f"unknown list of words {data.type!r}; declared under codes are {', '.join(file.codes) or 'none'}"
        if data.given is not None:
            try:
                _case_checks.known_word(file, data.type, fact_value(_steps.unit_of(data.type), data.given))
            except ValueError as error:
                yield (*where, "given"), str(error)


def _tables(file: "ProductFile") -> Iterator[Problem]:
    for name, data in file.tables.items():
        for key, value in data.rows.items():
            try:
                table_key(file, data.keys, key)
                table_value(data.unit, value)
            except ValueError as error:
                yield ("tables", name, "rows", str(key)), str(error)


def table_key(file: "ProductFile", keys: str, given: Any) -> int:
    """A key of a table as a whole number: a count, a grade, thousandths, or the place of a word. Raises ValueError."""
    if keys.startswith("code:"):
        words = list(file.codes.get(keys.removeprefix("code:"), {}))
        if given not in words:
            raise ValueError(f"{given!r} is no word of {keys.removeprefix('code:')}; there are {', '.join(words)}")
        return words.index(given)
    return int(fact_value(_steps.unit_of(keys), given))


def table_value(unit: str, given: str | int) -> int:
    """A value of a table in whole numbers; a rate may pass 100 %. Raises ValueError."""
    return int(fact_value("bp", given)) if unit == "bp" else parameter_value(unit, given)


def _accumulators(file: "ProductFile") -> Iterator[Problem]:
    consumed = [getattr(step, "consumes", None) for step in file.steps]
    outputs = {step.output for step in file.steps if _steps.level(step, file.unit) == "event"}
    for name, data in file.accumulators.items():
        total = file.parameters.get(data.total)
        fits = {"count"} if data.kind == "count" else {"yuan"} if file.unit != "event" else {"yuan", "count"}
        if data.total not in outputs and (total is None or total.unit not in fits):
            unit = "count" if data.kind == "count" else "yuan"
            yield ("accumulators", name, "total"), f"the total of {name!r} must be a parameter in {unit}, not {data.total!r}"
        if consumed.count(name) != 1:
            yield ("accumulators", name), f"the accumulator {name!r} must be consumed by exactly one step, not {consumed.count(name)}"
        texts = {column for _, column, declared in _declared(file) if declared.type == "text" or declared.type.startswith("code:")}
        if data.per is not None and data.per not in texts:
            yield ("accumulators", name, "per"), f"{data.per!r} is no declared text or word; there are {', '.join(sorted(texts)) or 'none'}"


def _unused(file: "ProductFile") -> Iterator[Problem]:
    used = {name for step in file.steps for _, name in (*_steps.sources(step), *_steps.conditions(step))}
    used |= {getattr(step, "same", "") for step in file.steps}
    used |= {a.total for a in file.accumulators.values()} | {a.per for a in file.accumulators.values() if a.per}
    used |= {name for line in file.lines for name in (line.claimed, line.payable, line.loss or "")}
    for name in file.parameters:
        if name not in used:
            yield ("parameters", name), f"the parameter {name!r} is used by no step and no accumulator: remove it or use it"
    for where, name, _ in _declared(file):
        if name not in used:
            yield where, f"the input {name!r} is used by no step: remove it or use it"
    asked = {getattr(step, "table", None) for step in file.steps}
    for name in file.tables:
        if name not in asked:
            yield ("tables", name), f"the table {name!r} is used by no step: remove it or use it"


def _lines(file: "ProductFile") -> Iterator[Problem]:
    yield from _unique("lines", [line.id for line in file.lines])
    coverages = {coverage.id for coverage in file.coverages}
    for index, line in enumerate(file.lines):
        if line.coverage not in coverages:
            yield ("lines", index, "coverage"), f"unknown coverage {line.coverage!r}; declared are {', '.join(sorted(coverages))}"
        level = line.each or file.unit
        final, facts = _amounts(file, level)
        of = f"a {file.unit}" if line.each is None else f"a row of {line.each}"
        for role, name in (("claimed", line.claimed), ("payable", line.payable), ("loss", line.loss)):
            if name is not None and name not in final and not (role != "payable" and name in facts):
                yield ("lines", index, role), f"{name!r} is not the output of a step of {of}"
        if line.part_of is not None and line.part_of not in _amounts(file, file.unit)[0]:
            yield ("lines", index, "part_of"), f"{line.part_of!r} is not the output of a step of a {file.unit}"
        if file.unit == "event" and line.basis == "expense" and line.loss is None:
            yield ("lines", index), f"line {line.id!r} pays expenses: name the loss that it may never pass (or say basis: fixed)"
    if file.payable not in _amounts(file, file.unit)[0]:
        yield ("payable",), f"{file.payable!r} is not the output of a step of a {file.unit}"


def _amounts(file: "ProductFile", level: str) -> tuple[set[str], set[str]]:
    """The outputs of a level, and its facts in money."""
    outputs = {step.output for step in file.steps if _steps.level(step, file.unit) == level}
    if level == "event":
        return outputs, {name for name, data in file.inputs.items() if data.type == "money"} | set(file.parameters)
    if level in file.lists:
        return outputs, {name for name, data in file.lists[level].columns.items() if data.type == "money"}
    return outputs, set(BILL_FACTS) if level == "bill" else set()


def _phrases(file: "ProductFile") -> Iterator[Problem]:
    for name in file.phrases:
        if name not in PHRASES:
            missing = ", ".join(phrase for phrase in PHRASES if phrase not in file.phrases)
            yield ("phrases", name), f"there is no phrase {name!r}; a product may say {missing or ', '.join(PHRASES)} in its own words"
