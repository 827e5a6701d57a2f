"""The form of ``rulebook/likeness.yaml``: what counts as near, and how much each value tells."""

import re
from functools import cached_property
from typing import Literal

from pydantic import BaseModel, ConfigDict, Field, field_validator

from anpei.engines.knowledge import Rulebook

FILE = "likeness.yaml"


class _Strict(BaseModel):
    model_config = ConfigDict(extra="forbid", frozen=True)


class Title(_Strict):
    """A name for people, in both languages."""

    zh: str
    en: str


class ImageRules(_Strict):
    """Picture hashes that differ in at most ``near_bits`` of 256 are of the same shot."""

    near_bits: int = Field(ge=0, le=256)


class Form(_Strict):
    """Values that a regular expression fits in full, and their weight."""

    pattern: str
    weight: int = Field(ge=0, le=20)

    @field_validator("pattern")
    @classmethod
    def _compiles(cls, pattern: str) -> str:
        try:
            re.compile(pattern)
        except re.error as error:
            raise ValueError(f"{pattern!r} is no regular expression ({error})") from error
        return pattern


class PaperRules(_Strict):
    """How a paper's values are weighed: ``fields`` by name, ``rows`` by column, everything else by its form (``forms``)."""

    near_bits: int = Field(ge=0, le=256)
    least_weight: int = Field(ge=1)
    fields: dict[str, int]
    rows: dict[str, int]
    forms: tuple[Form, ...]

    @cached_property
    def _forms(self) -> tuple[tuple[re.Pattern[str], int], ...]:
        return tuple((re.compile(form.pattern), form.weight) for form in self.forms)

    def weight_of(self, name: str, value: str) -> int:
        """How much the value of a field tells of which paper it is."""
        if name in self.fields:
            return self.fields[name]
        return next((weight for pattern, weight in self._forms if pattern.fullmatch(value)), 0)


class LikenessRules(_Strict):
    """All of the file."""

    id: str
    title: Title
    status: Literal["draft", "shadow", "live", "retired"]
    owner: str
    reference: str
    image: ImageRules
    paper: PaperRules


def load_rules(rulebook: Rulebook) -> LikenessRules:
    """Read ``likeness.yaml``. Raises KnowledgeError."""
    return rulebook.load(FILE, LikenessRules)
