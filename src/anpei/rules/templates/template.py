"""Rule templates (规则模板): read from the rulebook, checked, compiled; each runs its own examples before it may be used."""

import string
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import date
from typing import Any

from pydantic import BaseModel, ConfigDict, Field, ValidationError, model_validator

from anpei.kernel.canonical import digest
from anpei.kernel.errors import InvalidInput
from anpei.rules.language import Expression, ExpressionError, Scope, compile_expression
from anpei.rules.model import Action, Grouping, Severity, Shape, Status
from anpei.rules.templates.forms import Code, Conflicts, Examples, Explanation, FactNeed, Interval, Parameter, Slug, Text, Word

_SUBJECT = {
    "key": "text", "name": "text", "day": "date", "quantity": "quantity", "amount": "int",
    "lines": "int", "kinds": "int", "days": "int", "span": "int",
}  # fmt: skip
_OTHER = {"key": "text", "day": "date", "quantity": "quantity"}
_OTHERS = {"lines": "int", "quantity": "quantity"}
_LABEL = {"code": "text", "name": "text"}
_JOINED = (Shape.MEMBER, Shape.ABSENT)
_GROUPINGS = {
    Shape.SCALAR: tuple(Grouping),
    Shape.INTERVAL: tuple(Grouping),
    Shape.MEMBER: (Grouping.EACH,),
    Shape.GROUP_ANY: (Grouping.EACH,),
    Shape.ABSENT: (Grouping.EACH, Grouping.WHOLE),
    Shape.SHARED: (Grouping.DAY, Grouping.WHOLE),
}


class TemplateInvalid(InvalidInput):
    """A template is wrong, or its own examples fail."""

    code = "rules.template_invalid"


class TemplateFile(BaseModel):
    """The form of a template in the rulebook (``checks/*.yaml``).

    ``severity`` and ``action`` are stated by every shipped template; without them (sealed before they were) a hit is a suspicion.
    """

    model_config = ConfigDict(extra="forbid", frozen=True)

    id: Slug
    title: Text
    status: Status
    owner: str
    reference: str
    effective_from: date
    effective_to: date | None = None
    severity: Severity | None = None
    action: Action | None = None
    shape: Shape
    subject: Grouping
    parameters: list[Parameter] = Field(min_length=1)
    needs_any: list[str] = []
    facts: list[FactNeed] = []
    join: str | None = None
    window: str | None = None
    interval: Interval | None = None
    lack: str | None = None
    conflicts: Conflicts | None = None
    predicate: str
    undated: str | None = None
    finding: Code
    shows: dict[Word, str] = {}
    words: dict[str, Text] = {}
    explanations: list[Explanation] = Field(min_length=1)
    examples: Examples | None = None

    @model_validator(mode="after")
    def _fits_together(self) -> "TemplateFile":
        types = {parameter.name: parameter.type for parameter in self.parameters}
        if "subject" in types:
            raise ValueError("no parameter may be called subject: that is what a row names")
        joined = "shape absent" if self.shape is Shape.ABSENT else "shape member"
        _demand_parameter(types, self.join, "text", wanted=self.shape in _JOINED, what="join", where=joined)
        _demand_parameter(types, self.window, "int", wanted=self.subject is Grouping.WINDOW, what="window", where="subject window")
        if self.subject not in _GROUPINGS[self.shape]:
            raise ValueError(f"shape {self.shape} takes the subjects {', '.join(_GROUPINGS[self.shape])}: set subject to one of them")
        if self.lack is not None and self.shape is not Shape.ABSENT:
            raise ValueError("lack is used with shape absent only: remove it")
        if (self.interval is None) is (self.shape is Shape.INTERVAL):
            raise ValueError("interval (value, low, high) belongs to shape interval: give both or neither")
        if self.interval is not None and (types.get(self.interval.low) != "int" or types.get(self.interval.high) != "int"):
            raise ValueError("interval needs low and high: the names of two parameters of type int")
        if self.severity is Severity.SUSPICION and self.action not in (None, Action.ASK):
            raise ValueError("a suspicion can only be put to a person: set action to ask")
        if self.undated is not None and self.subject not in (Grouping.DAY, Grouping.WINDOW):
            raise ValueError("undated belongs to subject day or window: remove it")
        _demand_known(types, self.needs_any, "needs_any")
        if self.conflicts is not None:
            ends = [end for pair in self.conflicts.ranges for end in (pair.low, pair.high)]
            _demand_known(types, [*self.conflicts.differ, *self.conflicts.limits, *ends], "conflicts")
        _compile(self)
        return self


def _demand_known(types: Mapping[str, str], names: list[str], what: str) -> None:
    unknown = [name for name in names if name not in types]
    if unknown:
        raise ValueError(f"{what} names no parameter: {', '.join(unknown)}; there are {', '.join(types)}")


def _demand_parameter(types: Mapping[str, str], name: str | None, kind: str, *, wanted: bool, what: str, where: str) -> None:
    if not wanted and name is not None:
        raise ValueError(f"{what} is used with {where} only: remove it")
    if wanted and (name is None or types.get(name) != kind):
        raise ValueError(f"{where} needs {what}: the name of a parameter of type {kind}")


@dataclass(frozen=True, slots=True)
class CompiledExplanation:
    """An explanation ready to render."""

    when: Expression | None
    zh: str
    en: str


@dataclass(frozen=True, slots=True)
class _Compiled:
    predicate: Expression
    undated: Expression | None
    lack: Expression | None
    shows: tuple[tuple[str, Expression], ...]
    explanations: tuple[CompiledExplanation, ...]


