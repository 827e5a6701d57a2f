"""The calculation of one claim: bills in order of date, steps of the terms, lines that sum to the total, reasons for a zero."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date

from anpei.claims.benefit import _interpreter
from anpei.claims.benefit._form import BenefitInvalid, FactsInconsistent
from anpei.claims.benefit.facts import Accumulators, BillFacts
from anpei.claims.benefit.model import AssessedLine, AssessedUnit, Assessment, Step, ZeroCause
from anpei.kernel.money import Money, split
from anpei.records.products.model import Terms


@dataclass(frozen=True, slots=True)
class _Unit:
    id: str
    on: date
    bills: tuple[BillFacts, ...]

    @property
    def burden_fen(self) -> int:
        return sum(bill.burden_fen for bill in self.bills)


@dataclass(frozen=True, slots=True)
class _Done:
    unit: AssessedUnit
    lines: tuple[AssessedLine, ...]
    steps: tuple[Step, ...]


def assess(*, terms: Terms, bills: Sequence[BillFacts], accumulators: Accumulators) -> Assessment:
    """Calculate what is payable for the bills of one claim under the terms, after what earlier claims used.

    Bills may come in any order: visits (or bills) are gone through by day, on one day the heavier burden first, so that a count
    of visits a day favours the insured. Amounts in fen. Depends on nothing but its arguments.

    Raises BenefitInvalid (no bills, an id twice), FactsInconsistent (a bill contradicts itself), FactsMissing (a step needs a
    fact that the evidence does not give).
    """
    if not bills:
        raise BenefitInvalid("there is no bill to calculate: hand in at least one")
    if len({bill.bill_id for bill in bills}) != len(bills):
        raise BenefitInvalid("two bills have one id: hand in each bill once")
    for bill in bills:
        _consistent(bill)
    running = _interpreter.Running(terms=terms, before=accumulators)
    done = [_unit(unit, terms=terms, running=running) for unit in _units(bills, terms)]
    lines = tuple(line for part in done for line in part.lines)
    total_fen = sum(part.unit.payable_fen for part in done)
    if sum(line.payable_fen for line in lines) != total_fen:
        raise BenefitInvalid(f"the lines of product {terms.product_id} {terms.version} do not add up to the total: correct the product")
    units = tuple(part.unit for part in done)
    return Assessment(
        product_id=terms.product_id,
        product_version=terms.version,
        plan=terms.plan,
        terms_digest=terms.digest,
        lines=lines,
        units=units,
        steps=tuple(step for part in done for step in part.steps),
        total_fen=total_fen,
        accumulator_use=running.result(),
        zero_cause=_overall(units) if total_fen == 0 else ZeroCause.NONE,
    )


def _consistent(bill: BillFacts) -> None:
    social = bill.pooled_fen + bill.serious_illness_fen
    personal = (bill.self_paid_fen or 0) + (bill.own_expense_fen or 0)
    problem = ""
    if social + bill.other_payment_fen > bill.total_fen:
        problem = "what others paid is more than the total"
    elif bill.settled_by_social and social + personal > bill.total_fen:
        problem = "social insurance, self-paid and own expense together are more than the total"
    elif not bill.settled_by_social and social > 0:
        problem = "social insurance paid, yet the bill counts as not settled by it"
    elif sum(line.amount_fen for line in bill.lines) > bill.total_fen:
        problem = "the fee lines are more than the total"
    if problem:
        raise FactsInconsistent(
            f"bill {bill.bill_id}: {problem}; look at the document, correct the facts or refer to a person", data={"bill": bill.bill_id}
        )


def _units(bills: Sequence[BillFacts], terms: Terms) -> list[_Unit]:
    groups: dict[str, list[BillFacts]] = {}
    for bill in sorted(bills, key=lambda b: (b.service_on, b.bill_id)):
        in_scope = bill.kind in terms.event_kinds
        joined = terms.unit == "visit" and bill.visit and in_scope
        groups.setdefault(f"visit:{bill.visit}" if joined else f"bill:{bill.bill_id}", []).append(bill)
    units = [_Unit(id=key.split(":", 1)[1], on=group[0].service_on, bills=tuple(group)) for key, group in groups.items()]
    return sorted(units, key=lambda unit: (unit.on, -unit.burden_fen, unit.id))


def _scopes(unit: _Unit) -> list[_interpreter.Scope]:
    return [
        _interpreter.Scope(
            of=bill.bill_id,
            on=bill.service_on,
            values=_interpreter.facts_of(bill),
            flags={"settled_by_social": bill.settled_by_social, "social_insurance": bill.social_insurance},
        )
        for bill in unit.bills
    ]


def _run(unit: _Unit, *, terms: Terms, running: _interpreter.Running) -> tuple[_interpreter.Scope, list[Step]]:
    """All steps of one unit: those of its bills, then its own. Gives the scope that holds the result, and the trace."""
    bills = _scopes(unit)
    steps: list[Step] = []
    for bill in bills:
        steps += [_interpreter.run(s, scope=bill, bills=(), running=running) for s in terms.steps if s.each == "bill"]
    if terms.unit == "bill":
        return bills[0], steps
    visit = _interpreter.Scope(of=unit.id, on=unit.on, values={}, flags={})
    steps += [_interpreter.run(s, scope=visit, bills=bills, running=running) for s in terms.steps if s.each == "visit"]
    return visit, steps


def _unit(unit: _Unit, *, terms: Terms, running: _interpreter.Running) -> _Done:
    bill_ids = tuple(bill.bill_id for bill in unit.bills)
    if any(bill.kind not in terms.event_kinds for bill in unit.bills):
        return _Done(AssessedUnit(unit.id, bill_ids, unit.on, 0, ZeroCause.OUT_OF_SCOPE), (), ())
    scope, steps = _run(unit, terms=terms, running=running)
    payable = scope.values[terms.payable] or 0
    if payable > unit.burden_fen:
        raise FactsInconsistent(
            f"{unit.id}: {payable} fen would be more than the {unit.burden_fen} fen that nobody else paid; look at the documents",
            data={"unit": unit.id},
        )
    cause = ZeroCause.NONE
    if payable == 0:
        cause = _zero_cause(unit, steps=steps, terms=terms, before=running.before)
    lines = _lines(unit, terms=terms, scope=scope, payable=payable)
    return _Done(AssessedUnit(unit.id, bill_ids, unit.on, payable, cause), lines, tuple(steps))


def _lines(unit: _Unit, *, terms: Terms, scope: _interpreter.Scope, payable: int) -> tuple[AssessedLine, ...]:
    """The lines of a unit; what the caps took off is shared by the largest remainder, so that they add up exactly."""
    before = [scope.values[line.payable] or 0 for line in terms.lines]
    shares = [money.fen for money in split(amount=Money(payable), weights=before)] if any(before) else before
    bill_ids = tuple(bill.bill_id for bill in unit.bills)
    return tuple(
        AssessedLine(f"{unit.id}:{line.id}", unit.id, bill_ids, line.coverage, scope.values[line.claimed] or 0, share)
        for line, share in zip(terms.lines, shares, strict=True)
    )


def _zero_cause(unit: _Unit, *, steps: Sequence[Step], terms: Terms, before: Accumulators) -> ZeroCause:
    """Why this unit pays nothing: everything was paid by others; or without deductibles and limits it would pay; or neither."""
    if sum(bill.total_fen for bill in unit.bills) > 0 and unit.burden_fen == 0:
        return ZeroCause.COMPENSATED
    opened = _interpreter.Running(terms=terms, before=before, opened=True)
    scope, _ = _run(unit, terms=terms, running=opened)
    if not scope.values[terms.payable]:
        return ZeroCause.UNEXPLAINED
    cut = any(step.operation in {"cap", "count"} and step.output_fen == 0 and step.inputs[0][1] > 0 for step in steps)
    return ZeroCause.LIMIT if cut else ZeroCause.DEDUCTIBLE


def _overall(units: Sequence[AssessedUnit]) -> ZeroCause:
    causes = {unit.zero_cause for unit in units}
    order = (ZeroCause.UNEXPLAINED, ZeroCause.OUT_OF_SCOPE, ZeroCause.LIMIT, ZeroCause.DEDUCTIBLE, ZeroCause.COMPENSATED)
    return next(cause for cause in order if cause in causes)
