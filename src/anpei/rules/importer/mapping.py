"""The form of import mappings (``rulebook/mappings/*.yaml``): which columns a table has, how they join, what a line says.

A layout is recognised by its header columns, never by the file's name. All layouts of a mapping share its ``values``.
"""

import re
from collections.abc import Mapping as MappingOf
from collections.abc import Sequence
from datetime import date
from functools import cached_property
from typing import Annotated, Any

from pydantic import AfterValidator, BaseModel, ConfigDict, Field, model_validator

from anpei.engines.knowledge import Rulebook
from anpei.rules.model import Status, normalise_name
from anpei.rules.templates.forms import Slug, Text, Word

FOLDER = "mappings"


def _compiles(text: str) -> str:
    try:
        re.compile(text)
    except re.error as error:
        raise ValueError(f"not a regular expression: {error}") from error
    return text


Form = Annotated[str, AfterValidator(_compiles)]
"""A regular expression that a whole cell or code must have."""


class _Part(BaseModel):
    model_config = ConfigDict(extra="forbid", frozen=True)


class Condition(_Part):
    """When a rule applies, about one field: one of these texts, part of it, a form it has, or whether it is filled in at all."""

    field: Word
    equals: list[str] = []
    contains: list[str] = []
    matches: Form | None = None
    present: bool | None = None

    @model_validator(mode="after")
    def _one_question(self) -> "Condition":
        if sum((bool(self.equals), bool(self.contains), self.matches is not None, self.present is not None)) != 1:
            raise ValueError("a condition has exactly one of equals, contains, matches, present")
        return self

    @cached_property
    def _equals(self) -> frozenset[str]:
        return frozenset(map(normalise_name, self.equals))

    @cached_property
    def _contains(self) -> tuple[str, ...]:
        return tuple(map(normalise_name, self.contains))

    def holds(self, text: str) -> bool:
        """Whether the cell's text fulfils the condition."""
        cell = normalise_name(text)
        if self.equals:
            return cell in self._equals
        if self.contains:
            return any(part in cell for part in self._contains)
        if self.matches:
            return re.fullmatch(self.matches, cell) is not None
        return bool(cell) is self.present


class Take(_Part):
    """Where a parameter comes from: a field or a fixed value.

    The cell must have the ``form``, of which the first group is taken; it is translated by ``values``, multiplied (``times``, giving a
    whole number), split at ``separators``. Texts are written as codes are compared, with ``name`` as names are.
    """

    field: Word | None = None
    form: Form | None = None
    values: Word | None = None
    times: int | None = Field(default=None, ge=1)
    name: bool = False
    separators: str | None = None
    optional: bool = False
    fixed: int | str | bool | list[str] | None = None

    @model_validator(mode="after")
    def _one_origin(self) -> "Take":
        if (self.field is None) == (self.fixed is None):
            raise ValueError("a parameter has a field or a fixed value, one of the two")
        return self


class TakeSet(_Part):
    """Several parameters at once: the entry of ``values`` for the field's text."""

    field: Word
    values: Word


class Spread(_Part):
    """One rule per part of a cell: the parameter takes each part in turn."""

    parameter: Word
    field: Word
    separators: str = Field(min_length=1)


class Names(_Part):
    """What a cell names, as patterns: one per alternative ``(a|b)``. Codes of the form ``exact`` stand for themselves, of the form
    ``prefix`` for all that start so; those of the form ``with_words`` only together with the alternatives of the cell ``words``.
    """

    field: Word
    exact: Form
    prefix: Form | None = None
    with_words: Form | None = None
    words: Word | None = None

    @model_validator(mode="after")
    def _words_belong(self) -> "Names":
        if (self.with_words is None) != (self.words is None):
            raise ValueError("with_words and words belong together: give both or neither")
        return self


class Joined(_Part):
    """The parameter that names other subjects, and what it names: one rule per alternative.

    Where the other's prefix also starts the subject's own, the item without addition is meant: ``base`` is appended to the prefix.
    """

    parameter: Word
    names: Names
    base: str = ""


class RuleOut(_Part):
    """What a line says: a template with parameters, or a reason to refuse. ``last`` ends the search when it applied.

    ``subject`` gives the rows another subject than the layout's; ``status: shadow`` keeps the rows from counting.
    """

    when: list[Condition] = []
    template: Slug | None = None
    subject: Names | None = None
    joined: Joined | None = None
    status: Status | None = None
    parameters: dict[Word, Take] = {}
    parameter_set: TakeSet | None = None
    spread: Spread | None = None
    refuse: Text | None = None
    last: bool = False

    @model_validator(mode="after")
    def _one_outcome(self) -> "RuleOut":
        if (self.template is None) == (self.refuse is None):
            raise ValueError("a rule has a template or a refuse sentence, one of the two")
        return self


