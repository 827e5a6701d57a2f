"""Machine code of what predicates see: the joint values of a unit, one other subject, and several others together."""

from anpei.rules.compiled.addressing import Table, i8, jit, put_i8
from anpei.rules.compiled.bytecode import SUBJECT_FIELDS
from anpei.rules.compiled.encode import UNKNOWN
from anpei.rules.compiled.tables import C_AMOUNT, C_DAY, C_FIRST_KEY, C_NAME, C_QUANTITY, W_UNIT

FIELDS = len(SUBJECT_FIELDS)
OTHER, OTHERS = 2 * FIELDS, 4 * FIELDS
"""Where the values of another subject, and of several others, begin after those of the unit."""
_NAME, _DAY, _QUANTITY, _AMOUNT = (SUBJECT_FIELDS.index(name) for name in ("name", "day", "quantity", "amount"))
_LINES, _KINDS, _DAYS, _SPAN = (SUBJECT_FIELDS.index(name) for name in ("lines", "kinds", "days", "span"))


@jit
def measure(cases: Table, first: int, members: int, count: int, work: Table) -> None:
    """The joint values of some members (positions in the case that begins at ``first``), as ``judging.grouping.unit_of`` gives them."""
    quantity, amount, dated, days, kinds, priced = 0, 0, 0, 0, 0, 0
    least, most = 0, 0
    for place in range(count):
        subject = first + i8(work, members, place)
        quantity += i8(cases, C_QUANTITY, subject)
        if i8(cases, C_AMOUNT, subject) != UNKNOWN:
            amount += i8(cases, C_AMOUNT, subject)
            priced += 1
        kinds += 1 if _new(cases, C_FIRST_KEY, first, members, place, work) else 0
        day = i8(cases, C_DAY, subject)
        if day != 0:
            dated += 1
            least = day if dated == 1 or day < least else least
            most = max(day, most)
            days += 1 if _new(cases, C_DAY, first, members, place, work) else 0
    whole = 1 if dated == count else 0
    name = i8(cases, C_NAME, first + i8(work, members, 0))
    _keep(work, 0, _NAME, name, 0 if name == UNKNOWN else 1)
    _keep(work, 0, _DAY, least, 1 if whole and days == 1 else 0)
    _keep(work, 0, _QUANTITY, quantity, 1)
    _keep(work, 0, _AMOUNT, amount, 1 if priced == count else 0)
    _keep(work, 0, _LINES, count, 1)
    _keep(work, 0, _KINDS, kinds, 1)
    _keep(work, 0, _DAYS, days, whole)
    _keep(work, 0, _SPAN, most - least + 1, whole)


@jit
def _new(cases: Table, column: int, first: int, members: int, place: int, work: Table) -> bool:
    """Whether no earlier member has the same value."""
    value = i8(cases, column, first + i8(work, members, place))
    for earlier in range(place):
        if i8(cases, column, first + i8(work, members, earlier)) == value:
            return False
    return True


@jit
def _keep(work: Table, view: int, field: int, value: int, known: int) -> None:
    put_i8(work, W_UNIT, view + field, value)
    put_i8(work, W_UNIT, view + FIELDS + field, known)


@jit
def view(cases: Table, subject: int, work: Table) -> None:
    """One other subject, as a predicate sees it: day and quantity."""
    _keep(work, OTHER, _DAY, i8(cases, C_DAY, subject), 1 if i8(cases, C_DAY, subject) else 0)
    _keep(work, OTHER, _QUANTITY, i8(cases, C_QUANTITY, subject), 1)


@jit
def view_sum(lines: int, quantity: int, work: Table) -> None:
    """Several others together: lines and quantity."""
    _keep(work, OTHERS, _LINES, lines, 1)
    _keep(work, OTHERS, _QUANTITY, quantity, 1)
