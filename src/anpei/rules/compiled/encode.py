"""Facts as arrays: many cases at once, subjects and labels as numbers, attributes by slot."""

from array import array
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date
from typing import NamedTuple

import numpy as np

from anpei.rules.columns import Array
from anpei.rules.compiled.bytecode import LARGEST
from anpei.rules.compiled.texts import Keys
from anpei.rules.judging.evaluation import FactsInvalid
from anpei.rules.model import RuleFacts, Subject, Value
from anpei.rules.patterns import PatternIndex

UNKNOWN = 1 << 62
"""Stands for an unknown amount or name."""
MOST_KEPT = 100_000
"""Combinations of keys (and names) whose numbers a vocabulary remembers."""


class Cases(NamedTuple):
    """Many cases: which subjects and labels are whose (``*_at``: first of each, one more at the end), and their values.

    ``key`` holds the numbers of the texts of the snapshot that name a subject, each once; ``first_key`` a number for the subject's first
    key; ``day`` is an ordinal, 0 = unknown; ``quantity`` in thousandths; ``amount`` in fen. ``name``, ``label`` (codes), ``wording`` (names
    of labels) and texts among ``attribute``: the number of a text of the snapshot, or -1 - n for the n-th text of ``text_bytes`` here.
    ``on`` is the day of evaluation as an ordinal. ``attribute`` and ``known`` hold ``facts[0]`` values a case.
    """

    subject_at: Array
    key_at: Array
    key: Array
    first_key: Array
    day: Array
    quantity: Array
    amount: Array
    name: Array
    label_at: Array
    label: Array
    wording_at: Array
    wording: Array
    attribute: Array
    known: Array
    on: Array
    text_at: Array
    text_bytes: Array
    facts: Array


@dataclass(frozen=True, slots=True)
class Vocabulary:
    """What an opened snapshot knows: keys, the patterns among them, texts, and fact slots."""

    keys: Keys
    patterns: PatternIndex
    texts: Mapping[str, int]
    facts: tuple[str, ...]
    _kept: dict[tuple[tuple[str, ...], str], tuple[int, ...]] = field(default_factory=dict, repr=False, compare=False)

    def numbers_of(self, keys: tuple[str, ...], name: str) -> tuple[int, ...]:
        """The numbers of all texts of the snapshot that name a subject with these keys and this name."""
        asked = keys, name if self.patterns.has_words else ""
        found = self._kept.get(asked)
        if found is None:
            if len(self._kept) >= MOST_KEPT:
                self._kept.clear()
            texts = self.patterns.of(Subject(id="", keys=keys, name=name))
            found = self._kept[asked] = tuple([number for text in texts if (number := self.keys.number(text)) >= 0])
        return found


class _Encoder:
    """Collects whole numbers; ``_all`` are the columns in the order of ``Cases``, those of numbers alone."""

    def __init__(self, vocabulary: Vocabulary) -> None:
        self._vocabulary = vocabulary
        self._local: dict[str, int] = {}
        self._first_keys: dict[str, int] = {}
        self._subject_at, self._key_at, self._label_at, self._wording_at = [0], [0], [0], [0]
        self._key: list[int] = []
        self._first_key: list[int] = []
        self._day: list[int] = []
        self._quantity: list[int] = []
        self._amount: list[int] = []
        self._name: list[int] = []
        self._label: list[int] = []
        self._wording: list[int] = []
        self._attribute: list[int] = []
        self._known: list[bool] = []

    def add(self, facts: RuleFacts) -> None:
        """One case."""
        subjects, first, text = facts.subjects, self._first_keys, self._text
        self._keys(subjects)
        self._first_key += [first.setdefault(one.keys[0], len(first)) for one in subjects]
        self._day += [0 if one.day is None else one.day.toordinal() for one in subjects]
        self._quantity += self._held([one.quantity for one in subjects], subjects, "quantity")
        self._amount += self._held([UNKNOWN if one.amount is None else one.amount for one in subjects], subjects, "amount")
        self._name += [text(one.name) if one.name else UNKNOWN for one in subjects]
        self._subject_at.append(len(self._day))
        self._label += [text(code) for code in facts.labels]
        self._label_at.append(len(self._label))
        self._wording += [text(name) for name in facts.label_names]
        self._wording_at.append(len(self._wording))
        values = [facts.attributes.get(name) for name in self._vocabulary.facts]
        self._known += [value is not None for value in values]
        self._attribute += [0 if value is None else self._value(place, value) for place, value in enumerate(values)]

    def _keys(self, subjects: Sequence[Subject]) -> None:
        numbers_of, key, key_at = self._vocabulary.numbers_of, self._key, self._key_at
        for one in subjects:
            key += numbers_of(one.keys, one.name)
            key_at.append(len(key))

    @staticmethod
    def _held(values: list[int], subjects: Sequence[Subject], what: str) -> list[int]:
        """Values that kernels can hold; UNKNOWN is one."""
        if values and not -LARGEST < min(values) <= max(values) < LARGEST:
            for value, subject in zip(values, subjects, strict=True):
                if value != UNKNOWN or getattr(subject, what) is not None:
                    held(value, f"the {what} of subject {subject.id}")
        return values

    def _value(self, place: int, value: Value) -> int:
        if isinstance(value, str):
            return self._text(value)
        if isinstance(value, date):
            return value.toordinal()
        return 0 if value is None or isinstance(value, tuple) else held(int(value), f"the attribute {self._vocabulary.facts[place]}")

    def _text(self, text: str) -> int:
        """The number of a text: of the snapshot's table, else of the own one (negative)."""
        found = self._vocabulary.texts.get(text)
        return -1 - self._local.setdefault(text, len(self._local)) if found is None else found

    def cases(self, on: Sequence[date]) -> Cases:
        """The arrays: one piece of memory, in which each has its part."""
        texts = [text.encode() for text in self._local]
        ends = [0]
        for content in texts:
            ends.append(ends[-1] + len(content))
        columns = (
            self._subject_at, self._key_at, self._key, self._first_key, self._day, self._quantity, self._amount, self._name,
            self._label_at, self._label, self._wording_at, self._wording, self._attribute, [day.toordinal() for day in on], ends,
            [len(self._vocabulary.facts)],
        )  # fmt: skip
        whole = array("q")
        for column in columns:
            whole.extend(column)
        memory, start = np.frombuffer(whole, dtype=np.int64), 0
        parts: list[Array] = []
        for column in columns:
            parts.append(memory[start : start + len(column)])
            start += len(column)
        *numbers, days, text_at, facts = parts
        known: Array = np.frombuffer(bytes(self._known), dtype=np.uint8)
        told: Array = np.frombuffer(b"".join(texts), dtype=np.uint8)
        every = [*numbers, known, days, text_at.view(np.uint64), told, facts]
        return Cases(*every)


def encode(facts: Sequence[RuleFacts], *, vocabulary: Vocabulary, on: Sequence[date]) -> Cases:
    """Cases as arrays. Attributes must have been checked (``evaluation.examine`` does). Raises FactsInvalid for numbers too large."""
    encoder = _Encoder(vocabulary)
    for case in facts:
        encoder.add(case)
    return encoder.cases(on)


def held(value: int, where: str) -> int:
    """The value, if kernels can hold it. Raises FactsInvalid that says where it stands."""
    if not -LARGEST < value < LARGEST:
        raise FactsInvalid(f"{where} is {value}, which is too large: correct it")
    return value
