"""Rows to columns: coded rows (from rule rows or a Parquet file) sorted by subject, template and joined key, written column by column."""

import json
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any

import numpy as np

from anpei.kernel.canonical import canonical
from anpei.rules.columns import Array, ColumnWriter
from anpei.rules.compiled.bytecode import NotCompiled, bounded
from anpei.rules.compiled.keys import key_columns
from anpei.rules.compiled.program import fact_names, program_columns, row_slots, template_data
from anpei.rules.compiled.texts import Interned, packed
from anpei.rules.model import RuleRow, Status, plain
from anpei.rules.templates.fitting import parameter_problem
from anpei.rules.templates.template import Template

EPOCH = date(1970, 1, 1).toordinal()
OPEN_END = 0xFFFF
SHADOW_BIT = 1 << 15
NO_JOIN = 0xFFFF_FFFF


@dataclass(frozen=True, slots=True)
class Coded:
    """Texts of many rows: the different ones, and which of them each row has."""

    codes: Array
    values: Sequence[str]


@dataclass(frozen=True, slots=True)
class RowColumns:
    """Rows by columns. ``args``: canonical JSON of the parameters without that of ``join``; ``source``: canonical JSON of
    [document, batch, file]; ``id_high`` and ``id_low``: the halves of the rule id; days since 1970-01-01, ``valid_to`` exclusive,
    65535 = open; ``shadow``: 1 for rows in shadow. Rows in draft or retired do not belong here: they are never judged."""

    template: Coded
    subject: Coded
    args: Coded
    join: Coded
    source: Coded
    title: Coded
    line: Array
    id_high: Array
    id_low: Array
    valid_from: Array
    valid_to: Array
    shadow: Array

    def __len__(self) -> int:
        return len(self.line)


class _Coder:
    def __init__(self) -> None:
        self.codes: list[int] = []
        self._known: dict[str, int] = {}

    def add(self, text: str) -> None:
        self.codes.append(self._known.setdefault(text, len(self._known)))

    def coded(self) -> Coded:
        return Coded(np.array(self.codes, dtype=np.int32), list(self._known))


def columns_of(rows: Iterable[RuleRow], templates: Mapping[str, Template]) -> RowColumns:
    """Rule rows as columns; rows in draft or retired are left out. Raises NotCompiled that names the row."""
    coders = {name: _Coder() for name in ("template", "subject", "args", "join", "source", "title")}
    numbers: list[tuple[int, ...]] = []
    for row in rows:
        if row.status not in (Status.LIVE, Status.SHADOW):
            continue
        join = templates[row.template_id].file.join
        coders["template"].add(row.template_id)
        coders["subject"].add(row.subject)
        coders["args"].add(canonical(plain({name: value for name, value in row.parameters.items() if name != join})).decode())
        coders["join"].add("" if join is None else str(row.parameters[join]))
        coders["source"].add(canonical([row.source.document, row.source.batch, row.source.file]).decode())
        coders["title"].add(row.title)
        numbers.append((row.source.line, *_halves(row), _day(row, row.valid_from), _end(row), int(row.status is Status.SHADOW)))
    table = list(zip(*numbers, strict=True)) if numbers else [()] * 6
    line, high, low, starts, ends, shadow = (
        np.array(values, dtype=kind)
        for values, kind in zip(table, (np.uint32, np.uint64, np.uint64, np.uint16, np.uint16, np.uint8), strict=True)
    )
    coded = {name: coder.coded() for name, coder in coders.items()}
    return RowColumns(**coded, line=line, id_high=high, id_low=low, valid_from=starts, valid_to=ends, shadow=shadow)


def _halves(row: RuleRow) -> tuple[int, int]:
    try:
        number = int(row.rule_id[1:], 16)
    except ValueError:
        number = -1
    if number < 0 or row.rule_id != f"r{number:032x}":
        raise NotCompiled(f"the rule id {row.rule_id} is not r and 32 hexadecimal digits: import the row again")
    return number >> 64, number & 0xFFFF_FFFF_FFFF_FFFF


def _day(row: RuleRow, day: date) -> int:
    number = day.toordinal() - EPOCH
    if not 0 <= number < OPEN_END:
        raise NotCompiled(f"rule {row.rule_id}: {day} lies outside 1970 to 2149: correct the row")
    return number


def _end(row: RuleRow) -> int:
    return OPEN_END if row.valid_to is None else _day(row, row.valid_to)


# --- writing -------------------------------------------------------------------------------------------------------


def write_rules(writer: ColumnWriter, rows: RowColumns, templates: Mapping[str, Template]) -> dict[str, Any]:
    """Write all columns of the rules; what the manifest must hold beside their entries. Raises NotCompiled."""
    ordered = [templates[name] for name in sorted(templates)]
    interned = Interned()
    program = program_columns(ordered, interned)
    arguments, args_of = _arguments(rows, ordered, interned)
    keys, subject, join = _keys(rows)
    place = {template.id: number for number, template in enumerate(ordered)}
    template = np.array([place[name] for name in rows.template.values] or [0], dtype=np.uint16)[rows.template.codes]
    order = _order(subject, template, join, rows)
    counts = np.bincount(subject, minlength=len(keys["key_hash"])) if len(rows) else np.zeros(len(keys["key_hash"]), np.int64)
    offsets = np.concatenate([[0], np.cumsum(counts)]).astype(np.uint32)
    marked = template | (rows.shadow.astype(np.uint16) * SHADOW_BIT)
    columns: dict[str, Array] = {
        "key_patterns": _starred(keys), **program, **interned.columns(), **keys, **arguments, "key_rows": offsets,
        "row_template": marked[order], "row_join": join[order], "row_args": args_of[order],
        "row_from": rows.valid_from[order], "row_to": rows.valid_to[order], "row_id_high": rows.id_high[order],
        "row_id_low": rows.id_low[order], "row_line": rows.line[order], **_told(rows, order),
    }  # fmt: skip
    for name, column in columns.items():
        writer.append(name, column)
    return {"rows": len(rows), "templates": template_data(ordered), "facts": list(fact_names(ordered))}


