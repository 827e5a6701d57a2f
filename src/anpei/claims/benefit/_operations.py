"""The closed list of operations in whole numbers. Values come in the order of the roles (``records.products._steps.ROLES``)."""

from collections.abc import Callable, Mapping, Sequence
from datetime import date

from anpei.claims.benefit._form import FactsInconsistent, FactsMissing
from anpei.kernel.money import FULL_BP, Money, half_up, split
from anpei.records.products.model import StepTerms, Terms

Simple = Callable[[Sequence[int]], int]
Settled = Callable[[Sequence[int], StepTerms, Terms], int]

SIMPLE: Mapping[str, Simple] = {
    "sum": sum,
    "gather": sum,
    "number": sum,
    "carried": sum,
    "subtract": lambda values: max(values[0] - sum(values[1:]), 0),
    "smaller": min,
    "larger": max,
    "largest": lambda values: max(values, default=0),
    "clamp": lambda values: min(max(values[0], values[1]), values[2]),
    "choose": lambda values: values[0],
    "deductible": min,
    "cap": min,
    "count": lambda values: values[0] if values[1] > 0 else 0,
    "multiply": lambda values: values[0] * values[1],
    "later": sum,
    "all": lambda values: int(all(values)),
    "any": lambda values: int(any(values)),
    "not": lambda values: int(not values[0]),
}
"""Operations that need nothing but their values."""

OPENED: Mapping[str, Simple] = {
    "deductible": lambda _: 0,
    "cap": lambda values: values[0],
    "count": lambda values: values[0],
}
"""The same without deductibles and limits: what shows whether these alone explain a zero."""

_COMPARE: Mapping[str, Callable[[int, int], bool]] = {
    "less": lambda left, right: left < right,
    "at_most": lambda left, right: left <= right,
    "equal": lambda left, right: left == right,
    "at_least": lambda left, right: left >= right,
    "more": lambda left, right: left > right,
}


def rounded(*, product: int, whole: int, how: str) -> int:
    """``product / whole`` as a whole number: ``half_up``, ``down`` or ``up``. The rounding point of a proportion; both are non-negative."""
    if how == "down":
        return product // whole
    return (2 * product + whole) // (2 * whole) if how == "half_up" else -(-product // whole)


def _ratio(values: Sequence[int], step: StepTerms, terms: Terms) -> int:
    if step.rounding == "half_up":
        return half_up(fen=values[0], rate_bp=values[1])
    return rounded(product=values[0] * values[1], whole=FULL_BP, how=step.rounding)


def _proportion(values: Sequence[int], step: StepTerms, terms: Terms) -> int:
    amount, part, whole = values
    if whole == 0:
        raise FactsInconsistent(
            f"step {step.id} divides by {step.operands[2].cases[0].name}, which is zero: correct the fact or refer to a person",
            data={"step": step.id, "fact": step.operands[2].cases[0].name},
        )
    return rounded(product=amount * part, whole=whole, how=step.rounding)


def _in_order(values: Sequence[int], step: StepTerms) -> tuple[date, date]:
    first, last = (date.fromordinal(value) for value in values)
    if last < first:
        names = [operand.cases[0].name for operand in step.operands]
        raise FactsInconsistent(
            f"step {step.id}: {names[1]} ({last}) lies before {names[0]} ({first}): correct the facts or refer to a person",
            data={"step": step.id},
        )
    return first, last


def _days(values: Sequence[int], step: StepTerms, terms: Terms) -> int:
    first, last = _in_order(values, step)
    nights = (last - first).days
    return {"nights": nights, "at_least_one": max(nights, 1), "both_ends": nights + 1}[str(step.setting("counting"))]


def _months(values: Sequence[int], step: StepTerms, terms: Terms) -> int:
    first, last = _in_order(values, step)
    return (last.year - first.year) * 12 + last.month - first.month - (last.day < first.day)


def _table(values: Sequence[int], step: StepTerms, terms: Terms) -> int:
    table = terms.table(str(step.setting("table")))
    found = table.look_up(values[0])
    if found is None:
        raise FactsMissing(
            f"step {step.id}: the table {table.name} has no row for {values[0]}: correct the fact or refer to a person",
            data={"step": step.id, "fact": step.operands[0].cases[0].name, "of": table.name},
        )
    return found


def _worst(values: Sequence[int], step: StepTerms, terms: Terms) -> int:
    if not values:
        raise FactsMissing(
            f"step {step.id} needs at least one grade: give the appraisal", data={"step": step.id, "fact": step.id, "of": ""}
        )
    worst = min(values)
    return max(worst - int(step.setting("promote")), 1) if list(values).count(worst) > 1 else worst


def _is(values: Sequence[int], step: StepTerms, terms: Terms) -> int:
    unit = next(i.unit for i in terms.inputs if i.name == step.operands[0].cases[0].name)
    words = [word for word, _ in terms.options(unit.removeprefix("code:"))]
    return int(words[values[0]] in str(step.setting("one_of")).split(","))


SETTLED: Mapping[str, Settled] = {
    "ratio": _ratio,
    "proportion": _proportion,
    "days": _days,
    "months": _months,
    "table": _table,
    "worst": _worst,
    "is": _is,
    "compare": lambda values, step, _: int(_COMPARE[str(step.setting("is"))](values[0], values[1])),
}
"""Operations with settings: a table, a comparison, a way of counting or rounding."""


def result(values: Sequence[int], *, step: StepTerms, terms: Terms, opened: bool = False) -> int:
    """The output of a step of one level. Raises FactsMissing or FactsInconsistent where the values allow none."""
    if opened and step.do in OPENED:
        return OPENED[step.do](values)
    simple = SIMPLE.get(step.do)
    return simple(values) if simple is not None else SETTLED[step.do](values, step, terms)


def shares(*, amount: int, weights: Sequence[int], step: StepTerms) -> list[int]:
    """Each row's part of the amount by the largest remainder; nothing is shared where nothing is there."""
    if amount == 0 or not weights:
        if amount and not weights:
            raise FactsMissing(
                f"step {step.id} has nobody to share with: give the rows", data={"step": step.id, "fact": step.each, "of": ""}
            )
        return [0] * len(weights)
    if sum(weights) == 0:
        raise FactsInconsistent(f"step {step.id} shares by weights that are all zero: correct the facts", data={"step": step.id})
    return [money.fen for money in split(amount=Money(amount), weights=weights)]
