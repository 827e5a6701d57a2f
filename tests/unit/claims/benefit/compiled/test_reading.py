"""Tables of cases as they really come: in chunks, sliced, with other widths, without columns that are optional, with more of them."""

import random
from collections.abc import Callable
from datetime import date
from typing import Any

import numpy as np
import pyarrow as pa
import pytest

from anpei.claims.benefit import BenefitInvalid, compiled
from anpei.claims.benefit.compiled import CASES, CLASSES, LineTerms
from anpei.claims.benefit.compiled.cases import some_units
from anpei.records.products.library import ProductLibrary
from anpei.records.products.model import Terms
from tests.factories.benefit_rows import rows

DAY, START = date(2026, 3, 2), date(2026, 1, 1)


def totals(table: pa.Table, terms: Terms, **more: Any) -> list[int | None]:
    """What each case comes to; None where it is left to the reference."""
    outcome = compiled.calculate(program=compiled.program_of(terms), cases=compiled.read_cases(table, terms=terms, **more))
    return [None if why else int(total) for total, why in zip(outcome.total_fen, outcome.why, strict=True)]


def other_type(kind: pa.DataType) -> pa.DataType:
    """The type that a warehouse may have instead."""
    if pa.types.is_struct(kind):
        return pa.struct([pa.field(field.name, other_type(field.type)) for field in reversed(list(kind))])
    if pa.types.is_list(kind):
        return pa.large_list(other_type(kind.value_type))
    return {pa.string(): pa.large_string(), pa.date32(): pa.date64()}.get(kind, kind)


FORMS: dict[str, Callable[[pa.Table], pa.Table]] = {
    "chunks": lambda table: pa.concat_tables([table.slice(0, 7), table.slice(7, 1), table.slice(8)]),
    "other types": lambda table: pa.Table.from_pylist(
        table.to_pylist(), schema=pa.schema([(field.name, other_type(field.type)) for field in table.schema])
    ),
    "more columns": lambda table: table.append_column("region", pa.nulls(table.num_rows, pa.string())),
    "batches": lambda table: pa.Table.from_batches(table.to_batches(max_chunksize=3)),
}


@pytest.mark.parametrize("form", FORMS.values(), ids=FORMS)
@pytest.mark.parametrize(("product", "plan"), [("small-outpatient", "plus"), ("city-supplementary", "standard"), ("accident", "standard")])
def test_the_form_of_a_table_does_not_matter(
    products: ProductLibrary, product: str, plan: str, form: Callable[[pa.Table], pa.Table]
) -> None:
    terms = products.terms(product, plan, at=DAY)
    table = compiled.table_of(rows(terms, random.Random(3), count=80))
    expected = totals(table, terms)
    assert len({total for total in expected if total}) > 5
    assert totals(form(table), terms) == expected


def test_a_slice_is_read_as_its_rows(standard: Terms) -> None:
    table = compiled.table_of(rows(standard, random.Random(4), count=30))
    expected = totals(table, standard)
    assert totals(table.slice(11, 9), standard) == expected[11:20]
    assert totals(table.slice(30), standard) == []


def stay(**more: Any) -> dict[str, Any]:
    """A row of one in-patient bill."""
    bill = {"bill_id": "b", "kind": "inpatient", "service_on": DAY, "total_fen": 1_500_000, "settled_by_social": True, "lines": [], **more}
    return {"occurred_on": DAY, "policy_start_on": START, "social_insurance": True, "bills": [bill]}


def test_columns_that_say_nothing_may_be_absent(million: Terms) -> None:
    table = compiled.table_of([stay(), stay(total_fen=1_200_000)])
    spare = table.drop_columns(["claim_no", "product_id", "plan", "event_id", "currency", "facts", "rows", "used"])
    assert totals(spare, million) == [500_000, 200_000]


def test_texts_with_a_dictionary_are_read(million: Terms) -> None:
    kind = pa.dictionary(pa.int32(), pa.string())
    bills = compiled.table_of([stay(), stay(kind="outpatient")]).column("bills").combine_chunks()
    kinds = pa.DictionaryArray.from_arrays(pa.array([0, 1], pa.int32()), pa.array(["inpatient", "outpatient"]))
    fields = [pa.field(field.name, kind if field.name == "kind" else field.type) for field in bills.type.value_type]
    columns = [kinds if field.name == "kind" else bills.flatten().field(field.name) for field in fields]
    coded = pa.ListArray.from_arrays(bills.offsets, pa.StructArray.from_arrays(columns, fields=fields))
    table = compiled.table_of([stay(), stay()])
    assert totals(table.set_column(table.column_names.index("bills"), "bills", coded), million) == [500_000, 0]


