"""Machine code of units: one row (or rows of equal parameters) and the units of the subjects it names. Shapes scalar, interval, shared."""

from anpei.rules.compiled.kernel_expressions import NO, OPEN, TROUBLE, YES, run
from anpei.rules.compiled.kernel_rows import EACH, SHARED, WHOLE, WINDOW, group_of, hit_since, key_of, record
from anpei.rules.compiled.kernel_views import measure
from anpei.rules.compiled.records import HIT, RECORD
from anpei.rules.compiled.tables import (
    ARG_KNOWN,
    ARG_VALUE,
    C_DAY,
    C_SUBJECT_AT,
    R_MEMBERS,
    R_NEEDED,
    R_RECORDS,
    R_TROUBLED,
    ROW_ARGS,
    TPL_END,
    TPL_GROUPING,
    TPL_SHAPE,
    TPL_START,
    TPL_UNDATED_END,
    TPL_UNDATED_START,
    TPL_WINDOW,
    W_DAYS,
    W_GROUP_AT,
    W_MEMBERS,
    W_MET,
    W_PAIR_SUBJECT,
    Table,
    i4,
    i8,
    jit,
    length_of,
    put_i8,
    put_u1,
    u1,
    u4,
)


@jit
def asked(base: Table, cases: Table, case: int, start: int, end: int, row: int, label: int, work: Table, room: Table) -> int:
    """Run one expression on what ``work`` holds; a number too large marks the case and counts as false here."""
    result = run(base, cases, case, start, end, u4(base, ROW_ARGS, row), label, work)
    if result == TROUBLE:
        put_u1(room, R_TROUBLED, case, 1)
        return NO
    return result


