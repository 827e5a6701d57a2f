"""The operations of ``claims.benefit._operations`` over arrays: the same whole numbers, and where there is no result, a mark.

An operation gives its output and the rows in which it has none, or in which 64 bits do not surely hold what it calculates with.
"""

from collections.abc import Callable, Mapping, Sequence

import numpy as np

from anpei.claims.benefit.compiled.arrow import DAY_ZERO, Array
from anpei.claims.benefit.compiled.cases import Why
from anpei.claims.benefit.compiled.program import Plan
from anpei.kernel.money import FULL_BP

Marks = list[tuple[Why, Array]]
Result = tuple[Array, Marks]
SURE = 4 * 10**18
"""Products up to here can be doubled and rounded in 64 bits (9.2 x 10^18)."""
DAYS = (1, 3_652_059)
"""The days that ``date`` knows, by their number."""


def products(left: Array, right: Array) -> Result:
    """The products; rows in which 64 bits may not hold one are marked and zero."""
    if not len(left) or int(left.max()) * int(right.max()) <= SURE:
        return left * right, []
    large = left.astype(np.float64) * right.astype(np.float64) > SURE
    return np.where(large, 0, left) * np.where(large, 0, right), [(Why.NUMBER, large)] if large.any() else []


def rounded(product: Array, whole: Array | int, how: str) -> Array:
    """``product / whole`` as whole numbers: ``half_up``, ``down`` or ``up``; both non-negative, ``whole`` above zero."""
    if how == "down":
        return product // whole
    return (2 * product + whole) // (2 * whole) if how == "half_up" else -(-product // whole)


def _ratio(values: Sequence[Array], plan: Plan) -> Result:
    product, marks = products(values[0], values[1])
    return rounded(product, FULL_BP, plan.step.rounding), marks


def _proportion(values: Sequence[Array], plan: Plan) -> Result:
    product, marks = products(values[0], values[1])
    nothing = values[2] == 0
    return rounded(product, np.where(nothing, 1, values[2]), plan.step.rounding), [*marks, (Why.STEP, nothing)]


def _multiply(values: Sequence[Array], _: Plan) -> Result:
    return products(values[0], values[1])


def _ordered(values: Sequence[Array]) -> tuple[Array, Array, Marks]:
    first, last = (np.clip(value, *DAYS) for value in values)
    return first, last, [(Why.STEP, (first != values[0]) | (last != values[1]) | (last < first))]


def _days(values: Sequence[Array], plan: Plan) -> Result:
    first, last, marks = _ordered(values)
    nights = last - first
    counting = str(plan.step.setting("counting"))
    return {"nights": nights, "at_least_one": np.maximum(nights, 1), "both_ends": nights + 1}[counting], marks


def _months(values: Sequence[Array], _: Plan) -> Result:
    first, last, marks = _ordered(values)
    (from_month, from_day), (to_month, to_day) = _month_and_day(first), _month_and_day(last)
    return to_month - from_month - (to_day < from_day), marks


def _month_and_day(days: Array) -> tuple[Array, Array]:
    """Months since 1970 and the day within the month."""
    held = (days - DAY_ZERO).astype("datetime64[D]")
    months = held.astype("datetime64[M]")
    return months.astype(np.int64), (held - months.astype("datetime64[D]")).astype(np.int64)


def _table(values: Sequence[Array], plan: Plan) -> Result:
    assert plan.keys is not None and plan.row_values is not None  # noqa: S101, PT018 - a table step has both
    place = np.searchsorted(plan.keys, values[0], side="right") - 1
    missing = place < 0
    place = np.maximum(place, 0)
    if not plan.band:
        missing |= plan.keys[place] != values[0]
    return plan.row_values[place], [(Why.STEP, missing)]


def _is(values: Sequence[Array], plan: Plan) -> Result:
    assert plan.words is not None  # noqa: S101 - a step that asks for words has them
    return plan.words[np.clip(values[0], 0, len(plan.words) - 1)], []


_COMPARE: Mapping[str, Callable[[Array, Array], Array]] = {
    "less": np.less, "at_most": np.less_equal, "equal": np.equal, "at_least": np.greater_equal, "more": np.greater,
}  # fmt: skip


def _compare(values: Sequence[Array], plan: Plan) -> Result:
    return _COMPARE[str(plan.step.setting("is"))](values[0], values[1]).astype(np.int64), []


def _folded(fold: Callable[[Array, Array], Array]) -> Callable[[Sequence[Array], Plan], Result]:
    def run(values: Sequence[Array], _: Plan) -> Result:
        out = values[0]
        for value in values[1:]:
            out = fold(out, value)
        return out, []

    return run


def _held(fold: Callable[[Array, Array], Array]) -> Callable[[Sequence[Array], Plan], Result]:
    def run(values: Sequence[Array], _: Plan) -> Result:
        out = values[0] != 0
        for value in values[1:]:
            out = fold(out, value != 0)
        return out.astype(np.int64), []

    return run


def _subtract(values: Sequence[Array], _: Plan) -> Result:
    out = values[0]
    for value in values[1:]:
        out = out - value
    return np.maximum(out, 0), []


_sum, _smaller, _larger = _folded(np.add), _folded(np.minimum), _folded(np.maximum)

OPERATIONS: Mapping[str, Callable[[Sequence[Array], Plan], Result]] = {
    "sum": _sum,
    "later": _sum,
    "subtract": _subtract,
    "smaller": _smaller,
    "larger": _larger,
    "clamp": lambda values, _: (np.minimum(np.maximum(values[0], values[1]), values[2]), []),
    "choose": lambda values, _: (values[0], []),
    "deductible": _smaller,
    "cap": _smaller,
    "count": lambda values, _: (np.where(values[1] > 0, values[0], 0), []),
    "multiply": _multiply,
    "ratio": _ratio,
    "proportion": _proportion,
    "days": _days,
    "months": _months,
    "table": _table,
    "is": _is,
    "compare": _compare,
    "all": _held(np.logical_and),
    "any": _held(np.logical_or),
    "not": lambda values, _: ((values[0] == 0).astype(np.int64), []),
}
"""All operations of one row. Those that look at several rows stand in ``groups``."""

OPENED: Mapping[str, Callable[[Sequence[Array]], Array]] = {
    "deductible": lambda values: np.zeros_like(values[0]),
    "cap": lambda values: values[0],
    "count": lambda values: values[0],
}
"""The same without deductibles and limits: what shows whether these alone explain a zero."""
