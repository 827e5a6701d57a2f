"""What people do to a claim, each in one transaction: report, upload, submit, withdraw, ask for a person, decide. Doors call these."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from typing import Any

from anpei.claims.decision import operations as decision
from anpei.claims.decision.events import ReviewAsked
from anpei.claims.decision.model import Grounds
from anpei.claims.documents import collection
from anpei.claims.documents import operations as documents
from anpei.claims.documents.model import Upload, UploadRefused
from anpei.claims.dossier import operations as dossier
from anpei.claims.dossier import queries
from anpei.claims.dossier.model import Claim, ClaimState, StateNotAllowed
from anpei.claims.intake import operations as intake
from anpei.claims.intake.model import parse_report
from anpei.claims.settlement import operations as settlement
from anpei.engines.db import Connection
from anpei.journeys.claim_line import ClaimLine, enqueue_reading
from anpei.kernel import ids
from anpei.kernel.clock import local_day
from anpei.kernel.errors import InvalidInput
from anpei.records.policies import queries as policies
from anpei.trust import trail
from anpei.trust.access import Actor, require

TAKING_PAGES = frozenset({ClaimState.REPORTED, ClaimState.COLLECTING, ClaimState.WANTING})


@dataclass(frozen=True)
class Claiming:
    """The doors' one way to a claim."""

    line: ClaimLine

    def report(self, *, actor: Actor, data: Mapping[str, Any], request_id: str | None, channel: str) -> tuple[Claim, bool]:
        """Report a claim; the same request id again gives the same claim. Raises PolicyUnknown, ReportInvalid, Forbidden."""
        line, at = self.line, self.line.clock.now()
        part = data.get("policy")
        number = str((part or {}).get("number") or "").strip() if isinstance(part, Mapping) else ""
        with line.database.write() as conn:
            policy = policies.find_by_number(conn, vault=line.vault, number=number)
            if policy is None:
                raise policies.PolicyUnknown(
                    f"policy.number: no policy {number!r} is held: check the number on the policy, or import it first",
                    data={"field": "policy.number"},
                )
            require(actor, "claim.report", insurer_id=policy.insurer_id)
            terms = line.products.terms(policy.product_id, policy.plan, at=_day_of_loss(data, default=local_day(at)))
            known_kinds = tuple(dict.fromkeys((*terms.event_kinds, "outpatient", "inpatient")))
            report = parse_report(data, today=local_day(at), event_kinds=known_kinds, terms=terms)
            return intake.report_claim(
                conn, vault=line.vault, emit=line.emit, policy=policy, report=report, request_id=request_id, channel=channel,
                actor=f"{actor.kind.value}:{actor.account_id}", at=at,
            )  # fmt: skip

    def upload(self, *, actor: Actor, claim_id: str, data: bytes, name: str, replaces: str | None = None) -> tuple[Upload, bool]:
        """Take a file; reading starts at once. The same file again is taken once. ``replaces``: the upload whose place it takes (another
        picture of the same paper); that one is kept. Raises UploadRefused, StorageFull, StateNotAllowed, NotFound.
        """
        line = self.line
        documents.check_upload(data=data, name=name)
        with line.database.write() as conn:
            claim = self._claim(conn, claim_id, actor, "claim.upload")
            if claim.state not in TAKING_PAGES:
                raise StateNotAllowed(f"claim {claim.claim_no} is {claim.state.value}: it takes no more papers", data={"claim": claim_id})
            upload, is_new = documents.add_upload(
                conn, vault=line.vault, files=line.files, claim=claim, data=data, name=name, at=line.clock.now()
            )
            if is_new:
                enqueue_reading(conn, claim_id=claim_id, upload_id=upload.id)
            self._settle_places(conn, claim, upload, replaces)
        return upload, is_new

    def _settle_places(self, conn: Connection, claim: Claim, upload: Upload, replaces: str | None) -> None:
        """Which uploads count after one was sent (again); where that completes a submitted claim, it goes on."""
        changed = documents.restore_upload(conn, upload=upload)
        if replaces is not None:
            changed |= documents.replace_upload(conn, vault=self.line.vault, claim=claim, old_id=replaces, new_id=upload.id)
        if changed:
            self.line.collect_when_ready(conn, claim=claim, cause=f"places:{ids.new_id()}")

    def submit(self, *, actor: Actor, claim_id: str) -> bool:
        """All papers are there. False when that was said already (a double click)."""
        line = self.line
        with line.database.write() as conn:
            claim = self._claim(conn, claim_id, actor, "claim.upload")
            if claim.state is ClaimState.REPORTED and not documents.has_uploads(conn, claim_id=claim_id):
                raise UploadRefused("there is no page yet: photograph at least one paper first", data={"advice": "请先拍照上传材料。"})
            return collection.submit_documents(conn, vault=line.vault, emit=line.emit, claim_id=claim_id, at=line.clock.now())

    def withdraw(self, *, actor: Actor, claim_id: str) -> None:
        """Take the claim back (撤案)."""
        line = self.line
        with line.database.write() as conn:
            self._claim(conn, claim_id, actor, "claim.report")
            intake.withdraw_claim(conn, vault=line.vault, emit=line.emit, claim_id=claim_id, actor=_name(actor), at=line.clock.now())

    def reopen(self, *, actor: Actor, claim_id: str, reason: str) -> int:
        """Open an ended claim again; a person decides that. What the earlier decision used of limits is given back first."""
        line = self.line
        if not reason.strip():
            raise InvalidInput("reason is empty: say why the claim is opened again", data={"field": "reason"})
        with line.database.write() as conn:
            self._claim(conn, claim_id, actor, "claim.reopen")
            return intake.reopen_claim(
                conn, vault=line.vault, emit=line.emit, claim_id=claim_id, reason=reason, actor=_name(actor), at=line.clock.now()
            )

    def ask_review(self, *, actor: Actor, claim_id: str) -> None:
        """One tap to a person (个人信息保护法 24): the claim's result is looked at by a handler; nothing else changes."""
        line = self.line
        with line.database.write() as conn:
            claim = dossier.lock(conn, vault=line.vault, claim_id=claim_id)
            require(actor, "claim.object", insurer_id=claim.insurer_id)
            line.emit(conn, ReviewAsked(claim_id, claim.round))
            trail.append(
                conn, at=line.clock.now(), actor=_name(actor), action="claim.review_asked", subject=claim_id, facts={"round": claim.round}
            )

    # --- people's decisions -------------------------------------------------------------------------------------

    def settle(self, *, actor: Actor, claim_id: str) -> None:
        """A person settles a referred claim at the amount that arithmetic gives."""
        line, at = self.line, self.line.clock.now()
        with line.database.write() as conn:
            referred = self._referred(conn, claim_id, actor, "claim.decide")
            uses = decision.settle_by_person(conn, desk=line.desk(referred), actor=actor, referred=referred, at=at)
            line.use_up(conn, claim=referred.claim, uses=uses, at=at)

    def reduce(self, *, actor: Actor, claim_id: str, payable: Mapping[str, int], grounds: Grounds) -> int:
        """A person reduces by judgement; returns the total in fen."""
        line, at = self.line, self.line.clock.now()
        with line.database.write() as conn:
            referred = self._referred(conn, claim_id, actor, "claim.reduce")
            return decision.reduce_by_person(
                conn, desk=line.desk(referred), actor=actor, referred=referred, payable=payable, grounds=grounds, at=at
            )

    def refuse(self, *, actor: Actor, claim_id: str, grounds: Grounds) -> None:
        """A person refuses, with reasons."""
        line, at = self.line, self.line.clock.now()
        with line.database.write() as conn:
            referred = self._referred(conn, claim_id, actor, "claim.refuse")
            decision.refuse_by_person(conn, desk=line.desk(referred), actor=actor, referred=referred, grounds=grounds, at=at)

    def pay_again(self, *, actor: Actor, claim_id: str, payee: Mapping[str, str]) -> None:
        """After the bank rejected the payment: pay to another account of the same person."""
        line, at = self.line, self.line.clock.now()
        with line.database.write() as conn:
            self._claim(conn, claim_id, actor, "claim.decide")
            settlement.pay_again(conn, vault=line.vault, emit=line.emit, claim_id=claim_id, payee=dict(payee), actor=_name(actor), at=at)

    def _referred(self, conn: Connection, claim_id: str, actor: Actor, permission: str) -> decision.Referred:
        claim = self._claim(conn, claim_id, actor, permission)
        if claim.state is not ClaimState.REFERRED:
            raise StateNotAllowed(f"claim {claim.claim_no} is {claim.state.value}: nobody has to decide it now", data={"claim": claim_id})
        policies.lock_policy(conn, policy_id=claim.policy_id)
        return self.line.referred(conn, claim=claim)

    def _claim(self, conn: Connection, claim_id: str, actor: Actor, permission: str) -> Claim:
        claim = queries.get_claim(conn, vault=self.line.vault, claim_id=claim_id)
        require(actor, permission, insurer_id=claim.insurer_id)
        return dossier.lock(conn, vault=self.line.vault, claim_id=claim_id)


def _name(actor: Actor) -> str:
    return f"{actor.kind.value}:{actor.account_id}"


def _day_of_loss(data: Mapping[str, Any], *, default: date) -> date:
    """The day of loss for choosing the terms; a missing or malformed one is reported by parse_report afterwards."""
    event = data.get("event")
    text = str(event.get("occurred_on") or "") if isinstance(event, Mapping) else ""
    try:
        return date.fromisoformat(text)
    except ValueError:
        return default
