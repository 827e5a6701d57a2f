"""The calculation in words, rendered on demand from the product's own texts: for the customer, or every step for the auditor."""

from collections.abc import Sequence
from typing import Literal

from anpei.claims.benefit._form import BenefitInvalid
from anpei.claims.benefit.model import Assessment, Step, ZeroCause
from anpei.kernel.money import Money
from anpei.records.products.model import BILL_FACTS, StepTerms, Terms, said

_ZERO_PHRASE = {
    ZeroCause.DEDUCTIBLE: "zero_deductible",
    ZeroCause.LIMIT: "zero_limit",
    ZeroCause.COMPENSATED: "zero_compensated",
}
_SIGNS = {"sum": " + ", "gather": " + ", "subtract": " − ", "ratio": " × "}


def explain(*, assessment: Assessment, terms: Terms, lang: str = "zh", depth: Literal["customer", "auditor"] = "customer") -> list[str]:
    """Sentences in order. ``customer``: what mattered, in plain words; ``auditor``: every step with clause and formula.

    Raises BenefitInvalid when the terms are not those of the assessment.
    """
    if terms.digest != assessment.terms_digest:
        raise BenefitInvalid("these terms are not the ones the assessment was made with: take those with its terms_digest")
    phrases = dict(terms.phrases)
    by_id = {step.id: step for step in terms.steps}
    told: list[str] = []
    for unit in assessment.units:
        told.append(said(phrases["unit"], lang).format(day=unit.on.isoformat(), id=unit.id))
        steps = [step for step in assessment.steps if step.of in {unit.id, *unit.bill_ids}]
        if depth == "auditor":
            told += [_formula(step, by_id[step.id], terms, lang) for step in steps]
        else:
            told += [_say(step, by_id[step.id], terms, lang) for step in steps if by_id[step.id].say and _matters(step)]
        if unit.zero_cause is not ZeroCause.NONE and len(assessment.units) > 1:
            told.append(said(phrases[_ZERO_PHRASE.get(unit.zero_cause, "zero_other")], lang))
    if assessment.total_fen == 0:
        told.append(said(phrases[_ZERO_PHRASE.get(assessment.zero_cause, "zero_other")], lang))
    else:
        told.append(said(phrases["total"], lang).format(total=Money(assessment.total_fen).decimal()))
    return told


def _matters(step: Step) -> bool:
    """Whether a step changed anything that the customer would want to know."""
    if step.operation in {"cap", "count"}:
        return step.output_fen != step.inputs[0][1]
    if step.operation == "ratio":
        return step.inputs[0][1] > 0
    if step.operation in {"deductible", "gather"}:
        return step.output_fen > 0
    return True


def _unit_of(name: str, terms: Terms) -> str:
    if name.endswith(".left"):
        kind = next(a.kind for a in terms.accumulators if a.name == name.removesuffix(".left"))
        return "count" if kind == "count" else "yuan"
    return next((p.unit for p in terms.parameters if p.name == name), "yuan")


def _shown(name: str, value: int, terms: Terms) -> str:
    unit = _unit_of(name, terms)
    if unit == "yuan":
        return Money(value).decimal()
    if unit == "bp":
        return f"{value // 100}%" if value % 100 == 0 else f"{value // 100}.{value % 100:02d}".rstrip("0") + "%"
    return str(value)


def _values(step: Step, flags: Sequence[str]) -> list[tuple[str, int]]:
    return [(name, value) for name, value in step.inputs if name not in flags]


def _say(step: Step, data: StepTerms, terms: Terms, lang: str) -> str:
    flags = _flags(data)
    shown = {name.replace(".", "_"): _shown(name, value, terms) for name, value in _values(step, flags)}
    if step.operation == "ratio":
        name, value = step.inputs[-1]
        shown["rate"] = _shown(name, value, terms)
    shown[step.output] = Money(step.output_fen).decimal()
    return said(data.say, lang).format(**shown)


def _flags(data: StepTerms) -> list[str]:
    return [case.when for operand in data.operands for case in operand.cases if case.when]


def _label(name: str, terms: Terms, lang: str) -> str:
    bare = name.split("[", 1)[0].removesuffix(".left")
    titles = {
        **{fact: (("en", en), ("zh", zh)) for fact, (zh, en) in BILL_FACTS.items()},
        **{p.name: p.title for p in terms.parameters},
        **{step.output: step.title for step in terms.steps},
    }
    if name.endswith(".left"):
        titles = {a.name: a.title for a in terms.accumulators}
    return said(titles[bare], lang)


def _formula(step: Step, data: StepTerms, terms: Terms, lang: str) -> str:
    phrases = dict(terms.phrases)
    parts = [f"{_label(name, terms, lang)} {_shown(name, value, terms)}" for name, value in _values(step, _flags(data))]
    if step.operation in _SIGNS:
        body = _SIGNS[step.operation].join(parts)
    elif step.operation == "choose":
        body = parts[0]
    else:
        word = phrases["counted" if step.operation == "count" else "lesser"]
        body = f"{said(word, lang)} {{{'; '.join(parts)}}}"
    rounding = f" [{said(phrases[step.rounding], lang)}]" if step.rounding else ""
    return f"{step.of} · {said(data.title, lang)} [{step.clause}]: {body} = {Money(step.output_fen).decimal()}{rounding}"
