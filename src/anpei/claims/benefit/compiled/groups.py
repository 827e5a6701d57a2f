"""What looks at several rows of a case at once: sums and worst grades, largest remainders, stays that belong together."""

import numpy as np

from anpei.claims.benefit.compiled.arrow import Array
from anpei.claims.benefit.compiled.operations import SURE


def sums_by(owner: Array, values: Array, count: int) -> Array:
    """The sum over the rows of each owner (exact)."""
    made = np.zeros(count, np.int64)
    np.add.at(made, owner, values)
    return made


def largest_by(owner: Array, values: Array, count: int) -> Array:
    """The largest value over the rows of each owner; zero where there is none."""
    made = np.zeros(count, np.int64)
    np.maximum.at(made, owner, values)
    return made


def worst_by(owner: Array, values: Array, count: int, promote: int) -> tuple[Array, Array]:
    """The most severe grade over the rows of each owner, several equal worst ones promoted; and where there is none."""
    made = np.full(count, np.iinfo(np.int64).max, np.int64)
    np.minimum.at(made, owner, values)
    none = made == np.iinfo(np.int64).max
    equal = sums_by(owner, (values == made[owner]).astype(np.int64), count)
    made = np.where(equal > 1, np.maximum(made - promote, 1), made)
    return np.where(none, 0, made), none


def split(*, amount: Array, owner: Array, weight: Array) -> tuple[Array, Array, Array]:
    """Each owner's amount among its rows by the largest remainder (``kernel.money.split``); rows in the order in which ties go.

    Gives the parts, the owners with nothing to share by (all weights zero though there is an amount), and the owners whose numbers
    64 bits do not surely hold; rows of such owners get zero.
    """
    count = len(amount)
    whole = sums_by(owner, weight, count)
    nothing = (whole == 0) & (amount > 0)
    same = amount == whole
    parts = np.where(same[owner], weight, 0)
    rows = np.flatnonzero(~same[owner] & (whole[owner] > 0))
    if not len(rows):
        return parts, nothing, np.zeros(count, bool)
    of, by = owner[rows], weight[rows]
    large_row = amount[of].astype(np.float64) * by.astype(np.float64) > SURE
    large = np.zeros(count, bool)
    large[of[large_row]] = True
    product = np.where(large_row, 0, amount[of]) * by
    floors, rest = product // whole[of], product % whole[of]
    left = amount - sums_by(of, floors, count)
    order = np.lexsort((np.arange(len(rows)), -rest, of))
    held = of[order]
    place = np.arange(len(rows)) - np.searchsorted(held, held, side="left")
    more = np.zeros(len(rows), np.int64)
    more[order] = place < left[held]
    parts[rows] = floors + more
    parts[large[owner]] = 0
    return parts, nothing, large


def carried(*, case: Array, amount: Array, first: Array, last: Array, within: Array, text: Array) -> tuple[Array, Array]:
    """For each row the sum of the rows before it that belong together with it: one after another, of one text, near enough.

    Also gives the rows of which this cannot be told: they are near others, and one of the two has no text (-1). Rows come by case and,
    within it, in the order in which the reference looks at them.
    """
    begin = np.searchsorted(case, case, side="left")
    place = np.arange(len(case)) - begin
    made, unsaid = np.zeros(len(case), np.int64), np.zeros(len(case), bool)
    for number in range(1, int(place.max(initial=0)) + 1):
        rows = np.flatnonzero(place == number)
        found = np.full(len(rows), -1, np.int64)
        for back in range(number):
            other = begin[rows] + back
            apart = first[rows] - last[other]
            near = (apart >= 0) & (apart <= within[rows])
            unsaid[rows] |= near & ((text[rows] < 0) | (text[other] < 0))
            found = np.where(near & (text[rows] == text[other]), other, found)
        has = found >= 0
        made[rows[has]] = made[found[has]] + amount[found[has]]
    return made, unsaid
