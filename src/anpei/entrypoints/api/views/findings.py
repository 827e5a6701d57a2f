"""The findings of the audit in plain words: what was met, on which basis, and which read values it is about."""

from collections.abc import Collection, Mapping, Sequence
from typing import Any

from anpei.claims.audit import operations as audit
from anpei.claims.audit.telling import tell_hits
from anpei.claims.documents import queries as documents
from anpei.claims.dossier import queries as dossier
from anpei.claims.dossier.model import Claim, SectionName
from anpei.entrypoints.api import answers
from anpei.entrypoints.api.views.sight import Sight, amount
from anpei.kernel.errors import NotFound
from anpei.kernel.money import Money
from anpei.rules.damage import SnapshotDamaged
from anpei.trust.access import ActorKind
from anpei.trust.access.masking import STAR

MEDICAL = "medical"
HIDDEN = STAR * 6
MEDICAL_VALUES = frozenset({"diagnosis", "title"})
"""Values of findings that say something medical; covered unless a grant opened that."""
LEFT_OUT = frozenset({"rule", "template", "line"})
"""Ids, for machines."""
SEEN_BEFORE = frozenset({"bill.duplicate", "bill.repeated", "page.repeated", "page.reused", "page.seen_before"})
FOR_HANDLERS = frozenset({"page.hint", "page.weak_hint"}) | SEEN_BEFORE
"""Findings whose details are for those who work on the claim: the claimant is told that a colleague looks, not what at."""
_NAMED = {
    "where": "kind",
    "kind": "kind",
    "field": "field",
    "ownership": "ownership",
    "actual": "sex",
    "allowed": "sex",
    "status": "policy",
}


def findings_of(sight: Sight, claim: Claim, *, opened: Collection[str] = ()) -> list[answers.ExplainedFinding]:
    """The findings of the newest round that has any."""
    vault = sight.door.platform.vault
    section = dossier.find_section(sight.conn, vault=vault, claim_id=claim.id, name=SectionName.FINDINGS)
    if section is None:
        return []
    evidence = dossier.find_section(sight.conn, vault=vault, claim_id=claim.id, name=SectionName.EVIDENCE, round=section.round)
    facts = {} if evidence is None else evidence.payload["facts"]
    places, told = _places(facts), _told_hints(facts, sight.lang)
    hits = {hit["rule_id"]: hit.get("shown", {}) for hit in section.payload["gathered"]["hits"]}
    return [_finding(sight, _with_words(item, told), places, hits, opened) for item in section.payload["findings"]]


def rules_of(sight: Sight, claim: Claim, *, opened: Collection[str] = ()) -> list[answers.ToldRule]:
    """The rules met in the newest round that has findings, told by the snapshot they were found with; empty when it is no longer there."""
    platform = sight.door.platform
    section = dossier.find_section(sight.conn, vault=platform.vault, claim_id=claim.id, name=SectionName.FINDINGS)
    if section is None:
        return []
    gathered = audit.Gathered.from_dict(section.payload["gathered"])
    evidence = dossier.find_section(sight.conn, vault=platform.vault, claim_id=claim.id, name=SectionName.EVIDENCE, round=section.round)
    facts = {} if evidence is None else evidence.payload["facts"]
    is_customer = sight.actor.kind is ActorKind.CUSTOMER
    try:
        told = tell_hits(
            gathered.hits, facts=facts, snapshot=platform.line.snapshots.open(gathered.snapshot_id), language=sight.lang,
            depth="customer" if is_customer else "auditor", covered=MEDICAL not in opened,
        )  # fmt: skip
    except (NotFound, SnapshotDamaged):
        return []
    places = _places(facts)
    return [
        answers.ToldRule(
            finding=one.finding, rules=[] if is_customer else list(one.rule_ids), text=one.text, details=list(one.details),
            at_stake=None if one.at_stake_fen is None else amount(one.at_stake_fen),
            keys=[places[subject][1] for subject in one.subjects if subject in places],
        )
        for one in told
    ]  # fmt: skip


