"""The bills of cases as columns: their facts, their lines in sums, their order, and the visits they belong to."""

from collections.abc import Mapping
from dataclasses import dataclass

import numpy as np
import pyarrow as pa

from anpei.claims.benefit._form import BenefitInvalid
from anpei.claims.benefit.compiled.arrow import (
    Array,
    Column,
    Texts,
    children,
    days,
    field_of,
    flags,
    owners,
    starts,
    sums,
    text_ranks,
    texts,
    whole,
)
from anpei.claims.benefit.compiled.cases import FIRST_DAY, LAST_DAY, MOST_FEN, MOST_ROWS, MOST_TURNS, Level, Units, Why
from anpei.claims.benefit.compiled.table import schema
from anpei.records.products.model import Terms

CLASSES = {"A": 1, "B": 2, "C": 3}
"""How ``LineTerms`` writes a class; 0 where the catalogue does not know the item."""


@dataclass(frozen=True, slots=True, kw_only=True)
class LineTerms:
    """What a catalogue says of all lines of a table, in their order: classes as in ``CLASSES``, and whether the product covers the item."""

    insurance_class: Array
    covered: Array


@dataclass(frozen=True, slots=True, kw_only=True)
class Bills:
    """Bills by case and, within it, by day and id. ``days`` are those that lists may take from bills."""

    case: Array
    ids: Texts
    kind: Texts
    visit: Texts
    on: Array
    burden: Array
    values: Mapping[str, Column]
    days: Mapping[str, Column]

    def column(self, name: str) -> Column:
        """A fact of the bills."""
        return self.values[name]

    def level(self, rows: Array, *, unit: Array) -> Level:
        """Some bills as a level, in their order, with the unit that each belongs to."""
        ids = self.ids.take(rows)
        values = {name: column.take(rows) for name, column in self.values.items()}
        return Level(case=self.case[rows], unit=unit, on=self.on[rows], ids=ids, values=values)


@dataclass(slots=True)
class _Marks:
    case: Array
    why: Array
    waits: Array

    def mark(self, bills: Array, why: Why) -> None:
        self.why[self.case[bills]] |= why

    def wait(self, bills: Array) -> None:
        self.waits[self.case[bills]] = True


def read_bills(
    rows: pa.StructArray, *, case: Array, social: Array, lines: LineTerms | None, why: Array, waits: Array
) -> Bills:  # fmt: skip
    """The bills of all cases. What is wrong with one marks its case in ``why``; what the claim line waits for, in ``waits``."""
    marks = _Marks(case, why, waits)
    values = _amounts(rows, marks)
    on = days(field_of(rows, "service_on", pa.date32()))
    settled = flags(field_of(rows, "settled_by_social", pa.bool_()))
    for column in (on, settled):
        if column.known is not None:
            marks.mark(~column.known, Why.BILL)
            marks.wait(~column.known)
    outside = (on.value < FIRST_DAY) | (on.value > LAST_DAY)
    marks.mark(outside, Why.BILL)
    kind = texts(field_of(rows, "kind", pa.string()))
    values |= _line_sums(rows, values["total"].value, lines, marks)
    inpatient = np.array([word == "inpatient" for word in kind.words] + [False], bool)[kind.code]
    values |= {
        "settled_by_social": Column(settled.value),
        "social_insurance": Column(social),
        "inpatient": Column(inpatient.astype(np.int64)),
    }
    service = np.where(outside, FIRST_DAY, on.value)
    values["service_on"] = Column(service)
    _check(values, marks)
    ids = texts(field_of(rows, "bill_id", pa.string()))
    marks.mark(ids.code < 0, Why.FACTS)
    total = values["total"].value
    paid = values["pooled"].value + values["serious_illness"].value + values["other_payment"].value
    stay = {name: days(field_of(rows, name, pa.date32())) for name in ("admitted_on", "discharged_on")}
    visit = texts(field_of(rows, "visit", pa.string()))
    bills = Bills(
        case=case, ids=ids, kind=kind, visit=visit, on=service, burden=np.maximum(total - paid, 0), values=values,
        days={**stay, "service_on": on},
    )  # fmt: skip
    return _in_order(bills, marks)


