"""The facts a product declares, of the event and of its lists, from names and values to one column each."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field

import numpy as np
import pyarrow as pa

from anpei.claims.benefit.compiled.arrow import Array, Column, Texts, children, column_of, days, field_of, owners, text_ranks, texts, whole
from anpei.claims.benefit.compiled.cases import MOST_FEN, MOST_TURNS, Level, Why
from anpei.claims.benefit.compiled.table import schema
from anpei.claims.benefit.compiled.table.bills import Bills
from anpei.claims.benefit.compiled.table.rows import lists_from_bills
from anpei.records.products.model import RANGES, InputTerms, Terms


@dataclass(frozen=True, slots=True)
class Given:
    """Declared facts by name, and the texts among them."""

    values: dict[str, Column] = field(default_factory=dict)
    texts: dict[str, Texts] = field(default_factory=dict)


def event_facts(table: pa.Table, terms: Terms, why: Array) -> Given:
    """The declared facts of the events; what is wrong marks its case in ``why``."""
    counts, facts = children(column_of(table, "facts", pa.list_(schema.FACT)), schema.FACT)
    return _facts(facts, owner=owners(counts), case=np.arange(table.num_rows), level="event", terms=terms, why=why)


def list_levels(table: pa.Table, terms: Terms, why: Array, *, bills: Bills, on: Array) -> dict[str, Level]:
    """The declared lists as levels, by name; rows by case and id."""
    counts, rows = children(column_of(table, "rows", pa.list_(schema.ROW)), schema.ROW)
    case, name = owners(counts), texts(field_of(rows, "list", pa.string()))
    known = [listed.name for listed in terms.lists]
    strange = np.array([word not in known for word in name.words] + [True], bool)
    why[case[strange[name.code]]] |= Why.FACTS
    from_bills = lists_from_bills(terms)
    made: dict[str, Level] = {}
    for listed in sorted(known):
        code = name.words.index(listed) if listed in name.words else -2
        chosen = np.flatnonzero(name.code == code)
        one = _list(rows.take(pa.array(chosen)), case[chosen], listed, terms, why)
        if listed in from_bills:
            one = _joined(one, _of_bills(from_bills[listed], bills, taken=one.case, listed=listed, terms=terms))
        made[listed] = one.level(listed, on)
    return made


@dataclass(frozen=True, slots=True)
class _Rows:
    case: Array
    ids: Texts
    given: Given

    def level(self, listed: str, on: Array) -> Level:
        return Level(
            case=self.case, unit=self.case, on=on[self.case], ids=self.ids, named=f"{listed}/", values=self.given.values,
            texts=self.given.texts,
        )  # fmt: skip


def _list(rows: pa.StructArray, case: Array, listed: str, terms: Terms, why: Array) -> _Rows:
    ids = _ids(field_of(rows, "id", pa.string()), case)
    counts, facts = children(field_of(rows, "facts", pa.list_(schema.FACT)), schema.FACT)
    given = _facts(facts, owner=owners(counts), case=case, level=listed, terms=terms, why=why)
    why[np.bincount(case, minlength=len(why)) > MOST_TURNS] |= Why.NUMBER
    order = np.lexsort((text_ranks(ids), case))
    code = ids.code[order]
    twice = (case[order][1:] == case[order][:-1]) & (code[1:] == code[:-1])
    why[case[order][1:][twice]] |= Why.FACTS
    return _Rows(case[order], ids.take(order), _taken(given, order))


def _taken(given: Given, rows: Array) -> Given:
    values = {name: column.take(rows) for name, column in given.values.items()}
    return Given(values, {name: text.take(rows) for name, text in given.texts.items()})


def _ids(given: pa.Array, case: Array) -> Texts:
    """The ids of rows; a row without one is named by its place in the list of its case."""
    ids = texts(given)
    empty = np.array([not word for word in ids.words] + [True], bool)[ids.code]
    if not empty.any():
        return ids
    first = np.searchsorted(case, case, side="left")
    place = np.arange(len(case)) - first + 1
    words = dict.fromkeys(ids.words)
    words |= dict.fromkeys(f"{number:03}" for number in np.unique(place[empty]))
    at = {word: code for code, word in enumerate(words)}
    code = ids.code.copy()
    code[empty] = [at[f"{number:03}"] for number in place[empty]]
    return Texts(code, tuple(words))


def _of_bills(columns: Sequence[str], bills: Bills, *, taken: Array, listed: str, terms: Terms) -> _Rows:
    """The rows that bills give to a list: bills with all its columns, of cases that name no row of it."""
    held = ~np.isin(bills.case, taken)
    for name in columns:
        given = bills.days.get(name)
        held &= given.known if given is not None and given.known is not None else given is not None
    rows = np.flatnonzero(held)
    ids = bills.ids.take(rows)
    order = np.lexsort((text_ranks(ids), bills.case[rows]))
    rows = rows[order]
    given_values: dict[str, Column] = {}
    words: dict[str, Texts] = {}
    for item in terms.inputs:
        if item.of == listed and item.name in columns:
            given_values[item.name] = Column(bills.days[item.name].value[rows]) if item.name in bills.days else _default(item, len(rows))
        elif item.of == listed:
            given_values[item.name] = _default(item, len(rows))
            if _is_text(item):
                words[item.name] = Texts(np.full(len(rows), -1, np.int64), ())
    return _Rows(bills.case[rows], bills.ids.take(rows), Given(given_values, words))


def _joined(one: _Rows, other: _Rows) -> _Rows:
    """The rows of two lists of different cases, by case."""
    if not len(other.case):
        return one
    if not len(one.case):
        return other
    order = np.argsort(np.concatenate([one.case, other.case]), kind="stable")
    ids = _one_of(one.ids, other.ids)
    values = {name: _beside(column, other.given.values[name]).take(order) for name, column in one.given.values.items()}
    words = {
        name: Texts(np.concatenate([text.code, other.given.texts[name].code]), text.words).take(order)
        for name, text in one.given.texts.items()
    }
    return _Rows(np.concatenate([one.case, other.case])[order], ids.take(order), Given(values, words))


def _one_of(one: Texts, other: Texts) -> Texts:
    """Texts of two sets of rows, one after the other (a text may then have two codes)."""
    return Texts(np.concatenate([one.code, np.where(other.code < 0, -1, other.code + len(one.words))]), (*one.words, *other.words))


def _beside(one: Column, other: Column) -> Column:
    known = [np.ones(len(c.value), bool) if c.known is None else c.known for c in (one, other)]
    return Column(np.concatenate([one.value, other.value]), np.concatenate(known))


def _default(item: InputTerms, count: int) -> Column:
    return Column(np.full(count, item.given or 0, np.int64), None if item.given is not None else np.zeros(count, bool))


def _is_text(item: InputTerms) -> bool:
    return item.unit == "text" or item.unit.startswith("code:")


def _facts(facts: pa.StructArray, *, owner: Array, case: Array, level: str, terms: Terms, why: Array) -> Given:
    """The facts of the rows of a level (``case``: the case of each row), by name."""
    name = texts(field_of(facts, "name", pa.string()))
    items = {item.name: item for item in terms.inputs if item.of == level}
    strange = np.array([word not in items for word in name.words] + [True], bool)
    why[case[owner[strange[name.code]]]] |= Why.FACTS
    slots = _Slots(
        whole(field_of(facts, "number", pa.int64())), days(field_of(facts, "day", pa.date32())), texts(field_of(facts, "text", pa.string()))
    )
    places = {word: code for code, word in enumerate(name.words)}
    made = Given()
    for item in items.values():
        rows = np.flatnonzero(name.code == places.get(item.name, -2))
        wrong, said, value = slots.read(rows, item, terms)
        who = owner[rows]
        why[case[who[wrong]]] |= Why.FACTS
        if len(who) > 1:
            why[case[who[1:][who[1:] == who[:-1]]]] |= Why.FACTS
        column = _default(item, len(case))
        column.value[who[said]] = value[said]
        if column.known is not None:
            column.known[who[said]] = True
        full = column.known is None or bool(column.known.all())
        made.values[item.name] = Column(column.value) if full else column
        if _is_text(item):
            code = np.full(len(case), -1, np.int64)
            code[who[said]] = slots.text.code[rows][said]
            made.texts[item.name] = Texts(code, slots.text.words)
            if item.unit == "text":
                made.values[item.name] = Column(np.zeros(len(case), np.int64), np.zeros(len(case), bool))
    return made


@dataclass(frozen=True, slots=True)
class _Slots:
    number: Column
    day: Column
    text: Texts

    def read(self, rows: Array, item: InputTerms, terms: Terms) -> tuple[Array, Array, Array]:
        """Of some facts: whether the value is wrong, whether there is one, and the value in whole numbers."""
        number, day, code = self.number.take(rows), self.day.take(rows), self.text.code[rows]
        filled = [_known(number), _known(day), code >= 0]
        if item.unit == "date":
            right, value = 1, day.value
            bad = np.zeros(len(rows), bool)
        elif _is_text(item):
            right, value = 2, self._words(item, terms)[code]
            bad = value < 0
        else:
            right, value = 0, number.value
            least, most = RANGES.get(item.unit, (0, MOST_FEN))
            bad = (value < least) | (value > most)
        said = filled[right]
        others = np.logical_or.reduce([slot for place, slot in enumerate(filled) if place != right])
        return others | (said & bad), said & ~bad, value

    def _words(self, item: InputTerms, terms: Terms) -> Array:
        """The place of each text in its closed list, -1 for one that does not stand there; a free text has the place 0."""
        if item.unit == "text":
            return np.zeros(len(self.text.words) + 1, np.int64)
        places: Mapping[str, int] = {word: place for place, (word, _) in enumerate(terms.options(item.unit.removeprefix("code:")))}
        return np.array([*(places.get(word, -1) for word in self.text.words), -1], np.int64)


def _known(column: Column) -> Array:
    return np.ones(len(column.value), bool) if column.known is None else column.known