def _finding(
    sight: Sight, item: Mapping[str, Any], places: Mapping[str, tuple[str, str]], hits: Mapping[str, Mapping[str, Any]],
    opened: Collection[str],
) -> answers.ExplainedFinding:  # fmt: skip
    kind = sight.door.platform.line.findings.kind(item["code"])
    is_zh = sight.lang == "zh"
    is_hidden = kind.code in FOR_HANDLERS and sight.actor.kind is ActorKind.CUSTOMER
    touched = [places[subject] for subject in item["subjects"] if subject in places]
    values = {"title": None, **hits.get(str(item["values"].get("rule")), {}), **item["values"]}
    return answers.ExplainedFinding(
        code=kind.code, title=kind.title_zh if is_zh else kind.title_en, text=kind.customer_zh if is_zh else kind.customer_en,
        outcome=sight.coded("outcome", kind.outcome.value), lane=sight.coded("lane", kind.lane.value), basis=kind.basis,
        details=[
            answers.Detail(label=sight.coded("met", name).title, text=_written(sight, name, value, opened))
            for name, value in values.items()
            if name not in LEFT_OUT and value is not None and not is_hidden
        ],
        pages=list(dict.fromkeys(page for page, _ in touched)), keys=[key for _, key in touched if key and not is_hidden],
        others=_others(sight, [subject for subject in item["subjects"] if subject not in places])
        if kind.code in SEEN_BEFORE and not is_hidden
        else [],
    )  # fmt: skip


def _told_hints(facts: Mapping[str, Any], lang: str) -> dict[str, str]:
    """The words of each hint by the id that findings name it with."""
    pages = facts.get("pages", ())
    return {f"{page['page_id']}#{number}": hint[lang] for page in pages for number, hint in enumerate(page.get("hints", ()))}


def _with_words(item: Mapping[str, Any], told: Mapping[str, str]) -> Mapping[str, Any]:
    """A finding about a hint says it in words instead of its code."""
    words = [told[subject] for subject in item["subjects"] if subject in told]
    return {**item, "values": {**item["values"], "hint": words[0]}} if words else item


def _places(facts: Mapping[str, Any]) -> dict[str, tuple[str, str]]:
    """What a finding may name (page, bill, line) -> the page it stands on, and the key of the value that shows it."""
    found = {page["page_id"]: (page["page_id"], "") for page in facts.get("pages", ())}
    for page in facts.get("pages", ()):
        found |= {
            f"{page['page_id']}#{number}": (page["page_id"], f"{page['page_id']}.hint.{number}")
            for number, _ in enumerate(page.get("hints", ()))
        }
    for bill in facts.get("bills", ()):
        found[bill["bill_id"]] = (bill["page_id"], "")
        for line in bill["lines"]:
            row = int(line["line_id"].rpartition(".")[2]) - 1
            found[f"{bill['bill_id']}/{line['line_id']}"] = (line["page_id"], f"{line['page_id']}.{row}.name")
    return found


def _others(sight: Sight, page_ids: Sequence[str]) -> list[answers.OtherPlace]:
    """Pages of other claims in sight, by claim number and page."""
    found = []
    for page_id in page_ids:
        claim_id, number = documents.place_of(sight.conn, page_id=page_id)
        claim = dossier.get_claim(sight.conn, vault=sight.door.platform.vault, claim_id=claim_id)
        if sight.actor.covers(claim.insurer_id):
            found.append(answers.OtherPlace(claim_id=claim.id, claim_no=claim.claim_no, page=number))
    return found


def _written(sight: Sight, name: str, value: str | int, opened: Collection[str]) -> str:
    """A value as people read it: money, shares, and codes by their titles."""
    if name in MEDICAL_VALUES and MEDICAL not in opened:
        return HIDDEN
    if isinstance(value, int):
        return str(Money(value)) if name.endswith("_fen") else f"{value // 100}%" if name.endswith("_bp") else str(value)
    if name == "fields":
        return "、".join(sight.coded("field", part).title for part in value.split(","))
    if name == "same":
        return "、".join(sight.coded("alike", part).title for part in value.split(","))
    return sight.coded(_NAMED[name], value).title if name in _NAMED else value
