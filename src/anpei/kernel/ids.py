"""Typed, time-ordered, opaque ids (UUIDv7). Human numbers such as the claim number are kept apart."""

import secrets
import time
import uuid
from typing import NewType

InsurerId = NewType("InsurerId", str)
PartyId = NewType("PartyId", str)
PolicyId = NewType("PolicyId", str)
ClaimId = NewType("ClaimId", str)
PageId = NewType("PageId", str)
AccountId = NewType("AccountId", str)
JobId = NewType("JobId", str)
OrderId = NewType("OrderId", str)


def new_id() -> str:
    """A new UUIDv7 as text (RFC 9562 section 5.7): 48 bits of milliseconds, 74 random bits."""
    millis = time.time_ns() // 1_000_000
    value = (millis & ((1 << 48) - 1)) << 80 | 0x7 << 76 | secrets.randbits(12) << 64 | 0b10 << 62 | secrets.randbits(62)
    return str(uuid.UUID(int=value))
