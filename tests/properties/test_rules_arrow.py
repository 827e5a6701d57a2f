"""Cases as a table are the same cases: encoding a table and encoding its objects give the same arrays."""

import os
from datetime import date
from pathlib import Path
from tempfile import TemporaryDirectory

import numpy as np
from hypothesis import given, settings
from hypothesis import strategies as st

from anpei.engines.knowledge import shipped_rulebook
from anpei.rules.columns import ColumnWriter
from anpei.rules.compiled.arrow import encode_table, facts_from, schema_for, table_of
from anpei.rules.compiled.build import columns_of, write_rules
from anpei.rules.compiled.encode import encode
from anpei.rules.compiled.machine import CompiledRules
from anpei.rules.model import RuleFacts, RuleRow
from anpei.rules.templates.library import load_templates
from tests.economy import TEMPORARY
from tests.properties.rules_drawn import facts_of, worlds

TEMPLATES = load_templates(shipped_rulebook())
SCHEMA = schema_for(TEMPLATES.values())


def compiled(rows: list[RuleRow], folder: Path) -> CompiledRules:
    with ColumnWriter(folder) as writer:
        info = write_rules(writer, columns_of(rows, TEMPLATES), TEMPLATES)
        return CompiledRules(folder, writer.close(), info)


@settings(max_examples=80)
@given(world=worlds(list(TEMPLATES.values())), more=st.lists(facts_of(TEMPLATES), max_size=4))
def test_a_table_is_encoded_as_its_cases_are(world: tuple[list[RuleRow], RuleFacts, date], more: list[RuleFacts]) -> None:
    rows, first, on = world
    table = table_of([first, *more], on=[on] * (1 + len(more)), schema=SCHEMA)
    cases = facts_from(table)
    with TemporaryDirectory(dir=os.environ.get(TEMPORARY)) as folder:
        vocabulary = compiled(rows, Path(folder)).vocabulary
        for start in (0, 1):
            wanted = encode([facts for facts, _ in cases[start:]], vocabulary=vocabulary, on=[day for _, day in cases[start:]])
            found = encode_table(table.slice(start), vocabulary=vocabulary)
            for name, array in zip(wanted._fields[:-1], wanted, strict=False):  # the last is where the others stand
                assert found._asdict()[name].dtype == array.dtype, name
                assert np.array_equal(found._asdict()[name], array), name
