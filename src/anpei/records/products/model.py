"""Terms (条款): what a product version and plan say, resolved to plain frozen data with one canonical form and digest."""

from collections.abc import Mapping
from dataclasses import dataclass, fields, is_dataclass
from datetime import date
from functools import cached_property
from typing import Any, Self

from anpei.kernel.canonical import digest
from anpei.kernel.errors import InvalidInput

GRADES = ("未定级", "一级", "二级", "三级")
"""Hospital levels from low to high (医疗机构评审); ``三级甲等`` counts as ``三级``."""

BILL_FACTS = {
    "total": ("费用总额", "total"),
    "pooled": ("统筹基金支付", "paid by the pooled fund"),
    "serious_illness": ("大病保险支付", "paid by serious-illness insurance"),
    "other_payment": ("其他途径已支付", "paid by others"),
    "self_paid": ("个人自付", "self-paid"),
    "own_expense": ("个人自费", "own expense"),
    "lines_inside": ("甲类、乙类明细合计", "class A and B lines"),
    "lines_outside": ("丙类明细合计", "class C lines"),
    "lines_not_covered": ("不在保障范围的明细合计", "lines not covered"),
}
"""The facts of a bill that a step may use (fen), with their Chinese and English names."""

BILL_FLAGS = ("settled_by_social", "social_insurance")
"""The yes/no facts a case may ask: the bill was settled by social insurance; the insured is insured as a member of it."""

Said = tuple[tuple[str, str], ...]
"""A text by language, as sorted pairs: ``(("en", …), ("zh", …))``."""


class TermsInvalid(InvalidInput):
    """Data handed in as terms is not in the canonical form of terms."""

    code = "products.terms_invalid"


def grade_level(grade: str) -> int:
    """The place of a hospital grade in ``GRADES``; an unknown or empty grade is the lowest."""
    return next((level for level, name in enumerate(GRADES) if grade.startswith(name)), 0)


def said(text: Said, lang: str) -> str:
    """A text in a language; Chinese when that language is absent."""
    texts = dict(text)
    return texts.get(lang) or texts.get("zh", "")


@dataclass(frozen=True, slots=True)
class Case:
    """One alternative of an operand: ``name`` is used when the yes/no fact ``when`` holds (empty: always)."""

    when: str
    name: str


@dataclass(frozen=True, slots=True)
class Operand:
    """One input of a step: its role in the operation, and where the value comes from (the first case that holds)."""

    role: str
    cases: tuple[Case, ...]


@dataclass(frozen=True, slots=True)
class StepTerms:
    """One step of the calculation as data. ``each`` is ``bill`` or ``visit``; ``consumes`` names the accumulator that is used up."""

    id: str
    do: str
    each: str
    title: Said
    clause: str
    operands: tuple[Operand, ...]
    output: str
    consumes: str
    rounding: str
    say: Said


@dataclass(frozen=True, slots=True)
class AccumulatorTerms:
    """What is counted over claims: a deductible, a limit (fen) or a count, per policy year, day or visit."""

    name: str
    kind: str
    period: str
    total: str
    title: Said


@dataclass(frozen=True, slots=True)
class BenefitLine:
    """One line of the result: which coverage, what was claimed, what is payable before the caps."""

    id: str
    coverage: str
    title: Said
    claimed: str
    payable: str


@dataclass(frozen=True, slots=True)
class Coverage:
    """One coverage (险种责任) with its clause."""

    id: str
    title: Said
    clause: str


@dataclass(frozen=True, slots=True)
class DocumentWanted:
    """One required document: any of the kinds will do; ``why`` says it to the customer; ``only_if`` names a condition (empty: always)."""

    any_of: tuple[str, ...]
    why: Said
    only_if: str


@dataclass(frozen=True, slots=True)
class Exclusion:
    """One exclusion (责任免除) by diagnosis: the ICD-10 prefixes that point to it. Only a person applies it."""

    id: str
    title: Said
    clause: str
    icd_prefixes: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class EventDocuments:
    """The documents that an event kind needs."""

    event_kind: str
    documents: tuple[DocumentWanted, ...]


