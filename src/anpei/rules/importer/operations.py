"""The import itself: recognise the layout by its header, join, translate line by line; every line is taken or refused with a reason."""

import re
from collections.abc import Iterable, Iterator, Sequence
from collections.abc import Mapping as MappingOf
from dataclasses import dataclass, field
from datetime import date
from pathlib import Path

from anpei.kernel.errors import InvalidInput
from anpei.rules.importer.mapping import Layout, Mapping, RuleOut, TableForm
from anpei.rules.importer.reading import Refusal, parameters_of, refuse
from anpei.rules.importer.tables import Line, Table, TableError, read_tables
from anpei.rules.model import RuleRow, Source, Status, normalise_code, normalise_name, rule_id_for
from anpei.rules.templates import Template, by_id, parameter_problem

HEADER_LINES = 10


class ImportRefused(InvalidInput):
    """The call itself cannot work: no file, or no day from which the rows are valid."""

    code = "rules.import_refused"


@dataclass(frozen=True, slots=True)
class RowError:
    """One refused line: file, line (from 1; 0 = the file as a whole), column (header text, may be empty), reason in both languages."""

    file: str
    line: int
    column: str
    code: str
    reason: str
    reason_en: str


@dataclass(frozen=True, slots=True)
class FileReport:
    """What became of one table: its file (and sheet), the role it was recognised in, and how many lines with content it has."""

    file: str
    sheet: str
    table: str
    lines: int


@dataclass(frozen=True, slots=True)
class ImportReport:
    """The result: the mappings used, ``taken`` lines, ``skipped`` lines (footers, lines without limits), refused ones, and rows."""

    mappings: tuple[str, ...]
    files: tuple[FileReport, ...]
    taken: int
    skipped: int
    refused: tuple[RowError, ...]
    rows: tuple[RuleRow, ...]


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
    mappings = [mapping] if isinstance(mapping, Mapping) else list(mapping)
    if not files or not mappings:
        raise ImportRefused("nothing to import: give at least one file and one mapping")
    run = _Run(templates=by_id(templates), batch=batch, valid_to=valid_to, status=status)
    tables = run.read(files)
    for recognised, headed in _pair(mappings, tables, run):
        start = valid_from or recognised.mapping.rows_valid_from
        if start is None:
            raise ImportRefused(f"the mapping {recognised.mapping.id} states no day from which its rows are valid: give valid_from")
        run.take(recognised.mapping, recognised.layout, headed, start)
    return run.report()


# --- recognising ---------------------------------------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class _Headed:
    """A table with its header found: the columns of its fields, the header's texts, the lines after it."""

    table: Table
    form: TableForm
    columns: MappingOf[str, int]
    header: Line
    lines: Sequence[Line]

    def cell(self, line: Line, name: str) -> str:
        """The text of a field in a line; empty when the table has no such column or the line is short."""
        place = self.columns.get(name)
        return line.cells[place] if place is not None and place < len(line.cells) else ""

    def heading(self, name: str) -> str:
        """The header text of a field."""
        place = self.columns.get(name)
        return "" if place is None else self.header.cells[place]


@dataclass(frozen=True, slots=True)
class _Recognised:
    mapping: Mapping
    layout: Layout


def _head(table: Table, form: TableForm) -> _Headed | None:
    for index, line in enumerate(table.lines[:HEADER_LINES]):
        columns = form.match(line.cells)
        if columns is not None:
            return _Headed(table=table, form=form, columns=columns, header=line, lines=table.lines[index + 1 :])
    return None


def _pair(mappings: Sequence[Mapping], tables: Sequence[Table], run: "_Run") -> Iterator[tuple[_Recognised, dict[str, _Headed]]]:
    """Give each table to the layout that fits its header best, then bring joined tables together in their order."""
    waiting: dict[tuple[int, int], list[_Headed]] = {}
    order: dict[tuple[int, int], _Recognised] = {}
    for table in tables:
        fits = [
            (headed, (number, place), _Recognised(mapping, layout))
            for number, mapping in enumerate(mappings)
            for place, layout in enumerate(mapping.layouts)
            for form in layout.forms
            if (headed := _head(table, form)) is not None
        ]
        if not fits:
            run.refuse_table(table, "unknown_header", *_unknown_header(table))
            continue
        headed, key, recognised = max(fits, key=lambda fit: len(fit[0].columns))
        run.files.append(FileReport(table.file, table.sheet, headed.form.name, len(headed.lines)))
        order[key] = recognised
        waiting.setdefault(key, []).append(headed)
    for key, recognised in order.items():
        for group in _groups(recognised.layout, waiting[key], run):
            yield recognised, group


def _unknown_header(table: Table) -> tuple[str, str]:
    shown = "、".join(cell[:20] for cell in table.lines[0].cells[:8]) if table.lines else ""
    return f"没有映射认得这个表头：{shown}", f"no mapping knows this header: {shown}; add a layout with these columns"


def _groups(layout: Layout, found: list[_Headed], run: "_Run") -> Iterator[dict[str, _Headed]]:
    if layout.codes is None:
        yield from ({layout.rules.name: headed} for headed in found)
        return
    firsts = [headed for headed in found if headed.form.name == layout.rules.name]
    seconds = [headed for headed in found if headed.form.name == layout.codes.name]
    for first, second in zip(firsts, seconds, strict=False):
        yield {layout.rules.name: first, layout.codes.name: second}
    for single in firsts[len(seconds) :] + seconds[len(firsts) :]:
        other = layout.codes if single.form.name == layout.rules.name else layout.rules
        names = "、".join(names[0] for names in other.columns.values())
        zh, en = f"缺少配套的表（{names}）", f"the partner table is missing (columns {names}): import both together"
        run.refuse_table(single.table, "partner_missing", zh, en)


