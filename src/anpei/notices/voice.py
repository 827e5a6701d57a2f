"""The voice of everything the platform says: short, active, to "您", never blaming. The list of banned phrases is data."""

import re

from pydantic import BaseModel, ConfigDict, Field

from anpei.engines.knowledge import Rulebook
from anpei.notices.model import Language
from anpei.notices.templates import Template

VOICE_FILE = "notices/voice.yaml"


class _Strict(BaseModel):
    model_config = ConfigDict(extra="forbid", frozen=True)


class Banned(_Strict):
    """A phrase that is never written, why, and what to write instead."""

    phrase: str = Field(min_length=1)
    why: str
    instead: str


class LanguageVoice(_Strict):
    """The rules of one language. ``longest_sentence``: in characters; the words of a clause are quoted and not measured."""

    longest_sentence: int = Field(ge=20)
    banned: tuple[Banned, ...]


class Voice(_Strict):
    """The voice of both languages."""

    id: str
    title: dict[str, str]
    owner: str
    status: str
    zh: LanguageVoice
    en: LanguageVoice

    def problems(self, text: str, *, language: Language) -> list[str]:
        """What in a text does not fit the voice, in words; empty when it fits."""
        rules = self.zh if language is Language.ZH else self.en
        folded = text.casefold()
        found = [
            f"“{entry.phrase}”: {entry.why}; write: {entry.instead}" for entry in rules.banned if _stands_in(entry.phrase, folded, language)
        ]
        longest = rules.longest_sentence
        found.extend(
            f"a sentence of {len(sentence)} characters (at most {longest}): {sentence[:30]}…"
            for sentence in _sentences(text)
            if len(sentence) > longest
        )
        return found


def _sentences(text: str) -> list[str]:
    """The sentences of a text; what stands in quotation marks is somebody else's words and left out."""
    own = re.sub(r"“[^”]*”|\"[^\"]*\"", "", text)
    return [sentence.strip() for sentence in re.split(r"[。！？；\n]|[.!?;](?:\s|$)", own)]


def _stands_in(phrase: str, folded: str, language: Language) -> bool:
    if language is Language.ZH:
        return phrase.casefold() in folded
    return re.search(rf"(?<![a-z]){re.escape(phrase.casefold())}(?![a-z])", folded) is not None


def load_voice(rulebook: Rulebook) -> Voice:
    """The voice in ``notices/voice.yaml``."""
    return rulebook.load(VOICE_FILE, Voice)


def example_problems(template: Template, *, voice: Voice) -> list[str]:
    """What is wrong with a template by its own examples: good ones say their piece in the voice, bad ones do not fit."""
    problems: list[str] = []
    for example in template.good_examples:
        values = template.read_values(example.values)
        for language, piece in ((Language.ZH, example.zh), (Language.EN, example.en)):
            text = template.render(values, language=language)
            if piece not in text.subject + "\n" + text.body:
                problems.append(f"{template.id}: the {language.value} text does not say “{piece}”")
            problems += [f"{template.id}: {problem}" for problem in voice.problems(text.subject + "\n" + text.body, language=language)]
    for bad in template.bad_examples:
        if not voice.problems(bad.text, language=bad.language):
            problems.append(f"{template.id}: nothing forbids “{bad.text}” ({bad.why})")
    return problems
