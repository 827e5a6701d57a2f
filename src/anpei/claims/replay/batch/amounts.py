"""The amounts of all claims: by the compiled benefit for each product version and plan, by the reference where that says so."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc

from anpei.claims import benefit
from anpei.claims.benefit import Assessment, ZeroCause
from anpei.claims.benefit.compiled import CAUSES, CLASSES, LineTerms, Outcome, Program, assess_row, calculate, program_of, read_cases
from anpei.claims.replay.batch.frame import Frame, lists_of
from anpei.claims.replay.batch.items import Items
from anpei.claims.replay.schema import PAID, USED
from anpei.kernel.errors import AnpeiError
from anpei.records.products.model import Terms
from anpei.rules.columns import Array

_BY_ARITHMETIC = np.array([cause in {ZeroCause.DEDUCTIBLE, ZeroCause.LIMIT} for cause in CAUSES])
_READ = frozenset(
    {
        "bill_id", "kind", "service_on", "admitted_on", "discharged_on", "total_fen", "pooled_fen", "serious_illness_fen",
        "other_payment_fen", "self_paid_fen", "own_expense_fen", "settled_by_social", "currency",
    }
)  # fmt: skip
_CASE_COLUMNS = ("occurred_on", "event_id", "currency", "policy_start_on", "social_insurance", "facts", "rows", "used")
_LETTERS = {number: letter for letter, number in CLASSES.items()} | {0: None}


@dataclass
class Amounts:
    """By claim: ``known`` (there is an amount), ``total_fen``, ``by_arithmetic`` (a zero that deductible or limit explains), the code of
    what stands in the way. Parts of lines and uses are put together by ``lines`` and ``uses``."""

    count: int
    known: Array = field(init=False)
    total_fen: Array = field(init=False)
    by_arithmetic: Array = field(init=False)
    problems: list[tuple[int, str]] = field(default_factory=list)
    _lines: list[tuple[Array, Array, Any]] = field(default_factory=list)
    _uses: list[tuple[Array, Array, Any]] = field(default_factory=list)

    def __post_init__(self) -> None:
        self.known = np.zeros(self.count, dtype=np.bool_)
        self.total_fen = np.zeros(self.count, dtype=np.int64)
        self.by_arithmetic = np.zeros(self.count, dtype=np.bool_)

    def add_lines(self, claim: Array, order: Array, rows: Any) -> None:
        """Lines (``schema.PAID``) of claims; ``order`` is their place among those of their claim."""
        self._lines.append((claim, order, rows))

    def add_uses(self, claim: Array, rows: Any) -> None:
        """Uses (``schema.USED``) of claims, in their order."""
        self._uses.append((claim, np.arange(len(claim)), rows))

    def lines(self) -> Any:
        """Lists of lines by claim."""
        return _by_claim(self._lines, self.count, PAID)

    def uses(self) -> Any:
        """Lists of uses by claim."""
        return _by_claim(self._uses, self.count, USED)


def _by_claim(parts: list[tuple[Array, Array, Any]], count: int, kind: Any) -> Any:
    if not parts:
        return lists_of(np.zeros(0, dtype=np.int64), pa.array([], kind), count)
    claim, order = (np.concatenate([part[place] for part in parts]) for place in (0, 1))
    taken = np.lexsort((order, claim))
    return lists_of(claim[taken], pa.concat_arrays([part[2] for part in parts]).take(pa.array(taken)), count)


def amounts_of(frame: Frame, items: Items, groups: Mapping[int, tuple[Terms, Array]]) -> Amounts:
    """The amounts of the claims of all groups (terms with their claims, ascending)."""
    found = Amounts(len(frame))
    slim = frame.held["slim"] = frame.held.get("slim") or _slim(frame)
    for terms, rows in groups.values():
        if len(rows):
            _add(found, frame, items, terms, slim.take(pa.array(rows)), rows)
    return found


_programs: dict[str, Program] = {}


def _program(terms: Terms) -> Program:
    """The program of terms, made once a process."""
    if terms.digest not in _programs:
        _programs[terms.digest] = program_of(terms)
    return _programs[terms.digest]


def _add(found: Amounts, frame: Frame, items: Items, terms: Terms, table: pa.Table, rows: Array) -> None:  # noqa: PLR0917 - one group
    chosen = np.zeros(len(frame), dtype=np.bool_)
    chosen[rows] = True
    lines = np.flatnonzero(chosen[frame.line_owner])
    said = LineTerms(insurance_class=items.insurance_class[lines], covered=items.covered[lines])
    outcome = calculate(
        program=_program(terms), cases=read_cases(table, terms=terms, lines=said)
    )  # fmt: skip
    waits = outcome.cases.waits & (np.bincount(frame.bill_owner, minlength=len(frame))[rows] > 0 if terms.unit == "event" else True)
    done = (outcome.why == 0) & ~waits
    _take(found, outcome, rows, done)
    left = np.flatnonzero((outcome.why != 0) & ~waits)
    told = frame.table.take(pa.array(rows[left])).to_pylist() if len(left) else []
    for place, row in zip(left.tolist(), told, strict=True):
        _by_reference(found, frame, items, terms, claim=int(rows[place]), row=row)


def _slim(frame: Frame) -> pa.Table:
    """The table of cases without what the program does not read: the texts of lines."""
    bills = frame.bills
    amounts = pa.StructArray.from_arrays([frame.lines.field("amount_fen")], names=["amount_fen"])
    own = lists_of(frame.line_bill, amounts, len(bills))
    fields = {field.name: bills.field(field.name) for field in bills.type if field.name in _READ} | {"lines": own}
    slim = pa.StructArray.from_arrays(list(fields.values()), names=list(fields))
    columns = {name: frame.column(name) for name in _CASE_COLUMNS}
    return pa.table({**columns, "bills": lists_of(frame.bill_owner, slim, len(frame))})


def _take(found: Amounts, outcome: Outcome, rows: Array, done: Array) -> None:
    """What the program calculated."""
    claims = rows[done]
    found.known[claims] = True
    found.total_fen[claims] = outcome.total_fen[done]
    found.by_arithmetic[claims] = _BY_ARITHMETIC[outcome.cause[done]]
    units = outcome.cases.units
    names = pa.array([*units.ids.words, None], pa.string()).take(pa.array(units.ids.code % (len(units.ids.words) + 1)))
    for number, part in enumerate(outcome.lines):
        level = outcome.cases.levels[part.line.level]
        kept = np.flatnonzero(done[level.case])
        unit = names.take(pa.array(level.unit[kept]))
        paid = pa.StructArray.from_arrays(
            [_line_ids(unit, part, level, kept), pa.repeat(pa.scalar(part.line.line.coverage), len(kept)), pa.array(part.payable[kept])],
            fields=list(PAID),
        )
        order = (level.unit[kept] * len(outcome.lines) + number) * (len(level) + 1) + kept
        found.add_lines(rows[level.case[kept]], order, paid)
    uses = outcome.uses
    kept = np.flatnonzero(done[uses.case])
    ranks = np.argsort(np.argsort(np.array(uses.keys, dtype=object))) if uses.keys else np.zeros(0, dtype=np.int64)
    kept = kept[np.lexsort((ranks[uses.key[kept]], uses.name[kept], uses.case[kept]))] if len(kept) else kept
    values = [pa.array(words, pa.string()).take(pa.array(code[kept])) for words, code in ((uses.names, uses.name), (uses.keys, uses.key))]
    found.add_uses(rows[uses.case[kept]], pa.StructArray.from_arrays([*values, pa.array(uses.amount[kept])], fields=list(USED)))


def _line_ids(unit: Any, part: Any, level: Any, kept: Array) -> Any:
    """The names of paid lines: unit/unit:line, with the row where a line has one for each."""
    whole = pc.binary_join_element_wise(unit, unit, "/")
    line = pa.repeat(pa.scalar(part.line.line.id), len(kept))
    if not part.line.line.each:
        return pc.binary_join_element_wise(whole, line, ":")
    words = pa.array([*((level.named + word).split("/", 1)[-1] for word in level.ids.words), ""], pa.string())
    rows = words.take(pa.array(level.ids.code[kept] % len(words)))
    return pc.binary_join_element_wise(whole, line, rows, ":")


def _by_reference(found: Amounts, frame: Frame, items: Items, terms: Terms, *, claim: int, row: dict[str, Any]) -> None:
    """One claim that the program left: what the reference calculates, or the code of what is in its way."""
    number = int(np.searchsorted(frame.line_owner, claim))
    for bill in row["bills"]:
        for line in bill["lines"]:
            line["insurance_class"], line["covered"] = _LETTERS[int(items.insurance_class[number])], bool(items.covered[number])
            number += 1
    try:
        assessment = assess_row(row=row, terms=terms)
    except (benefit.FactsMissing, benefit.FactsInconsistent) as error:
        found.problems.append((claim, error.code))
        return
    except (AnpeiError, ValueError, TypeError, KeyError, OverflowError):
        frame.odd[claim] = True
        return
    _keep(found, claim, assessment)


def _keep(found: Amounts, claim: int, assessment: Assessment) -> None:
    found.known[claim] = True
    found.total_fen[claim] = assessment.total_fen
    found.by_arithmetic[claim] = assessment.zero_by_arithmetic
    lines = [{"line": f"{line.unit}/{line.id}", "coverage": line.coverage, "payable_fen": line.payable_fen} for line in assessment.lines]
    uses = [{"name": use.name, "period_key": use.period_key, "used": use.amount} for use in assessment.accumulator_use]
    found.add_lines(np.full(len(lines), claim), np.arange(len(lines)), pa.array(lines, PAID))
    found.add_uses(np.full(len(uses), claim), pa.array(uses, USED))
