"""Findings, calculation and decision."""

from datetime import datetime
from typing import Literal

from anpei.entrypoints.api.answers.base import Amount, Answer, Coded


class Detail(Answer):
    """One value that a finding met, as people read it."""

    label: str
    text: str


class OtherPlace(Answer):
    """A page of another claim that shows the same paper: the claim's number and the page's place in it."""

    claim_id: str
    claim_no: str
    page: int


class ExplainedFinding(Answer):
    """A result of the audit in plain words, with its basis and the values it met. ``keys``: the read values it is about; ``others``: where
    else the paper was seen, for those who work on claims.
    """

    code: str
    title: str
    text: str
    outcome: Coded
    lane: Coded
    basis: str
    details: list[Detail]
    pages: list[str]
    keys: list[str]
    others: list[OtherPlace]


class ToldRule(Answer):
    """A rule that was met, or that an unknown value left open, in words. ``details``: all that it stands on, for those who work on claims.
    ``keys``: the read values it is about; ``at_stake``: the sum of these lines, more it cannot change.
    """

    finding: str
    rules: list[str]
    text: str
    details: list[str]
    at_stake: Amount | None
    keys: list[str]


class PaidLine(Answer):
    """One line of the calculation or decision."""

    line_id: str
    title: str
    claimed: Amount
    payable: Amount


class Step(Answer):
    """One step of the calculation: title, clause, and the formula with its numbers."""

    title: str
    clause: str
    text: str
    result: Amount


class PayeePart(Answer):
    """What one of several payees gets, by its number in the report."""

    payee: str
    amount: Amount


class ChangedLine(Answer):
    """A line of the last calculation that was decided, beside this one."""

    line_id: str
    paid: Amount
    now: Amount


class Changed(Answer):
    """A claim that was decided before: what was paid, what it comes to now, and the difference to be paid or that was paid too much."""

    paid: Amount
    now: Amount
    supplement: Amount
    recovery: Amount
    lines: list[ChangedLine]


class Calculation(Answer):
    """The calculation in words: ``told`` for the customer, ``steps`` every step with clause and formula.

    ``several``: who pays what of the loss where more policies answer for it; ``shares``: several payees; ``changed``: a reopened claim.
    """

    total: Amount
    product_version: str
    lines: list[PaidLine]
    told: list[str]
    steps: list[Step]
    several: list[str]
    shares: list[PayeePart]
    changed: Changed | None


class Grounds(Answer):
    """Why a person refused or reduced."""

    clause: str
    fact: str
    reason: str


class Decision(Answer):
    """The decision of a round: by the machine or by a person, with lines or grounds. A referral names its reasons."""

    decision: Coded
    by: Literal["machine", "person"]
    signed_by: str | None
    at: datetime
    round: int
    total: Amount | None
    zero_cause: str | None
    lines: list[PaidLine]
    grounds: Grounds | None
    reasons: list[Coded]


class Reasoning(Answer):
    """Findings, calculation and decision of the newest round."""

    findings: list[ExplainedFinding]
    rules: list[ToldRule]
    calculation: Calculation | None
    decision: Decision | None
