"""The form of a field and of a column of a table: how it is found and read, and what a kind or a layout changes about it."""

from typing import Literal

from pydantic import BaseModel, ConfigDict, Field

from anpei.reading.layouts.forms import Region

ValueType = Literal[
    "text",
    "item",
    "paragraph",
    "diagnosis",
    "name",
    "gender",
    "age",
    "date",
    "until",
    "money",
    "price",
    "number",
    "capitals",
    "digits",
    "code",
    "place",
    "id_number",
    "card_number",
    "icd",
    "plate",
    "vin",
    "tax_number",
    "percent",
    "choice",
    "month",
    "unit",
    "quantity",
    "phone",
    "grade",
    "lettered",
    "result",
    "reference",
]


class Strict(BaseModel):
    """Knowledge that refuses words it does not know, and is never changed."""

    model_config = ConfigDict(extra="forbid", frozen=True)


class Title(Strict):
    """A name for people, in both languages."""

    zh: str
    en: str


class Label(Strict):
    """A printed label of a field. ``part`` picks one of several values behind it (1 is the first); ``weight`` ranks labels.

    ``of``: words that say whose value it is where several persons' stand on a page; it counts only where one of them stands
    nearer before it than the ``of`` words of other fields and the ``rivals``. ``nth``: of several places with this label the
    first or the last is the field's.
    """

    text: str = Field(min_length=1)
    weight: float = Field(default=1.0, gt=0, le=1)
    part: int = Field(default=1, ge=1)
    of: tuple[str, ...] = ()
    rivals: tuple[str, ...] = ()
    nth: Literal["first", "last"] | None = None


class FieldSpec(Strict):
    """How a field is found and read.

    ``labels`` are printed labels (plain text or a mapping with weight and part), ``patterns`` regular expressions with one
    group that find it without a label (matched against whole lines, and against single cells where ``cells`` says so),
    ``length`` the least and most characters of a code, ``choices`` the allowed values of a choice with the words that stand
    for them, ``below`` whether a value may stand under its label, ``lines`` how many lines a paragraph may have, ``regions``
    where a layout says that the value stands.
    """

    title: Title
    type: ValueType
    labels: tuple[Label | str, ...] = ()
    patterns: tuple[str, ...] = ()
    length: tuple[int, int] | None = None
    choices: dict[str, tuple[str, ...]] = Field(default_factory=dict)
    cells: bool = False
    below: bool = True
    lines: int = Field(default=1, ge=1, le=40)
    regions: tuple[Region, ...] = ()

    @property
    def all_labels(self) -> tuple[Label, ...]:
        """The labels, each as a mapping."""
        return tuple(Label(text=label) if isinstance(label, str) else label for label in self.labels)


class FieldChange(Strict):
    """What a kind or layout changes about a shared field; labels and patterns are put before the shared ones."""

    labels: tuple[Label | str, ...] = ()
    patterns: tuple[str, ...] = ()
    without: tuple[str, ...] = ()
    type: ValueType | None = None
    length: tuple[int, int] | None = None
    below: bool | None = None
    lines: int | None = None
    regions: tuple[Region, ...] = ()


class ColumnSpec(Strict):
    """A column of a table: its type and the words in its head."""

    type: ValueType
    heads: tuple[str, ...]
    choices: dict[str, tuple[str, ...]] = Field(default_factory=dict)


class ColumnChange(Strict):
    """Words in the head of a column that only one form uses; they go before the shared ones."""

    heads: tuple[str, ...] = Field(min_length=1)


def merge(spec: FieldSpec, change: FieldChange | None) -> FieldSpec:
    """A shared field with a kind's or layout's change."""
    if change is None:
        return spec
    kept = tuple(label for label in spec.labels if (label if isinstance(label, str) else label.text) not in change.without)
    update: dict[str, object] = {
        "labels": change.labels + kept,
        "patterns": change.patterns + spec.patterns,
        "regions": change.regions + spec.regions,
    }
    for name in ("type", "length", "below", "lines"):
        value = getattr(change, name)
        if value is not None:
            update[name] = value
    return spec.model_copy(update=update)
