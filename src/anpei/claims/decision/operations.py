"""Writes: the machine's decision with its proof, and the decisions that only a signed-in person takes."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

from sqlalchemy import insert

from anpei.claims.audit.model import FindingsTable
from anpei.claims.benefit import AccumulatorUse
from anpei.claims.decision import coordination, proof, queries
from anpei.claims.decision._tables import proofs
from anpei.claims.decision.adjudication import Inputs, Outputs, adjudicate
from anpei.claims.decision.decide import settle_of
from anpei.claims.decision.events import ClaimDecided, ClaimReferred, ClaimRefused
from anpei.claims.decision.model import (
    Decision,
    Grounds,
    PaidLine,
    Reduce,
    Refuse,
    Settle,
    reduction_statement,
    refusal_statement,
    settlement_statement,
)
from anpei.claims.dossier import operations as dossier
from anpei.claims.dossier import queries as dossier_queries
from anpei.claims.dossier.model import Claim, ClaimState, SectionName
from anpei.engines.bus import Emit
from anpei.engines.db import Connection
from anpei.kernel import ids
from anpei.kernel.canonical import canonical, digest
from anpei.kernel.errors import Conflict
from anpei.kernel.money import Money
from anpei.rules.snapshots.snapshot import Snapshot
from anpei.trust import trail
from anpei.trust.access import Actor, open_personal, require, require_authority
from anpei.trust.identity import session_held
from anpei.trust.signing import PersonRequired, PersonSignature, Signer, sign_as_person
from anpei.trust.vault import Vault


class SeveralPayees(Conflict):
    """Several payees share the amount, and one payment pays one payee: nobody is paid everything."""

    code = "decision.several_payees"


class NotCalculable(Conflict):
    """There is no calculated amount to settle: a person must refuse, ask for papers, or correct a field first."""

    code = "decision.not_calculable"


@dataclass(frozen=True)
class Desk:
    """What every decision is written with: the seal of proofs, the snapshot it stands on, and who hears of it."""

    vault: Vault
    signer: Signer
    snapshot: Snapshot
    table: FindingsTable
    emit: Emit


def decide_by_machine(
    conn: Connection, *, desk: Desk, claim: Claim, inputs: Inputs, hits: tuple[Mapping[str, Any], ...], rules_on: date, at: datetime
) -> Outputs:
    """Adjudicate and write: assessment, then the decision (settle) or the referral, with its proof. The claim is locked by the caller."""
    outputs = adjudicate(inputs=inputs, hits=hits)
    if outputs.assessment is not None:
        payload = {"assessment": outputs.assessment.to_dict(), "accumulators": inputs.accumulators.to_dict()}
        payload |= coordination.told_of(inputs, outputs.assessment)
        dossier.write_section(conn, vault=desk.vault, claim=claim, name=SectionName.ASSESSMENT, payload=payload, at=at)
    lane = {"lane": outputs.lane.value, "reasons": list(outputs.lane_reasons)}
    dossier.write_section(conn, vault=desk.vault, claim=claim, name=SectionName.LANE, payload=lane, at=at)
    dossier.set_lane(conn, claim=claim, lane=outputs.lane, at=at)
    if isinstance(outputs.decision, Settle):
        dossier.move(conn, claim=claim, to=ClaimState.ASSESSED, at=at)
        ready = dossier_queries.get_claim(conn, vault=desk.vault, claim_id=claim.id)
        _write_decision(conn, desk=desk, claim=ready, decision=outputs.decision.to_dict(), by="machine", at=at)
        dossier.move(conn, claim=ready, to=ClaimState.DECIDED, at=at)
    else:
        payload = {"referral": outputs.decision.to_dict()}
        dossier.write_section(conn, vault=desk.vault, claim=claim, name=SectionName.REFERRAL, payload=payload, at=at)
        dossier.move(conn, claim=claim, to=ClaimState.REFERRED, at=at)
        desk.emit(conn, ClaimReferred(claim.id, claim.round, ",".join(outputs.decision.reasons)))
        trail.append(
            conn, at=at, actor="machine:decision", action="claim.referred", subject=claim.id,
            facts={"round": claim.round, "reasons": list(outputs.decision.reasons)},
        )  # fmt: skip
    _write_proof(
        conn, desk=desk, claim=claim, inputs=inputs, rules_on=rules_on, outputs={**outputs.to_dict(), "hits": list(hits)},
        decision=outputs.decision.to_dict(), at=at,
    )  # fmt: skip
    return outputs


def _write_decision(conn: Connection, *, desk: Desk, claim: Claim, decision: Mapping[str, Any], by: str, at: datetime) -> None:
    section = dossier.write_section(
        conn, vault=desk.vault, claim=claim, name=SectionName.DECISION, payload={"decision": dict(decision), "by": by}, at=at
    )
    facts = {"round": claim.round, "decision": decision["decision"], "digest": section.digest, "total_fen": decision.get("total_fen")}
    trail.append(conn, at=at, actor=by, action="claim.decided", subject=claim.id, facts=facts)
    if decision["decision"] == "refuse":
        desk.emit(conn, ClaimRefused(claim.id, claim.round, ",".join(decision["grounds"]["codes"])))
    else:
        desk.emit(conn, ClaimDecided(claim.id, claim.round, decision["decision"], decision["total_fen"], by.split(":", maxsplit=1)[0]))


def _write_proof(
    conn: Connection, *, desk: Desk, claim: Claim, inputs: Inputs, rules_on: date, outputs: Mapping[str, Any], decision: Mapping[str, Any],
    at: datetime,
) -> None:  # fmt: skip
    about = {"id": claim.id, "claim_no": claim.claim_no, "round": claim.round, "insurer_id": claim.insurer_id, "policy_id": claim.policy_id}
    made = proof.build(
        signer=desk.signer, claim=about, inputs=inputs, rules_on=rules_on, snapshot=desk.snapshot, outputs=outputs, decision=decision, at=at
    )
    proof_id, kind = ids.new_id(), "referral" if decision["decision"] == "refer" else "decision"
    row = {
        "id": proof_id, "claim_id": claim.id, "round": claim.round, "kind": kind,
        "body": desk.vault.seal_bytes(canonical(made), context=f"proofs:{proof_id}"), "digest": digest(made), "written_at": at,
    }  # fmt: skip
    conn.execute(insert(proofs).values(row))
    trail.append(
        conn,
        at=at,
        actor="machine:decision",
        action="proof.written",
        subject=claim.id,
        facts={"proof": proof_id, "digest": row["digest"], "kind": kind},
    )


@dataclass(frozen=True)
class Referred:
    """A referred claim as a person decides it: the inputs of the machine's adjudication, and the snapshot its hits were found by."""

    claim: Claim
    inputs: Inputs
    hits: tuple[Mapping[str, Any], ...]
    rules_on: date
    snapshot_id: str


