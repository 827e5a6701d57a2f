"""Golden pairs: pages of a form whose text says nothing of anybody, with what must be read from them; they are a layout's tests."""

import re
from collections.abc import Iterable, Iterator, Mapping, Sequence

from anpei.reading._sense.kinds import tell_layout
from anpei.reading._sense.labels import Labels
from anpei.reading._sense.lines import Line, make_lines, plain
from anpei.reading._sense.schema import FieldSpec, Knowledge, Layout
from anpei.reading._sight.boxes import corrected
from anpei.reading.layouts.exchange import BoxedPage, Placed, placed
from anpei.reading.layouts.places import find_value

_KEPT = frozenset(
    {"gender", "age", "money", "price", "number", "quantity", "capitals", "unit", "place", "choice", "month", "icd", "grade", "percent"}
)
"""Types of values that tell nothing of a person once the name and the numbers are others."""

_NAMES = {2: "林安", 3: "林知安", 4: "欧阳知安"}
_NUMBERS = frozenset({"digits", "code", "lettered", "plate", "phone", "tax_number"})
_FIXED = "801527369480152736948015273694"
_AMOUNT = re.compile(r"(?<!\d)\d[\d,]*\.\d{1,4}(?!\d)|(?<!\d)\d{1,2}(?!\d)")
_DAY = re.compile(r"^(\d{4})(\D?)(\d{1,2})(\D?)(\d{1,2})")


def problems(page: BoxedPage, knowledge: Knowledge, layout: Layout | None) -> list[str]:
    """What of a golden pair is not read as it says, by this layout."""
    meaning = page.read(knowledge, layout)
    found = []
    for name, value in page.fields.items():
        read = meaning.fields[name].value if name in meaning.fields else None
        if plain(read or "") != plain(value or ""):
            found.append(f"{name} is {_told(value)}, read was {_told(read)}")
    rows = [{name: cell.value for name, cell in row.items()} for row in meaning.rows]
    if page.rows and rows != [dict(row) for row in page.rows]:
        found.append(f"{len(page.rows)} rows are expected, {len(rows)} were read or their cells differ")
    return found


def _told(value: str | None) -> str:
    return "nothing" if value is None else repr(value)


def chosen(page: BoxedPage, knowledge: Knowledge) -> Layout | None:
    """The live layout that the page's own words choose."""
    return tell_layout(page.kind, lines_of(page, knowledge), knowledge)


def lines_of(page: BoxedPage, knowledge: Knowledge) -> tuple[Line, ...]:
    """The page's lines as the reading sees them."""
    return tuple(make_lines([corrected(box, knowledge.misread) for box in page.text_boxes()]))


def golden_of(page: BoxedPage, knowledge: Knowledge, layout: Layout) -> BoxedPage:
    """The page with everybody's facts replaced by invented ones of the same length, and all other writing made unreadable.

    It says what the layout reads right on the page itself; a field that cannot be read any more after the replacement is
    left out.
    """
    specs = knowledge.spec_of(page.kind, layout)
    lines = lines_of(page, knowledge)
    before = page.read(knowledge, layout)
    texts = {id(line): _masked(line, spans) for line, spans in zip(lines, _printed(lines, specs, knowledge, layout), strict=True)}
    for name, value in page.fields.items():
        if value and name in specs:
            for line, start, end in find_value(lines, specs[name], value):
                invented = _invented(specs[name].type, line.text[start:end])
                texts[id(line)] = texts[id(line)][:start] + invented + texts[id(line)][end:]
    boxes = tuple(each for line in lines for each in _boxes(line, texts[id(line)]))
    blank = page.model_copy(update={"file": "", "page": 1, "layout": layout.id, "boxes": boxes, "fields": {}, "rows": ()})
    after = blank.read(knowledge, layout)
    kept: dict[str, str | None] = {}
    for name, value in page.fields.items():
        was, now = before.fields.get(name), after.fields.get(name)
        if value is None and was is None and now is None:
            kept[name] = None
        elif value and was and now and plain(was.value) == plain(value) and was.box == now.box:
            kept[name] = now.value
    rows = [{name: cell.value for name, cell in row.items()} for row in before.rows]
    same = page.rows and rows == [dict(row) for row in page.rows]
    golden_rows = tuple({name: cell.value for name, cell in row.items()} for row in after.rows) if same else ()
    return blank.model_copy(update={"fields": kept, "rows": golden_rows})


