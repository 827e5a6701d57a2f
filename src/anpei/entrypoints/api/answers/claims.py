"""A claim in a list and alone, its progress with the law's clocks, and what happens next."""

from datetime import date, datetime
from typing import Literal

from anpei.entrypoints.api.answers.base import Amount, Answer, Coded


class ClaimAmount(Answer):
    """The amount of a claim, with how certain it is: ``paid``, ``decided``, ``assessed`` or ``none`` (then there is no amount)."""

    certainty: Literal["paid", "decided", "assessed", "none"]
    title: str
    amount: Amount | None


class Pause(Answer):
    """A time that did not count; without an end it is still open."""

    begins_on: date
    ends_on: date | None


class Clock(Answer):
    """A legal clock as it stands today. ``last_day`` is open while it is paused; ``inner_target`` is the day to work towards."""

    id: str
    title: str
    basis: str
    confirmed: bool
    status: Literal["running", "paused", "met", "overrun"]
    text: str
    starts_on: date
    inner_target: date | None
    last_day: date | None
    met_on: date | None
    left: int | None
    share_bp: int
    pauses: list[Pause]
    explanation: list[str]


class Next(Answer):
    """What happens next and who holds the claim; empty when nobody has to do anything."""

    holder: str
    text: str


class ClaimRow(Answer):
    """A claim in a list."""

    id: str
    claim_no: str
    product: str
    plan: str
    insured: str
    state: Coded
    lane: Coded | None
    holder: str
    amount: ClaimAmount
    clock: Clock | None
    reported_at: datetime
    updated_at: datetime


class ClaimPage(Answer):
    """A page of claims; ``next`` is the cursor of the following page. ``counts``: all claims in sight by state."""

    claims: list[ClaimRow]
    next: str | None
    counts: dict[str, int]


class Claim(ClaimRow):
    """One claim. ``may``: what the one who asks may do with it now; ``stamp`` changes whenever anything about it does."""

    policy: str
    insurer_id: str
    round: int
    event_kind: Coded
    cause: Coded
    occurred_on: date
    hospital: str
    lane_reasons: list[Coded]
    next: Next
    may: list[str]
    moving: bool
    stamp: str


class Happened(Answer):
    """One node of the timeline."""

    at: datetime
    event: str
    title: str
    detail: str
    round: int


class Progress(Answer):
    """The timeline with the law's clocks. ``moving``: something still runs for this claim."""

    state: Coded
    next: Next
    moving: bool
    stamp: str
    timeline: list[Happened]
    clocks: list[Clock]


class Reported(Answer):
    """A reported claim; ``new`` is false when the same request came before."""

    id: str
    claim_no: str
    state: str
    new: bool


class Done(Answer):
    """Something was done; ``state`` is the claim's state now."""

    claim_id: str
    state: str
    changed: bool = True
