"""Lines and uses of many cases as Arrow lists: in the order, and with the ids, in which the reference gives them."""

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc

from anpei.claims.benefit.compiled.arrow import Array, Texts, starts
from anpei.claims.benefit.compiled.outcome import Outcome

_LINE = ("id", "unit", "coverage", "claimed_fen", "payable_fen")
_USE = ("name", "period_key", "used", "total")


def lines_by_case(outcome: Outcome) -> pa.ListArray:
    """The lines of each case: ``id``, ``unit``, ``coverage``, ``claimed_fen``, ``payable_fen``; null where a case was not calculated."""
    units, parts = outcome.cases.units, outcome.lines
    unit = _joined([outcome.cases.levels[rows.line.level].unit for rows in parts])
    sizes = np.array([len(rows.payable) for rows in parts], np.int64)
    order = np.argsort(unit, kind="stable")
    unit_ids = _strings(units.ids).take(pa.array(unit[order]))
    coverages = pa.array([rows.line.line.coverage for rows in parts], pa.string())
    columns = [
        _line_ids(outcome, units.ids).take(pa.array(order)),
        unit_ids,
        coverages.take(pa.array(np.repeat(np.arange(len(parts)), sizes)[order])),
        pa.array(_joined([rows.claimed for rows in parts])[order]),
        pa.array(_joined([rows.payable for rows in parts])[order]),
    ]
    return _lists(outcome, units.case[unit[order]], columns, _LINE)


def uses_by_case(outcome: Outcome) -> pa.ListArray:
    """What each case uses: ``name``, ``period_key``, ``used``, ``total``; null where a case was not calculated."""
    uses = outcome.uses
    ranks = np.argsort(np.argsort(np.array(uses.keys, dtype=object), kind="stable"), kind="stable") if uses.keys else uses.key
    order = np.lexsort((ranks[uses.key], uses.name, uses.case))
    columns = [
        pa.array(uses.names, pa.string()).take(pa.array(uses.name[order])),
        pa.array(uses.keys, pa.string()).take(pa.array(uses.key[order])),
        pa.array(uses.amount[order]),
        pa.array(uses.total[order]),
    ]
    return _lists(outcome, uses.case[order], columns, _USE)


def _line_ids(outcome: Outcome, unit_ids: Texts) -> pa.Array:
    """``unit:line``, and for each row of a list ``unit:line:row``."""
    made = [pa.array([], pa.string())]
    for rows in outcome.lines:
        level = outcome.cases.levels[rows.line.level]
        parts = [_strings(unit_ids).take(pa.array(level.unit)), rows.line.line.id]
        if rows.line.line.each:
            plain = Texts(level.ids.code, tuple(_bare(level.named + word) for word in level.ids.words))
            parts.append(_strings(plain))
        made.append(pc.binary_join_element_wise(*parts, ":"))
    return pa.concat_arrays(made)


def _bare(name: str) -> str:
    return name.split("/", 1)[-1]


def _strings(given: Texts) -> pa.Array:
    return pa.array(given.words, pa.string()).take(pa.array(given.code, mask=given.code < 0))


def _joined(parts: list[Array]) -> Array:
    return np.concatenate([np.zeros(0, np.int64), *parts])


def _lists(outcome: Outcome, case: Array, columns: list[pa.Array], names: tuple[str, ...]) -> pa.ListArray:
    """Entries (``case`` ascending) as one list a case."""
    kept = outcome.why[case] == 0
    counts = np.bincount(case[kept], minlength=outcome.cases.count)
    held = pa.StructArray.from_arrays([column.filter(pa.array(kept)) for column in columns], names)
    bounds = pa.array(starts(counts), pa.int32(), mask=np.append(outcome.why != 0, False))
    return pa.ListArray.from_arrays(bounds, held)
