"""What cells name: codes, prefixes and words of source tables -> patterns, one per alternative ``(a|b)``."""

import re
import unicodedata
from collections.abc import Callable, Iterator

from anpei.rules.importer.mapping import Joined, Names
from anpei.rules.importer.reading import refuse
from anpei.rules.model import normalise_code, normalise_name
from anpei.rules.patterns import pattern_of


def patterns_of(names: Names, text: Callable[[str], str]) -> list[str]:
    """The patterns that a cell stands for, none twice. Raises Refusal when a code has none of the forms."""
    codes = [normalise_code(code) for code in _alternatives(names.field, text(names.field))]
    words = [] if names.words is None else [normalise_name(word) for word in _alternatives(names.words, text(names.words))]
    return list(dict.fromkeys(found for place, code in enumerate(codes) for found in _of_code(names, code, _words_at(codes, words, place))))


def _alternatives(field: str, cell: str) -> list[str]:
    """``(a|b)`` or ``a`` or ``a|b`` -> its parts; brackets inside a name stay when the whole is not in brackets."""
    whole = unicodedata.normalize("NFKC", cell).strip()
    if whole.startswith("(") and whole.endswith(")"):
        whole = whole[1:-1]
    parts = [part.strip() for part in whole.split("|")]
    if not whole or not all(parts) or "*" in whole:
        raise refuse(field, "wildcard", f"“{cell[:40]}”中有空的选项或星号", f"“{cell[:40]}” has an empty alternative or a star")
    return parts


def _words_at(codes: list[str], words: list[str], place: int) -> list[str]:
    """As many words as codes belong pairwise; otherwise every word belongs to every code."""
    return [words[place]] if len(codes) == len(words) else words


def _of_code(names: Names, code: str, words: list[str]) -> Iterator[str]:
    if re.fullmatch(names.exact, code):
        yield code
    elif names.with_words is not None and re.fullmatch(names.with_words, code):
        yield from (f"{code}*{word}*" for word in words)
    elif names.prefix is not None and re.fullmatch(names.prefix, code):
        yield f"{code}*"
    else:
        shown = code[:40]
        raise refuse(names.field, "form", f"“{shown}”既不是编码也不是编码段", f"“{shown}” is neither a code nor the beginning of one")


def joined_of(joined: Joined, subject: str, text: Callable[[str], str]) -> Iterator[str]:
    """The patterns of the others for one subject. Raises Refusal when nothing is left but the subject itself."""
    own = pattern_of(subject)
    found = []
    for other in patterns_of(joined.names, text):
        pattern = pattern_of(other)
        inside = pattern.prefix is not None and not pattern.word and (own.prefix or own.text).startswith(pattern.prefix)
        found.append(f"{pattern.prefix}{joined.base}*" if inside and joined.base and other != subject else other)
    kept = [other for other in found if other != subject]
    if not kept:
        raise refuse(joined.names.field, "itself", "与自己相比：两栏是同一编码", "compares an item with itself: both columns have one code")
    yield from kept
