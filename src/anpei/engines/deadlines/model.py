"""What a term is made of and what a deadline says. Pure."""

from dataclasses import dataclass
from datetime import date
from enum import StrEnum

from anpei.kernel.errors import InvalidInput


class InvalidTerm(InvalidInput):
    """A limit, pause or extension cannot be right."""

    code = "deadlines.invalid_term"


class Unit(StrEnum):
    """What is counted. A workday is a day that is not a rest day."""

    DAY = "day"
    WORKDAY = "workday"
    MONTH = "month"
    YEAR = "year"


@dataclass(frozen=True, slots=True)
class Limit:
    """A length of time. Zero days end on the day they start."""

    value: int
    unit: Unit = Unit.DAY

    def __post_init__(self) -> None:
        if self.value < 0:
            raise InvalidTerm(f"a limit of {self.value} {self.unit.value}: give zero or more")

    def __str__(self) -> str:
        return f"{self.value} {self.unit.value}"


@dataclass(frozen=True, slots=True)
class Pause:
    """A time that does not count. Its length is the end minus the beginning; without an end it is still open."""

    begins_on: date
    ends_on: date | None = None
    evidence: str = ""

    def __post_init__(self) -> None:
        if self.ends_on is not None and self.ends_on < self.begins_on:
            raise InvalidTerm(f"a pause ends on {self.ends_on}, before it begins on {self.begins_on}: correct one of the two")


@dataclass(frozen=True, slots=True)
class Extension:
    """A longer limit, counted from the same start. Valid only if approved and told on or before the last day so far."""

    limit: Limit
    approved_on: date
    notified_on: date


@dataclass(frozen=True, slots=True)
class Term:
    """Everything that the dates follow from.

    ``moves``: a last day on a rest day moves to the next workday (never for a count of workdays). ``agreed_last_day``: a date the
    parties agreed prevails over all counting (第204条).
    """

    start_on: date
    limit: Limit
    moves: bool = True
    pauses: tuple[Pause, ...] = ()
    extensions: tuple[Extension, ...] = ()
    agreed_last_day: date | None = None


class Status(StrEnum):
    """How a deadline stands on a day. ``OVERRUN`` also when it was met, but late."""

    RUNNING = "running"
    PAUSED = "paused"
    MET = "met"
    OVERRUN = "overrun"


class StepKind(StrEnum):
    """One step of the reasoning, in the order in which it was taken."""

    COUNTED = "counted"
    EXTENDED = "extended"
    EXTENSION_TOO_LATE = "extension_too_late"
    PAUSED = "paused"
    PAUSE_TOO_LATE = "pause_too_late"
    PAUSE_OPEN = "pause_open"
    MOVED = "moved"
    AGREED = "agreed"
    CALENDAR_MISSING = "calendar_missing"


@dataclass(frozen=True, slots=True)
class Step:
    """What was done, the day it led to (or happened on), and a number: the limit, days deducted, days left, or a missing year."""

    kind: StepKind
    on: date
    number: int = 0
    unit: Unit = Unit.DAY


@dataclass(frozen=True, slots=True)
class Deadline:
    """A deadline as it stands ``on`` a day, with its reasoning.

    ``raw_last_day``: start plus limit, no pause, no move. ``inner_target``: with pauses and extensions, not moved: the day to work
    towards. ``last_day``: the legal last day, moved off a rest day. Target and last day are None while a pause is open, and where
    the official calendar of ``missing_year`` is needed. ``left``: units left (days, or workdays) until the last day, or at the
    beginning of the open pause; negative when overrun. ``paused_days``: calendar days deducted so far by closed pauses.
    """

    on: date
    term: Term
    limit: Limit
    raw_last_day: date | None
    inner_target: date | None
    last_day: date | None
    paused_days: int
    left: int | None
    status: Status
    met_on: date | None
    steps: tuple[Step, ...]
    missing_year: int | None = None
