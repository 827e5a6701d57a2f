"""Machine code of units: rows of one template and the units of the subjects they name. Shapes scalar, interval, shared."""

from anpei.rules.compiled.addressing import Table, call_function, i4, i8, jit, length_of, put_i8, put_u1, u1, u4
from anpei.rules.compiled.kernel_expressions import NO, OPEN, TROUBLE
from anpei.rules.compiled.kernel_rows import DAY, EACH, EPOCH, SHARED, WHOLE, WINDOW, group_of, hit_since, holds, key_of, record
from anpei.rules.compiled.kernel_views import measure
from anpei.rules.compiled.records import HIT, RECORD
from anpei.rules.compiled.tables import (
    ARG_KNOWN,
    ARG_VALUE,
    C_DAY,
    C_ON,
    C_SUBJECT_AT,
    R_MEMBERS,
    R_NEEDED,
    R_RECORDS,
    R_ROWS,
    R_TROUBLED,
    ROW_ARGS,
    TPL_FUNCTIONS,
    TPL_GROUPING,
    TPL_SHAPE,
    TPL_WINDOW,
    W_DAYS,
    W_GROUP_AT,
    W_MEMBERS,
    W_MET,
    W_PAIR_SUBJECT,
    W_ROWS,
)

PREDICATE, UNDATED, LACK = range(3)
"""The expressions of a template, as ``predicates.PARTS`` orders them."""


@jit
def first_of(base: Table, cases: Table, case: int, template: int, row: int, finish: int, label: int, work: Table) -> int:
    """The first row of [row, finish) for which the predicate is not false, times four, plus the result; else ``finish`` times four."""
    return call_function(i8(base, TPL_FUNCTIONS, 3 * template), base, cases, work, case, row, finish, label)


@jit
def asked(base: Table, cases: Table, case: int, template: int, part: int, row: int, label: int, work: Table, room: Table) -> int:
    """The result of one expression for one row; a number too large marks the case and counts as false here."""
    address = i8(base, TPL_FUNCTIONS, 3 * template + part)
    result = call_function(address, base, cases, work, case, row, row + 1, label) & 3
    if result == TROUBLE:
        put_u1(room, R_TROUBLED, case, 1)
        return NO
    return result


