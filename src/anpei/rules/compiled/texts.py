"""Texts as numbers: one table for parameters and predicates, and lists of them."""

from collections.abc import Sequence
from itertools import pairwise

import numpy as np

from anpei.rules.columns import Array


class Interned:
    """Gives each different text, and each different list of texts, a number in the order in which they come."""

    def __init__(self) -> None:
        self._texts: dict[str, int] = {}
        self._lists: dict[tuple[str, ...], int] = {}

    def text(self, value: str) -> int:
        """The number of a text."""
        return self._texts.setdefault(value, len(self._texts))

    def texts(self, values: tuple[str, ...]) -> int:
        """The number of a list; its members are numbered too."""
        for value in values:
            self.text(value)
        return self._lists.setdefault(values, len(self._lists))

    def columns(self) -> dict[str, Array]:
        """The table: bytes of all texts with where each begins, and the members of all lists with where each begins."""
        at, content = packed([text.encode() for text in self._texts])
        members = [self._texts[value] for values in self._lists for value in values]
        ends = np.cumsum([0, *(len(values) for values in self._lists)])
        head, mask = heads(at, content)
        return {
            "text_at": at, "text_bytes": content, "text_head": head, "text_mask": mask, "list_at": ends.astype(np.uint32),
            "list_text": np.array(members, dtype=np.uint32),
        }  # fmt: skip


HEAD = 8
"""Bytes of a text that are compared at once."""


def heads(at: Array, content: Array) -> tuple[Array, Array]:
    """The first eight bytes of each text as one number (the first byte highest), and which of them the text has."""
    lengths = np.minimum(np.diff(at).astype(np.int64), HEAD)
    head, mask = np.zeros(len(lengths), dtype=np.uint64), np.zeros(len(lengths), dtype=np.uint64)
    for place in range(HEAD):
        has, shift = lengths > place, np.uint64(8 * (HEAD - 1 - place))
        head[has] |= content[at[:-1][has].astype(np.int64) + place].astype(np.uint64) << shift
        mask[has] |= np.uint64(0xFF) << shift
    return head, mask


def packed(parts: Sequence[bytes]) -> tuple[Array, Array]:
    """Where each part begins (one more: the end) and all parts as one array of bytes."""
    ends = np.zeros(len(parts) + 1, dtype=np.uint64)
    np.cumsum(np.fromiter((len(part) for part in parts), dtype=np.uint64, count=len(parts)), out=ends[1:])
    return ends, np.frombuffer(b"".join(parts), dtype=np.uint8)


def unpacked(at: Array, content: Array, index: int) -> str:
    """One part as text."""
    return bytes(content[int(at[index]) : int(at[index + 1])]).decode()


def all_texts(at: Array, content: Array) -> dict[str, int]:
    """Every text with its number."""
    whole = bytes(content)
    places = at.tolist()
    return {whole[start:end].decode(): index for index, (start, end) in enumerate(pairwise(places))}