class TableForm(_Part):
    """A table by its columns: field name -> the header texts that mean it. Fields not in ``optional`` must be there."""

    name: Word
    columns: dict[Word, list[str]] = Field(min_length=1)
    optional: list[Word] = []

    def match(self, header: Sequence[str]) -> dict[str, int] | None:
        """The column of each field, or None when a needed one is missing or stands twice."""
        cells = [normalise_name(cell) for cell in header]
        found: dict[str, int] = {}
        for field, names in self.columns.items():
            wanted = {normalise_name(name) for name in names}
            places = [index for index, cell in enumerate(cells) if cell in wanted]
            if len(places) > 1 or (not places and field not in self.optional):
                return None
            if places:
                found[field] = places[0]
        return found


class Layout(_Part):
    """One table, or two that are joined: ``rules`` has the statement per name, ``codes`` the codes of that name."""

    title: Text
    rules: TableForm
    codes: TableForm | None = None
    join: list[Word] = []
    subject: Word
    subject_form: Form = ".{1,80}"
    subject_is: str = Field(default="code", pattern="^(code|name)$")
    name: Word | None = None
    ignore: list[Condition] = []
    out: list[RuleOut] = Field(min_length=1)
    without_rule: str = Field(default="refuse", pattern="^(refuse|skip)$")

    @model_validator(mode="after")
    def _fields_exist(self) -> "Layout":
        if (self.codes is None) != (not self.join):
            raise ValueError("codes and join belong together: give both or neither")
        fields = set(self.rules.columns) | (set(self.codes.columns) if self.codes else set())
        for field in self.join:
            if field not in self.rules.columns or self.codes is None or field not in self.codes.columns:
                raise ValueError(f"the join field {field} must be a column of both tables")
        used = {self.subject, *({self.name} if self.name else set()), *(condition.field for condition in self.ignore)}
        for rule in self.out:
            used |= {condition.field for condition in rule.when} | {take.field for take in rule.parameters.values() if take.field}
            used |= ({rule.parameter_set.field} if rule.parameter_set else set()) | ({rule.spread.field} if rule.spread else set())
            for names in (rule.subject, rule.joined.names if rule.joined else None):
                used |= ({names.field} | ({names.words} if names.words else set())) if names else set()
        if used - fields:
            raise ValueError(f"unknown fields: {', '.join(sorted(used - fields))}; the tables have {', '.join(sorted(fields))}")
        return self

    @property
    def forms(self) -> list[TableForm]:
        """The tables of the layout."""
        return [self.rules] if self.codes is None else [self.rules, self.codes]


class Values(_Part):
    """Translations of cell texts: to a value, or to a set of parameters. With the reference they stand on."""

    reference: str
    status: str = Field(default="verified", pattern="^(verified|to_verify)$")
    entries: dict[str, str | int | bool | dict[Word, int | str | bool]] = Field(min_length=1)

    def find(self, text: str) -> Any:
        """The entry for a cell's text, or None."""
        return self._by_name.get(normalise_name(text))

    @cached_property
    def _by_name(self) -> dict[str, Any]:
        """The entries by the words as they are compared; of two that are the same the first."""
        return {normalise_name(key): value for key, value in reversed(self.entries.items())}


class Mapping(_Part):
    """An import mapping. ``document`` is what rows name as their source and part of their stable ids."""

    id: Slug
    title: Text
    status: Status
    owner: str
    reference: str
    effective_from: date
    document: str
    rows_valid_from: date | None = None
    values: dict[Word, Values] = {}
    layouts: list[Layout] = Field(min_length=1)

    @model_validator(mode="after")
    def _values_exist(self) -> "Mapping":
        for number, layout in enumerate(self.layouts):
            for rule in layout.out:
                named = {take.values for take in rule.parameters.values() if take.values}
                named |= {rule.parameter_set.values} if rule.parameter_set else set()
                if named - set(self.values):
                    raise ValueError(f"layouts.{number}: unknown values {', '.join(sorted(named - set(self.values)))}")
        return self


def load_mappings(rulebook: Rulebook) -> MappingOf[str, Mapping]:
    """All mappings of the rulebook by id. Raises KnowledgeError that names file, line and field."""
    return {mapping.id: mapping for _, mapping in rulebook.load_all(FOLDER, Mapping)}
