"""What the claimant is told at each turn, in words that are data; once per round, in the inbox, and by mail if an address is known."""

from collections.abc import Callable, Mapping
from datetime import date, datetime, time
from typing import Any

from anpei.claims import benefit
from anpei.claims.benefit import Assessment
from anpei.claims.decision.events import ClaimDecided, ClaimReferred, ClaimRefused
from anpei.claims.decision.model import ZERO_CAUSES
from anpei.claims.documents.events import EvidenceWanting
from anpei.claims.dossier import queries
from anpei.claims.dossier.model import Claim, SectionName
from anpei.claims.dossier.progress import ProgressBook, clocks_of, limitation_day
from anpei.claims.intake.events import ClaimReported, ClaimWithdrawn
from anpei.claims.settlement.events import ClaimClosedWithoutPayment, ClaimPaid, PaymentFailed
from anpei.engines.db import Connection
from anpei.journeys.claim_line import ClaimLine
from anpei.kernel.clock import SHANGHAI, local_day
from anpei.kernel.events import Event
from anpei.kernel.money import Money
from anpei.notices import operations as notices
from anpei.notices.events import NoticeDelivered, NoticeFailed
from anpei.notices.model import Channel, InvalidAddress, checked_address
from anpei.notices.templates import InvalidValues, TemplateBook, TemplateUnknown, Value
from anpei.payments import queries as payments
from anpei.records.policies import queries as policies

Values = tuple[str, Mapping[str, Value]] | None
EVENING = time(18)
NO_TAIL = "（未填写）"


