"""The names a step may use and their units; and a step of the file as uniform operands."""

from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

from anpei.records.products.model import BILL_FACTS, Case, Operand, StepTerms, text_of

if TYPE_CHECKING:
    from anpei.records.products.schema import ProductFile

ROLES: dict[str, tuple[str, ...]] = {
    "sum": ("of",),
    "subtract": ("from", "take"),
    "smaller": ("of",),
    "choose": ("cases",),
    "gather": ("of",),
    "deductible": ("amount", "left"),
    "ratio": ("amount", "rate"),
    "cap": ("amount", "limit"),
    "count": ("amount", "left"),
}
"""The closed list of operations with the roles of their inputs."""

UNIT_OF_ROLE = {("ratio", "rate"): "bp", ("count", "left"): "count"}
"""Roles that do not take an amount in fen."""


def _given(step: Any, role: str) -> Any:
    return getattr(step, "from_" if role == "from" else role)


def _operands(step: Any) -> Iterator[Operand]:
    for role in ROLES[step.do]:
        given = _given(step, role)
        if isinstance(given, str):
            yield Operand(role=role, cases=(Case(when="", name=given),))
        elif role in {"cases", "rate"}:
            yield Operand(role=role, cases=tuple(Case(when=case.when or "", name=case.use) for case in given))
        else:
            yield from (Operand(role=role, cases=(Case(when="", name=name),)) for name in given)


def sources(step: Any) -> list[tuple[str, str]]:
    """Every input name of a step of the file, with its role."""
    return [(operand.role, case.name) for operand in _operands(step) for case in operand.cases]


def case_lists(step: Any) -> list[tuple[str, list[Any]]]:
    """The lists of alternatives in a step of the file, with their role."""
    given = [(role, _given(step, role)) for role in ROLES[step.do] if role in {"cases", "rate"}]
    return [(role, cases) for role, cases in given if isinstance(cases, list)]


def scope(step: Any) -> str:
    """Where the inputs are looked up: a gather step of a visit reads its bills."""
    return "bill" if step.do == "gather" else str(step.each)


def to_terms(step: Any) -> StepTerms:
    """A step of the file as frozen terms."""
    return StepTerms(
        id=step.id,
        do=step.do,
        each=step.each,
        title=text_of(step.title.model_dump()),
        clause=step.clause,
        operands=tuple(_operands(step)),
        output=step.output,
        consumes=getattr(step, "consumes", None) or "",
        rounding=getattr(step, "rounding", ""),
        say=text_of(step.say.model_dump()) if step.say else (),
    )


@dataclass
class Names:
    """The names known so far while the steps are read in order, with their units and scopes."""

    parameters: dict[str, str]
    lefts: dict[str, str]
    bill: set[str] = field(default_factory=lambda: set(BILL_FACTS))
    visit: set[str] = field(default_factory=set)

    @classmethod
    def of(cls, file: "ProductFile") -> "Names":
        """The names before the first step: facts of a bill, parameters, what is left of the accumulators."""
        units = {name: "fen" if data.unit == "yuan" else str(data.unit) for name, data in file.parameters.items()}
        lefts = {f"{name}.left": "count" if data.kind == "count" else "fen" for name, data in file.accumulators.items()}
        return cls(parameters=units, lefts=lefts)

    @property
    def taken(self) -> set[str]:
        """Names that no output may take."""
        return self.bill | self.visit | set(self.parameters)

    def add(self, *, output: str, each: str) -> None:
        """A step's output becomes known to the steps below it."""
        (self.bill if each == "bill" else self.visit).add(output)

    def problem(self, source: str, *, want: str, each: str) -> str:
        """Why a step cannot use this name (empty: it can)."""
        amounts = self.bill if each == "bill" else self.visit
        unit = self.parameters.get(source) or self.lefts.get(source) or ("fen" if source in amounts else "")
        if not unit and each == "visit" and source in self.bill:
            return f"{source!r} is a value of one bill: add it up over the visit with a gather step first"
        if not unit:
            known = sorted(amounts | set(self.parameters) | set(self.lefts))
            return f"unknown input {source!r}; known here are {', '.join(known)}"
        return "" if unit == want else f"{source!r} is in {unit}, but {want} is needed here"
