"""What two passes differ in (变更), and which past claims that can touch: all others need not be decided again.

A claim is touched when a rule row that is new, gone or different names one of its subjects, when the catalogue says something else of one
of its items in its region, or when its product reads differently on its day. Another findings table touches every claim.
"""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from datetime import date
from typing import Any

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc

from anpei.claims.replay.passes import OpenedPass
from anpei.kernel.errors import NotFound
from anpei.records.products.library import ProductLibrary
from anpei.rules.catalogue.comparing import changes as catalogue_changes
from anpei.rules.columns import Array
from anpei.rules.compiled.machine import CompiledRules
from anpei.rules.patterns import Pattern, pattern_of

TEXT_COLUMNS = ("bills.lines.item_code", "bills.lines.name")
"""Read as numbers with a dictionary."""
SCANNED = (*TEXT_COLUMNS, "subjects.keys", "subjects.name", "region", "product_id", "plan", "occurred_on")
"""What the scan reads of each past claim."""


@dataclass(frozen=True)
class Changes:
    """What differs. ``rows``: rule rows that are new, gone or different; ``items``: by region the codes of changed catalogue items."""

    everything: bool
    rows: int
    keys: tuple[str, ...]
    patterns: tuple[Pattern, ...]
    items: Mapping[str, tuple[str, ...]]
    products: tuple[ProductLibrary, ProductLibrary] | None
    _same: dict[tuple[str, str, date], bool] = field(default_factory=dict, repr=False)

    def counts(self) -> dict[str, int]:
        """How much differs, for the report."""
        return {
            "rows": self.rows, "subjects": len(self.keys) + len(self.patterns), "items": sum(len(items) for items in self.items.values()),
            "regions": len(self.items), "products": int(self.products is not None), "findings": int(self.everything),
        }  # fmt: skip

    def touched(self, table: pa.Table) -> Array:
        """One flag a past claim; ``table`` holds at least the columns ``SCANNED`` in any chunking."""
        if self.everything:
            return np.ones(len(table), dtype=np.bool_)
        found = self._by_product(table)
        if self.keys or self.patterns or self.items:
            found |= self._by_lines(table)
            found |= self._by_subjects(table)
        return found

    def catalogued(self, table: pa.Table) -> Array:
        """Which past claims hold an item of which the catalogue says something else in their region."""
        return self._by_lines(table, rows=False) if self.items else np.zeros(len(table), dtype=np.bool_)

    def _by_lines(self, table: pa.Table, *, rows: bool = True) -> Array:
        bills = _joined(table["bills"])
        lines = bills.flatten().field("lines")
        owner = np.repeat(np.arange(len(table)), _lengths(bills))
        owner = np.repeat(owner, _lengths(lines))
        if not len(owner):
            return np.zeros(len(table), dtype=np.bool_)
        given = lines.flatten()
        codes = _coded(given.field("item_code"))
        hit = self._catalogued(codes, owner, table)
        if rows and (self.keys or self.patterns):
            hit |= self._named(codes, _coded(given.field("name")))
        return np.bincount(owner[hit], minlength=len(table)) > 0

    def _named(self, codes: "_Coded", names: "_Coded") -> Array:
        """Which lines a changed row names, by their code or their wording."""
        hit = codes.are_in(self.keys) | names.are_in(self.keys)
        for pattern in self.patterns:
            begins = codes.begin_with(pattern.prefix or "") | names.begin_with(pattern.prefix or "")
            hit |= begins & names.hold(pattern.word) if pattern.word else begins
        return hit

    def _catalogued(self, codes: "_Coded", owner: Array, table: pa.Table) -> Array:
        hit = np.zeros(len(owner), dtype=np.bool_)
        if not self.items:
            return hit
        regions = _coded(_joined(table["region"]))
        for region, items in self.items.items():
            hit |= codes.are_in(items) & regions.are_in((region,))[owner]
        return hit

    def _by_subjects(self, table: pa.Table) -> Array:
        """Which claims have a subject besides their lines (a diagnosis, the claim itself) that a changed row names."""
        found = np.zeros(len(table), dtype=np.bool_)
        if "subjects" not in table.column_names:
            return found
        subjects = _joined(table["subjects"])
        owner = np.repeat(np.arange(len(table)), _lengths(subjects))
        rows = subjects.flatten()
        if not len(rows):
            return found
        keys = rows.field("keys")
        inner = np.repeat(np.arange(len(rows)), _lengths(keys))
        codes, names = _coded(keys.flatten()), _coded(pc.take(rows.field("name"), pa.array(inner)))
        hit = codes.are_in(self.keys)
        for pattern in self.patterns:
            begins = codes.begin_with(pattern.prefix or "")
            hit |= begins & names.hold(pattern.word) if pattern.word else begins
        found[owner[inner[hit]]] = True
        return found

    def _by_product(self, table: pa.Table) -> Array:
        if self.products is None:
            return np.zeros(len(table), dtype=np.bool_)
        days = table["occurred_on"].cast(pa.int32())
        parts = [_coded(_joined(column)) for column in (table["product_id"], table["plan"], days)]
        combined = np.stack([part.codes for part in parts])
        combos, which = np.unique(combined, axis=1, return_inverse=True)
        differs = [not self._reads_alike(*(part.values[int(code)] for part, code in zip(parts, combo, strict=True))) for combo in combos.T]
        return np.array(differs, dtype=np.bool_)[which.reshape(-1)]

    def _reads_alike(self, product: str | None, plan: str | None, day: int | None) -> bool:
        """Whether both libraries say the same of a plan on a day."""
        if product is None or plan is None or day is None or self.products is None:
            return False
        on = date.fromordinal(day + date(1970, 1, 1).toordinal())
        key = (product, plan, on)
        if key not in self._same:
            old, new = (_digest(library, product, plan, on) for library in self.products)
            self._same[key] = old == new
        return self._same[key]


