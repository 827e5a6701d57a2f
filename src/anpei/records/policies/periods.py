"""The keys of periods over which something is counted: a policy year or a day."""

from datetime import date

from anpei.kernel.errors import InvalidInput


def policy_year_start(*, start_on: date, day: date) -> date:
    """The first day of the policy year that the day lies in. A year that starts on 29 February starts on the 28th otherwise."""
    start = _anniversary(start_on, day.year)
    return start if start <= day else _anniversary(start_on, day.year - 1)


def _anniversary(start_on: date, year: int) -> date:
    try:
        return start_on.replace(year=year)
    except ValueError:
        return date(year, 2, 28)


def period_key(*, period: str, start_on: date, day: date) -> str:
    """The key of the period (``policy_year`` or ``day``) that the day lies in: ``year:2026-01-01``, ``day:2026-03-02``."""
    if period == "policy_year":
        return f"year:{policy_year_start(start_on=start_on, day=day).isoformat()}"
    if period == "day":
        return f"day:{day.isoformat()}"
    raise InvalidInput(f"{period!r} is no period that is counted: use policy_year or day")
