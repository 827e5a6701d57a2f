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
from anpei.samples.drawing.effects import effect_named, photograph
from anpei.samples.drawing.pdf import pdf
from anpei.samples.drawing.sheet import Sheet
from anpei.samples.layouts import LAYOUTS, PROVINCES, Layout
from anpei.samples.world import clinical_documents, documents, further_documents, personal_documents
from anpei.samples.world.dice import dice
from anpei.samples.world.documents import Document
from anpei.samples.world.people import make_person
from anpei.samples.world.visits import Visit, Wish, make_visit

PDF = "pdf"
SETS = ("known", "heldback", "unseen", "fresh", "all")
INPATIENT_KINDS = frozenset({"inpatient_receipt", "discharge_summary", "settlement_sheet", "fee_list"}) | clinical_documents.INPATIENT


class UnknownLayout(errors.NotFound):
    """No layout has this id."""

    code = "samples.unknown_layout"


class UnknownSet(errors.InvalidInput):
    """The set is not known, heldback, unseen, fresh or all."""

    code = "samples.unknown_set"


@dataclass(frozen=True, slots=True)
class Page:
    """A drawn page: the bytes of its file and what it says. ``set`` as of its layout, ``number`` its place in a PDF, else 1."""

    data: bytes
    kind: str
    layout: str
    set: str
    effect: str
    fields: Mapping[str, str]
    rows: Sequence[Mapping[str, str]] = field(default_factory=tuple)
    number: int = 1
    texts: Sequence[str] = field(default_factory=tuple)
    """All that is printed, piece by piece."""

    @property
    def suffix(self) -> str:
        """The file name's ending."""
        return ".pdf" if self.effect == PDF else ".jpg"

    def truth(self, file: str) -> dict[str, Any]:
        """The truth record as written beside the picture."""
        return {
            "file": file,
            "page": self.number,
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
    return _page(sheet, layout, effect, photograph(bgr, effect, rng, mask=mask, places=sheet.places))


def _page(sheet: Sheet, layout: Layout, effect: str, data: bytes, *, number: int = 1) -> Page:
    return Page(
        data=data,
        kind=layout.kind,
        layout=layout.id,
        set=layout.set,
        effect=effect,
        fields=sheet.shown,
        rows=sheet.shown_rows,
        number=number,
        texts=tuple(mark.text for mark in sheet.marks if mark.kind == "text"),
    )


def draw(layout_id: str, document: Document, *, seed: object, effect: str = "phone") -> list[Page]:
    """Draw a document in a layout (fee lists may take several pages). Same seed, same bytes.

    With effect ``pdf`` all pages carry the bytes of one PDF with a text layer, else each is a JPEG of its own.
    Raises UnknownLayout, UnknownEffect, PdfNotMade.
    """
    if layout_id not in LAYOUTS:
        raise UnknownLayout(f"no layout named {layout_id}: take one of samples.layouts.LAYOUTS")
    layout = LAYOUTS[layout_id]
    rng = dice("draw", seed, layout_id)
    if effect == PDF:
        sheets = layout.draw(document, rng)
        data = pdf(sheets)
        return [_page(sheet, layout, effect, data, number=number) for number, sheet in enumerate(sheets, start=1)]
    with effect_named(effect).in_its_faces():
        sheets = layout.draw(document, rng)
    return [shoot(sheet, layout, effect, rng) for sheet in sheets]


def document_for(layout: Layout, rng: Random) -> Document:
    """A fresh document of the layout's kind about a fresh fictional person."""
    person = make_person(rng, provinces=PROVINCES[layout.set] if rng.random() < 0.7 else ())
    if layout.kind in {"id_card", "bank_card"}:
        return documents.id_card(person) if layout.kind == "id_card" else documents.bank_card(person)
    if layout.kind in further_documents.MAKERS:
        return further_documents.MAKERS[layout.kind](rng, person)
    care = "inpatient" if layout.kind in INPATIENT_KINDS else "outpatient"
    day = date(2026, 1, 8) + timedelta(days=rng.randrange(290))
    settled = layout.kind == "settlement_sheet" or rng.random() < 0.85
    count = rng.randint(30, 38) if layout.kind == "fee_list" and rng.random() < 0.4 else 0
    visit = make_visit(rng, person=person, day=day, wish=Wish(care=care, settled=settled, count=count), provinces=PROVINCES[layout.set])
    return document_of(layout, visit)


def document_of(layout: Layout, visit: Visit) -> Document:
    """What a layout of a medical kind prints about a visit."""
    if layout.kind in {"outpatient_receipt", "inpatient_receipt"}:
        return documents.receipt(visit) if layout.itemised else documents.receipt_categories(visit)
    if layout.kind == "fee_list":
        return documents.fee_list(visit, daily=layout.daily)
    makers = {
        "discharge_summary": documents.discharge_summary,
        "outpatient_record": documents.outpatient_record,
        "diagnosis_certificate": documents.diagnosis_certificate,
        "settlement_sheet": documents.settlement_sheet,
        **clinical_documents.MAKERS,
        **personal_documents.MAKERS,
    }
    return makers[layout.kind](visit) if layout.kind in makers else Document(kind=layout.kind, facts={})


def check_set(which: str) -> None:
    """Raises UnknownSet."""
    if which not in SETS:
        raise UnknownSet(f"no set named {which}: take one of {', '.join(SETS)}")


def make(out: Path, seed: int, which: str, count_per_layout: int, *, effects: Sequence[str] = ("phone",)) -> list[Path]:
    """Draw ``count_per_layout`` documents of every layout of a set (known, heldback, unseen, fresh or all) into ``out``.

    The effects are taken in turn. Each picture has a JSON of the same name with its truth. Returns the pictures.
    Raises UnknownSet, UnknownEffect.
    """
    check_set(which)
    out.mkdir(parents=True, exist_ok=True)
    written = []
    for layout in (entry for _, entry in sorted(LAYOUTS.items()) if which in {"all", entry.set}):
        for index in range(count_per_layout):
            key = f"{seed}/{layout.id}/{index}"
            document = document_for(layout, dice("page", key))
            drawn = draw(layout.id, document, seed=key, effect=effects[index % len(effects)])
            written += write(out, f"{layout.kind}-{layout.name}-{index:03d}-{drawn[0].effect}", drawn)
    return written


def write(out: Path, stem: str, drawn: Sequence[Page]) -> list[Path]:
    """Write the pages of one document with a truth JSON each; returns the picture or PDF files."""
    files = write_files(out, stem, drawn)
    for place, (page, file) in enumerate(zip(drawn, files, strict=True), start=1):
        text = json.dumps(page.truth(file.name), ensure_ascii=False, indent=1)
        (out / f"{_numbered(stem, place, drawn)}.json").write_text(text + "\n", encoding="utf-8")
    return list(dict.fromkeys(files))


def _numbered(stem: str, place: int, drawn: Sequence[Page]) -> str:
    """The stem, with the page number when there are several: names sort in the order of pages."""
    return stem if len(drawn) == 1 else f"{stem}-p{place}"


def write_files(out: Path, stem: str, drawn: Sequence[Page]) -> list[Path]:
    """Write pictures or one PDF; returns the file of each page, in order."""
    files = []
    for place, page in enumerate(drawn, start=1):
        path = out / ((stem if page.effect == PDF else _numbered(stem, place, drawn)) + page.suffix)
        if place == 1 or page.effect != PDF:
            path.write_bytes(page.data)
        files.append(path)
    return files
