"""Counting by the Civil Code: first day, months and years, rest days, pauses, extensions, agreed dates."""

from datetime import UTC, date, datetime, time
from zoneinfo import ZoneInfo

import pytest

from anpei.engines.deadlines import (
    Deadline,
    Extension,
    InvalidTerm,
    Limit,
    OfficialCalendar,
    Pause,
    Status,
    StepKind,
    Term,
    Unit,
    UnknownHolidayYear,
    china_calendar,
    compute,
    compute_as_known,
    end_of_day,
)

CALENDAR = china_calendar(first_year=2001, last_year=2026)
LATER = date(2026, 12, 31)


def day(text: str) -> date:
    return date.fromisoformat(text)


def last_day(term: Term, *, on: date = LATER) -> date | None:
    return compute(term=term, on=on, calendar=CALENDAR).last_day


@pytest.mark.parametrize(
    ("start", "value", "unit", "expected"),
    [
        ("2026-03-02", 1, "day", "2026-03-03"),
        ("2026-03-02", 30, "day", "2026-04-01"),
        ("2026-03-31", 1, "month", "2026-04-30"),
        ("2026-08-31", 3, "month", "2026-11-30"),
        ("2024-02-29", 1, "year", "2025-02-28"),
        ("2023-12-31", 2, "month", "2024-02-29"),
        ("2022-11-30", 3, "month", "2023-02-28"),
        ("2026-05-08", 1, "workday", "2026-05-09"),
        ("2026-05-09", 1, "workday", "2026-05-11"),
        ("2026-09-30", 1, "workday", "2026-10-08"),
        ("2026-03-02", 0, "day", "2026-03-02"),
    ],
)
def test_the_last_day(start: str, value: int, unit: str, expected: str) -> None:
    assert last_day(Term(day(start), Limit(value, Unit(unit)))) == day(expected)


@pytest.mark.parametrize(
    ("raw", "moved"),
    [
        ("2026-11-20", "2026-11-20"),  # Friday
        ("2026-11-21", "2026-11-23"),  # Saturday
        ("2026-11-22", "2026-11-23"),  # Sunday
        ("2026-10-10", "2026-10-10"),  # Saturday, made up
        ("2026-09-20", "2026-09-20"),  # Sunday, made up
        ("2026-10-01", "2026-10-08"),  # first of seven days off
        ("2026-02-15", "2026-02-24"),  # spring festival, nine days
        ("2026-05-05", "2026-05-06"),  # a Tuesday off in exchange
    ],
)
def test_a_last_day_on_a_rest_day_moves_to_the_next_workday(raw: str, moved: str) -> None:
    start = date.fromordinal(day(raw).toordinal() - 10)
    found = compute(term=Term(start, Limit(10)), on=LATER, calendar=CALENDAR)
    assert (found.raw_last_day, found.inner_target, found.last_day) == (day(raw), day(raw), day(moved))


def test_what_does_not_move_stays() -> None:
    start = date.fromordinal(day("2026-11-21").toordinal() - 10)
    assert last_day(Term(start, Limit(10), moves=False)) == day("2026-11-21")


def paused(*pauses: tuple[str, str | None], on: str = "2026-12-31") -> Deadline:
    term = Term(day("2026-03-02"), Limit(30), pauses=tuple(Pause(day(a), None if b is None else day(b)) for a, b in pauses))
    return compute(term=term, on=day(on), calendar=CALENDAR)


def test_a_pause_lasts_its_end_minus_its_beginning() -> None:
    found = paused(("2026-03-10", "2026-03-17"))
    assert (found.raw_last_day, found.last_day, found.paused_days) == (day("2026-04-01"), day("2026-04-08"), 7)


def test_overlapping_pauses_are_deducted_once() -> None:
    found = paused(("2026-03-15", "2026-03-20"), ("2026-03-10", "2026-03-17"), ("2026-03-11", "2026-03-12"))
    assert (found.inner_target, found.paused_days) == (day("2026-04-11"), 10)


def test_the_move_is_applied_once_after_the_pauses() -> None:
    """The raw last day, 1 April, is a Wednesday; the pause leads to Saturday, 4 April: Qingming, off until Monday."""
    found = paused(("2026-03-10", "2026-03-13"))
    assert (found.inner_target, found.last_day) == (day("2026-04-04"), day("2026-04-07"))


def test_a_pause_on_the_last_day_counts_and_one_day_later_does_not() -> None:
    assert paused(("2026-04-01", "2026-04-03")).inner_target == day("2026-04-03")
    late = paused(("2026-04-02", "2026-04-03"))
    assert (late.inner_target, late.paused_days) == (day("2026-04-01"), 0)
    assert [step.kind for step in late.steps] == [StepKind.COUNTED, StepKind.PAUSE_TOO_LATE]


def test_a_pause_that_the_first_one_makes_room_for_counts() -> None:
    assert paused(("2026-03-10", "2026-03-17"), ("2026-04-05", "2026-04-06")).inner_target == day("2026-04-09")


