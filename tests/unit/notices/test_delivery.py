"""A notice goes out once: inbox, mail, retries, lasting refusals, crashes, and the code that proves it."""

from datetime import datetime, timedelta
from typing import Any

import pytest
from sqlalchemy import text

from anpei.engines import jobs
from anpei.engines.db import Database
from anpei.kernel.errors import NotFound
from anpei.notices import operations, queries
from anpei.notices.events import NoticeDelivered, NoticeFailed
from anpei.notices.jobs import WAITS
from anpei.notices.model import ALLOWED, Channel, InvalidAddress, Notice, NoticeConflict, NoticeState, code_of, plain_code
from anpei.notices.ports import DeliveryDown, DeliveryRefused
from anpei.notices.templates import InvalidValues
from anpei.trust.vault import Vault

MAIL = "wang@example.com"


def found(database: Database, notice: Notice) -> Notice:
    with database.read() as conn:
        return queries.get_notice(conn, notice_id=notice.id)


def test_every_state_is_in_the_table() -> None:
    assert set(ALLOWED) == set(NoticeState)


def test_without_an_address_it_is_in_the_inbox_at_once(database: Database, tell: Any, vault: Vault, at: datetime) -> None:
    notice = tell()
    assert found(database, notice) == notice
    assert (notice.channel, notice.state, notice.delivered_at, notice.read_at) == (Channel.INAPP, NoticeState.DELIVERED, at, None)
    with database.read() as conn:
        assert queries.open_text(conn, vault=vault, notice_id=notice.id).subject == "已付 ¥8,665.67（AP-2026-000123）"
        assert queries.list_inbox(conn, recipient_id="party-1") == [notice]
        assert queries.list_inbox(conn, recipient_id="party-2") == []
        assert jobs.pending(conn, subject="claim-1") == []


def test_a_mail_is_sent_once_with_its_own_id_and_code(
    database: Database, tell: Any, make_carrier: Any, make_worker: Any, outbox: Any, at: datetime, later: datetime
) -> None:
    notice = tell(address=f" {MAIL} ")
    assert (notice.channel, notice.state, notice.delivered_at) == (Channel.MAIL, NoticeState.CREATED, None)
    carrier = make_carrier()
    worker = make_worker(carrier)
    assert [worker.run_due(), worker.run_due()] == [1, 0]
    (message,) = carrier.sent
    assert (message.message_id, message.to, message.subject) == (f"<{notice.id}@notices.anpei>", MAIL, "已付 ¥8,665.67（AP-2026-000123）")
    assert message.written_at == at
    assert message.body.endswith(f"\n{notice.code}\n")
    assert "AP-2026" not in repr(message)
    assert (found(database, notice).state, found(database, notice).delivered_at) == (NoticeState.DELIVERED, later)
    assert outbox.events == [NoticeDelivered(notice.id, "claim-1", 1, "payment_confirmed")]


def test_the_same_notice_is_written_once(database: Database, tell: Any, make_carrier: Any, make_worker: Any) -> None:
    notice = tell(address=MAIL)
    assert tell(address=MAIL, bank_reference="another") == notice
    other = tell(round=2, address=MAIL)
    carrier = make_carrier()
    assert make_worker(carrier).run_due() == 2
    assert [message.message_id for message in carrier.sent] == [f"<{each.id}@notices.anpei>" for each in (notice, other)]
    with database.read() as conn:
        assert [each.id for each in queries.list_notices(conn, claim_id="claim-1")] == [notice.id, other.id]
        assert queries.find_notice(conn, claim_id="claim-1", round=2, template="payment_confirmed") == found(database, other)
        assert queries.find_notice(conn, claim_id="claim-1", round=3, template="payment_confirmed") is None


def test_a_busy_carrier_is_tried_again(database: Database, tell: Any, make_carrier: Any, make_worker: Any, outbox: Any) -> None:
    notice = tell(address=MAIL)
    carrier = make_carrier(DeliveryDown("busy"), DeliveryDown("busy"))
    assert make_worker(carrier).run_due() == 3
    assert len(carrier.sent) == 1
    assert found(database, notice).state is NoticeState.DELIVERED
    assert len(outbox.events) == 1


def test_a_lasting_refusal_is_not_tried_again(database: Database, tell: Any, make_carrier: Any, make_worker: Any, outbox: Any) -> None:
    notice = tell(address=MAIL)
    assert make_worker(make_carrier(DeliveryRefused("no such user"))).run_due() == 1
    with database.read() as conn:
        (failed,) = queries.list_failed(conn)
    assert (failed.id, failed.reason, failed.delivered_at) == (notice.id, "notices.delivery_refused", None)
    assert outbox.events == [NoticeFailed(notice.id, "claim-1", 1, "payment_confirmed", "notices.delivery_refused")]


