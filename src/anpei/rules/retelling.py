"""Retelling (复述): which rows of a large source are needed so that judging them alone gives the same evaluation again.

For most shapes those are the rows of the hits. Where all rows that name a subject are judged together (group_any, absent), a row of one
hit may name another subject too, which further rows cleared: without them that subject would now be hit. The same holds for rows of
shape shared. So these rows belong to what a proof carries, or to what a fast execution hands to the reference.
"""

from collections.abc import Iterable, Mapping
from datetime import date

from anpei.kernel.canonical import canonical
from anpei.rules.evaluation import RowSource
from anpei.rules.model import Evaluation, Grouping, Hit, RuleFacts, RuleRow, Shape, Status, Undecided, plain
from anpei.rules.templates import Template, by_id


def rows_to_retell(
    *,
    result: Evaluation,
    facts: RuleFacts,
    source: RowSource,
    templates: Mapping[str, Template] | Iterable[Template],
    on: date,
    shadow: bool = False,
) -> tuple[RuleRow, ...]:
    """The rows of the hits and undecided rows with their companions, sorted by id.

    ``examine`` over these rows gives the hits and undecided rows of ``result`` again. The arguments are those of the evaluation.
    """
    known = by_id(templates)
    said: list[Hit | Undecided] = [*result.hits, *result.undecided]
    wanted = {rule_id for item in said for rule_id in item.rule_ids}
    named: dict[str, tuple[str, ...]] = {subject.id: source.patterns.of(subject) for subject in facts.subjects}
    found: dict[str, RuleRow] = {}
    for template_id in sorted({item.template_id for item in said}):
        rows = _in_force(named.values(), source, template_id, on, shadow=shadow)
        found.update(_needed(known[template_id], rows, wanted, list(named.values())))
    return tuple(found[rule_id] for rule_id in sorted(found))


def _in_force(named: Iterable[tuple[str, ...]], source: RowSource, template_id: str, on: date, *, shadow: bool) -> dict[str, list[RuleRow]]:
    """The rows of a template in force by the text that names a subject of the case."""
    active = (Status.LIVE, Status.SHADOW) if shadow else (Status.LIVE,)
    found: dict[str, list[RuleRow]] = {}
    for text in dict.fromkeys(text for texts in named for text in texts):
        rows = [row for row in source.rows_of(text).get(template_id, ()) if row.status in active and row.in_force(on)]
        if rows:
            found[text] = rows
    return found


def _needed(template: Template, rows: Mapping[str, list[RuleRow]], wanted: set[str], named: list[tuple[str, ...]]) -> dict[str, RuleRow]:
    every = [row for group in rows.values() for row in group]
    if template.file.shape is Shape.SHARED:
        parameters = {canonical(plain(row.parameters)) for row in every if row.rule_id in wanted}
        return {row.rule_id: row for row in every if canonical(plain(row.parameters)) in parameters}
    found = {row.rule_id: row for row in every if row.rule_id in wanted}
    if template.file.shape not in (Shape.GROUP_ANY, Shape.ABSENT) or template.file.subject is not Grouping.EACH:
        return found
    while True:
        held = {text for text, group in rows.items() if any(row.rule_id in found for row in group)}
        touched = {text for texts in named if not held.isdisjoint(texts) for text in texts}
        more = {row.rule_id: row for text in touched for row in rows.get(text, ())}
        if more.keys() <= found.keys():
            return found
        found |= more
