"""Evaluation: facts x rule rows -> hits with trace. Pure, deterministic, independent of the order of rows.

Every row (for group_any, absent and shared: every group of rows) is judged on its own, so the rows of a hit give the same hit as the
whole snapshot does. Where groups share rows, ``retelling.rows_to_retell`` says which rows give exactly the same hits and no others.
"""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date
from typing import Protocol

from anpei.kernel.canonical import digest
from anpei.kernel.errors import InvalidInput
from anpei.rules.judging.judge import Judge
from anpei.rules.model import Evaluation, Grouping, Hit, RuleFacts, RuleRow, Shape, Status, Subject, plain
from anpei.rules.patterns import PatternIndex
from anpei.rules.templates.fitting import value_problem
from anpei.rules.templates.forms import FactNeed
from anpei.rules.templates.template import Template, by_id

RowsOfKey = Mapping[str, Sequence[RuleRow]]


class FactsInvalid(InvalidInput):
    """The facts cannot be evaluated: an attribute of another type, or a subject twice."""

    code = "rules.facts_invalid"


class RowSource(Protocol):
    """Where rows are looked up: a snapshot, or a handful of rows."""

    @property
    def patterns(self) -> PatternIndex:
        """The patterns among the subjects of its rows."""
        ...

    def rows_of(self, subject: str, /) -> RowsOfKey:
        """The rows of a subject (a key, or a pattern as it is written) by template id."""
        ...


class RuleBase(RowSource, Protocol):
    """Rows with the templates they are bound to: a snapshot."""

    @property
    def templates(self) -> Mapping[str, Template]:
        """The templates by id."""
        ...


class RowIndex:
    """A handful of rows, indexed by (subject, template)."""

    def __init__(self, rows: Iterable[RuleRow]) -> None:
        found: dict[str, dict[str, list[RuleRow]]] = {}
        for row in rows:
            found.setdefault(row.subject, {}).setdefault(row.template_id, []).append(row)
        self._rows: Mapping[str, RowsOfKey] = found
        self.patterns = PatternIndex(found)

    def rows_of(self, subject: str, /) -> RowsOfKey:
        """The rows of a subject by template id."""
        return self._rows.get(subject, {})


def evaluate(
    *,
    facts: RuleFacts,
    snapshot: RuleBase,
    on: date,
    templates: Mapping[str, Template] | Iterable[Template] | None = None,
    shadow: bool = False,
) -> tuple[Hit, ...]:
    """The hits of a whole snapshot. Templates other than its own serve what-if questions only: no proof covers them.

    Raises FactsInvalid. What could not be decided is told by ``examine``.
    """
    return examine(
        facts=facts, source=snapshot, templates=snapshot.templates if templates is None else templates, on=on, shadow=shadow
    ).hits


def evaluate_rows(
    *, facts: RuleFacts, rows: Iterable[RuleRow], templates: Mapping[str, Template] | Iterable[Template], on: date, shadow: bool = False
) -> tuple[Hit, ...]:
    """The hits of the given rows alone: for those rows the same as a whole snapshot's. Raises FactsInvalid."""
    return examine(facts=facts, source=RowIndex(rows), templates=templates, on=on, shadow=shadow).hits


def examine(
    *, facts: RuleFacts, source: RowSource, templates: Mapping[str, Template] | Iterable[Template], on: date, shadow: bool = False
) -> Evaluation:
    """Judge the facts by the rows and templates in force on a day: hits, undecided rows, and the count of rows considered.

    With ``shadow`` the shadow templates and rows are judged too; their results carry the status ``shadow`` and must not count.
    Raises FactsInvalid.
    """
    run = _Run(templates=by_id(templates), judge=Judge(facts=facts, on=on), shadow=shadow)
    check_facts(facts, needs_of(run.templates))
    for text, members in run.members(source).items():
        for template_id, rows in source.rows_of(text).items():
            template = run.templates.get(template_id)
            if template is not None:
                run.take(template, text, members, rows)
    run.judge_collected()
    return run.result()


def needs_of(templates: Mapping[str, Template]) -> tuple[tuple[str, FactNeed], ...]:
    """What the templates read, each different need once, with the first template that has it."""
    found: dict[tuple[str, str, tuple[str, ...]], tuple[str, FactNeed]] = {}
    for template in templates.values():
        for need in template.file.facts:
            found.setdefault((need.name, need.type, tuple(need.values or ())), (template.id, need))
    return tuple(found.values())


