"""Codes and their ids: sorted texts of one width; the id of a code is its place. A table of hashes finds it, the text itself decides.

Two columns: ``NAME_codes`` (UTF-8, padded with zeros to a multiple of eight) and ``NAME_places`` (open addressing, at most two thirds
full, 0xFFFFFFFF is free). The hash is the same in Python and in ``kernels``; it never stands for the code.
"""

import struct
from collections.abc import Mapping, Sequence

import numpy as np

from anpei.rules.catalogue.model import NO_ID, Array, CatalogueInvalid
from anpei.rules.columns import ColumnWriter

FREE = 0xFFFFFFFF
LONGEST = 64
FACTOR = 0x9E3779B97F4A7C15
_U64 = (1 << 64) - 1


def encoded(codes: Sequence[str]) -> Array:
    """Codes as texts of one width, in their order. Raises CatalogueInvalid for empty ones, NUL signs and more than 64 bytes."""
    found = [code.encode() for code in codes]
    for code in found:
        if not 0 < len(code) <= LONGEST or b"\0" in code:
            raise CatalogueInvalid(f"the code {code[:80]!r} cannot be stored: one to {LONGEST} bytes without NUL are wanted")
    width = max((len(code) for code in found), default=1)
    return np.array(found, dtype=f"S{-(-width // 8) * 8}")


def write_codes(writer: ColumnWriter, name: str, codes: Array) -> None:
    """Write the two columns of a sorted list of texts (``encoded``). Raises CatalogueInvalid when it is not sorted or has one twice."""
    if len(codes) >= FREE:
        raise CatalogueInvalid(f"{len(codes)} codes of {name} are too many: fewer than {FREE} can be stored")
    wrong = np.flatnonzero(codes[:-1] >= codes[1:])
    if len(wrong):
        before, after = (bytes(codes[place]).decode() for place in (wrong[0], wrong[0] + 1))
        raise CatalogueInvalid(f"the code {after} of {name} stands after {before}: sort the codes and state each once")
    width = -(-codes.dtype.itemsize // 8) * 8
    codes = codes.astype(f"S{width}")
    size = 8
    while size * 2 < len(codes) * 3:
        size *= 2
    writer.append(f"{name}_codes", codes)
    writer.append(f"{name}_places", _places(codes.view("<u8").reshape(-1, width // 8), size))


def _places(words: Array, size: int) -> Array:
    """The table of places: in each round every code that has none yet tries its next place, and of several the first takes it."""
    places = np.full(size, FREE, dtype=np.uint32)
    wanted = (_hashes(words) & np.uint64(size - 1)).astype(np.int64)
    waiting = np.arange(len(words), dtype=np.uint32)
    while len(waiting):
        free = np.flatnonzero(places[wanted] == FREE)
        _, first = np.unique(wanted[free], return_index=True)
        taken = free[first]
        places[wanted[taken]] = waiting[taken]
        left = np.ones(len(waiting), dtype=np.bool_)
        left[taken] = False
        waiting, wanted = waiting[left], (wanted[left] + 1) & (size - 1)
    return places


def _hashes(words: Array) -> Array:
    found = np.full(len(words), FACTOR, dtype=np.uint64)
    for column in range(words.shape[1]):
        found = (found ^ words[:, column]) * np.uint64(FACTOR)
        found ^= found >> np.uint64(32)
    return found


class CodeTable:
    """The ids of codes, over two mapped columns."""

    def __init__(self, columns: Mapping[str, Array], name: str) -> None:
        self.codes: Array = columns[f"{name}_codes"]
        self.places: Array = columns[f"{name}_places"]
        self.width = self.codes.dtype.itemsize
        self.words: Array = self.codes.view("<u8")
        """The codes as numbers of eight bytes, ``width // 8`` each: for kernels."""
        self._text = self.words.view(np.uint8).data
        self._probe = self.places.data
        self._form = struct.Struct(f"<{self.width // 8}Q")

    def __len__(self) -> int:
        return len(self.codes)

    def code(self, number: int) -> str:
        """The code of an id."""
        return bytes(self.codes[number]).decode()

    def id_of(self, code: str) -> int:
        """The id of a code, or NO_ID."""
        text = code.encode()
        if not 0 < len(text) <= self.width or b"\0" in text:
            return NO_ID
        padded = text.ljust(self.width, b"\0")
        hashed = FACTOR
        for part in self._form.unpack(padded):
            hashed = ((hashed ^ part) * FACTOR) & _U64
            hashed ^= hashed >> 32
        last = len(self._probe) - 1
        for step in range(last + 1):
            found: int = self._probe[(hashed + step) & last]
            if found == FREE or self._text[found * self.width : found * self.width + self.width] == padded:
                return NO_ID if found == FREE else found
        return NO_ID

    def asked(self, codes: Sequence[str]) -> Array:
        """Codes as rows to look up (here or in a kernel); what no table can hold becomes the empty text, which is nowhere."""
        texts = (code.encode() for code in codes)
        return np.array([text if len(text) <= self.width and b"\0" not in text else b"" for text in texts], dtype=f"S{self.width}")

    def ids_of(self, codes: Sequence[str]) -> Array:
        """The ids (int64) of codes, NO_ID for those that are not there: by the order of the texts alone."""
        asked = self.asked(codes)
        if not len(self.codes):
            return np.full(len(asked), NO_ID, dtype=np.int64)
        places = np.minimum(np.searchsorted(self.codes, asked), len(self.codes) - 1)
        return np.where(self.codes[places] == asked, places, NO_ID).astype(np.int64)
