"""What a word of the compiled catalogue means: class, covered, self-paid ratio and price cap of an item in 48 bits.

From the lowest bit: 2 class (A, B, C, none), 1 covered, 14 self-paid ratio in basis points, 31 price cap in fen (``NO_CAP``: none;
``WIDE_CAP``: it does not fit and stands in the detail). Names, unit and categories are the detail: canonical JSON, by item, and by
entry only where an entry differs. A payload of another form than ``payload_of`` gives is its own detail, whole.
"""

import json
from collections.abc import Mapping
from dataclasses import dataclass
from functools import lru_cache
from typing import Any

import numpy as np
import numpy.typing as npt

from anpei.kernel.canonical import canonical
from anpei.kernel.errors import InvalidInput

CLASSES = ("A", "B", "C", "")
COVERED_SHIFT, RATIO_SHIFT, CAP_SHIFT = 2, 3, 17
RATIO_MASK = (1 << 14) - 1
MOST_RATIO_BP = 10_000
NO_CAP = (1 << 31) - 1
WIDE_CAP = NO_CAP - 1
MOST_CAP_FEN = NO_CAP - 2
"""The largest cap that a word holds: 21,474,836.45 yuan."""
OTHER_FORM = RATIO_MASK << RATIO_SHIFT
"""The word of a payload of another form: no ratio is that large, the detail says all."""
_TEXTS = ("name", "category", "fee_category", "unit")
_KEYS = frozenset({*_TEXTS, "class", "self_pay_bp", "price_cap_fen", "covered"})


class WordInvalid(InvalidInput):
    """A value that no word can hold; the message names it and what would be right."""

    code = "catalogue.word_invalid"


@dataclass(frozen=True, slots=True)
class Terms:
    """What a word says. ``wide`` means that the price cap stands in the detail; ``price_cap_fen`` is None then too."""

    insurance_class: str
    covered: bool
    self_pay_bp: int
    price_cap_fen: int | None
    wide: bool = False


def pack(*, insurance_class: str, covered: bool, self_pay_bp: int, price_cap_fen: int | None) -> int:
    """The word of an item's terms. A cap above ``MOST_CAP_FEN`` becomes ``WIDE_CAP``. Raises WordInvalid for what cannot be."""
    if insurance_class not in CLASSES:
        raise WordInvalid(f"the class {insurance_class[:20]!r} is none of A, B, C or empty")
    if not 0 <= self_pay_bp <= MOST_RATIO_BP:
        raise WordInvalid(f"the self-paid ratio {self_pay_bp} is not between 0 and {MOST_RATIO_BP} basis points")
    if price_cap_fen is not None and price_cap_fen < 0:
        raise WordInvalid(f"the price cap {price_cap_fen} fen is below zero: leave it out when there is none")
    cap = NO_CAP if price_cap_fen is None else WIDE_CAP if price_cap_fen > MOST_CAP_FEN else price_cap_fen
    return CLASSES.index(insurance_class) | covered << COVERED_SHIFT | self_pay_bp << RATIO_SHIFT | cap << CAP_SHIFT


def unpack(word: int) -> Terms:
    """The terms of a word. Raises WordInvalid for one that ``pack`` did not make."""
    ratio, cap = word >> RATIO_SHIFT & RATIO_MASK, word >> CAP_SHIFT
    if word < 0 or ratio > MOST_RATIO_BP or cap > NO_CAP:
        raise WordInvalid(f"the word {word:#x} holds no terms: read its detail, or compile the catalogue again")
    fen = None if cap >= WIDE_CAP else cap
    return Terms(CLASSES[word & 3], bool(word >> COVERED_SHIFT & 1), ratio, fen, cap == WIDE_CAP)


def pack_many(
    *, insurance_class: npt.NDArray[Any], covered: npt.NDArray[Any], self_pay_bp: npt.NDArray[Any], price_cap_fen: npt.NDArray[Any]
) -> npt.NDArray[np.uint64]:
    """``pack`` for columns: places in ``CLASSES``, booleans, basis points, fen (-1 for none). Raises WordInvalid naming the first row.

    Caps above ``MOST_CAP_FEN`` become ``WIDE_CAP``: such rows need a detail of their own.
    """
    kind, ratio, cap = (np.asarray(column, dtype=np.int64) for column in (insurance_class, self_pay_bp, price_cap_fen))
    for wrong, what in (
        ((kind < 0) | (kind >= len(CLASSES)), "a class that is none of A, B, C or empty"),
        ((ratio < 0) | (ratio > MOST_RATIO_BP), f"a self-paid ratio that is not between 0 and {MOST_RATIO_BP} basis points"),
        (cap < -1, "a price cap below zero"),
    ):
        if wrong.any():
            raise WordInvalid(f"row {int(np.flatnonzero(wrong)[0])} has {what} ({int(wrong.sum())} such rows)")
    cap = np.where(cap < 0, NO_CAP, np.where(cap > MOST_CAP_FEN, WIDE_CAP, cap))
    flag = np.asarray(covered, dtype=np.bool_).astype(np.int64)
    return (kind | flag << COVERED_SHIFT | ratio << RATIO_SHIFT | cap << CAP_SHIFT).astype(np.uint64)


def encode(payload: Mapping[str, Any]) -> tuple[int, bytes]:
    """A payload as word and detail: exactly what ``decode`` gives back. Raises WordInvalid for terms that cannot be."""
    if not _is_usual(payload):
        try:
            return OTHER_FORM, canonical(dict(payload))
        except (TypeError, ValueError) as error:
            raise WordInvalid(f"a payload is not plain data: {error}") from error
    cap = payload["price_cap_fen"]
    word = pack(insurance_class=payload["class"] or "", covered=payload["covered"], self_pay_bp=payload["self_pay_bp"], price_cap_fen=cap)
    texts = [payload[name] for name in _TEXTS]
    return word, canonical(texts if cap is None or cap <= MOST_CAP_FEN else [*texts, cap])


def decode(word: int, detail: bytes) -> dict[str, Any]:
    """The payload of a word and its detail. Raises WordInvalid when they do not belong together."""
    return dict(_decoded(word, detail))


@lru_cache(maxsize=50_000)
def _decoded(word: int, detail: bytes) -> Mapping[str, Any]:
    try:
        said = json.loads(detail)
        if isinstance(said, dict):
            return said
        terms = unpack(word)
        name, category, fee_category, unit, *more = said
        cap = more[0] if terms.wide else terms.price_cap_fen
    except (ValueError, TypeError, IndexError) as error:
        raise WordInvalid(f"the word {word:#x} and its detail do not belong together: compile the catalogue again") from error
    return {
        "name": name, "category": category, "fee_category": fee_category, "class": terms.insurance_class or None,
        "self_pay_bp": terms.self_pay_bp, "unit": unit, "price_cap_fen": cap, "covered": terms.covered,
    }  # fmt: skip


def _is_usual(payload: Mapping[str, Any]) -> bool:
    """Whether a payload has the form of ``payload_of``: these names, and values of these types."""
    cap = payload.get("price_cap_fen")
    return (
        payload.keys() == _KEYS
        and all(type(payload[name]) is str for name in _TEXTS)
        and (payload["class"] is None or (type(payload["class"]) is str and payload["class"] != ""))
        and type(payload["self_pay_bp"]) is int
        and type(payload["covered"]) is bool
        and (cap is None or type(cap) is int)
    )
