"""Judging: one template, its rows and the subjects they name -> hits and undecided rows. One function per shape.

The exact meaning of each shape stands in docs/rules.md, section "Shapes"; the compiled executions reproduce it.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date
from typing import Any

from anpei.rules.judging.grouping import Unit, sum_of, unit_of, units_of, view_of, window_of
from anpei.rules.language import Expression
from anpei.rules.model import Grouping, Hit, RuleFacts, RuleRow, Status, Subject, Undecided, Value
from anpei.rules.patterns import pattern_of
from anpei.rules.templates.template import Template


@dataclass(slots=True)
class Judge:
    """The facts of one evaluation and what has been found so far."""

    facts: RuleFacts
    on: date
    hits: list[Hit] = field(default_factory=list)
    undecided: list[Undecided] = field(default_factory=list)
    _named: dict[str, list[Subject]] = field(default_factory=dict)
    _by_key: dict[str, list[Subject]] = field(default_factory=dict)
    _units: dict[tuple[str, int, bool], tuple[Sequence[Subject], list[Unit]]] = field(default_factory=dict)

    def named(self, text: str) -> list[Subject]:
        """The subjects that a pattern stands for, in the order of the facts."""
        found = self._named.get(text)
        if found is None:
            pattern = pattern_of(text) if text.endswith("*") else None
            if pattern is None or pattern.prefix is None:
                found = self._with_key(text)
            else:
                found = [subject for subject in self.facts.subjects if pattern.names(subject)]
            self._named[text] = found
        return found

    def _with_key(self, key: str) -> list[Subject]:
        if not self._by_key:
            for subject in self.facts.subjects:
                for one in subject.keys if len(subject.keys) == 1 else dict.fromkeys(subject.keys):
                    self._by_key.setdefault(one, []).append(subject)
        return self._by_key.get(key, [])

    def _units_of(self, template: Template, key: str, members: Sequence[Subject], row: RuleRow) -> list[Unit]:
        """The units of these members; those of the same members under the same key are remembered, as many rows ask for them."""
        grouping = template.file.subject
        asked = (key, 0 if grouping is Grouping.EACH else window_of(template, row), grouping is Grouping.WHOLE)
        held = self._units.get(asked)
        if held is None or held[0] is not members:
            held = self._units[asked] = members, list(units_of(grouping, key=key, members=members, length=asked[1]))
        return held[1]

    # --- scalar, interval, shared ----------------------------------------------------------------------------------

    def scalar(self, template: Template, key: str, members: Sequence[Subject], row: RuleRow) -> None:
        """Each unit of the row's subjects; the predicate says what is a breach."""
        hit_before = len(self.hits)
        for unit in self._units_of(template, key, members, row):
            env = self._environment(row, unit)
            result = template.predicate.run(env)
            if result is True and not (template.file.subject is Grouping.WINDOW and self._met(unit, row, hit_before)):
                self._hit(template, (row,), unit, env, template.predicate)
            elif result is None:
                self._leave_open(template, (row,), unit, env, template.predicate)
        self._judge_undated(template, (row,), key, members, hit_before)

    def shared(self, template: Template, rows: Sequence[RuleRow]) -> None:
        """Rows with the same parameters (sorted by id): their subjects together, a day at a time or as a whole."""
        ids = {subject.id for row in rows for subject in self.named(row.subject)}
        members = [subject for subject in self.facts.subjects if subject.id in ids]
        hit_before = len(self.hits)
        for unit in self._units_of(template, rows[0].subject, members, rows[0]):
            env = self._environment(rows[0], unit)
            result = template.predicate.run(env)
            if result is True:
                self._hit(template, self._naming(rows, unit), unit, env, template.predicate)
            elif result is None:
                self._leave_open(template, self._naming(rows, unit), unit, env, template.predicate)
        self._judge_undated(template, tuple(rows), rows[0].subject, members, hit_before)

    def _naming(self, rows: Sequence[RuleRow], unit: Unit) -> tuple[RuleRow, ...]:
        """Those of the rows that name a member."""
        ids = {member.id for member in unit.members}
        return tuple(row for row in rows if any(subject.id in ids for subject in self.named(row.subject)))

    def _met(self, unit: Unit, row: RuleRow, since: int) -> bool:
        """Whether a window shares a subject with a window of the same row that hit already."""
        ids = {member.id for member in unit.members}
        return any(hit.rule_id == row.rule_id and not ids.isdisjoint(hit.subject_ids) for hit in self.hits[since:])

    def _judge_undated(self, template: Template, rows: tuple[RuleRow, ...], key: str, members: Sequence[Subject], hit_before: int) -> None:
        """Some members have no day. A hit only if ``undated`` says so; without it, open if all on one day would have been a hit."""
        grouping = template.file.subject
        if (
            grouping is Grouping.EACH
            or grouping is Grouping.WHOLE
            or len(self.hits) != hit_before
            or all(member.day is not None for member in members)
        ):
            return
        unit = unit_of(key, tuple(members))
        env = self._environment(rows[0], unit)
        if template.undated is not None:
            result = template.undated.run(env)
            if result is True:
                self._hit(template, rows, unit, env, template.undated)
            elif result is None:
                self._leave_open(template, rows, unit, env, template.undated)
        elif template.predicate.run(env) is not False:
            self._open(template, rows, unit.members, ("subject.day",))

    # --- member ----------------------------------------------------------------------------------------------------

    def member(self, template: Template, key: str, members: Sequence[Subject], row: RuleRow) -> None:
        """Each subject of the row with each other subject it names."""
        wanted = str(row.parameters.get(str(template.file.join)))
        candidates = self.named(wanted)
        for subject in members if candidates else ():
            unit = unit_of(key, (subject,))
            env = self._environment(row, unit)
            met, unknown = _meet(template, env, candidates, wanted, unit)
            if met:
                others = tuple(other.id for other in met)
                self._hit(template, (row,), unit, {**env, "other": view_of(met[0], wanted)}, template.predicate, others=others)
            elif unknown:
                self._leave_open(template, (row,), unit, {**env, "other": view_of(unknown[0], wanted)}, template.predicate, unknown[0])

    # --- group_any -------------------------------------------------------------------------------------------------

    def group_any(self, template: Template, subject: Subject, rows: Sequence[RuleRow]) -> None:
        """The predicate is what clears the subject: a hit when no row and no label fulfil it. No label at all leaves it open."""
        unit = unit_of(subject.keys[0], (subject,))
        part = label_part(template)
        labels = self.facts.labels if part == "code" else self.facts.label_names
        if not labels:
            self._open(template, tuple(rows), unit.members, (f"label.{part}",))
            return
        unknown: dict[str, Any] | None = None
        for row in rows:
            env = self._environment(row, unit)
            for label in labels:
                result = template.predicate.run({**env, "label": {part: label}})
                if result is True:
                    return
                if result is None:
                    unknown = env
        if unknown is not None:
            self._leave_open(template, tuple(rows), unit, unknown, template.predicate)
        else:
            self._hit(template, tuple(rows), unit, self._environment(rows[0], unit), template.predicate)

    # --- absent ----------------------------------------------------------------------------------------------------

    def absent(self, template: Template, key: str, members: Sequence[Subject], rows: Sequence[RuleRow]) -> None:
        """The rows name others, the predicate says which of them count; a hit when ``lack`` holds for every row."""
        unit = unit_of(key, tuple(members))
        met: dict[str, Subject] = {}
        unknown: dict[str, Subject] = {}
        for row in rows:
            env = self._environment(row, unit)
            wanted = str(row.parameters.get(str(template.file.join)))
            found, open_ones = _meet(template, env, self.named(wanted), wanted, unit)
            met.update((other.id, other) for other in found)
            unknown.update((other.id, other) for other in open_ones)
        unknown = {name: other for name, other in unknown.items() if name not in met}
        result = self._lacks(template, unit, rows, list(met.values()))
        if result is True and unknown and self._lacks(template, unit, rows, [*met.values(), *unknown.values()]) is not True:
            result = None
        in_order = tuple(subject for subject in self.facts.subjects if subject.id in met)
        env = self._environment(rows[0], unit) | {"others": sum_of(in_order)}
        if result is True:
            others = tuple(other.id for other in in_order)
            self._hit(template, tuple(rows), unit, env, template.lack or template.predicate, others=others)
        elif result is None:
            left = tuple(subject for subject in self.facts.subjects if subject.id in unknown)
            with_other = env | ({"other": view_of(left[0], "")} if left else {})
            self._open(template, tuple(rows), unit.members + left, _missing(with_other, template.predicate, template.lack))

    def _lacks(self, template: Template, unit: Unit, rows: Sequence[RuleRow], others: Sequence[Subject]) -> bool | None:
        """Three-valued "for every row": one row that is not lacking clears."""
        view = {"others": sum_of(others)}
        results = [template.lack.run(self._environment(row, unit) | view) for row in rows] if template.lack else [None]
        if any(result is False for result in results):
            return False
        return None if any(result is None for result in results) else True

    # --- what is found ---------------------------------------------------------------------------------------------

    def _environment(self, row: RuleRow, unit: Unit) -> dict[str, Any]:
        return {"row": row.parameters, "fact": self.facts.attributes, "subject": unit.values, "on": self.on}

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
        first = rows[0]
        shown: dict[str, Value] = {}
        for name, expression in template.shows:
            bare = expression.bare
            shown[name] = env[bare[0]].get(bare[1]) if bare else expression.run(env)
        shown["title"] = first.title
        ids = (first.rule_id,) if len(rows) == 1 else tuple([row.rule_id for row in rows])
        self.hits.append(
            Hit(
                template_id=template.id,
                template_digest=template.digest,
                rule_id=first.rule_id,
                rule_ids=ids,
                status=_status(template, first),
                finding=template.file.finding,
                subject_ids=unit.ids + others if others else unit.ids,
                row_values=dict(first.parameters),
                fact_values=self._bound(env, read),
                shown=shown,
                variant=_variant(template, env),
            )
        )

    def _bound(self, env: Mapping[str, Any], read: Expression) -> dict[str, Value]:
        """The values that an expression read."""
        bound: dict[str, Value] = {text: env[root].get(name) for root, name, text in read.facts if root in env}
        if read.labels:
            if "code" in read.labels:
                bound["labels"] = self.facts.labels
            if "name" in read.labels:
                bound["label_names"] = self.facts.label_names
        return bound

    def _leave_open(
        self, template: Template, rows: tuple[RuleRow, ...], unit: Unit, env: Mapping[str, Any], read: Expression, *others: Subject
    ) -> None:
        self._open(template, rows, unit.members + others, _missing(env, read))

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


