"""What a file of kept rows holds: one column a part of a row, texts as they are, the rule id as two numbers, and back to rows.

The parameter that names other subjects (``join`` of the template when the row was kept) has a column of its own, so that the other
parameters of millions of rows are few different texts.
"""

import json
from collections.abc import Iterator, Mapping
from typing import Any

import pyarrow as pa

from anpei.kernel.canonical import canonical
from anpei.kernel.errors import InvalidInput
from anpei.rules.model import RuleRow, Source, Status, Value, plain
from anpei.rules.templates.template import Template

TEXTS = ("template", "subject", "args", "join_name", "join", "status", "title", "source")
"""The columns of texts; ``args``: canonical JSON of the parameters but ``join``; ``source``: canonical JSON of [document, batch, file]."""
SCHEMA = pa.schema(
    [
        pa.field("id_high", pa.uint64(), nullable=False),
        pa.field("id_low", pa.uint64(), nullable=False),
        *(pa.field(name, pa.string(), nullable=False) for name in TEXTS),
        pa.field("line", pa.uint32(), nullable=False),
        pa.field("valid_from", pa.date32(), nullable=False),
        pa.field("valid_to", pa.date32()),
    ]
)
"""A row; ``join_name`` and ``join`` are empty where no parameter names others. ``valid_to`` is exclusive, null = open."""
STATEMENT = ("template", "subject", "args", "join_name", "join", "status", "valid_from", "valid_to")
"""What must be equal in two rows of one id; source and title may differ."""
_HALF = 0xFFFF_FFFF_FFFF_FFFF
_REMEMBERED = 20_000


class RowUnfit(InvalidInput):
    """A row cannot be kept; the message names it and says why."""

    code = "rules.row_unfit"


class RowWriter:
    """Collects rows and gives them as a table. ``templates`` say which parameter names others."""

    def __init__(self, templates: Mapping[str, Template]) -> None:
        self._joins = {name: template.file.join for name, template in templates.items()}
        self._columns: dict[str, list[Any]] = {name: [] for name in SCHEMA.names}
        self._texts: dict[object, str] = {}
        self._shared: dict[int, tuple[Mapping[str, Value], str]] = {}

    def __len__(self) -> int:
        return len(self._columns["id_high"])

    def add(self, row: RuleRow) -> None:
        """Add a row. Raises RowUnfit."""
        number = _number(row)
        name = self._joins.get(row.template_id)
        other = row.parameters.get(name) if name is not None else None
        named = name if isinstance(other, str) else None
        source = row.source
        values = (
            number >> 64, number & _HALF, row.template_id, row.subject, self._args(row, named), named or "", other if named else "",
            row.status.value, row.title, self._source(source), source.line, row.valid_from, row.valid_to,
        )  # fmt: skip
        for column, value in zip(self._columns.values(), values, strict=True):
            column.append(value)

    def take(self) -> pa.Table:
        """The rows so far as a table; the writer is empty afterwards."""
        table = pa.table({name: pa.array(values, SCHEMA.field(name).type) for name, values in self._columns.items()}, schema=SCHEMA)
        for column in self._columns.values():
            column.clear()
        return table

    def clear(self) -> None:
        """Forget the rows so far."""
        for column in self._columns.values():
            column.clear()

    def _args(self, row: RuleRow, join: str | None) -> str:
        """Rows often share one mapping of parameters: then it is not looked into again."""
        known = self._shared.get(id(row.parameters))
        if known is not None and known[0] is row.parameters:
            return known[1]
        values = {name: value for name, value in row.parameters.items() if name != join}
        key = tuple((name, type(value), value) for name, value in values.items())
        found = self._texts.get(key)
        if found is None:
            found = self._remember(key, plain(values))
        if join is None:
            if len(self._shared) >= _REMEMBERED:
                self._shared.clear()
            self._shared[id(row.parameters)] = (row.parameters, found)
        return found

    def _source(self, source: Source) -> str:
        key = (source.document, source.batch, source.file)
        return self._texts.get(key) or self._remember(key, list(key))

    def _remember(self, key: object, data: object) -> str:
        if len(self._texts) >= _REMEMBERED:
            self._texts.clear()
        found = self._texts[key] = canonical(data).decode()
        return found


def _number(row: RuleRow) -> int:
    try:
        number = int(row.rule_id[1:], 16)
    except ValueError:
        number = -1
    if number < 0 or row.rule_id != f"r{number:032x}":
        raise RowUnfit(f"the rule id {row.rule_id} is not r and 32 hexadecimal digits: import the row again", data={"rule": row.rule_id})
    return number


def rule_id_of(high: int, low: int) -> str:
    """The rule id of its two halves."""
    return f"r{high:016x}{low:016x}"


class RowReader:
    """Tables to rows; remembers some texts that come again."""

    def __init__(self) -> None:
        self._args: dict[str, dict[str, Value]] = {}
        self._sources: dict[str, tuple[str, str, str]] = {}

    def rows(self, table: pa.Table | pa.RecordBatch) -> Iterator[RuleRow]:
        """The rows of a table in its order. Raises ValueError, KeyError or TypeError for a text that is none of ours."""
        for values in zip(*(table.column(name).to_pylist() for name in SCHEMA.names), strict=True):
            yield self._row(values)

    def _row(self, values: tuple[Any, ...]) -> RuleRow:
        high, low, template, subject, args, join_name, join, status, title, source, line, start, end = values
        parameters = dict(self._args_of(args))
        if join_name:
            parameters[join_name] = join
        place = Source(*self._source_of(source), line)
        return RuleRow(rule_id_of(high, low), template, subject, parameters, start, place, end, Status(status), title)

    def _args_of(self, text: str) -> dict[str, Value]:
        found = self._args.get(text)
        if found is None:
            if len(self._args) >= _REMEMBERED:
                self._args.clear()
            found = self._args[text] = values_of(text)
        return found

    def _source_of(self, text: str) -> tuple[str, str, str]:
        found = self._sources.get(text)
        if found is None:
            if len(self._sources) >= _REMEMBERED:
                self._sources.clear()
            document, batch, file = json.loads(text)
            found = self._sources[text] = (document, batch, file)
        return found


def values_of(args: str) -> dict[str, Value]:
    """The parameters of a text of ``args``."""
    return {name: tuple(value) if type(value) is list else value for name, value in json.loads(args).items()}
