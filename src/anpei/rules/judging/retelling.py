"""Retelling (复述): which rows of a large source are needed so that judging them alone gives the same evaluation again.

For most shapes those are the rows of the hits. Where all rows that name a subject are judged together (group_any, absent), a row of one
hit may name another subject too, which further rows cleared: without them that subject would now be hit. The same holds for rows of
shape shared. So these rows belong to what a proof carries, or to what a fast execution hands to the reference.
"""

from collections.abc import Iterable, Mapping, Sequence
from datetime import date

from anpei.kernel.canonical import canonical
from anpei.rules.judging.evaluation import RowsOfKey, RowSource
from anpei.rules.model import Grouping, RuleFacts, RuleRow, Shape, Status, plain
from anpei.rules.templates.template import Template, by_id


def rows_to_retell(
    *,
    found: Iterable[RuleRow],
    facts: RuleFacts,
    source: RowSource,
    templates: Mapping[str, Template] | Iterable[Template],
    on: date,
    shadow: bool = False,
) -> tuple[RuleRow, ...]:
    """The rows that were found (those of all hits and undecided rows of an evaluation) with their companions, sorted by id.

    ``examine`` over these rows gives the same hits and undecided rows again. The other arguments are those of the evaluation. Of
    ``source`` only the rows of templates are asked for whose rows are judged together.
    """
    known = by_id(templates)
    needed = {row.rule_id: row for row in found}
    named = [source.patterns.of(subject) for subject in facts.subjects]
    for template_id in sorted({row.template_id for row in needed.values()}):
        template = known[template_id]
        by_subject = template.file.shape in (Shape.GROUP_ANY, Shape.ABSENT) and template.file.subject is Grouping.EACH
        if by_subject or template.file.shape is Shape.SHARED:
            rows = _in_force(named, source, template_id, on, shadow=shadow)
            needed.update(_by_subject(rows, needed, named) if by_subject else _of_equal_parameters(rows, needed))
    return tuple(needed[rule_id] for rule_id in sorted(needed))


def _in_force(named: Iterable[tuple[str, ...]], source: RowSource, template_id: str, on: date, *, shadow: bool) -> dict[str, list[RuleRow]]:
    """The rows of a template in force by the text that names a subject of the case."""
    active = (Status.LIVE, Status.SHADOW) if shadow else (Status.LIVE,)
    found: dict[str, list[RuleRow]] = {}
    for text in dict.fromkeys(text for texts in named for text in texts):
        rows = [row for row in source.rows_of(text).get(template_id, ()) if row.status in active and row.in_force(on)]
        if rows:
            found[text] = rows
    return found


def _of_equal_parameters(rows: RowsOfKey, needed: Mapping[str, RuleRow]) -> dict[str, RuleRow]:
    every = [row for group in rows.values() for row in group]
    parameters = {canonical(plain(row.parameters)) for row in every if row.rule_id in needed}
    return {row.rule_id: row for row in every if canonical(plain(row.parameters)) in parameters}


def _by_subject(rows: RowsOfKey, needed: Mapping[str, RuleRow], named: Sequence[tuple[str, ...]]) -> dict[str, RuleRow]:
    """For every subject that a needed row names all rows that name it, and so on until no subject is new."""
    found = {row.rule_id: row for group in rows.values() for row in group if row.rule_id in needed}
    while True:
        held = {text for text, group in rows.items() if any(row.rule_id in found for row in group)}
        touched = {text for texts in named if not held.isdisjoint(texts) for text in texts}
        more = {row.rule_id: row for text in touched for row in rows.get(text, ())}
        if more.keys() <= found.keys():
            return found
        found |= more
