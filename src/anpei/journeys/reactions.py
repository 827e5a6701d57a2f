"""Events meet the next step: the timeline, the jobs of the line, the payment's outcome, and what the customer is told."""

from datetime import datetime

from anpei.claims.audit.events import ClaimAudited
from anpei.claims.decision.events import ClaimDecided
from anpei.claims.documents import seen
from anpei.claims.documents.events import DocumentsSubmitted, EvidenceComplete
from anpei.claims.dossier import operations as dossier
from anpei.claims.intake.events import ClaimReopened, ClaimWithdrawn
from anpei.claims.risk import marks
from anpei.claims.settlement import operations as settlement
from anpei.engines.bus import Bus
from anpei.engines.db import Connection
from anpei.journeys import claim_line, leak
from anpei.journeys.claim_line import ClaimLine, enqueue_step
from anpei.journeys.telling import Teller
from anpei.kernel.events import Event
from anpei.payments.events import PaymentConfirmed, PaymentRejected, PaymentReversed


def connect(bus: Bus, *, line: ClaimLine, teller: Teller) -> None:
    """Subscribe everything. The order matters only for the timeline, which comes first."""
    bus.subscribe(Event, _write_timeline)
    _connect_steps(bus, line)
    _connect_payments(bus, line)
    leak.connect(bus, vault=line.vault)
    for event in teller.events:
        bus.subscribe(event, teller.tell)


def _write_timeline(conn: Connection, event: Event, at: datetime) -> None:
    data = event.payload()
    claim_id = data.pop("claim_id", None)
    if claim_id is not None:
        dossier.append_timeline(conn, claim_id=claim_id, event=event.name, data=data, at=at)


def _connect_steps(bus: Bus, line: ClaimLine) -> None:
    def submitted(conn: Connection, event: DocumentsSubmitted | ClaimReopened, at: datetime) -> None:
        claim = dossier.lock(conn, vault=line.vault, claim_id=event.claim_id)
        line.collect_when_ready(conn, claim=claim, cause=event.name)

    def complete(conn: Connection, event: EvidenceComplete, at: datetime) -> None:
        enqueue_step(conn, kind=claim_line.AUDIT, claim_id=event.claim_id, round=event.round)

    def audited(conn: Connection, event: ClaimAudited, at: datetime) -> None:
        enqueue_step(conn, kind=claim_line.ADJUDICATE, claim_id=event.claim_id, round=event.round)

    def decided(conn: Connection, event: ClaimDecided, at: datetime) -> None:
        enqueue_step(conn, kind=claim_line.SETTLE, claim_id=event.claim_id, round=event.round)

    def withdrawn(conn: Connection, event: ClaimWithdrawn, at: datetime) -> None:
        seen.release_pages(conn, claim_id=event.claim_id)
        marks.release_marks(conn, claim_id=event.claim_id)

    bus.subscribe(DocumentsSubmitted, submitted)
    bus.subscribe(ClaimReopened, submitted)
    bus.subscribe(EvidenceComplete, complete)
    bus.subscribe(ClaimAudited, audited)
    bus.subscribe(ClaimDecided, decided)
    bus.subscribe(ClaimWithdrawn, withdrawn)


def _connect_payments(bus: Bus, line: ClaimLine) -> None:
    def confirmed(conn: Connection, event: PaymentConfirmed, at: datetime) -> None:
        settlement.confirm(
            conn, vault=line.vault, emit=line.emit, claim_id=event.claim_id, round=event.round, amount_fen=event.amount_fen, at=at
        )

    def failed(conn: Connection, event: PaymentRejected | PaymentReversed, at: datetime) -> None:
        settlement.fail(conn, vault=line.vault, emit=line.emit, claim_id=event.claim_id, round=event.round, reason=event.reason, at=at)

    bus.subscribe(PaymentConfirmed, confirmed)
    bus.subscribe(PaymentRejected, failed)
    bus.subscribe(PaymentReversed, failed)
