"""Which snapshots are in use (在用快照): the live one, one on trial for a share of cases, one beside; a small document with its digest.

Canonical JSON on one line. A file that holds nothing but an id is the older form: that snapshot is live and nothing stands beside it.
"""

import hashlib
import json
from dataclasses import dataclass
from typing import Any

from anpei.kernel.canonical import canonical, digest
from anpei.kernel.errors import InvalidInput
from anpei.rules.damage import SnapshotDamaged

POINTER = "current"
SCHEMA = 1
WHOLE = 10_000
"""All cases, in basis points."""


class StandingInvalid(InvalidInput):
    """What is to be put into use cannot be: an id that is none, a share outside of 0 to 10,000, one snapshot in two places."""

    code = "rules.standing_invalid"


@dataclass(frozen=True, slots=True)
class Canary:
    """A snapshot on trial (灰度) for a share of cases in basis points. The share is drawn anew for each release."""

    snapshot_id: str
    share_bp: int
    release_id: str


@dataclass(frozen=True, slots=True)
class Shadow:
    """A snapshot that runs beside (影子) and changes nothing."""

    snapshot_id: str
    release_id: str


@dataclass(frozen=True, slots=True)
class Standing:
    """What is in use. ``revision`` grows with every change, 0 where nobody counts. Raises StandingInvalid."""

    live_id: str
    canary: Canary | None = None
    shadow: Shadow | None = None
    revision: int = 0

    def __post_init__(self) -> None:
        beside = [part for part in (self.canary, self.shadow) if part is not None]
        for snapshot_id in (self.live_id, *(part.snapshot_id for part in beside)):
            if not is_id(snapshot_id):
                raise StandingInvalid(f"{snapshot_id[:80]!r} is no snapshot's id: give its 64 hexadecimal digits")
        if len({self.live_id, *(part.snapshot_id for part in beside)}) != 1 + len(beside):
            raise StandingInvalid("one snapshot stands in two places: the live one, the one on trial and the one beside differ")
        if self.canary is not None:
            check_share(self.canary.share_bp)

    def snapshot_for(self, case_id: str, /) -> str:
        """The id of the snapshot that judges a case; the same case and release always give the same."""
        canary = self.canary
        if canary is not None and is_drawn(case_id, release_id=canary.release_id, share_bp=canary.share_bp):
            return canary.snapshot_id
        return self.live_id

    def to_bytes(self) -> bytes:
        """The document."""
        body: dict[str, Any] = {
            "schema": SCHEMA, "live": self.live_id, "revision": self.revision,
            "canary": None if self.canary is None
            else {"snapshot": self.canary.snapshot_id, "share_bp": self.canary.share_bp, "release": self.canary.release_id},
            "shadow": None if self.shadow is None else {"snapshot": self.shadow.snapshot_id, "release": self.shadow.release_id},
        }  # fmt: skip
        return canonical({**body, "digest": digest(body)}) + b"\n"

    @classmethod
    def from_bytes(cls, data: bytes) -> "Standing":
        """The document as it was written. Raises SnapshotDamaged when it is not whole, or of a newer schema."""
        text = data.decode("utf-8", errors="replace").strip()
        if is_id(text):
            return cls(text)
        if not text.startswith("{"):
            raise _damaged("holds no id")
        try:
            body = json.loads(text)
            said = body.pop("digest")
            if body.get("schema") != SCHEMA:
                raise _damaged(f"has schema {body.get('schema')!r}, this version reads {SCHEMA}")
            if said != digest(body):
                raise _damaged("does not carry the digest of its own content")
            canary, shadow = body["canary"], body["shadow"]
            return cls(
                live_id=body["live"], revision=int(body["revision"]),
                canary=None if canary is None else Canary(canary["snapshot"], int(canary["share_bp"]), canary["release"]),
                shadow=None if shadow is None else Shadow(shadow["snapshot"], shadow["release"]),
            )  # fmt: skip
        except (ValueError, KeyError, TypeError, AttributeError, RecursionError, StandingInvalid) as error:
            raise _damaged("cannot be read") from error


def check_share(share_bp: int) -> None:
    """Raise StandingInvalid unless the share lies in 0 to 10,000 basis points."""
    if not 0 <= share_bp <= WHOLE:
        raise StandingInvalid(f"the share {share_bp} lies outside of 0 to {WHOLE} basis points", data={"field": "share_bp"})


def is_drawn(case_id: str, *, release_id: str, share_bp: int) -> bool:
    """Whether a case falls into the share of a release: its digest with the release's id, modulo 10,000, lies below the share."""
    drawn = hashlib.sha256(f"{release_id}\x00{case_id}".encode()).digest()
    return int.from_bytes(drawn, "big") % WHOLE < share_bp


def is_id(text: str) -> bool:
    """Whether a text has the form of a snapshot's id."""
    return len(text) == 64 and all(character in "0123456789abcdef" for character in text)


def _damaged(what: str) -> SnapshotDamaged:
    return SnapshotDamaged(f"the pointer to the current snapshot {what}: publish a snapshot again", data={"file": POINTER})
