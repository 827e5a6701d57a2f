"""Units: what a predicate sees as ``subject`` under a template's grouping, with the joint values of its members."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass

from anpei.rules.model import Grouping, RuleRow, Subject, Value
from anpei.rules.templates.template import Template


@dataclass(frozen=True, slots=True)
class Unit:
    """Members and their joint values.

    key (what the row names), name (of the first member), day (if all have the same), quantity (sum, thousandths), amount (sum in fen,
    unknown as soon as one is), lines, kinds (different first keys), days (different ones), span (first to last, both included).
    """

    members: tuple[Subject, ...]
    values: Mapping[str, Value]


def unit_of(key: str, members: tuple[Subject, ...]) -> Unit:
    """The unit of some subjects under one key; days are unknown as soon as one of them has none. An empty name is unknown."""
    amounts = [member.amount for member in members if member.amount is not None]
    days = [member.day for member in members if member.day is not None]
    whole = len(days) == len(members)
    values: dict[str, Value] = {
        "key": key,
        "name": members[0].name or None,
        "day": days[0] if whole and len(set(days)) == 1 else None,
        "quantity": sum(member.quantity for member in members),
        "amount": sum(amounts) if len(amounts) == len(members) else None,
        "lines": len(members),
        "kinds": len({member.keys[0] for member in members}),
        "days": len(set(days)) if whole else None,
        "span": (max(days) - min(days)).days + 1 if whole else None,
    }
    return Unit(members=members, values=values)


def units_of(template: Template, *, key: str, members: Sequence[Subject], row: RuleRow) -> Iterator[Unit]:
    """The units of a key under the template's grouping; undated members are left out of days and windows."""
    grouping = template.file.subject
    if grouping is Grouping.EACH:
        yield from (unit_of(key, (member,)) for member in members)
    elif grouping is Grouping.WHOLE:
        yield unit_of(key, tuple(members))
    else:
        wanted = row.parameters.get(str(template.file.window)) if grouping is Grouping.WINDOW else 1
        length = max(wanted, 1) if isinstance(wanted, int) else 1
        dated = [(member.day, member) for member in members if member.day is not None]
        for start in sorted({day for day, _ in dated}):
            yield unit_of(key, tuple(member for day, member in dated if 0 <= (day - start).days < length))