def test_time_before_the_start_is_not_deducted() -> None:
    assert paused(("2026-02-20", "2026-03-05")).paused_days == 3
    assert paused(("2026-02-20", "2026-03-01")).paused_days == 0


def test_while_a_pause_is_open_there_is_no_last_day() -> None:
    found = paused(("2026-03-10", None), on="2026-06-01")
    assert (found.status, found.last_day, found.inner_target, found.left) == (Status.PAUSED, None, None, 22)
    assert found.steps[-1].kind is StepKind.PAUSE_OPEN


def test_a_pause_whose_end_is_not_known_yet_is_open() -> None:
    assert paused(("2026-03-10", "2026-03-17"), on="2026-03-16").status is Status.PAUSED
    assert paused(("2026-03-10", "2026-03-17"), on="2026-03-17").status is Status.RUNNING
    assert paused(("2026-03-10", "2026-03-17"), on="2026-03-09").inner_target == day("2026-04-01")


def test_a_pause_holds_from_its_first_day() -> None:
    assert paused(("2026-03-10", None), on="2026-03-10").status is Status.PAUSED


def test_an_open_pause_after_the_last_day_pauses_nothing() -> None:
    assert paused(("2026-04-02", None), on="2026-04-20").status is Status.OVERRUN


def test_workdays_left_at_a_pause_are_counted_on_from_its_end() -> None:
    pause = Pause(day("2026-09-16"), day("2026-09-29"))
    found = compute(term=Term(day("2026-09-14"), Limit(5, Unit.WORKDAY), pauses=(pause,)), on=LATER, calendar=CALENDAR)
    assert (found.raw_last_day, found.last_day) == (day("2026-09-20"), day("2026-10-09"))


def test_a_pause_from_the_last_workday_to_a_rest_day_leads_to_the_next_workday() -> None:
    pause = Pause(day("2026-11-18"), day("2026-11-21"))
    found = compute(term=Term(day("2026-11-16"), Limit(2, Unit.WORKDAY), pauses=(pause,)), on=LATER, calendar=CALENDAR)
    assert (found.raw_last_day, found.last_day) == (day("2026-11-18"), day("2026-11-23"))


@pytest.mark.parametrize(
    ("on", "met_on", "status", "left"),
    [
        ("2026-04-01", None, Status.RUNNING, 0),
        ("2026-03-30", None, Status.RUNNING, 2),
        ("2026-04-02", None, Status.OVERRUN, -1),
        ("2026-04-20", "2026-04-01", Status.MET, 0),
        ("2026-04-20", "2026-04-03", Status.OVERRUN, -2),
        ("2026-03-30", "2026-04-03", Status.RUNNING, 2),
    ],
)
def test_how_it_stands(on: str, met_on: str | None, status: Status, left: int) -> None:
    term = Term(day("2026-03-02"), Limit(30))
    found = compute(term=term, on=day(on), calendar=CALENDAR, met_on=None if met_on is None else day(met_on))
    assert (found.status, found.left) == (status, left)


def test_met_during_a_pause_is_met() -> None:
    term = Term(day("2026-03-02"), Limit(30), pauses=(Pause(day("2026-03-10")),))
    assert compute(term=term, on=day("2026-05-01"), calendar=CALENDAR, met_on=day("2026-04-20")).status is Status.MET


def test_met_before_the_start_is_an_error() -> None:
    with pytest.raises(InvalidTerm, match="before the start"):
        compute(term=Term(day("2026-03-02"), Limit(30)), on=LATER, calendar=CALENDAR, met_on=day("2026-03-01"))


@pytest.mark.parametrize(
    ("approved", "notified", "expected", "kind"),
    [
        ("2026-03-16", "2026-03-17", "2026-04-01", StepKind.EXTENDED),
        ("2026-03-17", "2026-03-18", "2026-03-17", StepKind.EXTENSION_TOO_LATE),
        ("2026-03-18", "2026-03-17", "2026-03-17", StepKind.EXTENSION_TOO_LATE),
    ],
)
def test_an_extension_counts_from_the_same_start_if_approved_and_told_in_time(
    approved: str, notified: str, expected: str, kind: StepKind
) -> None:
    extension = Extension(Limit(30), day(approved), day(notified))
    found = compute(term=Term(day("2026-03-02"), Limit(15), extensions=(extension,)), on=LATER, calendar=CALENDAR)
    assert (found.last_day, found.steps[0].kind) == (day(expected), kind)


def test_a_second_extension_builds_on_the_first() -> None:
    first = Extension(Limit(30), day("2026-03-10"), day("2026-03-10"))
    second = Extension(Limit(60), day("2026-03-30"), day("2026-04-01"))
    assert last_day(Term(day("2026-03-02"), Limit(15), extensions=(first, second))) == day("2026-05-06")
    assert last_day(Term(day("2026-03-02"), Limit(15), extensions=(second,))) == day("2026-03-17")


