"""What goes into a compiled catalogue and what comes out: chunks of rows, one entry, days as numbers, and what is refused."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any, NamedTuple

import numpy.typing as npt

from anpei.kernel.errors import InvalidInput

Array = npt.NDArray[Any]
WORD_BITS = 48
WORD_MASK = (1 << WORD_BITS) - 1
"""The part of a slot that is the caller's word; the rest is the number of its period."""
OPEN = 0xFFFF
"""The end of a period that has none. An end is the first day on which it no longer holds."""
MOST_PERIODS = 0xFFFF
"""Different periods that one region may have."""
ABSENT = 0
"""The slot of what is not there: no such entry, or none on that day."""
NO_ID = -1
"""The id of a code that the catalogue does not have."""
_EPOCH = date(1970, 1, 1).toordinal()


class CatalogueInvalid(InvalidInput):
    """The rows cannot make a catalogue; the message names the region and the item of the first row that is wrong."""

    code = "rules.catalogue_invalid"


@dataclass(frozen=True, slots=True)
class Chunk:
    """Rows in the order of region, item and first day, across all chunks; five arrays of one length.

    ``region`` and ``item`` are ids (places in the lists of codes), ``first`` and ``end`` numbers of days (``end`` not included,
    ``OPEN`` for none), ``word`` below ``2 ** WORD_BITS``. ``details`` are opaque bytes of single rows where they differ from those
    of the item; ``own`` are the places of these rows in the chunk, ascending.
    """

    region: Array
    item: Array
    first: Array
    end: Array
    word: Array
    own: Sequence[int] = ()
    details: Sequence[bytes] = ()


@dataclass(frozen=True, slots=True)
class Entry:
    """One entry: its word and its detail (opaque bytes, empty when there are none), valid in ``[valid_from, valid_to)``."""

    region: str
    item: str
    valid_from: date
    valid_to: date | None
    word: int
    detail: bytes = b""


@dataclass(frozen=True, slots=True)
class Extent:
    """What was compiled: regions, items, entries; layers of the deepest region, how many parts are dense, rows with own details."""

    regions: int
    items: int
    entries: int
    layers: int
    dense_parts: int
    sparse_parts: int
    own_details: int


class Mapped(NamedTuple):
    """The arrays of a catalogue as look-ups take them, those inside compiled loops too.

    ``regions``: for each region and one more, the number of its first part and of its first period. ``parts``: four numbers each:
    1 dense or 0 sparse, place of its first slot, place of its first block or id, count of entries.
    """

    items: int
    regions: Array
    parts: Array
    bits: Array
    ranks: Array
    ids: Array
    slots: Array
    periods: Array


def day_number(on: date) -> int:
    """Days since 1970-01-01; negative before. What lies outside of 0 to 65534 has no entry."""
    return on.toordinal() - _EPOCH


def first_number(on: date) -> int:
    """The first day of a period as it is stored. Raises CatalogueInvalid for days before 1970 and after 2149."""
    number = day_number(on)
    if not 0 <= number < OPEN - 1:
        raise CatalogueInvalid(f"a period cannot begin on {on}: days from 1970-01-01 to {date_of(OPEN - 2)} can be stored")
    return number


def end_number(on: date | None) -> int:
    """The end of a period as it is stored; None is open. Raises CatalogueInvalid outside of 1970 to 2149."""
    if on is None:
        return OPEN
    number = day_number(on)
    if not 1 <= number < OPEN:
        raise CatalogueInvalid(f"a period cannot end on {on}: days from 1970-01-02 to {date_of(OPEN - 1)} can be stored, or no end at all")
    return number


def date_of(number: int) -> date:
    """The day of a number."""
    return date.fromordinal(number + _EPOCH)
