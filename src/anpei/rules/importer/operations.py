"""The import itself: recognise the layout by its header, join, translate line by line; every line is taken or refused with a reason.

Lines go through one after the other into an addition to the kept rows; memory holds no table but that with the statements of a
joined layout. A line that only says again what earlier lines said is found when the rows are merged, so these refusals come last.
"""

import json
from collections.abc import Callable, Iterable, Iterator, Sequence
from collections.abc import Mapping as MappingOf
from contextlib import ExitStack
from dataclasses import dataclass, field
from datetime import date
from pathlib import Path

from anpei.kernel.errors import InvalidInput
from anpei.rules.holdings import Adding, Doubled, Merged
from anpei.rules.importer.lines import Given, LineReader, error_of
from anpei.rules.importer.mapping import Layout, Mapping
from anpei.rules.importer.reading import Refusal, refuse
from anpei.rules.importer.recognition import Headed, Recognised, Record, join_key, recognise, unknown_header
from anpei.rules.importer.report import FileReport, ImportReport, RowError
from anpei.rules.importer.tables import Line, Table, TableError, open_tables
from anpei.rules.model import Status
from anpei.rules.templates.template import Template, by_id

MAX_STATEMENTS = 1_000_000
"""Lines of the table with the statements of a joined layout: they are held in memory."""
STEP = 50_000


class ImportRefused(InvalidInput):
    """The call itself cannot work: no file, or no day from which the rows are valid."""

    code = "rules.import_refused"


def _nobody(_: object) -> None:
    """Nobody listens."""


@dataclass(frozen=True, slots=True)
class Listening:
    """Who is told what while files are read: every refusal as it is found, and the report so far every ``STEP`` lines."""

    refused: Callable[[RowError], object] = _nobody
    progress: Callable[[ImportReport], object] = _nobody


def read_tables(
    paths: Path | Iterable[Path],
    mapping: Mapping | Iterable[Mapping],
    *,
    templates: MappingOf[str, Template] | Iterable[Template],
    adding: Adding,
    listening: Listening | None = None,
    batch: str = "",
    valid_from: date | None = None,
    valid_to: date | None = None,
    status: Status = Status.LIVE,
) -> tuple[ImportReport, Merged]:
    """Read tables that belong together (files or sheets), by the mapping that fits their headers, into an addition, and merge it.

    ``valid_from`` is needed unless the mapping states it. Only templates in status live or shadow take rows. Nothing in a file
    makes this raise; whoever calls it decides by the report whether the merged rows are kept. A table that cannot be read to its end
    gives no rows. Raises ImportRefused for a call that cannot work, StorageFull.
    """
    files = [paths] if isinstance(paths, Path) else list(paths)
    given = [mapping] if isinstance(mapping, Mapping) else list(mapping)
    mappings = [one for one in given if one.status is Status.LIVE]
    if not files or not mappings:
        raise ImportRefused("nothing to import: give at least one file and one mapping in status live")
    run = _Run(Given(by_id(templates), batch, valid_to, status), adding, listening or Listening())
    with ExitStack() as stack:
        recognised, unknown = recognise(mappings, run.open(files, stack))
        for table in unknown:
            run.refuse_table(table, "unknown_header", *unknown_header(table))
        for tables in recognised:
            run.take(tables, first_day(tables.mapping, valid_from))
    return run.report, run.merge()


def first_day(mapping: Mapping, valid_from: date | None) -> date:
    """The day from which rows are valid: the one given, else the mapping's. Raises ImportRefused when there is neither."""
    start = valid_from or mapping.rows_valid_from
    if start is None:
        raise ImportRefused(f"the mapping {mapping.id} states no day from which its rows are valid: give one (--valid-from 2024-01-01)")
    return start


