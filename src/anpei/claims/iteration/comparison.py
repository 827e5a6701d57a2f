"""What a release would change (对比): two judgements of the same facts, of which only the difference is kept. Pure."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from anpei.claims.decision.adjudication import Outputs
from anpei.claims.decision.model import Settle
from anpei.claims.iteration.bounds import Figures
from anpei.claims.iteration.model import ReleaseState

NAMED = 20
"""So many hits of each side are named at most."""


@dataclass(frozen=True, slots=True)
class Judged:
    """One judgement: the rule hits and what followed from them."""

    hits: Sequence[Mapping[str, Any]]
    outputs: Outputs

    @property
    def settled(self) -> bool:
        """Whether the machine settles."""
        return isinstance(self.outputs.decision, Settle)

    @property
    def lane(self) -> tuple[str, str]:
        """Lane and decision."""
        return self.outputs.lane.value, "settle" if self.settled else "refer"

    @property
    def amount_fen(self) -> int | None:
        """The calculated amount; None when there is none."""
        return None if self.outputs.assessment is None else self.outputs.assessment.total_fen


@dataclass(frozen=True, slots=True)
class Comparison:
    """One claim's round in one stage of a release. ``base_id``: the live snapshot it was held against.

    ``failed``: why the release could not judge it (then nothing else is said). ``detail`` holds what differs, and nothing else.
    """

    release_id: str
    claim_id: str
    round: int
    stage: ReleaseState
    base_id: str
    failed: str | None = None
    hits_differ: bool = False
    lane_differ: bool = False
    amount_differ: bool = False
    settled_base: bool = False
    settled_new: bool = False
    difference_fen: int = 0
    change_fen: int = 0
    detail: Mapping[str, Any] = field(default_factory=dict)

    def counted(self) -> Figures:
        """What this comparison adds to the figures."""
        if self.failed is not None:
            return Figures(failed=1)
        return Figures(
            compared=1, differing=int(self.hits_differ or self.lane_differ or self.amount_differ), hits_differ=int(self.hits_differ),
            lane_differ=int(self.lane_differ), amount_differ=int(self.amount_differ), settled_base=int(self.settled_base),
            settled_new=int(self.settled_new), difference_fen=self.difference_fen, change_fen=self.change_fen,
        )  # fmt: skip


def differences(*, base: Judged, new: Judged) -> dict[str, Any]:
    """What differs between two judgements, as the fields of a Comparison.

    Hits are the same when template, finding and lines are, whatever rows they come from: a row that was imported again changes no claim.
    Where only one side has an amount, all of it is the difference.
    """
    added, removed = _only_in(new, base), _only_in(base, new)
    lane, amount = base.lane != new.lane, base.amount_fen != new.amount_fen
    detail: dict[str, Any] = {"added": added[:NAMED], "removed": removed[:NAMED]} if added or removed else {}
    if lane:
        detail["lane"] = [list(base.lane), list(new.lane)]
    if amount:
        detail["amount_fen"] = [base.amount_fen, new.amount_fen]
    change = (new.amount_fen or 0) - (base.amount_fen or 0)
    return {
        "hits_differ": bool(added or removed), "lane_differ": lane, "amount_differ": amount, "settled_base": base.settled,
        "settled_new": new.settled, "difference_fen": abs(change), "change_fen": change, "detail": detail,
    }  # fmt: skip


def _only_in(one: Judged, other: Judged) -> list[list[str]]:
    """Template, finding and first rule of the hits that the other side has not."""
    known = {_meaning(hit) for hit in other.hits}
    return sorted([str(hit["template"]), str(hit["finding"]), str(hit["rule_id"])] for hit in one.hits if _meaning(hit) not in known)


def _meaning(hit: Mapping[str, Any]) -> tuple[str, str, str, str, tuple[str, ...]]:
    variant, of = str(hit.get("variant") or ""), str(hit.get("of") or "")
    return str(hit["template"]), str(hit["finding"]), variant, of, tuple(sorted(hit["subjects"]))
