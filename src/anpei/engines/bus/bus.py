"""Events meet reactions. What must happen later or outside is a job row that the reaction writes in the same transaction."""

from collections import defaultdict
from collections.abc import Callable
from datetime import datetime
from typing import Any, TypeVar

from anpei.engines.db import Connection
from anpei.kernel.clock import Clock
from anpei.kernel.events import Event

E = TypeVar("E", bound=Event)
Emit = Callable[[Connection, Event], None]


class Bus:
    """Subscriptions by event class; ``emit`` runs them in the order they were made."""

    def __init__(self, clock: Clock) -> None:
        self._clock = clock
        self._reactions: dict[type[Event], list[Callable[[Connection, Any, datetime], None]]] = defaultdict(list)

    def subscribe(self, event: type[E], reaction: Callable[[Connection, E, datetime], None]) -> None:
        """React to one class of event, or to every event when ``event`` is Event itself."""
        self._reactions[event].append(reaction)

    def emit(self, conn: Connection, event: Event) -> None:
        """Run all reactions; an error in one rolls the whole transaction back."""
        at = self._clock.now()
        for reaction in (*self._reactions[Event], *self._reactions[type(event)]):
            reaction(conn, event, at)
