"""The file format of a product (one version per file). Reading goes through ``engines.knowledge``, so errors name file and line."""

from datetime import date
from typing import Annotated, Any, Literal, Self

from pydantic import BaseModel, BeforeValidator, ConfigDict, Field, ValidationError, model_validator
from pydantic_core import InitErrorDetails, PydanticCustomError

from anpei.records.products import _checks

Name = Annotated[str, Field(pattern=r"^[a-z][a-z0-9_]*$")]
Slug = Annotated[str, Field(pattern=r"^[a-z][a-z0-9-]*$")]
Source = Annotated[str, Field(pattern=r"^[a-z][a-z0-9_]*(\.left)?$")]


def _fen(value: Any) -> Any:
    """Yuan as quoted text (or a whole number) to fen; a YAML float is refused, it has already lost its cents."""
    if isinstance(value, bool | float):
        raise ValueError("write an amount in yuan as quoted text, such as '432.60'")
    return _checks.parameter_value("yuan", value) if isinstance(value, str | int) else value


Yuan = Annotated[int, BeforeValidator(_fen), Field(ge=0)]


class _Part(BaseModel):
    model_config = ConfigDict(extra="forbid", frozen=True)


class Words(_Part):
    """A text in Chinese and English."""

    zh: str = Field(min_length=1)
    en: str = Field(min_length=1)


class CaseFile(_Part):
    """One alternative: ``use`` this name ``when`` this yes/no fact holds; the last has no ``when``."""

    when: Literal["settled_by_social", "social_insurance"] | None = None
    use: Source


Choice = Source | Annotated[list[CaseFile], Field(min_length=1)]


class _StepFile(_Part):
    id: Slug
    each: Literal["bill", "visit"] = "bill"
    title: Words
    clause: str = Field(min_length=1)
    output: Name
    say: Words | None = None


class SumStep(_StepFile):
    """Output = the sum of the inputs."""

    do: Literal["sum"]
    of: list[Source] = Field(min_length=1)


class SubtractStep(_StepFile):
    """Output = ``from`` less all of ``take``, never below zero."""

    do: Literal["subtract"]
    from_: Source = Field(alias="from")
    take: list[Source] = Field(min_length=1)


class SmallerStep(_StepFile):
    """Output = the smallest input."""

    do: Literal["smaller"]
    of: list[Source] = Field(min_length=2)


class ChooseStep(_StepFile):
    """Output = the first case that holds."""

    do: Literal["choose"]
    cases: list[CaseFile] = Field(min_length=1)


class GatherStep(_StepFile):
    """Output (of the visit) = the sum of a bill's output over the bills of the visit."""

    do: Literal["gather"]
    of: Name


class DeductibleStep(_StepFile):
    """Output = the part of the deductible that the amount uses up: the smaller of ``amount`` and ``left``."""

    do: Literal["deductible"]
    amount: Source
    left: Source
    consumes: Name | None = None


class RatioStep(_StepFile):
    """Output = ``amount`` times the rate in basis points, rounded half up to a fen: the rounding point."""

    do: Literal["ratio"]
    amount: Source
    rate: Choice
    rounding: Literal["half_up"]


class CapStep(_StepFile):
    """Output = the smaller of ``amount`` and ``limit``."""

    do: Literal["cap"]
    amount: Source
    limit: Source
    consumes: Name | None = None


class CountStep(_StepFile):
    """Output = ``amount`` while the count has one left, else zero; a paid amount uses one."""

    do: Literal["count"]
    amount: Source
    left: Source
    consumes: Name


StepFile = Annotated[
    SumStep | SubtractStep | SmallerStep | ChooseStep | GatherStep | DeductibleStep | RatioStep | CapStep | CountStep,
    Field(discriminator="do"),
]


class ParameterFile(_Part):
    """A value that each plan gives."""

    title: Words
    unit: Literal["yuan", "bp", "count"]


class PlanFile(_Part):
    """One plan with its values: yuan as quoted text, basis points and counts as whole numbers."""

    title: Words
    parameters: dict[Name, str | int]


class AccumulatorFile(_Part):
    """What is counted over claims; ``total`` names the parameter that holds the whole."""

    kind: Literal["deductible", "limit", "count"]
    period: Literal["policy_year", "day"]
    total: Name
    title: Words


