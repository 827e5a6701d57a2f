"""Running the machine-code kernel: buffers grow to what it says it needs, and it runs once more; nothing is cut off."""

from typing import TYPE_CHECKING

from anpei.rules.compiled import kernel
from anpei.rules.compiled.encode import Cases
from anpei.rules.compiled.records import RECORD, Records
from anpei.rules.compiled.tables import CASES_TYPES, ROOM_TYPES, WORK_TYPES, address_table, room_for, where, work_for

if TYPE_CHECKING:
    from anpei.rules.compiled.machine import CompiledRules


def judge(rules: "CompiledRules", cases: Cases, shadow: bool, counting: bool) -> Records:
    """The records of many cases."""
    base, given = rules.table, address_table(cases, CASES_TYPES)
    sizes, pending = (64 * len(cases.on), 128 * len(cases.on), 128 * len(cases.on)), 64
    while True:
        room, work = room_for(cases, *sizes), work_for(cases, most_rows=rules.most_rows, pending=pending)
        scratch, answer = address_table(work, WORK_TYPES), address_table(room, ROOM_TYPES)
        kernel.judge(where(base), where(given), shadow, counting, where(scratch), where(answer))
        *needed, postponed = (int(count) for count in room.needed)
        if postponed <= pending and all(count <= size for count, size in zip(needed, sizes, strict=True)):
            records = room.records[: needed[0] * RECORD].reshape(-1, RECORD)
            return Records(records, room.rows[: needed[1]], room.members[: needed[2]], room.considered, room.troubled)
        sizes = (max(needed[0], sizes[0]), max(needed[1], sizes[1]), max(needed[2], sizes[2]))
        pending = max(postponed, pending)
