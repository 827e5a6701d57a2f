"""Evaluation: facts x rule rows -> hits with trace. Pure, deterministic, independent of the order of rows.

Every row (for group_any: every group of rows) is judged on its own, so a handful of rows gives the same hits as a whole
snapshot does for those rows; the offline proof stands on that.
"""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date
from typing import Any, Protocol

from anpei.kernel.errors import InvalidInput
from anpei.rules.fitting import value_problem
from anpei.rules.grouping import Unit, unit_of, units_of
from anpei.rules.language import Expression
from anpei.rules.model import Evaluation, Grouping, Hit, RuleFacts, RuleRow, Shape, Status, Subject, Undecided, Value
from anpei.rules.templates import Template, by_id

RowsOfKey = Mapping[str, Sequence[RuleRow]]


class FactsInvalid(InvalidInput):
    """The facts cannot be evaluated: an attribute of another type, or a subject twice."""

    code = "rules.facts_invalid"


class RowSource(Protocol):
    """Where rows are looked up: a snapshot, or a handful of rows."""

    def rows_of(self, subject: str, /) -> RowsOfKey:
        """The rows of a subject key by template id."""
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

    def rows_of(self, subject: str, /) -> RowsOfKey:
        """The rows of a subject key by template id."""
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
    run = _Run(facts=facts, templates=by_id(templates), on=on, shadow=shadow)
    run.check()
    for key, members in run.members.items():
        for template_id, rows in source.rows_of(key).items():
            template = run.templates.get(template_id)
            if template is not None:
                run.judge(template, key, members, rows)
    return run.result()


