"""The counting itself. Civil Code 200-204: the first day does not count; months and years end on the same day number, or on the
last day of a shorter month; a last day on a rest day moves to the next workday, once, at the very end.

Readings that the texts leave open are taken so that whoever must act has less time: a pause lasts its end minus its beginning, and
it must begin on or before the unmoved last day to count at all.
"""

from calendar import monthrange
from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import date, datetime, time, timedelta, tzinfo

from anpei.engines.deadlines.calendar import Calendar, UnknownHolidayYear, next_workday
from anpei.engines.deadlines.model import Deadline, InvalidTerm, Limit, Pause, Status, Step, StepKind, Term, Unit

DAY = timedelta(days=1)


def compute(*, term: Term, on: date, calendar: Calendar, met_on: date | None = None) -> Deadline:
    """The deadline as it stands ``on`` a day; what happened later is not known yet.

    Raises UnknownHolidayYear when a rest day of a year without its official notice would matter, InvalidTerm when met before start.
    """
    if met_on is not None and met_on < term.start_on:
        raise InvalidTerm(f"met on {met_on}, before the start on {term.start_on}: correct one of the two")
    if met_on is not None and met_on > on:
        met_on = None
    pauses = _known_pauses(term, on=on)
    if term.agreed_last_day is not None:
        step = Step(StepKind.AGREED, term.agreed_last_day)
        counted = _Counted(term.limit, term.agreed_last_day, term.agreed_last_day, term.agreed_last_day, 0, None, (step,))
    else:
        counted = _with_extensions(term, pauses=pauses, on=on, calendar=calendar)
    return _standing(term, counted, on=on, met_on=met_on, calendar=calendar)


def compute_as_known(*, term: Term, on: date, calendar: Calendar, met_on: date | None = None) -> Deadline:
    """As ``compute``, but where an official calendar is missing the legal last day is left open and the missing year is named."""
    try:
        return compute(term=term, on=on, calendar=calendar, met_on=met_on)
    except UnknownHolidayYear as error:
        missing = Step(StepKind.CALENDAR_MISSING, on, error.year)
        if Unit.WORKDAY in {term.limit.unit, *(extension.limit.unit for extension in term.extensions)}:
            status = Status.MET if met_on is not None and met_on <= term.start_on else Status.RUNNING
            return Deadline(on, term, term.limit, None, None, None, 0, None, status, met_on, (missing,), error.year)
        unmoved = compute(term=replace(term, moves=False), on=on, calendar=calendar, met_on=met_on)
        met = unmoved.status is Status.MET
        status = unmoved.status if met or unmoved.status is Status.PAUSED else Status.RUNNING
        return replace(
            unmoved, term=term, last_day=None, left=None, status=status, steps=(*unmoved.steps, missing), missing_year=error.year
        )


def end_of_day(*, day: date, zone: tzinfo, closes_at: time | None = None) -> datetime:
    """The instant at which a day ends: 24:00, or the close of business where hours are fixed (第203条)."""
    if closes_at is not None:
        return datetime.combine(day, closes_at, tzinfo=zone)
    return datetime.combine(day + DAY, time(0), tzinfo=zone)


@dataclass(frozen=True, slots=True)
class _Counted:
    """One limit counted out. ``open_from``: the beginning of an open pause; ``target`` is then the last day as it was at that moment."""

    limit: Limit
    raw: date
    target: date
    last: date
    paused_days: int
    open_from: date | None
    steps: tuple[Step, ...]


def _known_pauses(term: Term, *, on: date) -> list[Pause]:
    """The pauses as known on a day, cut off at the start of the term, sorted and merged."""
    merged: list[Pause] = []
    for pause in sorted(term.pauses, key=lambda pause: pause.begins_on):
        ends_on = pause.ends_on if pause.ends_on is not None and pause.ends_on <= on else None
        begins_on = max(pause.begins_on, term.start_on)
        if pause.begins_on > on or (ends_on is not None and ends_on < begins_on):
            continue
        last = merged[-1] if merged else None
        if last is None or (last.ends_on is not None and last.ends_on < begins_on):
            merged.append(Pause(begins_on, ends_on))
        elif last.ends_on is not None:
            merged[-1] = Pause(last.begins_on, None if ends_on is None else max(last.ends_on, ends_on))
    return merged