def _amounts(rows: pa.StructArray, marks: _Marks) -> dict[str, Column]:
    made: dict[str, Column] = {}
    for name in ("total", "pooled", "serious_illness", "other_payment", "self_paid", "own_expense"):
        given = whole(field_of(rows, f"{name}_fen", pa.int64()))
        marks.mark(given.value < 0, Why.BILL)
        marks.mark(given.value > MOST_FEN, Why.NUMBER)
        value = np.clip(given.value, 0, MOST_FEN)
        made[name] = Column(value, given.known if name in {"self_paid", "own_expense"} else None)
        if name == "total":
            marks.wait(value == 0)
            if given.known is not None:
                marks.mark(~given.known, Why.BILL)
    return made


def _line_sums(rows: pa.StructArray, total: Array, lines: LineTerms | None, marks: _Marks) -> dict[str, Column]:
    """The sums of the lines by class; those inside and outside are known where all covered lines have a class and add up to the total."""
    counts, each = children(field_of(rows, "lines", pa.list_(schema.LINE)), schema.LINE)
    bounds = starts(counts)
    marks.mark(counts > MOST_ROWS, Why.NUMBER)
    given = whole(field_of(each, "amount_fen", pa.int64())).value
    amount = np.clip(given, 0, MOST_FEN)
    if len(given) and given.max() > MOST_FEN:
        marks.mark(owners(counts)[given > MOST_FEN], Why.NUMBER)
    said = lines or _line_terms(each, owners(counts), amount, marks)
    if len(said.covered) != len(each) or len(said.insurance_class) != len(each):
        raise BenefitInvalid(f"classes and cover must be given for each of the {len(each)} lines of the table, in their order")
    covered = np.asarray(said.covered, bool)
    class_ = np.asarray(said.insurance_class)
    all_ = sums(amount, bounds)
    out = np.zeros_like(all_) if covered.all() else sums(np.where(covered, 0, amount), bounds)
    outside = sums(np.where(covered & (class_ == CLASSES["C"]), amount, 0), bounds)
    strange = covered & (class_ == 0) & (amount > 0)
    unclassed = sums(strange, bounds) if strange.any() else np.zeros_like(all_)
    marks.mark(all_ > total, Why.BILL)
    known = (all_ == total) & (unclassed == 0)
    inside = np.where(known, all_ - out - outside, 0)
    return {
        "lines_inside": Column(inside, known),
        "lines_outside": Column(np.where(known, outside, 0), known),
        "lines_not_covered": Column(out),
    }


def _line_terms(each: pa.StructArray, bill: Array, amount: Array, marks: _Marks) -> LineTerms:
    given = texts(field_of(each, "insurance_class", pa.string()))
    class_ = np.array([CLASSES.get(word, -1) for word in given.words] + [0], np.int8)[given.code]
    marks.mark(bill[(class_ < 0) & (amount > 0)], Why.FACTS)
    covered = flags(field_of(each, "covered", pa.bool_()))
    held = covered.value == 1
    return LineTerms(insurance_class=class_, covered=held if covered.known is None else held | ~covered.known)


def _check(values: Mapping[str, Column], marks: _Marks) -> None:
    """The same contradictions that ``assess`` refuses."""
    total, pooled, serious, other, self_paid, own = (
        values[name].value for name in ("total", "pooled", "serious_illness", "other_payment", "self_paid", "own_expense")
    )  # fmt: skip
    settled, social = values["settled_by_social"].value == 1, pooled + serious
    wrong = (social + other > total) | np.where(settled, social + self_paid + own > total, social > 0)
    marks.mark(wrong, Why.BILL)
    for name in ("self_paid", "own_expense"):
        known = values[name].known
        if known is not None:
            marks.wait(settled & ~known)


