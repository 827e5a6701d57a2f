"""The deadline arithmetic against a walk over the calendar, day by day."""

from dataclasses import replace
from datetime import date, timedelta

from hypothesis import given
from hypothesis import strategies as st

from anpei.engines.deadlines import Deadline, Limit, OfficialCalendar, Pause, Status, Term, Unit, compute

FIRST = date(2024, 1, 1)
FAR = date(2035, 1, 1)
DAY = timedelta(days=1)
YEARS = frozenset(range(2020, 2060))
DAYS = st.integers(0, 700).map(lambda n: FIRST + timedelta(days=n))
CALENDARS = st.builds(
    OfficialCalendar,
    years=st.just(YEARS),
    rest_days=st.frozensets(DAYS, max_size=12),
    make_up_workdays=st.frozensets(DAYS.filter(lambda day: day.weekday() >= 5), max_size=6),
)
PAUSES = st.lists(st.tuples(st.integers(-20, 90), st.integers(0, 30)), max_size=4)
LIMITS = st.one_of(
    st.builds(Limit, st.integers(0, 70), st.just(Unit.DAY)),
    st.builds(Limit, st.integers(0, 30), st.just(Unit.MONTH)),
    st.builds(Limit, st.integers(0, 5), st.just(Unit.YEAR)),
)


def pauses_of(start: date, drawn: list[tuple[int, int]]) -> tuple[Pause, ...]:
    return tuple(Pause(start + timedelta(days=at), start + timedelta(days=at + length)) for at, length in drawn)


def walk_to(start: date, limit: Limit) -> date:
    """The raw last day by walking: days one by one, months and years by looking for the day number."""
    if limit.unit is Unit.DAY:
        return start + limit.value * DAY
    months = limit.value * (12 if limit.unit is Unit.YEAR else 1)
    current, seen = start.replace(day=1), 0
    while seen < months:
        current = (current + 31 * DAY).replace(day=1)
        seen += 1
    following = (current + 31 * DAY).replace(day=1)
    days = [current + n * DAY for n in range((following - current).days)]
    return next((day for day in days if day.day == start.day), days[-1])


def walk(start: date, count: int, pauses: tuple[Pause, ...]) -> date:
    """The last of ``count`` days that are not paused; a pause that begins on the last day still holds it up."""
    day, left = start, count
    while True:
        held = any(p.begins_on <= day < p.ends_on for p in pauses if p.ends_on is not None)
        if left == 0 and not held:
            return day
        day += DAY
        if left and not any(p.begins_on < day <= p.ends_on for p in pauses if p.ends_on is not None):
            left -= 1


@given(start=DAYS, limit=LIMITS, drawn=PAUSES, calendar=CALENDARS, moves=st.booleans())
def test_days_months_and_years(start: date, limit: Limit, drawn: list[tuple[int, int]], calendar: OfficialCalendar, moves: bool) -> None:
    pauses = pauses_of(start, drawn)
    found = compute(term=Term(start, limit, moves, pauses), on=date(2055, 1, 1), calendar=calendar)
    raw = walk_to(start, limit)
    target = walk(start, (raw - start).days, pauses)
    last = target
    while moves and calendar.is_rest_day(last):
        last += DAY
    assert (found.raw_last_day, found.inner_target, found.last_day) == (raw, target, last)
    assert found.paused_days == (target - raw).days


@given(start=DAYS, count=st.integers(0, 40), calendar=CALENDARS)
def test_workdays(start: date, count: int, calendar: OfficialCalendar) -> None:
    found = compute(term=Term(start, Limit(count, Unit.WORKDAY)), on=FAR, calendar=calendar)
    workdays = [day for n in range(1, 200) if not calendar.is_rest_day(day := start + n * DAY)]
    assert found.last_day == ([start, *workdays])[count]
    assert found.inner_target == found.last_day


@given(start=DAYS, count=st.integers(1, 30), at=st.integers(0, 60), length=st.integers(0, 40), calendar=CALENDARS)
def test_workdays_with_one_pause(start: date, count: int, at: int, length: int, calendar: OfficialCalendar) -> None:
    (pause,) = pauses_of(start, [(at, length)])
    found = compute(term=Term(start, Limit(count, Unit.WORKDAY), pauses=(pause,)), on=FAR, calendar=calendar)
    end = start + (at + length) * DAY
    every = [start + n * DAY for n in range(1, 300)]
    counted = [day for day in every if not calendar.is_rest_day(day) and not pause.begins_on < day <= end]
    last = counted[count - 1]
    if last == pause.begins_on < end:
        last = next(day for day in [start, *every] if day >= end and not calendar.is_rest_day(day))
    assert found.last_day == last


@given(start=DAYS, limit=LIMITS, drawn=PAUSES, calendar=CALENDARS, offset=st.integers(0, 120), later=st.integers(1, 50))
def test_what_happens_later_does_not_change_how_it_stood(
    start: date, limit: Limit, drawn: list[tuple[int, int]], calendar: OfficialCalendar, offset: int, later: int
) -> None:
    on = start + offset * DAY
    term = Term(start, limit, True, pauses_of(start, drawn))
    more = replace(term, pauses=(*term.pauses, Pause(on + later * DAY, on + 2 * later * DAY)))
    stood, stands = (compute(term=each, on=on, calendar=calendar, met_on=met) for each, met in ((term, None), (more, on + later * DAY)))
    assert replace(stands, term=term) == stood


@given(start=DAYS, limit=LIMITS, drawn=PAUSES, calendar=CALENDARS, offset=st.integers(0, 120))
def test_status_and_last_day_agree(
    start: date, limit: Limit, drawn: list[tuple[int, int]], calendar: OfficialCalendar, offset: int
) -> None:
    on = start + offset * DAY
    found: Deadline = compute(term=Term(start, limit, True, pauses_of(start, drawn)), on=on, calendar=calendar)
    if found.last_day is None:
        assert found.status is Status.PAUSED
        assert found.left is not None
        assert found.left >= 0
    else:
        assert found.status is (Status.OVERRUN if on > found.last_day else Status.RUNNING)
        assert found.left == (found.last_day - on).days
