"""Machine code of predicates: the instructions of ``bytecode`` on a stack of (value, known) pairs; texts and days as numbers."""

import numpy as np

from anpei.rules.compiled.bytecode import Op
from anpei.rules.compiled.kernel_views import FIELDS
from anpei.rules.compiled.tables import (
    ARG_KNOWN,
    ARG_VALUE,
    C_ATTRIBUTE,
    C_FACTS,
    C_KNOWN,
    C_ON,
    C_TEXT_AT,
    C_TEXT_BYTES,
    CODE_ARG,
    CODE_OP,
    LIST_AT,
    LIST_TEXT,
    TEXT_AT,
    TEXT_BYTES,
    W_KNOWN,
    W_OTHER,
    W_OTHERS,
    W_UNIT,
    W_VALUES,
    Table,
    i8,
    jit,
    put_i8,
    u1,
    u4,
)  # fmt: skip

NO, YES, OPEN, TROUBLE = 0, 1, 2, 3
"""Results: false, true, unknown, and a number that grew too large to go on."""
_LARGE = 1 << 62
_TEXTS, _ROW, _FACT, _SUBJECT, _OTHER, _OTHERS, _LABEL = (
    int(op) for op in (Op.TEXTS, Op.ROW, Op.FACT, Op.SUBJECT, Op.OTHER, Op.OTHERS, Op.LABEL)
)
_NOT, _AND, _OR, _HAS, _YEARS, _UNITS = (int(op) for op in (Op.NOT, Op.AND, Op.OR, Op.HAS, Op.YEARS, Op.UNITS))
_SKIP_FALSE = int(Op.SKIP_FALSE)
_EQUAL, _UNEQUAL, _LESS, _LESS_EQUAL, _GREATER, _GREATER_EQUAL = range(Op.EQUAL, Op.GREATER_EQUAL + 1)
_IN, _ADD, _SUBTRACT, _MULTIPLY, _STARTS, _STARTS_ANY, _DAYS_APART, _CONTAINS = (
    int(op) for op in (Op.IN, Op.ADD, Op.SUBTRACT, Op.MULTIPLY, Op.STARTS, Op.STARTS_ANY, Op.DAYS_APART, Op.CONTAINS)
)


@jit
def _byte(base: Table, cases: Table, text: int, place: int) -> int:
    return u1(base, TEXT_BYTES, place) if text >= 0 else u1(cases, C_TEXT_BYTES, place)


@jit
def _begin(base: Table, cases: Table, text: int) -> int:
    return i8(base, TEXT_AT, text) if text >= 0 else i8(cases, C_TEXT_AT, -1 - text)


@jit
def _same_from(base: Table, cases: Table, text: int, start: int, part: int, begin: int, length: int) -> bool:
    for place in range(length):
        if _byte(base, cases, text, start + place) != _byte(base, cases, part, begin + place):
            return False
    return True


@jit
def _holds_part(base: Table, cases: Table, text: int, part: int, anywhere: bool) -> bool:
    """Whether a text begins with another, or (``anywhere``) holds it. UTF-8 keeps characters apart, so bytes may be compared."""
    start, end = _begin(base, cases, text), _end(base, cases, text)
    begin, length = _begin(base, cases, part), _end(base, cases, part) - _begin(base, cases, part)
    last = end - length if anywhere else min(end - length, start)
    while start <= last:
        if _same_from(base, cases, text, start, part, begin, length):
            return True
        start += 1
    return False


@jit
def _end(base: Table, cases: Table, text: int) -> int:
    return i8(base, TEXT_AT, text + 1) if text >= 0 else i8(cases, C_TEXT_AT, -text)


@jit
def _holds_any(base: Table, cases: Table, text: int, group: int, anywhere: bool) -> bool:
    for place in range(u4(base, LIST_AT, group), u4(base, LIST_AT, group + 1)):
        if _holds_part(base, cases, text, u4(base, LIST_TEXT, place), anywhere):
            return True
    return False


