"""From columns to the matrix that trees look at: categories as small codes, what is rare or new as one of two words, missing as NaN."""

from collections import Counter
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

import numpy as np
import numpy.typing as npt

from anpei.claims.risk.scorer.history import Floats, History

MAX_CATEGORIES = 60
RARE_BELOW = 20
"""A category with fewer rows in training stands with all other rare ones under one code."""
RARE = "(rare)"


@dataclass(frozen=True)
class Encoder:
    """``categories``: feature -> its known values, whose place is the code; ``RARE`` stands among them when there were rare ones."""

    categories: Mapping[str, tuple[str, ...]]
    numeric: tuple[str, ...]

    @property
    def features(self) -> tuple[str, ...]:
        """The columns of the matrix in their order."""
        return (*self.categories, *self.numeric)

    def matrix(self, history: History) -> Floats:
        """Rows x features. A value that training never saw counts as rare where rare values were seen, else as missing."""
        columns = [self._codes(name, history.words[name]) for name in self.categories]
        columns += [history.numbers[name] for name in self.numeric]
        return np.column_stack(columns).astype(np.float64) if columns else np.empty((len(history), 0))

    def row(self, values: Mapping[str, Any]) -> Floats:
        """One case, by feature name. A feature that is absent is missing."""
        row = [self._code(name, _text(values.get(name))) for name in self.categories]
        row += [_number(values.get(name)) for name in self.numeric]
        return np.array([row], dtype=np.float64)

    def _codes(self, name: str, words: npt.NDArray[np.object_]) -> Floats:
        known = {word: self._code(name, word) for word in set(words)}
        return np.array([known[word] for word in words], dtype=np.float64)

    def _code(self, name: str, word: str) -> float:
        known = self.categories[name]
        if not word:
            return float("nan")
        if word in known:
            return float(known.index(word))
        return float(known.index(RARE)) if RARE in known else float("nan")

    def to_dict(self) -> dict[str, Any]:
        """Plain data."""
        return {"categories": {name: list(words) for name, words in self.categories.items()}, "numeric": list(self.numeric)}

    @classmethod
    def from_dict(cls, data: Mapping[str, Any]) -> "Encoder":
        """The reverse of to_dict."""
        return cls({name: tuple(words) for name, words in data["categories"].items()}, tuple(data["numeric"]))


def fit_encoder(history: History) -> Encoder:
    """The encoder of the training rows."""
    categories: dict[str, tuple[str, ...]] = {}
    for name, words in history.words.items():
        counts = Counter(word for word in words if word)
        common = [word for word, count in counts.most_common(MAX_CATEGORIES) if count >= RARE_BELOW]
        rare = [RARE] if len(counts) > len(common) else []
        categories[name] = (*sorted(common), *rare)
    return Encoder(categories, tuple(history.numbers))


def _text(value: Any) -> str:
    return "" if value is None else str(value).strip()


def _number(value: Any) -> float:
    if value is None or isinstance(value, str):
        return float("nan")
    number = float(value)
    return number if np.isfinite(number) else float("nan")
