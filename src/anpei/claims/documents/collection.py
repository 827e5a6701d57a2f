"""Writes: take the claimant's word that all is there, and turn the read pages into the evidence section, complete or wanting."""

from datetime import datetime
from typing import Any

from anpei.claims.documents import completeness, facts, queries
from anpei.claims.documents.events import DocumentsSubmitted, EvidenceComplete, EvidenceWanting
from anpei.claims.documents.model import Page, UploadState
from anpei.claims.documents.papers import PaperBook
from anpei.claims.documents.reuse import find_alike
from anpei.claims.documents.same_event import event_of
from anpei.claims.documents.seen import SeenPages
from anpei.claims.dossier import operations as dossier
from anpei.claims.dossier import queries as dossier_queries
from anpei.claims.dossier.model import Claim, ClaimState, SectionName, StateNotAllowed
from anpei.engines.bus import Emit
from anpei.engines.db import Connection
from anpei.records.products.model import Terms
from anpei.trust.vault import Vault

REPORTABLE = (ClaimState.REPORTED, ClaimState.WANTING)


def submit_documents(conn: Connection, *, vault: Vault, emit: Emit, claim_id: str, at: datetime) -> bool:
    """Everything is there, says the claimant: request and documents are received, the clock starts (保险法 23).

    A claim that wanted papers enters a new round. False when it was submitted already (a double click).
    """
    claim = dossier.lock(conn, vault=vault, claim_id=claim_id)
    if claim.state is ClaimState.COLLECTING:
        return False
    if claim.state not in REPORTABLE:
        raise StateNotAllowed(
            f"claim {claim.claim_no} is {claim.state.value}: papers are taken until it is audited", data={"claim": claim_id}
        )
    if claim.state is ClaimState.WANTING:
        number = dossier.open_round(conn, claim=claim, at=at)
    else:
        number = claim.round
        dossier.move(conn, claim=claim, to=ClaimState.COLLECTING, at=at)
    emit(conn, DocumentsSubmitted(claim_id, number))
    return True


def ready_to_collect(conn: Connection, *, claim: Claim) -> bool:
    """Whether the claim was submitted and every upload was read."""
    return claim.state is ClaimState.COLLECTING and queries.count_unread(conn, claim_id=claim.id) == 0


def collect_evidence(
    conn: Connection, *, vault: Vault, emit: Emit, claim_id: str, insured: facts.Person, cover: facts.Cover, terms: Terms,
    papers: PaperBook, seen: SeenPages, at: datetime,
) -> None:  # fmt: skip
    """Write the evidence section of the round: pages, facts, duplicates and what is wanting; then audit or one supplement notice.

    A second supplement goes to a person (house rule on 保险法 22: it needs a named approver).
    """
    claim = dossier.lock(conn, vault=vault, claim_id=claim_id)
    if not ready_to_collect(conn, claim=claim):
        return
    report = dossier_queries.get_section(conn, vault=vault, claim_id=claim_id, name=SectionName.REPORT).payload
    event = event_of(conn, vault=vault, policy_id=claim.policy_id, event=report["event"], claim_id=claim.id)
    pages = queries.list_current_pages(conn, vault=vault, claim_id=claim_id)
    reopened = dossier_queries.was_reopened(conn, claim_id=claim_id)
    alike = find_alike(conn, vault=vault, seen=seen, claim=claim, pages=pages, papers=papers)
    needed = {kind for wanted in terms.documents_for(report["event"]["kind"]) for kind in wanted.any_of}
    found = facts.build_facts(
        salt=claim.salt, report=report | {"event": event}, insured=insured, cover=cover, pages=pages, papers=papers, needed=needed,
        terms=terms, alike=alike, reopened=reopened,
    )  # fmt: skip
    lost = [
        upload.problem
        for upload in queries.list_uploads(conn, vault=vault, claim_id=claim_id)
        if upload.state is UploadState.UNREADABLE and upload.replaced_by is None
    ]
    wanting = completeness.missing_documents(
        terms=terms, event_kind=report["event"]["kind"], pages=pages, conditions=completeness.conditions_of(found["bills"]),
        titles=papers.titles, unreadable=[str(problem["advice"]) for problem in lost if problem is not None],
    )  # fmt: skip
    payload: dict[str, Any] = {
        "facts": found, "wanting": [item.to_dict() for item in wanting], "unreadable": lost,
        "pages": [_page_entry(page) for page in pages],
    }  # fmt: skip
    dossier.write_section(conn, vault=vault, claim=claim, name=SectionName.EVIDENCE, payload=payload, at=at)
    if not wanting:
        dossier.move(conn, claim=claim, to=ClaimState.IN_AUDIT, at=at)
        emit(conn, EvidenceComplete(claim_id, claim.round))
        return
    asked_before = claim.round > 1 and _wanted_before(conn, vault=vault, claim=claim)
    dossier.move(conn, claim=claim, to=ClaimState.REFERRED if asked_before else ClaimState.WANTING, at=at)
    emit(conn, EvidenceWanting(claim_id, claim.round, len(wanting), second=int(asked_before)))


def _wanted_before(conn: Connection, *, vault: Vault, claim: Claim) -> bool:
    """Whether an earlier round of this request asked for papers already."""
    earlier = [
        dossier_queries.find_section(conn, vault=vault, claim_id=claim.id, name=SectionName.EVIDENCE, round=number)
        for number in range(1, claim.round)
    ]
    return any(section is not None and section.payload["wanting"] for section in earlier)


def _page_entry(page: Page) -> dict[str, Any]:
    return {
        "page_id": page.id,
        "upload_id": page.upload_id,
        "kind": page.reading.kind,
        "usable": page.reading.quality.usable,
        "repeats": page.repeats,
    }
