"""The machine-code execution (numba): cases x rows -> records. What each shape means stands in docs/rules.md, section "Shapes".

A record is (case, kind, template, shadow, first row place, number of rows, first member place, number of members); the rows and the
members (positions of subjects in the case) stand in two flat arrays. Buffers that are too small are reported with the size needed.
"""

from anpei.rules.compiled.kernel_expressions import NO, OPEN, TROUBLE, YES, measure, run, view, view_sum
from anpei.rules.compiled.records import HIT, RECORD, UNDECIDED
from anpei.rules.compiled.tables import (
    ARG_KNOWN,
    ARG_VALUE,
    C_DAY,
    C_KEY,
    C_KEY_AT,
    C_LABEL,
    C_LABEL_AT,
    C_ON,
    C_QUANTITY,
    C_SUBJECT_AT,
    C_WORDING,
    C_WORDING_AT,
    KEY_ROWS,
    PENDING,
    R_CONSIDERED,
    R_MEMBERS,
    R_NEEDED,
    R_RECORDS,
    R_ROWS,
    R_TROUBLED,
    ROW_ARGS,
    ROW_FROM,
    ROW_ID_HIGH,
    ROW_ID_LOW,
    ROW_JOIN,
    ROW_TEMPLATE,
    ROW_TO,
    TPL_ACTIVE,
    TPL_END,
    TPL_FROM,
    TPL_GROUPING,
    TPL_LABEL,
    TPL_LACK_END,
    TPL_LACK_START,
    TPL_SHADOW,
    TPL_SHAPE,
    TPL_START,
    TPL_TO,
    TPL_UNDATED_END,
    TPL_UNDATED_START,
    TPL_WINDOW,
    W_DAYS,
    W_GROUP_AT,
    W_MARKS,
    W_MEMBERS,
    W_MET,
    W_NAMED,
    W_PAIR_KEY,
    W_PAIR_SUBJECT,
    W_PENDING,
    W_ROWS,
    Table,
    entry,
    i4,
    i8,
    jit,
    length_of,
    put_i8,
    put_u1,
    u1,
    u2,
    u4,
    u8,
)  # fmt: skip

SCALAR, MEMBER, GROUP_ANY, ABSENT, SHARED = range(5)
EACH, DAY, WINDOW, WHOLE = range(4)
_OPEN_END = 0xFFFF
_EPOCH = 719163
_SHADOW_BIT = 1 << 15
_TEMPLATE_BITS = _SHADOW_BIT - 1


# --- rows ----------------------------------------------------------------------------------------------------------


@jit
def _holds(base: Table, row: int, on: int, shadow: int) -> bool:
    """Whether a row is in force on a day (since 1970) and of a status that is judged (``shadow``: 0 live, 1 shadow, 2 both)."""
    if shadow != 2 and (1 if u2(base, ROW_TEMPLATE, row) & _SHADOW_BIT else 0) != shadow:
        return False
    return u2(base, ROW_FROM, row) <= on and (u2(base, ROW_TO, row) == _OPEN_END or on < u2(base, ROW_TO, row))


@jit
def _above(base: Table, start: int, end: int, template: int) -> int:
    """The first row of [start, end) whose template is above the given one."""
    while start < end:
        middle = (start + end) // 2
        if (u2(base, ROW_TEMPLATE, middle) & _TEMPLATE_BITS) <= template:
            start = middle + 1
        else:
            end = middle
    return start


@jit
def _first_join(base: Table, start: int, end: int, join: int) -> int:
    """The first row of [start, end) whose joined key is not below the given one."""
    while start < end:
        middle = (start + end) // 2
        if u4(base, ROW_JOIN, middle) < join:
            start = middle + 1
        else:
            end = middle
    return start


@jit
def _later(base: Table, one: int, two: int) -> bool:
    """Whether the rule id of one row comes after that of another."""
    if u8(base, ROW_ID_HIGH, one) != u8(base, ROW_ID_HIGH, two):
        return u8(base, ROW_ID_HIGH, one) > u8(base, ROW_ID_HIGH, two)
    return u8(base, ROW_ID_LOW, one) > u8(base, ROW_ID_LOW, two)


