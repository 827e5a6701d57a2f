"""Names as they are compared, and the search for the most similar of many: with "no match" as an answer."""

import re
import unicodedata
from array import array
from bisect import bisect_right
from collections.abc import Callable, Sequence
from itertools import accumulate

import numpy as np
from rapidfuzz.distance import Levenshtein
from rapidfuzz.fuzz import ratio

SURE_BP = 10_000
CANDIDATES = 40
MOST_SEEN = 20_000
"""Places of pairs that one search looks at; a name of which every pair is more common is looked up by its rarest alone."""
MARGIN_BP = 150
"""How much the best must be ahead of another name before it counts as found."""

_BRACKETS = re.compile(r"\([^()]*\)|\[[^\[\]]*\]|【[^【】]*】|「[^「」]*」")


def plain_name(text: str) -> str:
    """A name in NFKC, lower case, of letters, digits and ideographs only; a point or per cent sign after a digit stays."""
    signs = unicodedata.normalize("NFKC", text).lower()
    return "".join(sign for before, sign in zip("^" + signs, signs, strict=False) if sign.isalnum() or (sign in ".%" and before.isdigit()))


def without_brackets(text: str) -> str:
    """A name without what stands in brackets."""
    return _BRACKETS.sub("", unicodedata.normalize("NFKC", text))


def changed_signs(one: str, other: str) -> str:
    """The signs in which two names differ, of both sides."""
    return "".join(
        (one[op.src_pos] if op.tag != "insert" else "") + (other[op.dest_pos] if op.tag != "delete" else "")
        for op in Levenshtein.editops(one, other)
    )


class NameIndex:
    """Many names (in their plain form), searched by the pairs of signs they share, rare pairs first, then compared sign by sign.

    Memory: about four bytes per pair of signs and name. Not thread-bound; never changed after it is built.
    """

    def __init__(self, names: Sequence[str]) -> None:
        self.names = tuple(names)
        self._by_name: dict[str, list[int]] = {}
        self._pairs: dict[str, array[int]] = {}
        for position, name in enumerate(self.names):
            self._by_name.setdefault(name, []).append(position)
            if len(self._by_name[name]) == 1:
                for pair in _pairs(name):
                    self._pairs.setdefault(pair, array("I")).append(position)

    def same(self, name: str) -> list[int]:
        """The positions of names equal to a plain name."""
        return self._by_name.get(name, [])

    def ending(self, name: str) -> list[str]:
        """The names that end in a plain name and are longer than it."""
        places = self._pairs.get(f"{name[-1:]}$", ()) if name else ()
        return sorted({self.names[place] for place in places if self.names[place].endswith(name) and self.names[place] != name})

    def has_pair(self, pair: str) -> bool:
        """Whether two signs stand together in any name; ``^`` and ``$`` are its edges."""
        return pair in self._pairs

    def near(self, name: str) -> list[str]:
        """The different names that share most with a plain name: a rare pair of signs weighs more than a common one.

        Looks at the rarest pairs of the name until it has seen ``MOST_SEEN`` places, so that many names do not make it slow.
        """
        held = sorted((self._pairs[pair] for pair in _pairs(name) if pair in self._pairs), key=len)
        counts = list(accumulate(len(places) for places in held))
        held = held[: max(1, bisect_right(counts, MOST_SEEN))]
        if not held:
            return []
        weights = [(len(self.names) // len(places)).bit_length() + 1 for places in held]
        places, inverse = np.unique(np.concatenate([np.frombuffer(each, dtype=np.uint32) for each in held]), return_inverse=True)
        shared = np.bincount(inverse, weights=np.repeat(weights, [len(each) for each in held]))
        best = np.argsort(-shared, kind="stable")[:CANDIDATES]
        return [self.names[place] for place in places[best].tolist()]

    def similar(self, name: str, *, least_bp: int, safe: Callable[[str, str], bool]) -> tuple[list[int], int]:
        """The positions of the one most similar name and its likeness in basis points; empty when none is clearly it.

        ``safe(asked, found)`` says whether the difference of two names may be a misprint at all.
        """
        ranked = sorted(((int(ratio(name, found) * 100), found) for found in self.near(name)), key=lambda pair: (-pair[0], pair[1]))
        if not ranked or ranked[0][0] < least_bp or not safe(name, ranked[0][1]):
            return [], 0
        if len(ranked) > 1 and ranked[0][0] - ranked[1][0] < MARGIN_BP:
            return [], 0
        return self._by_name[ranked[0][1]], ranked[0][0]


def _pairs(name: str) -> set[str]:
    edged = f"^{name}$"
    return {edged[place : place + 2] for place in range(len(edged) - 1)}
