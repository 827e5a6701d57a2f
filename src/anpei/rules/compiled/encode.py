"""Facts as arrays: many cases at once, subjects and labels as numbers, attributes by slot."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from typing import NamedTuple

import numpy as np

from anpei.rules.columns import Array
from anpei.rules.compiled.bytecode import LARGEST
from anpei.rules.compiled.texts import Keys, packed
from anpei.rules.judging.evaluation import FactsInvalid
from anpei.rules.model import RuleFacts, Subject, Value
from anpei.rules.patterns import PatternIndex

UNKNOWN = 1 << 62
"""Stands for an unknown amount or name."""


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


class _Encoder:
    def __init__(self, vocabulary: Vocabulary) -> None:
        self._vocabulary = vocabulary
        self._local: dict[str, int] = {}
        self._first_keys: dict[str, int] = {}
        self._columns: dict[str, list[int]] = {name: [] for name in Cases._fields}
        for name in ("subject_at", "key_at", "label_at", "wording_at"):
            self._columns[name].append(0)

    def add(self, facts: RuleFacts) -> None:
        """One case."""
        columns = self._columns
        for subject in facts.subjects:
            self._subject(subject)
        columns["subject_at"].append(len(columns["day"]))
        columns["label"] += [self._text(code) for code in facts.labels]
        columns["label_at"].append(len(columns["label"]))
        columns["wording"] += [self._text(name) for name in facts.label_names]
        columns["wording_at"].append(len(columns["wording"]))
        for name in self._vocabulary.facts:
            value = facts.attributes.get(name)
            columns["known"].append(int(value is not None))
            columns["attribute"].append(self._value(name, value))

    def _subject(self, subject: Subject) -> None:
        columns, number = self._columns, self._vocabulary.keys.number
        columns["key"] += [found for text in self._vocabulary.patterns.of(subject) if (found := number(text)) >= 0]
        columns["key_at"].append(len(columns["key"]))
        columns["first_key"].append(self._first_keys.setdefault(subject.keys[0], len(self._first_keys)))
        columns["day"].append(0 if subject.day is None else subject.day.toordinal())
        columns["quantity"].append(_held(subject.quantity, f"the quantity of subject {subject.id}"))
        columns["amount"].append(UNKNOWN if subject.amount is None else _held(subject.amount, f"the amount of subject {subject.id}"))
        columns["name"].append(self._text(subject.name) if subject.name else UNKNOWN)

    def _value(self, name: str, value: Value) -> int:
        if value is None or isinstance(value, tuple):
            return 0
        if isinstance(value, str):
            return self._text(value)
        return value.toordinal() if isinstance(value, date) else _held(int(value), f"the attribute {name}")

    def _text(self, text: str) -> int:
        """The number of a text: of the snapshot's table, else of the own one (negative)."""
        found = self._vocabulary.texts.get(text)
        return -1 - self._local.setdefault(text, len(self._local)) if found is None else found

    def cases(self, on: Sequence[date]) -> Cases:
        """The arrays."""
        columns = {name: np.array(values, dtype=np.int64) for name, values in self._columns.items()}
        text_at, text_bytes = packed([text.encode() for text in self._local])
        columns |= {
            "known": columns["known"].astype(np.uint8), "on": np.array([day.toordinal() for day in on], dtype=np.int64), "text_at": text_at,
            "text_bytes": text_bytes.copy(), "facts": np.array([len(self._vocabulary.facts)], dtype=np.int64),
        }  # fmt: skip
        return Cases(**columns)


def encode(facts: Sequence[RuleFacts], *, vocabulary: Vocabulary, on: Sequence[date]) -> Cases:
    """Cases as arrays. Attributes must have been checked (``evaluation.examine`` does). Raises FactsInvalid for numbers too large."""
    encoder = _Encoder(vocabulary)
    for case in facts:
        encoder.add(case)
    return encoder.cases(on)


def _held(value: int, where: str) -> int:
    if not -LARGEST < value < LARGEST:
        raise FactsInvalid(f"{where} is {value}, which is too large: correct it")
    return value