@dataclass(slots=True)
class _Run:
    given: Given
    adding: Adding
    listening: Listening
    report: ImportReport = field(default_factory=ImportReport)
    _subjects: dict[str, str] = field(default_factory=dict)
    """The column that names the subject, by table."""

    def open(self, paths: Sequence[Path], stack: ExitStack) -> list[Table]:
        """All tables that have lines; unreadable files are refused."""
        tables: list[Table] = []
        for path in paths:
            try:
                found = open_tables(path, stack)
            except TableError as error:
                self._unreadable(path.name, error)
                continue
            filled = [table for table in found if table.head]
            if not filled:
                self._say(RowError(path.name, 0, "", "empty", "文件没有内容", "the file is empty"))
            tables += filled
        return tables

    def _unreadable(self, name: str, error: TableError) -> None:
        self._say(RowError(name, 0, "", "unreadable", str(error.data["zh"]), error.message))

    def _say(self, error: RowError) -> None:
        self.report.refuse(error)
        self.listening.refused(error)

    def refuse_table(self, table: Table, code: str, zh: str, en: str) -> None:
        """Refuse a table as a whole."""
        self._say(RowError(table.name, 0, "", code, zh, en))

    def take(self, tables: Recognised, start: date) -> None:
        """Every line of a layout's tables."""
        if tables.mapping.id not in self.report.mappings:
            self.report.mappings.append(tables.mapping.id)
        layout, lines = tables.layout, LineReader(self.given, tables, start)
        if layout.codes is None:
            for headed in tables.rules:
                self._take_table(headed, layout, lambda headed, line: self._take_line(lines, [Record(((headed, line),))]))
            return
        said = self._statements(tables)
        if not said.tables or not tables.codes:
            missing = layout.codes if tables.rules else layout.rules
            names = "、".join(names[0] for names in missing.columns.values())
            for headed in (*said.tables, *tables.codes):
                zh, en = f"缺少配套的表（{names}）：请一起导入", f"the partner table (columns {names}) is missing: import both together"
                self.refuse_table(headed.table, "partner_missing", zh, en)
            return
        for headed in tables.codes:
            self._take_table(headed, layout, lambda headed, line: self._take_joined(lines, said, headed, line))
        for record in said.unused():
            self._refuse(record, refuse(layout.join[0], "no_code", "另一张表没有它的编码", "the other table has no code for it"))

    def _take_table(self, headed: Headed, layout: Layout, take: Callable[[Headed, Line], None]) -> None:
        """The lines of one table; when it cannot be read to its end, none of them counts."""
        file = FileReport(headed.table.name, headed.form.name)
        self.report.files.append(file)
        self._subjects[headed.table.name] = headed.heading(layout.subject)
        before = self.report.taken, self.report.skipped
        self.adding.begin()
        try:
            for line in headed.lines():
                file.lines += 1
                take(headed, line)
                if not file.lines % STEP:
                    self.listening.progress(self.report)
        except TableError as error:
            self.adding.undo()
            self.report.taken, self.report.skipped = before
            self._unreadable(headed.table.name, error)

    def _statements(self, tables: Recognised) -> "_Statements":
        found = _Statements(tables.layout)
        for headed in tables.rules:
            file = FileReport(headed.table.name, headed.form.name)
            self.report.files.append(file)
            try:
                file.lines = found.add(headed)
            except TableError as error:
                self._unreadable(headed.table.name, error)
        return found

    def _take_joined(self, lines: LineReader, said: "_Statements", headed: Headed, line: Line) -> None:
        partners = said.of(headed, line)
        if partners:
            self._take_line(lines, [Record(((headed, line), partner)) for partner in partners])
        else:
            problem = refuse(said.layout.join[0], "no_partner", "另一张表没有对应的行", "the other table has no line that corresponds")
            self._refuse(Record(((headed, line),)), problem)

    def _refuse(self, record: Record, problem: Refusal) -> None:
        self._say(error_of(record, problem))

    def _take_line(self, lines: LineReader, records: Sequence[Record]) -> None:
        """One line, with each of its partners: taken, skipped or refused as a whole."""
        try:
            rows = lines.rows_of(records)
        except Refusal as problem:
            self._refuse(records[0], problem)
            return
        if rows:
            self.adding.put(rows)
        self.report.taken += bool(rows)
        self.report.skipped += not rows

    def merge(self) -> Merged:
        """New and kept rows together; lines that say nothing new are refused."""
        merged = self.adding.merge()
        for double in merged.doubled():
            self.report.taken -= 1
            self._say(self._twice(double))
        self.report.rows, self.report.new = merged.came, merged.new
        return merged

    def _twice(self, double: Doubled) -> RowError:
        file, first = (json.loads(source)[2] for source in (double.source, double.first_source))
        zh, en = f"与 {first} 第 {double.first_line} 行重复", f"says the same as {first}, line {double.first_line}"
        return RowError(file, double.line, self._subjects.get(file, ""), "twice", zh, en)


class _Statements:
    """The table with the statements of a joined layout, by what its lines are joined by."""

    def __init__(self, layout: Layout) -> None:
        self.layout = layout
        self._lines: dict[tuple[str, ...], list[tuple[Headed, Line]]] = {}
        self._used: set[tuple[str, ...]] = set()
        self.tables: list[Headed] = []

    def add(self, headed: Headed) -> int:
        """Hold a table; how many lines it has. Raises TableError."""
        lines = []
        for line in headed.lines():
            lines.append(line)
            if len(lines) > MAX_STATEMENTS:
                zh = f"配套表超过 {MAX_STATEMENTS} 行：请拆分"
                raise TableError(f"the partner table has more than {MAX_STATEMENTS} lines: split it", data={"zh": zh})
        for line in lines:
            self._lines.setdefault(join_key(self.layout, headed, line), []).append((headed, line))
        self.tables.append(headed)
        return len(lines)

    def of(self, headed: Headed, line: Line) -> Sequence[tuple[Headed, Line]]:
        """The lines that a line of the other table is joined to."""
        key = join_key(self.layout, headed, line)
        found = self._lines.get(key, []) if all(key) else []
        if found:
            self._used.add(key)
        return found

    def unused(self) -> Iterator[Record]:
        """The lines that nothing was joined to."""
        return (Record((part,)) for key, parts in self._lines.items() if key not in self._used for part in parts)
