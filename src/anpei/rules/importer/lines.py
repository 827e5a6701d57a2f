"""One line to rows: which rules of the layout apply, with which subjects and parameters; or the reason why the line is refused.

Lines whose statements have the same words say the same about different subjects: what such words mean is worked out once (a reading)
and remembered.
"""

import hashlib
import json
import re
from collections.abc import Iterable, Iterator, Sequence
from collections.abc import Mapping as MappingOf
from dataclasses import dataclass
from datetime import date

from anpei.kernel.canonical import canonical
from anpei.rules.importer.mapping import Layout, RuleOut
from anpei.rules.importer.naming import joined_of, patterns_of
from anpei.rules.importer.reading import Refusal, parameters_of, refuse
from anpei.rules.importer.recognition import Recognised, Record
from anpei.rules.importer.report import RowError
from anpei.rules.model import RuleRow, Source, Status, Value, normalise_code, normalise_name, plain
from anpei.rules.templates.fitting import parameter_problem
from anpei.rules.templates.template import Template

REMEMBERED = 20_000


@dataclass(frozen=True, slots=True)
class Given:
    """What all lines of one import have in common."""

    templates: MappingOf[str, Template]
    batch: str
    valid_to: date | None
    status: Status


@dataclass(frozen=True, slots=True)
class _Statement:
    """A rule that applies, with what it says: sets of parameters, or why there is none. ``early``: refused whatever the subject is."""

    rule: RuleOut
    template: Template | None
    parameters: tuple[tuple[dict[str, Value], "_Ids"], ...] = ()
    refused: Refusal | None = None
    early: bool = False


class LineReader:
    """Reads the lines of the tables of one layout; rows hold from ``start``."""

    def __init__(self, given: Given, tables: Recognised, start: date) -> None:
        self._given, self._tables, self._layout, self._start = given, tables, tables.layout, start
        self._fields = tuple(sorted(_fields_of(tables.layout)))
        self._form = re.compile(tables.layout.subject_form)
        self._read: dict[tuple[str, ...], tuple[_Statement, ...]] = {}

    def rows_of(self, records: Sequence[Record]) -> list[RuleRow]:
        """The rows of one line, with each of its partners; none when it limits nothing or is to be ignored. Raises Refusal."""
        layout, record = self._layout, records[0]
        if any(condition.holds(record.text(condition.field)) for condition in layout.ignore):
            return []
        rows = [row for one in records for row in self._rows_of(one)]
        if not rows and layout.without_rule == "refuse":
            field_name = layout.out[0].when[0].field if layout.out[0].when else layout.subject
            shown = record.text(field_name)[:40]
            raise refuse(field_name, "no_rule", f"映射没有说明“{shown}”该怎么办", f"the mapping has no rule for “{shown}”")
        return rows

    def _rows_of(self, record: Record) -> Iterator[RuleRow]:
        words = tuple([record.text(name) for name in self._fields])
        found = self._read.get(words)
        if found is None:
            if len(self._read) >= REMEMBERED:
                self._read.clear()
            found = self._read[words] = tuple(self._statements(record))
        for statement in found:
            yield from self._rows_of_statement(statement, record)

    def _statements(self, record: Record) -> Iterator[_Statement]:
        layout = self._layout
        for rule in layout.out:
            if not all(condition.holds(record.text(condition.field)) for condition in rule.when):
                continue
            field_name = rule.when[-1].field if rule.when else layout.subject
            if rule.refuse is not None:
                yield _Statement(rule, None, refused=refuse(field_name, "no_template", rule.refuse.zh, rule.refuse.en), early=True)
                return
            template = self._given.templates.get(str(rule.template))
            if template is None or template.status not in (Status.LIVE, Status.SHADOW):
                zh, en = f"没有启用的模板 {rule.template}", f"no live template {rule.template}"
                first = rule.when[0].field if rule.when else layout.subject
                yield _Statement(rule, None, refused=refuse(first, "no_template", zh, en), early=True)
                return
            yield self._statement(rule, template, record)
            if rule.last:
                return

    def _statement(self, rule: RuleOut, template: Template, record: Record) -> _Statement:
        try:
            found = tuple(parameters_of(rule, template=template, values=self._tables.mapping.values, text=record.text))
            if rule.joined is None:
                for parameters in found:
                    self._check(template, parameters)
        except Refusal as problem:
            return _Statement(rule, template, refused=problem)
        return _Statement(rule, template, tuple((parameters, self._ids(template, parameters)) for parameters in found))

    def _ids(self, template: Template, parameters: MappingOf[str, Value]) -> "_Ids":
        return _Ids(template.id, parameters, valid_from=self._start, document=self._tables.mapping.document)

    def _rows_of_statement(self, statement: _Statement, record: Record) -> Iterator[RuleRow]:
        rule, template = statement.rule, statement.template
        if statement.early and statement.refused is not None:
            raise statement.refused.again()
        subjects = [self._subject(record)] if rule.subject is None else patterns_of(rule.subject, record.text)
        if statement.refused is not None or template is None:
            raise (statement.refused or refuse(self._layout.subject, "no_template", "没有模板", "no template")).again()
        for parameters, ids in statement.parameters:
            for subject in subjects:
                if rule.joined is None:
                    yield self._row(record, rule, template.id, subject, parameters, ids)
                    continue
                for other in joined_of(rule.joined, subject, record.text):
                    whole = {**parameters, rule.joined.parameter: other}
                    self._check(template, whole)
                    yield self._row(record, rule, template.id, subject, whole, self._ids(template, whole))

    def _check(self, template: Template, parameters: MappingOf[str, Value]) -> None:
        problem = parameter_problem(template, parameters)
        if problem is not None:
            raise refuse(self._layout.subject, "parameters", f"参数不符合模板：{problem}", problem)

    def _row(  # noqa: PLR0917 - called for every row
        self, record: Record, rule: RuleOut, template_id: str, subject: str, parameters: MappingOf[str, Value], ids: "_Ids"
    ) -> RuleRow:
        layout, given = self._layout, self._given
        title = record.text(layout.name)[:200] if layout.name else ""
        headed, line = record.place(layout.subject)
        source = Source(self._tables.mapping.document, given.batch, headed.table.name, line.number)
        status = given.status if rule.status is None or given.status is not Status.LIVE else rule.status
        return RuleRow(ids.of(subject), template_id, subject, parameters, self._start, source, given.valid_to, status, title)

    def _subject(self, record: Record) -> str:
        layout = self._layout
        text = record.text(layout.subject)
        if not text:
            raise refuse(layout.subject, "empty", "没有填写", "is empty")
        shown = text[:40]
        if text.endswith("*"):
            raise refuse(
                layout.subject, "wildcard", f"“{shown}”有星号，而本表的编码不是编码段", f"“{shown}” has a star; this table has whole codes"
            )
        subject = normalise_code(text) if layout.subject_is == "code" else normalise_name(text)
        if not self._form.fullmatch(subject):
            shown, form = subject[:40], layout.subject_form
            raise refuse(layout.subject, "form", f"“{shown}”不符合编码格式 {form}", f"“{shown}” does not have the form {form}")
        return subject


