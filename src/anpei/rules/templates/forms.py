"""The parts of a template's form: texts, parameters, facts, intervals, conflicts, examples. Shared by templates and import mappings."""

from datetime import date
from typing import Annotated, Any, Literal

from pydantic import BaseModel, ConfigDict, Field, StringConstraints

Kind = Literal["int", "quantity", "text", "texts", "bool"]
Slug = Annotated[str, StringConstraints(pattern=r"^[a-z][a-z0-9-]{1,60}$")]
Word = Annotated[str, StringConstraints(pattern=r"^[a-z][a-z0-9_]{0,40}$")]
Code = Annotated[str, StringConstraints(pattern=r"^[a-z][a-z0-9_]*(\.[a-z][a-z0-9_]*)+$")]
Sentence = Annotated[str, StringConstraints(min_length=1, max_length=600, strip_whitespace=True)]


class Part(BaseModel):
    """A part of a knowledge file: nothing unknown in it, never changed."""

    model_config = ConfigDict(extra="forbid", frozen=True)


class Text(Part):
    """A text in both languages."""

    zh: Sentence
    en: Sentence


class Parameter(Part):
    """A parameter of rows: its name, type, whether a row may leave it out, the texts allowed (if closed), the least number."""

    name: Word
    type: Kind
    optional: bool = False
    values: list[str] | None = None
    at_least: int | None = None


class FactNeed(Part):
    """An attribute that the predicate reads."""

    name: Word
    type: Literal["int", "quantity", "text", "bool", "date"]
    values: list[str] | None = None
    title: Text | None = None


class Explanation(Text):
    """One sentence with ``{placeholders}`` out of ``shows``; applies when ``when`` holds (or always)."""

    when: str | None = None


class Interval(Part):
    """Of shape interval: the value that decides which row applies, and the parameters that hold its ends (both included)."""

    value: str
    low: Word
    high: Word


class Range(Part):
    """Two parameters that are the ends of a range, both included; either may be left out by a row."""

    low: Word
    high: Word


class Conflicts(Part):
    """What the consistency check looks at between rows of one subject that are in force at once.

    ``differ``: parameters that cannot have two values (sex M and sex F: nobody fits both). ``ranges``: ranges that must meet.
    ``limits``: limits of which one is enough (the stricter acts anyway).
    """

    differ: list[Word] = []
    ranges: list[Range] = []
    limits: list[Word] = []


class ExampleSubject(Part):
    """A subject of an example."""

    key: str = "A"
    day: date | None = None
    quantity: int = 1000
    amount: int | None = None
    name: str = ""


class Example(Part):
    """A small case: rows (their parameters; a row names the subject ``A`` unless it gives another ``subject``) and facts."""

    title: str
    rows: list[dict[str, Any]] = Field(min_length=1)
    attributes: dict[str, Any] = {}
    labels: list[str] = []
    label_names: list[str] = []
    subjects: list[ExampleSubject] = [ExampleSubject()]
    judged_on: date = date(2025, 6, 30)


class Examples(Part):
    """``bad`` must hit exactly once, ``good`` must not hit and leave nothing open, ``open`` must stay undecided."""

    bad: list[Example] = Field(min_length=1)
    good: list[Example] = Field(min_length=1)
    open: list[Example] = []
