"""The job that sends mail. A crash between sending and noting it sends the same message again, under the same Message-ID."""

from dataclasses import dataclass
from datetime import timedelta
from typing import Any

from anpei.engines.db import Connection, Database
from anpei.engines.jobs import Handler, Job, Retry
from anpei.kernel.clock import Clock
from anpei.notices import operations, queries
from anpei.notices.events import Emit, NoticeDelivered, NoticeFailed
from anpei.notices.model import NoticeState
from anpei.notices.ports import Delivery, DeliveryDown, DeliveryRefused, Message
from anpei.trust.vault import Vault

WAITS = tuple(timedelta(seconds=seconds) for seconds in (5, 30, 120, 600, 1800, 3600, 7200))
"""How long to wait before the n-th further try; the last one repeats. With 30 attempts about two days."""
DOMAIN = "notices.anpei"
SENT = "sent"


@dataclass(frozen=True)
class _Sending:
    database: Database
    vault: Vault
    delivery: Delivery
    clock: Clock
    emit: Emit | None
    waits: tuple[timedelta, ...]

    def work(self, job: Job) -> str | None:
        """Send the mail. The result is SENT, the reason of a refusal, or None when there is nothing to do."""
        with self.database.read() as conn:
            sendable = queries.open_sendable(conn, vault=self.vault, notice_id=str(job.payload["notice_id"]))
        notice, text = sendable.notice, sendable.text
        if notice.state is NoticeState.DELIVERED or sendable.address is None:
            return None
        body = f"{text.body}\n{notice.code}\n"
        message = Message(f"<{notice.id}@{DOMAIN}>", notice.created_at, sendable.address, text.subject, body)
        try:
            self.delivery.send(message)
        except DeliveryDown as error:
            wait = self.waits[min(job.attempt, len(self.waits)) - 1]
            raise Retry(f"notice {notice.id} could not be sent now: {error.code}", after=wait) from error
        except DeliveryRefused as error:
            return error.code
        return SENT

    def finish(self, conn: Connection, job: Job, result: Any) -> None:
        """Note what came of it behind the fence."""
        notice_id = str(job.payload["notice_id"])
        if result == SENT:
            if operations.mark_delivered(conn, notice_id=notice_id, at=self.clock.now()) and self.emit is not None:
                notice = queries.get_notice(conn, notice_id=notice_id)
                self.emit(conn, NoticeDelivered(notice.id, notice.claim_id, notice.round, notice.template))
        elif result is not None:
            self.fail(conn, notice_id=notice_id, reason=str(result))

    def on_dead(self, conn: Connection, job: Job, reason: str) -> None:
        """The tries are used up."""
        self.fail(conn, notice_id=str(job.payload["notice_id"]), reason=reason)

    def fail(self, conn: Connection, *, notice_id: str, reason: str) -> None:
        """Note that the mail did not go out, and tell who can tell the recipient."""
        if operations.mark_failed(conn, notice_id=notice_id, reason=reason) and self.emit is not None:
            notice = queries.get_notice(conn, notice_id=notice_id)
            self.emit(conn, NoticeFailed(notice.id, notice.claim_id, notice.round, notice.template, reason))


def deliver_handler(
    *,
    database: Database,
    vault: Vault,
    delivery: Delivery,
    clock: Clock,
    emit: Emit | None = None,
    waits: tuple[timedelta, ...] = WAITS,
) -> Handler:
    """The handler for jobs of the kind ``notices.deliver`` (payload: notice_id)."""
    sending = _Sending(database, vault, delivery, clock, emit, waits)
    return Handler(work=sending.work, finish=sending.finish, on_dead=sending.on_dead)
