"""What differs between two compiled catalogues, against a comparison of plain dicts."""

from collections.abc import Mapping
from typing import Any

import numpy as np
from hypothesis import given
from hypothesis import strategies as st

from anpei.rules.catalogue.codes import encoded
from anpei.rules.catalogue.comparing import Change, changes
from anpei.rules.catalogue.compiling import compile_catalogue
from anpei.rules.catalogue.model import OPEN, Chunk
from anpei.rules.catalogue.opening import Catalogue, open_catalogue

Held = Mapping[tuple[str, str], tuple[tuple[int, int, bytes | None], ...]]
"""(Region, item) -> (first day, word, own detail), ascending; each period ends where the next begins."""


class Kept:
    def __init__(self) -> None:
        self.pieces: dict[str, list[Any]] = {}

    def append(self, name: str, array: Any) -> None:
        self.pieces.setdefault(name, []).append(array)


def catalogue(held: Held, details: Mapping[str, bytes]) -> Catalogue:
    regions, items = sorted({region for region, _ in held}), sorted(details)
    rows, own, texts = [], [], []
    for (region, item), periods in sorted(held.items()):
        for place, (first, word, text) in enumerate(periods):
            if text is not None:
                own.append(len(rows))
                texts.append(text)
            end = periods[place + 1][0] if place + 1 < len(periods) else OPEN
            rows.append((regions.index(region), items.index(item), first, end, word))
    columns = np.array(rows, dtype=np.int64).reshape(-1, 5).T
    kept = Kept()
    compile_catalogue(
        kept,  # type: ignore[arg-type]
        regions=encoded(regions), items=encoded(items),
        chunks=[Chunk(columns[0], columns[1], columns[2], columns[3], columns[4], own, texts)],
        details=[details[item] for item in items],
    )  # fmt: skip
    return open_catalogue({name: np.concatenate(pieces) for name, pieces in kept.pieces.items()})


DETAILS = st.dictionaries(st.sampled_from("ABCDEF"), st.sampled_from([b"", b"x", b"y"]), min_size=1)


@st.composite
def catalogues(draw: st.DrawFn) -> tuple[Held, Mapping[str, bytes]]:
    details = draw(DETAILS)
    held = {}
    for region in draw(st.sets(st.sampled_from(["1", "2", "3"]))):
        for item in draw(st.sets(st.sampled_from(sorted(details)))):
            firsts = sorted(draw(st.sets(st.integers(1, 4), min_size=1, max_size=3)))
            held[region, item] = tuple(
                (first, draw(st.integers(0, 2)), draw(st.sampled_from([None, None, b"x", b"z"]))) for first in firsts
            )
    return held, details


def meant(held: Held, details: Mapping[str, bytes]) -> dict[tuple[str, str], Any]:
    """Entries as they are stored: an own detail is one even if it says what the item's says."""
    return {key: (periods, details[key[1]]) for key, periods in held.items()}


@given(old=catalogues(), new=catalogues())
def test_changes_are_those_of_the_dicts(old: tuple[Held, Mapping[str, bytes]], new: tuple[Held, Mapping[str, bytes]]) -> None:
    before, after = meant(*old), meant(*new)
    different = sorted(key for key in before.keys() | after.keys() if before.get(key) != after.get(key))
    wanted = [
        Change(region, tuple(item for where, item in different if where == region))
        for region in sorted({region for region, _ in different})
    ]
    assert list(changes(catalogue(*old), catalogue(*new))) == wanted
    assert list(changes(catalogue(*old), catalogue(*old))) == []
