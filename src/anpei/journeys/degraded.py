"""A part is down for long: the claimant is told once a round what is slow, that nothing is lost, and that the law's clocks run.

The jobs themselves try again until the part is back; here each try that failed only asks whether somebody has waited too long.
"""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from typing import Any

import structlog

from anpei.claims.documents import queries as documents
from anpei.claims.documents.model import UploadState
from anpei.claims.dossier import queries
from anpei.claims.dossier.model import Claim, ClaimState
from anpei.engines.db import Connection
from anpei.engines.jobs import Handler, Job
from anpei.journeys.claim_line import READ_UPLOAD, ClaimLine
from anpei.journeys.telling import Teller
from anpei.kernel.errors import AnpeiError
from anpei.notices import queries as notices
from anpei.payments import queries as payments
from anpei.payments.operations import SUBMIT_JOB

PATIENCE = timedelta(minutes=10)
"""How long a page may wait to be read, or a payment to be booked, before the claimant is told."""
TEMPLATE = "system_degraded"

log = structlog.get_logger()


@dataclass(frozen=True, slots=True)
class Part:
    """What is down, in the words of the notice, and the clock that runs meanwhile."""

    title_zh: str
    clock: str


PARTS: Mapping[str, Part] = {
    READ_UPLOAD: Part("材料识别", "claim.decide.complex"),
    SUBMIT_JOB: Part("银行付款", "claim.pay"),
}


def told_when_slow(handlers: Mapping[str, Handler], *, line: ClaimLine, teller: Teller) -> dict[str, Handler]:
    """The handlers, those of reading and paying with an eye on how long somebody waits."""

    def watched(kind: str, handler: Handler) -> Handler:
        return replace(handler, work=_watched(handler.work, lambda job: _look(job, kind=kind, line=line, teller=teller)))

    return {kind: watched(kind, handler) if kind in PARTS else handler for kind, handler in handlers.items()}


def _watched(work: Callable[[Job], Any], look: Callable[[Job], None]) -> Callable[[Job], Any]:
    def run(job: Job) -> Any:
        try:
            return work(job)
        except (AnpeiError, OSError):
            look(job)
            raise

    return run


def _look(job: Job, *, kind: str, line: ClaimLine, teller: Teller) -> None:
    """Tell whoever waits too long; what goes wrong in telling never hides why the try failed."""
    part, at = PARTS[kind], line.clock.now()
    try:
        with line.database.read() as conn:
            if _too_long(conn, job, kind=kind, line=line, at=at) is None:
                return
        with line.database.write() as conn:
            found = _too_long(conn, job, kind=kind, line=line, at=at)
            if found is not None:
                teller.tell_slow(conn, claim=found[0], part=part.title_zh, clock=part.clock, since=found[1], at=at)
    except AnpeiError as error:
        log.warning("degraded.not_told", job=job.id, kind=kind, code=error.code)


def _too_long(conn: Connection, job: Job, *, kind: str, line: ClaimLine, at: datetime) -> tuple[Claim, datetime] | None:
    """The claim that waits and since when, if that is too long and was not told in this round."""
    if kind == READ_UPLOAD:
        upload = documents.get_upload(conn, vault=line.vault, upload_id=str(job.payload["upload_id"]))
        claim_id, since, state = upload.claim_id, upload.stored_at, ClaimState.COLLECTING
        if upload.state is not UploadState.STORED:
            return None
    else:
        order = payments.get_order(conn, order_id=str(job.payload["order_id"]))
        claim_id, since, state = order.claim_id, order.created_at, ClaimState.PAYING
    claim = queries.get_claim(conn, vault=line.vault, claim_id=claim_id)
    if claim.state is not state or at - since < PATIENCE:
        return None
    told = notices.find_notice(conn, claim_id=claim_id, round=claim.round, template=TEMPLATE)
    return (claim, since) if told is None else None
