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
    ids: tuple[str, ...]


def unit_of(key: str, members: tuple[Subject, ...]) -> Unit:
    """The unit of some subjects under one key; days are unknown as soon as one of them has none. An empty name is unknown."""
    if len(members) == 1:
        return _alone(key, members[0])
    days = {member.day for member in members}
    amounts = [member.amount for member in members]
    dated = [day for day in days if day is not None]
    whole = len(dated) == len(days)
    values: dict[str, Value] = {
        "key": key,
        "name": members[0].name or None,
        "day": dated[0] if whole and len(dated) == 1 else None,
        "quantity": sum(member.quantity for member in members),
        "amount": None if None in amounts else sum(amount for amount in amounts if amount is not None),
        "lines": len(members),
        "kinds": len({member.keys[0] for member in members}),
        "days": len(dated) if whole else None,
        "span": (max(dated) - min(dated)).days + 1 if whole else None,
    }
    return Unit(members=members, values=values, ids=tuple([member.id for member in members]))


def _alone(key: str, member: Subject) -> Unit:
    """What ``unit_of`` gives for one member."""
    days = None if member.day is None else 1
    values: dict[str, Value] = {
        "key": key, "name": member.name or None, "day": member.day, "quantity": member.quantity, "amount": member.amount, "lines": 1,
        "kinds": 1, "days": days, "span": days,
    }  # fmt: skip
    return Unit(members=(member,), values=values, ids=(member.id,))


def window_of(template: Template, row: RuleRow) -> int:
    """How many days long the row's units are: its window, at least one; 1 for days, 0 where days do not matter."""
    grouping = template.file.subject
    if grouping in (Grouping.EACH, Grouping.WHOLE):
        return 0
    wanted = row.parameters.get(str(template.file.window)) if grouping is Grouping.WINDOW else 1
    return max(wanted, 1) if isinstance(wanted, int) else 1


def units_of(grouping: Grouping, *, key: str, members: Sequence[Subject], length: int) -> Iterator[Unit]:
    """The units of a key under a grouping; undated members are left out of days and windows (``length`` days long: ``window_of``)."""
    if grouping is Grouping.EACH:
        yield from (unit_of(key, (member,)) for member in members)
    elif grouping is Grouping.WHOLE:
        yield unit_of(key, tuple(members))
    else:
        dated = [(member.day, member) for member in members if member.day is not None]
        for start in sorted({day for day, _ in dated}):
            yield unit_of(key, tuple(member for day, member in dated if 0 <= (day - start).days < length))


def view_of(other: Subject, key: str) -> dict[str, Value]:
    """Another subject as a predicate sees it; ``key`` is what the row names it by."""
    return {"key": key, "day": other.day, "quantity": other.quantity}


def sum_of(others: Sequence[Subject]) -> dict[str, Value]:
    """Several others together."""
    return {"lines": len(others), "quantity": sum(other.quantity for other in others)}