def test_an_extension_after_the_unmoved_but_before_the_legal_last_day_is_in_time() -> None:
    extension = Extension(Limit(30), day("2026-11-23"), day("2026-11-23"))
    found = compute(term=Term(day("2026-11-06"), Limit(15), extensions=(extension,)), on=LATER, calendar=CALENDAR)
    assert found.inner_target == day("2026-12-06")


def test_an_extension_that_is_not_known_yet_has_no_effect() -> None:
    extension = Extension(Limit(30), day("2026-03-10"), day("2026-03-12"))
    term = Term(day("2026-03-02"), Limit(15), extensions=(extension,))
    assert last_day(term, on=day("2026-03-11")) == day("2026-03-17")
    assert last_day(term, on=day("2026-03-12")) == day("2026-04-01")


def test_an_agreed_date_prevails_and_is_not_moved() -> None:
    term = Term(day("2026-03-02"), Limit(30), agreed_last_day=day("2026-11-21"))
    found = compute(term=term, on=day("2026-11-22"), calendar=CALENDAR)
    assert (found.last_day, found.inner_target, found.status) == (day("2026-11-21"), day("2026-11-21"), Status.OVERRUN)


def test_an_unknown_year_stops_and_names_itself() -> None:
    with pytest.raises(UnknownHolidayYear, match="calendar of 2027 is not known") as caught:
        compute(term=Term(day("2026-12-10"), Limit(30)), on=day("2026-12-11"), calendar=CALENDAR)
    assert caught.value.data == {"year": 2027}


def test_the_package_s_estimates_are_not_used() -> None:
    with pytest.raises(UnknownHolidayYear):
        china_calendar(first_year=2001, last_year=2026).is_rest_day(day("2027-01-01"))


@pytest.mark.parametrize(("on", "status"), [("2026-12-11", Status.RUNNING), ("2027-01-12", Status.RUNNING)])
def test_as_known_leaves_the_legal_day_open_and_says_why(on: str, status: Status) -> None:
    found = compute_as_known(term=Term(day("2026-12-10"), Limit(30)), on=day(on), calendar=CALENDAR)
    assert (found.inner_target, found.last_day, found.left, found.status, found.missing_year) == (
        day("2027-01-09"),
        None,
        None,
        status,
        2027,
    )
    assert found.steps[-1].kind is StepKind.CALENDAR_MISSING


def test_as_known_with_a_known_calendar_is_the_same() -> None:
    term = Term(day("2026-03-02"), Limit(30))
    assert compute_as_known(term=term, on=LATER, calendar=CALENDAR) == compute(term=term, on=LATER, calendar=CALENDAR)


def test_as_known_met_by_the_inner_target_is_met() -> None:
    term = Term(day("2026-12-10"), Limit(30))
    assert compute_as_known(term=term, on=day("2027-02-01"), calendar=CALENDAR, met_on=day("2027-01-09")).status is Status.MET


def test_as_known_workdays_of_an_unknown_year_have_no_day_at_all() -> None:
    found = compute_as_known(term=Term(day("2026-12-30"), Limit(5, Unit.WORKDAY)), on=day("2026-12-31"), calendar=CALENDAR)
    assert (found.raw_last_day, found.last_day, found.missing_year) == (None, None, 2027)


def test_what_cannot_be_is_refused() -> None:
    with pytest.raises(InvalidTerm, match="zero or more"):
        Limit(-1)
    with pytest.raises(InvalidTerm, match="before it begins"):
        Pause(day("2026-03-02"), day("2026-03-01"))


def test_the_end_of_a_day() -> None:
    shanghai = ZoneInfo("Asia/Shanghai")
    assert end_of_day(day=day("2026-11-21"), zone=shanghai).astimezone(UTC) == datetime(2026, 11, 21, 16, tzinfo=UTC)
    closing = end_of_day(day=day("2026-11-21"), zone=shanghai, closes_at=time(17, 30))
    assert closing.astimezone(UTC) == datetime(2026, 11, 21, 9, 30, tzinfo=UTC)


NOTICE_2026 = {
    "off": [
        "01-01", "01-02", "01-03", *[f"02-{n}" for n in range(15, 24)], "04-04", "04-05", "04-06", *[f"05-0{n}" for n in range(1, 6)],
        "06-19", "06-20", "06-21", "09-25", "09-26", "09-27", *[f"10-0{n}" for n in range(1, 8)],
    ],
    "worked": ["01-04", "02-14", "02-28", "05-09", "09-20", "10-10"],
}  # fmt: skip


def test_2026_is_as_the_notice_says() -> None:
    """The official notice for 2026: each day it names is off or worked, and no other day differs from the week."""
    calendar: OfficialCalendar = CALENDAR
    off, worked = ({day(f"2026-{text}") for text in NOTICE_2026[name]} for name in ("off", "worked"))
    for ordinal in range(day("2026-01-01").toordinal(), day("2027-01-01").toordinal()):
        current = date.fromordinal(ordinal)
        expected = current in off or (current.weekday() >= 5 and current not in worked)
        assert calendar.is_rest_day(current) is expected, current
