"""Telling (说明): what a kernel found is judged once more by the reference, hit by hit, and so gets its values, texts and proof.

Only the rows of the records are looked at. Rows that are judged together are handed over together, with the subject they were found for.
"""

from collections.abc import Mapping
from typing import TYPE_CHECKING

import numpy as np

from anpei.rules.compiled.records import Records
from anpei.rules.judging.judge import Judge
from anpei.rules.model import Grouping, RuleRow, Shape

if TYPE_CHECKING:
    from anpei.rules.compiled.machine import CompiledRules


def tell(judge: Judge, found: Records, *, rows: Mapping[int, RuleRow], rules: "CompiledRules") -> None:
    """Judge one case again: every record of ``found``, whose rows stand in ``rows`` by their places. Adds to ``judge``."""
    done: set[object] = set()
    all_places, members = found.rows.tolist(), found.members.tolist()
    for _, _, template_number, _, row_at, row_count, member_at, _ in found.records.tolist():
        template, place = rules.order[template_number], all_places[row_at]
        shape = template.file.shape
        if shape is not Shape.GROUP_ANY and shape is not Shape.ABSENT and shape is not Shape.SHARED:
            if place not in done:
                done.add(place)
                row = rows[place]
                (judge.member if shape is Shape.MEMBER else judge.scalar)(template, row.subject, judge.named(row.subject), row)
            continue
        places = all_places[row_at : row_at + row_count]
        group = [rows[place] for place in places]
        subject, text = judge.facts.subjects[members[member_at]], group[0].subject
        if shape is Shape.GROUP_ANY:
            judge.group_any(template, subject, group)
        elif shape is Shape.ABSENT and template.file.subject is Grouping.EACH:
            judge.absent(template, subject.keys[0], (subject,), group)
        elif shape is Shape.SHARED:
            together = _of_equal_parameters(judge, places[0], rules)
            if together not in done:
                done.add(together)
                judge.shared(template, sorted((rules.row(place) for place in together), key=lambda row: row.rule_id))
        elif (place, row_count) not in done:
            done.add((place, row_count))
            judge.absent(template, text, judge.named(text), group)


def _of_equal_parameters(judge: Judge, place: int, rules: "CompiledRules") -> tuple[int, ...]:
    """The places of all rows in force that name a subject of the case and have template, status and parameters of the one given."""
    columns, on = rules.columns, judge.on
    marked, args = columns["row_template"][place], columns["row_args"][place]
    texts = dict.fromkeys(text for subject in judge.facts.subjects for text in rules.vocabulary.patterns.of(subject))
    found: list[int] = []
    for text in texts:
        span = rules.places_of(text)
        same = (columns["row_template"][span.start : span.stop] == marked) & (columns["row_args"][span.start : span.stop] == args)
        found += [span.start + int(at) for at in np.flatnonzero(same) if rules.row(span.start + int(at)).in_force(on)]
    return tuple(sorted(found))