# --- translating ---------------------------------------------------------------------------------------------------


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
        self.refused.append(RowError(table.file, 0, "", code, zh, en))

    def take(self, mapping: Mapping, layout: Layout, headed: MappingOf[str, _Headed], start: date) -> None:
        """Every line of a layout's table or joined tables."""
        self.mappings[mapping.id] = None
        first = headed[layout.rules.name]
        if layout.codes is None:
            for line in first.lines:
                self._take_line(mapping, layout, _Record(((first, line),)), start)
            return
        second = headed[layout.codes.name]
        said: dict[tuple[str, ...], list[Line]] = {}
        for line in first.lines:
            said.setdefault(_join_key(layout, first, line), []).append(line)
        used: set[tuple[str, ...]] = set()
        for line in second.lines:
            key = _join_key(layout, second, line)
            used.add(key)
            if not all(key) or key not in said:
                self._refuse(
                    _Record(((second, line),)),
                    refuse(layout.join[0], "no_partner", "另一张表没有这个名称", "the other table has no line for this name"),
                )
            for partner in said.get(key, ()) if all(key) else ():
                self._take_line(mapping, layout, _Record(((second, line), (first, partner))), start)
        for key, lines in said.items():
            for line in lines if key not in used else ():
                self._refuse(
                    _Record(((first, line),)),
                    refuse(layout.join[0], "no_code", "另一张表没有它的编码", "the other table has no code for it"),
                )

    def _refuse(self, record: "_Record", problem: Refusal) -> None:
        main, line = record.parts[0]
        headed, said = record.place(problem.field)
        zh, en = problem.zh, problem.en
        if headed is not main:
            zh, en = f"{zh}（见 {headed.table.file} 第 {said.number} 行）", f"{en} (see {headed.table.file}, line {said.number})"
        self.refused.append(RowError(main.table.file, line.number, headed.heading(problem.field), problem.code, zh, en))

    def _take_line(self, mapping: Mapping, layout: Layout, record: "_Record", start: date) -> None:
        if any(condition.holds(record.text(condition.field)) for condition in layout.ignore):
            self.skipped += 1
            return
        try:
            rows = list(self._rows_of(mapping, layout, record, start))
            if not rows and layout.without_rule == "refuse":
                raise refuse(
                    layout.out[0].when[0].field if layout.out[0].when else layout.subject,
                    "no_rule",
                    "映射没有说明这一行该怎么办",
                    "the mapping has no rule for this line",
                )
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

    def _rows_of(self, mapping: Mapping, layout: Layout, record: "_Record", start: date) -> Iterator[RuleRow]:
        for rule in layout.out:
            if not all(condition.holds(record.text(condition.field)) for condition in rule.when):
                continue
            if rule.refuse is not None:
                raise refuse(rule.when[-1].field if rule.when else layout.subject, "no_template", rule.refuse.zh, rule.refuse.en)
            yield from self._rows_of_rule(mapping, layout, rule, record, start)
            if rule.last:
                return

    def _rows_of_rule(self, mapping: Mapping, layout: Layout, rule: RuleOut, record: "_Record", start: date) -> Iterator[RuleRow]:
        template = self.templates.get(str(rule.template))
        if template is None or template.status not in (Status.LIVE, Status.SHADOW):
            zh, en = f"没有启用的模板 {rule.template}", f"no live template {rule.template}"
            raise refuse(rule.when[0].field if rule.when else layout.subject, "no_template", zh, en)
        subject = _subject(layout, record.text(layout.subject))
        title = record.text(layout.name) if layout.name else ""
        headed, line = record.place(layout.subject)
        for parameters in parameters_of(rule, template=template, values=mapping.values, text=record.text):
            problem = parameter_problem(template, parameters)
            if problem is not None:
                raise refuse(layout.subject, "parameters", f"参数不符合模板：{problem}", problem)
            rule_id = rule_id_for(
                template_id=template.id, subject=subject, parameters=parameters, valid_from=start, document=mapping.document
            )
            source = Source(document=mapping.document, batch=self.batch, file=headed.table.file, line=line.number)
            yield RuleRow(rule_id, template.id, subject, parameters, start, source, self.valid_to, self.status, title[:200])

    def report(self) -> ImportReport:
        """The result; refused lines in the order of their files and lines."""
        place = {report.file: index for index, report in reversed(list(enumerate(self.files)))}
        refused = sorted(self.refused, key=lambda error: (place.get(error.file, -1), error.file, error.line))
        return ImportReport(tuple(self.mappings), tuple(self.files), self.taken, self.skipped, tuple(refused), tuple(self.rows.values()))


@dataclass(frozen=True, slots=True)
class _Record:
    """A line, or joined lines: the first that has a field gives its text."""

    parts: tuple[tuple[_Headed, Line], ...]

    def text(self, name: str) -> str:
        """The text of a field."""
        headed, line = self.place(name)
        return headed.cell(line, name)

    def place(self, name: str) -> tuple[_Headed, Line]:
        """The part that has the field, else the first."""
        return next((part for part in self.parts if name in part[0].columns), self.parts[0])


def _join_key(layout: Layout, headed: _Headed, line: Line) -> tuple[str, ...]:
    return tuple(normalise_name(headed.cell(line, name)) for name in layout.join)


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
