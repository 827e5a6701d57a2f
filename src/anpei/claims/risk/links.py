"""Links between claims (关联) as a bounded walk: from one claim over shared blind values to others, breadth first.

Bounds: depth, number of claims, and hubs: a value that too many claims share (a hospital's number) is named and never followed. What was
cut off is said in the result. A value is read up to one claim beyond the hub bound, so the work does not grow with the table.
"""

from collections.abc import Collection, Mapping
from dataclasses import dataclass, field
from typing import Any

from sqlalchemy import select, union_all

from anpei.claims.risk._tables import claim_marks
from anpei.claims.risk.rules import LinkRules
from anpei.engines.db import Connection

CHUNK = 400
AT_ONCE = 100
"""So many values are asked for in one statement."""
SHOWN = 12
"""So many digits of a blind value name it in a result."""
Mark = tuple[str, str]


@dataclass(frozen=True, slots=True)
class Link:
    """Two claims share a value of this kind. ``mark``: the first digits of the blind value. ``depth``: steps from the first claim."""

    claim_id: str
    other: str
    kind: str
    mark: str
    depth: int
    same_person: bool

    def to_dict(self) -> dict[str, Any]:
        """Plain data."""
        return {
            "claim_id": self.claim_id, "other": self.other, "kind": self.kind, "mark": self.mark, "depth": self.depth,
            "same_person": self.same_person,
        }  # fmt: skip


@dataclass(frozen=True, slots=True)
class Hub:
    """A value that more than ``above`` claims share, so that it links nothing."""

    kind: str
    mark: str
    above: int

    def to_dict(self) -> dict[str, Any]:
        """Plain data."""
        return {"kind": self.kind, "mark": self.mark, "above": self.above}


@dataclass(frozen=True, slots=True)
class Links:
    """What the walk found. ``truncated``: more claims would have been reached. ``persons``: other insured persons at depth 1, by kind."""

    claim_id: str
    links: tuple[Link, ...]
    hubs: tuple[Hub, ...]
    truncated: bool
    persons: Mapping[str, int]

    @property
    def claims(self) -> tuple[str, ...]:
        """The other claims, nearest first."""
        return tuple(dict.fromkeys(link.other for link in self.links))

    def to_dict(self) -> dict[str, Any]:
        """Plain data."""
        return {
            "links": [link.to_dict() for link in self.links], "hubs": [hub.to_dict() for hub in self.hubs],
            "truncated": self.truncated, "persons": dict(self.persons),
        }  # fmt: skip


@dataclass
class _Walk:
    """The state of one walk."""

    reached: set[str]
    links: list[Link] = field(default_factory=list)
    hubs: set[Mark] = field(default_factory=set)
    followed: set[Mark] = field(default_factory=set)
    truncated: bool = False


def find_links(conn: Connection, *, claim_id: str, rules: LinkRules) -> Links:
    """Walk from a claim over the values it shares."""
    walk = _Walk(reached={claim_id})
    edge = [claim_id]
    people = _people(conn, edge)
    direct: dict[str, set[str]] = {kind.id: set() for kind in rules.kinds}
    for depth in range(1, rules.max_depth + 1):
        held = _marks_of(conn, edge)
        fresh = {mark for marks in held.values() for mark in marks} - walk.followed - walk.hubs
        read = _holders(conn, fresh, most=rules.hub_above + 1)
        walk.hubs |= {mark for mark, holding in read.items() if len(holding) > rules.hub_above}
        holders = {mark: holding for mark, holding in read.items() if mark not in walk.hubs}
        people |= {other: person for holding in holders.values() for other, person in holding}
        if depth == 1:
            for (kind, _), holding in holders.items():
                direct.setdefault(kind, set()).update(person for _, person in holding if person != people.get(claim_id))
        edge = _step(walk, held, holders, people, depth=depth, most=rules.max_claims)
        walk.followed |= set(holders)
        if not edge:
            break
    hubs = tuple(Hub(kind, mark[:SHOWN], rules.hub_above) for kind, mark in sorted(walk.hubs))
    return Links(claim_id, tuple(walk.links), hubs, walk.truncated, {kind: len(found) for kind, found in direct.items()})


def _step(
    walk: _Walk, held: Mapping[str, Collection[Mark]], holders: Mapping[Mark, list[tuple[str, str]]], people: Mapping[str, str],
    *, depth: int, most: int,
) -> list[str]:  # fmt: skip
    """Add the links of one step; returns the claims that were reached for the first time."""
    fresh: list[str] = []
    for claim_id in held:
        for kind, mark in sorted(held[claim_id]):
            for other, person in holders.get((kind, mark), []):
                if other == claim_id or (other in walk.reached and other not in fresh):
                    continue
                if other not in walk.reached:
                    if len(walk.reached) > most:
                        walk.truncated = True
                        continue
                    walk.reached.add(other)
                    fresh.append(other)
                walk.links.append(Link(claim_id, other, kind, mark[:SHOWN], depth, person == people.get(claim_id)))
    return fresh


def _marks_of(conn: Connection, claim_ids: list[str]) -> dict[str, list[Mark]]:
    """The marks that these claims hold, in the order of the claims."""
    found: dict[str, list[Mark]] = {claim_id: [] for claim_id in claim_ids}
    for start in range(0, len(claim_ids), CHUNK):
        query = select(claim_marks.c.claim_id, claim_marks.c.kind, claim_marks.c.mark)
        for row in conn.execute(query.where(claim_marks.c.claim_id.in_(claim_ids[start : start + CHUNK]))):
            found[row.claim_id].append((row.kind, row.mark))
    return found


def _people(conn: Connection, claim_ids: list[str]) -> dict[str, str]:
    query = select(claim_marks.c.claim_id, claim_marks.c.person).where(claim_marks.c.claim_id.in_(claim_ids))
    return {row.claim_id: row.person for row in conn.execute(query)}


def _holders(conn: Connection, marks: Collection[Mark], *, most: int) -> dict[Mark, list[tuple[str, str]]]:
    """(claim, person) of each mark, oldest claim first, at most so many of each: the index gives them in this order."""
    found: dict[Mark, list[tuple[str, str]]] = {}
    chosen = sorted(marks)
    for start in range(0, len(chosen), AT_ONCE):
        parts = [
            select(
                select(claim_marks)
                .where(claim_marks.c.kind == kind, claim_marks.c.mark == mark)
                .order_by(claim_marks.c.claim_id)
                .limit(most)
                .subquery()
            )
            for kind, mark in chosen[start : start + AT_ONCE]
        ]
        for row in conn.execute(union_all(*parts)):
            found.setdefault((row.kind, row.mark), []).append((row.claim_id, row.person))
    return {mark: sorted(holding) for mark, holding in found.items()}