def check_facts(facts: RuleFacts, needs: Iterable[tuple[str, FactNeed]]) -> None:
    """Raises FactsInvalid unless ids are unique and the attributes have the types that are wanted."""
    ids = [subject.id for subject in facts.subjects]
    if len(set(ids)) != len(ids):
        twice = next(name for place, name in enumerate(ids) if name in ids[:place])
        raise FactsInvalid(f"the subject id {twice} stands twice: ids must be unique", data={"subject": twice})
    for template_id, need in needs:
        value = facts.attributes.get(need.name)
        problem = None if value is None else value_problem(value, kind=need.type, allowed=need.values)
        if problem is not None:
            raise FactsInvalid(f"the attribute {need.name} {problem} (template {template_id})", data={"attribute": need.name})


def in_order(judge: Judge, *, considered: int) -> Evaluation:
    """What was found, in the order of the subjects, then template, then rule."""
    place = {subject.id: index for index, subject in enumerate(judge.facts.subjects)}
    hits = sorted(judge.hits, key=lambda hit: (place[hit.subject_ids[0]], hit.template_id, hit.rule_ids, hit.subject_ids))
    left = sorted(judge.undecided, key=lambda item: (place[item.subject_ids[0]], item.template_id, item.rule_ids, item.subject_ids))
    return Evaluation(hits=tuple(hits), undecided=tuple(left), considered=considered)


@dataclass(slots=True)
class _Run:
    templates: Mapping[str, Template]
    judge: Judge
    shadow: bool
    considered: int = 0
    _grouped: dict[tuple[str, str, Status], list[RuleRow]] = field(default_factory=dict)
    _shared: dict[tuple[str, str, Status], list[RuleRow]] = field(default_factory=dict)

    def members(self, source: RowSource) -> dict[str, list[Subject]]:
        """The subjects by everything that rows may name them by: their keys and the patterns of the source."""
        found: dict[str, list[Subject]] = {}
        for subject in self.judge.facts.subjects:
            for text in source.patterns.of(subject):
                found.setdefault(text, []).append(subject)
        return found

    def take(self, template: Template, text: str, members: Sequence[Subject], rows: Sequence[RuleRow]) -> None:
        """All rows of one template for one text: judged at once, or collected where rows of several texts belong together."""
        if not self._active(template.status) or not template.in_force(self.judge.on):
            return
        in_force = sorted((row for row in rows if self._active(row.status) and row.in_force(self.judge.on)), key=lambda row: row.rule_id)
        self.considered += len(in_force)
        by_subject = template.file.shape in (Shape.GROUP_ANY, Shape.ABSENT) and template.file.subject is Grouping.EACH
        if template.file.shape is Shape.SHARED:
            for row in in_force:
                self._shared.setdefault((template.id, digest(plain(row.parameters)), row.status), []).append(row)
        elif by_subject:
            for row in in_force:
                for subject in members:
                    self._grouped.setdefault((template.id, subject.id, row.status), []).append(row)
        else:
            self._judge_now(template, text, members, in_force)

    def _judge_now(self, template: Template, text: str, members: Sequence[Subject], rows: Sequence[RuleRow]) -> None:
        """Rows whose subjects are all known with the text that names them."""
        if template.file.shape is Shape.ABSENT:
            for status in (Status.LIVE, Status.SHADOW):
                group = [row for row in rows if row.status is status]
                if group:
                    self.judge.absent(template, text, members, group)
            return
        judge = self.judge.member if template.file.shape is Shape.MEMBER else self.judge.scalar
        for row in rows:
            judge(template, text, members, row)

    def judge_collected(self) -> None:
        """The rows that were collected: by subject, and by their parameters."""
        subjects = {subject.id: subject for subject in self.judge.facts.subjects}
        for (template_id, subject_id, _), rows in self._grouped.items():
            template, subject = self.templates[template_id], subjects[subject_id]
            in_order = sorted(rows, key=lambda row: row.rule_id)
            if template.file.shape is Shape.GROUP_ANY:
                self.judge.group_any(template, subject, in_order)
            else:
                self.judge.absent(template, subject.keys[0], (subject,), in_order)
        for (template_id, _, _), rows in self._shared.items():
            self.judge.shared(self.templates[template_id], sorted(rows, key=lambda row: row.rule_id))

    def _active(self, status: Status) -> bool:
        return status is Status.LIVE or (self.shadow and status is Status.SHADOW)

    def result(self) -> Evaluation:
        """Everything in the order of the subjects, then template, then rule."""
        return in_order(self.judge, considered=self.considered)
