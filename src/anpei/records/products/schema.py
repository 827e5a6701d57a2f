"""The file format of a product (one version per file). Reading goes through ``engines.knowledge``, so errors name file and line."""

from datetime import date
from typing import Annotated, Any, Literal, Self

from pydantic import Field, model_validator

from anpei.records.products import _checks, _steps
from anpei.records.products._cases import CaseFacts, ExampleBill, ExampleFile, ExampleLine
from anpei.records.products._forms import Name, Part, Slug, Words, fact_value, refuse
from anpei.records.products._operations import StepFile

__all__ = ["CaseFacts", "ExampleBill", "ExampleFile", "ExampleLine", "ProductFile", "Words", "plain_fact"]


def plain_fact(type_: str, given: Any) -> int | str | None:
    """A fact as it is written in a file (yuan, days, words) in plain form: fen, whole numbers, ISO days. Raises ValueError."""
    return None if given is None else fact_value(_steps.unit_of(type_), given)


FACT_UNITS = Literal["money", "count", "rate", "measure", "date", "grade", "flag", "text"]


class ParameterFile(Part):
    """A value that each plan gives. ``to_verify``: a usual value of the market, to be compared with one's own filed clause."""

    title: Words
    unit: Literal["yuan", "bp", "count", "measure"]
    reference: str = ""
    to_verify: bool = False


class PlanFile(Part):
    """One plan with its values: yuan as quoted text, basis points and counts as whole numbers."""

    title: Words
    parameters: dict[Name, str | int]


class AccumulatorFile(Part):
    """What is counted over claims; ``total`` names the parameter (or the output of an earlier step) that holds the whole."""

    kind: Literal["deductible", "limit", "count"]
    period: Literal["policy_year", "day", "event", "life"]
    total: Name
    per: Name | None = None
    title: Words


class InputFile(Part):
    """A fact beside the bills. ``type`` is a unit or ``{code: NAME}``; ``given`` stands where the evidence says nothing."""

    title: Words
    type: FACT_UNITS | Annotated[str, Field(pattern=r"^code:[a-z][a-z0-9_]*$")]
    given: str | int | bool | None = None
    source: Literal["policy", "papers", "bills"] = "papers"


class ListFile(Part):
    """A list of rows with its columns. ``from: bills``: each row is a bill of the claim that has all its columns."""

    title: Words
    from_: Literal["papers", "bills"] = Field(default="papers", alias="from")
    columns: dict[Name, InputFile] = Field(min_length=1)


class TableFile(Part):
    """A look-up table: rows are ``key: value``. ``band: true``: the row of the largest key that is not above the one asked for."""

    title: Words
    keys: Literal["count", "measure", "grade"] | Annotated[str, Field(pattern=r"^code:[a-z][a-z0-9_]*$")]
    unit: Literal["yuan", "bp", "count", "measure"]
    band: bool = False
    reference: str = ""
    to_verify: bool = False
    rows: dict[str | int, str | int] = Field(min_length=1)


class CoverageFile(Part):
    """One coverage."""

    id: Slug
    title: Words
    clause: str = Field(min_length=1)


class ExclusionFile(Part):
    """One exclusion by diagnosis, as prefixes of ICD-10 codes."""

    id: Slug
    title: Words
    clause: str = Field(min_length=1)
    icd_prefixes: list[Annotated[str, Field(pattern=r"^[A-Z][0-9]{0,2}(\.[0-9x]+)?$")]] = Field(min_length=1)


class LineFile(Part):
    """One line of the result, or one for each row of a list. An expense never passes its ``loss``; a fixed benefit is paid as agreed."""

    id: Slug
    coverage: Slug
    title: Words
    claimed: Name
    payable: Name
    each: Name | None = None
    basis: Literal["expense", "fixed"] = "expense"
    loss: Name | None = None
    part_of: Name | None = None


class DocumentFile(Part):
    """One required document: any of the kinds; ``only_if`` limits it to bills of which the condition holds."""

    any_of: list[Name] = Field(min_length=1)
    why: Words
    only_if: Literal["", "settled_by_social", "split_not_on_receipt", "receipt_not_itemised"] = ""


class HospitalFile(Part):
    """Eligible hospitals."""

    ownership: list[Literal["public", "private"]] = Field(min_length=1)
    min_grade: Literal["未定级", "一级", "二级", "三级"]
    ward: Literal["any", "ordinary"] = "any"


ANY_HOSPITAL = HospitalFile(ownership=["public", "private"], min_grade="未定级")


class ProductFile(Part):
    """One version of one product. ``corrects`` names the version that this one replaces backwards, from its first day on."""

    id: Slug
    version: str = Field(min_length=1)
    title: Words
    status: Literal["draft", "shadow", "live", "retired"]
    owner: str = Field(min_length=1)
    reference: str = Field(min_length=1)
    valid_from: date
    valid_to: date | None = None
    corrects: str | None = None
    line: Literal["health", "accident", "life", "motor", "pet", "property", "agriculture", "general"]
    currency: Literal["CNY"] = "CNY"
    waiting_days: int = Field(ge=0, le=180)
    waiting_exempt: list[Literal["accident", "renewal"]] = Field(default_factory=list)
    hospital: HospitalFile = ANY_HOSPITAL
    event_kinds: list[Name] = Field(min_length=1)
    documents: dict[str, list[DocumentFile]]
    coverages: list[CoverageFile] = Field(min_length=1)
    exclusions: list[ExclusionFile] = Field(default_factory=list)
    codes: dict[Name, dict[Name, Words]] = Field(default_factory=dict)
    inputs: dict[Name, InputFile] = Field(default_factory=dict)
    lists: dict[Name, ListFile] = Field(default_factory=dict)
    parameters: dict[Name, ParameterFile]
    tables: dict[Name, TableFile] = Field(default_factory=dict)
    plans: dict[Slug, PlanFile] = Field(min_length=1)
    accumulators: dict[Name, AccumulatorFile] = Field(default_factory=dict)
    unit: Literal["bill", "visit", "event"]
    steps: list[StepFile] = Field(min_length=1)
    lines: list[LineFile] = Field(min_length=1)
    payable: Name
    phrases: dict[Name, Words] = Field(default_factory=dict)
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
        refuse(cls.__name__, _checks.problems(file))
        return file

    def to_verify(self) -> list[str]:
        """The parameters and tables whose values are usual in the market, not taken from a clause."""
        return [name for part in (self.parameters, self.tables) for name, data in part.items() if data.to_verify]
