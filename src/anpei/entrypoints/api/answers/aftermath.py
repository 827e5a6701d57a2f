"""Payments, proofs, notices, opened personal data and who looked; and everything about one claim together."""

from datetime import datetime

from anpei.entrypoints.api.answers.base import Amount, Answer, Coded
from anpei.entrypoints.api.answers.claims import Claim, Progress
from anpei.entrypoints.api.answers.papers import Papers
from anpei.entrypoints.api.answers.reasoning import Reasoning


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


class Personal(Answer):
    """Personal data of a claim, opened for a purpose; ``grant`` is the line of the access log."""

    grant: str
    purpose: str
    values: dict[str, str]


class Dossier(Answer):
    """Everything about one claim that a page shows."""

    claim: Claim
    progress: Progress
    papers: Papers
    reasoning: Reasoning
    payments: list[Payment]
    proofs: list[ProofEntry]
    notices: list[NoticeEntry]