def test_a_column_of_another_kind_is_refused(million: Terms) -> None:
    table = compiled.table_of([stay()])
    wrong = table.set_column(table.column_names.index("policy_start_on"), "policy_start_on", pa.array(["soon"]))
    with pytest.raises(BenefitInvalid, match="the column policy_start_on of the cases is string, not date32"):
        compiled.read_cases(wrong, terms=million)


def test_classes_and_cover_may_be_given_by_a_catalogue(million: Terms) -> None:
    lines = [{"line_id": "1", "amount_fen": 300_000, "covered": True}, {"line_id": "2", "amount_fen": 1_200_000, "covered": True}]
    table = compiled.table_of([stay(lines=lines), stay()])
    given = LineTerms(insurance_class=np.array([CLASSES["A"], 0]), covered=np.array([False, True]))
    assert totals(table, million) == [500_000, 500_000]
    assert totals(table, million, lines=given) == [200_000, 500_000]
    with pytest.raises(BenefitInvalid, match="for each of the 2 lines"):
        compiled.read_cases(table, terms=million, lines=LineTerms(insurance_class=np.zeros(1), covered=np.ones(1)))


def test_lists_without_rows_take_them_from_bills(products: ProductLibrary) -> None:
    terms = products.terms("hospital-allowance", "standard", at=DAY)
    days = {"admitted_on": date(2026, 3, 2), "discharged_on": date(2026, 3, 14)}
    bills = [{**stay()["bills"][0], "bill_id": name, **more} for name, more in (("b9", days), ("b10", {}), ("b1", days))]
    from_bills = {**stay(), "bills": bills}
    facts = [{"name": name, "day": day} for name, day in days.items()]
    named = {**stay(**days), "rows": [{"list": "stays", "id": None, "facts": facts}]}
    table = compiled.table_of([from_bills, named])
    cases = compiled.read_cases(table, terms=terms)
    assert [cases.levels["stays"].of(row) for row in range(3)] == ["stays/b1", "stays/b9", "stays/001"]
    outcome = compiled.calculate(program=compiled.program_of(terms), cases=cases)
    assert (outcome.why.tolist(), outcome.total_fen.tolist()) == ([0, 0], [360_000, 180_000])
    for case, row in enumerate(table.to_pylist()):
        assert compiled.told(outcome, case) == compiled.told_of(compiled.assess_row(row=row, terms=terms))


def test_what_the_claim_line_waits_for_is_told(million: Terms) -> None:
    rows_ = [stay(self_paid_fen=0, own_expense_fen=0), stay(), stay(settled_by_social=False), stay(total_fen=None), stay(service_on=None)]
    cases = compiled.read_cases(compiled.table_of([*rows_, {**stay(), "bills": []}]), terms=million)
    assert cases.waits.tolist() == [False, True, False, True, True, True]


def test_the_published_table_keeps_its_names() -> None:
    """Others write such tables: a field may be added, never renamed or removed."""
    bill = {field.name: field for field in CASES.field("bills").type.value_type}
    assert set(CASES.names) >= {
        "claim_no", "product_id", "plan", "occurred_on", "event_id", "currency", "policy_start_on", "social_insurance", "bills", "facts",
        "rows", "used",
    }  # fmt: skip
    assert set(bill) >= {
        "bill_id", "kind", "visit", "currency", "service_on", "admitted_on", "discharged_on", "total_fen", "pooled_fen",
        "serious_illness_fen", "other_payment_fen", "self_paid_fen", "own_expense_fen", "settled_by_social", "lines",
    }  # fmt: skip
    assert [field.name for field in bill["lines"].type.value_type] == [
        "line_id", "item_code", "name", "amount_fen", "insurance_class", "covered",
    ]  # fmt: skip


def test_units_as_cases_of_their_own_keep_what_was_used_before(million: Terms) -> None:
    """What runs again to explain a zero: both bills of the first case, each after what was used before it, and that of the second."""
    used = [{"name": "annual_limit_used", "period_key": "year:2026-01-01", "used": amount} for amount in (1, 2, 3)]
    bills = [{**stay()["bills"][0], "bill_id": name, "total_fen": total} for name, total in (("b1", 300), ("b2", 200))]
    cases = compiled.read_cases(
        compiled.table_of([{**stay(), "bills": bills, "used": used[:2]}, {**stay(), "used": used[2:]}]), terms=million
    )
    some = some_units(cases, np.array([0, 1, 2]))
    assert (some.count, some.units.ids.at(1), some.levels["bill"].values["total"].value.tolist()) == (3, "b2", [300, 200, 1_500_000])
    found = list(zip(some.earlier.case.tolist(), some.earlier.used.tolist(), strict=True))
    assert found == [(0, 1), (0, 2), (1, 1), (1, 2), (2, 3)]
