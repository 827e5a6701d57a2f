"""Entries of the chain, their hash, what may stand in them, and the report of a check."""

import re
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import UTC, datetime
from enum import StrEnum
from typing import Any

from anpei.kernel.canonical import digest
from anpei.kernel.errors import InvalidInput
from anpei.trust.access.personal_data import certain_kind

GENESIS = "0" * 64
_ID = re.compile(r"^[A-Za-z0-9][A-Za-z0-9_.:/#-]{0,119}$")
_ACTION = re.compile(r"^[a-z][a-z0-9_]*(\.[a-z][a-z0-9_]*)+$")
_KEY = re.compile(r"^[a-z][a-z0-9_]{0,63}$")
_CODE = re.compile(r"^[A-Za-z0-9_.:;,/#+=<>()\[\] -]{0,200}$")


class TrailInvalid(InvalidInput):
    """Something that does not belong into the trail: only ids, codes, numbers and amounts do."""

    code = "trust.trail_invalid"


class TrailFault(StrEnum):
    """What a check of the chain found first."""

    EDITED = "edited"
    """The entry's hash does not follow from its content."""
    UNLINKED = "unlinked"
    """The entry does not name the hash of the one before it."""
    MISSING = "missing"
    """An entry between two others is gone."""
    TAIL_MISSING = "tail_missing"
    """Entries at the end are gone."""
    HEAD_MISSING = "head_missing"
    """There are entries, and no head row."""
    HEAD_DIFFERS = "head_differs"
    """The head row does not name the last entry."""
    ANCHOR_DIFFERS = "anchor_differs"
    """The entry is not the one that the outside anchor names: the chain was rewritten."""


@dataclass(frozen=True, slots=True)
class Head:
    """The end of the chain: the number of its last entry (0: none) and that entry's hash. Kept outside it is an anchor."""

    seq: int
    hash: str


@dataclass(frozen=True, slots=True)
class TrailEntry:
    """One entry: at this instant this actor did this to this subject; facts are ids, codes, numbers and amounts."""

    seq: int
    at: datetime
    actor: str
    action: str
    subject: str
    facts: Mapping[str, Any]
    previous_hash: str
    hash: str


@dataclass(frozen=True, slots=True)
class TrailReport:
    """The outcome of a check. ``length`` counts the entries that hold; ``first_bad_seq`` is the entry where the chain breaks."""

    ok: bool
    length: int
    first_bad_seq: int | None
    reason: TrailFault | None
    head_hash: str


def entry_hash(
    *, seq: int, at: datetime, actor: str, action: str, subject: str, facts: Mapping[str, Any], previous_hash: str
) -> str:  # fmt: skip
    """SHA-256 (hex) over the canonical form of an entry with the hash of the one before it."""
    instant = at.astimezone(UTC).isoformat(timespec="microseconds")
    return digest(
        {
            "seq": seq, "at": instant, "actor": actor, "action": action, "subject": subject,
            "facts": dict(facts), "previous_hash": previous_hash,
        }
    )  # fmt: skip


def check_entry(*, actor: str, action: str, subject: str, facts: Mapping[str, Any]) -> None:
    """Refuse what is no id, code, number or amount. Raises TrailInvalid; the message names the place, never the value."""
    if not _ID.match(actor):
        raise TrailInvalid("the trail's `actor` is no id: give the account id or the machine's name")
    if not _ACTION.match(action):
        raise TrailInvalid(f"the trail's `action` {action!r} is no code: write it like claims.decision.signed")
    if not _ID.match(subject):
        raise TrailInvalid(f"the trail's `subject` of {action} is no id: give the id of what was acted on")
    _check_facts(dict(facts), f"facts of {action}")


def _check_facts(value: Any, where: str) -> None:
    if value is None or isinstance(value, bool | int):
        return
    if isinstance(value, str):
        if not _CODE.match(value):
            raise TrailInvalid(f"{where}: the text is no id or code (letters, digits, `_.:;,/#+=<>()[]-`, at most 200): give an id instead")
        if (kind := certain_kind(value)) is not None:
            raise TrailInvalid(f"{where}: the text holds personal data ({kind.value}): give the id of the row that holds it, sealed")
    elif isinstance(value, dict):
        for key, item in value.items():
            if not isinstance(key, str) or not _KEY.match(key):
                raise TrailInvalid(f"{where}: a key is no plain name: use lower case letters, digits and `_`")
            _check_facts(item, f"{where}, {key}")
    elif isinstance(value, list | tuple):
        for index, item in enumerate(value):
            _check_facts(item, f"{where}[{index}]")
    else:
        raise TrailInvalid(f"{where}: {type(value).__name__} does not belong into the trail: give text, integers, lists or dicts")
