"""The machine-code execution (numba): cases x rows -> records. What each shape means stands in docs/rules.md, section "Shapes".

A record is (case, kind, template, shadow, first row place, number of rows, first member place, number of members); the rows and the
members (positions of subjects in the case) stand in two flat arrays. Buffers that are too small are reported with the size needed.
"""

from anpei.rules.compiled.addressing import Table, entry, i4, i8, jit, length_of, put_i8, u2, u4
from anpei.rules.compiled.kernel_groups import absent, clear, group_any, member
from anpei.rules.compiled.kernel_rows import (
    EPOCH,
    GROUP_ANY,
    MEMBER,
    SCALAR,
    SHADOW_BIT,
    SHARED,
    TEMPLATE_BITS,
    WHOLE,
    above,
    bring,
    count,
    first_join,
    gathered,
    group_of,
    holds,
    in_use,
    key_of,
    later,
    rows_of,
)
from anpei.rules.compiled.kernel_units import all_members, units
from anpei.rules.compiled.tables import (
    C_KEY,
    C_KEY_AT,
    C_ON,
    C_SUBJECT_AT,
    KEY_ROWS,
    PENDING,
    PRESENT,
    R_NEEDED,
    ROW_ARGS,
    ROW_JOIN,
    ROW_TEMPLATE,
    TPL_GROUPING,
    TPL_SHAPE,
    W_GROUP_AT,
    W_MARKS,
    W_MEMBERS,
    W_NAMED,
    W_PAIR_KEY,
    W_PAIR_SUBJECT,
    W_PENDING,
    W_PRESENT,
    W_ROWS,
)


@jit
def _group(cases: Table, case: int, work: Table) -> int:
    """Sort the case's (key, subject) pairs; how many different keys there are (``group_at``: where each begins)."""
    first, count, groups = i8(cases, C_SUBJECT_AT, case), 0, 0
    for subject in range(first, i8(cases, C_SUBJECT_AT, case + 1)):
        for place in range(i8(cases, C_KEY_AT, subject), i8(cases, C_KEY_AT, subject + 1)):
            put_i8(work, W_PAIR_KEY, count, i8(cases, C_KEY, place) << 32 | (subject - first))
            count += 1
    _sort(work, count)
    for word in range(PRESENT):
        put_i8(work, W_PRESENT, word, 0)
    last = -1
    for at in range(count):
        pair = i8(work, W_PAIR_KEY, at)
        key = pair >> 32
        put_i8(work, W_PAIR_KEY, at, key)
        put_i8(work, W_PAIR_SUBJECT, at, pair & 0xFFFF_FFFF)
        if key != last:
            put_i8(work, W_GROUP_AT, groups, at)
            groups += 1
            word = key >> 6 & PRESENT - 1
            put_i8(work, W_PRESENT, word, i8(work, W_PRESENT, word) | 1 << (key & 63))
        last = key
    put_i8(work, W_GROUP_AT, groups, count)
    return groups


@jit
def _sort(work: Table, count: int) -> None:
    """Sort the pairs (key and subject in one number): by insertion over steps that become shorter."""
    step = 1
    while step < count // 9:
        step = 3 * step + 1
    while step > 0:
        for number in range(step, count):
            pair, at = i8(work, W_PAIR_KEY, number), number
            while at >= step and i8(work, W_PAIR_KEY, at - step) > pair:
                put_i8(work, W_PAIR_KEY, at, i8(work, W_PAIR_KEY, at - step))
                at -= step
            put_i8(work, W_PAIR_KEY, at, pair)
        step //= 3


