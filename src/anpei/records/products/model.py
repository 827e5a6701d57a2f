"""Terms (条款): what a product version and plan say, resolved to plain frozen data with one canonical form and digest."""

from collections.abc import Mapping
from dataclasses import MISSING, dataclass, fields, is_dataclass
from datetime import date
from functools import cached_property
from typing import Any, Self

from anpei.kernel.canonical import digest
from anpei.kernel.errors import InvalidInput
from anpei.records.products._parts import (
    BILL_FACTS,
    BILL_FLAGS,
    DAY_TITLES,
    EVENT_TITLES,
    FIXED,
    FIXED_TITLES,
    FLAG_TITLES,
    GRADES,
    RANGES,
    AccumulatorTerms,
    BenefitLine,
    Case,
    CodeTerms,
    Coverage,
    DocumentWanted,
    EventDocuments,
    Exclusion,
    HospitalTerms,
    InputTerms,
    ListTerms,
    Operand,
    Parameter,
    Said,
    StepTerms,
    TableTerms,
    grade_level,
    said,
    text_of,
    whole_of,
)

__all__ = [
    "BILL_FACTS", "BILL_FLAGS", "DAY_TITLES", "EVENT_TITLES", "FIXED", "FIXED_TITLES", "FLAG_TITLES", "GRADES", "RANGES",
    "AccumulatorTerms", "BenefitLine", "Case", "CodeTerms", "Coverage", "DocumentWanted", "EventDocuments", "Exclusion", "HospitalTerms",
    "InputTerms", "ListTerms", "Operand", "Parameter", "Said", "StepTerms", "TableTerms", "Terms", "TermsInvalid", "grade_level", "said",
    "text_of", "whole_of",
]  # fmt: skip


class TermsInvalid(InvalidInput):
    """Data handed in as terms is not in the canonical form of terms."""

    code = "products.terms_invalid"


@dataclass(frozen=True)
class Terms:
    """The terms of one product version and plan. Holds all that the calculation and its explanation need, and nothing else."""

    product_id: str
    version: str
    plan: str
    title: Said
    plan_title: Said
    line: str
    status: str
    owner: str
    reference: str
    valid_from: date
    valid_to: date | None
    waiting_days: int
    waiting_exempt: tuple[str, ...]
    hospital: HospitalTerms
    event_kinds: tuple[str, ...]
    documents: tuple[EventDocuments, ...]
    coverages: tuple[Coverage, ...]
    exclusions: tuple[Exclusion, ...]
    parameters: tuple[Parameter, ...]
    accumulators: tuple[AccumulatorTerms, ...]
    unit: str
    steps: tuple[StepTerms, ...]
    lines: tuple[BenefitLine, ...]
    payable: str
    phrases: tuple[tuple[str, Said], ...]
    inputs: tuple[InputTerms, ...] = ()
    lists: tuple[ListTerms, ...] = ()
    codes: tuple[CodeTerms, ...] = ()
    tables: tuple[TableTerms, ...] = ()

    @cached_property
    def values(self) -> Mapping[str, int]:
        """The values of the parameters by name (fen, basis points, counts, thousandths)."""
        return {p.name: p.value for p in self.parameters}

    def value(self, name: str) -> int:
        """The value of a parameter (fen, basis points or count). Raises KeyError."""
        return self.values[name]

    @cached_property
    def blocks(self) -> tuple[tuple[str, tuple[StepTerms, ...]], ...]:
        """The steps in order, those of one level together; a step that looks at all rows at once (share, carried) stands alone."""
        alone = {"share", "carried"}
        blocks: list[tuple[str, list[StepTerms]]] = []
        for step in self.steps:
            if blocks and blocks[-1][0] == step.each and not alone & {step.do, blocks[-1][1][-1].do}:
                blocks[-1][1].append(step)
            else:
                blocks.append((step.each, [step]))
        return tuple((each, tuple(steps)) for each, steps in blocks)

    @cached_property
    def plain_inputs(self) -> Mapping[str, tuple[tuple[str, bool], ...]]:
        """Steps that choose among no cases and ask no condition: their input names, and whether each is what is left of an accumulator."""
        plain = [
            s for s in self.steps if not s.when and not s.unless and all(len(o.cases) == 1 and not o.cases[0].when for o in s.operands)
        ]
        return {s.id: tuple((o.cases[0].name, o.cases[0].name.endswith(".left")) for o in s.operands) for s in plain}

    @cached_property
    def homes(self) -> Mapping[str, frozenset[str]]:
        """For each declared fact, fact of a bill and output: the levels that carry it."""
        homes: dict[str, set[str]] = {name: {"bill"} for name in (*BILL_FACTS, *BILL_FLAGS, *DAY_TITLES)}
        for name, level in (*((i.name, i.of) for i in self.inputs), *((s.output, s.each) for s in self.steps)):
            homes.setdefault(name, set()).add(level)
        return {name: frozenset(levels) for name, levels in homes.items()}

    @cached_property
    def accumulators_by_name(self) -> Mapping[str, AccumulatorTerms]:
        """The accumulators by name."""
        return {a.name: a for a in self.accumulators}

    def accumulator(self, *, kind: str, period: str) -> AccumulatorTerms | None:
        """The accumulator in fen of a kind and period whose whole is one value of the plan, if the product has one."""
        plain = (a for a in self.accumulators if a.total in self.values and not a.per and a.unit == "fen")
        return next((a for a in plain if a.kind == kind and a.period == period), None)

    def documents_for(self, event_kind: str) -> tuple[DocumentWanted, ...]:
        """The documents that this kind of event needs (empty when the product does not know the kind)."""
        return next((d.documents for d in self.documents if d.event_kind == event_kind), ())

    def options(self, code: str) -> tuple[tuple[str, Said], ...]:
        """The words of a closed list with their titles. Raises KeyError."""
        return {c.name: c.options for c in self.codes}[code]

    def table(self, name: str) -> TableTerms:
        """A table by name. Raises KeyError."""
        return {t.name: t for t in self.tables}[name]

    def to_dict(self) -> dict[str, Any]:
        """Plain canonical data: text, integers, lists; days as ISO text. What holds its default is left out."""
        return _fields(self)

    @cached_property
    def digest(self) -> str:
        """SHA-256 of the canonical form."""
        return digest(self.to_dict())

    @classmethod
    def from_dict(cls, data: Mapping[str, Any]) -> Self:
        """Terms from their plain form. Raises TermsInvalid unless it is exactly what ``to_dict`` gave."""
        try:
            given = digest(dict(data))
            read = {f.name: _READ.get(f.name, _same)(data[f.name]) for f in fields(cls) if f.name in data or f.default is MISSING}
            terms = cls(**read)
            same = terms.digest == given
        except (KeyError, TypeError, ValueError, AttributeError) as error:
            raise TermsInvalid(f"this is not the canonical form of terms ({error!r}): use what Terms.to_dict gave") from error
        if not same:
            raise TermsInvalid("these terms do not keep their digest when read: use what Terms.to_dict gave, unchanged")
        return terms


