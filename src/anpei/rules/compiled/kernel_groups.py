"""Machine code of groups: rows that join others, and rows of one subject that are judged together. Shapes member, group_any, absent."""

from anpei.rules.compiled.addressing import Table, i4, i8, jit, put_i8, put_u1, u4
from anpei.rules.compiled.kernel_expressions import NO, OPEN, TROUBLE, YES
from anpei.rules.compiled.kernel_rows import EPOCH, gathered, group_of, holds, record, rows_of, sort_rows
from anpei.rules.compiled.kernel_units import LACK, PREDICATE, asked, first_of
from anpei.rules.compiled.kernel_views import measure, view, view_sum
from anpei.rules.compiled.tables import (
    C_KEY,
    C_KEY_AT,
    C_LABEL,
    C_LABEL_AT,
    C_ON,
    C_QUANTITY,
    C_SUBJECT_AT,
    C_WORDING,
    C_WORDING_AT,
    R_TROUBLED,
    ROW_JOIN,
    TPL_LABEL,
    W_GROUP_AT,
    W_MARKS,
    W_MEMBERS,
    W_MET,
    W_PAIR_SUBJECT,
    W_ROWS,
)


@jit
def member(
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
            result = asked(base, cases, case, template, PREDICATE, row, 0, work, room)
            if result == YES:
                count += 1
                put_i8(work, W_MET, count, candidate)
            elif result == OPEN and unknown < 0:
                unknown = candidate
        if count:
            record(base, room, case, YES, template, W_ROWS, 1, W_MET, count + 1, work)
        elif unknown >= 0:
            put_i8(work, W_MET, 1, unknown)
            record(base, room, case, OPEN, template, W_ROWS, 1, W_MET, 2, work)


@jit
def group_any(
    base: Table, cases: Table, case: int, template: int, begin: int, finish: int, subject: int, status: int, work: Table, room: Table
) -> None:
    """All rows of a subject: those [begin, finish) of its first key with rows of the template, and those of its further keys. A hit when
    no label fulfils any of them."""
    place = i8(cases, C_SUBJECT_AT, case) + subject
    first, last, on = i8(cases, C_KEY_AT, place), i8(cases, C_KEY_AT, place + 1), i8(cases, C_ON, case) - EPOCH
    put_i8(work, W_MEMBERS, 0, subject)
    measure(cases, i8(cases, C_SUBJECT_AT, case), W_MEMBERS, 1, work)
    for wanted in range(2 if status == 2 else 1):
        result, count = NO, 0
        if last - first == 1:
            result = _fulfilled(base, cases, case, template, begin, finish, wanted, work, room)
        else:
            for number in range(first, last):
                start, end = rows_of(base, i8(cases, C_KEY, number), template)
                if start < end and result != YES:
                    mine = _fulfilled(base, cases, case, template, start, end, wanted, work, room)
                    result = mine if mine != NO else result
        if result == YES:
            continue
        for number in range(first, last):
            start, end = rows_of(base, i8(cases, C_KEY, number), template)
            count = gathered(base, start, end, on, wanted, work, count)
        if count:
            sort_rows(base, W_ROWS, count, work)
            record(base, room, case, OPEN if result == OPEN else YES, template, W_ROWS, count, W_MEMBERS, 1, work)


@jit
def _fulfilled(base: Table, cases: Table, case: int, template: int, begin: int, finish: int, status: int, work: Table, room: Table) -> int:
    """YES when a label fulfils a row in force with this status; else OPEN when one is unknown, or there is no label at all."""
    if i4(base, TPL_LABEL, template):
        labels, first, last = C_WORDING, i8(cases, C_WORDING_AT, case), i8(cases, C_WORDING_AT, case + 1)
    else:
        labels, first, last = C_LABEL, i8(cases, C_LABEL_AT, case), i8(cases, C_LABEL_AT, case + 1)
    on, answer = i8(cases, C_ON, case) - EPOCH, OPEN if first == last else NO
    for label in range(first, last):
        row = begin
        while row < finish:
            found = first_of(base, cases, case, template, row, finish, i8(cases, labels, label), work)
            row, result = found >> 2, found & 3
            if result != NO and holds(base, row, on, status):
                if result == YES:
                    return YES
                if result == TROUBLE:
                    put_u1(room, R_TROUBLED, case, 1)
                else:
                    answer = OPEN
            row += 1
    return answer


@jit
def absent(base: Table, cases: Table, case: int, template: int, count: int, members: int, groups: int, work: Table, room: Table) -> None:
    """The rows in ``work.rows`` and the unit in ``work.members``: which others count, and whether too few are there."""
    first, subjects = i8(cases, C_SUBJECT_AT, case), i8(cases, C_SUBJECT_AT, case + 1) - i8(cases, C_SUBJECT_AT, case)
    clear(work, subjects)
    for place in range(members):
        put_i8(work, W_MARKS, i8(work, W_MEMBERS, place), -1)
    measure(cases, first, W_MEMBERS, members, work)
    for number in range(count):
        row = i8(work, W_ROWS, number)
        group = group_of(work, groups, u4(base, ROW_JOIN, row))
        for at in range(i8(work, W_GROUP_AT, group), i8(work, W_GROUP_AT, group + 1)) if group >= 0 else range(0):
            other = i8(work, W_PAIR_SUBJECT, at)
            if i8(work, W_MARKS, other) in (0, 1):
                view(cases, first + other, work)
                result = asked(base, cases, case, template, PREDICATE, row, 0, work, room)
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
    sort_rows(base, W_ROWS, count, work)
    record(base, room, case, result, template, W_ROWS, count, W_MET, length, work)


@jit
def clear(work: Table, subjects: int) -> None:
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
        result = asked(base, cases, case, template, LACK, i8(work, W_ROWS, number), 0, work, room)
        if result == NO:
            return NO
        unknown |= result == OPEN
    return OPEN if unknown else YES
