"""Sessions, the guided report, imports, switches, jobs, the trail and health."""

from datetime import datetime
from typing import Literal

from anpei.entrypoints.api.answers.base import Answer, Coded


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
    """One question of the guided report; ``known`` is what is held already, masked: it is confirmed, not asked.

    A ``list`` is answered by rows with the ``columns``. Money is decimal text in yuan, a rate basis points, a measure decimal text.
    """

    id: str
    type: Literal["choice", "day", "text", "money", "rate", "count", "measure", "grade", "list"]
    title: str
    why: str
    optional: bool
    known: str | None
    options: list[Choice]
    columns: list["Question"]


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


class WaitingJob(Answer):
    """A job that waits for its surroundings without using up its tries. ``stuck``: for more than a day."""

    id: str
    kind: str
    subject: str | None
    reason: str
    since: datetime
    next: datetime
    stuck: bool


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
