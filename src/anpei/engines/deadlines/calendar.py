"""Rest days and make-up workdays from the official yearly notices; a year without its notice is an error."""

from collections.abc import Mapping
from datetime import date, timedelta
from typing import Protocol

import holidays
from pydantic import BaseModel, ConfigDict, Field, model_validator

from anpei.engines.knowledge import Rulebook
from anpei.kernel.errors import AnpeiError

SATURDAY = 5


class UnknownHolidayYear(AnpeiError):
    """The official rest days of a year are not known (yet); nothing is guessed."""

    code = "deadlines.unknown_holiday_year"

    def __init__(self, year: int) -> None:
        super().__init__(
            f"the official calendar of {year} is not known: add the notice's rest days and make-up workdays of {year} "
            "to clocks/calendar.yaml in your rulebook folder, then try again",
            data={"year": year},
        )
        self.year = year


class Calendar(Protocol):
    """Knows rest days."""

    def is_rest_day(self, day: date) -> bool:
        """Whether nobody has to work on this day. Raises UnknownHolidayYear."""
        ...


class OfficialCalendar:
    """Weekends and statutory rest days, except official make-up workdays, for the known years only."""

    def __init__(self, *, years: frozenset[int], rest_days: frozenset[date], make_up_workdays: frozenset[date]) -> None:
        self.years = years
        self._rest_days = rest_days
        self._make_up_workdays = make_up_workdays

    def is_rest_day(self, day: date) -> bool:
        """Whether this is a rest day. Raises UnknownHolidayYear."""
        if day.year not in self.years:
            raise UnknownHolidayYear(day.year)
        if day in self._make_up_workdays:
            return False
        return day.weekday() >= SATURDAY or day in self._rest_days


class YearNotice(BaseModel):
    """One year's notice: rest days that fall on Monday to Friday, and weekend days that are worked."""

    model_config = ConfigDict(extra="forbid", frozen=True)

    reference: str = Field(min_length=1)
    rest_days: tuple[date, ...]
    make_up_workdays: tuple[date, ...]


class HolidayYears(BaseModel):
    """The known years: a range that the holidays package holds from the notices, and years added or corrected by hand."""

    model_config = ConfigDict(extra="forbid", frozen=True)

    id: str
    title: Mapping[str, str]
    owner: str
    reference: str
    first_year: int
    last_year: int
    years: Mapping[int, YearNotice] = Field(default_factory=dict)

    @model_validator(mode="after")
    def _days_lie_in_their_year(self) -> "HolidayYears":
        for year, notice in self.years.items():
            for day in (*notice.rest_days, *notice.make_up_workdays):
                if day.year != year:
                    raise ValueError(f"{day} stands under {year}: put each day under its own year")
            wrong = [day for day in notice.make_up_workdays if day.weekday() < SATURDAY]
            if wrong:
                raise ValueError(f"{wrong[0]} is no weekend day: a make-up workday is a Saturday or Sunday")
        return self


def china_calendar(*, first_year: int, last_year: int, added: Mapping[int, YearNotice] | None = None) -> OfficialCalendar:
    """The calendar of mainland China: the package's notices for the years given, replaced or completed by ``added`` years."""
    package = holidays.country_holidays("CN", years=range(first_year, last_year + 1), expand=False)
    rest, worked = set(package), set(package.weekend_workdays)
    notices = dict(added or {})
    rest = {day for day in rest if first_year <= day.year <= last_year and day.year not in notices}
    worked = {day for day in worked if first_year <= day.year <= last_year and day.year not in notices}
    for notice in notices.values():
        rest.update(notice.rest_days)
        worked.update(notice.make_up_workdays)
    years = frozenset(range(first_year, last_year + 1)) | frozenset(notices)
    return OfficialCalendar(years=years, rest_days=frozenset(rest), make_up_workdays=frozenset(worked))


def load_calendar(rulebook: Rulebook) -> OfficialCalendar:
    """The calendar that ``clocks/calendar.yaml`` describes."""
    known = rulebook.load("clocks/calendar.yaml", HolidayYears)
    return china_calendar(first_year=known.first_year, last_year=known.last_year, added=known.years)


def next_workday(day: date, *, calendar: Calendar) -> date:
    """The day itself, or the first workday after it. Raises UnknownHolidayYear."""
    while calendar.is_rest_day(day):
        day += timedelta(days=1)
    return day