@jit
def _segment(
    base: Table, cases: Table, case: int, template: int, begin: int, finish: int, group: int, groups: int, status: int, work: Table,
    room: Table,
) -> None:  # fmt: skip
    """The rows [begin, finish) of one template for the key of one group."""
    shape, start, end = i4(base, TPL_SHAPE, template), i8(work, W_GROUP_AT, group), i8(work, W_GROUP_AT, group + 1)
    if shape == SCALAR:
        units(base, cases, case, template, begin, finish, 1, W_PAIR_SUBJECT, start, end, groups, status, work, room)
    elif shape == MEMBER:
        _joined(base, cases, case, template, begin, finish, group, groups, status, work, room)
    elif shape == SHARED:
        for row in range(begin, finish):
            if holds(base, row, i8(cases, C_ON, case) - EPOCH, status):
                _postpone(base, template, row, work, room)
    elif i4(base, TPL_GROUPING, template) == WHOLE:
        _lacking(base, cases, case, template, begin, finish, group, groups, status, work, room)
    else:
        key = i8(work, W_PAIR_KEY, start)
        for place in range(start, end):
            subject = i8(work, W_PAIR_SUBJECT, place)
            if _first(base, cases, i8(cases, C_SUBJECT_AT, case) + subject, key, template):
                if shape == GROUP_ANY:
                    group_any(base, cases, case, template, begin, finish, subject, status, work, room)
                else:
                    _lacking_one(base, cases, case, template, subject, groups, status, work, room)


@jit
def _first(base: Table, cases: Table, subject: int, key: int, template: int) -> bool:
    """Whether a key is the first of its subject that has rows of the template."""
    for number in range(i8(cases, C_KEY_AT, subject), i8(cases, C_KEY_AT, subject + 1)):
        other = i8(cases, C_KEY, number)
        if other == key:
            return True
        start, end = rows_of(base, other, template)
        if start < end:
            return False
    return True


@jit
def _lacking_one(
    base: Table, cases: Table, case: int, template: int, subject: int, groups: int, status: int, work: Table, room: Table
) -> None:
    """All rows that name one subject, under whatever keys they stand, by status (absent, each)."""
    place, on = i8(cases, C_SUBJECT_AT, case) + subject, i8(cases, C_ON, case) - EPOCH
    for wanted in range(2 if status == 2 else 1):
        count = 0
        for number in range(i8(cases, C_KEY_AT, place), i8(cases, C_KEY_AT, place + 1)):
            begin, finish = rows_of(base, i8(cases, C_KEY, number), template)
            count = gathered(base, begin, finish, on, wanted, work, count)
        if count:
            put_i8(work, W_MEMBERS, 0, subject)
            absent(base, cases, case, template, count, 1, groups, work, room)


@jit
def _joined(
    base: Table, cases: Table, case: int, template: int, begin: int, finish: int, group: int, groups: int, status: int, work: Table,
    room: Table,
) -> None:  # fmt: skip
    """Rows that join other keys: those whose other key is in the case. Few are gone through, many are searched for each key."""
    on = i8(cases, C_ON, case) - EPOCH
    start, end = i8(work, W_GROUP_AT, group), i8(work, W_GROUP_AT, group + 1)
    if finish - begin <= 16 * groups:
        for row in range(begin, finish):
            key = u4(base, ROW_JOIN, row)
            if i8(work, W_PRESENT, key >> 6 & PRESENT - 1) >> (key & 63) & 1:
                other = group_of(work, groups, key)
                if other >= 0 and holds(base, row, on, status):
                    member(base, cases, case, template, row, start, end, other, work, room)
        return
    for other in range(groups):
        key = i8(work, W_PAIR_KEY, i8(work, W_GROUP_AT, other))
        row = first_join(base, begin, finish, key)
        while row < finish and u4(base, ROW_JOIN, row) == key:
            if holds(base, row, on, status):
                member(base, cases, case, template, row, start, end, other, work, room)
            row += 1


@jit
def _lacking(
    base: Table, cases: Table, case: int, template: int, begin: int, finish: int, group: int, groups: int, status: int, work: Table,
    room: Table,
) -> None:  # fmt: skip
    """All rows of one key and status with all subjects of the key as one unit (absent, whole)."""
    on = i8(cases, C_ON, case) - EPOCH
    start, end = i8(work, W_GROUP_AT, group), i8(work, W_GROUP_AT, group + 1)
    for wanted in range(2 if status == 2 else 1):
        count = gathered(base, begin, finish, on, wanted, work, 0)
        if count:
            all_members(work, W_PAIR_SUBJECT, start, end)
            absent(base, cases, case, template, count, end - start, groups, work, room)


