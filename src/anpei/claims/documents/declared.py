"""The facts that a product declares, put together: what the policy record has, what papers state, what the report says. Pure.

Each fact says where it comes from, because a fact that only the report says must not be settled without a person (``Origin``).
"""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from enum import StrEnum
from typing import Any

from anpei.claims.documents.bills import fen, text_of
from anpei.claims.documents.model import Page
from anpei.claims.intake.declared import ColumnOnPaper, DeclaredFile, FactOnPaper
from anpei.records.products.model import InputTerms, Terms

PARTY = "party_name"


class Origin(StrEnum):
    """Where a declared fact comes from. ``confirmed``: the report says it and papers or record do, too; ``differs``: they do not agree."""

    RECORD = "record"
    PAPERS = "papers"
    CONFIRMED = "confirmed"
    DEFAULT = "default"
    REPORT = "report"
    DIFFERS = "differs"


@dataclass(frozen=True, slots=True)
class Declared:
    """The facts by name (plain, as ``benefit.EventFacts`` takes them), and where each comes from."""

    values: Mapping[str, Any]
    origins: Mapping[str, str]


def declare(
    *, terms: Terms, said: Mapping[str, Any], record: Mapping[str, Any], pages: Sequence[Page], insured: str, file: DeclaredFile
) -> Declared:
    """The declared facts of a claim. ``said``: the report's; ``record``: the policy's; ``pages``: those that count; ``insured``: the name
    as it is compared. What papers or record say stands before what the report says.
    """
    shown = {name: _on_papers(facts, pages=pages, insured=insured, terms=terms) for name, facts in file.on_papers(terms.product_id).items()}
    values: dict[str, Any] = {}
    origins: dict[str, str] = {}
    for name, given, source in _declared(terms):
        held = record.get(file.record.get(name, "")) if source == "policy" else None
        found = [held] if held is not None else shown.get(name, [])
        value, origin = _settled(found, said.get(name), given=given, is_held=held is not None)
        if origin is not None:
            values[name], origins[name] = value, origin.value
    return Declared(values, origins)


def _default(item: InputTerms, terms: Terms) -> Any:
    """What stands where nobody says anything, plain: the word of a list, else the number."""
    if item.given is not None and item.unit.startswith("code:"):
        return terms.options(item.unit.removeprefix("code:"))[item.given][0]
    return item.given


def _declared(terms: Terms) -> Iterator[tuple[str, Any, str]]:
    """Every fact of the event and every list: its name, what stands where nothing is said, and its source."""
    yield from ((item.name, _default(item, terms), item.source) for item in terms.inputs if item.of == "event")
    yield from ((rows.name, None, "papers") for rows in terms.lists)


def _settled(found: Sequence[Any], told: Any, *, given: Any, is_held: bool) -> tuple[Any, Origin | None]:
    """The value that stands, and where it comes from; no origin where nobody says anything."""
    if not found:
        if told is None:
            return None, None
        return told, Origin.DEFAULT if given is not None and told == given else Origin.REPORT
    agreed = all(_agree(found[0], other) for other in found[1:])
    if not agreed or (told is not None and not _agree(found[0], told)):
        return found[0], Origin.DIFFERS
    if told is not None and not is_held:
        return found[0], Origin.CONFIRMED
    return found[0], Origin.RECORD if is_held else Origin.PAPERS


def _agree(one: Any, other: Any) -> bool:
    """Whether two sources say the same; rows in any order, columns that only one of them has left out."""
    if not isinstance(one, list) or not isinstance(other, list):
        return bool(one == other) and isinstance(one, list) == isinstance(other, list)
    columns = {c for row in one for c in row} & {c for row in other for c in row} - {"id"}
    plain = [sorted(repr(sorted((c, row.get(c)) for c in columns)) for row in rows) for rows in (one, other)]
    return len(one) == len(other) and plain[0] == plain[1]


def _on_papers(facts: Sequence[FactOnPaper], *, pages: Sequence[Page], insured: str, terms: Terms) -> list[Any]:
    """What the papers state of one fact, each statement once, in the order of the pages."""
    units = {(item.of, item.name): item for item in terms.inputs}
    found: list[Any] = []
    rows: list[dict[str, Any]] = []
    for fact in facts:
        for page in (page for page in pages if page.reading.kind in fact.kinds):
            if fact.columns:
                rows += _rows(fact, page, units)
                continue
            item = units.get(("event", fact.name))
            value = None if item is None else fact.shown if fact.shown is not None else _stated(fact, page, item, insured)
            if value is not None and value not in found:
                found.append(value)
    return [[{"id": f"{index:03}", **row} for index, row in enumerate(rows, start=1)]] if rows else found


def _stated(fact: FactOnPaper, page: Page, item: InputTerms, insured: str) -> Any:
    if not fact.row:
        return _value(text_of(page, fact.field), item.unit, fact.words)
    own = [row for row in page.reading.rows if PARTY in row and _name(row[PARTY].value) == insured]
    return _value(own[0][fact.field].value if fact.field in own[0] else None, item.unit, fact.words) if len(own) == 1 else None


def _name(text: str) -> str:
    return "".join(text.split()).upper()


def _rows(fact: FactOnPaper, page: Page, units: Mapping[tuple[str, str], InputTerms]) -> list[dict[str, Any]]:
    """The rows of a list that a page gives: one for the page, or one for each of its rows."""
    found = []
    for row in page.reading.rows if fact.each == "row" else ({},):
        values = {name: _cell(column, page, row, fact, units[fact.name, name].unit) for name, column in fact.columns.items()}
        told = {name: value for name, value in values.items() if value is not None}
        if told:
            found.append(told)
    return found


def _cell(column: ColumnOnPaper, page: Page, row: Mapping[str, Any], fact: FactOnPaper, unit: str) -> Any:
    if column.of == "page" or fact.each == "page":
        return _value(text_of(page, column.field), unit, column.words)
    return _value(row[column.field].value if column.field in row else None, unit, column.words)


def _value(text: str | None, unit: str, words: Mapping[str, Any]) -> Any:
    """The printed text as the fact it states; None where it does not say it in a form that is known."""
    if not text:
        return None
    if words:
        return next((words[word] for word in sorted(words, key=len, reverse=True) if word in text), None)
    if unit == "fen":
        return fen(text)
    if unit == "date":
        return _day(text)
    if unit == "measure":
        return _thousandths(text)
    return int(text) if unit == "count" and text.isascii() and text.isdigit() else text if unit == "text" else None


def _day(text: str) -> str | None:
    try:
        return date.fromisoformat(text).isoformat()
    except ValueError:
        return None


def _thousandths(text: str) -> int | None:
    whole, _, part = text.strip().partition(".")
    if not (whole.isascii() and whole.isdigit()) or len(whole) > 9 or len(part) > 3 or (part and not (part.isascii() and part.isdigit())):
        return None
    return int(whole) * 1000 + int(part.ljust(3, "0"))
