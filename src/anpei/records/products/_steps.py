"""The names a step may use, by level and unit; and a step of the file as uniform operands."""

from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

from anpei.records.products._parts import (
    BILL_FACTS,
    BILL_FLAGS,
    DAY_TITLES,
    EVENT_TITLES,
    FIXED,
    Case,
    Operand,
    StepTerms,
    text_of,
)

if TYPE_CHECKING:
    from anpei.records.products.schema import ProductFile

ROLES: dict[str, tuple[str, ...]] = {
    "sum": ("of",),
    "subtract": ("from", "take"),
    "smaller": ("of",),
    "larger": ("of",),
    "clamp": ("amount", "at_least", "at_most"),
    "choose": ("cases",),
    "gather": ("of",),
    "largest": ("of",),
    "number": ("of",),
    "worst": ("of",),
    "deductible": ("amount", "left"),
    "ratio": ("amount", "rate"),
    "proportion": ("amount", "part", "whole"),
    "multiply": ("amount", "times"),
    "cap": ("amount", "limit"),
    "count": ("amount", "left"),
    "days": ("from", "to"),
    "months": ("from", "to"),
    "later": ("date", "days"),
    "table": ("key",),
    "compare": ("left", "right"),
    "is": ("of",),
    "all": ("of",),
    "any": ("of",),
    "not": ("of",),
    "share": ("amount", "weight"),
    "carried": ("of", "from", "to", "within"),
}
"""The closed list of operations with the roles of their inputs."""

GATHERING = frozenset({"gather", "largest", "number", "worst"})
"""Operations that read all rows of a list (or bills of a visit) at once."""

_ANY = ""
_UNIT_OF_ROLE: dict[tuple[str, str], str] = {
    ("ratio", "rate"): "bp",
    ("count", "amount"): "fen",
    ("count", "left"): "count",
    ("multiply", "times"): "count",
    ("worst", "of"): "grade",
    ("days", "from"): "date",
    ("days", "to"): "date",
    ("months", "from"): "date",
    ("months", "to"): "date",
    ("later", "date"): "date",
    ("later", "days"): "count",
    ("all", "of"): "flag",
    ("any", "of"): "flag",
    ("not", "of"): "flag",
    ("share", "amount"): "fen",
    ("share", "weight"): _ANY,
    ("carried", "from"): "date",
    ("carried", "to"): "date",
    ("carried", "within"): "count",
}
"""Roles with a unit of their own; all others of one step share the unit of the first."""

_OUTPUT = {
    "days": "count", "months": "count", "later": "date", "compare": "flag", "is": "flag", "all": "flag", "any": "flag", "not": "flag",
    "number": "count", "worst": "grade",
}  # fmt: skip
_SETTINGS = ("promote", "counting", "table", "is_", "one_of", "same")


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


def conditions(step: Any) -> list[tuple[str, str]]:
    """Every yes/no name that a step of the file asks for, with its role."""
    asked = [(role, given) for role in ("when", "unless") if (given := getattr(step, role))]
    return asked + [(operand.role, case.when) for operand in _operands(step) for case in operand.cases if case.when]


def case_lists(step: Any) -> list[tuple[str, list[Any]]]:
    """The lists of alternatives in a step of the file, with their role."""
    given = [(role, _given(step, role)) for role in ROLES[step.do] if role in {"cases", "rate"}]
    return [(role, cases) for role, cases in given if isinstance(cases, list)]


def level(step: Any, unit: str) -> str:
    """The level a step is done for: as it says, else the event or the bill."""
    return str(step.each or ("event" if unit == "event" else "bill"))


def _settings(step: Any) -> Iterator[tuple[str, str | int]]:
    for name in _SETTINGS:
        given = getattr(step, name, None)
        if given is not None:
            yield name.rstrip("_"), ",".join(given) if isinstance(given, list) else given


def to_terms(step: Any, *, unit: str, output_unit: str) -> StepTerms:
    """A step of the file as frozen terms."""
    return StepTerms(
        id=step.id,
        do=step.do,
        each=level(step, unit),
        title=text_of(step.title.model_dump()),
        clause=step.clause,
        operands=tuple(_operands(step)),
        output=step.output,
        consumes=getattr(step, "consumes", None) or "",
        rounding=getattr(step, "rounding", ""),
        say=text_of(step.say.model_dump()) if step.say else (),
        unit=output_unit,
        when=step.when or "",
        unless=step.unless or "",
        settings=tuple(sorted(_settings(step))),
    )


UNITS = {"yuan": "fen", "money": "fen", "rate": "bp"}
"""How files name a unit -> the unit of whole numbers."""


def unit_of(given: str) -> str:
    """The whole-number unit of a type or unit as it stands in a file."""
    return UNITS.get(given, given)