@jit
def _sort_rows(base: Table, rows: int, count: int, work: Table) -> None:
    """By rule id. Groups are short, and only those that are written are sorted."""
    for number in range(1, count):
        row, at = i8(work, rows, number), number
        while at > 0 and _later(base, i8(work, rows, at - 1), row):
            put_i8(work, rows, at, i8(work, rows, at - 1))
            at -= 1
        put_i8(work, rows, at, row)


@jit
def _group_of(work: Table, groups: int, key: int) -> int:
    """The group of a key in the case, or -1."""
    start, end = 0, groups
    while start < end:
        middle = (start + end) // 2
        if i8(work, W_PAIR_KEY, i8(work, W_GROUP_AT, middle)) < key:
            start = middle + 1
        else:
            end = middle
    return start if start < groups and i8(work, W_PAIR_KEY, i8(work, W_GROUP_AT, start)) == key else -1


# --- records -------------------------------------------------------------------------------------------------------


@jit
def _record(
    base: Table, room: Table, case: int, result: int, template: int, rows: int, row_count: int, members: int, count: int, work: Table
) -> None:
    """Write one record, if there is room, and count it; ``rows`` and ``members`` are fields of the scratch."""
    at, row_at, member_at = i8(room, R_NEEDED, 0), i8(room, R_NEEDED, 1), i8(room, R_NEEDED, 2)
    fits = row_at + row_count <= length_of(room, R_ROWS) and member_at + count <= length_of(room, R_MEMBERS)
    if fits and (at + 1) * RECORD <= length_of(room, R_RECORDS):
        shadow = 1 if i4(base, TPL_SHADOW, template) or u2(base, ROW_TEMPLATE, i8(work, rows, 0)) & _SHADOW_BIT else 0
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
def _hit_since(room: Table, since: int) -> bool:
    for at in range(since, min(i8(room, R_NEEDED, 0), length_of(room, R_RECORDS) // RECORD)):
        if i8(room, R_RECORDS, at * RECORD + 1) == HIT:
            return True
    return False


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


# --- scalar, interval ----------------------------------------------------------------------------------------------


@jit
def _asked(base: Table, cases: Table, case: int, start: int, end: int, row: int, label: int, work: Table, room: Table) -> int:
    """Run one expression on what ``work`` holds; a number too large marks the case and counts as false here."""
    result = run(base, cases, case, start, end, u4(base, ROW_ARGS, row), label, work)
    if result == TROUBLE:
        put_u1(room, R_TROUBLED, case, 1)
        return NO
    return result


@jit
def _window(base: Table, template: int, row: int) -> int:
    slot = i4(base, TPL_WINDOW, template)
    if i4(base, TPL_GROUPING, template) != WINDOW or slot < 0 or not u1(base, ARG_KNOWN, (u4(base, ROW_ARGS, row)) + slot):
        return 1
    return max(i8(base, ARG_VALUE, (u4(base, ROW_ARGS, row)) + slot), 1)


@jit
def _units(
    base: Table, cases: Table, case: int, template: int, rows: int, row_count: int, subjects: int, start: int, end: int, groups: int,
    work: Table, room: Table,
) -> None:  # fmt: skip
    """Judge the units of the subjects in [start, end) by one row, or (shared) by rows of equal parameters."""
    grouping, since, first = i4(base, TPL_GROUPING, template), i8(room, R_NEEDED, 0), i8(cases, C_SUBJECT_AT, case)
    if grouping == EACH:
        for place in range(start, end):
            put_i8(work, W_MEMBERS, 0, i8(work, subjects, place))
            _unit(base, cases, case, template, rows, row_count, 1, groups, since, work, room)
        return
    if grouping == WHOLE:
        for place in range(start, end):
            put_i8(work, W_MEMBERS, place - start, i8(work, subjects, place))
        _unit(base, cases, case, template, rows, row_count, end - start, groups, since, work, room)
        return
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
    if undated and not _hit_since(room, since):
        for place in range(start, end):
            put_i8(work, W_MEMBERS, place - start, i8(work, subjects, place))
        _undated(base, cases, case, template, rows, row_count, end - start, work, room)


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
def _unit(
    base: Table, cases: Table, case: int, template: int, rows: int, row_count: int, count: int, groups: int, since: int, work: Table,
    room: Table,
) -> None:  # fmt: skip
    """Judge the unit whose members stand in ``work.members``."""
    measure(cases, i8(cases, C_SUBJECT_AT, case), W_MEMBERS, count, work)
    result = _asked(base, cases, case, i4(base, TPL_START, template), i4(base, TPL_END, template), i8(work, rows, 0), 0, work, room)
    if result == NO or (result == YES and i4(base, TPL_GROUPING, template) == WINDOW and _met(room, count, since, work)):
        return
    if i4(base, TPL_SHAPE, template) != SHARED:
        _record(base, room, case, result, template, rows, row_count, W_MEMBERS, count, work)
        return
    naming = 0
    for number in range(row_count):
        if _names_one(base, work, groups, i8(work, rows, number), count):
            put_i8(work, W_MET, naming, i8(work, rows, number))
            naming += 1
    _record(base, room, case, result, template, W_MET, naming, W_MEMBERS, count, work)


@jit
def _names_one(base: Table, work: Table, groups: int, row: int, count: int) -> bool:
    """Whether the subject of a row names one of the members."""
    group = _group_of(work, groups, _key_of(base, row))
    for place in range(i8(work, W_GROUP_AT, group), i8(work, W_GROUP_AT, group + 1)):
        for member in range(count):
            if i8(work, W_PAIR_SUBJECT, place) == i8(work, W_MEMBERS, member):
                return True
    return False


@jit
def _key_of(base: Table, row: int) -> int:
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
def _undated(base: Table, cases: Table, case: int, template: int, rows: int, row_count: int, count: int, work: Table, room: Table) -> None:
    """One more question when some members have no day: by ``undated`` if there is one, else open unless the predicate is false."""
    measure(cases, i8(cases, C_SUBJECT_AT, case), W_MEMBERS, count, work)
    start, end = i4(base, TPL_UNDATED_START, template), i4(base, TPL_UNDATED_END, template)
    told = end > start
    if not told:
        start, end = i4(base, TPL_START, template), i4(base, TPL_END, template)
    result = _asked(base, cases, case, start, end, i8(work, rows, 0), 0, work, room)
    if result != NO:
        _record(base, room, case, result if told else OPEN, template, rows, row_count, W_MEMBERS, count, work)


# --- member --------------------------------------------------------------------------------------------------------


@jit
def _member(
    base: Table, cases: Table, case: int, template: int, row: int, start: int, end: int, group: int, work: Table, room: Table
) -> None:
    """Each subject of [start, end) with each other subject of the group that the row joins."""
    first = i8(cases, C_SUBJECT_AT, case)
    put_i8(work, W_ROWS, 0, row)
    for place in range(start, end):
        subject = i8(work, W_PAIR_SUBJECT, place)
        put_i8(work, W_MEMBERS, 0, subject)
        measure(cases, first, W_MEMBERS, 1, work)
        put_i8(work, W_MET, 0, subject)
        count, unknown = 0, -1
        for at in range(i8(work, W_GROUP_AT, group), i8(work, W_GROUP_AT, group + 1)):
            candidate = i8(work, W_PAIR_SUBJECT, at)
            if candidate == subject:
                continue
            view(cases, first + candidate, work)
            result = _asked(base, cases, case, i4(base, TPL_START, template), i4(base, TPL_END, template), row, 0, work, room)
            if result == YES:
                count += 1
                put_i8(work, W_MET, count, candidate)
            elif result == OPEN and unknown < 0:
                unknown = candidate
        if count:
            _record(base, room, case, YES, template, W_ROWS, 1, W_MET, count + 1, work)
        elif unknown >= 0:
            put_i8(work, W_MET, 1, unknown)
            _record(base, room, case, OPEN, template, W_ROWS, 1, W_MET, 2, work)


# --- group_any, absent: all rows of one subject ----------------------------------------------------------------------


@jit
def _group_any(base: Table, cases: Table, case: int, template: int, count: int, subject: int, work: Table, room: Table) -> None:
    """The rows in ``work.rows`` together: a hit when no label fulfils any of them."""
    if i4(base, TPL_LABEL, template):
        labels, first, last = C_WORDING, i8(cases, C_WORDING_AT, case), i8(cases, C_WORDING_AT, case + 1)
    else:
        labels, first, last = C_LABEL, i8(cases, C_LABEL_AT, case), i8(cases, C_LABEL_AT, case + 1)
    put_i8(work, W_MEMBERS, 0, subject)
    measure(cases, i8(cases, C_SUBJECT_AT, case), W_MEMBERS, 1, work)
    unknown = first == last
    for number in range(count):
        for label in range(first, last):
            row, text = i8(work, W_ROWS, number), i8(cases, labels, label)
            result = _asked(base, cases, case, i4(base, TPL_START, template), i4(base, TPL_END, template), row, text, work, room)
            if result == YES:
                return
            unknown |= result == OPEN
    _sort_rows(base, W_ROWS, count, work)
    _record(base, room, case, OPEN if unknown else YES, template, W_ROWS, count, W_MEMBERS, 1, work)


@jit
def _absent(base: Table, cases: Table, case: int, template: int, count: int, members: int, groups: int, work: Table, room: Table) -> None:
    """The rows in ``work.rows`` and the unit in ``work.members``: which others count, and whether too few are there."""
    first, subjects = i8(cases, C_SUBJECT_AT, case), i8(cases, C_SUBJECT_AT, case + 1) - i8(cases, C_SUBJECT_AT, case)
    _clear(work, subjects)
    for place in range(members):
        put_i8(work, W_MARKS, i8(work, W_MEMBERS, place), -1)
    measure(cases, first, W_MEMBERS, members, work)
    for number in range(count):
        row = i8(work, W_ROWS, number)
        group = _group_of(work, groups, u4(base, ROW_JOIN, row))
        for at in range(i8(work, W_GROUP_AT, group), i8(work, W_GROUP_AT, group + 1)) if group >= 0 else range(0):
            other = i8(work, W_PAIR_SUBJECT, at)
            if i8(work, W_MARKS, other) in (0, 1):
                view(cases, first + other, work)
                result = _asked(base, cases, case, i4(base, TPL_START, template), i4(base, TPL_END, template), row, 0, work, room)
                put_i8(work, W_MARKS, other, 2 if result == YES else max(i8(work, W_MARKS, other), 1 if result == OPEN else 0))
    result, open_ones = _lack(base, cases, case, template, count, subjects, 2, work, room), _marked(work, subjects, 1)
    if result == YES and open_ones and _lack(base, cases, case, template, count, subjects, 1, work, room) != YES:
        result = OPEN
    if result == NO:
        return
    wanted, length = 2 if result == YES else 1, members
    for place in range(members):
        put_i8(work, W_MET, place, i8(work, W_MEMBERS, place))
    for subject in range(subjects):
        if i8(work, W_MARKS, subject) == wanted:
            put_i8(work, W_MET, length, subject)
            length += 1
    _sort_rows(base, W_ROWS, count, work)
    _record(base, room, case, result, template, W_ROWS, count, W_MET, length, work)


@jit
def _clear(work: Table, subjects: int) -> None:
    for subject in range(subjects):
        put_i8(work, W_MARKS, subject, 0)


@jit
def _marked(work: Table, subjects: int, mark: int) -> bool:
    for subject in range(subjects):
        if i8(work, W_MARKS, subject) == mark:
            return True
    return False


@jit
def _lack(base: Table, cases: Table, case: int, template: int, count: int, subjects: int, least: int, work: Table, room: Table) -> int:
    """Whether ``lack`` holds for every row, with the subjects marked ``least`` or above as the others."""
    first, lines, quantity = i8(cases, C_SUBJECT_AT, case), 0, 0
    for subject in range(subjects):
        if i8(work, W_MARKS, subject) >= least:
            lines += 1
            quantity += i8(cases, C_QUANTITY, first + subject)
    view_sum(lines, quantity, work)
    unknown = False
    for number in range(count):
        start, end = i4(base, TPL_LACK_START, template), i4(base, TPL_LACK_END, template)
        result = _asked(base, cases, case, start, end, i8(work, W_ROWS, number), 0, work, room)
        if result == NO:
            return NO
        unknown |= result == OPEN
    return OPEN if unknown else YES


# --- one case ------------------------------------------------------------------------------------------------------


@jit
def _group(cases: Table, case: int, work: Table) -> int:
    """Sort the case's (key, subject) pairs; how many different keys there are (``group_at``: where each begins)."""
    first, count, groups = i8(cases, C_SUBJECT_AT, case), 0, 0
    for subject in range(first, i8(cases, C_SUBJECT_AT, case + 1)):
        for place in range(i8(cases, C_KEY_AT, subject), i8(cases, C_KEY_AT, subject + 1)):
            key, at = i8(cases, C_KEY, place), count
            while at > 0 and i8(work, W_PAIR_KEY, at - 1) > key:
                put_i8(work, W_PAIR_KEY, at, i8(work, W_PAIR_KEY, at - 1))
                put_i8(work, W_PAIR_SUBJECT, at, i8(work, W_PAIR_SUBJECT, at - 1))
                at -= 1
            put_i8(work, W_PAIR_KEY, at, key)
            put_i8(work, W_PAIR_SUBJECT, at, subject - first)
            count += 1
    for at in range(count):
        if at == 0 or i8(work, W_PAIR_KEY, at) != i8(work, W_PAIR_KEY, at - 1):
            put_i8(work, W_GROUP_AT, groups, at)
            groups += 1
    put_i8(work, W_GROUP_AT, groups, count)
    return groups


@jit
def _in_use(base: Table, template: int, day: int, shadow: bool) -> bool:
    if not i4(base, TPL_ACTIVE, template) or (i4(base, TPL_SHADOW, template) and not shadow):
        return False
    return i4(base, TPL_FROM, template) <= day < i4(base, TPL_TO, template)


@jit
def _gathered(base: Table, begin: int, finish: int, on: int, status: int, work: Table, count: int) -> int:
    """Add the rows of [begin, finish) in force with a status to ``work.rows``; how many there are now."""
    for row in range(begin, finish):
        if _holds(base, row, on, status):
            put_i8(work, W_ROWS, count, row)
            count += 1
    return count


@jit
def _segment(
    base: Table, cases: Table, case: int, template: int, begin: int, finish: int, group: int, groups: int, status: int, work: Table,
    room: Table,
) -> None:  # fmt: skip
    """The rows [begin, finish) of one template for the key of one group, where its subjects need no other key's rows."""
    on, shape = i8(cases, C_ON, case) - _EPOCH, i4(base, TPL_SHAPE, template)
    start, end = i8(work, W_GROUP_AT, group), i8(work, W_GROUP_AT, group + 1)
    if shape == MEMBER:
        for other in range(groups):
            key = i8(work, W_PAIR_KEY, i8(work, W_GROUP_AT, other))
            row = _first_join(base, begin, finish, key)
            while row < finish and u4(base, ROW_JOIN, row) == key:
                if _holds(base, row, on, status):
                    _member(base, cases, case, template, row, start, end, other, work, room)
                row += 1
    elif shape == SCALAR:
        for row in range(begin, finish):
            if _holds(base, row, on, status):
                put_i8(work, W_ROWS, 0, row)
                _units(base, cases, case, template, W_ROWS, 1, W_PAIR_SUBJECT, start, end, groups, work, room)
    elif shape == SHARED:
        for row in range(begin, finish):
            if _holds(base, row, on, status):
                _postpone(base, template, row, work, room)
    elif shape == ABSENT and i4(base, TPL_GROUPING, template) == WHOLE:
        for wanted in range(2):
            count = _gathered(base, begin, finish, on, wanted, work, 0) if wanted == 0 or status == 2 else 0
            if count:
                for place in range(start, end):
                    put_i8(work, W_MEMBERS, place - start, i8(work, W_PAIR_SUBJECT, place))
                _absent(base, cases, case, template, count, end - start, groups, work, room)


@jit
def _postpone(base: Table, template: int, row: int, work: Table, room: Table) -> None:
    """Keep a row of shape shared, sorted by template and status, parameters, rule id."""
    count = i8(room, R_NEEDED, 3)
    put_i8(room, R_NEEDED, 3, i8(room, R_NEEDED, 3) + 1)
    if (count + 1) * PENDING > length_of(work, W_PENDING):
        return
    kind = template * 2 + (1 if u2(base, ROW_TEMPLATE, row) & _SHADOW_BIT else 0)
    args, at = u4(base, ROW_ARGS, row), count
    while at > 0 and _after(base, (at - 1) * PENDING, kind, args, row, work):
        for place in range(PENDING):
            put_i8(work, W_PENDING, at * PENDING + place, i8(work, W_PENDING, (at - 1) * PENDING + place))
        at -= 1
    put_i8(work, W_PENDING, at * PENDING, kind)
    put_i8(work, W_PENDING, at * PENDING + 1, args)
    put_i8(work, W_PENDING, at * PENDING + 2, row)


@jit
def _after(base: Table, place: int, kind: int, args: int, row: int, work: Table) -> bool:
    """Whether the postponed row at a place comes after another one."""
    held = i8(work, W_PENDING, place)
    if held != kind:
        return held > kind
    held = i8(work, W_PENDING, place + 1)
    return held > args if held != args else _later(base, i8(work, W_PENDING, place + 2), row)


@jit
def _shared(base: Table, cases: Table, case: int, groups: int, work: Table, room: Table) -> None:
    """The postponed rows: those of equal parameters with all the subjects that they name."""
    at, last = 0, i8(room, R_NEEDED, 3)
    subjects = i8(cases, C_SUBJECT_AT, case + 1) - i8(cases, C_SUBJECT_AT, case)
    while at < last and last * PENDING <= length_of(work, W_PENDING):
        kind, args, count = i8(work, W_PENDING, at * PENDING), i8(work, W_PENDING, at * PENDING + 1), 0
        _clear(work, subjects)
        while at < last and i8(work, W_PENDING, at * PENDING) == kind and i8(work, W_PENDING, at * PENDING + 1) == args:
            row = i8(work, W_PENDING, at * PENDING + 2)
            put_i8(work, W_ROWS, count, row)
            count += 1
            group = _group_of(work, groups, _key_of(base, row))
            for place in range(i8(work, W_GROUP_AT, group), i8(work, W_GROUP_AT, group + 1)):
                put_i8(work, W_MARKS, i8(work, W_PAIR_SUBJECT, place), 1)
            at += 1
        size = 0
        for subject in range(subjects):
            if i8(work, W_MARKS, subject):
                put_i8(work, W_NAMED, size, subject)
                size += 1
        _units(base, cases, case, kind // 2, W_ROWS, count, W_NAMED, 0, size, groups, work, room)


@jit
def _by_subject(base: Table, cases: Table, case: int, subject: int, groups: int, status: int, work: Table, room: Table) -> None:
    """The templates that judge one subject by all rows that name it, under whatever keys they stand."""
    place = i8(cases, C_SUBJECT_AT, case) + subject
    first, last = i8(cases, C_KEY_AT, place), i8(cases, C_KEY_AT, place + 1)
    for number in range(first, last):
        row, end = u4(base, KEY_ROWS, i8(cases, C_KEY, number)), u4(base, KEY_ROWS, i8(cases, C_KEY, number) + 1)
        while row < end:
            template = u2(base, ROW_TEMPLATE, row) & _TEMPLATE_BITS
            finish = _above(base, row, end, template)
            together = i4(base, TPL_GROUPING, template) == EACH and i4(base, TPL_SHAPE, template) in (GROUP_ANY, ABSENT)
            if together and _in_use(base, template, i8(cases, C_ON, case), status == 2) and not _seen(base, cases, first, number, template):
                _together(base, cases, case, subject, number, last, template, groups, status, work, room)
            row = finish


@jit
def _seen(base: Table, cases: Table, first: int, number: int, template: int) -> bool:
    """Whether an earlier key of the subject has rows of the template too."""
    for earlier in range(first, number):
        if _rows_of(base, i8(cases, C_KEY, earlier), template)[0] < _rows_of(base, i8(cases, C_KEY, earlier), template)[1]:
            return True
    return False


@jit
def _rows_of(base: Table, key: int, template: int) -> tuple[int, int]:
    start, end = u4(base, KEY_ROWS, key), u4(base, KEY_ROWS, key + 1)
    return _above(base, start, end, template - 1), _above(base, start, end, template)


@jit
def _together(
    base: Table, cases: Table, case: int, subject: int, number: int, last: int, template: int, groups: int, status: int, work: Table,
    room: Table,
) -> None:  # fmt: skip
    on = i8(cases, C_ON, case) - _EPOCH
    for wanted in range(2 if status == 2 else 1):
        count = 0
        for key in range(number, last):
            begin, finish = _rows_of(base, i8(cases, C_KEY, key), template)
            count = _gathered(base, begin, finish, on, wanted, work, count)
        if count and i4(base, TPL_SHAPE, template) == GROUP_ANY:
            _group_any(base, cases, case, template, count, subject, work, room)
        elif count:
            put_i8(work, W_MEMBERS, 0, subject)
            _absent(base, cases, case, template, count, 1, groups, work, room)


@jit
def _count(base: Table, case: int, row: int, finish: int, on: int, status: int, room: Table) -> None:
    for counted in range(row, finish):
        if _holds(base, counted, on, status):
            put_i8(room, R_CONSIDERED, case, i8(room, R_CONSIDERED, case) + 1)


@jit
def _case(base: Table, cases: Table, case: int, shadow: bool, counting: bool, work: Table, room: Table) -> None:
    groups, day, status = _group(cases, case, work), i8(cases, C_ON, case), 2 if shadow else 0
    put_i8(room, R_NEEDED, 3, 0)
    for group in range(groups):
        key = i8(work, W_PAIR_KEY, i8(work, W_GROUP_AT, group))
        row, last = u4(base, KEY_ROWS, key), u4(base, KEY_ROWS, key + 1)
        while row < last:
            template = u2(base, ROW_TEMPLATE, row) & _TEMPLATE_BITS
            finish = _above(base, row, last, template)
            if _in_use(base, template, day, shadow):
                _segment(base, cases, case, template, row, finish, group, groups, status, work, room)
                if counting:
                    _count(base, case, row, finish, day - _EPOCH, status, room)
            row = finish
    for subject in range(i8(cases, C_SUBJECT_AT, case + 1) - i8(cases, C_SUBJECT_AT, case)):
        _by_subject(base, cases, case, subject, groups, status, work, room)
    _shared(base, cases, case, groups, work, room)


@entry
def judge(base: Table, cases: Table, shadow: bool, counting: bool, work: Table, room: Table) -> None:
    """Judge all cases. Takes tables of addresses (``tables.address_table``): handing over fifty arrays costs more than a case.

    ``needed`` of the room says afterwards how much room the answer takes; its last number is the most rows that were postponed.
    """
    most = 0
    for case in range(length_of(cases, C_ON)):
        _case(base, cases, case, shadow, counting, work, room)
        most = max(most, i8(room, R_NEEDED, 3))
    put_i8(room, R_NEEDED, 3, most)
