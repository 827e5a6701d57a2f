"""How sure the machine is of what it read: weak key fields, kinds it cannot tell, lines that the catalogue does not know, rule hits."""

from collections.abc import Iterator, Mapping
from typing import Any

from anpei.claims.audit.model import Case, Finding, finding
from anpei.records.products.model import Operand

KNOWN_LATER = "unknown"


def check_reading(case: Case) -> Iterator[Finding]:
    """Pages of unknown kind, and of a kind that the claim does not need, are a note when the rest is complete; weak key fields without a
    second source go to a person.
    """
    limit = case.thresholds["kind_confidence_bp"]
    for page in case.facts["pages"]:
        if page["repeats"] is not None:
            yield finding("page.repeated", page["page_id"])
        elif not page["usable"]:
            yield finding("page.unusable", page["page_id"])
        elif page["kind"] == KNOWN_LATER:
            yield finding("page.unknown_kind", page["page_id"])
        elif page.get("other"):
            yield finding("page.other_paper", page["page_id"], kind=page["kind"])
        elif page["kind_confidence_bp"] < limit:
            yield finding("reading.kind_uncertain", page["page_id"], confidence_bp=page["kind_confidence_bp"])
    for bill in case.facts["bills"]:
        weak = [name for name in bill["weak"] if not _seconded(bill, name)]
        if weak:
            yield finding("reading.low_confidence", bill["page_id"], fields=",".join(weak))


def check_hints(case: Case) -> Iterator[Finding]:
    """What is odd on a page (疑点): strong hints on pages that count are for a person, all others are a note. The strongest speaks for
    its page. On bills, what a check of its own compares (sums, code squares) is left to that check.
    """
    bills = {bill["page_id"] for bill in case.facts["bills"]} | {line["page_id"] for bill in case.facts["bills"] for line in bill["lines"]}
    checked = tuple(case.thresholds["hints_checked"])
    for page in case.facts["pages"]:
        if page["repeats"] is not None or not page["usable"]:
            continue
        told = [
            (hint["strength_bp"], -number, hint["code"])
            for number, hint in enumerate(page.get("hints", ()))
            if page["page_id"] not in bills or not hint["code"].startswith(checked)
        ]
        if not told:
            continue
        strength, place, code = max(told)
        subjects, values = (page["page_id"], f"{page['page_id']}#{-place}"), {"hint": code, "strength_bp": strength, "count": len(told)}
        counts = not page.get("other") and page["kind"] != KNOWN_LATER
        yield finding("page.hint" if counts and strength >= case.thresholds["hint_bp"] else "page.weak_hint", *subjects, **values)


def check_alike(case: Case) -> Iterator[Finding]:
    """Papers that were seen before, in this claim or in another one, as the evidence found them: each page once with all the others."""
    found: dict[tuple[str, str], list[Mapping[str, Any]]] = {}
    for entry in case.facts.get("alike", ()):
        found.setdefault((entry["finding"], entry["page_id"]), []).append(entry)
    for (code, page), entries in found.items():
        yield finding(code, page, *(entry["other"] for entry in entries), same=",".join(entries[0]["same"]))


def _seconded(bill: dict[str, Any], name: str) -> bool:
    """Whether a weak field is confirmed by a second source that agrees exactly."""
    total = bill["total_fen"]
    if name == "total_amount":
        rows = sum(bill["receipt_rows_fen"]) if bill["receipt_rows_fen"] else None
        qr = bill["qr"]["amount_fen"] if bill["qr"] and bill["qr"].get("states") != "net_amount" else None
        return total is not None and total in (bill["upper_fen"], rows, qr)
    if name == "receipt_number":
        return bill["qr"] is not None and bill["qr"]["number"] == bill["number"]
    if name in ("pooled_fund", "self_paid", "own_expense"):
        parts = [bill["self_paid_fen"], bill["own_expense_fen"]]
        paid = sum(bill[key] or 0 for key in ("pooled_fen", "serious_illness_fen", "other_payment_fen"))
        return None not in parts and total == paid + sum(parts)
    return False


def check_lines(case: Case) -> Iterator[Finding]:
    """Lines whose class decides the amount must be known to the catalogue; absent means refer, not pay."""
    for bill in case.facts["bills"]:
        for line in bill["lines"]:
            if line["amount_fen"] <= 0:
                continue
            item = case.items.get(f"{bill['bill_id']}/{line['line_id']}")
            if item is None or item["match"] == "none":
                code = "catalogue.item_unknown" if needs_lines(case, bill) else "catalogue.item_not_matched"
                yield finding(code, line["page_id"], line=line["line_id"])
            elif item["score_bp"] < case.thresholds["line_match_bp"]:
                yield finding("catalogue.item_uncertain", line["page_id"], line=line["line_id"], score_bp=item["score_bp"])


def needs_lines(case: Case, bill: dict[str, Any]) -> bool:
    """Whether the amount of this bill may depend on the class of its lines under the product's steps."""
    flags = {"settled_by_social": bool(bill["settled_by_social"]), "social_insurance": case.facts["policy"]["social_insurance"]}
    operands = [operand for step in case.terms.steps if step.each == "bill" for operand in step.operands]
    return any(name.startswith("lines_") for operand in operands for name in _may_use(operand, flags))


def _may_use(operand: Operand, flags: Mapping[str, bool]) -> Iterator[str]:
    """The names that an operand may take: of conditions that a step finds out, both ways are open."""
    for part in operand.cases:
        holds = flags.get(part.when) if part.when else True
        if holds is not False:
            yield part.name
        if holds:
            return


def check_rules(case: Case) -> Iterator[Finding]:
    """Each rule hit becomes the finding that its template names."""
    for hit in case.hits:
        yield finding(hit["finding"], *hit["subjects"], rule=hit["rule_id"], template=hit["template"])