def _printed(lines: Sequence[Line], specs: Mapping[str, FieldSpec], knowledge: Knowledge, layout: Layout) -> Iterator[set[tuple[int, int]]]:
    """For each line the places of what the form itself prints, and of amounts and small numbers."""
    kind = knowledge.kinds[layout.kind]
    words = {plain(word) for word in _words(knowledge, layout)}
    spans: list[set[tuple[int, int]]] = [set() for _ in lines]
    for hit in Labels(specs, (*knowledge.stops, *kind.stops)).search(lines):
        spans[hit.line].add((hit.start, hit.end))
    pattern = re.compile("|".join(re.escape(word) for word in sorted(words, key=len, reverse=True)))
    for line, own in zip(lines, spans, strict=True):
        yield own | {match.span() for match in pattern.finditer(line.text)} | {match.span() for match in _AMOUNT.finditer(line.text)}


def _words(knowledge: Knowledge, layout: Layout) -> Iterable[str]:
    """The words that the form itself prints, as far as they are known."""
    kind = knowledge.kinds[layout.kind]
    yield from (keyword.text for keyword in kind.keywords)
    yield from (*layout.keys.words, *layout.keys.province, *layout.keys.hospital)
    yield from (region.anchor for change in layout.fields.values() for region in change.regions)
    yield from (head for spec in knowledge.columns_of(kind.id, layout).values() for head in spec.heads)


def _masked(line: Line, kept: set[tuple[int, int]]) -> str:
    """A line's text with all but the kept places made unreadable; signs stay."""
    stays = {i for start, end in kept for i in range(start, end)}
    return "".join(char if i in stays else _mask(char) for i, char in enumerate(line.text))


def _mask(char: str) -> str:
    if char.isdigit():
        return "0"
    if char.isascii():
        return "x" if char.isalpha() else char
    return "某" if char.isalpha() else char


def _invented(kind: str, text: str) -> str:
    """Another value of a type, as long as the printed one."""
    if kind in _KEPT:
        return text
    if kind == "name" and len(text) in _NAMES:
        return _NAMES[len(text)]
    if kind == "date":
        return _DAY.sub(_other_day, text)
    if kind == "id_number" and len(text) == 18:
        return _with_check("11010119900307888")
    if kind == "card_number":
        return _card(text)
    if kind in _NUMBERS:
        begun = "1390000" if kind == "phone" else ""
        return "".join((begun + _FIXED)[i % len(_FIXED)] if char.isdigit() else _letter(char) for i, char in enumerate(text))
    return "".join(_mask(char) for char in text)


def _letter(char: str) -> str:
    """Another letter of its kind; a sign, and the province of a plate, stays."""
    return ("A" if char.isupper() else "a") if char.isascii() and char.isalpha() else char


def _other_day(match: "re.Match[str]") -> str:
    year, one, month, two, day = match.groups()
    return year + one + ("3" if len(month) == 1 else "10") + two + ("5" if len(day) == 1 else "18")


def _with_check(body: str) -> str:
    """A resident number of a day that is nobody's, with its check digit (GB 11643: ISO 7064 MOD 11-2)."""
    total = sum(int(digit) * (2 ** (17 - i) % 11) for i, digit in enumerate(body))
    return body + "10X98765432"[total % 11]


def _card(text: str) -> str:
    """A card number of the same length whose last digit checks (Luhn); blanks stay."""
    count = sum(char.isdigit() for char in text)
    body = ("622200" + _FIXED)[: count - 1]
    total = sum(sum(divmod(int(d) * (2 if i % 2 == 0 else 1), 10)) for i, d in enumerate(reversed(body)))
    digits = iter(body + str(-total % 10))
    return "".join(next(digits) if char.isdigit() else char for char in text)


def _boxes(line: Line, text: str) -> Iterator[Placed]:
    """The line's boxes with another text of the same length; what stays is written as it was, and all characters are sure."""
    for start, box in line.starts:
        _, *where, _ = placed(box)
        printed = zip(box.chars, line.text[start:], text[start : start + len(box.chars)], strict=False)
        yield "".join(char.text if new == old else new for char, old, new in printed), *where, 1.0  # type: ignore[misc]