@jit
def _among(base: Table, text: int, group: int) -> bool:
    for place in range(u4(base, LIST_AT, group), u4(base, LIST_AT, group + 1)):
        if u4(base, LIST_TEXT, place) == text:
            return True
    return False


@jit
def _civil(ordinal: int) -> tuple[int, int, int]:
    """Year, month and day of an ordinal (1 = 1 January of the year 1), in the Gregorian calendar carried back."""
    days = ordinal + 305
    era = days // 146097
    of_era = days - era * 146097
    year = (of_era - of_era // 1460 + of_era // 36524 - of_era // 146096) // 365
    of_year = of_era - (365 * year + year // 4 - year // 100)
    shifted = (5 * of_year + 2) // 153
    month = shifted + 3 if shifted < 10 else shifted - 9
    return year + era * 400 + (1 if month <= 2 else 0), month, of_year - (153 * shifted + 2) // 5 + 1


@jit
def whole_years(days: int, on: int) -> int:
    """As ``language.expression.whole_years``; -1 for unknown."""
    if days < 0 or days >= on:
        return -1
    year, month, day = _civil(on)
    from_year, from_month, from_day = _civil(on - days)
    return year - from_year - (1 if (month, day) < (from_month, from_day) else 0)


@jit
def _compared(operation: int, a: int, b: int) -> bool:
    if operation == _EQUAL:
        return a == b
    if operation == _UNEQUAL:
        return a != b
    if operation == _LESS:
        return a < b
    if operation == _LESS_EQUAL:
        return a <= b
    if operation == _GREATER:
        return a > b
    return a >= b


@jit
def _logic(operation: int, top: int, work: Table) -> None:
    """Three-valued and, or: what decides wins over unknown."""
    decides = 0 if operation == _AND else 1
    if (i8(work, W_KNOWN, top) and i8(work, W_VALUES, top) == decides) or (
        i8(work, W_KNOWN, top + 1) and i8(work, W_VALUES, top + 1) == decides
    ):
        put_i8(work, W_VALUES, top, decides)
        put_i8(work, W_KNOWN, top, 1)
    else:
        put_i8(work, W_VALUES, top, 1 - decides)
        put_i8(work, W_KNOWN, top, i8(work, W_KNOWN, top) & i8(work, W_KNOWN, top + 1))


@jit
def _arithmetic(operation: int, top: int, work: Table) -> bool:
    """Add, subtract, multiply; whether the result is still small enough."""
    a, b = i8(work, W_VALUES, top), i8(work, W_VALUES, top + 1)
    if operation == _MULTIPLY:
        if abs(np.float64(a) * np.float64(b)) >= np.float64(_LARGE):
            return False
        put_i8(work, W_VALUES, top, a * b)
    else:
        put_i8(work, W_VALUES, top, a + b if operation == _ADD else a - b)
    return -_LARGE < i8(work, W_VALUES, top) < _LARGE


@jit
def _two(base: Table, cases: Table, operation: int, top: int, work: Table) -> bool:
    """An operation on ``top`` and the place above; the result at ``top``. False when a number grew too large."""
    if operation in (_AND, _OR):
        _logic(operation, top, work)
        return True
    put_i8(work, W_KNOWN, top, i8(work, W_KNOWN, top) & i8(work, W_KNOWN, top + 1))
    if not i8(work, W_KNOWN, top):
        return True
    a, b = i8(work, W_VALUES, top), i8(work, W_VALUES, top + 1)
    if operation <= _GREATER_EQUAL:
        put_i8(work, W_VALUES, top, 1 if _compared(operation, a, b) else 0)
    elif operation == _IN:
        put_i8(work, W_VALUES, top, 1 if _among(base, a, b) else 0)
    elif operation in (_STARTS, _CONTAINS):
        put_i8(work, W_VALUES, top, 1 if _holds_part(base, cases, a, b, operation == _CONTAINS) else 0)
    elif operation == _DAYS_APART:
        put_i8(work, W_VALUES, top, abs(a - b))
    elif operation in (_ADD, _SUBTRACT, _MULTIPLY):
        return _arithmetic(operation, top, work)
    else:
        put_i8(work, W_VALUES, top, 1 if _holds_any(base, cases, a, b, operation != _STARTS_ANY) else 0)
    return True


@jit
def _one(cases: Table, case: int, operation: int, top: int, work: Table) -> bool:
    """An operation on ``top`` alone. False when a number grew too large."""
    if operation == _NOT:
        put_i8(work, W_VALUES, top, 1 - i8(work, W_VALUES, top))
    elif operation == _HAS:
        put_i8(work, W_VALUES, top, i8(work, W_KNOWN, top))
        put_i8(work, W_KNOWN, top, 1)
    elif i8(work, W_KNOWN, top) and operation == _YEARS:
        put_i8(work, W_VALUES, top, whole_years(i8(work, W_VALUES, top), i8(cases, C_ON, case)))
        put_i8(work, W_KNOWN, top, 1 if i8(work, W_VALUES, top) >= 0 else 0)
    elif i8(work, W_KNOWN, top) and operation == _UNITS:
        if abs(i8(work, W_VALUES, top)) > _LARGE // 1000:
            return False
        put_i8(work, W_VALUES, top, i8(work, W_VALUES, top) * 1000)
    return True


@jit
def _load(
    base: Table, cases: Table, case: int, place: int, args: int, label: int, top: int, work: Table
) -> None:  # fmt: skip
    """Put the value that an instruction names on the stack."""
    operation, argument = u1(base, CODE_OP, place), i8(base, CODE_ARG, place)
    put_i8(work, W_KNOWN, top, 1)
    if operation == _ROW:
        put_i8(work, W_VALUES, top, i8(base, ARG_VALUE, args + argument))
        put_i8(work, W_KNOWN, top, u1(base, ARG_KNOWN, args + argument))
    elif operation == _FACT:
        slot = case * i8(cases, C_FACTS, 0) + argument
        put_i8(work, W_VALUES, top, i8(cases, C_ATTRIBUTE, slot))
        put_i8(work, W_KNOWN, top, u1(cases, C_KNOWN, slot))
    elif operation == _SUBJECT:
        put_i8(work, W_VALUES, top, i8(work, W_UNIT, argument))
        put_i8(work, W_KNOWN, top, i8(work, W_UNIT, FIELDS + argument))
    elif operation == _OTHER:
        put_i8(work, W_VALUES, top, i8(work, W_OTHER, argument))
        put_i8(work, W_KNOWN, top, i8(work, W_OTHER, FIELDS + argument))
    elif operation == _OTHERS:
        put_i8(work, W_VALUES, top, i8(work, W_OTHERS, argument))
        put_i8(work, W_KNOWN, top, i8(work, W_OTHERS, FIELDS + argument))
    else:
        put_i8(work, W_VALUES, top, label if operation == _LABEL else argument)


@jit
def run(
    base: Table, cases: Table, case: int, start: int, end: int, args: int, label: int, work: Table
) -> int:  # fmt: skip
    """The result of one expression: NO, YES, OPEN or TROUBLE.

    ``unit``, ``other`` and ``others`` of the scratch hold the values of SUBJECT_FIELDS, then for each whether it is known.
    """
    top, place = -1, start
    while place < end:
        operation = u1(base, CODE_OP, place)
        if operation <= _LABEL:
            top += 1
            _load(base, cases, case, place, args, label, top, work)
        elif operation >= _SKIP_FALSE:
            if i8(work, W_KNOWN, top) and i8(work, W_VALUES, top) == operation - _SKIP_FALSE:
                place += i8(base, CODE_ARG, place)
        elif operation in (_NOT, _HAS, _YEARS, _UNITS):
            if not _one(cases, case, operation, top, work):
                return TROUBLE
        else:
            top -= 1
            if not _two(base, cases, operation, top, work):
                return TROUBLE
        place += 1
    if not i8(work, W_KNOWN, 0):
        return OPEN
    return YES if i8(work, W_VALUES, 0) else NO
