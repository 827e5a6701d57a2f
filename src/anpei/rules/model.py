"""What the rule machine works on: subjects and facts, rule rows, catalogue rows, hits. Pure; every form has one plain-data form."""

import unicodedata
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date
from enum import StrEnum
from typing import Any

from anpei.kernel.canonical import digest

Value = int | str | bool | date | tuple[str, ...] | None


class Status(StrEnum):
    """The life cycle of templates and rows: only shadow (影子) and live (生效) are evaluated, only live counts."""

    DRAFT = "draft"
    SHADOW = "shadow"
    LIVE = "live"
    RETIRED = "retired"


class Shape(StrEnum):
    """How rows meet subjects; the exact meaning of each stands in docs/rules.md, section "Shapes".

    scalar: each row alone. interval: a row alone, if its interval holds a value. member: a row and the other subjects it names.
    group_any: all rows of a subject and all labels, one match clears. absent: all rows of a subject and the others they name, hit
    when too few are there. shared: all rows with the same parameters, their subjects judged as one.
    """

    SCALAR = "scalar"
    INTERVAL = "interval"
    MEMBER = "member"
    GROUP_ANY = "group_any"
    ABSENT = "absent"
    SHARED = "shared"


class Severity(StrEnum):
    """What a hit means: a breach (违规) that follows from what is known, or a suspicion (疑点) that only a person can settle."""

    VIOLATION = "violation"
    SUSPICION = "suspicion"


class Action(StrEnum):
    """What a hit concerns: the subject as a whole, only what is above the limit, or nothing before a person has looked."""

    WHOLE = "whole"
    EXCESS = "excess"
    ASK = "ask"


class Grouping(StrEnum):
    """What a predicate sees as ``subject``: one subject, those of one key on one day, in a window of days, or all of one key."""

    EACH = "each"
    DAY = "day"
    WINDOW = "window"
    WHOLE = "whole"


def normalise_code(text: str) -> str:
    """A code as it is compared: NFKC, no white space, upper case."""
    return "".join(unicodedata.normalize("NFKC", text).split()).upper()


def normalise_name(text: str) -> str:
    """A name as it is compared: NFKC (full-width brackets and letters become half-width), no white space, lower case."""
    return "".join(unicodedata.normalize("NFKC", text).split()).lower()


@dataclass(frozen=True, slots=True)
class Subject:
    """One thing that is judged (a line). ``keys`` are what rows name it by; give the code alone when it is known, else the name.

    ``quantity`` is in thousandths (1000 = one), ``amount`` in fen (None = unknown). Every key is looked up, so a code and a name of one
    subject may both hit. ``name`` is the normalised wording, which only rows with a word (``C*支架*``) and ``subject.name`` read.
    """

    id: str
    keys: tuple[str, ...]
    day: date | None = None
    quantity: int = 1000
    amount: int | None = None
    name: str = ""


@dataclass(frozen=True, slots=True)
class RuleFacts:
    """What is known: subjects in their order, attributes by name (None = unknown), labels (codes of the whole case).

    ``label_names`` are the normalised wordings of the labels, in their own order (a label may have a code, a wording, or both).
    """

    subjects: tuple[Subject, ...]
    attributes: Mapping[str, Value] = field(default_factory=dict)
    labels: tuple[str, ...] = ()
    label_names: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Source:
    """Where a row comes from: document, batch, file and line (from 1)."""

    document: str
    batch: str = ""
    file: str = ""
    line: int = 0


@dataclass(frozen=True, slots=True)
class RuleRow:
    """One rule row (规则条目): a template bound to a subject with parameters, valid in ``[valid_from, valid_to)``.

    ``subject`` is a key, or a pattern (``rules.patterns``): ``C0345*`` names every key it starts, ``C*支架*`` only those whose name holds
    the word.
    """

    rule_id: str
    template_id: str
    subject: str
    parameters: Mapping[str, Value]
    valid_from: date
    source: Source
    valid_to: date | None = None
    status: Status = Status.LIVE
    title: str = ""

    def in_force(self, on: date) -> bool:
        """Whether the row is in force on a day."""
        return self.valid_from <= on and (self.valid_to is None or on < self.valid_to)

    def as_data(self) -> dict[str, Any]:
        """The plain form: what is hashed, stored and proven."""
        source = self.source
        return {
            "rule_id": self.rule_id,
            "template": self.template_id,
            "subject": self.subject,
            "parameters": plain(self.parameters),
            "valid_from": self.valid_from.isoformat(),
            "valid_to": None if self.valid_to is None else self.valid_to.isoformat(),
            "status": self.status.value,
            "title": self.title,
            "source": {"document": source.document, "batch": source.batch, "file": source.file, "line": source.line},
        }


