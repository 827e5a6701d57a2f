"""What comes out of the calculation: the assessment with its lines, units, steps and what it uses up."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import date
from enum import StrEnum
from typing import Any, Self

from anpei.claims.benefit._form import checked, plain_row


class ZeroCause(StrEnum):
    """Why nothing is payable. Only ``deductible`` and ``limit`` close a claim by arithmetic; see ``Assessment.zero_by_arithmetic``."""

    NONE = ""
    DEDUCTIBLE = "deductible"
    LIMIT = "limit"
    COMPENSATED = "compensated"
    OUT_OF_SCOPE = "out_of_scope"
    UNEXPLAINED = "unexplained"


@dataclass(frozen=True, slots=True)
class Step:
    """One executed step. ``id`` is the key of title, clause and words in the terms; ``of`` the bill or visit it was done for.

    Values are fen, except rates (basis points), counts, and yes/no facts (0, 1) among the inputs.
    """

    id: str
    of: str
    operation: str
    clause: str
    inputs: tuple[tuple[str, int], ...]
    output: str
    output_fen: int
    rounding: str

    def to_dict(self) -> dict[str, Any]:
        """Plain data; the inputs keep their order as pairs."""
        return {**plain_row(self), "inputs": [[name, value] for name, value in self.inputs]}


@dataclass(frozen=True, slots=True)
class AssessedLine:
    """One line of the result: claimed (eligible before deductible) and payable (after all caps), in fen."""

    id: str
    unit: str
    bill_ids: tuple[str, ...]
    coverage: str
    claimed_fen: int
    payable_fen: int

    def to_dict(self) -> dict[str, Any]:
        """Plain data."""
        return {**plain_row(self), "bill_ids": list(self.bill_ids)}


@dataclass(frozen=True, slots=True)
class AssessedUnit:
    """The result of one visit or bill, with the reason when it is zero."""

    id: str
    bill_ids: tuple[str, ...]
    on: date
    payable_fen: int
    zero_cause: ZeroCause

    def to_dict(self) -> dict[str, Any]:
        """Plain data."""
        return {**plain_row(self), "bill_ids": list(self.bill_ids)}


@dataclass(frozen=True, slots=True)
class AccumulatorUse:
    """What this assessment uses of one accumulator in one period; ``total`` is the whole of it under the terms."""

    name: str
    kind: str
    period_key: str
    amount: int
    total: int

    def to_dict(self) -> dict[str, Any]:
        """Plain data."""
        return plain_row(self)


@dataclass(frozen=True, slots=True)
class Assessment:
    """The amount (fen), its lines, the steps that led to it, and what it uses up. The lines sum to the total."""

    product_id: str
    product_version: str
    plan: str
    terms_digest: str
    lines: tuple[AssessedLine, ...]
    units: tuple[AssessedUnit, ...]
    steps: tuple[Step, ...]
    total_fen: int
    accumulator_use: tuple[AccumulatorUse, ...]
    zero_cause: ZeroCause

    @property
    def deductible_used_fen(self) -> int:
        """What this assessment uses of cumulative deductibles."""
        return _sum_kind(self.accumulator_use, "deductible")

    @property
    def limit_used_fen(self) -> int:
        """What this assessment uses of limits over the policy year."""
        return _sum_kind(self.accumulator_use, "limit")

    @property
    def zero_by_arithmetic(self) -> bool:
        """Nothing is payable, and deductible or exhausted limits alone explain it: no person has to decide."""
        return self.zero_cause in {ZeroCause.DEDUCTIBLE, ZeroCause.LIMIT}

    def to_dict(self) -> dict[str, Any]:
        """Plain canonical data."""
        parts = {name: [part.to_dict() for part in getattr(self, name)] for name in ("lines", "units", "steps", "accumulator_use")}
        return {**plain_row(self), **parts}

    @classmethod
    def from_dict(cls, data: Mapping[str, Any]) -> Self:
        """An assessment from its plain form. Raises BenefitInvalid."""
        made: Self = checked("an assessment", data, lambda row: cls(**{**row, **_parts(row)}))
        return made


def _sum_kind(uses: Iterable[AccumulatorUse], kind: str) -> int:
    return sum(use.amount for use in uses if use.kind == kind)


def _parts(row: Mapping[str, Any]) -> dict[str, Any]:
    return {
        "lines": tuple(AssessedLine(**{**line, "bill_ids": tuple(line["bill_ids"])}) for line in row["lines"]),
        "units": tuple(
            AssessedUnit(
                **{
                    **unit,
                    "bill_ids": tuple(unit["bill_ids"]),
                    "on": date.fromisoformat(unit["on"]),
                    "zero_cause": ZeroCause(unit["zero_cause"]),
                }
            )
            for unit in row["units"]
        ),
        "steps": tuple(Step(**{**step, "inputs": tuple((name, value) for name, value in step["inputs"])}) for step in row["steps"]),
        "accumulator_use": tuple(AccumulatorUse(**use) for use in row["accumulator_use"]),
        "zero_cause": ZeroCause(row["zero_cause"]),
    }
