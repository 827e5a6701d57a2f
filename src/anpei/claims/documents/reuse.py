"""Papers that were seen before: near pages of this and other claims, confirmed by their values. What is found is evidence, no verdict."""

from collections.abc import Sequence
from itertools import combinations
from typing import Any

from anpei.claims.documents import queries
from anpei.claims.documents.alike import same_paper
from anpei.claims.documents.model import Page
from anpei.claims.documents.papers import PaperBook
from anpei.claims.documents.seen import Candidate, SeenPages, mark_page, unmarked_pages
from anpei.claims.dossier import queries as dossier
from anpei.claims.dossier.model import Claim, ClaimState, SectionName
from anpei.engines.db import Connection
from anpei.records.policies import queries as policies
from anpei.trust.vault import Vault


def find_alike(
    conn: Connection, *, vault: Vault, seen: SeenPages, claim: Claim, pages: Sequence[Page], papers: PaperBook
) -> list[dict[str, Any]]:
    """Every pair of a page of this claim and another page that show one paper; then this claim's pages are taken.

    An entry names both pages by id, so that only who may see the other claim learns its number. ``same_person``: whether both claims
    are of the same insured.
    """
    current = [page for page in pages if page.repeats is None]
    found: list[dict[str, Any]] = [
        {"page_id": later.id, "other": earlier.id, "within": True, "finding": rule.within, "same": list(same), "same_person": True}
        for earlier, later in combinations(current, 2)
        if (rule := papers.rules.alike_rule(later.reading.kind)) is not None and (same := _same(later, earlier, papers))
    ]
    comparable = [page for page in current if papers.rules.alike_rule(page.reading.kind) is not None]
    candidates = seen.candidates(conn, claim=claim, page_ids=[page.id for page in comparable], papers=papers)
    for page in comparable:
        for candidate in candidates[page.id]:
            other = queries.get_page(conn, vault=vault, page_id=candidate.page_id)
            same = _same(page, other, papers)
            if same:
                same_person = _insured(conn, vault, claim) == _insured(conn, vault, _claim_of(conn, vault, other))
                found.append(_entry(page, candidate, papers, same=same, same_person=same_person))
    seen.take(conn, page_ids=[page.id for page in current])
    return found


def mark_old_pages(conn: Connection, *, vault: Vault, seen: SeenPages, papers: PaperBook, limit: int) -> int:
    """Mark pages that were stored before there were marks; returns how many. Those of claims whose evidence was collected, and that were
    not withdrawn, are taken.
    """
    found = unmarked_pages(conn, limit=limit)
    for page_id, claim_id in found:
        claim = dossier.get_claim(conn, vault=vault, claim_id=claim_id)
        reading = queries.get_page(conn, vault=vault, page_id=page_id).reading
        mark_page(conn, vault=vault, claim=claim, page_id=page_id, reading=reading, papers=papers)
        collected = dossier.find_section(conn, vault=vault, claim_id=claim_id, name=SectionName.EVIDENCE) is not None
        if collected and claim.state is not ClaimState.WITHDRAWN:
            seen.take(conn, page_ids=[page_id])
    return len(found)


def _same(page: Page, other: Page, papers: PaperBook) -> tuple[str, ...]:
    rule = papers.rules.alike_rule(page.reading.kind)
    return () if rule is None else same_paper(page.reading, other.reading, rule)


def _entry(page: Page, candidate: Candidate, papers: PaperBook, *, same: tuple[str, ...], same_person: bool) -> dict[str, Any]:
    """A paper of another claim, and what that gives: papers of a person may be shown again in that person's other claims."""
    rule = papers.rules.alike_rule(page.reading.kind)
    code = "page.seen_before" if rule is None or (rule.use == "person" and same_person) else rule.finding
    return {
        "page_id": page.id, "other": candidate.page_id, "within": False, "finding": code, "same": list(same), "same_person": same_person,
        "picture_bits": candidate.picture_bits, "paper_bits": candidate.paper_bits,
    }  # fmt: skip


def _claim_of(conn: Connection, vault: Vault, page: Page) -> Claim:
    return dossier.get_claim(conn, vault=vault, claim_id=queries.claim_of_page(conn, page_id=page.id))


def _insured(conn: Connection, vault: Vault, claim: Claim) -> str:
    return policies.get_policy(conn, vault=vault, policy_id=claim.policy_id).insured_id
