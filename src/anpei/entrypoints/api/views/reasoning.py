"""Why: the findings, the calculation step by step with clause and formula, and the decision with its reasons."""

from collections.abc import Collection
from dataclasses import replace
from typing import Any, Literal

from anpei.claims import benefit
from anpei.claims.benefit import Assessment, BenefitInvalid
from anpei.claims.decision.coordination import ELSEWHERE, SOCIAL, coordination_from
from anpei.claims.dossier import queries as dossier
from anpei.claims.dossier.model import Claim, Section, SectionName
from anpei.entrypoints.api import answers
from anpei.entrypoints.api.answers.reasoning import Changed, ChangedLine, PayeePart
from anpei.entrypoints.api.views.claims import finding_title, promises_too_much
from anpei.entrypoints.api.views.findings import findings_of, rules_of
from anpei.entrypoints.api.views.sight import Sight, amount
from anpei.kernel.errors import NotFound
from anpei.records.policies import queries as policies
from anpei.records.products.model import Terms, said
from anpei.trust import identity
from anpei.trust.access import ActorKind


def reasoning_of(sight: Sight, claim: Claim, *, opened: Collection[str] = ()) -> answers.Reasoning:
    """Findings, calculation and decision, each of the newest round that has one. ``opened``: personal fields opened by a grant."""
    terms = _terms(sight, claim)
    return answers.Reasoning(
        findings=findings_of(sight, claim, opened=opened), rules=rules_of(sight, claim, opened=opened),
        calculation=_calculation(sight, claim, terms), decision=_decision(sight, claim, terms),
    )  # fmt: skip


def _section(sight: Sight, claim: Claim, name: SectionName) -> Section | None:
    return dossier.find_section(sight.conn, vault=sight.door.platform.vault, claim_id=claim.id, name=name)


def _terms(sight: Sight, claim: Claim) -> Terms | None:
    """The terms as of the date of loss; None when the library no longer has them."""
    try:
        return sight.door.platform.line.terms_of(sight.conn, claim)
    except NotFound:
        return None


def _calculation(sight: Sight, claim: Claim, terms: Terms | None) -> answers.Calculation | None:
    section = _section(sight, claim, SectionName.ASSESSMENT)
    if section is None or promises_too_much(sight, claim):
        return None
    assessment = Assessment.from_dict(section.payload["assessment"])
    rows = [
        {"line_id": f"{line.unit}/{line.id}", "coverage": line.coverage, "claimed_fen": line.claimed_fen, "payable_fen": line.payable_fen}
        for line in assessment.lines
    ]
    told, steps = _words(sight, assessment, terms)
    return answers.Calculation(
        total=amount(assessment.total_fen),
        product_version=assessment.product_version,
        lines=_lines(sight, rows, terms),
        told=told,
        steps=steps,
        several=_several(sight, claim, section),
        shares=[PayeePart(payee=share["payee_id"], amount=amount(share["amount_fen"])) for share in section.payload.get("shares", ())],
        changed=_changed(sight, claim, section, assessment),
    )


def _several(sight: Sight, claim: Claim, section: Section) -> list[str]:
    """Who pays what of the loss, with the products' names; empty where no other policy has paid. Of customers for the insured only."""
    made = section.payload.get("coordination")
    if made is None:
        return []
    policy = policies.get_policy(sight.conn, vault=sight.door.platform.vault, policy_id=claim.policy_id)
    if sight.actor.kind is ActorKind.CUSTOMER and sight.actor.party_id != policy.insured_id:
        return []
    titles = {file.id: f"《{file.title.zh if sight.lang == 'zh' else file.title.en}》" for file in sight.door.platform.products.files()}
    titles |= {SOCIAL: "", ELSEWHERE: sight.say("payer.elsewhere")}
    found = coordination_from(made)
    paid = tuple(replace(one, payer_id=titles.get(one.payer_id.partition("#")[0], one.payer_id)) for one in found.paid)
    return benefit.explain_coordination(replace(found, paid=paid), lang=sight.lang)


