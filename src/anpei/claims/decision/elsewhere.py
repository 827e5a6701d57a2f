"""What other policies of the insured paid of the bills of a claim already: read from their decided claims that show the same bill.

An expense benefit pays only what is left (费用补偿原则); fixed benefits of another claim are no payment of the expense. Reads only.
"""

from collections.abc import Iterator, Mapping
from typing import Any

from anpei.claims.benefit import Assessment
from anpei.claims.decision import queries
from anpei.claims.documents import queries as documents
from anpei.claims.dossier import queries as dossier
from anpei.claims.dossier.model import Claim, ClaimState, SectionName
from anpei.engines.db import Connection
from anpei.kernel.money import Money, split
from anpei.records.products.model import Terms
from anpei.trust.vault import Vault

UNPAID = frozenset({ClaimState.WITHDRAWN, ClaimState.REFUSED, ClaimState.CLOSED_WITHOUT_PAYMENT})
"""Ends without a payment; everywhere else the newest decision to pay counts, also while its claim is open again."""
PAYING = frozenset({"settle", "reduce"})


def with_payments(
    conn: Connection, *, vault: Vault, claim: Claim, facts: Mapping[str, Any]
) -> dict[str, Any]:  # fmt: skip
    """The facts with ``paid_elsewhere`` (bill id -> fen) and ``payers`` (product and fen of each claim), where there are such payments."""
    by_bill: dict[str, int] = {}
    payers: list[dict[str, Any]] = []
    for other, bills in sorted(_sharing(conn, vault=vault, claim=claim, facts=facts).items(), key=lambda pair: pair[0].claim_no):
        paid = _paid(conn, vault=vault, claim=other, bills=bills)
        if any(paid.values()):
            payers.append({"id": other.product_id, "paid_fen": sum(paid.values())})
            by_bill |= {bill: by_bill.get(bill, 0) + fen for bill, fen in paid.items()}
    return {**facts, "paid_elsewhere": by_bill, "payers": payers} if payers else dict(facts)


def _sharing(conn: Connection, *, vault: Vault, claim: Claim, facts: Mapping[str, Any]) -> dict[Claim, dict[str, str]]:
    """Claims of the same insured and insurer under other policies that show bills of this one: their bill's page -> our bill's id."""
    own = {bill["page_id"]: bill["bill_id"] for bill in facts["bills"]}
    found: dict[Claim, dict[str, str]] = {}
    for entry in facts.get("alike", ()):
        if entry["within"] or not entry["same_person"] or entry["page_id"] not in own:
            continue
        other = dossier.get_claim(conn, vault=vault, claim_id=documents.claim_of_page(conn, page_id=entry["other"]))
        if other.insurer_id == claim.insurer_id and other.policy_id != claim.policy_id and other.state not in UNPAID:
            found.setdefault(other, {})[entry["other"]] = own[entry["page_id"]]
    return found


def _paid(conn: Connection, *, vault: Vault, claim: Claim, bills: Mapping[str, str]) -> dict[str, int]:
    """What a decided claim paid of the bills, by our id of the bill (fen); the terms are those of its proof."""
    decided = dossier.find_section(conn, vault=vault, claim_id=claim.id, name=SectionName.DECISION)
    if decided is None or decided.payload["decision"]["decision"] not in PAYING:
        return {}
    assessed = dossier.find_section(conn, vault=vault, claim_id=claim.id, name=SectionName.ASSESSMENT, round=decided.round)
    evidence = dossier.get_section(conn, vault=vault, claim_id=claim.id, name=SectionName.EVIDENCE, round=decided.round).payload["facts"]
    if assessed is None:
        return {}
    assessment = Assessment.from_dict(assessed.payload["assessment"])
    proof = queries.get_proof(conn, vault=vault, claim_id=claim.id)
    terms = Terms.from_dict(proof["body"]["inputs"]["terms"])
    payable = {line["line_id"]: line["payable_fen"] for line in decided.payload["decision"]["lines"]}
    ours = {bill["bill_id"]: bills[bill["page_id"]] for bill in evidence["bills"] if bill["page_id"] in bills}
    weights = {bill["bill_id"]: max(bill["total_fen"] or 0, 1) for bill in evidence["bills"]}
    paid: dict[str, int] = {}
    for bill_id, fen in _shares(assessment, payable, weights, terms):
        if bill_id in ours:
            paid[ours[bill_id]] = paid.get(ours[bill_id], 0) + fen
    return paid


def _shares(
    assessment: Assessment, payable: Mapping[str, int], weights: Mapping[str, int], terms: Terms
) -> Iterator[tuple[str, int]]:  # fmt: skip
    """Each paid line of an expense, shared over its bills by their totals."""
    fixed = {line.id for line in terms.lines if line.basis == "fixed"}
    for line in assessment.lines:
        fen = payable.get(f"{line.unit}/{line.id}", 0)
        known = [bill_id for bill_id in line.bill_ids if bill_id in weights]
        if fen <= 0 or not known or fixed & set(line.id.split(":")):
            continue
        parts = split(amount=Money(fen), weights=[weights[bill_id] for bill_id in known])
        yield from zip(known, (part.fen for part in parts), strict=True)
