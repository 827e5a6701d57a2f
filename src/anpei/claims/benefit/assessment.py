"""The calculation of one claim: bills in order of date, steps of the terms, lines that sum to the total, reasons for a zero."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date

from anpei.claims.benefit import _interpreter
from anpei.claims.benefit._form import BenefitInvalid, CurrencyRefused, FactsInconsistent
from anpei.claims.benefit.event import EventFacts, typed
from anpei.claims.benefit.facts import CURRENCY, Accumulators, BillFacts
from anpei.claims.benefit.model import AssessedLine, AssessedUnit, Assessment, Step, ZeroCause
from anpei.kernel.money import Money, split
from anpei.records.products.model import BenefitLine, Terms

Levels = Mapping[str, list[_interpreter.Scope]]


@dataclass(frozen=True, slots=True)
class _Unit:
    id: str
    on: date
    bills: tuple[BillFacts, ...]
    event: EventFacts | None = None

    @property
    def burden_fen(self) -> int:
        return sum(bill.burden_fen for bill in self.bills)


@dataclass(frozen=True, slots=True)
class _Done:
    unit: AssessedUnit
    lines: tuple[AssessedLine, ...]
    steps: tuple[Step, ...]


def assess(*, terms: Terms, bills: Sequence[BillFacts] = (), accumulators: Accumulators, event: EventFacts | None = None) -> Assessment:
    """Calculate what is payable for one claim under the terms, after what earlier claims used.

    Products by bill or visit take ``bills``; products by event take ``event`` and, where they pay medical expenses, bills too. Bills and
    rows may come in any order: visits (or bills) are gone through by day, on one day the heavier burden first, so that a count of
    visits a day favours the insured. Amounts in fen, CNY only. Depends on nothing but its arguments.

    Raises BenefitInvalid (nothing to calculate, an id twice), FactsInconsistent (facts contradict each other), CurrencyRefused,
    FactsMissing (a step needs a fact that the evidence does not give).
    """
    _accepted(terms, bills, event)
    running = _interpreter.Running(terms=terms, before=accumulators, event_id=_event_key(event))
    units = _units(bills, terms) if event is None else [_Unit(event.event_id or "event", event.on, _by_day(bills), event)]
    done = [_unit(unit, terms=terms, running=running) for unit in units]
    lines = tuple(line for part in done for line in part.lines)
    total_fen = sum(part.unit.payable_fen for part in done)
    if sum(line.payable_fen for line in lines) != total_fen:
        raise BenefitInvalid(f"the lines of product {terms.product_id} {terms.version} do not add up to the total: correct the product")
    assessed = tuple(part.unit for part in done)
    return Assessment(
        product_id=terms.product_id,
        product_version=terms.version,
        plan=terms.plan,
        terms_digest=terms.digest,
        lines=lines,
        units=assessed,
        steps=tuple(step for part in done for step in part.steps),
        total_fen=total_fen,
        accumulator_use=running.result(),
        zero_cause=_overall(assessed) if total_fen == 0 else ZeroCause.NONE,
    )


def _event_key(event: EventFacts | None) -> str:
    """What one event counts under, whatever days its bills are of: its id, else its own day."""
    return "" if event is None else event.event_id or event.on.isoformat()


def _accepted(terms: Terms, bills: Sequence[BillFacts], event: EventFacts | None) -> None:
    if terms.unit == "event" and event is None:
        raise BenefitInvalid(f"product {terms.product_id} is calculated by event: hand in the facts of the event")
    if terms.unit != "event" and event is not None:
        raise BenefitInvalid(f"product {terms.product_id} is calculated by {terms.unit}: hand in bills, not the facts of an event")
    if not bills and event is None:
        raise BenefitInvalid("there is no bill to calculate: hand in at least one")
    if len({bill.bill_id for bill in bills}) != len(bills):
        raise BenefitInvalid("two bills have one id: hand in each bill once")
    currencies = [(f"bill {bill.bill_id}", bill.currency) for bill in bills] + ([("the event", event.currency)] if event else [])
    for of, currency in currencies:
        if currency != CURRENCY:
            raise CurrencyRefused(
                f"{of} is in {currency}, and amounts are calculated in {CURRENCY} only: a person converts it at the rate and day that the "
                "clause names, and enters the amount with the proof of the rate",
                data={"of": of, "currency": currency},
            )
    for bill in bills:
        _consistent(bill)


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


def _by_day(bills: Sequence[BillFacts]) -> tuple[BillFacts, ...]:
    return tuple(sorted(bills, key=lambda b: (b.service_on, b.bill_id)))


def _units(bills: Sequence[BillFacts], terms: Terms) -> list[_Unit]:
    groups: dict[str, list[BillFacts]] = {}
    for bill in _by_day(bills):
        in_scope = bill.kind in terms.event_kinds
        joined = terms.unit == "visit" and bill.visit and in_scope
        groups.setdefault(f"visit:{bill.visit}" if joined else f"bill:{bill.bill_id}", []).append(bill)
    units = [_Unit(id=key.split(":", 1)[1], on=group[0].service_on, bills=tuple(group)) for key, group in groups.items()]
    return sorted(units, key=lambda unit: (unit.on, -unit.burden_fen, unit.id))


def _levels(unit: _Unit, terms: Terms, accumulators: Accumulators) -> Levels:
    """The scopes of a unit by level: its bills, and the visit or the event with its rows."""
    above = None
    levels: dict[str, list[_interpreter.Scope]] = {}
    if unit.event is not None:
        facts, rows = typed(unit.event, terms)
        days: dict[str, int | None] = {"event_on": unit.on.toordinal(), "policy_start_on": accumulators.policy_start_on.toordinal()}
        above = _interpreter.Scope(of=unit.id, on=unit.on, values=days | facts.values, texts=facts.texts)
        levels["event"] = [above]
        for name, listed in rows.items():
            levels[name] = [_interpreter.Scope(f"{name}/{row.id}", unit.on, row.values, row.texts, above) for row in listed]
    elif terms.unit == "visit":
        levels["visit"] = [_interpreter.Scope(of=unit.id, on=unit.on, values={})]
    levels["bill"] = [
        _interpreter.Scope(of=bill.bill_id, on=bill.service_on, values=_interpreter.facts_of(bill), above=above) for bill in unit.bills
    ]
    return levels


def _unit(unit: _Unit, *, terms: Terms, running: _interpreter.Running) -> _Done:
    bill_ids = tuple(bill.bill_id for bill in unit.bills)
    if unit.event is None and any(bill.kind not in terms.event_kinds for bill in unit.bills):
        return _Done(AssessedUnit(unit.id, bill_ids, unit.on, 0, ZeroCause.OUT_OF_SCOPE), (), ())
    levels = _levels(unit, terms, running.before)
    steps = _interpreter.run_all(levels, running=running)
    payable = levels[terms.unit][0].values[terms.payable] or 0
    lines = _lines(unit, terms=terms, levels=levels, payable=payable)
    if unit.event is None and payable > unit.burden_fen:
        raise FactsInconsistent(
            f"{unit.id}: {payable} fen would be more than the {unit.burden_fen} fen that nobody else paid; look at the documents",
            data={"unit": unit.id},
        )
    cause = ZeroCause.NONE
    if payable == 0:
        cause = _zero_cause(unit, steps=steps, terms=terms, before=running.before)
    return _Done(AssessedUnit(unit.id, bill_ids, unit.on, payable, cause), lines, tuple(steps))


def _lines(unit: _Unit, *, terms: Terms, levels: Levels, payable: int) -> tuple[AssessedLine, ...]:
    """The lines of a unit; what the caps took off is shared by the largest remainder, so that they add up exactly."""
    parts = [(line, scope) for line in terms.lines for scope in levels.get(line.each or terms.unit, ())]
    shares = _shares(parts, top=levels[terms.unit][0], payable=payable)
    bill_ids = tuple(bill.bill_id for bill in unit.bills)
    _within_loss(unit, [(line, scope, share) for (line, scope), share in zip(parts, shares, strict=True)], terms)
    return tuple(
        AssessedLine(
            f"{unit.id}:{line.id}" + (f":{scope.of.split('/', 1)[-1]}" if line.each else ""),
            unit.id,
            bill_ids,
            line.coverage,
            _amount(line.claimed, scope, terms),
            share,
        )
        for (line, scope), share in zip(parts, shares, strict=True)
    )


def _shares(parts: Sequence[tuple[BenefitLine, _interpreter.Scope]], *, top: _interpreter.Scope, payable: int) -> list[int]:
    """What each line is paid: lines that are part of one amount share it, all others share the rest of the total."""
    before = [scope.values[line.payable] or 0 for line, scope in parts]
    groups = sorted({line.part_of for line, _ in parts} - {""})
    amounts = {name: top.values[name] or 0 for name in groups}
    amounts[""] = payable - sum(amounts.values())
    shares = list(before)
    for name, amount in amounts.items():
        weights = [weight if line.part_of == name else 0 for weight, (line, _) in zip(before, parts, strict=True)]
        if any(weights):
            for index, money in enumerate(split(amount=Money(amount), weights=weights)):
                shares[index] = money.fen if weights[index] else shares[index]
    return shares


def _amount(name: str, scope: _interpreter.Scope, terms: Terms) -> int:
    value = scope.values.get(name)
    return value or 0 if name in scope.values else terms.values.get(name, 0)


def _within_loss(unit: _Unit, parts: Sequence[tuple[BenefitLine, _interpreter.Scope, int]], terms: Terms) -> None:
    """Expense benefits never pass the loss (费用补偿原则, 损失补偿原则); fixed benefits know no loss."""
    paid: dict[tuple[str, str], int] = {}
    limits: dict[tuple[str, str], int] = {}
    for line, scope, share in parts:
        if line.basis == "expense" and line.loss:
            key = (line.loss, scope.of)
            paid[key] = paid.get(key, 0) + share
            limits[key] = _amount(line.loss, scope, terms)
    for (loss, of), amount in paid.items():
        if amount > limits[loss, of]:
            raise FactsInconsistent(
                f"{of}: {amount} fen would be more than the loss of {limits[loss, of]} fen ({loss}); look at the documents",
                data={"unit": unit.id, "loss": loss},
            )


def _zero_cause(unit: _Unit, *, steps: Sequence[Step], terms: Terms, before: Accumulators) -> ZeroCause:
    """Why this unit pays nothing: everything was paid by others; or without deductibles and limits it would pay; or neither."""
    compensated = sum(bill.total_fen for bill in unit.bills) > 0 and unit.burden_fen == 0
    if compensated and unit.event is None:
        return ZeroCause.COMPENSATED
    levels = _levels(unit, terms, before)
    _interpreter.run_all(levels, running=_interpreter.Running(terms=terms, before=before, event_id=_event_key(unit.event), opened=True))
    if not levels[terms.unit][0].values[terms.payable]:
        return ZeroCause.COMPENSATED if compensated else ZeroCause.UNEXPLAINED
    amounts = {step.id: step.operands[0].cases[0].name for step in terms.steps if step.do in {"cap", "count"}}
    cut = any(step.id in amounts and _took_all(step, amounts[step.id]) for step in steps)
    return ZeroCause.LIMIT if cut else ZeroCause.DEDUCTIBLE


def _took_all(step: Step, amount: str) -> bool:
    """Whether a cap or count left nothing of its amount (a step whose conditions do not hold has looked at none)."""
    return step.output_fen == 0 and step.inputs[0][0] == amount and step.inputs[0][1] > 0


def _overall(units: Sequence[AssessedUnit]) -> ZeroCause:
    causes = {unit.zero_cause for unit in units}
    order = (ZeroCause.UNEXPLAINED, ZeroCause.OUT_OF_SCOPE, ZeroCause.LIMIT, ZeroCause.DEDUCTIBLE, ZeroCause.COMPENSATED)
    return next(cause for cause in order if cause in causes)
