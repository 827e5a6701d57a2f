"""Facts as arrays: many cases at once, subjects and labels as numbers, attributes by slot."""

from array import array
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date
from itertools import accumulate
from typing import TYPE_CHECKING, NamedTuple

import numpy as np

from anpei.rules.columns import Array
from anpei.rules.compiled.bytecode import LARGEST
from anpei.rules.judging.evaluation import FactsInvalid
from anpei.rules.model import RuleFacts, Subject, Value
from anpei.rules.patterns import PatternIndex

if TYPE_CHECKING:
    from anpei.rules.compiled.keys import Keys

UNKNOWN = 1 << 62
"""Stands for an unknown amount or name."""
MOST_KEPT = 100_000
"""Combinations of keys (and names) whose numbers a vocabulary remembers."""


class Cases(NamedTuple):
    """Many cases: which subjects and labels are whose (``*_at``: first of each, one more at the end), and their values.

    ``key`` holds the numbers of the texts of the snapshot that name a subject, each once; ``first_key`` a number for the subject's first
    key; ``day`` is an ordinal, 0 = unknown; ``quantity`` in thousandths; ``amount`` in fen. ``name``, ``label`` (codes), ``wording`` (names
    of labels) and texts among ``attribute``: the number of a text of the snapshot, or -1 - n for the n-th text of ``text_bytes`` here.
    ``on`` is the day of evaluation as an ordinal. ``attribute`` and ``known`` hold ``facts[0]`` values a case. ``table``: addresses and
    lengths of the arrays before it (``addressing.addresses``) where whoever made them knows them already; else empty.
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
    table: Array = np.zeros(0, dtype=np.int64)


@dataclass(frozen=True, slots=True)
class Vocabulary:
    """What an opened snapshot knows: keys, the patterns among them, texts, and fact slots."""

    keys: "Keys"
    patterns: PatternIndex
    texts: Mapping[str, int]
    facts: tuple[str, ...]
    _kept: dict[tuple[object, ...], tuple[int, ...]] = field(default_factory=dict, repr=False, compare=False)
    """By keys alone where no pattern asks for a word of the name, else by keys and name."""

    def numbers_of(self, keys: tuple[str, ...], name: str) -> tuple[int, ...]:
        """The numbers of all texts of the snapshot that name a subject with these keys and this name."""
        asked = (keys, name) if self.patterns.has_words else keys
        found = self._kept.get(asked)
        if found is None:
            if len(self._kept) >= MOST_KEPT:
                self._kept.clear()
            texts = self.patterns.of(Subject(id="", keys=keys, name=name))
            found = self._kept[asked] = tuple([number for text in texts if (number := self.keys.number(text)) >= 0])
        return found

    def numbers_of_each(self, subjects: Sequence[Subject]) -> list[tuple[int, ...]]:
        """``numbers_of`` for several subjects."""
        kept, words, of = self._kept, self.patterns.has_words, self.numbers_of
        return [kept.get((one.keys, one.name) if words else one.keys) or of(one.keys, one.name) for one in subjects]


class Texts:
    """Numbers of texts: those of the snapshot, and negative ones in the order in which others come."""

    def __init__(self, known: Mapping[str, int]) -> None:
        self._known = known
        self._own: dict[str, int] = {}

    def numbers(self, texts: Iterable[str]) -> list[int]:
        """The number of each text."""
        known, own, found = self._known, self._own, []
        for text in texts:
            number = known.get(text)
            found.append(-1 - own.setdefault(text, len(own)) if number is None else number)
        return found

    def content(self) -> tuple[list[int], bytes]:
        """Where each text that the snapshot does not have begins, one more for the end, and their bytes."""
        texts = [text.encode() for text in self._own]
        return [0, *accumulate(map(len, texts))], b"".join(texts)


class _Encoder:
    """Collects the columns of cases. Texts are numbered column by column at the end."""

    def __init__(self, vocabulary: Vocabulary) -> None:
        self._vocabulary = vocabulary
        self._first_keys: dict[str, int] = {}
        self._subject_at, self._key_at, self._label_at, self._wording_at = [0], [0], [0], [0]
        self._key: list[int] = []
        self._first_key: list[int] = []
        self._day: list[int] = []
        self._quantity: list[int] = []
        self._amount: list[int] = []
        self._name: list[str] = []
        self._label: list[str] = []
        self._wording: list[str] = []
        self._values: list[list[Value]] = []

    def add(self, facts: RuleFacts) -> None:
        """One case."""
        subjects, first = facts.subjects, self._first_keys
        self._keys(subjects)
        self._first_key += [first.setdefault(one.keys[0], len(first)) for one in subjects]
        self._day += [0 if one.day is None else one.day.toordinal() for one in subjects]
        self._quantity += self._held([one.quantity for one in subjects], subjects, "quantity")
        self._amount += self._held([UNKNOWN if one.amount is None else one.amount for one in subjects], subjects, "amount")
        self._name += [one.name for one in subjects]
        self._subject_at.append(len(self._day))
        self._label += facts.labels
        self._label_at.append(len(self._label))
        self._wording += facts.label_names
        self._wording_at.append(len(self._wording))
        self._values.append([facts.attributes.get(name) for name in self._vocabulary.facts])

    def _keys(self, subjects: Sequence[Subject]) -> None:
        key, key_at = self._key, self._key_at
        for numbers in self._vocabulary.numbers_of_each(subjects):
            key += numbers
            key_at.append(len(key))

    @staticmethod
    def _held(values: list[int], subjects: Sequence[Subject], what: str) -> list[int]:
        """Values that kernels can hold; UNKNOWN is one."""
        if values and not -LARGEST < min(values) <= max(values) < LARGEST:
            for value, subject in zip(values, subjects, strict=True):
                if value != UNKNOWN or getattr(subject, what) is not None:
                    held(value, f"the {what} of subject {subject.id}")
        return values

    def _attributes(self, texts: Texts) -> list[int]:
        """The numbers of all attributes, case by case; texts are numbered one attribute after the other."""
        columns = [self._column(place, texts) for place in range(len(self._vocabulary.facts))]
        return [number for numbers in zip(*columns, strict=True) for number in numbers]

    def _column(self, place: int, texts: Texts) -> list[int]:
        found = []
        for values in self._values:
            value = values[place]
            if isinstance(value, str):
                found += texts.numbers((value,))
            elif isinstance(value, date):
                found.append(value.toordinal())
            else:
                plain = 0 if value is None or isinstance(value, tuple) else int(value)
                found.append(held(plain, f"the attribute {self._vocabulary.facts[place]}"))
        return found

    def cases(self, on: Sequence[date]) -> Cases:
        """The arrays."""
        texts = Texts(self._vocabulary.texts)
        names = texts.numbers(name for name in self._name if name) if any(self._name) else []
        if len(names) < len(self._name):
            told = iter(names)
            names = [next(told) if name else UNKNOWN for name in self._name]
        labels, wordings, attributes = texts.numbers(self._label), texts.numbers(self._wording), self._attributes(texts)
        ends, content = texts.content()
        numbers = (
            self._subject_at, self._key_at, self._key, self._first_key, self._day, self._quantity, self._amount, names,
            self._label_at, labels, self._wording_at, wordings, attributes, [day.toordinal() for day in on], ends,
            [len(self._vocabulary.facts)],
        )  # fmt: skip
        return _in_one_piece(numbers, [value is not None for values in self._values for value in values], content)


def _in_one_piece(numbers: Sequence[Sequence[int]], known: Sequence[bool], texts: bytes) -> Cases:
    """The arrays, those of numbers as parts of one: to make one array is cheaper than to make many."""
    whole = array("q")
    for column in numbers:
        whole.extend(column)
    memory, start = np.frombuffer(whole, dtype=np.int64), 0
    address = whole.buffer_info()[0]
    parts: list[Array] = []
    table: list[int] = []
    for column in numbers:
        end = start + len(column)
        parts.append(memory[start:end])
        table += (address + 8 * start, end - start)
        start = end
    *first, days, text_at, facts = parts
    flags, content = np.frombuffer(bytes(known), dtype=np.uint8), np.frombuffer(texts, dtype=np.uint8)
    where = [_place(flags), _place(content)]
    table = [*table[:-6], *where[0], *table[-6:-2], *where[1], *table[-2:]]
    addresses: Array = np.frombuffer(array("q", table), dtype=np.int64)
    every: list[Array] = [*first, flags, days, text_at.view(np.uint64), content, facts, addresses]
    return Cases(*every)


def _place(found: Array) -> tuple[int, int]:
    return found.__array_interface__["data"][0], len(found)


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
