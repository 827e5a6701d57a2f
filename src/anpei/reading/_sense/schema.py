"""The form of the knowledge about kinds and layouts: ``rulebook/kinds`` and ``rulebook/layouts``."""

from collections.abc import Mapping, Sequence
from functools import cached_property
from typing import Any, Literal, Self

from pydantic import BaseModel, ConfigDict, Field, field_validator, model_validator

from anpei.engines.knowledge import KnowledgeError, Rulebook
from anpei.reading.layouts.forms import LayoutKeys, Region
from anpei.reading.layouts.index import KindIndex

Status = Literal["draft", "shadow", "live", "retired"]
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


class _Strict(BaseModel):
    model_config = ConfigDict(extra="forbid", frozen=True)


class Title(_Strict):
    """A name for people, in both languages."""

    zh: str
    en: str


class Label(_Strict):
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


class FieldSpec(_Strict):
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


class FieldChange(_Strict):
    """What a kind or layout changes about a shared field; labels and patterns are put before the shared ones."""

    labels: tuple[Label | str, ...] = ()
    patterns: tuple[str, ...] = ()
    without: tuple[str, ...] = ()
    type: ValueType | None = None
    length: tuple[int, int] | None = None
    below: bool | None = None
    lines: int | None = None
    regions: tuple[Region, ...] = ()


class ColumnSpec(_Strict):
    """A column of a table: its type and the words in its head."""

    type: ValueType
    heads: tuple[str, ...]
    choices: dict[str, tuple[str, ...]] = Field(default_factory=dict)


class ColumnChange(_Strict):
    """Words in the head of a column that only one form uses; they go before the shared ones."""

    heads: tuple[str, ...] = Field(min_length=1)


class Keyword(_Strict):
    """A word that speaks for a kind. ``title``: it counts in full only in the page's upper part."""

    text: str
    weight: float = 1.0
    title: bool = False


class Checks(_Strict):
    """Arithmetic that must hold between fields of a page; it moves confidence, never a value.

    ``same``: groups of fields that must be equal; ``sums``: a field and the fields that add up to it; ``rows``: the field
    that the rows' ``amount`` add up to; ``order``: days that follow one another.
    """

    same: tuple[tuple[str, ...], ...] = ()
    sums: dict[str, tuple[str, ...]] = Field(default_factory=dict)
    rows: str | None = None
    order: tuple[tuple[str, str], ...] = ()


class Repeats(_Strict):
    """Rows that are no table: labels that come back for each of several parties, or running text.

    ``fields``: what a row holds, with the kind's changes; ``key``: the one that begins a row; ``who``: words that stand for the
    first party, the second and so on; ``found``: patterns that find keys in running text; ``said``: patterns that find the
    others, with ``{who}`` for the key and ``{plate}`` for anything like a plate.
    """

    key: str
    fields: dict[str, FieldChange | None]
    who: tuple[tuple[str, ...], ...] = ()
    found: tuple[str, ...] = ()
    said: dict[str, tuple[str, ...]] = Field(default_factory=dict)

    @model_validator(mode="after")
    def _known(self) -> Self:
        missing = [name for name in (self.key, *self.said) if name not in self.fields]
        if missing:
            raise ValueError(f"rows have no field {', '.join(missing)}; add it to the fields of repeats")
        return self


class Vocabulary(_Strict):
    """Fields and columns shared by kinds, labels that only end a value, and words that are often misread, with the right ones."""

    id: str
    title: Title
    status: Status
    owner: str
    reference: str
    fields: dict[str, FieldSpec]
    columns: dict[str, ColumnSpec]
    stops: tuple[str, ...] = ()
    misread: dict[str, str] = Field(default_factory=dict)


class Kind(_Strict):
    """One kind of document.

    ``required``: what every page of the kind must tell; ``sides``: groups of fields of which one group must be told (a card has
    two sides); ``key``: the fields by which its reading is measured; ``identity``: fields that tell one paper from another, best
    first; ``listed``: patterns with named groups that make a row of a whole line where there is no table; ``code_square``:
    whether a QR code repeats its facts.
    """

    id: str
    title: Title
    status: Status
    owner: str
    reference: str
    keywords: tuple[Keyword, ...]
    vetoes: tuple[str, ...] = ()
    required: tuple[str, ...] = ()
    key: tuple[str, ...] = ()
    sides: tuple[tuple[str, ...], ...] = ()
    fields: dict[str, FieldChange | None]
    columns: tuple[str, ...] = ()
    listed: tuple[str, ...] = ()
    stops: tuple[str, ...] = ()
    repeats: Repeats | None = None
    checks: Checks = Checks()
    identity: tuple[tuple[str, ...], ...] = ()
    code_square: bool = False

    @property
    def is_scene(self) -> bool:
        """Whether it is a photograph without a paper in it, which no words tell."""
        return not self.keywords

    @model_validator(mode="after")
    def _known(self) -> Self:
        missing = [name for name in (*self.required, *self.key, *(n for side in self.sides for n in side)) if name not in self.fields]
        if missing:
            raise ValueError(f"required or key fields that the kind does not have: {', '.join(missing)}; add them to fields")
        return self


