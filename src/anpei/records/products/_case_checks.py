"""What worked examples (and cases handed in to be explained) must mean: known plans, values, accumulators, facts in their units."""

from collections.abc import Iterator, Mapping
from typing import TYPE_CHECKING, Any

from anpei.records.products import _steps
from anpei.records.products._forms import fact_value, parameter_value

if TYPE_CHECKING:
    from anpei.records.products.schema import CaseFacts, InputFile, ProductFile

Place = tuple[str | int, ...]
Problem = tuple[Place, str]


def problems(file: "ProductFile") -> Iterator[Problem]:
    """All problems of the worked examples."""
    ids = [example.id for example in file.examples]
    for index, example in enumerate(file.examples):
        if example.id in ids[:index]:
            yield ("examples", index), f"the id {example.id!r} stands twice in examples: give each its own"
        yield from case_problems(file, example, ("examples", index))
        outputs = {step.output for step in file.steps}
        for name in example.values:
            if name not in outputs:
                yield ("examples", index, "values", name), f"{name!r} is the output of no step"


def case_problems(file: "ProductFile", case: "CaseFacts", where: Place) -> Iterator[Problem]:
    """All problems of one case under a product."""
    if case.plan not in file.plans:
        yield (*where, "plan"), f"unknown plan {case.plan!r}; declared are {', '.join(file.plans)}"
    yield from values(file, case.parameters, (*where, "parameters"))
    for role, given in (("used", case.used), ("used_counts", case.used_counts)):
        for name in given:
            if name.split("/", 1)[0] not in file.accumulators:
                yield (*where, role, name), f"unknown accumulator {name!r}; declared are {', '.join(file.accumulators)}"
    if file.unit != "event" and not case.bills:
        yield (*where, "bills"), "there is no bill: give at least one"
    for name, fact in case.facts.items():
        yield from _fact(file, name, fact, (*where, "facts", name))


def values(file: "ProductFile", given: Mapping[str, Any], where: Place) -> Iterator[Problem]:
    """Problems of values given for parameters."""
    for name, value in given.items():
        declared = file.parameters.get(name)
        if declared is None:
            yield (*where, name), f"unknown parameter {name!r}; declared are {', '.join(file.parameters)}"
            continue
        try:
            parameter_value(declared.unit, value)
        except ValueError as error:
            yield (*where, name), str(error)


def _fact(file: "ProductFile", name: str, fact: Any, where: Place) -> Iterator[Problem]:
    if name in file.lists:
        if not isinstance(fact, list):
            yield where, f"{name!r} is a list: give rows with the columns {', '.join(file.lists[name].columns)}"
            return
        columns = file.lists[name].columns
        for index, row in enumerate(fact):
            if not isinstance(row, dict):
                yield (*where, index), f"{row!r} is no row: write the columns with their values, such as {{{next(iter(columns))}: …}}"
                continue
            for column, value in row.items():
                if column != "id":
                    yield from _value(file, column, columns.get(column), value, (*where, index, column), known=["id", *columns])
    else:
        yield from _value(file, name, file.inputs.get(name), fact, where, known=[*file.inputs, *file.lists])


def _value(
    file: "ProductFile", name: str, declared: "InputFile | None", value: Any, where: Place, *, known: list[str]
) -> Iterator[Problem]:
    if declared is None:
        yield where, f"unknown fact {name!r}; declared are {', '.join(known) or 'none'}"
        return
    if value is None:
        return
    try:
        known_word(file, declared.type, fact_value(_steps.unit_of(declared.type), value))
    except ValueError as error:
        yield where, str(error)


def known_word(file: "ProductFile", unit: str, value: int | str) -> None:
    """Raise ValueError for a word that its list does not hold."""
    if unit.startswith("code:"):
        words = file.codes.get(unit.removeprefix("code:"), {})
        if value not in words:
            raise ValueError(f"{value!r} is no word of {unit.removeprefix('code:')}; there are {', '.join(words)}")
