"""Between plain facts and rows of the table of cases, both ways: to write such tables, and to let the reference calculate one row."""

from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any

import pyarrow as pa

from anpei.claims.benefit._form import BenefitInvalid
from anpei.claims.benefit.assessment import assess
from anpei.claims.benefit.compiled.table.schema import CASES
from anpei.claims.benefit.event import EventFacts, FactRow, Value
from anpei.claims.benefit.facts import CURRENCY, Accumulators, BillFacts, BillLine, Used
from anpei.claims.benefit.model import Assessment
from anpei.records.products.model import Terms

_AMOUNTS = (
    "total_fen", "pooled_fen", "serious_illness_fen", "other_payment_fen", "self_paid_fen", "own_expense_fen",
)  # fmt: skip


@dataclass(frozen=True, slots=True, kw_only=True)
class CaseFacts:
    """What ``assess`` takes beside the terms."""

    bills: tuple[BillFacts, ...]
    accumulators: Accumulators
    event: EventFacts | None


def row_of(*, terms: Terms, facts: CaseFacts, occurred_on: date | None = None, claim_no: str = "") -> dict[str, Any]:
    """A row of the table of cases. ``occurred_on`` is needed where there is no event. Raises BenefitInvalid (nothing a row can say)."""
    event, flags = facts.event, {bill.social_insurance for bill in facts.bills}
    if len(flags) > 1:
        raise BenefitInvalid("bills of one claim say two things of the policy (social_insurance): a row says one")
    return {
        "claim_no": claim_no,
        "product_id": terms.product_id,
        "plan": terms.plan,
        "occurred_on": event.on if event else occurred_on or min((bill.service_on for bill in facts.bills), default=None),
        "event_id": event.event_id if event else None,
        "currency": event.currency if event else None,
        "policy_start_on": facts.accumulators.policy_start_on,
        "social_insurance": next(iter(flags), None),
        "bills": [_bill_row(bill) for bill in facts.bills],
        "facts": list(_fact_rows(event.values, "event", terms)) if event else [],
        "rows": list(_list_rows(event, terms)) if event else [],
        "used": [{"name": use.name, "period_key": use.period_key, "used": use.used} for use in facts.accumulators.used],
    }


def table_of(rows: Sequence[Mapping[str, Any]]) -> pa.Table:
    """A table of cases of such rows."""
    return pa.Table.from_pylist([dict(row) for row in rows], schema=CASES)


def _bill_row(bill: BillFacts) -> dict[str, Any]:
    lines = [
        {
            "line_id": line.line_id, "item_code": line.item_code, "name": line.name, "amount_fen": line.amount_fen,
            "insurance_class": line.insurance_class, "covered": line.covered,
        }
        for line in bill.lines
    ]  # fmt: skip
    return {
        "bill_id": bill.bill_id, "kind": bill.kind, "visit": bill.visit or None, "currency": bill.currency, "service_on": bill.service_on,
        **{name: getattr(bill, name) for name in _AMOUNTS}, "settled_by_social": bill.settled_by_social, "lines": lines,
    }  # fmt: skip


def _list_rows(event: EventFacts, terms: Terms) -> Iterator[dict[str, Any]]:
    for name, rows in event.rows:
        for row in rows:
            yield {"list": name, "id": row.id, "facts": list(_fact_rows(row.values, name, terms))}


def _fact_rows(values: Sequence[tuple[str, Value]], level: str, terms: Terms) -> Iterator[dict[str, Any]]:
    units = {item.name: item.unit for item in terms.inputs if item.of == level}
    for name, value in values:
        row: dict[str, Any] = {"name": name, "number": None, "day": None, "text": None}
        if isinstance(value, str):
            day = _day(value) if units.get(name) == "date" else None
            row |= {"text": value} if day is None else {"day": day}
        elif value is not None:
            row["number"] = int(value)
        yield row


def _day(text: str) -> date | None:
    try:
        return date.fromisoformat(text)
    except ValueError:
        return None


def facts_of(*, row: Mapping[str, Any], terms: Terms) -> CaseFacts:
    """What ``assess`` takes, of one row (as ``Table.to_pylist`` gives it). Raises BenefitInvalid where a row says too little or wrong."""
    known = ("occurred_on", "policy_start_on") if terms.unit == "event" else ("policy_start_on",)
    missing = [name for name in known if row.get(name) is None]
    if missing:
        raise BenefitInvalid(
            f"the row of claim {row.get('claim_no') or '?'} does not say {missing[0]}: read it from the policy or the report"
        )
    used = tuple(Used(use["name"], use["period_key"], use["used"]) for use in row.get("used") or ())
    bills = tuple(_bill(bill or {}, row) for bill in row.get("bills") or ())
    return CaseFacts(bills=bills, accumulators=Accumulators(row["policy_start_on"], used), event=_event(row, terms))


