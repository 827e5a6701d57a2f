"""Programs over columns and the reference give the same for drawn cases of every shipped product, or the case is left to the reference.

Compared are total, cause of a zero, lines, units, every step of every row, what is used of each accumulator, and the lists that are
handed on.
"""

from datetime import timedelta
from random import Random
from typing import Any, cast

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from anpei.claims.benefit import Accumulators, Assessment, EventFacts, compiled
from anpei.claims.benefit.compiled import Why
from anpei.claims.decision import adjudication
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


@pytest.mark.parametrize("terms", TERMS, ids=[f"{terms.product_id}-{terms.plan}" for terms in TERMS])
@settings(max_examples=3, deadline=None)
@given(chance=CHANCE)
def test_a_row_says_what_the_claim_line_takes(terms: Terms, chance: Random) -> None:
    """The bills and the event that the line would calculate with, and whether it would wait, are those of the row."""
    drawn = [_as_in_the_line(row, chance) for row in rows(terms, chance, count=ROWS)]
    table = compiled.table_of(drawn)
    waits = compiled.read_cases(table, terms=terms).waits.tolist()
    for row, waiting in zip(table.to_pylist(), waits, strict=True):
        try:
            inputs = _inputs(row, terms)
            bills, event = adjudication.bills_of(inputs), adjudication.event_of(inputs)
        except AnpeiError:
            continue
        assert waiting == (not bills and (event is None or bool(row["bills"])))
        if not waiting:
            facts = compiled.facts_of(row=row, terms=terms)
            assert sorted(facts.bills, key=lambda bill: (bill.service_on, bill.bill_id)) == list(bills)
            assert _settled(facts.event) == _settled(event)


def _as_in_the_line(row: dict[str, Any], chance: Random) -> dict[str, Any]:
    """The line knows no visits; some bills have the days of a stay, and then the lists are made of them."""
    for bill in row["bills"]:
        bill |= {"visit": None, "lines": [{**line, "covered": None} for line in bill["lines"]]}
        if chance.randrange(2) and bill["service_on"]:
            bill |= {"admitted_on": bill["service_on"], "discharged_on": bill["service_on"] + timedelta(days=chance.randrange(9))}
    named = {made["list"] for made in row["rows"] if chance.randrange(2)}
    return {**row, "rows": [made for made in row["rows"] if made["list"] in named]}


def _inputs(row: dict[str, Any], terms: Terms) -> adjudication.Inputs:
    declared: dict[str, Any] = {fact["name"]: _plain(fact) for fact in row["facts"]}
    for made in row["rows"]:
        listed = declared.setdefault(made["list"], [])
        listed.append({"id": made["id"] or f"{len(listed) + 1:03}", **{fact["name"]: _plain(fact) for fact in made["facts"]}})
    bills = [
        {**bill, **{name: bill[name] and bill[name].isoformat() for name in ("service_on", "admitted_on", "discharged_on")}}
        for bill in row["bills"]
    ]
    event = {"id": row["event_id"], "currency": row["currency"], "occurred_on": row["occurred_on"].isoformat()}
    facts = {"bills": bills, "policy": {"social_insurance": row["social_insurance"]}, "event": event, "declared": declared}
    accumulators = Accumulators(row["policy_start_on"])
    return adjudication.Inputs(
        facts=facts, terms=terms, table=cast("Any", None), providers={}, items={}, accumulators=accumulators, automation=cast("Any", None)
    )


def _plain(fact: dict[str, Any]) -> Any:
    if fact["number"] is not None:
        return fact["number"]
    return fact["day"].isoformat() if fact["day"] else fact["text"]


def _settled(event: EventFacts | None) -> Any:
    """An event without the order of its facts and rows, and without empty lists."""
    if event is None:
        return None
    listed = {name: sorted((row.id, sorted(row.values, key=str)) for row in rows_) for name, rows_ in event.rows if rows_}
    return event.on, event.event_id, event.currency, sorted(event.values, key=str), listed
