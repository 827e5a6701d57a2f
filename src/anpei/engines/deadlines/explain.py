"""Says in words how a deadline came about; the phrases are rulebook data in two languages."""

from collections.abc import Mapping
from datetime import date

from pydantic import BaseModel, ConfigDict, model_validator

from anpei.engines.deadlines.model import Deadline, StepKind, Unit
from anpei.engines.knowledge import Rulebook

LANGUAGES = ("zh", "en")


class Phrases(BaseModel):
    """The phrase of each step and the name of each unit, per language. Placeholders: {day}, {number}, {unit}."""

    model_config = ConfigDict(extra="forbid", frozen=True)

    id: str
    title: Mapping[str, str]
    owner: str
    status: str
    units: Mapping[str, Mapping[Unit, str]]
    steps: Mapping[str, Mapping[StepKind, str]]

    @model_validator(mode="after")
    def _complete(self) -> "Phrases":
        for language in LANGUAGES:
            if set(self.steps.get(language, {})) != set(StepKind) or set(self.units.get(language, {})) != set(Unit):
                raise ValueError(f"the language {language} needs a phrase for every step and a name for every unit")
        return self


def load_phrases(rulebook: Rulebook) -> Phrases:
    """The phrases in ``clocks/phrases.yaml``."""
    return rulebook.load("clocks/phrases.yaml", Phrases)


def explain(deadline: Deadline, *, phrases: Phrases, language: str = "zh") -> list[str]:
    """One sentence for each step of the reasoning."""
    units, sentences = phrases.units[language], phrases.steps[language]
    return [
        sentences[step.kind].format(day=_day_text(step.on, language), number=step.number, unit=units[step.unit]) for step in deadline.steps
    ]


def _day_text(day: date, language: str) -> str:
    return f"{day.year}年{day.month}月{day.day}日" if language == "zh" else day.isoformat()