@dataclass(frozen=True, slots=True)
class HospitalTerms:
    """Which hospitals are eligible."""

    ownership: tuple[str, ...]
    min_grade: str
    ward: str

    def accepts(self, *, ownership: str, grade: str) -> bool:
        """Whether a hospital of this ownership and grade is eligible."""
        return ownership in self.ownership and grade_level(grade) >= grade_level(self.min_grade)


@dataclass(frozen=True, slots=True)
class Parameter:
    """One value of the plan: ``unit`` is ``yuan`` (value in fen), ``bp`` (basis points) or ``count``."""

    name: str
    unit: str
    value: int
    title: Said


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

    def value(self, name: str) -> int:
        """The value of a parameter (fen, basis points or count). Raises KeyError."""
        return next(p.value for p in self.parameters if p.name == name)

    def accumulator(self, *, kind: str, period: str) -> AccumulatorTerms | None:
        """The accumulator of a kind and period, if the product has one."""
        return next((a for a in self.accumulators if a.kind == kind and a.period == period), None)

    def documents_for(self, event_kind: str) -> tuple[DocumentWanted, ...]:
        """The documents that this kind of event needs (empty when the product does not know the kind)."""
        return next((d.documents for d in self.documents if d.event_kind == event_kind), ())

    def to_dict(self) -> dict[str, Any]:
        """Plain canonical data: text, integers, lists; days as ISO text."""
        return {field.name: _plain(field.name, getattr(self, field.name)) for field in fields(self)}

    @cached_property
    def digest(self) -> str:
        """SHA-256 of the canonical form."""
        return digest(self.to_dict())

    @classmethod
    def from_dict(cls, data: Mapping[str, Any]) -> Self:
        """Terms from their plain form. Raises TermsInvalid unless it is exactly what ``to_dict`` gave."""
        try:
            given = digest(dict(data))
            terms = cls(**{field.name: _READ.get(field.name, _same)(data[field.name]) for field in fields(cls)})
            same = terms.digest == given
        except (KeyError, TypeError, ValueError, AttributeError) as error:
            raise TermsInvalid(f"this is not the canonical form of terms ({error!r}): use what Terms.to_dict gave") from error
        if not same:
            raise TermsInvalid("these terms do not keep their digest when read: use what Terms.to_dict gave, unchanged")
        return terms


def _same(value: Any) -> Any:
    return value


_SAID_FIELDS = frozenset({"title", "plan_title", "why", "say"})


def _plain(name: str, value: Any) -> Any:
    if name in _SAID_FIELDS:
        return dict(value)
    if name == "phrases":
        return {key: dict(text) for key, text in value}
    if isinstance(value, date):
        return value.isoformat()
    if isinstance(value, tuple):
        return [_plain("", part) for part in value]
    if is_dataclass(value):
        return {field.name: _plain(field.name, getattr(value, field.name)) for field in fields(value)}
    return value


def text_of(data: Mapping[str, str]) -> Said:
    """A text by language from a mapping."""
    return tuple(sorted((str(lang), str(text)) for lang, text in data.items()))


def _texts(data: Any) -> tuple[str, ...]:
    return tuple(str(part) for part in data)


def _said(data: Mapping[str, str]) -> Said:
    return text_of(data)


def _step(data: Mapping[str, Any]) -> StepTerms:
    operands = tuple(
        Operand(role=o["role"], cases=tuple(Case(when=c["when"], name=c["name"]) for c in o["cases"])) for o in data["operands"]
    )
    plain = {name: data[name] for name in ("id", "do", "each", "clause", "output", "consumes", "rounding")}
    return StepTerms(title=_said(data["title"]), say=_said(data["say"]), operands=operands, **plain)


def _wanted(data: Mapping[str, Any]) -> DocumentWanted:
    return DocumentWanted(any_of=_texts(data["any_of"]), why=_said(data["why"]), only_if=data["only_if"])


def _titled(kind: type[Any]) -> Any:
    return lambda rows: tuple(kind(**{**row, "title": _said(row["title"])}) for row in rows)


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
}
