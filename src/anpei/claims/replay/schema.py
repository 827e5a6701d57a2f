"""The contract of replay as Arrow schemas: past claims (one row a claim, no identities), decisions of a pass, and what differs.

Amounts are fen, quantities thousandths, days ``date32``. Texts may come plain, large or as a dictionary; whole numbers in any width that
fits; fields of structs in any order; columns that are not named here are left alone.
"""

from collections.abc import Iterator

import pyarrow as pa

from anpei.kernel.errors import InvalidInput

TEXT, WHOLE, DAY, FLAG = pa.string(), pa.int64(), pa.date32(), pa.bool_()
CODED = pa.dictionary(pa.int32(), pa.string())
"""Texts that come again and again: read from Parquet as numbers with a dictionary."""


def _struct(**fields: pa.DataType) -> pa.DataType:
    return pa.struct(list(fields.items()))


LINE = _struct(
    line_id=TEXT, item_code=CODED, name=CODED, amount_fen=WHOLE, insurance_class=TEXT, day=DAY, quantity_milli=WHOLE, match=TEXT,
    score_bp=WHOLE,
)  # fmt: skip
"""``item_code``: the item it was matched to (empty: none), ``match`` how and ``score_bp`` how surely. ``name``: the normalised wording.
``insurance_class``: as printed. ``day``: when charged; of out-patient lines without one the day of the bill."""
BILL = _struct(
    bill_id=TEXT, kind=TEXT, service_on=DAY, admitted_on=DAY, discharged_on=DAY, hospital=TEXT, grade=TEXT, ownership=TEXT, total_fen=WHOLE,
    pooled_fen=WHOLE, serious_illness_fen=WHOLE, other_payment_fen=WHOLE, self_paid_fen=WHOLE, own_expense_fen=WHOLE,
    settled_by_social=FLAG, currency=TEXT, lines=pa.list_(LINE),
)  # fmt: skip
"""``grade`` and ``ownership`` of the hospital as the register knew it; both null: not in the register. ``currency`` null: CNY."""
FACT = _struct(name=TEXT, number=WHOLE, day=DAY, text=TEXT)
ROW = _struct(list=TEXT, id=TEXT, facts=pa.list_(FACT))
SUBJECT = _struct(id=TEXT, keys=pa.list_(TEXT), day=DAY, quantity=WHOLE, amount=WHOLE, name=TEXT)
ATTRIBUTES = _struct(
    sex=TEXT, age_days=WHOLE, stay_days=WHOLE, insurance_type=TEXT, visit_kind=TEXT, provider=TEXT, provider_grade=WHOLE, department=TEXT,
    cause=TEXT, start_on=DAY, days_since_start=WHOLE, region=TEXT, work_class=WHOLE,
)  # fmt: skip
USED = _struct(name=TEXT, period_key=TEXT, used=WHOLE)
PAID = _struct(line=TEXT, coverage=TEXT, payable_fen=WHOLE)
THEN = _struct(decision=TEXT, by=TEXT, lane=TEXT, total_fen=WHOLE, lines=pa.list_(PAID), snapshot=TEXT)

PAST = pa.schema(
    [
        ("claim_no", TEXT), ("policy", TEXT), ("insurer", TEXT), ("product_id", TEXT), ("plan", TEXT), ("occurred_on", DAY),
        ("decided_on", DAY), ("region", TEXT), ("event_id", TEXT), ("event_kind", TEXT), ("event_cause", TEXT), ("cause_shown", FLAG),
        ("currency", TEXT), ("reopened", FLAG), ("policy_start_on", DAY), ("policy_end_on", DAY), ("first_covered_on", DAY),
        ("policy_status", TEXT), ("social_insurance", FLAG), ("bills", pa.list_(BILL)), ("labels", pa.list_(TEXT)),
        ("label_names", pa.list_(TEXT)), ("subjects", pa.list_(SUBJECT)), ("attributes", ATTRIBUTES), ("used", pa.list_(USED)),
        ("facts", pa.list_(FACT)), ("rows", pa.list_(ROW)), ("standing", pa.list_(TEXT)), ("automation_on", FLAG), ("limit_fen", WHOLE),
        ("then", THEN),
    ],
    metadata={"anpei.past_claims": "1"},
)  # fmt: skip
"""Past claims: the table of cases of ``claims.benefit.compiled.CASES`` with what audit and decision need. ``policy``: any text that tells
policies apart. ``labels``: codes of diagnoses. ``subjects``: what rules judge besides the lines. ``used``: what earlier claims had used of
deductibles and limits. ``standing``: codes of findings that rest on neither rules, catalogue nor product. ``limit_fen``: the machine's
authority. ``then``: what was decided and paid (decision: settle, reduce, refuse, refer; by: machine, person)."""

OPTIONAL = frozenset(
    {
        "policy", "event_id", "cause_shown", "currency", "reopened", "first_covered_on", "subjects", "used", "facts", "rows", "standing",
        "limit_fen",
    }
)  # fmt: skip
"""Columns that may be missing: they are filled with nothing."""
OPTIONAL_WITHIN = frozenset({f"attributes.{field.name}" for field in ATTRIBUTES} | {"then.snapshot", "bills.currency"})
"""The same for fields of structs: an attribute that nobody knows."""

