"""Which settlements are drawn (抽样): by stratum, by a keyed hash of the settlement's id, so that nobody chooses and anybody recomputes.

The seed of a month comes from the installation's index key, not from a person; it is written down with the draw. Pure.
"""

import hashlib
import hmac
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import UTC, date, datetime
from typing import Any

from anpei.claims.leak.model import Decided
from anpei.claims.leak.rules import LeakRules
from anpei.kernel.clock import SHANGHAI, local_day
from anpei.kernel.errors import InvalidInput


class PeriodInvalid(InvalidInput):
    """The text is no month, or the month has not ended."""

    code = "leak.period_invalid"


@dataclass(frozen=True, slots=True)
class Month:
    """A calendar month in China's time, as half-open instants."""

    name: str
    start_at: datetime
    end_at: datetime


def month_of(text: str) -> Month:
    """``2026-10``. Raises PeriodInvalid."""
    try:
        first = date.fromisoformat(f"{text}-01")
    except ValueError:
        raise PeriodInvalid(f"{text!r} is no month: write it like 2026-10", data={"field": "period"}) from None
    after = date(first.year + first.month // 12, first.month % 12 + 1, 1)
    start, end = (datetime(day.year, day.month, 1, tzinfo=SHANGHAI).astimezone(UTC) for day in (first, after))
    return Month(text, start, end)


def month_at(at: datetime) -> Month:
    """The month that an instant lies in."""
    return month_of(f"{local_day(at):%Y-%m}")


def stratum_of(decided: Decided, *, rules: LeakRules) -> str:
    """Product, lane and amount band."""
    return f"{decided.product_id}|{decided.lane}|{rules.band(decided.total_fen)}"


def is_unattended(decided: Decided) -> bool:
    """Whether the machine settled with nobody in the way: what is drawn from."""
    return decided.by == "machine" and decided.kind == "settle"


@dataclass(frozen=True, slots=True)
class StratumDraw:
    """A stratum of a draw: how many settlements, how much they paid, and those that were drawn."""

    name: str
    population: int
    paid_fen: int
    drawn: tuple[Decided, ...]

    def to_dict(self) -> dict[str, Any]:
        """Plain data; the drawn ones are named by settlement id."""
        ids = [one.settlement_id for one in self.drawn]
        return {"name": self.name, "population": self.population, "paid_fen": self.paid_fen, "drawn": ids}


def select(frame: Iterable[Decided], *, seed: str, rules: LeakRules) -> tuple[StratumDraw, ...]:
    """The draw of a frame: of each stratum the settlements with the smallest keyed hash. The same frame and seed give the same draw."""
    strata: dict[str, list[Decided]] = {}
    for decided in frame:
        if is_unattended(decided):
            strata.setdefault(stratum_of(decided, rules=rules), []).append(decided)
    return tuple(
        StratumDraw(name, len(found), sum(one.total_fen for one in found), _drawn(found, seed=seed, rules=rules))
        for name, found in sorted(strata.items())
    )


def _drawn(found: Sequence[Decided], *, seed: str, rules: LeakRules) -> tuple[Decided, ...]:
    share = -(-len(found) * rules.share_bp // 10_000)
    wanted = min(len(found), max(rules.least_per_stratum, share))
    ranked = sorted(found, key=lambda one: (rank_of(one.settlement_id, seed=seed), one.settlement_id))
    return tuple(ranked[:wanted])


def rank_of(settlement_id: str, *, seed: str) -> str:
    """The keyed hash that orders settlements: HMAC-SHA256 under the seed."""
    return hmac.digest(bytes.fromhex(seed), settlement_id.encode(), hashlib.sha256).hex()
