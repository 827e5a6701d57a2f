"""Writes: report a claim once, withdraw it, reopen it."""

from collections.abc import Mapping
from datetime import datetime
from typing import Any

from sqlalchemy.exc import IntegrityError

from anpei.claims.dossier import operations as dossier
from anpei.claims.dossier import queries
from anpei.claims.dossier.model import Claim, ClaimState, SectionName
from anpei.claims.intake.events import ClaimReopened, ClaimReported, ClaimWithdrawn
from anpei.claims.intake.model import Report
from anpei.engines.bus import Emit
from anpei.engines.db import Connection
from anpei.kernel.canonical import digest
from anpei.kernel.errors import Conflict
from anpei.records.policies.model import Policy
from anpei.trust import trail
from anpei.trust.vault import Vault


class RequestDiffers(Conflict):
    """The same request id came with other contents: one of both is a mistake, so nothing was done."""

    code = "intake.request_differs"


def report_claim(
    conn: Connection,
    *,
    vault: Vault,
    emit: Emit,
    policy: Policy,
    report: Report,
    request_id: str | None,
    channel: str,
    actor: str,
    at: datetime,
) -> tuple[Claim, bool]:
    """Open a claim for a checked report; the same request id again gives the same claim and False.

    Raises RequestDiffers when the request id was used for another report.
    """
    payload: dict[str, Any] = report.to_dict() | {"channel": channel}
    if request_id is not None:
        known = queries.find_by_request(conn, vault=vault, insurer_id=policy.insurer_id, request_id=request_id)
        if known is not None:
            return _same(conn, vault=vault, known=known, payload=payload), False
    try:
        with conn.begin_nested():
            claim = dossier.open_claim(
                conn, vault=vault, insurer_id=policy.insurer_id, policy_id=policy.id, product_id=policy.product_id, plan=policy.plan,
                request_id=request_id, at=at,
            )  # fmt: skip
    except IntegrityError:
        known = queries.find_by_request(conn, vault=vault, insurer_id=policy.insurer_id, request_id=str(request_id))
        if known is None:
            raise
        return _same(conn, vault=vault, known=known, payload=payload), False
    dossier.write_section(conn, vault=vault, claim=claim, name=SectionName.REPORT, payload=payload, at=at)
    emit(conn, ClaimReported(claim.id, policy.id, policy.product_id))
    trail.append(conn, at=at, actor=actor, action="claim.reported", subject=claim.id, facts={"report": digest(payload), "channel": channel})
    return claim, True


def _same(conn: Connection, *, vault: Vault, known: Claim, payload: Mapping[str, Any]) -> Claim:
    first = queries.get_section(conn, vault=vault, claim_id=known.id, name=SectionName.REPORT, round=1)
    if first.digest != digest(dict(payload)):
        raise RequestDiffers(
            f"the request id of claim {known.claim_no} was used for another report: use a new request id", data={"claim": known.id}
        )
    return known


def withdraw_claim(conn: Connection, *, vault: Vault, emit: Emit, claim_id: str, actor: str, at: datetime) -> None:
    """The claimant takes the claim back (撤案). Raises StateNotAllowed once it is decided."""
    claim = dossier.lock(conn, vault=vault, claim_id=claim_id)
    dossier.move(conn, claim=claim, to=ClaimState.WITHDRAWN, at=at)
    emit(conn, ClaimWithdrawn(claim_id, claim.round))
    trail.append(conn, at=at, actor=actor, action="claim.withdrawn", subject=claim_id, facts={"round": claim.round})


def reopen_claim(conn: Connection, *, vault: Vault, emit: Emit, claim_id: str, reason: str, actor: str, at: datetime) -> int:
    """Open an ended claim again in a new round. Raises StateNotAllowed when it is not ended."""
    claim = dossier.lock(conn, vault=vault, claim_id=claim_id)
    if not dossier.is_ended(claim):
        raise Conflict(f"claim {claim.claim_no} is {claim.state.value}, not ended: nothing to reopen", data={"claim": claim_id})
    number = dossier.open_round(conn, claim=claim, at=at)
    report = queries.get_section(conn, vault=vault, claim_id=claim_id, name=SectionName.REPORT).payload
    renewed = queries.get_claim(conn, vault=vault, claim_id=claim_id)
    payload = report | {"reopened_because": reason}
    dossier.write_section(conn, vault=vault, claim=renewed, name=SectionName.REPORT, payload=payload, at=at)
    emit(conn, ClaimReopened(claim_id, number))
    facts = {"round": number, "reason": digest({"reason": reason})}
    trail.append(conn, at=at, actor=actor, action="claim.reopened", subject=claim_id, facts=facts)
    return number
