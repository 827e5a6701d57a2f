"""An insurer, and one turn of an automation switch."""

from dataclasses import dataclass
from datetime import datetime


@dataclass(frozen=True, slots=True)
class Insurer:
    """An insurer: ``code`` is the name in files and commands, unique."""

    id: str
    code: str
    name: str


@dataclass(frozen=True, slots=True)
class AutomationTurn:
    """One turn of the switch of a product: on or off, by whom, when, why."""

    insurer_id: str
    product_id: str
    on: bool
    actor: str
    at: datetime
    reason: str
