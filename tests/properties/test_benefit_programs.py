"""Programs over columns and the reference give the same for drawn cases of every shipped product, or the case is left to the reference.

Compared are total, cause of a zero, lines, units, every step of every row, what is used of each accumulator, and the lists that are
handed on.
"""

from random import Random
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from anpei.claims.benefit import Assessment, compiled
from anpei.claims.benefit.compiled import Why
from anpei.engines.knowledge import shipped_rulebook
from anpei.kernel.errors import AnpeiError
from anpei.records.products import library
from anpei.records.products.model import Terms
from anpei.records.products.schema import ProductFile
from tests.factories.benefit_rows import rows

FILES = library.load_library(shipped_rulebook()).files()
TERMS = [library.resolve(file, plan=plan) for file in FILES for plan in file.plans]
ROWS = 30
CHANCE = st.randoms(use_true_random=True)
"""Each example is a table of rows drawn from a seed (which hypothesis tells): tables, not rows, are what goes wrong."""
CAREFUL = Why.NUMBER
"""What a program may leave to a reference that gives an amount: numbers that 64 bits are not certain for."""


def compare(terms: Terms, given_rows: list[dict[str, Any]]) -> list[str]:
    """What came of each row: the ``same``, ``left`` to the reference, or ``refused`` by it."""
    table = compiled.table_of(given_rows)
    outcome = compiled.calculate(program=compiled.program_of(terms), cases=compiled.read_cases(table, terms=terms))
    lines, uses = compiled.lines_by_case(outcome).to_pylist(), compiled.uses_by_case(outcome).to_pylist()
    found = []
    for case, row in enumerate(table.to_pylist()):
        expected, why = _reference(row, terms), Why(int(outcome.why[case]))
        if why:
            assert expected is None or why & CAREFUL, (why, row)
            assert (lines[case], uses[case]) == (None, None)
            found.append("refused" if expected is None else "left")
            continue
        assert expected is not None, row
        assert compiled.told(outcome, case) == compiled.told_of(expected), row
        assert (lines[case], uses[case]) == _lists(expected), row
        found.append("same")
    return found


def _reference(row: dict[str, Any], terms: Terms) -> Assessment | None:
    try:
        return compiled.assess_row(row=row, terms=terms)
    except (AnpeiError, ValueError):
        return None


def _lists(made: Assessment) -> tuple[list[dict[str, Any]], list[dict[str, Any]]]:
    lines = [
        {"id": one.id, "unit": one.unit, "coverage": one.coverage, "claimed_fen": one.claimed_fen, "payable_fen": one.payable_fen}
        for one in made.lines
    ]
    uses = [{"name": one.name, "period_key": one.period_key, "used": one.amount, "total": one.total} for one in made.accumulator_use]
    return lines, uses


@pytest.mark.parametrize("terms", TERMS, ids=[f"{terms.product_id}-{terms.plan}" for terms in TERMS])
@settings(max_examples=5, deadline=None)
@given(chance=CHANCE)
def test_drawn_cases_come_out_as_the_reference_says(terms: Terms, chance: Random) -> None:
    found = compare(terms, rows(terms, chance, count=ROWS))
    assert found.count("same") > ROWS // 10


@pytest.mark.parametrize("file", FILES, ids=[file.id for file in FILES])
@settings(max_examples=5, deadline=None)
@given(chance=CHANCE)
def test_other_values_of_the_plan_give_other_programs(file: ProductFile, chance: Random) -> None:
    """Small values, so that limits, deductibles and counts cut often; ratios with remainders, so that every rounding point rounds."""
    plan = chance.choice(sorted(file.plans))
    small = {
        "yuan": ["0.01", "1.00", "100.07", "999.99"],
        "bp": [1, 3333, 6667, 9999, 10000],
        "count": [1, 2, 3, 30],
        "measure": ["1", "0.5"],
    }
    changed = {name: chance.choice(small[given.unit]) for name, given in file.parameters.items()}
    terms = library.resolve(file, plan=plan, overrides=changed)
    compare(terms, rows(terms, chance, count=ROWS))
