"""What could make a field readable on a form: a label behind which or under which its value stands, a region, a label less."""

import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass

from rapidfuzz import fuzz

from anpei.reading._sense.labels import Labels
from anpei.reading._sense.lines import GAP, Line, plain
from anpei.reading._sense.paragraphs import Piece
from anpei.reading._sense.schema import FieldChange, FieldSpec, Label
from anpei.reading.layouts.forms import Region
from anpei.reading.layouts.places import PARAGRAPHS, Words, cells, is_printed, label_behind, labels_above
from anpei.reading.layouts.regions import frame_of

ANCHORS = 6
"""How many words near a value are tried as its anchor."""

STRANGE = 20.0
"""How many text heights farther away a word counts that is not known to be printed."""

_ROOM = 8.0
"""How many text heights longer than the one seen a value may be, on either side."""

_BETWEEN = re.compile(r"[^\w:]{0,2}[至到起]?[^\w:]{0,2}")
"""What may stand between the two values of one label."""


@dataclass(frozen=True, slots=True)
class Guess:
    """A change to a field, the printed word it rests on, and how it reads for people."""

    change: FieldChange
    word: str
    how: str


@dataclass(frozen=True, slots=True)
class Ground:
    """A page to guess from: its lines, the text of all pages of the form, where known values stand on this one, and the
    words that forms of the kind print.
    """

    lines: tuple[Line, ...]
    texts: tuple[str, ...]
    values: tuple[Piece, ...]
    known: frozenset[str] = frozenset()

    def is_value(self, words: Words) -> bool:
        """Whether it overlaps a known value."""
        return any(line is words.line and start < words.end and words.start < end for line, start, end in self.values)

    def may_serve(self, words: Words) -> bool:
        """Whether a word belongs to the form: no value, and on every page of it."""
        return all(words.text in text for text in self.texts) and not self.is_value(words)


def guesses(ground: Ground, spec: FieldSpec, places: Sequence[Piece], *, taken: frozenset[str] = frozenset()) -> Iterator[Guess]:
    """Changes that may make a field readable whose value stands at some places: first labels behind, then above, then regions.

    Where the value stands several times, words that are like the field's own come first; words that other fields of its type
    go by (``taken``) are left to them.
    """
    old = tuple(dict.fromkeys(_present(ground.lines, spec)))
    found = [found for piece in places for found in _labelled(ground, spec, piece)]
    for label, under in sorted(found, key=lambda each: -like(each[0].text, spec)):
        if label.text in taken and label.part == 1:
            continue
        how = "its value stands under" if under else "its value stands behind"
        below = True if under and not spec.below else None
        yield from _with_and_without(FieldChange(labels=(_short(label),), below=below), label.text, how, old)
    for piece in places if spec.type not in PARAGRAPHS else ():
        for words in anchors(ground, piece):
            region = region_of(words, piece)
            yield from _with_and_without(FieldChange(regions=(region,)), words.text, "its value stands at a fixed place from", old)


def _labelled(ground: Ground, spec: FieldSpec, piece: Piece) -> Iterator[tuple[Label, bool]]:
    """Labels by which a value at a place may be read, and whether they stand over it."""
    first = _first_of_two(ground, piece)
    behind = label_behind(first or piece)
    if behind is not None and ground.may_serve(behind):
        yield Label(text=behind.text, part=2 if first else 1), False
    for words in [] if spec.type in PARAGRAPHS else labels_above(ground.lines, piece):
        if ground.may_serve(words):
            yield Label(text=words.text), True


def _first_of_two(ground: Ground, piece: Piece) -> Piece | None:
    """The value right before this one, where the two stand behind one label (从 … 至 …)."""
    line, start, _ = piece
    for other in ground.values:
        if other[0] is line and other[2] < start and _BETWEEN.fullmatch(line.text[other[2] : start]):
            return other
    return None


def like(word: str, spec: FieldSpec) -> float:
    """How like a word is to the words that are known for a field (0..100)."""
    known = [spec.title.zh, *(label.text for label in spec.all_labels)]
    return max(fuzz.ratio(word, plain(each)) for each in known)