class CoverageFile(_Part):
    """One coverage."""

    id: Slug
    title: Words
    clause: str = Field(min_length=1)


class ExclusionFile(_Part):
    """One exclusion by diagnosis, as prefixes of ICD-10 codes."""

    id: Slug
    title: Words
    clause: str = Field(min_length=1)
    icd_prefixes: list[Annotated[str, Field(pattern=r"^[A-Z][0-9]{0,2}(\.[0-9x]+)?$")]] = Field(min_length=1)


class LineFile(_Part):
    """One line of the result."""

    id: Slug
    coverage: Slug
    title: Words
    claimed: Name
    payable: Name


class DocumentFile(_Part):
    """One required document: any of the kinds; ``only_if`` limits it to bills of which the condition holds."""

    any_of: list[Name] = Field(min_length=1)
    why: Words
    only_if: Literal["", "settled_by_social", "split_not_on_receipt", "receipt_not_itemised"] = ""


class HospitalFile(_Part):
    """Eligible hospitals."""

    ownership: list[Literal["public", "private"]] = Field(min_length=1)
    min_grade: Literal["未定级", "一级", "二级", "三级"]
    ward: Literal["any", "ordinary"] = "any"


class ExampleLine(_Part):
    """A fee line of an example bill."""

    name: str
    amount: Yuan
    insurance_class: Literal["A", "B", "C"] | None = None
    covered: bool = True


class ExampleBill(_Part):
    """A bill of an example; amounts in yuan as quoted text."""

    id: str = "b1"
    visit: str = ""
    kind: str
    service_on: date
    total: Yuan
    pooled: Yuan = 0
    serious_illness: Yuan = 0
    other_payment: Yuan = 0
    self_paid: Yuan | None = None
    own_expense: Yuan | None = None
    settled_by_social: bool = True
    lines: list[ExampleLine] = []


class ExampleFile(_Part):
    """A worked example that is run as a test: what goes in, what must come out to the fen."""

    id: str
    title: Words
    plan: str
    parameters: dict[Name, str | int] = {}
    social_insurance: bool = True
    policy_start_on: date
    used: dict[Name, Yuan] = {}
    bills: list[ExampleBill] = Field(min_length=1)
    payable: Yuan
    zero_cause: Literal["", "deductible", "limit", "compensated", "out_of_scope", "unexplained"] = ""


class ProductFile(_Part):
    """One version of one product."""

    id: Slug
    version: str = Field(min_length=1)
    title: Words
    status: Literal["draft", "shadow", "live", "retired"]
    owner: str = Field(min_length=1)
    reference: str = Field(min_length=1)
    valid_from: date
    valid_to: date | None = None
    line: Literal["health", "accident", "life"]
    waiting_days: int = Field(ge=0, le=180)
    waiting_exempt: list[Literal["accident", "renewal"]] = []
    hospital: HospitalFile
    event_kinds: list[Literal["outpatient", "inpatient"]] = Field(min_length=1)
    documents: dict[str, list[DocumentFile]]
    coverages: list[CoverageFile] = Field(min_length=1)
    exclusions: list[ExclusionFile] = []
    parameters: dict[Name, ParameterFile]
    plans: dict[Slug, PlanFile] = Field(min_length=1)
    accumulators: dict[Name, AccumulatorFile] = {}
    unit: Literal["bill", "visit"]
    steps: list[StepFile] = Field(min_length=1)
    lines: list[LineFile] = Field(min_length=1)
    payable: Name
    phrases: dict[Name, Words]
    examples: list[ExampleFile] = Field(min_length=1)

    @model_validator(mode="after")
    def _period(self) -> Self:
        if self.valid_to is not None and self.valid_to <= self.valid_from:
            raise ValueError(f"valid_to ({self.valid_to}) must lie after valid_from ({self.valid_from})")
        return self

    @classmethod
    def model_validate(cls, obj: Any, **options: Any) -> Self:
        """Check form, then meaning (names, order, values). A ValidationError carries the place of each problem."""
        file = super().model_validate(obj, **options)
        problems = _checks.problems(file)
        if problems:
            details = [
                InitErrorDetails(type=PydanticCustomError("product", "{m}", {"m": m}), loc=where, input=None) for where, m in problems
            ]
            raise ValidationError.from_exception_data(cls.__name__, details)
        return file
