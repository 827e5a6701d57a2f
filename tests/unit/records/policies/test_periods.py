"""The keys of periods: what is counted in one place fits the column of the database."""

from datetime import date

import pytest

from anpei.kernel.errors import InvalidInput
from anpei.records.policies.periods import KEY_LENGTH, period_key

START, DAY = date(2024, 2, 29), date(2026, 3, 2)


@pytest.mark.parametrize(
    ("period", "more", "key"),
    [
        ("policy_year", {}, "year:2026-02-28"), ("day", {}, "day:2026-03-02"), ("life", {}, "life"), ("event", {}, "event:2026-03-02"),
        ("event", {"event": "acc-9"}, "event:acc-9"), ("policy_year", {"per": "stent"}, "year:2026-02-28/stent"),
        ("life", {"per": "cancer"}, "life/cancer"),
    ],
)  # fmt: skip
def test_keys(period: str, more: dict[str, str], key: str) -> None:
    assert period_key(period=period, start_on=START, day=DAY, **more) == key


def test_a_long_key_is_kept_short_and_apart() -> None:
    ids = ["0198c0de-0000-7000-8000-00000000000" + last for last in "12"]
    keys = {period_key(period="event", start_on=START, day=DAY, event=one) for one in ids}
    assert len(keys) == 2
    assert all(len(key) <= KEY_LENGTH and key.startswith("event:") for key in keys)


def test_an_unknown_period_is_refused() -> None:
    with pytest.raises(InvalidInput, match="use policy_year, day, event or life"):
        period_key(period="month", start_on=START, day=DAY)
