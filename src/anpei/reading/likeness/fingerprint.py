"""A paper's fingerprint (单证指纹): near for two photos of one paper, far for two papers, and silent about what stands on it.

The values of a page (amounts, days, numbers; not their places) are weighed, hashed with the caller's key, and drawn into a weighted
MinHash of 256 slots of which one bit each is kept. Two fingerprints of papers whose weighed values are equal to a share J (weighted
Jaccard) differ in about 256 x (1 - J) / 2 bits, give or take 7; so ``LikenessIndex`` finds them as it finds picture hashes. Without
the key neither a value nor its presence can be told from a fingerprint; under another key nothing is near.

Sources: Broder, "On the resemblance and containment of documents" (1997); Li, König, "b-Bit Minwise Hashing" (2010).
"""

import hashlib
import re
from collections import Counter
from collections.abc import Iterator

import numpy as np
import numpy.typing as npt

from anpei.kernel.errors import InvalidInput
from anpei.reading.likeness.rules import PaperRules
from anpei.reading.model import UNKNOWN, PageReading

SLOTS = 256
LEAST_KEY = 16
_LONG = 8
_SEAL = b"anpei.paper"


class KeyTooShort(InvalidInput):
    """A key of so few bytes can be guessed."""

    code = "likeness.key_too_short"


def fingerprint_of(*, reading: PageReading, key: bytes, rules: PaperRules) -> str:
    """The fingerprint of a page as 64 hex digits; empty when its kind is unknown or its values tell too little.

    ``key``: at least 16 secret bytes, the same for all pages that shall be compared. Raises KeyTooShort.
    """
    if len(key) < LEAST_KEY:
        raise KeyTooShort(f"the key of fingerprints has {len(key)} bytes; give at least {LEAST_KEY}")
    if reading.kind == UNKNOWN:
        return ""
    tokens = [f"{reading.kind}|{_piece(value, share)}|{share}" for value, weight in _weighed(reading, rules) for share in range(weight)]
    if len(tokens) < rules.least_weight:
        return ""
    sealed = [hashlib.blake2b(token.encode(), key=key[:64], digest_size=8, person=_SEAL).digest() for token in sorted(tokens)]
    return _sketch(np.frombuffer(b"".join(sealed), dtype="<u8").astype(np.uint64))


def likeness(*, one: str, other: str) -> float:
    """The estimated share (0..1) of what two papers tell that is equal, from their fingerprints; its error is about 0.05."""
    apart = (int(one, 16) ^ int(other, 16)).bit_count()
    return max(0.0, 1 - 2 * apart / SLOTS)


def _weighed(reading: PageReading, rules: PaperRules) -> Iterator[tuple[str, int]]:
    """Each value of the page once (rows: as often as it stands there) with its weight; under whatever label it was read."""
    fields: dict[str, int] = {}
    for name, field in reading.fields.items():
        value = _tight(field.value)
        fields[value] = max(fields.get(value, 0), rules.weight_of(name, value))
    yield from fields.items()
    cells = Counter((name, _tight(cell.value)) for row in reading.rows for name, cell in row.items() if name in rules.rows)
    for (name, value), count in cells.items():
        for copy in range(count):
            yield f"row.{name}|{value}|{copy}", rules.rows[name]


def _piece(value: str, share: int) -> str:
    """What one share of a value's weight stands for: the whole, or of a long number a third, so that one misread digit costs a third."""
    if len(value) < _LONG or not value.isalnum():
        return value
    third, part = -(-len(value) // 3), share % 3
    return f"{part}:{value[part * third : (part + 1) * third]}"


def _tight(value: str) -> str:
    return re.sub(r"\s", "", value)


def _sketch(tokens: npt.NDArray[np.uint64]) -> str:
    """One bit of the least hash of each slot."""
    seeds = _mixed(np.arange(1, SLOTS + 1, dtype=np.uint64))
    least = _mixed(tokens[None, :] ^ seeds[:, None]).min(axis=1)
    return np.packbits((_mixed(least) & np.uint64(1)).astype(np.uint8)).tobytes().hex()


def _mixed(numbers: npt.NDArray[np.uint64]) -> npt.NDArray[np.uint64]:
    """The finalizer of splitmix64: every bit of the number moves every bit of the result."""
    mixed = numbers + np.uint64(0x9E3779B97F4A7C15)
    mixed = (mixed ^ (mixed >> np.uint64(30))) * np.uint64(0xBF58476D1CE4E5B9)
    mixed = (mixed ^ (mixed >> np.uint64(27))) * np.uint64(0x94D049BB133111EB)
    return np.asarray(mixed ^ (mixed >> np.uint64(31)), dtype=np.uint64)
