"""The array execution (numpy, no machine code): the same records as the kernel, with the rows of a group judged all at once.

What each shape means stands in docs/rules.md, section "Shapes". Slower than the kernel, faster than the reference; it serves where
numba cannot run, and proves the kernel.
"""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

import numpy as np

from anpei.rules.columns import Array
from anpei.rules.compiled.build import EPOCH, OPEN_END, SHADOW_BIT
from anpei.rules.compiled.encode import UNKNOWN, Cases
from anpei.rules.compiled.program import GROUPINGS, SHAPES
from anpei.rules.compiled.records import HIT, UNDECIDED, Records
from anpei.rules.compiled.vector_expressions import NO, OPEN, YES, TooLarge, View, run
from anpei.rules.model import Grouping, Shape

if TYPE_CHECKING:
    from anpei.rules.compiled.machine import CompiledRules

_BY_SUBJECT = (Shape.GROUP_ANY, Shape.ABSENT)


def judge(rules: "CompiledRules", cases: Cases, shadow: bool, counting: bool) -> Records:
    """The records of many cases, one case after the other."""
    out = _Out()
    considered, troubled = np.zeros(len(cases.on), np.int64), np.zeros(len(cases.on), np.uint8)
    for case in range(len(cases.on)):
        one = _Case(rules, cases, case, shadow, out)
        try:
            one.judge()
        except TooLarge:
            troubled[case] = 1
        considered[case] = one.considered if counting else 0
    return Records(
        np.array(out.records, dtype=np.int64).reshape(-1, 8), np.array(out.rows, dtype=np.int64), np.array(out.members, dtype=np.int64),
        considered, troubled,
    )  # fmt: skip


@dataclass(slots=True)
class _Out:
    records: list[tuple[int, ...]] = field(default_factory=list)
    rows: list[int] = field(default_factory=list)
    members: list[int] = field(default_factory=list)