@dataclass(frozen=True)
class Template:
    """A checked template. ``data`` is its sealed plain form (without examples), ``digest`` the SHA-256 of that form.

    ``predicate`` of an interval template is the whole condition: the value within the row's ends, and the file's predicate.
    ``lack`` is set for shape absent only.
    """

    file: TemplateFile
    data: Mapping[str, Any]
    digest: str
    predicate: Expression
    undated: Expression | None
    lack: Expression | None
    shows: tuple[tuple[str, Expression], ...]
    explanations: tuple[CompiledExplanation, ...]

    @property
    def id(self) -> str:
        """The id of the template."""
        return self.file.id

    @property
    def status(self) -> Status:
        """The status of the template."""
        return self.file.status

    @property
    def severity(self) -> Severity:
        """What a hit means; the careful reading where the template does not say."""
        return self.file.severity or Severity.SUSPICION

    @property
    def action(self) -> Action:
        """What a hit concerns; a suspicion is only ever put to a person."""
        return Action.ASK if self.severity is Severity.SUSPICION else self.file.action or Action.ASK

    def in_force(self, on: date) -> bool:
        """Whether the template is effective on a day."""
        return self.file.effective_from <= on and (self.file.effective_to is None or on < self.file.effective_to)


def template_of(file: TemplateFile) -> Template:
    """The compiled template of a checked file."""
    data = file.model_dump(mode="json", exclude={"examples"}, exclude_none=True)
    compiled = _compile(file)
    return Template(
        file=file,
        data=data,
        digest=digest(data),
        predicate=compiled.predicate,
        undated=compiled.undated,
        lack=compiled.lack,
        shows=compiled.shows,
        explanations=compiled.explanations,
    )


def template_from(data: Mapping[str, Any]) -> Template:
    """A template from its sealed plain form (out of a snapshot or a proof). Raises TemplateInvalid."""
    try:
        return template_of(TemplateFile.model_validate(data))
    except ValidationError as error:
        first = error.errors()[0]
        place = ".".join(str(part) for part in first["loc"])
        raise TemplateInvalid(
            f"template {data.get('id', '?')}, {place or 'whole'}: {first['msg'].removeprefix('Value error, ')}"
        ) from error


def by_id(templates: "Mapping[str, Template] | Iterable[Template]") -> Mapping[str, Template]:
    """Templates by id."""
    return templates if isinstance(templates, Mapping) else {template.id: template for template in templates}


def _scope(file: TemplateFile) -> dict[str, Mapping[str, str]]:
    scope: dict[str, Mapping[str, str]] = {
        "row": {parameter.name: parameter.type for parameter in file.parameters},
        "fact": {need.name: need.type for need in file.facts},
        "subject": _SUBJECT,
    }
    if file.shape in _JOINED:
        scope["other"] = _OTHER
    if file.shape is Shape.GROUP_ANY:
        scope["label"] = _LABEL
    return scope


def _compile(file: TemplateFile) -> _Compiled:
    scope = _scope(file)
    show_scope = {root: fields for root, fields in scope.items() if root != "label"}
    if file.shape is Shape.ABSENT:
        show_scope = {root: fields for root, fields in show_scope.items() if root != "other"} | {"others": _OTHERS}
    shows = tuple((name, _expression(f"shows.{name}", text, show_scope, None)) for name, text in file.shows.items())
    predicate = _expression("predicate", file.predicate, scope, "bool")
    if file.shape is Shape.GROUP_ANY and len({field for root, field in predicate.names if root == "label"}) != 1:
        raise ValueError("predicate: shape group_any reads label.code or label.name, one of the two")
    lack = (file.lack or "others.lines == 0") if file.shape is Shape.ABSENT else None
    return _Compiled(
        predicate=predicate if file.interval is None else _within(file.interval, file.predicate, scope),
        undated=None if file.undated is None else _expression("undated", file.undated, scope, "bool"),
        lack=None if lack is None else _expression("lack", lack, show_scope, "bool"),
        shows=shows,
        explanations=tuple(_explanation(file, index, show_scope) for index in range(len(file.explanations))),
    )


def _within(interval: Interval, predicate: str, scope: Scope) -> Expression:
    """The whole condition of an interval template; an end that a row leaves out is open."""
    _expression("interval.value", interval.value, scope, "int")
    low, high, value = f"row.{interval.low}", f"row.{interval.high}", f"({interval.value})"
    ends = f"(not has({low}) or {value} >= {low}) and (not has({high}) or {value} <= {high})"
    return _expression("interval", f"{ends} and ({predicate})", scope, "bool")


def _explanation(file: TemplateFile, index: int, scope: Scope) -> CompiledExplanation:
    text = file.explanations[index]
    for language in (text.zh, text.en):
        _check_placeholders(language, known=set(file.shows) | {"title"})
    when = None if text.when is None else _expression(f"explanations.{index}.when", text.when, scope, "bool")
    if when is None and index + 1 < len(file.explanations):
        raise ValueError(f"explanations.{index} has no when, so those after it are never used: put it last")
    return CompiledExplanation(when=when, zh=text.zh, en=text.en)


def _check_placeholders(text: str, *, known: set[str]) -> None:
    for _, name, specification, conversion in string.Formatter().parse(text):
        if name is not None and (name not in known or specification or conversion):
            raise ValueError(f"the placeholder {{{name}}} is not known: use {', '.join(sorted(known))}, plain")


def _expression(where: str, text: str, scope: Scope, wanted: str | None) -> Expression:
    try:
        return compile_expression(text, scope=scope, wanted=wanted)
    except ExpressionError as error:
        raise ValueError(f"{where}, {error.message}") from error
