"""Deadlines (期限): counts days, workdays, months and years as the Civil Code does (民法典第200-204条), with pauses and extensions.

Pure arithmetic over dates. The clocks themselves are rulebook data; an unknown holiday year is an error, never a guess.
"""

from anpei.engines.deadlines.arithmetic import compute, compute_as_known, end_of_day
from anpei.engines.deadlines.book import ClockBook, ClockNotInForce, ClockRule, ClockUnknown, load_clocks
from anpei.engines.deadlines.calendar import Calendar, HolidayYears, OfficialCalendar, UnknownHolidayYear, china_calendar, load_calendar
from anpei.engines.deadlines.explain import Phrases, explain, load_phrases
from anpei.engines.deadlines.model import Deadline, Extension, InvalidTerm, Limit, Pause, Status, Step, StepKind, Term, Unit

__all__ = [
    "Calendar",
    "ClockBook",
    "ClockNotInForce",
    "ClockRule",
    "ClockUnknown",
    "Deadline",
    "Extension",
    "HolidayYears",
    "InvalidTerm",
    "Limit",
    "OfficialCalendar",
    "Pause",
    "Phrases",
    "Status",
    "Step",
    "StepKind",
    "Term",
    "Unit",
    "UnknownHolidayYear",
    "china_calendar",
    "compute",
    "compute_as_known",
    "end_of_day",
    "explain",
    "load_calendar",
    "load_clocks",
    "load_phrases",
]