def _told(rows: RowColumns, order: Array) -> dict[str, Array]:
    """What is only told of a row: its title and source."""
    title_at, titles = packed([text.encode() for text in rows.title.values])
    source_at, sources = packed([text.encode() for text in rows.source.values])
    return {
        "row_title": rows.title.codes.astype(np.uint32)[order], "title_at": title_at, "title_bytes": titles,
        "row_source": rows.source.codes.astype(np.uint32)[order], "source_at": source_at, "source_bytes": sources,
    }  # fmt: skip


def _keys(rows: RowColumns) -> tuple[dict[str, Array], Array, Array]:
    """The key table, and the numbers of each row's subject and joined key."""
    names = dict.fromkeys(rows.subject.values)
    names.update(dict.fromkeys(name for name in rows.join.values if name))
    known = list(names)
    table, number = key_columns(known)
    index = {name: place for place, name in enumerate(known)}
    subject = (
        number[np.array([index[name] for name in rows.subject.values] or [0], dtype=np.int64)[rows.subject.codes]] if known else _none()
    )
    joins = np.array([number[index[name]] if name else NO_JOIN for name in rows.join.values] or [NO_JOIN], dtype=np.uint32)
    return table, subject.astype(np.uint32), joins[rows.join.codes]


def _starred(keys: Mapping[str, Array]) -> Array:
    """The keys that end with a star."""
    last = keys["key_at"][1:].astype(np.int64) - 1
    empty = last < keys["key_at"][:-1].astype(np.int64)
    return np.flatnonzero(~empty & (keys["key_bytes"][np.where(empty, 0, last)] == ord("*"))).astype(np.uint32) if len(last) else _none()


def _none() -> Array:
    return np.zeros(0, dtype=np.uint32)


def _order(subject: Array, template: Array, join: Array, rows: RowColumns) -> Array:
    """The order of rows: subject, template, joined key, rule id."""
    if subject.size and int(subject.max()) >= 1 << 24:
        raise NotCompiled("there are more than 16,777,215 keys: split the rows into several snapshots")
    packed_key = (subject.astype(np.uint64) << np.uint64(40)) | (template.astype(np.uint64) << np.uint64(28))
    packed_key |= np.minimum(join, (1 << 28) - 1).astype(np.uint64)
    order = np.argsort(packed_key)
    ordered = packed_key[order]
    group = np.concatenate([[0], np.cumsum(ordered[1:] != ordered[:-1])]).astype(np.uint64) if len(order) else ordered
    bits = np.uint64(max(int(group[-1]).bit_length(), 1) if len(order) else 1)
    finer = (group << (np.uint64(64) - bits)) | (rows.id_high[order] >> bits)
    again = np.argsort(finer)
    return _settled(order[again], finer[again], rows, packed_key)


def _settled(order: Array, sorted_by: Array, rows: RowColumns, packed_key: Array) -> Array:
    """The order, where rows that the number sorted by does not tell apart are sorted by what it leaves out of their ids."""
    same = np.flatnonzero(sorted_by[1:] == sorted_by[:-1])
    places = np.union1d(same, same + 1)
    among = order[places]
    order[places] = among[np.lexsort((rows.id_low[among], rows.id_high[among], packed_key[among]))]
    return order


def _arguments(rows: RowColumns, ordered: Sequence[Template], interned: Interned) -> tuple[dict[str, Array], Array]:
    """The argument table of all templates, and the place in it at which each row's arguments begin."""
    by_id = {template.id: template for template in ordered}
    pair = rows.template.codes.astype(np.int64) * max(len(rows.args.values), 1) + rows.args.codes
    pairs, which = np.unique(pair, return_inverse=True) if len(rows) else (np.zeros(0, np.int64), np.zeros(0, np.int64))
    values: list[int] = []
    known: list[int] = []
    begins: list[int] = []
    for number in pairs.tolist():
        template = by_id.get(rows.template.values[number // len(rows.args.values)])
        text = rows.args.values[number % len(rows.args.values)]
        if template is None:
            raise NotCompiled(f"there is no template {rows.template.values[number // len(rows.args.values)]}: add it or leave its rows out")
        begins.append(len(values))
        given = _parameters(template, text)
        for name in row_slots(template):
            value = given.get(name)
            known.append(int(value is not None))
            values.append(_number(template, name, value, interned))
    columns: dict[str, Array] = {"arg_value": np.array(values, dtype=np.int64), "arg_known": np.array(known, dtype=np.uint8)}
    return columns, np.array(begins or [0], dtype=np.uint32)[which]


def _parameters(template: Template, text: str) -> dict[str, Any]:
    given = {name: tuple(value) if isinstance(value, list) else value for name, value in json.loads(text).items()}
    whole = given if template.file.join is None else {**given, template.file.join: "A"}
    problem = parameter_problem(template, whole)
    if problem is not None:
        raise NotCompiled(f"a row of {template.id} has parameters {text} that do not fit: {problem}")
    return given


def _number(template: Template, name: str, value: Any, interned: Interned) -> int:
    if value is None:
        return 0
    if isinstance(value, tuple):
        return interned.texts(value)
    if isinstance(value, str):
        return interned.text(value)
    return bounded(int(value), f"the parameter {name} of {template.id}")
