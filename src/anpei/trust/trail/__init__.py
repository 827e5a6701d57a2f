"""Trail (审计链): an append-only chain of hashes over what was done; an edited, removed, moved or cut-off entry is named.

Owns the tables ``trail`` and ``trail_head``. Written by every room inside its own transaction, as its last statement.
"""

from anpei.trust.trail.model import Head, TrailEntry, TrailFault, TrailInvalid, TrailReport
from anpei.trust.trail.operations import append
from anpei.trust.trail.queries import head, list_entries, verify

__all__ = ["Head", "TrailEntry", "TrailFault", "TrailInvalid", "TrailReport", "append", "head", "list_entries", "verify"]
