"""A claimant step by step, and what stands in the claim afterwards."""

from typing import Any

from anpei.assembly import Platform
from anpei.claims.documents import queries as documents
from anpei.claims.documents.model import Page, Upload
from anpei.claims.dossier import queries
from anpei.claims.dossier.model import ClaimState, SectionName
from anpei.payments import queries as payments
from anpei.trust.trail import verify as verify_trail
from tests.factories import cases, platforms
from tests.factories.platforms import get_claim


def reported(platform: Platform, **changes: Any) -> str:
    """A reported claim without papers."""
    return platform.claiming.report(actor=platform.console, data=platforms.report_data(**changes), request_id=None, channel="test")[0].id


def upload(platform: Platform, claim_id: str, data: bytes, name: str = "page.jpg") -> Upload:
    """Hand a file in."""
    return platform.claiming.upload(actor=platform.console, claim_id=claim_id, data=data, name=name)[0]


def submit(platform: Platform, claim_id: str) -> None:
    """Say that all is there, and let the machine work."""
    platform.claiming.submit(actor=platform.console, claim_id=claim_id)
    platform.worker.run_due()


def receipt() -> bytes:
    """The clean case's receipt as a prepared paper."""
    return platforms.paper(cases.pages()[0])


def record() -> bytes:
    """The clean case's out-patient record as a prepared paper."""
    return platforms.paper(cases.pages()[1])


def uploads(platform: Platform, claim_id: str) -> list[Upload]:
    """The files of a claim."""
    with platform.database.read() as conn:
        return documents.list_uploads(conn, vault=platform.vault, claim_id=claim_id)


def pages(platform: Platform, claim_id: str) -> list[Page]:
    """The read pages of a claim."""
    with platform.database.read() as conn:
        return documents.list_pages(conn, vault=platform.vault, claim_id=claim_id)


def kept(platform: Platform, upload_id: str) -> bytes:
    """What is stored of a file."""
    with platform.database.read() as conn:
        return documents.load_bytes(conn, vault=platform.vault, files=platform.files, upload_id=upload_id)


def section(platform: Platform, claim_id: str, name: SectionName) -> dict[str, Any]:
    """The newest section of a claim."""
    with platform.database.read() as conn:
        return queries.get_section(conn, vault=platform.vault, claim_id=claim_id, name=name).payload


def reasons(platform: Platform, claim_id: str) -> list[str]:
    """Why a person looks at the claim."""
    assert get_claim(platform, claim_id).state is ClaimState.REFERRED
    return list(section(platform, claim_id, SectionName.REFERRAL)["referral"]["reasons"])


def assert_paid(platform: Platform, claim_id: str) -> None:
    """The clean case's amount was paid, once."""
    assert get_claim(platform, claim_id).state is ClaimState.PAID
    with platform.database.read() as conn:
        assert [(order.state.value, order.amount.fen) for order in payments.list_orders(conn, claim_id=claim_id)] == [("confirmed", 26608)]
        assert payments.ledger_faults(conn) == []
        assert verify_trail(conn).ok
    assert [line.amount.fen for line in platform.bank.statement()] == [26608]
