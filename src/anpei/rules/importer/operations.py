"""The import itself: recognise the layout by its header, join, translate line by line; every line is taken or refused with a reason."""

from collections.abc import Iterable, Sequence
from collections.abc import Mapping as MappingOf
from dataclasses import dataclass, field
from datetime import date
from pathlib import Path

from anpei.kernel.errors import InvalidInput
from anpei.rules.importer.lines import LineReader, error_of
from anpei.rules.importer.mapping import Layout, Mapping
from anpei.rules.importer.reading import Refusal, refuse
from anpei.rules.importer.recognition import Headed, Recognised, Record, join_key, recognise, unknown_header
from anpei.rules.importer.report import FileReport, ImportReport, RowError
from anpei.rules.importer.tables import Line, Table, TableError, read_tables
from anpei.rules.model import RuleRow, Status
from anpei.rules.templates.template import Template, by_id


class ImportRefused(InvalidInput):
    """The call itself cannot work: no file, or no day from which the rows are valid."""

    code = "rules.import_refused"


def import_table(
    paths: Path | Iterable[Path],
    mapping: Mapping | Iterable[Mapping],
    *,
    templates: MappingOf[str, Template] | Iterable[Template],
    batch: str = "",
    valid_from: date | None = None,
    valid_to: date | None = None,
    status: Status = Status.LIVE,
) -> ImportReport:
    """Rule rows out of one or more tables that belong together (files or sheets), by the mapping that fits their headers.

    ``valid_from`` is needed unless the mapping states it. Only templates in status live or shadow take rows. Nothing in a file
    makes this raise; ImportRefused is raised for a call that cannot work.
    """
    files = [paths] if isinstance(paths, Path) else list(paths)
    given = [mapping] if isinstance(mapping, Mapping) else list(mapping)
    mappings = [one for one in given if one.status is Status.LIVE]
    if not files or not mappings:
        raise ImportRefused("nothing to import: give at least one file and one mapping in status live")
    run = _Run(LineReader(by_id(templates), batch, valid_to, status))
    recognised, unknown = recognise(mappings, run.read(files))
    for table in unknown:
        run.refuse_table(table, "unknown_header", *unknown_header(table))
    for tables in recognised:
        run.take(tables, first_day(tables.mapping, valid_from))
    return run.report()


def first_day(mapping: Mapping, valid_from: date | None) -> date:
    """The day from which rows are valid: the one given, else the mapping's. Raises ImportRefused when there is neither."""
    start = valid_from or mapping.rows_valid_from
    if start is None:
        raise ImportRefused(f"the mapping {mapping.id} states no day from which its rows are valid: give one (--valid-from 2024-01-01)")
    return start


@dataclass(slots=True)
class _Run:
    lines: LineReader
    mappings: dict[str, None] = field(default_factory=dict)
    files: list[FileReport] = field(default_factory=list)
    refused: list[RowError] = field(default_factory=list)
    rows: dict[str, RuleRow] = field(default_factory=dict)
    taken: int = 0
    skipped: int = 0

    def read(self, paths: Sequence[Path]) -> list[Table]:
        """All tables that have lines; unreadable files are refused."""
        tables: list[Table] = []
        for path in paths:
            try:
                found = read_tables(path)
            except TableError as error:
                self.refused.append(RowError(path.name, 0, "", "unreadable", str(error.data["zh"]), error.message))
                continue
            filled = [table for table in found if table.lines]
            if not filled:
                self.refused.append(RowError(path.name, 0, "", "empty", "文件没有内容", "the file is empty"))
            tables += filled
        return tables

    def refuse_table(self, table: Table, code: str, zh: str, en: str) -> None:
        """Refuse a table as a whole."""
        self.refused.append(RowError(table.name, 0, "", code, zh, en))

    def take(self, tables: Recognised, start: date) -> None:
        """Every line of a layout's tables."""
        self.mappings[tables.mapping.id] = None
        for headed in (*tables.rules, *tables.codes):
            self.files.append(FileReport(headed.table.name, headed.form.name, len(headed.lines)))
        if tables.layout.codes is None:
            for headed in tables.rules:
                for line in headed.lines:
                    self._take_line(tables, [Record(((headed, line),))], start)
        elif not tables.rules or not tables.codes:
            missing = tables.layout.codes if tables.rules else tables.layout.rules
            names = "、".join(names[0] for names in missing.columns.values())
            for headed in (*tables.rules, *tables.codes):
                zh, en = f"缺少配套的表（{names}）：请一起导入", f"the partner table (columns {names}) is missing: import both together"
                self.refuse_table(headed.table, "partner_missing", zh, en)
        else:
            self._take_joined(tables, start)

    def _take_joined(self, tables: Recognised, start: date) -> None:
        layout, said = tables.layout, _lines_by_key(tables.layout, tables.rules)
        used: set[tuple[str, ...]] = set()
        for headed in tables.codes:
            for line in headed.lines:
                key = join_key(layout, headed, line)
                partners = said.get(key, []) if all(key) else []
                if partners:
                    used.add(key)
                    self._take_line(tables, [Record(((headed, line), partner)) for partner in partners], start)
                else:
                    problem = refuse(layout.join[0], "no_partner", "另一张表没有对应的行", "the other table has no line that corresponds")
                    self._refuse(Record(((headed, line),)), problem)
        for key, parts in said.items():
            for part in parts if key not in used else ():
                problem = refuse(layout.join[0], "no_code", "另一张表没有它的编码", "the other table has no code for it")
                self._refuse(Record((part,)), problem)

    def _refuse(self, record: Record, problem: Refusal) -> None:
        self.refused.append(error_of(record, problem))

    def _take_line(self, tables: Recognised, records: Sequence[Record], start: date) -> None:
        """One line, with each of its partners: taken, skipped or refused as a whole."""
        try:
            rows = self.lines.rows_of(tables, records, start) or []
            self._check_twice(rows, tables.layout.subject)
        except Refusal as problem:
            self._refuse(records[0], problem)
            return
        self.rows.update({row.rule_id: row for row in rows})
        self.taken += bool(rows)
        self.skipped += not rows

    def _check_twice(self, rows: Sequence[RuleRow], subject: str) -> None:
        known = [self.rows[row.rule_id] for row in rows if row.rule_id in self.rows]
        if rows and len(known) == len(rows):
            where = known[0].source
            raise refuse(subject, "twice", f"与 {where.file} 第 {where.line} 行重复", f"says the same as {where.file}, line {where.line}")

    def report(self) -> ImportReport:
        """The result; refused lines in the order of their files and lines."""
        place = {report.file: index for index, report in reversed(list(enumerate(self.files)))}
        refused = sorted(self.refused, key=lambda error: (place.get(error.file, -1), error.file, error.line))
        return ImportReport(tuple(self.mappings), tuple(self.files), self.taken, self.skipped, tuple(refused), tuple(self.rows.values()))


def _lines_by_key(layout: Layout, tables: Sequence[Headed]) -> dict[tuple[str, ...], list[tuple[Headed, Line]]]:
    found: dict[tuple[str, ...], list[tuple[Headed, Line]]] = {}
    for headed in tables:
        for line in headed.lines:
            found.setdefault(join_key(layout, headed, line), []).append((headed, line))
    return found
