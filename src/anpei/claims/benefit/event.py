"""The facts of one event (an accident, a death, a loss) that a product declares: values, and lists of rows."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any, Self

from anpei.claims.benefit._form import BenefitInvalid, FactsInconsistent, checked
from anpei.claims.benefit.facts import CURRENCY
from anpei.records.products.model import InputTerms, Terms, whole_of

Value = int | str | bool | None
"""Plain: fen, counts, basis points, thousandths and grades as whole numbers, days as ISO text, yes/no as true or false, words as text."""


@dataclass(frozen=True, slots=True)
class FactRow:
    """One row of a list: a victim, an animal, a stay. ``id`` is unique in its list."""

    id: str
    values: tuple[tuple[str, Value], ...]


@dataclass(frozen=True, slots=True)
class EventFacts:
    """What is known of one event. ``event_id`` identifies it over several claims (empty: its day does). Rows in any order."""

    on: date
    event_id: str = ""
    currency: str = CURRENCY
    values: tuple[tuple[str, Value], ...] = ()
    rows: tuple[tuple[str, tuple[FactRow, ...]], ...] = ()

    @classmethod
    def of(
        cls,
        *,
        on: date,
        facts: Mapping[str, Any] | None = None,
        event_id: str = "",
        currency: str = CURRENCY,
    ) -> Self:
        """From a mapping name -> value, or -> rows (mappings, with ``id`` or numbered from 1)."""
        values, rows = [], []
        for name, given in sorted((facts or {}).items()):
            if isinstance(given, Sequence) and not isinstance(given, str):
                rows.append((name, tuple(sorted((_row(i, row) for i, row in enumerate(given, start=1)), key=lambda r: r.id))))
            else:
                values.append((name, given))
        return cls(on, event_id, currency, tuple(values), tuple(rows))

    def __post_init__(self) -> None:
        for name, rows in self.rows:
            if len({row.id for row in rows}) != len(rows):
                raise BenefitInvalid(f"two rows of {name} have one id: hand in each row once")

    def to_dict(self) -> dict[str, Any]:
        """Plain data."""
        return {
            "on": self.on.isoformat(), "event_id": self.event_id, "currency": self.currency,
            "values": [[name, value] for name, value in self.values],
            "rows": [[name, [{"id": row.id, "values": [list(pair) for pair in row.values]} for row in rows]] for name, rows in self.rows],
        }  # fmt: skip

    @classmethod
    def from_dict(cls, data: Mapping[str, Any]) -> Self:
        """Facts from their plain form. Raises BenefitInvalid."""

        def build(data: Mapping[str, Any]) -> EventFacts:
            rows = tuple((name, tuple(FactRow(row["id"], _pairs(row["values"])) for row in rows)) for name, rows in data["rows"])
            plain = {"event_id": data["event_id"], "currency": data["currency"]}
            return cls(on=date.fromisoformat(data["on"]), values=_pairs(data["values"]), rows=rows, **plain)

        made: Self = checked("event facts", data, build)
        return made


def _pairs(rows: Any) -> tuple[tuple[str, Value], ...]:
    return tuple((name, value) for name, value in rows)


def _row(number: int, row: Mapping[str, Any]) -> FactRow:
    return FactRow(str(row.get("id") or f"{number:03}"), tuple(sorted((name, value) for name, value in row.items() if name != "id")))


@dataclass(frozen=True, slots=True)
class Typed:
    """The values of the event or of a row as whole numbers (None: the evidence does not say), and its texts."""

    id: str
    values: dict[str, int | None]
    texts: dict[str, str]


def typed(event: EventFacts, terms: Terms) -> tuple[Typed, dict[str, list[Typed]]]:
    """The facts in the units the product declares. Raises FactsInconsistent (unknown fact, wrong value)."""
    known = {listed.name for listed in terms.lists}
    for name, _ in event.rows:
        if name not in known:
            raise FactsInconsistent(f"product {terms.product_id} has no list {name!r}; it has {', '.join(sorted(known)) or 'none'}")
    given = dict(event.rows)
    rows = {name: [_typed(row.id, dict(row.values), name, terms) for row in given.get(name, ())] for name in sorted(known)}
    return _typed(event.event_id or "event", dict(event.values), "event", terms), rows


def _typed(of: str, given: Mapping[str, Value], level: str, terms: Terms) -> Typed:
    declared = [item for item in terms.inputs if item.of == level]
    unknown = given.keys() - {item.name for item in declared}
    if unknown:
        names = ", ".join(item.name for item in declared) or "none"
        raise FactsInconsistent(f"{of}: product {terms.product_id} asks for no {', '.join(sorted(unknown))}; it asks for {names}")
    values: dict[str, int | None] = {}
    texts: dict[str, str] = {}
    for item in declared:
        value = given.get(item.name)
        values[item.name] = item.given if value is None else _whole(of, item, value, terms)
        if value is not None and (item.unit == "text" or item.unit.startswith("code:")):
            texts[item.name] = str(value)
    return Typed(of, values, texts)


def _whole(of: str, item: InputTerms, value: int | str | bool, terms: Terms) -> int | None:
    words = [word for word, _ in terms.options(item.unit.removeprefix("code:"))] if item.unit.startswith("code:") else []
    try:
        return whole_of(value, unit=item.unit, words=words)
    except ValueError as error:
        raise FactsInconsistent(
            f"{of}: {item.name} is wrong: {error}; look at the document, correct the fact or refer to a person",
            data={"of": of, "fact": item.name},
        ) from error
