"""The keys of periods over which something is counted: a policy year, a day, one event, or the whole life of a policy."""

from datetime import date
from hashlib import sha256

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


KEY_LENGTH = 40
"""What the database keeps of a key."""


def period_key(*, period: str, start_on: date, day: date, event: str = "", per: str = "") -> str:
    """The key of the period that the day lies in: ``year:2026-01-01``, ``day:2026-03-02``, ``event:ID``, ``life``.

    ``event`` is the id of the event (empty: its day stands for it). ``per`` divides the period further, such as by drug; a long id
    stands in the key by its digest.
    """
    if period == "policy_year":
        key = f"year:{policy_year_start(start_on=start_on, day=day).isoformat()}"
    elif period == "day":
        key = f"day:{day.isoformat()}"
    elif period == "event":
        key = f"event:{event or day.isoformat()}"
    elif period == "life":
        key = "life"
    else:
        raise InvalidInput(f"{period!r} is no period that is counted: use policy_year, day, event or life")
    if per:
        key += f"/{per}"
    return key if len(key) <= KEY_LENGTH else f"{key[:16]}#{sha256(key.encode()).hexdigest()[:20]}"
