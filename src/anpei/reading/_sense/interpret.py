"""From text boxes to kind, layout, fields and rows: the whole understanding of one page."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass

from anpei.reading._sense.doubts import doubts_of
from anpei.reading._sense.fields import Candidate, Look, read_fields
from anpei.reading._sense.kinds import Guess, tell_kind, tell_layout
from anpei.reading._sense.labels import Labels, Sheet
from anpei.reading._sense.lines import make_lines
from anpei.reading._sense.occurrences import settle
from anpei.reading._sense.repeats import read_repeats
from anpei.reading._sense.results import base_confidence, choose, confidences
from anpei.reading._sense.schema import Kind, Knowledge, Layout
from anpei.reading._sight.boxes import TextBox, bounds, corrected
from anpei.reading._tables.listed import read_listed
from anpei.reading._tables.rows import read_table
from anpei.reading.layouts.regions import add_regions
from anpei.reading.model import Box, FieldReading, Row


@dataclass(frozen=True, slots=True)
class Told:
    """A kind and a layout that are known from elsewhere: the page is read by them, whatever it looks like."""

    kind: str
    layout: Layout | None


@dataclass(frozen=True, slots=True)
class Meaning:
    """What a page says. ``kind`` is None for an unknown kind; ``doubts`` are pieces of the page worth a more careful look."""

    guess: Guess
    kind: Kind | None
    layout: str
    fields: Mapping[str, FieldReading]
    rows: tuple[Row, ...]
    doubts: tuple[TextBox, ...] = ()

    def missing(self, *, least: float = 0.5) -> tuple[str, ...]:
        """Required fields of the kind that were not read, or not surely."""
        if self.kind is None:
            return ()
        missing = [name for name in self.kind.required if not self._has(name, least)]
        sides = [[name for name in side if not self._has(name, least)] for side in self.kind.sides]
        return (*missing, *min(sides, key=len, default=()))

    def _has(self, name: str, least: float) -> bool:
        return name in self.fields and self.fields[name].confidence >= least


def interpret(
    boxes: Sequence[TextBox],
    knowledge: Knowledge,
    *,
    source: str,
    place: Callable[[TextBox], TextBox],
    look: Look | None = None,
    told: Told | None = None,
    seals: Sequence[Box] = (),
) -> Meaning:
    """Understand a page; ``place`` moves a box to the picture that people see, ``look`` reads where a cell was overlooked.

    ``seals`` are the places whose ink was lifted by the red channel: what was read there says so.
    """
    lines = tuple(make_lines([corrected(box, knowledge.misread) for box in boxes]))
    guess = tell_kind(lines, knowledge) if told is None else Guess(told.kind, 1.0)
    kind = knowledge.kinds.get(guess.kind)
    if kind is None:
        return Meaning(guess, None, "", {}, ())
    layout = tell_layout(kind.id, lines, knowledge) if told is None else told.layout
    specs = knowledge.spec_of(kind.id, layout)
    sheet = Sheet(lines, tuple(Labels(specs, (*knowledge.stops, *kind.stops)).search(lines)))
    table = read_table(sheet, knowledge.columns_of(kind.id, layout), look) if kind.columns else None
    if table is not None:
        hits = (hit for hit in sheet.hits if not table.covers(hit.line, lines[hit.line].cut(hit.start, hit.end)[0]))
        sheet = Sheet(lines, tuple(hits))
    sheet = settle(sheet, specs)
    candidates = read_fields(sheet, specs, look)
    add_regions(candidates, lines, specs)
    rows = table.rows if table is not None else _repeated(sheet, kind, knowledge)
    chosen = choose(candidates, kind.checks)
    sure = confidences(chosen, rows, kind.checks)

    def reading(candidate: Candidate, confidence: float) -> FieldReading:
        way = source + _way(candidate.boxes, seals)
        return FieldReading(candidate.value, candidate.text, confidence, bounds([place(box) for box in candidate.boxes]), way)

    fields = {name: reading(candidate, sure[name]) for name, candidate in chosen.items()}
    readable = tuple({name: reading(cell, round(base_confidence(cell), 4)) for name, cell in row.items()} for row in rows)
    doubts = doubts_of(sheet, kind, chosen, rows)
    return Meaning(guess, kind, layout.id if layout else "", fields, readable, doubts)


def _way(boxes: Sequence[TextBox], seals: Sequence[Box]) -> str:
    """How boxes were read: by the larger model, from under a seal, or plainly."""
    if any(box.careful for box in boxes):
        return "-small"
    under = any(x0 <= x <= x1 and y0 <= y <= y1 for x, y in (box.centre for box in boxes) for x0, y0, x1, y1 in seals)
    return "-red" if under else ""


def _repeated(sheet: Sheet, kind: Kind, knowledge: Knowledge) -> tuple[dict[str, Candidate], ...]:
    """The rows of a kind whose rows are no table."""
    if kind.repeats is None:
        return read_listed(sheet.lines, kind.listed, knowledge.columns)
    labels = {label.text for spec in knowledge.specs[kind.id].values() for label in spec.all_labels}
    return read_repeats(sheet.lines, kind.repeats, knowledge.repeated[kind.id], (*knowledge.stops, *kind.stops, *labels))
