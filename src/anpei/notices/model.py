"""Notices, their states and their authenticity code. Pure."""

import re
from dataclasses import dataclass, field
from datetime import datetime
from enum import StrEnum

from anpei.kernel.errors import Conflict, InvalidInput

ALPHABET = "0123456789ABCDEFGHJKMNPQRSTVWXYZ"
_ADDRESS = re.compile(r"^[A-Za-z0-9.!#$%&'*+/=?^_`{|}~-]{1,64}@[A-Za-z0-9](?:[A-Za-z0-9.-]{0,251}[A-Za-z0-9])?$")


class InvalidAddress(InvalidInput):
    """A mail address cannot be right."""

    code = "notices.invalid_address"


class NoticeConflict(Conflict):
    """The notice is in a state in which this cannot be done (any more)."""

    code = "notices.notice_conflict"


class Channel(StrEnum):
    """How a notice reaches its recipient. Every notice is in the inbox; ``MAIL`` is sent as well."""

    INAPP = "inapp"
    MAIL = "mail"


class NoticeState(StrEnum):
    """The life of a notice. In the inbox it is delivered at once; a mail when the carrier has taken it."""

    CREATED = "created"
    DELIVERED = "delivered"
    FAILED = "failed"


ALLOWED: dict[NoticeState, frozenset[NoticeState]] = {
    NoticeState.CREATED: frozenset({NoticeState.DELIVERED, NoticeState.FAILED}),
    NoticeState.DELIVERED: frozenset(),
    NoticeState.FAILED: frozenset({NoticeState.DELIVERED}),
}


class Language(StrEnum):
    """The language of a text."""

    ZH = "zh"
    EN = "en"


@dataclass(frozen=True, slots=True)
class Notice:
    """A notice without its text; ``queries.open_text`` opens that."""

    id: str
    claim_id: str
    round: int
    template: str
    recipient_id: str
    language: Language
    channel: Channel
    state: NoticeState
    code: str
    reason: str | None
    created_at: datetime
    delivered_at: datetime | None
    read_at: datetime | None


@dataclass(frozen=True, slots=True)
class NoticeText:
    """What the recipient reads; personal, so it stays out of ``repr``."""

    subject: str = field(repr=False)
    body: str = field(repr=False)


def checked_address(address: str) -> str:
    """The address without spaces around it. Raises InvalidAddress; the message does not repeat it."""
    plain = address.strip()
    if not _ADDRESS.match(plain) or ".." in plain.partition("@")[2]:
        raise InvalidAddress("address is no mail address: write it like name@example.com", data={"field": "address"})
    return plain


def code_of(blind: str) -> str:
    """The authenticity code of a keyed hash (hex): 80 bits as four groups of four, without letters that look alike."""
    value = int(blind[:20], 16)
    letters = "".join(ALPHABET[(value >> shift) & 31] for shift in range(75, -1, -5))
    return "-".join(letters[start : start + 4] for start in range(0, 16, 4))


def plain_code(typed: str) -> str:
    """A code as somebody typed it, in its written form: upper case, groups, O as 0, I and L as 1."""
    letters = re.sub(r"[\s-]", "", typed).upper().translate(str.maketrans("OIL", "011"))
    return "-".join(letters[start : start + 4] for start in range(0, len(letters), 4))