def rule_row_from(data: Mapping[str, Any]) -> RuleRow:
    """A row from its plain form. Raises KeyError, ValueError or TypeError on another form."""
    return RuleRow(
        rule_id=data["rule_id"],
        template_id=data["template"],
        subject=data["subject"],
        parameters={name: tuple(value) if type(value) is list else value for name, value in data["parameters"].items()},
        valid_from=date.fromisoformat(data["valid_from"]),
        valid_to=_day(data["valid_to"]),
        status=Status(data["status"]),
        title=data["title"],
        source=Source(**data["source"]),
    )


def rule_id_for(*, template_id: str, subject: str, parameters: Mapping[str, Value], valid_from: date, document: str) -> str:
    """The stable id of a rule: the same statement of the same document has it in every import, wherever its line stands."""
    content = {
        "template": template_id,
        "subject": subject,
        "parameters": plain(parameters),
        "valid_from": valid_from.isoformat(),
        "document": document,
    }
    return "r" + digest(content)[:32]


@dataclass(frozen=True, slots=True)
class CatalogueRow:
    """One catalogue row: an opaque payload (plain data) for an item in a region, valid in ``[valid_from, valid_to)``."""

    region: str
    item: str
    valid_from: date
    payload: Mapping[str, Any]
    valid_to: date | None = None


@dataclass(frozen=True, slots=True)
class Hit:
    """One rule that holds for subjects.

    ``rule_ids`` are all rows the hit rests on (one, or a group: group_any, absent, shared), sorted; ``rule_id`` is the first.
    ``subject_ids``: first the subject that the row names (for groupings all members), then the others that it met.
    ``row_values`` and ``fact_values`` are the bound values the predicate read; ``shown`` the parameters of the explanation,
    ``variant`` which of the template's explanations applies.
    """

    template_id: str
    template_digest: str
    rule_id: str
    rule_ids: tuple[str, ...]
    status: Status
    finding: str
    subject_ids: tuple[str, ...]
    row_values: Mapping[str, Value]
    fact_values: Mapping[str, Value]
    shown: Mapping[str, Value]
    variant: int = 0

    def as_data(self) -> dict[str, Any]:
        """The plain form, for traces and proofs."""
        return {
            "template": self.template_id,
            "template_digest": self.template_digest,
            "rule_id": self.rule_id,
            "rule_ids": list(self.rule_ids),
            "status": self.status.value,
            "finding": self.finding,
            "subjects": list(self.subject_ids),
            "row": plain(self.row_values),
            "facts": plain(self.fact_values),
            "shown": plain(self.shown),
            "variant": self.variant,
        }


@dataclass(frozen=True, slots=True)
class Undecided:
    """Rows that could be neither hit nor cleared because these values (``fact.x``, ``subject.day``, ``label.code``) are unknown."""

    template_id: str
    rule_ids: tuple[str, ...]
    status: Status
    finding: str
    subject_ids: tuple[str, ...]
    missing: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Evaluation:
    """All that one evaluation says: hits, undecided rows, and how many rows in force it considered."""

    hits: tuple[Hit, ...]
    undecided: tuple[Undecided, ...]
    considered: int


def plain(values: Mapping[str, Value]) -> dict[str, Any]:
    """Values as plain data: dates as ISO text, tuples as lists."""
    return {name: _plain(value) for name, value in values.items()}


def _plain(value: Value) -> Any:
    if isinstance(value, date):
        return value.isoformat()
    return list(value) if isinstance(value, tuple) else value


def _day(text: str | None) -> date | None:
    return None if text is None else date.fromisoformat(text)
