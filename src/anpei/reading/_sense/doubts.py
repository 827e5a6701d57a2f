"""Doubts: the places of a page that are worth a second, more careful look, because a field that matters is missing or weak."""

from collections.abc import Iterator, Mapping, Sequence

from anpei.reading._sense.fields import Candidate
from anpei.reading._sense.labels import SURE, Sheet
from anpei.reading._sense.schema import Kind
from anpei.reading._sight.boxes import TextBox

WEAK = 0.9
"""A field or cell whose characters are less sure than this is doubted: more care cannot mend what only fits badly."""

POOR = 0.93
"""Where a field that matters was not found at all, boxes read with less than this are doubted."""

_COUNTED = frozenset({"name", "quantity", "unit_price", "amount"})


def doubts_of(
    sheet: Sheet,
    kind: Kind,
    chosen: Mapping[str, Candidate],
    rows: Sequence[Mapping[str, Candidate]],
) -> tuple[TextBox, ...]:
    """Pieces of the page behind weak or missing fields that the kind calls required or key, and weak cells that add up."""
    wanted = dict.fromkeys((*kind.required, *kind.key, *(name for side in kind.sides for name in side)))
    found: list[TextBox] = []
    lost = False
    for name in wanted:
        if name not in chosen:
            behind = list(_behind(sheet, name))
            found += behind
            lost = lost or (not behind and name in kind.required)
        elif chosen[name].sure < WEAK:
            found += chosen[name].boxes
    for row in rows:
        found += [box for name, cell in row.items() if name in _COUNTED and cell.sure < WEAK for box in cell.boxes]
    if lost:
        found += [box for line in sheet.lines for box in line.boxes if box.score < POOR]
    return tuple(found)


def _behind(sheet: Sheet, name: str) -> Iterator[TextBox]:
    """The label of a field and what stands behind it on its line, up to the next label."""
    for hit in sheet.hits:
        if hit.sure < SURE or all(target.field != name for target in hit.targets):
            continue
        line = sheet.lines[hit.line]
        end = next((other.start for other in sheet.hits_of(hit.line) if other.start >= hit.end and other.is_border), len(line.text))
        yield from line.cut(hit.start, end)