def _same(value: Any) -> Any:
    return value


_SAID_FIELDS = frozenset({"title", "plan_title", "why", "say"})


def _fields(item: Any) -> dict[str, Any]:
    held = {field.name: (getattr(item, field.name), field.default) for field in fields(item)}
    return {name: _plain(name, value) for name, (value, default) in held.items() if default is MISSING or value != default}


def _plain(name: str, value: Any) -> Any:
    if name in _SAID_FIELDS:
        return dict(value)
    if name == "phrases":
        return {key: dict(text) for key, text in value}
    if name == "options":
        return [[key, dict(text)] for key, text in value]
    if isinstance(value, date):
        return value.isoformat()
    if isinstance(value, tuple):
        return [_plain("", part) for part in value]
    return _fields(value) if is_dataclass(value) else value


def _texts(data: Any) -> tuple[str, ...]:
    return tuple(str(part) for part in data)


def _said(data: Mapping[str, str]) -> Said:
    return text_of(data)


def _step(data: Mapping[str, Any]) -> StepTerms:
    read = {
        "title": _said(data["title"]),
        "say": _said(data["say"]),
        "operands": tuple(
            Operand(role=o["role"], cases=tuple(Case(when=c["when"], name=c["name"]) for c in o["cases"])) for o in data["operands"]
        ),
        "settings": tuple((name, value) for name, value in data.get("settings", ())),
    }
    return StepTerms(**{**data, **read})


def _wanted(data: Mapping[str, Any]) -> DocumentWanted:
    return DocumentWanted(any_of=_texts(data["any_of"]), why=_said(data["why"]), only_if=data["only_if"])


def _titled(kind: type[Any]) -> Any:
    return lambda rows: tuple(kind(**{**row, "title": _said(row["title"])}) for row in rows)


def _table(row: Mapping[str, Any]) -> TableTerms:
    return TableTerms(**{**row, "title": _said(row["title"]), "rows": tuple((key, value) for key, value in row["rows"])})


_READ: dict[str, Any] = {
    "title": _said,
    "plan_title": _said,
    "valid_from": date.fromisoformat,
    "valid_to": lambda value: None if value is None else date.fromisoformat(value),
    "hospital": lambda row: HospitalTerms(ownership=_texts(row["ownership"]), min_grade=row["min_grade"], ward=row["ward"]),
    "waiting_exempt": _texts,
    "event_kinds": _texts,
    "documents": lambda rows: tuple(
        EventDocuments(event_kind=row["event_kind"], documents=tuple(_wanted(d) for d in row["documents"])) for row in rows
    ),
    "coverages": _titled(Coverage),
    "exclusions": lambda rows: tuple(Exclusion(row["id"], _said(row["title"]), row["clause"], _texts(row["icd_prefixes"])) for row in rows),
    "parameters": _titled(Parameter),
    "accumulators": _titled(AccumulatorTerms),
    "steps": lambda rows: tuple(_step(row) for row in rows),
    "lines": _titled(BenefitLine),
    "phrases": lambda rows: tuple(sorted((key, _said(text)) for key, text in rows.items())),
    "inputs": _titled(InputTerms),
    "lists": _titled(ListTerms),
    "codes": lambda rows: tuple(CodeTerms(r["name"], tuple((key, _said(text)) for key, text in r["options"])) for r in rows),
    "tables": lambda rows: tuple(_table(row) for row in rows),
}
