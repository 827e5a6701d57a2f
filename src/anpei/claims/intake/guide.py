"""The guided report: the questions for one policy, pre-filled with what is held, and the list of papers that will be needed and why."""

from collections.abc import Mapping
from typing import Any, Literal

from pydantic import BaseModel, ConfigDict

from anpei.engines.knowledge import Rulebook
from anpei.records.products.model import Terms, said


class Option(BaseModel):
    """One choice."""

    model_config = ConfigDict(extra="forbid", frozen=True)

    value: str
    title_zh: str
    title_en: str


class Question(BaseModel):
    """One question with the reason why it is asked."""

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


class GuideFile(BaseModel):
    """The file ``report.yaml``."""

    model_config = ConfigDict(extra="forbid", frozen=True)

    schema_version: int
    questions: tuple[Question, ...]


def load_guide(rulebook: Rulebook) -> GuideFile:
    """Read ``report.yaml``."""
    return rulebook.load("report.yaml", GuideFile)


def questions_for(guide: GuideFile, *, terms: Terms, held: Mapping[str, str], lang: str) -> list[dict[str, Any]]:
    """The questions to ask under these terms. ``held``: question id -> masked value that is known already (only to be confirmed)."""
    asked: list[dict[str, Any]] = []
    for question in guide.questions:
        options = [option for option in question.options if question.from_product is None or option.value in terms.event_kinds]
        if question.type == "choice" and len(options) == 1 and question.from_product:
            known: str | None = options[0].value
        else:
            known = held.get(question.held) if question.held else None
        asked.append(
            {
                "id": question.id, "type": question.type, "title": getattr(question, f"title_{lang}"),
                "why": getattr(question, f"why_{lang}"),
                "optional": question.optional, "known": known,
                "options": [{"value": option.value, "title": getattr(option, f"title_{lang}")} for option in options],
            }
        )  # fmt: skip
    return asked


def needed_documents(*, terms: Terms, event_kind: str, lang: str) -> list[dict[str, Any]]:
    """The papers that this kind of event will need, each with its reason, from the product."""
    return [
        {"any_of": list(wanted.any_of), "why": said(wanted.why, lang), "only_if": wanted.only_if}
        for wanted in terms.documents_for(event_kind)
    ]
