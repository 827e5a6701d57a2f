"""The file format of steps: the closed list of operations, one class each. What they compute stands in ``claims.benefit``."""

from typing import Annotated, Literal

from pydantic import Field

from anpei.records.products._forms import Name, Part, Slug, Source, Words


class CaseFile(Part):
    """One alternative: ``use`` this name ``when`` this yes/no value holds; the last has no ``when``."""

    when: Name | None = None
    use: Source


Choice = Source | Annotated[list[CaseFile], Field(min_length=1)]
Rounding = Literal["half_up", "down", "up"]


class StepBase(Part):
    """What every step has. ``each``: the level it is done for; ``when`` / ``unless``: where these do not hold, the output is zero."""

    id: Slug
    each: Name | None = None
    title: Words
    clause: str = Field(min_length=1)
    output: Name
    when: Name | None = None
    unless: Name | None = None
    say: Words | None = None


class SumStep(StepBase):
    """Output = the sum of the inputs."""

    do: Literal["sum"]
    of: list[Source] = Field(min_length=1)


class SubtractStep(StepBase):
    """Output = ``from`` less all of ``take``, never below zero."""

    do: Literal["subtract"]
    from_: Source = Field(alias="from")
    take: list[Source] = Field(min_length=1)


class SmallerStep(StepBase):
    """Output = the smallest input."""

    do: Literal["smaller"]
    of: list[Source] = Field(min_length=2)


class LargerStep(StepBase):
    """Output = the largest input."""

    do: Literal["larger"]
    of: list[Source] = Field(min_length=2)


class ClampStep(StepBase):
    """Output = ``amount``, but not below ``at_least`` and not above ``at_most``."""

    do: Literal["clamp"]
    amount: Source
    at_least: Source
    at_most: Source


class ChooseStep(StepBase):
    """Output = the first case that holds."""

    do: Literal["choose"]
    cases: list[CaseFile] = Field(min_length=1)


class GatherStep(StepBase):
    """Output = the sum of a row's or bill's value over all rows (of the visit: over its bills)."""

    do: Literal["gather"]
    of: Name


class LargestStep(StepBase):
    """Output = the largest value over all rows; nothing where there is no row."""

    do: Literal["largest"]
    of: Name


class NumberStep(StepBase):
    """Output = the number of rows of a list, or of rows for which a yes/no value holds."""

    do: Literal["number"]
    of: Name


class WorstStep(StepBase):
    """Output = the most severe grade over all rows (1 is the worst); two equal worst ones are promoted by ``promote``, never above 1."""

    do: Literal["worst"]
    of: Name
    promote: int = Field(default=1, ge=0, le=1)


class DeductibleStep(StepBase):
    """Output = the part of the deductible that the amount uses up: the smaller of ``amount`` and ``left``."""

    do: Literal["deductible"]
    amount: Source
    left: Source
    consumes: Name | None = None


class RatioStep(StepBase):
    """Output = ``amount`` times the rate in basis points: a rounding point."""

    do: Literal["ratio"]
    amount: Source
    rate: Choice
    rounding: Rounding


class ProportionStep(StepBase):
    """Output = ``amount`` × ``part`` / ``whole``: a rounding point. ``part`` and ``whole`` are in one unit."""

    do: Literal["proportion"]
    amount: Source
    part: Source
    whole: Source
    rounding: Rounding


class MultiplyStep(StepBase):
    """Output = ``amount`` × ``times`` (a count)."""

    do: Literal["multiply"]
    amount: Source
    times: Source


class CapStep(StepBase):
    """Output = the smaller of ``amount`` and ``limit``."""

    do: Literal["cap"]
    amount: Source
    limit: Source
    consumes: Name | None = None


class CountStep(StepBase):
    """Output = ``amount`` while the count has one left, else zero; a paid amount uses one."""

    do: Literal["count"]
    amount: Source
    left: Source
    consumes: Name


class DaysStep(StepBase):
    """Output = days between two days: ``nights`` (the last not counted), ``at_least_one`` (a stay within one day counts one),
    ``both_ends`` (first and last counted)."""

    do: Literal["days"]
    from_: Source = Field(alias="from")
    to: Source
    counting: Literal["nights", "at_least_one", "both_ends"] = "nights"


class MonthsStep(StepBase):
    """Output = whole months between two days (less than a month does not count)."""

    do: Literal["months"]
    from_: Source = Field(alias="from")
    to: Source


class LaterStep(StepBase):
    """Output = the day that lies so many days after another."""

    do: Literal["later"]
    date: Source
    days: Source


class TableStep(StepBase):
    """Output = the table's value for the key."""

    do: Literal["table"]
    table: Name
    key: Source


class CompareStep(StepBase):
    """Output = yes when ``left`` stands to ``right`` as ``is`` says."""

    do: Literal["compare"]
    left: Source
    is_: Literal["less", "at_most", "equal", "at_least", "more"] = Field(alias="is")
    right: Source


class IsStep(StepBase):
    """Output = yes when the word ``of`` is one of ``one_of``."""

    do: Literal["is"]
    of: Source
    one_of: list[Name] = Field(min_length=1)


class AllStep(StepBase):
    """Output = yes when all hold."""

    do: Literal["all"]
    of: list[Name] = Field(min_length=1)


class AnyStep(StepBase):
    """Output = yes when at least one holds."""

    do: Literal["any"]
    of: list[Name] = Field(min_length=1)


class NotStep(StepBase):
    """Output = yes when it does not hold."""

    do: Literal["not"]
    of: Name


class ShareStep(StepBase):
    """Output of each row = its part of ``amount`` in proportion to ``weight``, by the largest remainder: the parts add up exactly."""

    do: Literal["share"]
    amount: Source
    weight: Source


class CarriedStep(StepBase):
    """Output of each row = the sum of ``of`` over the rows before it that belong together with it: one after another with the same text
    ``same``, each beginning (``from``) within so many days after the one before it ended (``to``). Such stays count as one."""

    do: Literal["carried"]
    of: Source
    from_: Source = Field(alias="from")
    to: Source
    within: Source
    same: Name


StepFile = Annotated[
    SumStep | SubtractStep | SmallerStep | LargerStep | ClampStep | ChooseStep | GatherStep | LargestStep | NumberStep | WorstStep
    | DeductibleStep | RatioStep | ProportionStep | MultiplyStep | CapStep | CountStep | DaysStep | MonthsStep | LaterStep | TableStep
    | CompareStep | IsStep | AllStep | AnyStep | NotStep | ShareStep | CarriedStep,
    Field(discriminator="do"),
]  # fmt: skip
