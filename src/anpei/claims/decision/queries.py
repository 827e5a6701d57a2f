"""Reads of proofs; a proof leaves through the access gate only (the caller opens it there)."""

import json
from typing import Any

from sqlalchemy import select

from anpei.claims.decision._tables import proofs
from anpei.engines.db import Connection
from anpei.kernel.errors import NotFound
from anpei.trust.vault import Vault


def list_proofs(conn: Connection, *, claim_id: str) -> list[dict[str, Any]]:
    """The proofs of a claim: id, round, kind, digest, written_at; oldest first."""
    query = select(proofs.c.id, proofs.c.round, proofs.c.kind, proofs.c.digest, proofs.c.written_at).where(proofs.c.claim_id == claim_id)
    return [dict(row._mapping) for row in conn.execute(query.order_by(proofs.c.written_at, proofs.c.id))]


def get_proof(conn: Connection, *, vault: Vault, claim_id: str, proof_id: str | None = None) -> dict[str, Any]:
    """A proof of a claim, or its newest. Raises NotFound."""
    query = select(proofs.c.id, proofs.c.body).where(proofs.c.claim_id == claim_id)
    if proof_id is not None:
        query = query.where(proofs.c.id == proof_id)
    row = conn.execute(query.order_by(proofs.c.written_at.desc(), proofs.c.id.desc()).limit(1)).first()
    if row is None:
        raise NotFound(f"claim {claim_id} has no proof yet", data={"claim": claim_id})
    made: dict[str, Any] = json.loads(vault.open_bytes(row.body, context=f"proofs:{row.id}"))
    return made
