"""What the doors say: texts with an id in Chinese and English (``texts/*.yaml``), and the titles of kinds and fields of the rulebook."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Literal

from pydantic import BaseModel, ConfigDict, Field

from anpei.engines.knowledge import KnowledgeError, Rulebook

Lang = Literal["zh", "en"]
LANGUAGES: tuple[Lang, ...] = ("zh", "en")
FOLDER = Path(__file__).parent / "texts"


class Said(BaseModel):
    """A text in both languages."""

    model_config = ConfigDict(extra="forbid", frozen=True)

    zh: str = Field(min_length=1)
    en: str = Field(min_length=1)


class TextsFile(BaseModel):
    """One file of texts; its keys are dotted ids."""

    model_config = ConfigDict(extra="forbid", frozen=True)

    id: str
    title: Said
    status: Literal["draft", "shadow", "live", "retired"]
    owner: str
    texts: dict[str, Said]


class _Titled(BaseModel):
    """Anything of the rulebook that has a title; the rest of it is not looked at."""

    model_config = ConfigDict(extra="ignore", frozen=True)

    id: str = ""
    title: Said


class _Vocabulary(BaseModel):
    """The titles in the vocabulary of fields."""

    model_config = ConfigDict(extra="ignore", frozen=True)

    fields: dict[str, _Titled]


@dataclass(frozen=True)
class Words:
    """All texts of the doors. ``titles``: kinds (``kind.…``) and fields (``field.…``) as the rulebook names them."""

    texts: Mapping[str, Said]
    titles: Mapping[str, Said] = field(default_factory=dict)

    def say(self, key: str, lang: Lang, /, **values: object) -> str:
        """The text of an id with its placeholders filled. Raises KnowledgeError for an id that has no text."""
        text = self.texts.get(key)
        if text is None:
            raise KnowledgeError(f"entrypoints/api/texts has no text {key}: add it in both languages")
        return getattr(text, lang).format(**values) if values else str(getattr(text, lang))

    def title(self, group: str, code: str, lang: Lang) -> str:
        """The title of a code of a group that may grow elsewhere; the code itself when nobody has named it yet."""
        text = self.texts.get(f"{group}.{code}") or self.titles.get(f"{group}.{code}")
        return code if text is None else str(getattr(text, lang))

    def has(self, key: str) -> bool:
        """Whether there is a text of this id."""
        return key in self.texts


def load_texts() -> dict[str, Said]:
    """The doors' own texts. Raises KnowledgeError when an id stands twice."""
    found: dict[str, Said] = {}
    for path, file in Rulebook((FOLDER,)).load_all(".", TextsFile):
        for key, text in file.texts.items():
            if key in found:
                raise KnowledgeError(f"{path.name}: the text {key} stands in two files; keep one")
            found[key] = text
    return found


def load_words(rulebook: Rulebook) -> Words:
    """The doors' own texts, and the titles of the installation's rulebook."""
    titles = {f"kind.{kind.id}": kind.title for _, kind in rulebook.load_all("kinds", _Titled)}
    vocabulary = rulebook.load("kinds/shared/vocabulary.yaml", _Vocabulary)
    titles |= {f"notice.{text.id}": text.title for _, text in rulebook.load_all("notices/texts", _Titled)}
    titles |= {f"field.{name}": field_.title for name, field_ in vocabulary.fields.items()}
    return Words(texts=load_texts(), titles=titles)
