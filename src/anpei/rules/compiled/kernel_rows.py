"""Machine code of rows and records: which rows hold, where they stand, and writing down what was found."""

from anpei.rules.compiled.addressing import Table, fetch_u2, fetch_u4, i4, i8, jit, length_of, put_i8, u2, u4, u8
from anpei.rules.compiled.kernel_expressions import YES
from anpei.rules.compiled.records import HIT, RECORD, UNDECIDED
from anpei.rules.compiled.tables import (
    C_KEY,
    C_KEY_AT,
    C_SUBJECT_AT,
    KEY_ROWS,
    R_CONSIDERED,
    R_MEMBERS,
    R_NEEDED,
    R_RECORDS,
    R_ROWS,
    ROW_ARGS,
    ROW_FROM,
    ROW_ID_HIGH,
    ROW_ID_LOW,
    ROW_JOIN,
    ROW_TEMPLATE,
    ROW_TO,
    TPL_ACTIVE,
    TPL_FROM,
    TPL_SHADOW,
    TPL_TO,
    W_GROUP_AT,
    W_PAIR_KEY,
    W_ROWS,
)

SCALAR, MEMBER, GROUP_ANY, ABSENT, SHARED = range(5)
EACH, DAY, WINDOW, WHOLE = range(4)
OPEN_END = 0xFFFF
EPOCH = 719163
SHADOW_BIT = 1 << 15
TEMPLATE_BITS = SHADOW_BIT - 1
AHEAD = 256
"""Rows of a key that are brought near before its case is judged."""


@jit
def holds(base: Table, row: int, on: int, shadow: int) -> bool:
    """Whether a row is in force on a day (since 1970) and of a status that is judged (``shadow``: 0 live, 1 shadow, 2 both)."""
    if shadow != 2 and (1 if u2(base, ROW_TEMPLATE, row) & SHADOW_BIT else 0) != shadow:
        return False
    return u2(base, ROW_FROM, row) <= on and (u2(base, ROW_TO, row) == OPEN_END or on < u2(base, ROW_TO, row))


@jit
def above(base: Table, start: int, end: int, template: int) -> int:
    """The first row of [start, end) whose template is above the given one."""
    if start < end and (u2(base, ROW_TEMPLATE, end - 1) & TEMPLATE_BITS) <= template:
        return end
    while start < end:
        middle = (start + end) // 2
        if (u2(base, ROW_TEMPLATE, middle) & TEMPLATE_BITS) <= template:
            start = middle + 1
        else:
            end = middle
    return start


@jit
def first_join(base: Table, start: int, end: int, join: int) -> int:
    """The first row of [start, end) whose joined key is not below the given one."""
    while start < end:
        middle = (start + end) // 2
        if u4(base, ROW_JOIN, middle) < join:
            start = middle + 1
        else:
            end = middle
    return start


@jit
def later(base: Table, one: int, two: int) -> bool:
    """Whether the rule id of one row comes after that of another."""
    if u8(base, ROW_ID_HIGH, one) != u8(base, ROW_ID_HIGH, two):
        return u8(base, ROW_ID_HIGH, one) > u8(base, ROW_ID_HIGH, two)
    return u8(base, ROW_ID_LOW, one) > u8(base, ROW_ID_LOW, two)


@jit
def sort_rows(base: Table, rows: int, count: int, work: Table) -> None:
    """By rule id. Groups are short, and only those that are written are sorted."""
    for number in range(1, count):
        row, at = i8(work, rows, number), number
        while at > 0 and later(base, i8(work, rows, at - 1), row):
            put_i8(work, rows, at, i8(work, rows, at - 1))
            at -= 1
        put_i8(work, rows, at, row)


@jit
def group_of(work: Table, groups: int, key: int) -> int:
    """The group of a key in the case, or -1."""
    start, end = 0, groups
    while start < end:
        middle = (start + end) // 2
        if i8(work, W_PAIR_KEY, i8(work, W_GROUP_AT, middle)) < key:
            start = middle + 1
        else:
            end = middle
    return start if start < groups and i8(work, W_PAIR_KEY, i8(work, W_GROUP_AT, start)) == key else -1


@jit
def key_of(base: Table, row: int) -> int:
    """The number of the key under which a row stands."""
    start, end = 0, length_of(base, KEY_ROWS) - 1
    while start < end:
        middle = (start + end) // 2
        if u4(base, KEY_ROWS, middle + 1) <= row:
            start = middle + 1
        else:
            end = middle
    return start