@jit
def _met(room: Table, count: int, since: int, work: Table) -> bool:
    """Whether the unit shares a member with a hit written since; such windows of one row count once."""
    for at in range(since, min(i8(room, R_NEEDED, 0), length_of(room, R_RECORDS) // RECORD)):
        if i8(room, R_RECORDS, at * RECORD + 1) == HIT:
            first = i8(room, R_RECORDS, at * RECORD + 6)
            for place in range(first, first + i8(room, R_RECORDS, at * RECORD + 7)):
                for member in range(count):
                    if i8(room, R_MEMBERS, place) == i8(work, W_MEMBERS, member):
                        return True
    return False


@jit
def _window(base: Table, template: int, row: int) -> int:
    slot = i4(base, TPL_WINDOW, template)
    if i4(base, TPL_GROUPING, template) != WINDOW or slot < 0 or not u1(base, ARG_KNOWN, (u4(base, ROW_ARGS, row)) + slot):
        return 1
    return max(i8(base, ARG_VALUE, (u4(base, ROW_ARGS, row)) + slot), 1)


@jit
def _insert(work: Table, count: int, day: int) -> int:
    """Keep sorted different days; how many there are now."""
    at = count
    while at > 0 and i8(work, W_DAYS, at - 1) > day:
        at -= 1
    if at > 0 and i8(work, W_DAYS, at - 1) == day:
        return count
    for place in range(count, at, -1):
        put_i8(work, W_DAYS, place, i8(work, W_DAYS, place - 1))
    put_i8(work, W_DAYS, at, day)
    return count + 1


@jit
def units(
    base: Table, cases: Table, case: int, template: int, rows: int, row_count: int, subjects: int, start: int, end: int, groups: int,
    work: Table, room: Table,
) -> None:  # fmt: skip
    """Judge the units of the subjects in [start, end) by one row, or (shared) by rows of equal parameters."""
    grouping, since = i4(base, TPL_GROUPING, template), i8(room, R_NEEDED, 0)
    if grouping == EACH:
        for place in range(start, end):
            put_i8(work, W_MEMBERS, 0, i8(work, subjects, place))
            _unit(base, cases, case, template, rows, row_count, 1, groups, since, work, room)
        return
    if grouping == WHOLE:
        all_members(work, subjects, start, end)
        _unit(base, cases, case, template, rows, row_count, end - start, groups, since, work, room)
        return
    undated = _by_day(base, cases, case, template, rows, row_count, subjects, start, end, groups, work, room)
    if undated and not hit_since(room, since):
        all_members(work, subjects, start, end)
        _undated(base, cases, case, template, rows, row_count, end - start, work, room)


@jit
def all_members(work: Table, subjects: int, start: int, end: int) -> None:
    """Make the subjects in [start, end) the members of the unit."""
    for place in range(start, end):
        put_i8(work, W_MEMBERS, place - start, i8(work, subjects, place))


@jit
def _by_day(
    base: Table, cases: Table, case: int, template: int, rows: int, row_count: int, subjects: int, start: int, end: int, groups: int,
    work: Table, room: Table,
) -> bool:  # fmt: skip
    """Judge each day, or the window that begins with it; whether any subject has no day."""
    since, first = i8(room, R_NEEDED, 0), i8(cases, C_SUBJECT_AT, case)
    length, count, undated = _window(base, template, i8(work, rows, 0)), 0, False
    for place in range(start, end):
        day = i8(cases, C_DAY, first + i8(work, subjects, place))
        undated |= day == 0
        count = count if day == 0 else _insert(work, count, day)
    for number in range(count):
        size = 0
        for place in range(start, end):
            day = i8(cases, C_DAY, first + i8(work, subjects, place))
            if day != 0 and 0 <= day - i8(work, W_DAYS, number) < length:
                put_i8(work, W_MEMBERS, size, i8(work, subjects, place))
                size += 1
        _unit(base, cases, case, template, rows, row_count, size, groups, since, work, room)
    return undated


@jit
def _unit(
    base: Table, cases: Table, case: int, template: int, rows: int, row_count: int, count: int, groups: int, since: int, work: Table,
    room: Table,
) -> None:  # fmt: skip
    """Judge the unit whose members stand in ``work.members``."""
    measure(cases, i8(cases, C_SUBJECT_AT, case), W_MEMBERS, count, work)
    result = asked(base, cases, case, i4(base, TPL_START, template), i4(base, TPL_END, template), i8(work, rows, 0), 0, work, room)
    if result == NO or (result == YES and i4(base, TPL_GROUPING, template) == WINDOW and _met(room, count, since, work)):
        return
    if i4(base, TPL_SHAPE, template) != SHARED:
        record(base, room, case, result, template, rows, row_count, W_MEMBERS, count, work)
        return
    naming = 0
    for number in range(row_count):
        if _names_one(base, work, groups, i8(work, rows, number), count):
            put_i8(work, W_MET, naming, i8(work, rows, number))
            naming += 1
    record(base, room, case, result, template, W_MET, naming, W_MEMBERS, count, work)


@jit
def _names_one(base: Table, work: Table, groups: int, row: int, count: int) -> bool:
    """Whether the subject of a row names one of the members."""
    group = group_of(work, groups, key_of(base, row))
    for place in range(i8(work, W_GROUP_AT, group), i8(work, W_GROUP_AT, group + 1)):
        for member in range(count):
            if i8(work, W_PAIR_SUBJECT, place) == i8(work, W_MEMBERS, member):
                return True
    return False


@jit
def _undated(base: Table, cases: Table, case: int, template: int, rows: int, row_count: int, count: int, work: Table, room: Table) -> None:
    """One more question when some members have no day: by ``undated`` if there is one, else open unless the predicate is false."""
    measure(cases, i8(cases, C_SUBJECT_AT, case), W_MEMBERS, count, work)
    start, end = i4(base, TPL_UNDATED_START, template), i4(base, TPL_UNDATED_END, template)
    told = end > start
    if not told:
        start, end = i4(base, TPL_START, template), i4(base, TPL_END, template)
    result = asked(base, cases, case, start, end, i8(work, rows, 0), 0, work, room)
    if result != NO:
        record(base, room, case, result if told else OPEN, template, rows, row_count, W_MEMBERS, count, work)