def settle_by_person(conn: Connection, *, desk: Desk, actor: Actor, referred: Referred, at: datetime) -> tuple[AccumulatorUse, ...]:
    """A person settles a referred claim at the arithmetic amount. Raises NotCalculable, Forbidden, AuthorityExceeded, PersonRequired."""
    claim = referred.claim
    require(actor, "claim.decide", insurer_id=claim.insurer_id)
    outputs = adjudicate(inputs=referred.inputs, hits=referred.hits)
    if outputs.assessment is None:
        raise NotCalculable(f"claim {claim.claim_no} has no calculated amount yet", data={"claim": claim.id})
    _one_payee(claim, referred)
    require_authority(actor, "claim.decide", amount=Money(outputs.assessment.total_fen))
    statement = settlement_statement(claim_id=claim.id, round=claim.round, assessment_digest=digest(outputs.assessment.to_dict()))
    signature = sign_as_person(signer=desk.signer, actor=actor, at=at, statement=statement)
    decision = settle_of(outputs.assessment).to_dict() | {"statement": statement, "signature": signature.as_data()}
    _finish_by_person(conn, desk=desk, actor=actor, referred=referred, outputs=outputs, decision=decision, to=ClaimState.DECIDED, at=at)
    return outputs.assessment.accumulator_use


