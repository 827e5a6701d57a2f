"""The answer to a what-if question in words, for the API and the terminal alike."""

from dataclasses import replace

from anpei.claims import benefit
from anpei.claims.audit.model import FindingsTable, Outcome
from anpei.claims.benefit import Assessment
from anpei.claims.decision.coordination import ELSEWHERE, SOCIAL
from anpei.claims.what_if.forecast import Verdict
from anpei.entrypoints.api.answers.base import Amount, Coded
from anpei.entrypoints.api.answers.platform import NeededPaper
from anpei.entrypoints.api.answers.reasoning import PaidLine, Step
from anpei.entrypoints.api.answers.what_if import Met, MissingFact, NameMatch, Offered, WhatIf
from anpei.entrypoints.api.words import Lang, Words
from anpei.journeys.what_if import Told
from anpei.kernel.money import Money
from anpei.records.products.model import DocumentWanted, Terms, said

SHORT = 12
"""Signs of a snapshot's id that people are shown."""


def answer_of(told: Told, *, words: Words, findings: FindingsTable, lang: Lang) -> WhatIf:
    """Everything in one language."""
    now, terms = told.forecast, told.terms
    reasons = [findings.kind(code) for code in now.reasons]
    return WhatIf(
        product=said(terms.title, lang), plan=said(terms.plan_title, lang), version=terms.version,
        occurred_on=now.case.facts["event"]["occurred_on"], snapshot=told.snapshot_id,
        verdict=_coded(words, "verdict", now.verdict.value, lang), text=_text(told, words, lang), sure=_amount(now.sure_fen),
        total=None if now.total_fen is None else _amount(now.total_fen), **_calculated(now.outputs.assessment, terms, lang),
        findings=_findings(told, findings, lang), person=bool(reasons),
        reasons=[Coded(code=kind.code, title=getattr(kind, f"customer_{lang}")) for kind in reasons],
        missing=[MissingFact(field=field, title=_missing(field, terms, words, lang)) for field in now.missing],
        matches=[
            NameMatch(field=m.field, kind=m.kind, given=m.given, found=m.found, how=m.how, offers=list(m.offers)) for m in told.matches
        ],
        changes=[
            Offered(id=d.change.id, title=d.title(lang), text=d.text(lang), sure=_amount(d.forecast.sure_fen), gain=_amount(d.gain_fen))
            for d in told.differences
        ],
        papers=[_paper(one, words, lang) for one in told.papers], several=_several(told, words, lang),
        rests_on=[_rests(code, told, words, lang) for code in told.rests_on],
    )  # fmt: skip


def _amount(fen: int) -> Amount:
    return Amount(fen=fen, text=str(Money(fen)))


def _coded(words: Words, group: str, code: str, lang: Lang) -> Coded:
    return Coded(code=code, title=words.title(group, code, lang))


def _text(told: Told, words: Words, lang: Lang) -> str:
    verdict, total = told.forecast.verdict, told.forecast.total_fen or 0
    values = {"amount": str(Money(total))} if verdict in (Verdict.PAYS, Verdict.PERSON) else {}
    return words.say(f"verdict_text.{verdict.value}", lang, **values)


def _calculated(assessment: Assessment | None, terms: Terms, lang: Lang) -> dict[str, object]:
    """The calculation at both depths, and its lines."""
    if assessment is None:
        return {"told": [], "steps": [], "lines": []}
    steps = [
        Step(
            title=step.title, clause=step.clause, text=step.formula,
            result=_amount(step.output) if step.is_money else Amount(fen=0, text=step.result),
        )
        for step in benefit.told_steps(assessment=assessment, terms=terms, lang=lang)
    ]  # fmt: skip
    titles = {line.id: said(line.title, lang) for line in terms.lines}
    lines = [
        PaidLine(
            line_id=line.id, title=next((titles[part] for part in line.id.split(":") if part in titles), line.coverage),
            claimed=_amount(line.claimed_fen), payable=_amount(line.payable_fen),
        )
        for line in assessment.lines
    ]  # fmt: skip
    return {"told": benefit.explain(assessment=assessment, terms=terms, lang=lang), "steps": steps, "lines": lines}


def _findings(told: Told, table: FindingsTable, lang: Lang) -> list[Met]:
    """What the audit would find, each code once; what is a mere note is left out."""
    codes = dict.fromkeys(item.code for item in told.forecast.outputs.findings)
    kinds = [kind for kind in map(table.kind, codes) if kind.outcome is not Outcome.NOTE]
    return [
        Met(code=k.code, title=getattr(k, f"title_{lang}"), text=getattr(k, f"customer_{lang}"), outcome=k.outcome.value) for k in kinds
    ]


def _missing(field: str, terms: Terms, words: Words, lang: Lang) -> str:
    """What a missing field asks for: its own text, else the title that the product gives it."""
    name = field.rpartition(".")[2]
    if words.has(f"missing.{name}"):
        return words.say(f"missing.{name}", lang)
    return next((said(item.title, lang) for item in terms.inputs if item.name == name), name)


def _paper(one: DocumentWanted, words: Words, lang: Lang) -> NeededPaper:
    return NeededPaper(kinds=[_coded(words, "kind", kind, lang) for kind in one.any_of], why=said(one.why, lang), when="")


def _several(told: Told, words: Words, lang: Lang) -> list[str]:
    """Who pays what of the loss, where the insured has more policies that answer for it."""
    if told.coordination is None:
        return []
    titles = {terms.product_id: f"《{said(terms.title, lang)}》" for terms in (told.terms, *told.others)}
    titles |= {SOCIAL: "", ELSEWHERE: words.say("payer.elsewhere", lang)}
    paid = tuple(replace(one, payer_id=titles[one.payer_id.partition("#")[0]]) for one in told.coordination.paid)
    return benefit.explain_coordination(replace(told.coordination, paid=paid), lang=lang)


def _rests(code: str, told: Told, words: Words, lang: Lang) -> str:
    values = {"terms": {"version": told.terms.version}, "rules": {"snapshot": told.snapshot_id[:SHORT]}}.get(code, {})
    return words.say(f"rests.{code}", lang, **values)
