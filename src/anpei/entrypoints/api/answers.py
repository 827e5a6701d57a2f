"""What the API answers, as explicit models; pages are drawn from the very same. Names, numbers and accounts are masked in all."""

from datetime import date, datetime
from typing import Any, Literal

from pydantic import BaseModel, ConfigDict


class Answer(BaseModel):
    """The base of every answer: nothing that is not named leaves the house."""

    model_config = ConfigDict(extra="forbid", frozen=True)


class Coded(Answer):
    """A code with its title in the language asked for."""

    code: str
    title: str


class Amount(Answer):
    """An amount: exact in fen, and written for people."""

    fen: int
    text: str


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


class Problem(Answer):
    """What is wrong with a file or page, and what to do about it."""

    code: str
    advice: str


class ReadField(Answer):
    """A value read from a page, with its place (x0, y0, x1, y1 in pixels of the page) and confidence in basis points."""

    key: str
    name: str
    label: str
    value: str
    masked: bool
    confidence_bp: int
    box: tuple[int, int, int, int] | None


class ReadPage(Answer):
    """A read page. ``repeats``: an earlier page that shows the same paper. ``image``: where its picture is."""

    id: str
    number: int
    kind: Coded
    kind_confidence_bp: int
    usable: bool
    reasons: list[Problem]
    fields: list[ReadField]
    columns: list[Coded]
    rows: list[list[ReadField | None]]
    width: int
    height: int
    repeats: str | None
    image: str


class UploadedFile(Answer):
    """An uploaded file; its pages appear as soon as they are read."""

    id: str
    number: int
    suffix: str
    bytes: int
    state: Coded
    problem: Problem | None
    pages: list[ReadPage]


class Papers(Answer):
    """All papers of a claim. ``unread``: files that still wait; ``wanting``: what is missing, the whole list at once."""

    unread: int
    files: list[UploadedFile]
    wanting: list["Wanted"]


class Wanted(Answer):
    """A missing or unusable paper, why it is needed and what to do."""

    kinds: list[str]
    title: str
    why: str
    problem: Coded
    advice: str


class Taken(Answer):
    """An upload that was taken; ``new`` is false for a file that was here already."""

    id: str
    new: bool


class Uploaded(Answer):
    """What became of the files of one request."""

    uploads: list[Taken]


class Detail(Answer):
    """One value that a finding met, as people read it."""

    label: str
    text: str


class ExplainedFinding(Answer):
    """A result of the audit in plain words, with its basis and the values it met. ``keys``: the read values it is about."""

    code: str
    title: str
    text: str
    outcome: Coded
    lane: Coded
    basis: str
    details: list[Detail]
    pages: list[str]
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


class Calculation(Answer):
    """The calculation in words: ``told`` for the customer, ``steps`` every step with clause and formula."""

    total: Amount
    product_version: str
    lines: list[PaidLine]
    told: list[str]
    steps: list[Step]


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
    calculation: Calculation | None
    decision: Decision | None


class PaymentStep(Answer):
    """One change of a payment order."""

    at: datetime
    state: Coded


class Payment(Answer):
    """A payment order; of the account only its last digits."""

    id: str
    round: int
    state: Coded
    amount: Amount
    account: str
    bank_reference: str | None
    reason: str | None
    attempts: int
    steps: list[PaymentStep]


class ProofEntry(Answer):
    """A proof that exists; its file is exported through the gate."""

    id: str
    round: int
    kind: str
    digest: str
    written_at: datetime


class NoticeEntry(Answer):
    """A notice; its text is opened one by one."""

    id: str
    round: int
    template: str
    title: str
    channel: str
    state: str
    code: str
    created_at: datetime
    delivered_at: datetime | None
    read_at: datetime | None


class NoticeText(Answer):
    """A notice with its words."""

    notice: NoticeEntry
    subject: str
    body: str


class Seen(Answer):
    """Who opened personal data of this claim, when, for what."""

    at: datetime
    account: str
    roles: list[str]
    purpose: str
    fields: list[str]


class Dossier(Answer):
    """Everything about one claim that a page shows."""

    claim: Claim
    progress: Progress
    papers: Papers
    reasoning: Reasoning
    payments: list[Payment]
    proofs: list[ProofEntry]
    notices: list[NoticeEntry]


class Session(Answer):
    """A sign-in. ``token`` is shown once."""

    token: str
    expires_at: datetime
    account_id: str


class WhoAmI(Answer):
    """The one who asks, with what it may do."""

    account_id: str
    kind: str
    roles: list[str]
    permissions: list[str]
    purposes: list[str]


class Choice(Answer):
    """One choice of a question."""

    value: str
    title: str


class Question(Answer):
    """One question of the guided report; ``known`` is what is held already, masked: it is confirmed, not asked."""

    id: str
    type: Literal["choice", "day", "text"]
    title: str
    why: str
    optional: bool
    known: str | None
    options: list[Choice]


class NeededPaper(Answer):
    """A paper that will be needed: any of these kinds, and why. ``when`` names a condition; empty means always."""

    kinds: list[Coded]
    why: str
    when: str


class Guide(Answer):
    """The guided report for one policy."""

    product: str
    plan: str
    questions: list[Question]
    papers: dict[str, list[NeededPaper]]


class Reported(Answer):
    """A reported claim; ``new`` is false when the same request came before."""

    id: str
    claim_no: str
    state: str
    new: bool


class Personal(Answer):
    """Personal data of a claim, opened for a purpose; ``grant`` is the line of the access log."""

    grant: str
    purpose: str
    values: dict[str, str]


class RowProblem(Answer):
    """One problem of one row of an imported file."""

    line: int
    column: str
    code: str
    reason: str
    advice: str


class Imported(Answer):
    """What became of the rows of a file."""

    added: int
    updated: int
    unchanged: int
    refused: int
    problems: list[RowProblem]
    problems_left_off: int


class Switch(Answer):
    """The automation switch of one product of one insurer."""

    insurer: str
    product: str
    on: bool


class DeadJob(Answer):
    """A job that used up its tries."""

    id: str
    kind: str
    subject: str | None
    attempts: int
    reason: str
    ended_at: datetime | None


class TrailCheck(Answer):
    """The outcome of a check of the trail."""

    ok: bool
    length: int
    first_bad: int | None
    reason: str | None
    head: str


class Part(Answer):
    """One part of the platform and, when it is not well, what that means for people."""

    name: str
    title: str
    state: Literal["ok", "starting", "down"]
    effect: str


class Health(Answer):
    """How the platform is."""

    status: Literal["ok", "degraded", "down"]
    parts: list[Part]


class Done(Answer):
    """Something was done; ``state`` is the claim's state now."""

    claim_id: str
    state: str
    changed: bool = True


ProofFile = dict[str, Any]
Papers.model_rebuild()