class _Case:
    """One case: its subjects by key, and the rows that name them."""

    def __init__(self, rules: "CompiledRules", cases: Cases, case: int, shadow: bool, out: _Out) -> None:
        self._rules, self._columns, self._cases, self._case, self._shadow, self._out = rules, rules.columns, cases, case, shadow, out
        self._first = int(cases.subject_at[case])
        self._count = int(cases.subject_at[case + 1]) - self._first
        self._day = int(cases.on[case])
        self.considered = 0
        self._named: dict[int, list[int]] = {}
        for subject in range(self._count):
            for key in self._keys_of(subject):
                self._named.setdefault(key, []).append(subject)
        self._pending: dict[tuple[int, int, int], list[int]] = {}

    def _keys_of(self, subject: int) -> list[int]:
        at = self._cases.key_at
        found: list[int] = self._cases.key[int(at[self._first + subject]) : int(at[self._first + subject + 1])].tolist()
        return found

    def judge(self) -> None:
        """Everything about this case."""
        together: dict[tuple[int, int, int], list[int]] = {}
        for key, members in self._named.items():
            for template, rows in self._segments(key):
                self.considered += len(rows)
                if SHAPES[self._of("shape", template)] in _BY_SUBJECT and self._grouping(template) is Grouping.EACH:
                    for subject in members:
                        for status, group in self._by_status(rows):
                            together.setdefault((template, subject, status), []).extend(group.tolist())
                else:
                    self._take(template, members, rows)
        for (template, subject, _), gathered in together.items():
            if SHAPES[self._of("shape", template)] is Shape.GROUP_ANY:
                self._group_any(template, subject, self._sorted(gathered))
            else:
                self._absent(template, [subject], self._sorted(gathered))
        for (template, _, _), gathered in self._pending.items():
            self._shared(template, self._sorted(gathered))

    # --- rows ------------------------------------------------------------------------------------------------------

    def _of(self, name: str, template: int) -> int:
        return int(self._columns[f"tpl_{name}"][template])

    def _grouping(self, template: int) -> Grouping:
        return GROUPINGS[self._of("grouping", template)]

    def _segments(self, key: int) -> Iterator[tuple[int, Array]]:
        """The rows in force of a key by template, for templates in use."""
        columns = self._columns
        start, end = int(columns["key_rows"][key]), int(columns["key_rows"][key + 1])
        rows = np.arange(start, end, dtype=np.int64)
        marked, on = columns["row_template"][start:end], self._day - EPOCH
        ends = columns["row_to"][start:end]
        holds = (columns["row_from"][start:end] <= on) & ((ends == OPEN_END) | (on < ends))
        if not self._shadow:
            holds &= (marked & SHADOW_BIT) == 0
        for template in np.unique(marked & (SHADOW_BIT - 1)).tolist():
            in_use = self._of("active", template) and (self._shadow or not self._of("shadow", template))
            if in_use and self._of("from", template) <= self._day < self._of("to", template):
                chosen = rows[holds & ((marked & (SHADOW_BIT - 1)) == template)]
                if len(chosen):
                    yield template, chosen

    def _by_status(self, rows: Array) -> Iterator[tuple[int, Array]]:
        marked = (self._columns["row_template"][rows] & SHADOW_BIT) != 0
        for status in (0, 1):
            group = rows[marked == bool(status)]
            if len(group):
                yield status, group

    def _sorted(self, rows: Sequence[int]) -> Array:
        """By rule id."""
        found = np.array(rows, dtype=np.int64)
        return found[np.lexsort((self._columns["row_id_low"][found], self._columns["row_id_high"][found]))]

    def _write(self, result: int, template: int, rows: Sequence[int], members: Sequence[int]) -> None:
        out = self._out
        shadow = int(self._of("shadow", template) or bool(int(self._columns["row_template"][rows[0]]) & SHADOW_BIT))
        kind = HIT if result == YES else UNDECIDED
        out.records.append((self._case, kind, template, shadow, len(out.rows), len(rows), len(out.members), len(members)))
        out.rows += list(rows)
        out.members += list(members)

    # --- questions -------------------------------------------------------------------------------------------------

    def _ask(self, template: int, rows: Array, unit: View, *, what: str = "", other: View | None = None, label: int = 0) -> Array:
        """The results of the predicate (or ``what``: undated, lack) for each row."""
        start, end = self._of(f"{what}start", template), self._of(f"{what}end", template)
        args = self._columns["row_args"][rows].astype(np.int64)
        return run(
            self._columns, self._cases, self._case, start, end, args=args, unit=unit, other=other, label=label, texts=self._rules.texts
        )

    def _unit(self, members: Sequence[int]) -> View:
        """The joint values of some members, as ``rules.judging.grouping.unit_of`` gives them."""
        places = np.array(members, dtype=np.int64) + self._first
        cases = self._cases
        days, amounts, name = cases.day[places], cases.amount[places], int(cases.name[places[0]])
        dated = days[days != 0]
        whole, priced = len(dated) == len(days), bool((amounts != UNKNOWN).all())
        different = len(np.unique(dated))
        return {
            "name": None if name == UNKNOWN else name, "day": int(days[0]) if whole and different == 1 else None,
            "quantity": int(cases.quantity[places].sum()), "amount": int(amounts.sum()) if priced else None, "lines": len(members),
            "kinds": len(np.unique(cases.first_key[places])), "days": different if whole else None,
            "span": int(dated.max() - dated.min()) + 1 if whole else None,
        }  # fmt: skip

    def _view(self, subject: int) -> View:
        place = self._first + subject
        return {"day": int(self._cases.day[place]) or None, "quantity": int(self._cases.quantity[place])}

    def _day_of(self, subject: int) -> int:
        return int(self._cases.day[self._first + subject])

    # --- shapes ----------------------------------------------------------------------------------------------------

    def _take(self, template: int, members: list[int], rows: Array) -> None:
        shape = SHAPES[self._of("shape", template)]
        if shape is Shape.MEMBER:
            self._member(template, members, rows)
        elif shape is Shape.ABSENT:
            for _, group in self._by_status(rows):
                self._absent(template, members, self._sorted(group.tolist()))
        elif shape is Shape.SHARED:
            for status, group in self._by_status(rows):
                for row in group.tolist():
                    self._pending.setdefault((template, int(self._columns["row_args"][row]), status), []).append(row)
        else:
            for length, group in self._by_window(template, rows):
                self._scalar(template, members, group, length)

    def _by_window(self, template: int, rows: Array) -> Iterator[tuple[int, Array]]:
        """Rows by the length of their window."""
        slot = self._of("window", template)
        if self._grouping(template) is not Grouping.WINDOW or slot < 0:
            yield 1, rows
            return
        places = self._columns["row_args"][rows].astype(np.int64) + slot
        lengths = np.where(self._columns["arg_known"][places] != 0, np.maximum(self._columns["arg_value"][places], 1), 1)
        for length in np.unique(lengths).tolist():
            yield length, rows[lengths == length]

    def _units(self, template: int, members: Sequence[int], length: int) -> Iterator[list[int]]:
        grouping = self._grouping(template)
        if grouping is Grouping.EACH:
            yield from ([member] for member in members)
        elif grouping is Grouping.WHOLE:
            yield list(members)
        else:
            for start in sorted({self._day_of(member) for member in members} - {0}):
                yield [member for member in members if self._day_of(member) and 0 <= self._day_of(member) - start < length]

    def _scalar(self, template: int, members: list[int], rows: Array, length: int) -> None:
        met: dict[int, set[int]] = {row: set() for row in rows.tolist()}
        for unit in self._units(template, members, length):
            results = self._ask(template, rows, self._unit(unit))
            for row, result in zip(rows.tolist(), results.tolist(), strict=True):
                window = self._grouping(template) is Grouping.WINDOW
                if result == NO or (result == YES and window and not met[row].isdisjoint(unit)):
                    continue
                self._write(result, template, [row], unit)
                if result == YES:
                    met[row].update(unit)
        quiet = [row for row in rows.tolist() if not met[row]]
        self._undated(template, members, [[row] for row in quiet])

    def _undated(self, template: int, members: list[int], groups: list[list[int]]) -> None:
        """One more question when some members have no day, for each group of rows that gave no hit."""
        by_day = self._grouping(template) in (Grouping.DAY, Grouping.WINDOW)
        if not groups or not by_day or all(self._day_of(member) for member in members):
            return
        told = self._of("undated_end", template) > self._of("undated_start", template)
        first = np.array([group[0] for group in groups], dtype=np.int64)
        results = self._ask(template, first, self._unit(members), what="undated_" if told else "")
        for group, result in zip(groups, results.tolist(), strict=True):
            if result != NO:
                self._write(result if told else OPEN, template, group, members)

    def _shared(self, template: int, rows: Array) -> None:
        keys = {row: int(np.searchsorted(self._columns["key_rows"], np.uint32(row), side="right")) - 1 for row in rows.tolist()}
        members = sorted({subject for key in keys.values() for subject in self._named.get(key, ())})
        hit = False
        for unit in self._units(template, members, 1):
            result = int(self._ask(template, rows[:1], self._unit(unit))[0])
            if result != NO:
                naming = [row for row, key in keys.items() if not set(unit).isdisjoint(self._named.get(key, ()))]
                self._write(result, template, naming, unit)
                hit |= result == YES
        if not hit:
            self._undated(template, members, [rows.tolist()])

    def _member(self, template: int, members: list[int], rows: Array) -> None:
        joins = self._columns["row_join"][rows]
        for key in np.unique(joins).tolist():
            candidates, joined = self._named.get(key, []), rows[joins == key]
            for subject in members if candidates else ():
                met: dict[int, list[int]] = {row: [] for row in joined.tolist()}
                unknown: dict[int, list[int]] = {row: [] for row in joined.tolist()}
                for other in candidates:
                    if other != subject:
                        results = self._ask(template, joined, self._unit([subject]), other=self._view(other))
                        for row, result in zip(joined.tolist(), results.tolist(), strict=True):
                            (met if result == YES else unknown)[row] += [other] if result != NO else []
                for row in joined.tolist():
                    if met[row]:
                        self._write(YES, template, [row], [subject, *met[row]])
                    elif unknown[row]:
                        self._write(OPEN, template, [row], [subject, unknown[row][0]])

    def _group_any(self, template: int, subject: int, rows: Array) -> None:
        named = "wording" if self._of("label", template) else "label"
        at, labels = getattr(self._cases, f"{named}_at"), getattr(self._cases, named)
        mine = labels[int(at[self._case]) : int(at[self._case + 1])]
        results = [self._ask(template, rows, self._unit([subject]), label=int(label)) for label in mine]
        if not any((result == YES).any() for result in results):
            unknown = not results or any((result == OPEN).any() for result in results)
            self._write(OPEN if unknown else YES, template, rows.tolist(), [subject])

    def _absent(self, template: int, members: list[int], rows: Array) -> None:
        marks = np.zeros(self._count, np.int64)
        unit = self._unit(members)
        for row in rows.tolist():
            for other in self._named.get(int(self._columns["row_join"][row]), ()):
                if other not in members:
                    result = int(self._ask(template, np.array([row]), unit, other=self._view(other))[0])
                    marks[other] = max(marks[other], {YES: 2, OPEN: 1}.get(result, 0))
        result = self._lack(template, rows, unit, marks >= 2)
        if result == YES and (marks == 1).any() and self._lack(template, rows, unit, marks >= 1) != YES:
            result = OPEN
        if result != NO:
            others = np.flatnonzero(marks == (2 if result == YES else 1)).tolist()
            self._write(result, template, rows.tolist(), [*members, *others])

    def _lack(self, template: int, rows: Array, unit: View, others: Array) -> int:
        """Three-valued "for every row", with these subjects as the others."""
        quantity = self._cases.quantity[self._first : self._first + self._count][others]
        view: View = {"lines": len(quantity), "quantity": int(quantity.sum())}
        results = self._ask(template, rows, unit, what="lack_", other=view)
        if (results == NO).any():
            return NO
        return OPEN if (results == OPEN).any() else YES