@dataclass
class Names:
    """The names known so far while the steps are read in order: level -> name -> unit."""

    unit: str
    parameters: dict[str, str]
    lefts: dict[str, str]
    tables: dict[str, tuple[str, str]]
    levels: dict[str, dict[str, str]] = field(default_factory=dict)

    @classmethod
    def of(cls, file: "ProductFile") -> "Names":
        """The names before the first step: facts of a bill, declared inputs, parameters, what is left of the accumulators."""
        bill = dict.fromkeys(BILL_FACTS, "fen") | dict.fromkeys(BILL_FLAGS, "flag") | dict.fromkeys(DAY_TITLES, "date")
        levels = {"bill": bill}
        if file.unit == "visit":
            levels["visit"] = {}
        if file.unit == "event":
            inputs = {name: unit_of(data.type) for name, data in file.inputs.items()}
            levels["event"] = dict.fromkeys(EVENT_TITLES, "date") | inputs
            for name, data in file.lists.items():
                levels[name] = {column: unit_of(declared.type) for column, declared in data.columns.items()}
        return cls(
            unit=file.unit,
            parameters={name: unit_of(data.unit) for name, data in file.parameters.items()},
            lefts={f"{name}.left": "count" if data.kind == "count" else "fen" for name, data in file.accumulators.items()},
            tables={name: (data.keys, unit_of(data.unit)) for name, data in file.tables.items()},
            levels=levels,
        )

    @property
    def taken(self) -> set[str]:
        """Names that no output may take."""
        return {name for names in self.levels.values() for name in names} | set(self.parameters) | set(FIXED) | set(self.levels)

    def add(self, step: Any) -> None:
        """A step's output becomes known to the steps below it, in its unit."""
        self.levels.setdefault(level(step, self.unit), {})[step.output] = self.output_unit(step)

    def totals(self, file: "ProductFile") -> None:
        """What is left of an accumulator is in the unit of its total, once that is known."""
        known = self.parameters | self.levels.get("event", {})
        for name, data in file.accumulators.items():
            if data.kind != "count" and known.get(data.total) in {"fen", "count", "measure"}:
                self.lefts[f"{name}.left"] = known[data.total]

    def output_unit(self, step: Any) -> str:
        """The unit of a step's output."""
        if step.do == "table":
            return self.tables.get(step.table, ("", "fen"))[1]
        if step.do in _OUTPUT:
            return _OUTPUT[step.do]
        return next((unit for _, name in sources(step) if (unit := self.unit_of(name, self.reads(step)))), "fen")

    def reads(self, step: Any) -> str:
        """The level whose names the inputs are looked up in: a gathering step reads the rows that its input belongs to."""
        if step.do not in GATHERING:
            return level(step, self.unit)
        if self.unit == "visit":
            return "bill"
        return next((name for name, names in self.levels.items() if name != "event" and (step.of in names or step.of == name)), "event")

    def unit_of(self, name: str, at: str) -> str:
        """The unit of a name seen from a level (empty: unknown there or fits any)."""
        own = self.levels.get(at, {})
        event = self.levels.get("event", {})
        fixed = "bp" if name == "full_rate" else ""
        return own.get(name) or event.get(name) or self.parameters.get(name) or self.lefts.get(name) or fixed

    def wants(self, step: Any) -> Iterator[tuple[str, str, str]]:
        """For each input: role, name and the unit it must have (empty: any)."""
        shared = ""
        if step.do == "proportion":
            wanted = {"part": self.unit_of(step.part, self.reads(step)), "whole": self.unit_of(step.part, self.reads(step))}
            yield from ((role, name, wanted.get(role, _ANY)) for role, name in sources(step))
            return
        for role, name in sources(step):
            if (step.do, role) in _UNIT_OF_ROLE:
                yield role, name, _UNIT_OF_ROLE[step.do, role]
                continue
            if step.do == "table":
                yield role, name, self.tables.get(step.table, ("", ""))[0]
                continue
            yield role, name, shared if step.do not in {"is", "number"} else _ANY
            shared = shared or self.unit_of(name, self.reads(step))

    def problem(self, source: str, *, want: str, at: str) -> str:
        """Why a step cannot use this name (empty: it can)."""
        if source == "nothing":
            return ""
        unit = self.unit_of(source, at)
        if not unit:
            return self._unknown(source, at)
        return "" if want in {_ANY, unit} else f"{source!r} is in {unit}, but {want} is needed here"

    def _unknown(self, source: str, at: str) -> str:
        for name, names in self.levels.items():
            if source in names and name != at:
                of = "one bill: add it up over the visit" if self.unit == "visit" else f"one row of {name}: bring it together over the rows"
                return f"{source!r} is a value of {of} with a gather step first"
        known = sorted({*self.levels.get(at, {}), *self.levels.get("event", {}), *self.parameters, *self.lefts})
        return f"unknown input {source!r}; known here are {', '.join(known)}"
