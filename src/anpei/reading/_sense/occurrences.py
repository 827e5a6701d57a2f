"""Occurrences: where two parties stand under the same printed labels (buyer and seller), the first place is one's, the last the other's."""

from collections.abc import Mapping, Sequence
from dataclasses import replace

from anpei.reading._sense.labels import SURE, Hit, Sheet
from anpei.reading._sense.lines import plain
from anpei.reading._sense.schema import FieldSpec

BESIDE = 3.0
"""Labels less than this many heights apart, one left and one right, stand side by side: the left one is the first."""

LOWER = 0.5
"""A lone label in the lower or right part of the page is taken for the last."""

Family = frozenset[str]


def settle(sheet: Sheet, specs: Mapping[str, FieldSpec]) -> Sheet:
    """The sheet with each label that is told by its place (``nth``) standing for the one field whose place it is."""
    nth = {(plain(label.text).replace(" ", ""), name): label.nth for name, spec in specs.items() for label in spec.all_labels if label.nth}
    if not nth:
        return sheet
    families: dict[Family, list[Hit]] = {}
    for hit in sheet.hits:
        family = frozenset(target.field for target in hit.targets if (hit.label, target.field) in nth)
        if family and hit.sure >= SURE:
            families.setdefault(family, []).append(hit)
    places = {id(hit): place for hits in families.values() for hit, place in _places(sheet, hits)}

    def settled(hit: Hit) -> Hit:
        kept = (each for each in hit.targets if nth.get((hit.label, each.field)) in (None, places.get(id(hit))))
        return replace(hit, targets=tuple(kept))

    return Sheet(sheet.lines, tuple(settled(hit) for hit in sheet.hits))


def _places(sheet: Sheet, hits: Sequence[Hit]) -> list[tuple[Hit, str]]:
    """Each of some hits with its place: ``first``, ``last``, or neither."""
    ordered = _ordered(sheet, hits)
    if len(ordered) == 1:
        (x, y, _), top = _at(sheet, ordered[0]), min(line.y for line in sheet.lines)
        bottom = max(line.y for line in sheet.lines)
        later = x > LOWER * sheet.right or y > top + LOWER * (bottom - top)
        return [(ordered[0], "last" if later else "first")]
    return [(ordered[0], "first"), (ordered[-1], "last")]


def _ordered(sheet: Sheet, hits: Sequence[Hit]) -> list[Hit]:
    """From the top, and from the left where they stand side by side."""
    found: list[Hit] = []
    rows: list[list[Hit]] = []
    for hit in sorted(hits, key=lambda hit: _at(sheet, hit)[1]):
        x, y, height = _at(sheet, hit)
        beside = [(ox, oy) for ox, oy, _ in (_at(sheet, other) for other in rows[-1])] if rows else []
        if beside and all(abs(y - oy) < BESIDE * height and abs(x - ox) > 0.25 * sheet.right for ox, oy in beside):
            rows[-1].append(hit)
        else:
            rows.append([hit])
    for row in rows:
        found += sorted(row, key=lambda hit: _at(sheet, hit)[0])
    return found


def _at(sheet: Sheet, hit: Hit) -> tuple[float, float, float]:
    """Where a label begins (x, y), and its height."""
    box = sheet.lines[hit.line].cut(hit.start, hit.end)[0]
    return box.x0, box.centre[1], box.height
