"""What the catalogue says of every line: whether it has the item on the day, its class, and whether it is covered."""

from dataclasses import dataclass
from datetime import date
from typing import Any

import numpy as np

from anpei.claims.benefit.compiled import CLASSES
from anpei.claims.replay.batch.frame import Frame, whole
from anpei.records.catalogues.words import COVERED_SHIFT, RATIO_MASK, RATIO_SHIFT, decode
from anpei.rules.catalogue.kernels import slots_on
from anpei.rules.catalogue.model import NO_ID, WORD_MASK
from anpei.rules.catalogue.opening import Catalogue
from anpei.rules.columns import Array

_OF_WORD = np.array([CLASSES["A"], CLASSES["B"], CLASSES["C"], 0], dtype=np.int8)
_UNKNOWN = -1
EPOCH = date(1970, 1, 1).toordinal()


@dataclass(frozen=True, slots=True)
class Items:
    """By line: ``present`` in the catalogue; class (0: none) and cover as the calculation takes them."""

    present: Array
    insurance_class: Array
    covered: Array


def items_of(frame: Frame, catalogue: Catalogue) -> Items:
    """The items of all lines. Claims with a class that is none are left to the reference."""
    code, match = frame.texts("lines.item_code"), frame.texts("lines.match")
    ids = np.append(catalogue.items.ids_of([value or "" for value in code.values[:-1]]), NO_ID)
    named = match.which([value not in (None, "none") for value in match.values])
    region = frame.texts("region")
    regions = np.array([NO_ID if value is None else catalogue.regions.id_of(value) for value in region.values])
    item = np.where(named, ids[code.code], NO_ID)
    where, day = regions[region.code][frame.line_owner], whole(frame.column("occurred_on"))[frame.line_owner]
    slots = np.zeros(len(item), dtype=np.uint64)
    slots_on(catalogue.mapped, where, item, day, slots)
    present, word = slots != 0, slots & np.uint64(WORD_MASK)
    class_, covered = _OF_WORD[(word & np.uint64(3)).astype(np.int64)], (word >> np.uint64(COVERED_SHIFT)) & np.uint64(1) == 1
    told = np.flatnonzero(present & ((word >> np.uint64(RATIO_SHIFT)) & np.uint64(RATIO_MASK) == RATIO_MASK))
    if len(told):
        _told(catalogue, (where[told], item[told], day[told]), told, class_, covered)
    printed = frame.texts("lines.insurance_class")
    by_print = np.array([0 if value is None else CLASSES.get(value, _UNKNOWN) for value in printed.values], dtype=np.int8)[printed.code]
    class_ = np.where(present & (class_ != 0), class_, by_print).astype(np.int8)
    unknown = (class_ == _UNKNOWN) & (whole(frame.lines.field("amount_fen")) > 0)
    frame.odd[frame.line_owner[unknown]] = True
    return Items(present, np.maximum(class_, 0).astype(np.int8), np.where(present, covered, True))


def _told(catalogue: Catalogue, asked: tuple[Any, Any, Any], places: Array, class_: Array, covered: Array) -> None:
    """Entries whose payload has another form: read one by one, each different one once."""
    known: dict[tuple[int, int, int], tuple[int, bool]] = {}
    for place, key in zip(places.tolist(), zip(*(column.tolist() for column in asked), strict=True), strict=True):
        if key not in known:
            region, item, day = key
            entry = catalogue.entry(
                region=catalogue.regions.code(region), item=catalogue.items.code(item), on=date.fromordinal(day + EPOCH)
            )
            payload = {} if entry is None else decode(entry.word, entry.detail)
            said = payload.get("class")
            known[key] = (CLASSES.get(said, _UNKNOWN) if said else 0, bool(payload.get("covered", True)))
        class_[place], covered[place] = known[key]
