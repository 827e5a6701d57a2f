"""Verify a proof offline: seal, digests, Merkle paths, then re-evaluate rows, formulas and decision with the Python reference.

Nothing that the proof says about results is trusted: everything is computed again from the facts, terms and rows in it, and the first
step that differs is named. With a snapshot at hand it is also shown that no other row applied.
"""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import date
from typing import Any

from anpei.claims.audit.model import FindingKind, FindingsTable, Outcome
from anpei.claims.benefit import Accumulators
from anpei.claims.decision.adjudication import Inputs, adjudicate, judged, rule_facts_of
from anpei.claims.decision.decide import Automation
from anpei.claims.decision.proof import ALGORITHM, FORMAT, part_digests
from anpei.claims.dossier.model import Lane
from anpei.kernel.canonical import canonical, digest
from anpei.kernel.errors import AnpeiError, InvalidInput
from anpei.records.catalogues import words
from anpei.records.products.model import Terms
from anpei.rules.judging import evaluation
from anpei.rules.model import rule_row_from
from anpei.rules.snapshots import verification
from anpei.rules.snapshots.snapshot import Snapshot
from anpei.rules.templates.template import template_from
from anpei.trust.signing import PersonSignature, key_id_of, person_signature_holds, verify_signature

_DAMAGE = (LookupError, TypeError, ValueError, AttributeError, RuntimeError, ArithmeticError, AnpeiError)
"""What re-evaluating damaged data may raise; a proof is foreign input."""


class ProofUnreadable(InvalidInput):
    """The file is no proof, or so damaged that nothing in it can be recomputed."""

    code = "proof.unreadable"


@dataclass(frozen=True, slots=True)
class Difference:
    """One place where the proof does not hold: the step or part, and what differs."""

    place: str
    what: str


def verify(proof: Mapping[str, Any], *, trusted_key: str | None = None, snapshot: Snapshot | None = None) -> list[Difference]:
    """Everything that does not hold, in the order of the way from facts to decision; empty when the proof holds.

    ``trusted_key``: the insurer's public key (base64); without it the key in the proof is only checked against itself.
    Raises ProofUnreadable.
    """
    try:
        body, digests, seal = proof["body"], proof["digests"], proof["seal"]
        if body["format"] != FORMAT:
            raise ProofUnreadable(f"the format is {body['format']!r}; this version verifies {FORMAT}")
        found = [*_seal(digests, seal, trusted_key), *_digests(body, digests)]
    except ProofUnreadable:
        raise
    except _DAMAGE as error:
        raise _unreadable(error) from error
    try:
        found += [*_rows(body), *_items(body), *_recompute(body), *_person(body, seal)]
        if snapshot is not None:
            found += _against_snapshot(body, snapshot)
    except _DAMAGE as error:
        if not found:
            raise _unreadable(error) from error
        found.append(Difference("recomputation", f"cannot be done on the changed parts ({type(error).__name__})"))
    return found


def _unreadable(error: Exception) -> ProofUnreadable:
    return ProofUnreadable(f"the proof cannot be recomputed, it is damaged near {error!r}: get the original file again")


def _seal(digests: Mapping[str, str], seal: Mapping[str, Any], trusted_key: str | None) -> Iterator[Difference]:
    key = trusted_key or seal["public_key"]
    if trusted_key is not None and seal["public_key"] != trusted_key:
        yield Difference("seal.public_key", "the proof is sealed with another key than the trusted one")
    if not verify_signature(data=canonical({"digests": dict(digests)}), signature=seal["signature"], public_key_b64=key):
        yield Difference("seal.signature", "the signature does not belong to these digests")
    if seal["algorithm"] != ALGORITHM:
        yield Difference("seal.algorithm", f"the seal names another algorithm than {ALGORITHM}")
    if seal["key_id"] != key_id_of(key):
        yield Difference("seal.key_id", "this is not the short name of the key")
    if seal["over"] != digest({"digests": dict(digests)}):
        yield Difference("seal.over", "the sealed digest is not that of the parts")


def _digests(body: Mapping[str, Any], digests: Mapping[str, str]) -> Iterator[Difference]:
    actual = part_digests(body)
    for place in sorted(set(actual) | set(digests)):
        if actual.get(place) != digests.get(place):
            yield Difference(place, "this part was changed, added or removed after sealing")


def _rows(body: Mapping[str, Any]) -> Iterator[Difference]:
    """Each row leads to the manifest's root by its path."""
    for name in ("rules", "templates", "catalogue"):
        for index, entry in enumerate(body["rows"][name]):
            proof = verification.proof_from(entry)
            if proof.kind.value != name or not verification.proof_holds(proof=proof, manifest=body["snapshot"]):
                yield Difference(f"rows.{name}[{index}]", "the row does not belong to the snapshot named in the proof")


def _items(body: Mapping[str, Any]) -> Iterator[Difference]:
    """The catalogue payload of each line is the one of a proven catalogue row."""
    rows = [entry["row"] for entry in body["rows"]["catalogue"]]
    proven = {(row["region"], row["item"]): words.decode(row["word"], row["detail"].encode()) for row in rows}
    for key, item in body["inputs"]["items"].items():
        if item["match"] != "none" and proven.get((item["region"], item["code"])) != item["payload"]:
            yield Difference(f"inputs.items.{key}", "the catalogue entry of this line is not among the proven rows")


