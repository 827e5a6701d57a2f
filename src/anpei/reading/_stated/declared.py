"""From declared elements to fields and rows, as the rulebook's formats say; a value that does not fit its type is left out."""

import datetime as dt
import re
import unicodedata
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from decimal import Decimal

from anpei.kernel.money import Money
from anpei.reading import _values as values
from anpei.reading._files.markup import Node, plain_name
from anpei.reading._stated.formats import Carrier, DocumentFormat, Fact, RowFacts
from anpei.reading.model import Box, FieldReading, Row

SURE = 0.999
DIFFERS = 0.45
"""What is left of the confidence of a value when another part of the same file says something else."""

_CERTAIN = 0.9
"""From here on what was read under a printed label counts against a tag that says something else."""

_MAX_ROWS = 3_000
_DAY = re.compile(r"\s*(\d{4})\s*(?:[-/.年]\s*(\d{1,2})\s*[-/.月]\s*(\d{1,2})|(\d{2})(\d{2}))(?!\d)")
_BLANK = re.compile(r"\s+")
_NUMBER = re.compile(r"¥?([+-]?)¥?(\d{1,3}(?:,\d{3})+(?:\.\d+)?|\d+(?:\.\d+)?)元?")
_MOST, _FEN = Decimal(10) ** 12, Decimal("0.01")


@dataclass(frozen=True, slots=True)
class Declared:
    """What a file states of itself: the kind it says it is, by which format, its fields and rows."""

    kind: str
    format: str
    fields: Mapping[str, FieldReading]
    rows: tuple[Row, ...]


def declare(roots: Sequence[Node], formats: Sequence[DocumentFormat], *, carrier: Carrier) -> Declared | None:
    """The facts of the first tree that one of the formats knows; None when none does."""
    for root in roots:
        places = _Places(root)
        fitting = [each for each in formats if carrier in each.carriers and all(places.has(group) for group in each.marks)]
        if fitting:
            best = max(fitting, key=lambda each: len(each.marks))
            kind = _kind(best, places)
            if kind is not None:
                fields = {name: found for name, fact in best.fields.items() if (found := _fact(fact, places, carrier)) is not None}
                return Declared(kind, best.id, fields, _rows(best, places, fields, carrier))
    return None


def joined(printed: Mapping[str, FieldReading], tagged: Declared | None, attached: Declared | None) -> dict[str, FieldReading]:
    """Fields read from a page's text with what the file says of the same texts and what is attached to it.

    Tags point to texts that people see: they win. Attachments only fill what the page does not tell. Where two of them differ,
    the value is believed less.
    """
    fields = dict(printed)
    for name, said in (tagged.fields if tagged else {}).items():
        shown = fields.get(name)
        doubted = shown is not None and shown.confidence >= _CERTAIN and not _same(shown, said)
        fields[name] = _less_sure(said) if doubted else said
    for name, said in (attached.fields if attached else {}).items():
        shown = fields.get(name)
        if shown is None:
            fields[name] = replace(said, box=None)
        elif not _same(shown, said):
            fields[name] = _less_sure(shown)
    return fields


def _same(one: FieldReading, other: FieldReading) -> bool:
    return _BLANK.sub("", one.value) == _BLANK.sub("", other.value)


def _less_sure(field: FieldReading) -> FieldReading:
    return replace(field, confidence=round(field.confidence * DIFFERS, 4))


class _Places:
    """The elements of a tree by the ends of their paths."""

    def __init__(self, root: Node) -> None:
        self._by_name: dict[str, list[tuple[tuple[str, ...], Node]]] = {}
        for path, node in root.walk():
            self._by_name.setdefault(path[-1], []).append((path, node))

    def find(self, end: str) -> Iterator[Node]:
        wanted = tuple(plain_name(part) for part in end.split("/"))
        for path, node in self._by_name.get(wanted[-1], ()):
            if path[-len(wanted) :] == wanted:
                yield node

    def has(self, ends: Sequence[str]) -> bool:
        return any(True for end in ends for _ in self.find(end))


