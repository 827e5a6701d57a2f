"""Three executions of one specification: whatever rows and facts are drawn, every execution gives the same hits in the same order."""

import os
from datetime import date
from pathlib import Path
from tempfile import TemporaryDirectory

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from anpei.engines.knowledge import shipped_rulebook
from anpei.rules.columns import ColumnWriter
from anpei.rules.compiled import machine_code, vectors
from anpei.rules.compiled.build import columns_of, write_rules
from anpei.rules.compiled.machine import CompiledRules, Kernel
from anpei.rules.judging.evaluation import RowIndex, examine
from anpei.rules.model import RuleFacts, RuleRow
from anpei.rules.templates.library import load_templates
from tests.economy import TEMPORARY
from tests.properties.rules_drawn import worlds

TEMPLATES = load_templates(shipped_rulebook())
KERNELS = {"machine code": machine_code.judge, "arrays": vectors.judge}


def compiled(rows: list[RuleRow], folder: Path) -> CompiledRules:
    with ColumnWriter(folder) as writer:
        info = write_rules(writer, columns_of(rows, TEMPLATES), TEMPLATES)
        entries = writer.close()
    return CompiledRules(folder, entries, info)


@pytest.mark.parametrize("kernel", KERNELS.values(), ids=KERNELS)
@settings(max_examples=120)
@given(world=worlds(list(TEMPLATES.values())), shadow=st.booleans())
def test_every_execution_gives_the_same_evaluation(kernel: Kernel, world: tuple[list[RuleRow], RuleFacts, date], shadow: bool) -> None:
    rows, facts, on = world
    wanted = examine(facts=facts, source=RowIndex(rows), templates=TEMPLATES, on=on, shadow=shadow)
    with TemporaryDirectory(dir=os.environ.get(TEMPORARY)) as folder:
        rules = compiled(rows, Path(folder))
        assert rules.examine(facts=facts, on=on, kernel=kernel, shadow=shadow) == wanted
        assert {rules.row(place).rule_id: rules.row(place) for place in range(len(rules))} == {row.rule_id: row for row in rows}
