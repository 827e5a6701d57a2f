"""A task and its four states, answers, what several answers come to, and follow-ups. Pure."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum
from typing import Any

from anpei.kernel.errors import Conflict, Forbidden, InvalidInput


class TaskState(StrEnum):
    """Where a drawn settlement stands: drawn, in somebody's hands, answered and waiting for a second person, closed."""

    DRAWN = "drawn"
    TAKEN = "taken"
    ANSWERED = "answered"
    CLOSED = "closed"


ALLOWED: dict[TaskState, frozenset[TaskState]] = {
    TaskState.DRAWN: frozenset({TaskState.TAKEN}),
    TaskState.TAKEN: frozenset({TaskState.TAKEN, TaskState.ANSWERED, TaskState.CLOSED}),
    TaskState.ANSWERED: frozenset({TaskState.TAKEN}),
    TaskState.CLOSED: frozenset(),
}
"""A taken task may be taken over by another person; an answer that differs waits for one who has not answered it."""


class Verdict(StrEnum):
    """What a person says of the papers alone: pay this amount, nothing is payable, or it cannot be told from this file."""

    PAY = "pay"
    NOT_PAYABLE = "not_payable"
    CANNOT_TELL = "cannot_tell"


class Followup(StrEnum):
    """What a difference leads to."""

    RECOVERY = "recovery"
    SUPPLEMENT = "supplement"


class TaskConflict(Conflict):
    """The task is not in a state in which this can be done, or this person answered it before."""

    code = "leak.task_conflict"


class NotBlind(Forbidden):
    """The person has seen the claim elsewhere since it was settled, so the answer would not be blind."""

    code = "leak.not_blind"


class AnswerInvalid(InvalidInput):
    """An answer lacks its amount or its reason, or has an amount that its verdict cannot have."""

    code = "leak.answer_invalid"


def check_move(*, task_id: str, old: TaskState, new: TaskState) -> None:
    """Raise TaskConflict unless the one table allows the step."""
    if new not in ALLOWED[old]:
        onward = ", ".join(sorted(state.value for state in ALLOWED[old])) or "nothing"
        raise TaskConflict(
            f"task {task_id} is {old.value} and cannot become {new.value}; from here: {onward}", data={"task": task_id, "state": old.value}
        )


@dataclass(frozen=True, slots=True)
class Decided:
    """A decision in the frame. ``settlement_id`` names it for ever: claim and round."""

    claim_id: str
    round: int
    insurer_id: str
    product_id: str
    lane: str
    kind: str
    by: str
    referred: bool
    total_fen: int
    claimed_fen: int
    decided_at: datetime

    @property
    def settlement_id(self) -> str:
        """Claim and round."""
        return f"{self.claim_id}:{self.round}"


@dataclass(frozen=True, slots=True)
class Task:
    """A drawn settlement. It does not hold the machine's amount."""

    id: str
    draw_id: str
    claim_id: str
    round: int
    stratum: str
    state: TaskState
    taken_by: str | None
    changed_at: datetime


@dataclass(frozen=True, slots=True)
class Answer:
    """One person's blind answer. ``amount_fen``: None when it cannot be told."""

    number: int
    verdict: Verdict
    amount_fen: int | None
    reviewer: str
    at: datetime


def checked_answer(*, verdict: Verdict, amount_fen: int | None, reason: str) -> int | None:
    """The amount of an answer. Raises AnswerInvalid."""
    if verdict is Verdict.PAY and (amount_fen is None or amount_fen < 0):
        raise AnswerInvalid("amount is missing: to pay, give the whole amount in fen, 0 or more", data={"field": "amount"})
    if verdict is not Verdict.PAY and amount_fen is not None:
        raise AnswerInvalid(f"amount goes with pay only: leave it out with {verdict.value}", data={"field": "amount"})
    if verdict is not Verdict.PAY and not reason.strip():
        raise AnswerInvalid("reason is empty: say which clause or which paper it stands on", data={"field": "reason"})
    return 0 if verdict is Verdict.NOT_PAYABLE else amount_fen


@dataclass(frozen=True, slots=True)
class Outcome:
    """What the answers come to: ``amount_fen`` is what was due (None: cannot be told from the file)."""

    amount_fen: int | None
    false_alarm: bool


def resolve(*, machine_fen: int, amounts: Sequence[int | None], tolerance_fen: int, most_answers: int) -> Outcome | None:
    """What the answers come to; None while another person must answer.

    One answer that agrees with the machine closes. A difference stands when a second person, as blind as the first, gives the same; when
    a later person agrees with the machine, the difference was a false alarm. The last of ``most_answers`` stands whatever it is.
    """

    def same(one: int | None, other: int | None) -> bool:
        return one is other if one is None or other is None else abs(one - other) <= tolerance_fen

    if not amounts:
        return None
    *earlier, last = amounts
    if same(last, machine_fen):
        return Outcome(machine_fen, false_alarm=bool(earlier))
    agreed = next((amount for amount in earlier if same(amount, last)), "none")
    if agreed != "none":
        return Outcome(last, false_alarm=False)
    return Outcome(last, false_alarm=False) if len(amounts) >= most_answers else None


def answer_statement(*, task_id: str, claim_id: str, round: int, verdict: Verdict, amount_fen: int | None) -> dict[str, Any]:
    """What the person signs when answering."""
    return {
        "statement": "anpei.leak_answer/1", "task_id": task_id, "claim_id": claim_id, "round": round, "verdict": verdict.value,
        "amount_fen": amount_fen,
    }  # fmt: skip


def supplement_statement(*, task_id: str, claim_id: str, round: int, amount_fen: int) -> dict[str, Any]:
    """What the person signs when a supplementary payment is to be made."""
    return {
        "statement": "anpei.leak_supplement/1", "task_id": task_id, "claim_id": claim_id, "round": round, "amount_fen": amount_fen,
    }  # fmt: skip
