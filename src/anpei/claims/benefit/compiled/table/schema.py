"""The table of cases as a warehouse hands it over: one row a claim, what ``benefit.assess`` takes today, flat names, lists of structs.

Amounts are whole fen (``_fen``), rates basis points, measures thousandths, counts whole numbers, yes/no is bool, days are ``date32``. Null
means "not known" everywhere; nothing is guessed for it. A table may have more columns and its structs more fields (a line its quantity for
the rules, say); they are not looked at. A column or field that is absent counts as null.

Columns of a claim:

* ``claim_no``: for people; nothing depends on it.
* ``product_id``, ``plan``, ``occurred_on``: which terms hold (``ProductLibrary.terms(product_id, plan, at=occurred_on)``). The day is also
  the day of the event. One program calculates the rows of one product version and plan.
* ``event_id``: what joins several claims of one event; null or empty: its day stands for it.
* ``currency``: of the event, and of bills that say none of their own; null means CNY. Another one is never converted: only the reference
  says what is wrong.
* ``policy_start_on``: the day from which policy years count.
* ``social_insurance``: the policy insures the person as a member of social insurance.
* ``bills``: in any order. ``kind`` is ``outpatient`` or ``inpatient``; ``visit`` joins the bills of one visit (null: none); ``service_on``
  is the day of the visit or admission; ``pooled_fen``, ``serious_illness_fen`` and ``other_payment_fen`` are what others paid (null: 0);
  ``self_paid_fen`` (自付) and ``own_expense_fen`` (自费) stand on the settlement; ``settled_by_social`` says that there was one.
  ``admitted_on`` and ``discharged_on`` serve products whose lists take their rows from bills.
* ``lines`` of a bill: ``insurance_class`` is A, B or C (甲乙丙) or null; ``covered`` says whether the product covers the item (null: it
  does). Both are what the catalogue says, or what the receipt says where the catalogue does not know the item; a replay with
  another catalogue hands in both as arrays instead (``read_cases(..., lines=...)``). Lines without an amount above zero say nothing and
  are left out.
* ``facts``: what the product declares under ``inputs``. One of the three values is set: ``number`` (amounts, rates, counts, measures,
  grades, yes/no as 1 and 0), ``day``, or ``text`` (texts, words of a list); none of them: not known.
* ``rows``: what the product declares under ``lists``: the name of the list, the id of the row within it (null: its place from 001 on),
  and the facts of the row by column. Where a list takes its rows from bills and none are given here, the bills give them.
* ``used``: what earlier claims used of an accumulator in a period (``records.policies.periods.period_key``): fen, or a count.
"""

from typing import Final

import pyarrow as pa

LINE: Final = pa.struct(
    [
        ("line_id", pa.string()), ("item_code", pa.string()), ("name", pa.string()), ("amount_fen", pa.int64()),
        ("insurance_class", pa.string()), ("covered", pa.bool_()),
    ]
)  # fmt: skip
BILL: Final = pa.struct(
    [
        ("bill_id", pa.string()), ("kind", pa.string()), ("visit", pa.string()), ("currency", pa.string()),
        ("service_on", pa.date32()), ("admitted_on", pa.date32()), ("discharged_on", pa.date32()),
        ("total_fen", pa.int64()), ("pooled_fen", pa.int64()), ("serious_illness_fen", pa.int64()), ("other_payment_fen", pa.int64()),
        ("self_paid_fen", pa.int64()), ("own_expense_fen", pa.int64()), ("settled_by_social", pa.bool_()), ("lines", pa.list_(LINE)),
    ]
)  # fmt: skip
FACT: Final = pa.struct([("name", pa.string()), ("number", pa.int64()), ("day", pa.date32()), ("text", pa.string())])
ROW: Final = pa.struct([("list", pa.string()), ("id", pa.string()), ("facts", pa.list_(FACT))])
USE: Final = pa.struct([("name", pa.string()), ("period_key", pa.string()), ("used", pa.int64())])

CASES: Final = pa.schema(
    [
        ("claim_no", pa.string()), ("product_id", pa.string()), ("plan", pa.string()), ("occurred_on", pa.date32()),
        ("event_id", pa.string()), ("currency", pa.string()), ("policy_start_on", pa.date32()), ("social_insurance", pa.bool_()),
        ("bills", pa.list_(BILL)), ("facts", pa.list_(FACT)), ("rows", pa.list_(ROW)), ("used", pa.list_(USE)),
    ]
)  # fmt: skip
"""One row a claim. Published: replay writes and reads it, so a field may be added, never renamed or given another meaning."""