DECIDED = pa.schema(
    [
        ("claim_no", TEXT), ("problem", TEXT), ("told", TEXT), ("decision", TEXT), ("lane", TEXT), ("reasons", pa.list_(TEXT)),
        ("total_fen", WHOLE), ("lines", pa.list_(PAID)), ("uses", pa.list_(USED)), ("rules", pa.list_(TEXT)), ("terms", TEXT),
    ]
)  # fmt: skip
"""What a pass decides, row by row: decision (settle, refer), lane, sorted reasons, calculated amount, its lines, what it uses of limits,
sorted ids of rules that hit or stayed undecided, digest of the terms. ``problem`` (a code, with ``told``): the row could not be decided."""


class PastClaimsInvalid(InvalidInput):
    """A file of past claims has not the columns that replay reads; the message names each and what would be right."""

    code = "replay.claims_invalid"


def check_columns(found: pa.Schema, *, where: str) -> None:
    """Compare a file's columns with the contract. Raises PastClaimsInvalid that names every column that is missing or of another type."""
    problems: list[str] = []
    for field in PAST:
        if found.get_field_index(field.name) < 0:
            if field.name not in OPTIONAL:
                problems.append(f"{field.name} is missing: {_asked(field.type)}")
        else:
            problems += _differences(field.name, found.field(field.name).type, field.type)
    if problems:
        raise PastClaimsInvalid(
            f"{where} does not hold past claims: {'; '.join(problems)}. The columns stand in docs/replay.md", data={"problems": problems}
        )


def _differences(name: str, found: pa.DataType, wanted: pa.DataType) -> Iterator[str]:
    if pa.types.is_dictionary(found) and not pa.types.is_dictionary(wanted):
        found = found.value_type
    if pa.types.is_struct(wanted):
        if not pa.types.is_struct(found):
            yield f"{name} is {found}: {_asked(wanted)}"
            return
        for field in wanted:
            place = found.get_field_index(field.name)
            if place < 0 and f"{name}.{field.name}" not in OPTIONAL_WITHIN:
                yield f"{name}.{field.name} is missing: {_asked(field.type)}"
            elif place < 0:
                continue
            else:
                yield from _differences(f"{name}.{field.name}", found.field(place).type, field.type)
    elif pa.types.is_list(wanted):
        if not (pa.types.is_list(found) or pa.types.is_large_list(found)):
            yield f"{name} is {found}: {_asked(wanted)}"
        else:
            yield from _differences(name, found.value_type, wanted.value_type)
    elif not _fits(found, wanted):
        yield f"{name} is {found}: {_asked(wanted)}"


def _fits(found: pa.DataType, wanted: pa.DataType) -> bool:
    if pa.types.is_null(found):
        return True
    if pa.types.is_dictionary(found):
        found = found.value_type
    if wanted in (TEXT, CODED):
        return bool(pa.types.is_string(found) or pa.types.is_large_string(found))
    if pa.types.is_integer(wanted):
        return bool(pa.types.is_integer(found))
    return bool(found == wanted)


def _asked(kind: pa.DataType) -> str:
    """What a column must be, in words."""
    if pa.types.is_list(kind):
        return f"a list, each {_asked(kind.value_type)}"
    if pa.types.is_struct(kind):
        return f"a struct of {', '.join(field.name for field in kind)}"
    return {TEXT: "text", CODED: "text", DAY: "a day (date32)", FLAG: "yes or no (bool)"}.get(kind, "a whole number (int64)")


def conform(table: pa.Table) -> pa.Table:
    """The columns of the contract in their order and types; what is optional and missing is filled with nothing."""
    if table.schema.equals(PAST):
        return table
    columns = []
    for field in PAST:
        if field.name in table.column_names:
            columns.append(_as(table[field.name].combine_chunks(), field.type))
        else:
            columns.append(pa.nulls(len(table), field.type))
    return pa.table(columns, schema=PAST)


def _as(array: pa.Array, kind: pa.DataType) -> pa.Array:
    if isinstance(array, pa.ChunkedArray):
        array = array.combine_chunks() if array.num_chunks != 1 else array.chunk(0)
    if array.type.equals(kind):
        return array
    if pa.types.is_list(kind):
        if pa.types.is_large_list(array.type):
            array = array.cast(pa.list_(array.type.value_type))
        values = _as(array.values, kind.value_type)
        return pa.ListArray.from_buffers(kind, len(array), array.buffers()[:2], array.null_count, array.offset, [values])
    if pa.types.is_struct(kind):
        places = [array.type.get_field_index(field.name) for field in kind]
        parts = [
            pa.nulls(len(array), field.type) if place < 0 else _as(array.field(place), field.type)
            for place, field in zip(places, kind, strict=True)
        ]
        mask = array.is_null() if array.null_count else None
        return pa.StructArray.from_arrays(parts, fields=list(kind), mask=mask)
    if pa.types.is_dictionary(array.type) and not pa.types.is_dictionary(kind):
        array = array.dictionary_decode()
    if pa.types.is_dictionary(kind) and not pa.types.is_dictionary(array.type):
        return array.cast(TEXT).dictionary_encode()
    return array.cast(kind)
