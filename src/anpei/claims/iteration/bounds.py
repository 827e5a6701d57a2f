"""Bounds of a trial (灰度界限) and the figures they are held against. Pure; whole numbers only.

Few claims prove little: below the least number of claims a rate is taken over that number. So one claim that differs breaks nothing, and
a release is taken back as soon as not even equal claims up to that number could save it.
"""

from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import StrEnum
from typing import Any

from pydantic import BaseModel, ConfigDict, Field

WHOLE = 10_000


class Cause(StrEnum):
    """Why a release was taken back: by a person, or which bound broke; ``base``: the live release under it was taken back."""

    PERSON = "person"
    FAILED = "failed"
    AUTOMATION = "automation"
    AMOUNT = "amount"
    DIFFERING = "differing"
    TIME = "time"
    BASE = "base"


CAUSES: dict[Cause, tuple[str, str]] = {
    Cause.PERSON: ("人工回退", "a person took it back"),
    Cause.FAILED: ("判定出错", "it failed while judging"),
    Cause.AUTOMATION: ("自动化率下降超过界限", "the automation rate fell by more than the bound"),
    Cause.AMOUNT: ("平均金额差异超过界限", "the mean difference of amounts is above the bound"),
    Cause.DIFFERING: ("结果不同的赔案超过界限", "more claims differ than the bound allows"),
    Cause.TIME: ("灰度时间超过界限", "it was on trial for longer than the bound"),
    Cause.BASE: ("其比较基准已回退", "the live release under it was taken back"),
}
"""Each cause in words, Chinese and English."""


class Bounds(BaseModel):
    """What a release must keep. Shares in basis points, money in fen. A failure while judging is never allowed, so it has no bound."""

    model_config = ConfigDict(extra="forbid", frozen=True)

    least_claims: int = Field(ge=1)
    automation_fall_bp: int = Field(ge=0, le=WHOLE)
    mean_amount_difference_fen: int = Field(ge=0)
    differing_bp: int = Field(ge=0, le=WHOLE)
    longest_canary_hours: int = Field(ge=1)


@dataclass(frozen=True, slots=True)
class Figures:
    """What was counted in one stage of a release against one live snapshot.

    ``compared``: judged by both; ``failed``: the release's own judging failed. ``settled_…``: settled by the machine. Amounts in fen:
    ``difference_fen`` sums the differences without their sign, ``change_fen`` with it (above zero: the release pays more).
    """

    compared: int = 0
    failed: int = 0
    differing: int = 0
    hits_differ: int = 0
    lane_differ: int = 0
    amount_differ: int = 0
    settled_base: int = 0
    settled_new: int = 0
    difference_fen: int = 0
    change_fen: int = 0

    def to_dict(self) -> dict[str, int]:
        """Plain data."""
        return {name: getattr(self, name) for name in self.__slots__}


def broken_bound(figures: Figures, bounds: Bounds) -> Cause | None:
    """The first bound that the figures break, None when all hold."""
    over = max(figures.compared, bounds.least_claims)
    if figures.failed:
        return Cause.FAILED
    if (figures.settled_base - figures.settled_new) * WHOLE > bounds.automation_fall_bp * over:
        return Cause.AUTOMATION
    if figures.difference_fen > bounds.mean_amount_difference_fen * over:
        return Cause.AMOUNT
    if figures.differing * WHOLE > bounds.differing_bp * over:
        return Cause.DIFFERING
    return None


def is_overdue(*, since: datetime, at: datetime, bounds: Bounds) -> bool:
    """Whether a release has been on trial for too long. A clock that was set by more than the bound, either way, counts as too long."""
    return abs(at - since) > timedelta(hours=bounds.longest_canary_hours)


RATES = ("automation_fall_bp", "differing_bp", "mean_amount_difference_fen")
TOLD = (*Figures.__slots__, *RATES)
"""The names of told figures, in the order in which people read them."""


def told(figures: Figures) -> dict[str, Any]:
    """The figures with their rates: shares in basis points (rounded down), the mean difference in fen; None while nothing was compared.

    How far automation fell is told, not how high it is: that rate stands beside its leak or nowhere (ADR 0025).
    """
    count = figures.compared
    totals = ((figures.settled_base - figures.settled_new) * WHOLE, figures.differing * WHOLE, figures.difference_fen)
    return {**figures.to_dict(), **{name: total // count if count else None for name, total in zip(RATES, totals, strict=True)}}
