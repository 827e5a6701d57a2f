"""Every worked example of every shipped product comes out of the program to the fen: alone, and all of one plan in one table."""

from collections.abc import Iterator

import pytest

from anpei.claims import benefit
from anpei.claims.benefit import Assessment, compiled
from anpei.claims.benefit.examples import case_facts
from anpei.engines.knowledge import shipped_rulebook
from anpei.records.products import library
from anpei.records.products.model import Terms
from anpei.records.products.schema import ExampleFile, ProductFile

FILES = library.load_library(shipped_rulebook()).files()
EXAMPLES = [(file, example) for file in FILES for example in file.examples]


def _row(file: ProductFile, example: ExampleFile, terms: Terms) -> dict[str, object]:
    bills, accumulators, event = case_facts(file, example)
    facts = compiled.CaseFacts(bills=bills, accumulators=accumulators, event=event)
    row = compiled.row_of(terms=terms, facts=facts, occurred_on=example.day, claim_no=example.id)
    (read,) = compiled.table_of([row]).to_pylist()
    assert compiled.facts_of(row=read, terms=terms) == facts
    return row


def _told(terms: Terms, rows: list[dict[str, object]]) -> Iterator[compiled.Told]:
    outcome = compiled.calculate(program=compiled.program_of(terms), cases=compiled.read_cases(compiled.table_of(rows), terms=terms))
    assert outcome.why.tolist() == [0] * len(rows)
    yield from (compiled.told(outcome, case) for case in range(len(rows)))


@pytest.mark.parametrize(("file", "example"), EXAMPLES, ids=[f"{file.id}-{example.id}" for file, example in EXAMPLES])
def test_each_example_comes_out_of_the_program(file: ProductFile, example: ExampleFile) -> None:
    terms, expected = benefit.assess_case(file, example)
    (told,) = _told(terms, [_row(file, example, terms)])
    assert (told.total_fen, told.zero_cause.value) == (example.payable, example.zero_cause)
    assert told == compiled.told_of(expected)


@pytest.mark.parametrize("file", FILES, ids=[file.id for file in FILES])
def test_examples_of_one_plan_do_not_touch_each_other_in_one_table(file: ProductFile) -> None:
    for plan in file.plans:
        chosen = [example for example in file.examples if example.plan == plan and not example.parameters] * 2
        terms = library.resolve(file, plan=plan)
        expected: list[Assessment] = [benefit.assess_case(file, example)[1] for example in chosen]
        told = list(_told(terms, [_row(file, example, terms) for example in chosen]))
        assert told == [compiled.told_of(one) for one in expected]
        assert len(told) == len(chosen)