def label_part(template: Template) -> str:
    """Which part of labels a group_any template reads: code or name."""
    return next(name for root, name in template.predicate.names if root == "label")


def _meet(
    template: Template, env: Mapping[str, Any], candidates: Sequence[Subject], wanted: str, unit: Unit
) -> tuple[list[Subject], list[Subject]]:
    """Of the candidates that are not members: those that fulfil the predicate, and those for which it is unknown."""
    own = {member.id for member in unit.members}
    met: list[Subject] = []
    unknown: list[Subject] = []
    for other in candidates:
        if other.id not in own:
            result = template.predicate.run({**env, "other": view_of(other, wanted)})
            if result is not False:
                (met if result else unknown).append(other)
    return met, unknown


def _missing(env: Mapping[str, Any], *read: Expression | None) -> tuple[str, ...]:
    """The values that expressions read and that are unknown."""
    names = dict.fromkeys(name for expression in read if expression is not None for name in expression.facts)
    return tuple(text for root, name, text in names if root in env and env[root].get(name) is None)


def _status(template: Template, row: RuleRow) -> Status:
    return Status.SHADOW if template.status is Status.SHADOW or row.status is Status.SHADOW else Status.LIVE


def _variant(template: Template, env: Mapping[str, Any]) -> int:
    """Which of the explanations applies: the first whose condition holds, else the last."""
    for index, text in enumerate(template.explanations):
        if text.when is None or text.when.run(env) is True:
            return index
    return len(template.explanations) - 1
