"""Reactions run in the transaction of the event, in their order, and an error in one undoes everything."""

from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any

import pytest

from anpei.engines.bus import Bus
from anpei.engines.db import Connection, Database
from anpei.kernel.clock import FixedClock
from anpei.kernel.events import Event
from tests.unit.engines.effects import note, noted, own

AT = datetime(2026, 11, 21, 6, 5, tzinfo=UTC)


@dataclass(frozen=True)
class Opened(Event):
    """Its base: nothing is registered, so no name is taken."""

    door: str


@dataclass(frozen=True)
class OpenedWide(Opened):
    """A kind of its own."""


@pytest.fixture
def db(database: Database) -> Database:
    own.create_all(database.engine)
    return database


def noting(mark: str) -> Any:
    def react(conn: Connection, event: Opened, at: datetime) -> None:
        note(conn, f"{mark} {event.door} {at:%H:%M}")

    return react


def test_reactions_run_in_order_for_their_class_only(db: Database) -> None:
    bus = Bus(FixedClock(AT))
    bus.subscribe(Opened, noting("first"))
    bus.subscribe(Opened, noting("second"))
    bus.subscribe(Event, noting("every"))
    with db.write() as conn:
        bus.emit(conn, Opened(door="a"))
        bus.emit(conn, OpenedWide(door="b"))
    assert noted(db) == ["every a 06:05", "first a 06:05", "second a 06:05", "every b 06:05"]


def test_an_error_in_a_reaction_undoes_what_caused_it(db: Database) -> None:
    def broken(_conn: Connection, _event: Opened, _at: datetime) -> None:
        raise RuntimeError("broken")

    bus = Bus(FixedClock(AT))
    bus.subscribe(Opened, noting("first"))
    bus.subscribe(Opened, broken)
    with pytest.raises(RuntimeError, match="broken"), db.write() as conn:
        note(conn, "cause")
        bus.emit(conn, Opened(door="a"))
    assert noted(db) == []


def test_a_reaction_may_emit_the_next_event(db: Database) -> None:
    bus = Bus(FixedClock(AT))
    bus.subscribe(Opened, lambda conn, event, _at: bus.emit(conn, OpenedWide(door=event.door)))
    bus.subscribe(OpenedWide, noting("wide"))
    with db.write() as conn:
        bus.emit(conn, Opened(door="a"))
    assert noted(db) == ["wide a 06:05"]