class _Ids:
    """Rule ids of one statement for many subjects: those of ``model.rule_id_for``, of which only the subject is hashed anew."""

    __slots__ = ("_begun", "_end")

    def __init__(self, template_id: str, parameters: MappingOf[str, Value], *, valid_from: date, document: str) -> None:
        begin = canonical({"document": document, "parameters": plain(parameters)})[:-1] + b',"subject":'
        self._begun = hashlib.sha256(begin)
        self._end = b"," + canonical({"template": template_id, "valid_from": valid_from.isoformat()})[1:]

    def of(self, subject: str) -> str:
        """The id of the rule for a subject."""
        whole = self._begun.copy()
        whole.update(json.encoder.encode_basestring(subject).encode() + self._end)
        return "r" + whole.hexdigest()[:32]


def _fields_of(layout: Layout) -> Iterable[str]:
    """The fields by which it is decided which rules apply and with which parameters."""
    for rule in layout.out:
        yield from (condition.field for condition in rule.when)
        yield from (take.field for take in rule.parameters.values() if take.field is not None)
        yield from () if rule.parameter_set is None else (rule.parameter_set.field,)
        yield from () if rule.spread is None else (rule.spread.field,)


def error_of(record: Record, problem: Refusal) -> RowError:
    """The refusal with its place: the line of the main table, and the line of the other table if its field is there."""
    main, line = record.parts[0]
    headed, said = record.place(problem.field)
    zh, en = problem.zh, problem.en
    if headed is not main:
        zh, en = f"{zh}（见 {headed.table.name} 第 {said.number} 行）", f"{en} (see {headed.table.name}, line {said.number})"
    return RowError(main.table.name, line.number, headed.heading(problem.field), problem.code, zh, en)
