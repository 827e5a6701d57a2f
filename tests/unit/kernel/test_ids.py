"""Ids are UUIDv7, in order, also when the clock is not."""

import time
import uuid
from itertools import pairwise

import pytest

from anpei.kernel import ids


def test_an_id_is_a_uuid_of_version_seven_with_the_time_in_front(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(ids, "_last", 0)
    monkeypatch.setattr(time, "time_ns", lambda: 1_700_000_000_123_500_000)
    made = uuid.UUID(ids.new_id())
    assert (made.version, made.variant) == (7, uuid.RFC_4122)
    assert made.int >> 80 == 1_700_000_000_123
    assert made.int >> 64 & 0xFFF == 2048


def test_ids_of_one_thread_stand_in_order() -> None:
    made = [ids.new_id() for _ in range(5000)]
    assert made == sorted(made)
    assert len(set(made)) == 5000


def test_order_survives_a_clock_that_stands_still_or_steps_back(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(ids, "_last", 0)
    moments = iter([5_000_000_000, 5_000_000_000, 1_000_000_000, 5_000_000_100, 6_000_000_000])
    monkeypatch.setattr(time, "time_ns", lambda: next(moments))
    made = [ids.new_id() for _ in range(5)]
    assert all(before < after for before, after in pairwise(made))
    assert uuid.UUID(made[-1]).int >> 80 == 6000


def test_two_ids_of_one_tick_differ(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(time, "time_ns", lambda: 5_000_000_000)
    monkeypatch.setattr(ids, "_last", 0)
    one = ids.new_id()
    monkeypatch.setattr(ids, "_last", 0)
    other = ids.new_id()
    assert one[:18] == other[:18]
    assert one != other