@dataclass(slots=True)
class _Run:
    facts: RuleFacts
    templates: Mapping[str, Template]
    on: date
    shadow: bool
    members: dict[str, list[Subject]] = field(default_factory=dict)
    hits: list[Hit] = field(default_factory=list)
    undecided: list[Undecided] = field(default_factory=list)
    considered: int = 0

    def check(self) -> None:
        """Index the subjects by key; check ids and the types of attributes."""
        seen: set[str] = set()
        for subject in self.facts.subjects:
            if subject.id in seen:
                raise FactsInvalid(f"the subject id {subject.id} stands twice: ids must be unique", data={"subject": subject.id})
            seen.add(subject.id)
            for key in dict.fromkeys(subject.keys):
                self.members.setdefault(key, []).append(subject)
        for template in self.templates.values():
            for need in template.file.facts:
                value = self.facts.attributes.get(need.name)
                problem = None if value is None else value_problem(value, kind=need.type, allowed=need.values)
                if problem is not None:
                    raise FactsInvalid(f"the attribute {need.name} {problem} (template {template.id})", data={"attribute": need.name})

    def judge(self, template: Template, key: str, members: list[Subject], rows: Sequence[RuleRow]) -> None:
        """All rows of one template for one key."""
        if not self._active(template.status) or not template.in_force(self.on):
            return
        in_force = sorted((row for row in rows if self._active(row.status) and row.in_force(self.on)), key=lambda row: row.rule_id)
        self.considered += len(in_force)
        if template.file.shape is Shape.GROUP_ANY:
            for subject in members:
                for status in (Status.LIVE, Status.SHADOW):
                    self._judge_group(template, unit_of(key, (subject,)), [row for row in in_force if row.status is status])
            return
        for row in in_force:
            if template.file.shape is Shape.MEMBER:
                self._judge_member(template, key, members, row)
            else:
                self._judge_scalar(template, key, members, row)

    def _active(self, status: Status) -> bool:
        return status is Status.LIVE or (self.shadow and status is Status.SHADOW)

    def _environment(self, row: RuleRow, unit: Unit) -> dict[str, Any]:
        return {"row": row.parameters, "fact": self.facts.attributes, "subject": unit.values, "on": self.on}

    def _judge_scalar(self, template: Template, key: str, members: list[Subject], row: RuleRow) -> None:
        hit_before = len(self.hits)
        for unit in units_of(template, key=key, members=members, row=row):
            env = self._environment(row, unit)
            result = template.predicate.run(env)
            if result is True and not (template.file.subject is Grouping.WINDOW and self._met(unit, row, hit_before)):
                self._hit(template, (row,), unit, env, template.predicate)
            elif result is None:
                self._leave_open(template, (row,), unit, env, template.predicate)
        by_day = template.file.subject in (Grouping.DAY, Grouping.WINDOW)
        if by_day and len(self.hits) == hit_before and any(member.day is None for member in members):
            self._judge_undated(template, unit_of(key, tuple(members)), row)

    def _met(self, unit: Unit, row: RuleRow, since: int) -> bool:
        """Whether a window shares a subject with a window of the same row that hit already."""
        ids = {member.id for member in unit.members}
        return any(hit.rule_id == row.rule_id and not ids.isdisjoint(hit.subject_ids) for hit in self.hits[since:])

    def _judge_undated(self, template: Template, unit: Unit, row: RuleRow) -> None:
        """Some members have no day. A hit only if ``undated`` says so; without it, open if all on one day would have been a hit."""
        env = self._environment(row, unit)
        if template.undated is not None:
            result = template.undated.run(env)
            if result is True:
                self._hit(template, (row,), unit, env, template.undated)
            elif result is None:
                self._leave_open(template, (row,), unit, env, template.undated)
        elif template.predicate.run(env) is not False:
            self._open(template, (row,), unit.members, ("subject.day",))

    def _judge_member(self, template: Template, key: str, members: list[Subject], row: RuleRow) -> None:
        wanted = row.parameters.get(str(template.file.join))
        candidates = self.members.get(wanted, []) if isinstance(wanted, str) else []
        for subject in members if candidates else ():
            unit = unit_of(key, (subject,))
            env = self._environment(row, unit)
            met: list[tuple[Subject, Any]] = []
            unknown: list[tuple[Subject, Any]] = []
            for other in candidates:
                if other.id != subject.id:
                    view = {"key": wanted, "day": other.day, "quantity": other.quantity}
                    result = template.predicate.run({**env, "other": view})
                    if result is not False:
                        (met if result else unknown).append((other, view))
            if met:
                self._hit(
                    template, (row,), unit, {**env, "other": met[0][1]}, template.predicate, others=tuple(other.id for other, _ in met)
                )
            elif unknown:
                self._leave_open(template, (row,), unit, {**env, "other": unknown[0][1]}, template.predicate, unknown[0][0])

    def _judge_group(self, template: Template, unit: Unit, rows: Sequence[RuleRow]) -> None:
        """The predicate is what clears the subject: a hit when no row and no label fulfil it. No label at all leaves it open."""
        if not rows:
            return
        if not self.facts.labels:
            self._open(template, tuple(rows), unit.members, ("label.code",))
            return
        unknown: dict[str, Any] | None = None
        for row in rows:
            env = self._environment(row, unit)
            for code in self.facts.labels:
                result = template.predicate.run({**env, "label": {"code": code}})
                if result is True:
                    return
                if result is None:
                    unknown = env
        if unknown is not None:
            self._leave_open(template, tuple(rows), unit, unknown, template.predicate)
        else:
            self._hit(template, tuple(rows), unit, self._environment(rows[0], unit), template.predicate)

    def _hit(
        self,
        template: Template,
        rows: tuple[RuleRow, ...],
        unit: Unit,
        env: Mapping[str, Any],
        read: Expression,
        *,
        others: tuple[str, ...] = (),
    ) -> None:
        bound: dict[str, Value] = {f"{root}.{name}": env[root].get(name) for root, name in read.names if root in _FACT_ROOTS & set(env)}
        if ("label", "code") in read.names:
            bound["labels"] = self.facts.labels
        shown: dict[str, Value] = {name: expression.run(env) for name, expression in template.shows}
        variants = enumerate(template.explanations)
        variant = next(
            (index for index, text in variants if text.when is None or text.when.run(env) is True), len(template.explanations) - 1
        )
        self.hits.append(
            Hit(
                template_id=template.id,
                template_digest=template.digest,
                rule_id=rows[0].rule_id,
                rule_ids=tuple(row.rule_id for row in rows),
                status=_status(template, rows[0]),
                finding=template.file.finding,
                subject_ids=tuple(member.id for member in unit.members) + others,
                row_values=dict(rows[0].parameters),
                fact_values=bound,
                shown=shown | {"title": rows[0].title},
                variant=variant,
            )
        )

    def _leave_open(
        self, template: Template, rows: tuple[RuleRow, ...], unit: Unit, env: Mapping[str, Any], read: Expression, *others: Subject
    ) -> None:
        missing = tuple(f"{root}.{name}" for root, name in read.names if root in _FACT_ROOTS & set(env) and env[root].get(name) is None)
        self._open(template, rows, unit.members + others, missing)

    def _open(self, template: Template, rows: tuple[RuleRow, ...], members: tuple[Subject, ...], missing: tuple[str, ...]) -> None:
        self.undecided.append(
            Undecided(
                template_id=template.id,
                rule_ids=tuple(row.rule_id for row in rows),
                status=_status(template, rows[0]),
                finding=template.file.finding,
                subject_ids=tuple(member.id for member in members),
                missing=missing,
            )
        )

    def result(self) -> Evaluation:
        """Everything in the order of the subjects, then template, then rule."""
        place = {subject.id: index for index, subject in enumerate(self.facts.subjects)}
        hits = sorted(self.hits, key=lambda hit: (place[hit.subject_ids[0]], hit.template_id, hit.rule_ids, hit.subject_ids))
        left = sorted(self.undecided, key=lambda item: (place[item.subject_ids[0]], item.template_id, item.rule_ids, item.subject_ids))
        return Evaluation(hits=tuple(hits), undecided=tuple(left), considered=self.considered)


_FACT_ROOTS = {"fact", "subject", "other"}


def _status(template: Template, row: RuleRow) -> Status:
    return Status.SHADOW if Status.SHADOW in (template.status, row.status) else Status.LIVE
