"""The outside world that payments needs: a bank that takes an instruction under an idempotency key and can be asked about it later."""

from dataclasses import dataclass, field
from datetime import datetime
from enum import StrEnum
from typing import Protocol

from anpei.kernel.errors import InvalidInput, Unavailable
from anpei.kernel.money import Money


class Result(StrEnum):
    """What the bank says about an instruction. ``PENDING``: taken in, not yet booked."""

    CONFIRMED = "confirmed"
    REJECTED = "rejected"
    PENDING = "pending"


@dataclass(frozen=True, slots=True)
class Outcome:
    """The bank's answer: the result, the bank's own reference (never empty), and the bank's reason when it rejected."""

    result: Result
    reference: str
    reason: str | None = None

    def __post_init__(self) -> None:
        if not self.reference.strip():
            raise InvalidInput("the bank's answer has no reference: the connector gives the key where a bank has none of its own")


@dataclass(frozen=True, slots=True)
class Instruction:
    """What the bank is told. The same ``key`` always stands for the same payment; name and account stay out of ``repr``."""

    key: str
    amount: Money
    purpose: str
    name: str = field(repr=False)
    bank: str = field(repr=False)
    account: str = field(repr=False)


@dataclass(frozen=True, slots=True)
class StatementLine:
    """One booked payment on the bank's statement."""

    key: str
    reference: str
    amount: Money
    booked_at: datetime


class BankTimedOut(Unavailable):
    """The bank did not answer in time. It may have booked or not: ask by the key, never send under a new one."""

    code = "payments.bank_timed_out"


class BankDown(Unavailable):
    """The bank could not be reached at all; nothing was handed over."""

    code = "payments.bank_down"


class Bank(Protocol):
    """A bank connection. Both calls may raise BankTimedOut or BankDown and must carry a time-out of their own."""

    def submit(self, instruction: Instruction) -> Outcome:
        """Hand an instruction over. The same key again returns the first outcome and books nothing."""
        ...

    def query(self, key: str) -> Outcome | None:
        """What became of the instruction with this key; None when the bank never saw it."""
        ...
