"""Runs the worked examples that stand in the product files: a product whose examples fail must not go live."""

from dataclasses import dataclass

from anpei.claims.benefit.assessment import assess
from anpei.claims.benefit.facts import Accumulators, BillFacts, BillLine
from anpei.claims.benefit.model import Assessment, ZeroCause
from anpei.kernel.errors import AnpeiError
from anpei.kernel.money import Money
from anpei.records.policies.periods import period_key
from anpei.records.products import library
from anpei.records.products.schema import ExampleBill, ExampleFile, ProductFile


@dataclass(frozen=True, slots=True)
class ExampleOutcome:
    """One example: what the file expects and what the calculation gives (fen)."""

    product_id: str
    version: str
    example_id: str
    expected_fen: int
    expected_zero_cause: ZeroCause
    assessment: Assessment

    @property
    def passed(self) -> bool:
        """Whether amount and zero cause are as expected."""
        return (self.assessment.total_fen, self.assessment.zero_cause) == (self.expected_fen, self.expected_zero_cause)


def run_examples(file: ProductFile) -> list[ExampleOutcome]:
    """Calculate all examples of a product file."""
    return [_outcome(file, example) for example in file.examples]


def failed_examples(file: ProductFile) -> list[str]:
    """What is wrong with the examples of a file, as sentences (empty: all pass). For ``library.load_library(check=…)``."""
    try:
        outcomes = run_examples(file)
    except AnpeiError as error:
        return [f"an example cannot be calculated: {error.message}"]
    return [
        f"example {o.example_id} must give {Money(o.expected_fen).decimal()} ({o.expected_zero_cause.value or 'no zero'}), "
        f"the steps give {Money(o.assessment.total_fen).decimal()} ({o.assessment.zero_cause.value or 'no zero'})"
        for o in outcomes
        if not o.passed
    ]


def _outcome(file: ProductFile, example: ExampleFile) -> ExampleOutcome:
    first_day = min(bill.service_on for bill in example.bills)
    used = {
        (name, period_key(period=file.accumulators[name].period, start_on=example.policy_start_on, day=first_day)): amount
        for name, amount in example.used.items()
    }
    assessment = assess(
        terms=library.resolve(file, plan=example.plan, overrides=example.parameters),
        bills=[_bill(bill, social_insurance=example.social_insurance) for bill in example.bills],
        accumulators=Accumulators.of(policy_start_on=example.policy_start_on, used=used),
    )
    return ExampleOutcome(file.id, file.version, example.id, example.payable, ZeroCause(example.zero_cause), assessment)


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
    )
