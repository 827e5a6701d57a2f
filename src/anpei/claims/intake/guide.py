"""The guided report: the questions for one policy, pre-filled with what is held, and the list of papers that will be needed and why."""

from collections.abc import Collection, Iterator, Mapping
from dataclasses import dataclass
from typing import Any, Literal

from pydantic import BaseModel, ConfigDict

from anpei.claims.intake.declared import DeclaredFile, asked_inputs, load_declared
from anpei.engines.knowledge import Rulebook
from anpei.records.products.model import InputTerms, StepTerms, Terms, said

_TYPES = {"fen": "money", "bp": "rate", "date": "day", "flag": "choice"}
_YES_NO = (("true", "是", "yes"), ("false", "否", "no"))


class Option(BaseModel):
    """One choice; ``lines``: the lines of business for which it is offered (none: all)."""

    model_config = ConfigDict(extra="forbid", frozen=True)

    value: str
    title_zh: str
    title_en: str
    lines: frozenset[str] = frozenset()


class Question(BaseModel):
    """One question with the reason why it is asked; ``lines``: the lines of business in which it is asked (none: all)."""

    model_config = ConfigDict(extra="forbid", frozen=True)

    id: str
    type: Literal["choice", "day", "text"]
    title_zh: str
    title_en: str
    why_zh: str
    why_en: str
    options: tuple[Option, ...] = ()
    from_product: Literal["event_kinds"] | None = None
    held: str | None = None
    optional: bool = False
    lines: frozenset[str] = frozenset()


class GuideFile(BaseModel):
    """The file ``report.yaml``. ``why_declared``: why a fact that a product declares is asked, with ``{step}`` and ``{clause}``."""

    model_config = ConfigDict(extra="forbid", frozen=True)

    schema_version: int
    why_declared_zh: str
    why_declared_en: str
    questions: tuple[Question, ...]


@dataclass(frozen=True)
class Guide:
    """The questions, and where the facts that products declare come from."""

    file: GuideFile
    declared: DeclaredFile


def load_guide(rulebook: Rulebook) -> Guide:
    """Read ``report.yaml`` and ``declared.yaml``."""
    return Guide(rulebook.load("report.yaml", GuideFile), load_declared(rulebook))


def questions_for(
    guide: Guide, *, terms: Terms, held: Mapping[str, str], lang: str, read_by_rules: Collection[str] = ()
) -> list[dict[str, Any]]:  # fmt: skip
    """The questions to ask under these terms, those about the event together.

    ``held``: question id -> masked value that is known already (only to be confirmed). ``read_by_rules``: the facts that rules in force
    for this product read; what none reads is not asked.
    """
    asked = [_asked(one, terms=terms, held=held, lang=lang) for one in guide.file.questions if not one.lines or terms.line in one.lines]
    asked += [_of_rule(one, lang) for one in guide.declared.rules if one.fact in read_by_rules]
    asked += declared_questions(guide, terms=terms, lang=lang)
    order = {"event": 0, "declared": 1, "insured": 2}
    return sorted(asked, key=lambda question: order.get(question["id"].partition(".")[0], 3))


def _asked(question: Question, *, terms: Terms, held: Mapping[str, str], lang: str) -> dict[str, Any]:
    options = [option for option in question.options if not option.lines or terms.line in option.lines]
    shown = [{"value": option.value, "title": getattr(option, f"title_{lang}")} for option in options]
    if question.from_product:
        titles = {one["value"]: one["title"] for one in shown}
        shown = [{"value": kind, "title": titles.get(kind, kind)} for kind in terms.event_kinds]
    known = shown[0]["value"] if question.from_product and len(shown) == 1 else held.get(question.held) if question.held else None
    return _row(
        question.id, question.type, getattr(question, f"title_{lang}"), getattr(question, f"why_{lang}"), optional=question.optional,
        known=known, options=shown,
    )  # fmt: skip


def _of_rule(rule: Any, lang: str) -> dict[str, Any]:
    return _row(rule.id, rule.unit, getattr(rule, f"title_{lang}"), getattr(rule, f"why_{lang}"), optional=True)


def declared_questions(guide: Guide, *, terms: Terms, lang: str) -> list[dict[str, Any]]:
    """One question for each fact that the product needs and neither policy record nor papers give; for each list its columns."""
    asked = asked_inputs(terms, file=guide.declared)
    told = [_of_input(item, guide, terms=terms, lang=lang, under="declared") for item in asked.get("event", ())]
    for rows in terms.lists:
        if rows.name in asked:
            columns = [_of_input(item, guide, terms=terms, lang=lang, under=f"declared.{rows.name}") for item in asked[rows.name]]
            why = columns[0]["why"]
            told.append(_row(f"declared.{rows.name}", "list", said(rows.title, lang), why, optional=True) | {"columns": columns})
    return told


def _of_input(item: InputTerms, guide: Guide, *, terms: Terms, lang: str, under: str) -> dict[str, Any]:
    options: list[dict[str, str]] = []
    if item.unit == "flag":
        options = [{"value": value, "title": zh if lang == "zh" else en} for value, zh, en in _YES_NO]
    elif item.unit.startswith("code:"):
        options = [{"value": word, "title": said(title, lang)} for word, title in terms.options(item.unit.removeprefix("code:"))]
    step = next(_readers(item.name, terms), None)
    text = guide.file.why_declared_zh if lang == "zh" else guide.file.why_declared_en
    why = text.format(step=said(step.title if step else terms.title, lang), clause=step.clause if step else terms.reference)
    kind = "choice" if options else _TYPES.get(item.unit, item.unit)
    return _row(f"{under}.{item.name}", kind, said(item.title, lang), why, optional=item.given is not None, options=options)


def _readers(name: str, terms: Terms) -> Iterator[StepTerms]:
    """The steps that read a name, those that calculate with it before those that only ask for it."""
    yield from (step for step in terms.steps if any(case.name == name for operand in step.operands for case in operand.cases))
    asks = ((step, {step.when, step.unless, *(c.when for o in step.operands for c in o.cases)}) for step in terms.steps)
    yield from (step for step, names in asks if name in names)


def _row(
    id_: str, type_: str, title: str, why: str, *, optional: bool, known: str | None = None, options: list[dict[str, str]] | None = None
) -> dict[str, Any]:  # fmt: skip
    return {
        "id": id_, "type": type_, "title": title, "why": why, "optional": optional, "known": known, "options": options or [], "columns": [],
    }  # fmt: skip


def needed_documents(*, terms: Terms, event_kind: str, lang: str) -> list[dict[str, Any]]:
    """The papers that this kind of event will need, each with its reason, from the product."""
    return [
        {"any_of": list(wanted.any_of), "why": said(wanted.why, lang), "only_if": wanted.only_if}
        for wanted in terms.documents_for(event_kind)
    ]
