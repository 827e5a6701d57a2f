"""Single sample pages with truth: every layout of a set, drawn from seeded visits, photographed, with a JSON beside each picture."""

import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date, timedelta
from pathlib import Path
from random import Random
from typing import Any

import numpy as np

from anpei.kernel import errors
from anpei.samples.drawing.effects import photograph
from anpei.samples.drawing.sheet import Sheet
from anpei.samples.layouts import LAYOUTS, PROVINCES, Layout
from anpei.samples.world import documents
from anpei.samples.world.dice import dice
from anpei.samples.world.documents import Document
from anpei.samples.world.people import make_person
from anpei.samples.world.visits import Visit, make_visit

INPATIENT_KINDS = frozenset({"inpatient_receipt", "discharge_summary", "settlement_sheet", "fee_list"})


class UnknownSet(errors.InvalidInput):
    """The set is not known, heldback or all."""

    code = "samples.unknown_set"


@dataclass(frozen=True, slots=True)
class Page:
    """A drawn page: the picture file's bytes and what it says. ``set`` is known or heldback."""

    data: bytes
    kind: str
    layout: str
    set: str
    effect: str
    fields: Mapping[str, str]
    rows: Sequence[Mapping[str, str]] = field(default_factory=tuple)

    def truth(self, file: str) -> dict[str, Any]:
        """The truth record as written beside the picture."""
        return {
            "file": file,
            "kind": self.kind,
            "layout": self.layout,
            "set": self.set,
            "effect": self.effect,
            "fields": dict(self.fields),
            "rows": [dict(row) for row in self.rows],
        }


def shoot(sheet: Sheet, layout: Layout, effect: str, rng: Random) -> Page:
    """Photograph one drawn sheet."""
    bgr = np.ascontiguousarray(np.asarray(sheet.image)[:, :, ::-1])
    mask = None if sheet.mask is None else np.asarray(sheet.mask)
    return Page(
        data=photograph(bgr, effect, rng, mask=mask),
        kind=layout.kind,
        layout=layout.id,
        set=layout.set,
        effect=effect,
        fields=sheet.shown,
        rows=sheet.shown_rows,
    )


def draw(layout_id: str, document: Document, *, seed: object, effect: str = "phone") -> list[Page]:
    """Draw a document in a layout (fee lists may take two pages) and photograph each page. Same seed, same bytes."""
    layout = LAYOUTS[layout_id]
    rng = dice("draw", seed, layout_id)
    return [shoot(sheet, layout, effect, rng) for sheet in layout.draw(document, rng)]


def document_for(layout: Layout, rng: Random) -> Document:
    """A fresh document of the layout's kind about a fresh fictional person."""
    person = make_person(rng, provinces=PROVINCES[layout.set] if rng.random() < 0.7 else ())
    if layout.kind in {"id_card", "bank_card"}:
        return documents.id_card(person) if layout.kind == "id_card" else documents.bank_card(person)
    care = "inpatient" if layout.kind in INPATIENT_KINDS else "outpatient"
    day = date(2026, 1, 8) + timedelta(days=rng.randrange(290))
    settled = layout.kind == "settlement_sheet" or rng.random() < 0.85
    count = rng.randint(30, 38) if layout.kind == "fee_list" and rng.random() < 0.4 else 0
    visit = make_visit(rng, care=care, person=person, day=day, provinces=PROVINCES[layout.set], settled=settled, count=count)
    return document_of(layout, visit)


def document_of(layout: Layout, visit: Visit) -> Document:
    """What a layout of a medical kind prints about a visit."""
    if layout.kind in {"outpatient_receipt", "inpatient_receipt"}:
        return documents.receipt(visit) if layout.itemised else documents.receipt_categories(visit)
    makers = {
        "fee_list": documents.fee_list,
        "discharge_summary": documents.discharge_summary,
        "outpatient_record": documents.outpatient_record,
        "diagnosis_certificate": documents.diagnosis_certificate,
        "settlement_sheet": documents.settlement_sheet,
    }
    return makers[layout.kind](visit) if layout.kind in makers else Document(kind=layout.kind, facts={})


def make(out: Path, seed: int, which: str, count_per_layout: int, *, effects: Sequence[str] = ("phone",)) -> list[Path]:
    """Draw ``count_per_layout`` documents of every layout of a set (known, heldback or all) into ``out``.

    The effects are taken in turn. Each picture has a JSON of the same name with its truth. Returns the pictures.
    Raises UnknownSet, UnknownEffect.
    """
    if which not in {"known", "heldback", "all"}:
        raise UnknownSet(f"no set named {which}: take known, heldback or all")
    out.mkdir(parents=True, exist_ok=True)
    written = []
    for layout in (entry for _, entry in sorted(LAYOUTS.items()) if which in {"all", entry.set}):
        for index in range(count_per_layout):
            key = f"{seed}/{layout.id}/{index}"
            document = document_for(layout, dice("page", key))
            for number, page in enumerate(draw(layout.id, document, seed=key, effect=effects[index % len(effects)]), start=1):
                stem = f"{layout.kind}-{layout.name}-{index:03d}-{page.effect}" + (f"-p{number}" if number > 1 else "")
                written.append(write(out, stem, page))
    return written


def write(out: Path, stem: str, page: Page) -> Path:
    """Write a page and its truth; returns the picture."""
    path = out / f"{stem}.jpg"
    path.write_bytes(page.data)
    text = json.dumps(page.truth(path.name), ensure_ascii=False, indent=1)
    path.with_suffix(".json").write_text(text + "\n", encoding="utf-8")
    return path