class Teller:
    """Chooses the text for an event, fills it in from the dossier, and writes the notice in the same transaction."""

    def __init__(self, *, line: ClaimLine, texts: TemplateBook, progress: ProgressBook) -> None:
        self._line = line
        self._texts = texts
        self._progress = progress
        self._tells: dict[type[Event], Callable[[Connection, Claim, Any, datetime], Values]] = {
            ClaimReported: self._reported, EvidenceWanting: self._wanting, ClaimReferred: self._referred, ClaimDecided: self._decided,
            ClaimRefused: self._refused, ClaimWithdrawn: self._withdrawn, ClaimPaid: self._paid,
            ClaimClosedWithoutPayment: self._closed, PaymentFailed: self._failed,
        }  # fmt: skip

    @property
    def events(self) -> tuple[type[Event], ...]:
        """The events that are told."""
        return tuple(self._tells)

    def tell(self, conn: Connection, event: Event, at: datetime) -> None:
        """Write the notice of an event, if there is one to write.

        A text that cannot be filled in never stops what it tells of (a payment is recorded all the same): it stands on the timeline
        as not delivered, so that a person tells the claimant.
        """
        claim = queries.get_claim(conn, vault=self._line.vault, claim_id=event.payload()["claim_id"])
        chosen = self._tells[type(event)](conn, claim, event, at)
        if chosen is None:
            return
        self._write(conn, claim, chosen, at)

    def tell_slow(self, conn: Connection, *, claim: Claim, part: str, clock: str, since: datetime, at: datetime) -> None:
        """A part that this claim needs is down: what is slow since when, and the last day of the clock that runs meanwhile."""
        last_day = max(self._last_day(conn, claim, clock, at), local_day(at))
        values: dict[str, Value] = {
            "claim_number": claim.claim_no, "part": part, "since": since, "next_news": datetime.combine(last_day, EVENING, SHANGHAI),
        }  # fmt: skip
        self._write(conn, claim, ("system_degraded", values), at)

    def _write(self, conn: Connection, claim: Claim, chosen: tuple[str, Mapping[str, Value]], at: datetime) -> None:
        name, values = chosen
        policy = policies.get_policy(conn, vault=self._line.vault, policy_id=claim.policy_id)
        try:
            notice = notices.create_notice(
                conn, vault=self._line.vault, template=self._texts.get(name, on=local_day(at)), values=values, claim_id=claim.id,
                round=claim.round, recipient_id=policy.insured_id, at=at, address=self._address(conn, claim),
            )  # fmt: skip
        except (InvalidValues, TemplateUnknown) as error:
            self._line.emit(conn, NoticeFailed("", claim.id, claim.round, name, error.code))
            return
        if notice.channel is Channel.INAPP and notice.created_at == at:
            self._line.emit(conn, NoticeDelivered(notice.id, claim.id, claim.round, name))

    def _address(self, conn: Connection, claim: Claim) -> str | None:
        """Where mail goes; None when none is wanted or it cannot be right: then the notice is in the inbox, as always."""
        report = self._section(conn, claim, SectionName.REPORT, newest=True)
        try:
            return checked_address(report.get("insured", {}).get("email") or "")
        except InvalidAddress:
            return None

    # --- one method a text ----------------------------------------------------------------------------------------

    def _reported(self, _conn: Connection, claim: Claim, _event: ClaimReported, at: datetime) -> Values:
        step = self._progress.words.states[claim.state].next_zh
        return "claim_reported", {"claim_number": claim.claim_no, "reported_at": at, "next_step": step}

    def _wanting(self, conn: Connection, claim: Claim, event: EvidenceWanting, at: datetime) -> Values:
        papers = [f"{item['title']}：{item['advice']}" for item in self._section(conn, claim, SectionName.EVIDENCE)["wanting"]]
        if event.second:
            return self._to_person(conn, claim, ["补充的材料还是没有收齐，由同事和您一起想办法。"], at)
        return "supplement_wanted", {"claim_number": claim.claim_no, "count": len(papers), "papers": papers}

    def _referred(self, conn: Connection, claim: Claim, event: ClaimReferred, at: datetime) -> Values:
        return self._to_person(conn, claim, [self._line.findings.kind(code).customer_zh for code in event.reasons.split(",")], at)

    def _to_person(self, conn: Connection, claim: Claim, reasons: list[str], at: datetime) -> Values:
        decide_by = self._last_day(conn, claim, "claim.decide.complex", at)
        return "referred_to_person", {"claim_number": claim.claim_no, "reasons": list(dict.fromkeys(reasons)), "decide_by": decide_by}

    def _decided(self, conn: Connection, claim: Claim, event: ClaimDecided, at: datetime) -> Values:
        if event.total_fen == 0:
            return None
        report = self._section(conn, claim, SectionName.REPORT, newest=True)
        if not report["payee"]["account"]:
            return None  # there is nowhere to pay to yet; the next notice gives the amount and asks for an account
        return "claim_settled", {
            "claim_number": claim.claim_no, "amount": Money(event.total_fen), "lines": self._calculation(conn, claim),
            "pay_by": self._last_day(conn, claim, "claim.pay", at), "account_tail": report["payee"]["account"][-4:],
        }  # fmt: skip

    def _closed(self, conn: Connection, claim: Claim, event: ClaimClosedWithoutPayment, at: datetime) -> Values:
        if event.cause not in ZERO_CAUSES:
            return None
        lines = self._calculation(conn, claim)
        terms = self._line.terms_of(conn, claim)
        steps = self._section(conn, claim, SectionName.ASSESSMENT, newest=True).get("assessment", {}).get("steps", [])
        cause = {"deductible": "deductible", "limit": "cap"}.get(event.cause, "")
        clause = next((step["clause"] for step in reversed(steps) if step["operation"] == cause), terms.reference)
        reason = lines[-1]
        return "settled_zero", {"claim_number": claim.claim_no, "reason": reason, "lines": lines, "clause": clause, "decided_at": at}

    def _refused(self, conn: Connection, claim: Claim, event: ClaimRefused, at: datetime) -> Values:
        decision = self._section(conn, claim, SectionName.DECISION)["decision"]
        grounds = decision["grounds"]
        return "refused", {
            "claim_number": claim.claim_no, "clause_reference": "、".join(grounds["codes"]) or "保险条款", "clause": grounds["clause"],
            "fact": f"{grounds['fact']}\n{grounds['reason_zh']}",
            "decided_by": f"理赔人员（工号 {decision['signature']['account_id'][-6:]}）",
            "decided_at": at,
        }  # fmt: skip

    def _withdrawn(self, conn: Connection, claim: Claim, _event: ClaimWithdrawn, at: datetime) -> Values:
        occurred_on = date.fromisoformat(self._section(conn, claim, SectionName.REPORT, newest=True)["event"]["occurred_on"])
        until = limitation_day(self._progress, occurred_on=occurred_on)
        return "withdrawn", {"claim_number": claim.claim_no, "withdrawn_at": at, "claim_until": until}

    def _paid(self, conn: Connection, claim: Claim, event: ClaimPaid, at: datetime) -> Values:
        order = payments.find_order(conn, claim_id=claim.id, round=claim.round)
        if order is None:
            return None
        return "payment_confirmed", {
            "claim_number": claim.claim_no, "amount": Money(event.amount_fen), "account_tail": order.account_tail, "paid_at": at,
            "bank_reference": order.bank_reference or "",
        }  # fmt: skip

    def _failed(self, conn: Connection, claim: Claim, event: PaymentFailed, at: datetime) -> Values:
        order = payments.find_order(conn, claim_id=claim.id, round=claim.round)
        agreement = self._section(conn, claim, SectionName.SETTLEMENT)["agreement"]
        return "payment_failed", {
            "claim_number": claim.claim_no, "reason": event.reason,
            "amount": Money(agreement["total_fen"] - agreement["paid_before_fen"]) if order is None else order.amount,
            "account_tail": NO_TAIL if order is None else order.account_tail,
        }  # fmt: skip

    # --- what texts are filled from -------------------------------------------------------------------------------

    def _section(self, conn: Connection, claim: Claim, name: SectionName, *, newest: bool = False) -> dict[str, Any]:
        section = queries.find_section(conn, vault=self._line.vault, claim_id=claim.id, name=name, round=None if newest else claim.round)
        return {} if section is None else section.payload

    def _calculation(self, conn: Connection, claim: Claim) -> list[str]:
        section = self._section(conn, claim, SectionName.ASSESSMENT, newest=True)
        if not section:
            return ["按条款计算，明细见赔案。"]
        terms = self._line.terms_of(conn, claim)
        return benefit.explain(assessment=Assessment.from_dict(section["assessment"]), terms=terms, lang="zh", depth="customer")

    def _last_day(self, conn: Connection, claim: Claim, clock: str, at: datetime) -> date:
        timeline = queries.list_timeline(conn, claim_id=claim.id)
        found = [item for item in clocks_of(self._progress, timeline=timeline, on=local_day(at)) if item.rule.id == clock]
        deadline = found[-1].deadline if found else None
        day = None if deadline is None else (deadline.inner_target or deadline.raw_last_day)
        return day or local_day(at)
