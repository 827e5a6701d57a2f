"""Runs cases written in files: the worked examples of the product files (one that fails must not go live), and cases to be explained."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from anpei.claims.benefit.assessment import assess
from anpei.claims.benefit.event import EventFacts
from anpei.claims.benefit.facts import Accumulators, BillFacts, BillLine
from anpei.claims.benefit.model import Assessment, ZeroCause
from anpei.kernel.errors import AnpeiError
from anpei.kernel.money import Money
from anpei.records.policies.periods import period_key
from anpei.records.products import library
from anpei.records.products.model import Terms
from anpei.records.products.schema import CaseFacts, ExampleBill, ExampleFile, ProductFile, plain_fact


@dataclass(frozen=True, slots=True)
class ExampleOutcome:
    """One example: what the file expects and what the calculation gives (fen)."""

    product_id: str
    version: str
    example_id: str
    expected_fen: int
    expected_zero_cause: ZeroCause
    assessment: Assessment
    differences: tuple[str, ...] = ()
    """Lines and values that are not as expected, as sentences."""

    @property
    def passed(self) -> bool:
        """Whether amount, zero cause, lines and values are as expected."""
        same = (self.assessment.total_fen, self.assessment.zero_cause) == (self.expected_fen, self.expected_zero_cause)
        return same and not self.differences


def run_examples(file: ProductFile) -> list[ExampleOutcome]:
    """Calculate all examples of a product file."""
    return [_outcome(file, example) for example in file.examples]


def failed_examples(file: ProductFile) -> list[str]:
    """What is wrong with the examples of a file, as sentences (empty: all pass). For ``library.load_library(check=…)``."""
    failed: list[str] = []
    for example in file.examples:
        try:
            outcome = _outcome(file, example)
        except AnpeiError as error:
            failed.append(f"an example cannot be calculated: {error.message}")
            continue
        failed += [f"example {outcome.example_id}: {said}" for said in outcome.differences]
        expected, given = outcome.expected_fen, outcome.assessment.total_fen
        causes = outcome.expected_zero_cause, outcome.assessment.zero_cause
        if expected != given or causes[0] is not causes[1]:
            failed.append(
                f"example {outcome.example_id} must give {Money(expected).decimal()} ({causes[0].value or 'no zero'}), "
                f"the steps give {Money(given).decimal()} ({causes[1].value or 'no zero'})"
            )
    return failed


def assess_case(file: ProductFile, case: CaseFacts) -> tuple[Terms, Assessment]:
    """Calculate a case that is written as a file: its terms, and the result. Raises what ``assess`` raises."""
    terms = library.resolve(file, plan=case.plan, overrides=case.parameters)
    bills, accumulators, event = case_facts(file, case)
    return terms, assess(terms=terms, bills=bills, accumulators=accumulators, event=event)


def case_facts(file: ProductFile, case: CaseFacts) -> tuple[tuple[BillFacts, ...], Accumulators, EventFacts | None]:
    """What ``assess`` takes for a case that is written as a file: its bills, what is used already, and its event."""
    return (
        tuple(_bill(bill, social_insurance=case.social_insurance) for bill in case.bills),
        Accumulators.of(policy_start_on=case.policy_start_on, used=_used(file, case)),
        _event(file, case) if file.unit == "event" else None,
    )


def _used(file: ProductFile, case: CaseFacts) -> dict[tuple[str, str], int]:
    used: dict[tuple[str, str], int] = {}
    for given, amount in (case.used | case.used_counts).items():
        name, _, per = given.partition("/")
        period = file.accumulators[name].period
        key = period_key(period=period, start_on=case.policy_start_on, day=case.day, event=case.event_id, per=per)
        used[name, key] = amount
    return used


def _event(file: ProductFile, case: CaseFacts) -> EventFacts:
    facts: dict[str, Any] = {}
    for name, given in case.facts.items():
        if isinstance(given, list):
            columns = file.lists[name].columns
            facts[name] = [
                {column: value if column == "id" else plain_fact(columns[column].type, value) for column, value in row.items()}
                for row in given
            ]
        else:
            facts[name] = plain_fact(file.inputs[name].type, given)
    return EventFacts.of(on=case.day, event_id=case.event_id, currency=case.currency, facts=facts)


def _outcome(file: ProductFile, example: ExampleFile) -> ExampleOutcome:
    _, assessment = assess_case(file, example)
    return ExampleOutcome(
        file.id,
        file.version,
        example.id,
        example.payable,
        ZeroCause(example.zero_cause),
        assessment,
        tuple(_differences(example, assessment)),
    )


def _differences(example: ExampleFile, assessment: Assessment) -> list[str]:
    lines = {line.id.split(":", 1)[1]: line.payable_fen for line in assessment.lines}
    said = [
        f"line {name} must be {Money(expected).decimal()}, the steps give {_shown(lines, name)}"
        for name, expected in example.lines.items()
        if lines.get(name) != expected
    ]
    outputs = {step.output: step.output_fen for step in assessment.steps}
    for name, given in example.values.items():
        expected = Money.parse(given).fen if isinstance(given, str) else int(given)
        if outputs.get(name) != expected:
            said.append(f"value {name} must be {given}, the steps give {outputs.get(name)} (fen, or the unit of the step)")
    return said


def _shown(lines: Mapping[str, int], name: str) -> str:
    return Money(lines[name]).decimal() if name in lines else f"no such line (there are {', '.join(lines) or 'none'})"


def _bill(bill: ExampleBill, *, social_insurance: bool) -> BillFacts:
    return BillFacts(
        bill_id=bill.id,
        kind=bill.kind,
        service_on=bill.service_on,
        total_fen=bill.total,
        pooled_fen=bill.pooled,
        serious_illness_fen=bill.serious_illness,
        other_payment_fen=bill.other_payment,
        self_paid_fen=bill.self_paid,
        own_expense_fen=bill.own_expense,
        settled_by_social=bill.settled_by_social,
        social_insurance=social_insurance,
        lines=tuple(
            BillLine(f"{bill.id}-{index}", "", line.name, line.amount, line.insurance_class, line.covered)
            for index, line in enumerate(bill.lines, start=1)
        ),
        visit=bill.visit,
        currency=bill.currency,
    )
