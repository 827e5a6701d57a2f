"""The form of the knowledge about files that declare their facts (``rulebook/formats``): which elements say what."""

from typing import Literal, Self

from pydantic import BaseModel, ConfigDict, Field, model_validator

from anpei.engines.knowledge import Rulebook

FactType = Literal["text", "code", "money", "price", "number", "date", "capitals", "percent", "choice"]
Carrier = Literal["xml", "ofd"]


class _Strict(BaseModel):
    model_config = ConfigDict(extra="forbid", frozen=True)


class FormatTitle(_Strict):
    """A name for people, in both languages."""

    zh: str
    en: str


class Fact(_Strict):
    """A field of the file: the ends of the paths (``Seller/SellerName``) at which it may stand, best first, and its type."""

    type: FactType
    paths: tuple[str, ...] = Field(min_length=1)
    choices: dict[str, tuple[str, ...]] = Field(default_factory=dict)

    @model_validator(mode="after")
    def _choices_belong_to_a_choice(self) -> Self:
        if (self.type == "choice") != bool(self.choices):
            raise ValueError("a fact has choices when, and only when, its type is choice")
        return self


class RowFacts(_Strict):
    """Rows: the ends of the paths of the element that is one row, and the columns inside it."""

    paths: tuple[str, ...] = Field(min_length=1)
    columns: dict[str, Fact]


class KindRule(_Strict):
    """The kind of a document of this format; with a path, only when what stands there contains one of the words."""

    kind: str
    paths: tuple[str, ...] = ()
    words: tuple[str, ...] = ()


class DocumentFormat(_Strict):
    """A format of declared facts.

    ``marks``: groups of path ends; of each group one must be there. ``kinds``: the first rule that fits says the kind.
    ``rows``: the first whose amounts add up to ``total``, else the first that has any.
    """

    id: str
    title: FormatTitle
    status: Literal["draft", "shadow", "live", "retired"]
    owner: str
    reference: str
    carriers: tuple[Carrier, ...] = Field(min_length=1)
    marks: tuple[tuple[str, ...], ...] = Field(min_length=1)
    kinds: tuple[KindRule, ...] = Field(min_length=1)
    fields: dict[str, Fact]
    rows: tuple[RowFacts, ...] = ()
    total: str = "total_amount"


def load_formats(rulebook: Rulebook) -> tuple[DocumentFormat, ...]:
    """Read ``formats/*.yaml``; the live ones. Raises KnowledgeError."""
    return tuple(each for _, each in rulebook.load_all("formats", DocumentFormat) if each.status == "live")
