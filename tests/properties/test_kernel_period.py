"""Half-open periods agree with plain sets of days."""

from datetime import date, timedelta

from hypothesis import given
from hypothesis import strategies as st

from anpei.kernel.period import Period

FIRST = date(2026, 1, 1)
DAYS = [FIRST + timedelta(days=n) for n in range(60)]
STARTS = st.integers(min_value=0, max_value=40)


@st.composite
def periods(draw: st.DrawFn) -> Period:
    start = draw(STARTS)
    length = draw(st.none() | st.integers(min_value=1, max_value=19))
    return Period(DAYS[start], None if length is None else DAYS[start + length])


def days(period: Period) -> set[date]:
    return {day for day in DAYS if period.contains(day)}


@given(periods())
def test_it_holds_its_start_and_not_its_end(period: Period) -> None:
    assert period.contains(period.start_on)
    assert not period.contains(period.start_on - timedelta(days=1))
    if period.end_on is not None:
        assert not period.contains(period.end_on)
        assert len(days(period)) == (period.end_on - period.start_on).days


@given(periods(), periods())
def test_overlap_is_a_shared_day(one: Period, other: Period) -> None:
    assert one.overlaps(other) == bool(days(one) & days(other)) == other.overlaps(one)
