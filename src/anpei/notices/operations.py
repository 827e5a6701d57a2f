"""Writes of notices, in the caller's transaction."""

from collections.abc import Mapping
from datetime import datetime

from sqlalchemy import select, update
from sqlalchemy.dialects import postgresql, sqlite

from anpei.engines import jobs
from anpei.engines.db import Connection
from anpei.kernel import ids
from anpei.kernel.canonical import digest
from anpei.kernel.errors import NotFound
from anpei.notices._tables import notices
from anpei.notices.model import ALLOWED, Channel, Language, Notice, NoticeConflict, NoticeState, NoticeText, checked_address, code_of
from anpei.notices.queries import NOTICE_COLUMNS, code_facts, sealing_context, to_notice
from anpei.notices.templates import Template, Value
from anpei.trust.vault import Vault

DELIVER_JOB = "notices.deliver"
DELIVER_ATTEMPTS = 30
CODE_CONTEXT = "notices.code"


def create_notice(
    conn: Connection,
    *,
    vault: Vault,
    template: Template,
    values: Mapping[str, Value],
    claim_id: str,
    round: int,
    recipient_id: str,
    at: datetime,
    address: str | None = None,
    language: Language = Language.ZH,
) -> Notice:
    """Write a notice into the recipient's inbox and, with an ``address``, queue its mail. Once per claim, round and template.

    A second call returns the notice that is there and sends nothing. Raises InvalidValues, InvalidAddress.
    """
    text = template.render(values, language=language)
    notice_id = ids.new_id()
    mail = None if address is None else checked_address(address)
    row = {
        "id": notice_id, "claim_id": claim_id, "round": round, "template": template.id, "recipient_id": recipient_id,
        "language": language.value, "channel": (Channel.INAPP if mail is None else Channel.MAIL).value,
        "state": (NoticeState.DELIVERED if mail is None else NoticeState.CREATED).value,
        "code": authenticity_code(vault, notice_id=notice_id, template=template.id, text=text), "reason": None,
        "created_at": at, "delivered_at": at if mail is None else None, "read_at": None,
    }  # fmt: skip
    sealed = {
        "subject_sealed": vault.seal_text(text.subject, context=sealing_context("subject", notice_id)),
        "body_sealed": vault.seal_text(text.body, context=sealing_context("body", notice_id)),
        "address_sealed": None if mail is None else vault.seal_text(mail, context=sealing_context("address", notice_id)),
    }
    dialect = sqlite if conn.dialect.name == "sqlite" else postgresql
    statement = dialect.insert(notices).values(row | sealed).on_conflict_do_nothing(index_elements=["claim_id", "round", "template"])
    if conn.execute(statement.returning(notices.c.id)).first() is None:
        return _existing(conn, claim_id=claim_id, round=round, template=template.id)
    if mail is not None:
        jobs.enqueue(
            conn, kind=DELIVER_JOB, payload={"notice_id": notice_id}, unique_key=f"{DELIVER_JOB}:{notice_id}", subject=claim_id,
            max_attempts=DELIVER_ATTEMPTS,
        )  # fmt: skip
    return to_notice(row)


def _existing(conn: Connection, *, claim_id: str, round: int, template: str) -> Notice:
    query = select(*NOTICE_COLUMNS).where(notices.c.claim_id == claim_id, notices.c.round == round, notices.c.template == template)
    return to_notice(conn.execute(query).mappings().one())


def authenticity_code(vault: Vault, *, notice_id: str, template: str, text: NoticeText) -> str:
    """The code printed under a notice: follows from its id and its every word, and cannot be made without the index key."""
    return code_of(vault.blind(digest(code_facts(notice_id=notice_id, template=template, text=text)), context=CODE_CONTEXT))


def mark_delivered(conn: Connection, *, notice_id: str, at: datetime) -> bool:
    """Note that the carrier has taken the mail. False when that is known already."""
    return _set_state(conn, notice_id=notice_id, to=NoticeState.DELIVERED, delivered_at=at, reason=None)


def mark_failed(conn: Connection, *, notice_id: str, reason: str) -> bool:
    """Note that the mail cannot be delivered: somebody has to tell the recipient. False when that is known already."""
    return _set_state(conn, notice_id=notice_id, to=NoticeState.FAILED, delivered_at=None, reason=reason[:200])


def _set_state(conn: Connection, *, notice_id: str, to: NoticeState, delivered_at: datetime | None, reason: str | None) -> bool:
    found = conn.execute(select(notices.c.state).where(notices.c.id == notice_id).with_for_update()).scalar_one_or_none()
    if found is None:
        raise NotFound(f"no notice {notice_id}", data={"notice_id": notice_id})
    state = NoticeState(found)
    if state is to:
        return False
    if to not in ALLOWED[state]:
        raise NoticeConflict(f"notice {notice_id} is {state.value} and cannot become {to.value}", data={"notice_id": notice_id})
    conn.execute(update(notices).where(notices.c.id == notice_id).values(state=to.value, delivered_at=delivered_at, reason=reason))
    return True


def mark_read(conn: Connection, *, notice_id: str, recipient_id: str, at: datetime) -> bool:
    """Note when the recipient first opened the notice. False when it was open before. Raises NotFound for anybody else."""
    mine = (notices.c.id == notice_id, notices.c.recipient_id == recipient_id)
    if conn.execute(select(notices.c.id).where(*mine)).first() is None:
        raise NotFound(f"no notice {notice_id} for this recipient", data={"notice_id": notice_id})
    return conn.execute(update(notices).where(*mine, notices.c.read_at.is_(None)).values(read_at=at)).rowcount == 1