def test_used_up_tries_are_a_failure_and_a_revived_job_delivers(
    database: Database, tell: Any, make_carrier: Any, make_worker: Any, outbox: Any
) -> None:
    notice = tell(address=MAIL)
    worker = make_worker(make_carrier(*[DeliveryDown("busy")] * operations.DELIVER_ATTEMPTS))
    assert worker.run_due() == operations.DELIVER_ATTEMPTS
    assert (found(database, notice).state, found(database, notice).reason) == (NoticeState.FAILED, "jobs.retry")
    with database.write() as conn:
        (dead,) = jobs.dead_letters(conn)
        jobs.revive(conn, job_id=dead["id"])
    worker.run_due()
    assert (found(database, notice).state, found(database, notice).reason) == (NoticeState.DELIVERED, None)
    assert [event.name for event in outbox.events] == ["notices.notice.failed", "notices.notice.delivered"]


def test_a_crash_after_sending_sends_the_same_message_again(
    database: Database, tell: Any, make_carrier: Any, make_worker: Any, outbox: Any
) -> None:
    notice = tell(address=MAIL)
    carrier = make_carrier()

    class Interrupted:
        def send(self, message: Any) -> None:
            carrier.send(message)
            with database.write() as conn:
                conn.exec_driver_sql("UPDATE jobs SET lease_until = created_at WHERE state = 'running'")
            make_worker(carrier).run_due()

    make_worker(Interrupted()).run_due()
    assert [message.message_id for message in carrier.sent] == [f"<{notice.id}@notices.anpei>"] * 2
    assert len(outbox.events) == 1


@pytest.mark.parametrize(
    "address", ["", "wang", "wang@", "@wang.cn", "a b@example.com", "a@b@c", "a@x\nBcc: y@z", "王@example.com", "a@ex..com"]
)
def test_a_wrong_address_is_refused_and_not_repeated(database: Database, tell: Any, address: str) -> None:
    with pytest.raises(InvalidAddress) as caught:
        tell(address=address)
    assert not address or address not in str(caught.value)
    with database.read() as conn:
        assert queries.list_notices(conn, claim_id="claim-1") == []


def test_wrong_values_write_nothing(database: Database, tell: Any) -> None:
    with pytest.raises(InvalidValues):
        tell(amount="1.00")
    with database.read() as conn:
        assert queries.list_notices(conn, claim_id="claim-1") == []


def test_text_and_address_are_sealed(database: Database, tell: Any) -> None:
    tell(address=MAIL)
    with database.read() as conn:
        stored = conn.execute(text("SELECT subject_sealed, body_sealed, address_sealed FROM notices")).one()
    whole = b"".join(bytes(part) for part in stored)
    for words in (MAIL.encode(), "已付".encode(), b"AP-2026"):
        assert words not in whole


def test_reading_is_noted_once_and_only_by_the_recipient(database: Database, tell: Any, at: datetime, later: datetime) -> None:
    notice = tell()
    with database.write() as conn:
        assert operations.mark_read(conn, notice_id=notice.id, recipient_id="party-1", at=at) is True
        assert operations.mark_read(conn, notice_id=notice.id, recipient_id="party-1", at=later) is False
    with pytest.raises(NotFound), database.write() as conn:
        operations.mark_read(conn, notice_id=notice.id, recipient_id="party-2", at=at)
    assert found(database, notice).read_at == at


def test_what_is_delivered_cannot_fail(database: Database, tell: Any) -> None:
    notice = tell()
    with pytest.raises(NoticeConflict), database.write() as conn:
        operations.mark_failed(conn, notice_id=notice.id, reason="x")
    with pytest.raises(NotFound), database.write() as conn:
        operations.mark_failed(conn, notice_id="nobody", reason="x")
    assert found(database, notice).state is NoticeState.DELIVERED


def test_the_code_is_found_as_typed_and_follows_from_every_word(database: Database, tell: Any, vault: Vault) -> None:
    notice = tell()
    typed = notice.code.lower().replace("-", " ").replace("0", "o").replace("1", "l")
    with database.read() as conn:
        assert queries.find_by_code(conn, code=typed) == notice
        assert queries.find_by_code(conn, code="0000-0000-0000-0000") is None
        opened = queries.open_text(conn, vault=vault, notice_id=notice.id)
    again = operations.authenticity_code(vault, notice_id=notice.id, template=notice.template, text=opened)
    changed = type(opened)(subject=opened.subject, body=opened.body.replace("8,665", "9,665"))
    assert again == notice.code
    assert operations.authenticity_code(vault, notice_id=notice.id, template=notice.template, text=changed) != notice.code


def test_the_form_of_a_code() -> None:
    assert code_of("0" * 64) == "0000-0000-0000-0000"
    assert code_of("f" * 64) == "ZZZZ-ZZZZ-ZZZZ-ZZZZ"
    assert code_of("00000000000000000001" + "0" * 44) == "0000-0000-0000-0001"
    assert plain_code("oOiI lLzz") == "0011-11ZZ"


def test_the_waits_grow_to_hours() -> None:
    assert list(WAITS) == sorted(WAITS)
    whole = sum(WAITS, timedelta()) + WAITS[-1] * (operations.DELIVER_ATTEMPTS - 1 - len(WAITS))
    assert timedelta(days=1) < whole < timedelta(days=3)
