"""The calculation in words, rendered on demand from the product's own texts: for the customer, or every step for the auditor."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Literal

from anpei.claims.benefit._form import BenefitInvalid
from anpei.claims.benefit._words import Words
from anpei.claims.benefit.model import AssessedUnit, Assessment, Step, ZeroCause
from anpei.kernel.money import Money
from anpei.records.products.model import StepTerms, Terms, said

_ZERO_PHRASE = {
    ZeroCause.DEDUCTIBLE: "zero_deductible",
    ZeroCause.LIMIT: "zero_limit",
    ZeroCause.COMPENSATED: "zero_compensated",
}
_SIGNS = {"sum": " + ", "gather": " + ", "carried": " + ", "subtract": " − ", "ratio": " × ", "multiply": " × ", "later": " + "}
_BRACES = {
    "smaller": "lesser", "deductible": "lesser", "cap": "lesser", "larger": "greater", "largest": "greater", "count": "counted",
    "worst": "worst", "number": "number", "all": "all", "any": "any", "not": "not", "clamp": "within", "share": "shared",
    "table": "table", "is": "table",
}  # fmt: skip
_RELATIONS = {"less": "<", "at_most": "≤", "equal": "=", "at_least": "≥", "more": ">"}
_YES_NO = frozenset({"compare", "is", "all", "any", "not"})


def explain(*, assessment: Assessment, terms: Terms, lang: str = "zh", depth: Literal["customer", "auditor"] = "customer") -> list[str]:
    """Sentences in order. ``customer``: what mattered, in plain words; ``auditor``: every step with clause and formula.

    Raises BenefitInvalid when the terms are not those of the assessment.
    """
    _same(assessment, terms)
    words = Words(terms, lang)
    by_id = {step.id: step for step in terms.steps}
    told: list[str] = []
    for unit in assessment.units:
        told.append(words.phrase("unit").format(day=unit.on.isoformat(), id=unit.id))
        steps = _steps_of(assessment, unit, terms)
        if depth == "auditor":
            told += [_formula(step, by_id[step.id], words) for step in steps]
        else:
            told += [_say(step, by_id[step.id], words) for step in steps if by_id[step.id].say and _matters(step, by_id[step.id], terms)]
        if unit.zero_cause is not ZeroCause.NONE and len(assessment.units) > 1:
            told.append(words.phrase(_ZERO_PHRASE.get(unit.zero_cause, "zero_other")))
    if assessment.total_fen == 0:
        told.append(words.phrase(_ZERO_PHRASE.get(assessment.zero_cause, "zero_other")))
    else:
        told.append(words.phrase("total").format(total=Money(assessment.total_fen).decimal()))
    return told


@dataclass(frozen=True, slots=True)
class ToldStep:
    """One step in words: title, clause, formula, and its result as it is read; ``is_money`` unless it is a day, grade, count or yes/no."""

    of: str
    title: str
    clause: str
    formula: str
    result: str
    output: int
    is_money: bool


def told_steps(*, assessment: Assessment, terms: Terms, lang: str = "zh") -> list[ToldStep]:
    """Every step as the auditor reads it, in parts. Raises BenefitInvalid when the terms are not those of the assessment."""
    _same(assessment, terms)
    words = Words(terms, lang)
    by_id = {step.id: step for step in terms.steps}
    return [
        ToldStep(
            of=step.of,
            title=said(by_id[step.id].title, lang),
            clause=step.clause,
            formula=_calculated(step, by_id[step.id], words),
            result=words.shown(step.output, step.output_fen),
            output=step.output_fen,
            is_money=by_id[step.id].unit == "fen",
        )
        for step in assessment.steps
    ]


def _same(assessment: Assessment, terms: Terms) -> None:
    if terms.digest != assessment.terms_digest:
        raise BenefitInvalid("these terms are not the ones the assessment was made with: take those with its terms_digest")


def _steps_of(assessment: Assessment, unit: AssessedUnit, terms: Terms) -> list[Step]:
    if terms.unit == "event":
        return list(assessment.steps)
    return [step for step in assessment.steps if step.of in {unit.id, *unit.bill_ids}]


def _applies(step: Step, data: StepTerms) -> bool:
    """Whether the step's conditions held; they stand at the end of its inputs."""
    asked = dict(step.inputs)
    return (not data.when or asked[data.when] == 1) and (not data.unless or asked.get(data.unless, 0) == 0)


