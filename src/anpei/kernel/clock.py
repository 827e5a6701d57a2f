"""The clock, read only at the door: inside, the instant is a parameter called ``at`` (aware UTC)."""

from datetime import UTC, date, datetime
from typing import Protocol
from zoneinfo import ZoneInfo

SHANGHAI = ZoneInfo("Asia/Shanghai")


class Clock(Protocol):
    """Tells the instant. Tests move it."""

    def now(self) -> datetime:
        """The instant, aware, in UTC."""
        ...


class SystemClock:
    """The machine's clock."""

    def now(self) -> datetime:
        """The instant, aware, in UTC."""
        return datetime.now(UTC)


class FixedClock:
    """A clock for tests and replays that stands still until it is set."""

    def __init__(self, at: datetime) -> None:
        self.at = at

    def now(self) -> datetime:
        """The instant it was set to."""
        return self.at


def local_day(at: datetime) -> date:
    """The calendar day in China at this instant."""
    return at.astimezone(SHANGHAI).date()


def local_text(at: datetime) -> str:
    """``2026年11月21日 14:05`` in China's time."""
    local = at.astimezone(SHANGHAI)
    return f"{local.year}年{local.month}月{local.day}日 {local:%H:%M}"
