"""One line to rows: which rules of the layout apply, with which subjects and parameters; or the reason why the line is refused."""

import re
from collections.abc import Iterator, Sequence
from collections.abc import Mapping as MappingOf
from dataclasses import dataclass
from datetime import date

from anpei.rules.importer.mapping import Layout, RuleOut
from anpei.rules.importer.naming import joined_of, patterns_of
from anpei.rules.importer.reading import Refusal, parameters_of, refuse
from anpei.rules.importer.recognition import Recognised, Record
from anpei.rules.importer.report import RowError
from anpei.rules.model import RuleRow, Source, Status, Value, normalise_code, normalise_name, rule_id_for
from anpei.rules.templates.fitting import parameter_problem
from anpei.rules.templates.template import Template


@dataclass(frozen=True, slots=True)
class LineReader:
    """What all lines of one import have in common."""

    templates: MappingOf[str, Template]
    batch: str
    valid_to: date | None
    status: Status

    def rows_of(self, tables: Recognised, records: Sequence[Record], start: date) -> list[RuleRow] | None:
        """The rows of one line, with each of its partners; empty when it limits nothing, None when it is to be ignored. Raises Refusal."""
        layout, record = tables.layout, records[0]
        if any(condition.holds(record.text(condition.field)) for condition in layout.ignore):
            return None
        rows = [row for one in records for row in self._rows_of(tables, one, start)]
        if not rows and layout.without_rule == "refuse":
            field_name = layout.out[0].when[0].field if layout.out[0].when else layout.subject
            shown = record.text(field_name)[:40]
            raise refuse(field_name, "no_rule", f"映射没有说明“{shown}”该怎么办", f"the mapping has no rule for “{shown}”")
        return rows

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


def error_of(record: Record, problem: Refusal) -> RowError:
    """The refusal with its place: the line of the main table, and the line of the other table if its field is there."""
    main, line = record.parts[0]
    headed, said = record.place(problem.field)
    zh, en = problem.zh, problem.en
    if headed is not main:
        zh, en = f"{zh}（见 {headed.table.name} 第 {said.number} 行）", f"{en} (see {headed.table.name}, line {said.number})"
    return RowError(main.table.name, line.number, headed.heading(problem.field), problem.code, zh, en)


def _subject(layout: Layout, text: str) -> str:
    if not text:
        raise refuse(layout.subject, "empty", "没有填写", "is empty")
    if text.endswith("*"):
        shown = text[:40]
        raise refuse(
            layout.subject, "wildcard", f"“{shown}”有星号，而本表的编码不是编码段", f"“{shown}” has a star; this table has whole codes"
        )
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