def _with_extensions(term: Term, *, pauses: Sequence[Pause], on: date, calendar: Calendar) -> _Counted:
    current = _count(term, term.limit, pauses=pauses, calendar=calendar)
    notes: list[Step] = []
    for extension in term.extensions:
        dated = max(extension.approved_on, extension.notified_on)
        if dated > on:
            continue
        longer = _count(term, extension.limit, pauses=pauses, calendar=calendar)
        in_time = current.open_from is not None or dated <= current.last
        if in_time:
            current = longer
        kind = StepKind.EXTENDED if in_time else StepKind.EXTENSION_TOO_LATE
        notes.append(Step(kind, dated, extension.limit.value, extension.limit.unit))
    return replace(current, steps=(*notes, *current.steps))


def _count(term: Term, limit: Limit, *, pauses: Sequence[Pause], calendar: Calendar) -> _Counted:
    raw = _add(term.start_on, limit, calendar)
    steps = [Step(StepKind.COUNTED, raw, limit.value, limit.unit)]
    target, paused = raw, 0
    for pause in pauses:
        if pause.begins_on > target:
            steps.append(Step(StepKind.PAUSE_TOO_LATE, pause.begins_on))
            continue
        if pause.ends_on is None:
            left = _between(pause.begins_on, target, limit.unit, calendar)
            steps.append(Step(StepKind.PAUSE_OPEN, pause.begins_on, left, _left_unit(limit.unit)))
            return _Counted(limit, raw, target, target, paused, pause.begins_on, tuple(steps))
        days = (pause.ends_on - pause.begins_on).days
        target = _resume(pause.begins_on, pause.ends_on, target, limit.unit, calendar)
        paused += days
        steps.append(Step(StepKind.PAUSED, target, days))
    last = target
    if term.moves and limit.unit is not Unit.WORKDAY:
        last = next_workday(target, calendar=calendar)
    if last != target:
        steps.append(Step(StepKind.MOVED, last, (last - target).days))
    return _Counted(limit, raw, target, last, paused, None, tuple(steps))


def _resume(begins_on: date, ends_on: date, target: date, unit: Unit, calendar: Calendar) -> date:
    """The last day after a pause: what was left at its beginning, counted on from its end."""
    if unit is not Unit.WORKDAY:
        return ends_on + (target - begins_on)
    left = _between(begins_on, target, unit, calendar)
    return _add_workdays(ends_on, left, calendar) if left else next_workday(ends_on, calendar=calendar)


def _add(day: date, limit: Limit, calendar: Calendar) -> date:
    if limit.unit is Unit.DAY:
        return day + timedelta(days=limit.value)
    if limit.unit is Unit.WORKDAY:
        return _add_workdays(day, limit.value, calendar)
    months = limit.value * (12 if limit.unit is Unit.YEAR else 1)
    year, month = divmod(day.year * 12 + day.month - 1 + months, 12)
    return date(year, month + 1, min(day.day, monthrange(year, month + 1)[1]))


def _add_workdays(day: date, count: int, calendar: Calendar) -> date:
    while count > 0:
        day += DAY
        if not calendar.is_rest_day(day):
            count -= 1
    return day


def _between(first: date, last: date, unit: Unit, calendar: Calendar) -> int:
    """Days, or workdays, after ``first`` up to and with ``last``; negative when ``last`` lies before."""
    if unit is not Unit.WORKDAY:
        return (last - first).days
    if last < first:
        return -_between(last, first, unit, calendar)
    return sum(1 for offset in range(1, (last - first).days + 1) if not calendar.is_rest_day(first + timedelta(days=offset)))


def _left_unit(unit: Unit) -> Unit:
    return Unit.WORKDAY if unit is Unit.WORKDAY else Unit.DAY


def _standing(term: Term, counted: _Counted, *, on: date, met_on: date | None, calendar: Calendar) -> Deadline:
    is_open = counted.open_from is not None
    last = None if is_open else counted.last
    target = None if is_open else counted.target
    if is_open and met_on is None:
        status = Status.PAUSED
    elif met_on is not None:
        status = Status.MET if last is None or met_on <= last else Status.OVERRUN
    else:
        status = Status.OVERRUN if last is not None and on > last else Status.RUNNING
    until = met_on or on
    unit = counted.limit.unit
    left = _between(counted.open_from or until, counted.last, unit, calendar)
    return Deadline(on, term, counted.limit, counted.raw, target, last, counted.paused_days, left, status, met_on, counted.steps)