@jit
def _postpone(base: Table, template: int, row: int, work: Table, room: Table) -> None:
    """Keep a row of shape shared, sorted by template and status, parameters, rule id."""
    count = i8(room, R_NEEDED, 3)
    put_i8(room, R_NEEDED, 3, i8(room, R_NEEDED, 3) + 1)
    if (count + 1) * PENDING > length_of(work, W_PENDING):
        return
    kind = template * 2 + (1 if u2(base, ROW_TEMPLATE, row) & SHADOW_BIT else 0)
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
    return held > args if held != args else later(base, i8(work, W_PENDING, place + 2), row)


@jit
def _shared(base: Table, cases: Table, case: int, groups: int, work: Table, room: Table) -> None:
    """The postponed rows: those of equal parameters with all the subjects that they name."""
    at, last = 0, i8(room, R_NEEDED, 3)
    subjects = i8(cases, C_SUBJECT_AT, case + 1) - i8(cases, C_SUBJECT_AT, case)
    while at < last and last * PENDING <= length_of(work, W_PENDING):
        kind, args, count = i8(work, W_PENDING, at * PENDING), i8(work, W_PENDING, at * PENDING + 1), 0
        clear(work, subjects)
        while at < last and i8(work, W_PENDING, at * PENDING) == kind and i8(work, W_PENDING, at * PENDING + 1) == args:
            row = i8(work, W_PENDING, at * PENDING + 2)
            put_i8(work, W_ROWS, count, row)
            count += 1
            group = group_of(work, groups, key_of(base, row))
            for place in range(i8(work, W_GROUP_AT, group), i8(work, W_GROUP_AT, group + 1)):
                put_i8(work, W_MARKS, i8(work, W_PAIR_SUBJECT, place), 1)
            at += 1
        size = 0
        for subject in range(subjects):
            if i8(work, W_MARKS, subject):
                put_i8(work, W_NAMED, size, subject)
                size += 1
        row = i8(work, W_ROWS, 0)
        units(base, cases, case, kind // 2, row, row + 1, count, W_NAMED, 0, size, groups, 2, work, room)


@jit
def _case(base: Table, cases: Table, case: int, shadow: bool, counting: bool, work: Table, room: Table) -> None:
    groups, day, status = _group(cases, case, work), i8(cases, C_ON, case), 2 if shadow else 0
    put_i8(room, R_NEEDED, 3, 0)
    for group in range(groups):
        key = i8(work, W_PAIR_KEY, i8(work, W_GROUP_AT, group))
        row, last = u4(base, KEY_ROWS, key), u4(base, KEY_ROWS, key + 1)
        while row < last:
            template = u2(base, ROW_TEMPLATE, row) & TEMPLATE_BITS
            finish = above(base, row, last, template)
            if in_use(base, template, day, shadow):
                _segment(base, cases, case, template, row, finish, group, groups, status, work, room)
                if counting:
                    count(base, case, row, finish, day - EPOCH, status, room)
            row = finish
    _shared(base, cases, case, groups, work, room)


@entry
def judge(base: Table, cases: Table, shadow: bool, counting: bool, work: Table, room: Table) -> None:
    """Judge all cases. Takes tables of addresses (``addressing.addresses``): handing over fifty arrays costs more than a case.

    ``needed`` of the room says afterwards how much room the answer takes; its last number is the most rows that were postponed.
    """
    most = 0
    for case in range(length_of(cases, C_ON)):
        if case + 1 < length_of(cases, C_ON):
            bring(base, cases, case + 1)
        _case(base, cases, case, shadow, counting, work, room)
        most = max(most, i8(room, R_NEEDED, 3))
    put_i8(room, R_NEEDED, 3, most)
