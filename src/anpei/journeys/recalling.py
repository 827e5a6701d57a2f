"""The platform's own decided claims as past claims (历史赔案) for a replay, made of their sealed proofs, which hold what was known then."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from anpei.claims.decision import queries as decisions
from anpei.claims.decision.verification import inputs_of
from anpei.claims.dossier import queries
from anpei.claims.dossier.model import Claim, ClaimState
from anpei.claims.replay.recording import Known, past_claim
from anpei.engines.db import Connection, Database
from anpei.kernel.canonical import digest
from anpei.kernel.clock import Clock, local_day
from anpei.kernel.errors import NotFound
from anpei.trust import trail
from anpei.trust.access import Actor, Scope, require
from anpei.trust.vault import Vault

REPLAY = "rule.replay"
DECIDED = (ClaimState.PAID, ClaimState.CLOSED_WITHOUT_PAYMENT, ClaimState.REFUSED)
BATCH = 200


@dataclass(frozen=True)
class PastClaims:
    """Decided claims, out of the vault. Rows name no person; they are health data all the same."""

    database: Database
    vault: Vault
    clock: Clock

    def rows(self, *, actor: Actor) -> Iterator[dict[str, Any]]:
        """The decided claims in the actor's scope, newest first, as rows of ``replay.schema.PAST``. Who took how many is on the trail.

        Raises Forbidden. A claim whose proof is not there is left out.
        """
        require(actor, REPLAY)
        scope = None if actor.insurers is Scope.ALL else actor.insurers
        before, count = None, 0
        while True:
            with self.database.read() as conn:
                claims = queries.list_claims(conn, vault=self.vault, insurers=scope, states=DECIDED, limit=BATCH, before=before)
                found = [row for claim in claims if (row := self._row(conn, claim)) is not None]
            if not claims:
                break
            yield from found
            before, count = claims[-1].id, count + len(found)
        with self.database.write() as conn:
            name = f"{actor.kind.value}:{actor.account_id}"
            trail.append(conn, at=self.clock.now(), actor=name, action="replay.claims_taken", subject="history", facts={"rows": count})

    def _row(self, conn: Connection, claim: Claim) -> dict[str, Any] | None:
        try:
            proof = decisions.get_proof(conn, vault=self.vault, claim_id=claim.id)
        except NotFound:
            return None
        return past_row(proof["body"], policy=claim.policy_id)


def past_row(body: Mapping[str, Any], *, policy: str) -> dict[str, Any]:
    """The past claim that the body of a proof tells of. ``policy``: any text that tells policies apart; only its digest is kept."""
    outputs, final = body["outputs"], body["decision"]
    lines = [
        {"line": line["line_id"], "coverage": line["coverage"], "payable_fen": line["payable_fen"]} for line in final.get("lines") or ()
    ]
    then = {
        "decision": final["decision"], "by": "person" if "signature" in final else "machine", "lane": outputs["lane"],
        "total_fen": final.get("total_fen"), "lines": lines,
    }  # fmt: skip
    known = Known(
        claim_no=body["claim"]["claim_no"], policy=digest({"policy": policy})[:16], insurer=body["claim"]["insurer_id"],
        decided_on=local_day(datetime.fromisoformat(body["decided_at"])), then=then, snapshot=body["snapshot"]["id"],
    )  # fmt: skip
    return past_claim(inputs=inputs_of(body), known=known)
