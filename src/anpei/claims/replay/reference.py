"""The reference execution of a pass: one past claim after the other, by the very functions of the live line. All others must equal it."""

from collections.abc import Mapping, Sequence
from typing import Any

from anpei.claims.audit.checks_cover import check_cover, check_exclusions, check_hospital
from anpei.claims.audit.checks_declared import check_declared
from anpei.claims.audit.checks_reading import check_lines, check_rules
from anpei.claims.audit.model import Case, Finding, FindingsTable
from anpei.claims.benefit import Accumulators, Assessment
from anpei.claims.decision.adjudication import Inputs, conclude, judged
from anpei.claims.decision.decide import Automation
from anpei.claims.decision.model import Refer
from anpei.claims.replay.schema import PastClaimsInvalid
from anpei.kernel.errors import AnpeiError
from anpei.records.catalogues.words import decode
from anpei.records.products.library import ProductLibrary
from anpei.rules.model import RuleFacts, Subject
from anpei.rules.snapshots.execution import examine_snapshot
from anpei.rules.snapshots.snapshot import Snapshot

RECALCULATED = (check_cover, check_hospital, check_exclusions, check_declared, check_lines, check_rules)
"""The checks that rest on product, catalogue or rules; ``recording.STANDING`` are all others."""
Row = Mapping[str, Any]
NEEDED = (
    "claim_no", "product_id", "plan", "occurred_on", "region", "event_kind", "event_cause", "policy_start_on", "policy_end_on",
    "policy_status", "social_insurance", "bills", "automation_on",
)  # fmt: skip
"""What every claim has."""
ABSENT = {"match": "none", "code": "", "score_bp": 0, "payload": {}}


class RowUnread(PastClaimsInvalid):
    """A past claim lacks what every claim has, or contradicts itself; the message names the column."""

    code = "replay.row_unread"


def decide_row(row: Row, *, snapshot: Snapshot, products: ProductLibrary, table: FindingsTable) -> dict[str, Any]:
    """What the pass decides for one past claim (a row of ``schema.DECIDED``); why not, where it cannot."""
    try:
        return _decided(row, snapshot, products, table)
    except AnpeiError as error:
        return unread(row.get("claim_no"), error)
    except (ValueError, TypeError, KeyError, OverflowError) as error:
        told = f"a value of another form stands in this row ({type(error).__name__}: {str(error)[:120]})"
        return unread(row.get("claim_no"), RowUnread(told))


def unread(claim_no: Any, error: AnpeiError) -> dict[str, Any]:
    """A row that could not be decided, with the reason."""
    empty = dict.fromkeys(("decision", "lane", "total_fen", "terms"))
    lists: dict[str, Any] = {name: [] for name in ("reasons", "lines", "uses", "rules")}
    return {"claim_no": claim_no, "problem": error.code, "told": error.message, **empty, **lists}


def _decided(row: Row, snapshot: Snapshot, products: ProductLibrary, table: FindingsTable) -> dict[str, Any]:
    check_row(row)
    terms = products.terms(row["product_id"], row["plan"], at=row["occurred_on"])
    items = _items(row, snapshot)
    hits = judged(examine_snapshot(facts=rule_facts(row, items), snapshot=snapshot, on=row["occurred_on"]))
    inputs = Inputs(
        facts=_facts(row), terms=terms, table=table, providers=_providers(row), items=items,
        accumulators=Accumulators.of(
            policy_start_on=row["policy_start_on"], used={(use["name"], use["period_key"]): use["used"] for use in row["used"] or ()}
        ),
        automation=Automation(on=row["automation_on"], limit_fen=row["limit_fen"]),
    )  # fmt: skip
    case = Case(facts=inputs.facts, terms=terms, thresholds=table.to_dict(), providers=inputs.providers, items=items, hits=hits)
    findings = [Finding(code) for code in row["standing"] or ()] + [found for check in RECALCULATED for found in check(case)]
    outputs = conclude(inputs=inputs, findings=tuple(dict.fromkeys(findings)))
    decision = outputs.decision
    return {
        "claim_no": row["claim_no"], "problem": None, "told": None, "decision": "refer" if isinstance(decision, Refer) else "settle",
        "lane": outputs.lane.value, "reasons": sorted(decision.reasons) if isinstance(decision, Refer) else [],
        "rules": sorted({rule_id for hit in hits for rule_id in hit["rule_ids"]}), "terms": terms.digest, **_amounts(outputs.assessment),
    }  # fmt: skip


def _amounts(assessment: Assessment | None) -> dict[str, Any]:
    if assessment is None:
        return {"total_fen": None, "lines": [], "uses": []}
    lines = [{"line": f"{line.unit}/{line.id}", "coverage": line.coverage, "payable_fen": line.payable_fen} for line in assessment.lines]
    uses = [{"name": use.name, "period_key": use.period_key, "used": use.amount} for use in assessment.accumulator_use]
    return {"total_fen": assessment.total_fen, "lines": lines, "uses": uses}


