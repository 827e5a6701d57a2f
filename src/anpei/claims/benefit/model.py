"""Facts that go into the calculation and the assessment that comes out, as frozen data with a canonical plain form."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, fields
from datetime import date
from enum import StrEnum
from typing import Any, Self

from anpei.kernel.canonical import digest
from anpei.kernel.errors import AnpeiError, InvalidInput


class BenefitInvalid(InvalidInput):
    """Data handed to the calculation is not of the right form."""

    code = "benefit.invalid"


class FactsMissing(AnpeiError):
    """A step needs a fact that the evidence does not give; the claim goes to a person or a supplement is asked for."""

    code = "benefit.facts_missing"


class FactsInconsistent(AnpeiError):
    """Facts of a bill contradict each other; the claim goes to a person."""

    code = "benefit.facts_inconsistent"


class ZeroCause(StrEnum):
    """Why nothing is payable. Only ``deductible`` and ``limit`` close a claim by arithmetic; see ``Assessment.zero_by_arithmetic``."""

    NONE = ""
    DEDUCTIBLE = "deductible"
    LIMIT = "limit"
    COMPENSATED = "compensated"
    OUT_OF_SCOPE = "out_of_scope"
    UNEXPLAINED = "unexplained"


def _amount(name: str, value: Any, *, optional: bool = False) -> None:
    if optional and value is None:
        return
    if not isinstance(value, int) or isinstance(value, bool) or value < 0:
        raise BenefitInvalid(f"{name} must be a whole number of fen from 0, not {type(value).__name__}: read the amount again")


def _plain(value: Any) -> Any:
    if isinstance(value, date):
        return value.isoformat()
    if isinstance(value, StrEnum):
        return value.value
    return value


def _row(item: Any) -> dict[str, Any]:
    return {field.name: _plain(getattr(item, field.name)) for field in fields(item)}


def _checked(kind: str, data: Mapping[str, Any], build: Any) -> Any:
    """Build from plain data; whatever is wrong with it becomes BenefitInvalid, and it must come out as it went in."""
    try:
        made = build(data)
        same = digest(made.to_dict()) == digest(dict(data))
    except (KeyError, TypeError, ValueError, AttributeError) as error:
        raise BenefitInvalid(f"this is not the canonical form of {kind} ({error!r}): use what to_dict gave") from error
    if not same:
        raise BenefitInvalid(f"this {kind} does not keep its digest when read: use what to_dict gave, unchanged")
    return made


@dataclass(frozen=True, slots=True)
class BillLine:
    """One fee line. ``insurance_class`` is A, B, C (甲乙丙) or None when the catalogue does not know it; ``covered`` by the product."""

    line_id: str
    item_code: str
    name: str
    amount_fen: int
    insurance_class: str | None
    covered: bool

    def __post_init__(self) -> None:
        _amount("amount_fen of a bill line", self.amount_fen)
        if self.insurance_class not in {"A", "B", "C", None}:
            raise BenefitInvalid(f"insurance_class must be A, B, C or None, not {self.insurance_class!r}")

    def to_dict(self) -> dict[str, Any]:
        """Plain data."""
        return _row(self)


@dataclass(frozen=True, slots=True)
class BillFacts:
    """The facts of one bill, in fen.

    ``kind`` is ``outpatient`` or ``inpatient``; ``service_on`` the day of the visit or admission. ``self_paid_fen`` (自付) and
    ``own_expense_fen`` (自费) come from a settlement by social insurance, None when unknown. ``visit`` joins the bills of one
    visit; empty: the bill is a visit of its own.
    """

    bill_id: str
    kind: str
    service_on: date
    total_fen: int
    pooled_fen: int = 0
    serious_illness_fen: int = 0
    other_payment_fen: int = 0
    self_paid_fen: int | None = None
    own_expense_fen: int | None = None
    settled_by_social: bool = False
    lines: tuple[BillLine, ...] = ()
    visit: str = ""

    def __post_init__(self) -> None:
        for name in ("total_fen", "pooled_fen", "serious_illness_fen", "other_payment_fen"):
            _amount(f"{name} of bill {self.bill_id}", getattr(self, name))
        _amount(f"self_paid_fen of bill {self.bill_id}", self.self_paid_fen, optional=True)
        _amount(f"own_expense_fen of bill {self.bill_id}", self.own_expense_fen, optional=True)

    @property
    def burden_fen(self) -> int:
        """What no one else has paid: the most that an expense benefit may pay (费用补偿原则)."""
        return max(self.total_fen - self.pooled_fen - self.serious_illness_fen - self.other_payment_fen, 0)

    def to_dict(self) -> dict[str, Any]:
        """Plain data."""
        return {**_row(self), "lines": [line.to_dict() for line in self.lines]}

    @classmethod
    def from_dict(cls, data: Mapping[str, Any]) -> Self:
        """Facts from their plain form. Raises BenefitInvalid."""

        def build(row: Mapping[str, Any]) -> BillFacts:
            lines = tuple(BillLine(**line) for line in row["lines"])
            return cls(**{**row, "service_on": date.fromisoformat(row["service_on"]), "lines": lines})

        made: Self = _checked("bill facts", data, build)
        return made


@dataclass(frozen=True, slots=True)
class Used:
    """What earlier claims used of one accumulator in one period (fen, or a count)."""

    name: str
    period_key: str
    used: int


@dataclass(frozen=True, slots=True)
class Accumulators:
    """What is used already, and the day from which policy years count."""

    policy_start_on: date
    used: tuple[Used, ...] = ()

    @classmethod
    def of(cls, *, policy_start_on: date, used: Mapping[tuple[str, str], int] | None = None) -> Self:
        """From a mapping (name, period key) -> used."""
        rows = sorted((used or {}).items())
        return cls(policy_start_on=policy_start_on, used=tuple(Used(name, key, amount) for (name, key), amount in rows))

    def to_dict(self) -> dict[str, Any]:
        """Plain data."""
        return {"policy_start_on": self.policy_start_on.isoformat(), "used": [_row(use) for use in self.used]}

    @classmethod
    def from_dict(cls, data: Mapping[str, Any]) -> Self:
        """Accumulators from their plain form. Raises BenefitInvalid."""

        def build(row: Mapping[str, Any]) -> Accumulators:
            return cls(date.fromisoformat(row["policy_start_on"]), tuple(Used(**use) for use in row["used"]))

        made: Self = _checked("accumulators", data, build)
        return made

    def __post_init__(self) -> None:
        for use in self.used:
            _amount(f"used of accumulator {use.name}", use.used)


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
        return {**_row(self), "inputs": [[name, value] for name, value in self.inputs]}


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
        return {**_row(self), "bill_ids": list(self.bill_ids)}


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
        return {**_row(self), "bill_ids": list(self.bill_ids)}


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
        return _row(self)


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
        return {**_row(self), **parts}

    @classmethod
    def from_dict(cls, data: Mapping[str, Any]) -> Self:
        """An assessment from its plain form. Raises BenefitInvalid."""
        made: Self = _checked("an assessment", data, lambda row: cls(**{**row, **_parts(row)}))
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
