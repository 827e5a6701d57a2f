"""What a kernel finds in many cases, without words."""

from dataclasses import dataclass

from anpei.rules.columns import Array

HIT, UNDECIDED = 0, 1
RECORD = 8
"""Numbers of one record."""


@dataclass(frozen=True, slots=True)
class Records:
    """Per record (case, kind, template, shadow, place of its rows, their number, place of its members, their number); kind 0 = hit,
    1 = undecided. ``considered`` rows per case where they were counted; ``troubled``: 1 for cases that only the reference can judge."""

    records: Array
    rows: Array
    members: Array
    considered: Array
    troubled: Array
