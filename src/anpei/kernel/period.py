"""Half-open periods of days: the start belongs to the period, the end does not."""

from dataclasses import dataclass
from datetime import date

from anpei.kernel.errors import InvalidInput


class InvalidPeriod(InvalidInput):
    """The end of a period lies before its start."""

    code = "period.invalid"


@dataclass(frozen=True, slots=True)
class Period:
    """Days from ``start_on`` (inclusive) to ``end_on`` (exclusive; None is open)."""

    start_on: date
    end_on: date | None = None

    def __post_init__(self) -> None:
        if self.end_on is not None and self.end_on <= self.start_on:
            raise InvalidPeriod(f"a period must end after it starts: {self.start_on} to {self.end_on}")

    def contains(self, day: date) -> bool:
        """Whether the day lies in the period."""
        return self.start_on <= day and (self.end_on is None or day < self.end_on)

    def overlaps(self, other: "Period") -> bool:
        """Whether the two periods share a day."""
        starts_before_other_ends = other.end_on is None or self.start_on < other.end_on
        ends_after_other_starts = self.end_on is None or other.start_on < self.end_on
        return starts_before_other_ends and ends_after_other_starts
