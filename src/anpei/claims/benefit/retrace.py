"""The trace proves the amount: every step is computed again from its recorded inputs, without bills, facts or accumulators."""

from anpei.claims.benefit import _operations
from anpei.claims.benefit._form import BenefitInvalid
from anpei.claims.benefit.model import Assessment, Step
from anpei.kernel.money import Money, split
from anpei.records.products.model import StepTerms, Terms


def retrace(*, assessment: Assessment, terms: Terms) -> int:
    """The total as the recorded steps give it (fen). Raises BenefitInvalid when a step does not follow from its inputs.

    Inputs that are outputs of earlier steps are compared too, so that the chain holds from the facts to the total.
    """
    if terms.digest != assessment.terms_digest:
        raise BenefitInvalid("these terms are not the ones the assessment was made with: take those with its terms_digest")
    by_id = {step.id: step for step in terms.steps}
    made: dict[tuple[str, str], int] = {}
    for step in assessment.steps:
        for name, value in step.inputs:
            known = made.get(_origin(name, step.of), made.get(("", name), value))
            if known != value:
                raise BenefitInvalid(f"step {step.id} of {step.of} takes {name} as {value}, but it was {known}: the trace was changed")
        if _again(step, by_id[step.id], terms) != step.output_fen:
            raise BenefitInvalid(f"step {step.id} of {step.of} does not give {step.output_fen}: the trace was changed")
        made[step.of, step.output] = step.output_fen
        if step.of in {unit.id for unit in assessment.units}:
            made["", step.output] = step.output_fen
    total = sum(made.get((unit.id, terms.payable), 0) for unit in assessment.units)
    if terms.unit == "bill":
        total = sum(made.get((bill_id, terms.payable), 0) for unit in assessment.units for bill_id in unit.bill_ids)
    return total


def _origin(name: str, of: str) -> tuple[str, str]:
    """The row and name that an input comes from: ``allowance[stays/001]`` is ``allowance`` of that stay."""
    bare, _, row = name.partition("[")
    return (row.removesuffix("]"), bare) if row else (of, name)


def _again(step: Step, data: StepTerms, terms: Terms) -> int:
    asked = dict(step.inputs)
    if (data.when and asked[data.when] == 0) or asked.get(data.unless, 0) == 1:
        return 0
    ends = [name for name in (data.when, data.unless) if name]
    inputs = step.inputs[: len(step.inputs) - len(ends)]
    if step.operation == "share":
        rows = [name.partition("[")[2].removesuffix("]") for name, _ in inputs[1:]]
        weights = [value for _, value in inputs[1:]]
        return split(amount=Money(inputs[0][1]), weights=weights)[rows.index(step.of)].fen if inputs[0][1] else 0
    return _operations.result(_operands(data, inputs), step=data, terms=terms)


def _operands(data: StepTerms, inputs: tuple[tuple[str, int], ...]) -> list[int]:
    """The values without the yes/no facts that only chose among cases, in the order of the roles."""
    if all(case.when == "" for operand in data.operands for case in operand.cases):
        return [value for _, value in inputs]
    values: list[int] = []
    rest = list(inputs)
    for operand in data.operands:
        for case in operand.cases:
            holds = not case.when or rest.pop(0)[1] == 1
            if holds:
                values.append(rest.pop(0)[1])
                break
    return values