def _matters(step: Step, data: StepTerms, terms: Terms) -> bool:
    """Whether a step changed anything that the customer would want to know. By event, most coverages of a product are not touched."""
    if not _applies(step, data):
        return False
    if step.operation in {"cap", "count"}:
        return step.output_fen != step.inputs[0][1]
    if terms.unit == "event":
        return step.output_fen > 0
    if step.operation == "ratio":
        return step.inputs[0][1] > 0
    return step.operation in {"sum", "subtract", "smaller", "choose"} or step.output_fen > 0


def _values(step: Step, data: StepTerms) -> list[tuple[str, int]]:
    """The inputs without the yes/no values that only chose among cases."""
    flags = {case.when for operand in data.operands for case in operand.cases if case.when}
    asked = {data.when, data.unless}
    return [(name, value) for name, value in step.inputs if name not in flags and (name not in asked or step.operation in _YES_NO)]


def _row(step: Step, words: Words) -> str:
    """The row that a step was done for: ``受害人 v1：``; empty for bills, visits and the event."""
    name, _, row = step.of.partition("/")
    return f"{words.title(name)} {row}: " if row and name in {listed.name for listed in words.terms.lists} else ""


def _say(step: Step, data: StepTerms, words: Words) -> str:
    values = _values(step, data)
    shown = {name.replace(".", "_"): words.shown(name, value) for name, value in values}
    if step.operation == "ratio":
        name, value = values[-1]
        shown["rate"] = words.shown(name, value)
    shown[step.output] = words.shown(step.output, step.output_fen)
    named = {case.name.replace(".", "_"): "-" for operand in data.operands for case in operand.cases}
    return _row(step, words) + said(data.say, words.lang).format(**{**named, **shown})


def _formula(step: Step, data: StepTerms, words: Words) -> str:
    return f"{step.of} · {said(data.title, words.lang)} [{step.clause}]: {_calculated(step, data, words)}"


def _calculated(step: Step, data: StepTerms, words: Words) -> str:
    if not _applies(step, data):
        asked = "; ".join(words.named(name, value) for name, value in step.inputs if name in {data.when, data.unless})
        return f"{words.phrase('not_applicable')} ({asked})"
    parts = [words.named(name, value) for name, value in _values(step, data)]
    rounding = f" [{words.phrase(step.rounding)}]" if step.rounding else ""
    return f"{_body(step, data, parts, words)} = {words.shown(step.output, step.output_fen)}{rounding}"


def _body(step: Step, data: StepTerms, parts: Sequence[str], words: Words) -> str:
    if step.operation in _SIGNS:
        return _SIGNS[step.operation].join(parts) or "0"
    if step.operation == "proportion":
        return f"{parts[0]} × {parts[1]} ÷ {parts[2]}"
    if step.operation == "compare":
        return f"{parts[0]} {_RELATIONS[str(data.setting('is'))]} {parts[1]}"
    if step.operation in {"days", "months"}:
        return f"{words.phrase(step.operation)} {{{'; '.join(parts)}}}"
    if step.operation == "choose":
        return parts[0]
    promoted = (
        words.phrase("promoted") if step.operation == "worst" and step.output_fen < min(v for _, v in step.inputs[: len(parts)]) else ""
    )
    return f"{words.phrase(_BRACES[step.operation])} {{{'; '.join(parts)}}}{promoted}"