def _short(label: Label) -> Label | str:
    return label.text if label.part == 1 else label


def less(ground: Ground, spec: FieldSpec) -> Iterator[Guess]:
    """Changes that may keep a field from being read that the page does not show."""
    old = tuple(dict.fromkeys(_present(ground.lines, spec)))
    for labels in (*((label,) for label in old), *([old] if len(old) > 1 else [])):
        yield Guess(FieldChange(without=labels), labels[0], "it does not stand behind")


def _with_and_without(change: FieldChange, word: str, how: str, old: Sequence[str]) -> Iterator[Guess]:
    yield Guess(change, word, how)
    others = tuple(label for label in old if plain(label) != word)
    if others:
        yield Guess(change.model_copy(update={"without": others}), word, how)


def _present(lines: Sequence[Line], spec: FieldSpec) -> Iterator[str]:
    """The labels of a field that stand on the page, as the vocabulary writes them."""
    known = {plain(label.text).replace(" ", ""): label.text for label in spec.all_labels}
    for hit in Labels({"field": spec}, ()).search(lines) if known else ():
        if hit.label in known:
            yield known[hit.label]


def anchors(ground: Ground, piece: Piece) -> list[Words]:
    """Words of the form near a value that stand on the page only once, the nearest first; those on its own line before others.

    Words that are not known to be printed (they may be somebody's) count as farther away.
    """
    line, start, end = piece
    value = line.cut(start, end)
    (x, y), height = value[0].left, value[0].height
    text = "\n".join(each.text for each in ground.lines)
    found: list[tuple[float, int, Words]] = []
    for number, words in enumerate(cells(ground.lines)):
        if not is_printed(words.text) or text.count(words.text) != 1 or not ground.may_serve(words):
            continue
        there = words.boxes[0].left
        printed = words.text in ground.known or words.line.text[words.end : words.end + 1] == ":"
        away = abs(x - there[0]) / height + 4 * abs(y - there[1]) / height + (0 if len(words.text) > 2 else 4) + (0 if printed else STRANGE)
        found.append((away, number, words))
    return [words for _, _, words in sorted(found, key=lambda each: each[:2])[:ANCHORS]]


def region_of(words: Words, piece: Piece) -> Region:
    """A region around a value with room for longer ones, as far as nothing else stands there."""
    line, start, end = piece
    frame = frame_of(words.line, words.start, words.end)
    boxes = line.cut(start, end)
    (x0, y0), (x1, y1) = frame.seen(boxes[0].left), frame.seen(boxes[-1].right)
    left, right = x0 - _ROOM, x1 + _ROOM
    if start > 0 and line.gaps[start] > GAP:
        left = max(left, frame.seen(line.cut(start - 1, start)[0].right)[0] + 0.3)
    elif start > 0:
        left = x0 - 0.1
    if end < len(line.text):
        right = max(x1 + 0.1, frame.seen(line.cut(end, end + 1)[0].left)[0] - 0.3)
    middle = (y0 + y1) / 2
    box = (round(left, 2), round(middle - 0.8, 2), round(right, 2), round(middle + 0.8, 2))
    return Region(anchor=words.text, box=box)


def joined(old: FieldChange | None, new: FieldChange) -> FieldChange:
    """Two changes to a field as one; what the new one says goes first."""
    if old is None:
        return new
    added = {plain(label.text if isinstance(label, Label) else label) for label in new.labels}
    kept = tuple(
        label for label in old.labels if plain(label.text if isinstance(label, Label) else label) not in {*added, *map(plain, new.without)}
    )
    return old.model_copy(
        update={
            "labels": new.labels + kept,
            "without": tuple(dict.fromkeys((*new.without, *old.without))),
            "regions": new.regions + old.regions,
            "below": old.below if new.below is None else new.below,
        }
    )


def changed(fields: Mapping[str, FieldChange], name: str, change: FieldChange) -> dict[str, FieldChange]:
    """All changes with one more."""
    return {**fields, name: joined(fields.get(name), change)}
