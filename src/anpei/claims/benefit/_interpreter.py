"""Runs the steps of the terms over the levels of a claim (rows, bills, visits, the event) and keeps the trace of what was done."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date

from anpei.claims.benefit import _operations
from anpei.claims.benefit._form import BenefitInvalid, FactsInconsistent, FactsMissing
from anpei.claims.benefit.facts import Accumulators, BillFacts
from anpei.claims.benefit.model import AccumulatorUse, Step
from anpei.kernel.money import MAX_FEN
from anpei.records.policies.periods import period_key
from anpei.records.products.model import FIXED, Operand, StepTerms, Terms

GATHERING = frozenset({"gather", "largest", "number", "worst"})


@dataclass
class Scope:
    """The values known for one row, bill, visit or event while its steps run; None is a fact that the evidence does not give."""

    of: str
    on: date
    values: dict[str, int | None]
    texts: Mapping[str, str] = field(default_factory=dict)
    above: "Scope | None" = None


@dataclass
class Running:
    """What is used of each accumulator while the bills of one claim are gone through."""

    terms: Terms
    before: Accumulators
    event_id: str = ""
    opened: bool = False
    uses: dict[tuple[str, str], int] = field(default_factory=dict)
    totals: dict[tuple[str, str], int] = field(default_factory=dict)

    def key(self, name: str, scope: Scope) -> str:
        """The period (and the drug or disease) that an accumulator counts in, seen from a scope."""
        data = self.terms.accumulators_by_name[name]
        per = _text(data.per, scope, of=name) if data.per else ""
        return period_key(period=data.period, start_on=self.before.policy_start_on, day=scope.on, event=self.event_id, per=per)

    def left(self, name: str, scope: Scope) -> int:
        """What is left of an accumulator, never below zero."""
        key = self.key(name, scope)
        total = _found(self.terms.accumulators_by_name[name].total, scope, self.terms)
        if total is None:
            raise FactsMissing(f"the total of {name} is not known", data={"step": name, "fact": name, "of": scope.of})
        self.totals[name, key] = total
        earlier = sum(use.used for use in self.before.used if (use.name, use.period_key) == (name, key))
        return max(total - earlier - self.uses.get((name, key), 0), 0)

    def consume(self, name: str, scope: Scope, amount: int) -> None:
        """Use an amount (a paid amount uses one of a count)."""
        if amount > 0:
            key = (name, self.key(name, scope))
            one = self.terms.accumulators_by_name[name].kind == "count"
            self.uses[key] = self.uses.get(key, 0) + (1 if one else amount)

    def result(self) -> tuple[AccumulatorUse, ...]:
        """All that was used, by name and period; deductibles and limits that are not in fen (days) come as counts."""
        kinds = self.terms.accumulators_by_name
        return tuple(
            AccumulatorUse(name, kinds[name].kind if kinds[name].unit == "fen" else "count", key, amount, self.totals[name, key])
            for (name, key), amount in sorted(self.uses.items())
        )


def facts_of(bill: BillFacts) -> dict[str, int | None]:
    """The facts of a bill under the names of ``records.products.model.BILL_FACTS``, its yes/no facts and its day."""
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
        "settled_by_social": int(bill.settled_by_social),
        "social_insurance": int(bill.social_insurance),
        "inpatient": int(bill.kind == "inpatient"),
        "service_on": bill.service_on.toordinal(),
    }


def run_all(levels: Mapping[str, Sequence[Scope]], *, running: Running) -> list[Step]:
    """All steps of the terms over the scopes of each level, level by level as the product says."""
    steps: list[Step] = []
    for each, block in running.terms.blocks:
        scopes = levels.get(each, ())
        if block[0].do in TOGETHER:
            steps += TOGETHER[block[0].do](block[0], event=levels["event"][0], scopes=scopes, running=running)
            continue
        for scope in scopes:
            steps += [_run(step, scope=scope, levels=levels, running=running) for step in block]
    return steps


def _run(step: StepTerms, *, scope: Scope, levels: Mapping[str, Sequence[Scope]], running: Running) -> Step:
    """Execute one step: its output becomes a value of the scope, what it consumes is used up, and the trace is returned."""
    inputs: list[tuple[str, int]] = []
    asked: list[tuple[str, int]] = []
    plain = running.terms.plain_inputs.get(step.id)
    if plain is not None or _holds(step, scope, running.terms, asked):
        if step.do in GATHERING:
            values = _gathered(step, levels=levels, running=running, inputs=inputs)
        elif plain is not None:
            values = _plain(plain, step=step, scope=scope, running=running, inputs=inputs)
        else:
            values = [_operand(operand, step=step, scope=scope, running=running, inputs=inputs) for operand in step.operands]
        output = _operations.result(values, step=step, terms=running.terms, opened=running.opened)
    else:
        output = 0
    if output > MAX_FEN:
        raise FactsInconsistent(
            f"step {step.id} of {scope.of} gives more than any amount can be: look at the facts again",
            data={"step": step.id, "of": scope.of},
        )
    scope.values[step.output] = output
    if step.consumes and output:
        running.consume(step.consumes, scope, output)
    return Step(step.id, scope.of, step.do, step.clause, (*inputs, *asked), step.output, output, step.rounding)


def _holds(step: StepTerms, scope: Scope, terms: Terms, asked: list[tuple[str, int]]) -> bool:
    """Whether a step applies; what it asks goes to the end of its inputs."""
    for name, wanted in ((step.when, True), (step.unless, False)):
        if name:
            value = bool(_known(name, step=step, scope=scope, terms=terms))
            asked.append((name, int(value)))
            if value is not wanted:
                return False
    return True


def _gathered(
    step: StepTerms, *, levels: Mapping[str, Sequence[Scope]], running: Running, inputs: list[tuple[str, int]]
) -> list[int]:  # fmt: skip
    name = step.operands[0].cases[0].name
    rows = (
        levels[name] if name in levels else next((scopes for level, scopes in levels.items() if _carries(level, name, running.terms)), ())
    )
    values: list[int] = []
    for row in rows:
        values.append(1 if name in levels else _known(name, step=step, scope=row, terms=running.terms))
        inputs.append((f"{name}[{row.of}]", values[-1]))
    return values


def _carries(level: str, name: str, terms: Terms) -> bool:
    """Whether a name belongs to the rows of a level."""
    return level in terms.homes.get(name, ()) if level not in {"event", "visit"} else False


def _share(step: StepTerms, *, event: Scope, scopes: Sequence[Scope], running: Running) -> list[Step]:
    """Each row's part of one amount, computed together so that the parts add up exactly."""
    amount_name, weight_name = (operand.cases[0].name for operand in step.operands)
    asked: list[tuple[str, int]] = []
    steps: list[Step] = []
    inputs: list[tuple[str, int]] = []
    parts = [0] * len(scopes)
    if _holds(step, event, running.terms, asked):
        amount = _known(amount_name, step=step, scope=event, terms=running.terms)
        weights = [_known(weight_name, step=step, scope=scope, terms=running.terms) for scope in scopes]
        inputs = [(amount_name, amount), *((f"{weight_name}[{s.of}]", w) for s, w in zip(scopes, weights, strict=True))]
        parts = _operations.shares(amount=amount, weights=weights, step=step)
    for scope, part in zip(scopes, parts, strict=True):
        scope.values[step.output] = part
        steps.append(Step(step.id, scope.of, step.do, step.clause, (*inputs, *asked), step.output, part, step.rounding))
    return steps


