"""The proof (计算凭证): one signed JSON file that carries every fact, term and row that took effect, and recomputes offline.

It shows that the rows belong to the snapshot and that the result follows from them; that no other row applied is shown with the
snapshot at hand. Identities appear only as salted commitments.
"""

from collections.abc import Mapping
from datetime import UTC, date, datetime
from typing import Any

from anpei import __version__
from anpei.claims.audit.model import FindingsTable
from anpei.claims.decision.adjudication import Inputs, rule_facts_of
from anpei.kernel.canonical import canonical, digest
from anpei.rules.judging.retelling import rows_to_retell
from anpei.rules.snapshots.snapshot import Snapshot
from anpei.trust.signing import Signer

FORMAT = "anpei.proof/2"
ALGORITHM = "Ed25519"


def rows_of(*, snapshot: Snapshot, hits: tuple[Mapping[str, Any], ...], inputs: Inputs, on: date) -> dict[str, Any]:
    """The rule rows, templates and catalogue rows that took effect, each with its Merkle path to the snapshot's manifest.

    Where rows are judged together, those come along that cleared another line of the same case: without them the result would differ.
    """
    items = inputs.items
    found = [snapshot.row(rule_id) for rule_id in sorted({rule_id for hit in hits for rule_id in hit["rule_ids"]})]
    facts = rule_facts_of(facts=inputs.facts, items=items, providers=inputs.providers)
    needed = rows_to_retell(found=found, facts=facts, source=snapshot, templates=snapshot.templates, on=on)
    rule_ids = [row.rule_id for row in needed]
    templates = sorted({hit["template"] for hit in hits})
    codes = sorted({(item["region"], item["code"]) for item in items.values() if item["match"] != "none"})
    return {
        "rules": [snapshot.rule_proof(rule_id).as_data() for rule_id in rule_ids],
        "templates": [snapshot.template_proof(template_id).as_data() for template_id in templates],
        "catalogue": [snapshot.catalogue_proof(region=region, item=code, on=on).as_data() for region, code in codes],
    }


def build(
    *, signer: Signer, claim: Mapping[str, Any], inputs: Inputs, rules_on: date, snapshot: Snapshot, outputs: Mapping[str, Any],
    decision: Mapping[str, Any], at: datetime,
) -> dict[str, Any]:  # fmt: skip
    """The proof of one decision. ``outputs``: hits, findings, assessment, lane; ``decision``: the final one, machine's or person's."""
    body = {
        "format": FORMAT,
        "engine": {"version": __version__},
        "claim": dict(claim),
        "decided_at": at.astimezone(UTC).isoformat(timespec="seconds"),
        "inputs": {
            "facts": inputs.facts, "terms": inputs.terms.to_dict(), "findings_table": inputs.table.to_dict(),
            "providers": dict(inputs.providers), "items": dict(inputs.items),
            "accumulators": inputs.accumulators.to_dict(), "automation": inputs.automation.to_dict(), "rules_on": rules_on.isoformat(),
        },
        "snapshot": dict(snapshot.manifest),
        "rows": rows_of(snapshot=snapshot, hits=tuple(outputs["hits"]), inputs=inputs, on=rules_on),
        "outputs": dict(outputs),
        "decision": dict(decision),
    }  # fmt: skip
    digests = part_digests(body)
    seal = {
        "key_id": signer.key_id, "public_key": signer.public_key_b64, "algorithm": ALGORITHM, "over": digest({"digests": digests}),
        "signature": signer.sign(canonical({"digests": digests})),
    }  # fmt: skip
    return {"body": body, "digests": digests, "seal": seal}


def part_digests(body: Mapping[str, Any]) -> dict[str, str]:
    """The digest of every part by its place: so a changed byte is named, not only noticed."""
    found: dict[str, str] = {}
    for name, part in body.items():
        if name in ("inputs", "outputs", "rows") and isinstance(part, Mapping):
            for key, value in part.items():
                _add(found, f"{name}.{key}", value)
        else:
            _add(found, name, part)
    return found


def _add(found: dict[str, str], place: str, value: Any) -> None:
    if isinstance(value, list):
        found[place] = digest({"length": len(value)})
        for index, part in enumerate(value):
            found[f"{place}[{index}]"] = digest(part)
    elif place == "outputs.assessment" and isinstance(value, Mapping):
        for key, part in value.items():
            _add(found, f"{place}.{key}", part)
    else:
        found[place] = digest(value)


def summary(table: FindingsTable, outputs: Mapping[str, Any], lang: str) -> list[str]:
    """The findings in plain words, for pages and the terminal."""
    return [f"{getattr(table.kind(item['code']), f'title_{lang}')} ({item['code']})" for item in outputs["findings"]]
