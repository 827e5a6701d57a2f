"""Running the machine-code kernel: buffers grow to what it says it needs, and it runs once more; nothing is cut off."""

import threading
from typing import TYPE_CHECKING

import numpy as np

from anpei.rules.columns import Array
from anpei.rules.compiled import kernel
from anpei.rules.compiled.addressing import addresses, where
from anpei.rules.compiled.encode import Cases
from anpei.rules.compiled.predicates import FIELDS as _READY  # noqa: F401 - what makes predicates is made ready with the kernel
from anpei.rules.compiled.records import RECORD, Records
from anpei.rules.compiled.tables import ROOM_TYPES, WORK_TYPES, Room, Sizes, room_for, sizes_for, table_of, work_for

if TYPE_CHECKING:
    from anpei.rules.compiled.machine import CompiledRules

FEW = 64
"""So many cases at most share the memory that a thread keeps between runs."""


class _Memory(threading.local):
    """Buffers of a thread and their tables of addresses, kept between runs: to make them anew costs more than to judge a case."""

    def __init__(self) -> None:
        self._sizes = Sizes(0, 0, 0, 0)
        self._work: tuple[object, Array] | None = None
        self._room: tuple[Room, Array] | None = None

    def work(self, sizes: Sizes) -> Array:
        """The table of scratch of at least these sizes."""
        if self._work is None or any(wanted > held for wanted, held in zip(sizes, self._sizes, strict=True)):
            self._sizes = Sizes(*(max(pair) for pair in zip(sizes, self._sizes, strict=True)))
            work = work_for(self._sizes)
            self._work = work, addresses(work, WORK_TYPES)
        return self._work[1]

    def room(self, cases: int, records: int, rows: int, members: int) -> tuple[Room, Array]:
        """Empty room of at least these sizes, and its table; that of few cases is kept."""
        if cases > FEW:
            room = room_for(cases, records, rows, members)
            return room, addresses(room, ROOM_TYPES)
        kept = self._room
        if kept is None or len(kept[0].records) < records * RECORD or len(kept[0].rows) < rows or len(kept[0].members) < members:
            room = room_for(FEW, records, rows, members)
            kept = self._room = room, addresses(room, ROOM_TYPES)
        for column in (kept[0].needed, kept[0].considered, kept[0].troubled):
            column.fill(0)
        return kept


_memory = _Memory()


def judge(rules: "CompiledRules", cases: Cases, shadow: bool, counting: bool) -> Records:
    """The records of many cases."""
    base, given, count = rules.table, table_of(cases), len(cases.on)
    room_sizes, pending = (64 * count, 128 * count, 128 * count), 64
    while True:
        scratch = _memory.work(sizes_for(cases, most_rows=rules.most_rows, pending=pending))
        room, answer = _memory.room(count, *room_sizes)
        kernel.judge(where(base), where(given), shadow, counting, where(scratch), where(answer))
        records, rows, members, postponed = room.needed.tolist()
        if postponed <= pending and records * RECORD <= len(room.records) and rows <= len(room.rows) and members <= len(room.members):
            return _answer(room, count, records, rows, members)
        room_sizes = (max(records, room_sizes[0]), max(rows, room_sizes[1]), max(members, room_sizes[2]))
        pending = max(postponed, pending)


def _answer(room: Room, cases: int, records: int, rows: int, members: int) -> Records:
    """What was written, in memory of its own."""
    found = room.records[: records * RECORD].reshape(-1, RECORD)
    parts = (found, room.rows[:rows], room.members[:members], room.considered[:cases], room.troubled[:cases])
    return Records(*(np.array(part) for part in parts)) if cases <= FEW else Records(*parts)