def _in_order(bills: Bills, marks: _Marks) -> Bills:
    """By case, day and id; an id that stands twice in a case marks it."""
    case, on = bills.case, bills.on
    marks.why[np.bincount(case, minlength=len(marks.why)) > MOST_TURNS] |= Why.NUMBER
    beside = case[1:] == case[:-1]
    if not beside.any():
        return bills
    named = np.lexsort((bills.ids.code, case))
    twice = (case[named][1:] == case[named][:-1]) & (bills.ids.code[named][1:] == bills.ids.code[named][:-1])
    marks.mark(named[1:][twice], Why.FACTS)
    if not (beside & (on[1:] <= on[:-1])).any():
        return bills
    order = np.lexsort((text_ranks(bills.ids), on, case))
    return Bills(
        case=case[order], ids=bills.ids.take(order), kind=bills.kind.take(order), visit=bills.visit.take(order), on=on[order],
        burden=bills.burden[order], values={name: column.take(order) for name, column in bills.values.items()},
        days={name: column.take(order) for name, column in bills.days.items()},
    )  # fmt: skip


def units_of(bills: Bills, terms: Terms) -> tuple[Units, Level, Level]:
    """The units in the order in which they are calculated, the bills of those in scope as a level, and these units as a level.

    By day; on one day the heavier burden first, then by name: as ``assess`` goes through them.
    """
    in_scope = np.array([word in terms.event_kinds for word in bills.kind.words] + ["" in terms.event_kinds], bool)[bills.kind.code]
    group, joined = _groups(bills, in_scope, by_visit=terms.unit == "visit")
    first = np.unique(group, return_index=True)[1] if joined.any() else group
    count = len(first)
    burden, total = np.zeros(count, np.int64), np.zeros(count, np.int64)
    np.add.at(burden, group, bills.burden)
    np.add.at(total, group, bills.column("total").value)
    case, on = bills.case[first], bills.on[first]
    order = _unit_order(bills, case=case, on=on, burden=burden, first=first, joined=joined[first])
    place = np.empty(count, np.int64)
    place[order] = np.arange(count)
    first = first[order]
    ids = _unit_ids(bills, first, joined[first])
    units = Units(case=case[order], on=on[order], burden=burden[order], total=total[order], scoped=in_scope[first], ids=ids)
    unit = place[group]
    rows = np.flatnonzero(in_scope)
    rows = rows[np.argsort(unit[rows], kind="stable")]
    scoped = np.flatnonzero(units.scoped)
    top = Level(case=units.case[scoped], unit=scoped, on=units.on[scoped], ids=ids.take(scoped))
    return units, bills.level(rows, unit=unit[rows]), top


def _groups(bills: Bills, in_scope: Array, *, by_visit: bool) -> tuple[Array, Array]:
    """For each bill the place of its unit in the order of first bills, and whether bills are joined by a visit there."""
    named = np.array([bool(word) for word in bills.visit.words] + [False], bool)[bills.visit.code]
    joined = in_scope & named & by_visit
    if not joined.any():
        return np.arange(len(bills.case)), joined
    own = len(bills.visit.words) + np.arange(len(bills.case))
    key = bills.case * (len(bills.visit.words) + len(bills.case)) + np.where(joined, bills.visit.code, own)
    _, first, inverse = np.unique(key, return_index=True, return_inverse=True)
    place = np.empty(len(first), np.int64)
    place[np.argsort(first, kind="stable")] = np.arange(len(first))
    return place[inverse], joined


def _unit_order(bills: Bills, *, case: Array, on: Array, burden: Array, first: Array, joined: Array) -> Array:
    order = np.lexsort((-burden, on, case))
    keys = [key[order] for key in (case, on, burden)]
    if not np.logical_and.reduce([key[1:] == key[:-1] for key in keys]).any():
        return order
    return np.lexsort((text_ranks(_unit_ids(bills, first, joined)), -burden, on, case))


def _unit_ids(bills: Bills, first: Array, joined: Array) -> Texts:
    """The names of units: of the visit, or of the one bill. Each text has one code."""
    if not joined.any():
        return bills.ids.take(first)
    words = texts(pa.array([*bills.ids.words, *bills.visit.words], pa.string()))
    visit = bills.visit.code[first] + len(bills.ids.words)
    return Texts(np.where(joined, np.append(words.code, -1)[visit], bills.ids.code[first]), words.words)