class Layout(_Strict):
    """One issuer's form of a kind: recognised by ``keys``, with its own changes to fields and heads of columns.

    Its golden pairs lie in ``layouts/examples/<id>/``; ``draft`` ones are not read, ``shadow`` ones change nothing, ``retired``
    ones stay for the readings that name them.
    """

    id: str = Field(pattern=r"^[a-z][a-z0-9_]{2,79}$")
    kind: str
    title: Title
    status: Status
    owner: str
    reference: str
    keys: LayoutKeys
    fields: dict[str, FieldChange] = Field(default_factory=dict)
    columns: dict[str, ColumnChange] = Field(default_factory=dict)

    @field_validator("keys", mode="before")
    @classmethod
    def _plain_list(cls, value: Any) -> Any:
        """A list is short for words that must all stand there."""
        return {"words": value} if isinstance(value, list | tuple) else value


class Knowledge(_Strict):
    """Everything known about documents. ``layouts`` are the live ones, ``shadows`` those that are tried beside them."""

    kinds: dict[str, Kind]
    layouts: tuple[Layout, ...]
    specs: dict[str, dict[str, FieldSpec]]
    columns: dict[str, ColumnSpec]
    stops: tuple[str, ...]
    misread: dict[str, str]
    shadows: tuple[Layout, ...] = ()
    repeated: dict[str, dict[str, FieldSpec]] = Field(default_factory=dict)

    @cached_property
    def live_index(self) -> KindIndex:
        """The live layouts, to be found by their keys."""
        return KindIndex([(layout.kind, layout.keys) for layout in self.layouts])

    @cached_property
    def shadow_index(self) -> KindIndex:
        """The shadow layouts, to be found by their keys."""
        return KindIndex([(layout.kind, layout.keys) for layout in self.shadows])

    def with_layouts(self, *, live: Sequence[Layout], shadows: Sequence[Layout] = ()) -> "Knowledge":
        """The same knowledge with other layouts."""
        own = {name: getattr(self, name) for name in type(self).model_fields}
        return type(self).model_construct(**own | {"layouts": tuple(live), "shadows": tuple(shadows)})

    def spec_of(self, kind: str, layout: Layout | None) -> dict[str, FieldSpec]:
        """The fields of a kind, with a layout's own changes."""
        specs = dict(self.specs[kind])
        for name, change in (layout.fields if layout else {}).items():
            specs[name] = merge(specs[name], change)
        return specs

    def columns_of(self, kind: str, layout: Layout | None) -> dict[str, ColumnSpec]:
        """The columns of a kind, with a layout's own heads; a head that a layout gives to one column no other has."""
        columns = {name: self.columns[name] for name in self.kinds[kind].columns}
        changes = layout.columns if layout else {}
        own = {head for change in changes.values() for head in change.heads}
        for name, spec in columns.items() if changes else ():
            kept = tuple(head for head in spec.heads if head not in own)
            columns[name] = spec.model_copy(update={"heads": (changes[name].heads if name in changes else ()) + kept})
        return columns


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


def load_knowledge(rulebook: Rulebook) -> Knowledge:
    """Read ``kinds/shared/vocabulary.yaml``, ``kinds/*.yaml`` and ``layouts/*.yaml``. Raises KnowledgeError."""
    shared = rulebook.load("kinds/shared/vocabulary.yaml", Vocabulary)
    kinds: dict[str, Kind] = {}
    for path in rulebook.files("kinds"):
        if path.parent.name == "kinds":
            kind = rulebook.load(f"kinds/{path.name}", Kind)
            if kind.status in ("live", "shadow"):
                kinds[kind.id] = kind
    layouts = [layout for _, layout in rulebook.load_all("layouts", Layout)]
    specs = {id_: {name: merge(shared.fields[name], change) for name, change in kind.fields.items()} for id_, kind in kinds.items()}
    repeats = {id_: kind.repeats.fields for id_, kind in kinds.items() if kind.repeats is not None}
    repeated = {id_: {name: merge(shared.fields[name], change) for name, change in fields.items()} for id_, fields in repeats.items()}
    for layout in layouts:
        check_layout(layout, kinds)
    return Knowledge(
        kinds=kinds,
        layouts=tuple(layout for layout in layouts if layout.status == "live"),
        shadows=tuple(layout for layout in layouts if layout.status == "shadow"),
        specs=specs,
        columns=shared.columns,
        stops=shared.stops,
        misread=shared.misread,
        repeated=repeated,
    )


def check_layout(layout: Layout, kinds: Mapping[str, Kind]) -> None:
    """Raises KnowledgeError when a layout that is in use speaks of a kind, field or column that there is not."""
    if layout.status not in ("live", "shadow"):
        return
    kind = kinds.get(layout.kind)
    if kind is None:
        raise KnowledgeError(f"layout {layout.id}: there is no kind {layout.kind!r}: name one of kinds/")
    strange = [*(name for name in layout.fields if name not in kind.fields), *(name for name in layout.columns if name not in kind.columns)]
    if strange:
        raise KnowledgeError(f"layout {layout.id}: kind {kind.id} has no {', '.join(strange)}: correct the name or add it to the kind")
