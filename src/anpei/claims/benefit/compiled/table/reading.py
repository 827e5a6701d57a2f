"""From the table of cases to columns, without a loop over cases."""

from dataclasses import dataclass, field
from typing import Any

import numpy as np
import pyarrow as pa

from anpei.claims.benefit.compiled.arrow import (
    DAY_ZERO,
    Array,
    Column,
    Texts,
    children,
    column_of,
    days,
    field_of,
    flags,
    owners,
    texts,
    whole,
)
from anpei.claims.benefit.compiled.cases import FIRST_DAY, LAST_DAY, MOST_FEN, Cases, Earlier, Level, Units, Why
from anpei.claims.benefit.compiled.table import declared, schema
from anpei.claims.benefit.compiled.table.bills import Bills, LineTerms, read_bills, units_of
from anpei.claims.benefit.facts import CURRENCY
from anpei.records.products.model import Terms


def read_cases(table: pa.Table, *, terms: Terms, lines: LineTerms | None = None) -> Cases:
    """The rows of a table of cases (``schema.CASES``) as columns; all must be of the product version and plan of the terms.

    ``lines`` gives classes and cover of all lines of the table instead of what stands there. Raises BenefitInvalid when a column has
    another type than the schema says; what is wrong with a single case only marks that case.
    """
    reader = _Reader(table, terms, lines)
    return reader.by_event() if terms.unit == "event" else reader.by_bill()


@dataclass(slots=True)
class _Reader:
    table: pa.Table
    terms: Terms
    lines: LineTerms | None
    why: Array = field(init=False)
    waits: Array = field(init=False)

    def __post_init__(self) -> None:
        self.why = np.zeros(self.table.num_rows, np.int64)
        self.waits = np.zeros(self.table.num_rows, bool)

    def mark(self, cases: Any, why: Why) -> None:
        self.why[cases] |= why

    def by_bill(self) -> Cases:
        """Cases that are calculated bill by bill or visit by visit."""
        bills = self._bills()
        self.mark(np.bincount(bills.case, minlength=len(self.why)) == 0, Why.FACTS)
        self.waits |= np.bincount(bills.case, minlength=len(self.why)) == 0
        units, level, top = units_of(bills, self.terms)
        levels = {"bill": level} if self.terms.unit == "bill" else {"visit": top, "bill": level}
        return self._cases(units, levels)

    def by_event(self) -> Cases:
        """Cases that are calculated as one event."""
        bills, count = self._bills(), self.table.num_rows
        on = self._day("occurred_on")
        self.mark(self._foreign(), Why.CURRENCY)
        case, ids = np.arange(count), _event_ids(texts(column_of(self.table, "event_id", pa.string())))
        event = declared.event_facts(self.table, self.terms, self.why)
        start = self._day("policy_start_on")
        values = {"event_on": Column(on), "policy_start_on": Column(start), **event.values}
        burden, total = np.zeros(count, np.int64), np.zeros(count, np.int64)
        np.add.at(burden, bills.case, bills.burden)
        np.add.at(total, bills.case, bills.column("total").value)
        units = Units(case=case, on=on, burden=burden, total=total, scoped=np.ones(count, bool), ids=ids)
        levels = {"event": Level(case=case, unit=case, on=on, ids=ids, values=values, texts=event.texts)}
        levels |= declared.list_levels(self.table, self.terms, self.why, bills=bills, on=on)
        levels["bill"] = bills.level(np.arange(len(bills.case)), unit=bills.case)
        return self._cases(units, levels)

    def _cases(self, units: Units, levels: dict[str, Level]) -> Cases:
        return Cases(
            count=self.table.num_rows, why=self.why, waits=self.waits, start_on=self._day("policy_start_on"),
            event_id=texts(column_of(self.table, "event_id", pa.string())), units=units, levels=levels, earlier=self._earlier(),
        )  # fmt: skip

    def _day(self, name: str) -> Array:
        column = days(column_of(self.table, name, pa.date32()))
        wrong = (column.value < FIRST_DAY) | (column.value > LAST_DAY)
        self.mark(wrong if column.known is None else wrong | ~column.known, Why.FACTS)
        return np.where(wrong, DAY_ZERO, column.value)

    def _foreign(self) -> Array:
        """Cases whose event is in another currency."""
        given = texts(column_of(self.table, "currency", pa.string()))
        return np.array([word not in {CURRENCY, ""} for word in given.words] + [False], bool)[given.code]

    def _bills(self) -> Bills:
        counts, rows = children(column_of(self.table, "bills", pa.list_(schema.BILL)), schema.BILL)
        case = owners(counts)
        given = texts(field_of(rows, "currency", pa.string()))
        says_none = np.array([not word for word in given.words] + [True], bool)[given.code]
        other = np.array([word not in {CURRENCY, ""} for word in given.words] + [False], bool)[given.code]
        self.mark(case[np.where(says_none, self._foreign()[case], other)], Why.CURRENCY)
        social = flags(column_of(self.table, "social_insurance", pa.bool_()))
        if social.known is not None:
            self.mark(case[~social.known[case]], Why.FACTS)
        return read_bills(rows, case=case, social=social.value[case], lines=self.lines, why=self.why, waits=self.waits)

    def _earlier(self) -> Earlier:
        counts, rows = children(column_of(self.table, "used", pa.list_(schema.USE)), schema.USE)
        case, used = owners(counts), whole(field_of(rows, "used", pa.int64()))
        name, key = texts(field_of(rows, "name", pa.string())), texts(field_of(rows, "period_key", pa.string()))
        wrong = (used.value < 0) | (name.code < 0) | (key.code < 0)
        self.mark(case[wrong if used.known is None else wrong | ~used.known], Why.FACTS)
        self.mark(case[used.value > MOST_FEN], Why.NUMBER)
        return Earlier(case=case, name=name, key=key, used=np.clip(used.value, 0, MOST_FEN))


def _event_ids(given: Texts) -> Texts:
    """How an event is named: by its id, or plainly where it has none."""
    empty = np.array([not word for word in given.words] + [True], bool)
    return Texts(np.where(empty[given.code], len(given.words), given.code), (*given.words, "event"))
