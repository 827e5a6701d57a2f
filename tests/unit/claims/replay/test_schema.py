"""What a file of past claims must hold, told column by column; other writers' forms of the same are taken."""

import pyarrow as pa
import pytest

from anpei.claims.benefit.compiled import CASES
from anpei.claims.replay.schema import OPTIONAL, PAST, PastClaimsInvalid, check_columns, conform
from tests.factories import replays


def test_the_table_of_cases_is_part_of_past_claims() -> None:
    lines = {"covered"}
    for field in CASES:
        assert field.name in PAST.names
    bill = PAST.field("bills").type.value_type
    for field in CASES.field("bills").type.value_type:
        if field.name not in ("lines", "visit"):
            assert bill.field(field.name).type == field.type
    given = {field.name for field in CASES.field("bills").type.value_type.field("lines").type.value_type}
    assert given - {field.name for field in bill.field("lines").type.value_type} == lines


def test_missing_columns_and_other_types_are_all_named() -> None:
    wrong = PAST.remove(PAST.get_field_index("plan")).set(PAST.get_field_index("limit_fen") - 1, pa.field("limit_fen", pa.float64()))
    place = wrong.get_field_index("occurred_on")
    wrong = wrong.set(place, pa.field("occurred_on", pa.string()))
    with pytest.raises(PastClaimsInvalid) as raised:
        check_columns(wrong, where="x.parquet")
    assert raised.value.data["problems"] == [
        "plan is missing: text", "occurred_on is string: a day (date32)", "limit_fen is double: a whole number (int64)",
    ]  # fmt: skip
    assert raised.value.message.startswith("x.parquet does not hold past claims: plan is missing: text; ")


def test_fields_within_bills_are_named_with_their_way() -> None:
    bills = pa.list_(pa.struct([field for field in PAST.field("bills").type.value_type if field.name != "total_fen"]))
    wrong = PAST.set(PAST.get_field_index("bills"), pa.field("bills", bills))
    with pytest.raises(PastClaimsInvalid, match=r"bills\.total_fen is missing: a whole number \(int64\)"):
        check_columns(wrong, where="x")


def test_what_is_optional_may_be_missing() -> None:
    less = pa.schema([field for field in PAST if field.name not in OPTIONAL])
    check_columns(less, where="x")
    made = conform(less.empty_table())
    assert made.schema.equals(PAST)


def test_plain_texts_smaller_numbers_and_other_orders_are_taken() -> None:
    past = replays.past_claims().slice(3, 20)
    bills = past["bills"].combine_chunks().to_pylist()
    line = [(field.name, pa.large_string() if field.name in ("item_code", "name") else field.type) for field in _reversed(_line())]
    bill = [(field.name, pa.large_list(pa.struct(line)) if field.name == "lines" else field.type) for field in _reversed(_bill())]
    other = past.set_column(past.schema.get_field_index("bills"), "bills", pa.array(bills, pa.list_(pa.struct(bill))))
    check_columns(other.schema, where="x")
    made = conform(other)
    assert made.schema.equals(PAST)
    assert made.to_pylist() == past.to_pylist()


def _bill() -> pa.DataType:
    return PAST.field("bills").type.value_type


def _line() -> pa.DataType:
    return _bill().field("lines").type.value_type


def _reversed(kind: pa.DataType) -> list[pa.Field]:
    return list(kind)[::-1]
