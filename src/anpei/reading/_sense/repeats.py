"""Repeats: rows that are no table (the parties of an accident), from labels that come back for each of them or from running text."""

import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from itertools import chain

from anpei.reading import _values as values
from anpei.reading._sense.fields import Candidate, read_fields
from anpei.reading._sense.labels import SURE, Hit, Labels, Sheet
from anpei.reading._sense.lines import GAP, Line, plain
from anpei.reading._sense.schema import FieldSpec, Repeats
from anpei.reading._values import Wanted

SAID = 0.9
"""What a value from running text is worth against one behind its label."""


@dataclass(frozen=True, slots=True)
class _Told:
    """A value behind a label: the field, where its label stands (line, left edge), the value."""

    field: str
    line: int
    x: float
    candidate: Candidate


def read_repeats(
    lines: Sequence[Line], repeats: Repeats, specs: Mapping[str, FieldSpec], stops: Sequence[str]
) -> tuple[dict[str, Candidate], ...]:
    """The rows in the order of the page; ``stops`` are words that end a value."""
    told = list(_labelled(lines, specs, stops))
    labels = {plain(label.text) for spec in specs.values() for label in spec.all_labels} | {plain(stop) for stop in stops}
    page = Line(tuple(chain.from_iterable(line.boxes for line in lines)))
    keys = _distinct(each for each in told if each.field == repeats.key and each.candidate.value not in labels)
    rows = [{repeats.key: key.candidate} for key in keys]
    for each in told:
        if each.field != repeats.key and keys:
            rows[_nearest(keys, each)].setdefault(each.field, each.candidate)
    if len(rows) < 2:
        known = [key.candidate.value for key in keys]
        more = (key for key in _found(page, repeats, specs[repeats.key]) if key.value not in labels)
        rows += [{repeats.key: key} for key in more if not any(key.value.endswith(name) or name.endswith(key.value) for name in known)]
    names = [row[repeats.key].value for row in rows]
    for index, row in enumerate(rows):
        for name in specs:
            if name in row and specs[name].type != "choice":
                continue
            said = _said(page, repeats, specs[name], name=name, names=names, index=index)
            if said is not None:
                row[name] = said
    return tuple(rows)


def _labelled(lines: Sequence[Line], specs: Mapping[str, FieldSpec], stops: Sequence[str]) -> Iterator[_Told]:
    """The values behind, beside and under the labels that come back, from the top."""
    hits = list(Labels(specs, tuple(stops)).search(lines))
    bare = {name: spec.model_copy(update={"patterns": ()}) for name, spec in specs.items()}
    quiet = [replace(hit, targets=()) for hit in hits]
    for index, hit in enumerate(hits):
        if hit.sure < SURE or not hit.targets or not _alone(lines[hit.line], hit):
            continue
        sheet = Sheet(tuple(lines), (*quiet[:index], hit, *quiet[index + 1 :]))
        for name, found in read_fields(sheet, bare).items():
            yield _Told(name, hit.line, lines[hit.line].cut(hit.start, hit.end)[0].x0, found[0])


def _alone(line: Line, hit: Hit) -> bool:
    """Whether a label has a colon or space behind it: in running text it is a word like others."""
    return hit.colon or hit.end >= len(line.text) or line.gaps[hit.end] > GAP / 2 or line.text[hit.end] in "(["


def _distinct(told: Iterator[_Told]) -> list[_Told]:
    """Each value once, where it stands first."""
    kept: dict[str, _Told] = {}
    for each in told:
        kept.setdefault(each.candidate.value, each)
    return list(kept.values())


def _nearest(keys: Sequence[_Told], each: _Told) -> int:
    """The row a value belongs to: of the last keys above it (or on its line) the nearest in width."""
    above = [key.line for key in keys if key.line <= each.line]
    level = max(above) if above else keys[0].line
    beside = [index for index, key in enumerate(keys) if abs(key.line - level) == 0]
    return min(beside, key=lambda index: abs(keys[index].x - each.x))


def _found(page: Line, repeats: Repeats, spec: FieldSpec) -> list[Candidate]:
    """Keys in running text, each once, in the order of the text."""
    found: dict[str, tuple[int, Candidate]] = {}
    for pattern in repeats.found:
        for match in re.finditer(pattern, page.text):
            candidate = _candidate(page, match.span(1), spec)
            if candidate is not None and candidate.value not in found:
                found[candidate.value] = (match.start(1), candidate)
    return [candidate for _, candidate in sorted(found.values(), key=lambda each: each[0])]


def _said(page: Line, repeats: Repeats, spec: FieldSpec, *, name: str, names: Sequence[str], index: int) -> Candidate | None:
    """What the text says of one row: behind its key, or behind a word that stands for it (甲方)."""
    others = [other for place, other in enumerate(names) if place != index]
    others += [plain(word) for place, each in enumerate(repeats.who) if place != index for word in each if len(word) > 1]
    words = repeats.who[index] if index < len(repeats.who) else ()
    for who in (re.escape(names[index]), *(rf"(?<![\u4e00-\u9fff]){re.escape(plain(word))}" for word in words)):
        for pattern in repeats.said.get(name, ()):
            for match in re.finditer(pattern.replace("{who}", who).replace("{plate}", values.PLATE), page.text):
                if any(other in match.group(0) and other not in match.group(1) for other in others) and "、" not in match.group(0):
                    continue
                candidate = _candidate(page, match.span(1), spec)
                if candidate is not None:
                    return candidate
    return None


def _candidate(page: Line, span: tuple[int, int], spec: FieldSpec) -> Candidate | None:
    start, end = span
    found = values.find(Wanted(spec.type, spec.length, spec.choices), page.text[start:end])
    if found is None:
        return None
    boxes = page.cut(start + found.start, start + found.end)
    sure = 1.0
    for char in page.chars[start + found.start : start + found.end]:
        sure *= char.score
    return Candidate(found.value, page.raw(start + found.start, start + found.end), boxes, SAID * found.fit, sure)
