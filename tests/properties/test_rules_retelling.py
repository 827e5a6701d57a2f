"""Retelling for any rows and facts: the rows of the hits with their companions give the same evaluation again."""

from datetime import date

from hypothesis import given, settings
from hypothesis import strategies as st

from anpei.engines.knowledge import shipped_rulebook
from anpei.rules.judging.evaluation import RowIndex, examine
from anpei.rules.judging.retelling import rows_to_retell
from anpei.rules.model import RuleFacts, RuleRow, Shape
from anpei.rules.templates.library import load_templates
from tests.properties.rules_drawn import worlds

TEMPLATES = load_templates(shipped_rulebook())
GROUPS = [template for template in TEMPLATES.values() if template.file.shape in (Shape.GROUP_ANY, Shape.ABSENT, Shape.SHARED)]
World = tuple[list[RuleRow], RuleFacts, date]


def holds(world: World, shadow: bool) -> None:
    """The same hits and undecided rows out of the rows to retell."""
    rows, facts, on = world
    source = RowIndex(rows)
    whole = examine(facts=facts, source=source, templates=TEMPLATES, on=on, shadow=shadow)
    told = {rule_id for item in (*whole.hits, *whole.undecided) for rule_id in item.rule_ids}
    found = [row for row in rows if row.rule_id in told]
    needed = rows_to_retell(found=found, facts=facts, source=source, templates=TEMPLATES, on=on, shadow=shadow)
    again = examine(facts=facts, source=RowIndex(needed), templates=TEMPLATES, on=on, shadow=shadow)
    assert (again.hits, again.undecided) == (whole.hits, whole.undecided)
    assert told <= {row.rule_id for row in needed}


@settings(max_examples=400)
@given(world=worlds(GROUPS), shadow=st.booleans())
def test_rows_that_are_judged_together_are_told_again(world: World, shadow: bool) -> None:
    holds(world, shadow)


@given(world=worlds(list(TEMPLATES.values())), shadow=st.booleans())
def test_whatever_is_drawn_is_told_again(world: World, shadow: bool) -> None:
    holds(world, shadow)