@jit
def record(
    base: Table, room: Table, case: int, result: int, template: int, rows: int, row_count: int, members: int, count: int, work: Table
) -> None:
    """Write one record, if there is room, and count it; ``rows`` and ``members`` are fields of the scratch."""
    at, row_at, member_at = i8(room, R_NEEDED, 0), i8(room, R_NEEDED, 1), i8(room, R_NEEDED, 2)
    fits = row_at + row_count <= length_of(room, R_ROWS) and member_at + count <= length_of(room, R_MEMBERS)
    if fits and (at + 1) * RECORD <= length_of(room, R_RECORDS):
        shadow = 1 if i4(base, TPL_SHADOW, template) or u2(base, ROW_TEMPLATE, i8(work, rows, 0)) & SHADOW_BIT else 0
        put_i8(room, R_RECORDS, at * RECORD, case)
        put_i8(room, R_RECORDS, at * RECORD + 1, HIT if result == YES else UNDECIDED)
        put_i8(room, R_RECORDS, at * RECORD + 2, template)
        put_i8(room, R_RECORDS, at * RECORD + 3, shadow)
        put_i8(room, R_RECORDS, at * RECORD + 4, row_at)
        put_i8(room, R_RECORDS, at * RECORD + 5, row_count)
        put_i8(room, R_RECORDS, at * RECORD + 6, member_at)
        put_i8(room, R_RECORDS, at * RECORD + 7, count)
        for place in range(row_count):
            put_i8(room, R_ROWS, row_at + place, i8(work, rows, place))
        for place in range(count):
            put_i8(room, R_MEMBERS, member_at + place, i8(work, members, place))
    put_i8(room, R_NEEDED, 0, i8(room, R_NEEDED, 0) + 1)
    put_i8(room, R_NEEDED, 1, i8(room, R_NEEDED, 1) + row_count)
    put_i8(room, R_NEEDED, 2, i8(room, R_NEEDED, 2) + count)


@jit
def hit_since(room: Table, since: int, row: int) -> bool:
    """Whether a hit of a row (-1: of any) has been written since."""
    for at in range(since, min(i8(room, R_NEEDED, 0), length_of(room, R_RECORDS) // RECORD)):
        if i8(room, R_RECORDS, at * RECORD + 1) == HIT and (row < 0 or i8(room, R_ROWS, i8(room, R_RECORDS, at * RECORD + 4)) == row):
            return True
    return False


@jit
def in_use(base: Table, template: int, day: int, shadow: bool) -> bool:
    if not i4(base, TPL_ACTIVE, template) or (i4(base, TPL_SHADOW, template) and not shadow):
        return False
    return i4(base, TPL_FROM, template) <= day < i4(base, TPL_TO, template)


@jit
def gathered(base: Table, begin: int, finish: int, on: int, status: int, work: Table, count: int) -> int:
    """Add the rows of [begin, finish) in force with a status to ``work.rows``; how many there are now."""
    for row in range(begin, finish):
        if holds(base, row, on, status):
            put_i8(work, W_ROWS, count, row)
            count += 1
    return count


@jit
def rows_of(base: Table, key: int, template: int) -> tuple[int, int]:
    start, end = u4(base, KEY_ROWS, key), u4(base, KEY_ROWS, key + 1)
    return above(base, start, end, template - 1), above(base, start, end, template)


@jit
def count(base: Table, case: int, row: int, finish: int, on: int, status: int, room: Table) -> None:
    """Add the rows of [row, finish) in force to those considered."""
    found = 0
    for counted in range(row, finish):
        found += 1 if holds(base, counted, on, status) else 0
    put_i8(room, R_CONSIDERED, case, i8(room, R_CONSIDERED, case) + found)


@jit
def bring(base: Table, cases: Table, case: int) -> None:
    """Ask memory for the rows of a case that is judged soon: of each key the first of its rows, in lines of 64 bytes."""
    first, last = i8(cases, C_SUBJECT_AT, case), i8(cases, C_SUBJECT_AT, case + 1)
    for place in range(i8(cases, C_KEY_AT, first), i8(cases, C_KEY_AT, last)):
        start = u4(base, KEY_ROWS, i8(cases, C_KEY, place))
        end = min(u4(base, KEY_ROWS, i8(cases, C_KEY, place) + 1), start + AHEAD)
        for row in range(start, end, 16):
            fetch_u4(base, ROW_ARGS, row)
            fetch_u4(base, ROW_JOIN, row)
            if row & 16 == 0:
                fetch_u2(base, ROW_TEMPLATE, row)
