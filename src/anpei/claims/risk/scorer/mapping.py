"""Which column of the user's table is what (映射): outcome, time, id, numbers, categories, groups. A YAML file of the user's; no name is
built in. Columns that must never move a score (sex, nationality and the like) are refused by name; the list is data.
"""

import re
from collections.abc import Mapping
from typing import Literal, Self

from pydantic import BaseModel, ConfigDict, Field, model_validator

from anpei.engines.knowledge import KnowledgeError

MAX_FEATURES = 200


class FeatureForbidden(KnowledgeError):
    """A column that must never move a score is mapped as a feature; ``data`` holds the column and why."""

    code = "risk.feature_forbidden"


class _Part(BaseModel):
    model_config = ConfigDict(extra="forbid", frozen=True)


class OutcomeColumn(_Part):
    """The column that says what a case turned out to be. Rows with neither value are left out and counted."""

    column: str
    positive: tuple[str, ...] = Field(min_length=1)
    negative: tuple[str, ...] = Field(min_length=1)

    @model_validator(mode="after")
    def _apart(self) -> Self:
        if both := set(self.positive) & set(self.negative):
            raise ValueError(f"the value {min(both)!r} is positive and negative: keep it in one list")
        return self


class FeatureColumn(_Part):
    """A column that may move the score, with its name for people."""

    column: str
    zh: str = ""
    en: str = ""


class HistoryMapping(_Part):
    """The user's mapping file. ``id``: names a row. ``time``: when the case was known, a day or an instant. ``groups``: columns that are
    never features, by which the report compares how often people are picked. ``outcome_known_after_days``: so long an outcome is open.
    """

    schema_version: Literal[1]
    outcome: OutcomeColumn
    time: str
    id: str
    numeric: tuple[FeatureColumn, ...] = ()
    category: tuple[FeatureColumn, ...] = ()
    groups: tuple[str, ...] = ()
    outcome_known_after_days: int = Field(default=0, ge=0, le=3650)

    @model_validator(mode="after")
    def _consistent(self) -> Self:
        names = [part.column for part in (*self.category, *self.numeric)]
        if not names:
            raise ValueError("no feature is named: list columns under numeric or category")
        if len(names) > MAX_FEATURES:
            raise ValueError(f"{len(names)} features are named, at most {MAX_FEATURES} are taken: leave out the weakest")
        taken = [self.outcome.column, self.time, self.id, *names, *self.groups]
        twice = sorted({name for name in taken if taken.count(name) > 1})
        if twice:
            raise ValueError(f"the column {twice[0]!r} has two parts to play: each column has one")
        return self

    @property
    def features(self) -> tuple[str, ...]:
        """The features in the order of the model: categories first, then numbers."""
        return tuple(part.column for part in (*self.category, *self.numeric))

    @property
    def columns(self) -> tuple[str, ...]:
        """Every column that is read."""
        return (self.id, self.time, self.outcome.column, *self.features, *self.groups)

    def title(self, column: str, *, lang: Literal["zh", "en"]) -> str:
        """A feature's name for people; the column's own name when the file gives none."""
        part = next(part for part in (*self.category, *self.numeric) if part.column == column)
        return getattr(part, lang) or column


class NeverFeature(_Part):
    """A matter that never moves a score. ``words``: whole words of a column's name; ``parts``: pieces of one (for Chinese names)."""

    id: str
    zh: str
    en: str
    words: tuple[str, ...] = ()
    parts: tuple[str, ...] = ()
    reference: str

    def is_meant_by(self, column: str) -> bool:
        """Whether a column's name speaks of this."""
        said = _words(column)
        joined = "_".join(said)
        told = any(re.search(rf"(^|_){re.escape(word)}(_|$)", joined) for word in self.words)
        return told or any(part in column for part in self.parts)


def _words(column: str) -> list[str]:
    """``insuredSex``, ``insured_sex`` and ``INSURED SEX`` all give insured, sex."""
    split = re.sub(r"(?<=[a-z0-9])(?=[A-Z])", "_", column)
    return [word for word in re.split(r"[^0-9a-z]+", split.lower()) if word]


def check_features(mapping: HistoryMapping, *, never: tuple[NeverFeature, ...]) -> None:
    """Raise FeatureForbidden when a feature's name, or its name for people, speaks of what must never move a score."""
    for part in (*mapping.category, *mapping.numeric):
        for name in (part.column, part.zh, part.en):
            matter = next((one for one in never if name and one.is_meant_by(name)), None)
            if matter is not None:
                raise FeatureForbidden(
                    f"the column {part.column!r} speaks of {matter.en} ({matter.zh}), which never moves a score ({matter.reference}): "
                    "take it out of the features; under groups the report still compares by it",
                    data={"column": part.column, "matter": matter.id},
                )


def mapping_data(mapping: HistoryMapping) -> Mapping[str, object]:
    """The mapping as plain data, for the manifest of a model."""
    data: Mapping[str, object] = mapping.model_dump(mode="json")
    return data
