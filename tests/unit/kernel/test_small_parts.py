"""Periods, the clock at the door, errors and events."""

from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta
from typing import ClassVar

import pytest

from anpei.kernel import events
from anpei.kernel.clock import FixedClock, SystemClock, local_day, local_text
from anpei.kernel.errors import AnpeiError, Conflict, Forbidden, InvalidInput, NotFound, Unavailable
from anpei.kernel.period import InvalidPeriod, Period


@pytest.mark.parametrize("end", [date(2026, 1, 1), date(2025, 12, 31)])
def test_a_period_ends_after_it_starts(end: date) -> None:
    with pytest.raises(InvalidPeriod, match=f"a period must end after it starts: 2026-01-01 to {end}"):
        Period(date(2026, 1, 1), end)


def test_a_day_in_china_begins_at_sixteen_utc() -> None:
    assert local_day(datetime(2026, 11, 21, 15, 59, tzinfo=UTC)) == date(2026, 11, 21)
    assert local_day(datetime(2026, 11, 21, 16, 0, tzinfo=UTC)) == date(2026, 11, 22)
    assert local_text(datetime(2026, 11, 21, 6, 5, tzinfo=UTC)) == "2026年11月21日 14:05"


def test_clocks_tell_aware_instants() -> None:
    assert SystemClock().now().utcoffset() == timedelta(0)
    clock = FixedClock(datetime(2026, 1, 1, tzinfo=UTC))
    assert clock.now() == clock.now()
    clock.at = datetime(2026, 1, 2, tzinfo=UTC)
    assert clock.now() == datetime(2026, 1, 2, tzinfo=UTC)


def test_an_error_has_a_code_a_sentence_and_data() -> None:
    error = Conflict("the order is paid: reverse it", data={"order": "o1"})
    assert (error.code, error.message, error.data, str(error)) == (
        "state.conflict",
        "the order is paid: reverse it",
        {"order": "o1"},
        error.message,
    )
    assert AnpeiError("x", code="room.what").code == "room.what"
    assert AnpeiError.code == "anpei.error"


def test_codes_are_one_per_class() -> None:
    codes = [kind.code for kind in (AnpeiError, InvalidInput, NotFound, Conflict, Forbidden, Unavailable)]
    assert len(set(codes)) == len(codes)


def test_an_event_is_registered_once(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(events, "REGISTRY", {})

    @dataclass(frozen=True, slots=True)
    class Opened(events.Event):
        name: ClassVar[str] = "door.leaf.opened"
        door_id: str

    assert {"door.leaf.opened": Opened} == events.REGISTRY
    assert Opened(door_id="d1").payload() == {"door_id": "d1"}
    with pytest.raises(TypeError, match=r"the event name door\.leaf\.opened is taken by .*Opened: one name, one class"):
        type("Shut", (events.Event,), {"name": "door.leaf.opened"})
    type("Base", (events.Event,), {})
    assert set(events.REGISTRY) == {"door.leaf.opened"}
