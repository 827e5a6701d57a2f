"""Runs the steps of the terms: the closed list of operations in whole numbers, and the trace of what was done."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date

from anpei.claims.benefit._form import BenefitInvalid, FactsMissing
from anpei.claims.benefit.facts import Accumulators, BillFacts
from anpei.claims.benefit.model import AccumulatorUse, Step
from anpei.kernel.money import half_up
from anpei.records.policies.periods import period_key
from anpei.records.products.model import AccumulatorTerms, Operand, StepTerms, Terms

OPERATIONS: dict[str, Callable[[Sequence[int]], int]] = {
    "sum": sum,
    "gather": sum,
    "subtract": lambda values: max(values[0] - sum(values[1:]), 0),
    "smaller": min,
    "choose": lambda values: values[0],
    "deductible": min,
    "cap": min,
    "ratio": lambda values: half_up(fen=values[0], rate_bp=values[1]),
    "count": lambda values: values[0] if values[1] > 0 else 0,
}
"""Values come in the order of the roles (``records.products._steps.ROLES``)."""

_OPENED: dict[str, Callable[[Sequence[int]], int]] = {
    **OPERATIONS,
    "deductible": lambda _: 0,
    "cap": lambda values: values[0],
    "count": lambda values: values[0],
}
"""The same without deductibles and limits: what shows whether these alone explain a zero."""


@dataclass
class Running:
    """What is used of each accumulator while the bills of one claim are gone through."""

    terms: Terms
    before: Accumulators
    opened: bool = False
    uses: dict[tuple[str, str], int] = field(default_factory=dict)

    def _terms_of(self, name: str) -> AccumulatorTerms:
        return next(a for a in self.terms.accumulators if a.name == name)

    def _key(self, name: str, on: date) -> str:
        return period_key(period=self._terms_of(name).period, start_on=self.before.policy_start_on, day=on)

    def left(self, name: str, on: date) -> int:
        """What is left of an accumulator in the period of a day, never below zero."""
        key = self._key(name, on)
        earlier = sum(use.used for use in self.before.used if (use.name, use.period_key) == (name, key))
        return max(self.terms.value(self._terms_of(name).total) - earlier - self.uses.get((name, key), 0), 0)

    def consume(self, name: str, on: date, amount: int) -> None:
        """Use an amount (a paid amount uses one of a count)."""
        if amount > 0:
            key = (name, self._key(name, on))
            one = self._terms_of(name).kind == "count"
            self.uses[key] = self.uses.get(key, 0) + (1 if one else amount)

    def result(self) -> tuple[AccumulatorUse, ...]:
        """All that was used, by name and period."""
        return tuple(
            AccumulatorUse(name, self._terms_of(name).kind, key, amount, self.terms.value(self._terms_of(name).total))
            for (name, key), amount in sorted(self.uses.items())
        )


@dataclass
class Scope:
    """The values known for one bill or visit while its steps run; None is a fact that the evidence does not give."""

    of: str
    on: date
    values: dict[str, int | None]
    flags: Mapping[str, bool]


def facts_of(bill: BillFacts) -> dict[str, int | None]:
    """The facts of a bill under the names of ``records.products.model.BILL_FACTS``."""
    covered = [line for line in bill.lines if line.covered]
    excluded = sum(line.amount_fen for line in bill.lines if not line.covered)
    whole = sum(line.amount_fen for line in bill.lines) == bill.total_fen
    classed = whole and all(line.insurance_class is not None for line in covered)
    inside = sum(line.amount_fen for line in covered if line.insurance_class in {"A", "B"})
    outside = sum(line.amount_fen for line in covered if line.insurance_class == "C")
    return {
        "total": bill.total_fen,
        "pooled": bill.pooled_fen,
        "serious_illness": bill.serious_illness_fen,
        "other_payment": bill.other_payment_fen,
        "self_paid": bill.self_paid_fen,
        "own_expense": bill.own_expense_fen,
        "lines_inside": inside if classed else None,
        "lines_outside": outside if classed else None,
        "lines_not_covered": excluded,
    }


def run(step: StepTerms, *, scope: Scope, bills: Sequence[Scope], running: Running) -> Step:
    """Execute one step: its output becomes a value of the scope, what it consumes is used up, and the trace is returned."""
    inputs: list[tuple[str, int]] = []
    values: list[int] = []
    if step.do == "gather":
        name = step.operands[0].cases[0].name
        for bill in bills:
            values.append(_value(name, step=step, scope=bill, running=running))
            inputs.append((f"{name}[{bill.of}]", values[-1]))
    else:
        values = [_operand(operand, step=step, scope=scope, running=running, inputs=inputs) for operand in step.operands]
    output = (_OPENED if running.opened else OPERATIONS)[step.do](values)
    scope.values[step.output] = output
    if step.consumes:
        running.consume(step.consumes, scope.on, output)
    return Step(step.id, scope.of, step.do, step.clause, tuple(inputs), step.output, output, step.rounding)


def _operand(operand: Operand, *, step: StepTerms, scope: Scope, running: Running, inputs: list[tuple[str, int]]) -> int:
    for case in operand.cases:
        holds = not case.when or scope.flags[case.when]
        if case.when:
            inputs.append((case.when, int(holds)))
        if holds:
            value = _value(case.name, step=step, scope=scope, running=running)
            inputs.append((case.name, value))
            return value
    raise BenefitInvalid(f"step {step.id} has no case that holds for {operand.role}: the last case of a list has no 'when'")


def _value(name: str, *, step: StepTerms, scope: Scope, running: Running) -> int:
    if name.endswith(".left"):
        return running.left(name.removesuffix(".left"), scope.on)
    if name in scope.values:
        value = scope.values[name]
        if value is None:
            raise FactsMissing(
                f"step {step.id} needs {name} of {scope.of}, which the evidence does not give: read it from the settlement sheet, "
                "classify the fee lines so that they add up to the total, or refer to a person",
                data={"step": step.id, "fact": name, "of": scope.of},
            )
        return value
    return running.terms.value(name)
