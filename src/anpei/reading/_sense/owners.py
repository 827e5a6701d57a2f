"""Owners: whose value a label asks for where a page has several persons with the same labels (mother and father, both parties).

The words that name a person (``of``) stand before the label: on its line, else on a line above. Where one line above names several
persons side by side, and several such labels stand side by side under it, each belongs to the nearest in width.
"""

import re
from collections.abc import Iterator

from anpei.reading._sense.labels import Hit, Sheet, Target
from anpei.reading._sense.lines import Line, plain

Anchor = tuple[int, str]
"""Where in a line a word begins, and the word."""


def belongs(sheet: Sheet, hit: Hit, target: Target) -> bool:
    """Whether the value behind a label is that of the person whom the target's words name; labels without words always do."""
    if not target.of:
        return True
    own = {plain(word) for word in target.of}
    others = {plain(word) for each in hit.targets for word in each.of} | {plain(word) for word in target.rivals}
    return _owner(sheet, hit, own | others) in own


def _owner(sheet: Sheet, hit: Hit, words: set[str]) -> str | None:
    """The word that the label belongs to."""
    pattern = re.compile("|".join(re.escape(word) for word in sorted(words, key=len, reverse=True)))
    line = sheet.lines[hit.line]
    before = [word for start, word in _anchors(line, pattern) if start < hit.start or (start == hit.start and word != hit.label)]
    if before:
        return before[-1]
    for index in range(hit.line - 1, -1, -1):
        found = list(_anchors(sheet.lines[index], pattern))
        if found:
            beside = sum(other.label == hit.label for other in sheet.hits_of(hit.line)) > 1
            return _nearest(sheet.lines[index], found, line.cut(hit.start, hit.end)[0].x0) if beside else found[-1][1]
    return None


def _anchors(line: Line, pattern: "re.Pattern[str]") -> Iterator[Anchor]:
    for match in pattern.finditer(line.text):
        yield match.start(), match.group(0)


def _nearest(line: Line, anchors: list[Anchor], x: float) -> str:
    """The word whose left edge is nearest to ``x``."""
    return min(anchors, key=lambda anchor: abs(line.cut(anchor[0], anchor[0] + len(anchor[1]))[0].x0 - x))[1]