def _plain(
    names: Sequence[tuple[str, bool]], *, step: StepTerms, scope: Scope, running: Running, inputs: list[tuple[str, int]]
) -> list[int]:
    """The values of a step without cases: the short way of nearly all steps."""
    own = scope.values
    values: list[int] = []
    for name, left in names:
        value = own.get(name)
        if value is None:
            value = running.left(name.removesuffix(".left"), scope) if left else _known(name, step=step, scope=scope, terms=running.terms)
        values.append(value)
        inputs.append((name, value))
    return values


def _carried(step: StepTerms, *, event: Scope, scopes: Sequence[Scope], running: Running) -> list[Step]:
    """What rows before belong together with each row: one after another, of one cause, within so many days."""
    of, first, last, within = (operand.cases[0].name for operand in step.operands)

    def value(name: str, scope: Scope) -> int:
        return _known(name, step=step, scope=scope, terms=running.terms)

    asked: list[tuple[str, int]] = []
    applies = _holds(step, event, running.terms, asked)
    chains: dict[str, tuple[Scope, ...]] = {}
    done: list[Scope] = []
    for scope in sorted(scopes, key=lambda s: (s.values.get(first) or 0, s.of)) if applies else ():
        near = [other for other in done if 0 <= value(first, scope) - value(last, other) <= value(within, scope)]
        together = [
            other
            for other in near
            if _text(str(step.setting("same")), other, of=step.id) == _text(str(step.setting("same")), scope, of=step.id)
        ]
        chains[scope.of] = (*chains[together[-1].of], together[-1]) if together else ()
        done.append(scope)
    steps: list[Step] = []
    for scope in scopes:
        inputs = tuple((f"{of}[{other.of}]", value(of, other)) for other in chains.get(scope.of, ()))
        scope.values[step.output] = sum(amount for _, amount in inputs)
        steps.append(
            Step(step.id, scope.of, step.do, step.clause, (*inputs, *asked), step.output, scope.values[step.output] or 0, step.rounding)
        )
    return steps


TOGETHER = {"share": _share, "carried": _carried}
"""Operations that look at all rows at once."""


def _operand(operand: Operand, *, step: StepTerms, scope: Scope, running: Running, inputs: list[tuple[str, int]]) -> int:
    for case in operand.cases:
        holds = not case.when or bool(_known(case.when, step=step, scope=scope, terms=running.terms))
        if case.when:
            inputs.append((case.when, int(holds)))
        if holds:
            left = case.name.endswith(".left")
            value = (
                running.left(case.name.removesuffix(".left"), scope)
                if left
                else _known(case.name, step=step, scope=scope, terms=running.terms)
            )
            inputs.append((case.name, value))
            return value
    raise BenefitInvalid(f"step {step.id} has no case that holds for {operand.role}: the last case of a list has no 'when'")


def _found(name: str, scope: Scope, terms: Terms) -> int | None:
    """A value by name: of the scope, of what it belongs to, of the plan."""
    level: Scope | None = scope
    while level is not None:
        if name in level.values:
            return level.values[name]
        level = level.above
    return FIXED[name] if name in FIXED else terms.values[name]


def _known(name: str, *, step: StepTerms, scope: Scope, terms: Terms) -> int:
    value = _found(name, scope, terms)
    if value is None:
        raise FactsMissing(
            f"step {step.id} needs {name} of {scope.of}, which the evidence does not give: read it from the settlement sheet, "
            "classify the fee lines so that they add up to the total, or refer to a person",
            data={"step": step.id, "fact": name, "of": scope.of},
        )
    return value


def _text(name: str, scope: Scope, *, of: str) -> str:
    level: Scope | None = scope
    while level is not None:
        if name in level.texts:
            return level.texts[name]
        level = level.above
    raise FactsMissing(f"{of} is counted by {name}, which the evidence does not give", data={"step": of, "fact": name, "of": scope.of})
