"""Lists without a table: each line a row by itself, told by its own shape (the drugs of a prescription under ``Rp``)."""

import math
import re
from collections.abc import Mapping, Sequence

from anpei.reading import _values as values
from anpei.reading._sense.fields import Candidate
from anpei.reading._sense.lines import Line
from anpei.reading._sense.schema import ColumnSpec
from anpei.reading._values import Wanted

LISTED = 0.93
"""What a cell told by the shape of its line is worth against one under a head."""


def read_listed(lines: Sequence[Line], patterns: Sequence[str], columns: Mapping[str, ColumnSpec]) -> tuple[dict[str, Candidate], ...]:
    """A row for each line that one of the patterns fits as a whole (blanks left out); its named groups are columns."""
    rows: list[dict[str, Candidate]] = []
    for line in lines:
        places = [place for place, char in enumerate(line.text) if not char.isspace()]
        text = "".join(line.text[place] for place in places)
        match = next((found for found in (re.fullmatch(pattern, text) for pattern in patterns) if found is not None), None)
        row = _row(line, places, match, columns) if match is not None else {}
        if "name" in row and len(row) > 1:
            rows.append(row)
    return tuple(rows)


def _row(line: Line, places: Sequence[int], match: "re.Match[str]", columns: Mapping[str, ColumnSpec]) -> dict[str, Candidate]:
    row: dict[str, Candidate] = {}
    for name, text in match.groupdict().items():
        spec = columns.get(name)
        found = values.find(Wanted(spec.type, choices=spec.choices), text) if text and spec is not None else None
        if found is not None:
            start, end = places[match.start(name)], places[match.end(name) - 1] + 1
            sure = math.prod(char.score for char in line.chars[start:end])
            row[name] = Candidate(found.value, line.raw(start, end), line.cut(start, end), LISTED * found.fit, sure)
    return row
