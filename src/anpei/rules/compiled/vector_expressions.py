"""Predicates over arrays of rows: the instructions of ``bytecode`` with one (values, known) pair of arrays per place of the stack."""

from collections.abc import Mapping, Sequence
from datetime import date

import numpy as np

from anpei.rules.columns import Array
from anpei.rules.compiled.bytecode import SUBJECT_FIELDS, Op
from anpei.rules.compiled.encode import Cases
from anpei.rules.compiled.texts import unpacked
from anpei.rules.language.expression import whole_years

NO, YES, OPEN = 0, 1, 2
View = Mapping[str, int | None]
"""Values by name of SUBJECT_FIELDS; None or absent = unknown."""
_LARGE = 1 << 62
_Pair = tuple[Array, Array]
_COMPARE = {
    Op.EQUAL: np.equal, Op.UNEQUAL: np.not_equal, Op.LESS: np.less, Op.LESS_EQUAL: np.less_equal, Op.GREATER: np.greater,
    Op.GREATER_EQUAL: np.greater_equal,
}  # fmt: skip
_TEXT_OPS = (Op.STARTS, Op.CONTAINS, Op.STARTS_ANY, Op.CONTAINS_ANY, Op.IN)


class TooLarge(ArithmeticError):
    """A number grew too large to go on with whole numbers of 64 bits."""


def run(
    columns: Mapping[str, Array],
    cases: Cases,
    case: int,
    start: int,
    end: int,
    *,
    args: Array,
    unit: View,
    other: View | None,
    label: int,
    texts: Sequence[str],
) -> Array:
    """The result (NO, YES, OPEN) of one expression for each row, whose arguments begin at ``args``. Raises TooLarge."""
    stack: list[_Pair] = []
    size = len(args)
    for place in range(start, end):
        operation, argument = Op(int(columns["code_op"][place])), int(columns["code_arg"][place])
        if operation <= Op.LABEL:
            stack.append(_loaded(columns, cases, case, operation, argument, args, unit, other or {}, label))
        elif operation in (Op.SKIP_FALSE, Op.SKIP_TRUE):
            continue
        elif operation in (Op.NOT, Op.HAS, Op.YEARS, Op.UNITS):
            stack.append(_one(operation, stack.pop(), int(cases.on[case])))
        else:
            right, left = stack.pop(), stack.pop()
            if operation in _TEXT_OPS:
                stack.append(_texts(columns, cases, operation, left, right, texts))
            else:
                stack.append(_two(operation, left, right))
    values, known = (np.broadcast_to(part, (size,)) for part in stack[0])
    return np.where(known, np.where(values != 0, YES, NO), OPEN)


def _whole(value: int | None) -> _Pair:
    return np.array([value or 0], dtype=np.int64), np.array([value is not None])


def _loaded(
    columns: Mapping[str, Array], cases: Cases, case: int, operation: Op, argument: int, args: Array, unit: View, other: View, label: int
) -> _Pair:
    match operation:
        case Op.ROW:
            return columns["arg_value"][args + argument], columns["arg_known"][args + argument] != 0
        case Op.FACT:
            slot = case * int(cases.facts[0]) + argument
            return _whole(int(cases.attribute[slot]) if cases.known[slot] else None)
        case Op.SUBJECT:
            return _whole(unit.get(SUBJECT_FIELDS[argument]))
        case Op.OTHER | Op.OTHERS:
            return _whole(other.get(SUBJECT_FIELDS[argument]))
        case Op.LABEL:
            return _whole(label)
        case _:
            return _whole(argument)


def _one(operation: Op, value: _Pair, on: int) -> _Pair:
    values, known = value
    match operation:
        case Op.NOT:
            return 1 - values, known
        case Op.HAS:
            return known.astype(np.int64), np.ones_like(known)
        case Op.UNITS:
            if (np.abs(values[known]) > _LARGE // 1000).any():
                raise TooLarge
            return values * 1000, known
        case _:
            years = [
                whole_years(days=int(days), on=date.fromordinal(on)) if sure else None for days, sure in zip(values, known, strict=True)
            ]
            return np.array([year or 0 for year in years], dtype=np.int64), np.array([year is not None for year in years])


def _two(operation: Op, left: _Pair, right: _Pair) -> _Pair:
    (a, a_known), (b, b_known) = left, right
    known = a_known & b_known
    if operation in (Op.AND, Op.OR):
        decides = 0 if operation is Op.AND else 1
        decided = (a_known & (a == decides)) | (b_known & (b == decides))
        return np.where(decided, decides, 1 - decides), decided | known
    if operation in _COMPARE:
        return _COMPARE[operation](a, b).astype(np.int64), known
    if operation is Op.DAYS_APART:
        return np.abs(a - b), known
    if operation is Op.MULTIPLY:
        _bounded(a.astype(np.float64) * b.astype(np.float64), known)
        return a * b, known
    result = a + b if operation is Op.ADD else a - b
    _bounded(result, known)
    return result, known


def _bounded(values: Array, known: Array) -> None:
    if (np.abs(values[np.broadcast_to(known, values.shape)]) >= _LARGE).any():
        raise TooLarge


def _texts(columns: Mapping[str, Array], cases: Cases, operation: Op, left: _Pair, right: _Pair, texts: Sequence[str]) -> _Pair:
    """What is asked of texts: each different pair once, in Python."""
    (a, a_known), (b, b_known) = left, right
    first, second = np.broadcast_arrays(a, b)
    known = a_known & b_known
    asked: dict[tuple[int, int], int] = {}
    results = []
    for pair, sure in zip(zip(first.tolist(), second.tolist(), strict=True), np.broadcast_to(known, first.shape).tolist(), strict=True):
        if sure and pair not in asked:
            asked[pair] = int(_answer(columns, cases, operation, *pair, texts))
        results.append(asked.get(pair, 0) if sure else 0)
    return np.array(results, dtype=np.int64), known


def _answer(columns: Mapping[str, Array], cases: Cases, operation: Op, one: int, two: int, texts: Sequence[str]) -> bool:
    def text(number: int) -> str:
        return texts[number] if number >= 0 else unpacked(cases.text_at, cases.text_bytes, -1 - number)

    if operation in (Op.STARTS, Op.CONTAINS):
        parts = [text(two)]
    else:
        at = columns["list_at"]
        parts = [texts[place] for place in columns["list_text"][int(at[two]) : int(at[two + 1])].tolist()]
    if operation is Op.IN:
        return text(one) in parts
    whole = text(one)
    return any(whole.startswith(part) if operation in (Op.STARTS, Op.STARTS_ANY) else part in whole for part in parts)
