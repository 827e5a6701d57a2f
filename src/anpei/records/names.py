"""Names as they are compared, and the search for the most similar of many: with "no match" as an answer."""

import re
import unicodedata
from bisect import bisect_right
from collections.abc import Callable, Iterable, Sequence
from functools import cached_property
from itertools import accumulate
from typing import Any

import numpy as np
import numpy.typing as npt
from rapidfuzz.distance import Levenshtein
from rapidfuzz.fuzz import ratio

_Array = npt.NDArray[Any]
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

    The pairs are indexed when they are first asked for: four bytes per pair and name. Not thread-bound; never changed afterwards.
    """

    def __init__(self, names: Sequence[str]) -> None:
        self.names = tuple(names)
        self._first: dict[str, int] = {}
        self._more: dict[str, list[int]] = {}
        for position, name in enumerate(self.names):
            if self._first.setdefault(name, position) != position:
                self._more.setdefault(name, []).append(position)

    @cached_property
    def _pairs(self) -> tuple[_Array, _Array, _Array]:
        """The pairs of signs, sorted; where the places of each begin; the places of the first name of each form, ascending."""
        edged = [f"^{name}$" for name in self._first]
        signs = np.frombuffer("".join(edged).encode("utf-32-le", "surrogatepass"), dtype="<u4").astype(np.uint64)
        firsts = np.fromiter(self._first.values(), dtype=np.uint32, count=len(self._first))
        owner = np.repeat(firsts, [len(name) for name in edged])
        inside = owner[1:] == owner[:-1]
        pair = (signs[:-1] << np.uint64(32) | signs[1:])[inside]
        owner = owner[1:][inside]
        order = np.argsort(pair, kind="stable")
        pair, owner = pair[order], owner[order]
        once = np.append(True, (pair[1:] != pair[:-1]) | (owner[1:] != owner[:-1])) if len(pair) else np.zeros(0, dtype=np.bool_)
        keys, starts = np.unique(pair[once], return_index=True)
        return keys, np.append(starts, int(once.sum())), owner[once]

    def _places(self, pairs: Iterable[str]) -> list[_Array]:
        """The places of names that have these pairs; for each pair that any name has, in no order."""
        keys, starts, places = self._pairs
        asked = np.array([ord(pair[0]) << 32 | ord(pair[1]) for pair in pairs], dtype=np.uint64)
        if not len(keys) or not len(asked):
            return []
        found = np.minimum(np.searchsorted(keys, asked), len(keys) - 1)
        return [places[starts[number] : starts[number + 1]] for number in found[keys[found] == asked].tolist()]

    def same(self, name: str) -> list[int]:
        """The positions of names equal to a plain name."""
        first = self._first.get(name)
        return [] if first is None else [first, *self._more.get(name, ())]

    def ending(self, name: str) -> list[str]:
        """The names that end in a plain name and are longer than it."""
        held = self._places([f"{name[-1]}$"]) if name else []
        found = (self.names[place] for places in held for place in places.tolist())
        return sorted({each for each in found if each.endswith(name) and each != name})

    def has_pair(self, pair: str) -> bool:
        """Whether two signs stand together in any name; ``^`` and ``$`` are its edges."""
        return bool(self._places([pair]))

    def near(self, name: str) -> list[str]:
        """The different names that share most with a plain name: a rare pair of signs weighs more than a common one.

        Looks at the rarest pairs of the name until it has seen ``MOST_SEEN`` places, so that many names do not make it slow.
        """
        edged = f"^{name}$"
        held = sorted(self._places({edged[place : place + 2] for place in range(len(edged) - 1)}), key=len)
        counts = list(accumulate(len(places) for places in held))
        held = held[: max(1, bisect_right(counts, MOST_SEEN))]
        if not held:
            return []
        weights = [(len(self.names) // len(places)).bit_length() + 1 for places in held]
        seen, inverse = np.unique(np.concatenate(held), return_inverse=True)
        shared = np.bincount(inverse, weights=np.repeat(weights, [len(places) for places in held]))
        best = np.argsort(-shared, kind="stable")[:CANDIDATES]
        return [self.names[place] for place in seen[best].tolist()]

    def similar(self, name: str, *, least_bp: int, safe: Callable[[str, str], bool]) -> tuple[list[int], int]:
        """The positions of the one most similar name and its likeness in basis points; empty when none is clearly it.

        ``safe(asked, found)`` says whether the difference of two names may be a misprint at all.
        """
        ranked = sorted(((int(ratio(name, found) * 100), found) for found in self.near(name)), key=lambda pair: (-pair[0], pair[1]))
        if not ranked or ranked[0][0] < least_bp or not safe(name, ranked[0][1]):
            return [], 0
        if len(ranked) > 1 and ranked[0][0] - ranked[1][0] < MARGIN_BP:
            return [], 0
        return self.same(ranked[0][1]), ranked[0][0]

    def offers(self, name: str, *, most: int, least_bp: int) -> list[tuple[int, int]]:
        """The names most like a plain name, best first: their first position and likeness. For people to choose from, never taken."""
        ranked = sorted(((int(ratio(name, found) * 100), found) for found in self.near(name)), key=lambda pair: (-pair[0], pair[1]))
        return [(self.same(found)[0], score) for score, found in ranked[:most] if score >= least_bp]