def _digest(library: ProductLibrary, product: str, plan: str, on: date) -> str | None:
    try:
        return library.terms(product, plan, at=on).digest
    except NotFound:
        return None


def changes_between(old: OpenedPass, new: OpenedPass) -> Changes:
    """Compare two passes."""
    places = _changed_rows(old.snapshot.rules, new.snapshot.rules)
    texts = sorted({text for rules, found in zip((old, new), places, strict=True) for text in _keys_of(rules.snapshot.rules, found)})
    patterns = [pattern_of(text) for text in texts]
    same_items = _same_columns(old, new, "catalogue_")
    items = {} if same_items else {one.region: one.items for one in catalogue_changes(old.snapshot.catalogue, new.snapshot.catalogue)}
    alike = [file.model_dump() for file in old.products.files()] == [file.model_dump() for file in new.products.files()]
    return Changes(
        everything=old.table != new.table, rows=max(len(found) for found in places),
        keys=tuple(pattern.text for pattern in patterns if pattern.prefix is None),
        patterns=tuple(pattern for pattern in patterns if pattern.prefix is not None), items=items,
        products=None if alike else (old.products, new.products),
    )  # fmt: skip


def _same_columns(old: OpenedPass, new: OpenedPass, prefix: str) -> bool:
    """Whether the manifests state the same content for all columns that begin so."""
    said = [
        {name: entry["sha256"] for name, entry in one.snapshot.manifest["columns"].items() if name.startswith(prefix)} for one in (old, new)
    ]
    return said[0] == said[1]


def _changed_rows(old: CompiledRules, new: CompiledRules) -> tuple[Array, Array]:
    """The places of the rows, in each, that the other does not have in the same form and with the same template."""
    sides = [_sorted_rows(rules, _template_codes(old, new)) for rules in (old, new)]
    return _not_in(sides[0], sides[1]), _not_in(sides[1], sides[0])


def _template_codes(old: CompiledRules, new: CompiledRules) -> Mapping[str, int]:
    digests = sorted({template.digest for rules in (old, new) for template in rules.order})
    return {digest: number for number, digest in enumerate(digests)}


def _sorted_rows(rules: CompiledRules, codes: Mapping[str, int]) -> tuple[Array, Array, Array, Array]:
    """Halves of the ids, what else decides about a row, and places, in the order of ids."""
    columns = rules.columns
    high, low = columns["row_id_high"], columns["row_id_low"]
    order = np.lexsort((low, high))
    marked = columns["row_template"][order].astype(np.int64)
    template = np.array([codes[template.digest] for template in rules.order] or [0], dtype=np.int64)[marked & 0x7FFF]
    form = (template << 17) | ((marked >> 15) << 16) | columns["row_to"][order].astype(np.int64)
    return high[order], low[order], form, order


def _not_in(mine: tuple[Array, ...], theirs: tuple[Array, ...]) -> Array:
    """Places of mine that theirs does not have with the same id and form."""
    high, low, form, order = mine
    if not len(theirs[0]):
        return order
    place = np.searchsorted(theirs[0], high)
    known = np.zeros(len(high), dtype=np.bool_)
    for _ in range(_most_equal(theirs[0])):
        at = np.minimum(place, len(theirs[0]) - 1)
        known |= (theirs[0][at] == high) & (theirs[1][at] == low) & (theirs[2][at] == form)
        place = place + 1
    return order[~known]


def _most_equal(high: Array) -> int:
    """How many rows at most share the first half of an id: nearly always one."""
    breaks = np.flatnonzero(np.diff(high)) + 1
    return int(np.diff(np.concatenate([[0], breaks, [len(high)]])).max())


def _keys_of(rules: CompiledRules, places: Array) -> Iterator[str]:
    numbers = np.unique(np.searchsorted(rules.columns["key_rows"], places, side="right") - 1)
    return (rules.keys.text(int(number)) for number in numbers)


# --- columns of texts ------------------------------------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class _Coded:
    """Texts as places in the different ones; place -1 (null) is none of them."""

    codes: Array
    dictionary: Any

    @property
    def values(self) -> list[Any]:
        """The different values, and None at the end for null."""
        return [*self.dictionary.to_pylist(), None]

    def are_in(self, texts: tuple[str, ...]) -> Array:
        """Which are one of these."""
        if not texts:
            return np.zeros(len(self.codes), dtype=np.bool_)
        return self._spread(pc.is_in(self.dictionary, value_set=pa.array(texts, pa.string())))

    def begin_with(self, prefix: str) -> Array:
        """Which begin with a text."""
        return self._spread(pc.starts_with(self.dictionary, prefix))

    def hold(self, word: str) -> Array:
        """Which hold a text."""
        return self._spread(pc.match_substring(self.dictionary, word))

    def _spread(self, flags: Any) -> Array:
        each = np.append(flags.to_numpy(zero_copy_only=False).astype(np.bool_), False)
        found: Array = each[self.codes]
        return found


def _coded(array: Any) -> _Coded:
    coded = array if pa.types.is_dictionary(array.type) else array.dictionary_encode()
    return _Coded(coded.indices.fill_null(-1).to_numpy(zero_copy_only=False).astype(np.int64), coded.dictionary)


def _joined(column: Any) -> Any:
    if isinstance(column, pa.ChunkedArray):
        return column.combine_chunks() if column.num_chunks != 1 else column.chunk(0)
    return column


def _lengths(lists: Any) -> Array:
    found: Array = pc.list_value_length(lists).fill_null(0).to_numpy(zero_copy_only=False)
    return found
