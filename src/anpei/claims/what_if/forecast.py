"""How sure an amount is before the claim exists: what is payable, whether a person would look, and which facts are missing. Pure."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from enum import StrEnum
from typing import Any

from anpei.claims import benefit
from anpei.claims.benefit import Accumulators
from anpei.claims.decision.adjudication import Inputs, Outputs, bills_of, event_of
from anpei.claims.decision.model import Refer
from anpei.records.products.model import Terms


class Verdict(StrEnum):
    """``pays``: the amount follows; ``nothing``: nothing is payable by arithmetic; ``person``: whether it is covered a person decides;
    ``missing``: a fact is missing.
    """

    PAYS = "pays"
    NOTHING = "nothing"
    PERSON = "person"
    MISSING = "missing"


@dataclass(frozen=True, slots=True)
class Case:
    """What is calculated: the facts of a claim, the terms, and what is used of the accumulators."""

    facts: Mapping[str, Any]
    terms: Terms
    accumulators: Accumulators


@dataclass(frozen=True, slots=True)
class Forecast:
    """What the claim line's own functions give for a case. ``missing``: the fields without which no amount can be given."""

    case: Case
    inputs: Inputs
    outputs: Outputs
    verdict: Verdict
    missing: tuple[str, ...] = ()

    @property
    def total_fen(self) -> int | None:
        """What the steps give, whether or not the cover is in question."""
        return None if self.outputs.assessment is None else self.outputs.assessment.total_fen

    @property
    def sure_fen(self) -> int:
        """What is payable without a person's word on the cover itself."""
        return self.total_fen or 0 if self.verdict is Verdict.PAYS else 0

    @property
    def reasons(self) -> tuple[str, ...]:
        """Why a person would look at the claim; empty when none would."""
        return self.outputs.decision.reasons if isinstance(self.outputs.decision, Refer) else ()


Evaluate = Callable[[Case], Forecast]


def forecast(*, case: Case, inputs: Inputs, outputs: Outputs, in_question: tuple[str, ...]) -> Forecast:
    """What outputs mean to the person who asks. ``in_question``: how the codes of findings begin that put the cover in question."""
    assessment = outputs.assessment
    if assessment is None:
        return Forecast(case, inputs, outputs, Verdict.MISSING, missing_of(inputs))
    if any(item.code.startswith(in_question) for item in outputs.findings):
        return Forecast(case, inputs, outputs, Verdict.PERSON)
    if assessment.total_fen > 0:
        return Forecast(case, inputs, outputs, Verdict.PAYS)
    return Forecast(case, inputs, outputs, Verdict.NOTHING if assessment.zero_by_arithmetic else Verdict.PERSON)


def missing_of(inputs: Inputs) -> tuple[str, ...]:
    """The fields that have to be told before there is an amount."""
    missing = [
        f"bills.{number}.{name.removesuffix('_fen')}"
        for number, bill in enumerate(inputs.facts["bills"])
        for name in ("self_paid_fen", "own_expense_fen")
        if bill["settled_by_social"] and bill[name] is None
    ]
    if missing:
        return tuple(missing)
    try:
        benefit.assess(terms=inputs.terms, bills=bills_of(inputs), accumulators=inputs.accumulators, event=event_of(inputs))
    except benefit.FactsMissing as error:
        return (_field(str(error.data["fact"]), str(error.data["of"]), inputs),)
    except (benefit.FactsInconsistent, benefit.BenefitInvalid):
        return ()
    return ()


def _field(name: str, of: str, inputs: Inputs) -> str:
    """Where a fact is told in the question."""
    if name.startswith("lines_"):
        numbers = [number for number, bill in enumerate(inputs.facts["bills"]) if bill["bill_id"] == of]
        return f"bills.{numbers[0]}.lines" if numbers else "bills"
    rows, _, row = of.partition("/")
    if row and rows in {listed.name for listed in inputs.terms.lists}:
        return f"declared.{rows}.{name}"
    return f"declared.{name}" if any(item.name == name for item in inputs.terms.inputs) else name
