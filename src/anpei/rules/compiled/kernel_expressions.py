"""Machine code of what predicates ask of texts and ages; texts and days are numbers. ``predicates`` calls it by address."""

from typing import Any

import numpy as np

from anpei.rules.compiled.addressing import Table, i8, jit, put_i8, u1, u4, u8
from anpei.rules.compiled.bytecode import Op
from anpei.rules.compiled.tables import C_TEXT_AT, C_TEXT_BYTES, LIST_AT, LIST_TEXT, TEXT_AT, TEXT_BYTES, TEXT_HEAD, TEXT_MASK, W_YEARS
from anpei.rules.compiled.texts import HEAD
from anpei.rules.jit import callback

NO, YES, OPEN, TROUBLE = 0, 1, 2, 3
"""Results: false, true, unknown, and a number that grew too large to go on."""
_IN, _STARTS, _STARTS_ANY, _CONTAINS = (int(op) for op in (Op.IN, Op.STARTS, Op.STARTS_ANY, Op.CONTAINS))


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
def _head(base: Table, cases: Table, text: int) -> Any:
    """The first eight bytes of a text as one number, as ``texts.heads`` makes it."""
    if text >= 0:
        return u8(base, TEXT_HEAD, text)
    begin, found = i8(cases, C_TEXT_AT, -1 - text), np.uint64(0)
    length = i8(cases, C_TEXT_AT, -text) - begin
    for place in range(HEAD):
        found = found << np.uint64(8)
        if place < length:
            found |= np.uint64(u1(cases, C_TEXT_BYTES, begin + place))
    return found


@jit
def _starts_any(base: Table, cases: Table, text: int, group: int) -> bool:
    """Whether a text begins with one of a list: most are told apart by their first bytes."""
    head = _head(base, cases, text)
    for place in range(u4(base, LIST_AT, group), u4(base, LIST_AT, group + 1)):
        part = u4(base, LIST_TEXT, place)
        if head & u8(base, TEXT_MASK, part) == u8(base, TEXT_HEAD, part) and _holds_part(base, cases, text, part, False):
            return True
    return False


@jit
def _holds_any(base: Table, cases: Table, text: int, group: int) -> bool:
    for place in range(u4(base, LIST_AT, group), u4(base, LIST_AT, group + 1)):
        if _holds_part(base, cases, text, u4(base, LIST_TEXT, place), True):
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


@callback("int64(int64, int64, int64)")
def ask_years(work: Table, days: int, on: int) -> int:
    """``whole_years`` for machine code that knows its address. The last answer is kept: most ask for one age on one day."""
    if i8(work, W_YEARS, 0) != days or i8(work, W_YEARS, 1) != on:
        put_i8(work, W_YEARS, 0, days)
        put_i8(work, W_YEARS, 1, on)
        put_i8(work, W_YEARS, 2, whole_years(days, on))
    return i8(work, W_YEARS, 2)


@callback("int64(int64, int64, int64, int64, int64, int64)")
def ask_text(base: Table, cases: Table, text: int, other: int, known: int, operation: int) -> int:
    """What an operation asks of a text and another text or list; 0 unless both are known."""
    if not known:
        return 0
    if operation == _IN:
        return 1 if _among(base, text, other) else 0
    if operation in (_STARTS, _CONTAINS):
        return 1 if _holds_part(base, cases, text, other, operation == _CONTAINS) else 0
    if operation == _STARTS_ANY:
        return 1 if _starts_any(base, cases, text, other) else 0
    return 1 if _holds_any(base, cases, text, other) else 0