def _changed(sight: Sight, claim: Claim, section: Section, now: Assessment) -> Changed | None:
    """The difference to the last round that was settled at its calculation; None where there is none, or the product is another."""
    vault, before = sight.door.platform.vault, None
    for number in range(section.round - 1, 0, -1):
        decided = dossier.find_section(sight.conn, vault=vault, claim_id=claim.id, name=SectionName.DECISION, round=number)
        if decided is not None and decided.payload["decision"]["decision"] == "settle":
            before = dossier.find_section(sight.conn, vault=vault, claim_id=claim.id, name=SectionName.ASSESSMENT, round=number)
            break
    paid = None if before is None else Assessment.from_dict(before.payload["assessment"])
    if paid is None or paid.product_id != now.product_id:
        return None
    found = benefit.correct(paid=paid, now=now)
    lines = [
        ChangedLine(line_id=line.line_id, paid=amount(line.paid_fen), now=amount(line.now_fen))
        for line in found.lines
        if line.difference_fen
    ]
    return Changed(
        paid=amount(found.paid_fen), now=amount(found.now_fen), supplement=amount(found.supplement_fen),
        recovery=amount(found.recovery_fen), lines=lines,
    )  # fmt: skip


def _words(sight: Sight, assessment: Assessment, terms: Terms | None) -> tuple[list[str], list[answers.Step]]:
    """The calculation in words; empty when the terms at hand are no longer those it was made with (the proof still has them)."""
    if terms is None:
        return [], []
    try:
        told = benefit.explain(assessment=assessment, terms=terms, lang=sight.lang)
        formulas = benefit.told_steps(assessment=assessment, terms=terms, lang=sight.lang)
    except BenefitInvalid:
        return [], []
    steps = [
        answers.Step(
            title=step.title, clause=step.clause, text=step.formula,
            result=amount(step.output) if step.is_money else answers.Amount(fen=0, text=step.result),
        )
        for step in formulas
    ]  # fmt: skip
    return told, steps


def _lines(sight: Sight, lines: list[dict[str, Any]], terms: Terms | None) -> list[answers.PaidLine]:
    titles = {} if terms is None else {line.id: said(line.title, sight.lang) for line in terms.lines}
    return [
        answers.PaidLine(
            line_id=line["line_id"], title=_title(line["line_id"], titles) or line["coverage"],
            claimed=amount(line["claimed_fen"]), payable=amount(line["payable_fen"]),
        )
        for line in lines
    ]  # fmt: skip


def _title(line_id: str, titles: dict[str, str]) -> str:
    """The title of a line by its id ``UNIT/UNIT:LINE`` or ``UNIT/UNIT:LINE:ROW``; empty when the terms have no such line."""
    found = [(titles[part], part) for part in line_id.rpartition("/")[2].split(":")[1:] if part in titles]
    row = line_id.rpartition(":")[2]
    return "" if not found else found[0][0] + (f" {row}" if row != found[0][1] else "")


def _decision(sight: Sight, claim: Claim, terms: Terms | None) -> answers.Decision | None:
    """The decision, or the referral while it is younger (a reopened claim)."""
    decided, referred = _section(sight, claim, SectionName.DECISION), _section(sight, claim, SectionName.REFERRAL)
    if decided is not None and (referred is None or decided.round >= referred.round):
        return _decided(sight, decided, terms)
    if referred is None:
        return None
    reasons = referred.payload["referral"]["reasons"]
    return answers.Decision(
        decision=sight.coded("decision", "refer"), by="machine", signed_by=None, at=referred.written_at, round=referred.round, total=None,
        zero_cause=None, lines=[], grounds=None, reasons=[finding_title(sight, code) for code in reasons],
    )  # fmt: skip


def _decided(sight: Sight, section: Section, terms: Terms | None) -> answers.Decision:
    decision, by = section.payload["decision"], str(section.payload["by"])
    person = by.removeprefix("person:") if by.startswith("person:") else None
    who: Literal["machine", "person"] = "machine" if person is None else "person"
    grounds, cause, total = decision.get("grounds"), decision.get("zero_cause"), decision.get("total_fen")
    return answers.Decision(
        decision=sight.coded("decision", decision["decision"]), by=who, signed_by=None if person is None else display_name(sight, person),
        at=section.written_at, round=section.round, total=None if total is None else amount(total),
        zero_cause=None if cause is None else sight.coded("zero", cause).title, lines=_lines(sight, decision.get("lines", []), terms),
        grounds=None if grounds is None else answers.Grounds(clause=grounds["clause"], fact=grounds["fact"], reason=grounds["reason_zh"]),
        reasons=[] if grounds is None else [finding_title(sight, code) for code in grounds["codes"]],
    )  # fmt: skip


def display_name(sight: Sight, account_id: str) -> str:
    """The name under which a colleague acts; the account's id when the account is gone."""
    try:
        return identity.get_account(sight.conn, vault=sight.door.platform.vault, account_id=account_id).display_name
    except NotFound:
        return account_id