def reduce_by_person(
    conn: Connection, *, desk: Desk, actor: Actor, referred: Referred, payable: Mapping[str, int], grounds: Grounds, at: datetime
) -> int:
    """A person reduces by judgement: ``payable`` gives the new amount (fen) of some lines, at most the arithmetic. Returns the total."""
    claim = referred.claim
    require(actor, "claim.reduce", insurer_id=claim.insurer_id)
    outputs = adjudicate(inputs=referred.inputs, hits=referred.hits)
    if outputs.assessment is None:
        raise NotCalculable(f"claim {claim.claim_no} has no calculated amount yet", data={"claim": claim.id})
    _one_payee(claim, referred)
    lines = _reduced(settle_of(outputs.assessment).lines, payable)
    total = sum(line.payable_fen for line in lines)
    require_authority(actor, "claim.reduce", amount=Money(outputs.assessment.total_fen))
    statement = reduction_statement(claim_id=claim.id, round=claim.round, lines=lines, grounds=grounds)
    signature = sign_as_person(signer=desk.signer, actor=actor, at=at, statement=statement)
    reduce = Reduce(
        claim_id=claim.id, round=claim.round, lines=lines, total_fen=total, grounds=grounds, signature=signature,
        trusted_key=desk.signer.public_key_b64,
    )  # fmt: skip
    decision = reduce.to_dict() | {"statement": statement}
    _finish_by_person(conn, desk=desk, actor=actor, referred=referred, outputs=outputs, decision=decision, to=ClaimState.DECIDED, at=at)
    return total


def _one_payee(claim: Claim, referred: Referred) -> None:
    if len(coordination.payees_of(referred.inputs.facts)) > 1:
        raise SeveralPayees(
            f"claim {claim.claim_no} has several payees: their shares are calculated, and a payment to each is not possible yet; pay "
            "them outside and close the claim, or let it wait",
            data={"claim": claim.id},
        )


def _reduced(lines: tuple[PaidLine, ...], payable: Mapping[str, int]) -> tuple[PaidLine, ...]:
    known = {line.line_id: line for line in lines}
    for line_id, amount in payable.items():
        if line_id not in known or not 0 <= amount <= known[line_id].payable_fen:
            raise NotCalculable(f"line {line_id}: a reduction names an existing line and an amount from 0 to what arithmetic gives")
    return tuple(PaidLine(line.line_id, line.coverage, line.claimed_fen, payable.get(line.line_id, line.payable_fen)) for line in lines)


def refuse_by_person(conn: Connection, *, desk: Desk, actor: Actor, referred: Referred, grounds: Grounds, at: datetime) -> None:
    """A person refuses, with clause, fact and reason; the notice is due within the law's clock (保险法 24)."""
    claim = referred.claim
    require(actor, "claim.refuse", insurer_id=claim.insurer_id)
    outputs = adjudicate(inputs=referred.inputs, hits=referred.hits)
    statement = refusal_statement(claim_id=claim.id, round=claim.round, grounds=grounds)
    signature: PersonSignature = sign_as_person(signer=desk.signer, actor=actor, at=at, statement=statement)
    refuse: Decision = Refuse(
        claim_id=claim.id, round=claim.round, grounds=grounds, signature=signature, trusted_key=desk.signer.public_key_b64
    )
    decision = refuse.to_dict() | {"statement": statement}
    _finish_by_person(conn, desk=desk, actor=actor, referred=referred, outputs=outputs, decision=decision, to=ClaimState.REFUSED, at=at)


def _require_session(conn: Connection, *, actor: Actor, at: datetime) -> None:
    """A person's decision stands on a sign-in that exists: an actor that was made up has none."""
    if actor.session_id is None or not session_held(conn, session_id=actor.session_id, account_id=actor.account_id, at=at):
        raise PersonRequired(
            f"the account {actor.account_id} is not signed in: sign in and decide again", data={"account": actor.account_id}
        )


def _finish_by_person(
    conn: Connection,
    *,
    desk: Desk,
    actor: Actor,
    referred: Referred,
    outputs: Outputs,
    decision: Mapping[str, Any],
    to: ClaimState,
    at: datetime,
) -> None:
    claim = referred.claim
    _require_session(conn, actor=actor, at=at)
    _write_decision(conn, desk=desk, claim=claim, decision=decision, by=f"person:{actor.account_id}", at=at)
    dossier.move(conn, claim=claim, to=to, at=at)
    _write_proof(
        conn, desk=desk, claim=claim, inputs=referred.inputs, rules_on=referred.rules_on,
        outputs={**outputs.to_dict(), "hits": list(referred.hits)}, decision=decision, at=at,
    )  # fmt: skip


def export_proof(
    conn: Connection, *, vault: Vault, actor: Actor, claim: Claim, at: datetime, proof_id: str | None = None
) -> dict[str, Any]:
    """A proof of the claim (the newest), handed out through the access gate: who took it, when and why is on the access log.

    Raises Forbidden, NotFound.
    """
    open_personal(conn, actor=actor, at=at, purpose="proof_export", subject=claim.id, fields=("medical",), insurer_id=claim.insurer_id)
    return queries.get_proof(conn, vault=vault, claim_id=claim.id, proof_id=proof_id)
