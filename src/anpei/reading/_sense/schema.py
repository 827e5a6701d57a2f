"""The form of the knowledge about kinds and layouts: ``rulebook/kinds`` and ``rulebook/layouts``."""

from collections import Counter
from collections.abc import Mapping, Sequence
from functools import cached_property
from typing import Any, Literal, Self

from pydantic import Field, field_validator, model_validator

from anpei.engines.knowledge import KnowledgeError, Rulebook
from anpei.reading._sense.lines import plain
from anpei.reading._sense.specs import ColumnChange, ColumnSpec, FieldChange, FieldSpec, Label, Strict, Title, ValueType, merge
from anpei.reading.layouts.forms import LayoutKeys
from anpei.reading.layouts.index import KindIndex

Status = Literal["draft", "shadow", "live", "retired"]


class Keyword(Strict):
    """A word that speaks for a kind. ``title``: it counts in full only in the page's upper part."""

    text: str
    weight: float = 1.0
    title: bool = False


class Checks(Strict):
    """Arithmetic that must hold between fields of a page; it moves confidence, never a value.

    ``same``: groups of fields that must be equal; ``sums``: a field and the fields that add up to it; ``rows``: the field
    that the rows' ``amount`` add up to; ``order``: days that follow one another.
    """

    same: tuple[tuple[str, ...], ...] = ()
    sums: dict[str, tuple[str, ...]] = Field(default_factory=dict)
    rows: str | None = None
    order: tuple[tuple[str, str], ...] = ()


class Repeats(Strict):
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


class Vocabulary(Strict):
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


class Kind(Strict):
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


class Layout(Strict):
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


FEW = 8
"""A field that more kinds than this have says nothing about the kind."""


class Knowledge(Strict):
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

    @cached_property
    def telling_labels(self) -> dict[str, tuple[str, ...]]:
        """For each field that few kinds have, its labels that say something by themselves."""
        owners = Counter(name for kind in self.kinds.values() for name in kind.fields)
        found: dict[str, set[str]] = {}
        for specs in self.specs.values():
            for name, spec in specs.items():
                if owners[name] <= FEW:
                    found.setdefault(name, set()).update(plain(label.text) for label in spec.all_labels if len(label.text) >= 3)
        return {name: tuple(sorted(labels)) for name, labels in found.items()}

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


__all__ = [
    "Checks",
    "ColumnChange",
    "ColumnSpec",
    "FieldChange",
    "FieldSpec",
    "Keyword",
    "Kind",
    "Knowledge",
    "Label",
    "Layout",
    "Repeats",
    "Status",
    "Title",
    "ValueType",
    "Vocabulary",
    "check_layout",
    "load_knowledge",
    "merge",
]
