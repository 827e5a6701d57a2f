"""Reads of notices."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

from sqlalchemy import select

from anpei.engines.db import Connection
from anpei.kernel.errors import NotFound
from anpei.notices._tables import notices
from anpei.notices.model import Channel, Language, Notice, NoticeState, NoticeText, plain_code
from anpei.trust.vault import Vault

NOTICE_COLUMNS = [column for column in notices.c if not column.name.endswith("_sealed")]


def sealing_context(part: str, notice_id: str) -> str:
    """What a sealed part of a notice is bound to."""
    return f"notices.{part}_sealed:{notice_id}"


def code_facts(*, notice_id: str, template: str, text: NoticeText) -> list[str]:
    """What the authenticity code covers."""
    return [notice_id, template, text.subject, text.body]


def to_notice(row: Mapping[Any, Any]) -> Notice:
    """A row as a notice."""
    return Notice(
        id=row["id"], claim_id=row["claim_id"], round=row["round"], template=row["template"], recipient_id=row["recipient_id"],
        language=Language(row["language"]), channel=Channel(row["channel"]), state=NoticeState(row["state"]), code=row["code"],
        reason=row["reason"], created_at=row["created_at"], delivered_at=row["delivered_at"], read_at=row["read_at"],
    )  # fmt: skip


def get_notice(conn: Connection, *, notice_id: str) -> Notice:
    """A notice by its id. Raises NotFound."""
    row = conn.execute(select(*NOTICE_COLUMNS).where(notices.c.id == notice_id)).mappings().first()
    if row is None:
        raise NotFound(f"no notice {notice_id}", data={"notice_id": notice_id})
    return to_notice(row)


def find_notice(conn: Connection, *, claim_id: str, round: int, template: str) -> Notice | None:
    """The notice of a claim's round by its template, if it was written; ``delivered_at`` is the day a clock may pause."""
    query = select(*NOTICE_COLUMNS).where(notices.c.claim_id == claim_id, notices.c.round == round, notices.c.template == template)
    row = conn.execute(query).mappings().first()
    return None if row is None else to_notice(row)


def list_notices(conn: Connection, *, claim_id: str) -> list[Notice]:
    """The notices of a claim, oldest first."""
    query = select(*NOTICE_COLUMNS).where(notices.c.claim_id == claim_id).order_by(notices.c.created_at, notices.c.id)
    return [to_notice(row) for row in conn.execute(query).mappings()]


def list_inbox(conn: Connection, *, recipient_id: str, limit: int = 100) -> list[Notice]:
    """The notices of a recipient, newest first."""
    query = select(*NOTICE_COLUMNS).where(notices.c.recipient_id == recipient_id)
    return [
        to_notice(row) for row in conn.execute(query.order_by(notices.c.created_at.desc(), notices.c.id.desc()).limit(limit)).mappings()
    ]


def list_failed(conn: Connection, *, limit: int = 200) -> list[Notice]:
    """The notices whose mail could not be delivered, oldest first: somebody has to tell these people."""
    query = select(*NOTICE_COLUMNS).where(notices.c.state == NoticeState.FAILED.value)
    return [to_notice(row) for row in conn.execute(query.order_by(notices.c.created_at, notices.c.id).limit(limit)).mappings()]


def open_text(conn: Connection, *, vault: Vault, notice_id: str) -> NoticeText:
    """The text in clear: personal data, behind the access gate only. Raises NotFound."""
    query = select(notices.c.subject_sealed, notices.c.body_sealed).where(notices.c.id == notice_id)
    row = conn.execute(query).first()
    if row is None:
        raise NotFound(f"no notice {notice_id}", data={"notice_id": notice_id})
    subject, body = row
    return NoticeText(
        subject=vault.open_text(subject, context=sealing_context("subject", notice_id)),
        body=vault.open_text(body, context=sealing_context("body", notice_id)),
    )


@dataclass(frozen=True, slots=True)
class Sendable:
    """A notice with what the carrier needs."""

    notice: Notice
    text: NoticeText
    address: str | None = field(repr=False)


def open_sendable(conn: Connection, *, vault: Vault, notice_id: str) -> Sendable:
    """A notice with its text and address in clear, for the carrier only. Raises NotFound."""
    notice = get_notice(conn, notice_id=notice_id)
    sealed = conn.execute(select(notices.c.address_sealed).where(notices.c.id == notice_id)).scalar_one()
    address = None if sealed is None else vault.open_text(sealed, context=sealing_context("address", notice_id))
    return Sendable(notice=notice, text=open_text(conn, vault=vault, notice_id=notice_id), address=address)


def find_by_code(conn: Connection, *, code: str) -> Notice | None:
    """The notice with this authenticity code as somebody typed it; None when there is none."""
    row = conn.execute(select(*NOTICE_COLUMNS).where(notices.c.code == plain_code(code))).mappings().first()
    return None if row is None else to_notice(row)