def check_row(row: Row) -> None:
    """Raise RowUnread, naming the columns, for a row without what every claim has."""
    missing = [name for name in NEEDED if row[name] is None]
    for place, bill in enumerate(row["bills"] or ()):
        empty = [f"bills[{place}].{name}" for name in ("bill_id", "kind", "lines") if bill is None or bill[name] is None]
        missing += empty or [
            f"bills[{place}].lines[{number}]"
            for number, line in enumerate(bill["lines"])
            if line is None or line["line_id"] is None or line["amount_fen"] is None
        ]
    if missing:
        raise RowUnread(f"{', '.join(missing)} is empty: every claim has it", data={"columns": missing})


def rule_facts(row: Row, items: Mapping[str, Row]) -> RuleFacts:
    """The claim in the words of the rule machine, exactly as ``adjudication.rule_facts_of`` gives it for a live one."""
    subjects = []
    for bill in row["bills"]:
        for line in bill["lines"]:
            key = f"{bill['bill_id']}/{line['line_id']}"
            code, name = items[key]["code"], line["name"] or ""
            if code or name:
                quantity = line["quantity_milli"] or 1000
                subjects.append(Subject(key, (code,) if code else (name,), line["day"], quantity, line["amount_fen"], name))
    subjects += [
        Subject(more["id"], tuple(more["keys"]), more["day"], more["quantity"] or 1000, more["amount"], more["name"] or "")
        for more in row["subjects"] or ()
    ]
    return RuleFacts(tuple(subjects), dict(row["attributes"] or {}), tuple(row["labels"] or ()), tuple(row["label_names"] or ()))


def _items(row: Row, snapshot: Snapshot) -> dict[str, dict[str, Any]]:
    """Per line the item it was matched to, where the catalogue has it on the day, as ``audit.resolution`` gives it."""
    found: dict[str, dict[str, Any]] = {}
    for bill in row["bills"]:
        for line in bill["lines"]:
            code, entry = line["item_code"] or "", None
            if code and line["match"] not in (None, "none"):
                entry = snapshot.catalogue.entry(region=row["region"], item=code, on=row["occurred_on"])
            known: dict[str, Any] = ABSENT
            if entry is not None:
                payload = decode(entry.word, entry.detail)
                known = {"match": line["match"], "code": code, "score_bp": line["score_bp"] or 0, "payload": payload}
            found[f"{bill['bill_id']}/{line['line_id']}"] = {**known, "region": row["region"]}
    return found


def _providers(row: Row) -> dict[str, dict[str, Any] | None]:
    return {
        bill["hospital"] or "": None
        if bill["grade"] is None and bill["ownership"] is None
        else {"grade": bill["grade"] or "", "ownership": bill["ownership"] or ""}
        for bill in row["bills"]
    }


def _facts(row: Row) -> dict[str, Any]:
    """The part of a claim's facts that the recalculated checks and the calculation read."""
    event = {"kind": row["event_kind"], "cause": row["event_cause"], "occurred_on": row["occurred_on"].isoformat()}
    event |= {"id": row["event_id"], "currency": row["currency"]}
    if row["cause_shown"] is not None:
        event["cause_shown"] = row["cause_shown"]
    policy = {name: _iso(row[column]) for name, column in COVER_DAYS.items()}
    return {
        "reopened": bool(row["reopened"]), "event": event,
        "policy": {**policy, "social_insurance": row["social_insurance"], "status": row["policy_status"]},
        "bills": [_bill(bill) for bill in row["bills"]],
        "diagnoses": [{"code": code, "page_id": ""} for code in row["labels"] or ()],
        "declared": _declared(row),
    }  # fmt: skip


COVER_DAYS = {"start_on": "policy_start_on", "end_on": "policy_end_on", "first_covered_on": "first_covered_on"}


def _bill(bill: Row) -> dict[str, Any]:
    days = {name: _iso(bill[name]) for name in ("service_on", "admitted_on", "discharged_on")}
    lines = [{**line, "name": line["name"] or "", "page_id": ""} for line in bill["lines"]]
    return {**bill, **days, "hospital": bill["hospital"] or "", "page_id": "", "lines": lines}


def _declared(row: Row) -> dict[str, Any]:
    found: dict[str, Any] = _values(row["facts"] or ())
    for part in row["rows"] or ():
        rows = found.setdefault(part["list"], [])
        rows.append({"id": part["id"] or f"{len(rows) + 1:03}", **_values(part["facts"] or ())})
    return found


def _values(facts: Sequence[Row]) -> dict[str, Any]:
    found: dict[str, Any] = {}
    for fact in facts:
        number = fact["number"] if fact["number"] is not None else fact["text"]
        found[fact["name"]] = number if fact["day"] is None else fact["day"].isoformat()
    return found


def _iso(day: Any) -> str | None:
    return None if day is None else str(day.isoformat())
