"""Whether two pages are pictures of one paper, told by their values (``alike`` of ``rulebook/papers.yaml``). Pure."""

import re
from collections import Counter

from anpei.claims.documents.papers import AlikeRule
from anpei.reading.model import PageReading

ROWS = "rows"
"""The name under which the amounts of a page's rows stand in a rule."""


def same_paper(one: PageReading, other: PageReading, rule: AlikeRule) -> tuple[str, ...]:
    """The names of the values that make them one paper; empty when they are two, or do not tell enough."""
    if one.kind != other.kind or any(_differ(one, other, name, rule) for name in rule.unlike):
        return ()
    return next((names for names in rule.same if all(_equal(one, other, name, rule) for name in names)), ())


def numbers_of(page: PageReading, rule: AlikeRule | None) -> frozenset[str]:
    """The numbers by which a paper of this kind is looked up exactly."""
    names = () if rule is None else rule.numbers
    return frozenset(f"{page.kind}/{value}" for name in names if (value := _text(page, name)))


def _equal(one: PageReading, other: PageReading, name: str, rule: AlikeRule) -> bool:
    """Whether both tell this value and tell the same."""
    if name == ROWS:
        amounts = _amounts(one)
        return bool(amounts) and amounts == _amounts(other)
    return not set(_told(one, name, rule)).isdisjoint(_told(other, name, rule))


def _differ(one: PageReading, other: PageReading, name: str, rule: AlikeRule) -> bool:
    """Whether both tell this value and no two agree."""
    first, second = set(_told(one, name, rule)), set(_told(other, name, rule))
    return bool(first) and bool(second) and first.isdisjoint(second)


def _told(page: PageReading, name: str, rule: AlikeRule) -> list[str]:
    """What the page tells under this name."""
    if name in rule.any:
        return [value for place in rule.any[name] if (value := _text(page, place))]
    return [value for place in rule.first.get(name, (name,)) if (value := _text(page, place))][:1]


def _text(page: PageReading, name: str) -> str:
    field = page.fields.get(name)
    return "" if field is None else re.sub(r"\s", "", field.value)


def _amounts(page: PageReading) -> Counter[str]:
    return Counter(re.sub(r"\s", "", row["amount"].value) for row in page.rows if "amount" in row and row["amount"].value)