def inputs_of(body: Mapping[str, Any]) -> Inputs:
    """The inputs that a proof carries, as the adjudication takes them."""
    data = body["inputs"]
    return Inputs(
        facts=data["facts"], terms=Terms.from_dict(data["terms"]), table=_table(data["findings_table"]), providers=data["providers"],
        items=data["items"], accumulators=Accumulators.from_dict(data["accumulators"]),
        automation=Automation(on=data["automation"]["on"], limit_fen=data["automation"]["limit_fen"]),
    )  # fmt: skip


def _table(data: Mapping[str, Any]) -> FindingsTable:
    kinds = {
        code: FindingKind(
            code=code, title_zh=code, title_en=code, outcome=Outcome(row["outcome"]), lane=Lane(row["lane"]), owner="", basis="",
            customer_zh="", customer_en="",
        )
        for code, row in data["outcomes"].items()
    }  # fmt: skip
    return FindingsTable(
        kinds, data["weak_confidence_bp"], data["kind_confidence_bp"], data["line_match_bp"], data["unattended_limit_fen"],
        data.get("hint_bp", 10_001), tuple(data.get("hints_checked", ())),
    )  # fmt: skip


def _recompute(body: Mapping[str, Any]) -> Iterator[Difference]:
    """Evaluate the rows again, then findings, amount, lane and decision."""
    inputs, outputs = inputs_of(body), body["outputs"]
    on = date.fromisoformat(body["inputs"]["rules_on"])
    rows = [rule_row_from(entry["row"]) for entry in body["rows"]["rules"]]
    templates = [template_from(entry["row"]) for entry in body["rows"]["templates"]]
    facts = rule_facts_of(facts=inputs.facts, items=inputs.items, providers=inputs.providers)
    hits = judged(evaluation.examine(facts=facts, source=evaluation.RowIndex(rows), templates=templates, on=on))
    yield from compare("hits", list(hits), outputs["hits"])
    result = adjudicate(inputs=inputs, hits=hits).to_dict()
    yield from compare("findings", result["findings"], outputs["findings"])
    yield from compare("assessment", result["assessment"], outputs["assessment"])
    yield from compare("lane", [result["lane"], result["lane_reasons"]], [outputs["lane"], outputs["lane_reasons"]])
    yield from compare("machine_decision", result["decision"], outputs["decision"])
    final = body["decision"]
    if "signature" not in final:
        yield from compare("decision", result["decision"], final)
    elif final["decision"] == "settle" and result["assessment"] is not None:
        yield from compare("decision.total_fen", result["assessment"]["total_fen"], final["total_fen"])


def compare(place: str, computed: Any, recorded: Any) -> Iterator[Difference]:
    """The deepest places at which two plain values differ, computed against recorded."""
    if isinstance(computed, Mapping) and isinstance(recorded, Mapping):
        for key in sorted(set(computed) | set(recorded)):
            yield from compare(f"{place}.{key}", computed.get(key), recorded.get(key))
    elif isinstance(computed, list | tuple) and isinstance(recorded, list | tuple) and len(computed) == len(recorded):
        for index, (left, right) in enumerate(zip(computed, recorded, strict=True)):
            name = left.get("id") if isinstance(left, Mapping) and isinstance(left.get("id"), str) else index
            yield from compare(f"{place}[{name}]", left, right)
    elif computed != recorded:
        yield Difference(place, f"computed {_short(computed)}, recorded {_short(recorded)}")


def _short(value: Any) -> str:
    text = canonical(value).decode()
    return text if len(text) <= 80 else text[:77] + "..."


def _person(body: Mapping[str, Any], seal: Mapping[str, Any]) -> Iterator[Difference]:
    """A refusal, a reduction, or a settlement by a person holds only with that person's signature over exactly this."""
    final = body["decision"]
    if final["decision"] in ("refuse", "reduce") and "signature" not in final:
        yield Difference("decision.signature", "a refusal or reduction without a person's signature")
    if "signature" in final:
        signature = PersonSignature.from_data(final["signature"])
        if not person_signature_holds(signature, final["statement"], seal["public_key"]):
            yield Difference("decision.signature", "the person did not sign this statement")
        told = final["statement"]
        if told["claim_id"] != body["claim"]["id"] or told["round"] != body["claim"]["round"]:
            yield Difference("decision.statement", "the statement is about another claim or round")
        for key in ("grounds", "lines"):
            if key in told and told[key] != final.get(key):
                yield Difference(f"decision.{key}", "differs from what the person signed")


def _against_snapshot(body: Mapping[str, Any], snapshot: Snapshot) -> Iterator[Difference]:
    """The given snapshot is the one of the proof, and evaluating all of it gives the same hits: no other row applied."""
    if dict(snapshot.manifest) != body["snapshot"]:
        yield Difference("snapshot", f"the snapshot at hand is {snapshot.manifest['id']}, the proof names {body['snapshot'].get('id')}")
        return
    inputs = inputs_of(body)
    on = date.fromisoformat(body["inputs"]["rules_on"])
    facts = rule_facts_of(facts=inputs.facts, items=inputs.items, providers=inputs.providers)
    result = evaluation.examine(facts=facts, source=snapshot, templates=snapshot.templates, on=on)
    yield from compare("snapshot.hits", list(judged(result)), body["outputs"]["hits"])
