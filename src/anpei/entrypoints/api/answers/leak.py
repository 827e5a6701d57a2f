"""Answers of leak measurement. A reviewer's answers have no place for what the machine calculated."""

from typing import Any

from anpei.entrypoints.api.answers.base import Amount, Answer


class OpenTask(Answer):
    """A task that the person may answer."""

    task: str
    taken_by_another: bool


class BlindPage(Answer):
    """A page of the papers."""

    page_id: str
    kind: str
    usable: bool


class BlindTask(Answer):
    """The papers and facts of a drawn settlement; ``facts`` as in docs/proof.md, identities as commitments."""

    task: str
    claim_no: str
    claim_id: str
    round: int
    product: str
    plan: str
    facts: dict[str, Any]
    used_before: list[Any] | dict[str, Any]
    pages: list[BlindPage]


class Answered(Answer):
    """The state of a task after an answer."""

    task: str
    state: str


class FollowupEntry(Answer):
    """A recovery or a supplementary payment."""

    task: str
    claim_id: str
    round: int
    kind: str
    amount: Amount
    signed_by: str | None


class Signed(Answer):
    """A supplementary payment that was signed."""

    task: str
    amount: Amount


class LeakFigures(Answer):
    """The report: ``headline`` for people, ``figures`` as ``anpei leak report --json`` gives them (docs/leak.md)."""

    headline: str
    figures: dict[str, Any]
