"""The answer to a what-if question."""

from datetime import date
from typing import Literal

from anpei.entrypoints.api.answers.base import Amount, Answer, Coded
from anpei.entrypoints.api.answers.platform import NeededPaper
from anpei.entrypoints.api.answers.reasoning import PaidLine, Step


class NameMatch(Answer):
    """What a name was taken for; with ``how`` none it was not found, and ``offers`` are the nearest names (there may be none)."""

    field: str
    kind: Literal["disease", "hospital", "item"]
    given: str
    found: str
    how: str
    offers: list[str]


class MissingFact(Answer):
    """A field without which there is no amount."""

    field: str
    title: str


class Met(Answer):
    """A finding that a claim with these facts would have."""

    code: str
    title: str
    text: str
    outcome: str


class Offered(Answer):
    """A change that would matter: one plain sentence, the amount under it and what it brings."""

    id: str
    title: str
    text: str
    sure: Amount
    gain: Amount


class WhatIf(Answer):
    """A forecast: what a claim whose papers say exactly this would come to now.

    ``sure`` is payable without a person's word on the cover; ``total`` is what the steps give if it is covered. ``told`` is the
    calculation for the customer, ``steps`` every step with clause and formula.
    """

    product: str
    plan: str
    version: str
    occurred_on: date
    snapshot: str
    verdict: Coded
    text: str
    sure: Amount
    total: Amount | None
    told: list[str]
    steps: list[Step]
    lines: list[PaidLine]
    findings: list[Met]
    person: bool
    reasons: list[Coded]
    missing: list[MissingFact]
    matches: list[NameMatch]
    changes: list[Offered]
    papers: list[NeededPaper]
    several: list[str]
    rests_on: list[str]
