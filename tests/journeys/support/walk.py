"""One claimant and one worker on a platform, as often as needed: every call may be the repetition of one that was cut off."""

from collections import Counter
from collections.abc import Mapping
from typing import Any

from sqlalchemy import text

from anpei.assembly import Platform
from anpei.claims.decision import queries as proofs
from anpei.claims.decision.verification import verify
from anpei.claims.documents import queries as documents
from anpei.claims.dossier import queries
from anpei.claims.dossier.model import Claim, ClaimState
from anpei.claims.dossier.progress import describe
from anpei.engines.db import Connection
from anpei.kernel.clock import local_day
from anpei.notices import queries as notices
from anpei.payments import queries as payments
from anpei.records.policies import accumulators
from anpei.trust.trail import verify as verify_trail
from tests.factories import cases, platforms
from tests.journeys.support.crossings import LEASE, Crossings


def day_of(number: int) -> str:
    """The day of the n-th visit; the clean case (0) happened on the third."""
    return f"2026-10-{number or 3:02d}"


def report_data(number: int = 0) -> dict[str, Any]:
    """The report of the n-th visit by somebody who also wants mail."""
    data = platforms.report_data(occurred_on=day_of(number))
    return data | {"insured": data["insured"] | {"email": "insured@example.com"}}


def claim_by(platform: Platform, crossings: Crossings, *, number: int = 0) -> str:
    """What a claimant does, again from the start if it was cut off: report, hand in both papers, submit. Returns the claim's id."""
    doors, console = platform.claiming, platform.console
    crossings.step = "report"
    claim, _ = doors.report(actor=console, data=report_data(number), request_id=f"request-{number}", channel="test")
    if claim.state is ClaimState.REPORTED:
        crossings.step = "upload"
        for place, data in enumerate(papers(number)):
            doors.upload(actor=console, claim_id=claim.id, data=data, name=f"page{place}.jpg")
        crossings.step = "submit"
        doors.submit(actor=console, claim_id=claim.id)
    crossings.step = LEASE
    return claim.id


def papers(number: int = 0) -> list[bytes]:
    """The papers of the n-th visit, each with a bill of its own."""
    return [platforms.paper(page) for page in cases.pages(receipt_number=f"00{number:08d}", day=day_of(number))]


def time_passes(platform: Platform) -> None:
    """Every wait is over and every lease has run out: what a worker left behind is due again."""
    with platform.database.engine.begin() as conn:
        conn.execute(text("UPDATE jobs SET due_at = created_at WHERE state IN ('ready', 'waiting')"))
        conn.execute(text("UPDATE jobs SET lease_until = created_at WHERE state = 'running'"))


def open_jobs(platform: Platform) -> int:
    """How many jobs are not ended."""
    with platform.database.read() as conn:
        return int(conn.execute(text("SELECT count(*) FROM jobs WHERE state IN ('ready', 'running', 'waiting')")).scalar_one())


def run_until_rest(platform: Platform, *, rounds: int = 60) -> None:
    """Work until no job is left, letting time pass between; fails when there is no end."""
    for _ in range(rounds):
        platform.worker.run_due()
        if not open_jobs(platform):
            return
        time_passes(platform)
    raise AssertionError("the platform does not come to rest")


def picture(platform: Platform, claim_id: str, number: int = 0) -> dict[str, Any]:
    """Everything about a claim that must not depend on how often its processes died: plain data without ids and instants."""
    with platform.database.read() as conn:
        claim = queries.get_claim(conn, vault=platform.vault, claim_id=claim_id)
        return {
            "state": claim.state.value, "round": claim.round, "lane": None if claim.lane is None else claim.lane.value,
            "sections": sorted([part["round"], part["name"]] for part in queries.list_sections(conn, claim_id=claim_id)),
            "timeline": _counted([entry.event, entry.data.get("template", "")] for entry in queries.list_timeline(conn, claim_id=claim_id)),
            "notices": sorted([one.round, one.template, one.state.value] for one in notices.list_notices(conn, claim_id=claim_id)),
            "mails": len(list((platform.settings.home / "outbox").glob("*.eml"))),
            "jobs": _counted([row.kind, row.state] for row in conn.execute(text("SELECT kind, state FROM jobs"))),
            **_papers_picture(platform, conn, claim_id, number),
            **_money_picture(platform, conn, claim),
            **_evidence_picture(platform, conn, claim_id),
        }  # fmt: skip


def _counted(found: Any) -> list[list[Any]]:
    return sorted([*key, count] for key, count in Counter(tuple(one) for one in found).items())


def _papers_picture(platform: Platform, conn: Connection, claim_id: str, number: int) -> Mapping[str, Any]:
    uploads = documents.list_uploads(conn, vault=platform.vault, claim_id=claim_id)
    held = [documents.load_bytes(conn, vault=platform.vault, files=platform.files, upload_id=upload.id) for upload in uploads]
    return {
        "uploads": [[upload.seq, upload.state.value] for upload in uploads],
        "bytes_kept": sum(data in held for data in papers(number)),
        "pages": [page.reading.kind for page in documents.list_pages(conn, vault=platform.vault, claim_id=claim_id)],
    }


def _money_picture(platform: Platform, conn: Connection, claim: Claim) -> Mapping[str, Any]:
    orders = payments.list_orders(conn, claim_id=claim.id)
    keys = {order.idempotency_key for order in orders}
    used = accumulators.used(conn, policy_id=claim.policy_id)
    return {
        "orders": [[order.round, order.state.value, order.amount.fen] for order in orders],
        "booked": [[line.key in keys, line.amount.fen] for line in platform.bank.statement()],
        "postings": [[p.entry.value, p.amount.fen] for order in orders for p in payments.list_postings(conn, order_id=order.id)],
        "ledger_faults": payments.ledger_faults(conn),
        "cases": [case.kind.value for case in payments.list_open_cases(conn)],
        "used": sorted([name, period, amount] for (name, period), amount in used.items()),
        "uses": sorted([one.kind, one.name, one.amount] for one in accumulators.list_entries(conn, policy_id=claim.policy_id)),
    }


def _evidence_picture(platform: Platform, conn: Connection, claim_id: str) -> Mapping[str, Any]:
    """Proof and trail; a claim that has not come so far has no proof."""
    made = proofs.list_proofs(conn, claim_id=claim_id)
    faults: list[str] = []
    if made:
        body = proofs.get_proof(conn, vault=platform.vault, claim_id=claim_id)
        faults = [str(fault) for fault in verify(body, trusted_key=platform.signer.public_key_b64, snapshot=platform.snapshots.get())]
    return {"proofs": len(made), "proof_faults": faults, "trail_ok": verify_trail(conn).ok}


def progress(platform: Platform, claim_id: str) -> dict[str, Any]:
    """What the claimant sees of a claim today."""
    with platform.database.read() as conn:
        claim = queries.get_claim(conn, vault=platform.vault, claim_id=claim_id)
        timeline = queries.list_timeline(conn, claim_id=claim_id)
    return describe(platform.progress, claim=claim, timeline=timeline, on=local_day(platform.clock.now()))