def assess_row(*, row: Mapping[str, Any], terms: Terms) -> Assessment:
    """The reference calculates one row. Raises what ``assess`` raises, and BenefitInvalid where a row says too little."""
    facts = facts_of(row=row, terms=terms)
    return assess(terms=terms, bills=facts.bills, accumulators=facts.accumulators, event=facts.event)


def _bill(bill: Mapping[str, Any], row: Mapping[str, Any]) -> BillFacts:
    given: dict[str, Any] = {name: bill.get(name) for name in ("bill_id", "service_on", "total_fen", "settled_by_social")}
    given["social_insurance"] = row.get("social_insurance")
    missing = [name for name, value in given.items() if value is None]
    if missing:
        raise BenefitInvalid(f"bill {bill.get('bill_id') or '?'} does not say {missing[0]}: read it from the receipt or the settlement")
    given |= {name: bill.get(name) or 0 for name in ("pooled_fen", "serious_illness_fen", "other_payment_fen")}
    given |= {name: bill.get(name) for name in ("self_paid_fen", "own_expense_fen")}
    given |= {
        "kind": bill.get("kind") or "",
        "visit": bill.get("visit") or "",
        "currency": bill.get("currency") or row.get("currency") or CURRENCY,
    }
    return BillFacts(lines=tuple(_line(line) for line in bill.get("lines") or () if line and (line.get("amount_fen") or 0) > 0), **given)


def _line(line: Mapping[str, Any]) -> BillLine:
    covered = line.get("covered")
    return BillLine(
        line.get("line_id") or "", line.get("item_code") or "", line.get("name") or "", line["amount_fen"],
        line.get("insurance_class"), True if covered is None else covered,
    )  # fmt: skip


def _event(row: Mapping[str, Any], terms: Terms) -> EventFacts | None:
    if terms.unit != "event":
        return None
    lists: dict[str, list[FactRow]] = {}
    for given in row.get("rows") or ():
        rows = lists.setdefault(_said(given, "list"), [])
        rows.append(FactRow(given.get("id") or f"{len(rows) + 1:03}", _values(given.get("facts") or ())))
    for name, columns in lists_from_bills(terms).items():
        if name not in lists:
            full = [bill for bill in row.get("bills") or () if all(bill.get(column) is not None for column in columns)]
            rows = [FactRow(bill["bill_id"], tuple((column, _plain(bill[column])) for column in columns)) for bill in full]
            lists |= {name: rows} if rows else {}
    return EventFacts(
        on=row["occurred_on"], event_id=row.get("event_id") or "", currency=row.get("currency") or CURRENCY,
        values=_values(row.get("facts") or ()),
        rows=tuple((name, tuple(sorted(rows, key=lambda item: item.id))) for name, rows in sorted(lists.items())),
    )  # fmt: skip


def lists_from_bills(terms: Terms) -> dict[str, tuple[str, ...]]:
    """The lists whose rows are bills, with the columns that a bill must have."""
    taken = [rows.name for rows in terms.lists if rows.source == "bills"]
    return {name: tuple(item.name for item in terms.inputs if item.of == name and item.source == "bills") for name in taken}


def _values(facts: Sequence[Mapping[str, Any]]) -> tuple[tuple[str, Value], ...]:
    values = tuple((_said(fact, "name"), _value(fact)) for fact in facts)
    twice = sorted(name for name, count in Counter(name for name, _ in values).items() if count > 1)
    if twice:
        raise BenefitInvalid(f"the fact {twice[0]} stands twice in one claim or row: say it once")
    return values


def _said(given: Mapping[str, Any] | None, name: str) -> str:
    found = (given or {}).get(name)
    if found is None:
        raise BenefitInvalid(f"a fact or row of a claim does not say its {name}: write what the product calls it")
    return str(found)


def _value(fact: Mapping[str, Any]) -> Value:
    for slot in ("number", "day", "text"):
        value = fact.get(slot)
        if value is not None:
            return _plain(value)
    return None


def _plain(value: Any) -> Value:
    plain: Value = value.isoformat() if isinstance(value, date) else value
    return plain