@jit
def _met(room: Table, row: int, count: int, since: int, work: Table) -> bool:
    """Whether the unit shares a member with a hit of the row written since; such windows count once."""
    for at in range(since, min(i8(room, R_NEEDED, 0), length_of(room, R_RECORDS) // RECORD)):
        if i8(room, R_RECORDS, at * RECORD + 1) == HIT and i8(room, R_ROWS, i8(room, R_RECORDS, at * RECORD + 4)) == row:
            first = i8(room, R_RECORDS, at * RECORD + 6)
            for place in range(first, first + i8(room, R_RECORDS, at * RECORD + 7)):
                for member in range(count):
                    if i8(room, R_MEMBERS, place) == i8(work, W_MEMBERS, member):
                        return True
    return False


@jit
def _window(base: Table, template: int, row: int) -> int:
    slot = i4(base, TPL_WINDOW, template)
    if slot < 0 or not u1(base, ARG_KNOWN, u4(base, ROW_ARGS, row) + slot):
        return 1
    return max(i8(base, ARG_VALUE, u4(base, ROW_ARGS, row) + slot), 1)


@jit
def _longer(base: Table, template: int, begin: int, finish: int, length: int) -> int:
    """The shortest window of the rows that is longer than this, or 0."""
    found = 0
    for row in range(begin, finish):
        window = _window(base, template, row)
        if window > length and (found == 0 or window < found):
            found = window
    return found


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
    base: Table, cases: Table, case: int, template: int, begin: int, finish: int, row_count: int, subjects: int, start: int, end: int,
    groups: int, status: int, work: Table, room: Table,
) -> None:  # fmt: skip
    """Judge the units of the subjects in [start, end) by the rows [begin, finish).

    Shared: by the ``row_count`` rows of equal parameters in ``work.rows``, of which [begin, finish) is one.
    """
    grouping, since = i4(base, TPL_GROUPING, template), i8(room, R_NEEDED, 0)
    if grouping == EACH:
        for place in range(start, end):
            put_i8(work, W_MEMBERS, 0, i8(work, subjects, place))
            _unit(base, cases, case, template, begin, finish, row_count, 1, groups, status, since, 0, work, room)
        return
    if grouping == WHOLE:
        all_members(work, subjects, start, end)
        _unit(base, cases, case, template, begin, finish, row_count, end - start, groups, status, since, 0, work, room)
        return
    count, first = 0, i8(cases, C_SUBJECT_AT, case)
    undated = False
    for place in range(start, end):
        day = i8(cases, C_DAY, first + i8(work, subjects, place))
        undated |= day == 0
        count = count if day == 0 else _insert(work, count, day)
    length = 1 if grouping == DAY else _longer(base, template, begin, finish, 0)
    while length > 0:
        for number in range(count):
            size = _from_day(cases, first, i8(work, W_DAYS, number), length, subjects, start, end, work)
            _unit(base, cases, case, template, begin, finish, row_count, size, groups, status, since, length, work, room)
        length = 0 if grouping == DAY else _longer(base, template, begin, finish, length)
    if undated:
        all_members(work, subjects, start, end)
        _undated(base, cases, case, template, begin, finish, row_count, end - start, status, since, work, room)


@jit
def all_members(work: Table, subjects: int, start: int, end: int) -> None:
    """Make the subjects in [start, end) the members of the unit."""
    for place in range(start, end):
        put_i8(work, W_MEMBERS, place - start, i8(work, subjects, place))


@jit
def _from_day(cases: Table, first: int, day: int, length: int, subjects: int, start: int, end: int, work: Table) -> int:
    """Make those with a day from this one on, so many days long, the members of the unit; how many there are."""
    size = 0
    for place in range(start, end):
        mine = i8(cases, C_DAY, first + i8(work, subjects, place))
        if mine != 0 and 0 <= mine - day < length:
            put_i8(work, W_MEMBERS, size, i8(work, subjects, place))
            size += 1
    return size


@jit
def _unit(
    base: Table, cases: Table, case: int, template: int, begin: int, finish: int, row_count: int, count: int, groups: int, status: int,
    since: int, length: int, work: Table, room: Table,
) -> None:  # fmt: skip
    """Judge the unit whose members stand in ``work.members`` by those rows whose window has this length."""
    measure(cases, i8(cases, C_SUBJECT_AT, case), W_MEMBERS, count, work)
    windowed, on, row = i4(base, TPL_GROUPING, template) == WINDOW, i8(cases, C_ON, case) - EPOCH, begin
    while row < finish:
        found = first_of(base, cases, case, template, row, finish, 0, work)
        row, result = found >> 2, found & 3
        if result != NO and holds(base, row, on, status) and not (windowed and _window(base, template, row) != length):
            if result == TROUBLE:
                put_u1(room, R_TROUBLED, case, 1)
            elif result == OPEN or not (windowed and _met(room, row, count, since, work)):
                _write(base, case, result, template, row, row_count, count, groups, work, room)
        row += 1


@jit
def _write(
    base: Table, case: int, result: int, template: int, row: int, row_count: int, count: int, groups: int, work: Table, room: Table
) -> None:
    """Write down the unit in ``work.members`` with its row, or (shared) with those of the rows that name a member."""
    if i4(base, TPL_SHAPE, template) != SHARED:
        put_i8(work, W_ROWS, 0, row)
        record(base, room, case, result, template, W_ROWS, 1, W_MEMBERS, count, work)
        return
    naming = 0
    for number in range(row_count):
        if _names_one(base, work, groups, i8(work, W_ROWS, number), count):
            put_i8(work, W_MET, naming, i8(work, W_ROWS, number))
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
def _undated(
    base: Table, cases: Table, case: int, template: int, begin: int, finish: int, row_count: int, count: int, status: int, since: int,
    work: Table, room: Table,
) -> None:  # fmt: skip
    """One more question when some members have no day and a row gave no hit: by ``undated`` if there is one, else open unless false."""
    measure(cases, i8(cases, C_SUBJECT_AT, case), W_MEMBERS, count, work)
    shared, on = i4(base, TPL_SHAPE, template) == SHARED, i8(cases, C_ON, case) - EPOCH
    told = i8(base, TPL_FUNCTIONS, 3 * template + UNDATED) != 0
    for row in range(begin, finish):
        if not holds(base, row, on, status) or hit_since(room, since, -1 if shared else row):
            continue
        result = asked(base, cases, case, template, UNDATED if told else PREDICATE, row, 0, work, room)
        if result != NO:
            if not shared:
                put_i8(work, W_ROWS, 0, row)
            record(base, room, case, result if told else OPEN, template, W_ROWS, row_count, W_MEMBERS, count, work)
