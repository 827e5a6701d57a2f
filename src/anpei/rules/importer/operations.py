"""The import itself: recognise the layout by its header, join, translate line by line; every line is taken or refused with a reason."""

import re
from collections.abc import Iterable, Iterator, Sequence
from collections.abc import Mapping as MappingOf
from dataclasses import dataclass, field
from datetime import date
from pathlib import Path

from anpei.kernel.errors import InvalidInput
from anpei.rules.fitting import parameter_problem
from anpei.rules.importer.mapping import Layout, Mapping, RuleOut
from anpei.rules.importer.naming import joined_of, patterns_of
from anpei.rules.importer.reading import Refusal, parameters_of, refuse
from anpei.rules.importer.recognition import Headed, Recognised, Record, join_key, recognise, unknown_header
from anpei.rules.importer.report import FileReport, ImportReport, RowError
from anpei.rules.importer.tables import Line, Table, TableError, read_tables
from anpei.rules.model import RuleRow, Source, Status, Value, normalise_code, normalise_name, rule_id_for
from anpei.rules.templates import Template, by_id


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
    run = _Run(templates=by_id(templates), batch=batch, valid_to=valid_to, status=status)
    recognised, unknown = recognise(mappings, run.read(files))
    for table in unknown:
        run.refuse_table(table, "unknown_header", *unknown_header(table))
    for tables in recognised:
        start = valid_from or tables.mapping.rows_valid_from
        if start is None:
            raise ImportRefused(f"the mapping {tables.mapping.id} states no day from which its rows are valid: give valid_from")
        run.take(tables, start)
    return run.report()


@dataclass(slots=True)
class _Run:
    templates: MappingOf[str, Template]
    batch: str
    valid_to: date | None
    status: Status
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
        main, line = record.parts[0]
        headed, said = record.place(problem.field)
        zh, en = problem.zh, problem.en
        if headed is not main:
            zh, en = f"{zh}（见 {headed.table.name} 第 {said.number} 行）", f"{en} (see {headed.table.name}, line {said.number})"
        self.refused.append(RowError(main.table.name, line.number, headed.heading(problem.field), problem.code, zh, en))

    def _take_line(self, tables: Recognised, records: Sequence[Record], start: date) -> None:
        """One line, with each of its partners: taken, skipped or refused as a whole."""
        layout, record = tables.layout, records[0]
        if any(condition.holds(record.text(condition.field)) for condition in layout.ignore):
            self.skipped += 1
            return
        try:
            rows = [row for record in records for row in self._rows_of(tables, record, start)]
            if not rows and layout.without_rule == "refuse":
                field_name = layout.out[0].when[0].field if layout.out[0].when else layout.subject
                shown = record.text(field_name)[:40]
                raise refuse(field_name, "no_rule", f"映射没有说明“{shown}”该怎么办", f"the mapping has no rule for “{shown}”")
            self._check_twice(rows, layout.subject)
        except Refusal as problem:
            self._refuse(record, problem)
            return
        self.rows.update({row.rule_id: row for row in rows})
        self.taken += bool(rows)
        self.skipped += not rows

    def _check_twice(self, rows: Sequence[RuleRow], subject: str) -> None:
        known = [self.rows[row.rule_id] for row in rows if row.rule_id in self.rows]
        if rows and len(known) == len(rows):
            where = known[0].source
            raise refuse(subject, "twice", f"与 {where.file} 第 {where.line} 行重复", f"says the same as {where.file}, line {where.line}")

    def _rows_of(self, tables: Recognised, record: Record, start: date) -> Iterator[RuleRow]:
        layout = tables.layout
        for rule in layout.out:
            if not all(condition.holds(record.text(condition.field)) for condition in rule.when):
                continue
            if rule.refuse is not None:
                raise refuse(rule.when[-1].field if rule.when else layout.subject, "no_template", rule.refuse.zh, rule.refuse.en)
            yield from self._rows_of_rule(tables, rule, record, start)
            if rule.last:
                return

    def _rows_of_rule(self, tables: Recognised, rule: RuleOut, record: Record, start: date) -> Iterator[RuleRow]:
        mapping, layout = tables.mapping, tables.layout
        template = self.templates.get(str(rule.template))
        if template is None or template.status not in (Status.LIVE, Status.SHADOW):
            zh, en = f"没有启用的模板 {rule.template}", f"no live template {rule.template}"
            raise refuse(rule.when[0].field if rule.when else layout.subject, "no_template", zh, en)
        subjects = [_subject(layout, record.text(layout.subject))] if rule.subject is None else patterns_of(rule.subject, record.text)
        for parameters in parameters_of(rule, template=template, values=mapping.values, text=record.text):
            for subject in subjects:
                others = [None] if rule.joined is None else joined_of(rule.joined, subject, record.text)
                for other in others:
                    whole = parameters if rule.joined is None else {**parameters, rule.joined.parameter: other}
                    yield self._row(tables, rule, record, template=template, subject=subject, parameters=whole, start=start)

    def _row(
        self, tables: Recognised, rule: RuleOut, record: Record, *, template: Template, subject: str, parameters: MappingOf[str, Value],
        start: date,
    ) -> RuleRow:  # fmt: skip
        layout, document = tables.layout, tables.mapping.document
        problem = parameter_problem(template, parameters)
        if problem is not None:
            raise refuse(layout.subject, "parameters", f"参数不符合模板：{problem}", problem)
        title = record.text(layout.name) if layout.name else ""
        headed, line = record.place(layout.subject)
        rule_id = rule_id_for(template_id=template.id, subject=subject, parameters=parameters, valid_from=start, document=document)
        source = Source(document=document, batch=self.batch, file=headed.table.name, line=line.number)
        status = self.status if rule.status is None or self.status is not Status.LIVE else rule.status
        return RuleRow(rule_id, template.id, subject, parameters, start, source, self.valid_to, status, title[:200])

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


def _subject(layout: Layout, text: str) -> str:
    if not text:
        raise refuse(layout.subject, "empty", "没有填写", "is empty")
    subject = normalise_code(text) if layout.subject_is == "code" else normalise_name(text)
    if not re.fullmatch(layout.subject_form, subject):
        shown = subject[:40]
        raise refuse(
            layout.subject,
            "form",
            f"“{shown}”不符合编码格式 {layout.subject_form}",
            f"“{shown}” does not have the form {layout.subject_form}",
        )
    return subject