def _kind(form: DocumentFormat, places: _Places) -> str | None:
    for rule in form.kinds:
        if not rule.paths:
            return rule.kind
        said = [node.text for end in rule.paths for node in places.find(end)]
        if any(word in text for word in rule.words for text in said):
            return rule.kind
    return None


def _fact(fact: Fact, places: _Places, source: str) -> FieldReading | None:
    """The first value of the right type at the first place that has one; a text in several parts is tried whole, then part by part."""
    for end in fact.paths:
        for node in places.find(end):
            for text in (node.text, *node.parts):
                value = _value(fact, text.strip())
                if value:
                    box: Box | None = node.box
                    return FieldReading(value, text.strip(), SURE, box, source)
    return None


def _rows(form: DocumentFormat, places: _Places, fields: Mapping[str, FieldReading], source: str) -> tuple[Row, ...]:
    total = fields[form.total].value if form.total in fields else None
    tables = [rows for spec in form.rows if (rows := _table(spec, places, source))]
    fitting = (rows for rows in tables if sum(_fen(row) for row in rows) == (Money.parse(total).fen if total else None))
    return next(fitting, tables[0] if tables else ())


def _table(spec: RowFacts, places: _Places, source: str) -> tuple[Row, ...]:
    rows = []
    for end in spec.paths:
        for node in places.find(end):
            inner = _Places(node)
            row = {name: found for name, fact in spec.columns.items() if (found := _fact(fact, inner, source)) is not None}
            if "name" in row and "amount" in row:
                rows.append(row)
            if len(rows) >= _MAX_ROWS:
                break
        if rows:
            break
    return tuple(rows)


def _fen(row: Row) -> int:
    return Money.parse(row["amount"].value).fen


def _value(fact: Fact, text: str) -> str | None:
    if not text:
        return None
    if fact.type == "choice":
        return next((value for value, words in fact.choices.items() if text == value or text in words), None)
    return _READ[fact.type](text)


def _text(text: str) -> str | None:
    return "".join(char for char in _BLANK.sub(" ", text) if char.isprintable()) or None


def _code(text: str) -> str | None:
    found = _BLANK.sub("", text)
    return found if re.fullmatch(r"[A-Za-z0-9\-_/]{2,60}", found) else None


def _decimal(text: str) -> Decimal | None:
    """A plain number, with ¥ or commas between groups of three; a comma elsewhere may be a misprint and is refused."""
    match = _NUMBER.fullmatch(_BLANK.sub("", unicodedata.normalize("NFKC", text)))
    if match is None or len(text) > 40:
        return None
    found = Decimal(match.group(1) + match.group(2).replace(",", ""))
    return found if abs(found) < _MOST else None


def _money(text: str) -> str | None:
    found = _decimal(text)
    return f"{found:.2f}" if found is not None and found == found.quantize(_FEN) else None


def _number(text: str) -> str | None:
    found = _decimal(text)
    return None if found is None else f"{found.normalize():f}"


def _price(text: str) -> str | None:
    return _money(text) or _number(text)


def _date(text: str) -> str | None:
    match = _DAY.match(text)
    if match is None:
        return None
    year, *parts = (int(part) for part in match.groups() if part)
    try:
        found = dt.date(year, parts[0], parts[1])
    except ValueError:
        return None
    return found.isoformat() if 1900 <= found.year <= 2100 else None


def _capitals(text: str) -> str | None:
    found = values.find(values.Wanted("capitals"), _BLANK.sub("", text))
    return found.value if found else None


def _percent(text: str) -> str | None:
    """A rate as it is printed: 0.06 and 6% are ``6%``; words (免税, 不征税) stay words."""
    if not re.search(r"\d", text):
        return _text(text)
    found = _decimal(text.rstrip("%％ "))
    if found is None:
        return None
    share = found if text.rstrip().endswith(("%", "％")) or found >= 1 else found * 100
    return f"{share.normalize():f}%"


_READ: dict[str, Callable[[str], str | None]] = {
    "text": _text,
    "code": _code,
    "money": _money,
    "price": _price,
    "number": _number,
    "date": _date,
    "capitals": _capitals,
    "percent": _percent,
}
