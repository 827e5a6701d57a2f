"""Patterns (通配): what a row's subject, or the other that a row names, stands for. Look-up is by dictionary, never over rows.

Three forms, told apart by their stars alone:

* ``003301`` (no star at the end): an exact key.
* ``003301*``: a prefix; it names every key that starts with it, the key ``003301`` included. ``*`` alone names everything.
* ``C*支架*``: a prefix and a word; it names every subject that has a key starting with ``C`` and whose name holds the word.

A text that starts with no prefix but holds a word is ``*支架*``. Any other use of stars is an exact key.
"""

from bisect import bisect_left
from collections.abc import Collection, Iterable
from dataclasses import dataclass

from anpei.rules.model import Subject


@dataclass(frozen=True, slots=True)
class Pattern:
    """A parsed pattern. ``prefix`` is None for an exact key; ``word`` is empty when the name does not matter."""

    text: str
    prefix: str | None
    word: str = ""

    def names(self, subject: Subject) -> bool:
        """Whether the pattern stands for a subject."""
        if self.prefix is None:
            return self.text in subject.keys
        prefix = self.prefix
        return self.word in subject.name and any(key.startswith(prefix) for key in subject.keys)


def pattern_of(text: str) -> Pattern:
    """The pattern of a text; every text is one."""
    if not text.endswith("*"):
        return Pattern(text, None)
    prefix, star, word = text[:-1].partition("*")
    if not star:
        return Pattern(text, prefix)
    return Pattern(text, prefix, word) if word and "*" not in word else Pattern(text, None)


class PatternIndex:
    """The patterns among some texts. ``of`` tries the prefix lengths and word lengths that occur, each by one look-up."""

    __slots__ = ("_lengths", "_with_words", "_words")

    def __init__(self, texts: Iterable[str]) -> None:
        self._words: dict[str, dict[int, set[str]]] = {}
        for text in texts:
            if not text.endswith("*"):
                continue
            pattern = pattern_of(text)
            if pattern.prefix is not None:
                self._words.setdefault(pattern.prefix, {}).setdefault(len(pattern.word), set()).add(pattern.word)
        self._lengths = sorted({len(prefix) for prefix in self._words})
        self._with_words = any(size for sizes in self._words.values() for size in sizes)

    @property
    def has_words(self) -> bool:
        """Whether any pattern asks for a word of the name."""
        return self._with_words

    @property
    def lengths(self) -> tuple[int, ...]:
        """The lengths of the prefixes that occur."""
        return tuple(self._lengths)

    def prefixes(self, length: int) -> list[str]:
        """The prefixes of one length."""
        return [prefix for prefix in self._words if len(prefix) == length]

    def of(self, subject: Subject) -> tuple[str, ...]:
        """Every text that may name a subject: its own keys (unless written like a pattern), then the patterns; none twice."""
        found = dict.fromkeys(key for key in subject.keys if not key.endswith("*") or pattern_of(key).prefix is None)
        for key in subject.keys if self._lengths else ():
            for length in self._lengths:
                if length > len(key):
                    break
                prefix = key[:length]
                for size, words in self._words.get(prefix, _NONE).items():
                    if not size:
                        found[prefix + "*"] = None
                    else:
                        found.update((f"{prefix}*{word}*", None) for word in _parts(subject.name, size) if word in words)
        return tuple(found)


_NONE: dict[int, set[str]] = {}


def _parts(name: str, size: int) -> Iterable[str]:
    return (name[start : start + size] for start in range(len(name) - size + 1))


class KnownCodes:
    """A set of codes, asked for a code or for the beginning of one."""

    def __init__(self, codes: Collection[str]) -> None:
        self._codes = frozenset(codes)
        self._sorted = sorted(self._codes)

    def has(self, text: str) -> bool:
        """Whether a row's subject (a code or a pattern) names a known code."""
        pattern = pattern_of(text)
        if pattern.prefix is None:
            return text in self._codes
        at = bisect_left(self._sorted, pattern.prefix)
        return at < len(self._sorted) and self._sorted[at].startswith(pattern.prefix)
