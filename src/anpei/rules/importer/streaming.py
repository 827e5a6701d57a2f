"""Importing a table of any size: rows and refusals come out one after the other, nothing is kept in memory.

For one CSV file with a layout that joins no second table. A statement that stands twice is not noticed here: its rows have one id, and
the consistency check and the compilation meet it. What to do with the good rows of a file with refused lines is the caller's choice.
"""

from collections import Counter
from collections.abc import Iterable, Iterator
from collections.abc import Mapping as MappingOf
from dataclasses import dataclass, field
from datetime import date
from itertools import chain, islice
from pathlib import Path

from anpei.rules.importer.lines import LineReader, error_of
from anpei.rules.importer.mapping import Mapping
from anpei.rules.importer.operations import first_day
from anpei.rules.importer.reading import Refusal
from anpei.rules.importer.recognition import HEADER_LINES, Recognised, Record, recognise, unknown_header
from anpei.rules.importer.report import RowError
from anpei.rules.importer.tables import Line, Table, TableError, stream_lines
from anpei.rules.model import RuleRow, Status
from anpei.rules.templates.template import Template, by_id


@dataclass(slots=True)
class StreamTally:
    """What has gone through so far. ``finished``: the file was read to its end; before that nothing may be used."""

    mapping: str = ""
    lines: int = 0
    taken: int = 0
    skipped: int = 0
    rows: int = 0
    refused: Counter[str] = field(default_factory=Counter)
    finished: bool = False


def stream_table(
    path: Path,
    mappings: Iterable[Mapping],
    *,
    templates: MappingOf[str, Template] | Iterable[Template],
    tally: StreamTally,
    batch: str = "",
    valid_from: date | None = None,
    valid_to: date | None = None,
    status: Status = Status.LIVE,
) -> Iterator[RuleRow | RowError]:
    """The rows and the refusals of a CSV file in the order of its lines. Raises ImportRefused for a call that cannot work."""
    reader = LineReader(by_id(templates), batch, valid_to, status)
    try:
        lines = stream_lines(path)
        table = Table(path.name, "", tuple(islice(lines, HEADER_LINES)))
        recognised, _ = recognise([one for one in mappings if one.status is Status.LIVE], [table])
        if not recognised or recognised[0].layout.codes is not None:
            yield _refused(table, tally, joined=bool(recognised))
            return
        tables = recognised[0]
        start = first_day(tables.mapping, valid_from)
        tally.mapping = tables.mapping.id
        for line in chain(tables.rules[0].lines, lines):
            yield from _of_line(reader, tables, line, start=start, tally=tally)
        tally.finished = True
    except TableError as error:
        tally.refused["unreadable"] += 1
        yield RowError(path.name, 0, "", "unreadable", str(error.data["zh"]), error.message)


def _of_line(reader: LineReader, tables: Recognised, line: Line, *, start: date, tally: StreamTally) -> Iterator[RuleRow | RowError]:
    record = Record(((tables.rules[0], line),))
    tally.lines += 1
    try:
        rows = reader.rows_of(tables, (record,), start) or []
    except Refusal as problem:
        tally.refused[problem.code] += 1
        yield error_of(record, problem)
        return
    tally.taken += bool(rows)
    tally.skipped += not rows
    tally.rows += len(rows)
    yield from rows


def _refused(table: Table, tally: StreamTally, *, joined: bool) -> RowError:
    code = "partner_missing" if joined else "unknown_header"
    zh, en = unknown_header(table)
    if joined:
        zh, en = "这种表要和配套的表一起导入，不能逐行读取", "this table is joined to another: import both together, not line by line"
    tally.refused[code] += 1
    return RowError(table.name, 0, "", code, zh, en)
