"""What differs between two compiled catalogues: the items of each region whose periods, words or details are not the same."""

from collections.abc import Iterator
from dataclasses import dataclass

import numpy as np

from anpei.rules.catalogue.model import NO_ID, Array
from anpei.rules.catalogue.opening import Catalogue


@dataclass(frozen=True, slots=True)
class Change:
    """The items (codes, sorted) of a region that are new, gone or different."""

    region: str
    items: tuple[str, ...]


def changes(old: Catalogue, new: Catalogue) -> Iterator[Change]:
    """The regions in which something differs, sorted, with their items. Ids need not be the same; memory: some columns over all items."""
    compared = _Compared(old, new)
    for region in sorted({*compared.codes(old), *compared.codes(new)}, key=str.encode):
        items = compared.changed_in(region)
        if items:
            yield Change(region, items)


class _Compared:
    """Two catalogues whose items have common numbers: those of the new one, then those that only the old one has."""

    def __init__(self, old: Catalogue, new: Catalogue) -> None:
        self._old, self._new = old, new
        place = np.minimum(np.searchsorted(new.items.codes, old.items.codes), max(len(new.items) - 1, 0))
        known = new.items.codes[place] == old.items.codes if len(new.items) else np.zeros(len(old.items), dtype=np.bool_)
        gone = np.flatnonzero(~known)
        self._number = np.where(known, place, 0).astype(np.int64)
        self._number[gone] = len(new.items) + np.arange(len(gone))
        self._gone = gone
        self._count = len(new.items) + len(gone)
        self._renamed = self._renamed_items(known)

    def _renamed_items(self, known: Array) -> Array:
        """Which common numbers have another detail of their item now."""
        found = np.zeros(self._count, dtype=np.bool_)
        if len(self._old.items) == len(self._new.items) and known.all() and self._old.details.same_as(self._new.details):
            return found
        for item in np.flatnonzero(known).tolist():
            number = int(self._number[item])
            found[number] = self._old.details.of_item(item) != self._new.details.of_item(number)
        return found

    @staticmethod
    def codes(catalogue: Catalogue) -> list[str]:
        """All regions."""
        return [catalogue.regions.code(number) for number in range(len(catalogue.regions))]

    def changed_in(self, region: str) -> tuple[str, ...]:
        """The codes of the items that differ in a region."""
        before, after = self._layers(self._old, region), self._layers(self._new, region)
        changed = np.zeros(self._count, dtype=np.bool_)
        for depth in range(max(len(before), len(after))):
            one, two = (self._spread(layers[depth : depth + 1]) for layers in (before, after))
            changed |= (one[0] != two[0]) | (one[1] != two[1])
            changed |= self._renamed & (two[0] != 0)
        self._mark_own(region, changed)
        return tuple(sorted((self._code(number) for number in np.flatnonzero(changed).tolist()), key=str.encode))

    def _layers(self, catalogue: Catalogue, region: str) -> list[tuple[Array, Array, Array]]:
        """The layers of a region with common numbers of items."""
        number = catalogue.regions.id_of(region)
        if number == NO_ID:
            return []
        return [
            (self._number[items] if catalogue is self._old else items, periods, words) for items, periods, words in catalogue.layers(number)
        ]

    def _spread(self, layers: list[tuple[Array, Array, Array]]) -> tuple[Array, Array]:
        """Periods (0: none) and words of a layer by common number."""
        periods, words = np.zeros(self._count, dtype=np.uint32), np.zeros(self._count, dtype=np.uint64)
        for items, period, word in layers:
            periods[items], words[items] = period, word
        return periods, words

    def _mark_own(self, region: str, changed: Array) -> None:
        """Entries whose own detail is new, gone or different."""
        before, after = self._own(self._old, region), self._own(self._new, region)
        for key in before.keys() | after.keys():
            if before.get(key) != after.get(key):
                changed[key[0]] = True

    def _own(self, catalogue: Catalogue, region: str) -> dict[tuple[int, int], bytes]:
        number = catalogue.regions.id_of(region)
        if number == NO_ID:
            return {}
        found = catalogue.details.own_of(number)
        return {(int(self._number[item]), first): text for (item, first), text in found.items()} if catalogue is self._old else found

    def _code(self, number: int) -> str:
        if number < len(self._new.items):
            return self._new.items.code(number)
        return self._old.items.code(int(self._gone[number - len(self._new.items)]))
